import { causesAndHint } from '../../data/errors.ts'
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
import { heldAfter, isEmpty, noWork, without } from '../../group/work.ts'
import type { Logger } from '../../observe/log.ts'
import type { RebalanceMetrics } from '../../observe/metrics/rebalance-metrics.ts'
import { pause } from '../../waiting/deadline.ts'
import type { AssignedWork } from './assigned-work.ts'
import { caughtUp } from './catch-up.ts'
import type { ConfigSnapshot, ConfigStore } from './config-events.ts'
import type { EventLoop } from './event-loop.ts'
import type { Leadership } from './leadership.ts'
import type { StatusCleanup } from './status-cleanup.ts'
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
  cleanup: Pick<StatusCleanup, 'ended'>
  /** Work that goes to others has been stopped: its last statuses are to be seen before theirs. */
  flushStatuses(): Promise<void>
  /** What this worker has been given is taken on. */
  onRound(round: Joined): void
  /** Told when a round begins to be taken on, and when it has been. */
  rebalances?: Pick<RebalanceMetrics, 'begun' | 'completed'>
  onFailed(error: Error): void
}

const STAGE = 'ensuring membership in the cluster'
/** Between rounds that cannot give anything, because somebody says what the config topic does not bear out. */
const BEYOND_MS = 1000

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
  /** Connectors that this worker has told the group it cannot run. */
  #toldUnable = new Set<string>()
  /** All that runs is being stopped, so that this worker may leave. */
  #leaving: Promise<void> = Promise.resolve()
  /** It has been told that somebody has read beyond the end of the config topic. */
  #toldBeyond = false
  readonly #closing = new AbortController()

  constructor(parts: GroupRoundsParts) {
    this.#parts = parts
    this.#backoff = new UnsyncBackoff(parts)
    this.#log = parts.log
  }

  /** URLs of the members beside this one, as far as it knows. */
  get others(): readonly string[] {
    return this.#others
  }

  /** The last round was made from the config topic up to this offset, or further. */
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
    if (!this.isClosed) this.#parts.membership.requestRejoin(reason)
  }

  /** This worker takes part in none any more. */
  get isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  /** Resolves when a further round is complete, or when there will be none. */
  next(): Promise<void> {
    return this.#next.promise
  }

  close(): void {
    this.#closing.abort()
    clearTimeout(this.#delayed)
    this.#next.resolve()
  }

  state(): MemberState {
    const { url, leader, work } = this.#parts
    const unable = this.#parts.unable()
    this.#toldUnable = new Set(unable)
    return { url, configOffset: leader.snapshot().offset, held: work.held, unable }
  }

  /**
   * This worker has been given a connector that it cannot run. Where it had not read of that when it told of itself, a
   * leader of ours gives it to another one.
   */
  cannotRun(connector: string): void {
    if (this.#toldUnable.has(connector)) return
    this.#toldUnable.add(connector)
    this.rejoin(`this worker cannot run connector ${connector}`)
  }

  /** With the incremental protocols what runs goes on. */
  async preparing(protocol: ConnectProtocol): Promise<void> {
    this.#underWay = true
    this.#parts.leader.forget()
    // The group is not to hear that nothing is held while it still runs.
    await this.#leaving
    if (protocol !== 'eager') return
    await this.#drop()
    await this.#parts.flushStatuses()
  }

  /** A leader that has read less than a member reads on: Java's gives nothing then, and has all of them come again. */
  async assign(members: ReadonlyMap<string, MemberState>, round: LedRound): Promise<Map<string, Assignment>> {
    const { store, leader, syncTimeoutMs, url } = this.#parts
    const states = [...members.values()]
    const ahead = () => states.filter(({ configOffset }) => configOffset > store.snapshot().offset)
    if (ahead().length > 0 && (await caughtUp(store, syncTimeoutMs))) this.#tellBeyond(ahead())
    this.#others = states.map(state => state.url).filter(other => other !== url)
    // What has been read since this member told of itself needs no round of its own.
    leader.snapshot()
    return leader.assign(members, round)
  }

  /** Resolves when what has been revoked has ended, so that the next round may give it to others. */
  async joined(round: Joined): Promise<void> {
    if (this.isClosed) return
    const { store, loop, leader, leadership, rebalances } = this.#parts
    const { assignment, isLeader } = round
    const { error, configOffset } = assignment
    rebalances?.begun()
    if (!isLeader) leader.forget()
    leadership.joined(round)
    const isBehind = () => store.snapshot().offset < configOffset
    if (isBehind() || (error !== 0 && isLeader)) {
      if (!(await this.#catchUp(isLeader))) return
      // Java asks for the next round at once, and so for one after the other.
      if (isBehind()) {
        if (!isLeader) this.#tellBeyond([{ url: assignment.leaderUrl, configOffset }])
        await pause(BEYOND_MS, this.#closing.signal)
        return this.rejoin('the config topic does not reach to the offset of the round')
      }
    }
    if (error !== 0)
      return this.rejoin(
        'nothing was given: a member had read further than the leader, or had something to stop',
      )
    this.#toldBeyond = false
    let follow = async () => {}
    // Behind what the configuration up to here asks for.
    await loop.post(STAGE, () => {
      if (!this.isClosed) follow = this.#take(round)
    })
    await follow()
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
    let dropped: Promise<void> | undefined
    await this.#parts.loop.post(STAGE, () => {
      dropped = this.#parts.work.drop()
    })
    await dropped
  }

  /** Gives what has to be done before the next round, beside the loop. */
  #take(round: Joined): () => Promise<void> {
    const { store, work } = this.#parts
    const { assignment, protocol } = round
    const { revoked, assigned, configOffset, delayMs } = assignment
    const held = heldAfter(work.held, assignment, protocol)
    const before = work.held ?? noWork()
    this.#assignedFrom = configOffset
    this.#log.info(`Starting connectors and tasks using config offset ${configOffset}`)
    const touched = protocol === 'eager' ? [before, held] : [assigned, revoked]
    void work.take(held, configOffset, touched).then(() => {
      this.#log.info('Finished starting connectors and tasks')
      this.#parts.rebalances?.completed()
    })
    clearTimeout(this.#delayed)
    if (delayMs > 0) this.#delayed = setTimeout(() => this.rejoin('the delay of lost work is over'), delayMs)
    const next = this.#next
    this.#next = Promise.withResolvers()
    this.#parts.onRound(round)
    next.resolve()
    // What nobody configures any more goes to nobody: that needs no second round.
    const isFollowed = !isEmpty(configured(revoked, store.snapshot()))
    if (!isFollowed) this.#endRound()
    return async () => {
      if (!isEmpty(revoked)) await this.#handOver(revoked, isFollowed)
    }
  }

  async #handOver(revoked: Work, isFollowed: boolean): Promise<void> {
    await this.#parts.work.settled(revoked)
    this.#parts.cleanup.ended(revoked)
    await this.#parts.flushStatuses()
    if (isFollowed) this.rejoin('revoked work can be given to others')
  }

  /** Changes that came in the meantime and that the round does not cover need another. */
  #endRound(): void {
    this.#underWay = false
    const pending = this.#pending
    this.#pending = null
    if (pending) this.changed(pending.reason, pending.offset)
  }

  /** Once, until a round gives work again. */
  #tellBeyond(ahead: readonly Pick<MemberState, 'url' | 'configOffset'>[]): void {
    if (this.#toldBeyond || ahead.length === 0) return
    this.#toldBeyond = true
    const who = ahead.map(({ url, configOffset }) => `${url} up to offset ${configOffset}`).join(', ')
    this.#log.error(
      `Members of the group have read more of the config topic than it has: ${who}; here it ends at ${this.#parts.store.snapshot().offset}. ` +
        'Nothing is given to anybody as long as they say so. They read another topic or cluster, or the topic has been ' +
        'made anew while they ran: compare config.storage.topic and bootstrap.servers of all workers, and restart those that are wrong.',
    )
  }

  /** False where the config topic could not be read to its end: this worker leaves, and comes back later. */
  async #catchUp(isLeader: boolean): Promise<boolean> {
    const { store, syncTimeoutMs, maxDelayMs, membership, work, leadership } = this.#parts
    if (await caughtUp(store, syncTimeoutMs)) {
      this.#backoff.reset()
      return true
    }
    const { ms, giveUp } = this.#backoff.next(membership.current?.protocol === 'eager')
    // Others are given what it ran when they have waited for so long; what a leader ran, the next one gives at once.
    const isDropped = giveUp || maxDelayMs === 0 || isLeader
    this.#log.warn(
      `The config topic could not be read to its end within ${syncTimeoutMs} ms (worker.sync.timeout.ms): this ` +
        `worker leaves the group and comes back in ${ms} ms${isDropped ? '; it stops all that it runs' : ''}`,
    )
    leadership.lost()
    // Not within the round: leaving waits for it.
    this.#leaving = (isDropped ? work.drop() : Promise.resolve()).catch(error =>
      this.#log.error(`What ran here could not be stopped in order: ${causesAndHint(error)}`),
    )
    void this.#leaving
      .then(() => membership.leave('taking too long to read the log'))
      .finally(() => {
        clearTimeout(this.#delayed)
        if (!this.isClosed) this.#delayed = setTimeout(() => this.rejoin('taking part again'), ms)
      })
    return false
  }
}

/** Of this work what is still configured. */
function configured(work: Work, snapshot: ConfigSnapshot): Work {
  const connectors = work.connectors.filter(name => !snapshot.contains(name))
  const tasks = work.tasks.filter(({ connector, task }) => task >= snapshot.tasks(connector).length)
  return without(work, { connectors, tasks })
}
