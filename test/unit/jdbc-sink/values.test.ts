import { describe, expect, test } from 'bun:test'
import { mysqlWriting } from '../../../connectors/jdbc/dialects/mysql/writing.ts'
import { oracleWriting } from '../../../connectors/jdbc/dialects/oracle/writing.ts'
import { postgresWriting } from '../../../connectors/jdbc/dialects/postgres/writing.ts'
import { sqliteWriting } from '../../../connectors/jdbc/dialects/sqlite/writing.ts'
import { sqlServerWriting } from '../../../connectors/jdbc/dialects/sqlserver/writing.ts'
import type { SinkField, WritingDialect, WritingOptions } from '../../../connectors/jdbc/dialects/writing.ts'
import {
  BigDecimal,
  DATE_SCHEMA,
  DataException,
  decimalSchema,
  Float32,
  Int8,
  SchemaBuilder,
  TIME_SCHEMA,
  TIMESTAMP_SCHEMA,
} from '../../../src/sdk/index.ts'
import { arrayOf, field, OPTIONS } from './fields.ts'

const dialects = [postgresWriting, mysqlWriting, sqliteWriting, sqlServerWriting, oracleWriting]
const INT64 = field(SchemaBuilder.int64().build())
const FLOAT64 = field(SchemaBuilder.float64().build())
const STRING = field(SchemaBuilder.string().build())
const micros = field(SchemaBuilder.int64().build(), { timestamp: true })
const text = field(SchemaBuilder.string().build(), { timestamp: true })

function value(
  dialect: WritingDialect,
  of: SinkField,
  given: unknown,
  options: Partial<WritingOptions> = {},
) {
  return dialect.encoder(of, { ...OPTIONS, ...options })(given)
}

describe('exact values', () => {
  const same: [string, SinkField, unknown, unknown][] = [
    ['an int64 beyond 2^53', INT64, 9223372036854775807n, 9223372036854775807n],
    ['the smallest int64', INT64, -9223372036854775808n, -9223372036854775808n],
    ['an int64 that is a number', INT64, 5, 5],
    ['an int8 of its own class', field(SchemaBuilder.int8().build()), new Int8(-3), -3],
    ['a float of its own class', field(SchemaBuilder.float32().build()), new Float32(0.5), 0.5],
    ['a float', FLOAT64, -1.5e300, -1.5e300],
    ['text', STRING, 'Zürich 🚲', 'Zürich 🚲'],
    [
      'a decimal beyond every float',
      field(decimalSchema(4)),
      new BigDecimal(-123456789012345678901234567890n, 4),
      '-12345678901234567890123456.7890',
    ],
    ['a decimal of a negative scale', field(decimalSchema(-3)), new BigDecimal(12n, -3), '12000'],
  ]
  test.each(same)('%s', (_name, of, given, expected) => {
    for (const dialect of dialects) expect(value(dialect, of, given)).toBe(expected as never)
  })

  test('bytes', () => {
    const bytes = Buffer.from([0, 1, 255])
    for (const dialect of dialects)
      expect(value(dialect, field(SchemaBuilder.bytes().build()), bytes)).toEqual(bytes)
  })

  test('truth', () => {
    const of = field(SchemaBuilder.bool().build())
    expect(dialects.map(dialect => value(dialect, of, true))).toEqual([true, 1, 1, true, 1])
    expect(dialects.map(dialect => value(dialect, of, false))).toEqual([false, 0, 0, false, 0])
  })

  test('text loses its NULs in Postgres alone, as in the JVM', () => {
    expect(dialects.map(dialect => value(dialect, STRING, 'a\u0000b'))).toEqual([
      'ab',
      'a\u0000b',
      'a\u0000b',
      'a\u0000b',
      'a\u0000b',
    ])
  })
})

