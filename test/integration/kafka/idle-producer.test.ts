import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { ConfigException } from '../../../src/data/errors.ts'
import { propertyTable } from '../../../src/kafka/client-properties.ts'
import { IdleProducer } from '../../../src/kafka/idle-producer.ts'
import { closingIdleProducers } from '../../../src/kafka/idle-producers.ts'
import { librdkafkaClient } from '../../../src/kafka/librdkafka/client.ts'
import type { KafkaClient, Producer } from '../../../src/kafka/port.ts'
import {
  createTopic,
  DEADLINE,
  deliveries,
  fresh,
  numbered,
  type Port,
  packed,
  portOf,
  readAll,
  sendAll,
  until,
} from '../../port/harness.ts'
import { sharedBroker } from '../../servers/kafka.ts'
import { freePort } from '../../servers/ports.ts'

const IDLE_MS = 100
const native = librdkafkaClient(propertyTable)
let broker: Awaited<ReturnType<typeof sharedBroker>>
let properties: Record<string, string>
let port: Port
let kafka: KafkaClient
let others = 0

beforeAll(async () => {
  broker = await sharedBroker()
  properties = { 'bootstrap.servers': broker.bootstrap }
  port = portOf(native, properties)
  others = nativeThreads()
}, DEADLINE)
afterAll(() => broker.stop(), DEADLINE)

/** Each test has a memory of its own for what was opened before. */
const idling = () => {
  kafka = closingIdleProducers(native, IDLE_MS)
  return kafka
}

/** librdkafka's own in this process, beyond those of other test files. */
function nativeThreads(): number {
  const names = readdirSync('/proc/self/task').map(id => {
    try {
      return readFileSync(`/proc/self/task/${id}/comm`, 'latin1')
    } catch {
      return '' // It has ended meanwhile.
    }
  })
  return names.filter(name => name.startsWith('rdk:')).length - others
}

const noThreads = () => until('native threads to end', async () => nativeThreads() <= 0)

test(
  'closed when idle, opened by the next record: order, sequences and outcomes go on',
  async () => {
    const topic = fresh('idle')
    await createTopic(port, topic)
    await noThreads()
    const producer = await idling().producer(properties)
    const runs = deliveries(producer)
    const covered = () => runs.flatMap(run => Array.from({ length: run.count }, (_, i) => run.first + i))
    for (let burst = 0; burst < 4; burst++) {
      if (burst > 0) await noThreads()
      expect(producer.nextSequence).toBe(burst * 50)
      await sendAll(producer, packed(numbered(topic, burst * 50, burst * 50 + 50)))
      expect(producer.nextSequence).toBe(burst * 50 + 50)
      expect(await producer.flush(DEADLINE)).toBe(true)
    }
    expect(runs.every(run => run.error === null)).toBe(true)
    expect(covered().sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i))
    // Where a record lies is told by its own sequence.
    expect(runs.every(run => run.baseOffset === run.first)).toBe(true)
    const { records } = await readAll(port, [{ topic, partition: 0 }])
    expect(records.map(({ value }) => value)).toEqual(
      numbered(topic, 0, 200).map(({ value }) => value as string),
    )
    await producer.close(DEADLINE)
    await noThreads()
  },
  DEADLINE,
)

test(
  'only the first of several with the same properties has a client before it sends',
  async () => {
    const topic = fresh('idle-many')
    await createTopic(port, topic)
    await noThreads()
    const client = idling()
    const first = await client.producer({ ...properties, 'client.id': 'first' })
    await noThreads()
    const more = await Promise.all(
      Array.from({ length: 20 }, (_, i) => client.producer({ ...properties, 'client.id': `other-${i}` })),
    )
    expect(nativeThreads()).toBeLessThanOrEqual(0)
    await sendAll(more[7]!, packed(numbered(topic, 0, 3)))
    expect(await more[7]!.flush(DEADLINE)).toBe(true)
    const { records } = await readAll(port, [{ topic, partition: 0 }])
    expect(records).toHaveLength(3)
    await Promise.all([first, ...more].map(producer => producer.close(1000)))
  },
  DEADLINE,
)

test('what is wrong with the properties is told at once, each time', async () => {
  const client = idling()
  const bad = { ...properties, acks: 'perhaps' }
  for (let i = 0; i < 2; i++)
    expect(await client.producer(bad).then(null, error => error)).toBeInstanceOf(ConfigException)
  const good = await client.producer(properties)
  expect(good).toBeInstanceOf(IdleProducer)
  await good.close(1000)
})

test('one with transactions is left alone, and so are all when it is switched off', async () => {
  const transactional = await idling().producer({ ...properties, 'transactional.id': fresh('tx') })
  expect(transactional).not.toBeInstanceOf(IdleProducer)
  await transactional.close(1000)
  expect(closingIdleProducers(native, -1)).toBe(native)
})

test(
  'nothing in flight is given up, however long it takes',
  async () => {
    const nobody = `127.0.0.1:${await freePort()}`
    const producer = await idling().producer({ 'bootstrap.servers': nobody })
    const runs = deliveries(producer)
    await sendAll(producer, packed(numbered('nowhere', 0, 5)))
    await Bun.sleep(10 * IDLE_MS)
    expect(producer.inFlight).toBe(5)
    expect(nativeThreads()).toBeGreaterThan(0)
    await producer.close(0)
    expect(runs.reduce((sum, run) => sum + (run.error === null ? 0 : run.count), 0)).toBe(5)
    await noThreads()
  },
  DEADLINE,
)

test(
  'closed while its client is being opened: nothing stays open, and whoever waits is told',
  async () => {
    const opened = Promise.withResolvers<Producer>()
    const log = { debug() {}, info() {}, warn() {}, error() {} }
    const producer = new IdleProducer({ open: () => opened.promise, idleMs: IDLE_MS, log }, null)
    expect(producer.send(packed(numbered('t', 0, 1)))).toBe(0)
    const waiting = producer.room().then(null, error => error)
    const aborted = producer.room(AbortSignal.timeout(20)).then(null, error => error)
    expect((await aborted).name).toBe('TimeoutError')
    const closing = producer.close(1000)
    opened.resolve(await native.producer(properties))
    await closing
    expect(await waiting).toMatchObject({ name: 'KafkaError', code: 'ILLEGAL_STATE' })
    expect(() => producer.send(packed(numbered('t', 0, 1)))).toThrow('after producer has been closed')
    await noThreads()
  },
  DEADLINE,
)

test('a client that cannot be opened again is told to whoever waits for room, and tried again later', async () => {
  let works = false
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  const open = async () => {
    if (!works) throw new ConfigException('the key store is gone')
    return await native.producer(properties)
  }
  const producer = new IdleProducer({ open, idleMs: IDLE_MS, log }, null)
  const batch = packed(numbered(fresh('gone'), 0, 1))
  expect(producer.send(batch)).toBe(0)
  expect(await producer.room().then(null, error => error.message)).toBe('the key store is gone')
  works = true
  await sendAll(producer, batch)
  expect(producer.nextSequence).toBe(1)
  await producer.close(5000)
})
