/**
 * Standard input for whoever reads it at the moment: it cannot be closed and opened again, so a read that is
 * under way when a task stops is left for the next one.
 */
export class StandardInput {
  readonly #reader: () => Reader
  #pending: Promise<Uint8Array | null> | null = null
  #ended = false

  /** `open` is called when somebody wants to read. */
  constructor(open: () => Reader) {
    this.#reader = lazily(open)
  }

  /** The next bytes, or null at the end of input or when nothing came within `ms`. Every byte goes to one caller only. */
  async read(ms: number, signal: AbortSignal): Promise<Uint8Array | null> {
    if (this.#ended) this.#pending = null
    else this.#pending ??= this.#next()
    const pending = this.#pending
    const { promise: patience, resolve } = Promise.withResolvers<null>()
    const giveUp = () => resolve(null)
    const timer = setTimeout(giveUp, ms)
    signal.addEventListener('abort', giveUp)
    try {
      const came = await Promise.race(pending ? [pending, patience] : [patience])
      if (came === null || this.#pending !== pending) return null // Nothing, or another reader has it.
      this.#pending = null
      return came
    } catch (error) {
      // The next call reads anew.
      if (this.#pending === pending) this.#pending = null
      throw error
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
    }
  }

  #next(): Promise<Uint8Array | null> {
    const next = this.#reader()
      .read()
      .then(({ done, value }) => {
        this.#ended ||= done
        return value ?? null
      })
    // Told to the next caller if nobody is waiting any more.
    next.catch(() => {})
    return next
  }
}

interface Reader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>
}

export const standardInput = new StandardInput(() => Bun.stdin.stream().getReader())

/** Taking the reader locks standard input: not before somebody wants it. */
function lazily<T>(make: () => T): () => T {
  let made: { value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
