import { ConversionPending } from '../../sdk/conversion-pending.ts'

/** What conversions wait for: asked for when it is first wanted, again when it is old, and after a failure. */
export class AwaitedAnswer<T> {
  /** Until when the answer holds, in ms of `Date.now`. */
  until = Number.POSITIVE_INFINITY
  readonly #ask: () => Promise<T>
  readonly #ttl: number
  #answer: { readonly value: T } | null = null
  /** It came for somebody who waited: who asks next gets it, however short it holds. */
  #isNew = false
  #failure: { readonly error: unknown } | null = null
  #asked: Promise<void> | null = null

  /** @param ttl ms */
  constructor(ask: () => Promise<T>, ttl = Number.POSITIVE_INFINITY) {
    this.#ask = ask
    this.#ttl = ttl
  }

  /** @throws ConversionPending until it is there; a failure is thrown once */
  get(): T {
    if (
      this.#answer !== null &&
      (this.#isNew || this.#ttl === Number.POSITIVE_INFINITY || Date.now() < this.until)
    ) {
      this.#isNew = false
      return this.#answer.value
    }
    if (this.#failure !== null) {
      const { error } = this.#failure
      this.#failure = null
      throw error
    }
    this.#asked ??= this.#fetch().then(() => {
      this.#asked = null
    })
    throw new ConversionPending(this.#asked)
  }

  async #fetch(): Promise<void> {
    try {
      this.#answer = { value: await this.#ask() }
      this.until = Date.now() + this.#ttl
      this.#isNew = true
    } catch (error) {
      this.#answer = null
      this.#failure = { error }
    }
  }
}
