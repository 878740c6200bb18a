import { afterAll, expect, test } from 'bun:test'
import { javaClassOf } from '../../../src/data/errors.ts'
import { Float64 } from '../../../src/data/numbers.ts'
import { InternalLogs } from '../../../src/stores/internal-logs.ts'
import { KafkaOffsets } from '../../../src/stores/kafka-offsets.ts'
import { OffsetStores } from '../../../src/stores/offset-stores.ts'
import { sharedBroker } from '../../servers/kafka.ts'
import { TopicProbe } from '../../servers/topics.ts'
import { captured, DEADLINE, freshTopic, kafka, openLog, rejection, topicOf, workerOn } from './support.ts'

const broker = await sharedBroker()
const probe = new TopicProbe(broker.bootstrap)
afterAll(async () => {
  await probe.close()
  await broker.stop()
})

type Worker = ReturnType<typeof workerOn>

async function openOffsets(worker: Worker) {
  const logs = new InternalLogs(kafka, worker)
  const store = new KafkaOffsets(topicOf(worker, 'offsets'), tell => logs.open('offsets', tell))
  await store.start()
  const stores = new OffsetStores(worker, store, logs)
  return {
    store,
    stores,
    async [Symbol.asyncDispose]() {
      await stores.close()
      await store.close()
      await logs.close()
    },
  }
}

/** `key=value` of what a topic holds, in the order of each partition. */
async function contents(topic: string, partitions: number): Promise<string[]> {
  const found: string[] = []
  for (let partition = 0; partition < partitions; partition++) {
    for await (const { key, value } of probe.read(topic, partition)) found.push(`${key}=${value}`)
  }
  return found
}

const small = { 'offset.storage.partitions': '3' }

test(
  'what one worker stores another one reads at once, value by value',
  async () => {
    const worker = workerOn(broker.bootstrap, small)
    await using one = await openOffsets(worker)
    await using other = await openOffsets(worker)
    const offset = { position: 9007199254740993n, lag: new Float64(1), name: 'é🙂', none: null, done: true }
    await one.store.set('source', [
      { partition: { file: '/tmp/a' }, offset: { position: 1 } },
      { partition: { file: '/tmp/a' }, offset },
      { partition: null, offset: { position: 2 } },
    ])
    const asked = [{ file: '/tmp/a' }, null, { file: '/tmp/b' }]
    expect(await other.store.get('source', asked)).toEqual([offset, { position: 2 }, null])
    expect(await other.store.get('another', [{ file: '/tmp/a' }])).toEqual([null])
    expect((await contents(topicOf(worker, 'offsets'), 3)).sort()).toEqual([
      '["source",null]={"position":2}',
      '["source",{"file":"/tmp/a"}]={"position":9007199254740993,"lag":1.0,"name":"é\\uD83D\\uDE42","none":null,"done":true}',
    ])
  },
  DEADLINE,
)

test(
  'tombstones remove, and the list of a connector is what is left',
  async () => {
    const worker = workerOn(broker.bootstrap, small)
    await using one = await openOffsets(worker)
    await one.store.set('c', [
      { partition: { p: 1 }, offset: { o: 1 } },
      { partition: { p: 2 }, offset: { o: 2 } },
    ])
    await one.store.set('d', [{ partition: { p: 1 }, offset: { o: 9 } }])
    await one.store.set('c', [{ partition: { p: 1 }, offset: null }])
    expect(await one.store.get('c', [{ p: 1 }, { p: 2 }])).toEqual([null, { o: 2 }])
    expect(await one.store.list('c')).toEqual([{ partition: { p: 2 }, offset: { o: 2 } }])
    await using again = await openOffsets(worker)
    expect(await again.store.list('c')).toEqual([{ partition: { p: 2 }, offset: { o: 2 } }])
    expect(await again.store.list('e')).toEqual([])
  },
  DEADLINE,
)

