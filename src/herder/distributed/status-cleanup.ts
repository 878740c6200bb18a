import type { RequestQueue } from '../request-queue.ts'
import type { ConfigSnapshot } from './config-events.ts'
import type { StatusLog } from './status-log.ts'

/**
 * Statuses of connectors and tasks that are no longer configured are removed by whoever leads, after each round and
 * after what it has ended. Java: DistributedHerder.updateDeletedConnectorStatus, updateDeletedTaskStatus
 */
export class StatusCleanup {
  readonly #statuses: StatusLog
  readonly #queue: RequestQueue
  readonly #snapshot: () => ConfigSnapshot
  /** Since the last round; who has led no round knows nothing of what was before. */
  readonly #changed = new Set<string>()
  #ledBefore = false

  constructor(parts: { statuses: StatusLog; queue: RequestQueue; snapshot(): ConfigSnapshot }) {
    this.#statuses = parts.statuses
    this.#queue = parts.queue
    this.#snapshot = parts.snapshot
  }

  /** The connector is gone, or has other tasks than it had. */
  changed(connector: string): void {
    this.#changed.add(connector)
  }

  afterRound(isLeader: boolean): void {
    const names = this.#ledBefore ? [...this.#changed] : this.#statuses.connectors()
    this.#changed.clear()
    this.#ledBefore = isLeader
    if (!isLeader) return
    for (const name of names) {
      const job = this.#queue.job(name, async () => this.#clean(name))
      job.catch(() => {}) // Only a worker that stops refuses it; whoever leads next does it.
    }
  }

  #clean(name: string): void {
    const snapshot = this.#snapshot()
    if (!snapshot.contains(name)) {
      this.#statuses.deleteConnector(name)
      return
    }
    const tasks = snapshot.tasks(name).length
    for (const { id } of this.#statuses.taskStatuses(name))
      if (id >= tasks) this.#statuses.deleteTask({ connector: name, task: id })
  }
}
