import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { SourceRecord } from '../../../src/data/records.ts'
import { STRING_SCHEMA } from '../../../src/data/schema.ts'
import { embeddedClient } from '../../../src/kafka/embedded/client.ts'
import { closingIdleProducers } from '../../../src/kafka/idle-producers.ts'
import type { KafkaClient } from '../../../src/kafka/port.ts'
import { House, RecordedSource, until } from './harness.ts'

const folder = mkdtempSync('/tmp/bunnect-idle-')
let opened = 0
let closed = 0
const embedded = embeddedClient(folder)
const counting: KafkaClient = {
  producer: async (...args) => {
    const producer = await embedded.producer(...args)
    opened++
    const close = producer.close.bind(producer)
    producer.close = async timeoutMs => {
      await close(timeoutMs)
      closed++
    }
    return producer
  },
  consumer: (...args) => embedded.consumer(...args),
  admin: (...args) => embedded.admin(...args),
  close: () => embedded.close(),
}
const house = new House({ kafka: closingIdleProducers(counting, 20), properties: {} })

afterAll(async () => {
  await house.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a source task whose producer is closed between its records: order, calls and offsets as with a single one', async () => {
  await house.topic('idle')
  const partition = { p: 1 }
  const record = (i: number) =>
    new SourceRecord(partition, { o: i }, 'idle', null, null, null, STRING_SCHEMA, `v${i}`)
  const source = new RecordedSource([])
  const { runner } = house.source('idle', source.task)
  const count = 60
  let next = 0
  for (let burst = 1; burst <= 6; burst++) {
    while (next < burst * 10) source.add([record(next++), record(next++)])
    const last = `cR(v${next - 1},idle-0@${next - 1})`
    await until(`the outcome of v${next - 1}`, () => source.calls.includes(last))
    await until('the idle producer to be closed', () => closed === opened)
  }
  runner.stop()
  await runner.ended
  expect(await house.values('idle')).toEqual(Array.from({ length: count }, (_, i) => `v${i}`))
  const outcomes = source.calls.filter(call => call.startsWith('cR('))
  expect(outcomes).toEqual(Array.from({ length: count }, (_, i) => `cR(v${i},idle-0@${i})`))
  expect(await house.stored('idle', partition)).toEqual({ o: count - 1 })
  expect(opened).toBeGreaterThanOrEqual(6)
  expect(closed).toBe(opened)
})
