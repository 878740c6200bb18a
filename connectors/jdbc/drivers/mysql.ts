import { brokenOff } from './broken-off.ts'
import type { Connection, Cursor, SqlValue } from './connection.ts'
import type { MysqlClient } from './mysql-client.ts'
import { columnOf } from './mysql-columns.ts'
import { mysqlError } from './mysql-error.ts'
import { literal } from './mysql-literals.ts'
import { MysqlRows } from './mysql-rows.ts'
import type { MysqlSettings } from './mysql-settings.ts'
import { pieces, type SqlSyntax } from './placeholders.ts'
import { SqlError } from './sql-error.ts'

const NO_BACKSLASH_ESCAPES = /(?:^|,)NO_BACKSLASH_ESCAPES(?:,|$)/

/** How long the server waits for whoever reads a result slowly, in seconds. Java: netTimeoutForStreamingResults */
const RESULT_PATIENCE = 600

/** What a server that does not answer any more is waited for when it is left. */
const CLOSE_MS = 1000
const NO_SUCH_SESSION = '1094'
const NO_SUCH_ZONE = '1298'
const MOST_ASKED = 100
const AGAIN_MS = 20

/** A session over `mysql2`, every value as text but for bytes. */
export class MysqlConnection implements Connection {
  readonly #client: MysqlClient
  readonly #settings: MysqlSettings
  #open = true
  #backslashes = true
  #syntax: SqlSyntax = syntaxOf('')
  #rows: MysqlRows | null = null
  readonly #another: () => Promise<MysqlConnection>
  /** The server by its own name and its number among its replicas, and the session's number there. */
  #server = ''
  #id = ''
  #closed: Promise<void> | null = null
  /** Why the session is given up; null while it is not. */
  #givenUp: string | null = null

  /** `another` opens a further session with the same server. */
  constructor(client: MysqlClient, settings: MysqlSettings, another: () => Promise<MysqlConnection>) {
    this.#client = client
    this.#settings = settings
    this.#another = another
    // A statement that is on its way when the session ends hears nothing of it by itself.
    const ended = (error?: unknown) => {
      this.#open = false
      this.#rows?.fail(error ?? lost())
    }
    client.on('error', ended)
    client.on('end', () => ended())
  }

  get isOpen(): boolean {
    return this.#open
  }

  get nullCatalogMeansCurrent(): boolean {
    return this.#settings.nullCatalogMeansCurrent
  }

  /** Sets the session up. */
  async prepare(): Promise<void> {
    const { strict, sessionVariables, timeZone, collation } = this.#settings
    const variables = [`net_write_timeout=${RESULT_PATIENCE}`]
    if (strict) variables.push("sql_mode=CONCAT_WS(',', NULLIF(@@sql_mode, ''), 'STRICT_TRANS_TABLES')")
    if (collation !== null) variables.push(`collation_connection='${collation}'`)
    await this.execute(`SET SESSION ${variables.join(', SESSION ')}`)
    if (timeZone !== null) await this.#setTimeZone(timeZone)
    if (sessionVariables !== null) await this.execute(`SET SESSION ${sessionVariables.replaceAll(';', ',')}`)
    const server = "CONCAT(@@hostname, ':', @@port, ':', @@server_id)"
    const cursor = await this.query(`SELECT @@sql_mode, ${server}, CONNECTION_ID()`)
    const [mode, name, id] = ((await cursor.next(2))[0] ?? []).map(String)
    await cursor.close()
    this.#server = name ?? ''
    this.#id = id ?? ''
    this.#backslashes = !NO_BACKSLASH_ESCAPES.test(mode ?? '')
    this.#syntax = syntaxOf(mode ?? '')
  }

