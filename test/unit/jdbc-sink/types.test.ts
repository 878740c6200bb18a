import { describe, expect, test } from 'bun:test'
import { mysqlWriting } from '../../../connectors/jdbc/dialects/mysql/writing.ts'
import { oracleWriting } from '../../../connectors/jdbc/dialects/oracle/writing.ts'
import { postgresWriting } from '../../../connectors/jdbc/dialects/postgres/writing.ts'
import { sqliteWriting } from '../../../connectors/jdbc/dialects/sqlite/writing.ts'
import { sqlServerWriting } from '../../../connectors/jdbc/dialects/sqlserver/writing.ts'
import { columnText } from '../../../connectors/jdbc/dialects/writing/statements.ts'
import type { SinkField, WritingDialect } from '../../../connectors/jdbc/dialects/writing.ts'
import {
  BigDecimal,
  DATE_SCHEMA,
  dateBuilder,
  decimalBuilder,
  decimalSchema,
  SchemaBuilder,
  TIME_SCHEMA,
  TIMESTAMP_SCHEMA,
  timestampBuilder,
} from '../../../src/sdk/index.ts'
import { arrayOf, field, OPTIONS, optional, withDefault } from './fields.ts'

const dialects = [postgresWriting, mysqlWriting, sqliteWriting, sqlServerWriting, oracleWriting]

const plain: [type: string, schema: SinkField, ...types: string[]][] = [
  ['int8', field(SchemaBuilder.int8().build()), 'SMALLINT', 'TINYINT', 'INTEGER', 'tinyint', 'NUMBER(3,0)'],
  [
    'int16',
    field(SchemaBuilder.int16().build()),
    'SMALLINT',
    'SMALLINT',
    'INTEGER',
    'smallint',
    'NUMBER(5,0)',
  ],
  ['int32', field(SchemaBuilder.int32().build()), 'INT', 'INT', 'INTEGER', 'int', 'NUMBER(10,0)'],
  ['int64', field(SchemaBuilder.int64().build()), 'BIGINT', 'BIGINT', 'INTEGER', 'bigint', 'NUMBER(19,0)'],
  ['float32', field(SchemaBuilder.float32().build()), 'REAL', 'FLOAT', 'REAL', 'real', 'BINARY_FLOAT'],
  [
    'float64',
    field(SchemaBuilder.float64().build()),
    'DOUBLE PRECISION',
    'DOUBLE',
    'REAL',
    'float',
    'BINARY_DOUBLE',
  ],
  ['boolean', field(SchemaBuilder.bool().build()), 'BOOLEAN', 'TINYINT', 'INTEGER', 'bit', 'NUMBER(1,0)'],
  ['string', field(SchemaBuilder.string().build()), 'TEXT', 'TEXT', 'TEXT', 'varchar(max)', 'VARCHAR2(4000)'],
  [
    'string of a key',
    field(SchemaBuilder.string().build(), { primaryKey: true }),
    'TEXT',
    'VARCHAR(256)',
    'TEXT',
    'varchar(900)',
    'VARCHAR2(4000)',
  ],
  [
    'bytes',
    field(SchemaBuilder.bytes().build()),
    'BYTEA',
    'VARBINARY(1024)',
    'BLOB',
    'varbinary(max)',
    'BLOB',
  ],
  ['Decimal', field(decimalSchema(4)), 'DECIMAL', 'DECIMAL(65,4)', 'NUMERIC', 'decimal(38,4)', 'NUMBER(*,4)'],
  ['Date', field(DATE_SCHEMA), 'DATE', 'DATE', 'NUMERIC', 'date', 'DATE'],
  ['Time', field(TIME_SCHEMA), 'TIME', 'TIME(3)', 'NUMERIC', 'time', 'DATE'],
  ['Timestamp', field(TIMESTAMP_SCHEMA), 'TIMESTAMP', 'DATETIME(3)', 'NUMERIC', 'datetime2', 'TIMESTAMP'],
  [
    'int64 of timestamp.fields.list',
    field(SchemaBuilder.int64().build(), { timestamp: true }),
    'TIMESTAMP',
    'DATETIME(6)',
    'NUMERIC',
    'datetime2',
    'TIMESTAMP(6)',
  ],
  [
    'string of timestamp.fields.list',
    field(SchemaBuilder.string().build(), { timestamp: true }),
    'TIMESTAMP',
    'DATETIME(6)',
    'NUMERIC',
    'datetime2',
    'TIMESTAMP(6)',
  ],
]

test.each(plain)('column type of %s', (_name, of, ...types) => {
  expect(dialects.map(dialect => dialect.columnType(of, OPTIONS))).toEqual(types)
})

test('nanoseconds have nine digits in Oracle', () => {
  const of = field(SchemaBuilder.int64().build(), { timestamp: true })
  expect(oracleWriting.columnType(of, { ...OPTIONS, timestampPrecision: 'nanoseconds' })).toBe('TIMESTAMP(9)')
})

