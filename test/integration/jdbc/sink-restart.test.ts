import { describe, expect, test } from 'bun:test'
import { INT64_SCHEMA, RetriableException, SchemaBuilder, type SinkRecord } from '../../../src/sdk/index.ts'
import { numbers, type RunningTask, record, refusal, startTask, struct, targetOf } from './sink-ground.ts'

const line = struct({ item: SchemaBuilder.string(), n: SchemaBuilder.int32() })
const CONFIG = {
  'auto.create': 'true',
  'pk.mode': 'record_key',
  'pk.fields': 'id',
  'insert.mode': 'upsert',
  'connection.attempts': '2',
  'connection.backoff.ms': '20',
  'retry.backoff.ms': '5',
  'max.retries': '100000',
}

const batch = (topic: string, from: number, rows: number, round: number): SinkRecord[] =>
  Array.from({ length: rows }, (_, i) =>
    record(topic, [INT64_SCHEMA, from + i], line, { item: `round ${round}`, n: round }),
  )

/** As a worker does: the same records again, until they are taken. The number of times that they were not. */
async function deliver(task: RunningTask, records: SinkRecord[]): Promise<number> {
  for (let refused = 0; ; refused++) {
    try {
      await task.put(records)
      return refused
    } catch (error) {
      if (!(error instanceof RetriableException)) throw error
      await Bun.sleep(task.timeouts.at(-1)!)
    }
  }
}

describe.each(['postgres', 'mariadb'] as const)('%s', name => {
  const target = targetOf(name)

  test('a server that is killed in the middle of batches loses nothing', async () => {
    const task = startTask(target, CONFIG)
    await task.put(batch('survivors', 0, 10, 0))
    let refused = 0
    for (let round = 1; round <= 4; round++) {
      // More than the server takes before it dies.
      const delivered = deliver(task, batch('survivors', round * 20_000, 20_000, round))
      await target.server!.kill()
      await target.server!.start()
      refused += await delivered
      await deliver(task, batch('survivors', round * 20_000 - 500, 1000, round))
    }
    await task.stop()
    expect(refused).toBeGreaterThan(0)
    const [found] = await target.query(
      'SELECT count(*) AS n, count(DISTINCT id) AS d, min(id) AS low, max(id) AS high FROM survivors',
    )
    // The first ten, then 19500 to 99999 without a gap.
    expect([found!['n'], found!['d'], found!['low'], found!['high']].map(Number)).toEqual([
      80_510, 80_510, 0, 99_999,
    ])
    const rounds = await target.query('SELECT n, count(*) AS c FROM survivors GROUP BY n ORDER BY n')
    expect(numbers(rounds, 'c')).toEqual([10, 20_000, 20_000, 20_000, 20_500])
  }, 180_000)

  test('a server that comes back within the retries', async () => {
    const task = startTask(target, { ...CONFIG, 'max.retries': '3' })
    await task.put(batch('waiting', 0, 1, 0))
    await target.server!.restart()
    // The session is gone; how soon that is noticed decides whether the put has to be repeated.
    await deliver(task, batch('waiting', 1, 1, 1))
    await task.stop()
    expect(numbers(await target.query('SELECT id FROM waiting ORDER BY id'), 'id')).toEqual([0, 1])
  }, 120_000)

  test('a server that stays away: the retries are used up, and no record is blamed', async () => {
    const task = startTask(target, { ...CONFIG, 'max.retries': '2' }, true)
    await task.put(batch('away', 0, 1, 0))
    await target.server!.kill()
    const rows = batch('away', 1, 3, 1)
    for (let i = 0; i < 2; i++)
      await expect(task.put(rows)).rejects.toMatchObject({ name: 'RetriableException' })
    const told = await refusal(task.put(rows))
    expect(told).toContain(`Cannot connect to ${name === 'postgres' ? 'Postgres' : 'MySQL'} at 127.0.0.1`)
    expect(task.reported).toEqual([])
    expect(task.timeouts).toEqual([5, 5])
    await target.server!.start()
    await task.put(rows)
    await task.stop()
    expect(numbers(await target.query('SELECT id FROM away ORDER BY id'), 'id')).toEqual([0, 1, 2, 3])
  }, 120_000)

  test('a wrong password is told at once', async () => {
    const task = startTask(target, { ...CONFIG, 'connection.password': 'wrong one' })
    const told = await refusal(task.put(batch('refused', 0, 1, 0)))
    await task.stop()
    expect(task.timeouts).toEqual([])
    expect(told).toContain('user test')
    expect(told).not.toContain('wrong one')
  })
})
