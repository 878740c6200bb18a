/**
 * The quick reader for texts with numbers that `JSON.parse` would change. It knows what is common and gives up on
 * the rest (escaped or odd names, leading zeros, trailing text, errors), which the exact parser reads or refuses.
 */
import { BigDecimal } from '../../data/big-decimal.ts'
import type { JsonNode } from '../../data/json/node.ts'
import { Float64 } from '../../data/numbers.ts'
import { DocumentText } from './document-text.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
/** One less than Jackson's: an envelope may be around. */
const MAX_DEPTH = 999
const MAX_NUMBER = 300
const MAX_NAME = 50_000

class GiveUp extends Error {}
const GIVE_UP = new GiveUp('left to the exact parser')

/**
 * The value that the text is; undefined when it gives up. With `asValues` a fraction that is a whole double is a
 * Float64 and an integer wraps at 64 bits, which is what a schemaless value holds; else numbers keep their digits.
 */
export function parseText(text: string, asValues: boolean): JsonNode | Float64 | undefined {
  const parser = new TextParser(text, asValues)
  try {
    return parser.document()
  } catch (error) {
    if (error === GIVE_UP) return undefined
    throw error
  }
}

class TextParser {
  private at = 0
  private readonly texts = new DocumentText()

  constructor(
    private readonly text: string,
    private readonly asValues: boolean,
  ) {
    this.texts.open(text)
  }

  document(): JsonNode {
    this.skipBlanks()
    const value = this.value(0)
    this.skipBlanks()
    if (this.at < this.text.length) throw GIVE_UP
    return value
  }

  private skipBlanks(): number {
    for (;;) {
      const c = this.text.charCodeAt(this.at)
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return c
      this.at++
    }
  }

  private value(depth: number): JsonNode {
    const c = this.text.charCodeAt(this.at)
    switch (c) {
      case QUOTE:
        return this.string()
      case 0x7b:
        return this.object(depth + 1)
      case 0x5b:
        return this.array(depth + 1)
      case 0x74:
        return this.literal('true', true)
      case 0x66:
        return this.literal('false', false)
      case 0x6e:
        return this.literal('null', null)
      default:
        if (c === 0x2d || (c >= 0x30 && c <= 0x39)) return this.number()
        throw GIVE_UP
    }
  }

  private literal<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw GIVE_UP
    this.at += word.length
    const c = this.text.charCodeAt(this.at)
    if (c >= 0x30 && c !== 0x5d && c !== 0x7d) throw GIVE_UP
    return value
  }

  private array(depth: number): JsonNode[] {
    if (depth > MAX_DEPTH) throw GIVE_UP
    const elements: JsonNode[] = []
    this.at++
    if (this.skipBlanks() === 0x5d) {
      this.at++
      return elements
    }
    for (;;) {
      this.skipBlanks()
      elements.push(this.value(depth))
      const c = this.skipBlanks()
      this.at++
      if (c === 0x5d) return elements
      if (c !== 0x2c) throw GIVE_UP
    }
  }

  private object(depth: number): { [name: string]: JsonNode } {
    if (depth > MAX_DEPTH) throw GIVE_UP
    const members: { [name: string]: JsonNode } = {}
    this.at++
    if (this.skipBlanks() === 0x7d) {
      this.at++
      return members
    }
    for (;;) {
      const name = this.name()
      if (this.skipBlanks() !== 0x3a) throw GIVE_UP
      this.at++
      this.skipBlanks()
      members[name] = this.value(depth)
      const c = this.skipBlanks()
      this.at++
      if (c === 0x7d) return members
      if (c !== 0x2c) throw GIVE_UP
    }
  }

  /** Plain objects keep the order of names that do not look like array indexes. */
  private name(): string {
    if (this.skipBlanks() !== QUOTE) throw GIVE_UP
    const start = this.at + 1
    const end = this.endOfString()
    if (end < 0 || end - start > MAX_NAME) throw GIVE_UP
    const first = this.text.charCodeAt(start)
    if (first >= 0x30 && first <= 0x39) throw GIVE_UP
    const name = this.text.slice(start, end)
    if (name === '__proto__') throw GIVE_UP
    this.at = end + 1
    return name
  }

  private string(): string {
    const start = this.at
    const end = this.endOfString()
    if (end >= 0) {
      this.at = end + 1
      return this.texts.cut(start + 1, end)
    }
    return this.escapedString(start)
  }

  /** The closing quote of a string without escapes, else -1. */
  private endOfString(): number {
    const { text } = this
    for (let i = this.at + 1; ; i++) {
      const c = text.charCodeAt(i)
      if (c === QUOTE) return i
      if (c === BACKSLASH) return -1
      if (!(c >= 0x20)) throw GIVE_UP
    }
  }

  private escapedString(start: number): string {
    const { text } = this
    let end = start + 1
    while (end < text.length && text.charCodeAt(end) !== QUOTE)
      end += text.charCodeAt(end) === BACKSLASH ? 2 : 1
    try {
      const value = JSON.parse(text.slice(start, end + 1)) as string
      this.at = end + 1
      return value
    } catch {
      throw GIVE_UP
    }
  }

  private number(): JsonNode {
    const { text } = this
    const start = this.at
    if (text.charCodeAt(this.at) === 0x2d) this.at++
    const first = this.at
    this.digits()
    if (text.charCodeAt(first) === 0x30 && this.at > first + 1) throw GIVE_UP
    const whole = this.at
    let fraction = 0
    if (text.charCodeAt(this.at) === 0x2e) {
      this.at++
      fraction = this.digits()
    }
    const mantissaEnd = this.at
    if ((text.charCodeAt(this.at) | 0x20) === 0x65) {
      this.at++
      const sign = text.charCodeAt(this.at)
      if (sign === 0x2b || sign === 0x2d) this.at++
      this.digits()
    }
    if (this.at - start > MAX_NUMBER) throw GIVE_UP
    if (this.at === whole) return this.integer(text.slice(start, whole))
    const exponent = this.at > mantissaEnd ? Number(text.slice(mantissaEnd + 1, this.at)) : 0
    if (Math.abs(exponent) > 0x7ffffff) throw GIVE_UP
    if (this.asValues) return double(text.slice(start, this.at))
    const unscaled = text.slice(start, whole) + text.slice(mantissaEnd - fraction, mantissaEnd)
    return new BigDecimal(BigInt(unscaled), fraction - exponent)
  }

  /** Passes at least one digit and returns how many. */
  private digits(): number {
    const start = this.at
    for (let c = this.text.charCodeAt(start); c >= 0x30 && c <= 0x39; c = this.text.charCodeAt(this.at))
      this.at++
    if (this.at === start) throw GIVE_UP
    return this.at - start
  }

  private integer(token: string): number | bigint {
    if (token.length <= 15) return Number(token) || 0 // -0 is 0
    const exact = BigInt(token)
    const value = this.asValues ? BigInt.asIntN(64, exact) : exact
    const number = Number(value)
    return Number.isSafeInteger(number) ? number || 0 : value
  }
}

/** Java reads doubles by way of BigDecimal, which knows no -0: only what is too small for a double becomes one. */
function double(token: string): JsonNode {
  const value = Number(token)
  if (!Number.isInteger(value) && Number.isFinite(value)) return value
  const zero = value === 0 && !/^[-0.]*[1-9]/.test(token)
  return new Float64(zero ? 0 : value) as unknown as JsonNode
}
