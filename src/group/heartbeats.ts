import type { KafkaError } from '../kafka/port.ts'
import { kafkaErrorByCode } from '../kafka/protocol-errors.ts'
import { heartbeat } from '../kafka/wire/requests.ts'
import type { Coordinator } from './coordinator.ts'
import type { MemberMetrics } from './member-metrics.ts'
import type { GroupOptions } from './options.ts'

/**
 * Tells the coordinator that this member lives, whatever else it is at. A coordinator that does not answer within
 * the session's time is given up. Java: AbstractCoordinator.HeartbeatThread
 */
export class Heartbeats {
  readonly #options: GroupOptions
  readonly #coordinator: Coordinator
  readonly #metrics: MemberMetrics
  readonly #missed: (error: KafkaError) => void
  #timer: ReturnType<typeof setTimeout> | undefined
  /** When the last request was sent that the coordinator has answered as one to a member; performance.now(). */
  #confirmedAt = Number.NEGATIVE_INFINITY
  #confirmed = Promise.withResolvers<void>()
  #member: { generation: number; memberId: string } | null = null

  /** `missed` is told of answers that bear an error. */
  constructor(
    options: GroupOptions,
    coordinator: Coordinator,
    metrics: MemberMetrics,
    missed: (error: KafkaError) => void,
  ) {
    this.#options = options
    this.#coordinator = coordinator
    this.#metrics = metrics
    this.#missed = missed
  }

  /** The coordinator has answered within the session's time: it cannot have given this member up. */
  get isConfirmed(): boolean {
    return this.#member !== null && performance.now() - this.#confirmedAt < this.#options.sessionTimeoutMs
  }

  /** Resolves when the coordinator confirms the member another time, or when the signal fires. */
  nextConfirmed(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    if (signal.aborted) return Promise.resolve()
    const done = () => {
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
    void this.#confirmed.promise.then(done)
    return promise
  }

  /** The coordinator has answered a request that was sent then (performance.now()). */
  confirm(sentAt: number): void {
    this.#confirmedAt = sentAt
    const confirmed = this.#confirmed
    this.#confirmed = Promise.withResolvers()
    confirmed.resolve()
  }

  /** From now on for this generation. */
  start(generation: number, memberId: string): void {
    this.stop()
    this.#member = { generation, memberId }
    this.#schedule()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#member = null
  }

  #schedule(): void {
    const member = this.#member
    if (member === null) return
    this.#timer = setTimeout(async () => {
      await this.#beat(member)
      if (member === this.#member) this.#schedule()
    }, this.#options.heartbeatIntervalMs)
  }

  async #beat(member: { generation: number; memberId: string }): Promise<void> {
    // A JoinGroup or SyncGroup that the broker holds keeps the member alive, and would hold the heartbeat too.
    if (!this.#coordinator.isIdle) return
    try {
      await this.#coordinator.renew()
      const began = performance.now()
      const request = { group: this.#options.groupId, ...member }
      const answer = await this.#coordinator.request(heartbeat, request, this.#options.sessionTimeoutMs)
      if (member !== this.#member) return
      if (answer.errorCode === 0) {
        this.#metrics.heartbeat(performance.now() - began)
        this.confirm(began)
      }
      if (answer.errorCode !== 0)
        this.#missed(kafkaErrorByCode(answer.errorCode, 'The heartbeat was refused'))
    } catch (error) {
      // Without an answer the coordinator is lost, which whoever looks for it sees; the rest is for a person.
      if (member === this.#member && !(error as KafkaError).retriable) this.#missed(error as KafkaError)
    }
  }
}
