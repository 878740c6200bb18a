import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { databases } from './databases.ts'
import { Offsets, SourceRun } from './source-run.ts'

const folder = mkdtempSync(join(tmpdir(), 'bunnect-jdbc-modes-'))
const file = join(folder, 'modes.db')

interface Place {
  readonly config: Record<string, string>
  readonly schema: string
  /** Types: a timestamp, a number that counts by itself. */
  readonly stamp: string
  readonly counting: string
  query(sql: string): Promise<Record<string, unknown>[]>
}
const servers = databases()
const places: Record<string, Place> = {}
beforeAll(() => {
  const { postgres, mariadb } = servers
  const sqlite = new Database(file)
  sqlite.run('PRAGMA journal_mode = WAL')
  places['postgres'] = {
    config: postgres.config,
    schema: 'public.',
    stamp: 'timestamp(6)',
    counting: 'bigserial PRIMARY KEY',
    query: sql => postgres.query(sql),
  }
  places['mariadb'] = {
    config: mariadb.config,
    schema: 'test.',
    stamp: 'datetime(6)',
    counting: 'bigint AUTO_INCREMENT PRIMARY KEY',
    query: sql => mariadb.query(sql),
  }
  places['sqlite'] = {
    config: { 'connection.url': `jdbc:sqlite:${file}` },
    schema: '',
    stamp: 'TIMESTAMP',
    counting: 'INTEGER PRIMARY KEY AUTOINCREMENT',
    query: async sql => sqlite.query(sql).all() as Record<string, unknown>[],
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Of numbers from `from` to `to`, both included. */
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const rows = (from: number, to: number, row: (n: number) => string) => numbers(from, to).map(row).join(',')

describe.each(['postgres', 'mariadb', 'sqlite'])('%s', name => {
  const place = () => places[name]!

  test('bulk: everything, each time', async () => {
    await place().query('CREATE TABLE bulked (id int, t varchar(10))')
    await place().query("INSERT INTO bulked VALUES (1, 'a'), (2, 'b')")
    const run = await SourceRun.start({ ...place().config, mode: 'bulk', tables: `${place().schema}bulked` })
    await run.take(4)
    expect(run.values('id')).toEqual([1, 2, 1, 2])
    const [record] = run.records
    expect(record).toMatchObject({ topic: 't-bulked', key: null, keySchema: null, timestamp: null })
    expect(record!.sourcePartition).toEqual({ table: 'bulked' })
    expect(record!.sourceOffset).toBeNull()
    expect(record!.valueSchema!.name).toBe('bulked')
    await run.stop()
  })

  test('incrementing: each row once, in batches, on from a stored offset', async () => {
    await place().query(`CREATE TABLE counted (id ${place().counting}, t varchar(10))`)
    await place().query(`INSERT INTO counted (t) VALUES ${rows(1, 25, n => `('r${n}')`)}`)
    const offsets = new Offsets()
    const config = {
      ...place().config,
      mode: 'incrementing',
      tables: `${place().schema}counted`,
      'batch.max.rows': '10',
    }
    const run = await SourceRun.start(config, offsets)
    expect((await run.poll()).length).toBe(10)
    expect((await run.poll()).length).toBe(10)
    expect((await run.poll()).length).toBe(5)
    expect(await run.poll()).toEqual([])
    await place().query("INSERT INTO counted (t) VALUES ('r26')")
    await run.take(26)
    expect(run.values('id')).toEqual(numbers(1, 26))
    expect(run.records.at(-1)).toMatchObject({
      sourcePartition: { protocol: '1', table: `${place().schema}counted` },
      sourceOffset: { incrementing: 26 },
    })
    await run.stop()
    await place().query("INSERT INTO counted (t) VALUES ('r27')")
    const again = await SourceRun.start(config, offsets)
    await again.take(1)
    expect(again.values('id')).toEqual([27])
    await again.stop()
  })

  test('a batch that is not handed on comes again', async () => {
    const config = { ...place().config, mode: 'incrementing', 'incrementing.column.name': 'ID' }
    const offsets = new Offsets()
    offsets.set({ table: 'counted' }, { incrementing: 20n })
    const run = await SourceRun.start({ ...config, tables: `${place().schema}counted` }, offsets)
    await run.take(7)
    expect(run.values('id')).toEqual(numbers(21, 27))
    await run.stop()
  })

  test('timestamp: what has changed, and rows of one time together', async () => {
    await place().query(`CREATE TABLE changed (id int PRIMARY KEY, at ${place().stamp} NOT NULL)`)
    await place().query(
      `INSERT INTO changed VALUES (1, '2024-01-01 00:00:00.000001'), (2, '2024-01-01 00:00:01.000002'), (3, '2024-01-01 00:00:01.000002'), (4, '2024-01-01 00:00:02')`,
    )
    const offsets = new Offsets()
    const config = {
      ...place().config,
      mode: 'timestamp',
      'timestamp.column.name': 'at',
      tables: `${place().schema}changed`,
      'batch.max.rows': '2',
    }
    const run = await SourceRun.start(config, offsets)
    await run.take(4)
    expect(run.values('id')).toEqual([1, 2, 3, 4])
    // SQLite compares whole milliseconds.
    const micros = name === 'sqlite' ? 0 : 1000
    expect(run.records.map(record => record.sourceOffset)).toEqual([
      { timestamp: 1704067200000, timestamp_nanos: micros },
      // The next row has the same time: the offset stays where it was.
      { timestamp: 1704067200000, timestamp_nanos: micros },
      { timestamp: 1704067201000, timestamp_nanos: 2 * micros },
      { timestamp: 1704067202000, timestamp_nanos: 0 },
    ])
    await place().query("UPDATE changed SET at = '2024-01-02 00:00:00.5' WHERE id = 1")
    await run.take(5)
    expect(run.values('id').at(-1)).toBe(1)
    expect(await run.poll()).toEqual([])
    await run.stop()
    offsets.set(run.records[1]!.sourcePartition!, run.records[1]!.sourceOffset)
    const again = await SourceRun.start(config, offsets)
    await again.take(4)
    expect(again.values('id')).toEqual([2, 3, 4, 1])
    await again.stop()
  })

  test('timestamp: nothing of the future, nothing younger than the delay, from an initial time on', async () => {
    await place().query(`CREATE TABLE timed (id int PRIMARY KEY, at ${place().stamp} NOT NULL)`)
    await place().query(
      "INSERT INTO timed VALUES (1, '2020-01-01 00:00:00'), (2, '2021-01-01 00:00:00'), (3, '2999-01-01 00:00:00')",
    )
    const config = {
      ...place().config,
      mode: 'timestamp',
      'timestamp.column.name': 'at',
      tables: `${place().schema}timed`,
    }
    const run = await SourceRun.start({ ...config, 'timestamp.initial': String(Date.UTC(2020, 5, 1)) })
    await run.take(1)
    expect(await run.poll()).toEqual([])
    expect(run.values('id')).toEqual([2])
    await run.stop()
    const delayed = await SourceRun.start({
      ...config,
      'timestamp.delay.interval.ms': String(Date.now() - Date.UTC(2020, 6, 1)),
    })
    await delayed.poll()
    expect(delayed.values('id')).toEqual([1])
    await delayed.stop()
    const now = await SourceRun.start({ ...config, 'timestamp.initial': '-1' })
    expect(await now.poll()).toEqual([])
    await now.stop()
  })

  test('timestamp+incrementing: updates and new rows, of several columns the first that is there', async () => {
    await place().query(
      `CREATE TABLE both_ways (id ${place().counting}, made ${place().stamp} NOT NULL, changed_at ${place().stamp} NULL)`,
    )
    await place().query(
      "INSERT INTO both_ways (made) VALUES ('2024-01-01 00:00:00'), ('2024-01-01 00:00:00'), ('2024-01-01 00:00:01.123456')",
    )
    const run = await SourceRun.start({
      ...place().config,
      mode: 'timestamp+incrementing',
      'timestamp.column.name': 'changed_at,made',
      'incrementing.column.name': 'id',
      tables: `${place().schema}both_ways`,
      'batch.max.rows': '1',
    })
    await run.take(3)
    expect(run.values('id')).toEqual([1, 2, 3])
    expect(run.records.at(-1)!.sourceOffset).toEqual({
      incrementing: 3,
      timestamp: 1704067201123,
      timestamp_nanos: name === 'sqlite' ? 123_000_000 : 123_456_000,
    })
    await place().query("UPDATE both_ways SET changed_at = '2024-01-02 00:00:00' WHERE id = 2")
    await place().query("INSERT INTO both_ways (made) VALUES ('2024-01-02 00:00:00')")
    await run.take(5)
    expect(run.values('id')).toEqual([1, 2, 3, 2, 4])
    expect(await run.poll()).toEqual([])
    await run.stop()
  })

  test('a query, with the condition of the mode and a suffix behind it', async () => {
    const offsets = new Offsets()
    const run = await SourceRun.start(
      {
        ...place().config,
        mode: 'incrementing',
        'incrementing.column.name': 'id',
        query: 'SELECT * FROM (SELECT id, t AS text FROM counted) q',
        'query.suffix': 'LIMIT 4',
        'topic.prefix': 'from-query',
      },
      offsets,
    )
    await run.take(8)
    expect(run.values('id')).toEqual(numbers(1, 8))
    const [record] = run.records
    expect(record).toMatchObject({ topic: 'from-query', sourcePartition: { query: 'query' } })
    expect(record!.valueSchema!.name).toBeNull()
    expect(record!.valueSchema!.fields.map(field => field.name)).toEqual(['id', 'text'])
    await run.stop()
  })

  test('columns that come and go while it reads', async () => {
    await place().query(`CREATE TABLE altered (id ${place().counting}, t varchar(10))`)
    await place().query("INSERT INTO altered (t) VALUES ('one')")
    const run = await SourceRun.start({
      ...place().config,
      mode: 'incrementing',
      tables: `${place().schema}altered`,
    })
    await run.take(1)
    await place().query('ALTER TABLE altered ADD COLUMN more varchar(10)')
    await place().query("INSERT INTO altered (t, more) VALUES ('two', 'm')")
    await run.take(2)
    await place().query('ALTER TABLE altered DROP COLUMN t')
    await place().query("INSERT INTO altered (more) VALUES ('n')")
    await run.take(3)
    expect(run.records.map(({ valueSchema }) => valueSchema!.fields.map(field => field.name).join())).toEqual(
      ['id,t', 'id,t,more', 'id,more'],
    )
    await run.stop()
  })

  test('a table that is dropped and comes again is waited for, others are read on', async () => {
    await place().query(`CREATE TABLE dropped (id ${place().counting})`)
    await place().query(`CREATE TABLE remaining (id ${place().counting}, n int)`)
    await place().query('INSERT INTO dropped (id) VALUES (1)')
    await place().query('INSERT INTO remaining (n) VALUES (1)')
    const run = await SourceRun.start({
      ...place().config,
      mode: 'incrementing',
      tables: ['dropped', 'remaining'].map(table => place().schema + table).join(),
    })
    await run.take(2)
    await place().query('DROP TABLE dropped')
    await place().query('INSERT INTO remaining (n) VALUES (2)')
    await run.take(3)
    expect(run.records.map(record => record.topic).sort()).toEqual([
      't-dropped',
      't-remaining',
      't-remaining',
    ])
    await place().query(`CREATE TABLE dropped (id ${place().counting})`)
    await place().query('INSERT INTO dropped (id) VALUES (2)')
    await run.take(4)
    expect(run.records.at(-1)!.sourceOffset).toEqual({ incrementing: 2 })
    await run.stop()
  })

  test('what cannot work is refused at the start, with the column', async () => {
    await place().query(`CREATE TABLE loose (id int, at ${place().stamp} NULL)`)
    const config = { ...place().config, tables: `${place().schema}loose` }
    const refused = async (more: Record<string, string>, message: string | RegExp) => {
      expect(SourceRun.start({ ...config, ...more })).rejects.toThrow(message)
      await SourceRun.start({ ...config, ...more }).catch(() => {})
    }
    await refused(
      { mode: 'incrementing', 'incrementing.column.name': 'id' },
      `incrementing column id on ${place().schema}loose because this column is nullable`,
    )
    await refused(
      { mode: 'incrementing', 'incrementing.column.name': 'nope' },
      'Incrementing column: nope does not exist',
    )
    await refused({ mode: 'incrementing' }, 'has no column that counts by itself')
    await refused(
      { mode: 'timestamp', 'timestamp.column.name': 'at' },
      `timestamp columns at on ${place().schema}loose because all of these columns are nullable`,
    )
    await refused(
      { mode: 'timestamp', 'timestamp.column.name': 'at,nope' },
      'Timestamp columns: nope do not exist',
    )
    await refused({ mode: 'bulk', tables: '' }, 'it was not assigned a table nor a query')
    await refused({ mode: 'bulk', tables: `${place().schema}no_such_table` }, 'There is no table')
  })

  test('concurrent writers: no row is missed that committed in the order of its number', async () => {
    await place().query(`CREATE TABLE busy (id ${place().counting}, n int)`)
    const run = await SourceRun.start({
      ...place().config,
      mode: 'incrementing',
      tables: `${place().schema}busy`,
      'batch.max.rows': '7',
      'poll.interval.ms': '1',
    })
    const writer = (async () => {
      for (const n of numbers(1, 200)) await place().query(`INSERT INTO busy (n) VALUES (${n})`)
    })()
    await run.take(200)
    await writer
    expect(run.values('n')).toEqual(numbers(1, 200))
    await run.stop()
  })

  test("Aiven's connector with its own keys", async () => {
    const run = await SourceRun.start(
      {
        ...place().config,
        mode: 'incrementing',
        'incrementing.initial': '25',
        tables: `${place().schema}counted`,
        'sql.quote.identifiers': 'false',
      },
      new Offsets(),
      'aiven',
    )
    await run.take(2)
    expect(run.values('id')).toEqual([26, 27])
    await run.stop()
  })
})

test('an offset of Postgres under the name of a newer JVM driver is gone on with, under that name', async () => {
  const { config, query } = places['postgres']!
  await query('CREATE TABLE from_jvm (id int PRIMARY KEY)')
  await query('INSERT INTO from_jvm VALUES (26), (27)')
  const other = { protocol: '1', table: 'test.public.from_jvm' }
  const offsets = new Offsets()
  offsets.set(other, { incrementing: 26 })
  const task = {
    ...config,
    mode: 'incrementing',
    'incrementing.column.name': 'id',
    tables: 'public.from_jvm',
  }
  const run = await SourceRun.start(task, offsets)
  await run.take(1)
  expect(run.values('id')).toEqual([27])
  expect(run.records[0]!.sourcePartition).toEqual(other)
  await run.stop()
})
