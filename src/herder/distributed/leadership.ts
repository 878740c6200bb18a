import type { ConnectProtocol, Joined, Membership } from '../../group/membership.ts'
import { ElsewhereError, HerderError } from '../errors.ts'

export interface LeadershipParts {
  membership: Pick<Membership, 'current' | 'isConfirmed'>
  /** Advertised by this worker, with a trailing slash. */
  url: string
  /** connect.protocol */
  configured: ConnectProtocol
  /** Reads what others have written until now; false when that took too long. */
  catchUp(): Promise<boolean>
  /** Of what this worker itself writes, others may have read what it has not. */
  isWriting(): boolean
}

/**
 * Who leads the group, as far as this worker can know. What only the leader may do is asked for here: a leader that
 * the group may have replaced meanwhile (it was suspended, or cut off from the coordinator) is none until it knows
 * better. Java: DistributedHerder.isLeader, leaderUrl
 */
export class Leadership {
  readonly #parts: LeadershipParts
  /** Of the last round; what a worker that has left, or is lost, still knows. */
  #lastUrl: string | null = null
  #protocol: ConnectProtocol
  #tenure = new AbortController()
  #wasLeader = false
  /** By it the group knew this worker when it led last. */
  #memberId = ''
  /** The leader before may have written what this one has not read. */
  #caughtUp = Promise.resolve(true)

  constructor(parts: LeadershipParts) {
    this.#parts = parts
    this.#protocol = parts.configured
  }

  /** This worker, and the group still counts on it. */
  get isHere(): boolean {
    const { membership } = this.#parts
    return membership.current?.isLeader === true && membership.isConfirmed
  }

  /** Of another worker that leads, or knows who does; null when nobody is known. */
  get url(): string | null {
    return this.#lastUrl
  }

  /** Fires when another worker leads than now. */
  get tenure(): AbortSignal {
    return this.#tenure.signal
  }

  /** What the group speaks, or will in all likelihood. Java: currentProtocolVersion */
  get protocol(): ConnectProtocol {
    return this.#protocol
  }

  /** A round is complete. */
  joined({ isLeader, memberId, protocol, assignment }: Joined): void {
    this.#protocol = protocol
    const url = isLeader ? null : assignment.leaderUrl || null
    if (url !== this.#lastUrl) {
      this.#tenure.abort(new Error('another worker leads the group'))
      this.#tenure = new AbortController()
    }
    this.#lastUrl = url
    // Under another id it comes anew: the group had given it up, mostly without its knowing, and others led meanwhile.
    const ledBefore = this.#wasLeader && memberId === this.#memberId
    if (isLeader && !ledBefore) this.#caughtUp = this.#parts.catchUp()
    this.#wasLeader = isLeader
    this.#memberId = memberId
  }

  /** The group has given this worker up: others lead meanwhile. */
  lost(): void {
    this.#wasLeader = false
  }

  /** This worker leaves for good; `others`: URLs of members that stay. */
  left(others: readonly string[]): void {
    this.#lastUrl ??= others.find(url => url !== this.#parts.url) ?? null
  }

  /** Throws ElsewhereError on every other worker. */
  require(): void {
    if (!this.isHere) throw new ElsewhereError(this.#lastUrl)
  }

  /**
   * As `require`, and what was written before this worker led has been read: who decides by less might create what is
   * there already. @throws HerderError where that cannot be done for the moment
   */
  async lead(): Promise<void> {
    this.require()
    if (!(await this.#caughtUp)) {
      this.#caughtUp = this.#parts.catchUp()
      if (!(await this.#caughtUp)) throw new HerderError('STALE_CONFIG')
    }
    this.require()
  }

  /**
   * Whether all that was written until now has been read: whoever leads has written what came later, and has read it
   * when it is done with that. Invariant 3
   */
  async hasRead(): Promise<boolean> {
    const { catchUp, isWriting } = this.#parts
    return (this.isHere && (await this.#caughtUp) && !isWriting()) || (await catchUp())
  }
}
