import type { ByteSink } from '../data/bytes.ts'
import { decodeUtf8 } from '../data/java-utf8.ts'
import { KafkaError } from './port.ts'

/** Bytes of one index entry. The native client reads and writes the same layout: see the table below. */
export const STRIDE = 48
const F64 = STRIDE / 8
const I32 = STRIDE / 4
/* One index entry, little-endian:
 *   0 f64 timestamp, ms; -1 = none          24 i32 key length, -1 = null
 *   8 f64 offset; -1 = none                 28 i32 value length, -1 = null
 *  16 i32 topic (index into topics)         32 i32 number of headers
 *  20 i32 partition; -1 = partitioner       36 i32 length of all headers in bytes
 *                                           40 u32 start of the key in data
 *                                           44 i32 timestamp type: 0 none, 1 create time, 2 log append time
 * In data, from the start: key, value, then for each header i32 name length, i32 value length (-1 = null),
 * name, value. Records lie one after another in the order of the index, without gaps. */
/** Fields of an index entry, in units of 4 bytes. */
export const WORD = {
  topic: 4,
  partition: 5,
  keyLength: 6,
  valueLength: 7,
  headerCount: 8,
  headerBytes: 9,
  start: 10,
  timestampType: 11,
} as const
const TOPIC = WORD.topic
const PARTITION = WORD.partition
const KEY_LENGTH = WORD.keyLength
const VALUE_LENGTH = WORD.valueLength
const HEADER_COUNT = WORD.headerCount
const HEADER_BYTES = WORD.headerBytes
const START = WORD.start
const TIMESTAMP_TYPE = WORD.timestampType

/** Lengths are i32 on every side: a batch never holds more. */
export const MAX_DATA_BYTES = 0x7fffffff
/** A buffer this often much too large is given back. */
const SHRINK_AFTER = 8
/** Up to so many bytes, as a schema's id has, a loop is faster than a call into the engine. */
const SHORT_BYTES = 16
const copyInto = Buffer.prototype.copy
const LONE_SURROGATE = /\p{Surrogate}/gu

/** Node's own method under `Buffer.write`: three times as fast, for it looks no encoding up. */
type FastBuffer = Buffer & { utf8Write(text: string, at: number): number }

export interface PackedHeader {
  name: string
  value: Uint8Array | null
}

/**
 * Many Kafka records in one buffer with a fixed-size index: the one currency between us and Kafka. Writing is
 * `begin`, key bytes, `endKey`, value bytes, `endValue`, any `header`s, `commit`; a record that is not
 * committed is forgotten by the next `begin`. A key or value that was not ended is null. Buffers grow for a
 * large record and shrink again in `clear`. What would pass 2 GB is refused with MESSAGE_TOO_LARGE; the
 * records before it stay.
 */
export class PackedBatch implements ByteSink {
  count = 0
  /** Bytes used in `data` by committed records. */
  dataLength = 0
  index: ArrayBuffer
  data: Buffer
  readonly topics: string[] = []
  i32: Int32Array
  f64: Float64Array
  #topicIndex = new Map<string, number>()
  #position = 0
  #fieldStart = 0
  #isNull = false
  #oversized = 0
  readonly #softBytes: number
  readonly #softRecords: number

  /** The sizes are a start, not a limit. */
  constructor(records = 2048, bytes = 512 * 1024) {
    this.#softRecords = records
    this.#softBytes = bytes
    this.index = new ArrayBuffer(records * STRIDE)
    this.i32 = new Int32Array(this.index)
    this.f64 = new Float64Array(this.index)
    this.data = Buffer.allocUnsafeSlow(bytes)
  }

  /** Forgets all records. Topics mostly keep their numbers, but ask `topicNumber` again after a `clear`. */
  clear(): void {
    this.#shrink()
    this.count = 0
    this.dataLength = 0
    if (this.topics.length > 1024) {
      this.topics.length = 0
      this.#topicIndex.clear()
    }
  }

  /** A copy of the committed records, which lives on when this batch is cleared. */
  snapshot(): PackedBatch {
    const copy = new PackedBatch(this.count, this.dataLength)
    copy.data.set(this.data.subarray(0, this.dataLength))
    new Uint8Array(copy.index).set(new Uint8Array(this.index, 0, this.count * STRIDE))
    copy.topics.push(...this.topics)
    copy.count = this.count
    copy.dataLength = this.dataLength
    return copy
  }

  topicNumber(topic: string): number {
    let n = this.#topicIndex.get(topic)
    if (n === undefined) {
      n = this.topics.length
      this.topics.push(topic)
      this.#topicIndex.set(topic, n)
    }
    return n
  }

