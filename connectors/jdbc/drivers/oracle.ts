import { brokenOff } from './broken-off.ts'
import type { Connection, ConnectionSettings, Cursor, SqlValue } from './connection.ts'
import { type Binds, bindsOf } from './oracle-binds.ts'
import { oracleClient, telling } from './oracle-client.ts'
import { columnOf, fetchTypes } from './oracle-columns.ts'
import { OracleCursor } from './oracle-cursor.ts'
import { LOGIN_HINTS, oracleError } from './oracle-error.ts'
import { type OracleSettings, oracleSettings } from './oracle-settings.ts'
import type { BindDefinition, BindValue, NetworkSession, OracleClient, OracleSession } from './oracledb.ts'
import { pieces, type SqlSyntax } from './placeholders.ts'
import { SqlError } from './sql-error.ts'

const SYNTAX: SqlSyntax = {
  quotes: '"',
  backslashes: false,
  dollarQuotes: false,
  hashComments: false,
  nestedComments: false,
}

/**
 * How the texts of dates and numbers are read that come as parameters. A time without a zone that meets one with a zone
 * is in UTC, wherever this program runs.
 */
export const SESSION =
  "ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY-MM-DD HH24:MI:SS' NLS_TIMESTAMP_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF' NLS_NUMERIC_CHARACTERS = '.,' TIME_ZONE = '+00:00'"

/** How many rows come with the answer to a query. */
const FIRST_ROWS = 100

/** What a server that does not answer any more is waited for when it is left. */
const CLOSE_MS = 1000

export async function connectOracle(settings: ConnectionSettings): Promise<Connection> {
  const target = oracleSettings(settings)
  const client = await oracleClient()
  const what = `Cannot connect to Oracle at ${target.shown} as user ${target.user}`
  let socket: NetworkSession | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = () => socket?.forceDisconnect(new Error('the deadline of the login is over'))
  const told = (opened: NetworkSession) => {
    socket = opened
    // Until here the client has deadlines of its own.
    timer = setTimeout(late, target.connectTimeoutMs)
  }
  const { options, privilege } = target
  try {
    const session = await telling(told, () =>
      client.getConnection({ ...options, ...(privilege !== null && { privilege: client[privilege] }) }),
    )
    const connection = new OracleConnection(session, socket, client, target)
    try {
      await connection.execute(SESSION)
    } catch (error) {
      await connection.close()
      throw error
    }
    return connection
  } catch (error) {
    throw oracleError(error, what, target.secrets, LOGIN_HINTS)
  } finally {
    clearTimeout(timer)
  }
}

/** A session over `oracledb`: numbers and times as text, in full. */
export class OracleConnection implements Connection {
  readonly #session: OracleSession
  readonly #socket: NetworkSession | null
  readonly #client: OracleClient
  readonly #settings: OracleSettings
  #open = true
  #closed: Promise<void> | null = null
  /** What is awaited of the database. */
  #work: Promise<unknown> | null = null
  #inTransaction = false
  #result: OracleCursor | null = null

  constructor(
    session: OracleSession,
    socket: NetworkSession | null,
    client: OracleClient,
    settings: OracleSettings,
  ) {
    this.#session = session
    this.#socket = socket
    this.#client = client
    this.#settings = settings
  }

  get isOpen(): boolean {
    if (this.#open && this.#work === null && !this.#session.isHealthy()) this.#open = false
    return this.#open
  }

  /** Given values for several rows, it runs for each of them, on one way to the database: all or none. */
  async execute(sql: string, values: readonly SqlValue[] = []): Promise<number> {
    const { text, width } = numbered(sql, values)
    const parts = bindsOf(values, width, this.#client)
    const alone = !this.#inTransaction
    const autoCommit = alone && parts.length === 1
    try {
      let changed = 0
      for (const part of parts) changed += await this.#send(text, part, autoCommit)
      if (alone && !autoCommit) await this.commit()
      return changed
    } catch (error) {
      // Rows before the one that was refused are written, though not for good.
      if (alone && values.length > width && this.isOpen) await this.rollback()
      throw error
    }
  }

  async #send(text: string, { definitions, rows }: Binds, autoCommit: boolean): Promise<number> {
    const result = await this.#run(() =>
      rows.length > 1
        ? this.#session.executeMany(text, rows, { autoCommit, bindDefs: definitions })
        : this.#session.execute(text, boundTo(definitions, rows[0]!), { autoCommit }),
    )
    return result.rowsAffected ?? 0
  }

