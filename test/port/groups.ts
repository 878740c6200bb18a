import { describe, expect, test } from 'bun:test'
import { PackedBatch } from '../../src/kafka/packed-batch.ts'
import type { ClientProperties, Consumer, RebalanceListener, TopicPartition } from '../../src/kafka/port.ts'
import {
  createTopic,
  DEADLINE,
  fresh,
  numbered,
  POLL,
  type Port,
  pollOnce,
  publish,
  type Seen,
  seen,
  take,
  until,
  values,
} from './harness.ts'

const GROUP = {
  'auto.offset.reset': 'earliest',
  'session.timeout.ms': '6000',
  'heartbeat.interval.ms': '300',
  'metadata.max.age.ms': '300',
}
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => String(from + i))

/** A group member that polls until it is stopped, and remembers what it was told. */
class Member implements RebalanceListener {
  readonly records: Seen[] = []
  readonly told: string[] = []
  #running: Promise<void> | null = null
  #stopped = false
  constructor(readonly consumer: Consumer) {}

  assigned(partitions: TopicPartition[]): void {
    this.told.push(`assigned ${names(partitions)}`)
  }
  revoked(partitions: TopicPartition[]): void {
    this.told.push(`revoked ${names(partitions)}`)
  }
  lost(partitions: TopicPartition[]): void {
    this.told.push(`lost ${names(partitions)}`)
  }