  /** Forgets the topics from number `from` on, which no record has. */
  forgetTopics(from: number): void {
    while (this.topics.length > from) this.#topicIndex.delete(this.topics.pop()!)
  }

  /** Starts a record. `topic` is a number from `topicNumber`; partition -1 and timestamp -1 mean unset. */
  begin(topic: number, partition: number, timestamp: number): void {
    if (this.count * STRIDE === this.index.byteLength) this.#growIndex()
    const i = this.count
    const w = i * I32
    this.f64[i * F64] = timestamp
    this.f64[i * F64 + 1] = -1
    const i32 = this.i32
    i32[w + TOPIC] = topic
    i32[w + PARTITION] = partition
    i32[w + KEY_LENGTH] = -1
    i32[w + VALUE_LENGTH] = -1
    i32[w + HEADER_COUNT] = 0
    i32[w + HEADER_BYTES] = 0
    i32[w + START] = this.dataLength
    i32[w + TIMESTAMP_TYPE] = timestamp < 0 ? 0 : 1
    this.#position = this.dataLength
    this.#fieldStart = this.dataLength
    this.#isNull = false
  }

  endKey(): void {
    this.i32[this.count * I32 + KEY_LENGTH] = this.#endField()
  }

  endValue(): void {
    this.i32[this.count * I32 + VALUE_LENGTH] = this.#endField()
  }

  /** Adds one header to the record that is being written, after `endValue`. */
  header(name: string, value: Uint8Array | null): void {
    const w = this.count * I32
    const at = this.#position
    this.#need(8)
    this.#position += 8
    this.putUtf8(name)
    const nameLength = this.#position - at - 8
    if (value !== null) this.putBytes(value)
    this.data.writeInt32LE(nameLength, at)
    this.data.writeInt32LE(value === null ? -1 : value.length, at + 4)
    this.i32[w + HEADER_COUNT] = this.i32[w + HEADER_COUNT]! + 1
    this.i32[w + HEADER_BYTES] = this.i32[w + HEADER_BYTES]! + this.#position - at
    this.#fieldStart = this.#position
  }