test(
  'a partition that is stored with its fields in another order is found, and keeps its bytes',
  async () => {
    const worker = workerOn(broker.bootstrap, small)
    await using log = openLog(worker, 'offsets')
    await log.log.start()
    await log.log.append([{ key: '["c",{"b":1,"a":"x"}]', value: '{"o":1}' }])
    await using one = await openOffsets(worker)
    expect(await one.store.get('c', [{ a: 'x', b: 1 }])).toEqual([{ o: 1 }])
    await one.store.set('c', [{ partition: { a: 'x', b: 1 }, offset: { o: 2 } }])
    await one.store.set('c', [{ partition: { a: 'x', b: 1 }, offset: null }])
    expect(await contents(topicOf(worker, 'offsets'), 3)).toEqual([
      '["c",{"b":1,"a":"x"}]={"o":1}',
      '["c",{"b":1,"a":"x"}]={"o":2}',
      '["c",{"b":1,"a":"x"}]=null',
    ])
    expect(await one.store.get('c', [{ b: 1, a: 'x' }])).toEqual([null])
  },
  DEADLINE,
)

test(
  'of two orders that are both stored each is answered by its own bytes',
  async () => {
    const worker = workerOn(broker.bootstrap, small)
    await using log = openLog(worker, 'offsets')
    await log.log.start()
    await log.log.append([
      { key: '["c",{"b":1,"a":2}]', value: '{"o":1}' },
      { key: '["c",{"a":2,"b":1}]', value: '{"o":2}' },
    ])
    await using one = await openOffsets(worker)
    expect(
      await one.store.get('c', [
        { b: 1, a: 2 },
        { a: 2, b: 1 },
      ]),
    ).toEqual([{ o: 1 }, { o: 2 }])
    await one.store.set('c', [{ partition: { b: 1, a: 2 }, offset: null }])
    expect(await one.store.get('c', [{ b: 1, a: 2 }])).toEqual([{ o: 2 }])
  },
  DEADLINE,
)

test(
  'garbage is warned of once a kind and costs nothing else',
  async () => {
    using lines = captured()
    const worker = workerOn(broker.bootstrap, small)
    await using log = openLog(worker, 'offsets')
    await log.log.start()
    await log.log.append([
      { key: 'no JSON', value: '{}' },
      { key: '["c"]', value: '{}' },
      { key: '["c",{"p":1}]', value: 'neither' },
      { key: '["c",{"p":2}]', value: '{"nested":{}}' },
      { key: '["c",{"p":3}]', value: '' },
      { key: '["c",{"p":4}]', value: '{"o":4}' },
    ])
    await using one = await openOffsets(worker)
    const asked = [1, 2, 3, 4].map(p => ({ p }))
    expect(await one.store.get('c', asked)).toEqual([null, null, null, { o: 4 }])
    expect(await one.store.get('c', asked)).toEqual([null, null, null, { o: 4 }])
    const warnings = lines.lines.filter(line => line.includes(' WARN '))
    expect(warnings).toHaveLength(2)
    expect(warnings[0]).toMatch(
      /The record at offset 0 of offsets-\S+ is no source offset \(key (no JSON|\["c"\])\)/,
    )
    expect(warnings[1]).toContain('CRITICAL: Failed to deserialize offset data of ["c",{"p":')
  },
  DEADLINE,
)

test(
  'what is not flat is refused, and nothing of it is written',
  async () => {
    const worker = workerOn(broker.bootstrap, small)
    await using one = await openOffsets(worker)
    const error = await rejection(
      one.store.set('c', [
        { partition: { p: 1 }, offset: { o: 1 } },
        { partition: { p: 2 }, offset: { o: [] as never } },
      ]),
    )
    expect(javaClassOf(error)).toBe('org.apache.kafka.connect.errors.DataException')
    expect(await one.store.get('c', [{ p: 1 }])).toEqual([null])
  },
  DEADLINE,
)

