/** How deep the comparison that is under way has gone. */
let depth = 0
/** So deep nothing is remembered: most schemas go no deeper, and remembering costs more than comparing few again. */
const FREE_DEPTH = 2
/** What it has found equal, or is comparing further up. */
const pairs = new Map<object, Set<object>>()

/**
 * What `equal` says of two objects, asked once in a comparison: parts that are shared would be compared once for each
 * way to them, and one inside itself for ever. A pair that is being compared further up counts as equal.
 */
export function comparedOnce<T extends object>(a: T, b: T, equal: (a: T, b: T) => boolean): boolean {
  if (depth >= FREE_DEPTH && !isNew(a, b)) return true
  depth++
  try {
    if (equal(a, b)) return true
    // What was found equal meanwhile may rest on these being so.
    pairs.clear()
    return false
  } finally {
    depth--
    if (depth === 0 && pairs.size > 0) pairs.clear()
  }
}

function isNew(a: object, b: object): boolean {
  const others = pairs.get(a)
  if (others === undefined) pairs.set(a, new Set([b]))
  else if (others.has(b)) return false
  else others.add(b)
  return true
}
