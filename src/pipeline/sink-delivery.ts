import { ConnectException, RetriableException } from '../data/errors.ts'
import type { SinkRecord } from '../data/records.ts'
import type { SinkMeters } from '../observe/metrics/task-meters.ts'
import type { SinkTask } from '../sdk/plugin.ts'
import { isPending } from './awaitable.ts'
import type { SinkCounters } from './counters.ts'
import type { ErrantRecords } from './errant-records.ts'
import { isolate, RefusalStreak, type Unfinished } from './put-isolation.ts'

export interface SinkDeliveryOptions {
  task: SinkTask
  /** Records that `put` refuses are found by halving the batch. */
  isolatePut: boolean
  errantRecords: ErrantRecords
  counters: SinkCounters
  meters: SinkMeters | null
  cancelled(): boolean
}

/** Hands records to a sink task. Java: WorkerSinkTask.deliverMessages */
export class SinkDelivery {
  readonly #options: SinkDeliveryOptions
  readonly #streak = new RefusalStreak()

  constructor(options: SinkDeliveryOptions) {
    this.#options = options
  }

  /**
   * Null when every record was put, or reported as bad; else what is to be put again after the RetriableException.
   * Throws the ConnectException that ends the task.
   */
  async put(records: SinkRecord[]): Promise<Unfinished | null> {
    const { task, counters, meters, isolatePut } = this.#options
    const began = meters === null ? 0 : performance.now()
    try {
      // A fresh list: what the task does with it must not change what is delivered again.
      const answer = task.put(records.slice())
      if (isPending(answer)) await answer
    } catch (error) {
      if (error instanceof RetriableException) return { left: records, error }
      if (!isolatePut || records.length === 0) throw exiting(error)
      return this.#isolate(records, error)
    }
    counters.put += records.length
    if (meters !== null) {
      meters.putTime.record(performance.now() - began)
      meters.batchSize.record(records.length)
      meters.send.record(records.length)
    }
    if (records.length > 0) this.#streak.end()
    return null
  }

  async #isolate(records: readonly SinkRecord[], refusal: unknown): Promise<Unfinished | null> {
    const { task, counters, meters, errantRecords, cancelled } = this.#options
    const streak = this.#streak
    /** Not reported before it is known that `put` takes others. */
    const refused: [SinkRecord, unknown][] = []
    const report = () => {
      for (const [record, error] of refused.splice(0)) void errantRecords.report(record, error)
    }
    let bad = 0
    try {
      const unfinished = await isolate(records, refusal, {
        async put(slice) {
          const began = meters === null ? 0 : performance.now()
          await task.put(slice)
          if (meters !== null) {
            meters.putTime.record(performance.now() - began)
            meters.batchSize.record(slice.length)
            meters.send.record(slice.length)
          }
          streak.end()
          report()
        },
        bad(record, error) {
          bad++
          streak.refused(error)
          refused.push([record, error])
          if (!errantRecords.tolerant) report()
        },
        ended: cancelled,
      })
      // Of a task that is given up nothing is committed: the records come again.
      if (!cancelled()) report()
      counters.put += records.length - bad - (unfinished?.left.length ?? 0)
      return unfinished
    } catch (error) {
      throw exiting(error)
    }
  }
}

function exiting(cause: unknown): ConnectException {
  const hint = cause instanceof ConnectException ? cause.hint : undefined
  return new ConnectException('Exiting WorkerSinkTask due to unrecoverable exception.', {
    cause,
    ...(hint !== undefined && { hint }),
  })
}
