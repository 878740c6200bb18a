import { describe, expect, test } from 'bun:test'
import { numbered } from '../../../connectors/jdbc/drivers/oracle.ts'
import { type Binds, bindsOf } from '../../../connectors/jdbc/drivers/oracle-binds.ts'
import { oracleClient } from '../../../connectors/jdbc/drivers/oracle-client.ts'
import { fetchTypes } from '../../../connectors/jdbc/drivers/oracle-columns.ts'
import { OracleCursor } from '../../../connectors/jdbc/drivers/oracle-cursor.ts'
import { dateText, localDateText } from '../../../connectors/jdbc/drivers/oracle-dates.ts'
import type { OracleResultSet } from '../../../connectors/jdbc/drivers/oracledb.ts'

const client = await oracleClient()

/** Bytes as the database sends them. */
function bytes(
  year: number,
  month: number,
  day: number,
  time: number[] = [0, 0, 0],
  nanos = -1,
  zone: number[] = [],
) {
  const century = Math.trunc(year / 100)
  const date = [century + 100, year - century * 100 + 100, month, day, ...time.map(each => each + 1)]
  const fraction = Buffer.alloc(nanos < 0 ? 0 : 4)
  if (nanos >= 0) fraction.writeUInt32BE(nanos)
  return Buffer.concat([Buffer.from(date), fraction, Buffer.from(zone)])
}

describe('dates and timestamps from their bytes', () => {
  test.each([
    [bytes(2024, 2, 29, [23, 59, 59]), '2024-02-29 23:59:59'],
    [bytes(2024, 2, 29, [23, 59, 59], 123_456_789), '2024-02-29 23:59:59.123456789'],
    [bytes(2024, 2, 29, [0, 0, 0], 1), '2024-02-29 00:00:00.000000001'],
    [bytes(9999, 12, 31, [23, 59, 59], 999_999_999), '9999-12-31 23:59:59.999999999'],
    [bytes(1, 1, 1), '0001-01-01 00:00:00'],
    [bytes(1582, 10, 4), '1582-10-04 00:00:00'],
    [bytes(-44, 3, 15), '0044-03-15 00:00:00 BC'],
    [bytes(-4712, 1, 1), '4712-01-01 00:00:00 BC'],
    // With a zone it is in UTC; the zone itself says nothing of the instant.
    [bytes(2024, 7, 1, [10, 0, 0], 500_000_000, [0x98, 0x3c]), '2024-07-01 10:00:00.500000000Z'],
  ])('%p', (raw, text) => {
    expect(dateText(raw)).toBe(text)
  })

  test('in the zone of the database', () => {
    const raw = bytes(2024, 7, 1, [10, 0, 0], 5)
    expect(localDateText(raw, 0)).toBe('2024-07-01 10:00:00.000000005Z')
    expect(localDateText(raw, -210)).toBe('2024-07-01 10:00:00.000000005-03:30')
    // No timestamp to whoever reads it: the column is named with it.
    expect(localDateText(raw, 'Europe/Berlin')).toBe('2024-07-01 10:00:00.000000005 Europe/Berlin')
  })

  test('is what the client hands on', async () => {
    const { BaseBuffer } = (await import('oracledb/lib/impl/datahandlers/buffer.js')) as unknown as {
      BaseBuffer: new (
        raw: Buffer,
        caps?: object,
      ) => {
        readOracleDate(local: boolean, zone?: boolean): unknown
        readOracleNumber(): unknown
        _readBytesWithLength: unknown
      }
    }
    const sent = (raw: Buffer) => Buffer.concat([Buffer.from([raw.length]), raw])
    const stamp = bytes(2024, 2, 29, [23, 59, 59], 123_456_789)
    expect(new BaseBuffer(sent(stamp)).readOracleDate(true)).toBe('2024-02-29 23:59:59.123456789')
    expect(new BaseBuffer(sent(stamp), { dbTzOffset: 120 }).readOracleDate(false, true)).toBe(
      '2024-02-29 23:59:59.123456789+02:00',
    )
    expect(new BaseBuffer(sent(stamp), { dbTzRegion: 'Asia/Tokyo' }).readOracleDate(false, true)).toBe(
      '2024-02-29 23:59:59.123456789 Asia/Tokyo',
    )
    // 90071992547409931.5: two digits a byte, each plus one.
    const number = Buffer.from([0xc9, 10, 1, 72, 100, 26, 48, 41, 100, 32, 51])
    expect(new BaseBuffer(sent(number)).readOracleNumber()).toBe('90071992547409931.5')
  })
})

