import type { PackedBatch } from './packed-batch.ts'
import { KafkaError, type Refusal } from './port.ts'

/** A batch's header, and what a record costs at most beside its fields. Java: RECORD_BATCH_OVERHEAD, MAX_RECORD_OVERHEAD */
const OVERHEAD = 61 + 21
/** More than overhead and lengths come to beyond the bytes of a batch, unless a record has hundreds of headers. */
const SLACK = 4096

/**
 * The first record from `from` on that is too large for one request of `limit` bytes (`max.request.size`), with
 * Java's error. Java: KafkaProducer.ensureValidRecordSize
 */
export function firstOversized(batch: PackedBatch, from: number, limit: number): Refusal | null {
  if (from >= batch.count || batch.dataLength - batch.start(from) + SLACK <= limit) return null
  for (let index = from; index < batch.count; index++) {
    const size = sizeUpperBound(batch, index)
    if (size > limit) return { index, error: tooLarge(size, limit) }
  }
  return null
}

/** Java: AbstractRecords.estimateSizeInBytesUpperBound */
function sizeUpperBound(batch: PackedBatch, i: number): number {
  let size = OVERHEAD + field(batch.keyLength(i)) + field(batch.valueLength(i)) + varint(batch.headerCount(i))
  if (batch.headerCount(i) > 0) {
    for (const { name, value } of batch.headers(i))
      size += field(Buffer.byteLength(name)) + field(value === null ? -1 : value.length)
  }
  return size
}

/** A field with its length before it; -1 = null. */
function field(length: number): number {
  return length < 0 ? 1 : varint(length) + length
}

/** Bytes of a zigzag varint that is not negative. */
function varint(value: number): number {
  let bytes = 1
  for (let rest = Math.floor(value / 64); rest > 0; rest = Math.floor(rest / 128)) bytes++
  return bytes
}

function tooLarge(size: number, limit: number): KafkaError {
  return new KafkaError(
    'MESSAGE_TOO_LARGE',
    `The message is ${size} bytes when serialized which is larger than ${limit}, ` +
      'which is the value of the max.request.size configuration.',
    { javaClass: 'org.apache.kafka.common.errors.RecordTooLargeException' },
  )
}
