import type { SourceRecord } from '../data/records.ts'
import type { PackedBatch } from '../kafka/packed-batch.ts'
import { ConversionPending } from '../sdk/conversion-pending.ts'
import { type Chain, isSeveral } from './chain.ts'
import type { RecordFailure, RecordStage, TaskConverters } from './converters.ts'
import { HeaderBuffer } from './header-buffer.ts'
import type { SubmittedRecords } from './source-offsets.ts'
import { unfit } from './source-record.ts'
import { StageShare } from './stage-share.ts'

/** A batch is handed over when it holds this much: what a steady stream keeps in the processor's caches. */
const FULL_BYTES = 448 * 1024
const FULL_RECORDS = 2048
/** No partition, no timestamp: the producer's choice. */
const NONE = -1

/** Where encoding stopped, for a reason that is not fullness. */
export interface EncodeFailure extends RecordFailure {
  /** What the chain gave for the record; null when the chain itself failed. */
  readonly outputs: readonly SourceRecord[] | null
  /** Which of them failed. */
  readonly output: number
  /** The error kills the task, whatever `errors.tolerance` says. */
  readonly final: boolean
}

export interface SourceEncoderOptions {
  converters: TaskConverters
  chain: Chain<SourceRecord> | null
  submitted: SubmittedRecords
  /** The chain has dropped a record. */
  dropped(record: SourceRecord): void
  /** Topics that are there; null where it is the broker that makes them. */
  known: ReadonlySet<string> | null
  /** What is told how a batch's time divides; null where nobody asks. */
  share?: StageShare | null
}

/**
 * Turns polled records into packed ones: transformations, then header, key and value converters.
 * Java: AbstractWorkerSourceTask.convertTransformedRecord
 */
export class SourceEncoder {
  /** Why the last `encode` stopped at the record whose index it gave, when that record failed. */
  failure: EncodeFailure | null = null
  /** The topic, not known to be there, of the record that the last `encode` stopped before. */
  wanted: string | null = null
  /** What a converter has to wait for before it takes the record that the last `encode` stopped before. */
  pending: ConversionPending | null = null
  readonly #options: SourceEncoderOptions
  readonly #headers = new HeaderBuffer()
  /** What the chain gave for that record, so that it is not transformed twice. */
  #held: SourceRecord | readonly SourceRecord[] | null = null

  constructor(options: SourceEncoderOptions) {
    this.#options = options
  }

  /**
   * Appends records from index `from` until the batch is full, `wanted` has to be made or `pending` awaited first or a
   * record fails, and returns the index of the next one; those before it are in the batch.
   */
  encode(records: readonly SourceRecord[], from: number, batch: PackedBatch): number {
    const { chain, submitted, dropped, known, share = null } = this.#options
    const { key, value, header } = this.#options.converters
    const headers = this.#headers
    const timed = chain === null || share === null ? -1 : StageShare.pick(from, records.length)
    let transformedAt = 0
    this.failure = null
    this.wanted = null
    this.pending = null
    let lastTopic: string | null = null
    let topicNumber = 0
    let stage: RecordStage = 'TRANSFORMATION'
    let record: SourceRecord | null = null
    let final = false
    /** How many of the batch's topics have a record: a producer asks the broker for every one of them. */
    let topics = batch.topics.length
    let i = from
    try {
      for (; i < records.length; i++) {
        if (batch.count >= FULL_RECORDS || batch.dataLength >= FULL_BYTES) break
        const original = records[i]!
        if (chain === null) {
          record = original
        } else {
          stage = 'TRANSFORMATION'
          record = null
          const began = i === timed ? performance.now() : 0
          const transformed = this.#held ?? chain.apply(original)
          this.#held = null
          if (i === timed) {
            transformedAt = performance.now()
            share!.transformed(transformedAt - began)
          }
          if (transformed === null) {
            dropped(original)
            continue
          }
          if (isSeveral(transformed)) {
            if (!this.#encodeSeveral(original, transformed, batch)) return i
            topics = batch.topics.length
            continue
          }
          record = transformed
        }
        const topic = record.topic
        const newTopic = topic !== lastTopic
        if (newTopic && topic != null) topicNumber = batch.topicNumber(topic)
        const withHeaders = record.hasHeaders
        if (withHeaders) {
          stage = 'HEADER_CONVERTER'
          headers.encode(topic!, record.headers, header)
        }
        const partition = record.kafkaPartition ?? NONE
        const timestamp = record.timestamp ?? NONE
        batch.begin(topicNumber, partition, timestamp)
        stage = 'KEY_CONVERTER'
        key.serialize(topic!, record.keySchema, record.key, batch)
        batch.endKey()
        stage = 'VALUE_CONVERTER'
        value.serialize(topic!, record.valueSchema, record.value, batch)
        batch.endValue()
        if (topic == null || timestamp < NONE || (partition < 0 && record.kafkaPartition != null)) {
          final = true
          throw unfit(record)
        }
        if (newTopic) {
          if (known !== null && !known.has(topic)) {
            this.wanted = topic
            this.#held = record
            batch.forgetTopics(topics)
            break
          }
          lastTopic = topic
          topics = batch.topics.length
        }
        if (withHeaders) headers.appendTo(batch)
        // First, for it may throw: a record without a sequence would shift the outcomes of all that follow.
        submitted.submit(original)
        batch.commit()
        if (i === timed) share!.converted(performance.now() - transformedAt)
      }
    } catch (error) {
      batch.forgetTopics(topics)
      if (error instanceof ConversionPending) {
        this.pending = error
        this.#held = record
      } else this.failure = { stage, error, outputs: record && [record], output: 0, final }
    }
    return i
  }

  /** All outputs of one record or none; false when it stopped there. */
  #encodeSeveral(original: SourceRecord, outputs: readonly SourceRecord[], batch: PackedBatch): boolean {
    const { submitted, dropped, converters, known } = this.#options
    const { key, value, header } = converters
    const { count, dataLength } = batch
    const topics = batch.topics.length
    let stage: RecordStage = 'HEADER_CONVERTER'
    let output = 0
    let final = false
    try {
      for (; output < outputs.length && this.wanted === null; output++) {
        const record = outputs[output]!
        const topic = record.topic as string
        stage = 'HEADER_CONVERTER'
        this.#headers.encode(topic, record.headers, header)
        batch.begin(batch.topicNumber(topic ?? ''), record.kafkaPartition ?? NONE, record.timestamp ?? NONE)
        stage = 'KEY_CONVERTER'
        key.serialize(topic, record.keySchema, record.key, batch)
        batch.endKey()
        stage = 'VALUE_CONVERTER'
        value.serialize(topic, record.valueSchema, record.value, batch)
        batch.endValue()
        const refused = unfit(record)
        if (refused !== null) {
          final = true
          throw refused
        }
        if (known !== null && !known.has(topic)) this.wanted = topic
        this.#headers.appendTo(batch)
        batch.commit()
      }
    } catch (error) {
      this.wanted = null
      if (error instanceof ConversionPending) this.pending = error
      else this.failure = { stage, error, outputs, output, final }
    }
    if (this.failure !== null || this.wanted !== null || this.pending !== null) {
      if (this.failure === null) this.#held = outputs
      batch.count = count
      batch.dataLength = dataLength
      batch.forgetTopics(topics)
      return false
    }
    if (outputs.length === 0) dropped(original)
    else submitted.submitSeveral(original, outputs.length)
    return true
  }
}