test(
  'a connector’s own topic counts first, the worker’s second; both get what is written',
  async () => {
    const worker = workerOn(broker.bootstrap, small)
    const own = freshTopic('own')
    await using one = await openOffsets(worker)
    await one.store.set('c', [
      { partition: { p: 1 }, offset: { o: 'worker' } },
      { partition: { p: 2 }, offset: { o: 'worker' } },
    ])
    one.stores.use('c', { 'connector.class': 'x', 'offsets.storage.topic': own })
    expect(await one.stores.get('c', [{ p: 1 }, { p: 2 }])).toEqual([{ o: 'worker' }, { o: 'worker' }])
    expect(await broker.tool('topic', '--describe', '--topic', own)).toMatch(
      /PartitionCount: 3[\s\S]*Configs: \S*cleanup\.policy=compact/,
    )
    await one.stores.set('c', [
      { partition: { p: 2 }, offset: { o: 'own' } },
      { partition: { p: 3 }, offset: null },
    ])
    expect(await one.stores.get('c', [{ p: 1 }, { p: 2 }])).toEqual([{ o: 'worker' }, { o: 'own' }])
    // Another connector has nothing to do with that topic.
    expect(await one.stores.get('d', [{ p: 2 }])).toEqual([null])
    await one.stores.set('c', [{ partition: { p: 2 }, offset: null }])
    expect(await one.stores.get('c', [{ p: 2 }])).toEqual([null])
    one.stores.release('c')
    await one.stores.close()
    expect((await contents(own, 3)).sort()).toEqual([
      '["c",{"p":2}]=null',
      '["c",{"p":2}]={"o":"own"}',
      '["c",{"p":3}]=null',
    ])
    const ofWorker = await contents(topicOf(worker, 'offsets'), 3)
    expect(ofWorker.filter(text => text.includes('"p":2'))).toEqual([
      '["c",{"p":2}]={"o":"worker"}',
      '["c",{"p":2}]={"o":"own"}',
      '["c",{"p":2}]=null',
    ])
    expect(ofWorker).toContain('["c",{"p":3}]=null')
  },
  DEADLINE,
)

test(
  'the worker’s own topic by name is the worker’s store, and another topic takes its place when it is named',
  async () => {
    const worker = workerOn(broker.bootstrap, small)
    const [first, second] = [freshTopic('first'), freshTopic('second')]
    await using one = await openOffsets(worker)
    const use = (topic: string) => one.stores.use('c', { 'offsets.storage.topic': topic })
    use(topicOf(worker, 'offsets'))
    await one.stores.set('c', [{ partition: { p: 1 }, offset: { o: 1 } }])
    expect(await contents(topicOf(worker, 'offsets'), 3)).toEqual(['["c",{"p":1}]={"o":1}'])
    use(first)
    await one.stores.set('c', [{ partition: { p: 1 }, offset: { o: 2 } }])
    use(first)
    use(second)
    await one.stores.set('c', [{ partition: { p: 1 }, offset: { o: 3 } }])
    expect(await contents(first, 3)).toEqual(['["c",{"p":1}]={"o":2}'])
    expect(await contents(second, 3)).toEqual(['["c",{"p":1}]={"o":3}'])
  },
  DEADLINE,
)

test(
  'a topic that a connector cannot have its offsets in fails its questions, until it is put right',
  async () => {
    const worker = workerOn(broker.bootstrap, small)
    const own = freshTopic('deleted')
    await probe.create(own, 1, { 'cleanup.policy': 'delete' })
    await using one = await openOffsets(worker)
    one.stores.use('c', { 'offsets.storage.topic': own })
    const error = await rejection(one.stores.get('c', [{ p: 1 }]))
    expect(error.message).toContain(`The offsets of connector c cannot be read from topic '${own}'`)
    expect(javaClassOf(error.cause)).toBe('org.apache.kafka.common.config.ConfigException')
    await broker.tool(
      ...(['config', '--alter', '--entity-type', 'topics', '--entity-name', own] as const),
      '--add-config',
      'cleanup.policy=compact',
    )
    expect(await one.stores.get('c', [{ p: 1 }])).toEqual([null])
  },
  DEADLINE,
)

test(
  'a client that the worker does not allow a connector is refused before anything is opened',
  async () => {
    const worker = workerOn(broker.bootstrap, { ...small, 'connector.client.config.override.policy': 'None' })
    await using one = await openOffsets(worker)
    const config = { 'offsets.storage.topic': 'x', 'producer.override.acks': '1' }
    expect(() => one.stores.use('c', config)).toThrow('Client Config Overrides not allowed')
  },
  DEADLINE,
)
