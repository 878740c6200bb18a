import type { GroupLeader } from '../../group/leader.ts'
import type {
  Assignment,
  ConnectProtocol,
  GroupListener,
  Joined,
  LedRound,
  MemberState,
  Membership,
  Work,
} from '../../group/membership.ts'
import { heldAfter, noWork, without } from '../../group/work.ts'
import type { Logger } from '../../observe/log.ts'
import type { RebalanceMetrics } from '../../observe/metrics/rebalance-metrics.ts'
import { within } from '../../pipeline/deadline.ts'
import type { AssignedWork } from './assigned-work.ts'
import { caughtUp } from './catch-up.ts'
import type { ConfigSnapshot, ConfigStore } from './config-events.ts'
import type { EventLoop } from './event-loop.ts'
import type { Leadership } from './leadership.ts'
import { UnsyncBackoff } from './unsync-backoff.ts'

export interface GroupRoundsParts {
  store: ConfigStore
  membership: Membership
  leader: GroupLeader
  leadership: Leadership
  work: AssignedWork
  loop: EventLoop
  log: Logger
  /** The advertised REST URL, with a trailing slash. */
  url: string
  /** Connectors that this worker cannot run. */
  unable(): readonly string[]
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

const STAGE = 'ensuring membership in the cluster'

/**
 * What rounds of the group ask of this worker. The loop decides what is to run; what has to have ended before the
 * next round is waited for beside it. Java: DistributedHerder.RebalanceListener, handleRebalanceCompleted
 */
export class GroupRounds implements GroupListener {
  readonly #parts: GroupRoundsParts
  readonly #backoff: UnsyncBackoff
  readonly #log: Logger
  #next = Promise.withResolvers<void>()
  #delayed: Timer | undefined
  /** Between the begin of a round and its end: a change that it covers needs no other. */
  #underWay = false
  #pending: { reason: string; offset: number } | null = null
  /** The offset of the config topic that the last round was made from. */
  #assignedFrom = -1
  /** Of the others, when this worker led last. */
  #others: string[] = []
  #closed = false

  constructor(parts: GroupRoundsParts) {
    this.#parts = parts
    this.#backoff = new UnsyncBackoff(parts)
    this.#log = parts.log
  }

  /** URLs of the members beside this one, as far as it knows. */
  get others(): readonly string[] {
    return this.#others
  }

  /** Rounds are over, or one has been made from the config topic up to this offset. */
  covers(offset: number): boolean {
    return offset <= this.#assignedFrom
  }

  /** What the group has to give to somebody, or take away, has changed by what is before this offset of the config topic. */
  changed(reason: string, offset: number): void {
    if (this.covers(offset)) return
    if (this.#underWay) this.#pending = { reason, offset }
    else this.rejoin(reason)
  }

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
    const { url, store, work, unable } = this.#parts
    return { url, configOffset: store.snapshot().offset, held: work.held, unable: unable() }
  }

  /** With the incremental protocols what runs goes on. */
  async preparing(protocol: ConnectProtocol): Promise<void> {
    this.#underWay = true
    this.#parts.leader.forget()
    if (protocol !== 'eager') return
    await this.#drop()
    await this.#parts.flushStatuses()
  }

  /** A leader that has read less than a member reads on: Java's gives nothing then, and has all of them come again. */
  async assign(members: ReadonlyMap<string, MemberState>, round: LedRound): Promise<Map<string, Assignment>> {
    const { store, leader, syncTimeoutMs, url } = this.#parts
    const states = [...members.values()]
    if (states.some(({ configOffset }) => configOffset > store.snapshot().offset))
      await caughtUp(store, syncTimeoutMs)
    this.#others = states.map(state => state.url).filter(other => other !== url)
    return leader.assign(members, round)
  }

  /** Resolves when what has been revoked has ended: it may be given to others in the next round. */
  async joined(round: Joined): Promise<void> {
    let ended: Promise<void> = Promise.resolve()
    await this.#parts.loop.post(STAGE, async () => {
      ended = await this.#joined(round)
    })
    await ended
  }

  /** Resolves when nothing runs any more. */
  async lost(reason: string): Promise<void> {
    this.#log.warn(`This worker may run nothing any more: ${reason}`)
    this.#parts.leadership.lost()
    this.#parts.leader.forget()
    await this.#drop()
  }

  failed(error: Error): void {
    this.#parts.onFailed(error)
  }

  async #drop(): Promise<void> {
    let ended: Promise<void> = Promise.resolve()
    await this.#parts.loop.post(STAGE, () => {
      ended = this.#parts.work.drop()
    })
    await ended
  }

  /** What it resolves with resolves when what has been revoked has ended. */
  async #joined(round: Joined): Promise<{ ended: Promise<void> }> {
    throw new Error(`${round}`)
  }
}