  /** As `header` for `count` of them, which are the first `bytes` of `packed` in the layout of `data`. */
  packedHeaders(count: number, packed: Buffer, bytes: number): void {
    const w = this.count * I32
    this.#need(bytes)
    packed.copy(this.data, this.#position, 0, bytes)
    this.#position += bytes
    this.i32[w + HEADER_COUNT] = this.i32[w + HEADER_COUNT]! + count
    this.i32[w + HEADER_BYTES] = this.i32[w + HEADER_BYTES]! + bytes
    this.#fieldStart = this.#position
  }

  /** The record counts from now on. */
  commit(): void {
    if (this.#position !== this.#fieldStart) {
      throw new Error(`record ${this.count} has bytes after its last endKey, endValue or header`)
    }
    this.dataLength = this.#position
    this.count++
  }

  putNull(): void {
    this.#isNull = true
  }

  putBytes(bytes: Uint8Array, length = bytes.length): void {
    this.#need(length)
    const { data } = this
    const at = this.#position
    if (length <= SHORT_BYTES) for (let i = 0; i < length; i++) data[at + i] = bytes[i]!
    else if (length === bytes.length) data.set(bytes, at)
    else copyInto.call(bytes, data, at, 0, length)
    this.#position = at + length
  }

  putUtf8(text: string): void {
    if (!text.isWellFormed()) text = text.replace(LONE_SURROGATE, '?')
    if (this.data.length - this.#position < text.length * 3) this.#need(Buffer.byteLength(text))
    this.#position += (this.data as FastBuffer).utf8Write(text, this.#position)
  }

  /** Makes room for so many more records and bytes behind the committed ones, for one who fills them in raw. */
  reserve(records: number, bytes: number): void {
    this.#position = this.#fieldStart = this.dataLength
    while ((this.count + records) * STRIDE > this.index.byteLength) this.#growIndex()
    this.#need(bytes)
  }

  topic(i: number): string {
    return this.topics[this.i32[i * I32 + TOPIC]!]!
  }
  topicAt(i: number): number {
    return this.i32[i * I32 + TOPIC]!
  }
  partition(i: number): number {
    return this.i32[i * I32 + PARTITION]!
  }
  offset(i: number): number {
    return this.f64[i * F64 + 1]!
  }
  setOffset(i: number, offset: number): void {
    this.f64[i * F64 + 1] = offset
  }
  timestamp(i: number): number {
    return this.f64[i * F64]!
  }
  timestampType(i: number): number {
    return this.i32[i * I32 + TIMESTAMP_TYPE]!
  }
  /** Where the key starts in `data`; the value starts `max(keyLength, 0)` bytes later. */
  start(i: number): number {
    return this.i32[i * I32 + START]! >>> 0
  }
  keyLength(i: number): number {
    return this.i32[i * I32 + KEY_LENGTH]!
  }
  valueLength(i: number): number {
    return this.i32[i * I32 + VALUE_LENGTH]!
  }
  valueStart(i: number): number {
    const key = this.keyLength(i)
    return this.start(i) + Math.max(key, 0)
  }
  headerCount(i: number): number {
    return this.i32[i * I32 + HEADER_COUNT]!
  }
  /** A view, valid until the batch is cleared; null for a null key. */
  key(i: number): Buffer | null {
    const n = this.keyLength(i)
    return n < 0 ? null : this.data.subarray(this.start(i), this.start(i) + n)
  }
  /** A view, valid until the batch is cleared; null for a null value. */
  value(i: number): Buffer | null {
    const n = this.valueLength(i)
    const at = this.valueStart(i)
    return n < 0 ? null : this.data.subarray(at, at + n)
  }
  /** The key decoded from UTF-8, as Java's `new String(bytes, UTF_8)` does; null for a null key. */
  keyText(i: number): string | null {
    const n = this.keyLength(i)
    return n < 0 ? null : decodeUtf8(this.data, this.start(i), this.start(i) + n)
  }
  /** The value decoded from UTF-8; null for a null value. */
  valueText(i: number): string | null {
    const n = this.valueLength(i)
    const at = this.valueStart(i)
    return n < 0 ? null : decodeUtf8(this.data, at, at + n)
  }
  /** Views, valid until the batch is cleared. */
  headers(i: number): PackedHeader[] {
    const headers: PackedHeader[] = []
    const valueLength = this.valueLength(i)
    let at = this.valueStart(i) + Math.max(valueLength, 0)
    for (let n = this.headerCount(i); n > 0; n--) {
      const nameLength = this.data.readInt32LE(at)
      const length = this.data.readInt32LE(at + 4)
      const name = decodeUtf8(this.data, at + 8, at + 8 + nameLength)
      at += 8 + nameLength
      headers.push({ name, value: length < 0 ? null : this.data.subarray(at, at + length) })
      at += Math.max(length, 0)
    }
    return headers
  }

  #endField(): number {
    const length = this.#isNull ? -1 : this.#position - this.#fieldStart
    if (this.#isNull) this.#position = this.#fieldStart
    this.#fieldStart = this.#position
    this.#isNull = false
    return length
  }

  /** Makes room for `bytes` more at the write position. */
  #need(bytes: number): void {
    const needed = this.#position + bytes
    if (needed <= this.data.length) return
    if (needed > MAX_DATA_BYTES) {
      throw new KafkaError(
        'MESSAGE_TOO_LARGE',
        `A batch of records cannot hold more than ${MAX_DATA_BYTES} bytes; record ${this.count + 1} of the ` +
          `batch would bring it to ${needed}. Split the record, or send the ones before it first.`,
        { javaClass: 'org.apache.kafka.common.errors.RecordTooLargeException' },
      )
    }
    const grown = Buffer.allocUnsafeSlow(Math.min(MAX_DATA_BYTES, Math.max(needed, this.data.length * 2)))
    this.data.copy(grown, 0, 0, this.#position)
    this.data = grown
  }

  /** Gives large buffers back, but not those of a stream that needs them again and again. */
  #shrink(): void {
    const { data, index } = this
    const dataTooLarge = data.length > 4 * this.#softBytes && this.dataLength < data.length / 4
    const indexTooLarge =
      index.byteLength > 4 * this.#softRecords * STRIDE && this.count * STRIDE < index.byteLength / 4
    if (!dataTooLarge && !indexTooLarge) {
      this.#oversized = 0
    } else if (++this.#oversized === SHRINK_AFTER) {
      this.#oversized = 0
      if (dataTooLarge) this.data = Buffer.allocUnsafeSlow(this.#softBytes)
      if (indexTooLarge) this.#setIndex(this.#softRecords)
    }
  }

  #growIndex(): void {
    const old = this.index
    this.#setIndex((old.byteLength / STRIDE) * 2)
    new Uint8Array(this.index).set(new Uint8Array(old))
  }

  #setIndex(records: number): void {
    this.index = new ArrayBuffer(records * STRIDE)
    this.i32 = new Int32Array(this.index)
    this.f64 = new Float64Array(this.index)
  }
}
