import type { RebalanceListener, TopicPartition } from '../port.ts'
import type { Fetcher } from './fetcher.ts'
import type { Group, GroupMember, Groups, MemberPhase } from './groups.ts'
import type { Subscription } from './subscription.ts'
import type { Topics } from './topics.ts'

/** What a consumer gives its membership. */
export interface MembershipParts {
  readonly id: string
  readonly groupId: string
  readonly maxPollIntervalMs: number
  readonly needsUnread: boolean
  readonly topics: Topics
  readonly groups: Groups
  readonly fetcher: Fetcher
  /** Last time at which a poll began or ended, or now while one waits, in ms. */
  lastPoll(): number
  /** Ends the waiting of the pending poll. */
  wake(): void
}

/** One consumer's part in its group: it does in polls what the group asks, and tells the listener. */
export class Membership implements GroupMember {
  phase: MemberPhase = 'stable'
  next: TopicPartition[] = []
  readonly #parts: MembershipParts
  #subscription: Subscription
  #listener: RebalanceListener
  #group: Group
  #pollTimer: ReturnType<typeof setTimeout> | null = null

  /** Joins the group. */
  constructor(parts: MembershipParts, subscription: Subscription, listener: RebalanceListener) {
    this.#parts = parts
    this.#subscription = subscription
    this.#listener = listener
    this.#group = parts.groups.join(parts.groupId, this)
    this.#watchPolls()
  }

  get id(): string {
    return this.#parts.id
  }
  get maxPollIntervalMs(): number {
    return this.#parts.maxPollIntervalMs
  }
  get needsUnread(): boolean {
    return this.#parts.needsUnread
  }
  subscribedTopics(): string[] {
    return this.#subscription.resolve(this.#parts.topics)
  }
  lastPoll(): number {
    return this.#parts.lastPoll()
  }
  phaseChanged(): void {
    this.#parts.wake()
  }

  change(subscription: Subscription, listener: RebalanceListener): void {
    this.#subscription = subscription
    this.#listener = listener
    if (this.phase !== 'expelled') this.#group.rebalance()
  }

  /** Does what the group asks of this member. True if the listener was called. */
  async step(): Promise<boolean> {
    switch (this.phase) {
      case 'revoke':
        return this.#giveUp()
      case 'assign':
        return this.#takeOver()
      case 'expelled':
        return this.#joinAgain()
      default:
        return false
    }
  }

  async #giveUp(): Promise<boolean> {
    const { fetcher } = this.#parts
    const had = fetcher.assignment()
    try {
      if (had.length > 0) await this.#listener.revoked(had)
    } finally {
      fetcher.assign([])
      this.#group.revoked(this)
    }
    return had.length > 0
  }

  async #takeOver(): Promise<boolean> {
    const { next } = this
    this.phase = 'stable'
    this.#parts.fetcher.assign(next)
    if (next.length > 0) await this.#listener.assigned(next.map(partition => ({ ...partition })))
    return next.length > 0
  }

  async #joinAgain(): Promise<boolean> {
    const { fetcher, groups, groupId } = this.#parts
    const had = fetcher.assignment()
    fetcher.assign([])
    try {
      if (had.length > 0) await this.#listener.lost(had)
    } finally {
      this.#group = groups.join(groupId, this)
      this.#watchPolls()
    }
    return had.length > 0
  }

  /** Gives up what is assigned, then leaves the group. */
  async close(): Promise<void> {
    const had = this.#parts.fetcher.assignment()
    try {
      if (had.length > 0) {
        await (this.phase === 'expelled' ? this.#listener.lost(had) : this.#listener.revoked(had))
      }
    } finally {
      this.leave()
    }
  }

  /** Leaves without a word to the listener. */
  leave(): void {
    if (this.#pollTimer) clearTimeout(this.#pollTimer)
    this.#group.remove(this)
  }

  /** Leaves the partitions to others when nobody polls: Java's max.poll.interval.ms. */
  #watchPolls(): void {
    if (this.#pollTimer) clearTimeout(this.#pollTimer)
    const check = () => {
      const left = this.lastPoll() + this.maxPollIntervalMs - performance.now()
      if (left <= 0) this.#group.expel(this)
      else schedule(left)
    }
    const schedule = (ms: number) => {
      this.#pollTimer = setTimeout(check, Math.min(ms, 0x7fffffff))
      this.#pollTimer.unref()
    }
    schedule(this.maxPollIntervalMs)
  }
}
