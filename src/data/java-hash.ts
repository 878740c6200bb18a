/** Java's hash codes, because the order of a HashMap's entries shows in texts and topics. */
import type { Schema } from './schema.ts'

/** Java: String.hashCode */
export function stringHashCode(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0
  return hash
}

/**
 * The order in which a `java.util.HashMap` that these keys were put into, one after the other, hands them
 * out: by bucket, within a bucket as inserted.
 */
export function hashMapOrder(keys: readonly string[]): string[] {
  return orderByHash(keys, stringHashCode)
}

const DEFAULT_CAPACITY = 16
const MAX_CAPACITY = 2 ** 30
const TREEIFY_THRESHOLD = 8
const MIN_TREEIFY_CAPACITY = 64

/** As `hashMapOrder`, for distinct keys of any kind. */
export function orderByHash<K>(keys: readonly K[], hashCode: (key: K) => number): K[] {
  if (keys.length < 2) return [...keys]
  const spread = keys.map(key => {
    const hash = hashCode(key)
    return hash ^ (hash >>> 16)
  })
  const capacity = capacityOf(spread)
  const order = keys.map((_, i) => i)
  order.sort((a, b) => (spread[a]! & (capacity - 1)) - (spread[b]! & (capacity - 1)) || a - b)
  return order.map(i => keys[i]!)
}

/**
 * The table doubles when it is three quarters full, and while it is small also when a ninth key meets eight
 * in one bucket.
 */
function capacityOf(spread: readonly number[]): number {
  let capacity = DEFAULT_CAPACITY
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
