import { masked } from '../secrets.ts'
import type { Gauges, MetricGroup, Metrics } from './registry.ts'
import type { Sensor } from './sensor.ts'
import { StateTimes } from './state-times.ts'
import { SINK_TALLIES, SOURCE_TALLIES, STAGES, type TaskReport } from './task-meters.ts'
import {
  LAG,
  PREDICATE,
  SINK_TASK,
  SOURCE_TASK,
  STAGE,
  TASK,
  TASK_ERRORS,
  TRANSFORM,
} from './task-templates.ts'

/** A plugin as the metrics name it. */
export interface NamedPlugin {
  className: string
  version: string
}

/** What a task is made of. Java: TaskPluginsMetadata */
export interface TaskPlugins {
  type: 'source' | 'sink'
  connector: NamedPlugin
  task: NamedPlugin
  converters: Record<'key' | 'value' | 'header', NamedPlugin>
  transforms: readonly (NamedPlugin & { alias: string })[]
  predicates: readonly (NamedPlugin & { alias: string })[]
}

/** The one number of task-error-metrics that is a time and no count. */
const LAST_ERROR = TASK_ERRORS.metrics.length - 1

/**
 * The metrics of one task, from its start until it is removed from the worker; a failed one keeps them. What it reports
 * is added up here: it may go on in another host, which begins from nothing.
 */
export class TaskMetrics {
  readonly #metrics: Metrics
  readonly #tags: readonly string[]
  readonly #states: StateTimes
  readonly #groups: MetricGroup[] = []
  /** In the order of the tallies. */
  readonly #sensors: readonly Sensor[]
  readonly #errors = TASK_ERRORS.metrics.map(() => 0)
  readonly #stages = STAGES.map(() => 0)
  /** By topic and partition. */
  readonly #lag = new Map<string, { records: number; group: MetricGroup }>()

  /** `state` is that of the target: a task is called running before its start has returned. */
  constructor(
    metrics: Metrics,
    id: { connector: string; task: number },
    plugins: TaskPlugins,
    state: 'running' | 'paused',
  ) {
    this.#metrics = metrics
    this.#tags = [id.connector, String(id.task)]
    const states = new StateTimes(state, metrics.now())
    this.#states = states
    const task = this.#add(TASK, {
      status: () => states.state,
      'running-ratio': now => states.share('running', now),
      'pause-ratio': now => states.share('paused', now),
      ...pluginGauges(plugins),
    })
    const isSource = plugins.type === 'source'
    const own = this.#add(isSource ? SOURCE_TASK : SINK_TASK)
    this.#sensors = (isSource ? SOURCE_TALLIES : SINK_TALLIES).map(key =>
      (TASK.sensors.includes(key) ? task : own).sensor(key),
    )
    this.#add(
      TASK_ERRORS,
      Object.fromEntries(TASK_ERRORS.metrics.map(({ name }, i) => [name, () => this.#errors[i]!])),
    )
    for (const { alias, className, version } of plugins.transforms)
      this.#add(TRANSFORM, { 'transform-class': () => className, 'transform-version': () => version }, alias)
    for (const { alias, className, version } of plugins.predicates)
      this.#add(PREDICATE, { 'predicate-class': () => className, 'predicate-version': () => version }, alias)
    for (const [i, stage] of STAGES.entries()) {
      if (stage === (isSource ? 'put' : 'produce')) continue
      this.#add(STAGE, { 'seconds-total': () => this.#stages[i]! / 1000 }, stage)
    }
  }

  /** As last told, in lower case. */
  get state(): string {
    return this.#states.state
  }

  changed(state: string): void {
    this.#states.change(state, this.#metrics.now())
    // Where its host has died nobody tells that it reads no partition any more.
    if (state === 'failed') this.#behind([])
  }

  report({ tallies, stages, errors, lag }: TaskReport): void {
    const now = this.#metrics.now()
    for (let i = 0; i + 5 < tallies.length; i += 6) {
      const [index, count, sum, min, max, last] = tallies.slice(i, i + 6) as [
        number,
        number,
        number,
        number,
        number,
        number,
      ]
      this.#sensors[index]?.recordAll({ count, sum, min, max, last }, now)
    }
    for (const [i, ms] of stages?.entries() ?? []) this.#stages[i]! += ms
    for (const [i, more] of errors?.entries() ?? [])
      this.#errors[i] = i === LAST_ERROR ? Math.max(this.#errors[i]!, more) : this.#errors[i]! + more
    if (lag !== null) this.#behind(lag)
  }

  remove(): void {
    this.#behind([])
    for (const group of this.#groups) this.#metrics.remove(group)
  }

  #behind(lag: NonNullable<TaskReport['lag']>): void {
    const gone = new Set(this.#lag.keys())
    for (const [topic, partition, records] of lag) {
      const key = `${partition}-${topic}`
      gone.delete(key)
      const known = this.#lag.get(key)
      if (known) {
        known.records = records
        continue
      }
      const tags = [...this.#tags, masked(topic), String(partition)] // Invariant 5
      const group = this.#metrics.add(LAG, tags, { records: () => this.#lag.get(key)?.records ?? null })
      this.#lag.set(key, { records, group })
    }
    for (const key of gone) {
      this.#metrics.remove(this.#lag.get(key)!.group)
      this.#lag.delete(key)
    }
  }

  #add(template: Parameters<Metrics['add']>[0], gauges: Gauges = {}, ...more: string[]): MetricGroup {
    const group = this.#metrics.add(template, [...this.#tags, ...more], gauges)
    this.#groups.push(group)
    return group
  }
}

function pluginGauges({ type, connector, task, converters }: TaskPlugins): Gauges {
  const gauges: Record<string, () => string> = { 'connector-type': () => type }
  const named = Object.entries({
    connector,
    task,
    'key-converter': converters.key,
    'value-converter': converters.value,
    'header-converter': converters.header,
  })
  for (const [name, plugin] of named) {
    gauges[`${name}-class`] = () => plugin.className
    gauges[`${name}-version`] = () => plugin.version
  }
  return gauges
}
