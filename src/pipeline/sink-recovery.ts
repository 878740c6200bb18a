import type { ConnectHeaders } from '../data/headers.ts'
import type { SinkRecord } from '../data/records.ts'
import { SchemaAndValue } from '../data/schema.ts'
import type { PackedBatch } from '../kafka/packed-batch.ts'
import type { Chain } from './chain.ts'
import { outputs, recoverChain } from './chain-recovery.ts'
import { recoverConversion } from './conversion-recovery.ts'
import type { ConverterStage, RecordFailure, TaskConverters } from './converters.ts'
import type { ErrorOperator } from './error-operator.ts'
import { type ConsumedRecord, consumedRecord, ProcessingContext } from './processing-context.ts'
import { decodedHeaders, sinkRecord } from './sink-decoder.ts'

/**
 * Takes a record on from the operation that failed: each further operation by itself, with retries. Conversions
 * before the failed one are done anew. One failing output of several fails the record as a whole.
 */
export class SinkRecovery {
  readonly #converters: TaskConverters
  readonly #chain: Chain<SinkRecord> | null
  readonly #operator: ErrorOperator<ConsumedRecord>

  constructor(
    converters: TaskConverters,
    chain: Chain<SinkRecord> | null,
    operator: ErrorOperator<ConsumedRecord>,
  ) {
    this.#converters = converters
    this.#chain = chain
    this.#operator = operator
  }

  /** What record `i` gives, nothing when it is dropped or skipped. Throws what kills the task. */
  async recover(
    batch: PackedBatch,
    i: number,
    kept: PackedBatch | null,
    failure: RecordFailure,
  ): Promise<readonly SinkRecord[]> {
    const context = new ProcessingContext(consumedRecord(batch, i))
    if (failure.stage === 'TRANSFORMATION') {
      return recoverChain(this.#chain!, this.#operator, context, failure.error)
    }
    const record = await this.#convert(batch, i, kept, context, failure)
    if (record === null) return []
    if (this.#chain === null) return [record]
    try {
      return outputs(this.#chain.apply(record))
    } catch (error) {
      return recoverChain(this.#chain, this.#operator, context, error)
    }
  }

  async #convert(
    batch: PackedBatch,
    i: number,
    kept: PackedBatch | null,
    context: ProcessingContext<ConsumedRecord>,
    failure: RecordFailure,
  ): Promise<SinkRecord | null> {
    const { data } = batch
    const topic = batch.topic(i)
    const { key, value, header } = this.#converters
    const run = <V>(stage: ConverterStage, work: () => V) =>
      recoverConversion(this.#converters, this.#operator, context, failure, stage, work)
    const keyResult = new SchemaAndValue()
    await run('KEY_CONVERTER', () =>
      key.deserialize(topic, data, batch.start(i), batch.keyLength(i), keyResult),
    )
    if (context.failed) return null
    const valueResult = new SchemaAndValue()
    await run('VALUE_CONVERTER', () =>
      value.deserialize(topic, data, batch.valueStart(i), batch.valueLength(i), valueResult),
    )
    if (context.failed) return null
    const headers = await run<ConnectHeaders | null>('HEADER_CONVERTER', () =>
      batch.headerCount(i) > 0 ? decodedHeaders(batch, i, header) : null,
    )
    if (context.failed) return null
    return sinkRecord(batch, i, kept, keyResult, valueResult, headers)
  }
}
