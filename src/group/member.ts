import { KafkaError } from '../kafka/port.ts'
import { logger } from '../observe/log.ts'
import { pause } from '../waiting/deadline.ts'
import { Confirmations } from './confirmations.ts'
import { Coordinator } from './coordinator.ts'
import { Garbage } from './garbage.ts'
import { groupError } from './group-errors.ts'
import { Heartbeats } from './heartbeats.ts'
import { MemberMetrics } from './member-metrics.ts'
import type { GroupListener, Joined, Membership, Work } from './membership.ts'
import type { GroupOptions } from './options.ts'
import { assignmentText, PROTOCOLS } from './protocol.ts'
import { type Given, Round } from './round.ts'
import { RoundRequests } from './round-requests.ts'
import { Standing } from './standing.ts'

/**
 * A worker in its group, over connections of its own. One loop finds the coordinator and goes through the rounds, so
 * that there is never more than one; heartbeats go on beside it, whatever it waits for. Java: WorkerGroupMember,
 * WorkerCoordinator, AbstractCoordinator
 */
export class GroupMember implements Membership {
  readonly metrics = new MemberMetrics()
  readonly #options: GroupOptions
  readonly #standing: Standing
  readonly #coordinator: Coordinator
  readonly #heartbeats: Heartbeats
  readonly #confirmations: Confirmations
  readonly #requests: RoundRequests
  readonly #garbage: Garbage
  readonly #log
  readonly #herderLog
  readonly #closing = new AbortController()
  readonly #closed: Promise<unknown>
  #listener: GroupListener | null = null
  /** Rounds asked for, and the number that the last completed one was begun with: none is lost on the way. */
  #requested = 0
  #answered = 0
  /** The one that is under way. */
  #round: Round | null = null
  /** The listener is at what the last one has given. */
  #isTaking = false
  /** Changes when what is under way must come to nothing. */
  #epoch = 0
  /** A LeaveGroup that has no answer yet. */
  #leaving: Promise<void> | null = null
  #ended = false
  #wake = () => {}

  constructor(options: GroupOptions) {
    this.#options = options
    this.#standing = new Standing(options.protocol)
    this.#closed = new Promise(resolve => this.#closing.signal.addEventListener('abort', resolve))
    const scope = `Worker clientId=${options.clientId}, groupId=${options.groupId}`
    this.#log = logger('org.apache.kafka.connect.runtime.distributed.WorkerCoordinator', scope)
    this.#herderLog = logger('org.apache.kafka.connect.runtime.distributed.DistributedHerder', scope)
    this.#coordinator = new Coordinator(options, this.#log, this.metrics.traffic)
    this.#coordinator.onLost = () => this.#wake()
    this.#garbage = new Garbage(this.#log)
    this.#confirmations = new Confirmations(options.sessionTimeoutMs)
    const common = [options, this.#coordinator, this.metrics, this.#confirmations] as const
    this.#requests = new RoundRequests(...common)
    this.#heartbeats = new Heartbeats(...common, error => this.#missed(error))
  }

  get current(): Joined | null {
    return this.#standing.current
  }

  get held(): Work | null {
    return this.#standing.held
  }

  get isConfirmed(): boolean {
    return this.current !== null && this.#heartbeats.isOn && this.#confirmations.leftMs > 0
  }

  get isSettled(): boolean {
    const isAtRound = this.#round !== null || this.#isTaking
    return !isAtRound && this.#requested === this.#answered && this.isConfirmed
  }

  async settled(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.isSettled) await this.#confirmations.next(signal)
  }

