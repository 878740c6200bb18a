/** No failure: the record loop has something else to follow first. What it waited for is tried again or given up. */
export class Interrupted extends Error {
  constructor() {
    super('The record loop was interrupted')
  }
}

/** Ends what a record's conversion waits for when the loop is to follow a stop, a pause or a rebalance (invariant 7). */
export class Interrupts {
  #controller = new AbortController()

  /** Its reason is an Interrupted. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  interrupt(): void {
    this.#controller.abort(new Interrupted())
  }

  /** The loop has followed: waits begin anew. */
  followed(): void {
    if (this.signal.aborted) this.#controller = new AbortController()
  }
}
