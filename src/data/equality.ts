/**
 * Deep equality of Connect values as Java's `equals` sees it, bytes by content. 5 and 5n are equal, NaN
 * equals itself, 0 and -0 differ; a map is equal to another with the same entries in any order, be it a Map
 * or a plain object.
 */
export function valueEquals(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a === 'bigint' || typeof b === 'bigint') return numericEquals(a, b)
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if ('equals' in a && typeof a.equals === 'function') return a.equals(b)
  if (a instanceof Uint8Array) return b instanceof Uint8Array && bytesEqual(a, b)
  if (Array.isArray(a)) return Array.isArray(b) && arraysEqual(a, b)
  if (a instanceof Date) return b instanceof Date && a.getTime() === b.getTime()
  return mapsEqual(a, b)
}

function numericEquals(a: unknown, b: unknown): boolean {
  if (typeof a === 'bigint' && typeof b === 'number') return Number.isSafeInteger(b) && BigInt(b) === a
  if (typeof b === 'bigint' && typeof a === 'number') return Number.isSafeInteger(a) && BigInt(a) === b
  return false
}

function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0
}

function arraysEqual(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((element, i) => valueEquals(element, b[i]))
}

function mapsEqual(a: object, b: object): boolean {
  const left = a instanceof Map ? a : new Map(Object.entries(a))
  const right = b instanceof Map ? b : new Map(Object.entries(b))
  if (left.size !== right.size) return false
  for (const [key, value] of left) {
    if (right.has(key)) {
      if (!valueEquals(value, right.get(key))) return false
    } else if (typeof key !== 'object' || key === null || !hasEqualEntry(right, key, value)) {
      return false
    }
  }
  return true
}

/** Object keys (bytes, structs, wrappers) are not found by identity. */
function hasEqualEntry(map: ReadonlyMap<unknown, unknown>, key: object, value: unknown): boolean {
  for (const [candidate, other] of map) {
    if (valueEquals(key, candidate)) return valueEquals(value, other)
  }
  return false
}
