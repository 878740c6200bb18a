import { BATCH_BYTES, type Cell } from './connection.ts'
import type { MysqlClient } from './mysql-client.ts'
import { type CellKind, cellKind, type FieldPacket, type ZeroDates } from './mysql-columns.ts'

/** Rows on their way: the client is paused while nobody asks for them, so that no more are kept than were asked for. */
export class MysqlRows {
  /** Null of a statement that gives no rows. */
  readonly columns: Promise<FieldPacket[] | null>
  affected = 0
  readonly #client: MysqlClient
  readonly #ended: () => void
  #rows: Cell[][] = []
  /** Of those. */
  #bytes = 0
  #wanted = 0
  #discarding = false
  #over = false
  #error: unknown = null
  #waiting: (() => void)[] = []
  #described: { resolve(fields: FieldPacket[] | null): void; reject(error: unknown): void } | null = null

  constructor(sql: string, client: MysqlClient, zeroDates: ZeroDates, ended: () => void) {
    this.#client = client
    this.#ended = ended
    this.columns = new Promise((resolve, reject) => {
      this.#described = { resolve, reject }
    })
    let kinds: CellKind[] = []
    let column = 0
    const query = client.query({
      sql,
      rowsAsArray: true,
      typeCast: cell => {
        const kind = kinds[column]
        if (++column === kinds.length) column = 0
        if (kind === 'bytes') {
          const bytes = cell.buffer()
          this.#bytes += bytes?.length ?? 0
          return bytes
        }
        const text = kind === 'json' ? cell.string('utf8') : cell.string()
        this.#bytes += text?.length ?? 0
        return kind === 'date' && text?.startsWith('0000-00-00') ? zeroDate(text, zeroDates) : text
      },
    })
    query.on('fields', fields => {
      if (fields === undefined) return
      kinds = fields.map(cellKind)
      this.#pause(fields)
    })
    query.on('result', result => {
      if (Array.isArray(result)) this.#row(result)
      else this.affected = result.affectedRows
    })
    query.on('error', error => this.fail(error))
    query.on('end', () => this.#end())
  }

  async next(rows: number): Promise<Cell[][]> {
    if (!this.#over && this.#rows.length < rows && this.#bytes < BATCH_BYTES) {
      this.#wanted = rows
      const more = new Promise<void>(resolve => {
        this.#waiting.push(resolve)
      })
      this.#client.resume()
      await more
    }
    if (this.#error !== null) throw this.#error
    this.#bytes = 0
    return this.#rows.length <= rows ? this.#rows.splice(0) : this.#rows.splice(0, rows)
  }

  /** After an error there were more rows: who asks for them is told. */
  get isOver(): boolean {
    return this.#over && this.#error === null && this.#rows.length === 0
  }

  /** Reads what is left for nobody: there is no other way to the next statement. */
  async discard(): Promise<void> {
    this.#discarding = true
    this.#rows = []
    while (!this.#over) await this.next(1)
  }

  /** Drops what still comes; whoever waits for rows hears `why` when it has ended. */
  async abandon(why: unknown): Promise<void> {
    this.#error ??= why
    this.#discarding = true
    this.#rows = []
    if (this.#over) return
    await new Promise<void>(resolve => {
      this.#waiting.push(resolve)
      this.#client.resume()
    })
  }

  fail(error: unknown): void {
    this.#error ??= error
    this.#described?.reject(error)
    this.#described = null
    this.#end()
  }

  #pause(fields: FieldPacket[]): void {
    this.#client.pause()
    this.#described?.resolve(fields)
    this.#described = null
  }

  #row(row: Cell[]): void {
    if (this.#discarding) return
    this.#rows.push(row)
    if (this.#rows.length < this.#wanted && this.#bytes < BATCH_BYTES) return
    this.#client.pause()
    this.#wake()
  }

  #end(): void {
    this.#over = true
    this.#described?.resolve(null)
    this.#described = null
    this.#ended()
    this.#wake()
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    this.#wanted = 0
    for (const wake of waiting) wake()
  }
}

/** What becomes of a date that is none. */
function zeroDate(text: string, behaviour: ZeroDates): string | null {
  if (behaviour === 'CONVERT_TO_NULL') return null
  return behaviour === 'ROUND' ? text.replace('0000-00-00', '0001-01-01') : text
}
