import { describe, expect, test } from 'bun:test'
import { prometheusText } from '../../../src/observe/metrics/prometheus.ts'
import { RebalanceMetrics } from '../../../src/observe/metrics/rebalance-metrics.ts'
import { Metrics } from '../../../src/observe/metrics/registry.ts'
import { RestartMetrics } from '../../../src/observe/metrics/restart-metrics.ts'
import { StateTimes } from '../../../src/observe/metrics/state-times.ts'
import { SinkMeters, SourceMeters } from '../../../src/observe/metrics/task-meters.ts'
import { groupTemplate } from '../../../src/observe/metrics/template.ts'
import { WorkerMetrics } from '../../../src/observe/metrics/worker-metrics.ts'
import { forgetSecrets, hide } from '../../../src/observe/secrets.ts'

const CONFIG = { samples: 2, windowMs: 30_000 }
const NO_ERRORS = [0, 0, 0, 0, 0, 0, 0, 0]

describe('what a task reports', () => {
  test('only sensors that have heard something, and nothing twice', () => {
    const meters = new SourceMeters()
    expect(meters.take(NO_ERRORS, [])).toBeNull()
    meters.poll.record(3)
    meters.poll.record(5)
    meters.spent('poll', 2)
    expect(meters.take(NO_ERRORS, [])).toEqual({
      // The fifth sensor: count, sum, min, max, last.
      tallies: [4, 2, 8, 3, 5, 5],
      stages: [2, 0, 0, 0, 0, 0],
      errors: null,
      lag: null,
    })
    expect(meters.take(NO_ERRORS, [])).toBeNull()
  })

  test('errors and lag when they have changed', () => {
    const meters = new SinkMeters()
    const errors = [1, 0, 0, 0, 0, 0, 0, 99]
    expect(meters.take(errors, [['t', 0, 4]])).toMatchObject({ errors, lag: [['t', 0, 4]] })
    expect(meters.take(errors, [['t', 0, 4]])).toBeNull()
    expect(meters.take(errors, [['t', 0, 3]])).toMatchObject({ errors: null, lag: [['t', 0, 3]] })
    expect(meters.take(errors, [])).toMatchObject({ lag: [] })
    expect(meters.take([4, 0, 0, 0, 0, 0, 0, 120], [])).toMatchObject({ errors: [3, 0, 0, 0, 0, 0, 0, 120] })
  })
})

test('the share of time in a state, of all time so far', () => {
  const times = new StateTimes('running', 1000)
  expect(times.share('running', 1000)).toBe(0)
  times.change('paused', 4000)
  expect(times.share('running', 4000)).toBe(1)
  times.change('running', 5000)
  expect(times.share('paused', 9000)).toBe(1000 / 8000)
  expect(times.share('running', 9000)).toBe(7000 / 8000)
  expect(times.share('failed', 9000)).toBe(0)
})

describe('Prometheus text', () => {
  const template = groupTemplate('connect-some-metrics', ['client-id'], {
    gauges: { 'a-total': 'Back\\slash\nand line.', gone: 'Nobody reads it.', far: 'Far.', none: 'None.' },
    labels: { 'the-status': 'Its status.' },
    infos: { 'x-class': 'Class.', 'x-version': 'Version.' },
  })

  test('types, help, escapes, numbers that are none, texts as labels', () => {
    const metrics = new Metrics(CONFIG, () => 0)
    metrics.add(template, ['a"b'], {
      'a-total': () => 3,
      far: () => Number.POSITIVE_INFINITY,
      none: () => Number.NaN,
      'the-status': () => 'up',
      'x-class': () => 'a.B',
      'x-version': () => null,
    })
    expect(prometheusText(metrics)).toBe(`# HELP kafka_connect_some_a_total Back\\\\slash\\nand line.
# TYPE kafka_connect_some_a_total counter
kafka_connect_some_a_total{clientid="a\\"b"} 3
# HELP kafka_connect_some_far Far.
# TYPE kafka_connect_some_far gauge
kafka_connect_some_far{clientid="a\\"b"} +Inf
# HELP kafka_connect_some_none None.
# TYPE kafka_connect_some_none gauge
kafka_connect_some_none{clientid="a\\"b"} NaN
# HELP kafka_connect_some_the_status Its status.
# TYPE kafka_connect_some_the_status gauge
kafka_connect_some_the_status{clientid="a\\"b",the_status="up"} 1
# HELP kafka_connect_some_info What it is made of.
# TYPE kafka_connect_some_info gauge
kafka_connect_some_info{clientid="a\\"b",x_class="a.B"} 1
`)
  })

  test('a group that has replaced another is not removed with it', () => {
    const metrics = new Metrics(CONFIG, () => 0)
    const old = metrics.add(template, ['c'], { 'a-total': () => 1 })
    metrics.add(template, ['c'], { 'a-total': () => 2 })
    metrics.remove(old)
    expect(prometheusText(metrics)).toContain('kafka_connect_some_a_total{clientid="c"} 2\n')
  })
})

