import { afterAll, expect, test } from 'bun:test'
import type { KafkaError } from '../../../src/kafka/port.ts'
import { packed, sendAll, until } from '../../port/harness.ts'
import { sharedBroker, startBroker } from '../../servers/kafka.ts'
import { TopicProbe } from '../../servers/topics.ts'
import { captured, DEADLINE, kafka, openLog, rejection, topicOf, workerOn } from './support.ts'

const broker = await sharedBroker()
const probe = new TopicProbe(broker.bootstrap)
afterAll(async () => {
  await probe.close()
  await broker.stop()
})

const transactional = (id: string) =>
  kafka.producer({
    'bootstrap.servers': broker.bootstrap,
    'transactional.id': id,
    'enable.idempotence': 'true',
    acks: 'all',
  })
const sample = (topic: string, key: string, value: string | null) => ({ topic, partition: 0, key, value })

test(
  'what is appended is told in order, with tombstones, to whoever reads the topic',
  async () => {
    const worker = workerOn(broker.bootstrap)
    await using writing = openLog(worker, 'configs')
    await writing.log.start()
    const before = Date.now()
    await writing.log.append([
      { key: 'a', value: '{"é":1}' },
      { key: new Uint8Array([0xff]), value: new Uint8Array([0]) },
    ])
    await writing.log.append([{ key: 'a', value: null }])
    await writing.log.append([])
    await writing.log.readToEnd()
    expect(writing.texts()).toEqual(['a={"é":1}', '\ufffd=\0', 'a=null'])
    await using reading = openLog(worker, 'configs')
    await reading.log.start()
    expect(reading.records).toEqual(writing.records)
    const [first, , last] = reading.records
    expect(last).toMatchObject({ partition: 0, offset: 2, value: null })
    expect(first!.timestamp).toBeGreaterThanOrEqual(before - 1)
    await writing.log.append([{ key: 'b', value: 'from elsewhere' }])
    await reading.log.readToEnd()
    expect(reading.texts().at(-1)).toBe('b=from elsewhere')
  },
  DEADLINE,
)

test(
  'keys lie in the partitions where the JVM puts them, and own records are read back without asking for the end',
  async () => {
    const worker = workerOn(broker.bootstrap, { 'offset.storage.partitions': '25' })
    await using offsets = openLog(worker, 'offsets')
    await offsets.log.start()
    // Partitions that `life`'s records had in a topic that a JVM worker wrote.
    await offsets.log.appendAndRead([
      { key: '["life",{"t":"0"}]', value: '{"o":2}' },
      { key: '["life",{"a":"x","b":1}]', value: '{"y":2.5}' },
    ])
    expect(offsets.records.map(({ partition }) => partition).sort()).toEqual([4, 5])
  },
  DEADLINE,
)

for (const [how, end] of [
  ['a commit marker', 'commitTransaction'],
  ['an aborted transaction', 'abortTransaction'],
] as const) {
  test(
    `a topic that ends in ${how} is read to its end`,
    async () => {
      const worker = workerOn(broker.bootstrap, { 'exactly.once.source.support': 'enabled' })
      const topic = topicOf(worker, 'configs')
      await using first = openLog(worker, 'configs')
      await first.log.start()
      await first.log.appendAndRead([{ key: 'plain', value: '1' }])
      const producer = await transactional(topic)
      await producer.initTransactions(DEADLINE)
      await producer.beginTransaction()
      await sendAll(producer, packed([sample(topic, 'in a transaction', '2')]))
      await producer.flush(DEADLINE)
      await producer[end](DEADLINE)
      await producer.close(1000)
      // The broker answers before it writes the marker.
      await until('the marker is written', async () => (await probe.endOffset(topic)) === 3)
      await first.log.readToEnd()
      const told = ['plain=1', ...(end === 'commitTransaction' ? ['in a transaction=2'] : [])]
      expect(first.texts()).toEqual(told)
      await using second = openLog(worker, 'configs')
      await second.log.start()
      expect(second.texts()).toEqual(told)
      await first.log.appendAndRead([{ key: 'after', value: '3' }])
      await second.log.readToEnd()
      expect(second.texts()).toEqual([...told, 'after=3'])
    },
    DEADLINE,
  )
}

test(
  'the end waits for an open transaction, and the signal ends the wait',
  async () => {
    const worker = workerOn(broker.bootstrap, { 'exactly.once.source.support': 'enabled' })
    const topic = topicOf(worker, 'configs')
    await using configs = openLog(worker, 'configs')
    await configs.log.start()
    const producer = await transactional(topic)
    await producer.initTransactions(DEADLINE)
    await producer.beginTransaction()
    await sendAll(producer, packed([sample(topic, 'k', 'open')]))
    await producer.flush(DEADLINE)
    const control = new AbortController()
    const given = rejection(configs.log.readToEnd(control.signal))
    const reading = configs.log.readToEnd()
    control.abort(new Error('waited long enough'))
    expect((await given).message).toBe('waited long enough')
    expect(configs.texts()).toEqual([])
    await producer.commitTransaction(DEADLINE)
    await reading
    expect(configs.texts()).toEqual(['k=open'])
    await producer.close(1000)
  },
  DEADLINE,
)

