/** Somebody changes the target while the sink writes to it, and its server goes and comes back. */
import { describe, expect, test } from 'bun:test'
import { INT64_SCHEMA, RetriableException, SchemaBuilder, type SinkRecord } from '../../../src/sdk/index.ts'
import { numbers, type RunningTask, record, refusal, startTask, struct, targetOf } from './sink-ground.ts'

const optional = () => SchemaBuilder.string().optional()
const v1 = struct({ item: SchemaBuilder.string(), note: optional() })
const v2 = struct({ item: SchemaBuilder.string(), note: optional(), more: optional() })
const BY_KEY = {
  'pk.mode': 'record_key',
  'pk.fields': 'id',
  'insert.mode': 'upsert',
  'auto.create': 'true',
  'connection.attempts': '3',
  'connection.backoff.ms': '20',
  'retry.backoff.ms': '5',
  'max.retries': '100000',
}
const EVOLVE = { ...BY_KEY, 'auto.evolve': 'true' }
const ROWS = 50

const row = (topic: string, id: number, note: string | null = `note ${id}`) =>
  record(topic, [INT64_SCHEMA, id], v1, { item: `item ${id}`, note })
const wider = (topic: string, id: number) =>
  record(topic, [INT64_SCHEMA, id], v2, { item: `item ${id}`, note: `note ${id}`, more: `more ${id}` })
const batch = (topic: string, number: number, of = row): SinkRecord[] =>
  Array.from({ length: ROWS }, (_, i) => of(topic, number * ROWS + i))

/** As a worker does: the same records again, until they are taken. */
async function deliver(task: RunningTask, records: SinkRecord[]): Promise<void> {
  for (;;) {
    try {
      return await task.put(records)
    } catch (error) {
      if (!(error instanceof RetriableException)) throw error
      await Bun.sleep(task.timeouts.at(-1)!)
    }
  }
}

describe.each(['postgres', 'mariadb'] as const)('%s', name => {
  const target = targetOf(name)
  const isPostgres = name === 'postgres'
  const ids = async (table: string, where = '') =>
    numbers(await target.query(`SELECT id FROM ${table} ${where} ORDER BY id`), 'id')
  const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

  /** Batches one after the other until the work is done, and one more; gives how many there were. */
  async function writeDuring(
    task: RunningTask,
    topic: string,
    work: () => Promise<unknown>,
    of = row,
  ): Promise<number> {
    let isDone = false
    const done = work().finally(() => {
      isDone = true
    })
    let batches = 0
    for (let isLast = false; !isLast; batches++) {
      isLast = isDone
      await deliver(task, batch(topic, batches, of))
    }
    await done
    return batches
  }

  test('columns that come, grow, go and get an index', async () => {
    const task = startTask(target, EVOLVE)
    await deliver(task, batch('busy', 0))
    const grow = isPostgres ? 'ALTER COLUMN item TYPE varchar(500)' : 'MODIFY item varchar(500) NOT NULL'
    const steps = [
      'ALTER TABLE busy ADD own int',
      `ALTER TABLE busy ${grow}`,
      'ALTER TABLE busy DROP COLUMN note',
      'CREATE INDEX busy_own ON busy (own)',
      'ALTER TABLE busy DROP COLUMN more',
      'ALTER TABLE busy DROP COLUMN own',
    ]
    const batches = await writeDuring(
      task,
      'busy',
      async () => {
        for (const step of steps) {
          await target.query(step)
          await Bun.sleep(30)
        }
      },
      wider,
    )
    await task.stop()
    expect(await ids('busy')).toEqual(upTo(batches * ROWS))
    // What went with the column was theirs who dropped it; what came later is whole.
    const last = (batches - 1) * ROWS
    const rows = await target.query(`SELECT item, note, more FROM busy WHERE id >= ${last} ORDER BY id`)
    expect(rows).toEqual(
      batch('busy', batches - 1, wider).map((_, i) => ({
        item: `item ${last + i}`,
        note: `note ${last + i}`,
        more: `more ${last + i}`,
      })),
    )
  }, 120_000)

  test('a column that goes and may not be added again', async () => {
    const task = startTask(target, { ...BY_KEY, 'max.retries': '2' })
    await deliver(task, batch('kept', 0))
    await target.query('ALTER TABLE kept DROP COLUMN note')
    const told = await refusal(deliver(task, batch('kept', 1)))
    expect(told).toMatch(/Table .*kept.* is missing fields \(note\) and auto-evolution is disabled/)
    await target.query('ALTER TABLE kept ADD note varchar(50)')
    await deliver(task, batch('kept', 1))
    await task.stop()
    expect(await ids('kept', "WHERE note LIKE 'note %'")).toEqual(upTo(2 * ROWS).slice(ROWS))
  })

  test('a column that must be filled from now on', async () => {
    const notNull = isPostgres ? 'ALTER COLUMN note SET NOT NULL' : 'MODIFY note varchar(50) NOT NULL'
    const task = startTask(target, BY_KEY, true)
    await deliver(task, batch('filled', 0))
    await target.query(`ALTER TABLE filled ${notNull}`)
    const mixed = [row('filled', 100), row('filled', 101, null), row('filled', 102)]
    await deliver(task, mixed)
    expect(task.reported.map(each => each.offset)).toEqual([mixed[1]!.kafkaOffset])
    expect(task.reported[0]!.message).toMatch(/table .*filled.* \(record of topic filled, partition 0.*note/)
    await task.stop()
    expect(await ids('filled', 'WHERE id >= 100')).toEqual([100, 102])

    const strict = startTask(target, BY_KEY)
    const told = await refusal(deliver(strict, [row('filled', 103), row('filled', 104, null)]))
    expect(told).toMatch(/offset \d+\).*note.* \| Give the column a default, let it be null/)
    await strict.stop()
    expect(await ids('filled', 'WHERE id > 102')).toEqual([])
  })

  test('a column that nobody fills', async () => {
    const task = startTask(target, BY_KEY)
    await deliver(task, [row('demanding', 1)])
    await target.query('ALTER TABLE demanding ADD wanted int NOT NULL DEFAULT 1')
    await target.query('ALTER TABLE demanding ALTER COLUMN wanted DROP DEFAULT')
    const told = await refusal(deliver(task, [row('demanding', 2)]))
    expect(told).toMatch(/wanted.* \| Give the column a default/)
    await target.query('ALTER TABLE demanding ALTER COLUMN wanted SET DEFAULT 7')
    await deliver(task, [row('demanding', 2)])
    await task.stop()
    expect(await ids('demanding', 'WHERE wanted = 7')).toEqual([2])
  })

  test('a server that restarts between batches and changes of the table', async () => {
    const task = startTask(target, EVOLVE)
    await deliver(task, batch('back', 0))
    const batches = await writeDuring(
      task,
      'back',
      async () => {
        await target.server!.restart()
        await target.query('ALTER TABLE back DROP COLUMN note')
        await target.server!.restart()
      },
      wider,
    )
    await task.stop()
    expect(await ids('back')).toEqual(upTo(batches * ROWS))
    expect(await ids('back', `WHERE more IS NOT NULL AND id >= ${(batches - 1) * ROWS}`)).toHaveLength(ROWS)
  }, 120_000)
})
