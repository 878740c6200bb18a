import { pause } from '../kafka/pause.ts'
import { KafkaError } from '../kafka/port.ts'
import { kafkaErrorByCode } from '../kafka/protocol-errors.ts'
import { type JoinAnswer, joinGroup, leaveGroup, syncGroup } from '../kafka/wire/requests.ts'
import { logger } from '../observe/log.ts'
import { NotAloneError } from './alone.ts'
import { Coordinator } from './coordinator.ts'
import { groupError } from './group-errors.ts'
import { Heartbeats } from './heartbeats.ts'
import { MemberMetrics } from './member-metrics.ts'
import type { Assignment, ConnectProtocol, GroupListener, Joined, Membership, Work } from './membership.ts'
import type { GroupOptions } from './options.ts'
import { awaitOthersGone } from './others.ts'
import { assignmentText, decodeAssignment, PROTOCOLS, protocolNamed } from './protocol.ts'
import { assignmentsFor, checkProtocol, membersOf, metadataFor, PROTOCOL_TYPE } from './round-messages.ts'
import { heldAfter } from './work.ts'

/** JoinGroup is answered when the round has been joined by all, or this long after its timeout. */
const JOIN_GRACE_MS = 5000
/** How long leaving may take: the group does without, and gives a member up by itself. */
const LEAVE_TIMEOUT_MS = 5000

/**
 * A worker in its group, over connections of its own. One loop finds the coordinator and goes through the rounds, so
 * that there is never more than one; heartbeats go on beside it, whatever it waits for. Java: WorkerGroupMember,
 * WorkerCoordinator, AbstractCoordinator
 */
export class GroupMember implements Membership {
  readonly metrics = new MemberMetrics()
  readonly #options: GroupOptions
  readonly #coordinator: Coordinator
  readonly #heartbeats: Heartbeats
  readonly #log
  readonly #herderLog
  readonly #closing = new AbortController()
  readonly #closed: Promise<unknown>
  #listener: GroupListener | null = null
  #current: Joined | null = null
  #held: Work | null = null
  #lastAssignment: Assignment | null = null
  #memberId = ''
  #generation = -1
  /** Of the last completed round. */
  #protocol: ConnectProtocol
  #lastGeneration = -1
  /** When the last SyncGroup was sent that has been answered; performance.now(). */
  #syncedAt = Number.NEGATIVE_INFINITY
  /** The listener has been told of the round that is under way. */
  #isPrepared = false
  /** Rounds asked for, and the number that the last completed one was begun with: none is lost on the way. */
  #requested = 0
  #answered = 0
  /** When the round that is under way began; null when none is. */
  #roundBegan: number | null = null
  /** Changes when what is under way must come to nothing. */
  #epoch = 0
  #isKnownAlone = false
  #ended = false
  #wake = () => {}

  constructor(options: GroupOptions) {
    this.#options = options
    this.#protocol = options.protocol
    this.#closed = new Promise(resolve => this.#closing.signal.addEventListener('abort', resolve))
    const scope = `Worker clientId=${options.clientId}, groupId=${options.groupId}`
    this.#log = logger('org.apache.kafka.connect.runtime.distributed.WorkerCoordinator', scope)
    this.#herderLog = logger('org.apache.kafka.connect.runtime.distributed.DistributedHerder', scope)
    this.#coordinator = new Coordinator(options, this.#log, this.metrics.traffic)
    this.#coordinator.onLost = () => this.#wake()
    this.#heartbeats = new Heartbeats(options, this.#coordinator, this.metrics, error => this.#missed(error))
  }

  get current(): Joined | null {
    return this.#current
  }

  get held(): Work | null {
    return this.#held
  }

  get isConfirmed(): boolean {
    return this.#current !== null && this.#heartbeats.isConfirmed
  }

  get isSettled(): boolean {
    const isDone = this.#current !== null && this.#roundBegan === null && this.#requested === this.#answered
    return isDone && this.#heartbeats.isConfirmed
  }

