import type { SinkRecord } from '../data/records.ts'
import type { PackedBatch } from '../kafka/packed-batch.ts'
import { ConversionPending } from '../sdk/conversion-pending.ts'
import type { Chain } from './chain.ts'
import type { RecordFailure, TaskConverters } from './converters.ts'
import type { ErrorOperator } from './error-operator.ts'
import { Interrupted } from './interrupts.ts'
import type { ConsumedRecord } from './processing-context.ts'
import { SinkDecoder } from './sink-decoder.ts'
import type { SinkOffsets } from './sink-offsets.ts'
import { SinkRecovery } from './sink-recovery.ts'
import type { SinkWait } from './sink-wait.ts'
import type { StageShare } from './stage-share.ts'

export interface SinkIntakeOptions {
  converters: TaskConverters
  chain: Chain<SinkRecord> | null
  offsets: SinkOffsets
  operator: ErrorOperator<ConsumedRecord>
  wait: Pick<SinkWait, 'during' | 'broken' | 'hasMoved'>
  /** Records keep their bytes, so that they can be reported. */
  keepsBytes: boolean
  /** Told of the topics that records come from, before they are transformed. */
  uses(topic: string): void
  /** Told how a batch's time divides; null where nobody asks. */
  share?: StageShare | null
}

/** Makes sink records of a batch: the fast way, and one by one what fails on it, each in its place. */
export class SinkIntake {
  readonly #options: SinkIntakeOptions
  readonly #decoder: SinkDecoder
  readonly #recovery: SinkRecovery

  constructor(options: SinkIntakeOptions) {
    const { converters, chain, offsets, operator, uses, share = null } = options
    this.#options = options
    this.#decoder = new SinkDecoder(converters, chain, offsets, uses, share)
    this.#recovery = new SinkRecovery(converters, chain, operator)
  }

  /**
   * Appends what the batch gives, and gives the index of the first record that was not taken: the number of records,
   * but where the wait for one is interrupted. Throws ConnectException for a record that is not tolerated.
   */
  async take(batch: PackedBatch, into: SinkRecord[]): Promise<number> {
    const kept = this.#options.keepsBytes ? batch.snapshot() : null
    const { operator } = this.#options
    let i = 0
    try {
      for (;;) {
        i = this.#decoder.decode(batch, i, kept, into)
        const { failure } = this.#decoder
        if (failure === null || operator.cancelled) return i
        if (await this.#overcome(batch, i, kept, failure, into)) i++
        if (this.#options.wait.broken) return i
      }
    } catch (error) {
      if (error instanceof Interrupted) return i
      throw error
    }
  }

  /** False when record `i` is to be decoded again. */
  async #overcome(
    batch: PackedBatch,
    i: number,
    kept: PackedBatch | null,
    failure: RecordFailure,
    into: SinkRecord[],
  ): Promise<boolean> {
    const { operator, wait, uses } = this.#options
    if (failure.error instanceof ConversionPending) {
      await wait.during(operator.ready(failure.error), batch, i)
      return false
    }
    const recovered = await wait.during(this.#recovery.recover(batch, i, kept, failure), batch, i)
    // Somebody else reads it now, or it is read again.
    if (wait.hasMoved(batch.topic(i), batch.partition(i))) return true
    if (recovered.length > 0) uses(batch.topic(i))
    for (const record of recovered) into.push(record)
    return true
  }
}
