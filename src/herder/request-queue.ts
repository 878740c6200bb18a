import { within } from '../waiting/deadline.ts'
import { HerderError } from './errors.ts'
import { SerialQueues } from './serial.ts'

/** How long a request waits for connectors and tasks; fixed in the JVM too. */
const REQUEST_TIMEOUT_MS = 90_000

/** What something is at, in the words of Connect's timeout answer, and since when. */
export interface Stage {
  what: string
  began: Date
}

/** Tells what a request is at; a function where others know. */
export type AtStage = (stage: string | (() => Stage)) => void

/** Where requests wait: a deadline for each, one job of a connector at a time, none any more after `close`. */
export class RequestQueue {
  readonly #queues = new SerialQueues()
  readonly #timeoutMs: number
  #closed = false

  constructor(timeoutMs = REQUEST_TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs
  }

  get closed(): boolean {
    return this.#closed
  }

  /** The answer of `work`, or Connect's timeout answer; the work itself goes on (invariant 7). */
  async request<T>(first: string, work: (at: AtStage) => Promise<T>): Promise<T> {
    if (this.#closed) throw new HerderError('SHUTTING_DOWN')
    let stage: () => Stage = () => ({ what: first, began })
    const began = new Date()
    const at: AtStage = next => {
      const now = new Date()
      stage = typeof next === 'string' ? () => ({ what: next, began: now }) : next
    }
    return await within(work(at), this.#timeoutMs, () => {
      const { what, began } = stage()
      throw new HerderError('TIMED_OUT', what, began.toISOString())
    })
  }

  /** Runs after all earlier jobs of this connector. */
  job<T>(connector: string, job: () => Promise<T>): Promise<T> {
    return this.#queues.run(connector, () => {
      if (this.#closed) throw new HerderError('SHUTTING_DOWN')
      return job()
    })
  }

  /** From now on requests and waiting jobs are refused; what runs goes on. */
  close(): void {
    this.#closed = true
  }

  /** Resolves when no job runs or waits. */
  idle(): Promise<void> {
    return this.#queues.idle()
  }
}
