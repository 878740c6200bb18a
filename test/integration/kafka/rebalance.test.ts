import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { propertyTable } from '../../../src/kafka/client-properties.ts'
import { librdkafkaClient } from '../../../src/kafka/librdkafka/client.ts'
import { PackedBatch } from '../../../src/kafka/packed-batch.ts'
import type {
  ClientProperties,
  Consumer,
  RebalanceListener,
  TopicPartition,
} from '../../../src/kafka/port.ts'
import {
  createTopic,
  DEADLINE,
  fresh,
  numbered,
  POLL,
  type Port,
  packed,
  pollOnce,
  portOf,
  publish,
  sendAll,
  until,
} from '../../port/harness.ts'
import { sharedBroker } from '../../servers/kafka.ts'

const STRATEGY = 'partition.assignment.strategy'
const COOPERATIVE = { [STRATEGY]: 'org.apache.kafka.clients.consumer.CooperativeStickyAssignor' }
const EAGER = { [STRATEGY]: 'org.apache.kafka.clients.consumer.RangeAssignor' }
const EARLIEST = { 'auto.offset.reset': 'earliest' }
const KIP_848 = { 'group.protocol': 'consumer' }

describe('rebalances', () => {
  let broker: Awaited<ReturnType<typeof sharedBroker>>
  let port: Port
  beforeAll(async () => {
    broker = await sharedBroker()
    const properties = { 'bootstrap.servers': broker.bootstrap }
    port = portOf(librdkafkaClient(propertyTable), properties)
  }, DEADLINE)
  afterAll(() => broker.stop())

  /** Commits inside `revoked` what it has seen, and notes records of partitions that are not its own. */
  class Worker {
    readonly seen: [partition: number, offset: number][] = []
    readonly foreign: string[] = []
    readonly held: string[] = []
    #next = new Map<number, number>()
    #stopped = false
    running: Promise<void> | null = null
    constructor(
      readonly topic: string,
      readonly consumer: Consumer,
    ) {
      const forget = (partitions: TopicPartition[]) => {
        for (const p of partitions) this.#next.delete(p.partition)
      }
      consumer.subscribe([topic], {
        assigned: async partitions => {
          await Bun.sleep(1)
          this.held.push(`+${partitions.length}`)
        },
        revoked: async partitions => {
          this.held.push(`-${partitions.length}`)
          await Bun.sleep(20)
          await this.commit(partitions.map(p => p.partition))
          forget(partitions)
        },
        lost: partitions => forget(partitions),
      })
    }
    async commit(partitions: number[]): Promise<void> {
      const offsets = partitions.flatMap(partition => {
        const offset = this.#next.get(partition)
        return offset === undefined ? [] : [{ topic: this.topic, partition, offset }]
      })
      await this.consumer.commit(offsets)
    }
    run(): this {
      const loop = async () => {
        const batch = new PackedBatch()
        while (!this.#stopped) {
          const count = await this.consumer.poll(batch, { ...POLL, maxRecords: 50 })
          const own = new Set(this.consumer.assignment().map(p => p.partition))
          for (let i = 0; i < count; i++) {
            const partition = batch.partition(i)
            if (!own.has(partition)) this.foreign.push(`${partition}@${batch.offset(i)}`)
            this.seen.push([partition, batch.offset(i)])
            this.#next.set(partition, batch.offset(i) + 1)
          }
          await new Promise(resolve => setImmediate(resolve))
        }
      }
      this.running = loop()
      return this
    }
    async close(): Promise<void> {
      this.#stopped = true
      this.consumer.wakeup()
      await this.running
      await this.consumer.close()
    }
  }

  for (const [name, strategy] of [
    ['cooperative', COOPERATIVE],
    ['eager', EAGER],
    ['the consumer protocol of KIP-848', KIP_848],
  ] as const) {
    test(
      `${name}: members come and go while records flow, each record is read once`,
      async () => {
        const topic = fresh('rebalance')
        await createTopic(port, topic, 6)
        const group = fresh('group')
        const open = async () =>
          new Worker(
            topic,
            await port.client.consumer(port.properties({ ...EARLIEST, 'group.id': group, ...strategy })),
          ).run()
        const producer = await port.client.producer(port.properties())
        let sent = 0
        const workers = [await open()]
        const all: Worker[] = [...workers]
        const total = () => all.reduce((sum, worker) => sum + worker.seen.length, 0)
        for (let round = 0; round < 6; round++) {
          const batch = packed(
            Array.from({ length: 600 }, (_, i) => ({ topic, partition: i % 6, value: 'x' })),
          )
          await sendAll(producer, batch)
          sent += 600
          if (round % 2 === 0) {
            const worker = await open()
            workers.push(worker)
            all.push(worker)
            await until('partitions for the new member', () => worker.consumer.assignment().length > 0)
          } else {
            await workers.shift()!.close()
          }
        }
        await until('all records', () => total() >= sent)
        await Promise.all(workers.map(worker => worker.close()))
        await producer.close(DEADLINE)
        expect(all.flatMap(worker => worker.foreign)).toEqual([])
        const keys = all.flatMap(worker => worker.seen).map(([partition, offset]) => `${partition}@${offset}`)
        expect(new Set(keys).size).toBe(sent)
        expect(keys).toHaveLength(sent)
      },
      DEADLINE,
    )
  }

  async function lonely(more: ClientProperties) {
    const topic = fresh('lost')
    await createTopic(port, topic)
    await publish(port, numbered(topic, 0, 10))
    const told: string[] = []
    const consumer = await port.client.consumer(
      port.properties({ ...EARLIEST, 'group.id': fresh('group'), ...more }),
    )
    consumer.subscribe([topic], {
      assigned: () => void told.push('assigned'),
      revoked: () => void told.push('revoked'),
      lost: () => void told.push('lost'),
    })
    await until('records', async () => (await pollOnce(consumer)).length > 0)
    return { topic, told, consumer }
  }

  test(
    'past max.poll.interval.ms partitions are lost and nothing is committed',
    async () => {
      const { topic, told, consumer } = await lonely({
        'max.poll.interval.ms': '6000',
        'session.timeout.ms': '6000',
      })
      const offsets = [{ topic, partition: 0, offset: 5 }]
      await until('the refusal', async () => {
        const error = await consumer.commit([{ topic, partition: 0, offset: 1 }]).then(
          () => null,
          e => e,
        )
        if (error === null) return Bun.sleep(200).then(() => false)
        expect(error.javaClass).toBe('org.apache.kafka.clients.consumer.CommitFailedException')
        return true
      })
      await expect(consumer.commit(offsets)).rejects.toMatchObject({
        javaClass: 'org.apache.kafka.clients.consumer.CommitFailedException',
      })
      await until('the loss', async () => {
        await pollOnce(consumer)
        return told.includes('lost')
      })
      expect(told.slice(0, 2)).toEqual(['assigned', 'lost'])
      await until('the partition again', async () => {
        await pollOnce(consumer)
        return consumer.assignment().length === 1
      })
      expect((await consumer.committed([{ topic, partition: 0 }], DEADLINE))[0]?.offset).toBe(1)
      await consumer.close()
    },
    DEADLINE,
  )

  test(
    'an error of the listener comes out of poll, and the rebalance is completed',
    async () => {
      const topic = fresh('throws')
      await createTopic(port, topic)
      await publish(port, numbered(topic, 0, 3))
      const consumer = await port.client.consumer(
        port.properties({ ...EARLIEST, 'group.id': fresh('group') }),
      )
      consumer.subscribe([topic], {
        assigned: () => Promise.reject(new Error('no such table')),
        revoked() {},
        lost() {},
      })
      const failing = async () => {
        for (;;) await pollOnce(consumer)
      }
      await expect(failing()).rejects.toThrow('no such table')
      expect(consumer.assignment()).toEqual([{ topic, partition: 0 }])
      let read = 0
      await until('the records', async () => {
        read += (await pollOnce(consumer)).length
        return read === 3
      })
      await consumer.close()
    },
    DEADLINE,
  )

  test(
    'what is sought or paused inside assigned is not given by that very poll',
    async () => {
      const [kept, added] = [fresh('kept'), fresh('added')]
      for (const topic of [kept, added]) await createTopic(port, topic)
      const count = 100_000
      await publish(port, numbered(kept, 0, count))
      const consumer = await port.client.consumer(
        port.properties({ 'group.id': fresh('group'), ...EARLIEST, ...COOPERATIVE }),
      )
      const partition = { topic: kept, partition: 0 }
      let next = 0
      let paused = false
      let rounds = 0
      const listener: RebalanceListener = {
        assigned: async partitions => {
          await Bun.sleep(1)
          if (!partitions.some(({ topic }) => topic === added)) return
          if (++rounds % 2 === 0) {
            next = 100 * rounds
            consumer.seek({ ...partition, offset: next })
          } else {
            consumer.pause([partition])
            paused = true
          }
        },
        revoked() {},
        lost() {},
      }
      const batch = new PackedBatch()
      // So many that the rebalance often comes while they are being fetched.
      const limits = { ...POLL, maxRecords: 20_000 }
      /** Polls once; how many records came. */
      const read = async () => {
        const n = await consumer.poll(batch, limits)
        if (n === 0) return 0
        expect(paused).toBe(false)
        expect([batch.offset(0), batch.offset(n - 1)]).toEqual([next, next + n - 1])
        next += n
        // However long a rebalance takes, there is more to read.
        if (next > count / 2) {
          next = 0
          consumer.seek({ ...partition, offset: next })
        }
        return n
      }
      const more = () => until('more records', async () => (await read()) > 1000)
      for (let round = 1; round <= 8; round++) {
        consumer.subscribe([kept], listener)
        await until('the added topic to go', async () => {
          await read()
          const assigned = consumer.assignment()
          return assigned.length === 1 && assigned[0]!.topic === kept
        })
        await more()
        consumer.subscribe([kept, added], listener)
        await until('the added topic', async () => {
          await read()
          return rounds === round
        })
        if (paused) {
          await read()
          paused = false
          consumer.resume([partition])
        }
        await more()
      }
      await consumer.close()
    },
    DEADLINE,
  )

  test(
    'the position is known inside assigned, from the committed offset',
    async () => {
      const { topic, consumer } = await lonely({})
      await consumer.commit([{ topic, partition: 0, offset: 4 }])
      await consumer.close()
      const group = fresh('group')
      const admin = await port.client.admin(port.properties())
      await admin.alterGroupOffsets(group, [{ topic, partition: 0, offset: 7 }])
      await admin.close()
      const second = await port.client.consumer(port.properties({ 'group.id': group }))
      const positions: (number | null)[] = []
      second.subscribe([topic], {
        assigned: partitions => {
          for (const p of partitions) positions.push(second.position(p))
        },
        revoked() {},
        lost() {},
      })
      await until('the assignment', async () => {
        await pollOnce(second)
        return positions.length > 0
      })
      expect(positions).toEqual([7])
      await second.close()
    },
    DEADLINE,
  )
})
