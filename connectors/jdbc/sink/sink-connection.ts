import type { Logger } from '#bunnect'
import { CachedConnection } from '../cached-connection.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { Connection } from '../drivers/connection.ts'
import { NoConnection } from './failures.ts'
import type { SinkSettings } from './settings.ts'

/** How long a write that is on its way may still take when the task is to stop. */
const GRACE_MS = 3000

/** A sink task's session. */
export class SinkConnection {
  readonly #session: CachedConnection
  #grace: Timer | null = null
  #ended = false

  constructor(dialect: Dialect, settings: SinkSettings, log: Logger, signal: AbortSignal) {
    const { attempts, attemptBackoffMs, connection } = settings
    this.#session = new CachedConnection({
      ...{ attempts, attemptBackoffMs, log, signal },
      connect: async warn => {
        const opened = await dialect.connect({ ...connection, warn })
        if (this.#ended) await opened.close()
        this.#refuseAfterEnd()
        return opened
      },
      refused: (message, passes, details) => new NoConnection(message, passes, details),
    })
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
    try {
      return await this.#session.get()
    } catch (error) {
      this.#refuseAfterEnd()
      throw error
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
  close(): Promise<void> {
    return this.#session.close()
  }

  #refuseAfterEnd(): void {
    if (!this.#ended) return
    throw new NoConnection('The task is to stop: there is no connection for it any more', true, {
      hint: 'The records come again when it is started.',
    })
  }
}
