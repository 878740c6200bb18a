import type { SslOptions } from 'mysql2'
import type { Connection, ConnectionSettings, Cursor, SqlValue } from './connection.ts'
import type { MysqlClient } from './mysql-client.ts'
import { columnOf } from './mysql-columns.ts'
import { mysqlError } from './mysql-error.ts'
import { literal } from './mysql-literals.ts'
import { MysqlRows } from './mysql-rows.ts'
import { type MysqlSettings, mysqlSettings } from './mysql-settings.ts'
import { pieces, type SqlSyntax } from './placeholders.ts'
import type { Host } from './server-url.ts'
import { SqlError } from './sql-error.ts'

const NO_BACKSLASH_ESCAPES = /(?:^|,)NO_BACKSLASH_ESCAPES(?:,|$)/

/** How long the server waits for whoever reads a result slowly, in seconds. Java: netTimeoutForStreamingResults */
const RESULT_PATIENCE = 600

/** Tries the URL's hosts in their order. */
export async function connectMysql(settings: ConnectionSettings): Promise<MysqlConnection> {
  const target = mysqlSettings(settings)
  let refused: unknown = null
  for (const host of target.hosts) {
    try {
      return await connectTo(host, target)
    } catch (error) {
      refused = error
    }
  }
  throw refused
}

async function connectTo(host: Host, target: MysqlSettings): Promise<MysqlConnection> {
  const of = target.database ? `, database ${target.database}` : ''
  const what = `Cannot connect to MySQL at ${host.host}:${host.port}${of} as user ${target.user}`
  let refused: unknown = null
  for (const encryption of target.encryption) {
    try {
      return await open(host, target, encryption)
    } catch (error) {
      refused ??= error
      if ((error as { code?: string }).code !== 'HANDSHAKE_NO_SSL_SUPPORT') break
    }
  }
  throw mysqlError(refused, what)
}

async function open(
  host: Host,
  target: MysqlSettings,
  encryption: SslOptions | null,
): Promise<MysqlConnection> {
  const { createConnection } = (await import('mysql2')).default
  const client = createConnection({
    host: host.host,
    port: host.port,
    user: target.user,
    password: target.password ?? undefined,
    database: target.database || undefined,
    ssl: encryption ?? undefined,
    connectTimeout: target.connectTimeoutMs,
    charset: 'utf8mb4',
    multipleStatements: false,
    compress: target.compress,
    // A server that asks for a local file gets none.
    flags: ['-LOCAL_FILES'],
  }) as unknown as MysqlClient
  const ready = new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve())
    client.once('error', reject)
  })
  try {
    await ready
  } catch (error) {
    client.destroy()
    throw error
  }
  const connection = new MysqlConnection(client, target)
  // The client's own limit ends with the login.
  const timer = setTimeout(
    () => connection.breakOff(`No answer within ${target.connectTimeoutMs} ms (connectTimeout)`),
    target.connectTimeoutMs,
  )
  try {
    await connection.prepare()
  } catch (error) {
    await connection.close()
    throw error
  } finally {
    clearTimeout(timer)
  }
  return connection
}

/** A session over `mysql2`, every value as text but for bytes. */
export class MysqlConnection implements Connection {
  readonly #client: MysqlClient
  readonly #settings: MysqlSettings
  #open = true
  #backslashes = true
  #syntax: SqlSyntax = syntaxOf('')
  #rows: MysqlRows | null = null

  constructor(client: MysqlClient, settings: MysqlSettings) {
    this.#client = client
    this.#settings = settings
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
    const { strict, sessionVariables } = this.#settings
    const variables = [`net_write_timeout=${RESULT_PATIENCE}`]
    if (strict) variables.push("sql_mode=CONCAT_WS(',', NULLIF(@@sql_mode, ''), 'STRICT_TRANS_TABLES')")
    await this.execute(`SET SESSION ${variables.join(', SESSION ')}`)
    if (sessionVariables !== null) await this.execute(`SET SESSION ${sessionVariables.replaceAll(';', ',')}`)
    const cursor = await this.query('SELECT @@sql_mode')
    const mode = String((await cursor.next(2))[0]?.[0] ?? '')
    await cursor.close()
    this.#backslashes = !NO_BACKSLASH_ESCAPES.test(mode)
    this.#syntax = syntaxOf(mode)
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
      columns: (fields ?? []).map(columnOf),
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

  /** Breaks what is still going on. */
  async close(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    if (this.#rows !== null) {
      this.#rows.fail(lost())
      this.#client.destroy()
      return
    }
    const client = this.#client
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, 1000)
      client.end(() => {
        clearTimeout(timer)
        resolve()
      })
    })
    client.destroy()
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
    const timer =
      socketTimeoutMs === 0
        ? null
        : setTimeout(
            () => this.breakOff(`No answer within ${socketTimeoutMs} ms (socketTimeout)`),
            socketTimeoutMs,
          )
    try {
      return await work
    } catch (error) {
      if ((error as { fatal?: boolean }).fatal) this.#open = false
      throw mysqlError(error, this.#open ? 'MySQL refused' : 'The connection to MySQL is lost')
    } finally {
      if (timer !== null) clearTimeout(timer)
    }
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
