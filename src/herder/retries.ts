/** Java: DistributedHerder.RECONFIGURE_CONNECTOR_TASKS_BACKOFF_INITIAL_MS and _MAX_MS */
const FIRST_MS = 250
const LONGEST_MS = 60_000

/** Does something again and again until it is forgotten, each time after twice the wait; by connector. */
export class Retries {
  readonly #attempts = new Map<string, { count: number; since: number }>()
  readonly #waiting = new Map<string, { timer: Timer; again: () => void }>()

  /** Returns after how many ms `again` is called. */
  schedule(connector: string, again: () => void): number {
    const attempts = this.#attempts.get(connector) ?? { count: 0, since: performance.now() }
    this.#attempts.set(connector, attempts)
    const ms = Math.min(FIRST_MS * 2 ** attempts.count, LONGEST_MS)
    attempts.count++
    clearTimeout(this.#waiting.get(connector)?.timer)
    const timer = setTimeout(() => {
      this.#waiting.delete(connector)
      again()
    }, ms)
    this.#waiting.set(connector, { timer, again })
    return ms
  }

  /** How long it has been failing, in ms. */
  failingFor(connector: string): number {
    const attempts = this.#attempts.get(connector)
    return attempts ? performance.now() - attempts.since : 0
  }

  /** What it waits for may have come: whatever waits is done now, and what fails from now on waits as at first. */
  hurry(): void {
    const waiting = [...this.#waiting]
    this.#attempts.clear()
    for (const [connector, { timer, again }] of waiting) {
      clearTimeout(timer)
      this.#waiting.delete(connector)
      again()
    }
  }

  /** It has worked, or nobody wants it any more. */
  forget(connector: string): void {
    clearTimeout(this.#waiting.get(connector)?.timer)
    this.#waiting.delete(connector)
    this.#attempts.delete(connector)
  }

  close(): void {
    for (const connector of [...this.#waiting.keys()]) this.forget(connector)
  }
}
