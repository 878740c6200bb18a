import type { Abilities } from './abilities.ts'
import { deal, type Load, surplus } from './dealing.ts'
import { Placing } from './placing.ts'
import { emptySet, isEmpty, KINDS, minus, union, type WorkSet } from './work-set.ts'

/** Members by key of an item, for each kind of work. */
export type Hints = Readonly<Record<(typeof KINDS)[number], ReadonlyMap<string, string>>>

export const NO_HINTS: Hints = { connectors: new Map(), tasks: new Map() }

/** How a round first takes work from those who have too much, and then gives what is to be given. */
export interface Plan {
  /** By member; and for whom it is, where that is settled already. */
  excess(): { taken: Map<string, WorkSet>; hints: Hints }
  /** Puts it into what its members have. */
  assign(): void
}

export interface PlanInput {
  configured: WorkSet
  toAssign: WorkSet
  /** What members have and keep so far. */
  next: ReadonlyMap<string, WorkSet>
  /** Ids of those who get something new. */
  to: readonly string[]
}

/** Everybody can run everything. Java: performLoadBalancingRevocations, assignConnectors, assignTasks */
export function planAsJava({ configured, toAssign, next, to }: PlanInput): Plan {
  return {
    excess() {
      const taken = new Map<string, WorkSet>()
      if ([...next.values()].every(isEmpty) || isEmpty(configured)) return { taken, hints: NO_HINTS }
      for (const kind of KINDS) {
        const given = surplus(loadsOf(next, [...next.keys()], kind), configured[kind].size)
        for (const [id, items] of given) taken.set(id, { ...(taken.get(id) ?? emptySet()), [kind]: items })
      }
      return { taken, hints: NO_HINTS }
    },
    assign() {
      for (const kind of KINDS) deal(toAssign[kind], loadsOf(next, to, kind))
    },
  }
}

/**
 * Some lack what others can run. What is taken from somebody has its new place at once, and goes there in the round after
 * by way of `hints`: then that round finds nothing to take.
 */
export function planByAbility(
  { configured, toAssign, next, to }: PlanInput,
  abilities: Abilities,
  hints: Hints,
): Plan {
  const ids = to.toSorted()
  const placings = KINDS.map(kind => {
    const placing = new Placing(abilities, loadsOf(next, ids, kind))
    placing.add(toAssign[kind], hints[kind])
    return { kind, placing }
  })
  return {
    excess() {
      // What is revoked in this round counts where it will go.
      const pending = minus(configured, union(next.values()), toAssign)
      const taken = new Map<string, WorkSet>()
      const later = { connectors: new Map<string, string>(), tasks: new Map<string, string>() }
      for (const { kind, placing } of placings) {
        placing.add(pending[kind], NO_HINTS[kind])
        placing.balance()
        for (const key of pending[kind].keys()) later[kind].set(key, placing.placed.get(key)!)
        for (const [key, { from, to }] of placing.moved) {
          later[kind].set(key, to)
          const set = taken.get(from) ?? emptySet()
          set[kind].set(key, next.get(from)![kind].get(key)!)
          taken.set(from, set)
        }
      }
      return { taken, hints: later }
    },
    assign() {
      for (const { kind, placing } of placings)
        for (const [key, item] of toAssign[kind]) next.get(placing.placed.get(key)!)![kind].set(key, item)
    },
  }
}

/** Those who do not leave; all, when all do. */
export function staying(ids: readonly string[], leaving: ReadonlySet<string>): readonly string[] {
  const left = ids.filter(id => !leaving.has(id))
  return left.length > 0 ? left : ids
}

/** Of those ids that are members. */
export function loadsOf(
  next: ReadonlyMap<string, WorkSet>,
  ids: readonly string[],
  kind: (typeof KINDS)[number],
): Load[] {
  return ids.flatMap(id => {
    const set = next.get(id)
    return set === undefined ? [] : [{ id, items: set[kind] }]
  })
}
