import { causes, javaTrace, RetriableException } from '../data/errors.ts'
import type { SourceRecord } from '../data/records.ts'
import type { KafkaError } from '../kafka/port.ts'
import type { Logger } from '../observe/log.ts'
import type { SourceMeters } from '../observe/metrics/task-meters.ts'
import type { SourceTask } from '../sdk/plugin.ts'
import { pause } from '../waiting/deadline.ts'
import { isPending } from './awaitable.ts'
import type { Breather } from './breather.ts'

export interface SourcePollerOptions {
  name: string
  task: SourceTask
  /** The task is to stop: ends a pause. */
  signal: AbortSignal
  breather: Breather
  log: Logger
  meters: SourceMeters | null
}

/** The longest pause after a `poll` that came back empty at once, in ms. */
const LONGEST_IDLE = 20

/** Asks a source task for records; one that does not wait itself keeps no core busy. */
export class SourcePoller {
  readonly #options: SourcePollerOptions
  #emptyPolls = 0
  #lastRetryLog = Number.NEGATIVE_INFINITY

  constructor(options: SourcePollerOptions) {
    this.#options = options
  }

  /** Null also for a retriable failure; comes back only after the event loop has had its turn when idle. */
  async poll(): Promise<SourceRecord[] | null> {
    const { name, task, signal, breather, log, meters } = this.#options
    const started = performance.now()
    try {
      const answer = task.poll()
      const records = isPending(answer) ? await answer : answer
      if (records != null && meters !== null) {
        meters.pollTime.record(performance.now() - started)
        meters.poll.record(records.length)
      }
      if (records != null && records.length > 0) {
        this.#emptyPolls = 0
        return records
      }
    } catch (error) {
      if (!isRetriable(error)) throw error
      if (started - this.#lastRetryLog >= 1000) {
        this.#lastRetryLog = started
        log.warn(
          `Task ${name} failed to poll records from SourceTask. Will retry operation. ${causes(error)}`,
          javaTrace(error),
        )
      }
    }
    // A task that does not wait itself must not keep a core busy, nor the event loop from turning.
    const waited = performance.now() - started >= 1
    this.#emptyPolls = waited ? 0 : this.#emptyPolls + 1
    if (this.#emptyPolls > 1) await pause(Math.min(this.#emptyPolls - 1, LONGEST_IDLE), signal)
    else await breather.take()
    return null
  }
}

/** Connect's RetriableException and Kafka's. */
export function isRetriable(error: unknown): boolean {
  return error instanceof RetriableException || (error as KafkaError | null)?.retriable === true
}
