import { asciiStretch } from '../data/ascii-stretch.ts'
import { ConnectHeaders } from '../data/headers.ts'
import { SinkRecord } from '../data/records.ts'
import { SchemaAndValue } from '../data/schema.ts'
import type { PackedBatch } from '../kafka/packed-batch.ts'
import type { HeaderConverter } from '../sdk/plugin.ts'
import { type Chain, isSeveral, type Transformed } from './chain.ts'
import type { RecordFailure, RecordStage, TaskConverters } from './converters.ts'
import { InternalSinkRecord } from './internal-sink-record.ts'
import { TIMESTAMP_TYPES } from './processing-context.ts'
import type { PartitionProgress, SinkOffsets } from './sink-offsets.ts'
import { InvalidRecord } from './source-record.ts'
import { StageShare } from './stage-share.ts'

/**
 * Turns packed records into sink records: key, value and header converters, then transformations. Notes how far
 * each partition was read, dropped records included. Java: WorkerSinkTask.convertMessages
 */
export class SinkDecoder {
  /** Why the last `decode` stopped at the record whose index it gave; null when it came to the end. */
  failure: RecordFailure | null = null
  readonly #converters: TaskConverters
  readonly #chain: Chain<SinkRecord> | null
  readonly #offsets: SinkOffsets
  readonly #uses: (topic: string) => void
  readonly #share: StageShare | null
  readonly #key = new SchemaAndValue()
  readonly #value = new SchemaAndValue()

  /**
   * `uses` is told of a topic whose records can be decoded, once for many of them; `share` how a batch's time divides,
   * null where nobody asks.
   */
  constructor(
    converters: TaskConverters,
    chain: Chain<SinkRecord> | null,
    offsets: SinkOffsets,
    uses: (topic: string) => void,
    share: StageShare | null = null,
  ) {
    this.#converters = converters
    this.#chain = chain
    this.#offsets = offsets
    this.#uses = uses
    this.#share = share
  }

  /**
   * Appends what the records from index `from` give, up to the end of the batch or the first one that fails; gives
   * the index where it stopped. `kept` is a copy of the batch for records that have to know their bytes.
   */
  decode(batch: PackedBatch, from: number, kept: PackedBatch | null, into: SinkRecord[]): number {
    const { key, value, header } = this.#converters
    const keyResult = this.#key
    const valueResult = this.#value
    const chain = this.#chain
    const { data, count } = batch
    const share = this.#share
    const timed = chain === null || share === null ? -1 : StageShare.pick(from, count)
    let began = 0
    let topicNumber = -1
    let topic = ''
    let partition = -1
    let told = false
    let progress: PartitionProgress | null = null
    let stage: RecordStage = 'KEY_CONVERTER'
    this.failure = null
    let i = from
    asciiStretch.open(data, batch.dataLength)
    try {
      for (; i < count; i++) {
        const offset = batch.offset(i)
        if (batch.topicAt(i) !== topicNumber || batch.partition(i) !== partition) {
          topicNumber = batch.topicAt(i)
          topic = batch.topic(i)
          partition = batch.partition(i)
          told = false
          progress = this.#offsets.of(topic, partition)
          // The consumer did not know its position when the partition was assigned: it was at most here.
          if (progress.current === null) this.#offsets.position(topic, partition, offset)
        }
        progress!.consumed = offset + 1
        if (i === timed) began = performance.now()
        const keyLength = batch.keyLength(i)
        const start = batch.start(i)
        stage = 'KEY_CONVERTER'
        // A converter that leaves it as it is must not hand on what the record before held.
        keyResult.schema = keyResult.value = null
        key.deserialize(topic, data, start, keyLength, keyResult)
        stage = 'VALUE_CONVERTER'
        valueResult.schema = valueResult.value = null
        value.deserialize(
          topic,
          data,
          keyLength > 0 ? start + keyLength : start,
          batch.valueLength(i),
          valueResult,
        )
        let headers: ConnectHeaders | null = null
        if (batch.headerCount(i) > 0) {
          stage = 'HEADER_CONVERTER'
          headers = decodedHeaders(batch, i, header)
        }
        const record = sinkRecord(batch, i, kept, keyResult, valueResult, headers)
        if (!told) {
          told = true
          this.#uses(topic)
        }
        if (chain === null) {
          into.push(record)
          continue
        }
        stage = 'TRANSFORMATION'
        const converted = i === timed ? performance.now() : 0
        const transformed: Transformed<SinkRecord> = chain.apply(record)
        if (i === timed) {
          share!.converted(converted - began)
          share!.transformed(performance.now() - converted)
        }
        if (transformed === null) continue
        if (isSeveral(transformed)) for (const one of transformed) into.push(one)
        else into.push(transformed)
      }
    } catch (error) {
      // The record cannot be at all: no stage of it has failed that could be tolerated.
      if (error instanceof InvalidRecord) throw error
      this.failure = { stage, error }
    } finally {
      asciiStretch.close()
    }
    return i
  }
}

/** Record `i` with what the converters made of it. */
export function sinkRecord(
  batch: PackedBatch,
  i: number,
  kept: PackedBatch | null,
  key: SchemaAndValue,
  value: SchemaAndValue,
  headers: ConnectHeaders | null,
): SinkRecord {
  const topic = batch.topic(i)
  const partition = batch.partition(i)
  const time = batch.timestamp(i)
  // Java: ConnectUtils.checkAndConvertTimestamp
  if (time < -1) throw new InvalidRecord(`Invalid record timestamp ${time}`)
  const timestamp = time < 0 ? null : time
  const timestampType = TIMESTAMP_TYPES[batch.timestampType(i)]!
  if (kept !== null) {
    return new InternalSinkRecord(
      kept,
      i,
      topic,
      partition,
      key.schema,
      key.value,
      value.schema,
      value.value,
      timestamp,
      timestampType,
      headers,
    )
  }
  return new SinkRecord(
    topic,
    partition,
    key.schema,
    key.value,
    value.schema,
    value.value,
    batch.offset(i),
    timestamp,
    timestampType,
    headers,
  )
}

/** The headers of record `i`. Throws what the converter throws. Java: WorkerSinkTask.convertHeadersFor */
export function decodedHeaders(batch: PackedBatch, i: number, converter: HeaderConverter): ConnectHeaders {
  const topic = batch.topic(i)
  const headers = new ConnectHeaders()
  const result = new SchemaAndValue()
  for (const { name, value } of batch.headers(i)) {
    result.schema = result.value = null
    converter.deserialize(topic, name, value, result)
    headers.add(name, result.value, result.schema)
  }
  return headers
}
