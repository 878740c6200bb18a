/** Records of 50 MB on a real broker, with the clients' default limits and with limits that let them through. */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { fileStreamSink } from '../../../connectors/file/sink.ts'
import { DataException, javaTrace } from '../../../src/data/errors.ts'
import { type SinkRecord, SourceRecord } from '../../../src/data/records.ts'
import { STRING_SCHEMA } from '../../../src/data/schema.ts'
import { sinkConsumerProperties, sourceProducerProperties } from '../../../src/kafka/client-layers.ts'
import { librdkafkaSettings, platformaticOptions } from '../../../src/kafka/client-properties.ts'
import { librdkafkaClient } from '../../../src/kafka/librdkafka/client.ts'
import { redirect } from '../../../src/observe/log.ts'
import { taskErrors } from '../../../src/worker/task-errors.ts'
import { sharedBroker } from '../../servers/kafka.ts'
import { House, RecordedSink, RecordedSource, refusing, until } from './harness.ts'

const TIME = 180_000
const LIMIT = 60_000_000
const large = 'x'.repeat(50_000_000)
const raised = { 'producer.override.max.request.size': String(LIMIT) }
const name = (topic: string) => `large-${topic}-${process.pid}-${Date.now()}`

let broker: Awaited<ReturnType<typeof sharedBroker>>
let house: House
let worker: Record<string, string>
const log: string[] = []
const restore = redirect(line => void log.push(line))
beforeAll(async () => {
  broker = await sharedBroker()
  worker = { 'bootstrap.servers': broker.bootstrap }
  house = new House({
    kafka: librdkafkaClient({ librdkafka: librdkafkaSettings, admin: platformaticOptions }),
    properties: worker,
  })
}, TIME)
afterAll(async () => {
  await house.close()
  await broker.stop()
  restore()
}, TIME)

const record = (topic: string, value: string, o: number) =>
  new SourceRecord({ p: 1 }, { o }, topic, null, null, null, STRING_SCHEMA, value)
const sending = (topic: string, connector: Record<string, string>) => {
  const id = { connector: topic, task: 0 }
  return { openProducer: () => house.kafka.producer(sourceProducerProperties(worker, connector, id)) }
}
const errorsOf = (topic: string, connector: Record<string, string>) =>
  taskErrors({
    id: { connector: topic, task: 0 },
    plugin: fileStreamSink,
    connector,
    worker,
    kafka: house.kafka,
    owner: topic,
  })

test(
  'a source with default limits: FAILED with the place, or skipped under tolerance all',
  async () => {
    const topic = name('refused')
    await house.topic(topic)
    const polled = [record(topic, 'first', 1), record(topic, large, 2), record(topic, 'last', 3)]
    const { told } = house.source(topic, new RecordedSource([polled]).task, sending(topic, {}))
    await until('FAILED', () => told.last === 'FAILED', TIME)
    const trace = javaTrace(told.error)
    expect(trace).toContain(
      `\tat task ${topic}-0, record of topic '${topic}' with source partition {"p":1} and source offset {"o":2}`,
    )
    expect(trace).toContain(
      'Caused by: org.apache.kafka.common.errors.RecordTooLargeException: The message is 500000',
    )
    expect(trace.length).toBeLessThan(10_000)
    const tolerant = house.source(`${topic}-all`, new RecordedSource([polled]).task, {
      ...sending(topic, {}),
      errors: errorsOf(topic, { 'errors.tolerance': 'all', 'errors.log.enable': 'true' }),
    })
    await until('the last one', () => tolerant.runner.counters.written === 2, TIME)
    tolerant.runner.stop()
    await tolerant.runner.ended
    expect(await house.stored(`${topic}-all`, { p: 1 })).toEqual({ o: 3 })
    expect(log.join('')).toContain("Executing stage 'KAFKA_PRODUCE'")
  },
  TIME,
)

test(
  'limits that let them through: source, sink and dead letter queue take them, in order',
  async () => {
    const topic = name('taken')
    await house.topic(topic)
    const values = ['first', large, `bad${large}`, large, 'last']
    const source = new RecordedSource([values.map((value, o) => record(topic, value, o))])
    const { runner } = house.source(topic, source.task, sending(topic, raised))
    await until('all', () => runner.counters.written === values.length, TIME)
    const read = (connector: string, config: Record<string, string>) => {
      const lengths: number[] = []
      const put = (records: SinkRecord[]) =>
        void lengths.push(...records.map(({ value }) => String(value).length))
      const id = { connector, task: 0 }
      const { runner: sink, told } = house.sink(connector, new RecordedSink({ put }).task, {
        topics: [topic],
        converters: refusing(value => (String(value).startsWith('bad') ? new DataException('bad') : null)),
        consumer: sinkConsumerProperties(worker, {}, id),
        errors: errorsOf(connector, {
          'errors.tolerance': 'all',
          'errors.deadletterqueue.topic.name': `${connector}-q`,
          'errors.deadletterqueue.topic.replication.factor': '1',
          'errors.deadletterqueue.context.headers.enable': 'true',
          ...config,
        }),
        offsetFlushIntervalMs: 500,
        offsetFlushTimeoutMs: TIME,
      })
      return { lengths, sink, told }
    }
    const kept = read(topic, raised)
    const lost = read(`${topic}-lost`, {})
    const good = values.filter(value => !value.startsWith('bad')).map(value => value.length)
    for (const { lengths, sink, told } of [kept, lost]) {
      await until('the good ones', () => lengths.length === good.length, TIME)
      sink.stop()
      await sink.ended
      expect(lengths).toEqual(good)
      expect(told.states).toEqual(['RUNNING', 'UNASSIGNED'])
    }
    expect(await house.committed(topic)).toEqual({ [`${topic}-0`]: values.length })
    const [letter] = await house.values(`${topic}-q`)
    expect(letter === values[2]).toBe(true)
    // As in the JVM: a letter that is too large itself is counted and logged, and the task goes on.
    expect(lost.sink.errorCounters).toMatchObject({ deadLetterRequests: 1, deadLetterFailures: 1 })
    expect(log.join('')).toContain(`Could not produce message to dead letter queue. topic=${topic}-lost-q`)
  },
  TIME,
)
