import type { KafkaError } from '../kafka/port.ts'
import { kafkaErrorByCode } from '../kafka/protocol-errors.ts'
import { heartbeat } from '../kafka/wire/requests.ts'
import type { Confirmations } from './confirmations.ts'
import type { Coordinator } from './coordinator.ts'
import type { MemberMetrics } from './member-metrics.ts'
import type { GroupOptions } from './options.ts'

/** After a round, a heartbeat comes whenever so much of the time since then has passed again … */
const QUICK_PART = 0.1
/** … but not sooner than this. */
const QUICKEST_MS = 100

/**
 * Tells the coordinator that this member lives, whatever else it is at. A coordinator that does not answer within
 * the session's time is given up. Java: AbstractCoordinator.HeartbeatThread
 *
 * After a round more often than `heartbeat.interval.ms`: whoever has to give work up joins again when it has stopped
 * it, and that work stands still until everybody has noticed, so by a tenth longer than stopping it took.
 */
export class Heartbeats {
  readonly #options: GroupOptions
  readonly #coordinator: Coordinator
  readonly #metrics: MemberMetrics
  readonly #confirmations: Confirmations
  readonly #missed: (error: KafkaError) => void
  #timer: ReturnType<typeof setTimeout> | undefined
  #roundAt = Number.NEGATIVE_INFINITY
  #member: { generation: number; memberId: string } | null = null

  /** `missed` is told of answers that bear an error. */
  constructor(
    options: GroupOptions,
    coordinator: Coordinator,
    metrics: MemberMetrics,
    confirmations: Confirmations,
    missed: (error: KafkaError) => void,
  ) {
    this.#options = options
    this.#coordinator = coordinator
    this.#metrics = metrics
    this.#confirmations = confirmations
    this.#missed = missed
  }

  get isOn(): boolean {
    return this.#member !== null
  }

  /** From now on for this generation. */
  start(generation: number, memberId: string): void {
    this.stop()
    this.#member = { generation, memberId }
    this.hurry()
  }

  /** A round is complete, and another may follow it soon. */
  hurry(): void {
    clearTimeout(this.#timer)
    this.#roundAt = performance.now()
    this.#schedule()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#member = null
  }

  #schedule(): void {
    const member = this.#member
    if (member === null) return
    const quick = Math.max((performance.now() - this.#roundAt) * QUICK_PART, QUICKEST_MS)
    const timer = setTimeout(
      async () => {
        await this.#beat(member)
        if (timer === this.#timer) this.#schedule()
      },
      Math.min(quick, this.#options.heartbeatIntervalMs),
    )
    this.#timer = timer
  }

  /** Of a coordinator that gives no answer: when it ends, the group may have given this member up. */
  get #deadlineMs(): number {
    const { sessionTimeoutMs, heartbeatIntervalMs } = this.#options
    const left = this.#confirmations.leftMs
    return left > 0 ? Math.max(left, heartbeatIntervalMs) : sessionTimeoutMs
  }

  async #beat(member: { generation: number; memberId: string }): Promise<void> {
    // A JoinGroup or SyncGroup that the broker holds keeps the member alive, and would hold the heartbeat too.
    if (!this.#coordinator.isIdle) return
    try {
      await this.#coordinator.renew(this.#deadlineMs)
      if (member !== this.#member || !this.#coordinator.isIdle) return
      const { groupId } = this.#options
      const began = performance.now()
      const confirm = this.#confirmations.sending()
      const answer = await this.#coordinator.request(
        heartbeat,
        { group: groupId, ...member },
        this.#deadlineMs,
      )
      if (member !== this.#member) return
      const error =
        answer.errorCode === 0 ? null : kafkaErrorByCode(answer.errorCode, 'The heartbeat was refused')
      // Only a member is told that others wait for it.
      if (error === null || error.code === 'REBALANCE_IN_PROGRESS') confirm()
      if (error === null) this.#metrics.heartbeat(performance.now() - began)
      else this.#missed(error)
    } catch (error) {
      // Without an answer the coordinator is lost, which whoever looks for it sees; the rest is for a person.
      if (member === this.#member && !(error as KafkaError).retriable) this.#missed(error as KafkaError)
    }
  }
}
