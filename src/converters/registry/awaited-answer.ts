import { ConversionPending } from '../../sdk/conversion-pending.ts'

/**
 * ms for which an answer and a failure are there at least: long enough for who has waited for it, also where one record
 * waits for several answers.
 */
const SHORTEST_LIFE = 1000

/** What conversions wait for: asked for when it is first wanted, again when it is old, and after a failure. */
export class AwaitedAnswer<T extends { readonly until: number }> {
  /** Until when the answer holds, in ms of `Date.now`. */
  until = Number.POSITIVE_INFINITY
  readonly #ask: () => Promise<T>
  #answer: T | null = null
  #failure: { readonly error: unknown; readonly until: number } | null = null
  #asked: Promise<void> | null = null

  constructor(ask: () => Promise<T>) {
    this.#ask = ask
  }

  /** @throws ConversionPending until it is there; a failure is thrown once */
  get(): T {
    if (this.#answer !== null && (this.until === Number.POSITIVE_INFINITY || Date.now() < this.until)) {
      return this.#answer
    }
    const failure = this.#failure
    this.#failure = null
    if (failure !== null && Date.now() < failure.until) throw failure.error
    this.#asked ??= this.#fetch().then(() => {
      this.#asked = null
    })
    throw new ConversionPending(this.#asked)
  }

  async #fetch(): Promise<void> {
    try {
      this.#answer = await this.#ask()
      this.until = Math.max(this.#answer.until, Date.now() + SHORTEST_LIFE)
    } catch (error) {
      this.#answer = null
      this.#failure = { error, until: Date.now() + SHORTEST_LIFE }
    }
  }
}
