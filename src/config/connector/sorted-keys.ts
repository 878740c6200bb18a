import type { ConfigSpec, Importance, KeySpec } from '../keys.ts'

const IMPORTANCE: readonly Importance[] = ['HIGH', 'MEDIUM', 'LOW']

/**
 * By group (those without one first, then in the order of the definition), place in the group, required ones
 * first, importance and name. Java: ConfigDef.sortedConfigs
 */
export function sortedKeys(spec: ConfigSpec): [string, KeySpec<unknown>][] {
  const entries: [string, KeySpec<unknown>][] = Object.entries(spec)
  const groups = [...new Set(entries.map(([, key]) => key.group))].filter(group => group !== null)
  const rank = (key: KeySpec<unknown>) => (key.group === null ? -1 : groups.indexOf(key.group))
  return entries.toSorted(
    ([nameA, a], [nameB, b]) =>
      rank(a) - rank(b) ||
      a.orderInGroup - b.orderInGroup ||
      Number(b.required) - Number(a.required) ||
      IMPORTANCE.indexOf(a.importance) - IMPORTANCE.indexOf(b.importance) ||
      (nameA < nameB ? -1 : nameA > nameB ? 1 : 0),
  )
}
