import type { Logger } from '../../observe/log.ts'

const EVERY_MS = 30_000
/** Keys that vary without end would pile up otherwise. */
const MOST_KEYS = 1000

/** Warns of what librdkafka reports again and again, of each thing at most every 30 s. */
export class SeldomWarnings {
  readonly #log: Logger
  /** When it was told last, by `performance.now()`, by what it was about. */
  readonly #told = new Map<string, number>()

  constructor(log: Logger) {
    this.#log = log
  }

  /** Warnings with the same `about` count as one. */
  warn(about: string, text: string): void {
    const now = performance.now()
    if (now - (this.#told.get(about) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return
    if (this.#told.size > MOST_KEYS) this.#told.clear()
    this.#told.set(about, now)
    this.#log.warn(text)
  }
}
