/**
 * Reads an object whose members come as they did in a record before: names are compared instead of parsed, and of
 * a number that `JSON.parse` would change the right form is made at once. It gives up on whatever is not usual.
 */
import { BigDecimal } from '../../data/big-decimal.ts'
import type { JsonNode } from '../../data/json/node.ts'
import { Float64 } from '../../data/numbers.ts'
import { DocumentText } from './document-text.ts'
import type { NumberMode } from './read.ts'

const GIVE_UP: unique symbol = Symbol('give up')

/** Escapes, controls (blanks between lines among them) and what malformed UTF-8 becomes. */
const UNUSUAL = /[\\\0-\x1f\ufffd]/
const MAX_TEXT = 1 << 16
const MAX_MEMBERS = 256
const MAX_DEPTH = 32
/** Characters of a number; 15 digits are exact as a double. */
const MAX_INTEGER = 15
const MAX_EXACT_FRACTION = 16
const MAX_NUMBER = 40

const MAX_SHAPES = 4
/** After so many records in a row that fitted no shape, shapes are not tried for the next so many. */
const MISSES = 32
const PAUSE = 4096

/** An object's members in order. */
interface Shape {
  readonly names: readonly string[]
  /** What stands before each value: `{"a":`, `,"b":` */
  readonly prefixes: readonly string[]
  /** The shapes of objects under each name, or in lists there. */
  readonly inner: readonly (Shape | null)[]
}

export class ShapeReader {
  private text = ''
  private readonly texts = new DocumentText()
  private at = 0
  /** How many lists are around. */
  private lists = 0
  /** The latest hit first. */
  private readonly shapes: Shape[] = []
  private misses = 0
  private pause = 0

  constructor(private readonly mode: NumberMode) {}

  /** The object that the text is as a whole; undefined when it gives up. */
  read(text: string): JsonNode | undefined {
    if (this.pause > 0 || text.length > MAX_TEXT || UNUSUAL.test(text)) return undefined
    return this.readUsual(text, 0, text.length)
  }

  /** The same for characters `from` to `to` of a text without anything unusual. */
  readUsual(text: string, from: number, to: number): JsonNode | undefined {
    if (this.pause > 0) return undefined
    this.text = text
    this.texts.open(text)
    for (let i = 0; i < this.shapes.length; i++) {
      const shape = this.shapes[i]!
      this.at = from
      this.lists = 0
      const object = this.object(shape)
      if (object === GIVE_UP || this.at !== to) continue
      if (i > 0) {
        this.shapes.splice(i, 1)
        this.shapes.unshift(shape)
      }
      this.misses = 0
      return object
    }
    return undefined
  }

  /** What came of a text on which `read` gave up; the next one may be like it. */
  learn(text: string, node: JsonNode): void {
    if (this.pause > 0) {
      this.pause--
      return
    }
    if (++this.misses > MISSES) {
      this.misses = 0
      this.pause = PAUSE
      return
    }
    if (text.length > MAX_TEXT || UNUSUAL.test(text)) return
    const shape = shapeOf(node, separatorsOf(text), 0)
    if (shape === null) return
    this.shapes.unshift(shape)
    if (this.shapes.length > MAX_SHAPES) this.shapes.pop()
  }

  private object(shape: Shape): { [name: string]: JsonNode } | typeof GIVE_UP {
    const { names, prefixes, inner } = shape
    const members: { [name: string]: JsonNode } = {}
    for (let i = 0; i < names.length; i++) {
      if (!this.passes(prefixes[i]!)) return GIVE_UP
      const value = this.value(inner[i]!)
      if (value === GIVE_UP) return GIVE_UP
      members[names[i]!] = value
    }
    return this.passes('}') ? members : GIVE_UP
  }

  private passes(expected: string): boolean {
    const { text, at } = this
    for (let k = 0; k < expected.length; k++)
      if (text.charCodeAt(at + k) !== expected.charCodeAt(k)) return false
    this.at = at + expected.length
    return true
  }

