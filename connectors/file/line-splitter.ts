import { isAscii, isUtf8 } from 'node:buffer'
import { ConnectException, decodeUtf8 } from '#bunnect'

const LF = 10
const CR = 13
/** No Kafka client can send a larger record. */
const LONGEST_LINE = 1_000_000_000

/** Node's own methods under `Buffer.toString`, without the look-up of an encoding. */
type SliceBuffer = Buffer & {
  latin1Slice(from: number, to: number): string
  utf8Slice(from: number, to: number): string
}

/**
 * Cuts bytes into lines that end in LF, CR or CRLF, and knows the byte position behind each. A CR that is the
 * last byte is held back until it is known whether an LF follows. Use: `space()`, read into it, `filled(n)`, then
 * `next()` until it gives null.
 */
export class LineSplitter {
  /** Where in the input the next line starts. */
  position: number
  readonly #chunk: number
  readonly #longest: number
  #buffer: SliceBuffer
  /** The bytes in `#buffer` that have not been given out as lines. */
  #start = 0
  #end = 0
  /** End of the last complete line. */
  #complete = 0
  #hasCr = false
  #ascii = false
  /** Of the complete lines: Java's replacement characters are only looked for where there are any. */
  #wellFormed = false
  /** The complete lines as one text, where that is all it takes to cut them: ASCII and LF only. */
  #text: string | null = null
  #textAt = 0

  constructor(position = 0, chunkBytes = 256 * 1024, longestLine = LONGEST_LINE) {
    this.position = position
    this.#chunk = chunkBytes
    this.#longest = longestLine
    this.#buffer = Buffer.allocUnsafeSlow(chunkBytes) as SliceBuffer
  }

  /** True when bytes of an unfinished line are held. */
  get unfinished(): boolean {
    return this.#end > this.#start
  }

  /** Where the next bytes are to be read to; at least half a chunk long. Call it when `next` has given null. */
  space(): Uint8Array {
    const held = this.#end - this.#start
    if (held > this.#longest) {
      throw new ConnectException(
        `A line is longer than ${this.#longest} bytes, more than a Kafka record can hold`,
        {
          hint: `It starts at byte ${this.position}; is this a text file?`,
        },
      )
    }
    const wanted = held + this.#chunk / 2
    if (wanted > this.#buffer.length) this.#move(held, Math.max(2 * held, this.#chunk))
    else if (held < this.#chunk / 4 && this.#buffer.length > this.#chunk) this.#move(held, this.#chunk)
    else if (this.#start > 0) this.#move(held, 0)
    return this.#buffer.subarray(this.#end)
  }

  /** `n` bytes have been read into `space()`. */
  filled(n: number): void {
    const from = this.#end
    this.#end += n
    const fresh = this.#buffer.subarray(from, this.#end)
    const lf = fresh.lastIndexOf(LF)
    let complete = lf < 0 ? this.#start : from + lf + 1
    if (!this.#hasCr) this.#hasCr = fresh.includes(CR)
    // Not the last byte: an LF may belong to it.
    if (this.#hasCr && n > 0) {
      complete = Math.max(
        complete,
        this.#start + this.#buffer.subarray(this.#start, this.#end - 1).lastIndexOf(CR) + 1,
      )
    }
    this.#complete = complete
    if (complete === this.#start) return
    const lines = this.#buffer.subarray(this.#start, complete)
    this.#ascii = isAscii(lines)
    this.#wellFormed = this.#ascii || isUtf8(lines)
    this.#text = this.#ascii && !this.#hasCr ? this.#buffer.latin1Slice(this.#start, complete) : null
    this.#textAt = 0
  }

  /** The next line without its end, or null when no further line is complete. */
  next(): string | null {
    const text = this.#text
    if (text === null) return this.#start < this.#complete ? this.#cut() : null
    const from = this.#textAt
    const at = text.indexOf('\n', from)
    const taken = at + 1 - from
    this.#textAt = at + 1
    this.#start += taken
    this.position += taken
    // The text would keep a whole chunk alive.
    if (this.#start === this.#complete) this.#text = null
    return text.substring(from, at)
  }

  /** What is left when the input will not grow any more: the last line, though nothing ends it. */
  rest(): string | null {
    if (this.#start === this.#end) return null
    const held = decodeUtf8(this.#buffer, this.#start, this.#end)
    this.position += this.#end - this.#start
    this.#start = this.#complete = this.#end
    return held.endsWith('\r') ? held.slice(0, -1) : held
  }

  #cut(): string {
    const buffer = this.#buffer
    const start = this.#start
    let end = buffer.indexOf(LF, start)
    if (end < 0 || end > this.#complete) end = this.#complete
    let next = end + 1
    if (this.#hasCr) {
      const cr = buffer.subarray(start, end).indexOf(CR)
      if (cr >= 0) {
        end = start + cr
        next = buffer[end + 1] === LF ? end + 2 : end + 1
      }
    }
    this.#start = next
    this.position += next - start
    if (this.#ascii) return buffer.latin1Slice(start, end)
    return this.#wellFormed ? buffer.utf8Slice(start, end) : decodeUtf8(buffer, start, end)
  }

  /** Puts what is held at the front, of a buffer of another size if `size` is given. */
  #move(held: number, size: number): void {
    if (size > 0 && size !== this.#buffer.length) {
      const other = Buffer.allocUnsafeSlow(size) as SliceBuffer
      this.#buffer.copy(other, 0, this.#start, this.#end)
      this.#buffer = other
    } else {
      this.#buffer.copyWithin(0, this.#start, this.#end)
    }
    this.#start = 0
    this.#end = held
    this.#complete = 0
    // Of what is left only a CR at the very end can count.
    this.#hasCr = held > 0 && this.#buffer[held - 1] === CR
  }
}
