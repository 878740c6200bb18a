import { ConnectException, type Logger } from '#bunnect'
import type { Dialect } from '../dialects/dialect.ts'
import type { Connection } from '../drivers/connection.ts'
import { SqlError } from '../drivers/sql-error.ts'
import type { SourceSettings } from './settings.ts'

/** One session that is opened when it is needed. Java: io.confluent.connect.jdbc.util.CachedConnectionProvider */
export class SourceConnection {
  #connection: Connection | null = null
  readonly #told = new Set<string>()

  constructor(
    private readonly settings: SourceSettings,
    private readonly log: Logger,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', () => void this.close(), { once: true })
  }

  /** @throws ConnectException after `connection.attempts`, or when it is to stop */
  async get(): Promise<Connection> {
    if (this.#connection?.isOpen) return this.#connection
    await this.close()
    const { attempts, attemptBackoffMs } = this.settings
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#open()
      } catch (cause) {
        const passes = cause instanceof SqlError && cause.transient
        if (!passes || attempt >= attempts || this.signal.aborted) {
          const message = cause instanceof Error ? cause.message : String(cause)
          throw new ConnectException(message, { cause, hint: (cause as { hint?: string }).hint })
        }
        this.log.info(
          `Unable to connect to database on attempt ${attempt}/${attempts}. Will retry in ${attemptBackoffMs} ms: ${cause.message}`,
        )
        await pause(attemptBackoffMs, this.signal)
      }
    }
  }

  /** Breaks what is going on. */
  async close(): Promise<void> {
    const connection = this.#connection
    this.#connection = null
    try {
      await connection?.close()
    } catch (error) {
      this.log.warn(`A connection did not close well: ${error instanceof Error ? error.message : error}`)
    }
  }

  async #open(): Promise<Connection> {
    const { dialect, connection, isolation } = this.settings
    const opened = await this.#unlessStopped(
      dialect.connect({ ...connection, warn: message => this.#warn(message) }),
    )
    this.#connection = opened
    const sql = isolationStatement(dialect, isolation)
    if (sql !== null) await opened.execute(sql)
    return opened
  }

  /** Whoever stops does not wait for a server that does not answer. Invariant 7. */
  async #unlessStopped(opening: Promise<Connection>): Promise<Connection> {
    const stopped = Promise.withResolvers<never>()
    const stop = () => stopped.reject(new ConnectException('The task is to stop'))
    this.signal.addEventListener('abort', stop)
    if (this.signal.aborted) stop()
    try {
      return await Promise.race([stopped.promise, opening])
    } catch (error) {
      // A session that comes too late is nobody's.
      opening
        .then(late => late.close())
        .catch(late => this.log.debug(`Of a connection that was not waited for: ${late}`))
      throw error
    } finally {
      this.signal.removeEventListener('abort', stop)
    }
  }

  #warn(message: string): void {
    if (this.#told.has(message)) return
    this.#told.add(message)
    this.log.warn(message)
  }
}

/** Null where there is nothing to set. @throws ConnectException where the database has no such level */
export function isolationStatement(dialect: Dialect, mode: SourceSettings['isolation']): string | null {
  if (mode === 'DEFAULT') return null
  const level = LEVELS[mode]
  if (level === undefined) {
    throw new ConnectException(
      `transaction.isolation.mode=${mode} is one of SQL Server, not of ${dialect.name}`,
    )
  }
  switch (dialect.name) {
    case 'PostgreSqlDatabaseDialect':
      return `SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL ${level}`
    case 'MySqlDatabaseDialect':
      return `SET SESSION TRANSACTION ISOLATION LEVEL ${level}`
    default:
      // SQLite's transactions are serializable, and more than what was asked for is no harm.
      return null
  }
}

const LEVELS: Readonly<Record<string, string>> = {
  READ_UNCOMMITED: 'READ UNCOMMITTED',
  READ_COMMITED: 'READ COMMITTED',
  REPEATABLE_READ: 'REPEATABLE READ',
  SERIALIZABLE: 'SERIALIZABLE',
}

/** A timer of more fires at once. */
const LONGEST_MS = 2 ** 31 - 1

/** Ends early when it is to stop, and after 24 days at the latest: whoever waits for more asks again. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted || ms <= 0) return Promise.resolve()
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, Math.min(ms, LONGEST_MS))
    signal.addEventListener('abort', done)
  })
}
