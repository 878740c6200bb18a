/** Words and marks of .proto text. Java: com.squareup.wire.schema.internal.parser.SyntaxReader */
import { InvalidSchema } from '../schema-format.ts'

const WORD = /[A-Za-z0-9_.-]+/y
const SKIPPED = /(?:[\s\u00a0]+|\/\/[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/)*/y
const ESCAPES: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

export class SyntaxReader {
  private at = 0

  constructor(private readonly text: string) {}

  exhausted(): boolean {
    this.skip()
    return this.at >= this.text.length
  }

  /** The next character that counts; '' at the end. */
  peek(): string {
    this.skip()
    return this.text[this.at] ?? ''
  }

  /** Takes it if it is next. */
  take(mark: string): boolean {
    if (this.peek() !== mark) return false
    this.at++
    return true
  }

  expect(mark: string): void {
    if (!this.take(mark)) throw this.error(`expected '${mark}'`)
  }

  word(): string {
    this.skip()
    WORD.lastIndex = this.at
    const match = WORD.exec(this.text)
    if (match === null) throw this.error('expected a word')
    this.at = WORD.lastIndex
    return match[0]
  }

  /** The next word, left where it is; '' where none is. */
  peekWord(): string {
    this.skip()
    WORD.lastIndex = this.at
    return WORD.exec(this.text)?.[0] ?? ''
  }

  /** A word, or one in parentheses or brackets, without them. */
  name(): string {
    if (this.take('(')) return this.closed(')')
    if (this.take('[')) return this.closed(']')
    return this.word()
  }

  private closed(mark: string): string {
    const name = this.word()
    this.expect(mark)
    return name
  }

  /** `int32`, `.a.Foo`, `map<string, Foo>`. */
  dataType(): string {
    const name = this.word()
    if (name !== 'map' || !this.take('<')) return name
    const key = this.word()
    this.expect(',')
    const value = this.word()
    this.expect('>')
    return `map<${key}, ${value}>`
  }

  integer(): number {
    const word = this.word()
    const value = /^-?(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/.test(word) ? integerOf(word) : Number.NaN
    if (!Number.isInteger(value) || Math.abs(value) > 0x80000000)
      throw this.error(`expected an integer but was ${word}`)
    return value
  }

  /** A text in quotes; further ones behind it are its continuation. */
  quoted(): string {
    let out = ''
    do {
      const quote = this.peek()
      if (quote !== '"' && quote !== "'") throw this.error('expected a text in quotes')
      this.at++
      out += this.quotedPart(quote)
    } while (this.peek() === '"' || this.peek() === "'")
    return out
  }

  /** A text that is a name, which is printed as it is. */
  quotedName(): string {
    const name = this.quoted()
    if (!isPrintable(name)) throw this.error(`${JSON.stringify(name)} is no name`)
    return name
  }

  private quotedPart(quote: string): string {
    let out = ''
    while (this.at < this.text.length) {
      const c = this.text[this.at++]!
      if (c === quote) return out
      if (c === '\n') break
      out += c === '\\' ? this.escape() : c
    }
    throw this.error('unterminated string')
  }

  private escape(): string {
    const c = this.text[this.at++] ?? ''
    if (c in ESCAPES) return ESCAPES[c]!
    if (c === 'x' || c === 'X') return this.numeric(16, /[0-9a-fA-F]{1,2}/y)
    if (c >= '0' && c <= '7') {
      this.at--
      return this.numeric(8, /[0-7]{1,3}/y)
    }
    if (c === 'u') return this.numeric(16, /[0-9a-fA-F]{4}/y)
    if (c === 'U') return this.numeric(16, /[0-9a-fA-F]{8}/y)
    return c
  }

  private numeric(radix: number, digits: RegExp): string {
    digits.lastIndex = this.at
    const match = digits.exec(this.text)
    const code = match === null ? Number.NaN : Number.parseInt(match[0], radix)
    if (match === null || code > 0x10ffff) throw this.error('expected the digits of a character')
    this.at = digits.lastIndex
    return String.fromCodePoint(code)
  }

  private skip(): void {
    SKIPPED.lastIndex = this.at
    SKIPPED.exec(this.text)
    this.at = SKIPPED.lastIndex
    if (this.text.startsWith('/*', this.at)) throw this.error('unterminated comment')
  }

  error(message: string): InvalidSchema {
    const before = this.text.slice(0, this.at).split('\n')
    const place = `${before.length}:${before.at(-1)!.length + 1}`
    return new InvalidSchema(`Could not parse Protobuf - Syntax error in :${place}: ${message}`)
  }
}

/** True for what may stand between quotes without being escaped. */
export function isPrintable(name: string): boolean {
  return !/["'\\\p{Cc}]/u.test(name)
}

function integerOf(word: string): number {
  const negative = word.startsWith('-')
  const digits = negative ? word.slice(1) : word
  const value = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits)
  return negative ? -value : value
}
