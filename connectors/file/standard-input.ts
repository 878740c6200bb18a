/**
 * Standard input for whoever reads it at the moment: it cannot be closed and opened again, so a read that is
 * under way when a task stops is left for the next one.
 */
class StandardInput {
  readonly #reader = lazily(() => Bun.stdin.stream().getReader())
  #pending: Promise<Uint8Array | null> | null = null
  #ended = false

  /** The next bytes, or null at the end of input or when nothing came within `ms`. */
  async read(ms: number, signal: AbortSignal): Promise<Uint8Array | null> {
    if (!this.#ended) this.#pending ??= this.#next()
    const { promise: patience, resolve } = Promise.withResolvers<null>()
    const giveUp = () => resolve(null)
    const timer = setTimeout(giveUp, ms)
    signal.addEventListener('abort', giveUp)
    try {
      const bytes = await Promise.race(this.#pending ? [this.#pending, patience] : [patience])
      if (bytes !== null) this.#pending = null
      return bytes
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
    }
  }

  async #next(): Promise<Uint8Array | null> {
    const { done, value } = await this.#reader().read()
    if (done) {
      this.#ended = true
      this.#pending = null
      return null
    }
    return value
  }
}

export const standardInput = new StandardInput()

/** Taking the reader locks standard input: not before somebody wants it. */
function lazily<T>(make: () => T): () => T {
  let made: { value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
