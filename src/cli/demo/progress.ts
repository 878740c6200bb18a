/** How many records went in and out so far. */
export interface RecordCounts {
  /** Written to the log by source tasks. */
  written: number
  /** Taken by sink tasks. */
  put: number
}

const EVERY_MS = 200

/** A line that is written over on a terminal; elsewhere only the last one is printed. */
export class Progress {
  readonly #started = performance.now()
  #last = 0

  constructor(
    private readonly out: { isTerminal: boolean; write(text: string): void },
    private readonly total: number,
  ) {}

  show({ written, put }: RecordCounts, last: boolean): void {
    const now = performance.now()
    if (!last && (!this.out.isTerminal || now - this.#last < EVERY_MS)) return
    this.#last = now
    const rate = Math.round(put / Math.max((now - this.#started) / 1000, 0.001))
    const number = (n: number) => n.toLocaleString('en-US')
    const line = `${number(put)} of ${number(this.total)} records   ${number(rate)}/s   lag ${number(Math.max(written - put, 0))}`
    this.out.write(this.out.isTerminal ? `\r\u001b[K${line}${last ? '\n' : ''}` : `${line}\n`)
  }

  /** Leaves the line as it is, so that what is printed next stands on its own. */
  leave(): void {
    if (this.out.isTerminal && this.#last > 0) this.out.write('\n')
  }
}
