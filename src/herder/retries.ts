/** Java: DistributedHerder.RECONFIGURE_CONNECTOR_TASKS_BACKOFF_INITIAL_MS and _MAX_MS */
const FIRST_MS = 250
const LONGEST_MS = 60_000

/** Does something again and again until it is forgotten, each time after twice the wait; by connector. */
export class Retries {
  readonly #attempts = new Map<string, number>()
  readonly #timers = new Map<string, Timer>()

  /** Returns after how many ms `again` is called. */
  schedule(connector: string, again: () => void): number {
    const attempt = this.#attempts.get(connector) ?? 0
    this.#attempts.set(connector, attempt + 1)
    const ms = Math.min(FIRST_MS * 2 ** attempt, LONGEST_MS)
    clearTimeout(this.#timers.get(connector))
    const timer = setTimeout(() => {
      this.#timers.delete(connector)
      again()
    }, ms)
    this.#timers.set(connector, timer)
    return ms
  }

  /** It has worked, or nobody wants it any more. */
  forget(connector: string): void {
    clearTimeout(this.#timers.get(connector))
    this.#timers.delete(connector)
    this.#attempts.delete(connector)
  }

  close(): void {
    for (const connector of [...this.#attempts.keys()]) this.forget(connector)
  }
}
