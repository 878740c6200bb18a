import type { Logger } from '#bunnect'
import type { Dialect } from '../dialects/dialect.ts'
import type { Connection } from '../drivers/connection.ts'
import { SqlError } from '../drivers/sql-error.ts'
import { NoConnection } from './failures.ts'
import type { SinkSettings } from './settings.ts'

/** How long a write that is on its way may still take when the task is to stop. */
const GRACE_MS = 3000

/** One session that is opened when it is needed. Java: io.confluent.connect.jdbc.util.CachedConnectionProvider */
export class SinkConnection {
  #connection: Connection | null = null
  #grace: Timer | null = null
  #ended = false

  constructor(
    private readonly dialect: Dialect,
    private readonly settings: SinkSettings,
    private readonly log: Logger,
    private readonly signal: AbortSignal,
  ) {
    // Invariant 7: a database that does not answer holds up no stop.
    const leave = () => {
      this.#grace = setTimeout(() => void this.end(), GRACE_MS)
      this.#grace.unref()
    }
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
  }

  /** @throws NoConnection after `connection.attempts`, or when the task is to stop */
  async get(): Promise<Connection> {
    this.#refuseAfterEnd()
    if (this.#connection?.isOpen) return this.#connection
    await this.close()
    const { attempts, attemptBackoffMs } = this.settings
    for (let attempt = 1; ; attempt++) {
      try {
        this.#connection = await this.dialect.connect({
          ...this.settings.connection,
          warn: message => this.log.warn(message),
        })
        if (this.#ended) await this.close()
        this.#refuseAfterEnd()
        return this.#connection!
      } catch (cause) {
        this.#refuseAfterEnd()
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

  /**
   * There is no session any more, now or later, and what is on its way in one is broken off. Invariant 2: a write that
   * was given up commits nothing after its successor has written.
   */
  async end(): Promise<void> {
    this.#ended = true
    if (this.#grace !== null) clearTimeout(this.#grace)
    await this.close()
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

  #refuseAfterEnd(): void {
    if (!this.#ended) return
    throw new NoConnection('The task is to stop: there is no connection for it any more', true, {
      hint: 'The records come again when it is started.',
    })
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
