import { DATE_NAME, DECIMAL_NAME, TIME_NAME, TIMESTAMP_NAME } from '#bunnect'
import * as statements from '../writing/statements.ts'
import { encoderOf, noColumnFor, shortestFloat, type ValueForms } from '../writing/values.ts'
import type { SinkField, WriteTarget, WritingDialect, WritingOptions } from '../writing.ts'

/** A DATE has a time of day, so a Time is one on the first of 1970. */
const forms: ValueForms = {
  flag: value => (value ? 1 : 0),
  unbounded: value => (Number.isNaN(value) ? 'NaN' : value > 0 ? 'Inf' : '-Inf'),
  // A float that a number takes shows the digits of a double; keys are compared as doubles, with all of them.
  float32: (value, { primaryKey }) => (primaryKey ? value : shortestFloat(value)),
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
  // Its statements are for one row, and run for each of those that the connection is given values for.
  insert,
  upsert: merge,
  update,
  delete: target => statements.deleteFrom(target, 1, { marks: marksOf(target).slice(0, target.keys.length) }),
  maxParameters: 32_000,
  maxRows: 1_000,
  repeatsKeys: true,
  writesInTurn: false,
  foldsNames: 'upper',
  maxNameBytes: null,
  encoder: (field, options) => encoderOf(field, options, forms),
  fits,
}

const TIMESTAMP = 'YYYY-MM-DD HH24:MI:SS.FF'

/** Parameters as the columns take them: a text alone would be read in the form of a DATE, without its fraction. */
function marksOf({ types, keys, columns }: WriteTarget): string[] {
  return [...keys, ...columns].map((_, i) => {
    const type = types[i] ?? ''
    if (type.startsWith('TIMESTAMP')) return `TO_TIMESTAMP(?, '${TIMESTAMP}')`
    return type === 'DATE' ? `CAST(TO_TIMESTAMP(?, '${TIMESTAMP}') AS DATE)` : '?'
  })
}

function insert(target: WriteTarget): string {
  return `INSERT INTO ${target.table} (${statements.namesOf(target).join(',')}) VALUES (${marksOf(target).join(',')})`
}

function update(target: WriteTarget): string {
  const { table, keys, columns } = target
  const marks = marksOf(target)
  const assigned = columns.map((name, i) => `${name} = ${marks[keys.length + i]}`).join(', ')
  const where = keys.map((name, i) => `${name} = ${marks[i]}`).join(' AND ')
  return `UPDATE ${table} SET ${assigned} WHERE ${where}`
}

function merge(target: WriteTarget): string {
  const { table, keys, columns } = target
  const marks = marksOf(target)
  const incoming = statements.namesOf(target).map((name, i) => `${marks[i]} ${name}`)
  const equal = (name: string) => `${table}.${name}=incoming.${name}`
  const insertOrder = [...columns, ...keys]
  return (
    `merge into ${table} using (select ${incoming.join(', ')} FROM dual) incoming on(${keys.map(equal).join(' and ')})` +
    (columns.length === 0 ? '' : ` when matched then update set ${columns.map(equal).join(',')}`) +
    ` when not matched then insert(${insertOrder.map(name => `${table}.${name}`).join(',')})` +
    ` values(${insertOrder.map(name => `incoming.${name}`).join(',')})`
  )
}

/** What has a zone would take the times of another one for those of UTC, in which the session is. */
function fits(field: SinkField, columnType: string, { timeZone }: WritingOptions): boolean | string {
  const isTime = field.timestamp || [DATE_NAME, TIME_NAME, TIMESTAMP_NAME].includes(field.schema.name ?? '')
  if (!isTime || !columnType.endsWith(' ZONE') || /^(?:UTC|GMT|Etc\/UTC|Z)$/i.test(timeZone)) return true
  return `its times would be those of UTC, but db.timezone is ${timeZone}: set db.timezone=UTC`
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
