/** How long something has been in each of its states. Java: org.apache.kafka.connect.runtime.StateTracker */
export class StateTimes {
  #state: string
  #since: number
  readonly #before = new Map<string, number>()

  constructor(state: string, now: number) {
    this.#state = state
    this.#since = now
  }

  get state(): string {
    return this.#state
  }

  change(state: string, now: number): void {
    if (state === this.#state) return
    this.#before.set(this.#state, this.#spent(this.#state, now))
    this.#state = state
    this.#since = now
  }

  /** The share (0 to 1) of all its time that it was in this state. */
  share(state: string, now: number): number {
    let total = now - this.#since
    for (const ms of this.#before.values()) total += ms
    return total === 0 ? 0 : this.#spent(state, now) / total
  }

  #spent(state: string, now: number): number {
    return (this.#before.get(state) ?? 0) + (state === this.#state ? now - this.#since : 0)
  }
}
