import { ConnectHeaders } from './headers.ts'
import { javaText } from './java-text.ts'
import type { JavaNumber } from './numbers.ts'
import type { Schema } from './schema.ts'

/**
 * A value of a source partition or source offset map: flat, string keys, primitive values. A double with an
 * integral value is a Float64, as everywhere without a schema.
 */
export type OffsetValue = string | number | bigint | boolean | JavaNumber | Uint8Array | null
/** A source partition or a source offset. */
export type OffsetMap = Readonly<Record<string, OffsetValue>>

export type TimestampType = 'NoTimestampType' | 'CreateTime' | 'LogAppendTime'

const NO_HEADERS = 'ConnectHeaders(headers=)'

/** What both directions share. Java: org.apache.kafka.connect.connector.ConnectRecord */
export abstract class ConnectRecord {
  #headers: ConnectHeaders | null

  constructor(
    readonly topic: string | null,
    readonly kafkaPartition: number | null,
    readonly keySchema: Schema | null,
    readonly key: unknown,
    readonly valueSchema: Schema | null,
    readonly value: unknown,
    /** Milliseconds since 1970, or null. */
    readonly timestamp: number | null,
    headers: ConnectHeaders | null,
  ) {
    this.#headers = headers
  }

  /** Never null; made on first use, since most records have none. */
  get headers(): ConnectHeaders {
    this.#headers ??= new ConnectHeaders()
    return this.#headers
  }

  /** False without creating the headers object: the record path asks this for every record. */
  get hasHeaders(): boolean {
    return this.#headers !== null && this.#headers.size > 0
  }

  /** As Java prints it. */
  toString(): string {
    const { key, keySchema, value, valueSchema } = this
    return (
      `ConnectRecord{topic='${this.topic}', kafkaPartition=${this.kafkaPartition}, ` +
      `key=${javaText(key, keySchema)}, keySchema=${keySchema}, value=${javaText(value, valueSchema)}, ` +
      `valueSchema=${valueSchema}, timestamp=${this.timestamp}, headers=${this.#headers ?? NO_HEADERS}}`
    )
  }

  /** A copy with other content that keeps what the direction adds; without `headers` ours are duplicated. */
  abstract newRecord(
    topic: string | null,
    kafkaPartition: number | null,
    keySchema: Schema | null,
    key: unknown,
    valueSchema: Schema | null,
    value: unknown,
    timestamp: number | null,
    headers?: ConnectHeaders,
  ): this
}

/** Java: org.apache.kafka.connect.source.SourceRecord */
export class SourceRecord extends ConnectRecord {
  constructor(
    readonly sourcePartition: OffsetMap | null,
    readonly sourceOffset: OffsetMap | null,
    topic: string | null,
    kafkaPartition: number | null,
    keySchema: Schema | null,
    key: unknown,
    valueSchema: Schema | null,
    value: unknown,
    timestamp: number | null = null,
    headers: ConnectHeaders | null = null,
  ) {
    super(topic, kafkaPartition, keySchema, key, valueSchema, value, timestamp, headers)
  }

  override toString(): string {
    const partition = javaText(this.sourcePartition)
    return `SourceRecord{sourcePartition=${partition}, sourceOffset=${javaText(this.sourceOffset)}} ${super.toString()}`
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
    return new SourceRecord(
      this.sourcePartition,
      this.sourceOffset,
      topic,
      kafkaPartition,
      keySchema,
      key,
      valueSchema,
      value,
      timestamp,
      headers ?? (this.hasHeaders ? this.headers.duplicate() : null),
    ) as this
  }
}

/** Java: org.apache.kafka.connect.sink.SinkRecord */
export class SinkRecord extends ConnectRecord {
  readonly originalTopic: string
  readonly originalKafkaPartition: number
  readonly originalKafkaOffset: number

  constructor(
    topic: string,
    kafkaPartition: number,
    keySchema: Schema | null,
    key: unknown,
    valueSchema: Schema | null,
    value: unknown,
    readonly kafkaOffset: number,
    timestamp: number | null = null,
    readonly timestampType: TimestampType = 'NoTimestampType',
    headers: ConnectHeaders | null = null,
    original?: { topic: string; partition: number; offset: number },
  ) {
    super(topic, kafkaPartition, keySchema, key, valueSchema, value, timestamp, headers)
    this.originalTopic = original ? original.topic : topic
    this.originalKafkaPartition = original ? original.partition : kafkaPartition
    this.originalKafkaOffset = original ? original.offset : kafkaOffset
  }

  override toString(): string {
    return (
      `SinkRecord{kafkaOffset=${this.kafkaOffset}, timestampType=${this.timestampType}, ` +
      `originalTopic=${this.originalTopic}, originalKafkaPartition=${this.originalKafkaPartition}, ` +
      `originalKafkaOffset=${this.originalKafkaOffset}} ${super.toString()}`
    )
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
    return new SinkRecord(
      topic as string,
      kafkaPartition as number,
      keySchema,
      key,
      valueSchema,
      value,
      this.kafkaOffset,
      timestamp,
      this.timestampType,
      headers ?? (this.hasHeaders ? this.headers.duplicate() : null),
      {
        topic: this.originalTopic,
        partition: this.originalKafkaPartition,
        offset: this.originalKafkaOffset,
      },
    ) as this
  }
}
