/** Tasks whose registry takes requests and answers none: they stop, pause and rebalance nevertheless. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { avroConverterPlugin } from '../../../src/converters/avro/avro-converter.ts'
import { SourceRecord } from '../../../src/data/records.ts'
import { INT64_SCHEMA, type Schema, STRING_SCHEMA } from '../../../src/data/schema.ts'
import { librdkafkaSettings, platformaticOptions } from '../../../src/kafka/client-properties.ts'
import { librdkafkaClient } from '../../../src/kafka/librdkafka/client.ts'
import { type OpenRegistry, openRegistry } from '../../../src/registry/open.ts'
import { type Broker, startBroker } from '../../servers/kafka.ts'
import { SilentProxy } from '../../servers/silent-proxy.ts'
import { fileSink, fileSource, Place } from '../standalone/support.ts'
import { converters, House, ownHouse, RecordedSink, RecordedSource, until } from './harness.ts'

const MINUTE = 60_000
const { house } = ownHouse()
const folder = mkdtempSync('/tmp/bunnect-silent-')
let registry: OpenRegistry
let server: Bun.Server<undefined>
let proxy: SilentProxy
let broker: Broker
let cluster: House
beforeAll(async () => {
  registry = openRegistry({ file: join(folder, 'schemas.db') })
  server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: request => registry.fetch(request) })
  const config = await fetch(`${server.url.origin}/config`, {
    method: 'PUT',
    body: '{"compatibility":"NONE"}',
  })
  expect(config.status).toBe(200)
  broker = await startBroker()
  cluster = new House({
    kafka: librdkafkaClient({ librdkafka: librdkafkaSettings, admin: platformaticOptions }),
    properties: { 'bootstrap.servers': broker.bootstrap },
  })
}, MINUTE)
afterAll(async () => {
  await cluster.close()
  await broker.stop()
  await server.stop(true)
  registry.close()
  rmSync(folder, { recursive: true })
}, MINUTE)
beforeEach(() => {
  proxy = new SilentProxy(server.port!)
})
afterEach(() => proxy.stop())

const partition = { p: 1 }
const longs = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)
const texts = (from: number, to: number) => longs(from, to).map(i => `text ${i}`)
const records = (topic: string, values: readonly unknown[], part: number | null = null) =>
  values.map((value, i) => {
    const schema: Schema = typeof value === 'string' ? STRING_SCHEMA : INT64_SCHEMA
    return new SourceRecord(partition, { o: i }, topic, part, null, null, schema, value, null, null)
  })
/** What each task has of its own: nothing that was asked before is known to it. */
const avro = (url: string) => ({
  ...converters,
  value: avroConverterPlugin.converter!({ 'schema.registry.url': url }, false),
})

/** Writes values to a topic's partition in Avro. */
async function fill(where: House, topic: string, values: readonly unknown[], part = 0): Promise<void> {
  const source = new RecordedSource([records(topic, values, part)])
  const { runner, told } = where.source(`fill-${topic}-${part}`, source.task, {
    converters: avro(server.url.origin),
  })
  await until('all to be written', () => told.error !== null || runner.counters.written === values.length)
  expect(told.error).toBeNull()
  runner.stop()
  await runner.ended
}

/** The question for the schema of longs gets no answer. */
async function holdLongs(topic: string): Promise<void> {
  const found = await fetch(`${server.url.origin}/subjects/${topic}-value/versions/2`)
  const { id, schema } = (await found.json()) as { id: number; schema: string }
  expect(schema).toBe('"long"')
  proxy.hold(request => request.includes(`/schemas/ids/${id}?`) || request.includes(`/schemas/ids/${id} `))
}

const mixed = [...texts(0, 3), ...longs(0, 3), ...texts(3, 5)]

test('a sink that is stopped puts and commits what came before; the rest comes to its successor, once', async () => {
  await house.topic('stop')
  await fill(house, 'stop', mixed)
  await holdLongs('stop')
  const first = new RecordedSink()
  const { runner, told } = house.sink('stop', first.task, { converters: avro(proxy.url) })
  await until('the question', () => proxy.holding === 1)
  runner.stop()
  await runner.ended
  expect(proxy.holding).toBe(1)
  expect(told.states).toEqual(['RUNNING', 'UNASSIGNED'])
  expect(first.values).toEqual(texts(0, 3))
  expect(first.calls.slice(-4)).toEqual(['put3', 'pC{stop-0=3}', 'close[stop-0]', 'stop'])
  expect(await house.committed('stop')).toEqual({ 'stop-0': 3 })
  const second = new RecordedSink()
  house.sink('stop', second.task, { converters: avro(proxy.url) })
  await proxy.answer()
  await until('the rest', () => second.values.length >= 5)
  expect(second.values).toEqual(mixed.slice(3))
})

