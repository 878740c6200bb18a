import { describe, expect, test } from 'bun:test'
import { BigDecimal } from '#bunnect'
import { oracleReading } from '../../../connectors/jdbc/dialects/oracle/reading.ts'
import type { ReadingOptions } from '../../../connectors/jdbc/dialects/reading.ts'
import { cellReader, columnOf } from '../../../connectors/jdbc/drivers/oracle-columns.ts'
import type { ColumnMetadata } from '../../../connectors/jdbc/drivers/oracledb.ts'

const OPTIONS: ReadingOptions = {
  numericMapping: 'none',
  timestampGranularity: 'connect_logical',
  timeZone: 'UTC',
  calendar: 'LEGACY',
}
const PLAIN = { floatsAreDoubles: false, datesAreDays: false }

function read(
  dbTypeName: string,
  {
    options = {},
    types = PLAIN,
    ...more
  }: Partial<ColumnMetadata> & {
    options?: Partial<ReadingOptions>
    types?: typeof PLAIN
  } = {},
) {
  const column = columnOf({ name: 'C', dbTypeName, nullable: true, ...more }, types)
  const field = oracleReading.column(column, { ...OPTIONS, ...options })
  const cell = cellReader(column)
  return { schema: field?.schema ?? null, value: (raw: unknown) => field!.read(cell(raw)!) }
}

describe('types', () => {
  test.each([
    ['VARCHAR2', 'text', 'STRING', 'text'],
    ['NVARCHAR2', 'Ω', 'STRING', 'Ω'],
    ['CHAR', 'ab  ', 'STRING', 'ab  '],
    ['CLOB', 'long', 'STRING', 'long'],
    ['NCLOB', 'long', 'STRING', 'long'],
    ['LONG', 'long', 'STRING', 'long'],
    ['XMLTYPE', '<a/>', 'STRING', '<a/>'],
    ['RAW', Buffer.from([0, 255]), 'BYTES', Buffer.from([0, 255])],
    ['BLOB', Buffer.from([1]), 'BYTES', Buffer.from([1])],
    ['LONG RAW', Buffer.from([1]), 'BYTES', Buffer.from([1])],
    ['BINARY_FLOAT', 0.10000000149011612, 'FLOAT32', 0.10000000149011612],
    ['BINARY_DOUBLE', 5e-324, 'FLOAT64', 5e-324],
    ['BINARY_DOUBLE', Number.NaN, 'FLOAT64', Number.NaN],
    ['BINARY_DOUBLE', Number.NEGATIVE_INFINITY, 'FLOAT64', Number.NEGATIVE_INFINITY],
    ['BOOLEAN', true, 'BOOLEAN', true],
    ['BOOLEAN', false, 'BOOLEAN', false],
    ['DATE', '2024-02-29 23:59:59', 'INT64', new Date('2024-02-29T23:59:59Z')],
    ['TIMESTAMP', '2024-02-29 23:59:59.123456789', 'INT64', new Date('2024-02-29T23:59:59.123Z')],
    ['TIMESTAMP WITH TIME ZONE', '2024-02-29 23:59:59.5Z', 'INT64', new Date('2024-02-29T23:59:59.5Z')],
    [
      'TIMESTAMP WITH LOCAL TIME ZONE',
      '2024-02-29 23:59:59+02:00',
      'INT64',
      new Date('2024-02-29T21:59:59Z'),
    ],
  ])('%s of %p', (type, raw, schema, value) => {
    const { schema: found, value: of } = read(type)
    expect(found).toMatchObject({ type: schema, optional: true })
    expect(of(raw)).toEqual(value as never)
  })

  test.each([
    'ROWID',
    'UROWID',
    'INTERVAL YEAR TO MONTH',
    'INTERVAL DAY TO SECOND',
    'BFILE',
    'JSON',
    'VECTOR',
    'OBJECT',
  ])('%s is left out, as by the JVM', type => {
    expect(read(type).schema).toBeNull()
  })

  test('null where the column says so', () => {
    expect(read('VARCHAR2', { nullable: false }).schema?.optional).toBe(false)
  })

  test('as Java EE wants it, floats are doubles and dates days', () => {
    const types = { floatsAreDoubles: true, datesAreDays: true }
    expect(read('NUMBER', { types, precision: 126, scale: -127 }).schema?.type).toBe('FLOAT64')
    expect(read('BINARY_FLOAT', { types }).schema?.type).toBe('FLOAT64')
    expect(read('NUMBER', { types, precision: 0, scale: -127 }).schema?.name).toBe(
      'org.apache.kafka.connect.data.Decimal',
    )
    const day = read('DATE', { types })
    expect(day.schema?.name).toBe('org.apache.kafka.connect.data.Date')
    expect(day.value('2024-02-29 23:59:59')).toEqual(new Date('2024-02-29T00:00:00Z'))
    expect(day.value('0044-03-15 12:00:00 BC')).toEqual(new Date('-000043-03-13T00:00:00Z'))
  })

  test('what has lost digits on the way is not taken', () => {
    expect(() => read('TIMESTAMP').value(new Date())).toThrow(
      'Column C of type TIMESTAMP has come as a [object Date]',
    )
  })
})

