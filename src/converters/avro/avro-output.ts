/** Where values become Avro's bytes. Java: org.apache.avro.io.BinaryEncoder */
import { bigIntToBytes } from '../../data/big-decimal.ts'
import type { ByteSink } from '../../data/bytes.ts'

/** Node's own method under `Buffer.write`, without the look-up of an encoding. */
type FastBuffer = Buffer & { utf8Write(text: string, at: number): number }

const INITIAL_BYTES = 16 * 1024
/** What a large record has grown it to is let go of. */
const KEPT_BYTES = 1024 * 1024
/** Up to so many characters a loop is faster than a call into the engine. */
const SHORT_TEXT = 24
/** Of whole numbers that six bytes hold. */
const SIX_BYTES = 2 ** 47
const LONE_SURROGATE = /\p{Surrogate}/gu

const doubles = new Float64Array(1)
const floats = new Float32Array(1)
const doubleBytes = new Uint8Array(doubles.buffer)
const floatBytes = new Uint8Array(floats.buffer)

/** Grows as it is written to. */
export class AvroOutput {
  #data = Buffer.allocUnsafe(INITIAL_BYTES)
  #at = 0

  start(): void {
    this.#at = 0
    if (this.#data.length > KEPT_BYTES) this.#data = Buffer.allocUnsafe(INITIAL_BYTES)
  }

  /** What was written since `start`. */
  putInto(out: ByteSink): void {
    out.putBytes(this.#data, this.#at)
  }

  /** Of a value that is nothing but bytes: without their length. */
  putAloneInto(out: ByteSink): void {
    let from = 0
    while (this.#data[from]! > 0x7f) from++
    out.putBytes(this.#data.subarray(from + 1, this.#at))
  }

  boolean(value: boolean): void {
    this.#need(1)
    this.#data[this.#at++] = value ? 1 : 0
  }

  /** An int, or a long that is one. */
  int(value: number): void {
    this.#need(5)
    const data = this.#data
    let at = this.#at
    let rest = (value << 1) ^ (value >> 31)
    while ((rest & ~0x7f) !== 0) {
      data[at++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    data[at++] = rest
    this.#at = at
  }

  long(value: number | bigint): void {
    if (typeof value === 'bigint')
      this.#halves(Number(BigInt.asIntN(32, value >> 32n)), Number(BigInt.asUintN(32, value)))
    else if ((value | 0) === value) this.int(value)
    else this.#halves(Math.floor(value / 0x1_0000_0000), value >>> 0)
  }

  /** The high half signed, the low one not. */
  #halves(high: number, low: number): void {
    this.#need(10)
    const data = this.#data
    let at = this.#at
    const sign = high >> 31
    let rest = ((low << 1) ^ sign) >>> 0
    let above = (((high << 1) | (low >>> 31)) ^ sign) >>> 0
    while (above !== 0) {
      data[at++] = (rest & 0x7f) | 0x80
      rest = ((rest >>> 7) | (above << 25)) >>> 0
      above >>>= 7
    }
    while (rest > 0x7f) {
      data[at++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    data[at++] = rest
    this.#at = at
  }

  float(value: number): void {
    this.#need(4)
    floats[0] = value
    const data = this.#data
    const at = this.#at
    data[at] = floatBytes[0]!
    data[at + 1] = floatBytes[1]!
    data[at + 2] = floatBytes[2]!
    data[at + 3] = floatBytes[3]!
    this.#at = at + 4
  }

  double(value: number): void {
    this.#need(8)
    doubles[0] = value
    const data = this.#data
    const at = this.#at
    data[at] = doubleBytes[0]!
    data[at + 1] = doubleBytes[1]!
    data[at + 2] = doubleBytes[2]!
    data[at + 3] = doubleBytes[3]!
    data[at + 4] = doubleBytes[4]!
    data[at + 5] = doubleBytes[5]!
    data[at + 6] = doubleBytes[6]!
    data[at + 7] = doubleBytes[7]!
    this.#at = at + 8
  }

  /** With its length before it; a lone surrogate becomes `?`, as Java's encoder makes it. */
  string(text: string): void {
    if (text.length <= SHORT_TEXT && this.#shortAscii(text)) return
    if (!text.isWellFormed()) text = text.replace(LONE_SURROGATE, '?')
    this.#need(text.length * 3 + 5)
    // Most texts have as many bytes as characters; others may be written again behind a longer length.
    const start = this.#at
    this.int(text.length)
    const from = this.#at
    const length = (this.#data as FastBuffer).utf8Write(text, from)
    if (length === text.length) {
      this.#at = from + length
      return
    }
    this.#at = start
    this.int(length)
    if (this.#at !== from) {
      ;(this.#data as FastBuffer).utf8Write(text, this.#at)
    }
    this.#at += length
  }

  #shortAscii(text: string): boolean {
    const { length } = text
    this.#need(length + 1)
    const data = this.#data
    const at = this.#at
    data[at] = length << 1
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code > 0x7f) return false
      data[at + 1 + i] = code
    }
    this.#at = at + 1 + length
    return true
  }

  /** With their length before them. */
  bytesOf(bytes: Uint8Array): void {
    this.int(bytes.length)
    this.raw(bytes)
  }

  /** As few bytes as hold the number and its sign, the highest first, with their length before them. */
  unscaled(value: bigint): void {
    const number = Number(value)
    if (number >= SIX_BYTES || number < -SIX_BYTES) {
      this.bytesOf(bigIntToBytes(value))
      return
    }
    this.#need(7)
    let count = 1
    for (let limit = 0x80; number >= limit || number < -limit; limit *= 256) count++
    const data = this.#data
    const high = Math.floor(number / 0x1_0000_0000)
    const low = number | 0
    let at = this.#at
    data[at++] = count << 1
    let shift = 8 * count - 8
    for (; shift >= 32; shift -= 8) data[at++] = high >> (shift - 32)
    for (; shift >= 0; shift -= 8) data[at++] = low >> shift
    this.#at = at
  }

  raw(bytes: Uint8Array): void {
    this.#need(bytes.length)
    this.#data.set(bytes, this.#at)
    this.#at += bytes.length
  }

  #need(bytes: number): void {
    if (this.#data.length - this.#at < bytes) this.#grow(bytes)
  }

  #grow(bytes: number): void {
    const grown = Buffer.allocUnsafe(Math.max(this.#data.length * 2, this.#at + bytes))
    grown.set(this.#data.subarray(0, this.#at))
    this.#data = grown
  }
}