  async #setTimeZone(zone: string): Promise<void> {
    try {
      await this.execute(`SET SESSION time_zone='${zone}'`)
    } catch (error) {
      const { code, message, state, transient } = error as SqlError
      if (code !== NO_SUCH_ZONE) throw error
      const hint = 'Load zones into it (mysql_tzinfo_to_sql), or name an offset, such as +02:00.'
      throw new SqlError(message, { state, code, transient }, { cause: error, hint })
    }
  }

  async execute(sql: string, values?: readonly SqlValue[]): Promise<number> {
    const rows = this.#start(sql, values)
    const columns = await this.#bounded(rows.columns)
    if (columns !== null) await this.#drain(rows)
    return rows.affected
  }

  async query(sql: string, values?: readonly SqlValue[]): Promise<Cursor> {
    const rows = this.#start(sql, values)
    const fields = await this.#bounded(rows.columns)
    return {
      columns: (fields ?? []).map(field => columnOf(field, this.#settings.columnTypes)),
      next: count => this.#bounded(rows.next(count)),
      get isOver() {
        return rows.isOver
      },
      close: () => this.#drain(rows),
    }
  }

  async begin(): Promise<void> {
    await this.execute('START TRANSACTION')
  }

  async commit(): Promise<void> {
    await this.execute('COMMIT')
  }

  async rollback(): Promise<void> {
    await this.execute('ROLLBACK')
  }

  /** @throws Error when what is still going on could not be broken off */
  close(): Promise<void> {
    this.#closed ??= this.#leave()
    return this.#closed
  }

  async #leave(): Promise<void> {
    const wasOpen = this.#open
    this.#open = false
    const rows = this.#rows
    try {
      // One that is still being set up is at nothing that would matter later, and its server may answer nobody.
      if (rows !== null && this.#id !== '') {
        void rows.abandon(lost())
        const gone = Promise.withResolvers<void>()
        await brokenOff(gone.promise, () => this.#kill().then(gone.resolve))
      } else if (rows === null && wasOpen) await this.#farewell()
    } finally {
      rows?.fail(lost())
      this.#client.destroy()
    }
  }

  #farewell(): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, CLOSE_MS)
      this.#client.end(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /**
   * Until the server has no such session: its socket goes before what it was at. The whole session, so that a statement
   * that is still on its way there is not started either.
   */
  async #kill(): Promise<void> {
    const other = await this.#another()
    try {
      // What stands between may lead to several servers, each of which has a session of that number.
      if (other.#server !== this.#server) throw new Error(`${this.#server} was not reached again`)
      for (let asked = 0; asked < MOST_ASKED; asked++) {
        await other.execute(`KILL ${this.#id}`)
        await new Promise(resolve => setTimeout(resolve, AGAIN_MS))
      }
    } catch (error) {
      if ((error as SqlError).code !== NO_SUCH_SESSION) throw error
    } finally {
      await other.close()
    }
  }

  /** What is awaited fails with that. */
  breakOff(why: string): void {
    this.#open = false
    this.#rows?.fail(new Error(why))
    this.#client.destroy()
  }

  #start(sql: string, values: readonly SqlValue[] | undefined): MysqlRows {
    if (!this.#open) throw lost()
    if (this.#rows !== null) {
      throw new SqlError('A result of this connection is still open', {
        state: '24000',
        code: '',
        transient: false,
      })
    }
    const text = filledIn(sql, values, this.#syntax, this.#backslashes)
    const rows = new MysqlRows(text, this.#client, this.#settings.zeroDates, () => {
      if (this.#rows === rows) this.#rows = null
    })
    this.#rows = rows
    return rows
  }

  async #drain(rows: MysqlRows): Promise<void> {
    await this.#bounded(rows.discard())
  }

  async #bounded<T>(work: Promise<T>): Promise<T> {
    const { socketTimeoutMs } = this.#settings
    const timer = socketTimeoutMs === 0 ? null : setTimeout(() => this.#giveUp(), socketTimeoutMs)
    try {
      return await work
    } catch (error) {
      if ((error as { fatal?: boolean }).fatal) this.#open = false
      if (this.#givenUp !== null) {
        throw mysqlError(new Error(this.#givenUp, { cause: error }), 'The connection to MySQL is lost')
      }
      throw mysqlError(error, this.#open ? 'MySQL refused' : 'The connection to MySQL is lost')
    } finally {
      if (timer !== null) clearTimeout(timer)
    }
  }

  #giveUp(): void {
    this.#givenUp = `No answer within ${this.#settings.socketTimeoutMs} ms (socketTimeout)`
    // Whoever closes the session hears of its error.
    this.close().catch(() => {})
  }
}

function lost(): SqlError {
  return new SqlError('The connection to MySQL is lost', { state: '08003', code: '', transient: true })
}

function syntaxOf(mode: string): SqlSyntax {
  return {
    quotes: '"`',
    backslashes: !NO_BACKSLASH_ESCAPES.test(mode),
    dollarQuotes: false,
    hashComments: true,
    nestedComments: false,
  }
}

function filledIn(
  sql: string,
  values: readonly SqlValue[] | undefined,
  syntax: SqlSyntax,
  backslashes: boolean,
): string {
  const parts = pieces(sql, syntax)
  const given = values?.length ?? 0
  if (parts.length - 1 !== given) {
    throw new SqlError(`The statement has ${parts.length - 1} parameters and was given ${given} values`, {
      state: '07001',
      code: '',
      transient: false,
    })
  }
  let text = parts[0]!
  for (let i = 0; i < given; i++) text += literal(values![i]!, backslashes) + parts[i + 1]!
  return text
}
