import type { MetricGroup, Metrics } from './registry.ts'
import { REBALANCE } from './worker-templates.ts'

/** What the herder knows of its group; null where it is in none yet. */
export interface GroupState {
  /** EAGER, COMPATIBLE or SESSIONED. */
  protocol: string | null
  /** The REST URL of the leader, with a trailing slash. */
  leaderUrl: string | null
  generation: number
}

/** Rebalances as this worker sees them, from an assignment until its work has begun. Java: DistributedHerder.HerderMetrics */
export class RebalanceMetrics {
  readonly #metrics: Metrics
  readonly #group: MetricGroup
  #since: number | null = null
  #last: number | null = null

  constructor(metrics: Metrics, state: () => GroupState) {
    this.#metrics = metrics
    this.#group = metrics.add(REBALANCE, [], {
      'connect-protocol': () => state().protocol,
      'leader-name': () => state().leaderUrl,
      epoch: () => state().generation,
      rebalancing: () => (this.#since === null ? 0 : 1),
      'time-since-last-rebalance-ms': now =>
        this.#last === null ? Number.POSITIVE_INFINITY : now - this.#last,
    })
  }

  /** An assignment has come. */
  begun(): void {
    this.#since = this.#metrics.now()
  }

  /** What it asks for has been started. */
  completed(): void {
    const now = this.#metrics.now()
    const took = Math.max(now - (this.#since ?? now), 0)
    this.#since = null
    this.#last = now
    this.#group.sensor('completed').record(1, now)
    this.#group.sensor('time').record(took, now)
  }
}