describe('starts', () => {
  const id = { connector: 'c', task: 0 }
  const plugin = { className: 'a.B', version: '1' }
  const plugins = {
    type: 'source',
    connector: plugin,
    task: plugin,
    converters: { key: plugin, value: plugin, header: plugin },
    transforms: [],
    predicates: [],
  } as const
  const page = (metrics: Metrics) => prometheusText(metrics)

  test('what a task has counted goes on where it goes on in another host, and its lag ends with it', () => {
    const metrics = new Metrics(CONFIG, () => 0)
    const worker = new WorkerMetrics(metrics)
    worker.taskBegun(id, { ...plugins, type: 'sink' }, false)
    for (const when of [70, 60]) {
      const meters = new SinkMeters()
      meters.spent('put', 1500)
      meters.read.record(10)
      worker.taskReported(id, meters.take([2, 0, 0, 0, 0, 0, 0, when], [['t', 0, 4]])!)
    }
    const tags = '{connector="c",task="0"}'
    expect(page(metrics)).toContain(
      'bunnect_task_stage_seconds_total{connector="c",task="0",stage="put"} 3\n',
    )
    expect(page(metrics)).toContain(`kafka_connect_sink_task_sink_record_read_total${tags} 20\n`)
    expect(page(metrics)).toContain(`kafka_connect_task_error_total_record_failures${tags} 4\n`)
    expect(page(metrics)).toContain(`kafka_connect_task_error_last_error_timestamp${tags} 70\n`)
    expect(page(metrics)).toContain('topic="t",partition="0"} 4\n')
    worker.taskChanged(id, 'FAILED')
    expect(page(metrics)).not.toContain('topic="t"')
  })

  test('no value of a config provider is in a label', () => {
    const metrics = new Metrics(CONFIG, () => 0)
    const worker = new WorkerMetrics(metrics)
    worker.taskBegun(id, { ...plugins, type: 'sink' }, false)
    hide(['from-the-vault'])
    worker.taskReported(id, new SinkMeters().take([0], [['from-the-vault', 0, 4]])!)
    forgetSecrets()
    expect(page(metrics)).toContain('topic="[hidden]",partition="0"} 4\n')
  })

  test('a task that begins paused has started when it first runs, a connector that does has not', () => {
    const metrics = new Metrics(CONFIG, () => 0)
    const worker = new WorkerMetrics(metrics)
    worker.connectorBegun('c', { kind: 'source', ...plugin })
    worker.connectorChanged('c', 'PAUSED')
    worker.connectorChanged('c', 'RUNNING')
    worker.taskBegun(id, plugins, true)
    worker.taskChanged(id, 'PAUSED')
    worker.taskChanged(id, 'RUNNING')
    expect(page(metrics)).toContain('kafka_connect_worker_connector_startup_attempts_total 0\n')
    expect(page(metrics)).toContain('kafka_connect_worker_task_startup_success_total 1\n')
  })

  test('failing after a start is no failed start; one that could not be made is', () => {
    const metrics = new Metrics(CONFIG, () => 0)
    const worker = new WorkerMetrics(metrics)
    worker.taskBegun(id, plugins, false)
    worker.taskChanged(id, 'RUNNING')
    worker.taskChanged(id, 'FAILED')
    worker.taskUnmade({ connector: 'd', task: 1 })
    expect(page(metrics)).toContain('kafka_connect_worker_task_startup_attempts_total 2\n')
    expect(page(metrics)).toContain('kafka_connect_worker_task_startup_failure_total 1\n')
    expect(page(metrics)).toContain('kafka_connect_worker_task_startup_failure_percentage 0.5\n')
    expect(page(metrics)).toContain('kafka_connect_worker_connector_failed_task_count{connector="c"} 1\n')
  })
})

test('a rebalance lasts from the assignment until its work has begun', () => {
  let now = 1000
  const metrics = new Metrics(CONFIG, () => now)
  const state = { protocol: null as string | null, leaderUrl: null as string | null, generation: -1 }
  const rebalances = new RebalanceMetrics(metrics, () => state)
  expect(prometheusText(metrics)).toContain(
    'kafka_connect_worker_rebalance_time_since_last_rebalance_ms +Inf\n',
  )
  expect(prometheusText(metrics)).not.toContain('leader_name{')
  rebalances.begun()
  expect(prometheusText(metrics)).toContain('kafka_connect_worker_rebalance_rebalancing 1\n')
  now += 250
  Object.assign(state, { protocol: 'SESSIONED', leaderUrl: 'http://h:8083/', generation: 4 })
  rebalances.completed()
  now += 1000
  const text = prometheusText(metrics)
  for (const line of [
    'completed_rebalances_total 1',
    'rebalance_max_time_ms 250',
    'rebalance_avg_time_ms 250',
    'rebalancing 0',
    'epoch 4',
    'time_since_last_rebalance_ms 1000',
    'connect_protocol{connect_protocol="SESSIONED"} 1',
    'leader_name{leader_name="http://h:8083/"} 1',
  ])
    expect(text).toContain(`kafka_connect_worker_rebalance_${line}\n`)
})

test('restarts by policy, until the connector is gone', () => {
  const metrics = new Metrics(CONFIG, () => 0)
  const restarts = new RestartMetrics(metrics)
  restarts.restarted('c', 0)
  restarts.restarted('c', 0)
  restarts.restarted('c', null)
  expect(prometheusText(metrics)).toContain('bunnect_restarts_total{connector="c",task="0"} 2\n')
  expect(prometheusText(metrics)).toContain('bunnect_restarts_total{connector="c",task=""} 1\n')
  restarts.forget('c')
  expect(prometheusText(metrics)).toBe('')
})
