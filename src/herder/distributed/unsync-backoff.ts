/** Java: DistributedHerder.BACKOFF_RETRIES */
const RETRIES = 5

/** How long a worker that cannot read the config topic stays away from its group. Java: DistributedHerder.backoff */
export class UnsyncBackoff {
  readonly #unsyncBackoffMs: number
  readonly #maxDelayMs: number
  #left = RETRIES

  constructor(options: { unsyncBackoffMs: number; maxDelayMs: number }) {
    this.#unsyncBackoffMs = options.unsyncBackoffMs
    this.#maxDelayMs = options.maxDelayMs
  }

  /** `giveUp`: it has tried for so long that others must have its work by now. */
  next(eager: boolean): { ms: number; giveUp: boolean } {
    if (eager) return { ms: this.#unsyncBackoffMs, giveUp: false }
    const giveUp = this.#left === 0
    if (giveUp) this.#left = RETRIES
    const ms = Math.floor(this.#maxDelayMs / 10 / this.#left)
    this.#left--
    return { ms, giveUp }
  }

  reset(): void {
    this.#left = RETRIES
  }
}
