import type { SourceRecord } from '../data/records.ts'
import type { PackedBatch } from '../kafka/packed-batch.ts'
import type { Chain } from './chain.ts'
import { recoverChain } from './chain-recovery.ts'
import { recoverConversion } from './conversion-recovery.ts'
import type { ConverterStage, TaskConverters } from './converters.ts'
import type { ErrorOperator } from './error-operator.ts'
import { fieldBytes } from './field-buffer.ts'
import { encodedHeaders } from './header-buffer.ts'
import { ProcessingContext } from './processing-context.ts'
import { appendRaw, type RawRecord } from './raw-record.ts'
import type { EncodeFailure } from './source-encoder.ts'
import { unfit } from './source-record.ts'

/** A record that has been through the slow path. */
export interface EncodedRecord extends RawRecord {
  readonly record: SourceRecord
}

/**
 * Takes a record on from the operation that failed: each further operation by itself, with retries. Conversions
 * before the failed one are done anew. One failing output of several fails the record as a whole: what goes to the
 * dead letter queue is the record as it was polled, and processing it again must not give the others twice.
 */
export class SourceRecovery {
  readonly #converters: TaskConverters
  readonly #chain: Chain<SourceRecord> | null
  readonly #operator: ErrorOperator<SourceRecord>

  constructor(
    converters: TaskConverters,
    chain: Chain<SourceRecord> | null,
    operator: ErrorOperator<SourceRecord>,
  ) {
    this.#converters = converters
    this.#chain = chain
    this.#operator = operator
  }

  /** The records to send, none when it is dropped or skipped. Throws what kills the task. */
  async recover(original: SourceRecord, failure: EncodeFailure): Promise<EncodedRecord[]> {
    if (failure.final) throw failure.error
    const context = new ProcessingContext(original)
    const inChain = failure.outputs === null
    const outputs = inChain
      ? await recoverChain(this.#chain!, this.#operator, context, failure.error)
      : failure.outputs
    const encoded: EncodedRecord[] = []
    for (const [i, record] of outputs.entries()) {
      const made = await this.#convert(record, context, !inChain && i === failure.output ? failure : null)
      if (made === null) return []
      encoded.push(made)
    }
    return encoded
  }

  async #convert(
    record: SourceRecord,
    context: ProcessingContext<SourceRecord>,
    failure: EncodeFailure | null,
  ): Promise<EncodedRecord | null> {
    const { key, value, header } = this.#converters
    const topic = record.topic as string
    const run = <V>(stage: ConverterStage, work: () => V) =>
      recoverConversion(this.#converters, this.#operator, context, failure, stage, work)
    const headers = await run('HEADER_CONVERTER', () =>
      record.hasHeaders ? encodedHeaders(topic, record.headers, header) : [],
    )
    if (context.failed) return null
    const keyBytes = await run('KEY_CONVERTER', () =>
      fieldBytes(out => key.serialize(topic, record.keySchema, record.key, out)),
    )
    if (context.failed) return null
    const valueBytes = await run('VALUE_CONVERTER', () =>
      fieldBytes(out => value.serialize(topic, record.valueSchema, record.value, out)),
    )
    if (context.failed) return null
    const refused = unfit(record)
    if (refused !== null) throw refused
    return { record, headers: headers!, key: keyBytes, value: valueBytes }
  }
}

/** Partition and timestamp that the record leaves open are the producer's choice. Throws as `appendRaw`. */
export function appendEncoded(batch: PackedBatch, encoded: EncodedRecord): void {
  const { topic, kafkaPartition, timestamp } = encoded.record
  appendRaw(batch, batch.topicNumber(topic!), kafkaPartition ?? -1, timestamp ?? -1, encoded)
}