  run(): this {
    const batch = new PackedBatch()
    const loop = async () => {
      while (!this.#stopped) {
        const n = await this.consumer.poll(batch, POLL)
        for (let i = 0; i < n; i++) this.records.push(seen(batch, i))
        // Others in this process must get their turn.
        await new Promise(resolve => setImmediate(resolve))
      }
    }
    this.#running = loop()
    return this
  }
  /** Stops polling without leaving the group. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.consumer.wakeup()
    await this.#running
  }
  async close(): Promise<void> {
    await this.stop()
    await this.consumer.close()
  }
}

function names(partitions: TopicPartition[]): string {
  return partitions
    .map(p => p.partition)
    .sort((a, b) => a - b)
    .join(',')
}

export function groupBehaviours(port: Port): void {
  async function join(
    group: string,
    topics: string[] | { pattern: RegExp },
    more: ClientProperties = {},
  ): Promise<Member> {
    const consumer = await port.client.consumer(port.properties({ ...GROUP, 'group.id': group, ...more }))
    const member = new Member(consumer)
    consumer.subscribe(topics, member)
    return member
  }

  describe('groups', () => {
    test(
      'commit, and a later member resumes from there',
      async () => {
        const topic = fresh('resume')
        const group = fresh('group')
        await createTopic(port, topic)
        await publish(port, numbered(topic, 0, 100))
        const first = await join(group, [topic])
        expect(values(await take(first.consumer, 40, { ...POLL, maxRecords: 40 }))).toEqual(range(0, 40))
        const partition = { topic, partition: 0 }
        expect(await first.consumer.committed([partition], DEADLINE)).toEqual([])
        await first.consumer.commit([{ ...partition, offset: 30, metadata: 'note' }])
        expect(await first.consumer.committed([partition], DEADLINE)).toEqual([
          { ...partition, offset: 30, metadata: 'note' },
        ])
        await first.close()
        expect(first.told).toEqual(['assigned 0', 'revoked 0'])
        const second = await join(group, [topic])
        expect(values(await take(second.consumer, 70))).toEqual(range(30, 100))
        await second.close()
      },
      DEADLINE,
    )

    test(
      'auto.offset.reset=latest starts at the end',
      async () => {
        const topic = fresh('latest')
        await createTopic(port, topic)
        await publish(port, numbered(topic, 0, 10))
        const member = await join(fresh('group'), [topic], { 'auto.offset.reset': 'latest' })
        await until('the position', async () => {
          await pollOnce(member.consumer)
          return member.consumer.position({ topic, partition: 0 }) === 10
        })
        await publish(port, numbered(topic, 10, 15))
        expect(values(await take(member.consumer, 5))).toEqual(range(10, 15))
        await member.close()
      },
      DEADLINE,
    )

    test(
      'auto.offset.reset=none refuses to guess',
      async () => {
        const topic = fresh('none')
        await createTopic(port, topic)
        const member = await join(fresh('group'), [topic], { 'auto.offset.reset': 'none' })
        const outcome = await until(
          'the error',
          async () => (await pollOnce(member.consumer)) && false,
        ).catch(e => e)
        expect(outcome).toMatchObject({
          name: 'KafkaError',
          javaClass: 'org.apache.kafka.clients.consumer.NoOffsetForPartitionException',
        })
        await member.consumer.close()
      },
      DEADLINE,
    )

    test(
      'two members share the partitions; when one leaves the other gets all',
      async () => {
        const topic = fresh('share')
        const group = fresh('group')
        await createTopic(port, topic, 4)
        const produce = async (from: number, to: number) => {
          for (let partition = 0; partition < 4; partition++)
            await publish(port, numbered(topic, from, to, { partition }))
        }
        const one = (await join(group, [topic])).run()
        await until('the first assignment', () => one.consumer.assignment().length === 4)
        const two = (await join(group, [topic])).run()
        await until('two each', () => [one, two].every(member => member.consumer.assignment().length === 2))
        await produce(0, 100)
        await until('all records', () => one.records.length + two.records.length >= 400)
        for (const member of [one, two]) {
          expect(member.records).toHaveLength(200)
          const owned = member.consumer.assignment().map(p => p.partition)
          expect([...new Set(member.records.map(record => record.partition))].sort()).toEqual(owned.sort())
          await member.consumer.commit(owned.map(partition => ({ topic, partition, offset: 100 })))
        }
        await two.close()
        expect(two.told.at(-1)).toStartWith('revoked ')
        await until('all partitions', () => one.consumer.assignment().length === 4)
        one.records.length = 0
        await produce(100, 200)
        await until('the rest', () => one.records.length >= 400)
        for (let partition = 0; partition < 4; partition++)
          expect(values(one.records.filter(record => record.partition === partition))).toEqual(
            range(100, 200),
          )
        await one.close()
        expect(one.told.at(-1)).toBe('revoked 0,1,2,3')
      },
      DEADLINE,
    )

    test(
      'a rebalance waits for the listener, and a commit inside it counts',
      async () => {
        const topic = fresh('await')
        const group = fresh('group')
        await createTopic(port, topic, 2)
        await publish(
          port,
          [0, 1].flatMap(partition => numbered(topic, 0, 50, { partition })),
        )
        const one = await join(group, [topic])
        const order: string[] = []
        const { consumer } = one
        one.revoked = async partitions => {
          order.push('revoking')
          await new Promise(resolve => setTimeout(resolve, 100))
          await consumer.commit(partitions.map(p => ({ ...p, offset: consumer.position(p)! })))
          order.push('revoked')
        }
        one.run()
        await until('all records', () => one.records.length === 100)
        const two = await join(group, [topic])
        two.assigned = () => void order.push('assigned to two')
        two.run()
        await until('a partition for two', () => two.consumer.assignment().length === 1)
        expect(order.slice(0, 3)).toEqual(['revoking', 'revoked', 'assigned to two'])
        await publish(
          port,
          [0, 1].flatMap(partition => numbered(topic, 50, 60, { partition })),
        )
        await until('the new records', () => one.records.length + two.records.length >= 120)
        expect(values(two.records)).toEqual(range(50, 60))
        await Promise.all([one.close(), two.close()])
      },
      DEADLINE,
    )

    test(
      'a topic subscribed to before it exists',
      async () => {
        const topic = fresh('later')
        const member = await join(fresh('group'), [topic], { 'allow.auto.create.topics': 'false' })
        expect(await pollOnce(member.consumer)).toEqual([])
        member.run()
        await createTopic(port, topic, 2)
        await publish(port, numbered(topic, 0, 5, { partition: 1 }))
        await until('its records', () => member.records.length === 5)
        expect(values(member.records)).toEqual(range(0, 5))
        await member.close()
      },
      DEADLINE,
    )

    test(
      'a pattern picks up topics that appear later, and only whole matches',
      async () => {
        const prefix = fresh('pattern')
        const other = `x${prefix}-1`
        await createTopic(port, `${prefix}-1`)
        await createTopic(port, other)
        const member = (await join(fresh('group'), { pattern: new RegExp(`${prefix}-[0-9]`) })).run()
        await until('the first topic', () => member.consumer.assignment().length === 1)
        await createTopic(port, `${prefix}-2`)
        await createTopic(port, `${prefix}-22`)
        await until('the second topic', () => member.consumer.assignment().length === 2)
        for (const topic of [other, `${prefix}-1`, `${prefix}-2`, `${prefix}-22`])
          await publish(port, [{ topic, value: topic }])
        await until('both records', () => member.records.length >= 2)
        expect(values(member.records).sort()).toEqual([`${prefix}-1`, `${prefix}-2`])
        await member.close()
      },
      DEADLINE,
    )

    test(
      'a seek in the assigned callback decides where reading starts',
      async () => {
        const topic = fresh('seek')
        await createTopic(port, topic)
        await publish(port, numbered(topic, 0, 100))
        const member = await join(fresh('group'), [topic])
        member.assigned = partitions => {
          for (const partition of partitions) member.consumer.seek({ ...partition, offset: 70 })
        }
        expect(values(await take(member.consumer, 30))).toEqual(range(70, 100))
        await member.close()
      },
      DEADLINE,
    )

    test(
      'closing twice leaves the group once',
      async () => {
        const topic = fresh('close')
        await createTopic(port, topic)
        const member = await join(fresh('group'), [topic])
        await until('the assignment', async () => {
          await pollOnce(member.consumer)
          return member.consumer.assignment().length === 1
        })
        await member.consumer.close()
        await member.consumer.close()
        expect(member.told).toEqual(['assigned 0', 'revoked 0'])
      },
      DEADLINE,
    )
  })
}
