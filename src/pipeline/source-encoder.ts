import { ConnectException } from '../data/errors.ts'
import type { OffsetMap, SourceRecord } from '../data/records.ts'
import type { PackedBatch } from '../kafka/packed-batch.ts'
import type { Chain } from './chain.ts'
import { type Stage, type TaskConverters, toleranceExceeded } from './converters.ts'
import { HeaderBuffer } from './header-buffer.ts'
import type { SubmittedRecords } from './source-offsets.ts'

/** A batch is handed over when it holds this much: what a steady stream keeps in the processor's caches. */
const FULL_BYTES = 448 * 1024
const FULL_RECORDS = 2048

/**
 * Turns polled records into packed ones: transformations, then header, key and value converters.
 * Java: AbstractWorkerSourceTask.convertTransformedRecord
 */
export class SourceEncoder {
  readonly #task: string
  readonly #converters: TaskConverters
  readonly #chain: Chain<SourceRecord> | null
  readonly #submitted: SubmittedRecords
  readonly #dropped: (record: SourceRecord) => void
  readonly #headers = new HeaderBuffer()
  /** Topics that are there; null where it is the broker that makes them. */
  readonly #known: ReadonlySet<string> | null
  /** The topic, not known to be there, of the record that `encode` stopped before. */
  wanted: string | null = null
  /** That record, so that it is not transformed twice. */
  #held: SourceRecord | null = null

  constructor(
    task: string,
    converters: TaskConverters,
    chain: Chain<SourceRecord> | null,
    submitted: SubmittedRecords,
    dropped: (record: SourceRecord) => void,
    known: ReadonlySet<string> | null = null,
  ) {
    this.#known = known
    this.#task = task
    this.#converters = converters
    this.#chain = chain
    this.#submitted = submitted
    this.#dropped = dropped
  }

  /**
   * Appends records from index `from` until the batch is full, or `wanted` has to be made first, and returns the
   * index of the next one. A record that cannot be encoded throws; those before it are in the batch.
   */
  encode(records: readonly SourceRecord[], from: number, batch: PackedBatch): number {
    const { key, value } = this.#converters
    const chain = this.#chain
    const submitted = this.#submitted
    let lastTopic: string | null = null
    let topicNumber = 0
    let stage: Stage = 'TRANSFORMATION'
    let i = from
    this.wanted = null
    try {
      for (; i < records.length; i++) {
        if (batch.count >= FULL_RECORDS || batch.dataLength >= FULL_BYTES) break
        const original = records[i]!
        let record = original
        if (chain !== null) {
          stage = 'TRANSFORMATION'
          const transformed = this.#held ?? chain.apply(original)
          this.#held = null
          if (transformed === null) {
            this.#dropped(original)
            continue
          }
          record = transformed
        }
        const topic = record.topic
        if (topic !== lastTopic || topic == null) {
          if (topic == null) throw new IllegalArgument('Topic cannot be null.')
          if (this.#known !== null && !this.#known.has(topic)) {
            this.wanted = topic
            this.#held = record
            break
          }
          topicNumber = batch.topicNumber(topic)
          lastTopic = topic
        }
        const withHeaders = record.hasHeaders
        if (withHeaders) {
          stage = 'HEADER_CONVERTER'
          this.#headers.encode(topic, record.headers, this.#converters.header)
        }
        batch.begin(topicNumber, partitionOf(record), timestampOf(record))
        stage = 'KEY_CONVERTER'
        key.serialize(topic, record.keySchema, record.key, batch)
        batch.endKey()
        stage = 'VALUE_CONVERTER'
        value.serialize(topic, record.valueSchema, record.value, batch)
        batch.endValue()
        if (withHeaders) this.#headers.appendTo(batch)
        batch.commit()
        submitted.submit(original)
      }
    } catch (error) {
      if (error instanceof IllegalArgument || error instanceof InvalidRecord) throw error
      throw toleranceExceeded(error, this.#task, stage, this.#converters, describe(records[i]!))
    }
    return i
  }
}

function partitionOf(record: SourceRecord): number {
  const partition = record.kafkaPartition
  if (partition == null) return -1
  if (partition >= 0) return partition
  throw new IllegalArgument(
    `Invalid partition: ${partition}. Partition number should always be non-negative or null.`,
  )
}

function timestampOf(record: SourceRecord): number {
  const timestamp = record.timestamp
  if (timestamp == null) return -1
  if (timestamp >= -1) return timestamp
  throw new InvalidRecord(`Invalid record timestamp ${timestamp}`)
}

/** Names a record in an error. */
export function describe(record: Pick<SourceRecord, 'topic' | 'sourcePartition' | 'sourceOffset'>): string {
  const { topic, sourcePartition, sourceOffset } = record
  return `record of topic '${topic}' with source partition ${plain(sourcePartition)} and source offset ${plain(sourceOffset)}`
}

function plain(map: OffsetMap | null): string {
  return JSON.stringify(map, (_, value) => (typeof value === 'bigint' ? Number(value) : value))
}

/** Outside the error tolerance, as in Java: these kill the task whatever `errors.tolerance` says. */
class IllegalArgument extends ConnectException {
  static override readonly javaClass = 'java.lang.IllegalArgumentException'
}
class InvalidRecord extends ConnectException {
  static override readonly javaClass = 'org.apache.kafka.common.InvalidRecordException'
}
