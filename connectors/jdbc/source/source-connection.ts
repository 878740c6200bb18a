import { ConnectException, type Logger } from '#bunnect'
import { CachedConnection } from '../cached-connection.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { Connection } from '../drivers/connection.ts'
import type { SourceSettings } from './settings.ts'

/** The session of a source task, or of what looks after a source's tables: it ends when that is to stop. */
export class SourceConnection {
  readonly #session: CachedConnection

  constructor(
    { dialect, connection, isolation, attempts, attemptBackoffMs }: SourceSettings,
    private readonly log: Logger,
    private readonly signal: AbortSignal,
  ) {
    this.#session = new CachedConnection({
      ...{ attempts, attemptBackoffMs, log, signal },
      connect: warn => this.#unlessStopped(dialect.connect({ ...connection, warn })),
      prepare: async opened => {
        const sql = isolationStatement(dialect, isolation)
        if (sql !== null) await opened.execute(sql)
      },
      refused: (message, _passes, details) => new ConnectException(message, details),
    })
    signal.addEventListener('abort', () => void this.close(), { once: true })
  }

  /** @throws ConnectException after `connection.attempts`, or when it is to stop */
  get(): Promise<Connection> {
    return this.#session.get()
  }

  /** Breaks what is going on. */
  close(): Promise<void> {
    return this.#session.close()
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
}

/** Null where there is nothing to set. @throws ConnectException where the database has no such level */
export function isolationStatement(dialect: Dialect, mode: SourceSettings['isolation']): string | null {
  if (mode === 'DEFAULT') return null
  const statement = dialect.isolationStatement(mode)
  if (statement !== null) return statement || null
  const why = mode === 'SQL_SERVER_SNAPSHOT' ? 'is one of SQL Server, not of' : 'is no level of'
  throw new ConnectException(`transaction.isolation.mode=${mode} ${why} ${dialect.name}`)
}
