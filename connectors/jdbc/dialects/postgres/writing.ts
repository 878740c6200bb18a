import { DATE_NAME, DECIMAL_NAME, type Schema, TIME_NAME, TIMESTAMP_NAME } from '#bunnect'
import type { SqlValue } from '../../drivers/connection.ts'
import * as statements from '../writing/statements.ts'
import { encoderOf, noColumnFor, shortestFloat, type ValueForms } from '../writing/values.ts'
import type { Encode, SinkField, WriteTarget, WritingDialect } from '../writing.ts'
import { arrayText, arrayWriting, nestedText } from './writing-arrays.ts'

const NULS = /\u0000/g

/** Times carry their offset, which columns without a zone leave out of account. */
const forms: ValueForms = {
  flag: value => value,
  unbounded: value => String(value),
  float32: shortestFloat,
  date: (millis, clock) => clock.date(millis),
  time: (millis, clock) => `${clock.time(millis)}${clock.offset(millis)}`,
  timestamp: (instant, clock) => `${clock.timestamp(instant)}${clock.offset(instant.millis)}`,
  days: (year, monthAndDay) =>
    year >= 1
      ? `${String(year).padStart(4, '0')}-${monthAndDay}`
      : `${String(1 - year).padStart(4, '0')}-${monthAndDay} BC`,
  // As the JVM connector does: the server takes none.
  text: value => (value.includes('\u0000') ? value.replace(NULS, '') : value),
  array: (element, nested) => {
    const text = nested ? nestedText : arrayText
    return value => text((value as readonly unknown[]).map(each => encoded(element, each)))
  },
}

function encoded(encode: Encode, value: unknown): SqlValue {
  return value === null || value === undefined ? null : encode(value)
}

/** Java: io.confluent.connect.jdbc.dialect.PostgreSqlDatabaseDialect */
export const postgresWriting: WritingDialect = {
  columnType: field => columnType(field, field.schema),
  literal: (field, value, options) =>
    statements.literalOf(field, value, encoderOf(field, options, forms)(value), {
      flag: flag => (flag ? 'TRUE' : 'FALSE'),
      bytes: bytes => `'\\x${statements.hex(bytes)}'::bytea`,
      array: (_field, array) =>
        `${statements.quoted(encoderOf(field, options, forms)(array) as string)}::${columnType(field, field.schema)}`,
    }),
  createTable: statements.createTable,
  addColumns: statements.addColumns,
  insert: (target, rows) => statements.insertInto(target, rows),
  upsert: (target, rows) => `${statements.insertInto(target, rows)}${onConflict(target)}`,
  update: statements.update,
  delete: (target, rows) => statements.deleteFrom(target, rows),
  maxParameters: 65_535,
  maxRows: 10_000,
  repeatsKeys: false,
  writesInTurn: false,
  foldsNames: 'lower',
  maxNameBytes: 63,
  encoder: (field, options) => encoderOf(field, options, forms),
  // A parameter is text: bytes would become their digits in a text, and a text the bytes that its escapes say.
  fits: ({ schema }, type) =>
    schema.name === DECIMAL_NAME ||
    (schema.type === 'BYTES') === (type === 'bytea') ||
    (schema.type !== 'BYTES' && schema.type !== 'STRING'),
  arrays: arrayWriting(onConflict),
}

function onConflict({ keys, columns }: WriteTarget): string {
  if (columns.length === 0) return ` ON CONFLICT (${keys.join(',')}) DO NOTHING`
  const assigned = columns.map(column => `${column}=EXCLUDED.${column}`)
  return ` ON CONFLICT (${keys.join(',')}) DO UPDATE SET ${assigned.join(',')}`
}

function columnType(field: SinkField, schema: Schema): string {
  switch (schema.name) {
    case DECIMAL_NAME:
      return 'DECIMAL'
    case DATE_NAME:
      return 'DATE'
    case TIME_NAME:
      return 'TIME'
    case TIMESTAMP_NAME:
      return 'TIMESTAMP'
  }
  switch (schema.type) {
    case 'INT8':
    case 'INT16':
      return 'SMALLINT'
    case 'INT32':
      return 'INT'
    case 'INT64':
      return field.timestamp ? 'TIMESTAMP' : 'BIGINT'
    case 'FLOAT32':
      return 'REAL'
    case 'FLOAT64':
      return 'DOUBLE PRECISION'
    case 'BOOLEAN':
      return 'BOOLEAN'
    case 'STRING':
      return field.timestamp ? 'TIMESTAMP' : 'TEXT'
    case 'BYTES':
      return 'BYTEA'
    case 'ARRAY':
      if (schema.valueSchema === null) throw noColumnFor(field)
      return `${columnType({ ...field, timestamp: false }, schema.valueSchema)}[]`
    default:
      throw noColumnFor(field, schema)
  }
}
