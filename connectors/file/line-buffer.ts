const LF = 10
const FIRST_BYTES = 64 * 1024
/** A buffer that long lines made larger than this is given back. */
const MAX_KEPT_BYTES = 8 * 1024 * 1024
/** So many characters at most are joined to be encoded at once. */
const MAX_JOINED = 64 * 1024

/** Node's own method under `Buffer.write`: three times as fast, for it looks no encoding up. */
type FastBuffer = Buffer & { utf8Write(text: string, at: number): number }

/** Lines as UTF-8 with their ends, in one buffer that is used again and again. */
export class LineBuffer {
  #data = Buffer.allocUnsafeSlow(FIRST_BYTES)
  /** Bytes that `add` has put in since the last `clear`. */
  length = 0

  add(lines: readonly string[]): void {
    let from = 0
    let joined = 0
    for (let i = 0; i < lines.length; i++) {
      const { length } = lines[i]!
      if (joined + length > MAX_JOINED && i > from) {
        this.#put(lines.slice(from, i).join('\n'))
        from = i
        joined = 0
      }
      joined += length + 1
    }
    // One call for many lines: a call for each costs more than the joining.
    if (from < lines.length) this.#put((from === 0 ? lines : lines.slice(from)).join('\n'))
  }

  /** A view that is valid until the next `add` or `clear`. */
  bytes(): Buffer {
    return this.#data.subarray(0, this.length)
  }

  clear(): void {
    this.length = 0
    if (this.#data.length > MAX_KEPT_BYTES) this.#data = Buffer.allocUnsafeSlow(FIRST_BYTES)
  }

  #put(lines: string): void {
    // Java's encoder writes a question mark for half a character.
    const text = lines.isWellFormed() ? lines : lines.replace(/\p{Surrogate}/gu, '?')
    if (this.#data.length - this.length <= text.length * 3) this.#need(Buffer.byteLength(text) + 1)
    this.length += (this.#data as FastBuffer).utf8Write(text, this.length)
    this.#data[this.length++] = LF
  }

  #need(more: number): void {
    const { length } = this
    if (length + more <= this.#data.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(length + more, this.#data.length * 2))
    this.#data.copy(grown, 0, 0, length)
    this.#data = grown
  }
}
