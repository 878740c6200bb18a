import type { ByteSink } from '../data/bytes.ts'

/** Collects the bytes of one key, value or header. */
export class FieldBuffer implements ByteSink {
  #parts: Uint8Array[] = []
  #isNull = false

  putNull(): void {
    this.#isNull = true
  }
  putBytes(bytes: Uint8Array): void {
    // The converter may use its own buffer again.
    this.#parts.push(Buffer.from(bytes))
  }
  putUtf8(text: string): void {
    // A lone surrogate becomes `?`, as Java's encoder does.
    this.#parts.push(Buffer.from(text.isWellFormed() ? text : text.replace(/\p{Surrogate}/gu, '?'), 'utf8'))
  }

  /** What was put since the last call; a converter that threw may have left bytes: take them away first. */
  take(): Uint8Array | null {
    const bytes = this.#isNull
      ? null
      : this.#parts.length === 1
        ? this.#parts[0]!
        : Buffer.concat(this.#parts)
    this.#parts = []
    this.#isNull = false
    return bytes
  }
}

/** The bytes that `write` puts, null for a null field. */
export function fieldBytes(write: (out: ByteSink) => void): Uint8Array | null {
  const field = new FieldBuffer()
  write(field)
  return field.take()
}
