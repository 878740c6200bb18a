import { ConnectHeaders } from '../data/headers.ts'
import { SinkRecord, type TimestampType } from '../data/records.ts'
import { SchemaAndValue } from '../data/schema.ts'
import type { PackedBatch } from '../kafka/packed-batch.ts'
import type { Chain } from './chain.ts'
import { type Stage, type TaskConverters, toleranceExceeded } from './converters.ts'
import type { PartitionProgress, SinkOffsets } from './sink-offsets.ts'

const TIMESTAMP_TYPES: readonly TimestampType[] = ['NoTimestampType', 'CreateTime', 'LogAppendTime']

/**
 * Turns packed records into sink records: key, value and header converters, then transformations. Notes how far
 * each partition was read, dropped records included. Java: WorkerSinkTask.convertMessages
 */
export class SinkDecoder {
  readonly #task: string
  readonly #converters: TaskConverters
  readonly #chain: Chain<SinkRecord> | null
  readonly #offsets: SinkOffsets
  readonly #key = new SchemaAndValue()
  readonly #value = new SchemaAndValue()

  constructor(
    task: string,
    converters: TaskConverters,
    chain: Chain<SinkRecord> | null,
    offsets: SinkOffsets,
  ) {
    this.#task = task
    this.#converters = converters
    this.#chain = chain
    this.#offsets = offsets
  }

  decode(batch: PackedBatch): SinkRecord[] {
    const { key, value } = this.#converters
    const keyResult = this.#key
    const valueResult = this.#value
    const chain = this.#chain
    const { data, count } = batch
    const records: SinkRecord[] = []
    let topicNumber = -1
    let topic = ''
    let partition = -1
    let progress: PartitionProgress | null = null
    let stage: Stage = 'KEY_CONVERTER'
    let i = 0
    try {
      for (; i < count; i++) {
        if (batch.topicAt(i) !== topicNumber || batch.partition(i) !== partition) {
          topicNumber = batch.topicAt(i)
          topic = batch.topic(i)
          partition = batch.partition(i)
          progress = this.#offsets.of(topic, partition)
          // The consumer did not know its position when the partition was assigned: it was at most here.
          if (progress.current === null) this.#offsets.position(topic, partition, batch.offset(i))
        }
        const offset = batch.offset(i)
        const keyLength = batch.keyLength(i)
        const start = batch.start(i)
        stage = 'KEY_CONVERTER'
        key.deserialize(topic, data, start, keyLength, keyResult)
        stage = 'VALUE_CONVERTER'
        value.deserialize(
          topic,
          data,
          keyLength > 0 ? start + keyLength : start,
          batch.valueLength(i),
          valueResult,
        )
        const timestamp = batch.timestamp(i)
        let record: SinkRecord | null = new SinkRecord(
          topic,
          partition,
          keyResult.schema,
          keyResult.value,
          valueResult.schema,
          valueResult.value,
          offset,
          timestamp < 0 ? null : timestamp,
          TIMESTAMP_TYPES[batch.timestampType(i)]!,
          batch.headerCount(i) > 0 ? this.#headers(topic, batch, i) : null,
        )
        progress!.consumed = offset + 1
        if (chain !== null) {
          stage = 'TRANSFORMATION'
          record = chain.apply(record)
          if (record === null) continue
        }
        records.push(record)
      }
    } catch (error) {
      const inHeader = error instanceof HeaderFailure
      throw toleranceExceeded(
        inHeader ? error.cause : error,
        this.#task,
        inHeader ? 'HEADER_CONVERTER' : stage,
        this.#converters,
        `record of topic '${topic}', partition ${partition}, offset ${batch.offset(i)}`,
      )
    }
    return records
  }

  #headers(topic: string, batch: PackedBatch, i: number): ConnectHeaders {
    const headers = new ConnectHeaders()
    const result = new SchemaAndValue()
    try {
      for (const { name, value } of batch.headers(i)) {
        this.#converters.header.deserialize(topic, name, value, result)
        headers.add(name, result.value, result.schema)
      }
    } catch (error) {
      throw new HeaderFailure('', { cause: error })
    }
    return headers
  }
}

/** Tells a header converter's failure from the others without a stage switch in the loop. */
class HeaderFailure extends Error {}
