import { BATCH_BYTES, type Cell, type Cursor, type ResultColumn } from './connection.ts'
import { cellReader, isLarge } from './oracle-columns.ts'
import type { OracleResultSet } from './oracledb.ts'

/** Rows that are asked for before it is known how large they are: of values of any length, and of others. */
const FIRST_LARGE = 4
const FIRST_SMALL = 100
/** What one way to the database brings, at about. */
const FETCH_BYTES = BATCH_BYTES / 4

/** An open result; large objects come with their rows. */
export class OracleCursor implements Cursor {
  readonly columns: readonly ResultColumn[]
  readonly #run: <T>(work: () => Promise<T>) => Promise<T>
  readonly #readers: readonly ((value: unknown) => Cell)[]
  #resultSet: OracleResultSet | null
  #fetch: number
  #over: boolean
  #reading: Promise<unknown> = Promise.resolve()

  constructor(
    columns: readonly ResultColumn[],
    resultSet: OracleResultSet | null,
    run: <T>(work: () => Promise<T>) => Promise<T>,
  ) {
    this.columns = columns
    this.#run = run
    this.#readers = columns.map(cellReader)
    this.#resultSet = resultSet
    this.#fetch = columns.some(isLarge) ? FIRST_LARGE : FIRST_SMALL
    this.#over = resultSet === null
  }

  get isOpen(): boolean {
    return this.#resultSet !== null
  }

  get isOver(): boolean {
    return this.#over
  }

  next(rows: number): Promise<Cell[][]> {
    const reading = this.#next(rows)
    // Whoever reads is told by the read.
    this.#reading = reading.catch(() => {})
    return reading
  }

  async #next(rows: number): Promise<Cell[][]> {
    const found: Cell[][] = []
    let bytes = 0
    while (this.#resultSet !== null && !this.#over && found.length < rows && bytes < BATCH_BYTES) {
      const more = await this.#rows(this.#resultSet, Math.min(rows - found.length, this.#fetch))
      let size = 0
      for (const row of more) {
        const cells = row.map((value, i) => this.#readers[i]!(value))
        size += sizeOf(cells)
        found.push(cells)
      }
      bytes += size
      if (more.length > 0) {
        this.#fetch = Math.max(1, Math.min(1000, Math.floor((FETCH_BYTES * more.length) / Math.max(1, size))))
      }
    }
    return found
  }

  async close(): Promise<void> {
    const resultSet = this.#resultSet
    this.#resultSet = null
    this.#over = true
    // A batch may be on its way that nobody waits for any more: the client does one thing at a time.
    await this.#reading
    if (resultSet !== null) await this.#run(() => resultSet.close())
  }

  /** After too few of them the client says without asking the database whether there are more. */
  async #rows(resultSet: OracleResultSet, wanted: number): Promise<unknown[][]> {
    const rows: unknown[][] = []
    while (rows.length < wanted) {
      const more = await this.#run(() => resultSet.getRows(wanted - rows.length))
      if (more.length === 0) {
        this.#over = true
        break
      }
      rows.push(...more)
    }
    return rows
  }
}

function sizeOf(cells: readonly Cell[]): number {
  let size = 0
  for (const cell of cells) {
    size += typeof cell === 'string' || cell instanceof Uint8Array ? cell.length : 8
  }
  return size
}
