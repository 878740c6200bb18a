/** Work as sets that keep their order; each operation costs as much as what it is given is large. */
import { orderByHash, stringHashCode, tableSizeFor } from '../../data/java-hash.ts'
import type { GroupTask, Work } from '../membership.ts'
import type { Configured } from './configured.ts'

/** Connector objects, or tasks, by a key of their own. */
export type Items = Map<string, GroupTask>

/** Connector objects have the task number that they have in the group's bytes. */
export interface WorkSet {
  readonly connectors: Items
  readonly tasks: Items
}

export const KINDS = ['connectors', 'tasks'] as const

const OBJECT = -1

export function emptySet(): WorkSet {
  return { connectors: new Map(), tasks: new Map() }
}

export function setOf(work: Work | null): WorkSet {
  const set = emptySet()
  if (work === null) return set
  for (const connector of work.connectors) set.connectors.set(connector, { connector, task: OBJECT })
  for (const task of work.tasks) set.tasks.set(taskKey(task), task)
  return set
}

export function workOf(set: WorkSet): Work {
  return { connectors: [...set.connectors.keys()], tasks: [...set.tasks.values()] }
}

/** In Java's order: connectors by name, then the tasks of each by number. */
export function configuredSet(configured: Configured): WorkSet {
  const connectors = configured.connectors().toSorted(byCodeUnit)
  const tasks = connectors.flatMap(connector =>
    configured.tasks(connector).toSorted((a, b) => a.task - b.task),
  )
  return setOf({ connectors, tasks })
}

/** Java: ConnectorUtils.diff, the order of `from` kept */
export function minus(from: WorkSet, ...gone: readonly WorkSet[]): WorkSet {
  return picked(from, (kind, key) => !gone.some(set => set[kind].has(key)))
}

export function common(from: WorkSet, other: WorkSet): WorkSet {
  return picked(from, (kind, key) => other[kind].has(key))
}

/** As `common`, in the order of the HashSet that Java makes of `from`. Java: IncrementalCooperativeAssignor.intersection */
export function intersection(from: WorkSet, other: WorkSet): WorkSet {
  const found = common(from, other)
  for (const kind of KINDS) if (found[kind].size > 1) inHashOrder(found[kind], from[kind])
  return found
}

function inHashOrder(items: Items, all: Items): void {
  const hashCode = ([name, { connector, task }]: [string, GroupTask]) =>
    task === OBJECT ? stringHashCode(name) : (Math.imul(31, stringHashCode(connector)) + task) | 0
  const tableSize = tableSizeFor(Math.max(Math.trunc(all.size / 0.75) + 1, 16))
  const order = orderByHash([...all], hashCode, tableSize).filter(([key]) => items.has(key))
  items.clear()
  for (const [key, item] of order) items.set(key, item)
}

export function addTo(into: WorkSet, added: WorkSet): void {
  for (const kind of KINDS) for (const [key, item] of added[kind]) into[kind].set(key, item)
}

export function removeFrom(from: WorkSet, gone: WorkSet): void {
  for (const kind of KINDS) for (const key of gone[kind].keys()) from[kind].delete(key)
}

export function union(sets: Iterable<WorkSet>): WorkSet {
  const all = emptySet()
  for (const set of sets) addTo(all, set)
  return all
}

/** What more than one of them has. */
export function repeated(sets: Iterable<WorkSet>): WorkSet {
  const seen = emptySet()
  const twice = emptySet()
  for (const set of sets) {
    addTo(twice, common(set, seen))
    addTo(seen, set)
  }
  return twice
}

export function isEmpty({ connectors, tasks }: WorkSet): boolean {
  return connectors.size === 0 && tasks.size === 0
}

/** By connector, then by number: what Java hands on as a TreeSet. */
export function sorted(set: WorkSet): WorkSet {
  const order = (items: Items): Items =>
    new Map(
      [...items].sort(([, a], [, b]) =>
        a.connector === b.connector ? a.task - b.task : byCodeUnit(a.connector, b.connector),
      ),
    )
  return { connectors: order(set.connectors), tasks: order(set.tasks) }
}

function picked(from: WorkSet, isWanted: (kind: (typeof KINDS)[number], key: string) => boolean): WorkSet {
  const set = emptySet()
  for (const kind of KINDS) {
    for (const [key, item] of from[kind]) if (isWanted(kind, key)) set[kind].set(key, item)
  }
  return set
}

export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function taskKey({ connector, task }: GroupTask): string {
  return `${task}-${connector}`
}
