/** Source and sink with a server that speaks Oracle's protocol, and answers what Oracle would. */
import { afterEach, describe, expect, test } from 'bun:test'
import { BigDecimal, decimalBuilder, SchemaBuilder, SinkRecord, Struct, timestampBuilder } from '#bunnect'
import { type OracleAnswer, type OracleCall, OracleListener } from '../../servers/oracle-listener.ts'
import { startTask, type Target } from './sink-ground.ts'
import { Offsets, SourceRun } from './source-run.ts'

const listeners: OracleListener[] = []
afterEach(() => {
  for (const listener of listeners.splice(0)) listener.stop()
})

async function serving(answer: (call: OracleCall) => OracleAnswer) {
  const listener = new OracleListener(call =>
    call.sql.startsWith('ALTER SESSION') ? { changed: 0 } : answer(call),
  )
  listeners.push(listener)
  const port = await listener.start()
  const config = {
    'connection.url': `jdbc:oracle:thin:@//127.0.0.1:${port}/shop`,
    'connection.user': 'scott',
    'connection.password': 'tiger',
    'connection.attempts': '1',
  }
  const statements = (of: RegExp) => listener.calls.filter(({ sql }) => of.test(sql))
  return { listener, config, statements }
}

const texts = (...rows: (string | null)[][]): OracleAnswer => ({
  columns: (rows[0] ?? ['']).map((_, i) => ({ name: `C${i}`, type: 1, charset: 1 })),
  rows,
})

/** What the catalogue says of a table: name, type, nullable, precision, scale, length. */
function catalogue(call: OracleCall, columns: (string | null)[][], key: string): OracleAnswer | null {
  const { sql } = call
  if (sql.includes('CURRENT_SCHEMA')) return texts(['SHOP'])
  if (sql.includes('ALL_TAB_COLUMNS')) return texts(...columns.map(column => [...column, null, 'NO']))
  if (sql.includes('ALL_SYNONYMS'))
    return {
      columns: [
        { name: 'A', type: 1, charset: 1 },
        { name: 'B', type: 1, charset: 1 },
      ],
      rows: [],
    }
  if (sql.includes('ALL_CONSTRAINTS')) return texts([key])
  return null
}

const ORDERS = [
  ['ID', 'NUMBER', 'N', '9', '0', '0'],
  ['AT', 'TIMESTAMP(9)', 'N', null, '9', '0'],
  ['PRICE', 'NUMBER', 'Y', '9', '2', '0'],
]

/** A timestamp's bytes. */
function bytesOf(text: string): Buffer {
  const [, year, month, day, hour, minute, second, nanos] =
    /^(\d+)-(\d+)-(\d+) (\d+):(\d+):(\d+)\.(\d{9})$/.exec(text)!
  const bytes = Buffer.from([
    Math.floor(Number(year) / 100) + 100,
    (Number(year) % 100) + 100,
    Number(month),
    Number(day),
    Number(hour) + 1,
    Number(minute) + 1,
    Number(second) + 1,
    0,
    0,
    0,
    0,
  ])
  bytes.writeUInt32BE(Number(nanos), 7)
  return bytes
}

/** Of 1 to 99. */
const small = (value: number) => Buffer.from([0xc1, value + 1])

test('a source goes on where it stood, to the nanosecond', async () => {
  const rows = [
    { id: 1, at: '2024-02-29 23:59:59.123456788' },
    { id: 2, at: '2024-02-29 23:59:59.123456789' },
    { id: 3, at: '2024-02-29 23:59:59.123456789' },
  ]
  const { config, statements, listener } = await serving(call => {
    const answer = catalogue(call, ORDERS, 'ID')
    if (answer !== null) return answer
    if (call.sql.includes('SYS_EXTRACT_UTC')) return texts(['2024-03-01 00:00:00.000000000Z'])
    const [end, begin, last] = call.rows[0]!.map(String)
    const id = call.rows[0]![2]![1]! - 1
    expect(last).toBeString()
    const found = rows.filter(({ id: own, at }) => at < end! && ((at === begin && own > id) || at > begin!))
    return {
      columns: [
        { name: 'ID', type: 2, precision: 9, nullable: false },
        { name: 'AT', type: 180, scale: 9, size: 11, nullable: false },
        { name: 'PRICE', type: 2, precision: 9, scale: 2 },
      ],
      rows: found.map(({ id: own, at }) => [small(own), bytesOf(at), Buffer.from([0xc1, 13, 35])]),
    }
  })
  const offsets = new Offsets()
  const source = {
    ...config,
    tables: '"SHOP"."ORDERS"',
    mode: 'timestamp+incrementing',
    'incrementing.column.name': 'ID',
    'timestamp.column.name': 'AT',
    'timestamp.granularity': 'nanos_string',
    'numeric.mapping': 'best_fit',
  }
  const first = await SourceRun.start(source, offsets)
  await first.take(3)
  await first.stop()
  expect(first.values('ID')).toEqual([1, 2, 3])
  expect(first.values('AT')).toEqual(['1709251199123456788', '1709251199123456789', '1709251199123456789'])
  expect(first.values('PRICE')).toEqual([12.34, 12.34, 12.34])
  rows.push({ id: 4, at: '2024-02-29 23:59:59.123456789' })
  const second = await SourceRun.start(source, offsets)
  await second.take(1)
  await second.stop()
  expect(second.values('ID')).toEqual([4])
  const [query] = statements(/FROM "SHOP"\."ORDERS"/)
  const at = (mark: string) => `TO_TIMESTAMP(${mark}, 'YYYY-MM-DD HH24:MI:SS.FF')`
  expect(query!.sql).toBe(
    `SELECT * FROM "SHOP"."ORDERS" WHERE "AT" < ${at(':1')} AND (("AT" = ${at(':2')} AND "ID" > :3) OR "AT" > ${at(':4')}) ORDER BY "AT","ID" ASC`,
  )
  expect(listener.heard.filter(what => what === 'commit').length).toBeGreaterThan(0)
})

