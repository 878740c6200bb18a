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
    private readonly out: { isTTY?: boolean; write(text: string): unknown },
    private readonly total: number,
  ) {}

  show({ written, put }: RecordCounts, last: boolean): void {
    const now = performance.now()
    if (!last && (!this.out.isTTY || now - this.#last < EVERY_MS)) return
    this.#last = now
    const rate = Math.round(put / Math.max((now - this.#started) / 1000, 0.001))
    const number = (n: number) => n.toLocaleString('en-US')
    const line = `records ${number(put)} of ${number(this.total)}   ${number(rate)}/s   lag ${number(written - put)}`
    this.out.write(this.out.isTTY ? `\r\u001b[K${line}${last ? '\n' : ''}` : `${line}\n`)
  }
}
