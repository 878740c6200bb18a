/** So often what tasks have measured is taken. */
const TICK_MS = 1000

/** A clock of the event loop, which tells by how many ms it is late; it keeps no process alive. */
export class Ticker {
  onTick: () => void = () => {}
  readonly #timer: Timer
  #due = performance.now() + TICK_MS

  constructor(late: (ms: number) => void) {
    this.#timer = setInterval(() => {
      const now = performance.now()
      late(Math.max(now - this.#due, 0))
      this.#due = now + TICK_MS
      this.onTick()
    }, TICK_MS)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
