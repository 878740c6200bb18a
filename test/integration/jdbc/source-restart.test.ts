import { describe, expect, test } from 'bun:test'
import { causes } from '#bunnect'
import { databases } from './databases.ts'
import { Offsets, SourceRun } from './source-run.ts'

const servers = databases()

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const PATIENT = { 'connection.attempts': '2000', 'connection.backoff.ms': '50' }

describe.each(['postgres', 'mariadb'] as const)('%s', name => {
  const server = () => servers[name]
  const schema = name === 'postgres' ? 'public.' : 'test.'
  const config = () => ({
    ...server().config,
    ...PATIENT,
    mode: 'incrementing',
    'incrementing.column.name': 'id',
  })

  test.each(['restart', 'kill'] as const)(
    'the server is gone and comes back while it reads: %s',
    async how => {
      const table = `gone_${how}`
      await server().query(`CREATE TABLE ${table} (id int PRIMARY KEY, t varchar(200))`)
      const row = (n: number) => `(${n}, '${'x'.repeat(150)}')`
      await server().query(`INSERT INTO ${table} VALUES ${numbers(1, 5000).map(row).join()}`)
      const run = await SourceRun.start({ ...config(), tables: schema + table, 'batch.max.rows': '100' })
      await run.take(300)
      const back = how === 'restart' ? server().restart() : server().kill().then(server().start)
      await run.take(5000, 90_000)
      await back
      await server().query(`INSERT INTO ${table} VALUES (5001, 'after')`)
      await run.take(5001, 90_000)
      // What was handed on is not read again: the offset stands behind it.
      expect(run.values('id')).toEqual(numbers(1, 5001))
      await run.stop()
    },
    240_000,
  )

  test('retries end where they are limited, and the task says why', async () => {
    const slow = await SourceRun.start({
      ...config(),
      mode: 'bulk',
      query:
        name === 'postgres'
          ? 'SELECT 1 AS id, pg_sleep(30)::text AS s'
          : 'SELECT 1 AS id, sleep(30) + count(*) FROM information_schema.columns',
      'query.retry.attempts': '2',
      'connection.url': `${server().url}?${name === 'postgres' ? 'options=-c%20statement_timeout%3D100' : 'sessionVariables=max_statement_time=0.1'}`,
    })
    const failing = (async () => {
      for (;;) await slow.poll()
    })()
    expect(failing).rejects.toThrow(
      /Failed to Query table after retries: The query: .*(?:statement timeout|max_statement_time)/,
    )
    await failing.catch(() => {})
    await slow.stop()
  })

  test('a stop ends a poll that waits for the database', async () => {
    const run = await SourceRun.start({
      ...config(),
      mode: 'bulk',
      query: name === 'postgres' ? 'SELECT pg_sleep(600)::text AS s' : 'SELECT sleep(600) AS s',
    })
    const poll = run.poll()
    await Bun.sleep(100)
    await run.stop()
    expect(await poll).toEqual([])
  })

  test('a statement that can never work fails the task at once, with what it is', async () => {
    const run = await SourceRun.start({ ...config(), query: 'SELECT nonsense FROM nowhere', mode: 'bulk' })
    expect(run.poll()).rejects.toThrow(/The query: .*nowhere/)
    await run.stop()
  })

  test('what the database says of a masked query is hidden', async () => {
    const masked = { 'query.masked': 'SELECT secretcolumn FROM secrettable', mode: 'bulk' }
    const run = await SourceRun.start({ ...config(), ...masked })
    const refused = await run.poll().catch((error: Error) => error)
    expect(causes(refused)).toContain('The query: the database refused it [SQLSTATE 42')
    expect(causes(refused)).not.toContain('secret')
    await run.stop()
  })

  test('a server that is not there at the start is told after the attempts', async () => {
    const nobody = {
      'connection.url': server().url.replace(/:\d+/, ':1'),
      'connection.attempts': '2',
      'connection.backoff.ms': '1',
    }
    const started = SourceRun.start({ ...config(), ...nobody, tables: `${schema}x` }, new Offsets())
    expect(started).rejects.toThrow('127.0.0.1:1')
    await started.catch(() => {})
  })
})
