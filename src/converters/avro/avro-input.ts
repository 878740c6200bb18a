/** Where Avro's bytes are read from; each is looked at only once it is known to be there. Java: BinaryDecoder */
import { SerializationException } from '../../data/errors.ts'
import { decodeUtf8 } from '../../data/java-utf8.ts'

/** Beyond so many elements without bytes in one record it is no data. */
const MAX_EMPTY_ELEMENTS = 1 << 20

const doubles = new Float64Array(1)
const floats = new Float32Array(1)
const doubleBytes = new Uint8Array(doubles.buffer)
const floatBytes = new Uint8Array(floats.buffer)

const NO_BYTES = Buffer.alloc(0)

export class AvroInput {
  #data: Buffer = NO_BYTES
  #at = 0
  #end = 0
  #emptyElements = 0

  open(data: Buffer, start: number, end: number): void {
    this.#data = data
    this.#at = start
    this.#end = end
    this.#emptyElements = 0
  }

  /** Lets go of the bytes. */
  close(): void {
    this.#data = NO_BYTES
    this.#at = this.#end = 0
  }

  boolean(): boolean {
    return this.#byte() === 1
  }

  int(): number {
    const data = this.#data
    const at = this.#at
    if (at < this.#end) {
      const first = data[at]!
      if (first < 0x80) {
        this.#at = at + 1
        return (first >>> 1) ^ -(first & 1)
      }
    }
    let bits = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte()
      bits |= (byte & 0x7f) << shift
      if (byte < 0x80) return (bits >>> 1) ^ -(bits & 1)
    }
    throw new SerializationException('Invalid int encoding')
  }

  /** A number where it is a safe one, else a bigint. */
  long(): number | bigint {
    let low = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte()
      low |= (byte & 0x7f) << shift
      if (byte < 0x80) return (low >>> 1) ^ -(low & 1)
    }
    let middle = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte()
      middle |= (byte & 0x7f) << shift
      if (byte < 0x80) return longOf(low, middle, 0)
    }
    let high = 0
    for (let shift = 0; shift < 14; shift += 7) {
      const byte = this.#byte()
      high |= (byte & 0x7f) << shift
      if (byte < 0x80) return longOf(low, middle, high)
    }
    throw new SerializationException('Invalid long encoding')
  }

  float(): number {
    const at = this.#pass(4)
    const data = this.#data
    for (let i = 0; i < 4; i++) floatBytes[i] = data[at + i]!
    return floats[0]!
  }

  double(): number {
    const at = this.#pass(8)
    const data = this.#data
    doubleBytes[0] = data[at]!
    doubleBytes[1] = data[at + 1]!
    doubleBytes[2] = data[at + 2]!
    doubleBytes[3] = data[at + 3]!
    doubleBytes[4] = data[at + 4]!
    doubleBytes[5] = data[at + 5]!
    doubleBytes[6] = data[at + 6]!
    doubleBytes[7] = data[at + 7]!
    return doubles[0]!
  }

  string(): string {
    const length = this.#length()
    const at = this.#pass(length)
    return length === 0 ? '' : decodeUtf8(this.#data, at, at + length)
  }

  /** A copy. */
  bytes(): Buffer {
    return this.fixed(this.#length())
  }

  /** A copy. */
  fixed(length: number): Buffer {
    const at = this.#pass(length)
    return Buffer.from(this.#data.subarray(at, at + length))
  }

  /** All that is left, as a copy. */
  rest(): Buffer {
    return this.fixed(this.#end - this.#at)
  }

  /** The number of a union's branch or of an enum's symbol, of `count`. */
  index(count: number, what: string): number {
    const index = this.int()
    if (index >= 0 && index < count) return index
    throw new SerializationException(`Malformed data. ${what} ${index} is out of range: there are ${count}`)
  }

  /**
   * How many elements come next, none at the end; `least` is how many bytes each has at least. What promises more
   * elements than there are bytes is refused before anything is made of it.
   */
  block(least: number): number {
    let count = this.long()
    if (count < 0) {
      count = -count
      this.#sizeOfBlock()
    }
    if (typeof count === 'bigint' || (least > 0 && count * least > this.#end - this.#at)) {
      throw new SerializationException(
        `Malformed data. A block of ${count} elements cannot stand in the ${this.#end - this.#at} bytes that are left`,
      )
    }
    if (least === 0) this.#countEmpty(count)
    return count
  }

  skip(bytes: number): void {
    this.#pass(bytes)
  }

  skipBytes(): void {
    this.#pass(this.#length())
  }

  #sizeOfBlock(): void {
    const size = this.long()
    if (size < 0) throw new SerializationException(`Malformed data. Block size is negative: ${size}`)
    if (size > this.#end - this.#at) throw this.#endOf(size)
  }

  #countEmpty(count: number): void {
    this.#emptyElements += count
    if (this.#emptyElements > MAX_EMPTY_ELEMENTS) {
      throw new SerializationException(
        `Malformed data. More than ${MAX_EMPTY_ELEMENTS} elements without any bytes`,
      )
    }
  }

  #length(): number {
    const length = this.long()
    if (length < 0) throw new SerializationException(`Malformed data. Length is negative: ${length}`)
    if (length > this.#end - this.#at) throw this.#endOf(length)
    return length as number
  }

  #byte(): number {
    if (this.#at >= this.#end) throw this.#endOf(1)
    return this.#data[this.#at++]!
  }

  #pass(bytes: number): number {
    const at = this.#at
    if (bytes > this.#end - at) throw this.#endOf(bytes)
    this.#at = at + bytes
    return at
  }

  #endOf(wanted: number | bigint): SerializationException {
    return new SerializationException(
      `Malformed data. It ends too early: ${wanted} bytes were to come, ${this.#end - this.#at} are left`,
    )
  }
}

/** From 28, 28 and 14 bits, of which 64 count. */
function longOf(low: number, middle: number, high: number): number | bigint {
  if (high === 0 && middle < 1 << 26) {
    const half = (middle >>> 1) * 0x1000_0000 + ((middle & 1) << 27) + (low >>> 1)
    if ((low & 1) === 0) return half
    if (half < Number.MAX_SAFE_INTEGER) return -half - 1
  }
  const bits = BigInt.asUintN(64, (BigInt(high) << 56n) | (BigInt(middle) << 28n) | BigInt(low))
  const value = (bits >> 1n) ^ -(bits & 1n)
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}