test('a float goes with its own digits where it travels as text', () => {
  const of = field(SchemaBuilder.float32().build())
  const key = field(SchemaBuilder.float32().build(), { primaryKey: true })
  for (const digits of [
    0.1, -3.4028234663852886e38, 1.1754944e-38, 16777216, 0, 2.5, 123456792, 0.33333334,
  ]) {
    const single = Math.fround(digits)
    for (const dialect of [postgresWriting, mysqlWriting]) expect(value(dialect, of, single)).toBe(digits)
    for (const dialect of [sqliteWriting, sqlServerWriting]) expect(value(dialect, of, single)).toBe(single)
    expect(value(mysqlWriting, key, single)).toBe(single)
  }
  expect(value(postgresWriting, of, Number.NaN)).toBe('NaN')
  expect(value(mysqlWriting, field(SchemaBuilder.float64().build()), Math.fround(0.1))).toBe(Math.fround(0.1))
})

describe('floats without an end', () => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    '%p where there are such',
    given => {
      expect(value(postgresWriting, FLOAT64, given)).toBe(String(given))
      expect(value(oracleWriting, FLOAT64, given)).toBe(
        Number.isNaN(given) ? 'NaN' : given > 0 ? 'Inf' : '-Inf',
      )
      for (const dialect of [mysqlWriting, sqlServerWriting])
        expect(() => value(dialect, FLOAT64, given)).toThrow(`The database cannot hold ${given}`)
    },
  )

  test('SQLite would make NULL of NaN', () => {
    expect(value(sqliteWriting, FLOAT64, Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY)
    expect(() => value(sqliteWriting, FLOAT64, Number.NaN)).toThrow(DataException)
  })
})

describe('days and times', () => {
  const noon = new Date('2024-02-29T12:00:00.005Z')
  const day = new Date('2024-02-29T00:00:00Z')
  const time = new Date(((23 * 60 + 59) * 60 + 59) * 1000 + 999)
  const DATE = field(DATE_SCHEMA)
  const TIME = field(TIME_SCHEMA)
  const TIMESTAMP = field(TIMESTAMP_SCHEMA)

  test('as each database reads them', () => {
    const expected: [SinkField, Date, unknown[]][] = [
      [DATE, day, ['2024-02-29', '2024-02-29', 1709164800000, '2024-02-29', '2024-02-29 00:00:00']],
      [TIME, time, ['23:59:59.999+00', '23:59:59.999', 86399999, '23:59:59.999', '1970-01-01 23:59:59']],
      [
        TIMESTAMP,
        noon,
        [
          '2024-02-29 12:00:00.005+00',
          '2024-02-29 12:00:00.005',
          1709208000005,
          '2024-02-29 12:00:00.005',
          '2024-02-29 12:00:00.005',
        ],
      ],
    ]
    for (const [of, given, values] of expected)
      expect(dialects.map(dialect => value(dialect, of, given))).toEqual(values as never)
  })

  test('in the time zone of the database', () => {
    const options = { timeZone: 'America/New_York', dateTimeZone: 'America/New_York' }
    expect(value(postgresWriting, TIMESTAMP, noon, options)).toBe('2024-02-29 07:00:00.005-05:00')
    expect(value(mysqlWriting, TIMESTAMP, new Date('2024-07-01T12:00:00Z'), options)).toBe(
      '2024-07-01 08:00:00.000',
    )
    // Of 1970, in winter.
    expect(value(mysqlWriting, TIME, time, options)).toBe('18:59:59.999')
    // Midnight in Greenwich is the evening before, which date.timezone=utc leaves out of account.
    expect(value(mysqlWriting, DATE, day, options)).toBe('2024-02-28')
    expect(value(mysqlWriting, DATE, day, { ...options, dateTimeZone: 'UTC' })).toBe('2024-02-29')
    expect(value(sqliteWriting, TIMESTAMP, noon, options)).toBe(noon.getTime())
  })

  test('before the calendar changed', () => {
    const old = new Date('1582-10-14T00:00:00Z')
    const proleptic = { calendar: 'PROLEPTIC_GREGORIAN' } as const
    expect(value(postgresWriting, DATE, old)).toBe('1582-10-04')
    expect(value(postgresWriting, DATE, old, proleptic)).toBe('1582-10-14')
    expect(value(postgresWriting, TIMESTAMP, new Date('0001-01-01T00:00:00Z'))).toBe(
      '0001-01-03 00:00:00.000+00',
    )
    expect(value(postgresWriting, DATE, new Date('-000043-03-15T00:00:00Z'), proleptic)).toBe('0044-03-15 BC')
  })

  test('years that a database does not know are refused', () => {
    const far = new Date('+012024-01-01T00:00:00Z')
    expect(value(postgresWriting, DATE, far)).toBe('12024-01-01')
    for (const dialect of [mysqlWriting, sqlServerWriting])
      expect(() => value(dialect, DATE, far)).toThrow('The year 12024 lies outside')
  })
})

