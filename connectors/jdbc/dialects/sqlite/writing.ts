import { DATE_NAME, DECIMAL_NAME, TIME_NAME, TIMESTAMP_NAME } from '#bunnect'
import * as statements from '../writing/statements.ts'
import { encoderOf, noColumnFor, type ValueForms } from '../writing/values.ts'
import type { SinkField, WritingDialect } from '../writing.ts'

/** Dates and times are milliseconds since 1970, as the JVM's driver for SQLite writes them, whatever the time zone. */
const forms: ValueForms = {
  flag: value => (value ? 1 : 0),
  // It makes NULL of what is no number.
  unbounded: value => (Number.isNaN(value) ? null : value),
  date: millis => millis,
  time: millis => millis,
  timestamp: ({ millis }) => millis,
}

/** Java: io.confluent.connect.jdbc.dialect.SqliteDatabaseDialect */
export const sqliteWriting: WritingDialect = {
  columnType,
  literal: (field, value, options) =>
    statements.literalOf(field, value, encoderOf(field, options, forms)(value), {
      flag: flag => (flag ? '1' : '0'),
      bytes: bytes => `x'${statements.hex(bytes)}'`,
    }),
  createTable: statements.createTable,
  addColumns: (table, columns) => columns.flatMap(column => statements.addColumns(table, [column])),
  insert: (target, rows) => statements.insertInto(target, rows),
  upsert: (target, rows) => statements.insertInto(target, rows, 'INSERT OR REPLACE INTO'),
  update: statements.update,
  delete: (target, rows) => statements.deleteFrom(target, rows, { verb: 'VALUES ' }),
  maxParameters: 32_766,
  // Each number of rows is a statement that is kept prepared.
  maxRows: 50,
  repeatsKeys: true,
  // Its calls come back when they are done.
  writesInTurn: true,
  foldsNames: null,
  maxNameBytes: null,
  encoder: (field, options) => encoderOf(field, options, forms),
}

function columnType(field: SinkField): string {
  const { schema } = field
  const logical = [DECIMAL_NAME, DATE_NAME, TIME_NAME, TIMESTAMP_NAME]
  if (logical.includes(schema.name ?? '') || field.timestamp) return 'NUMERIC'
  switch (schema.type) {
    case 'BOOLEAN':
    case 'INT8':
    case 'INT16':
    case 'INT32':
    case 'INT64':
      return 'INTEGER'
    case 'FLOAT32':
    case 'FLOAT64':
      return 'REAL'
    case 'STRING':
      return 'TEXT'
    case 'BYTES':
      return 'BLOB'
    default:
      throw noColumnFor(field)
  }
}
