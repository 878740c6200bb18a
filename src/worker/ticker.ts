/** So often what tasks have measured is taken. */
const TICK_MS = 1000

/** A clock of the event loop, which tells by how many ms it is late; it keeps no process alive. */
export class Ticker {
  readonly #timer: Timer
  #due = performance.now() + TICK_MS

  constructor(tick: (lateMs: number) => void) {
    this.#timer = setInterval(() => {
      const now = performance.now()
      tick(Math.max(now - this.#due, 0))
      this.#due = now + TICK_MS
    }, TICK_MS)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
