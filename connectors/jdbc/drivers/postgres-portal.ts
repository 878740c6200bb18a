import type { Cell, SqlValue } from './connection.ts'

/** What `pg` hands to whoever speaks the protocol through it. */
export interface Wire {
  parse(message: { name?: string; text: string }): void
  describe(message: { type: 'S' | 'P'; name: string }): void
  bind(message: { statement?: string; portal?: string; values?: unknown[] }): void
  execute(message: { portal?: string; rows?: number }): void
  close(message: { type: 'S' | 'P'; name: string }): void
  flush(): void
  sync(): void
}

export interface Field {
  readonly name: string
  readonly tableID: number
  readonly columnID: number
  readonly dataTypeID: number
  readonly dataTypeModifier: number
}

const BYTEA = 17

/** One exchange with the server, until it is ready for the next. Its members are those that `pg` calls. */
abstract class Exchange {
  #settled = false
  protected error: unknown = null
  protected constructor(private readonly ended: (error: unknown) => void) {}

  abstract submit(wire: Wire): void

  handleRowDescription(_message: { fields: Field[] }): void {}
  handleDataRow(_message: { fields: (string | null)[] }): void {}
  handleCommandComplete(_message: { text: string }, _wire: Wire): void {}
  handleEmptyQuery(_wire: Wire): void {}
  handlePortalSuspended(_wire: Wire): void {}

  /** Its Sync is on the way already. */
  handleError(error: unknown, _wire: Wire): void {
    this.error ??= error
    this.settle()
  }

  handleReadyForQuery(): void {
    this.settle()
  }

  protected settle(): void {
    if (this.#settled) return
    this.#settled = true
    this.ended(this.error)
  }
}

/** Parses a statement and tells the columns that it will give. */
export class Description extends Exchange {
  readonly fields: Field[] = []

  constructor(
    private readonly text: string,
    ended: (error: unknown) => void,
  ) {
    super(ended)
  }

  submit(wire: Wire): void {
    wire.parse({ text: this.text })
    wire.describe({ type: 'S', name: '' })
    wire.sync()
  }

  override handleRowDescription({ fields }: { fields: Field[] }): void {
    this.fields.push(...fields)
  }
}

const PORTAL = 'bunnect'

/** Rows of a statement that was described, as many at a time as are asked for; nothing else is sent until its end. */
export class Portal extends Exchange {
  #wire: Wire | null = null
  #rows: Cell[][] = []
  #waiting: { resolve(rows: Cell[][]): void; reject(error: unknown): void } | null = null
  #closing = false
  #ready = false
  readonly #bytes: number[] = []

  constructor(
    private readonly text: string,
    private readonly values: readonly SqlValue[],
    fields: readonly Field[],
    /** Null for a result read to its end, or given up. */
    ended: (error: unknown) => void,
  ) {
    super(ended)
    fields.forEach((field, i) => {
      if (field.dataTypeID === BYTEA) this.#bytes.push(i)
    })
  }

  submit(wire: Wire): void {
    this.#wire = wire
    wire.parse({ text: this.text })
    wire.bind({ portal: PORTAL, values: this.values.map(parameter) })
  }

  next(rows: number): Promise<Cell[][]> {
    if (this.#ready || this.#closing)
      return this.error === null ? Promise.resolve([]) : Promise.reject(this.error)
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#wire!.execute({ portal: PORTAL, rows })
      this.#wire!.flush()
    })
  }

  close(): void {
    if (this.#closing || this.#ready) return
    this.#closing = true
    this.#wire!.close({ type: 'P', name: PORTAL })
    this.#wire!.sync()
  }

  override handleDataRow({ fields }: { fields: (string | null)[] }): void {
    const row: Cell[] = fields
    for (const i of this.#bytes) {
      const hex = fields[i]
      if (typeof hex === 'string') row[i] = Buffer.from(hex.slice(2), 'hex')
    }
    this.#rows.push(row)
  }

  override handlePortalSuspended(): void {
    this.#give()
  }

  override handleCommandComplete(): void {
    this.close()
  }

  override handleEmptyQuery(): void {
    this.close()
  }

  override handleError(error: unknown, wire: Wire): void {
    this.error ??= error
    this.#ready = true
    // A portal that is closing has its Sync on the way already.
    if (!this.#closing) wire.sync()
    this.#waiting?.reject(error)
    this.#waiting = null
    this.settle()
  }

  override handleReadyForQuery(): void {
    this.#ready = true
    this.#give()
    this.settle()
  }

  #give(): void {
    const waiting = this.#waiting
    const rows = this.#rows
    this.#waiting = null
    this.#rows = []
    waiting?.resolve(rows)
  }
}

/** Text of every type, bytes as they are. */
export function parameter(value: SqlValue): string | Buffer | null {
  if (value === null) return null
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return typeof value === 'string' ? value : String(value)
}
