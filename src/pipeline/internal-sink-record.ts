import type { ConnectHeaders } from '../data/headers.ts'
import { SinkRecord, type TimestampType } from '../data/records.ts'
import type { Schema } from '../data/schema.ts'
import type { PackedBatch } from '../kafka/packed-batch.ts'
import { type ConsumedRecord, consumedRecord } from './processing-context.ts'

/**
 * A sink record that still knows its raw bytes, for a task that may report it; what transformations and the task make
 * of it by `newRecord` knows them too. Java: org.apache.kafka.connect.runtime.InternalSinkRecord
 */
export class InternalSinkRecord extends SinkRecord {
  readonly #batch: PackedBatch
  readonly #index: number

  /** `batch` must not be cleared while the record lives. */
  constructor(
    batch: PackedBatch,
    index: number,
    topic: string,
    kafkaPartition: number,
    keySchema: Schema | null,
    key: unknown,
    valueSchema: Schema | null,
    value: unknown,
    timestamp: number | null,
    timestampType: TimestampType,
    headers: ConnectHeaders | null,
  ) {
    const offset = batch.offset(index)
    super(
      topic,
      kafkaPartition,
      keySchema,
      key,
      valueSchema,
      value,
      offset,
      timestamp,
      timestampType,
      headers,
      { topic: batch.topic(index), partition: batch.partition(index), offset },
    )
    this.#batch = batch
    this.#index = index
  }

  /** The record as it was consumed. */
  consumed(): ConsumedRecord {
    return consumedRecord(this.#batch, this.#index)
  }

  override newRecord(
    topic: string | null,
    kafkaPartition: number | null,
    keySchema: Schema | null,
    key: unknown,
    valueSchema: Schema | null,
    value: unknown,
    timestamp: number | null,
    headers?: ConnectHeaders,
  ): this {
    return new InternalSinkRecord(
      this.#batch,
      this.#index,
      topic as string,
      kafkaPartition as number,
      keySchema,
      key,
      valueSchema,
      value,
      timestamp,
      this.timestampType,
      headers ?? (this.hasHeaders ? this.headers.duplicate() : null),
    ) as this
  }
}
