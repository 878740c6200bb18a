import { describe, expect, test } from 'bun:test'
import { PackedBatch } from '../../src/kafka/packed-batch.ts'
import type { KafkaError } from '../../src/kafka/port.ts'
import {
  createTopic,
  DEADLINE,
  deliveries,
  fresh,
  numbered,
  type Port,
  packed,
  publish,
  readAll,
  type Sample,
  sendAll,
  until,
  values,
  write,
} from './harness.ts'

/** `org.apache.kafka.common.utils.Utils.murmur2` of known keys (Java's own UtilsTest). */
const MURMUR2: [string, number][] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
]

export function producerBehaviours(port: Port): void {
  describe('producer', () => {
    test(
      'keys land where Java puts them',
      async () => {
        const topic = fresh('murmur')
        await createTopic(port, topic, 12)
        await publish(
          port,
          MURMUR2.map(([key]) => ({ topic, key, value: key })),
        )
        const partitions = Array.from({ length: 12 }, (_, partition) => ({ topic, partition }))
        const { records } = await readAll(port, partitions)
        const placed = new Map(records.map(record => [record.key, record.partition]))
        for (const [key, hash] of MURMUR2)
          expect([key, placed.get(key)]).toEqual([key, (hash & 0x7fffffff) % 12])
      },
      DEADLINE,
    )

    test(
      'an explicit partition wins over the key',
      async () => {
        const topic = fresh('explicit')
        await createTopic(port, topic, 3)
        const samples = Array.from({ length: 30 }, (_, i) => ({
          topic,
          partition: i % 3,
          key: 'same',
          value: String(i),
        }))
        const runs = await publish(port, samples)
        const { records } = await readAll(
          port,
          [0, 1, 2].map(partition => ({ topic, partition })),
        )
        expect(records).toHaveLength(30)
        for (const record of records) expect(Number(record.value) % 3).toBe(record.partition)
        // Runs tell partition and offset of each sequence number.
        const told = new Map<number, string>()
        for (const run of runs)
          for (let i = 0; i < run.count; i++)
            told.set(run.first + i, `${run.partition}@${run.baseOffset + i}`)
        for (const record of records)
          expect(told.get(Number(record.value))).toBe(`${record.partition}@${record.offset}`)
      },
      DEADLINE,
    )

    test(
      'one batch for many topics',
      async () => {
        const topics = Array.from({ length: 50 }, () => fresh('many'))
        await Promise.all(topics.map(topic => createTopic(port, topic)))
        const samples = Array.from({ length: 200 }, (_, i) => ({ topic: topics[i % 50]!, value: String(i) }))
        await publish(port, samples)
        const { records } = await readAll(
          port,
          topics.map(topic => ({ topic, partition: 0 })),
        )
        for (const [n, topic] of topics.entries())
          expect(values(records.filter(record => record.topic === topic))).toEqual(
            [n, n + 50, n + 100, n + 150].map(String),
          )
      },
      DEADLINE,
    )

    test(
      'order within a partition is the order of sending',
      async () => {
        const topic = fresh('order')
        await createTopic(port, topic)
        const producer = await port.client.producer(port.properties())
        const runs = deliveries(producer)
        const batch = new PackedBatch()
        for (let i = 0; i < 20_000; ) {
          batch.clear()
          for (const end = i + 1 + (i % 700); i < end; i++) write(batch, { topic, value: String(i) })
          await sendAll(producer, batch)
        }
        const sent = producer.nextSequence
        expect(await producer.flush(DEADLINE)).toBe(true)
        expect(producer.inFlight).toBe(0)
        await producer.close(DEADLINE)
        expect(runs.reduce((sum, run) => sum + run.count, 0)).toBe(sent)
        const { records, ends } = await readAll(port, [{ topic, partition: 0 }])
        expect(records).toHaveLength(sent)
        expect(records.every((record, i) => record.value === String(i) && record.offset === i)).toBe(true)
        expect(ends.get(`${topic}-0`)).toBe(sent)
      },
      DEADLINE,
    )

    test(
      'a batch may be reused right after send',
      async () => {
        const topic = fresh('reuse')
        await createTopic(port, topic)
        const producer = await port.client.producer(port.properties())
        const batch = new PackedBatch(4, 64)
        for (let i = 0; i < 100; i++) {
          batch.clear()
          write(batch, { topic, value: `first ${i}` })
          write(batch, { topic, value: `second ${i}`, headers: [['n', String(i)]] })
          expect(producer.send(batch)).toBe(2)
          batch.data.fill(0x2a)
        }
        expect(await producer.flush(DEADLINE)).toBe(true)
        await producer.close(DEADLINE)
        const { records } = await readAll(port, [{ topic, partition: 0 }])
        expect(values(records)).toEqual(
          Array.from({ length: 200 }, (_, i) => `${i % 2 ? 'second' : 'first'} ${i >> 1}`),
        )
        expect(records[199]!.headers).toEqual([['n', '99']])
      },
      DEADLINE,
    )

    test(
      'sequence numbers start at 0 and count what was taken; send takes from an index',
      async () => {
        const topic = fresh('sequence')
        await createTopic(port, topic)
        const producer = await port.client.producer(port.properties())
        const runs = deliveries(producer)
        expect(producer.nextSequence).toBe(0)
        expect(producer.inFlight).toBe(0)
        expect(producer.send(packed(numbered(topic, 0, 10)), 4)).toBe(6)
        expect(producer.nextSequence).toBe(6)
        expect(runs).toEqual([])
        expect(await producer.flush(DEADLINE)).toBe(true)
        expect(runs.map(run => run.count).reduce((a, b) => a + b)).toBe(6)
        await producer.close(DEADLINE)
        const { records } = await readAll(port, [{ topic, partition: 0 }])
        expect(values(records)).toEqual(['4', '5', '6', '7', '8', '9'])
      },
      DEADLINE,
    )

    test(
      'a full buffer refuses records until there is room',
      async () => {
        const topic = fresh('room')
        await createTopic(port, topic)
        const producer = await port.client.producer(port.properties({ 'buffer.memory': String(1 << 20) }))
        const runs = deliveries(producer)
        const body = 'x'.repeat(10_000)
        const samples: Sample[] = Array.from({ length: 1000 }, (_, i) => ({ topic, value: `${i} ${body}` }))
        const batch = packed(samples)
        const first = producer.send(batch)
        expect(first).toBeGreaterThan(0)
        expect(first).toBeLessThan(1000)
        await expect(producer.room(AbortSignal.abort())).rejects.toThrow()
        await producer.room()
        let from = first
        await until('all records taken', async () => {
          from += producer.send(batch, from)
          if (from < 1000) await producer.room()
          return from === 1000
        })
        expect(await producer.flush(DEADLINE)).toBe(true)
        await producer.close(DEADLINE)
        expect(runs.every(run => run.error === null)).toBe(true)
        const { records } = await readAll(port, [{ topic, partition: 0 }])
        expect(records.map(record => Number.parseInt(record.value!, 10))).toEqual(
          Array.from({ length: 1000 }, (_, i) => i),
        )
      },
      DEADLINE,
    )

    test(
      'a record above max.request.size fails alone',
      async () => {
        const topic = fresh('toolarge')
        await createTopic(port, topic)
        const producer = await port.client.producer(port.properties({ 'max.request.size': '20000' }))
        const runs = deliveries(producer)
        const samples: Sample[] = numbered(topic, 0, 5)
        samples[2] = { topic, value: 'x'.repeat(50_000) }
        await sendAll(producer, packed(samples))
        expect(await producer.flush(DEADLINE)).toBe(true)
        const failed = runs.filter(run => run.error)
        expect(failed.map(run => [run.first, run.count])).toEqual([[2, 1]])
        const error = failed[0]!.error as KafkaError
        expect(error.javaClass).toBe('org.apache.kafka.common.errors.RecordTooLargeException')
        expect(error.fatal).toBe(false)
        await producer.close(DEADLINE)
        const { records } = await readAll(port, [{ topic, partition: 0 }])
        expect(values(records)).toEqual(['0', '1', '3', '4'])
      },
      DEADLINE,
    )

    test(
      'two producers at once',
      async () => {
        const topic = fresh('two')
        await createTopic(port, topic)
        await Promise.all([
          publish(port, numbered(topic, 0, 3000, { key: 'a' })),
          publish(port, numbered(topic, 0, 3000, { key: 'b' })),
        ])
        const { records } = await readAll(port, [{ topic, partition: 0 }])
        for (const key of ['a', 'b'])
          expect(values(records.filter(record => record.key === key))).toEqual(
            Array.from({ length: 3000 }, (_, i) => String(i)),
          )
      },
      DEADLINE,
    )

    test(
      'a topic that does not exist is created by the first record',
      async () => {
        const topic = fresh('auto')
        await publish(port, [{ topic, value: 'x' }])
        expect(values((await readAll(port, [{ topic, partition: 0 }])).records)).toEqual(['x'])
      },
      DEADLINE,
    )

    test(
      'close waits for what is in flight; a second close does nothing',
      async () => {
        const topic = fresh('close')
        await createTopic(port, topic)
        const producer = await port.client.producer(port.properties())
        const runs = deliveries(producer)
        await sendAll(producer, packed(numbered(topic, 0, 100)))
        await producer.close(DEADLINE)
        await producer.close(DEADLINE)
        expect(runs.reduce((sum, run) => sum + run.count, 0)).toBe(100)
        expect((await readAll(port, [{ topic, partition: 0 }])).records).toHaveLength(100)
      },
      DEADLINE,
    )
  })
}
