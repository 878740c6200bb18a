/**
 * Where a converter writes the bytes of one key, value or header. Several `put` calls concatenate; none at
 * all gives zero bytes; `putNull` makes the field null (no bytes, as for a tombstone).
 */
export interface ByteSink {
  putNull(): void
  /** Of a buffer that has more, the first `length`. */
  putBytes(bytes: Uint8Array, length?: number): void
  /** Text as UTF-8; a lone surrogate becomes `?`, as Java's encoder does. */
  putUtf8(text: string): void
}
