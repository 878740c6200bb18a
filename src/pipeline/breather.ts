/** The longest that a record loop keeps timers, REST and signals waiting, in ms. */
const SLICE = 4

/**
 * Lets the event loop turn between batches: a loop whose awaits are all answered at once would otherwise never
 * leave the microtask queue.
 */
export class Breather {
  #since = performance.now()

  get due(): boolean {
    return performance.now() - this.#since >= SLICE
  }

  async take(): Promise<void> {
    await new Promise<void>(resolve => setImmediate(resolve))
    this.#since = performance.now()
  }
}
