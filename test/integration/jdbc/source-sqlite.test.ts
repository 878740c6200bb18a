import { Database } from 'bun:sqlite'
import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { redirect } from '../../../src/observe/log.ts'
import { Offsets, SourceRun } from './source-run.ts'

const folder = mkdtempSync(join(tmpdir(), 'bunnect-jdbc-sqlite-'))
const file = join(folder, 'sqlite.db')
const url = { 'connection.url': `jdbc:sqlite:${file}` }
const database = new Database(file)
database.run('PRAGMA journal_mode = WAL')
const logged: string[] = []
const restore = redirect(line => logged.push(line))
afterAll(() => {
  restore()
  database.close()
  rmSync(folder, { recursive: true })
})

const stamped = (table: string) => ({
  ...url,
  mode: 'timestamp',
  'timestamp.column.name': 'at',
  tables: table,
  'batch.max.rows': '2',
})

test.each([
  ['Europe/Berlin', 'integers', (n: number) => String(Date.UTC(2024, 0, 1) + n * 600_000)],
  ['America/New_York', 'integers', (n: number) => String(Date.UTC(2024, 0, 1) + n * 600_000)],
  ['Europe/Berlin', 'texts', (n: number) => `'2024-01-01 0${n}:10:00'`],
  ['America/New_York', 'texts', (n: number) => `'2024-01-01 0${n}:10:00'`],
  ['Europe/Berlin', 'texts with offsets', (n: number) => `'2024-01-01 0${n}:10:00+02:00'`],
] as const)(
  'timestamps in %s: rows with %s come once, and those that follow at once',
  async (zone, kind, at) => {
    const table = `zoned_${zone.replace('/', '_')}_${kind.replaceAll(' ', '_')}`
    database.run(`CREATE TABLE ${table} (id int PRIMARY KEY, at TIMESTAMP NOT NULL)`)
    for (const n of [1, 2, 3]) database.run(`INSERT INTO ${table} VALUES (${n}, ${at(n)})`)
    const offsets = new Offsets()
    const config = { ...stamped(table), 'db.timezone': zone }
    const run = await SourceRun.start(config, offsets)
    await run.take(3)
    database.run(`INSERT INTO ${table} VALUES (4, ${at(4)})`)
    await run.take(4)
    expect(await run.poll()).toEqual([])
    await run.stop()
    database.run(`INSERT INTO ${table} VALUES (5, ${at(5)})`)
    const again = await SourceRun.start(config, offsets)
    await again.take(1)
    expect(await again.poll()).toEqual([])
    await again.stop()
    expect([run.values('id'), again.values('id')]).toEqual([[1, 2, 3, 4], [5]])
  },
)

test('a row that has just been written is read at once, in every zone', async () => {
  for (const zone of ['Europe/Berlin', 'America/New_York']) {
    const table = `fresh_${zone.replace('/', '_')}`
    database.run(`CREATE TABLE ${table} (id int PRIMARY KEY, at TIMESTAMP NOT NULL)`)
    const run = await SourceRun.start({ ...stamped(table), 'db.timezone': zone, 'timestamp.initial': '-1' })
    database.run(`INSERT INTO ${table} VALUES (1, ${Date.now() + 5})`)
    await run.take(1, 5000)
    await run.stop()
  }
})

test('rows of one millisecond are of one time: the offset does not pass those that are still to come', async () => {
  database.run('CREATE TABLE micros (id int PRIMARY KEY, at TIMESTAMP NOT NULL)')
  database.run(
    "INSERT INTO micros VALUES (1, '2024-01-01 00:00:01.000100'), (2, '2024-01-01 00:00:01.000200'), (3, '2024-01-01 00:00:01.000499'), (4, '2024-01-01 00:00:01.000500'), (5, '2024-01-01 00:00:01.999900')",
  )
  const offsets = new Offsets()
  const run = await SourceRun.start(stamped('micros'), offsets)
  const first = await run.poll()
  await run.stop()
  expect(first.length).toBe(1)
  const again = await SourceRun.start(stamped('micros'), offsets)
  await again.take(5)
  expect(await again.poll()).toEqual([])
  expect(again.values('id')).toEqual([1, 2, 3, 4, 5])
  expect(again.records.map(record => record.sourceOffset?.['timestamp_nanos'])).toEqual([
    undefined,
    undefined,
    0,
    1_000_000,
    999_000_000,
  ])
  await again.stop()
})

test('tables that are due at once: a poll comes to its end, and timers have their turn', async () => {
  database.run('CREATE TABLE due (id INTEGER PRIMARY KEY)')
  const counted = { mode: 'incrementing', 'incrementing.column.name': 'id', tables: 'due' }
  const run = await SourceRun.start({ ...url, ...counted, 'poll.interval.ms': '0', 'poll.linger.ms': '2000' })
  let ticks = 0
  const timer = setInterval(() => ticks++, 10)
  expect(await run.poll()).toEqual([])
  clearInterval(timer)
  expect(ticks).toBeGreaterThan(1)
  await run.stop()
})
