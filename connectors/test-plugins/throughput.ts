const MIN_SLEEP_MS = 2

/**
 * Keeps a source at so many records a second; below 0 there is no limit, at 0 nothing follows the first record.
 * Java: org.apache.kafka.server.util.ThroughputThrottler
 */
export class Throughput {
  readonly #target: number
  readonly #signal: AbortSignal
  readonly #start = performance.now()
  readonly #sleepMs: number
  #owedMs = 0

  /** `signal` ends every wait. */
  constructor(recordsPerSecond: number, signal: AbortSignal) {
    this.#target = recordsPerSecond
    this.#signal = signal
    this.#sleepMs = recordsPerSecond > 0 ? 1000 / recordsPerSecond : Number.POSITIVE_INFINITY
  }

  /** True when that many records were too many for the time that has passed. */
  exceededBy(sent: number): boolean {
    if (this.#target < 0) return false
    const seconds = (performance.now() - this.#start) / 1000
    return seconds > 0 && sent / seconds > this.#target
  }

  /** Waits the time of one record; times that are too short for a timer are saved up. */
  async wait(): Promise<void> {
    this.#owedMs += this.#sleepMs
    if (this.#owedMs < MIN_SLEEP_MS) return
    const from = performance.now()
    await elapsed(this.#owedMs, this.#signal)
    if (this.#owedMs !== Number.POSITIVE_INFINITY) this.#owedMs -= performance.now() - from
  }
}

/** The longest time that a timer takes. */
const LONGEST_TIMER = 2 ** 31 - 1

/** Resolves after that many ms, which may be infinite, or when the signal fires. */
export function elapsed(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise(resolve => {
    const timer = ms <= LONGEST_TIMER ? setTimeout(done, ms) : null
    signal.addEventListener('abort', done, { once: true })
    function done() {
      if (timer !== null) clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
