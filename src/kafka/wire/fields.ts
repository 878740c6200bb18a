/**
 * Fields of Kafka's protocol, big-endian. `flexible` requests (KIP-482) write lengths as variable-length
 * integers, one more than they are, and end every structure with tagged fields.
 */
export class WireWriter {
  #bytes = Buffer.allocUnsafe(256)
  #length = 0

  constructor(readonly flexible = false) {}

  int8(value: number): this {
    this.#length = this.#room(1).writeInt8(value, this.#length)
    return this
  }

  int16(value: number): this {
    this.#length = this.#room(2).writeInt16BE(value, this.#length)
    return this
  }

  int32(value: number): this {
    this.#length = this.#room(4).writeInt32BE(value, this.#length)
    return this
  }

  int64(value: number | bigint): this {
    this.#length = this.#room(8).writeBigInt64BE(BigInt(value), this.#length)
    return this
  }

  string(text: string): this {
    const bytes = Buffer.from(text)
    if (bytes.length > 32767) throw new RangeError(`A text of ${bytes.length} bytes is too long for Kafka`)
    return (this.flexible ? this.#varint(bytes.length + 1) : this.int16(bytes.length)).raw(bytes)
  }

  nullableString(text: string | null): this {
    if (text !== null) return this.string(text)
    return this.flexible ? this.#varint(0) : this.int16(-1)
  }

  nullableBytes(bytes: Uint8Array | null): this {
    if (bytes === null) return this.flexible ? this.#varint(0) : this.int32(-1)
    return (this.flexible ? this.#varint(bytes.length + 1) : this.int32(bytes.length)).raw(bytes)
  }

  array<T>(list: readonly T[], write: (element: T) => void): this {
    if (this.flexible) this.#varint(list.length + 1)
    else this.int32(list.length)
    for (const element of list) write(element)
    return this
  }

  /** The end of a structure. */
  end(): this {
    return this.flexible ? this.#varint(0) : this
  }

  raw(bytes: Uint8Array): this {
    this.#room(bytes.length).set(bytes, this.#length)
    this.#length += bytes.length
    return this
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  #varint(value: number): this {
    let rest = value
    for (; rest > 127; rest >>>= 7) this.#length = this.#room(1).writeUInt8((rest & 127) | 128, this.#length)
    this.#length = this.#room(1).writeUInt8(rest, this.#length)
    return this
  }

  #room(bytes: number): Buffer {
    if (this.#length + bytes > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + bytes))
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    return this.#bytes
  }
}

/** Every method throws an Error where the bytes end too early or a length is impossible. */
export class WireReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(
    bytes: Uint8Array,
    readonly flexible = false,
  ) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** What has not been read yet. */
  get rest(): Buffer {
    return this.#bytes.subarray(this.#at)
  }

  int8(): number {
    return this.#bytes.readInt8(this.#take(1))
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#take(2))
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#take(4))
  }

  /** A bigint only beyond 2^53. */
  int64(): number | bigint {
    const value = this.#bytes.readBigInt64BE(this.#take(8))
    return Number.isSafeInteger(Number(value)) ? Number(value) : value
  }

  boolean(): boolean {
    return this.int8() !== 0
  }

  string(): string {
    const text = this.nullableString()
    if (text === null) throw new Error('A text that must not be null is null')
    return text
  }

  nullableString(): string | null {
    const length = this.flexible ? this.#varint() - 1 : this.int16()
    if (length < 0) return null
    const start = this.#take(length)
    return this.#bytes.toString('utf8', start, start + length)
  }

  nullableBytes(): Buffer | null {
    const length = this.flexible ? this.#varint() - 1 : this.int32()
    if (length < 0) return null
    const start = this.#take(length)
    return this.#bytes.subarray(start, start + length)
  }

  /** An array that is null is read as an empty one. */
  array<T>(read: () => T): T[] {
    const length = this.flexible ? this.#varint() - 1 : this.int32()
    // Every element has a byte at least: a count beyond that is no reason to reserve memory.
    if (length > this.#bytes.length - this.#at) {
      throw new Error(`A list of ${length} elements cannot be in ${this.#bytes.length - this.#at} bytes`)
    }
    return Array.from({ length: Math.max(length, 0) }, read)
  }

  /** The end of a structure; tagged fields that we do not know are passed over. */
  end(): void {
    if (!this.flexible) return
    for (let tags = this.#varint(); tags > 0; tags--) {
      this.#varint()
      this.#take(this.#varint())
    }
  }

  #varint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes.readUInt8(this.#take(1))
      value |= (byte & 127) << shift
      if (byte < 128) return value >>> 0
    }
    throw new Error('A length has more than 5 bytes')
  }

  #take(length: number): number {
    const start = this.#at
    if (start + length > this.#bytes.length) {
      throw new Error(`${length} bytes were to follow, but only ${this.#bytes.length - start} are left`)
    }
    this.#at += length
    return start
  }
}
