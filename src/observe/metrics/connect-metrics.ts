import { showAppInfo } from './app-info.ts'
import { ProcessMetrics } from './process-metrics.ts'
import { prometheusText } from './prometheus.ts'
import { type MetricGroup, Metrics } from './registry.ts'
import { RestartMetrics } from './restart-metrics.ts'
import type { WindowConfig } from './samples.ts'
import type { Value } from './template.ts'
import { WorkerMetrics } from './worker-metrics.ts'
import { METRICS_COUNT } from './worker-templates.ts'

export interface ConnectMetricsOptions extends WindowConfig {
  /** Advertised host:port, which is the worker's client id. */
  workerId: string
  /** Of the Kafka Connect that this is. */
  version: string
  commit: string
}

/** A group with its values; NaN and infinities, which JSON has not, are null. */
export interface GroupJson {
  group: string
  tags: Record<string, string>
  metrics: Record<string, Value>
}

/** All metrics of one worker, and the pages that show them. Java: org.apache.kafka.connect.runtime.ConnectMetrics */
export class ConnectMetrics {
  readonly registry: Metrics
  readonly worker: WorkerMetrics
  readonly processes: ProcessMetrics
  readonly restarts: RestartMetrics

  constructor({ workerId, version, commit, samples, windowMs }: ConnectMetricsOptions) {
    this.registry = new Metrics({ samples, windowMs })
    showAppInfo(this.registry, null, version, commit)
    showAppInfo(this.registry, workerId, version, commit)
    this.registry.add(METRICS_COUNT, [], {
      count: () => this.registry.count(id => id === null || id === workerId),
    })
    this.worker = new WorkerMetrics(this.registry)
    this.processes = new ProcessMetrics(this.registry)
    this.restarts = new RestartMetrics(this.registry)
  }

  /** The page of `/metrics`. */
  prometheus(): string {
    return prometheusText(this.registry)
  }

  /** The page of `/bunnect/metrics`. */
  groups(): GroupJson[] {
    const now = this.registry.now()
    return this.registry.read().flatMap(({ groups }) => groups.map(group => groupJson(group, now)))
  }
}

function groupJson(group: MetricGroup, now: number): GroupJson {
  const { name, tags, metrics } = group.template
  const values = metrics
    .filter(metric => group.has(metric))
    .map(metric => {
      const value = group.read(metric, now)
      return [metric.name, typeof value === 'number' && !Number.isFinite(value) ? null : value]
    })
  return {
    group: name,
    tags: Object.fromEntries(tags.map((tag, i) => [tag, group.tags[i]!])),
    metrics: Object.fromEntries(values),
  }
}
