/** Tasks in a child process show the same numbers as in the worker, and the processes are told apart. */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GroupJson } from '../../../src/observe/metrics/connect-metrics.ts'
import { sharedBroker } from '../../servers/kafka.ts'
import { until } from '../../servers/run.ts'
import { TopicProbe } from '../../servers/topics.ts'
import { type ConnectWorker, startWorker } from '../../servers/worker.ts'
import { taskHosts } from '../hosts/support.ts'
import { groupOf, series } from './pages.ts'

const RECORDS = 1000
let broker: Awaited<ReturnType<typeof sharedBroker>>
let probe: TopicProbe
let worker: ConnectWorker

beforeAll(async () => {
  broker = await sharedBroker()
  probe = new TopicProbe(broker.bootstrap)
  worker = await startWorker('bunnect', {
    bootstrap: broker.bootstrap,
    worker: {
      'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'offset.flush.interval.ms': '200',
      'bunnect.task.hosts': '1',
    },
  })
}, 120_000)

afterAll(async () => {
  await worker.stop()
  await probe.close()
  await broker.stop()
}, 120_000)

const groups = async () => (await (await worker.fetch('/bunnect/metrics')).json()) as GroupJson[]

test('every number comes out of the host', async () => {
  const topic = `metrics-hosts-${process.pid}`
  await probe.create(topic)
  writeFileSync(join(worker.dir, 'in.txt'), Array.from({ length: RECORDS }, (_, i) => `line ${i}\n`).join(''))
  await worker.create({
    name: 'source',
    'connector.class': 'FileStreamSource',
    file: join(worker.dir, 'in.txt'),
    topic,
  })
  await worker.create({
    name: 'sink',
    'connector.class': 'FileStreamSink',
    file: join(worker.dir, 'out.txt'),
    topics: topic,
  })
  const source = { connector: 'source', task: '0' }
  const sink = { connector: 'sink', task: '0' }
  await until(
    'all to be written, read and committed',
    async () => {
      const all = await groups()
      const read = groupOf(all, 'sink-task-metrics', sink)
      return (
        groupOf(all, 'source-task-metrics', source)?.['source-record-write-total'] === RECORDS &&
        read?.['sink-record-send-total'] === RECORDS &&
        read['sink-record-active-count'] === 0 &&
        groupOf(all, 'bunnect-consumer-lag', { ...sink, topic, partition: '0' })?.['records'] === 0
      )
    },
    30_000,
    100,
  )
  const all = await groups()
  expect(groupOf(all, 'source-task-metrics', source)).toMatchObject({
    'source-record-poll-total': RECORDS,
    'source-record-active-count': 0,
  })
  expect(groupOf(all, 'sink-task-metrics', sink)).toMatchObject({
    'sink-record-read-total': RECORDS,
    'partition-count': 1,
  })
  expect(groupOf(all, 'connector-task-metrics', sink)).toMatchObject({ status: 'running' })
  expect(groupOf(all, 'connect-worker-metrics')).toMatchObject({
    'connector-count': 2,
    'task-count': 2,
    'task-startup-success-total': 2,
  })
  const [host] = await taskHosts(worker)
  expect(host).toBeGreaterThan(0)
  const page = series(await (await worker.fetch('/metrics')).text())
  for (const process of ['worker', 'task-host-1']) {
    expect(page.get(`bunnect_process_resident_memory_bytes{process="${process}"}`)).toBeGreaterThan(1e6)
    expect(page.get(`bunnect_process_threads{process="${process}"}`)).toBeGreaterThan(0)
    expect(page.get(`bunnect_process_open_fds{process="${process}"}`)).toBeGreaterThan(0)
  }
}, 120_000)

test('a task that is gone takes its metrics along, and its host too', async () => {
  for (const name of ['source', 'sink']) await worker.fetch(`/connectors/${name}`, { method: 'DELETE' })
  await until('no group of a connector to be left', async () =>
    (await groups()).every(({ tags }) => tags['connector'] === undefined),
  )
})
