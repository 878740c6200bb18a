import { logger } from '../log.ts'
import { metricName } from './prometheus-name.ts'
import type { WindowConfig } from './samples.ts'
import { Sensor } from './sensor.ts'

const log = logger('org.apache.kafka.common.metrics.internals.PluginMetricsImpl')
/** Invariant 7: of one connector's object, or of one task with its converters and transformations. */
const MOST = 1000

/** A metric of a plugin's own. With equal tags a name stands once. */
export interface PluginMetric {
  name: string
  doc?: string
  /** Added to those that say whose it is (`connector`, `task`, …), which no plugin may use. */
  tags?: Readonly<Record<string, string>>
}

/**
 * A statistic of a sensor: `total` and `rate` (a second) add up what is recorded, `count` counts how often, `value` is
 * the last one; avg, max, min and rate look back over the worker's metrics.sample.window.ms × metrics.num.samples.
 */
export type PluginStat = 'avg' | 'max' | 'min' | 'rate' | 'total' | 'count' | 'value'

/**
 * What a plugin measures of itself. It is shown with Connect's own metrics, in the group `plugins`, as long as the
 * plugin is in use. What cannot be added throws Error with the JVM's text.
 * Java: org.apache.kafka.common.metrics.PluginMetrics (KIP-877)
 */
export interface PluginMetrics {
  /** A number that is asked for about once a second; null where there is none. */
  addMetric(metric: PluginMetric, value: () => number | null): void
  removeMetric(metric: PluginMetric): void
  /** A measure with its statistics. */
  addSensor(
    name: string,
    metrics: Readonly<Partial<Record<PluginStat, PluginMetric>>>,
  ): { record(value: number): void }
  removeSensor(name: string): void
}

/** Tags by name, in their order. */
export type Tags = readonly (readonly [name: string, value: string])[]

/** A metric of a plugin as it is now. */
export interface PluginValue {
  name: string
  doc: string
  tags: Tags
  value: number | null
}

interface Entry {
  name: string
  doc: string
  tags: Tags
  read(now: number): number | null
}

/** The metrics of all plugins that make one connector's object or one task. */
export class PluginMeters {
  readonly #config: WindowConfig
  readonly #tags: Tags
  readonly #entries = new Map<string, Entry>()
  #told: PluginValue[] = []
  #isOver = false

  /** Looks back as far as Connect does unless it is told otherwise. */
  constructor(tags: Tags = [], config: WindowConfig = { samples: 2, windowMs: 30_000 }) {
    this.#config = config
    this.#tags = tags
  }

  /** Those of one plugin: `more` says which, where the connector or the task itself does not. */
  of(...more: Tags): PluginMetrics {
    const tags = [...this.#tags, ...more]
    const sensors = new Map<string, readonly PluginMetric[]>()
    const unknown = (what: string) => new Error(`Unknown ${what}`)
    const removeSensor = (name: string) => {
      const metrics = sensors.get(name)
      if (!metrics) throw unknown(`sensor ${name}`)
      sensors.delete(name)
      for (const metric of metrics) this.#entries.delete(keyOf(metric.name, allTags(metric, tags)))
    }
    return {
      addMetric: (metric, value) => this.#add(metric, tags, value),
      removeMetric: metric => {
        if (!this.#entries.delete(keyOf(metric.name, allTags(metric, tags))))
          throw unknown(`metric ${metric.name}`)
      },
      addSensor: (name, metrics) => {
        if (sensors.has(name)) throw new Error(`Sensor ${name} already exists`)
        const sensor = new Sensor(metrics, this.#config)
        const stats = Object.entries(metrics) as [PluginStat, PluginMetric][]
        const added: PluginMetric[] = []
        sensors.set(name, added)
        try {
          for (const [stat, metric] of stats) {
            this.#add(metric, tags, now => sensor.measure(stat, now))
            added.push(metric)
          }
        } catch (error) {
          removeSensor(name)
          throw error
        }
        return { record: value => sensor.record(value, Date.now()) }
      },
      removeSensor,
    }
  }

  /** All of them as they are now; null if they are as they were the last time, or their plugins are no more. */
  take(now = Date.now()): PluginValue[] | null {
    if (this.#isOver || (this.#entries.size === 0 && this.#told.length === 0)) return null
    const before = this.#told
    const values = [...this.#entries].map(([key, entry]) => ({
      ...entry,
      value: this.#read(key, entry, now),
    }))
    const told = values.map(({ name, doc, tags, value }) => ({ name, doc, tags, value }))
    const same =
      told.length === before.length &&
      told.every((each, i) => each.tags === before[i]!.tags && Object.is(each.value, before[i]!.value))
    if (same) return null
    this.#told = told
    return told
  }

  /** Their plugins are no more. */
  close(): void {
    this.#isOver = true
    this.#entries.clear()
  }

  #add(metric: PluginMetric, own: Tags, read: (now: number) => number | null): void {
    if (this.#isOver) throw new Error('This PluginMetrics instance is closed')
    const { name, doc = '' } = metric
    const tags = allTags(metric, own)
    const key = keyOf(name, tags)
    if (this.#entries.has(key)) throw new Error(`Metric ${name} already exists`)
    if (this.#entries.size >= MOST) throw new Error(`Metric ${name} is one too many: there are ${MOST}`)
    this.#entries.set(key, { name, doc, tags, read })
  }

  /** One that cannot be read is gone: it would fail every second. */
  #read(key: string, { name, read }: Entry, now: number): number | null {
    try {
      const value = read(now)
      return typeof value === 'number' ? value : null
    } catch (error) {
      log.warn(`Metric ${name} cannot be read and is removed: ${(error as Error)?.message ?? error}`)
      this.#entries.delete(key)
      return null
    }
  }
}

/** Names that Prometheus could not tell apart are one. */
function keyOf(name: string, tags: Tags): string {
  return JSON.stringify([metricName(name), tags])
}

function allTags({ name, tags = {} }: PluginMetric, own: Tags): Tags {
  if (!/[A-Za-z0-9]/.test(name)) throw new Error(`A metric cannot be named '${name}'`)
  const taken = new Set(own.map(([tag]) => tag))
  const more = Object.entries(tags).map(([tag, value]) => {
    const shown = metricName(tag)
    if (taken.has(shown) || !/^[a-z_]/.test(shown)) throw new Error(`Cannot use ${tag} as a tag name`)
    taken.add(shown)
    return [tag, String(value)] as const
  })
  return [...own, ...more]
}
