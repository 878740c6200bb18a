import type { MetricGroup, Metrics } from './registry.ts'
import { groupTemplate } from './template.ts'

const RESTARTS = groupTemplate('bunnect-restarts', ['connector', 'task'], {
  sensors: {
    restarts: { total: ['total', 'Restarts by the restart policy; task is empty for a connector.'] },
  },
  uncounted: true,
})

/** How often the restart policy has restarted what has failed. */
export class RestartMetrics {
  readonly #metrics: Metrics
  /** By connector, then by task. */
  readonly #groups = new Map<string, Map<number | null, MetricGroup>>()

  constructor(metrics: Metrics) {
    this.#metrics = metrics
  }

  /** `task` is null for the connector's object. */
  restarted(connector: string, task: number | null): void {
    const groups = this.#groups.get(connector) ?? new Map<number | null, MetricGroup>()
    this.#groups.set(connector, groups)
    const group =
      groups.get(task) ?? this.#metrics.add(RESTARTS, [connector, task === null ? '' : String(task)])
    groups.set(task, group)
    group.sensor('restarts').record(1, this.#metrics.now())
  }

  /** The connector has been deleted, or is somebody else's. */
  forget(connector: string): void {
    for (const group of this.#groups.get(connector)?.values() ?? []) this.#metrics.remove(group)
    this.#groups.delete(connector)
  }
}
