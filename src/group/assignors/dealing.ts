import type { Items } from './work-set.ts'
import { byCodeUnit } from './work-set.ts'

/** What one member has of one kind of work; what it is given is put in. */
export interface Load {
  readonly id: string
  readonly items: Items
}

/**
 * Gives items to those who have least. The order is made once, as in Java: whoever is as low as the first takes part.
 * Java: IncrementalCooperativeAssignor.assignConnectors, assignTasks
 */
export function deal(items: Items, loads: readonly Load[]): void {
  const order = loads.toSorted((a, b) => a.items.size - b.items.size || byCodeUnit(a.id, b.id))
  const left = items.entries()
  for (let next = left.next(); !next.done; ) {
    const lowest = order[0]!.items.size
    const above = order.findIndex(load => load.items.size > lowest)
    for (const load of order.slice(0, above < 0 ? order.length : above)) {
      const [key, item] = next.value
      load.items.set(key, item)
      next = left.next()
      if (next.done) return
    }
  }
}

/** One each, in turn. */
export function dealInTurn(items: Items, loads: readonly Load[]): void {
  let turn = 0
  for (const [key, item] of items) loads[turn++ % loads.length]!.items.set(key, item)
}

/**
 * What members that have more than their share give up, the first that they hold, so that `total` can be spread evenly.
 * `loads` in the order of Java's HashMap: it decides who keeps one more. Java:
 * IncrementalCooperativeAssignor.loadBalancingRevocations
 */
export function surplus(loads: readonly Load[], total: number): Map<string, Items> {
  const given = new Map<string, Items>()
  const least = Math.floor(total / loads.length)
  const extra = total % loads.length
  const having = (size: number) => loads.filter(({ items }) => items.size === size).length
  const above = having(least + 1)
  if (above === extra && having(least) + above === loads.length) return given
  let kept = 0
  for (const { id, items } of loads) {
    if (items.size <= least) continue
    const most = kept++ < extra ? least + 1 : least
    if (items.size > most) given.set(id, new Map([...items].slice(0, items.size - most)))
  }
  return given
}
