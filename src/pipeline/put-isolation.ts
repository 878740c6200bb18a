import { ConnectException, javaClassOf, RetriableException } from '../data/errors.ts'
import type { SinkRecord } from '../data/records.ts'

export interface IsolationOptions {
  put(records: SinkRecord[]): Promise<void> | void
  /** Told of each record that `put` refuses by itself, in order; what it throws ends the isolation. */
  bad(record: SinkRecord, error: unknown): void
  /** The task is given up: nothing more is put. */
  ended(): boolean
}

/** Records that are still to be put, when a RetriableException came in between or the task ended. */
export interface Unfinished {
  left: SinkRecord[]
  error: RetriableException | null
}

/**
 * Puts records that `put` has refused together in halves, and those in halves, until every record is put or stands
 * alone; null when all are. Their order stays. Some are put more than once: the plugin has declared that harmless.
 */
export async function isolate(
  records: readonly SinkRecord[],
  refusal: unknown,
  { put, bad, ended }: IsolationOptions,
): Promise<Unfinished | null> {
  interface Slice {
    records: readonly SinkRecord[]
    /** It was put as it is, and refused. */
    refused?: { error: unknown }
  }
  /** The first one last. */
  const slices: Slice[] = [{ records, refused: { error: refusal } }]
  const left = (slice: Slice) => [slice, ...slices.toReversed()].flatMap(each => each.records)
  for (let slice = slices.pop(); slice !== undefined; slice = slices.pop()) {
    const { length } = slice.records
    if (slice.refused !== undefined && length > 1) {
      slices.push(
        { records: slice.records.slice(length >> 1) },
        { records: slice.records.slice(0, length >> 1) },
      )
    } else if (slice.refused !== undefined) {
      bad(slice.records[0]!, slice.refused.error)
    } else if (ended()) {
      return { left: left(slice), error: null }
    } else {
      try {
        await put([...slice.records])
      } catch (error) {
        if (error instanceof RetriableException) return { left: left(slice), error }
        slices.push({ records: slice.records, refused: { error } })
      }
    }
  }
  return null
}

/** So many records in a row, refused with the same class of error, are no matter of the records. */
export const MOST_REFUSALS = 100

/**
 * How many records in a row `put` has refused, each by itself, in however many batches: a target that is gone must
 * not send everything to the dead letter queue.
 */
export class RefusalStreak {
  #count = 0
  #className = ''

  /** `put` has taken something. */
  end(): void {
    this.#count = 0
  }

  /** Throws ConnectException when this is no matter of single records any more. */
  refused(error: unknown): void {
    const className = javaClassOf(error)
    this.#count = className === this.#className ? this.#count + 1 : 1
    this.#className = className
    if (this.#count < MOST_REFUSALS) return
    throw new ConnectException(`put refused ${this.#count} records in a row with ${className}`, {
      cause: error,
      hint:
        'That is no matter of single records: see whether the target of the connector takes any at all. The records ' +
        'of this batch are neither put nor in the dead letter queue; they come again when the task is restarted.',
    })
  }
}
