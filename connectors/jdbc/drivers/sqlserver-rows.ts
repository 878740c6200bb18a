import { Request } from 'tedious'
import type { ColumnMetadata } from 'tedious/lib/token/colmetadata-token-parser'
import { BATCH_BYTES, type Cell, type SqlValue } from './connection.ts'
import { addParameter } from './sqlserver-parameters.ts'

/** One statement, whose parameters are p1, p2 …, and its rows: no more are read from the socket than were asked for. */
export class SqlServerRows {
  readonly request: Request
  /** Null of a statement that gives no rows. */
  readonly columns: Promise<readonly ColumnMetadata[] | null>
  /** By the last statement: those of its triggers come before. Java: lastUpdateCount */
  affected = 0
  readonly #ended: () => void
  readonly #described = Promise.withResolvers<readonly ColumnMetadata[] | null>()
  #results = 0
  #rows: Cell[][] = []
  /** Of those. */
  #bytes = 0
  #wanted = 0
  #discarding = false
  #over = false
  #error: unknown = null
  #waiting: (() => void)[] = []

  constructor(sql: string, values: readonly SqlValue[], ended: () => void) {
    this.#ended = ended
    this.columns = this.#described.promise
    // Whoever reads is told by the read.
    this.columns.catch(() => {})
    const request = new Request(sql, error => this.#end(error ?? null))
    values.forEach((value, i) => {
      addParameter(request, `p${i + 1}`, value)
    })
    const counted = (count: number | undefined) => {
      if (count !== undefined) this.affected = count
    }
    request.on('columnMetadata', columns => this.#describe(columns as ColumnMetadata[]))
    request.on('row', cells => this.#row(cells as Cell[]))
    request.on('done', counted)
    request.on('doneInProc', counted)
    this.request = request
  }

  get isOver(): boolean {
    return this.#over && this.#error === null && this.#rows.length === 0
  }

  async next(rows: number): Promise<Cell[][]> {
    if (!this.#over && this.#rows.length < rows && this.#bytes < BATCH_BYTES) {
      this.#wanted = rows
      await this.#more()
    }
    if (this.#error !== null) throw this.#error
    this.#bytes = 0
    return this.#rows.length <= rows ? this.#rows.splice(0) : this.#rows.splice(0, rows)
  }

  /** Has the server give up what is left, and waits until it has. */
  async cancel(): Promise<void> {
    this.#discarding = true
    this.#rows = []
    if (this.#over) return
    const ended = this.#more()
    // The end of a small result is here already: no question of it has to be put to the server.
    await new Promise(resolve => setImmediate(resolve))
    if (!this.#over) this.request.cancel()
    await ended
  }

  /** Reads what is left for nobody. */
  async finish(): Promise<void> {
    this.#discarding = true
    if (!this.#over) await this.#more()
    if (this.#error !== null) throw this.#error
  }

  /** Drops what still comes; whoever waits for rows hears `why` when it has ended. */
  async abandon(why: unknown): Promise<void> {
    this.#error ??= why
    this.#discarding = true
    this.#rows = []
    if (!this.#over) await this.#more()
  }

  fail(error: unknown): void {
    this.#end(error)
  }

  #more(): Promise<void> {
    return new Promise(resolve => {
      this.#waiting.push(resolve)
      this.request.resume()
    })
  }

  #describe(columns: readonly ColumnMetadata[]): void {
    if (++this.#results > 1) return
    this.request.pause()
    this.#described.resolve(columns)
  }

  #row(row: Cell[]): void {
    // Only the first result of several is anybody's.
    if (this.#discarding || this.#results > 1) return
    this.#rows.push(row)
    for (const cell of row)
      if (typeof cell === 'string' || cell instanceof Uint8Array) this.#bytes += cell.length
    if (this.#rows.length < this.#wanted && this.#bytes < BATCH_BYTES) return
    this.request.pause()
    this.#wake()
  }

  #end(error: unknown): void {
    if (this.#over) return
    this.#over = true
    // What was given up ends with an error that says so.
    if (!(this.#discarding && (error as { code?: string } | null)?.code === 'ECANCEL')) this.#error = error
    if (this.#error === null) this.#described.resolve(null)
    else this.#described.reject(this.#error)
    this.#ended()
    this.#wake()
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}
