import { type Logger, logger } from '../../observe/log.ts'

/** Invariant 7: a line longer than this is cut into several. */
const LONGEST_LINE = 8 * 1024

/**
 * What plugin code prints becomes lines of the worker's log. Beyond the budget lines are dropped and counted, so
 * that nobody prints the disk full or keeps the worker busy.
 */
export class PrintedLines {
  readonly #log: Logger
  readonly #budget: Budget
  #rest = ''

  constructor(host: string, stream: 'stdout' | 'stderr', budget: Budget) {
    this.#log = logger(`bunnect.plugin.${stream}`, host)
    this.#budget = budget
  }

  /** Until the stream ends; never rejects. */
  async read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder()
    try {
      for await (const chunk of stream) this.#take(decoder.decode(chunk, { stream: true }))
    } catch (error) {
      this.#log.warn(`What the task host prints can no longer be read: ${(error as Error).message}`)
    }
    if (this.#rest !== '') this.#line(this.#rest)
    this.#budget.tell(this.#log)
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop()!
    for (const line of lines) this.#line(line)
    if (this.#rest.length <= LONGEST_LINE) return
    this.#line(this.#rest)
    this.#rest = ''
  }

  #line(line: string): void {
    const text = line.trimEnd()
    if (text === '') return
    for (let at = 0; at < text.length; at += LONGEST_LINE) {
      const part = text.slice(at, at + LONGEST_LINE)
      if (this.#budget.take(part.length, this.#log)) this.#log.info(part)
    }
  }
}

/** So many characters at once, and then so many a second. */
export class Budget {
  #left: number
  #at = performance.now()
  #dropped = 0

  constructor(
    readonly burst = 1024 * 1024,
    readonly perSecond = 256 * 1024,
  ) {
    this.#left = burst
  }

  /** False when it is used up. Tells how many lines went missing as soon as there is room again. */
  take(size: number, log: Pick<Logger, 'warn'>): boolean {
    const now = performance.now()
    this.#left = Math.min(this.burst, this.#left + ((now - this.#at) / 1000) * this.perSecond)
    this.#at = now
    if (this.#left < size) {
      this.drop()
      return false
    }
    this.#left -= size
    this.tell(log)
    return true
  }

  drop(): void {
    this.#dropped++
  }

  tell(log: Pick<Logger, 'warn'>): void {
    if (this.#dropped === 0) return
    const dropped = this.#dropped
    this.#dropped = 0
    log.warn(`${dropped} lines were dropped: a task host may write ${this.perSecond} characters a second`)
  }
}
