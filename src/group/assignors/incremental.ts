import { hashMapOrder } from '../../data/java-hash.ts'
import type { Logger } from '../../observe/log.ts'
import type { LedRound, MemberState } from '../membership.ts'
import { Abilities } from './abilities.ts'
import { consecutiveRevocationBackoff } from './backoff.ts'
import type { Configured } from './configured.ts'
import { dealInTurn } from './dealing.ts'
import { loadsOf, NO_HINTS, type Plan, planAsJava, planByAbility, staying } from './plans.ts'
import {
  addTo,
  common,
  configuredSet,
  emptySet,
  intersection,
  isEmpty,
  KINDS,
  minus,
  removeFrom,
  repeated,
  setOf,
  sorted,
  union,
  type WorkSet,
} from './work-set.ts'

export interface IncrementalRound extends Pick<LedRound, 'generation' | 'lastGeneration'> {
  members: ReadonlyMap<string, MemberState>
  configured: Configured
  /** What members that are gone have handed over: nobody is waited for before it is given away. */
  released?: WorkSet
  /** Ids of members that are gone as they said, and of those that will go: they get nothing new. */
  gone?: ReadonlySet<string>
  leaving?: ReadonlySet<string>
}

/** What a round gives a member. */
export interface Share {
  assigned: WorkSet
  revoked: WorkSet
  /** All that it has once the round is over. */
  complete: WorkSet
}

/**
 * Gives work with as little change as possible: what is balanced or lost is revoked in one round and given in the next, and
 * what lost members had is kept for them for a while. Advances in rounds that this worker leads, alone. Without
 * members that are `unable`, and without handed-over work, the same rounds give the same as in Java. Java:
 * IncrementalCooperativeAssignor (KIP-415)
 */
export class IncrementalAssignor {
  readonly #maxDelayMs: number
  readonly #now: () => number
  readonly #log: Logger | null
  #delayMs = 0
  #scheduledAt = 0
  #candidates = new Set<string>()
  /** All that is placed as far as this leader knows, what is lost and waits among it. */
  #previous = emptySet()
  #previousRevocation = emptySet()
  #previousGeneration = -1
  #previousMembers: ReadonlySet<string> = new Set()
  #revokedInPrevious = false
  #revokingRounds = 0
  /** For whom something was revoked in the round before. */
  #hints = NO_HINTS

  /** `now` in ms since 1970; only differences count. */
  constructor(maxDelayMs: number, now: () => number, log: Logger | null = null) {
    this.#maxDelayMs = maxDelayMs
    this.#now = now
    this.#log = log
  }

  /** How long members are to wait before they ask for a further round, ms; 0 for not at all. */
  get delayMs(): number {
    return this.#delayMs
  }

  /** When the delay is over; 0 when there is none. */
  get scheduledAt(): number {
    return this.#scheduledAt
  }

