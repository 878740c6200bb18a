import { logger } from '../../observe/log.ts'
import type { TopicPartition } from '../port.ts'
import type { GroupOffsets } from './offsets.ts'
import { assignRanges } from './range-assignor.ts'
import type { Topics } from './topics.ts'

const log = logger('bunnect.embedded.groups')

/**
 * Where a member stands: `stable` has its assignment; `revoke` is asked to give it up in its next poll;
 * `waiting` has done so; `assign` has a new one to take over in its next poll; `expelled` was thrown out.
 */
export type MemberPhase = 'stable' | 'revoke' | 'waiting' | 'assign' | 'expelled'

export interface GroupMember {
  readonly id: string
  /** `max.poll.interval.ms`: how long a rebalance waits for this member to poll. */
  readonly maxPollIntervalMs: number
  subscribedTopics(): string[]
  /** False where it would begin at the end of a partition anyway (`auto.offset.reset=latest`). */
  readonly needsUnread: boolean
  /** Last time at which a poll of it began or ended, or now while one is pending, in ms. */
  lastPoll(): number
  phase: MemberPhase
  /** What it is to take over when its phase is `assign`. */
  next: TopicPartition[]
  /** Its phase has changed: its pending poll must look. */
  phaseChanged(): void
}

/** Consumer groups inside this process: membership, rebalances (eager, as with Java's range assignor). */
export class Groups {
  readonly #groups = new Map<string, Group>()
  readonly #topics: Topics
  readonly #offsets: GroupOffsets

  constructor(topics: Topics, offsets: GroupOffsets) {
    this.#topics = topics
    this.#offsets = offsets
    topics.on('changed', () => {
      for (const group of this.#groups.values()) group.topicsChanged()
    })
  }

  join(id: string, member: GroupMember): Group {
    let group = this.#groups.get(id)
    if (!group) {
      group = new Group(id, this.#topics, this.#offsets, () => this.#groups.delete(id))
      this.#groups.set(id, group)
    }
    group.add(member)
    return group
  }

  hasMembers(id: string): boolean {
    return this.#groups.has(id)
  }

  /** True if a member of the group subscribes to the topic. */
  reads(id: string, topic: string): boolean {
    return this.#groups.get(id)?.reads(topic) ?? false
  }
}

export class Group {
  readonly #members = new Set<GroupMember>()
  #subscription = ''
  #deadline: ReturnType<typeof setTimeout> | null = null

  constructor(
    readonly id: string,
    readonly topics: Topics,
    readonly offsets: GroupOffsets,
    readonly emptied: () => void,
  ) {}

  add(member: GroupMember): void {
    this.#members.add(member)
    member.phase = 'waiting'
    this.rebalance()
  }

  /** The member has given up its partitions already. */
  remove(member: GroupMember): void {
    if (!this.#members.delete(member)) return
    if (this.#members.size === 0) {
      this.#cancelDeadline()
      this.emptied()
    } else {
      this.rebalance()
    }
  }

  reads(topic: string): boolean {
    for (const member of this.#members) if (member.subscribedTopics().includes(topic)) return true
    return false
  }

  topicsChanged(): void {
    if (this.#describeSubscription() !== this.#subscription) this.rebalance()
  }

  /** Asks all members to give up what they have; the last one to do so brings the new assignment about. */
  rebalance(): void {
    this.#subscription = this.#describeSubscription()
    for (const member of this.#members) {
      if (member.phase === 'stable') member.phase = 'revoke'
      // An assignment that was not taken over yet needs no revoking.
      else if (member.phase === 'assign') member.phase = 'waiting'
      member.phaseChanged()
    }
    this.#settle()
  }

  /** The member has given up its partitions. */
  revoked(member: GroupMember): void {
    if (member.phase === 'revoke') member.phase = 'waiting'
    this.#settle()
  }

  #settle(): void {
    this.#cancelDeadline()
    let oldest = Number.POSITIVE_INFINITY
    for (const member of this.#members) {
      if (member.phase === 'revoke') oldest = Math.min(oldest, member.lastPoll() + member.maxPollIntervalMs)
    }
    if (oldest < Number.POSITIVE_INFINITY) {
      // A member that does not poll may not hold the others up for longer than it promised.
      this.#deadline = setTimeout(() => this.#expel(), Math.max(1, oldest - performance.now()))
      this.#deadline.unref()
      return
    }
    this.#noteSubscription()
    const members = [...this.#members].map(member => ({
      id: member.id,
      member,
      topics: member.subscribedTopics(),
    }))
    const assignment = assignRanges(members, topic => this.topics.get(topic)?.partitions.length ?? 0)
    for (const { id, member } of members) {
      member.next = assignment.get(id)!
      member.phase = 'assign'
      member.phaseChanged()
    }
  }

  #noteSubscription(): void {
    const topics = new Set<string>()
    for (const member of this.#members) {
      if (member.needsUnread) for (const topic of member.subscribedTopics()) topics.add(topic)
    }
    const known = this.offsets.subscriptions(this.id)
    if (known.length === topics.size && known.every(topic => topics.has(topic))) return
    this.offsets.subscribed(this.id, topics).catch(error => {
      log.warn(`Retention does not know what group ${this.id} reads: ${error.message}`)
    })
  }

  #expel(): void {
    const now = performance.now()
    for (const member of this.#members) {
      if (member.phase === 'revoke' && member.lastPoll() + member.maxPollIntervalMs <= now) this.expel(member)
    }
    if (this.#members.size > 0) this.#settle()
  }

  /** Throws a member out that has not polled for too long: its partitions are lost to it. */
  expel(member: GroupMember): void {
    if (!this.#members.delete(member)) return
    member.phase = 'expelled'
    member.phaseChanged()
    if (this.#members.size > 0) {
      this.rebalance()
    } else {
      this.#cancelDeadline()
      this.emptied()
    }
  }

  #cancelDeadline(): void {
    if (this.#deadline) clearTimeout(this.#deadline)
    this.#deadline = null
  }

  #describeSubscription(): string {
    const parts: string[] = []
    for (const member of this.#members) {
      for (const topic of member.subscribedTopics()) {
        const partitions = this.topics.get(topic)?.partitions.length ?? 0
        parts.push(`${member.id} ${topic} ${this.topics.get(topic)?.id} ${partitions}`)
      }
    }
    return parts.join('\n')
  }
}
