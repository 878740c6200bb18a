import type { Topics } from './topics.ts'

/** What a consumer subscribed to: names, or a pattern that must match whole names as Java's does. */
export class Subscription {
  readonly #names: readonly string[]
  readonly #pattern: RegExp | null

  constructor(topics: readonly string[] | { pattern: RegExp }) {
    if ('pattern' in topics) {
      this.#names = []
      const { source, flags } = topics.pattern
      this.#pattern = new RegExp(`^(?:${source})$`, flags.replaceAll(/[gy]/g, ''))
    } else {
      this.#names = topics
      this.#pattern = null
    }
  }

  /** The existing topics among them. */
  resolve(topics: Topics): string[] {
    const pattern = this.#pattern
    if (pattern) return topics.names().filter(name => pattern.test(name))
    return this.#names.filter(name => topics.get(name) !== undefined)
  }

  /** Names that do not exist. */
  missing(topics: Topics): string[] {
    return this.#names.filter(name => topics.get(name) === undefined)
  }
}
