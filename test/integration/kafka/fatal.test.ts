import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { Connection, describeProducersV0, NumericMap, produceV9 } from '@platformatic/kafka'
import { propertyTable } from '../../../src/kafka/client-properties.ts'
import { librdkafkaClient } from '../../../src/kafka/librdkafka/client.ts'
import type { KafkaError } from '../../../src/kafka/port.ts'
import {
  createTopic,
  DEADLINE,
  deliveries,
  fresh,
  numbered,
  type Port,
  packed,
  portOf,
  sendAll,
} from '../../port/harness.ts'
import { sharedBroker } from '../../servers/kafka.ts'

describe('a producer that dies', () => {
  let broker: Awaited<ReturnType<typeof sharedBroker>>
  let port: Port
  beforeAll(async () => {
    broker = await sharedBroker()
    port = portOf(librdkafkaClient(propertyTable), { 'bootstrap.servers': broker.bootstrap })
  }, DEADLINE)
  afterAll(() => broker.stop(), DEADLINE)

  /** Writes records under the producer's own id, so that the broker refuses the sequence of its next one. */
  async function stealSequences(topic: string): Promise<void> {
    const [host, number] = broker.bootstrap.split(':') as [string, string]
    const connection = new Connection('test')
    await connection.connect(host, Number(number))
    const described = await describeProducersV0.api.async(connection, [
      { name: topic, partitionIndexes: [0] },
    ])
    const { producerId, producerEpoch, lastSequence } =
      described.topics[0]!.partitions[0]!.activeProducers[0]!
    const sequences = new NumericMap([[`${topic}:0`, lastSequence + 1]])
    const records = Array.from({ length: 50 }, () => ({ topic, partition: 0, value: Buffer.from('stolen') }))
    await produceV9.api.async(connection, -1, 30_000, records, { producerId, producerEpoch, sequences })
    await connection.close()
  }

  test(
    'of a broken sequence fails every record with that fatal error, those dropped from its queue too',
    async () => {
      const topic = fresh('sequence')
      await createTopic(port, topic)
      const producer = await port.client.producer(
        port.properties({ 'batch.size': '1', 'max.in.flight.requests.per.connection': '1' }),
      )
      const fatal: KafkaError[] = []
      producer.onFatal = error => void fatal.push(error)
      const runs = deliveries(producer)
      await sendAll(producer, packed(numbered(topic, 0, 1)))
      expect(await producer.flush(DEADLINE)).toBe(true)
      await stealSequences(topic)

      await sendAll(producer, packed(numbered(topic, 1, 41)))
      expect(await producer.flush(DEADLINE)).toBe(true)
      expect(fatal).toHaveLength(1)
      expect(fatal[0]).toMatchObject({ code: 'OUT_OF_ORDER_SEQUENCE_NUMBER', fatal: true })
      const failed = runs.slice(1)
      expect(failed.reduce((sum, run) => sum + run.count, 0)).toBe(40)
      for (const run of failed) expect(run.error).toBe(fatal[0]!)
      expect(() => producer.send(packed(numbered(topic, 0, 1)))).toThrow(fatal[0]!)
      await producer.close(1000)
    },
    DEADLINE,
  )

  test(
    'because another has its transactional.id fails its records with that fatal error',
    async () => {
      const topic = fresh('fenced')
      await createTopic(port, topic)
      const properties = port.properties({ 'transactional.id': fresh('id') })
      const first = await port.client.producer(properties)
      const runs = deliveries(first)
      await first.initTransactions(DEADLINE)
      const second = await port.client.producer(properties)
      await second.initTransactions(DEADLINE)
      await first.beginTransaction()
      await sendAll(first, packed(numbered(topic, 0, 10)))
      expect(await first.flush(DEADLINE)).toBe(true)
      for (const run of runs) {
        expect(run.error).toMatchObject({ code: 'PRODUCER_FENCED', fatal: true })
      }
      await Promise.all([first.close(1000), second.close(1000)])
    },
    DEADLINE,
  )

  test(
    'by close tells what it drops as its own doing, inside a transaction as that of the abort',
    async () => {
      const nowhere = { 'bootstrap.servers': '127.0.0.1:1' }
      const plain = await port.client.producer(nowhere)
      const runs = deliveries(plain)
      await sendAll(plain, packed(numbered('t', 0, 3)))
      await plain.close(100)
      expect(runs).toHaveLength(1)
      expect(runs[0]!.error).toMatchObject({
        code: 'PRODUCER_CLOSED',
        javaClass: 'org.apache.kafka.common.KafkaException',
        fatal: false,
        retriable: false,
      })

      const topic = fresh('aborted')
      await createTopic(port, topic)
      const transactional = await port.client.producer(
        port.properties({ 'transactional.id': fresh('id'), 'linger.ms': '10000' }),
      )
      const aborted = deliveries(transactional)
      await transactional.initTransactions(DEADLINE)
      await transactional.beginTransaction()
      await sendAll(transactional, packed(numbered(topic, 0, 3)))
      await transactional.abortTransaction(DEADLINE)
      expect(aborted.map(run => [run.count, run.error?.javaClass])).toEqual([
        [3, 'org.apache.kafka.common.errors.TransactionAbortedException'],
      ])
      await transactional.close(1000)
    },
    DEADLINE,
  )
})
