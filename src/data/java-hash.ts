/** Java's hash codes, because the order of a HashMap's entries shows in texts and topics. */

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