  start(listener: GroupListener): void {
    if (this.#listener) throw new Error('The membership has been started already')
    this.#listener = listener
    this.#requested++
    void this.#run(listener)
  }

  requestRejoin(reason: string): void {
    this.#log.debug(`Request joining group due to: ${reason}`)
    this.#requested++
    this.#wake()
  }

  async leave(reason: string): Promise<void> {
    this.#epoch++
    this.#answered = this.#requested
    this.#heartbeats.stop()
    this.#standing.current = null
    this.#round = null
    const { memberId } = this.#standing
    if (memberId === '') return this.#leaving ?? this.#coordinator.interrupt()
    if (!this.#coordinator.isKnown) {
      // As the JVM: nobody is looked for to take leave of, the session ends by itself.
      this.#reset(`${reason}, while the coordinator is away`)
      return
    }
    this.#log.info(
      `Member ${memberId} sending LeaveGroup request to coordinator ${this.#coordinator.name} due to ${reason}`,
    )
    this.#reset('consumer pro-actively leaving the group')
    this.#leaving = this.#requests.leave(memberId, reason).catch((error: Error) => {
      // The coordinator gives this member up when its session is over.
      this.#log.warn(`LeaveGroup failed: ${error.message}`)
    })
    await this.#leaving
    this.#leaving = null
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return
    this.#ended = true
    await this.leave('the consumer is being closed')
    this.#closing.abort()
    this.#coordinator.close()
    this.#wake()
  }

  async #run(listener: GroupListener): Promise<void> {
    try {
      while (!this.#ended) {
        // The broker would hold a JoinGroup that is sent first until the former member has left, and LeaveGroup behind it.
        if (this.#leaving) await this.#leaving
        const isDue = this.#requested > this.#answered
        if (!this.#coordinator.isKnown && (isDue || this.#standing.memberId !== ''))
          await this.#findCoordinator(listener)
        else if (isDue) await this.#attempt(listener)
        else await this.#awaitEvent()
      }
    } catch (error) {
      await this.#fail(error as Error)
    }
  }

  #awaitEvent(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    return promise
  }

  /** What is held may run only as long as the group can tell otherwise. */
  async #findCoordinator(listener: GroupListener): Promise<void> {
    const { heartbeatIntervalMs } = this.#options
    const { signal } = this.#closing
    const finding = this.#coordinator.find(signal)
    finding.catch(() => {})
    await Promise.race([finding, this.held ? pause(heartbeatIntervalMs, signal) : this.#closed])
    if (!this.#coordinator.isKnown && this.held && !this.#ended) {
      const had = this.#standing.lose()
      const why = `Broker coordinator was unreachable for ${heartbeatIntervalMs}ms. Revoking previous assignment ${had} to avoid running tasks while not being a member the group`
      this.#log.info(why)
      this.#heartbeats.stop()
      this.#requested++
      await listener.lost(why)
    }
    await Promise.race([finding, this.#closed])
  }

  /** One attempt at a round; what has failed for now is attempted again by the loop. */
  async #attempt(listener: GroupListener): Promise<void> {
    const epoch = this.#epoch
    const isCurrent = () => epoch === this.#epoch
    const satisfies = this.#requested
    const round = this.#round ?? this.#begin(listener)
    this.#round = round
    let given: Given | null
    try {
      given = await round.attempt(isCurrent)
    } catch (error) {
      if (!isCurrent()) return
      if (!(error instanceof KafkaError)) throw error
      await this.#recover(error, round)
      return
    }
    if (given === null) return
    this.#answered = satisfies
    const joined = this.#complete(given, round.began)
    if (joined === null) return
    this.#isTaking = true
    try {
      await this.#watched(() => listener.joined(joined))
    } finally {
      this.#isTaking = false
    }
    this.#confirmations.tell()
  }

  #begin(listener: GroupListener): Round {
    this.#log.info('Rebalance started')
    return new Round({
      options: this.#options,
      standing: this.#standing,
      requests: this.#requests,
      heartbeats: this.#heartbeats,
      garbage: this.#garbage,
      listener,
      log: this.#log,
      closing: this.#closing.signal,
      watched: deed => this.#watched(deed),
    })
  }

  /** Null when what the leader has sent cannot be read: then what is held stays, and another round is asked for later. */
  #complete(given: Given, began: number): Joined | null {
    this.#round = null
    let joined: Joined
    try {
      joined = this.#standing.take(given)
    } catch (error) {
      this.#refuse(given.answer.leader, (error as Error).message)
      return null
    }
    this.#garbage.assignmentRead()
    const { generation, protocol, assignment } = joined
    const version = PROTOCOLS[protocol].version
    this.#herderLog.info(
      `Joined group at generation ${generation} with protocol version ${version} and got assignment: ${assignmentText(assignment)} with rebalance delay: ${assignment.delayMs}`,
    )
    this.metrics.rebalance(performance.now() - began)
    this.#heartbeats.hurry()
    return joined
  }

  #refuse(leader: string, reason: string): void {
    this.metrics.observe('failedRebalance', 1)
    this.#standing.current = null
    const ms = this.#garbage.assignment(leader, reason)
    const count = this.#garbage.assignments
    void pause(ms, this.#closing.signal).then(() => {
      // Another round may have come meanwhile.
      if (!this.#ended && count === this.#garbage.assignments)
        this.requestRejoin('the assignment could not be read')
    })
  }

  /**
   * The group goes on without a worker whose listener is stuck for longer than a round may take; it joins again when
   * it is through. Java: WorkerCoordinator.handlePollTimeoutExpiry
   */
  async #watched<T>(deed: () => Promise<T>): Promise<T> {
    const { rebalanceTimeoutMs } = this.#options
    let isOverdue = false
    const timer = setTimeout(() => {
      if (this.#ended) return
      isOverdue = true
      this.#log.warn(
        `This worker has been at one round for ${rebalanceTimeoutMs} ms (rebalance.timeout.ms): it leaves the group, which gives its work to others, and joins again when it is through. Look for a connector or task that does not stop.`,
      )
      void this.leave('worker poll timeout has expired.')
    }, rebalanceTimeoutMs).unref()
    try {
      return await deed()
    } finally {
      clearTimeout(timer)
      if (isOverdue) this.requestRejoin('the worker is through with its round')
    }
  }

  /** Java: JoinGroupResponseHandler, SyncGroupResponseHandler */
  async #recover(error: KafkaError, round: Round): Promise<void> {
    this.metrics.observe('failedRebalance', 1)
    const javaName = error.javaClass.slice(error.javaClass.lastIndexOf('.') + 1)
    round.reason = `rebalance failed due to ${javaName}`
    this.#log.info(
      `Request joining group due to: rebalance failed due to '${error.reason}' (${javaName}): ${error.code}`,
    )
    switch (error.code) {
      case 'UNKNOWN_MEMBER_ID':
        return this.#reset('encountered UNKNOWN_MEMBER_ID')
      case 'ILLEGAL_GENERATION':
        this.#standing.generation = -1
        return
      case 'REBALANCE_IN_PROGRESS':
        return
      case 'NOT_COORDINATOR':
      case 'COORDINATOR_NOT_AVAILABLE':
        this.#coordinator.forget(`error response ${error.code}`, false)
    }
    if (!error.retriable) throw error
    await pause(this.#options.retryBackoffMs, this.#closing.signal)
  }

  /** A heartbeat was answered with an error, in the generation that is current. */
  #missed(error: KafkaError): void {
    const generation = `Generation{generationId=${this.#standing.generation}, memberId='${this.#standing.memberId}'}`
    switch (error.code) {
      case 'REBALANCE_IN_PROGRESS':
        // The round that is under way is told the same.
        if (this.#round !== null) return
        this.#log.info('Attempt to heartbeat failed since group is rebalancing')
        if (this.#requested === this.#answered) this.requestRejoin('group is already rebalancing')
        return
      case 'NOT_COORDINATOR':
      case 'COORDINATOR_NOT_AVAILABLE':
        this.#coordinator.forget(`error response ${error.code}`, false)
        return
      case 'UNKNOWN_MEMBER_ID':
      case 'ILLEGAL_GENERATION':
        this.#log.info(`Attempt to heartbeat with ${generation} failed due to ${error.code}`)
        this.#confirmations.forget()
        if (this.#round !== null) return
        this.#heartbeats.stop()
        if (error.code === 'UNKNOWN_MEMBER_ID')
          this.#reset('encountered UNKNOWN_MEMBER_ID from HEARTBEAT response')
        this.requestRejoin(`the coordinator answered ${error.code}`)
        return
    }
    if (!error.retriable) void this.#fail(error)
  }

  async #fail(error: Error): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    await this.leave(error.message)
    this.#wake()
    this.#listener?.failed(groupError(error, this.#options))
  }

  #reset(cause: string): void {
    this.#log.info(`Resetting generation and member id due to: ${cause}`)
    this.#standing.memberId = ''
    this.#standing.generation = -1
    this.#confirmations.forget()
  }
}
