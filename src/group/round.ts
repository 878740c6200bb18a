import type { JoinAnswer } from '../kafka/wire/requests.ts'
import type { Logger } from '../observe/log.ts'
import { pause } from '../waiting/deadline.ts'
import type { Garbage } from './garbage.ts'
import type { Heartbeats } from './heartbeats.ts'
import type { ConnectProtocol, GroupListener, Work } from './membership.ts'
import type { GroupOptions } from './options.ts'
import { protocolNamed } from './protocol.ts'
import { assignmentsFor, membersOf, metadataFor } from './round-messages.ts'
import type { RoundRequests } from './round-requests.ts'
import type { Standing } from './standing.ts'

export interface RoundParts {
  options: GroupOptions
  standing: Standing
  requests: RoundRequests
  heartbeats: Heartbeats
  garbage: Garbage
  listener: GroupListener
  log: Logger
  /** Fires when the member is closed. */
  closing: AbortSignal
  /** Whatever the listener is asked goes through this. */
  watched<T>(deed: () => Promise<T>): Promise<T>
}

/** What a round has given this member. */
export interface Given {
  answer: JoinAnswer
  protocol: ConnectProtocol
  /** What the member has told that it holds. */
  told: Work | null
  bytes: Uint8Array
}

/**
 * One round, from its preparation to what the leader gives, in as many attempts as it takes. Java:
 * AbstractCoordinator.joinGroupIfNeeded
 */
export class Round {
  readonly began = performance.now()
  /** Why it is begun anew, as the broker is told. */
  reason = ''
  readonly #parts: RoundParts
  #isPrepared = false

  constructor(parts: RoundParts) {
    this.#parts = parts
  }

  /** Null when it has come to nothing, or is to be attempted once more. Rejects with a KafkaError. */
  async attempt(isCurrent: () => boolean): Promise<Given | null> {
    const { options, standing, requests, heartbeats, garbage, listener, log } = this.#parts
    if (!this.#isPrepared && !(await this.#prepare(standing.protocol, isCurrent))) return null
    const state = listener.state()
    log.info('(Re-)joining group')
    const frame = standing.lastAssignment
    const metadata = metadataFor(options.protocol, state, frame, garbage.assignments)
    const answer = await requests.join(standing.memberId, metadata, this.reason)
    if (!isCurrent()) return null
    standing.memberId = answer.memberId
    if (answer.needsId) return null
    standing.generation = answer.generation
    log.info(`Successfully joined group with generation ${generationText(answer)}`)
    heartbeats.start(answer.generation, answer.memberId)
    const protocol = protocolNamed(answer.protocolName ?? '')
    // A member has come that knows the eager protocol alone.
    const turnsEager = protocol === 'eager' && standing.protocol !== 'eager'
    if (turnsEager && !(await this.#prepare(protocol, isCurrent))) return null
    const isLeader = answer.leader === answer.memberId
    const assignments = isLeader ? await this.#assign(answer, protocol, turnsEager) : []
    if (!isCurrent()) return null
    const { assignment } = await requests.sync(answer, assignments)
    if (!isCurrent()) return null
    log.info(`Successfully synced group in generation ${generationText(answer)}`)
    // The broker begins no round for a follower that says what it said before, and repeats what it was given.
    if (answer.generation === standing.lastGeneration) {
      await pause(options.retryBackoffMs, this.#parts.closing)
      if (!isCurrent()) return null
    }
    return { answer, protocol, told: state.held, bytes: assignment }
  }

  /** False when the round has come to nothing meanwhile. */
  async #prepare(protocol: ConnectProtocol, isCurrent: () => boolean): Promise<boolean> {
    await this.#parts.watched(() => this.#parts.listener.preparing(protocol))
    if (!isCurrent()) return false
    this.#isPrepared = true
    // All has been stopped; the leader of an incremental protocol would leave it to this member otherwise.
    if (protocol === 'eager') this.#parts.standing.putDown()
    return true
  }

  #assign(answer: JoinAnswer, protocol: ConnectProtocol, turnsEager: boolean) {
    const { standing, garbage, listener } = this.#parts
    const { memberId, generation } = answer
    const unreadable = new Map<string, string>()
    const members = membersOf(answer, (id, reason) => unreadable.set(id, reason))
    garbage.metadata(unreadable)
    const round = { memberId, protocol, generation, lastGeneration: standing.lastGeneration, turnsEager }
    return this.#parts.watched(async () =>
      assignmentsFor(answer, protocol, members, await listener.assign(members, round)),
    )
  }
}

function generationText({ generation, memberId, protocolName }: JoinAnswer): string {
  return `Generation{generationId=${generation}, memberId='${memberId}', protocol='${protocolName}'}`
}
