import { LruCache } from '../lru.ts'

/** What is being asked for, by question. */
export type Asked<T> = Map<string, Promise<T>>

/**
 * Answers to questions that are asked again and again: each is asked once, also by many at once, and kept for as long
 * as it holds. A failure is not kept.
 */
export class Answers<T extends { readonly until: number }> {
  readonly #known: LruCache<string, T>
  readonly #asked: Asked<T>

  /** @param limit most answers that are kept; `asked` is shared with others who ask the same and keep it for themselves */
  constructor(limit: number, asked: Asked<T> = new Map()) {
    this.#known = new LruCache(limit)
    this.#asked = asked
  }

  async get(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#known.get(key)
    if (known !== undefined && Date.now() < known.until) return known
    let asked = this.#asked.get(key)
    if (asked === undefined) {
      asked = ask().finally(() => this.#asked.delete(key))
      this.#asked.set(key, asked)
    }
    const answer = await asked
    this.#known.set(key, answer)
    return answer
  }
}
