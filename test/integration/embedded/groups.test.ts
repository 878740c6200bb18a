import { afterEach, expect, test } from 'bun:test'
import { PackedBatch } from '../../../src/kafka/packed-batch.ts'
import type { Consumer, TopicPartition } from '../../../src/kafka/port.ts'
import {
  createTopic,
  DEADLINE,
  deliveries,
  numbered,
  packed,
  pollOnce,
  portOf,
  publish,
  readAll,
  seen,
  sendAll,
  take,
  until,
} from '../../port/harness.ts'
import { cleanUp, directory, openLog } from './support.ts'

afterEach(cleanUp)

const SHORT = { maxRecords: 500, maxBytes: 1 << 20, timeoutMs: 20 }

function listener(told: string[], name: string) {
  const tell = (what: string) => (partitions: TopicPartition[]) =>
    void told.push(`${name} ${what} ${partitions.map(p => p.partition).join(',')}`)
  return { assigned: tell('assigned'), revoked: tell('revoked'), lost: tell('lost') }
}

test(
  'a member that does not poll within max.poll.interval.ms loses its partitions and cannot commit, then joins again',
  async () => {
    const client = openLog(directory())
    await createTopic(portOf(client), 't', 2)
    const told: string[] = []
    const open = async (name: string, interval: string): Promise<Consumer> => {
      const consumer = await client.consumer({
        'group.id': 'g',
        'client.id': name,
        'auto.offset.reset': 'earliest',
        'max.poll.interval.ms': interval,
      })
      consumer.subscribe(['t'], listener(told, name))
      return consumer
    }
    const stuck = await open('a', '2000')
    await until('its assignment', async () => {
      await pollOnce(stuck, SHORT)
      return stuck.assignment().length === 2
    })
    const other = await open('b', '300000')
    await until('the partitions of the stuck member', async () => {
      await pollOnce(other, SHORT)
      return other.assignment().length === 2
    })
    await expect(stuck.commit([{ topic: 't', partition: 0, offset: 0 }])).rejects.toMatchObject({
      javaClass: 'org.apache.kafka.clients.consumer.CommitFailedException',
    })
    await until('both to have one', async () => {
      await Promise.all([pollOnce(stuck, SHORT), pollOnce(other, SHORT)])
      return stuck.assignment().length === 1 && other.assignment().length === 1
    })
    expect(told).toEqual(
      [
        'a assigned 0,1',
        'b assigned 0,1',
        'a lost 0,1',
        'b revoked 0,1',
        'a assigned 0',
        'b assigned 1',
      ].sort(byOrder(told)),
    )
    await stuck.commit([{ topic: 't', partition: 0, offset: 0 }])
  },
  DEADLINE,
)

/** The two last assignments may come in either order. */
function byOrder(told: string[]) {
  return (a: string, b: string) => told.indexOf(a) - told.indexOf(b)
}

test(
  'a partition with a backlog does not starve the others',
  async () => {
    const client = openLog(directory())
    await createTopic(portOf(client), 't', 2)
    for (let i = 0; i < 20; i++)
      await publish(portOf(client), numbered('t', i * 2000, i * 2000 + 2000, { partition: 0 }))
    await publish(portOf(client), numbered('t', 0, 10, { partition: 1 }))
    const consumer = await client.consumer({})
    consumer.assign([0, 1].map(partition => ({ topic: 't', partition, offset: 0 })))
    const records = await take(consumer, 4000, { maxRecords: 300, maxBytes: 1 << 20, timeoutMs: 1000 })
    expect(records.filter(record => record.partition === 1)).toHaveLength(10)
  },
  DEADLINE,
)

test(
  'a transaction that is open for too long is aborted and its producer shut out',
  async () => {
    const client = openLog(directory())
    const producer = await client.producer({ 'transactional.id': 'x', 'transaction.timeout.ms': '50' })
    const fatal: string[] = []
    producer.onFatal = error => void fatal.push(error.code)
    await producer.initTransactions(DEADLINE)
    await producer.beginTransaction()
    await sendAll(producer, packed(numbered('t', 0, 5)))
    await until('the end of the transaction', () => fatal.length > 0)
    expect(fatal).toEqual(['PRODUCER_FENCED'])
    await expect(producer.commitTransaction(DEADLINE)).rejects.toMatchObject({ fatal: true })
    await publish(portOf(client), [{ topic: 't', value: 'after' }])
    const { records } = await readAll(portOf(client), [{ topic: 't', partition: 0 }])
    expect(records.map(record => [record.offset, record.value])).toEqual([[5, 'after']])
  },
  DEADLINE,
)

test(
  'every record reaches exactly one of the members while they come and go, and the log is cleaned up behind them',
  async () => {
    const client = openLog(directory(), {
      'bunnect.embedded.retention.bytes': '1',
      'bunnect.embedded.retention.check.interval.ms': '5',
    })
    await createTopic(portOf(client), 't', 6)
    const total = 60_000
    const got = new Map<string, number>()
    let joined = 0

    /** Reads until told to stop, commits what it read before it gives a partition up, then leaves. */
    async function member(stop: () => boolean): Promise<void> {
      const consumer = await client.consumer({ 'group.id': 'g', 'auto.offset.reset': 'earliest' })
      const commit = (partitions: TopicPartition[]) =>
        consumer.commit(
          partitions.flatMap(p => {
            const offset = consumer.position(p)
            return offset === null ? [] : [{ ...p, offset }]
          }),
        )
      consumer.subscribe(['t'], { assigned() {}, revoked: commit, lost() {} })
      joined++
      const batch = new PackedBatch()
      while (!stop()) {
        const n = await consumer.poll(batch, { maxRecords: 37, maxBytes: 1 << 20, timeoutMs: 10 })
        for (let i = 0; i < n; i++) {
          const { partition, offset, value } = seen(batch, i)
          const key = `${partition} ${offset} ${value}`
          got.set(key, (got.get(key) ?? 0) + 1)
        }
        if (n > 0 && offsetsDue()) await commit(consumer.assignment())
      }
      await consumer.close()
    }
    let polls = 0
    const offsetsDue = () => ++polls % 20 === 0
    const complete = () => got.size === total

    const producer = await client.producer({ 'buffer.memory': '200000' })
    const runs = deliveries(producer)
    const producing = (async () => {
      for (let i = 0; i < total; i += 600) {
        await sendAll(
          producer,
          packed(numbered('t', i, i + 600).map((sample, n) => ({ ...sample, partition: n % 6 }))),
        )
      }
      await producer.flush(DEADLINE)
    })()
    const stayers = [member(complete), member(complete)]
    const guests = (async () => {
      while (!complete()) {
        const seenAtStart = got.size
        await member(() => complete() || got.size > seenAtStart + 4000)
      }
    })()
    await Promise.all([producing, ...stayers, guests])
    expect(runs.every(run => run.error === null)).toBe(true)
    expect(new Set([...got.keys()].map(key => key.split(' ')[2])).size).toBe(total)
    expect([...got.values()].every(times => times === 1)).toBe(true)
    expect(joined).toBeGreaterThan(4)
    await client.retain()
    const consumer = await client.consumer({})
    const { low, high } = await consumer.watermarks({ topic: 't', partition: 0 }, DEADLINE)
    expect(high).toBe(total / 6)
    expect(low).toBeGreaterThan(0)
  },
  DEADLINE,
)