test('a sink that is paused commits at once, and goes on at the record that waited', async () => {
  await house.topic('pause')
  await fill(house, 'pause', mixed)
  await holdLongs('pause')
  const sink = new RecordedSink()
  const { runner, told } = house.sink('pause', sink.task, { converters: avro(proxy.url) })
  await until('the question', () => proxy.holding === 1)
  runner.pause()
  await until('PAUSED', () => told.last === 'PAUSED')
  await until('the commit', async () => (await house.committed('pause'))['pause-0'] === 3)
  expect([proxy.holding, sink.values]).toEqual([1, texts(0, 3)])
  runner.resume()
  await until('RUNNING', () => told.last === 'RUNNING')
  await proxy.answer()
  await until('the rest', () => sink.values.length >= mixed.length)
  runner.stop()
  await runner.ended
  expect(sink.values).toEqual(mixed)
  expect(sink.records.map(record => record.kafkaOffset)).toEqual(mixed.map((_, i) => i))
})

test('partitions that the task has not come to are not committed past what it has read', async () => {
  await house.topic('unread', 2)
  await fill(house, 'unread', longs(0, 2), 0)
  await fill(house, 'unread', texts(0, 2), 1)
  proxy.hold(() => true)
  const first = new RecordedSink()
  const { runner } = house.sink('unread', first.task, { converters: avro(proxy.url) })
  await until('the question', () => proxy.holding === 1)
  runner.stop()
  await runner.ended
  expect(first.values).toEqual([])
  const second = new RecordedSink()
  house.sink('unread', second.task, { converters: avro(server.url.origin) })
  await until('all', () => second.values.length >= 4)
  expect(second.values.map(String).toSorted()).toEqual(['0', '1', 'text 0', 'text 1'])
})

for (const [kind, where] of [
  ['the embedded log', () => house],
  ['a broker', () => cluster],
] as const) {
  test(
    `a sink that waits gives partitions up to another one, which reads them: ${kind}`,
    async () => {
      const topic = 'rebalance'
      const on = where()
      await on.topic(topic, 2)
      await fill(on, topic, mixed, 0)
      await fill(on, topic, mixed, 1)
      await holdLongs(topic)
      const consumer: Record<string, string> =
        on === cluster ? { 'heartbeat.interval.ms': '500', 'session.timeout.ms': '6000' } : {}
      const waiting = new RecordedSink()
      const one = on.sink(topic, waiting.task, { converters: avro(proxy.url), consumer })
      await until('the question', () => proxy.holding === 1, MINUTE)
      const other = new RecordedSink()
      const two = on.sink(topic, other.task, { converters: avro(server.url.origin), number: 1, consumer })
      const mine = () => other.records.map(record => record.kafkaPartition)
      await until('what the other one has got', () => other.values.length >= mixed.length - 3, MINUTE)
      expect([proxy.holding, new Set(mine()).size]).toEqual([1, 1])
      await proxy.answer()
      const all = () => [...waiting.records, ...other.records]
      await until('the rest', () => all().length >= 2 * mixed.length, MINUTE)
      for (const { runner } of [one, two]) {
        runner.stop()
        await runner.ended
      }
      for (const part of [0, 1]) {
        const got = all().filter(record => record.kafkaPartition === part)
        expect(got.map(record => record.value)).toEqual(mixed)
      }
      expect(await on.committed(topic)).toEqual({ 'rebalance-0': mixed.length, 'rebalance-1': mixed.length })
      expect([one.told.error, two.told.error]).toEqual([null, null])
    },
    2 * MINUTE,
  )
}

