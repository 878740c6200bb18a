import { afterEach, expect, test } from 'bun:test'
import { PackedBatch } from '../../../src/kafka/packed-batch.ts'
import { redirect } from '../../../src/observe/log.ts'
import { createTopic, portOf, publish, readAll } from '../../port/harness.ts'
import { cleanUp, directory, openLog } from './support.ts'

afterEach(cleanUp)

test('a consumer whose listener never returns does not keep the log open; what was acknowledged is there', async () => {
  const lines: string[] = []
  const restore = redirect(line => void lines.push(line))
  const path = directory()
  const client = openLog(path)
  await createTopic(portOf(client), 't')
  const called = Promise.withResolvers<void>()
  const consumer = await client.consumer({ 'group.id': 'g', 'client.id': 'stuck' })
  const nothing = () => {}
  const assigned = () => {
    called.resolve()
    return new Promise<void>(() => {})
  }
  consumer.subscribe(['t'], { assigned, revoked: nothing, lost: nothing })
  void consumer.poll(new PackedBatch(), { maxRecords: 1, maxBytes: 1, timeoutMs: 60_000 })
  await called.promise
  await publish(portOf(client), [{ topic: 't', value: 'a' }])
  await client.close()
  restore()
  expect(lines.join('')).toContain('although its consumer stuck-')
  const { records } = await readAll(portOf(openLog(path)), [{ topic: 't', partition: 0 }])
  expect(records.map(record => record.value)).toEqual(['a'])
}, 120_000)
