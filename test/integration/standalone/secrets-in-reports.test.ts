import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { PackedBatch } from '../../../src/kafka/packed-batch.ts'
import { sharedBroker } from '../../servers/kafka.ts'
import { TopicProbe, type TopicRecord } from '../../servers/topics.ts'
import { startWorker } from '../../servers/worker.ts'
import { CANARY, expectNoCanary, FILE_PROVIDER, Planted } from './canaries.ts'
import { grumpy, tattling } from './chatty.ts'
import { until } from './support.ts'

const own = [grumpy, tattling]

let planted: Planted
beforeEach(() => {
  planted = new Planted()
})
afterEach(() => planted.close())

describe('what is reported of a bad record', () => {
  const DLQ = 'dead'
  const toTheQueue = () => ({
    topics: 'letters',
    'errors.tolerance': 'all',
    'errors.log.enable': 'true',
    'errors.log.include.messages': 'true',
    'errors.deadletterqueue.topic.name': DLQ,
    'errors.deadletterqueue.topic.replication.factor': '1',
    'errors.deadletterqueue.context.headers.enable': 'true',
  })
  const cases: [string, () => Record<string, string>, string][] = [
    [
      'by a transformation',
      () => ({
        'connector.class': 'FileStreamSink',
        file: planted.place.path('out'),
        transforms: 'tell',
        'transforms.tell.type': 'test.Tattling',
        'transforms.tell.secret': planted.secret('transform'),
      }),
      'transforming with [hidden]',
    ],
    [
      'by a sink',
      () => ({ 'connector.class': 'GrumpySink', secret: planted.secret('sink') }),
      'put of [hidden]',
    ],
  ]
  for (const [who, config, told] of cases) {
    test(who, async () => {
      await planted.start(own)
      writeFileSync(planted.place.path('in'), 'one\n')
      const source = {
        name: 's',
        'connector.class': 'FileStreamSource',
        file: planted.place.path('in'),
        topic: 'letters',
      }
      await planted.ask('PUT', '/connectors/s/config', source)
      const put = await planted.ask('PUT', '/connectors/k/config', {
        name: 'k',
        ...toTheQueue(),
        ...config(),
      })
      expect(put.status).toBe(201)
      const [headers] = await records(DLQ, 1)
      expect(headers!['__connect.errors.exception.message']).toBe(told)
      expect(headers!['__connect.errors.exception.stacktrace']).toContain(told)
      expectNoCanary(JSON.stringify(headers))
      await planted.askAbout('k')
      await planted.place.stop()
      expectNoCanary(planted.said())
      expect(planted.said()).toContain('Error encountered in task k-0.')
    })
  }

  /** The headers of the first records of a topic, as text. */
  async function records(topic: string, count: number): Promise<Record<string, string>[]> {
    const consumer = await planted.place.consumer()
    try {
      const batch = new PackedBatch()
      const found: Record<string, string>[] = []
      const admin = await planted.place.admin()
      await until(`topic ${topic}`, async () => (await admin.describeTopics([topic])).has(topic))
      consumer.assign([{ topic, partition: 0, offset: 0 }])
      await until(`records of ${topic}`, async () => {
        await consumer.poll(batch, { maxRecords: 10, maxBytes: 1 << 20, timeoutMs: 200 })
        for (let i = 0; i < batch.count; i++) {
          found.push(
            Object.fromEntries(
              batch
                .headers(i)
                .map(({ name, value }) => [name, value === null ? '' : Buffer.from(value).toString()]),
            ),
          )
        }
        return found.length >= count
      })
      return found
    } finally {
      await consumer.close()
    }
  }
})

test('with a broker and task hosts: nothing in the logs of clients and hosts, nor in dead letters', async () => {
  const broker = await sharedBroker()
  const probe = new TopicProbe(broker.bootstrap)
  const id = crypto.randomUUID()
  const [letters, dead] = [`letters-${id}`, `dead-${id}`]
  writeFileSync(planted.place.path('in'), '{"schema":{"type":"struct","fields":[]},"payload":{}}\n')
  const worker = await startWorker('bunnect', {
    bootstrap: broker.bootstrap,
    dir: planted.place.path('worker'),
    worker: {
      'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'bunnect.task.hosts': '1',
      'consumer.client.rack': planted.secret('rack'),
      ...FILE_PROVIDER,
    },
  })
  try {
    const configs: Record<string, string>[] = [
      {
        name: 'source',
        'connector.class': 'FileStreamSource',
        file: planted.place.path('in'),
        topic: letters,
      },
      {
        name: 'sink',
        'connector.class': 'FileStreamSink',
        topics: letters,
        'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
        transforms: 'x',
        'transforms.x.type': 'org.apache.kafka.connect.transforms.ExtractField$Value',
        'transforms.x.field': planted.secret('field'),
        'errors.tolerance': 'all',
        'errors.log.enable': 'true',
        'errors.deadletterqueue.topic.name': dead,
        'errors.deadletterqueue.topic.replication.factor': '1',
        'errors.deadletterqueue.context.headers.enable': 'true',
      },
      {
        name: 'elsewhere',
        'connector.class': 'FileStreamSource',
        file: planted.place.path('in'),
        topic: `other-${id}`,
        'producer.override.bootstrap.servers': `${planted.secret('host', `${CANARY.toLowerCase()}.invalid`)}:9092`,
      },
      {
        name: 'folder',
        'connector.class': 'FileStreamSink',
        file: `/${planted.secret('out')}/x`,
        topics: letters,
      },
    ]
    for (const config of configs) await worker.create(config)
    let letter: TopicRecord | undefined
    await until('a dead letter', async () => {
      letter = (await probe.readAll(dead))[0]
      return letter !== undefined
    })
    const headers = letter!.headers.map(([name, value]) => `${name}=${value}`).join('\n')
    expect(headers).toContain('__connect.errors.exception.message=Unknown field: [hidden]\n')
    expectNoCanary(headers)
    await until('the sink without a folder to fail', async () =>
      (await (await worker.fetch('/connectors/folder/status')).text()).includes('/[hidden]/x'),
    )
    await until('the client to look for its broker', async () =>
      (await worker.log()).includes('[hidden]:9092'),
    )
    for (const { name } of configs) {
      for (const path of ['', '/status', '/tasks']) {
        expectNoCanary(await (await worker.fetch(`/connectors/${name}${path}`)).text())
      }
    }
  } finally {
    await worker.stop()
    await probe.close()
    await broker.stop()
  }
  const log = await worker.log()
  expectNoCanary(log.replaceAll(CANARY.toLowerCase(), CANARY))
  expect(log).toContain('Error encountered in task sink-0.')
}, 120_000)
