import type { ByteSink } from '../data/bytes.ts'

/** Collects the bytes of one key, value or header. */
class FieldBuffer implements ByteSink {
  readonly #parts: Uint8Array[] = []
  #isNull = false

  putNull(): void {
    this.#isNull = true
  }
  putBytes(bytes: Uint8Array, length = bytes.length): void {
    // The converter may use its own buffer again.
    this.#parts.push(Buffer.from(bytes.subarray(0, length)))
  }
  putUtf8(text: string): void {
    // A lone surrogate becomes `?`, as Java's encoder does.
    this.#parts.push(Buffer.from(text.isWellFormed() ? text : text.replace(/\p{Surrogate}/gu, '?'), 'utf8'))
  }

  /** Null for a null field. */
  bytes(): Uint8Array | null {
    if (this.#isNull) return null
    return this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts)
  }
}

/** The bytes that `write` puts, null for a null field. */
export function fieldBytes(write: (out: ByteSink) => void): Uint8Array | null {
  const field = new FieldBuffer()
  write(field)
  return field.bytes()
}
