import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileStreamSink } from '../../../connectors/file/sink.ts'
import { FileStreamSinkTask } from '../../../connectors/file/sink-task.ts'
import { FileStreamSourceTask } from '../../../connectors/file/source-task.ts'
import { DataException, javaTrace } from '../../../src/data/errors.ts'
import { SourceRecord } from '../../../src/data/records.ts'
import { STRING_SCHEMA } from '../../../src/data/schema.ts'
import { sinkConsumerProperties, sourceProducerProperties } from '../../../src/kafka/client-layers.ts'
import { librdkafkaSettings, platformaticOptions } from '../../../src/kafka/client-properties.ts'
import { librdkafkaClient } from '../../../src/kafka/librdkafka/client.ts'
import { taskErrors } from '../../../src/worker/task-errors.ts'
import { type Broker, startBroker } from '../../servers/kafka.ts'
import { House, RecordedSink, RecordedSource, refusing, until } from './harness.ts'

const MINUTE = 60_000
let broker: Broker
let house: House
let worker: Record<string, string>
beforeAll(async () => {
  broker = await startBroker()
  worker = { 'bootstrap.servers': broker.bootstrap }
  house = new House({
    kafka: librdkafkaClient({ librdkafka: librdkafkaSettings, admin: platformaticOptions }),
    properties: worker,
  })
}, MINUTE)
afterAll(async () => {
  await house.close()
  await broker.stop()
}, MINUTE)

const producer = (connector: string, more: Record<string, string> = {}) =>
  sourceProducerProperties({ ...worker, ...more }, {}, { connector, task: 0 })
const taskErrorsOf = (connector: Record<string, string>) =>
  taskErrors({
    id: { connector: 'dl', task: 0 },
    plugin: fileStreamSink,
    connector,
    worker,
    kafka: house.kafka,
    owner: 'dl|task-0',
  })
const consumer = (connector: string, task = 0) => ({
  ...sinkConsumerProperties(worker, {}, { connector, task }),
  'heartbeat.interval.ms': '500',
  'session.timeout.ms': '6000',
})

test(
  'a source record and its calls; the last offset is stored',
  async () => {
    await house.topic('kc')
    const partition = { p: 1 }
    const record = (value: string, o: number) =>
      new SourceRecord(partition, { o }, 'kc', null, null, null, STRING_SCHEMA, value)
    const source = new RecordedSource([[record('a', 1), record('b', 2)]])
    const { runner } = house.source('kc', source.task, { producer: producer('kc') })
    await until('b', () => source.calls.includes('cR(b,kc-0@1)'))
    runner.stop()
    await runner.ended
    expect(source.calls.slice(-4)).toEqual(['cR(a,kc-0@0)', 'cR(b,kc-0@1)', 'commit', 'stop'])
    expect(await house.stored('kc', partition)).toEqual({ o: 2 })
    expect(await house.values('kc')).toEqual(['a', 'b'])
  },
  MINUTE,
)

test(
  'a record that is too large fails the task, its offset and later ones are not committed',
  async () => {
    await house.topic('kbig')
    const record = (value: string, o: number) =>
      new SourceRecord(null, { o }, 'kbig', null, null, null, STRING_SCHEMA, value)
    const source = new RecordedSource([[record('s1', 1), record('b'.repeat(2_000_000), 2), record('s2', 3)]])
    const { told } = house.source('kbig', source.task, {
      producer: producer('kbig'),
      // The failed task waits so long for s1, and a busy machine takes seconds for a producer's first record.
      offsetFlushTimeoutMs: MINUTE,
    })
    await until('FAILED', () => told.last === 'FAILED', MINUTE)
    expect(told.trace[0]).toBe('Unrecoverable exception from producer send callback')
    expect(javaTrace(told.error)).toContain('\n\tat task kbig-0, record of topic')
    expect(await house.stored('kbig', null)).toEqual({ o: 1 })
  },
  2 * MINUTE,
)

test(
  'two sink tasks share partitions; what was put is committed when they are given back',
  async () => {
    await house.topic('kj', 2)
    await house.produce('kj', ['a'], 0)
    await house.produce('kj', ['b'], 1)
    const first = new RecordedSink()
    house.sink('kj', first.task, { consumer: consumer('kj') })
    await until('both', () => first.values.length === 2, MINUTE)
    const before = first.calls.length
    const second = new RecordedSink()
    house.sink('kj', second.task, { consumer: consumer('kj', 1), number: 1 })
    await until('the second to open', () => second.calls.some(call => call.startsWith('open')), MINUTE)
    await until(
      'the first to open',
      () => first.calls.slice(before).some(call => call.startsWith('open')),
      MINUTE,
    )
    expect(first.calls.slice(before, before + 2)).toEqual(['pC{kj-0=1,kj-1=1}', 'close[kj-0,kj-1]'])
    expect(await house.committed('kj')).toEqual({ 'kj-0': 1, 'kj-1': 1 })
    await house.produce('kj', ['c'], 0)
    await house.produce('kj', ['d'], 1)
    await until('c and d', () => first.values.length + second.values.length === 4, MINUTE)
    expect([...first.values, ...second.values].toSorted()).toEqual(['a', 'b', 'c', 'd'])
  },
  2 * MINUTE,
)

