/** Protobuf's bytes, piece by piece. Java: com.google.protobuf.CodedInputStream */
import { SerializationException } from '../../data/errors.ts'
import { decodeUtf8 } from '../../data/java-utf8.ts'

export const VARINT = 0
export const FIXED64 = 1
export const LENGTH = 2
const START_GROUP = 3
const END_GROUP = 4
export const FIXED32 = 5

/** Messages within messages. Java: CodedInputStream's recursion limit */
export const MAX_NESTING = 100

const TRUNCATED =
  'While parsing a protocol message, the input ended unexpectedly in the middle of a field.  This could mean either that the input has been truncated or that an embedded message misreported its own length.'
const NEGATIVE_SIZE =
  'CodedInputStream encountered an embedded string or message which claimed to have negative size.'
const MALFORMED_VARINT = 'CodedInputStream encountered a malformed varint.'

/** Bytes that are no message; whoever reads a field adds its name. */
export class WireError extends SerializationException {
  private readonly path: string[] = []

  /** Called from the inside out. */
  inside(field: string): this {
    this.path.unshift(field)
    return this
  }

  /** What it says with the field and the place; the bytes of the message count from 0. */
  located(message: string, at: number, length: number): SerializationException {
    const field = this.path.length === 0 ? '' : ` in the field ${this.path.join('.')}`
    return new SerializationException(`${this.message} (${message}${field}, byte ${at} of ${length})`)
  }
}

export class WireReader {
  /** Made when the first number of a fixed size is read. */
  private view: DataView | null = null
  /** Depth of messages and groups around. */
  depth = 0

  constructor(
    public data: Buffer,
    public at: number,
    /** Where the message being read ends. */
    public end: number,
  ) {}

  /** Reads something else from now on. */
  open(data: Buffer, at: number, end: number): void {
    if (data !== this.data) this.view = null
    this.data = data
    this.at = at
    this.end = end
    this.depth = 0
  }

  private numbers(bytes: number): DataView {
    this.need(bytes)
    const { data } = this
    this.view ??= new DataView(data.buffer, data.byteOffset, data.byteLength)
    return this.view
  }

  /** Number × 8 + wire type; 0 at the end of the message. */
  tag(): number {
    if (this.at >= this.end) return 0
    const tag = this.uint32()
    if (tag >>> 3 === 0) throw new WireError('Protocol message contained an invalid tag (zero).')
    return tag
  }

  /** The low 32 bits of a varint, as a signed number; longer ones are cut as Java cuts them. */
  int32(): number {
    const { data } = this
    let byte = this.at < this.end ? data[this.at]! : 0x80
    if (byte < 0x80) {
      this.at++
      return byte
    }
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= this.end) throw new WireError(TRUNCATED)
      byte = data[this.at++]!
      if (shift < 32) value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw new WireError(MALFORMED_VARINT)
  }

  uint32(): number {
    return this.int32() >>> 0
  }

  bool(): boolean {
    return this.varint64(false) !== 0
  }

  sint32(): number {
    const value = this.int32()
    return (value >>> 1) ^ -(value & 1)
  }

  int64(): number | bigint {
    return this.varint64(false)
  }

  sint64(): number | bigint {
    return this.varint64(true)
  }

  private varint64(zigzag: boolean): number | bigint {
    const { data } = this
    let low = 0
    let high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= this.end) throw new WireError(TRUNCATED)
      const byte = data[this.at++]!
      const bits = byte & 0x7f
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= bits << 28
        high = bits >>> 4
      } else high |= bits << (shift - 32)
      if (byte < 0x80) return zigzag ? unzigzag(low, high) : signed64(low, high)
    }
    throw new WireError(MALFORMED_VARINT)
  }

  fixed32(): number {
    const value = this.numbers(4).getInt32(this.at, true)
    this.at += 4
    return value
  }

  fixed64(): number | bigint {
    const view = this.numbers(8)
    const low = view.getInt32(this.at, true)
    const high = view.getInt32(this.at + 4, true)
    this.at += 8
    return signed64(low, high)
  }

  float(): number {
    const value = this.numbers(4).getFloat32(this.at, true)
    this.at += 4
    return value
  }

  double(): number {
    const value = this.numbers(8).getFloat64(this.at, true)
    this.at += 8
    return value
  }

  /** The length of what follows, which is all there. */
  length(): number {
    const length = this.int32()
    if (length < 0) throw new WireError(NEGATIVE_SIZE)
    this.need(length)
    return length
  }

  /** `strict`: text that is no UTF-8 is refused, as in proto3; else it becomes U+FFFD. */
  string(strict: boolean): string {
    const length = this.length()
    const start = this.at
    const end = start + length
    const { data } = this
    this.at = end
    if (length < 24) {
      let text = ''
      let i = start
      for (; i < end; i++) {
        const byte = data[i]!
        if (byte >= 0x80) break
        text += String.fromCharCode(byte)
      }
      if (i === end) return text
    }
    const text = decodeUtf8(data, start, end)
    if (strict && text.includes('\ufffd') && !isUtf8(data, start, end))
      throw new WireError('Protocol message had invalid UTF-8.')
    return text
  }

  /** A copy. */
  bytes(): Buffer {
    const length = this.length()
    const copy = Buffer.allocUnsafeSlow(length)
    this.data.copy(copy, 0, this.at, this.at + length)
    this.at += length
    return copy
  }

  /** Reads over a field that nobody wants. */
  skip(tag: number): void {
    switch (tag & 7) {
      case VARINT:
        this.varint64(false)
        return
      case FIXED64:
        this.need(8)
        this.at += 8
        return
      case LENGTH: {
        const length = this.length()
        this.at += length
        return
      }
      case START_GROUP:
        this.skipGroup(tag >>> 3)
        return
      case END_GROUP:
        throw new WireError('Protocol message end-group tag did not match expected tag.')
      case FIXED32:
        this.need(4)
        this.at += 4
        return
      default:
        throw new WireError('Protocol message tag had invalid wire type.')
    }
  }

  private skipGroup(number: number): void {
    this.enter()
    for (;;) {
      const tag = this.tag()
      if (tag === 0) throw new WireError(TRUNCATED)
      if ((tag & 7) === END_GROUP) {
        if (tag >>> 3 === number) break
        throw new WireError('Protocol message end-group tag did not match expected tag.')
      }
      this.skip(tag)
    }
    this.depth--
  }

  /** One message or group deeper. */
  enter(): void {
    if (++this.depth > MAX_NESTING)
      throw new WireError(
        'Protocol message had too many levels of nesting.  May be malicious.  Use setRecursionLimit() to increase the recursion depth limit.',
      )
  }

  private need(length: number): void {
    if (length > this.end - this.at) throw new WireError(TRUNCATED)
  }
}

function isUtf8(data: Buffer, start: number, end: number): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(data.subarray(start, end))
    return true
  } catch {
    return false
  }
}

/** A number where that is exact. */
function signed64(low: number, high: number): number | bigint {
  if (high >= -0x200000 && high < 0x200000) {
    const value = high * 0x100000000 + (low >>> 0)
    if (value >= -Number.MAX_SAFE_INTEGER) return value
  }
  return (BigInt(high | 0) << 32n) | BigInt(low >>> 0)
}

function unzigzag(low: number, high: number): number | bigint {
  const sign = -(low & 1)
  return signed64(((low >>> 1) | (high << 31)) ^ sign, (high >>> 1) ^ sign)
}
