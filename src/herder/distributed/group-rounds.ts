import { assignAlone } from '../../group/alone.ts'
import type {
  ConnectProtocol,
  GroupListener,
  Joined,
  LedRound,
  MemberState,
  Membership,
  Work,
} from '../../group/membership.ts'
import { heldAfter, without } from '../../group/work.ts'
import type { Logger } from '../../observe/log.ts'
import type { RebalanceMetrics } from '../../observe/metrics/rebalance-metrics.ts'
import { within } from '../../pipeline/deadline.ts'
import type { AssignedWork } from './assigned-work.ts'
import type { ConfigSnapshot, ConfigStore } from './config-events.ts'
import type { EventLoop } from './event-loop.ts'
import { UnsyncBackoff } from './unsync-backoff.ts'

export interface GroupRoundsParts {
  store: ConfigStore
  membership: Membership
  work: AssignedWork
  loop: EventLoop
  log: Logger
  /** The advertised REST URL, with a trailing slash. */
  url: string
  /** worker.sync.timeout.ms */
  syncTimeoutMs: number
  /** worker.unsync.backoff.ms, of the eager protocol */
  unsyncBackoffMs: number
  /** scheduled.rebalance.max.delay.ms */
  maxDelayMs: number
  /** Work that goes to others has been stopped: its last statuses are to be seen before theirs. */
  flushStatuses(): Promise<void>
  /** What this worker has been given is taken on. */
  onRound(round: Joined): void
  /** Told when a round begins to be taken on, and when it has been. */
  rebalances?: Pick<RebalanceMetrics, 'begun' | 'completed'>
  onFailed(error: Error): void
}

/** What rounds of the group ask of this worker. Java: DistributedHerder.RebalanceListener, handleRebalanceCompleted */
export class GroupRounds implements GroupListener {
  readonly #parts: GroupRoundsParts
  readonly #backoff: UnsyncBackoff
  readonly #log: Logger
  #next = Promise.withResolvers<void>()
  #delayed: Timer | undefined
  #closed = false

  constructor(parts: GroupRoundsParts) {
    this.#parts = parts
    this.#backoff = new UnsyncBackoff(parts)
    this.#log = parts.log
  }

  /** Something has changed that the group has to give to somebody, or take away. */
  rejoin(reason: string): void {
    if (!this.#closed) this.#parts.membership.requestRejoin(reason)
  }

  /** Resolves when a further round is complete. */
  next(): Promise<void> {
    return this.#next.promise
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#delayed)
    this.#next.resolve()
  }

  state(): MemberState {
    const { url, store, work } = this.#parts
    return { url, configOffset: store.snapshot().offset, held: work.held, unable: [] }
  }

  /** Java: RebalanceListener.onRevoked of all; with the incremental protocols what runs goes on. */
  preparing(protocol: ConnectProtocol): Promise<void> {
    if (protocol !== 'eager') return Promise.resolve()
    return this.#parts.loop.post('ensuring membership in the cluster', async () => {
      await this.#parts.work.drop()
      await this.#parts.flushStatuses()
    })
  }

  async assign(members: ReadonlyMap<string, MemberState>, round: LedRound) {
    return assignAlone(members, this.#parts.store.snapshot(), round)
  }

  joined(round: Joined): Promise<void> {
    return this.#parts.loop.post('ensuring membership in the cluster', () => this.#joined(round))
  }

  lost(reason: string): Promise<void> {
    return this.#parts.loop.post('ensuring membership in the cluster', async () => {
      this.#log.warn(`This worker may run nothing any more: ${reason}`)
      await this.#parts.work.drop()
    })
  }

  failed(error: Error): void {
    this.#parts.onFailed(error)
  }

  async #joined(round: Joined): Promise<void> {
    const { store, work } = this.#parts
    const { assignment, protocol } = round
    const { revoked, assigned, configOffset, delayMs } = assignment
    if (this.#closed) return
    this.#parts.rebalances?.begun()
    if (assignment.error !== 0 || store.snapshot().offset < configOffset) {
      if (!(await this.#catchUp())) return
      // Nothing was given.
      if (assignment.error !== 0) return this.rejoin('this worker has read the configuration to its end')
    }
    const held = heldAfter(work.held, assignment, protocol)
    const before = work.held ?? { connectors: [], tasks: [] }
    this.#log.info(`Starting connectors and tasks using config offset ${configOffset}`)
    const touched = protocol === 'eager' ? [before, held] : [assigned, revoked]
    const settled = work.take(held, configOffset, touched)
    settled.then(() => {
      this.#log.info('Finished starting connectors and tasks')
      this.#parts.rebalances?.completed()
    })
    clearTimeout(this.#delayed)
    if (delayMs > 0) this.#delayed = setTimeout(() => this.rejoin('the delay of lost work is over'), delayMs)
    const next = this.#next
    this.#next = Promise.withResolvers()
    this.#parts.onRound(round)
    next.resolve()
    // What nobody configures any more goes to nobody: that needs no second round, and no waiting for it to end.
    if (isEmpty(configured(revoked, store.snapshot()))) return
    await settled
    await this.#parts.flushStatuses()
    this.rejoin('revoked work can be given to others')
  }

  /** False where the config topic could not be read to its end: this worker leaves, and comes back later. */
  async #catchUp(): Promise<boolean> {
    const { store, syncTimeoutMs, membership, work } = this.#parts
    const late = new AbortController()
    try {
      await within(store.refresh(late.signal), syncTimeoutMs, () => {
        throw new Error(`no end after ${syncTimeoutMs} ms`)
      })
      this.#backoff.reset()
      return true
    } catch (error) {
      late.abort()
      const { ms, giveUp } = this.#backoff.next(membership.current?.protocol === 'eager')
      this.#log.warn(
        `The config topic could not be read to its end (${(error as Error).message}): this worker leaves the group ` +
          `and comes back in ${ms} ms${giveUp ? '; it stops all that it runs' : ''}`,
      )
      // Not within the round: leaving waits for it.
      void membership.leave('taking too long to read the log').finally(() => {
        this.#delayed = setTimeout(() => this.rejoin('taking part again'), ms)
      })
      if (giveUp) void work.drop()
      return false
    }
  }
}

/** Of this work what is still configured. */
function configured(work: Work, snapshot: ConfigSnapshot): Work {
  const connectors = work.connectors.filter(name => !snapshot.contains(name))
  const tasks = work.tasks.filter(({ connector, task }) => task >= snapshot.tasks(connector).length)
  return without(work, { connectors, tasks })
}

function isEmpty({ connectors, tasks }: Work): boolean {
  return connectors.length === 0 && tasks.length === 0
}
