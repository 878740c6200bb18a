import { JsonParseException, jacksonLocation } from './parse-error.ts'

const EOF = -1

/** A place in JSON bytes that can say where it is. */
export class JsonCursor {
  at: number

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
      if (c > 0x20) return c
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

  /** Names the character at the cursor that should not be here. */
  unexpected(c: number, why: string): JsonParseException {
    return this.error(`Unexpected character (${charDescription(this.codePointAt(c))}): ${why}`)
  }

  private codePointAt(c: number): number {
    if (c < 0x80) return c
    return this.data.toString('utf8', this.at, Math.min(this.at + 4, this.end)).codePointAt(0) ?? c
  }
}

/** Java: ParserMinimalBase._getCharDesc */
export function charDescription(c: number): string {
  if (c < 0x20 || (c >= 0x7f && c <= 0x9f)) return `(CTRL-CHAR, code ${c})`
  const text = String.fromCharCode(c)
  return c > 255 ? `'${text}' (code ${c} / 0x${c.toString(16)})` : `'${text}' (code ${c})`
}
