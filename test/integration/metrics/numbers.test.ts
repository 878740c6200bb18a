/** Known records go through real tasks on the embedded log: every number that metrics give is the one that must be. */
import { afterEach, expect, test } from 'bun:test'
import type { GroupJson } from '../../../src/observe/metrics/connect-metrics.ts'
import { Door } from '../../unit/rest/door.ts'
import { until } from '../standalone/support.ts'
import { groupOf, series } from './pages.ts'
import { METRIC_PLUGINS } from './plugins.ts'

let door: Door

afterEach(() => door.close())

const groups = async () => (await door.get('/bunnect/metrics')).body as GroupJson[]
const group = async (name: string, tags: Record<string, string> = {}) => groupOf(await groups(), name, tags)
const prometheus = async () =>
  series((await door.get('/metrics', { accept: 'text/plain;version=0.0.4' })).text)

async function create(name: string, config: Record<string, string>): Promise<void> {
  const answer = await door.post('/connectors', { name, config })
  expect([answer.status, answer.text]).toEqual([201, expect.anything()])
}

const SOURCE = { connector: 'source', task: '0' }
const SINK = { connector: 'sink', task: '0' }
const source = (sizes: string, more: Record<string, string> = {}) => ({
  'connector.class': 'test.BatchSource',
  sizes,
  topic: 't',
  ...more,
})

test('a source: polled, filtered, skipped, tried again, written, committed', async () => {
  door = await Door.open({ 'offset.flush.interval.ms': '100' }, METRIC_PLUGINS)
  await create(
    'source',
    source('10,20,30', {
      transforms: 'moody',
      'transforms.moody.type': 'test.Moody',
      'errors.tolerance': 'all',
      'errors.retry.timeout': '60000',
      'errors.log.enable': 'true',
    }),
  )
  // Of 60 records 10 are dropped and 6 refused; two of these (29 and 59) would have been dropped.
  const numbers = Array.from({ length: 60 }, (_, n) => n)
  const refused = numbers.filter(n => n % 10 === 9).length
  const written = numbers.filter(n => n % 10 !== 9 && n % 6 !== 5).length
  await until('all to be written and committed', async () => {
    const found = await group('source-task-metrics', SOURCE)
    const task = await group('connector-task-metrics', SOURCE)
    return (
      found?.['source-record-write-total'] === written && task?.['offset-commit-success-percentage'] === 1
    )
  })
  const metrics = (await group('source-task-metrics', SOURCE))!
  expect(metrics).toMatchObject({
    'source-record-poll-total': 60,
    'source-record-write-total': written,
    'source-record-active-count': 0,
  })
  // Records of the batch before may be on their way still.
  expect(metrics['source-record-active-count-max']).toBeWithin(30, 61)
  expect(metrics['source-record-poll-rate']).toBeGreaterThan(0)
  expect(metrics['poll-batch-max-time-ms']).toBeGreaterThanOrEqual(
    metrics['poll-batch-avg-time-ms'] as number,
  )
  const task = (await group('connector-task-metrics', SOURCE))!
  expect(task).toMatchObject({
    status: 'running',
    'batch-size-max': 30,
    'batch-size-avg': 20,
    'pause-ratio': 0,
    'running-ratio': 1,
    'offset-commit-failure-percentage': 0,
    'connector-class': 'test.BatchSource',
    'connector-type': 'source',
    'connector-version': '1.2',
    'task-class': 'test.BatchSourceTask',
    'value-converter-class': 'org.apache.kafka.connect.storage.StringConverter',
  })
  expect(task['offset-commit-max-time-ms']).toBeGreaterThan(0)
  const errors = (await group('task-error-metrics', SOURCE))!
  expect(errors).toMatchObject({
    'total-record-failures': refused + 2,
    'total-record-errors': refused,
    'total-records-skipped': refused,
    'total-retries': 2,
    'total-errors-logged': refused,
    'deadletterqueue-produce-requests': 0,
  })
  expect(Date.now() - (errors['last-error-timestamp'] as number)).toBeLessThan(60_000)
  expect(await group('connector-transform-metrics', { ...SOURCE, transform: 'moody' })).toEqual({
    'transform-class': 'test.Moody',
    'transform-version': '3',
  })
  const page = await prometheus()
  expect(page.get('kafka_connect_source_task_source_record_poll_total{connector="source",task="0"}')).toBe(60)
  expect(page.get('kafka_connect_source_task_source_record_write_total{connector="source",task="0"}')).toBe(
    written,
  )
  expect(page.get('kafka_connect_connector_task_status{connector="source",task="0",status="running"}')).toBe(
    1,
  )
  for (const stage of ['poll', 'convert', 'transform', 'produce', 'commit'])
    expect([
      stage,
      page.get(`bunnect_task_stage_seconds_total{connector="source",task="0",stage="${stage}"}`)! > 0,
    ]).toEqual([stage, true])
})