test('a sink that waits long takes an answer as it comes: nothing is read twice', async () => {
  await house.topic('long-wait')
  await fill(house, 'long-wait', mixed)
  await holdLongs('long-wait')
  const sink = new RecordedSink()
  const paused: string[] = []
  const { runner } = house.sink('long-wait', sink.task, {
    converters: avro(proxy.url),
    openConsumer: async () => {
      const consumer = await house.kafka.consumer({
        'group.id': 'connect-long-wait',
        'auto.offset.reset': 'earliest',
      })
      const pause = consumer.pause.bind(consumer)
      consumer.pause = partitions => {
        for (const { topic, partition: number } of partitions) paused.push(`${topic}-${number}`)
        pause(partitions)
      }
      return consumer
    },
  })
  await until('the question', () => proxy.holding === 1)
  await until('the wait to be long', () => paused.length > 0)
  await proxy.answer()
  await until('all', () => sink.values.length >= mixed.length)
  // Once for each wait that was long: on a busy machine that for the schema of texts may be one.
  expect(new Set(paused)).toEqual(new Set(['long-wait-0']))
  runner.stop()
  await runner.ended
  expect(sink.values).toEqual(mixed)
  expect(runner.counters.read).toBe(mixed.length)
})

test('a source that is stopped ends, what came before is stored; its successor sends the rest', async () => {
  const topic = 'from'
  const all = records(topic, mixed)
  proxy.hold(request => request.includes('long'))
  const first = new RecordedSource([all])
  const { runner, told } = house.source(topic, first.task, { converters: avro(proxy.url) })
  await until('the question', () => proxy.holding === 1)
  runner.stop()
  await runner.ended
  expect(proxy.holding).toBe(1)
  expect(told.states).toEqual(['RUNNING', 'UNASSIGNED'])
  expect(await house.stored(topic, partition)).toEqual({ o: 2 })
  const second = new RecordedSource([all.slice(3)])
  const { runner: next } = house.source(topic, second.task, { converters: avro(proxy.url) })
  await proxy.answer()
  await until('the rest', () => next.counters.written === mixed.length - 3)
  expect((await house.values(topic)).length).toBe(mixed.length)
})

test('a source that is paused keeps what it has polled, and sends it from the resume on', async () => {
  const topic = 'from-paused'
  proxy.hold(request => request.includes('long'))
  const source = new RecordedSource([records(topic, mixed)])
  const { runner, told } = house.source(topic, source.task, { converters: avro(proxy.url) })
  await until('the question', () => proxy.holding === 1)
  runner.pause()
  await until('PAUSED', () => told.last === 'PAUSED')
  expect(proxy.holding).toBe(1)
  await proxy.answer()
  expect(runner.counters.sent).toBe(3)
  runner.resume()
  await until('all', () => runner.counters.written === mixed.length)
  runner.stop()
  await runner.ended
  const sink = new RecordedSink()
  house.sink(topic, sink.task, { converters: avro(server.url.origin) })
  await until('the rest', () => sink.values.length >= mixed.length)
  expect(sink.values).toEqual(mixed)
  expect(told.states).toEqual(['RUNNING', 'PAUSED', 'RUNNING', 'UNASSIGNED'])
})

test(
  'through a worker: delete, stop and pause are done while the registry is silent',
  async () => {
    const place = new Place()
    try {
      const [from, to] = [place.path('in'), place.path('out')]
      writeFileSync(from, 'a\nb\n')
      await place.start({}, [avroConverterPlugin])
      const { herder } = place.running!
      const create = (name: string, config: Record<string, string>) =>
        herder.putConnector(name, { ...config, name }, { replace: false })
      const through = (url: string) => ({
        'value.converter': 'io.confluent.connect.avro.AvroConverter',
        'value.converter.schema.registry.url': url,
      })
      await create('source', { ...fileSource(from, 't'), ...through(server.url.origin) })
      await until(
        'the schema',
        async () => (await fetch(`${server.url.origin}/subjects/t-value/versions`)).ok,
      )
      proxy.hold(() => true)
      const sink = { ...fileSink(to, 't'), ...through(proxy.url) }
      await create('paused', sink)
      await until('the question', () => proxy.holding === 1)
      await herder.setTargetState('paused', 'PAUSED')
      await place.state('paused', 'PAUSED', 'PAUSED')
      await herder.setTargetState('paused', 'STOPPED')
      await place.state('paused', 'STOPPED')
      await herder.deleteConnector('paused')
      expect(existsSync(to) ? readFileSync(to, 'utf8') : '').toBe('')
      expect(place.logged.join('')).not.toContain('Graceful stop')
      expect(proxy.holding).toBe(1)
      await proxy.answer()
      await create('paused', sink)
      await until('the lines', () => existsSync(to) && readFileSync(to, 'utf8') === 'a\nb\n')
    } finally {
      await place.close()
    }
  },
  MINUTE,
)
