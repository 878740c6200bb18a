import { describe, expect, test } from 'bun:test'
import { BigDecimal } from '#bunnect'
import { mysqlReading } from '../../../connectors/jdbc/dialects/mysql/reading.ts'
import { postgresReading } from '../../../connectors/jdbc/dialects/postgres/reading.ts'
import type { ReadingDialect, Value } from '../../../connectors/jdbc/dialects/reading.ts'
import { sqliteReading } from '../../../connectors/jdbc/dialects/sqlite/reading.ts'

function reader(dialect: ReadingDialect, type: string, timeZone = 'UTC'): (cell: Value) => unknown {
  const column = { name: 'c', type, nullable: true, precision: null, scale: null, unsigned: false }
  const found = dialect.column(column, {
    numericMapping: 'none',
    timestampGranularity: 'connect_logical',
    timeZone,
    calendar: 'LEGACY',
  })
  return found!.read
}

describe('a time of a day and more is refused, in every zone', () => {
  test.each(['24:00:00', '25:10:00', '99:59:59', '838:59:59'])('%s', text => {
    for (const zone of ['UTC', 'Europe/Berlin', 'America/New_York']) {
      expect(() => reader(mysqlReading, 'TIME', zone)(text)).toThrow(`Column c (TIME) holds ${text}`)
    }
  })
  test('those before stay', () => {
    expect(reader(mysqlReading, 'TIME')('23:59:59')).toEqual(new Date(86_399_000))
    expect(reader(mysqlReading, 'TIME', 'Europe/Berlin')('00:30:00')).toEqual(new Date(84_600_000))
  })
})

describe('numeric', () => {
  const read = (text: string, precision: number | null, scale: number | null) => {
    const column = { name: 'c', type: 'numeric', nullable: true, precision, scale, unsigned: false }
    const options = {
      numericMapping: 'none',
      timestampGranularity: 'connect_logical',
      timeZone: 'UTC',
    } as const
    return postgresReading.column(column, { ...options, calendar: 'LEGACY' })!.read(text)
  }
  test.each([
    ['0.00', 12, 2, 0n],
    ['-0.01', 12, 2, -1n],
    ['-0.00', 12, 2, 0n],
    ['9999999999.99', 12, 2, 999999999999n],
    ['-9999999999.99', 12, 2, -999999999999n],
    ['123456789012.34', 14, 2, 12345678901234n],
    ['1234567890123.45', 15, 2, 123456789012345n],
    ['-9007199254740993.01', 18, 2, -900719925474099301n],
    ['0.00000000000000000000000000000000000001', 38, 38, 1n],
    ['15', 9, 0, 15n],
    ['-15', 9, 0, -15n],
    ['123456789012345678901234567890', 30, 0, 123456789012345678901234567890n],
    ['1200', 4, -2, 12n],
    ['1.5', 12, 2, 150n],
    ['7', null, null, 7n],
  ])('%s of numeric(%p, %p)', (text, precision, scale, unscaled) => {
    expect(read(text, precision, scale)).toEqual(new BigDecimal(unscaled, scale ?? 0))
  })
  test.each(['NaN', 'Infinity', '-', '', '.', '-.', '1.2.34'])('%p is refused', text => {
    expect(() => read(text, 12, 2)).toThrow('a Decimal has no such value')
  })
})

