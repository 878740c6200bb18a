import { JsonParseException, jacksonLocation } from './parse-error.ts'

const EOF = -1
const SLASH = 0x2f
const COMMENT =
  "maybe a (non-standard) comment? (not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser)"

/** A place in JSON bytes that can say where it is. */
export class JsonCursor {
  at: number
  /** Whether NaN and the infinities are numbers here. Java: JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS */
  nonNumeric = false

  constructor(
    readonly data: Buffer,
    readonly start: number,
    readonly end: number,
  ) {
    this.at = start
  }

  /** Passes a UTF-8 byte order mark. */
  skipMark(): void {
    const { data, at } = this
    if (this.end - at >= 3 && data[at] === 0xef && data[at + 1] === 0xbb && data[at + 2] === 0xbf)
      this.at += 3
  }

  /** The byte here, or -1 behind the end. */
  peek(): number {
    return this.at < this.end ? this.data[this.at]! : EOF
  }

  /** Passes spaces, tabs and line ends; the byte after them, or -1. @throws JsonParseException on controls */
  skipBlanks(): number {
    for (; this.at < this.end; this.at++) {
      const c = this.data[this.at]!
      if (c > 0x20 && c !== SLASH) return c
      if (c === SLASH) throw this.unexpected(c, COMMENT)
      if (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) continue
      this.at++
      throw this.error(
        `Illegal character (${charDescription(c)}): only regular white space (\\r, \\n, \\t) is allowed between tokens`,
      )
    }
    return EOF
  }

  /** Jackson's location of a byte, lines ending at \n, \r or both. */
  locationOf(at: number): string {
    let line = 1
    let lineStart = this.start
    for (let i = this.start; i < at; i++) {
      const c = this.data[i]
      if (c === 0x0d && this.data[i + 1] === 0x0a && i + 1 < at) i++
      else if (c !== 0x0a && c !== 0x0d) continue
      line++
      lineStart = i + 1
    }
    return jacksonLocation(line, at - lineStart + 1)
  }

  /** An error at the cursor. */
  error(message: string, kind?: ConstructorParameters<typeof JsonParseException>[1]): JsonParseException {
    return new JsonParseException(`${message}\n at ${this.locationOf(this.at)}`, kind)
  }

  /** Names the byte at the cursor, which should not be here. */
  unexpected(c: number, why: string): JsonParseException {
    return this.error(`Unexpected character (${charDescription(c)}): ${why}`)
  }

  /** As `unexpected`, inside a number. */
  unexpectedInNumber(c: number, why: string): JsonParseException {
    return this.error(`Unexpected character (${charDescription(c)}) in numeric value: ${why}`)
  }

  /** The input is over inside something. */
  endOf(what: string): JsonParseException {
    this.at = this.end
    return this.error(`Unexpected end-of-input ${what}`, 'io.JsonEOFException')
  }

  /**
   * Passes one character beyond ASCII and returns its code point; encoded surrogates, which UTF-8 forbids, are
   * taken as Jackson takes them. `where` is for input that ends inside it.
   */
  passMultiByte(where: string): number {
    const { data, end } = this
    const first = data[this.at]!
    const length = (first & 0xe0) === 0xc0 ? 2 : (first & 0xf0) === 0xe0 ? 3 : (first & 0xf8) === 0xf0 ? 4 : 0
    if (length === 0) {
      this.at++
      throw this.error(`Invalid UTF-8 start byte 0x${first.toString(16)}`)
    }
    let code = first & (0xff >> (length + 1))
    for (let k = 1; k < length; k++) {
      if (this.at + k >= end) throw this.endOf(where)
      const c = data[this.at + k]!
      if ((c & 0xc0) !== 0x80) {
        this.at += k + 1
        throw this.error(`Invalid UTF-8 middle byte 0x${c.toString(16)}`)
      }
      code = (code << 6) | (c & 0x3f)
    }
    this.at += length
    return code
  }
}

/** Java: ParserMinimalBase._getCharDesc */
export function charDescription(c: number): string {
  if (c < 0x20 || (c >= 0x7f && c <= 0x9f)) return `(CTRL-CHAR, code ${c})`
  const text = String.fromCharCode(c)
  return c > 255 ? `'${text}' (code ${c} / 0x${c.toString(16)})` : `'${text}' (code ${c})`
}