  private value(shape: Shape | null): JsonNode | typeof GIVE_UP {
    const { text, at } = this
    const c = text.charCodeAt(at)
    switch (c) {
      case 0x22: {
        const end = text.indexOf('"', at + 1)
        if (end < 0) return GIVE_UP
        this.at = end + 1
        return this.texts.cut(at + 1, end)
      }
      case 0x7b:
        return shape === null ? GIVE_UP : this.object(shape)
      case 0x5b:
        return this.array(shape)
      case 0x74:
        return this.passes('true') ? true : GIVE_UP
      case 0x66:
        return this.passes('false') ? false : GIVE_UP
      case 0x6e:
        return this.passes('null') ? null : GIVE_UP
      default:
        return this.number(c)
    }
  }

  private array(shape: Shape | null): JsonNode[] | typeof GIVE_UP {
    const elements: JsonNode[] = []
    this.at++
    if (this.passes(']')) return elements
    if (++this.lists > MAX_DEPTH) return GIVE_UP
    for (;;) {
      const element = this.value(shape)
      if (element === GIVE_UP) return GIVE_UP
      elements.push(element)
      if (this.passes(']')) break
      if (!this.passes(',')) return GIVE_UP
      if (this.text.charCodeAt(this.at) === 0x20) this.at++
    }
    this.lists--
    return elements
  }

  /** `c` is the first character. */
  private number(c: number): JsonNode | typeof GIVE_UP {
    const { text } = this
    const start = this.at
    let at = start
    let digit = c
    if (c === 0x2d) digit = text.charCodeAt(++at)
    const first = at
    let value = 0
    for (; digit >= 0x30 && digit <= 0x39; digit = text.charCodeAt(++at)) value = value * 10 + digit - 0x30
    const digits = at - first
    if (digits === 0 || (digits > 1 && text.charCodeAt(first) === 0x30)) return GIVE_UP
    this.at = at
    if (digit === 0x2e) return this.fraction(start, at)
    if (digits > MAX_INTEGER) return GIVE_UP
    return c === 0x2d && value !== 0 ? -value : value
  }

  /** At the point. */
  private fraction(start: number, point: number): JsonNode | typeof GIVE_UP {
    const { text } = this
    let at = point + 1
    let digit = text.charCodeAt(at)
    for (; digit >= 0x30 && digit <= 0x39; digit = text.charCodeAt(++at));
    const length = at - start
    if (at === point + 1 || length > MAX_NUMBER) return GIVE_UP
    this.at = at
    const token = text.slice(start, at)
    const value = Number(token)
    if (length <= MAX_EXACT_FRACTION && text.charCodeAt(at - 1) !== 0x30) return value
    const whole = Number.isInteger(value)
    if (!whole && this.mode !== 'digits') return value
    // Java reads doubles by way of BigDecimal, which knows no -0.
    if (this.mode === 'value') return new Float64(value === 0 ? 0 : value) as unknown as JsonNode
    const unscaled = text.slice(start, point) + text.slice(point + 1, at)
    return new BigDecimal(BigInt(unscaled), at - point - 1)
  }
}

/** What stands between members and behind a name: no blank, or one after each comma and colon. */
interface Separators {
  readonly comma: string
  readonly colon: string
}

const COMPACT: Separators = { comma: ',', colon: ':' }
const SPACED: Separators = { comma: ', ', colon: ': ' }

function separatorsOf(text: string): Separators {
  return /^\{"[^"]*": /.test(text) ? SPACED : COMPACT
}

/** Null when its members cannot be told by their names in order. */
function shapeOf(node: JsonNode, separators: Separators, depth: number): Shape | null {
  if (!isPlain(node) || depth > MAX_DEPTH) return null
  const names = Object.keys(node)
  if (names.length === 0 || names.length > MAX_MEMBERS || names.some(isOdd)) return null
  const inner = names.map(name => {
    const value = node[name]!
    const object = Array.isArray(value) ? value.find(isPlain) : value
    return object === undefined ? null : shapeOf(object, separators, depth + 1)
  })
  const { comma, colon } = separators
  const prefixes = names.map((name, i) => `${i === 0 ? '{' : comma}"${name}"${colon}`)
  return { names, prefixes, inner }
}

function isPlain(node: JsonNode): node is { [name: string]: JsonNode } {
  return typeof node === 'object' && node !== null && Object.getPrototypeOf(node) === Object.prototype
}

/** A plain object does not keep the order of names that look like array indexes, nor `__proto__` as a member. */
function isOdd(name: string): boolean {
  const first = name.charCodeAt(0)
  return (first >= 0x30 && first <= 0x39) || name === '__proto__' || name.includes('"')
}
