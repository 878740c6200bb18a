import type { TimestampType } from '../data/records.ts'
import type { PackedBatch, PackedHeader } from '../kafka/packed-batch.ts'

/** Where in the record path an operation is. Java: org.apache.kafka.connect.runtime.errors.Stage */
export type Stage =
  | 'TASK_POLL'
  | 'TASK_PUT'
  | 'TRANSFORMATION'
  | 'KEY_CONVERTER'
  | 'VALUE_CONVERTER'
  | 'HEADER_CONVERTER'
  | 'KAFKA_PRODUCE'
  | 'KAFKA_CONSUME'

/**
 * What is happening to one record that fails; records that do not fail have none. `original` is the record as it
 * came: a ConsumedRecord for a sink, the polled SourceRecord for a source. Java: ProcessingContext
 */
export class ProcessingContext<T> {
  failed = false
  error: unknown = null
  stage: Stage = 'TRANSFORMATION'
  /** Java class of the executing converter or transformation. */
  className = ''
  /** The key prefix of the executing transformation, such as `transforms.cast`. */
  alias: string | null = null

  constructor(readonly original: T) {}

  at(stage: Stage, className: string, alias: string | null = null): this {
    this.stage = stage
    this.className = className
    this.alias = alias
    return this
  }

  fail(error: unknown): void {
    this.failed = true
    this.error = error
  }
}

/** A record as Kafka gave it, in raw bytes. Java: ConsumerRecord<byte[], byte[]> */
export interface ConsumedRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** ms since 1970, -1 = none. */
  readonly timestamp: number
  readonly timestampType: TimestampType
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly PackedHeader[]
}

/** By the number that a packed batch has for them. */
export const TIMESTAMP_TYPES: readonly TimestampType[] = ['NoTimestampType', 'CreateTime', 'LogAppendTime']

/** Record `i` of a batch; bytes are views, valid until the batch is cleared. */
export function consumedRecord(batch: PackedBatch, i: number): ConsumedRecord {
  return {
    topic: batch.topic(i),
    partition: batch.partition(i),
    offset: batch.offset(i),
    timestamp: batch.timestamp(i),
    timestampType: TIMESTAMP_TYPES[batch.timestampType(i)]!,
    key: batch.key(i),
    value: batch.value(i),
    headers: batch.headerCount(i) > 0 ? batch.headers(i) : [],
  }
}

/** Names a consumed record in an error. */
export function describeConsumed(record: Pick<ConsumedRecord, 'topic' | 'partition' | 'offset'>): string {
  return `record of topic '${record.topic}', partition ${record.partition}, offset ${record.offset}`
}
