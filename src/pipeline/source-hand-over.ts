import { ConnectException, causes } from '../data/errors.ts'
import type { PackedBatch } from '../kafka/packed-batch.ts'
import { type DeliveryRun, KafkaError, type Producer, type Refusal } from '../kafka/port.ts'
import { refusedByBroker } from '../kafka/send-errors.ts'
import type { Logger } from '../observe/log.ts'
import { pause } from '../waiting/deadline.ts'

export interface SourceHandOverOptions {
  log: Logger
  /** A record that Kafka refuses fails the task: nothing is handed over from it on. */
  strict: boolean
  /** The producer cannot go on. */
  died(error: KafkaError): void
  /** With `strict`: the producer will not take the record of this sequence. */
  failed(error: KafkaError, sequence: number): void
}

/** Before what the client refused for now is handed over again, in ms. Java: SEND_FAILED_BACKOFF_MS */
const SEND_AGAIN = 100

/** Gives a source task's producers their records, and knows which ones they refuse, until when and why. */
export class SourceHandOver {
  readonly #options: SourceHandOverOptions
  /** Why the client refuses records that it has, by sequence. */
  readonly #refusals = new Map<number, KafkaError>()
  #again = false

  constructor(options: SourceHandOverOptions) {
    this.#options = options
  }

  /** The last hand-over was refused for now. */
  get again(): boolean {
    return this.#again
  }

  /**
   * Hands records over from index `from` on, which has the task's sequence `sequence`. How many the producer has
   * taken; a dead one takes none, nor one that refuses for now. Throws ConnectException for what kills the task.
   */
  hand(producer: Producer, batch: PackedBatch, from: number, sequence: number): number {
    this.#again = false
    try {
      const refusal = producer.refusal(batch, from)
      if (refusal === null) return producer.send(batch, from)
      return this.#handBefore(producer, batch, from, sequence + refusal.index - from, refusal)
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      if (!error.fatal && error.retriable) {
        this.#again = true
        this.#options.log.warn(`Failed to send record, will try again in ${SEND_AGAIN} ms: ${causes(error)}`)
        return 0
      }
      if (!error.fatal) throw new ConnectException('Unrecoverable exception trying to send', { cause: error })
      this.#options.died(error)
      return 0
    }
  }

  /** Resolves when the rest may be handed over; `stop` and `signal` cut the wait short. */
  room(producer: Producer, stop: AbortSignal, signal: AbortSignal): Promise<void> {
    return this.#again ? pause(SEND_AGAIN, stop) : producer.room(signal)
  }

  /** Parts of a refused run of the task's sequences, each with the error to tell of it; `topic` is null when unknown. */
  *reasons(
    run: DeliveryRun,
    error: KafkaError,
    topic: string | null,
  ): Generator<DeliveryRun & { error: KafkaError }> {
    const said = refusedByBroker(error, topic)
    if (this.#refusals.size === 0) {
      yield { ...run, error: said }
      return
    }
    // One by one: those that were too large have the error that says how large.
    for (let first = run.first; first < run.first + run.count; first++) {
      const known = this.#refusals.get(first)
      this.#refusals.delete(first)
      yield { ...run, first, count: 1, error: known ?? said }
    }
  }

  /** Nobody asks about records before `settled` any more. */
  release(settled: number): void {
    for (const sequence of this.#refusals.keys()) if (sequence < settled) this.#refusals.delete(sequence)
  }

  /** As `hand` for a batch with a record that the producer will not take, whose error is known beforehand. */
  #handBefore(
    producer: Producer,
    batch: PackedBatch,
    from: number,
    sequence: number,
    { index, error }: Refusal,
  ): number {
    if (!this.#options.strict) {
      this.#refusals.set(sequence, error)
      return sendUpTo(producer, batch, from, index + 1)
    }
    const taken = sendUpTo(producer, batch, from, index)
    if (from + taken === index) this.#options.failed(error, sequence)
    return taken
  }
}

/** Sends the records before index `end` only. */
function sendUpTo(producer: Producer, batch: PackedBatch, from: number, end: number): number {
  const { count, dataLength } = batch
  if (end < count) batch.dataLength = batch.start(end)
  batch.count = end
  try {
    return producer.send(batch, from)
  } finally {
    batch.count = count
    batch.dataLength = dataLength
  }
}