  async settled(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.isSettled) await this.#heartbeats.nextConfirmed(signal)
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
    this.#current = null
    this.#roundBegan = null
    this.#isPrepared = false
    const memberId = this.#memberId
    if (memberId === '') return this.#coordinator.interrupt()
    if (!this.#coordinator.isKnown) {
      // As the JVM: nobody is looked for to take leave of, the session ends by itself.
      this.#reset(`${reason}, while the coordinator is away`)
      return
    }
    this.#log.info(
      `Member ${memberId} sending LeaveGroup request to coordinator ${this.#coordinator.name} due to ${reason}`,
    )
    this.#reset('consumer pro-actively leaving the group')
    try {
      await this.#sendLeave(memberId, reason)
    } catch (error) {
      // The coordinator gives this member up when its session is over.
      this.#log.warn(`LeaveGroup failed: ${(error as Error).message}`)
    }
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
        const isDue = this.#requested > this.#answered
        if (!this.#coordinator.isKnown && (isDue || this.#memberId !== ''))
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
    await Promise.race([finding, this.#held ? pause(heartbeatIntervalMs, signal) : this.#closed])
    if (!this.#coordinator.isKnown && this.#held && !this.#ended) {
      const had = this.#lastAssignment && assignmentText({ ...this.#lastAssignment, assigned: this.#held })
      const why = `Broker coordinator was unreachable for ${heartbeatIntervalMs}ms. Revoking previous assignment ${had} to avoid running tasks while not being a member the group`
      this.#log.info(why)
      this.#held = null
      this.#lastAssignment = null
      this.#current = null
      this.#heartbeats.stop()
      this.#requested++
      await listener.lost(why)
    }
    await Promise.race([finding, this.#closed])
  }

  /** One attempt at a round; what has failed for now is attempted again by the loop. */
  async #attempt(listener: GroupListener): Promise<void> {
    const epoch = this.#epoch
    if (this.#roundBegan === null) {
      this.#roundBegan = performance.now()
      this.#log.info('Rebalance started')
    }
    let joined: Joined | null
    try {
      joined = await this.#join(listener, epoch)
      if (joined === null || epoch !== this.#epoch) return
      this.metrics.rebalance(performance.now() - this.#roundBegan)
      this.#roundBegan = null
      this.#heartbeats.confirm(this.#syncedAt)
    } catch (error) {
      if (epoch !== this.#epoch) return
      if (!(error instanceof KafkaError)) throw error
      await this.#recover(error)
      return
    }
    await listener.joined(joined)
  }

  /** Null when the answer is to join once more. */
  async #join(listener: GroupListener, epoch: number): Promise<Joined | null> {
    const { groupId, sessionTimeoutMs, rebalanceTimeoutMs, requestTimeoutMs, protocol } = this.#options
    const satisfies = this.#requested
    if (!this.#isPrepared) {
      await listener.preparing(this.#protocol)
      if (epoch !== this.#epoch) return null
      this.#isPrepared = true
    }
    const state = listener.state()
    if (!this.#isKnownAlone) {
      await awaitOthersGone(this.#coordinator, this.#options, state.url, this.#log, this.#closing.signal)
      this.#isKnownAlone = true
      if (epoch !== this.#epoch) return null
    }
    this.#log.info('(Re-)joining group')
    const began = performance.now()
    const answer = await this.#coordinator.request(
      joinGroup,
      {
        group: groupId,
        sessionTimeoutMs,
        rebalanceTimeoutMs,
        memberId: this.#memberId,
        protocolType: PROTOCOL_TYPE,
        protocols: metadataFor(protocol, state, this.#lastAssignment),
        reason: '',
      },
      Math.max(requestTimeoutMs, rebalanceTimeoutMs + JOIN_GRACE_MS),
    )
    if (epoch !== this.#epoch) return null
    if (answer.errorCode !== 0) {
      const error = kafkaErrorByCode(answer.errorCode, 'JoinGroup failed')
      if (error.code !== 'MEMBER_ID_REQUIRED') throw error
      this.#memberId = answer.memberId
      return null
    }
    checkProtocol('JoinGroup', answer)
    this.metrics.observe('join', performance.now() - began)
    this.#memberId = answer.memberId
    this.#generation = answer.generation
    this.#log.info(`Successfully joined group with generation ${this.#generationText(answer)}`)
    this.#heartbeats.start(answer.generation, answer.memberId)
    const assignments = answer.leader === answer.memberId ? await this.#assign(listener, answer) : []
    if (epoch !== this.#epoch) return null
    return await this.#sync(answer, assignments, satisfies, epoch)
  }

  async #assign(listener: GroupListener, answer: JoinAnswer) {
    const protocol = protocolNamed(answer.protocolName ?? '')
    const { memberId, generation } = answer
    const round = { memberId, protocol, generation, lastGeneration: this.#lastGeneration }
    return assignmentsFor(answer, protocol, await listener.assign(membersOf(answer), round))
  }

  async #sync(
    joined: JoinAnswer,
    assignments: readonly { memberId: string; assignment: Uint8Array }[],
    satisfies: number,
    epoch: number,
  ): Promise<Joined | null> {
    const { groupId, requestTimeoutMs, rebalanceTimeoutMs } = this.#options
    const { generation, memberId, leader } = joined
    const protocolName = joined.protocolName ?? ''
    const began = performance.now()
    const answer = await this.#coordinator.request(
      syncGroup,
      { group: groupId, generation, memberId, protocolType: PROTOCOL_TYPE, protocolName, assignments },
      // The broker holds the answer until the leader has given its own.
      Math.max(requestTimeoutMs, rebalanceTimeoutMs + JOIN_GRACE_MS),
    )
    if (epoch !== this.#epoch) return null
    if (answer.errorCode !== 0) throw kafkaErrorByCode(answer.errorCode, 'SyncGroup failed')
    checkProtocol('SyncGroup', answer, protocolName)
    this.metrics.observe('sync', performance.now() - began)
    this.#log.info(`Successfully synced group in generation ${this.#generationText(joined)}`)
    const protocol = protocolNamed(protocolName)
    const assignment = decodeAssignment(answer.assignment)
    const version = PROTOCOLS[protocol].version
    this.#herderLog.info(
      `Joined group at generation ${generation} with protocol version ${version} and got assignment: ${assignmentText(assignment)} with rebalance delay: ${assignment.delayMs}`,
    )
    if (leader !== memberId) throw new NotAloneError([assignment.leaderUrl])
    this.#held = heldAfter(this.#held, assignment, protocol)
    this.#lastAssignment = assignment
    this.#answered = satisfies
    this.#current = { generation, memberId, isLeader: leader === memberId, protocol, assignment }
    this.#protocol = protocol
    this.#lastGeneration = generation
    this.#isPrepared = false
    this.#syncedAt = began
    return this.#current
  }

  /** Java: JoinGroupResponseHandler, SyncGroupResponseHandler */
  async #recover(error: KafkaError): Promise<void> {
    this.metrics.observe('failedRebalance', 1)
    this.#log.info(`Rebalance failed: ${error.code} (${error.reason})`)
    switch (error.code) {
      case 'UNKNOWN_MEMBER_ID':
        return this.#reset('encountered UNKNOWN_MEMBER_ID')
      case 'ILLEGAL_GENERATION':
        this.#generation = -1
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
    const generation = `Generation{generationId=${this.#generation}, memberId='${this.#memberId}'}`
    switch (error.code) {
      case 'REBALANCE_IN_PROGRESS':
        // The round that is under way is told the same.
        if (this.#roundBegan !== null) return
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
        if (this.#roundBegan !== null) return
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
    await this.leave(error instanceof NotAloneError ? 'this worker cannot share its group' : error.message)
    this.#wake()
    this.#listener?.failed(groupError(error, this.#options))
  }

  async #sendLeave(memberId: string, reason: string): Promise<void> {
    // A request that the broker holds would hold this one too.
    this.#coordinator.interrupt()
    const deadline = AbortSignal.timeout(LEAVE_TIMEOUT_MS)
    await Promise.race([this.#coordinator.find(deadline), pause(LEAVE_TIMEOUT_MS, deadline)])
    const request = { group: this.#options.groupId, memberId, reason }
    const answer = await this.#coordinator.request(leaveGroup, request, LEAVE_TIMEOUT_MS)
    if (answer.errorCode !== 0) throw kafkaErrorByCode(answer.errorCode, 'the coordinator refused it')
  }

  #reset(cause: string): void {
    this.#log.info(`Resetting generation and member id due to: ${cause}`)
    this.#memberId = ''
    this.#generation = -1
  }

  #generationText({ generation, memberId, protocolName }: JoinAnswer): string {
    return `Generation{generationId=${generation}, memberId='${memberId}', protocol='${protocolName}'}`
  }
}