  async query(sql: string, values: readonly SqlValue[] = []): Promise<Cursor> {
    const { text, width } = numbered(sql, values)
    const [{ definitions, rows }] = bindsOf(values, width, this.#client) as [Binds]
    const { resultSet } = await this.#run(() =>
      this.#session.execute(text, boundTo(definitions, rows[0]!), {
        resultSet: true,
        prefetchRows: FIRST_ROWS,
        fetchArraySize: FIRST_ROWS,
        // A statement that is kept would not hear of a column that is new.
        keepInStmtCache: false,
        fetchTypeHandler: fetchTypes(this.#client),
      }),
    )
    const columns = (resultSet?.metaData ?? []).map(column => columnOf(column, this.#settings))
    const cursor = new OracleCursor(columns, resultSet ?? null, work => this.#run(work, false))
    this.#result = cursor
    return cursor
  }

  /** Oracle's own begin with the first statement. */
  async begin(): Promise<void> {
    this.#inTransaction = true
  }

  async commit(): Promise<void> {
    this.#inTransaction = false
    await this.#run(() => this.#session.commit())
  }

  async rollback(): Promise<void> {
    this.#inTransaction = false
    await this.#run(() => this.#session.rollback())
  }

  /** @throws Error when what is still going on could not be broken off */
  close(): Promise<void> {
    this.#closed ??= this.#leave()
    return this.#closed
  }

  async #leave(): Promise<void> {
    const work = this.#work
    const wasOpen = this.#open
    this.#open = false
    try {
      if (work !== null) await brokenOff(work, () => this.#session.break())
      else if (wasOpen) await this.#farewell()
    } finally {
      this.#socket?.forceDisconnect(new Error('the connection was closed'))
    }
  }

  async #farewell(): Promise<void> {
    const timer = setTimeout(() => this.breakOff(`No answer within ${CLOSE_MS} ms to the farewell`), CLOSE_MS)
    try {
      await this.#session.close()
    } finally {
      clearTimeout(timer)
    }
  }

  /** What is awaited fails with that. */
  breakOff(why: string): void {
    this.#open = false
    this.#socket?.forceDisconnect(new Error(why))
  }

  async #run<T>(work: () => Promise<T>, alone = true): Promise<T> {
    if (!this.#open) throw lost()
    if (alone && this.#result?.isOpen) {
      throw new SqlError('A result of this connection is still open', {
        state: '24000',
        code: '',
        transient: false,
      })
    }
    const { readTimeoutMs, secrets } = this.#settings
    const timer =
      readTimeoutMs === 0
        ? undefined
        : setTimeout(
            () => this.breakOff(`No answer within ${readTimeoutMs} ms (oracle.jdbc.ReadTimeout)`),
            readTimeoutMs,
          )
    const going = work()
    this.#work = going
    try {
      return await going
    } catch (error) {
      const told = oracleError(error, 'Oracle refused', secrets)
      if (told.state !== '08006') throw told
      this.#open = false
      throw oracleError(error, 'The connection to Oracle is lost', secrets)
    } finally {
      this.#work = null
      clearTimeout(timer)
    }
  }
}

function boundTo(definitions: readonly BindDefinition[], row: readonly BindValue[]) {
  return definitions.map((definition, i) => ({ ...definition, val: row[i]! }))
}

function lost(): SqlError {
  return new SqlError('The connection to Oracle is lost', { state: '08003', code: '', transient: true })
}

/** With `:1`, `:2` … for each `?`; values are those of one row, or of several. */
export function numbered(sql: string, values: readonly SqlValue[]): { text: string; width: number } {
  const parts = pieces(sql, SYNTAX)
  const width = parts.length - 1
  if (width === 0 ? values.length > 0 : values.length === 0 || values.length % width !== 0) {
    throw new SqlError(
      `The statement has ${width} parameters and was given ${values.length} values`,
      { state: '07001', code: '', transient: false },
      { hint: 'A ? that is an operator is written ??, as in JDBC.' },
    )
  }
  let text = parts[0]!
  for (let i = 1; i < parts.length; i++) text += `:${i}${parts[i]}`
  return { text, width }
}
