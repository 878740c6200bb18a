import type { ConnectionConfiguration } from 'tedious'
import { brokenOff } from './broken-off.ts'
import type { Connection, ConnectionSettings, Cursor, SqlValue } from './connection.ts'
import { pieces, type SqlSyntax } from './placeholders.ts'
import { SqlError } from './sql-error.ts'
import type { SqlServerClient } from './sqlserver-client.ts'
import { columnOf } from './sqlserver-columns.ts'
import { type ServerError, sqlServerError } from './sqlserver-error.ts'
import type { SqlServerRows } from './sqlserver-rows.ts'
import { type SqlServerSettings, sqlServerSettings } from './sqlserver-settings.ts'

const SYNTAX: SqlSyntax = {
  quotes: '"',
  brackets: true,
  backslashes: false,
  dollarQuotes: false,
  hashComments: false,
  nestedComments: true,
}

/** Once by TLS and, where the URL does not ask for it and the server knows none, once without. */
export async function connectSqlServer(settings: ConnectionSettings): Promise<SqlServerConnection> {
  const target = sqlServerSettings(settings)
  const where = target.port === null ? `\\${target.instance}` : `:${target.port}`
  const of = target.database ? `, database ${target.database}` : ''
  const what = `Cannot connect to SQL Server at ${target.host}${where}${of} as user ${target.user}`
  try {
    return await open(target, target.encryption.mode === 'strict' ? 'strict' : true, what)
  } catch (error) {
    const isPlain = error instanceof SqlError && error.code === 'EENCRYPT'
    if (!isPlain || target.encryption.required) throw error
    return await open(target, false, what)
  }
}

async function open(
  target: SqlServerSettings,
  encrypt: boolean | 'strict',
  what: string,
): Promise<SqlServerConnection> {
  const [{ SqlServerClient }, { SqlServerRows }] = await Promise.all([
    import('./sqlserver-client.ts'),
    import('./sqlserver-rows.ts'),
  ])
  const client = new SqlServerClient(configuration(target, encrypt))
  const told: ServerError[] = []
  const listen = (token: ServerError) => told.push(token)
  client.on('errorMessage', listen)
  const connection = new SqlServerConnection(client, target, SqlServerRows)
  try {
    await new Promise<void>((resolve, reject) => {
      client.connect(error => (error ? reject(error) : resolve()))
    })
    await connection.setUp()
  } catch (error) {
    // Why there is no session says more than how it was left.
    await connection.close().catch(() => {})
    throw sqlServerError(error, what, told)
  }
  client.off('errorMessage', listen)
  return connection
}

/** A server may be set up to count no rows, and whoever inserts counts them. */
function sessionSettings({ lockTimeoutMs }: SqlServerSettings): string {
  return `SET NOCOUNT OFF${lockTimeoutMs === null ? '' : `; SET LOCK_TIMEOUT ${lockTimeoutMs}`}`
}

function configuration(target: SqlServerSettings, encrypt: boolean | 'strict'): ConnectionConfiguration {
  const { user, password, domain, encryption } = target
  const who = { userName: user, password: password ?? '' }
  return {
    server: target.host,
    authentication:
      domain === null ? { type: 'default', options: who } : { type: 'ntlm', options: { ...who, domain } },
    options: {
      ...(target.port === null ? { instanceName: target.instance ?? '' } : { port: target.port }),
      ...(target.database !== null && { database: target.database }),
      ...(target.workstation !== null && { workstationId: target.workstation }),
      ...(target.packetSize !== null && { packetSize: target.packetSize }),
      ...(encryption.certificateName !== null && { serverName: encryption.certificateName }),
      appName: target.applicationName,
      encrypt,
      trustServerCertificate: !encryption.checked,
      cryptoCredentialsDetails: encryption.authorities === null ? {} : { ca: encryption.authorities },
      connectTimeout: target.connectTimeoutMs,
      requestTimeout: target.queryTimeoutMs,
      readOnlyIntent: target.readOnlyIntent,
      multiSubnetFailover: target.multiSubnetFailover,
      // The connectors try again themselves.
      maxRetriesOnTransientErrors: 0,
    },
  }
}

/** A session over `tedious`; texts of decimals, money and times are made of the bytes that the server sent. */
class SqlServerConnection implements Connection {
  readonly #client: SqlServerClient
  readonly #settings: SqlServerSettings
  readonly #Rows: typeof SqlServerRows
  #open = true
  #rows: SqlServerRows | null = null
  #closed: Promise<void> | null = null

