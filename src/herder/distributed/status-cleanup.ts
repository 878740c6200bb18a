import type { Work } from '../../group/membership.ts'
import type { RequestQueue } from '../request-queue.ts'
import type { ConfigSnapshot } from './config-events.ts'
import type { StatusLog } from './status-log.ts'

/**
 * Statuses of connectors and tasks that are no longer configured are removed by whoever leads: after each round, and
 * when another worker tells that it has ended one of them; and by whoever has ended one. Java does it after each round
 * alone, for which it has one more. Java: DistributedHerder.updateDeletedConnectorStatus, updateDeletedTaskStatus
 */
export class StatusCleanup {
  readonly #statuses: StatusLog
  readonly #queue: RequestQueue
  readonly #snapshot: () => ConfigSnapshot
  readonly #leads: () => boolean
  /** Since the last round; who has led no round knows nothing of what was before. */
  readonly #changed = new Set<string>()
  #ledBefore = false

  constructor(parts: {
    statuses: StatusLog
    queue: RequestQueue
    snapshot(): ConfigSnapshot
    /** Whether this worker leads its group. */
    leads(): boolean
  }) {
    this.#statuses = parts.statuses
    this.#queue = parts.queue
    this.#snapshot = parts.snapshot
    this.#leads = parts.leads
    parts.statuses.onOthers = (connector, task) => this.#told(connector, task)
  }

  /** The connector is gone, or has other tasks than it had. */
  changed(connector: string): void {
    this.#changed.add(connector)
  }

  afterRound(isLeader: boolean): void {
    const names = this.#ledBefore ? [...this.#changed] : this.#statuses.connectors()
    this.#changed.clear()
    this.#ledBefore = isLeader
    if (isLeader) for (const name of names) this.#cleanInTurn(name)
  }

  /**
   * This worker has ended what was taken from it, and said so. A JVM leader that has removed the statuses of what is
   * configured no more before that would let this stay.
   */
  ended({ connectors, tasks }: Work): void {
    const names = new Set([...connectors, ...tasks.map(({ connector }) => connector)])
    for (const name of this.#statuses.connectors()) if (names.has(name)) this.#cleanInTurn(name)
  }

  /** A worker runs what a leader has given it, so that a leader has read of it before. */
  #told(connector: string, task: number | null): void {
    if (!this.#leads()) return
    const snapshot = this.#snapshot()
    const isKnown = snapshot.contains(connector)
    if (isKnown && (task === null || task < snapshot.tasks(connector).length)) return
    this.#cleanInTurn(connector)
  }

  #cleanInTurn(name: string): void {
    const job = this.#queue.job(name, async () => this.#clean(name))
    job.catch(() => {}) // Only a worker that stops refuses it; whoever leads next does it.
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
