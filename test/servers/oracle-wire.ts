/** Numbers and texts as Oracle's protocol writes them (TTC, field version 12.2). */

export class OracleWriter {
  readonly #parts: Buffer[] = []

  /** Plain bytes. */
  raw(...bytes: number[]): this {
    this.#parts.push(Buffer.from(bytes))
    return this
  }

  /** A number in as few bytes as it needs, their count before it. */
  number(value: number): this {
    if (value === 0) return this.raw(0)
    const bytes: number[] = []
    for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
    return this.raw(bytes.length, ...bytes)
  }

  numbers(...values: number[]): this {
    for (const value of values) this.number(value)
    return this
  }

  /** A value of a row: its length, and null as none. */
  value(value: Buffer | string | null): this {
    if (value === null) return this.raw(0)
    const bytes = Buffer.from(value)
    if (bytes.length < 254) this.raw(bytes.length)
    else {
      this.raw(254)
      this.number(bytes.length)
    }
    this.#parts.push(bytes)
    return bytes.length < 254 ? this : this.raw(0)
  }

  /** With the length before it that says whether there is one. */
  text(text: string): this {
    this.number(Buffer.byteLength(text))
    return text === '' ? this : this.value(text)
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts)
  }
}

export class OracleReader {
  #at = 0

  constructor(private readonly bytes: Buffer) {}

  get isAtEnd(): boolean {
    return this.#at >= this.bytes.length
  }

  byte(): number {
    return this.bytes[this.#at++]!
  }

  skip(count: number): void {
    this.#at += count
  }

  number(): number {
    const size = this.byte()
    let value = 0
    for (let i = 0; i < size; i++) value = value * 256 + this.byte()
    return value
  }

  skipNumbers(count: number): void {
    for (let i = 0; i < count; i++) this.number()
  }

  value(): Buffer | null {
    const size = this.byte()
    if (size === 0) return null
    if (size < 254) return this.take(size)
    const chunks: Buffer[] = []
    for (let chunk = this.number(); chunk > 0; chunk = this.number()) chunks.push(this.take(chunk))
    return Buffer.concat(chunks)
  }

  /** Plain bytes. */
  take(size: number): Buffer {
    this.#at += size
    return this.bytes.subarray(this.#at - size, this.#at)
  }
}
