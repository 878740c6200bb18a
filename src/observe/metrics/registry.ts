import type { WindowConfig } from './samples.ts'
import { Sensor, type Stats } from './sensor.ts'
import type { GroupTemplate, MetricTemplate, Value } from './template.ts'

/** How a gauge is read; `now` is ms since 1970. */
export type Gauge = (now: number) => Value
/** By metric name. */
export type Gauges = Readonly<Record<string, Gauge>>

/** A group of metrics with its tags' values. Java: ConnectMetrics.MetricGroup */
export class MetricGroup {
  readonly template: GroupTemplate
  readonly tags: readonly string[]
  readonly #gauges: Gauges
  readonly #sensors: Readonly<Record<string, Sensor>>

  constructor(template: GroupTemplate, tags: readonly string[], gauges: Gauges, config: WindowConfig) {
    this.template = template
    this.tags = tags
    this.#gauges = gauges
    this.#sensors = Object.fromEntries(
      template.sensors.map(sensor => [sensor, new Sensor(statsOf(template, sensor), config)]),
    )
  }

  /** The sensor that its template calls so. */
  sensor(key: string): Sensor {
    const sensor = this.#sensors[key]
    if (sensor === undefined) throw new Error(`${this.template.name} has no sensor ${key}`)
    return sensor
  }

  /** Whether it has the metric now: one whose gauge nobody reads is absent. */
  has({ of, name }: MetricTemplate): boolean {
    return of !== null || this.#gauges[name] !== undefined
  }

  read({ of, name }: MetricTemplate, now: number): Value {
    return of === null ? (this.#gauges[name]?.(now) ?? null) : this.#sensors[of.sensor]!.measure(of.stat, now)
  }
}

/** Every group of metrics of this worker. Java: org.apache.kafka.connect.runtime.ConnectMetrics */
export class Metrics {
  readonly config: WindowConfig
  readonly now: () => number
  /** Called before metrics are read, and by `collect`: bring in what has been measured elsewhere. */
  readonly refresh: (() => void)[] = []
  readonly #groups = new Map<GroupTemplate, Map<string, MetricGroup>>()

  constructor(config: WindowConfig, now: () => number = Date.now) {
    this.config = config
    this.now = now
  }

  /** A new group; one of the same template and tags that is there already is replaced. */
  add(template: GroupTemplate, tags: readonly string[], gauges: Gauges = {}): MetricGroup {
    const group = new MetricGroup(template, tags, gauges, this.config)
    let groups = this.#groups.get(template)
    if (groups === undefined) {
      groups = new Map()
      this.#groups.set(template, groups)
    }
    groups.set(keyOf(tags), group)
    return group
  }

  /** Only this very group: one that has replaced it stays. */
  remove(group: MetricGroup): void {
    const groups = this.#groups.get(group.template)
    const key = keyOf(group.tags)
    if (groups?.get(key) !== group) return
    groups.delete(key)
    // Plugins bring templates of their own.
    if (groups.size === 0) this.#groups.delete(group.template)
  }

  /** To be called about once a second, so that what is measured elsewhere comes into the right window. */
  collect(): void {
    for (const refresh of this.refresh) refresh()
  }

  /** By template, after `collect`. */
  read(): { template: GroupTemplate; groups: MetricGroup[] }[] {
    this.collect()
    return [...this.#groups].map(([template, groups]) => ({ template, groups: [...groups.values()] }))
  }

  /**
   * How many metrics Kafka Connect's own groups hold, of the client ids that `owns` accepts (null: groups without one).
   * Java: the size of a registry, of which every client has its own; kafka-metrics-count
   */
  count(owns: (clientId: string | null) => boolean): number {
    let count = 0
    for (const [template, groups] of this.#groups) {
      if (template.uncounted) continue
      const at = template.tags.indexOf('client-id')
      for (const group of groups.values())
        if (owns(group.tags[at] ?? null)) count += template.metrics.filter(metric => group.has(metric)).length
    }
    return count
  }
}

const keyOf = (tags: readonly string[]) => JSON.stringify(tags)

/** Which statistics a sensor has to keep, by template. */
function statsOf(template: GroupTemplate, sensor: string): Stats {
  const stats = template.metrics.flatMap(({ of }) => (of?.sensor === sensor ? [of.stat] : []))
  return Object.fromEntries(stats.map(stat => [stat, true]))
}