  /** Members that came, empty, while lost work was waiting: they get it. */
  get candidates(): readonly string[] {
    return [...this.#candidates]
  }

  round(round: IncrementalRound): Map<string, Share> {
    const { members, generation, lastGeneration } = round
    const released = round.released ?? emptySet()
    // Somebody else has led in between, or what this leader gave has not arrived.
    if (this.#previousGeneration !== lastGeneration) this.#previous = emptySet()
    const configured = configuredSet(round.configured)
    const held = new Map(hashMapOrder([...members.keys()]).map(id => [id, setOf(members.get(id)!.held)]))
    const active = union(held.values())
    if (!isEmpty(common(this.#previousRevocation, active))) this.#previous = active

    const deleted = minus(this.#previous, configured)
    const duplicated = repeated(held.values())
    const allLost = sorted(minus(this.#previous, active, deleted))
    const created = minus(configured, this.#previous, active)
    const handedOver = common(allLost, released)
    const lost = minus(allLost, handedOver)

    const abilities = this.#abilities(round, configured)
    const next = new Map<string, WorkSet>()
    const revoked = new Map<string, WorkSet>()
    for (const [id, set] of held) {
      const taken = union([intersection(set, deleted), intersection(set, duplicated)])
      if (abilities.restrict) addTo(taken, misplaced(set, id, abilities))
      revoked.set(id, taken)
      next.set(id, minus(set, taken))
    }

    const lostToAssign = this.#handleLost(lost, next, round.gone ?? NOBODY, abilities)
    const toAssign = union([created, lostToAssign, handedOver])
    const to = staying([...next.keys()], round.leaving ?? NOBODY)
    const plan = abilities.restrict
      ? planByAbility({ configured, toAssign, next, to }, abilities, this.#hints)
      : planAsJava({ configured, toAssign, next, to })
    this.#hints = NO_HINTS
    this.#balance(plan, next, revoked)
    plan.assign()

    const allRevoked = union(revoked.values())
    this.#previous = union([minus(union(next.values()), allRevoked), allLost])
    this.#previousRevocation = allRevoked
    this.#previousGeneration = generation
    this.#previousMembers = new Set(members.keys())
    return new Map(
      [...members.keys()].map(id => {
        const complete = next.get(id)!
        // A duplicate that is revoked here can be given anew only later.
        const assigned = minus(complete, minus(held.get(id)!, deleted))
        return [id, { assigned, revoked: revoked.get(id)!, complete }]
      }),
    )
  }

  #abilities({ members, leaving = NOBODY }: IncrementalRound, configured: WorkSet): Abilities {
    const ids = [...members.keys()].toSorted()
    return new Abilities(members, staying(ids, leaving), name => configured.connectors.has(name))
  }

  /** Returns what of the lost work can be given to whoever has least; waits, or gives it to candidates. */
  #handleLost(
    lost: WorkSet,
    next: ReadonlyMap<string, WorkSet>,
    gone: ReadonlySet<string>,
    abilities: Abilities,
  ): WorkSet {
    if (isEmpty(lost) && !this.#revokedInPrevious) {
      this.#endDelay()
      return lost
    }
    const now = this.#now()
    const isWaiting = this.#scheduledAt > 0
    // Nobody is waited for who went as it said, and left nothing else behind.
    const expected = isEmpty(lost) ? this.#previousMembers.difference(gone) : this.#previousMembers
    const isComplete = [...expected].every(id => next.has(id))
    // Nobody has left: a member has not got what it was given.
    if (!isWaiting && isComplete) return lost
    if (this.#maxDelayMs === 0) return lost
    if (isWaiting && now >= this.#scheduledAt) {
      const candidates = loadsOf(next, [...this.#candidates], 'connectors')
      this.#endDelay()
      this.#revokedInPrevious = false
      // By ability the candidates, who have least, get what they can run anyway.
      if (candidates.length === 0 || abilities.restrict) return lost
      const ids = candidates.map(({ id }) => id)
      for (const kind of KINDS) dealInTurn(lost[kind], loadsOf(next, ids, kind))
      return emptySet()
    }
    const empty = [...next].filter(([, set]) => isEmpty(set)).map(([id]) => id)
    for (const id of hashMapOrder(empty)) this.#candidates.add(id)
    this.#delayMs =
      now < this.#scheduledAt ? Math.min(this.#scheduledAt - now, this.#maxDelayMs) : this.#maxDelayMs
    this.#scheduledAt = now + this.#delayMs
    if (!isEmpty(lost)) {
      this.#log?.info(
        `${namesOf(lost)} run nowhere: their worker is gone, and has ${this.#delayMs} ms to come back before others get them (scheduled.rebalance.max.delay.ms)`,
      )
    }
    return emptySet()
  }

  #endDelay(): void {
    this.#candidates.clear()
    this.#scheduledAt = 0
    this.#delayMs = 0
  }

  /** Work is taken from members that have too much, unless that was done in the round before and did not help. */
  #balance(plan: Plan, next: ReadonlyMap<string, WorkSet>, revoked: ReadonlyMap<string, WorkSet>): void {
    if (this.#delayMs !== 0) {
      this.#revokedInPrevious = false
      return
    }
    const { taken, hints } = plan.excess()
    this.#hints = hints
    if (taken.size === 0) {
      if (this.#revokedInPrevious) this.#revokingRounds = 0
      this.#revokedInPrevious = false
      return
    }
    if (this.#revokedInPrevious) {
      this.#delayMs = consecutiveRevocationBackoff(++this.#revokingRounds, this.#maxDelayMs)
      if (this.#delayMs !== 0) {
        this.#scheduledAt = this.#now() + this.#delayMs
        this.#log?.debug(`Balancing waits ${this.#delayMs} ms: it took work away in the round before, too`)
        return
      }
    }
    for (const [id, set] of taken) {
      addTo(revoked.get(id)!, set)
      removeFrom(next.get(id)!, set)
    }
    this.#revokedInPrevious = true
  }
}

const NOBODY: ReadonlySet<string> = new Set()

function misplaced(held: WorkSet, id: string, abilities: Abilities): WorkSet {
  const found = emptySet()
  for (const kind of KINDS) {
    for (const [key, item] of held[kind])
      if (abilities.isMisplaced(item.connector, id)) found[kind].set(key, item)
  }
  return found
}

/** Some of it, for a line of the log. */
function namesOf({ connectors, tasks }: WorkSet): string {
  const names = [
    ...[...connectors.values()].map(({ connector }) => connector),
    ...[...tasks.values()].map(({ connector, task }) => `${connector}-${task}`),
  ]
  const rest = names.length - MOST_NAMES
  return names.slice(0, MOST_NAMES).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}

const MOST_NAMES = 20
