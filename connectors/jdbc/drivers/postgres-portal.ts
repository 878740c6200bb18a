import { BATCH_BYTES, type Cell, type SqlValue } from './connection.ts'
import { bindMessage, executeMessage } from './postgres-messages.ts'
import type { RowReceiver, RowTap } from './postgres-row-tap.ts'
import { RowReader } from './postgres-rows.ts'

/** What `pg` hands to whoever speaks the protocol through it. */
export interface Wire {
  parse(message: { name?: string; text: string }): void
  describe(message: { type: 'S' | 'P'; name: string }): void
  close(message: { type: 'S' | 'P'; name: string }): void
  sync(): void
  readonly stream: {
    readonly writable: boolean
    write(bytes: Uint8Array): void
    pause(): void
    resume(): void
  }
}

export interface Field {
  readonly name: string
  readonly tableID: number
  readonly columnID: number
  readonly dataTypeID: number
  readonly dataTypeModifier: number
}

/** One exchange with the server, until it is ready for the next. Its members are those that `pg` calls. */
abstract class Exchange {
  #settled = false
  protected error: unknown = null
  protected constructor(private readonly ended: (error: unknown) => void) {}

  abstract submit(wire: Wire): void

  handleRowDescription(_message: { fields: Field[] }): void {}
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

/**
 * Rows of a statement that was described, as many at a time as are asked for; nothing else is sent until its end. The
 * server counts rows alone: where they are large, the socket is not read on until they are asked for.
 */
export class Portal extends Exchange implements RowReceiver {
  #wire: Wire | null = null
  #rows: Cell[][] = []
  /** Of those. */
  #length = 0
  #waiting: { resolve(rows: Cell[][]): void; reject(error: unknown): void } | null = null
  /** The server has been asked for rows and has not said yet that those were all. */
  #isExecuting = false
  #isPaused = false
  #closing = false
  #ready = false
  readonly #reader: RowReader

  constructor(
    private readonly text: string,
    private readonly values: readonly SqlValue[],
    fields: readonly Field[],
    private readonly tap: RowTap,
    /** Null for a result read to its end, or given up. */
    ended: (error: unknown) => void,
  ) {
    super(ended)
    this.#reader = new RowReader(fields.map(field => field.dataTypeID))
  }

  /** After an error there were more rows: who asks for them is told. */
  get isOver(): boolean {
    return this.error === null && (this.#ready || this.#closing) && this.#rows.length === 0
  }

  submit(wire: Wire): void {
    this.#wire = wire
    this.tap.receiver = this
    wire.parse({ text: this.text })
    this.#send(bindMessage(PORTAL, this.values.map(parameter), this.#reader.formats))
  }

  next(rows: number): Promise<Cell[][]> {
    if (this.error !== null) return Promise.reject(this.error)
    const isFull = this.#rows.length >= rows || this.#length >= BATCH_BYTES
    if (isFull || this.#ready || this.#closing || (this.#rows.length > 0 && !this.#isExecuting)) {
      return Promise.resolve(this.#taken())
    }
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      // The last row may have paused the socket, too: the answer to what is sent now would not be read.
      this.#resume()
      if (this.#isExecuting) return
      this.#isExecuting = true
      this.#send(executeMessage(PORTAL, rows))
    })
  }

  close(): void {
    if (this.#closing || this.#ready) return
    this.#closing = true
    this.#wire!.close({ type: 'P', name: PORTAL })
    this.#wire!.sync()
    this.#resume()
  }

  row(data: Buffer, at: number, bytes: number): void {
    if (this.#closing) return
    this.#rows.push(this.#reader.row(data, at))
    this.#length += bytes
    if (this.#length < BATCH_BYTES || this.#isPaused) return
    this.#isPaused = true
    this.#wire!.stream.pause()
    this.#give()
  }

  override handlePortalSuspended(): void {
    this.#isExecuting = false
    this.#give()
  }

  override handleCommandComplete(): void {
    this.#isExecuting = false
    this.close()
  }

  override handleEmptyQuery(): void {
    this.#isExecuting = false
    this.close()
  }

  override handleError(error: unknown, wire: Wire): void {
    this.error ??= error
    this.#ready = true
    this.#isExecuting = false
    // A portal that is closing has its Sync on the way already.
    if (!this.#closing) wire.sync()
    this.#resume()
    this.#waiting?.reject(error)
    this.#waiting = null
    this.settle()
  }

  override handleReadyForQuery(): void {
    this.#ready = true
    this.#give()
    this.settle()
  }

  protected override settle(): void {
    if (this.tap.receiver === this) this.tap.receiver = null
    super.settle()
  }

  /** A lost connection is told of otherwise. */
  #send(bytes: Buffer): void {
    const { stream } = this.#wire!
    if (stream.writable) stream.write(bytes)
  }

  #resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#wire!.stream.resume()
  }

  #give(): void {
    const waiting = this.#waiting
    if (waiting === null) return
    this.#waiting = null
    waiting.resolve(this.#taken())
  }

  #taken(): Cell[][] {
    const rows = this.#rows
    this.#rows = []
    this.#length = 0
    return rows
  }
}

/** Text of every type, bytes as they are. */
export function parameter(value: SqlValue): string | Buffer | null {
  if (value === null) return null
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return typeof value === 'string' ? value : String(value)
}
