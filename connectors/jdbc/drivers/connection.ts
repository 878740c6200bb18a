/** What the connectors know of a database's client library. */

/** `jdbc:postgresql://host:5432/shop?sslmode=require` with the `connection.*` properties of the connector. */
export interface ConnectionSettings {
  readonly url: string
  readonly user: string | null
  readonly password: string | null
  /** The connector's `connection.<name>` keys by `<name>`; they win over the URL's own parameters. */
  readonly properties: Readonly<Record<string, string>>
  /** Told what is not honoured, at every connection. */
  readonly warn?: (message: string) => void
}

/** What a parameter may be. Never a Date, nor a float that was made of a decimal: those travel as text. */
export type SqlValue = null | boolean | number | bigint | string | Uint8Array

/**
 * A value of a row: text as the database writes it, bytes as bytes; integers, reals and timestamps that are counts come
 * as number or bigint where they are not sent as text.
 */
export type Cell = null | string | Uint8Array | bigint | number

export interface ResultColumn {
  /** Its label. */
  readonly name: string
  /** The database's own name of its type, as its dialect expects it: `int4`, `numeric`, `timestamptz`, `DECIMAL`. */
  readonly type: string
  /** Null where the database does not say. */
  readonly nullable: boolean | null
  /** In digits or characters, null where it has none. */
  readonly precision: number | null
  readonly scale: number | null
  readonly unsigned: boolean
}

/** What is read of a result at once, in bytes or characters: the row that reaches it is the last. Invariant 7. */
export const BATCH_BYTES = 4 << 20

/** An open result, read in batches: the rest stays in the database. */
export interface Cursor {
  readonly columns: readonly ResultColumn[]
  /** At most that many rows, fewer where they are large (`BATCH_BYTES`); none when it has come to its end. */
  next(rows: number): Promise<Cell[][]>
  /** True when it is known that no row follows those that `next` has given. */
  readonly isOver: boolean
  /** May be called before the end and twice. */
  close(): Promise<void>
}

/** One session; its calls come one after the other. Its errors are `SqlError`s. */
export interface Connection {
  /** Runs a statement, gives how many rows it has changed. `?` stands for a parameter in every dialect. */
  execute(sql: string, values?: readonly SqlValue[]): Promise<number>
  query(sql: string, values?: readonly SqlValue[]): Promise<Cursor>
  begin(): Promise<void>
  commit(): Promise<void>
  rollback(): Promise<void>
  /** False once the session is lost. */
  readonly isOpen: boolean
  close(): Promise<void>
}
