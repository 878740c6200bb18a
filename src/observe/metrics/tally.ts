/**
 * What was measured since the last look: as much as the statistics over a window need, in a few additions for each
 * value. Whoever measures pays no more than that; windows are kept by whoever takes the tally.
 */
export class Tally {
  count = 0
  sum = 0
  min = Number.POSITIVE_INFINITY
  max = Number.NEGATIVE_INFINITY
  last = 0

  record(value: number): void {
    this.count++
    this.sum += value
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
    this.last = value
  }

  clear(): void {
    this.count = 0
    this.sum = 0
    this.min = Number.POSITIVE_INFINITY
    this.max = Number.NEGATIVE_INFINITY
  }
}
