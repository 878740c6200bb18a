/** How far into a batch the record is that stands for all of them: the first one meets cold caches. */
const DEPTH = 8

/**
 * How the time of a batch divides into transformations and conversions, which take turns record by record: one record
 * a batch is timed by its parts and stands for the others, so that these pay nothing.
 */
export class StageShare {
  #transformMs = 0
  #convertMs = 0

  /** The index of the record to be timed, of those from `from` to before `end`; -1 when there is none. */
  static pick(from: number, end: number): number {
    return Math.min(from + DEPTH, end - 1)
  }

  transformed(ms: number): void {
    this.#transformMs += ms
  }

  converted(ms: number): void {
    this.#convertMs += ms
  }

  /** The share (0 to 1) of the transformations. */
  get transform(): number {
    const all = this.#transformMs + this.#convertMs
    return all === 0 ? 0 : this.#transformMs / all
  }
}
