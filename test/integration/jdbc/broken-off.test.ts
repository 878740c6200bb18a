/** What waits for a lock when its task goes is ended on the server: the lock's end finds nobody who would still write. */
import { afterEach, describe, expect, test } from 'bun:test'
import { INT64_SCHEMA, SchemaBuilder, type SinkRecord } from '../../../src/sdk/index.ts'
import { until } from '../../servers/run.ts'
import { type RunningTask, record, refusal, startTask, struct, targetOf } from './sink-ground.ts'
import { SourceRun } from './source-run.ts'

const v1 = struct({ item: SchemaBuilder.string() })
const v2 = struct({ item: SchemaBuilder.string(), note: SchemaBuilder.string().optional() })
const CONFIG = {
  'auto.create': 'true',
  'auto.evolve': 'true',
  'pk.mode': 'record_key',
  'pk.fields': 'id',
  'insert.mode': 'upsert',
  'retry.backoff.ms': '1',
}
const row = (topic: string, id: number, item: string) => record(topic, [INT64_SCHEMA, id], v1, { item })
const wider = (topic: string, id: number) =>
  record(topic, [INT64_SCHEMA, id], v2, { item: 'wide', note: 'n' })

describe.each(['postgres', 'mariadb'] as const)('%s', name => {
  const target = targetOf(name)
  afterEach(() => target.query('ROLLBACK', 'administrator'))

  /** Statements that the connector's sessions are at. */
  async function statements(): Promise<string[]> {
    const rows = await target.query(
      name === 'postgres'
        ? "SELECT query AS q FROM pg_stat_activity WHERE application_name = 'bunnect' AND state = 'active'"
        : "SELECT info AS q FROM information_schema.processlist WHERE user = 'test' AND id <> connection_id() AND info IS NOT NULL",
    )
    return rows.map(each => String(each['q']))
  }
  const reached = (text: RegExp) =>
    until(
      `a statement like ${text}`,
      async () => (await statements()).some(each => text.test(each)),
      60_000,
      20,
    )

  /** Of a table, until the administrator rolls back. */
  async function lock(table: string): Promise<void> {
    await target.query(name === 'postgres' ? 'BEGIN' : 'START TRANSACTION', 'administrator')
    await target.query(`SELECT * FROM ${table} FOR UPDATE`, 'administrator')
  }
  /** Others see a moment later what its session has been told; by itself it would wait for the lock for 50 s. */
  const over = () => until('no statement', async () => (await statements()).length === 0, 10_000, 20)
  const items = async (table: string) =>
    (await target.query(`SELECT item FROM ${table} ORDER BY id`)).map(each => each['item'])
  const columns = async (table: string) =>
    Number(
      (
        await target.query(
          `SELECT count(*) AS n FROM information_schema.columns WHERE table_name = '${table}'`,
        )
      )[0]!['n'],
    )

  async function waiting(table: string, records: SinkRecord[], text: RegExp, config = {}) {
    const task = startTask(target, { ...CONFIG, ...config })
    await task.put([row(table, 1, 'first')])
    await lock(table)
    const put = refusal(task.put(records))
    await reached(text)
    return { task, put }
  }

  /** The session is gone before the lock is, and what the lock held up with it. */
  async function ended(task: RunningTask, put: Promise<string>): Promise<void> {
    await task.stop()
    await over()
    expect(await put).toMatch(/The connection to \w+ is lost/)
    expect(task.lines.filter(line => line.includes('did not close well'))).toEqual([])
    await target.query('ROLLBACK', 'administrator')
  }

  test('a write of one statement', async () => {
    const { task, put } = await waiting('write1', [row('write1', 1, 'second')], /^insert/i)
    await ended(task, put)
    expect(await items('write1')).toEqual(['first'])
  })

  test('a write in a transaction', async () => {
    const both = [row('write2', 2, 'other'), record('write2', [INT64_SCHEMA, 1], null, null)]
    const { task, put } = await waiting('write2', both, /^(?:insert|delete)/i, { 'delete.enabled': 'true' })
    await ended(task, put)
    expect(await items('write2')).toEqual(['first'])
  })

  test('a column that is to be added', async () => {
    const { task, put } = await waiting('evolved', [wider('evolved', 2)], /^alter/i)
    await ended(task, put)
    expect(await columns('evolved')).toBe(2)
    expect(await items('evolved')).toEqual(['first'])
  })

  test('what is given up by socketTimeout is over before it is tried again', async () => {
    // Long enough for what does not wait for the lock.
    const timeout = name === 'postgres' ? '10' : '10000'
    const { task, put } = await waiting('silent', [row('silent', 1, 'second')], /^insert/i, {
      'connection.socketTimeout': timeout,
    })
    expect(await put).toContain(`No answer within ${timeout}`)
    await over()
    await target.query('ROLLBACK', 'administrator')
    expect(await items('silent')).toEqual(['first'])
    await task.put([row('silent', 1, 'third')])
    expect(await items('silent')).toEqual(['third'])
    await task.stop()
  })

  test('a query of the source that takes long', async () => {
    const query = name === 'postgres' ? 'SELECT pg_sleep(600)::text AS s' : 'SELECT sleep(600) AS s'
    const run = await SourceRun.start({ ...target.config, mode: 'bulk', query })
    const poll = run.poll()
    await reached(/sleep\(600\)/)
    await run.stop()
    await over()
    expect(await poll).toEqual([])
  })

  test('a large result that nobody reads on', async () => {
    const query =
      name === 'postgres'
        ? "SELECT repeat('x', 100000) AS s FROM generate_series(1, 2000)"
        : "SELECT repeat('x', 100000) AS s FROM seq_1_to_2000"
    const run = await SourceRun.start({ ...target.config, mode: 'bulk', query, 'batch.max.rows': '1000' })
    expect((await run.poll()).length).toBeLessThan(100)
    await run.stop()
    await over()
  })
})