test(
  'a record that cannot be taken is logged with its place, and the next one is told',
  async () => {
    using log = captured()
    const worker = workerOn(broker.bootstrap)
    const told: string[] = []
    await using configs = openLog(worker, 'configs', ({ key }) => {
      if (`${key}` === 'bad') throw new TypeError('no such thing')
      told.push(`${key}`)
    })
    await configs.log.start()
    await configs.log.appendAndRead([
      { key: 'bad', value: '1' },
      { key: 'good', value: '2' },
    ])
    expect(told).toEqual(['good'])
    const place = `The record at offset 0 of ${topicOf(worker, 'configs')}-0 was left out: TypeError: no such thing`
    expect(log.lines.join('')).toContain(place)
  },
  DEADLINE,
)

test(
  'a record larger than the client may send is refused with what to do, those beside it are written',
  async () => {
    const worker = workerOn(broker.bootstrap, { 'max.request.size': '10000' })
    await using configs = openLog(worker, 'configs')
    await configs.log.start()
    const [failed] = await Promise.all([
      rejection(configs.log.append([{ key: 'large', value: 'x'.repeat(20_000) }])),
      configs.log.append([{ key: 'small', value: '1' }]),
    ])
    expect((failed as unknown as KafkaError).code).toBe('MESSAGE_TOO_LARGE')
    expect(failed.message).toContain('Raise max.request.size')
    await configs.log.readToEnd()
    expect(configs.texts()).toEqual(['small=1'])
  },
  DEADLINE,
)

test(
  'a topic that is deleted while it is used: reading and writing end with what to do',
  async () => {
    using _log = captured()
    const worker = workerOn(broker.bootstrap, { 'max.block.ms': '2000' })
    await using configs = openLog(worker, 'configs')
    await configs.log.start()
    await configs.log.appendAndRead([{ key: 'a', value: '1' }])
    await probe.delete(topicOf(worker, 'configs'))
    // The controller has deleted it; the broker that has it hears of that a moment later.
    let reading = configs.log.readToEnd()
    await until('the broker to know', async () => {
      const [{ status }] = await Promise.allSettled([reading])
      if (status === 'fulfilled') reading = configs.log.readToEnd()
      return status === 'rejected'
    })
    const read = await rejection(reading)
    expect(read.message).toContain(`Topic ${topicOf(worker, 'configs')} does not exist any more`)
    expect(read.hint).toContain('Restart the worker')
    const written = await rejection(configs.log.append([{ key: 'b', value: '2' }]))
    expect((written as unknown as KafkaError).code).toMatch(/^UNKNOWN_TOPIC/)
    expect(written.message).toContain('The topic does not exist. Was it deleted? Restart the worker')
  },
  DEADLINE,
)

test(
  'nobody waits for a log that is closed',
  async () => {
    const worker = workerOn(broker.bootstrap)
    const { log } = openLog(worker, 'configs')
    await log.start()
    await log.close()
    await log.close()
    expect((await rejection(log.append([{ key: 'a', value: null }]))).message).toContain('is closed')
    expect((await rejection(log.readToEnd())).message).toContain('is closed')
    const never = openLog(worker, 'configs')
    await never.log.close()
    expect((await rejection(never.log.start())).message).toContain('is closed')
  },
  DEADLINE,
)

test(
  'a broker that goes away and comes back: what was appended meanwhile arrives, in order and once',
  async () => {
    using log = captured()
    await using own = await ownBroker()
    const worker = workerOn(own.bootstrap)
    await using configs = openLog(worker, 'configs')
    await configs.log.start()
    await configs.log.appendAndRead([{ key: '0', value: 'before' }])
    await own.kill()
    const writes = Array.from({ length: 20 }, (_, i) =>
      configs.log.append([{ key: `${i + 1}`, value: 'away' }]),
    )
    const read = configs.log.readToEnd()
    await configs.log.flush(500)
    await own.start()
    await Promise.all([...writes, read])
    await configs.log.readToEnd()
    expect(configs.records.map(({ key }) => Number(`${key}`))).toEqual(
      Array.from({ length: 21 }, (_, i) => i),
    )
    expect(log.lines.join('')).toContain('Cannot reach broker')
  },
  DEADLINE,
)

async function ownBroker() {
  const started = await startBroker()
  return { ...started, [Symbol.asyncDispose]: () => started.stop() }
}
