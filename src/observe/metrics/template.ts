import type { Stat } from './sensor.ts'

/** What a metric says: a number, or a text; null where there is nothing to say yet. */
export type Value = number | string | null

export interface MetricTemplate {
  /** Kafka Connect's name, such as `source-record-poll-total`. */
  readonly name: string
  readonly doc: string
  /** The sensor and the statistic of it; null for a gauge, which is computed when it is read. */
  readonly of: { readonly sensor: string; readonly stat: Stat } | null
  /**
   * Where a text goes in Prometheus, whose values are numbers: a `label` of a series of its own, or one of all texts
   * of its group in one series, `<group>_info`.
   */
  readonly text: 'label' | 'info' | null
}

/** A kind of group: its JMX `type`, its tags and its metrics. Java: ConnectMetricsRegistry */
export interface GroupTemplate {
  readonly name: string
  readonly tags: readonly string[]
  readonly sensors: readonly string[]
  readonly metrics: readonly MetricTemplate[]
  /** Left out of kafka-metrics-count: it is ours, or no metric in Java. */
  readonly uncounted: boolean
}

type Named = readonly [name: string, doc: string]
interface Definition {
  sensors?: Record<string, Partial<Record<Stat, Named>>>
  gauges?: Record<string, string>
  labels?: Record<string, string>
  infos?: Record<string, string>
  uncounted?: boolean
}

/** Sensors by key with their statistics; gauges, and texts of both kinds, by the metric's name with its description. */
export function groupTemplate(name: string, tags: readonly string[], definition: Definition): GroupTemplate {
  const { sensors = {}, gauges = {}, labels = {}, infos = {}, uncounted = false } = definition
  const measured = Object.entries(sensors).flatMap(([sensor, stats]) =>
    Object.entries(stats).map(([stat, [metric, doc]]) => ({
      name: metric,
      doc,
      of: { sensor, stat: stat as Stat },
      text: null,
    })),
  )
  const read = (names: Record<string, string>, text: MetricTemplate['text']) =>
    Object.entries(names).map(([metric, doc]) => ({ name: metric, doc, of: null, text }))
  return {
    name,
    tags,
    sensors: Object.keys(sensors),
    metrics: [...measured, ...read(gauges, null), ...read(labels, 'label'), ...read(infos, 'info')],
    uncounted,
  }
}
