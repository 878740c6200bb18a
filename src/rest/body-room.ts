import { within } from '../waiting/deadline.ts'

/** Beyond what any configuration needs, and what a record of the config topic can hold; then the answer is 413. */
export const LARGEST_BODY = 32 * 1024 * 1024

/** From the first byte to the last: whoever is slower, or falls silent, keeps room from others. */
const READ_MS = 30_000
/** Together less than what a silent connection is granted. */
const WAIT_MS = 60_000

const CROWDED = `Other large request bodies have taken all the room for them for ${WAIT_MS / 1000} s; try again later.`

/** A body that has not been read in time. */
export class LateBodyError extends Error {
  constructor(
    readonly status: 408 | 503,
    message: string,
    readonly hint: string,
  ) {
    super(message)
    this.name = 'LateBodyError'
  }
}

/** What `read` gives of a body for which nobody has to wait. Throws LateBodyError. */
export function readInTime<T>(read: () => Promise<T>): Promise<T> {
  return within(read(), READ_MS, () => {
    const hint = `The request body has not come in whole within ${READ_MS / 1000} s; nothing was changed.`
    throw new LateBodyError(408, 'Request Timeout', hint)
  })
}

/** Room in memory for the bodies of requests, in bytes. Invariant 7. */
export class BodyRoom {
  #left: number
  readonly #waiting: { bytes: number; enter: () => void }[] = []

  constructor(bytes: number) {
    this.#left = bytes
  }

  /**
   * What `read` gives, begun when there is room for that many bytes: until then the body stays with its client. Rejects
   * with the signal's reason when that one goes meanwhile. Throws LateBodyError.
   */
  async during<T>(bytes: number, signal: AbortSignal, read: () => Promise<T>): Promise<T> {
    await this.#enter(bytes, signal)
    try {
      return await readInTime(read)
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
    const leave = (reason: unknown) => {
      const at = this.#waiting.indexOf(one)
      if (at < 0) return
      this.#waiting.splice(at, 1)
      reject(reason)
      this.#admit()
    }
    const gone = () => leave(signal.reason)
    const crowded = () => leave(new LateBodyError(503, 'Service Unavailable', CROWDED))
    signal.addEventListener('abort', gone, { once: true })
    const timer = setTimeout(crowded, WAIT_MS)
    this.#admit()
    await promise.finally(() => {
      clearTimeout(timer)
      signal.removeEventListener('abort', gone)
    })
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
