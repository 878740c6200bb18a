/** Schemaless maps as Java's transformations copy them. */

import { javaClassName } from '../data/java-class.ts'
import { ClassCastException } from '../data/java-errors.ts'
import {
  grownTableSize,
  hashMapOrder,
  LINKED,
  TABLE_SIZE,
  tableSizeOf,
  tableSizeOfCopy,
} from '../data/java-hash.ts'
import type { SchemalessMap } from './operand.ts'

/**
 * A HashMap in the making: a plain object, or a Map where not all keys are strings, or where an object would not
 * keep their order; the latter is marked with its table size and always in the HashMap's order.
 */
export type HashMapCopy = Map<unknown, unknown> | Record<string, unknown>

/**
 * `new HashMap<>(map)`, record after record. The copy's table may be smaller than the source's; entries that
 * then meet in one bucket stand in the source's order, so keys are put in that order.
 */
export class HashMapCopier {
  private keys: readonly string[] = []
  private tableSize = 0
  private order: readonly string[] | null = null

  copy(map: SchemalessMap): HashMapCopy {
    if (map instanceof Map) return fromMap(map)
    const source = map as Readonly<Record<string, unknown>>
    const keys = Object.keys(source)
    const marked = TABLE_SIZE in source
    const size = tableSizeOfCopy(keys.length)
    const madeWith = tableSizeOf(source)
    const sourceSize = madeWith === LINKED ? LINKED : grownTableSize(keys.length, madeWith)
    if (size < sourceSize && keys.length > 1) {
      const order = this.inOrder(keys, madeWith)
      if (order !== null) return ordered(source, order, size)
    }
    const copy: Record<string, unknown> = { ...source }
    if (marked || size !== sourceSize) setTableSize(copy, size)
    return copy
  }

  /** The keys in the source's order; null when they are in that order already. */
  private inOrder(keys: readonly string[], tableSize: number): readonly string[] | null {
    if (tableSize !== this.tableSize || !sameKeys(keys, this.keys)) {
      const order = hashMapOrder(keys, tableSize)
      this.order = sameKeys(keys, order) ? null : order
      this.keys = keys
      this.tableSize = tableSize
    }
    return this.order
  }
}

export function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

function ordered(
  source: Readonly<Record<string, unknown>>,
  order: readonly string[],
  size: number,
): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const key of order) putMember(copy, key, source[key])
  setTableSize(copy, size)
  return copy
}

function fromMap(map: ReadonlyMap<unknown, unknown>): HashMapCopy {
  const copy: Record<string, unknown> = {}
  const size = tableSizeOfCopy(map.size)
  let indexLike = false
  for (const [key, value] of map) {
    if (typeof key !== 'string') return new Map(map)
    indexLike ||= isIndexLike(key)
    putMember(copy, key, value)
  }
  if (indexLike) return hashOrdered(map as ReadonlyMap<string, unknown>, size)
  setTableSize(copy, size)
  return copy
}

/** Names that a plain object may hand out before the others, in whatever order they were set. */
export function isIndexLike(name: string): boolean {
  const first = name.charCodeAt(0)
  return first >= 0x30 && first <= 0x39
}

/** The HashMap of that table size into which the entries were put in their order. */
export function hashOrdered(entries: ReadonlyMap<string, unknown>, size: number): Map<string, unknown> {
  const map = new Map<string, unknown>()
  for (const key of hashMapOrder([...entries.keys()], size)) map.set(key, entries.get(key))
  setTableSize(map, size)
  return map
}

/** Without some entries; the table keeps its size. Changes `copy`, or makes another. Java: HashMap.remove */
export function withoutEntries(copy: HashMapCopy, names: ReadonlySet<string>): HashMapCopy {
  if (copy instanceof Map) {
    for (const name of names) copy.delete(name)
    return copy
  }
  // An object from which members were deleted is slow ever after.
  const rest: Record<string, unknown> = {}
  const keys = Object.keys(copy)
  let left = 0
  for (const key of keys) {
    if (names.has(key)) continue
    putMember(rest, key, copy[key])
    left++
  }
  const size = grownTableSize(keys.length, tableSizeOf(copy))
  if (size !== grownTableSize(left)) setTableSize(rest, size)
  return rest
}

export function setTableSize(object: object, size: number): void {
  ;(object as { [TABLE_SIZE]?: number })[TABLE_SIZE] = size
}

/** Sets a member of that name, be it `__proto__`. */
export function putMember(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
  else object[name] = value
}

export function putEntry(map: HashMapCopy, key: string, value: unknown): void {
  if (map instanceof Map) setEntry(map, key, value)
  else putMember(map, key, value)
}

function setEntry(map: Map<unknown, unknown>, key: string, value: unknown): void {
  const inserted = !map.has(key)
  map.set(key, value)
  if (!inserted || !(TABLE_SIZE in map)) return
  const ordered = hashOrdered(map as Map<string, unknown>, tableSizeOf(map))
  map.clear()
  for (const [name, each] of ordered) map.set(name, each)
}

/** The entry's value, null where there is none: what an object inherits (`constructor` …) is no entry. */
export function getEntry(map: SchemalessMap, key: string): unknown {
  if (map instanceof Map) return map.get(key) ?? null
  return Object.hasOwn(map, key) ? ((map as Readonly<Record<string, unknown>>)[key] ?? null) : null
}

/** What Java says of a map key that should be a field's name. */
export function noString(key: unknown): ClassCastException {
  const name = javaClassName(key)
  const loader = "in module java.base of loader 'bootstrap'"
  return new ClassCastException(
    `class ${name} cannot be cast to class java.lang.String (${name} and java.lang.String are ${loader})`,
  )
}
