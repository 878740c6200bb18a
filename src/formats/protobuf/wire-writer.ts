/** Protobuf's bytes in a buffer that grows. Java: com.google.protobuf.CodedOutputStream */

/** Node's own method under `Buffer.write`, without the look-up of an encoding. */
type FastBuffer = Buffer & { utf8Write(text: string, at: number, length: number): number }

const FIRST_SIZE = 4096
/** A larger one is let go after use. */
const KEPT_SIZE = 1024 * 1024

export class WireWriter {
  private data = Buffer.allocUnsafeSlow(FIRST_SIZE) as FastBuffer
  private view = new DataView(this.data.buffer)
  at = 0

  /** What was written, valid until the next write. */
  written(): Buffer {
    return this.data.subarray(0, this.at)
  }

  /** Starts anew. */
  clear(): void {
    this.at = 0
    if (this.data.length > KEPT_SIZE) this.replace(FIRST_SIZE)
  }

  private replace(size: number): void {
    const next = Buffer.allocUnsafeSlow(size) as FastBuffer
    this.data.copy(next, 0, 0, Math.min(this.at, size))
    this.data = next
    this.view = new DataView(next.buffer)
  }

  private room(bytes: number): void {
    if (this.at + bytes > this.data.length) this.replace(Math.max(this.data.length * 2, this.at + bytes))
  }

  uint32(value: number): void {
    this.room(5)
    const { data } = this
    let rest = value >>> 0
    while (rest > 0x7f) {
      data[this.at++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    data[this.at++] = rest
  }

  /** Negative ones are ten bytes long. */
  int32(value: number): void {
    if (value >= 0) this.uint32(value)
    else this.varint(value | 0, -1)
  }

  sint32(value: number): void {
    this.uint32((value << 1) ^ (value >> 31))
  }

  int64(value: number | bigint): void {
    if (typeof value === 'number') {
      if (value >= 0 && value <= 0x7fffffff) this.uint32(value)
      else this.varint(value | 0, Math.floor(value / 0x100000000))
    } else this.varint(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)))
  }

  sint64(value: number | bigint): void {
    const low = typeof value === 'number' ? value | 0 : Number(BigInt.asIntN(32, value))
    const high =
      typeof value === 'number'
        ? Math.floor(value / 0x100000000) | 0
        : Number(BigInt.asIntN(32, value >> 32n))
    const sign = high >> 31
    this.varint((low << 1) ^ sign, ((high << 1) | (low >>> 31)) ^ sign)
  }

  private varint(low: number, high: number): void {
    this.room(10)
    const { data } = this
    let a = low >>> 0
    let b = high >>> 0
    while (b !== 0) {
      data[this.at++] = (a & 0x7f) | 0x80
      a = ((a >>> 7) | (b << 25)) >>> 0
      b >>>= 7
    }
    while (a > 0x7f) {
      data[this.at++] = (a & 0x7f) | 0x80
      a >>>= 7
    }
    data[this.at++] = a
  }

  fixed32(value: number): void {
    this.room(4)
    this.view.setInt32(this.at, value, true)
    this.at += 4
  }

  fixed64(value: number | bigint): void {
    this.room(8)
    if (typeof value === 'number') {
      this.view.setInt32(this.at, value | 0, true)
      this.view.setInt32(this.at + 4, Math.floor(value / 0x100000000), true)
    } else this.view.setBigInt64(this.at, BigInt.asIntN(64, value), true)
    this.at += 8
  }

  float(value: number): void {
    this.room(4)
    this.view.setFloat32(this.at, value, true)
    this.at += 4
  }

  double(value: number): void {
    this.room(8)
    this.view.setFloat64(this.at, value, true)
    this.at += 8
  }

  /** Length and text; a lone surrogate becomes `?`, as in Java. */
  string(text: string): void {
    const { length } = text
    this.room(length * 3 + 5)
    if (length < 40) {
      const { data } = this
      let at = this.at + 1
      let i = 0
      for (; i < length; i++) {
        const code = text.charCodeAt(i)
        if (code >= 0x80) break
        data[at++] = code
      }
      if (i === length) {
        data[this.at] = length
        this.at = at
        return
      }
    }
    const whole = text.isWellFormed() ? text : text.replace(LONE_SURROGATE, '?')
    const start = this.begin()
    this.at += this.data.utf8Write(whole, this.at, this.data.length - this.at)
    this.end(start)
  }

  bytes(value: Uint8Array): void {
    this.uint32(value.length)
    this.raw(value)
  }

  raw(value: Uint8Array): void {
    this.room(value.length)
    this.data.set(value, this.at)
    this.at += value.length
  }

  /** A message follows, to be ended with what this gives; room for a length of one byte is left. */
  begin(): number {
    this.room(1)
    return ++this.at
  }

  /** Puts the length before what was written since `begin`. */
  end(start: number): void {
    const length = this.at - start
    if (length < 0x80) {
      this.data[start - 1] = length
      return
    }
    const more = length < 0x4000 ? 1 : length < 0x200000 ? 2 : length < 0x10000000 ? 3 : 4
    this.room(more)
    this.data.copyWithin(start + more, start, this.at)
    this.at = start - 1
    this.uint32(length)
    this.at += length
  }
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