describe('timestamp.fields.list', () => {
  test('counts of micro- and nanoseconds', () => {
    expect(value(postgresWriting, micros, 1709208000123456)).toBe('2024-02-29 12:00:00.123456+00')
    expect(value(postgresWriting, micros, -1)).toBe('1969-12-31 23:59:59.999999+00')
    const nanos = { timestampPrecision: 'nanoseconds' } as const
    expect(value(mysqlWriting, micros, 1709208000123456789n, nanos)).toBe('2024-02-29 12:00:00.123456789')
    expect(value(sqlServerWriting, micros, 1709208000123456789n, nanos)).toBe('2024-02-29 12:00:00.1234567')
    expect(value(sqliteWriting, micros, 1709208000123456)).toBe(1709208000123)
  })

  test('texts', () => {
    const berlin = { timeZone: 'Europe/Berlin' }
    const each: [string, string][] = [
      ['1709208000123456', '2024-02-29 13:00:00.123456'],
      ['2024-02-29T12:00:00.123456Z', '2024-02-29 13:00:00.123456'],
      ['2024-02-29T12:00:00.5', '2024-02-29 12:00:00.500000'],
      ['2024-02-29 12:00', '2024-02-29 12:00:00.000000'],
      ['2024-02-29T12:00:00+03:30', '2024-02-29 09:30:00.000000'],
      ['2024-07-01T12:00:00.123456789', '2024-07-01 12:00:00.123456'],
    ]
    for (const [given, expected] of each) expect(value(mysqlWriting, text, given, berlin)).toBe(expected)
  })

  test.each(['yesterday', '2023-02-29T00:00:00', '2024-01-01T25:00:00', ''])('%p is none', given => {
    expect(() => value(mysqlWriting, text, given)).toThrow('is no timestamp')
  })
})

describe('arrays of Postgres', () => {
  test('of every element', () => {
    const cases: [SinkField, unknown, string][] = [
      [field(arrayOf(SchemaBuilder.int64().build())), [1, 2n ** 62n, null], '{1,4611686018427387904,NULL}'],
      [field(arrayOf(SchemaBuilder.string().build())), ['a,b', '{"', ''], '{"a,b","{\\"",""}'],
      [field(arrayOf(SchemaBuilder.bool().build())), [true, false], '{true,false}'],
      [field(arrayOf(SchemaBuilder.float64().build())), [1.5, Number.NaN], '{1.5,"NaN"}'],
      [field(arrayOf(decimalSchema(2))), [new BigDecimal(150n, 2)], '{"1.50"}'],
      [field(arrayOf(SchemaBuilder.bytes().build())), [Buffer.from([255])], '{"\\\\xff"}'],
      [
        field(arrayOf(arrayOf(SchemaBuilder.int32().build()))),
        [
          [1, 2],
          [3, null],
        ],
        '{{1,2},{3,NULL}}',
      ],
      [field(arrayOf(SchemaBuilder.int32().build())), [], '{}'],
    ]
    for (const [of, given, expected] of cases) expect(value(postgresWriting, of, given)).toBe(expected)
  })
})
