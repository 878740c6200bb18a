import { describe, expect, test } from 'bun:test'
import { INT64_SCHEMA, SchemaBuilder } from '../../../src/sdk/index.ts'
import { numbers, put, record, refusal, startTask, struct, targetNames, targetOf } from './sink-ground.ts'

const v1 = struct({ item: SchemaBuilder.string() })
const v2 = struct({
  item: SchemaBuilder.string(),
  note: SchemaBuilder.string().optional(),
  amount: SchemaBuilder.int32().defaultValue(5),
})
const v3 = struct({ item: SchemaBuilder.string(), needed: SchemaBuilder.string() })
const BY_KEY = { 'pk.mode': 'record_key', 'pk.fields': 'id', 'insert.mode': 'upsert' }
const EVOLVE = { ...BY_KEY, 'auto.create': 'true', 'auto.evolve': 'true' }

const old = (topic: string, id: number) => record(topic, [INT64_SCHEMA, id], v1, { item: `old ${id}` })
const young = (topic: string, id: number) =>
  record(topic, [INT64_SCHEMA, id], v2, { item: `new ${id}`, note: 'n', amount: id })

describe.each(targetNames)('%s', name => {
  const target = targetOf(name)

  test('columns are added while records of both schemas come', async () => {
    const task = await put(
      target,
      EVOLVE,
      [old('t1', 1)],
      [old('t1', 2), young('t1', 3), old('t1', 4), young('t1', 5)],
    )
    const rows = await target.query('SELECT id, item, note, amount FROM t1 ORDER BY id')
    expect(rows.map(row => row['item'])).toEqual(['old 1', 'old 2', 'new 3', 'old 4', 'new 5'])
    expect(rows.map(row => row['note'])).toEqual([null, null, 'n', null, 'n'])
    expect(numbers(rows, 'amount')).toEqual([5, 5, 3, 5, 5])
    expect(
      task.lines.filter(line => line.startsWith('Amending TABLE to add missing fields: note, amount')),
    ).toHaveLength(1)
  })

  test('tasks that make and amend one table at once get along', async () => {
    const tasks = [1, 2, 3].map(() => startTask(target, EVOLVE))
    await Promise.all(tasks.map((task, i) => task.put([young('t2', i), old('t2', i + 10)])))
    await Promise.all(tasks.map(task => task.stop()))
    expect(numbers(await target.query('SELECT id FROM t2 ORDER BY id'), 'id')).toEqual([0, 1, 2, 10, 11, 12])
  })

  test('what another one has added since is seen', async () => {
    const task = startTask(target, { ...BY_KEY, 'auto.create': 'true' })
    await task.put([old('t3', 1)])
    await target.query('ALTER TABLE t3 ADD note VARCHAR(20)')
    await target.query('ALTER TABLE t3 ADD amount INT')
    await task.put([young('t3', 2)])
    await task.stop()
    expect(numbers(await target.query('SELECT amount FROM t3 WHERE id = 2'), 'amount')).toEqual([2])
  })

  test('a table that was dropped is made again', async () => {
    const task = startTask(target, { ...EVOLVE, 'retry.backoff.ms': '10' })
    await task.put([old('t4', 1)])
    await target.query('DROP TABLE t4')
    const again = [old('t4', 2)]
    await expect(task.put(again)).rejects.toThrow('t4')
    expect(task.timeouts).toEqual([10])
    await task.put(again)
    await task.stop()
    expect(numbers(await target.query('SELECT id FROM t4'), 'id')).toEqual([2])
  })

  test('a table that may not be made', async () => {
    expect(await refusal(put(target, BY_KEY, [old('absent', 1)]))).toMatch(
      /Table .absent. is missing and auto-creation is disabled \| Create it, or set auto.create=true/,
    )
  })

  test('columns that may not be added', async () => {
    await put(target, EVOLVE, [old('t5', 1)])
    expect(await refusal(put(target, { ...BY_KEY }, [young('t5', 2)]))).toMatch(
      /Table .t5. is missing fields \(note, amount\) and auto-evolution is disabled \| Add the columns, set auto.evolve=true/,
    )
    const required = [record('t5', [INT64_SCHEMA, 3], v3, { item: 'a', needed: 'b' })]
    expect(await refusal(put(target, EVOLVE, required))).toMatch(
      /Cannot ALTER TABLE .t5. to add missing field needed, as the field is not optional and does not have a default value/,
    )
    expect(numbers(await target.query('SELECT id FROM t5'), 'id')).toEqual([1])
  })

  test('views are written to where they may be, and never amended', async () => {
    await put(target, EVOLVE, [old('t6', 1)])
    await target.query('CREATE VIEW v6 AS SELECT id, item FROM t6')
    expect(await refusal(put(target, BY_KEY, [old('v6', 2)]))).toContain(
      'is a VIEW, and table.types allows only TABLE',
    )
    const config = { ...EVOLVE, 'table.types': 'TABLE,VIEW' }
    expect(await refusal(put(target, config, [young('v6', 2)]))).toContain(
      'is missing fields (note, amount) and ALTER VIEW is unsupported',
    )
    if (name === 'sqlite') return
    await put(target, { ...config, 'insert.mode': 'insert' }, [old('v6', 2)])
    expect(numbers(await target.query('SELECT id FROM t6 ORDER BY id'), 'id')).toEqual([1, 2])
  })

  test('fields that have no column', async () => {
    const nested = struct({ at: SchemaBuilder.map(INT64_SCHEMA, INT64_SCHEMA) })
    const row = record('t7', [INT64_SCHEMA, 1], nested, { at: new Map() })
    expect(await refusal(put(target, EVOLVE, [row]))).toContain("at: null (MAP) type doesn't have a mapping")
  })
})
