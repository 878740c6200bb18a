/**
 * As many pairs of left and right as there can be with each in one pair only. `partners[i]` are the rights that left
 * `i` may be paired with. Java: MaximumCardinalityMatch
 */
export function maximumMatching(partners: readonly (readonly number[])[]): ReadonlyMap<number, number> {
  const leftOf = new Map<number, number>()
  for (let left = 0; left < partners.length; left++) augment(left, partners, leftOf, new Set())
  return new Map([...leftOf].map(([right, left]) => [left, right]))
}

/** Finds a right for `left`, moving others on where that helps. */
function augment(
  left: number,
  partners: readonly (readonly number[])[],
  leftOf: Map<number, number>,
  tried: Set<number>,
): boolean {
  for (const right of partners[left]!) {
    if (tried.has(right)) continue
    tried.add(right)
    const holder = leftOf.get(right)
    if (holder !== undefined && !augment(holder, partners, leftOf, tried)) continue
    leftOf.set(right, left)
    return true
  }
  return false
}