test('a sink: read, refused by a converter, put again, dead letters, commits, lag', async () => {
  door = await Door.open({ 'offset.flush.interval.ms': '100' }, METRIC_PLUGINS)
  await create('source', source('100'))
  await create('bad', {
    ...source('1'),
    transforms: 'h',
    'transforms.h.type': 'org.apache.kafka.connect.transforms.HoistField$Value',
    'transforms.h.field': 'x',
  })
  await create('sink', {
    'connector.class': 'test.CountingSink',
    topics: 't',
    'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'value.converter.schemas.enable': 'false',
    'errors.tolerance': 'all',
    'errors.deadletterqueue.topic.name': 'dead',
    'errors.deadletterqueue.topic.replication.factor': '1',
  })
  await until('all to be put and committed', async () => {
    const found = await group('sink-task-metrics', SINK)
    return (
      found?.['sink-record-read-total'] === 101 &&
      found['sink-record-active-count'] === 0 &&
      (found['offset-commit-completion-total'] as number) > 0
    )
  })
  const metrics = (await group('sink-task-metrics', SINK))!
  // The text of a hoisted record, {x=0}, is no JSON.
  expect(metrics).toMatchObject({
    'sink-record-send-total': 100,
    'partition-count': 1,
    'offset-commit-skip-total': 0,
  })
  expect(metrics['sink-record-active-count-max']).toBeGreaterThan(0)
  expect(metrics['offset-commit-seq-no']).toBeGreaterThanOrEqual(
    metrics['offset-commit-completion-total'] as number,
  )
  expect(await group('task-error-metrics', SINK)).toMatchObject({
    'total-record-failures': 1,
    'total-record-errors': 1,
    'total-records-skipped': 1,
    'total-retries': 0,
    'total-errors-logged': 0,
    'deadletterqueue-produce-requests': 1,
    'deadletterqueue-produce-failures': 0,
  })
  const lag = await until('the lag to be known', () =>
    group('bunnect-consumer-lag', { ...SINK, topic: 't', partition: '0' }),
  )
  expect(lag).toEqual({ records: 0 })
  const page = await prometheus()
  expect(page.get('bunnect_consumer_lag_records{connector="sink",task="0",topic="t",partition="0"}')).toBe(0)
  expect(page.get('kafka_connect_sink_task_sink_record_send_total{connector="sink",task="0"}')).toBe(100)
})

test('a paused sink shows how far it is behind', async () => {
  door = await Door.open({ 'offset.flush.interval.ms': '100' }, METRIC_PLUGINS)
  const sink = { 'connector.class': 'test.CountingSink', topics: 't' }
  await create('first', source('10'))
  await create('sink', sink)
  await until(
    'the sink to have read',
    async () => (await group('sink-task-metrics', SINK))?.['sink-record-send-total'] === 10,
  )
  await door.put('/connectors/sink/pause')
  await door.place.state('sink', 'PAUSED', 'PAUSED')
  await create('second', source('25'))
  await until('the lag', async () => {
    const lag = await group('bunnect-consumer-lag', { ...SINK, topic: 't', partition: '0' })
    return lag?.['records'] === 25
  })
  const task = (await group('connector-task-metrics', SINK))!
  expect(task['status']).toBe('paused')
  expect(task['pause-ratio']).toBeGreaterThan(0)
  expect((task['pause-ratio'] as number) + (task['running-ratio'] as number)).toBeCloseTo(1, 9)
  expect(await group('connector-metrics', { connector: 'sink' })).toMatchObject({
    status: 'paused',
    'connector-type': 'sink',
  })
  expect(await group('connect-worker-metrics', { connector: 'sink' })).toMatchObject({
    'connector-paused-task-count': 1,
    'connector-running-task-count': 0,
  })
})

