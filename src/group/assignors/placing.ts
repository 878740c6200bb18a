import type { Abilities } from './abilities.ts'
import type { Load } from './dealing.ts'
import type { Items } from './work-set.ts'

/**
 * One kind of work where not everybody can run everything. Items go to the least loaded of those who can; then one
 * moves wherever that makes its member and another more equal, until none does: what is new first, because moving it
 * disturbs nobody.
 */
export class Placing {
  readonly #abilities: Abilities
  readonly #size = new Map<string, number>()
  /** Where what has no place yet is to go. */
  readonly #placed = new Map<string, string>()
  readonly #items: Items = new Map()
  /** Held items and where they had better go. */
  readonly #moved = new Map<string, { from: string; to: string }>()

  constructor(
    abilities: Abilities,
    private readonly loads: readonly Load[],
  ) {
    this.#abilities = abilities
    for (const { id, items } of loads) this.#size.set(id, items.size)
  }

  /** `hints` say where an item was meant to go when it was taken from somebody. */
  add(items: Items, hints: ReadonlyMap<string, string>): void {
    // Whoever has little choice chooses first.
    const choices = (connector: string) => this.#abilities.of(connector).length
    const order = [...items].sort(([, a], [, b]) => choices(a.connector) - choices(b.connector))
    for (const [key, item] of order) {
      const able = this.#abilities.of(item.connector)
      const hint = hints.get(key)
      const to = hint !== undefined && able.includes(hint) ? hint : this.#lowest(able)
      this.#placed.set(key, to)
      this.#items.set(key, item)
      this.#grow(to, 1)
    }
    this.#level(this.#newByChoice(), (key, to) => this.#placed.set(key, to))
  }

  /** Which held items had better run elsewhere. */
  balance(): void {
    const held: Groups = new Map()
    for (const { id, items } of this.loads) {
      // The first that a member holds goes first, as in Java: the last of a stack.
      for (const [key, { connector }] of [...items].reverse())
        push(held, this.#abilities.of(connector), id, key)
    }
    const groups = this.#newByChoice(held)
    this.#level(groups, (key, to, from) => {
      if (this.#placed.has(key)) this.#placed.set(key, to)
      else this.#movedAgain(key, from, to)
    })
  }

  /** The member for each item that was added. */
  get placed(): ReadonlyMap<string, string> {
    return this.#placed
  }

  get moved(): ReadonlyMap<string, { from: string; to: string }> {
    return this.#moved
  }

  #movedAgain(key: string, from: string, to: string): void {
    const first = this.#moved.get(key)?.from ?? from
    if (first === to) this.#moved.delete(key)
    else this.#moved.set(key, { from: first, to })
  }

  #newByChoice(groups: Groups = new Map()): Groups {
    for (const [key, id] of this.#placed)
      push(groups, this.#abilities.of(this.#items.get(key)!.connector), id, key)
    return groups
  }

  /** Every move makes the loads more equal, so this ends. */
  #level(groups: Groups, move: (key: string, to: string, from: string) => void): void {
    let isLevel = false
    while (!isLevel) {
      isLevel = true
      for (const [able, stacks] of groups) {
        for (;;) {
          const to = this.#lowest(able)
          const from = this.#highest(stacks)
          if (from === null || this.#size.get(from)! - this.#size.get(to)! < 2) break
          const key = stacks.get(from)!.pop()!
          push(groups, able, to, key)
          this.#grow(from, -1)
          this.#grow(to, 1)
          move(key, to, from)
          isLevel = false
        }
      }
    }
  }

  #grow(id: string, by: number): void {
    this.#size.set(id, this.#size.get(id)! + by)
  }

  #lowest(ids: readonly string[]): string {
    let lowest = ids[0]!
    for (const id of ids) if (this.#size.get(id)! < this.#size.get(lowest)!) lowest = id
    return lowest
  }

  #highest(stacks: ReadonlyMap<string, readonly string[]>): string | null {
    let highest: string | null = null
    for (const [id, keys] of stacks) {
      if (keys.length === 0) continue
      if (highest === null || this.#size.get(id)! > this.#size.get(highest)!) highest = id
    }
    return highest
  }
}

/** Keys of items by who can run them, then by who has them. */
type Groups = Map<readonly string[], Map<string, string[]>>

function push(groups: Groups, able: readonly string[], id: string, key: string): void {
  const stacks = groups.get(able)
  if (stacks === undefined) {
    groups.set(able, new Map([[id, [key]]]))
    return
  }
  const keys = stacks.get(id)
  if (keys) keys.push(key)
  else stacks.set(id, [key])
}
