import type { MemberState } from '../membership.ts'

/**
 * Who can run which connector, of the members that new work may go to. What nobody can run counts as if all could: it
 * then shows why it fails wherever it is.
 */
export class Abilities {
  /** Of the connectors that some can run and others cannot. */
  readonly #able = new Map<string, readonly string[]>()
  readonly #unable = new Map<string, ReadonlySet<string>>()
  readonly #all: readonly string[]

  /** `eligible` are ids, in the order in which equals are preferred. */
  constructor(
    members: ReadonlyMap<string, MemberState>,
    eligible: readonly string[],
    isConfigured: (connector: string) => boolean,
  ) {
    this.#all = eligible
    const lacking = new Map<string, Set<string>>()
    for (const [id, { unable }] of members) {
      for (const connector of unable) {
        if (!isConfigured(connector)) continue
        const ids = lacking.get(connector)
        if (ids) ids.add(id)
        else lacking.set(connector, new Set([id]))
      }
    }
    // Connectors with the same members share one list: placing goes by lists.
    const lists = new Map<string, readonly string[]>()
    for (const [connector, ids] of lacking) {
      const able = eligible.filter(id => !ids.has(id))
      if (able.length === 0) continue
      const name = JSON.stringify(able)
      const list = lists.get(name) ?? able
      lists.set(name, list)
      this.#able.set(connector, list)
      this.#unable.set(connector, ids)
    }
  }

  /** False: everything can run everywhere, and Java's rules give Java's result. */
  get restrict(): boolean {
    return this.#able.size > 0
  }

  /** The same array for connectors that the same members can run. */
  of(connector: string): readonly string[] {
    return this.#able.get(connector) ?? this.#all
  }

  /** That member cannot run it, and another one can. */
  isMisplaced(connector: string, memberId: string): boolean {
    return this.#unable.get(connector)?.has(memberId) ?? false
  }
}
