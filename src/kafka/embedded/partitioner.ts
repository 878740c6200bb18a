/**
 * Hash of a key as Java's default partitioner computes it, a signed 32-bit integer.
 * Java: org.apache.kafka.common.utils.Utils.murmur2
 */
export function murmur2(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const m = 0x5bd1e995
  const length = end - start
  let h = 0x9747b28c ^ length
  const whole = start + (length & ~3)
  for (let i = start; i < whole; i += 4) {
    let k = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
    k = Math.imul(k, m)
    k ^= k >>> 24
    k = Math.imul(k, m)
    h = Math.imul(h, m) ^ k
  }
  const rest = length & 3
  if (rest === 3) h ^= bytes[whole + 2]! << 16
  if (rest >= 2) h ^= bytes[whole + 1]! << 8
  if (rest >= 1) h = Math.imul(h ^ bytes[whole]!, m)
  h ^= h >>> 13
  h = Math.imul(h, m)
  return h ^ (h >>> 15)
}

/** Partition of a key among `count`. Java: org.apache.kafka.clients.producer.internals.BuiltInPartitioner */
export function partitionOf(bytes: Uint8Array, start: number, end: number, count: number): number {
  return (murmur2(bytes, start, end) & 0x7fffffff) % count
}
