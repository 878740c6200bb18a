import { describe, expect, test } from 'bun:test'
import { PackedBatch } from '../../src/kafka/packed-batch.ts'
import type { Consumer } from '../../src/kafka/port.ts'
import {
  createTopic,
  DEADLINE,
  fresh,
  numbered,
  POLL,
  type Port,
  packed,
  pollOnce,
  publish,
  type Seen,
  sendAll,
  take,
  until,
  values,
} from './harness.ts'

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => String(from + i))

/** A consumer with partitions assigned by hand. */
export function consumerBehaviours(port: Port): void {
  async function reader(topic: string, partitions = [0], offset = 0): Promise<Consumer> {
    const consumer = await port.client.consumer(port.properties())
    consumer.assign(partitions.map(partition => ({ topic, partition, offset })))
    return consumer
  }
  async function filled(count: number, partitions = 1): Promise<string> {
    const topic = fresh('consume')
    await createTopic(port, topic, partitions)
    for (let partition = 0; partition < partitions; partition++)
      await publish(port, numbered(topic, 0, count, { partition }))
    return topic
  }

  describe('consumer', () => {
    test(
      'starts at the assigned offset and tells its position',
      async () => {
        const topic = await filled(100)
        const consumer = await reader(topic, [0], 40)
        expect(consumer.assignment()).toEqual([{ topic, partition: 0 }])
        const records = await take(consumer, 60)
        expect(values(records)).toEqual(range(40, 100))
        expect(records.map(record => record.offset)).toEqual(range(40, 100).map(Number))
        expect(consumer.position({ topic, partition: 0 })).toBe(100)
        expect(consumer.position({ topic, partition: 7 })).toBeNull()
        await consumer.close()
      },
      DEADLINE,
    )

    test(
      'maxRecords holds, and nothing is lost between polls',
      async () => {
        const topic = await filled(100)
        const consumer = await reader(topic)
        const records: Seen[] = []
        await until('100 records', async () => {
          const some = await pollOnce(consumer, { ...POLL, maxRecords: 7 })
          expect(some.length).toBeLessThanOrEqual(7)
          records.push(...some)
          return records.length === 100
        })
        expect(values(records)).toEqual(range(0, 100))
        await consumer.close()
      },
      DEADLINE,
    )

    test(
      'whatever maxRecords is, each record comes once, in order and with its own headers, past markers and ends',
      async () => {
        const topic = fresh('mixed')
        await createTopic(port, topic, 2)
        const producer = await port.client.producer(port.properties({ 'transactional.id': topic }))
        await producer.initTransactions(DEADLINE)
        const expected: Pick<Seen, 'value' | 'headers'>[] = []
        const sizes = [1, 3, 127, 128, 129, 40]
        for (let round = 0; round < 12; round++) {
          const aborted = round % 4 === 3
          const some = Array.from({ length: sizes[round % sizes.length]! }, (_, i) => {
            const value = `${round} ${i}`
            const headers: Seen['headers'] = i % 3 === 0 ? [] : [['n', i % 3 === 1 ? value : null]]
            return { value, headers }
          })
          await producer.beginTransaction()
          for (const partition of [0, 1])
            await sendAll(producer, packed(some.map(record => ({ topic, partition, ...record }))))
          // Else an abort may come before any record has: no marker then.
          expect(await producer.flush(DEADLINE)).toBe(true)
          if (aborted) await producer.abortTransaction(DEADLINE)
          else await producer.commitTransaction(DEADLINE)
          if (!aborted) expected.push(...some)
        }
        await producer.close(DEADLINE)
        for (const limits of [[1], [127], [128], [129], [500], [5, 128, 1, 300]]) {
          const consumer = await port.client.consumer(
            port.properties({ 'isolation.level': 'read_committed' }),
          )
          const ends = new Map<number, number>()
          consumer.onEnd = (p, end) => void ends.set(p.partition, end)
          consumer.assign([0, 1].map(partition => ({ topic, partition, offset: 0 })))
          const records: Seen[] = []
          let polls = 0
          await until('both ends', async () => {
            const maxRecords = limits[polls++ % limits.length]!
            const some = await pollOnce(consumer, { ...POLL, maxRecords })
            expect(some.length).toBeLessThanOrEqual(maxRecords)
            records.push(...some)
            return ends.size === 2
          })
          for (const partition of [0, 1]) {
            const own = records.filter(record => record.partition === partition)
            expect(own.map(({ value, headers }) => ({ value, headers }))).toEqual(expected)
            expect(consumer.position({ topic, partition })).toBe(ends.get(partition)!)
          }
          await consumer.close()
        }
      },
      DEADLINE,
    )

    test(
      'maxBytes holds about, but one record always comes',
      async () => {
        const topic = fresh('bytes')
        await createTopic(port, topic)
        await publish(
          port,
          Array.from({ length: 50 }, () => ({ topic, value: 'x'.repeat(1000) })),
        )
        const consumer = await reader(topic)
        let count = 0
        await until('50 records', async () => {
          const some = await pollOnce(consumer, { ...POLL, maxBytes: count < 25 ? 3500 : 1 })
          expect(some.length).toBeLessThanOrEqual(count < 25 ? 4 : 1)
          count += some.length
          return count === 50
        })
        await consumer.close()
      },
      DEADLINE,
    )

    test(
      'poll clears the batch it is given',
      async () => {
        const topic = await filled(3)
        const consumer = await reader(topic)
        const batch = new PackedBatch()
        await until('records', async () => (await consumer.poll(batch, { ...POLL, maxRecords: 1 })) === 1)
        await until('the second', async () => (await consumer.poll(batch, { ...POLL, maxRecords: 1 })) === 1)
        expect(batch.count).toBe(1)
        expect(batch.value(0)!.toString()).toBe('1')
        await consumer.close()
      },
      DEADLINE,
    )

    test(
      'a poll with nothing to give returns 0 after its time',
      async () => {
        const topic = await filled(0)
        const consumer = await reader(topic)
        for (let i = 0; i < 3; i++) expect(await pollOnce(consumer, { ...POLL, timeoutMs: 50 })).toEqual([])
        await consumer.close()
      },
      DEADLINE,
    )

    test(
      'a waiting poll gets the record that is produced meanwhile',
      async () => {
        const topic = await filled(0)
        const consumer = await reader(topic)
        const records: Seen[] = []
        const waiting = until('the record', async () => {
          records.push(...(await pollOnce(consumer, { ...POLL, timeoutMs: DEADLINE })))
          return records.length > 0
        })
        await publish(port, [{ topic, value: 'now' }])
        await waiting
        expect(values(records)).toEqual(['now'])
        await consumer.close()
      },
      DEADLINE,
    )

    test(
      'wakeup ends the pending poll, or else the next one',
      async () => {
        const topic = await filled(0)
        const consumer = await reader(topic)
        await pollOnce(consumer, { ...POLL, timeoutMs: 50 })
        await pollOnce(consumer, { ...POLL, timeoutMs: 50 })
        const pending = pollOnce(consumer, { ...POLL, timeoutMs: 10 * DEADLINE })
        setTimeout(() => consumer.wakeup(), 20)
        expect(await pending).toEqual([])
        consumer.wakeup()
        expect(await pollOnce(consumer, { ...POLL, timeoutMs: 10 * DEADLINE })).toEqual([])
        await publish(port, [{ topic, value: 'later' }])
        expect(values(await take(consumer, 1))).toEqual(['later'])
        await consumer.close()
      },
      DEADLINE,
    )

    test(
      'seek: the next record is the one at the offset',
      async () => {
        const topic = await filled(1000)
        const consumer = await reader(topic)
        expect(values(await take(consumer, 10, { ...POLL, maxRecords: 10 }))).toEqual(range(0, 10))
        for (const offset of [500, 3, 999, 0]) {
          consumer.seek({ topic, partition: 0, offset })
          expect((await take(consumer, 1, { ...POLL, maxRecords: 1 }))[0]!.offset).toBe(offset)
        }
        await consumer.close()
      },
      DEADLINE,
    )

    test(
      'pause: nothing more of that partition, nothing lost after resume',
      async () => {
        const topic = await filled(500, 2)
        const consumer = await reader(topic, [0, 1])
        const records = await take(consumer, 20, { ...POLL, maxRecords: 10 })
        const before = records.filter(record => record.partition === 0).length
        consumer.pause([{ topic, partition: 0 }])
        await until('all of partition 1', async () => {
          const some = await pollOnce(consumer)
          expect(some.filter(record => record.partition === 0)).toEqual([])
          records.push(...some)
          return records.filter(record => record.partition === 1).length === 500
        })
        expect(records.filter(record => record.partition === 0)).toHaveLength(before)
        consumer.resume([{ topic, partition: 0 }])
        records.push(...(await take(consumer, 500 - before)))
        for (const partition of [0, 1])
          expect(values(records.filter(record => record.partition === partition))).toEqual(range(0, 500))
        await consumer.close()
      },
      DEADLINE,
    )

    test(
      'seek while paused holds until resume',
      async () => {
        const topic = await filled(100)
        const consumer = await reader(topic)
        await take(consumer, 5, { ...POLL, maxRecords: 5 })
        consumer.pause([{ topic, partition: 0 }])
        consumer.seek({ topic, partition: 0, offset: 90 })
        expect(await pollOnce(consumer)).toEqual([])
        consumer.resume([{ topic, partition: 0 }])
        expect(values(await take(consumer, 10))).toEqual(range(90, 100))
        await consumer.close()
      },
      DEADLINE,
    )

    test(
      'onEnd tells the end once per reaching',
      async () => {
        const topic = await filled(10)
        const consumer = await reader(topic)
        const ends: number[] = []
        consumer.onEnd = (_, end) => void ends.push(end)
        await until('the end', async () => {
          await pollOnce(consumer)
          return ends.length > 0
        })
        for (let i = 0; i < 3; i++) await pollOnce(consumer, { ...POLL, timeoutMs: 50 })
        expect(ends).toEqual([10])
        await publish(port, numbered(topic, 10, 15))
        await until('the second end', async () => {
          await pollOnce(consumer)
          return ends.at(-1) === 15
        })
        await consumer.close()
      },
      DEADLINE,
    )

    test(
      'onEnd comes for an empty partition too',
      async () => {
        const topic = await filled(0)
        const consumer = await reader(topic)
        const ends: number[] = []
        consumer.onEnd = (_, end) => void ends.push(end)
        await until('the end', async () => {
          expect(await pollOnce(consumer)).toEqual([])
          return ends.length > 0
        })
        expect(ends).toEqual([0])
        await consumer.close()
      },
      DEADLINE,
    )

    test(
      'watermarks are the first and the next offset',
      async () => {
        const topic = await filled(25)
        const consumer = await reader(topic)
        expect(await consumer.watermarks({ topic, partition: 0 }, DEADLINE)).toEqual({ low: 0, high: 25 })
        await consumer.close()
      },
      DEADLINE,
    )

    test(
      'an assignment replaces the one before',
      async () => {
        const topic = await filled(20, 2)
        const consumer = await reader(topic, [0])
        await take(consumer, 5, { ...POLL, maxRecords: 5 })
        consumer.assign([{ topic, partition: 1, offset: 10 }])
        const records = await take(consumer, 10)
        expect(records.map(record => record.partition)).toEqual(Array(10).fill(1))
        expect(values(records)).toEqual(range(10, 20))
        await consumer.close()
        await consumer.close()
      },
      DEADLINE,
    )
  })
}
