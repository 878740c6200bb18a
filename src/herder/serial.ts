/**
 * Runs jobs one after the other by key, jobs of different keys side by side. What waits for a plugin without a
 * bound never belongs in here (invariant 4).
 */
export class SerialQueues {
  readonly #tails = new Map<string, Promise<unknown>>()

  run<T>(key: string, job: () => Promise<T> | T): Promise<T> {
    const result = (this.#tails.get(key) ?? Promise.resolve()).then(job)
    const tail = result
      .catch(() => {}) // Whoever asked has the error; the next job does not depend on it.
      .then(() => {
        if (this.#tails.get(key) === tail) this.#tails.delete(key)
      })
    this.#tails.set(key, tail)
    return result
  }

  /** Resolves when every job that was asked for so far has ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#tails.values())
  }
}
