import { type PackedBatch, STRIDE, WORD } from '../packed-batch.ts'

/*
 * The stored form of records that go to one partition: their index entries as PackedBatch has them, then
 * their data. Starts count from the first byte of the data; topic, partition and offset are filled in when
 * the blob is read. A whole batch for one partition is stored by two memory copies.
 */
const F64 = STRIDE / 8
const I32 = STRIDE / 4

/** Where record `i` ends in the batch's data. */
export function endOf(batch: PackedBatch, i: number): number {
  return i + 1 < batch.count ? batch.start(i + 1) : batch.dataLength
}

/**
 * Packs records into one blob. `ranges` holds pairs: first record, number of records. Missing timestamps
 * become `now`; `appendTime` sets all of them to it (topic config `message.timestamp.type=LogAppendTime`).
 * `allocate` gives memory at the start of an ArrayBuffer.
 */
export function packBlob(
  batch: PackedBatch,
  ranges: readonly number[],
  now: number,
  appendTime: boolean,
  allocate: (bytes: number) => Uint8Array = bytes => new Uint8Array(bytes),
): { blob: Uint8Array; count: number; maxTimestamp: number } {
  let count = 0
  let bytes = 0
  for (let r = 0; r < ranges.length; r += 2) {
    const first = ranges[r]!
    const n = ranges[r + 1]!
    count += n
    bytes += endOf(batch, first + n - 1) - batch.start(first)
  }
  const blob = allocate(count * STRIDE + bytes)
  const source = new Uint8Array(batch.index)
  const i32 = new Int32Array(blob.buffer, 0, count * I32)
  const f64 = new Float64Array(blob.buffer, 0, count * F64)
  let at = 0
  let dataAt = 0
  for (let r = 0; r < ranges.length; r += 2) {
    const first = ranges[r]!
    const n = ranges[r + 1]!
    const start = batch.start(first)
    const end = endOf(batch, first + n - 1)
    blob.set(source.subarray(first * STRIDE, (first + n) * STRIDE), at * STRIDE)
    blob.set(batch.data.subarray(start, end), count * STRIDE + dataAt)
    const shift = dataAt - start
    if (shift !== 0) for (let i = at; i < at + n; i++) i32[i * I32 + WORD.start]! += shift
    at += n
    dataAt += end - start
  }
  let maxTimestamp = -1
  for (let i = 0; i < count; i++) {
    let timestamp = f64[i * F64]!
    if (appendTime || timestamp < 0) {
      timestamp = now
      f64[i * F64] = now
      i32[i * I32 + WORD.timestampType] = appendTime ? 2 : 1
    }
    if (timestamp > maxTimestamp) maxTimestamp = timestamp
  }
  return { blob, count, maxTimestamp }
}

/** Joins blobs of one partition, in order. */
export function joinBlobs(blobs: readonly { blob: Uint8Array; count: number }[]): Uint8Array {
  const count = blobs.reduce((sum, part) => sum + part.count, 0)
  const joined = Buffer.allocUnsafeSlow(blobs.reduce((sum, part) => sum + part.blob.length, 0))
  const i32 = new Int32Array(joined.buffer, 0, count * I32)
  let at = 0
  let dataAt = 0
  for (const part of blobs) {
    const indexBytes = part.count * STRIDE
    joined.set(part.blob.subarray(0, indexBytes), at * STRIDE)
    joined.set(part.blob.subarray(indexBytes), count * STRIDE + dataAt)
    for (let i = at; i < at + part.count; i++) i32[i * I32 + WORD.start]! += dataAt
    at += part.count
    dataAt += part.blob.length - indexBytes
  }
  return joined
}

/** A blob as it was read, with typed views of its index. */
export class StoredBatch {
  readonly #i32: Int32Array
  readonly #indexBytes: number

  constructor(
    /** Offset of the first record. */
    readonly base: number,
    readonly count: number,
    readonly blob: Uint8Array,
  ) {
    this.#indexBytes = count * STRIDE
    const aligned = blob.byteOffset % 8 === 0 ? blob : blob.slice()
    this.blob = aligned
    this.#i32 = new Int32Array(aligned.buffer, aligned.byteOffset, count * I32)
  }

  /** Offset behind the last record. */
  get end(): number {
    return this.base + this.count
  }

  #dataEnd(i: number): number {
    return i + 1 < this.count
      ? this.#i32[(i + 1) * I32 + WORD.start]! >>> 0
      : this.blob.length - this.#indexBytes
  }

  /** How many records from `first` on fit into `maxBytes` of data: at most `maxRecords`, 0 if not even one. */
  fitting(first: number, maxRecords: number, maxBytes: number): number {
    const start = this.#i32[first * I32 + WORD.start]! >>> 0
    let low = 0
    let high = Math.min(this.count - first, maxRecords)
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.#dataEnd(first + middle - 1) - start <= maxBytes) low = middle
      else high = middle - 1
    }
    return low
  }

  /** Appends `n` records from the `first` on to a batch; returns the bytes of data they brought. */
  copyTo(batch: PackedBatch, first: number, n: number, topic: number, partition: number): number {
    const start = this.#i32[first * I32 + WORD.start]! >>> 0
    const bytes = this.#dataEnd(first + n - 1) - start
    batch.reserve(n, bytes)
    const at = batch.count
    const shift = batch.dataLength - start
    new Uint8Array(batch.index).set(this.blob.subarray(first * STRIDE, (first + n) * STRIDE), at * STRIDE)
    batch.data.set(
      this.blob.subarray(this.#indexBytes + start, this.#indexBytes + start + bytes),
      batch.dataLength,
    )
    const { i32, f64 } = batch
    const offset = this.base + first - at
    for (let i = at; i < at + n; i++) {
      const w = i * I32
      f64[i * F64 + 1] = offset + i
      i32[w + WORD.topic] = topic
      i32[w + WORD.partition] = partition
      i32[w + WORD.start]! += shift
    }
    batch.count += n
    batch.dataLength += bytes
    return bytes
  }
}
