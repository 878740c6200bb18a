import { type Logger, pause } from '#bunnect'
import type { Connection } from './drivers/connection.ts'
import { SqlError } from './drivers/sql-error.ts'

export interface CachedConnectionOptions {
  /** `connection.attempts` and `connection.backoff.ms` */
  readonly attempts: number
  readonly attemptBackoffMs: number
  readonly log: Logger
  /** Ends the wait between attempts, and further ones. */
  readonly signal: AbortSignal
  /** `warn` says each thing once, however often it is connected. */
  connect(warn: (message: string) => void): Promise<Connection>
  /** What a session needs before it is used. */
  prepare?(connection: Connection): Promise<void>
  /** The error for whoever asked, when no further attempt is made; `passes`: one may succeed later. */
  refused(message: string, passes: boolean, details: { cause: unknown; hint?: string }): Error
}

/** One session that is opened when it is needed. Java: io.confluent.connect.jdbc.util.CachedConnectionProvider */
export class CachedConnection {
  readonly #options: CachedConnectionOptions
  readonly #told = new Set<string>()
  #connection: Connection | null = null
  #closing: Promise<void> = Promise.resolve()

  constructor(options: CachedConnectionOptions) {
    this.#options = options
  }

  /** @throws what `refused` gives, after `connection.attempts` */
  async get(): Promise<Connection> {
    if (this.#connection?.isOpen) return this.#connection
    await this.close()
    const { attempts, attemptBackoffMs, log, signal, refused } = this.#options
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#open()
      } catch (cause) {
        const passes = cause instanceof SqlError && cause.transient
        if (!passes || attempt >= attempts || signal.aborted) {
          const message = cause instanceof Error ? cause.message : String(cause)
          const { hint } = cause as { hint?: string }
          throw refused(message, passes, { cause, ...(hint !== undefined && { hint }) })
        }
        log.info(
          `Unable to connect to database on attempt ${attempt}/${attempts}. Will retry in ${attemptBackoffMs} ms: ${cause.message}`,
        )
        await pause(attemptBackoffMs, signal)
      }
    }
  }

  /** Breaks what is going on; whoever calls it meanwhile waits for it, too. */
  close(): Promise<void> {
    const connection = this.#connection
    this.#connection = null
    if (connection !== null) this.#closing = this.#leave(connection)
    return this.#closing
  }

  async #leave(connection: Connection): Promise<void> {
    try {
      await connection.close()
    } catch (error) {
      this.#options.log.warn(
        `A connection did not close well: ${error instanceof Error ? error.message : error}`,
      )
    }
  }

  async #open(): Promise<Connection> {
    const { connect, prepare } = this.#options
    const opened = await connect(message => this.#warn(message))
    // From now on `close` breaks it off.
    this.#connection = opened
    try {
      await prepare?.(opened)
    } catch (error) {
      await this.close()
      throw error
    }
    return opened
  }

  #warn(message: string): void {
    if (this.#told.has(message)) return
    this.#told.add(message)
    this.#options.log.warn(message)
  }
}