describe('NUMBER', () => {
  test.each([
    ['none', 9, 0, 'Decimal 0'],
    ['none', 0, -127, 'Decimal 127'],
    ['none', 126, -127, 'Decimal 127'],
    ['none', 38, 0, 'Decimal 0'],
    ['precision_only', 2, 0, 'INT8'],
    ['precision_only', 4, 0, 'INT16'],
    ['precision_only', 9, 0, 'INT32'],
    ['precision_only', 18, 0, 'INT64'],
    ['precision_only', 19, 0, 'Decimal 0'],
    ['precision_only', 9, 2, 'Decimal 2'],
    ['precision_only', 0, -127, 'Decimal 127'],
    ['best_fit', 9, 2, 'FLOAT64'],
    ['best_fit', 5, -2, 'INT32'],
    ['best_fit', 20, 2, 'Decimal 2'],
    ['best_fit', 0, -127, 'Decimal 127'],
    ['best_fit_eager_double', 20, 2, 'FLOAT64'],
    ['best_fit_eager_double', 0, -127, 'Decimal 127'],
  ] as const)(
    'numeric.mapping=%s of precision %i, scale %i',
    (numericMapping, precision, scale, expected) => {
      const { schema } = read('NUMBER', { precision, scale, options: { numericMapping } })
      const found = schema!.name === null ? schema!.type : `Decimal ${schema!.parameters!.get('scale')}`
      expect(found).toBe(expected)
    },
  )

  test.each([
    ['123.45', 9, 2, 12345n],
    ['.5', 9, 2, 50n],
    ['-.07', 9, 2, -7n],
    ['-12', 9, 2, -1200n],
    ['1200', 5, -2, 12n],
    ['99999999999999999999999999999999999999', 38, 0, 10n ** 38n - 1n],
    ['9007199254740993', 38, 0, 9007199254740993n],
  ])('%s of (%i,%i), to the digit', (text, precision, scale, unscaled) => {
    expect(read('NUMBER', { precision, scale }).value(text)).toEqual(new BigDecimal(unscaled, scale))
  })

  test('of no scale it keeps every digit, or is refused', () => {
    const { value } = read('NUMBER', { precision: 0, scale: -127 })
    expect(value('.1')).toEqual(new BigDecimal(10n ** 126n, 127))
    expect(value('-1e126')).toEqual(new BigDecimal(-(10n ** 253n), 127))
    expect(() => value(`.${'0'.repeat(128)}1`)).toThrow('a Decimal of scale 127 has no place for its digits')
  })
})

test('a column with a zone is compared by its instants, or not at all', () => {
  const column = columnOf({ name: 'TS', dbTypeName: 'TIMESTAMP WITH TIME ZONE', nullable: true }, PLAIN)
  const instant = oracleReading.timestampReader(column, OPTIONS)('1969-12-31 23:59:59.999999999Z')
  expect(instant).toEqual({ seconds: -1, nanos: 999_999_999 })
  expect(() => oracleReading.timestampReader(column, { ...OPTIONS, timeZone: 'Europe/Berlin' })).toThrow(
    'only db.timezone=UTC compares by its instants',
  )
  const plain = columnOf({ name: 'TS', dbTypeName: 'DATE', nullable: true }, PLAIN)
  const summer = oracleReading.timestampReader(plain, { ...OPTIONS, timeZone: 'Europe/Berlin' })
  expect(summer('2024-07-01 02:00:00')).toEqual({ seconds: Date.UTC(2024, 6, 1) / 1000, nanos: 0 })
})

test('parameters of timestamp columns keep nine digits', () => {
  const { comparable, timestampValue } = oracleReading
  expect(comparable?.parameter('?', '"TS"')).toBe("TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS.FF')")
  expect(comparable?.column('"TS"')).toBe('"TS"')
  expect(timestampValue('UTC')({ seconds: 0, nanos: 1 })).toBe('1970-01-01 00:00:00.000000001')
})
