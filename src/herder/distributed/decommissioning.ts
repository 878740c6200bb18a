import { causes } from '../../data/errors.ts'
import type { Membership, Work } from '../../group/membership.ts'
import { isEmpty, noWork, without } from '../../group/work.ts'
import type { Logger } from '../../observe/log.ts'
import type { Decommissioned } from '../herder.ts'
import type { OtherWorkers } from '../other-workers.ts'
import type { AssignedWork } from './assigned-work.ts'
import type { ConfigSnapshot } from './config-events.ts'
import type { GroupRounds } from './group-rounds.ts'
import type { Leadership } from './leadership.ts'
import { signatureHeaders } from './request-signature.ts'

export interface DecommissioningParts {
  membership: Pick<Membership, 'close' | 'settled'>
  leadership: Leadership
  rounds: Pick<GroupRounds, 'close' | 'next' | 'others'>
  work: AssignedWork
  others: OtherWorkers
  snapshot(): ConfigSnapshot
  flushStatuses(): Promise<void>
  /** inter.worker.signature.algorithm */
  algorithm: string
  /** Advertised by this worker, with a trailing slash. */
  url: string
  /** scheduled.rebalance.max.delay.ms of this worker; the leader's own counts. */
  maxDelayMs: number
  log: Logger
}

/** How long a round that is under way is waited for. */
const ROUND_MS = 5000

/**
 * Leaves the group on purpose and for good: what ran here has ended and said so before others are given it, which a
 * bunnect leader does at once. Ours; a JVM worker can only be stopped, and its work waits for it to come back.
 */
export class Decommissioning {
  readonly #parts: DecommissioningParts
  #done: Promise<Decommissioned> | null = null

  constructor(parts: DecommissioningParts) {
    this.#parts = parts
  }

  /** It has been asked for. */
  get began(): boolean {
    return this.#done !== null
  }

  /** However often it is asked for, it is done once. */
  run(): Promise<Decommissioned> {
    this.#done ??= this.#run()
    return this.#done
  }

  async #run(): Promise<Decommissioned> {
    const { membership, leadership, rounds, work, flushStatuses, log } = this.#parts
    log.info('This worker is being decommissioned: its connectors and tasks are stopped and given to others')
    // Told as held until the group is left: nobody is given what may still run.
    await work.halt()
    await flushStatuses()
    const { held, delay } = await this.#handOverAll()
    rounds.close()
    leadership.left(rounds.others)
    await membership.close()
    await work.drop()
    log.info(
      `This worker has left its group and runs nothing any more${delay === null ? '' : `; ${delay}`}. Stop it when nobody asks it any more.`,
    )
    return { connectors: [...held.connectors], tasks: [...held.tasks], delay }
  }

  /** A leader that has been told gives this worker nothing more, yet a round that it began before may have. */
  async #handOverAll(): Promise<{ held: Work; delay: string | null }> {
    const { membership, rounds, work, leadership } = this.#parts
    for (;;) {
      const held = work.held ?? noWork()
      // Those who stay give at once what a leader leaves behind, and whatever an eager group had.
      const isGivenAtOnce = leadership.isHere || leadership.protocol === 'eager'
      const delay = isGivenAtOnce ? this.#nobody() : await this.#handOver(held)
      if (isGivenAtOnce || delay !== null) return { held, delay: isEmpty(held) ? null : delay }
      await Promise.race([rounds.next(), membership.settled(AbortSignal.timeout(ROUND_MS))])
      if (isEmpty(without(work.held ?? noWork(), held))) return { held, delay }
    }
  }

  #nobody(): string | null {
    const { leadership, rounds } = this.#parts
    return leadership.isHere && rounds.others.length === 0
      ? 'there is no other worker in the group: this runs nowhere until one joins'
      : null
  }

  /** Why others may wait, or null. */
  async #handOver({ connectors, tasks }: Work): Promise<string | null> {
    const { leadership, others, snapshot, algorithm, url, maxDelayMs, log } = this.#parts
    const waits = `others may take this over only when scheduled.rebalance.max.delay.ms of the leader has passed (${maxDelayMs} ms here)`
    const leader = leadership.url
    if (leader === null) return `it is not known who leads the group: ${waits}`
    const body = JSON.stringify({ worker: url, connectors, tasks })
    const key = snapshot().sessionKey
    try {
      const headers = key ? signatureHeaders(body, algorithm, key.key) : {}
      const request = { method: 'POST', path: '/bunnect/take-over', body, headers } as const
      const { status } = await others.ask(leader, request)
      if (status < 300) return null
      if (status === 404) return `the leader at ${leader} is a JVM worker: ${waits}`
      return `the leader at ${leader} answered ${status}: ${waits}`
    } catch (error) {
      log.warn(`The leader at ${leader} could not be told that this worker leaves: ${causes(error)}`)
      return `the leader at ${leader} could not be told: ${waits}`
    }
  }
}
