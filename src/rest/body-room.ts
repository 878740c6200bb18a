/** Beyond what any configuration needs, and what a record of the config topic can hold; then the answer is 413. */
export const LARGEST_BODY = 32 * 1024 * 1024

/** Room in memory for the bodies of requests, in bytes. Invariant 7. */
export class BodyRoom {
  #left: number
  readonly #waiting: { bytes: number; enter: () => void }[] = []

  constructor(bytes: number) {
    this.#left = bytes
  }

  /**
   * What `read` gives, begun when there is room for that many bytes: until then the body stays with its client. Rejects
   * with the signal's reason when that one goes meanwhile.
   */
  async during<T>(bytes: number, signal: AbortSignal, read: () => Promise<T>): Promise<T> {
    await this.#enter(bytes, signal)
    try {
      return await read()
    } finally {
      this.#left += bytes
      this.#admit()
    }
  }

  async #enter(bytes: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const one = { bytes, enter: resolve }
    this.#waiting.push(one)
    const gone = () => {
      const at = this.#waiting.indexOf(one)
      if (at < 0) return
      this.#waiting.splice(at, 1)
      reject(signal.reason)
      this.#admit()
    }
    signal.addEventListener('abort', gone, { once: true })
    this.#admit()
    await promise.finally(() => signal.removeEventListener('abort', gone))
  }

  /** In their order, so that a large one has its turn. */
  #admit(): void {
    for (let first = this.#waiting[0]; first && first.bytes <= this.#left; first = this.#waiting[0]) {
      this.#waiting.shift()
      this.#left -= first.bytes
      first.enter()
    }
  }
}
