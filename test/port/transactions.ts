import { describe, expect, test } from 'bun:test'
import type { Producer } from '../../src/kafka/port.ts'
import {
  createTopic,
  DEADLINE,
  deliveries,
  fresh,
  numbered,
  type Port,
  packed,
  pollOnce,
  publish,
  readAll,
  sendAll,
  until,
  values,
} from './harness.ts'

const COMMITTED = { 'isolation.level': 'read_committed' }
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => String(from + i))

export function transactionBehaviours(port: Port): void {
  async function transactional(id = fresh('txn')): Promise<Producer> {
    const producer = await port.client.producer(port.properties({ 'transactional.id': id }))
    await producer.initTransactions(DEADLINE)
    return producer
  }
  async function transaction(producer: Producer, topic: string, from: number, to: number, commit: boolean) {
    await producer.beginTransaction()
    await sendAll(producer, packed(numbered(topic, from, to)))
    if (commit) await producer.commitTransaction(DEADLINE)
    else await producer.abortTransaction(DEADLINE)
  }

  describe('transactions', () => {
    test(
      'a topic that ends in a commit marker is read to its end',
      async () => {
        const topic = fresh('committed')
        await createTopic(port, topic)
        const producer = await transactional()
        await transaction(producer, topic, 0, 10, true)
        await producer.close(DEADLINE)
        const { records, ends } = await readAll(port, [{ topic, partition: 0 }], COMMITTED)
        expect(values(records)).toEqual(range(0, 10))
        await expectEnd(topic, ends.get(`${topic}-0`)!, 10)
      },
      DEADLINE,
    )

    test(
      'a topic that ends in an aborted transaction is read to its end',
      async () => {
        const topic = fresh('aborted')
        await createTopic(port, topic)
        const producer = await transactional()
        await transaction(producer, topic, 0, 5, true)
        await transaction(producer, topic, 5, 10, false)
        await producer.close(DEADLINE)
        const { records, ends } = await readAll(port, [{ topic, partition: 0 }], COMMITTED)
        expect(values(records)).toEqual(range(0, 5))
        await expectEnd(topic, ends.get(`${topic}-0`)!, 5)
      },
      DEADLINE,
    )

    /** The end that was told is the watermark and lies behind the last record. */
    async function expectEnd(topic: string, end: number, least: number): Promise<void> {
      const consumer = await port.client.consumer(port.properties(COMMITTED))
      consumer.assign([{ topic, partition: 0, offset: 0 }])
      expect(await consumer.watermarks({ topic, partition: 0 }, DEADLINE)).toEqual({ low: 0, high: end })
      expect(end).toBeGreaterThanOrEqual(least)
      await consumer.close()
    }

    test(
      'records are read after the commit, those of an aborted one never',
      async () => {
        const topic = fresh('visible')
        await createTopic(port, topic)
        const consumer = await port.client.consumer(port.properties(COMMITTED))
        consumer.assign([{ topic, partition: 0, offset: 0 }])
        const producer = await transactional()
        const runs = deliveries(producer)
        await producer.beginTransaction()
        await sendAll(producer, packed(numbered(topic, 0, 5)))
        expect(await producer.flush(DEADLINE)).toBe(true)
        expect(runs.reduce((sum, run) => sum + run.count, 0)).toBe(5)
        expect(await pollOnce(consumer)).toEqual([])
        expect(await pollOnce(consumer)).toEqual([])
        await producer.commitTransaction(DEADLINE)
        await transaction(producer, topic, 5, 10, false)
        await transaction(producer, topic, 10, 15, true)
        const read: string[] = []
        await until('ten records', async () => {
          read.push(...values(await pollOnce(consumer)).map(String))
          return read.length >= 10
        })
        expect(read).toEqual([...range(0, 5), ...range(10, 15)])
        await Promise.all([consumer.close(), producer.close(DEADLINE)])
      },
      DEADLINE,
    )

    test(
      'one transaction over several topics and partitions',
      async () => {
        const topics = [fresh('multi'), fresh('multi')]
        for (const topic of topics) await createTopic(port, topic, 2)
        const producer = await transactional()
        const partitions = topics.flatMap(topic => [0, 1].map(partition => ({ topic, partition })))
        for (const commit of [true, false, true]) {
          await producer.beginTransaction()
          await sendAll(
            producer,
            packed(partitions.flatMap(p => numbered(p.topic, 0, 3, { ...p, key: `${commit}` }))),
          )
          if (commit) await producer.commitTransaction(DEADLINE)
          else await producer.abortTransaction(DEADLINE)
        }
        await producer.close(DEADLINE)
        const { records } = await readAll(port, partitions, COMMITTED)
        expect(records).toHaveLength(24)
        expect(records.every(record => record.key === 'true')).toBe(true)
      },
      DEADLINE,
    )

    test(
      'a transaction is aborted while the broker completes the one before',
      async () => {
        // A transaction over many partitions takes the broker a while to complete.
        const topic = fresh('hurried')
        const partitions = Array.from({ length: 60 }, (_, partition) => ({ topic, partition }))
        await createTopic(port, topic, partitions.length)
        const producer = await transactional()
        for (let round = 0; round < 20; round++)
          for (const commit of [true, false]) {
            await producer.beginTransaction()
            const written = commit ? partitions : partitions.slice(0, 1)
            await sendAll(
              producer,
              packed(written.flatMap(p => numbered(topic, round, round + 1, { ...p, key: `${commit}` }))),
            )
            // The partitions are not asked for yet, or asked for, or refused.
            if (!commit) await Bun.sleep(round)
            if (commit) await producer.commitTransaction(DEADLINE)
            else await producer.abortTransaction(DEADLINE)
          }
        await producer.close(DEADLINE)
        const { records } = await readAll(port, partitions, COMMITTED)
        expect(records.map(record => record.key)).toEqual(Array(20 * partitions.length).fill('true'))
      },
      DEADLINE,
    )

    test(
      'an empty transaction commits',
      async () => {
        const producer = await transactional()
        await producer.beginTransaction()
        await producer.commitTransaction(DEADLINE)
        await producer.beginTransaction()
        await producer.abortTransaction(DEADLINE)
        await producer.close(DEADLINE)
      },
      DEADLINE,
    )

    test(
      'a newer producer with the same transactional.id fences the older one',
      async () => {
        const topic = fresh('fence')
        const id = fresh('txn')
        await createTopic(port, topic)
        const older = await transactional(id)
        const fatal: string[] = []
        older.onFatal = error => void fatal.push(error.code)
        await older.beginTransaction()
        await sendAll(older, packed(numbered(topic, 0, 5)))
        await older.flush(DEADLINE)
        const newer = await transactional(id)
        const outcome = await older.commitTransaction(DEADLINE).then(
          () => null,
          e => e,
        )
        expect(outcome).toMatchObject({ name: 'KafkaError', fatal: true })
        await transaction(newer, topic, 10, 15, true)
        await Promise.all([older.close(DEADLINE), newer.close(DEADLINE)])
        await publish(port, [{ topic, value: 'last' }])
        const { records } = await readAll(port, [{ topic, partition: 0 }], COMMITTED)
        expect(values(records)).toEqual([...range(10, 15), 'last'])
      },
      DEADLINE,
    )

    test(
      'fencing shuts out who writes under these ids, aborts what they have open, and is harmless again',
      async () => {
        const topic = fresh('fenced')
        await createTopic(port, topic)
        const [open, idle, other] = [fresh('txn'), fresh('txn'), fresh('txn')]
        const producers = await Promise.all([open, idle, other].map(id => transactional(id)))
        const [ofOpen, ofIdle, ofOther] = producers as [Producer, Producer, Producer]
        for (const producer of [ofOpen, ofOther]) {
          await producer.beginTransaction()
          await sendAll(producer, packed(numbered(topic, 0, 5)))
          await producer.flush(DEADLINE)
        }
        const admin = await port.client.admin(port.properties())
        await admin.fenceProducers([open, idle, fresh('nobody')], DEADLINE)
        await admin.fenceProducers([open, idle], DEADLINE)
        await admin.fenceProducers([], DEADLINE)
        await admin.close()
        const refused = { name: 'KafkaError', code: 'PRODUCER_FENCED', fatal: true }
        await expect(ofOpen.commitTransaction(DEADLINE)).rejects.toMatchObject(refused)
        await expect(transaction(ofIdle, topic, 20, 25, true)).rejects.toMatchObject(refused)
        await ofOther.commitTransaction(DEADLINE)
        const again = await transactional(open)
        await transaction(again, topic, 10, 15, true)
        await Promise.all([...producers, again].map(producer => producer.close(DEADLINE)))
        await publish(port, [{ topic, value: 'last' }])
        const { records } = await readAll(port, [{ topic, partition: 0 }], COMMITTED)
        expect(values(records)).toEqual([...range(0, 5), ...range(10, 15), 'last'])
      },
      DEADLINE,
    )
  })
}
