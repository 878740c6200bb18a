/** Java's hash codes, because the order of a HashMap's entries shows in texts and topics. */
import { KeyLists } from './key-lists.ts'
import type { Schema } from './schema.ts'

/** Java: String.hashCode */
export function stringHashCode(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0
  return hash
}

const DEFAULT_CAPACITY = 16

/**
 * The order in which a `java.util.HashMap` that these keys were put into, one after the other, hands them
 * out: by bucket, within a bucket as inserted. `tableSize` is the table's at the start.
 */
export function hashMapOrder(keys: readonly string[], tableSize: number = DEFAULT_CAPACITY): string[] {
  return orderByHash(keys, stringHashCode, tableSize)
}

/**
 * On a plain object: the table size (a power of two) that the HashMap for which it stands was made with, where
 * that is not Java's default of 16. It decides the order of the entries, and so bytes in topics. 0 says that it
 * stands for a LinkedHashMap, which keeps the order of its keys.
 */
export const TABLE_SIZE: unique symbol = Symbol('HashMap table size')

/** The `TABLE_SIZE` of a LinkedHashMap. */
export const LINKED = 0

export function tableSizeOf(object: object): number {
  return (object as { [TABLE_SIZE]?: number })[TABLE_SIZE] ?? DEFAULT_CAPACITY
}

/** The keys of the HashMap for which a plain object stands, in its order. */
export function keysInHashOrder(object: object): readonly string[] {
  return orders.of(Object.keys(object), tableSizeOf(object))
}

const orders = new KeyLists(hashMapOrder)

/** The table size after that many entries were put into one of `tableSize`, which is not `LINKED`. */
export function grownTableSize(entries: number, tableSize = DEFAULT_CAPACITY): number {
  let size = tableSize
  while (entries > 0.75 * size) size *= 2
  return size
}

/** `new HashMap<>(capacity)` */
export function tableSizeFor(capacity: number): number {
  let size = 1
  while (size < capacity) size *= 2
  return size
}

/** `new HashMap<>(map)` of that many entries */
export function tableSizeOfCopy(entries: number): number {
  return entries === 0 ? DEFAULT_CAPACITY : tableSizeFor(Math.trunc(entries / 0.75 + 1))
}
const MAX_CAPACITY = 2 ** 30
const TREEIFY_THRESHOLD = 8
const MIN_TREEIFY_CAPACITY = 64

/** As `hashMapOrder`, for distinct keys of any kind. */
export function orderByHash<K>(
  keys: readonly K[],
  hashCode: (key: K) => number,
  tableSize = DEFAULT_CAPACITY,
): K[] {
  if (keys.length < 2 || tableSize === LINKED) return [...keys]
  const spread = keys.map(key => {
    const hash = hashCode(key)
    return hash ^ (hash >>> 16)
  })
  const capacity = capacityOf(spread, tableSize)
  const order = keys.map((_, i) => i)
  order.sort((a, b) => (spread[a]! & (capacity - 1)) - (spread[b]! & (capacity - 1)) || a - b)
  return order.map(i => keys[i]!)
}

/**
 * The table doubles when it is three quarters full, and while it is small also when a ninth key meets eight
 * in one bucket.
 */
function capacityOf(spread: readonly number[], tableSize: number): number {
  let capacity = tableSize
  let buckets = new Map<number, number>()
  for (let size = 1; size <= spread.length; size++) {
    const bucket = spread[size - 1]! & (capacity - 1)
    const chain = buckets.get(bucket) ?? 0
    buckets.set(bucket, chain + 1)
    const crowded = chain >= TREEIFY_THRESHOLD && capacity < MIN_TREEIFY_CAPACITY
    const doublings = (crowded ? 1 : 0) + (size > capacity * (crowded ? 1.5 : 0.75) ? 1 : 0)
    if (doublings === 0 || capacity >= MAX_CAPACITY) continue
    capacity *= 2 ** doublings
    buckets = new Map()
    for (let i = 0; i < size; i++) {
      const moved = spread[i]! & (capacity - 1)
      buckets.set(moved, (buckets.get(moved) ?? 0) + 1)
    }
  }
  return capacity
}

/** The same entries as a HashMap that they were put into, one after the other, hands them out. */
export function inHashOrder<K, V>(map: Map<K, V>, hashCode: (key: K) => number): Map<K, V> {
  if (map.size < 2) return map
  const ordered = new Map<K, V>()
  for (const key of orderByHash([...map.keys()], hashCode)) ordered.set(key, map.get(key)!)
  return ordered
}

const view = new DataView(new ArrayBuffer(8))

/** Java's `hashCode` of a map key of that schema; 0, which keeps insertion order, where identity decides. */
export function hashCodeOf(value: unknown, schema: Schema | null): number {
  switch (typeof value) {
    case 'string':
      return stringHashCode(value)
    case 'boolean':
      return value ? 1231 : 1237
    case 'bigint':
      return longHashCode(value)
    case 'number':
      return numberHashCode(value, schema)
    default:
      return value instanceof Date ? longHashCode(BigInt(value.getTime())) : 0
  }
}

function numberHashCode(value: number, schema: Schema | null): number {
  switch (schema?.type) {
    case 'INT8':
    case 'INT16':
    case 'INT32':
      return value
    case 'FLOAT32':
      view.setFloat32(0, value)
      return view.getInt32(0)
    case 'INT64':
      return longHashCode(BigInt(value))
    default:
      if (schema === null && Number.isSafeInteger(value)) return longHashCode(BigInt(value))
      view.setFloat64(0, value)
      return view.getInt32(0) ^ view.getInt32(4)
  }
}

function longHashCode(value: bigint): number {
  return Number(BigInt.asIntN(32, value ^ (value >> 32n)))
}
