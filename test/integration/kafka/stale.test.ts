import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { propertyTable } from '../../../src/kafka/client-properties.ts'
import { librdkafkaClient } from '../../../src/kafka/librdkafka/client.ts'
import type { Consumer } from '../../../src/kafka/port.ts'
import {
  createTopic,
  DEADLINE,
  fresh,
  numbered,
  POLL,
  type Port,
  pollOnce,
  portOf,
  publish,
  take,
  until,
} from '../../port/harness.ts'
import { sharedBroker } from '../../servers/kafka.ts'

/** Room for few records at a time, so that fetched ones are always left over inside the native consumer. */
const NARROW = { ...POLL, maxBytes: 200 }
const COUNT = 20_000

describe('records fetched before', () => {
  let broker: Awaited<ReturnType<typeof sharedBroker>>
  let port: Port
  let topic: string
  beforeAll(async () => {
    broker = await sharedBroker()
    const properties = { 'bootstrap.servers': broker.bootstrap }
    port = portOf(librdkafkaClient(propertyTable), properties)
    topic = fresh('stale')
    await createTopic(port, topic, 2)
    for (const partition of [0, 1]) await publish(port, numbered(topic, 0, COUNT, { partition }))
  }, DEADLINE)
  afterAll(() => broker.stop())

  async function reader(): Promise<Consumer> {
    const consumer = await port.client.consumer(port.properties({ 'fetch.max.wait.ms': '20' }))
    consumer.assign([0, 1].map(partition => ({ topic, partition, offset: 0 })))
    return consumer
  }

  test(
    'are not delivered after a seek, forth or back, in either partition',
    async () => {
      const consumer = await reader()
      await take(consumer, 1000, NARROW)
      for (let round = 0; round < 60; round++) {
        const partition = round & 1
        const offset = (round * 7919) % COUNT
        consumer.seek({ topic, partition, offset })
        expect(consumer.position({ topic, partition })).toBe(offset)
        let expected = offset
        await until('some records of it', async () => {
          const records = await pollOnce(consumer, NARROW)
          for (const record of records)
            if (record.partition === partition) expect(record.offset).toBe(expected++)
          return expected > Math.min(offset + 50, COUNT - 1)
        })
      }
      await consumer.close()
    },
    DEADLINE,
  )

  test(
    'are not delivered after a seek right behind an assignment',
    async () => {
      for (let round = 0; round < 10; round++) {
        const consumer = await reader()
        for (const partition of [0, 1]) consumer.seek({ topic, partition, offset: 15_000 + round })
        const records = await take(consumer, 200, NARROW)
        for (const record of records) expect(record.offset).toBeGreaterThanOrEqual(15_000 + round)
        for (const partition of [0, 1]) {
          const offsets = records.filter(r => r.partition === partition).map(r => r.offset)
          expect(offsets).toEqual(offsets.map((_, i) => 15_000 + round + i))
        }
        await consumer.close()
      }
    },
    DEADLINE,
  )

  test(
    'the last of several seeks in a row counts',
    async () => {
      const consumer = await reader()
      for (let i = 0; i < 20; i++) consumer.seek({ topic, partition: 0, offset: 100 * i })
      consumer.pause([{ topic, partition: 1 }])
      const records = await take(consumer, 100, NARROW)
      expect(records[0]!.offset).toBe(1900)
      await consumer.close()
    },
    DEADLINE,
  )

  test(
    'wait through a pause and come in order after resume',
    async () => {
      const consumer = await reader()
      const next = [0, 0]
      const check = (records: Awaited<ReturnType<typeof pollOnce>>) => {
        for (const record of records) expect(record.offset).toBe(next[record.partition]!++)
      }
      check(await take(consumer, 300, NARROW))
      for (let round = 0; round < 40; round++) {
        const partition = round & 1
        consumer.pause([{ topic, partition }])
        const before = next[partition]
        for (let i = 0; i < 5; i++) check(await pollOnce(consumer, NARROW))
        expect(next[partition]).toBe(before!)
        consumer.resume([{ topic, partition }])
        const from = next[partition]!
        await until('more of it', async () => {
          check(await pollOnce(consumer, NARROW))
          return next[partition]! > from + 20 || next[partition] === COUNT
        })
      }
      await until('everything', async () => {
        check(await pollOnce(consumer))
        return next[0] === COUNT && next[1] === COUNT
      })
      await consumer.close()
    },
    DEADLINE,
  )

  test(
    'are not delivered after they were assigned away',
    async () => {
      const consumer = await reader()
      await take(consumer, 500, NARROW)
      for (let round = 0; round < 20; round++) {
        const partition = round & 1
        consumer.assign([{ topic, partition, offset: round * 100 }])
        const records = await take(consumer, 100, NARROW)
        expect(records.map(r => [r.partition, r.offset])).toEqual(
          records.map((_, i) => [partition, round * 100 + i]),
        )
      }
      await consumer.close()
    },
    DEADLINE,
  )
})