describe('timestamps of Postgres are microseconds since 2000', () => {
  const nanos = (type: string, zone: string, cell: Value) => {
    const column = { name: 'c', type, nullable: true, precision: null, scale: null, unsigned: false }
    const read = postgresReading.timestampReader(column, {
      numericMapping: 'none',
      timestampGranularity: 'connect_logical',
      timeZone: zone,
      calendar: 'LEGACY',
    })
    const { seconds, nanos } = read(cell)
    return BigInt(seconds) * 1_000_000_000n + BigInt(nanos)
  }
  const at = (text: string, micros = 0) => BigInt(Date.parse(text)) * 1_000_000n + BigInt(micros * 1000)

  test.each<[string, string, Value, bigint]>([
    ['timestamp', 'UTC', 0, at('2000-01-01T00:00:00Z')],
    ['timestamp', 'UTC', -1, at('1999-12-31T23:59:59Z', 999_999)],
    ['timestamp', 'UTC', 762_566_399_123_456, at('2024-02-29T23:59:59Z', 123_456)],
    ['timestamp', 'Europe/Berlin', 762_566_399_123_456, at('2024-02-29T22:59:59Z', 123_456)],
    ['timestamptz', 'Europe/Berlin', 762_566_399_123_456, at('2024-02-29T23:59:59Z', 123_456)],
    // Of a float the last of its microseconds would be the next second.
    ['timestamptz', 'UTC', 9_007_199_253_999_999, at('2285-06-04T23:47:33Z', 999_999)],
    ['timestamptz', 'UTC', -9_007_199_253_000_001n, at('1714-07-29T00:12:26Z', 999_999)],
    ['timestamptz', 'UTC', 9_007_199_255_000_001n, at('2285-06-04T23:47:35Z', 1)],
    // 4 October 1582 and the day after it, which was the 15th.
    [
      'timestamp',
      'UTC',
      BigInt(Date.UTC(1582, 9, 4) - Date.UTC(2000, 0)) * 1000n,
      at('1582-10-14T00:00:00Z'),
    ],
    [
      'timestamp',
      'UTC',
      BigInt(Date.UTC(1582, 9, 15) - Date.UTC(2000, 0)) * 1000n,
      at('1582-10-15T00:00:00Z'),
    ],
  ])('%s in %s: %p', (type, zone, cell, wanted) => {
    expect(nanos(type, zone, cell)).toBe(wanted)
  })
  test.each([
    ['date', '2024-02-29'],
    ['text', '2024-02-29 00:00:00'],
  ])('a %s of a mode is read as the text that it is', (type, text) => {
    expect(nanos(type, 'UTC', text)).toBe(at('2024-02-29T00:00:00Z'))
  })
  test.each(['int8', 'float8'])('a number of type %s is none', type => {
    expect(() => nanos(type, 'UTC', 1_700_000_000_000)).toThrow('it is no timestamp')
  })
  test('the infinite ones are refused, as are dates', () => {
    for (const type of ['timestamp', 'timestamptz']) {
      for (const cell of [2n ** 63n - 1n, -(2n ** 63n)]) {
        expect(() => reader(postgresReading, type)(cell)).toThrow('infinity: no field holds infinity')
      }
    }
    for (const cell of ['infinity', '-infinity']) {
      expect(() => reader(postgresReading, 'date')(cell)).toThrow(`${cell}: no field holds infinity`)
    }
  })
})

describe('money', () => {
  test.each([
    ['$1,234.56', 1234.56],
    ['-$1.00', -1],
    ['($1.00)', -1],
    ['1234', 1234],
  ])('%s is %p', (text, value) => {
    expect(reader(postgresReading, 'money')(text)).toBe(value)
  })
  test.each(['1.234,56 €', '¥1,234', '1,23', 'kr 5,00', '$'])('%s is refused', text => {
    expect(() => reader(postgresReading, 'money')(text)).toThrow(`Column c (money) holds ${text}`)
  })
})

describe('BOOLEAN of SQLite', () => {
  test.each([
    [0n, false],
    [1n, true],
    ['false', false],
    ['F', false],
    ['0', false],
    ['TRUE', true],
    ['t', true],
  ] as const)('%p is %p', (cell, value) => {
    expect(reader(sqliteReading, 'BOOLEAN')(cell)).toBe(value)
  })
  test.each(['no', '', 'yes'])('%p is refused', cell => {
    expect(() => reader(sqliteReading, 'BOOLEAN')(cell)).toThrow('neither 0 or 1 nor true or false')
  })
})

test('DATE of SQLite as a count: its day, and those that no Date has are refused', () => {
  const read = reader(sqliteReading, 'DATE')
  expect(read(1709164800001n)).toEqual(new Date('2024-02-29'))
  expect(read(-1n)).toEqual(new Date('1969-12-31'))
  expect(read(BigInt(Date.UTC(12345, 0, 1)))).toEqual(new Date(Date.UTC(12345, 0, 1)))
  expect(() => read(9223372036854775807n)).toThrow('Column c (DATE) holds 9223372036854775807')
  expect(() => read(-9223372036854775808n)).toThrow('no Date can be that')
})