describe('parameters', () => {
  const { DB_TYPE_NUMBER: number, DB_TYPE_VARCHAR: varchar, DB_TYPE_BINARY_DOUBLE: double } = client
  const { DB_TYPE_CLOB: clob, DB_TYPE_BLOB: blob, DB_TYPE_RAW: raw } = client

  test.each([
    ['whole numbers', [1, 2n ** 62n], { type: number }],
    ['a decimal is text', ['0.1', '12345678901234567890.5'], { type: varchar, maxSize: 22 }],
    ['fractions', [0.1, 1], { type: double }],
    ['what is beyond a safe integer', [1e300, 2], { type: double }],
    ['booleans', [true, false], { type: number }],
    ['nulls', [null, null], { type: varchar, maxSize: 1 }],
    ['null beside a number', [null, 1], { type: number }],
    ['text of several bytes a letter', ['Ω'], { type: varchar, maxSize: 2 }],
    ['long text', ['a'.repeat(4001)], { type: clob }],
    ['bytes', [new Uint8Array(2000)], { type: raw, maxSize: 2000 }],
    ['many bytes', [new Uint8Array(2001)], { type: blob }],
  ])('%s', (_what, values, definition) => {
    expect(bindsOf(values, 1, client)[0]!.definitions).toEqual([definition as never])
  })

  test('of several rows each has its place', () => {
    const [{ definitions, rows }] = bindsOf([1, 'a', 2, null, 3, 'ccc'], 2, client) as [Binds]
    expect(rows).toEqual([
      [1, 'a'],
      [2, null],
      [3, 'ccc'],
    ])
    expect(definitions).toEqual([{ type: number }, { type: varchar, maxSize: 3 }])
  })

  test('rows with a large value go by themselves, in their order', () => {
    const long = 'ω'.repeat(2001)
    const parts = bindsOf([1, 'a', 2, 'b', 3, long, 4, 'c'], 2, client)
    expect(parts.map(({ definitions, rows }) => [definitions[1]!.type, rows.map(([id]) => id)])).toEqual([
      [varchar, [1, 2]],
      [clob, [3]],
      [varchar, [4]],
    ])
  })

  test('an infinity is text, and so are the numbers beside it', () => {
    expect(bindsOf([0.5, 'Inf', null], 1, client)[0]!.rows).toEqual([['0.5'], ['Inf'], [null]])
  })

  test('stand in a statement by their number', () => {
    const sql = `SELECT '?' "?", ?? /* ? */ FROM t -- ?\n WHERE a = ? AND b = ?`
    expect(numbered(sql, [1, 2])).toEqual({
      text: `SELECT '?' "?", ? /* ? */ FROM t -- ?\n WHERE a = :1 AND b = :2`,
      width: 2,
    })
    expect(numbered('INSERT INTO t VALUES (?,?)', [1, 2, 3, 4]).width).toBe(2)
    expect(() => numbered('SELECT ? FROM DUAL', [])).toThrow('has 1 parameters and was given 0 values')
    expect(() => numbered('INSERT INTO t VALUES (?,?)', [1, 2, 3])).toThrow(
      'has 2 parameters and was given 3',
    )
  })
})

describe('results', () => {
  /** As the client gives rows: as many as are wanted, until there are no more. */
  class Rows implements OracleResultSet {
    readonly metaData = []
    readonly asked: number[] = []
    closed = 0
    constructor(private readonly rows: unknown[][]) {}
    async getRows(count: number) {
      this.asked.push(count)
      return this.rows.splice(0, count)
    }
    async close() {
      this.closed++
    }
  }
  const column = (type: string) => ({
    name: 'C',
    type,
    nullable: true,
    precision: null,
    scale: null,
    unsigned: false,
  })
  const open = (type: string, rows: Rows) => new OracleCursor([column(type)], rows, work => work())

  test('come in batches, to their end', async () => {
    const rows = new Rows(Array.from({ length: 250 }, (_, i) => [String(i)]))
    const cursor = open('NUMBER', rows)
    expect((await cursor.next(200)).length).toBe(200)
    expect(cursor.isOver).toBe(false)
    expect(await cursor.next(200)).toHaveLength(50)
    expect(cursor.isOver).toBe(true)
    expect(await cursor.next(200)).toEqual([])
    await cursor.close()
    await cursor.close()
    expect(rows.closed).toBe(1)
  })

  test('of large values few are asked for at once', async () => {
    const rows = new Rows(Array.from({ length: 40 }, () => ['x'.repeat(1 << 20)]))
    const cursor = open('CLOB', rows)
    expect((await cursor.next(1000)).length).toBeLessThan(8)
    expect(Math.max(...rows.asked)).toBe(4)
    expect(cursor.isOver).toBe(false)
  })

  test('numbers come as text, large objects with their row', () => {
    const type = fetchTypes(client)
    const of = (dbTypeName: string) => type({ name: 'C', dbTypeName, nullable: true })?.type
    expect(of('NUMBER')).toBe(client.DB_TYPE_VARCHAR)
    expect(of('CLOB')).toBe(client.DB_TYPE_VARCHAR)
    expect(of('BLOB')).toBe(client.DB_TYPE_RAW)
    expect(of('DATE')).toBeUndefined()
  })
})
