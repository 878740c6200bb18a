/** Most objects of a stream have the same keys: what was found out about a list of keys is found again by it. */

/** Beyond this many lists of one length looking them up costs more than it saves. */
const MAX_LISTS = 8
/** Objects with more keys than this are data, not records. */
const MAX_KEYS = 256

interface Known<T> {
  readonly keys: readonly string[]
  readonly variant: number
  readonly made: T
}

export class KeyLists<T> {
  /** By length, the latest hit first. */
  private readonly byLength: Known<T>[][] = []

  constructor(private readonly make: (keys: readonly string[], variant: number) => T) {}

  /** What `make` gives, or gave, for these keys, which must not change later. */
  of(keys: readonly string[], variant: number): T {
    if (keys.length > MAX_KEYS) return this.make(keys, variant)
    const lists = this.ofLength(keys.length)
    for (let i = 0; i < lists.length; i++) {
      const known = lists[i]!
      if (known.variant !== variant || !sameKeys(known.keys, keys)) continue
      if (i > 0) {
        lists.splice(i, 1)
        lists.unshift(known)
      }
      return known.made
    }
    const made = this.make(keys, variant)
    lists.unshift({ keys, variant, made })
    if (lists.length > MAX_LISTS) lists.pop()
    return made
  }

  private ofLength(length: number): Known<T>[] {
    while (this.byLength.length <= length) this.byLength.push([])
    return this.byLength[length]!
  }
}

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