test('a failed task keeps its metrics until it is removed; starts are counted when they have ended', async () => {
  door = await Door.open({}, METRIC_PLUGINS)
  await create('poison', {
    ...source('3'),
    transforms: 'r',
    'transforms.r.type': 'org.apache.kafka.connect.transforms.ReplaceField$Value',
  })
  await door.place.state('poison', 'RUNNING', 'FAILED')
  const id = { connector: 'poison', task: '0' }
  expect(await group('connector-task-metrics', id)).toMatchObject({ status: 'failed' })
  expect(await group('source-task-metrics', id)).toMatchObject({ 'source-record-poll-total': 3 })
  expect(await group('task-error-metrics', id)).toMatchObject({
    'total-record-errors': 1,
    'total-records-skipped': 0,
  })
  expect(await group('connect-worker-metrics', { connector: 'poison' })).toMatchObject({
    'connector-total-task-count': 1,
    'connector-failed-task-count': 1,
  })
  const refused = await door.post('/connectors', {
    name: 'unstartable',
    config: { 'connector.class': 'test.Unstartable' },
  })
  expect(refused.status).toBe(500)
  expect(await group('connect-worker-metrics')).toMatchObject({
    'connector-count': 2,
    'task-count': 1,
    'connector-startup-attempts-total': 2,
    'connector-startup-success-total': 1,
    'connector-startup-failure-total': 1,
    'connector-startup-success-percentage': 0.5,
    'connector-startup-failure-percentage': 0.5,
    'task-startup-attempts-total': 1,
    'task-startup-success-total': 1,
  })
  expect(await group('connector-metrics', { connector: 'unstartable' })).toMatchObject({ status: 'failed' })
  await door.ask('DELETE', '/connectors/unstartable')
  await door.ask('DELETE', '/connectors/poison')
  const left = (await groups()).filter(one => one.tags['connector'] !== undefined)
  expect(left).toEqual([])
  expect(await group('connect-worker-metrics')).toMatchObject({ 'connector-count': 0, 'task-count': 0 })
})

test('restarted, a task counts from nothing', async () => {
  door = await Door.open({}, METRIC_PLUGINS)
  await create('source', source('5'))
  const polled = async () => (await group('source-task-metrics', SOURCE))?.['source-record-poll-total']
  await until('the first records', async () => (await polled()) === 5)
  await door.put('/connectors/source/config', source('7'))
  await until('the records after the restart', async () => (await polled()) === 7)
  expect(await group('connect-worker-metrics')).toMatchObject({
    'connector-startup-attempts-total': 2,
    'task-startup-success-total': 2,
  })
})

test('bunnect.metrics=false: nothing is measured, no page', async () => {
  door = await Door.open({ 'bunnect.metrics': 'false' }, METRIC_PLUGINS)
  await create('source', source('5'))
  await door.place.state('source', 'RUNNING', 'RUNNING')
  expect((await door.get('/metrics')).status).toBe(404)
  expect((await door.get('/bunnect/metrics')).status).toBe(404)
})

test('names that would break a label are escaped', async () => {
  door = await Door.open({}, METRIC_PLUGINS)
  const name = 'a"b\\c'
  await create(name, source('1'))
  await until('the record', async () => {
    const page = await prometheus()
    return (
      page.get('kafka_connect_source_task_source_record_poll_total{connector="a\\"b\\\\c",task="0"}') === 1
    )
  })
})
