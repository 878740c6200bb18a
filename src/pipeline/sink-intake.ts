import type { SinkRecord } from '../data/records.ts'
import type { PackedBatch } from '../kafka/packed-batch.ts'
import { ConversionPending } from '../sdk/conversion-pending.ts'
import type { Chain } from './chain.ts'
import type { TaskConverters } from './converters.ts'
import type { ErrorOperator } from './error-operator.ts'
import type { ConsumedRecord } from './processing-context.ts'
import { SinkDecoder } from './sink-decoder.ts'
import type { SinkOffsets } from './sink-offsets.ts'
import { SinkRecovery } from './sink-recovery.ts'
import type { StageShare } from './stage-share.ts'

export interface SinkIntakeOptions {
  converters: TaskConverters
  chain: Chain<SinkRecord> | null
  offsets: SinkOffsets
  operator: ErrorOperator<ConsumedRecord>
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

  /** Appends what the batch gives. Throws ConnectException for a record that is not tolerated. */
  async take(batch: PackedBatch, into: SinkRecord[]): Promise<void> {
    const kept = this.#options.keepsBytes ? batch.snapshot() : null
    const { operator } = this.#options
    for (let i = 0; ; ) {
      i = this.#decoder.decode(batch, i, kept, into)
      const { failure } = this.#decoder
      if (failure === null || operator.cancelled) return
      if (failure.error instanceof ConversionPending) {
        await operator.ready(failure.error)
        continue
      }
      const recovered = await this.#recovery.recover(batch, i, kept, failure)
      if (recovered.length > 0) this.#options.uses(batch.topic(i))
      for (const record of recovered) into.push(record)
      i++
    }
  }
}
