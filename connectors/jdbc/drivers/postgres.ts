import type { Client } from 'pg'
import { brokenOff } from './broken-off.ts'
import type { Cell, Connection, Cursor, ResultColumn, SqlValue } from './connection.ts'
import { pieces, type SqlSyntax } from './placeholders.ts'
import { PostgresCatalogue } from './postgres-catalogue.ts'
import { postgresError } from './postgres-error.ts'
import { Description, type Field, Portal, parameter } from './postgres-portal.ts'
import { RowTap } from './postgres-row-tap.ts'
import type { PostgresSettings } from './postgres-settings.ts'
import { SqlError } from './sql-error.ts'

const SYNTAX: SqlSyntax = {
  quotes: '"',
  backslashes: false,
  dollarQuotes: true,
  hashComments: false,
  nestedComments: true,
}

/** How many statements are prepared at once, at most. */
const MOST_PREPARED = 100

/** A session over `pg`; its rows are read without it. */
export class PostgresConnection implements Connection {
  readonly #client: Client
  readonly #settings: PostgresSettings
  readonly #catalogue: PostgresCatalogue
  readonly #tap: RowTap
  /** By their text how often statements were executed, oldest first. */
  readonly #uses = new Map<string, number>()
  #names = 0
  readonly #prepared = new Map<string, string>()
  readonly #cancel: () => Promise<void>
  #open = true
  #closed: Promise<void> | null = null
  /** What the server is waited for; null while nothing is. */
  #busy: Promise<unknown> | null = null
  /** Why the session is given up; null while it is not. */
  #givenUp: string | null = null
  #portal: Portal | null = null

  /** `cancel` asks the server to end the statement of the session. */
  constructor(client: Client, settings: PostgresSettings, cancel: () => Promise<void>) {
    this.#client = client
    this.#settings = settings
    this.#cancel = cancel
    this.#catalogue = new PostgresCatalogue(client)
    this.#tap = new RowTap(client)
    const lost = () => {
      this.#open = false
    }
    client.on('error', lost)
    client.on('end', lost)
  }

  get isOpen(): boolean {
    return this.#open
  }

