import { DATE_NAME, DECIMAL_NAME, TIME_NAME, TIMESTAMP_NAME } from '#bunnect'
import * as statements from '../writing/statements.ts'
import { encoderOf, noColumnFor, type ValueForms } from '../writing/values.ts'
import type { SinkField, WriteTarget, WritingDialect, WritingOptions } from '../writing.ts'

const forms: ValueForms = {
  flag: value => value,
  unbounded: () => null,
  date: (millis, clock) => clock.date(millis),
  time: (millis, clock) => clock.time(millis),
  // datetime2 has seven digits.
  timestamp: (instant, clock) => clock.timestamp({ ...instant, fraction: instant.fraction.slice(0, 7) }),
}

/** Known at the level of statements: it has met no server. Java: SqlServerDatabaseDialect */
export const sqlServerWriting: WritingDialect = {
  columnType,
  literal: (field, value, options) =>
    statements.literalOf(field, value, encoderOf(field, options, forms)(value), {
      flag: flag => (flag ? '1' : '0'),
      bytes: bytes => `0x${statements.hex(bytes)}`,
    }),
  createTable: statements.createTable,
  addColumns: (table, columns) => [`ALTER TABLE ${table} ADD\n${columns.join(',\n')}`],
  insert: (target, rows) => statements.insertInto(target, rows, 'INSERT INTO', marksOf(target)),
  upsert: merge,
  update: target => {
    const marks = marksOf(target)
    const { length } = target.keys
    return statements.update(target, marks.slice(0, length), marks.slice(length))
  },
  delete: (target, rows) =>
    statements.deleteByAlternatives(target, rows, marksOf(target).slice(0, target.keys.length)),
  maxParameters: 2_000,
  maxRows: 1_000,
  repeatsKeys: false,
  writesInTurn: false,
  foldsNames: null,
  maxNameBytes: null,
  encoder: (field, options) => encoderOf(field, options, forms),
  // What is converted to bytes, or travels as text, would be the bytes of UTF-16.
  fits: ({ schema, timestamp }, type) =>
    !BINARY.test(type) ||
    (schema.type !== 'STRING' && !timestamp && !(schema.name !== null && TEXTS.has(schema.name))),
}

const BINARY = /^(?:(?:var)?binary|image)$/
const TEXTS: ReadonlySet<string> = new Set([DECIMAL_NAME, DATE_NAME, TIME_NAME, TIMESTAMP_NAME])

/**
 * Text does not become a datetime by itself where it has more than three digits behind the second, nor money in every
 * release, nor do bytes become of the null that is sent for every type. As a key a datetime2 of milliseconds would equal
 * no datetime, which counts in three hundredths of seconds: it becomes one as it does where it is written.
 */
function marksOf({ types }: WriteTarget): string[] {
  return types.map(type => {
    if (/^(?:small)?datetime$/.test(type)) return `CONVERT(${type},CONVERT(datetime2,?))`
    if (/^(?:small)?money$/.test(type)) return `CONVERT(${type},?)`
    return BINARY.test(type) ? 'CONVERT(varbinary(max),?)' : '?'
  })
}

function merge(target: WriteTarget, rows: number, { holdLock }: WritingOptions): string {
  const { table, keys, columns } = target
  const all = statements.namesOf(target)
  const match = keys.map(key => `target.${key}=incoming.${key}`).join(' and ')
  const assigned = columns.map(column => `${column}=incoming.${column}`).join(',')
  const insertOrder = [...columns, ...keys]
  return (
    `merge into ${table}${holdLock ? ' with (HOLDLOCK)' : ''} AS target` +
    ` using (values ${statements.rowsOf(marksOf(target), rows)}) AS incoming(${all.join(',')}) on (${match})` +
    (columns.length === 0 ? '' : ` when matched then update set ${assigned}`) +
    ` when not matched then insert (${insertOrder.join(', ')})` +
    ` values (${insertOrder.map(name => `incoming.${name}`).join(',')});`
  )
}

function columnType(field: SinkField): string {
  const { schema } = field
  switch (schema.name) {
    case DECIMAL_NAME:
      return `decimal(38,${schema.parameters?.get('scale') ?? '0'})`
    case DATE_NAME:
      return 'date'
    case TIME_NAME:
      return 'time'
    case TIMESTAMP_NAME:
      return 'datetime2'
  }
  switch (schema.type) {
    case 'INT8':
      return 'tinyint'
    case 'INT16':
      return 'smallint'
    case 'INT32':
      return 'int'
    case 'INT64':
      return field.timestamp ? 'datetime2' : 'bigint'
    case 'FLOAT32':
      return 'real'
    case 'FLOAT64':
      return 'float'
    case 'BOOLEAN':
      return 'bit'
    case 'STRING':
      if (field.timestamp) return 'datetime2'
      // An index takes at most 900 bytes.
      return field.primaryKey ? 'varchar(900)' : 'varchar(max)'
    case 'BYTES':
      return 'varbinary(max)'
    default:
      throw noColumnFor(field)
  }
}
