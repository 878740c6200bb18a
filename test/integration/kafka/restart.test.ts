import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { propertyTable } from '../../../src/kafka/client-properties.ts'
import { librdkafkaClient } from '../../../src/kafka/librdkafka/client.ts'
import {
  createTopic,
  DEADLINE,
  deliveries,
  fresh,
  numbered,
  POLL,
  type Port,
  packed,
  portOf,
  publish,
  readAll,
  sendAll,
  take,
  until,
} from '../../port/harness.ts'
import { type Broker, startBroker } from '../../servers/kafka.ts'

/** Connect's producer settings: no idempotence, one request at a time, as long as it takes. */
const CONNECT = {
  'enable.idempotence': 'false',
  'max.in.flight.requests.per.connection': '1',
  acks: 'all',
  'delivery.timeout.ms': '2147483647',
}

describe('a broker that goes and comes back', () => {
  let broker: Broker
  let port: Port
  beforeAll(async () => {
    broker = await startBroker()
    const properties = { 'bootstrap.servers': broker.bootstrap }
    port = portOf(librdkafkaClient(propertyTable), properties)
  }, DEADLINE)
  afterAll(() => broker.stop(), DEADLINE)

  for (const [name, more] of [
    ["Connect's settings", CONNECT],
    ['idempotence', { 'enable.idempotence': 'true' }],
  ] as const) {
    test(
      `order is kept and nothing is lost with ${name}`,
      async () => {
        const topic = fresh('restart')
        await createTopic(port, topic)
        const producer = await port.client.producer(port.properties(more))
        const runs = deliveries(producer)
        let sent = 0
        let stop = false
        const produce = async () => {
          while (!stop) {
            const batch = packed(Array.from({ length: 100 }, (_, i) => ({ topic, value: String(sent + i) })))
            await sendAll(producer, batch)
            sent += 100
            await new Promise(resolve => setTimeout(resolve, 2))
          }
        }
        const producing = produce()
        const settled = () => runs.reduce((sum, run) => sum + run.count, 0)
        await until('some records', () => settled() > 1000)
        await broker.kill()
        await broker.start()
        const after = settled()
        await until('more records', () => settled() > after + 1000)
        await broker.restart()
        stop = true
        await producing
        expect(await producer.flush(DEADLINE)).toBe(true)
        await producer.close(DEADLINE)

        expect(runs.filter(run => run.error !== null)).toEqual([])
        expect(settled()).toBe(sent)
        const { records } = await readAll(port, [{ topic, partition: 0 }])
        const numbers = records.map(record => Number(record.value))
        const first = new Set<number>()
        const firsts = numbers.filter(n => !first.has(n) && first.add(n))
        expect(firsts).toEqual(Array.from({ length: sent }, (_, i) => i))
        if (more['enable.idempotence'] === 'true') expect(numbers.length).toBe(sent)
        // Delivery runs tell where each record is.
        const at = new Map(records.map(record => [record.offset, Number(record.value)]))
        for (const run of runs) {
          for (let i = 0; i < run.count; i++) expect(at.get(run.baseOffset + i)).toBe(run.first + i)
        }
      },
      DEADLINE,
    )
  }

  test(
    'a seek waits for a broker that is away, however long',
    async () => {
      const topic = fresh('seek')
      await createTopic(port, topic)
      await publish(port, numbered(topic, 0, 10))
      await broker.kill()
      const consumer = await port.client.consumer(port.properties({ 'group.id': fresh('group') }))
      // From the committed offset, which only the broker knows.
      consumer.assign([{ topic, partition: 0, offset: -1000 }])
      consumer.seek({ topic, partition: 0, offset: 4 })
      expect(await consumer.poll(packed([]), { ...POLL, timeoutMs: 8000 })).toBe(0)
      await broker.start()
      expect((await take(consumer, 6)).map(record => record.offset)).toEqual([4, 5, 6, 7, 8, 9])
      await consumer.close()
    },
    DEADLINE,
  )

  test(
    'a group consumer goes on where it was',
    async () => {
      const topic = fresh('restart')
      await createTopic(port, topic)
      const consumer = await port.client.consumer(
        port.properties({ 'group.id': fresh('group'), 'auto.offset.reset': 'earliest' }),
      )
      const lost: string[] = []
      consumer.subscribe([topic], { assigned() {}, revoked() {}, lost: () => void lost.push('lost') })
      const producer = await port.client.producer(port.properties(CONNECT))
      const read: number[] = []
      const batch = packed([])
      const poll = async () => {
        const count = await consumer.poll(batch, { maxRecords: 500, maxBytes: 1 << 20, timeoutMs: 100 })
        for (let i = 0; i < count; i++) read.push(Number(batch.value(i)!.toString()))
      }
      await sendAll(producer, packed([0, 1, 2].map(n => ({ topic, value: String(n) }))))
      await until('the first records', async () => {
        await poll()
        return read.length === 3
      })
      await consumer.commit([{ topic, partition: 0, offset: 3 }])
      const restarted = broker.restart()
      await sendAll(producer, packed([3, 4, 5].map(n => ({ topic, value: String(n) }))))
      await until('the rest', async () => {
        await poll()
        return read.includes(5)
      })
      await restarted
      // Those that a stopping broker has taken without a word come twice.
      expect(read.slice(0, 3)).toEqual([0, 1, 2])
      expect([...new Set(read.slice(3))]).toEqual([3, 4, 5])
      await until('a commit', () =>
        consumer.commit([{ topic, partition: 0, offset: 6 }]).then(
          () => true,
          error => {
            if (!error.retriable) throw error
            return false
          },
        ),
      )
      await Promise.all([consumer.close(), producer.close(DEADLINE)])
    },
    DEADLINE,
  )
})
