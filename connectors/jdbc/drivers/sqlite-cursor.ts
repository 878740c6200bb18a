import type { SQLQueryBindings, Statement } from 'bun:sqlite'
import { BATCH_BYTES, type Cell, type Cursor, type ResultColumn, type SqlValue } from './connection.ts'
import { SqlError } from './sql-error.ts'

type Row = Record<string, Cell>

/** Rows of a statement, stepped through as they are asked for. */
export class SqliteCursor implements Cursor {
  readonly columns: readonly ResultColumn[]
  readonly #names: readonly string[]
  readonly #statement: Statement<Row, SQLQueryBindings[]>
  readonly #values: SQLQueryBindings[]
  readonly #run: <T>(work: () => T) => T
  #rows: Iterator<Row> | null = null
  #over = false
  #peeked: Cell[] | null = null

  constructor(
    statement: Statement<Row, SQLQueryBindings[]>,
    values: SQLQueryBindings[],
    run: <T>(work: () => T) => T,
  ) {
    this.#statement = statement
    this.#values = values
    this.#run = run
    this.#names = statement.columnNames
    const twice = this.#names.find((name, i) => this.#names.indexOf(name) < i)
    if (twice !== undefined) {
      throw new SqlError(
        `Two columns of the result have the name ${twice}`,
        { state: '', code: '', transient: false },
        { hint: 'Give one of them another name: SELECT … AS …' },
      )
    }
    const types: (string | null)[] = this.#names.length === 0 ? [] : statement.declaredTypes
    // What is no column of a table has no type but that of its first value.
    const first = types.some(type => !type) ? this.#step() : null
    this.columns = this.#names.map((name, i) => ({
      name,
      nullable: null,
      ...typeOf(types[i] || typeOfValue(first?.[i] ?? null)),
    }))
    this.#peeked = first
  }

  async next(rows: number): Promise<Cell[][]> {
    return this.#run(() => {
      const found: Cell[][] = []
      let bytes = 0
      while (found.length < rows && bytes < BATCH_BYTES) {
        const row = this.#peeked ?? this.#step()
        this.#peeked = null
        if (row === null) break
        found.push(row)
        for (const cell of row) {
          if (typeof cell === 'string' || cell instanceof Uint8Array) bytes += cell.length
        }
      }
      return found
    })
  }

  get isOver(): boolean {
    return this.#over && this.#peeked === null
  }

  #step(): Cell[] | null {
    if (this.#over) return null
    this.#rows ??= this.#statement.iterate(...this.#values)
    const { done, value } = this.#rows.next()
    if (!done) return this.#names.map(name => value[name] ?? null)
    this.#finish()
    return null
  }

  async close(): Promise<void> {
    this.#peeked = null
    if (!this.#over) this.#finish()
  }

  #finish(): void {
    this.#over = true
    this.#rows?.return?.()
    this.#statement.finalize()
  }
}

/** The declared type without its size, in capitals; empty for what is no column. */
export function typeOf(declared: string): Pick<ResultColumn, 'type' | 'precision' | 'scale' | 'unsigned'> {
  const [, name = '', precision, scale] =
    /^\s*([^(]*?)\s*(?:\(\s*(\d+)\s*(?:,\s*(-?\d+)\s*)?\).*)?$/.exec(declared.toUpperCase()) ?? []
  return {
    type: name.replace(/\s+UNSIGNED$/, ''),
    precision: precision === undefined ? null : Number(precision),
    scale: scale === undefined ? null : Number(scale),
    unsigned: /\bUNSIGNED\b/i.test(declared),
  }
}

function typeOfValue(cell: Cell): string {
  if (cell === null) return ''
  if (cell instanceof Uint8Array) return 'BLOB'
  return typeof cell === 'bigint' ? 'INTEGER' : typeof cell === 'number' ? 'REAL' : 'TEXT'
}

export function bindings(values: readonly SqlValue[]): SQLQueryBindings[] {
  return values.map(value => (value instanceof Uint8Array ? Buffer.from(value) : value))
}