  constructor(client: SqlServerClient, settings: SqlServerSettings, Rows: typeof SqlServerRows) {
    this.#client = client
    this.#settings = settings
    this.#Rows = Rows
    const ended = () => {
      this.#open = false
    }
    client.on('error', ended)
    client.on('end', ended)
  }

  get isOpen(): boolean {
    return this.#open
  }

  /** Nobody else can break it off yet, so it has the deadline of a login. */
  async setUp(): Promise<void> {
    const { connectTimeoutMs } = this.#settings
    const why = `No answer within ${connectTimeoutMs} ms (loginTimeout)`
    const timer = setTimeout(() => this.breakOff(why), connectTimeoutMs)
    try {
      await this.execute(sessionSettings(this.#settings))
    } finally {
      clearTimeout(timer)
    }
  }

  async execute(sql: string, values: readonly SqlValue[] = []): Promise<number> {
    const rows = this.#start(sql, values)
    await this.#bounded(rows.columns)
    await this.#bounded(rows.finish())
    return rows.affected
  }

  async query(sql: string, values: readonly SqlValue[] = []): Promise<Cursor> {
    const rows = this.#start(sql, values)
    const columns = await this.#bounded(rows.columns)
    return {
      columns: (columns ?? []).map(columnOf),
      next: count => this.#bounded(rows.next(count)),
      get isOver() {
        return rows.isOver
      },
      close: () => this.#bounded(rows.cancel()),
    }
  }

  async begin(): Promise<void> {
    await this.execute('BEGIN TRANSACTION')
  }

  /** Where the server has ended the transaction by itself, this is its error 3902: nothing was committed. */
  async commit(): Promise<void> {
    await this.execute('COMMIT TRANSACTION')
  }

  async rollback(): Promise<void> {
    await this.execute('IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION')
  }

  /** @throws Error when what is still going on could not be broken off */
  close(): Promise<void> {
    return this.#leave(lost())
  }

  /** What is awaited fails with that. */
  breakOff(why: string): void {
    // Whoever waits for the statement is told that it may yet be done.
    this.#leave(new Error(why)).catch(() => {})
  }

  #leave(why: Error): Promise<void> {
    this.#closed ??= this.#end(why)
    return this.#closed
  }

  /** The server ends what it is at before the session goes, and rolls back what was not committed. */
  async #end(why: Error): Promise<void> {
    const wasOpen = this.#open
    const rows = this.#rows
    this.#open = false
    try {
      if (rows !== null && wasOpen) await brokenOff(rows.abandon(why), async () => rows.request.cancel())
    } catch (error) {
      rows?.fail(new Error(`${why.message}. ${(error as Error).message}`, { cause: error }))
      throw error
    } finally {
      rows?.fail(why)
      this.#client.close()
    }
  }

  #start(sql: string, values: readonly SqlValue[]): SqlServerRows {
    if (!this.#open) throw lost()
    if (this.#rows !== null) {
      throw new SqlError('A result of this connection is still open', {
        state: '24000',
        code: '',
        transient: false,
      })
    }
    const rows = new this.#Rows(named(sql, values.length), values, () => {
      if (this.#rows === rows) this.#rows = null
    })
    this.#rows = rows
    // By itself a text is a batch: what it sets up in the session holds longer than it runs.
    if (values.length === 0) this.#client.execSqlBatch(rows.request)
    else this.#client.execSql(rows.request)
    return rows
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
      throw sqlServerError(error, this.#open ? 'SQL Server refused' : 'The connection to SQL Server is lost')
    } finally {
      if (timer !== null) clearTimeout(timer)
    }
  }
}

function lost(): SqlError {
  return new SqlError('The connection to SQL Server is lost', { state: '08003', code: '', transient: true })
}

/** `@p1` for each question mark. */
function named(sql: string, given: number): string {
  const parts = pieces(sql, SYNTAX)
  if (parts.length - 1 !== given) {
    throw new SqlError(`The statement has ${parts.length - 1} parameters and was given ${given} values`, {
      state: '07001',
      code: '',
      transient: false,
    })
  }
  return parts.reduce((text, part, i) => `${text}@p${i}${part}`)
}
