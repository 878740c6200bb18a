import { isAscii } from 'node:buffer'

/** Node's own method under `Buffer.toString`, without the look-up of an encoding. */
type FastBuffer = Buffer & { latin1Slice(from: number, to: number): string }

/** A text keeps the whole stretch alive that it is cut from: so many times its own length, and never more than this. */
const MOST_TIMES = 16
const MAX_BYTES = 4096
/** A new stretch is for so many texts of the length of its first. */
const TEXTS = 12
const MIN_TEXT = 48
/** What a text without escapes and controls does not hold. */
const UNUSUAL = /[\\\0-\x1f]/

/**
 * Texts of a batch, decoded some at a time: a call into the engine costs more than a hundred bytes of ASCII. Between
 * `open` and `close` the bytes must not change.
 */
class AsciiStretch {
  /** Characters `from` to `to` of the buffer, when they are ASCII. */
  text = ''
  from = 0
  to = 0
  #data: Buffer | null = null
  #end = 0
  #ascii = false
  #usual: boolean | null = null

  /** Fields of `data` are read in order now, up to `end`. */
  open(data: Buffer, end: number): void {
    this.#data = data
    this.#end = end
    this.from = this.to = 0
  }

  close(): void {
    this.#data = null
    this.text = ''
  }

  /** True when the bytes are in `text`; false where they are to be decoded by themselves. */
  holds(data: Buffer, start: number, end: number): boolean {
    if (data !== this.#data) return false
    const length = end - start
    if (start >= this.from && end <= this.to) return this.#ascii && length * MOST_TIMES >= this.to - this.from
    if (length < MIN_TEXT || length > MAX_BYTES / 2) return false
    this.#move(data, start, Math.min(start + Math.min(length * TEXTS, MAX_BYTES), this.#end))
    return this.#ascii
  }

  /** Neither a backslash nor a control character is in the whole stretch. */
  get usual(): boolean {
    this.#usual ??= !UNUSUAL.test(this.text)
    return this.#usual
  }

  #move(data: Buffer, from: number, to: number): void {
    this.from = from
    this.to = to
    this.#usual = null
    this.#ascii = isAscii(data.subarray(from, to))
    this.text = this.#ascii ? (data as FastBuffer).latin1Slice(from, to) : ''
  }
}

/** The one of this thread: batches are decoded one after the other, each without a break. */
export const asciiStretch = new AsciiStretch()