test('arrays are columns in Postgres alone', () => {
  const of = field(arrayOf(SchemaBuilder.int32().build()))
  expect(postgresWriting.columnType(of, OPTIONS)).toBe('INT[]')
  expect(postgresWriting.columnType(field(arrayOf(arrayOf(decimalSchema(1)))), OPTIONS)).toBe('DECIMAL[][]')
  for (const dialect of dialects.slice(1))
    expect(() => dialect.columnType(of, OPTIONS)).toThrow("f: null (ARRAY) type doesn't have a mapping")
})

test('maps and structs have no column', () => {
  const map = SchemaBuilder.map(SchemaBuilder.string().build(), SchemaBuilder.string().build()).build()
  const struct = SchemaBuilder.struct().name('inner').field('a', SchemaBuilder.string().build()).build()
  for (const dialect of dialects) {
    expect(() => dialect.columnType(field(map), OPTIONS)).toThrow('f: null (MAP) type')
    expect(() => dialect.encoder(field(struct), OPTIONS)).toThrow('f: inner (STRUCT) type')
  }
})

describe('the end of a column', () => {
  const text = (dialect: WritingDialect, of: SinkField) => columnText('f', of, dialect, OPTIONS)

  test('is NULL, NOT NULL or the default', () => {
    expect(text(postgresWriting, field(optional(SchemaBuilder.int32())))).toBe('f INT NULL')
    expect(text(postgresWriting, field(SchemaBuilder.int32().build()))).toBe('f INT NOT NULL')
    expect(text(postgresWriting, field(withDefault(SchemaBuilder.int32(), 7)))).toBe('f INT DEFAULT 7')
    expect(text(postgresWriting, field(withDefault(SchemaBuilder.int64().optional(), 2n ** 60n)))).toBe(
      'f BIGINT DEFAULT 1152921504606846976',
    )
  })

  const defaults: [string, SinkField, ...string[]][] = [
    [
      'text',
      field(withDefault(SchemaBuilder.string(), "it's \\ so")),
      "TEXT DEFAULT 'it''s \\ so'",
      "TEXT DEFAULT ('it''s \\\\ so')",
      "TEXT DEFAULT 'it''s \\ so'",
      "varchar(max) DEFAULT 'it''s \\ so'",
      "VARCHAR2(4000) DEFAULT 'it''s \\ so'",
    ],
    [
      'truth',
      field(withDefault(SchemaBuilder.bool(), true)),
      'BOOLEAN DEFAULT TRUE',
      'TINYINT DEFAULT 1',
      'INTEGER DEFAULT 1',
      'bit DEFAULT 1',
      'NUMBER(1,0) DEFAULT 1',
    ],
    [
      'bytes',
      field(withDefault(SchemaBuilder.bytes(), Buffer.from([1, 171]))),
      "BYTEA DEFAULT '\\x01ab'::bytea",
      "VARBINARY(1024) DEFAULT x'01ab'",
      "BLOB DEFAULT x'01ab'",
      'varbinary(max) DEFAULT 0x01ab',
      "BLOB DEFAULT hextoraw('01ab')",
    ],
    [
      'a decimal',
      field(withDefault(decimalBuilder(2), new BigDecimal(-105n, 2))),
      'DECIMAL DEFAULT -1.05',
      'DECIMAL(65,2) DEFAULT -1.05',
      'NUMERIC DEFAULT -1.05',
      'decimal(38,2) DEFAULT -1.05',
      'NUMBER(*,2) DEFAULT -1.05',
    ],
    [
      'a day',
      field(withDefault(dateBuilder(), new Date('2024-02-29T00:00:00Z'))),
      "DATE DEFAULT '2024-02-29'",
      "DATE DEFAULT '2024-02-29'",
      'NUMERIC DEFAULT 1709164800000',
      "date DEFAULT '2024-02-29'",
      "DATE DEFAULT '2024-02-29 00:00:00'",
    ],
    [
      'a timestamp',
      field(withDefault(timestampBuilder(), new Date('2024-02-29T23:59:59.007Z'))),
      "TIMESTAMP DEFAULT '2024-02-29 23:59:59.007+00'",
      "DATETIME(3) DEFAULT '2024-02-29 23:59:59.007'",
      'NUMERIC DEFAULT 1709251199007',
      "datetime2 DEFAULT '2024-02-29 23:59:59.007'",
      "TIMESTAMP DEFAULT '2024-02-29 23:59:59.007'",
    ],
  ]
  test.each(defaults)('default of %s', (_name, of, ...texts) => {
    expect(dialects.map(dialect => text(dialect, of))).toEqual(texts.map(each => `f ${each}`))
  })

  test('default of an array', () => {
    const schema = SchemaBuilder.array(SchemaBuilder.string().build()).defaultValue(["it's", 'so']).build()
    expect(text(postgresWriting, field(schema))).toBe(`f TEXT[] DEFAULT '{"it''s","so"}'::TEXT[]`)
  })
})