  async execute(sql: string, values?: readonly SqlValue[]): Promise<number> {
    const text = numbered(sql, values)
    const name = this.#name(text)
    const query = { text, name, values: values?.map(parameter), rowMode: 'array' as const, types: RAW }
    const result = await this.#run(() => this.#client.query(query)).catch(error => {
      // Its parameters may have got other types since.
      this.#prepared.delete(text)
      throw error
    })
    // Several statements at once give several results.
    return (Array.isArray(result) ? result : [result]).reduce((sum, each) => sum + (each.rowCount ?? 0), 0)
  }

  async query(sql: string, values: readonly SqlValue[] = []): Promise<Cursor> {
    const text = numbered(sql, values)
    const fields = await this.#run(() => this.#describe(text))
    const columns = await this.#run(() => this.#catalogue.columns(fields))
    let portal: Portal | null = null
    const ended = new Promise<void>((resolve, reject) => {
      portal = new Portal(text, values, fields, this.#tap, error =>
        error === null ? resolve() : reject(error),
      )
      this.#client.query(portal as never)
    }).finally(() => {
      if (this.#portal === portal) this.#portal = null
    })
    // Whoever reads is told by the read.
    ended.catch(() => {})
    this.#portal = portal
    return new PostgresCursor(portal!, columns, ended, work => this.#run(work, false))
  }

  begin(): Promise<void> {
    return this.#simple('BEGIN')
  }

  commit(): Promise<void> {
    return this.#simple('COMMIT')
  }

  rollback(): Promise<void> {
    return this.#simple('ROLLBACK')
  }

  /** @throws Error when what is still going on could not be broken off */
  close(): Promise<void> {
    this.#closed ??= this.#leave()
    return this.#closed
  }

  async #leave(): Promise<void> {
    this.#open = false
    try {
      if (this.#busy !== null) await brokenOff(this.#busy, this.#cancel)
    } finally {
      await Promise.race([this.#client.end(), deadline(CLOSE_MS)])
    }
  }

  /** What is awaited fails with that. */
  breakOff(why: string): void {
    const { stream } = (
      this.#client as unknown as { connection: { stream: { destroy(error: Error): void } } }
    ).connection
    stream.destroy(new Error(why))
  }

  async #simple(sql: string): Promise<void> {
    await this.#run(() => this.#client.query(sql))
  }

  #describe(text: string): Promise<readonly Field[]> {
    return new Promise((resolve, reject) => {
      const description: Description = new Description(text, error =>
        error === null ? resolve(description.fields) : reject(error),
      )
      this.#client.query(description as never)
    })
  }

  /** A statement that comes again and again is prepared once for all, under a name. */
  #name(text: string): string | undefined {
    const threshold = this.#settings.prepareThreshold
    if (threshold === 0) return undefined
    const known = this.#prepared.get(text)
    if (known !== undefined) return known
    const uses = (this.#uses.get(text) ?? 0) + 1
    this.#uses.delete(text)
    if (uses < threshold || this.#prepared.size >= MOST_PREPARED) {
      this.#uses.set(text, uses)
      if (this.#uses.size > MOST_PREPARED) this.#uses.delete(this.#uses.keys().next().value!)
      return undefined
    }
    const name = `bunnect_${++this.#names}`
    this.#prepared.set(text, name)
    return name
  }

  async #run<T>(work: () => Promise<T>, alone = true): Promise<T> {
    if (!this.#open) throw lost()
    if (alone && this.#portal !== null) {
      throw new SqlError('A result of this connection is still open', {
        state: '24000',
        code: '',
        transient: false,
      })
    }
    const { socketTimeoutMs } = this.#settings
    const busy = work()
    this.#busy = busy
    const timer = socketTimeoutMs === 0 ? undefined : setTimeout(() => this.#giveUp(), socketTimeoutMs)
    try {
      return await busy
    } catch (error) {
      return this.#fail(error)
    } finally {
      clearTimeout(timer)
      if (this.#busy === busy) this.#busy = null
    }
  }

  #giveUp(): void {
    this.#givenUp = `No answer within ${this.#settings.socketTimeoutMs / 1000} s (socketTimeout)`
    // Whoever closes the session hears of its error.
    this.close().catch(() => {})
  }

  #fail(error: unknown): never {
    if (this.#givenUp !== null) {
      throw postgresError(new Error(this.#givenUp, { cause: error }), 'The connection to Postgres is lost')
    }
    // The server has ended the session, which the socket tells a little later.
    if (/^(?:FATAL|PANIC)$/.test((error as { severity?: string }).severity ?? '')) this.#open = false
    const what = this.#open ? 'Postgres refused' : 'The connection to Postgres is lost'
    throw postgresError(error, what, this.#settings.tellsDetails)
  }
}

class PostgresCursor implements Cursor {
  constructor(
    readonly portal: Portal,
    readonly columns: readonly ResultColumn[],
    private readonly ended: Promise<void>,
    private readonly run: <T>(work: () => Promise<T>) => Promise<T>,
  ) {}

  next(rows: number): Promise<Cell[][]> {
    return this.run(() => this.portal.next(rows))
  }

  get isOver(): boolean {
    return this.portal.isOver
  }

  async close(): Promise<void> {
    this.portal.close()
    // Why it ended early was told by the read that met it.
    await this.ended.catch(() => {})
  }
}

function lost(): SqlError {
  return new SqlError('The connection to Postgres is lost', { state: '08003', code: '', transient: true })
}

/** What a server that does not answer any more is waited for when it is left. */
const CLOSE_MS = 1000

function deadline(ms: number): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, ms).unref()
  })
}

/** Everything as the server writes it. */
const RAW = { getTypeParser: () => (text: string) => text }

function numbered(sql: string, values: readonly SqlValue[] | undefined): string {
  const parts = pieces(sql, SYNTAX)
  const wanted = parts.length - 1
  const given = values?.length ?? 0
  if (wanted !== given) {
    throw new SqlError(
      `The statement has ${wanted} parameters and was given ${given} values`,
      { state: '07001', code: '', transient: false },
      { hint: 'A ? that is an operator is written ??, as in JDBC.' },
    )
  }
  let text = parts[0]!
  for (let i = 1; i < parts.length; i++) text += `$${i}${parts[i]}`
  return text
}