describe('a sink', () => {
  const value = SchemaBuilder.struct()
    .field('ID', SchemaBuilder.int32().build())
    .field('NAME', SchemaBuilder.string().optional().build())
    .field('PRICE', decimalBuilder(2).optional().build())
    .field('AT', timestampBuilder().optional().build())
    .build()
  const order = (offset: number, name: string | null) =>
    new SinkRecord(
      'ORDERS',
      0,
      null,
      null,
      value,
      new Struct(value, [offset, name, new BigDecimal(1234n, 2), new Date('2024-02-29T23:59:59.123Z')]),
      offset,
    )
  const COLUMNS = [
    ['ID', 'NUMBER', 'N', '10', '0', '0'],
    ['NAME', 'VARCHAR2', 'Y', null, null, '4000'],
    ['PRICE', 'NUMBER', 'Y', '38', '2', '0'],
    ['AT', 'TIMESTAMP(6)', 'Y', null, '6', '0'],
  ]
  const KEYS = { 'pk.mode': 'record_value', 'pk.fields': 'ID', 'insert.mode': 'upsert' }
  const target = (config: Record<string, string>): Target => ({
    name: 'postgres',
    config: { ...config, topics: 'ORDERS' },
    server: null,
    query: async () => [],
    stop: async () => {},
  })

  test('makes its table, and merges its rows on one way', async () => {
    let isThere = false
    const { config, statements, listener } = await serving(call => {
      if (call.sql.startsWith('CREATE TABLE')) isThere = true
      if (call.sql.includes('ALL_TAB_COLUMNS') && !isThere) {
        return {
          columns: Array.from({ length: 8 }, (_, i) => ({ name: `C${i}`, type: 1, charset: 1 })),
          rows: [],
        }
      }
      return catalogue(call, COLUMNS, 'ID') ?? { changed: Math.max(1, call.rows.length) }
    })
    const task = startTask(target(config), { ...KEYS, 'auto.create': 'true' })
    await task.put([order(1, 'kettle'), order(2, null), order(1, 'lamp')])
    await task.stop()
    expect(statements(/^CREATE/).map(({ sql }) => sql)).toEqual([
      'CREATE TABLE "ORDERS" (\n"ID" NUMBER(10,0) NOT NULL,\n"NAME" VARCHAR2(4000) NULL,\n"PRICE" NUMBER(*,2) NULL,\n"AT" TIMESTAMP NULL,\nPRIMARY KEY("ID"))',
    ])
    const [merge, ...others] = statements(/^merge/)
    expect(others).toEqual([])
    expect(merge!.sql).toStartWith(
      `merge into "ORDERS" using (select :1 "ID", :2 "NAME", :3 "PRICE", TO_TIMESTAMP(:4, 'YYYY-MM-DD HH24:MI:SS.FF') "AT" FROM dual) incoming on("ORDERS"."ID"=incoming."ID")`,
    )
    const at = Buffer.from('2024-02-29 23:59:59.123')
    expect(merge!.rows).toEqual([
      [small(1), Buffer.from('kettle'), Buffer.from('12.34'), at],
      [small(2), null, Buffer.from('12.34'), at],
      [small(1), Buffer.from('lamp'), Buffer.from('12.34'), at],
    ])
    expect(merge!.commits).toBe(true)
    expect(listener.heard).toContain('logoff')
  })

  test('finds the record that is to blame, and writes the others', async () => {
    const { config, statements } = await serving(call => {
      const answer = catalogue(call, COLUMNS, 'ID')
      if (answer !== null) return answer
      const tooLong = call.rows.some(row => row.some(cell => String(cell) === 'too long'))
      return tooLong
        ? {
            error: 12899,
            message: 'value too large for column "SHOP"."ORDERS"."NAME" (actual: 8, maximum: 7)',
          }
        : { changed: Math.max(1, call.rows.length) }
    })
    const task = startTask(target(config), { ...KEYS, 'max.retries': '0' }, true)
    await task.put([order(1, 'kettle'), order(2, 'lamp'), order(3, 'too long'), order(4, 'cup')])
    await task.stop()
    expect(task.reported.map(({ offset }) => offset)).toEqual([3])
    expect(task.reported[0]!.message).toContain(
      'ORA-12899: value too large for column "SHOP"."ORDERS"."NAME"',
    )
    const written = statements(/^merge/).flatMap(({ rows }) => rows.map(row => String(row[1])))
    expect(new Set(written)).toEqual(new Set(['kettle', 'lamp', 'too long', 'cup']))
  })

  test('does not write times of another zone into a column that has one', async () => {
    const zoned = COLUMNS.map(column =>
      column[0] === 'AT' ? ['AT', 'TIMESTAMP(6) WITH TIME ZONE', 'Y', null, '6', '0'] : column,
    )
    const { config, statements } = await serving(call => catalogue(call, zoned, 'ID') ?? { changed: 1 })
    const task = startTask(target(config), { ...KEYS, 'db.timezone': 'Europe/Berlin' })
    await expect(task.put([order(1, 'kettle')])).rejects.toThrow(
      'its times would be those of UTC, but db.timezone is Europe/Berlin: set db.timezone=UTC',
    )
    await task.stop()
    expect(statements(/^merge/)).toEqual([])
  })
})
