import { DATE_NAME, DECIMAL_NAME, TIME_NAME, TIMESTAMP_NAME } from '#bunnect'
import * as statements from '../writing/statements.ts'
import { encoderOf, noColumnFor, type ValueForms } from '../writing/values.ts'
import type { SinkField, WriteTarget, WritingDialect, WritingOptions } from '../writing.ts'

/** With which a session reads the texts of dates and numbers that are written here. */
export const ORACLE_SESSION =
  "ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY-MM-DD HH24:MI:SS' NLS_TIMESTAMP_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF' NLS_NUMERIC_CHARACTERS = '.,'"

/** A DATE has a time of day, so a Time is one on the first of 1970. */
const forms: ValueForms = {
  flag: value => (value ? 1 : 0),
  unbounded: value => (Number.isNaN(value) ? 'NaN' : value > 0 ? 'Inf' : '-Inf'),
  date: (millis, clock) => `${clock.date(millis)} 00:00:00`,
  time: (millis, clock) => `1970-01-01 ${clock.time(millis).slice(0, 8)}`,
  timestamp: (instant, clock) => clock.timestamp(instant),
}

/** Known at the level of statements: it has met no server. Java: OracleDatabaseDialect */
export const oracleWriting: WritingDialect = {
  columnType,
  literal: (field, value, options) =>
    statements.literalOf(field, value, encoderOf(field, options, forms)(value), {
      flag: flag => (flag ? '1' : '0'),
      bytes: bytes => `hextoraw('${statements.hex(bytes)}')`,
    }),
  createTable: statements.createTable,
  addColumns: (table, columns) => [`ALTER TABLE ${table} ADD(\n${columns.join(',\n')})`],
  insert: (target, rows) => {
    if (rows === 1) return statements.insertInto(target, 1)
    const names = statements.namesOf(target)
    return `INSERT INTO ${target.table} (${names.join(',')}) ${selects(names.length, rows)}`
  },
  upsert: merge,
  update: statements.update,
  delete: (target, rows) => statements.deleteFrom(target, Math.max(1, rows)),
  maxParameters: 32_000,
  // A list of IN has at most so many.
  maxRows: 1_000,
  repeatsKeys: false,
  writesInTurn: false,
  foldsNames: 'upper',
  maxNameBytes: null,
  encoder: (field, options) => encoderOf(field, options, forms),
}

function selects(columns: number, rows: number): string {
  return Array(rows)
    .fill(`SELECT ${Array(columns).fill('?').join(',')} FROM dual`)
    .join(' UNION ALL ')
}

/** The first SELECT names what the others follow. */
function incoming(names: readonly string[], rows: number): string {
  const first = `SELECT ${names.map(name => `? ${name}`).join(', ')} FROM dual`
  return rows === 1 ? first : `${first} UNION ALL ${selects(names.length, rows - 1)}`
}

function merge(target: WriteTarget, rows: number, _options: WritingOptions): string {
  const { table, keys, columns } = target
  const equal = (name: string) => `${table}.${name}=incoming.${name}`
  const insertOrder = [...columns, ...keys]
  return (
    `merge into ${table} using (${incoming(statements.namesOf(target), rows)}) incoming on(${keys.map(equal).join(' and ')})` +
    (columns.length === 0 ? '' : ` when matched then update set ${columns.map(equal).join(',')}`) +
    ` when not matched then insert(${insertOrder.map(name => `${table}.${name}`).join(',')})` +
    ` values(${insertOrder.map(name => `incoming.${name}`).join(',')})`
  )
}

function columnType(field: SinkField, options: WritingOptions): string {
  const { schema } = field
  switch (schema.name) {
    case DECIMAL_NAME:
      return `NUMBER(*,${schema.parameters?.get('scale') ?? '0'})`
    case DATE_NAME:
    case TIME_NAME:
      return 'DATE'
    case TIMESTAMP_NAME:
      return 'TIMESTAMP'
  }
  const timestamp = options.timestampPrecision === 'nanoseconds' ? 'TIMESTAMP(9)' : 'TIMESTAMP(6)'
  switch (schema.type) {
    case 'INT8':
      return 'NUMBER(3,0)'
    case 'INT16':
      return 'NUMBER(5,0)'
    case 'INT32':
      return 'NUMBER(10,0)'
    case 'INT64':
      return field.timestamp ? timestamp : 'NUMBER(19,0)'
    case 'FLOAT32':
      return 'BINARY_FLOAT'
    case 'FLOAT64':
      return 'BINARY_DOUBLE'
    case 'BOOLEAN':
      return 'NUMBER(1,0)'
    case 'STRING':
      return field.timestamp ? timestamp : 'VARCHAR2(4000)'
    case 'BYTES':
      return 'BLOB'
    default:
      throw noColumnFor(field)
  }
}
