import { LruCache } from '../lru.ts'

/**
 * Answers to questions that are asked again and again: each is asked once, also by many at once, and kept. A failure is
 * not kept.
 */
export class Answers<T> {
  readonly #known: LruCache<string, { value: T; until: number }>
  readonly #asked = new Map<string, Promise<T>>()

  /** @param limit most answers that are kept; `ttl` ms, Infinity for as long as there is room */
  constructor(
    limit: number,
    private readonly ttl = Number.POSITIVE_INFINITY,
  ) {
    this.#known = new LruCache(limit)
  }

  get(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#known.get(key)
    if (known !== undefined && (known.until === Number.POSITIVE_INFINITY || Date.now() < known.until)) {
      return Promise.resolve(known.value)
    }
    const asked = this.#asked.get(key)
    if (asked !== undefined) return asked
    const answer = ask().then(
      value => {
        this.#asked.delete(key)
        this.#known.set(key, { value, until: Date.now() + this.ttl })
        return value
      },
      error => {
        this.#asked.delete(key)
        throw error
      },
    )
    this.#asked.set(key, answer)
    return answer
  }
}
