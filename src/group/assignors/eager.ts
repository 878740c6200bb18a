import type { GroupTask, MemberState } from '../membership.ts'
import { Abilities } from './abilities.ts'
import type { Configured } from './configured.ts'
import { Placing } from './placing.ts'
import { byCodeUnit, configuredSet, emptySet, type Items, type WorkSet } from './work-set.ts'

/**
 * Gives everything anew in every round: connectors, then tasks, to one member after the other. Where some are `unable`, to
 * whoever has least of those who can. Java: EagerAssignor
 */
export function assignEagerly(
  members: ReadonlyMap<string, MemberState>,
  configured: Configured,
): Map<string, WorkSet> {
  const ids = [...members.keys()].sort(byCodeUnit)
  const shares = new Map(ids.map(id => [id, emptySet()]))
  const wanted = configuredSet(configured)
  const abilities = new Abilities(members, ids, name => wanted.connectors.has(name))
  let turn = 0
  const toWhom = abilities.restrict ? placed(wanted, ids, abilities) : () => ids[turn++ % ids.length]!
  for (const [key, item] of wanted.connectors) shares.get(toWhom(item))!.connectors.set(key, item)
  for (const [key, item] of wanted.tasks) shares.get(toWhom(item))!.tasks.set(key, item)
  return shares
}

/** Connectors and tasks count alike here. */
function placed(wanted: WorkSet, ids: readonly string[], abilities: Abilities): (item: GroupTask) => string {
  const key = ({ connector, task }: GroupTask) => `${task}-${connector}`
  const items: Items = new Map()
  for (const item of wanted.connectors.values()) items.set(key(item), item)
  for (const item of wanted.tasks.values()) items.set(key(item), item)
  const placing = new Placing(
    abilities,
    ids.map(id => ({ id, items: new Map() })),
  )
  placing.add(items, new Map())
  return item => placing.placed.get(key(item))!
}