test(
  'file → Kafka → file goes through a broker that is killed and comes back: every line, in order',
  async () => {
    const from = join(house.folder, 'in.txt')
    const to = join(house.folder, 'out.txt')
    const count = 400_000
    let text = ''
    for (let i = 0; i < count; i++) text += `${i} ${'x'.repeat(i % 100)}\n`
    await writeFile(from, text)
    await house.topic('kf')
    const killed = Promise.withResolvers<void>()
    let polled = 0
    const source = house.source(
      'kf-source',
      context => {
        const task = new FileStreamSourceTask({ file: from, topic: 'kf', batchSize: 500 }, context)
        // The kill comes in the middle, however long it takes.
        const poll = async () => {
          if (polled > 200_000) await killed.promise
          const records = await task.poll()
          polled += records?.length ?? 0
          return records
        }
        return { poll, stop: () => task.stop() }
      },
      { producer: producer('kf-source'), offsetFlushIntervalMs: 200 },
    )
    const sink = house.sink('kf-sink', context => new FileStreamSinkTask(to, context), {
      topics: ['kf'],
      consumer: consumer('kf-sink'),
      offsetFlushIntervalMs: 200,
    })
    await until('some', () => source.runner.counters.written > 50_000, MINUTE)
    await broker.kill()
    killed.resolve()
    await broker.start()
    await until('all sent', () => source.runner.counters.written >= count, MINUTE)
    // Not by counting: records may come twice.
    const tail = async () =>
      Bun.file(to)
        .slice(Bun.file(to).size - 200)
        .text()
    await until('all written', async () => (await tail()).includes(`\n${count - 1} `), MINUTE)
    source.runner.stop()
    sink.runner.stop()
    await Promise.all([source.runner.ended, sink.runner.ended])
    expect(source.told.states).toEqual(['RUNNING', 'UNASSIGNED'])
    expect(sink.told.states).toEqual(['RUNNING', 'UNASSIGNED'])
    const numbers = (await readFile(to, 'utf8')).trimEnd().split('\n')
    const firsts = [...new Set(numbers)]
    expect(firsts.length).toBe(count)
    expect(`${firsts.join('\n')}\n` === text).toBe(true)
    expect(await house.stored('kf-source', { filename: from })).toEqual({ position: text.length })
  },
  4 * MINUTE,
)

test(
  'dead letters of a sink: the topic is made, original bytes and headers arrive, the task goes on',
  async () => {
    await house.topic('kdl')
    await house.produce('kdl', [
      {
        key: 'k',
        value: 'bad',
        headers: [
          ['h', '1'],
          ['h2', null],
        ],
        timestamp: 1_700_000_000_123,
      },
      'good',
    ])
    const sink = new RecordedSink()
    const { runner } = house.sink('kdl', sink.task, {
      consumer: consumer('kdl'),
      // Its end waits so long for the letter.
      offsetFlushTimeoutMs: MINUTE,
      converters: refusing(value => (value === 'bad' ? new DataException('cannot read') : null)),
      errors: taskErrorsOf({
        'errors.tolerance': 'all',
        'errors.deadletterqueue.topic.name': ' kdl-q ',
        'errors.deadletterqueue.topic.replication.factor': '1',
        'errors.deadletterqueue.context.headers.enable': 'true',
      }),
    })
    await until('good', () => sink.values.includes('good'), MINUTE)
    runner.stop()
    await runner.ended
    expect(await house.committed('kdl')).toEqual({ 'kdl-0': 2 })
    const letters = await house.records('kdl-q')
    expect(letters).toMatchObject([{ key: 'k', value: 'bad', timestamp: 1_700_000_000_123 }])
    expect(letters[0]!.headers.slice(0, 5)).toEqual([
      ['h', '1'],
      ['h2', null],
      ['__connect.errors.topic', 'kdl'],
      ['__connect.errors.partition', '0'],
      ['__connect.errors.offset', '0'],
    ])
  },
  2 * MINUTE,
)

test(
  'a dead letter queue that cannot be made on one broker fails the task',
  async () => {
    await house.topic('krf')
    const { told } = house.sink('krf', new RecordedSink().task, {
      consumer: consumer('krf'),
      errors: taskErrorsOf({ 'errors.deadletterqueue.topic.name': 'krf-q' }),
    })
    await until('FAILED', () => told.last === 'FAILED', MINUTE)
    expect(told.trace[0]).toBe('Could not initialize dead letter queue with topic=krf-q')
    expect(told.trace[1]).toStartWith(
      'org.apache.kafka.common.errors.InvalidReplicationFactorException: Unable to replicate the partition 3 time(s)',
    )
  },
  2 * MINUTE,
)

test(
  'a record that is too large is skipped under tolerance all, and offsets go on',
  async () => {
    await house.topic('kskip')
    const record = (value: string, o: number) =>
      new SourceRecord(null, { o }, 'kskip', null, null, null, STRING_SCHEMA, value)
    const source = new RecordedSource([[record('s1', 1), record('b'.repeat(2_000_000), 2), record('s2', 3)]])
    const { runner, told } = house.source('kskip', source.task, {
      producer: producer('kskip'),
      errors: taskErrorsOf({ 'errors.tolerance': 'all' }),
    })
    await until('s2', () => runner.counters.written === 2, MINUTE)
    runner.stop()
    await runner.ended
    expect(told.states).toEqual(['RUNNING', 'UNASSIGNED'])
    expect(await house.stored('kskip', null)).toEqual({ o: 3 })
    expect(await house.values('kskip')).toEqual(['s1', 's2'])
    expect(source.calls.filter(call => call.endsWith(',null)')).length).toBe(1)
  },
  2 * MINUTE,
)
