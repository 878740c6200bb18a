import { kafkaErrorByCode } from '../kafka/protocol-errors.ts'
import { type JoinAnswer, joinGroup, leaveGroup, type SyncAnswer, syncGroup } from '../kafka/wire/requests.ts'
import { pause } from '../waiting/deadline.ts'
import type { Confirmations } from './confirmations.ts'
import type { Coordinator } from './coordinator.ts'
import type { MemberMetrics } from './member-metrics.ts'
import type { GroupOptions } from './options.ts'
import { checkProtocol, PROTOCOL_TYPE } from './round-messages.ts'

/** JoinGroup is answered when the round has been joined by all, or this long after its timeout. */
const JOIN_GRACE_MS = 5000
/** How long leaving may take: the group does without, and gives a member up by itself. */
const LEAVE_TIMEOUT_MS = 5000

/** What a member asks its coordinator for in a round. Everything rejects with a KafkaError when it is not given. */
export class RoundRequests {
  readonly #options: GroupOptions
  readonly #coordinator: Coordinator
  readonly #metrics: MemberMetrics
  readonly #confirmations: Confirmations

  constructor(
    options: GroupOptions,
    coordinator: Coordinator,
    metrics: MemberMetrics,
    confirmations: Confirmations,
  ) {
    this.#options = options
    this.#coordinator = coordinator
    this.#metrics = metrics
    this.#confirmations = confirmations
  }

  /** `needsId`: to be asked for again, with the member id that the answer has (KIP-394). */
  async join(
    memberId: string,
    protocols: readonly { name: string; metadata: Uint8Array }[],
    reason: string,
  ): Promise<JoinAnswer & { needsId: boolean }> {
    const { groupId, sessionTimeoutMs, rebalanceTimeoutMs } = this.#options
    const began = performance.now()
    const timeouts = { sessionTimeoutMs, rebalanceTimeoutMs }
    const member = { group: groupId, memberId, protocolType: PROTOCOL_TYPE }
    const request = { ...member, ...timeouts, protocols, reason }
    const answer = await this.#coordinator.request(joinGroup, request, this.#roundMs)
    if (answer.errorCode !== 0) {
      const error = kafkaErrorByCode(answer.errorCode, 'JoinGroup failed')
      if (error.code !== 'MEMBER_ID_REQUIRED') throw error
      return { ...answer, needsId: true }
    }
    checkProtocol('JoinGroup', answer)
    this.#metrics.observe('join', performance.now() - began)
    return { ...answer, needsId: false }
  }

  /** The broker holds the answer until the leader has sent its `assignments`; others send none. */
  async sync(
    { generation, memberId, protocolName }: JoinAnswer,
    assignments: readonly { memberId: string; assignment: Uint8Array }[],
  ): Promise<SyncAnswer> {
    const began = performance.now()
    const confirm = this.#confirmations.sending()
    const name = protocolName ?? ''
    const member = { group: this.#options.groupId, generation, memberId }
    const request = { ...member, protocolType: PROTOCOL_TYPE, protocolName: name, assignments }
    const answer = await this.#coordinator.request(syncGroup, request, this.#roundMs)
    if (answer.errorCode !== 0) throw kafkaErrorByCode(answer.errorCode, 'SyncGroup failed')
    checkProtocol('SyncGroup', answer, name)
    confirm()
    this.#metrics.observe('sync', performance.now() - began)
    return answer
  }

  async leave(memberId: string, reason: string): Promise<void> {
    // A request that the broker holds would hold this one too.
    this.#coordinator.interrupt()
    const deadline = AbortSignal.timeout(LEAVE_TIMEOUT_MS)
    await Promise.race([this.#coordinator.find(deadline), pause(LEAVE_TIMEOUT_MS, deadline)])
    const request = { group: this.#options.groupId, memberId, reason }
    const answer = await this.#coordinator.request(leaveGroup, request, LEAVE_TIMEOUT_MS)
    if (answer.errorCode !== 0) throw kafkaErrorByCode(answer.errorCode, 'the coordinator refused it')
  }

  get #roundMs(): number {
    const { requestTimeoutMs, rebalanceTimeoutMs } = this.#options
    return Math.max(requestTimeoutMs, rebalanceTimeoutMs + JOIN_GRACE_MS)
  }
}
