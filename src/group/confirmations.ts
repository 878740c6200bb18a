/**
 * When the coordinator last knew this member. What counts is when the answered request was sent: its answer may have
 * waited in a process that was suspended. Of the two clocks whichever has gone further, since a machine that sleeps
 * stops one of them.
 */
export class Confirmations {
  readonly #sessionTimeoutMs: number
  #sentAt = Number.NEGATIVE_INFINITY
  #sentOn = Number.NEGATIVE_INFINITY
  #next = Promise.withResolvers<void>()

  constructor(sessionTimeoutMs: number) {
    this.#sessionTimeoutMs = sessionTimeoutMs
  }

  /** How much of the session is left, ms; 0 when the coordinator may have given the member up. */
  get leftMs(): number {
    const age = Math.max(performance.now() - this.#sentAt, Date.now() - this.#sentOn)
    return Math.max(this.#sessionTimeoutMs - age, 0)
  }

  /** To be called when a request is sent; what it returns when its answer has shown that the member is one. */
  sending(): () => void {
    const [at, on] = [performance.now(), Date.now()]
    return () => {
      this.#sentAt = at
      this.#sentOn = on
      this.tell()
    }
  }

  /** What else `next` is waited for has happened. */
  tell(): void {
    const next = this.#next
    this.#next = Promise.withResolvers()
    next.resolve()
  }

  /** Nothing that was answered before counts any more. */
  forget(): void {
    this.#sentAt = Number.NEGATIVE_INFINITY
    this.#sentOn = Number.NEGATIVE_INFINITY
  }

  /** Resolves when there is something to look at again, or when the signal fires. */
  next(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    if (signal.aborted) return Promise.resolve()
    const done = () => {
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
    void this.#next.promise.then(done)
    return promise
  }
}
