import { hashMapOrder } from '../../data/java-hash.ts'
import type { Logger } from '../../observe/log.ts'
import type { LedRound, MemberState } from '../membership.ts'
import { Abilities } from './abilities.ts'
import { consecutiveRevocationBackoff } from './backoff.ts'
import type { Configured } from './configured.ts'
import { deal, dealInTurn, type Load, surplus } from './dealing.ts'
import { Placing } from './placing.ts'
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
  /** For whom something has been revoked, by the keys of `WorkSet`. */
  #hints: Readonly<Record<(typeof KINDS)[number], ReadonlyMap<string, string>>> = NO_HINTS

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
    const place = abilities.restrict
      ? this.#byAbility(configured, toAssign, next, abilities, round.leaving ?? NOBODY)
      : this.#byJavasRules(configured, toAssign, next, round.leaving ?? NOBODY)
    this.#balance(place.excess, next, revoked)
    place.assign()

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
    this.#log?.debug(
      `Lost work waits ${this.#delayMs} ms for its members to come back: ${lost.connectors.size} connectors and ${lost.tasks.size} tasks`,
    )
    return emptySet()
  }

  #endDelay(): void {
    this.#candidates.clear()
    this.#scheduledAt = 0
    this.#delayMs = 0
  }

  /** Work is taken from members that have too much, unless that was done in the round before and did not help. */
  #balance(
    excess: () => Map<string, WorkSet>,
    next: ReadonlyMap<string, WorkSet>,
    revoked: ReadonlyMap<string, WorkSet>,
  ): void {
    if (this.#delayMs !== 0) {
      this.#revokedInPrevious = false
      return
    }
    const taken = excess()
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

  #byJavasRules(
    configured: WorkSet,
    toAssign: WorkSet,
    next: ReadonlyMap<string, WorkSet>,
    leaving: ReadonlySet<string>,
  ): Plan {
    this.#hints = NO_HINTS
    const ids = staying([...next.keys()], leaving)
    return {
      excess: () => {
        const taken = new Map<string, WorkSet>()
        if ([...next.values()].every(isEmpty) || isEmpty(configured)) return taken
        for (const kind of KINDS) {
          const given = surplus(loadsOf(next, [...next.keys()], kind), configured[kind].size)
          for (const [id, items] of given) taken.set(id, { ...(taken.get(id) ?? emptySet()), [kind]: items })
        }
        return taken
      },
      assign: () => {
        for (const kind of KINDS) deal(toAssign[kind], loadsOf(next, ids, kind))
      },
    }
  }

  #byAbility(
    configured: WorkSet,
    toAssign: WorkSet,
    next: ReadonlyMap<string, WorkSet>,
    abilities: Abilities,
    leaving: ReadonlySet<string>,
  ): Plan {
    const ids = staying([...next.keys()].toSorted(), leaving)
    const placings = KINDS.map(kind => {
      const placing = new Placing(abilities, loadsOf(next, ids, kind))
      placing.add(toAssign[kind], this.#hints[kind])
      return { kind, placing }
    })
    this.#hints = NO_HINTS
    return {
      excess: () => {
        // What is revoked in this round counts where it will go in the next.
        const pending = minus(configured, union(next.values()), toAssign)
        const taken = new Map<string, WorkSet>()
        const hints = { connectors: new Map<string, string>(), tasks: new Map<string, string>() }
        for (const { kind, placing } of placings) {
          placing.add(pending[kind], NO_HINTS[kind])
          placing.balance()
          for (const key of pending[kind].keys()) hints[kind].set(key, placing.placed.get(key)!)
          for (const [key, { from, to }] of placing.moved) {
            hints[kind].set(key, to)
            const set = taken.get(from) ?? emptySet()
            set[kind].set(key, next.get(from)![kind].get(key)!)
            taken.set(from, set)
          }
        }
        this.#hints = hints
        return taken
      },
      assign: () => {
        for (const { kind, placing } of placings)
          for (const [key, item] of toAssign[kind]) next.get(placing.placed.get(key)!)![kind].set(key, item)
      },
    }
  }
}

/** How one round takes work from those who have too much, and then gives what is to be given. */
interface Plan {
  excess(): Map<string, WorkSet>
  assign(): void
}

const NOBODY: ReadonlySet<string> = new Set()
const NO_HINTS = { connectors: new Map<string, string>(), tasks: new Map<string, string>() } as const

/** Those who do not leave; all, when all do. */
function staying(ids: readonly string[], leaving: ReadonlySet<string>): readonly string[] {
  const left = ids.filter(id => !leaving.has(id))
  return left.length > 0 ? left : ids
}

function misplaced(held: WorkSet, id: string, abilities: Abilities): WorkSet {
  const found = emptySet()
  for (const kind of KINDS) {
    for (const [key, item] of held[kind])
      if (abilities.isMisplaced(item.connector, id)) found[kind].set(key, item)
  }
  return found
}

/** Of those ids that are members. */
function loadsOf(
  next: ReadonlyMap<string, WorkSet>,
  ids: readonly string[],
  kind: (typeof KINDS)[number],
): Load[] {
  return ids.flatMap(id => {
    const set = next.get(id)
    return set === undefined ? [] : [{ id, items: set[kind] }]
  })
}
