/**
 * How far something had come at which time, to say afterwards how much followed the last flush.
 * A flush that began at s covers everything done before s, and the last completed one before a kill at t began
 * no earlier than t - interval - slack. So at most amount(t) - amount(t - interval - slack) can come twice.
 */
export class ProgressLog {
  readonly #samples: { at: number; amount: number }[] = []

  add(at: number, amount: number): void {
    this.#samples.push({ at, amount })
  }

  /** Largest amount known not to be later than `at`. */
  amountAt(at: number): number {
    let amount = 0
    for (const sample of this.#samples) if (sample.at <= at) amount = Math.max(amount, sample.amount)
    return amount
  }
}
