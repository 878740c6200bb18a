import { DATE_NAME, DECIMAL_NAME, type Schema, TIME_NAME, TIMESTAMP_NAME } from '#bunnect'
import * as statements from '../writing/statements.ts'
import { encoderOf, noColumnFor, shortestFloat, type ValueForms } from '../writing/values.ts'
import type { SinkField, WriteTarget, WritingDialect } from '../writing.ts'

const forms: ValueForms = {
  flag: value => (value ? 1 : 0),
  unbounded: () => null,
  // The server compares a FLOAT with a number as doubles: a key needs every digit.
  float32: (value, { primaryKey }) => (primaryKey ? value : shortestFloat(value)),
  date: (millis, clock) => clock.date(millis),
  time: (millis, clock) => clock.time(millis),
  timestamp: (instant, clock) => clock.timestamp(instant),
}

/** MySQL and MariaDB. Java: io.confluent.connect.jdbc.dialect.MySqlDatabaseDialect */
export const mysqlWriting: WritingDialect = {
  columnType,
  literal: (field, value, options) => {
    const literal = statements.literalOf(field, value, encoderOf(field, options, forms)(value), {
      flag: flag => (flag ? '1' : '0'),
      bytes: bytes => `x'${statements.hex(bytes)}'`,
      quoted: text => statements.quoted(text.replaceAll('\\', '\\\\')),
    })
    // A TEXT column has no plain default, but may have an expression for one.
    return columnType(field) === 'TEXT' ? `(${literal})` : literal
  },
  createTable: statements.createTable,
  addColumns: statements.addColumns,
  insert: (target, rows) => statements.insertInto(target, rows),
  upsert: (target, rows) => {
    const assigned = target.columns.length === 0 ? target.keys : target.columns
    const values = assigned.map(name => `${name}=values(${name})`).join(',')
    return `${statements.insertInto(target, rows, 'insert into')} on duplicate key update ${values}`
  },
  update: target => statements.update(target, keyMarks(target)),
  delete: (target, rows) => statements.deleteFrom(target, rows, { marks: keyMarks(target) }),
  maxParameters: 65_535,
  maxRows: 10_000,
  repeatsKeys: true,
  writesInTurn: false,
  foldsNames: null,
  maxNameBytes: null,
  encoder: (field, options) => encoderOf(field, options, forms),
}

/** The server compares a decimal with a text as doubles, which takes neighbours of 17 digits for the same. */
function keyMarks({ keys, types, scales }: WriteTarget): string[] {
  return keys.map((_, i) => (types[i] === 'DECIMAL' ? `CAST(? AS DECIMAL(65,${scales[i] ?? 0}))` : '?'))
}

function columnType(field: SinkField): string {
  const { schema } = field
  switch (schema.name) {
    case DECIMAL_NAME:
      return `DECIMAL(65,${scaleOf(schema)})`
    case DATE_NAME:
      return 'DATE'
    case TIME_NAME:
      return 'TIME(3)'
    case TIMESTAMP_NAME:
      return 'DATETIME(3)'
  }
  switch (schema.type) {
    case 'INT8':
    case 'BOOLEAN':
      return 'TINYINT'
    case 'INT16':
      return 'SMALLINT'
    case 'INT32':
      return 'INT'
    case 'INT64':
      return field.timestamp ? 'DATETIME(6)' : 'BIGINT'
    case 'FLOAT32':
      return 'FLOAT'
    case 'FLOAT64':
      return 'DOUBLE'
    case 'STRING':
      if (field.timestamp) return 'DATETIME(6)'
      // MySQL makes no key of TEXT: this is what Confluent's connector said before 5.5 and Aiven's still says.
      return field.primaryKey ? 'VARCHAR(256)' : 'TEXT'
    case 'BYTES':
      return 'VARBINARY(1024)'
    default:
      throw noColumnFor(field)
  }
}

function scaleOf(schema: Schema): string {
  return schema.parameters?.get('scale') ?? '0'
}
