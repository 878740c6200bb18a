import type { Logger } from '#bunnect'
import type { Dialect } from '../dialects/dialect.ts'
import type { Connection } from '../drivers/connection.ts'
import { SqlError } from '../drivers/sql-error.ts'
import { NoConnection } from './failures.ts'
import type { SinkSettings } from './settings.ts'

/** One session that is opened when it is needed. Java: io.confluent.connect.jdbc.util.CachedConnectionProvider */
export class SinkConnection {
  #connection: Connection | null = null

  constructor(
    private readonly dialect: Dialect,
    private readonly settings: SinkSettings,
    private readonly log: Logger,
    private readonly signal: AbortSignal,
  ) {}

  /** @throws NoConnection after `connection.attempts`, or when the task is to stop */
  async get(): Promise<Connection> {
    if (this.#connection?.isOpen) return this.#connection
    await this.close()
    const { attempts, attemptBackoffMs } = this.settings
    for (let attempt = 1; ; attempt++) {
      try {
        this.#connection = await this.dialect.connect({
          ...this.settings.connection,
          warn: message => this.log.warn(message),
        })
        return this.#connection
      } catch (cause) {
        const passes = cause instanceof SqlError && cause.transient
        if (!passes || attempt >= attempts || this.signal.aborted) {
          const message = cause instanceof Error ? cause.message : String(cause)
          throw new NoConnection(message, passes, { cause, hint: (cause as { hint?: string }).hint })
        }
        this.log.info(
          `Unable to connect to database on attempt ${attempt}/${attempts}. Will retry in ${attemptBackoffMs} ms: ${cause.message}`,
        )
        await this.#pause(attemptBackoffMs)
      }
    }
  }

  /** The session, if there is one, has come to its end. */
  async close(): Promise<void> {
    const connection = this.#connection
    this.#connection = null
    try {
      await connection?.close()
    } catch (error) {
      this.log.warn(`A connection did not close well: ${error instanceof Error ? error.message : error}`)
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer)
        this.signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      this.signal.addEventListener('abort', done)
      if (this.signal.aborted) done()
    })
  }
}
