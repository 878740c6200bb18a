/**
 * JSON as Avro reads and prints schemas: members keep their order, whole numbers every digit, and other numbers print
 * as a Java double. Java: Schema's ObjectMapper
 */

import { doubleText, floatText } from '../../data/java-number-text.ts'
import { Float32, Float64, int64 } from '../../data/numbers.ts'
import { InvalidSchema } from '../schema-format.ts'

/** Whole numbers are `number` where safe, else `bigint`; all others `Float64` (`Float32` never comes from a text). */
export type JsonValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Float32
  | Float64
  | readonly JsonValue[]
  | JsonObject

export type JsonObject = ReadonlyMap<string, JsonValue>

/** As deep as Jackson follows. */
const MAX_DEPTH = 1000

/** Null where there is no JSON at all. @throws InvalidSchema with line and column */
export function parseJson(text: string): JsonValue | undefined {
  const reader = new JsonReader(text)
  reader.skipBlanks()
  if (reader.at === text.length) return undefined
  const value = reader.value(0)
  const rest = text.slice(reader.at).trim()
  if (rest !== '') throw new InvalidSchema(`dangling content after end of schema: ${rest}`)
  return value
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y
const PLAIN = /[^"\\\0-\x1f]*/y
const BLANKS = /(?:[ \t\r\n]|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)*/y
const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  '\\': '\\',
  '/': '/',
}

class JsonReader {
  at = 0

  constructor(private readonly text: string) {}

  skipBlanks(): void {
    this.match(BLANKS)
  }

  value(depth: number): JsonValue {
    if (depth > MAX_DEPTH) throw this.error(`is nested deeper than ${MAX_DEPTH} levels`)
    this.skipBlanks()
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth)
      case '[':
        return this.array(depth)
      case '"':
        return this.string()
      case 't':
        return this.word('true', true)
      case 'f':
        return this.word('false', false)
      case 'n':
        return this.word('null', null)
      default:
        return this.number()
    }
  }

  private object(depth: number): JsonObject {
    const members = new Map<string, JsonValue>()
    this.at++
    if (this.next('}')) return members
    do {
      this.skipBlanks()
      if (this.text[this.at] !== '"') throw this.error('should have a name in double quotes')
      const name = this.string()
      this.expect(':')
      members.set(name, this.value(depth + 1))
    } while (this.next(','))
    this.expect('}')
    return members
  }

  private array(depth: number): JsonValue[] {
    const elements: JsonValue[] = []
    this.at++
    if (this.next(']')) return elements
    do elements.push(this.value(depth + 1))
    while (this.next(','))
    this.expect(']')
    return elements
  }

  private string(): string {
    this.at++
    let out = ''
    for (;;) {
      out += this.match(PLAIN)
      const char = this.text[this.at]
      if (char === '"') break
      if (char !== '\\')
        throw this.error('has an unescaped control character, or no closing quote, in a text')
      const code = this.text[this.at + 1] ?? ''
      if (code === 'u') {
        const digits = this.text.slice(this.at + 2, this.at + 6)
        if (!/^[0-9a-fA-F]{4}$/.test(digits))
          throw this.error('has an escape without four hexadecimal digits')
        out += String.fromCharCode(Number.parseInt(digits, 16))
        this.at += 6
      } else {
        const escaped = ESCAPES[code]
        if (escaped === undefined) throw this.error('has an unknown escape')
        out += escaped
        this.at += 2
      }
    }
    this.at++
    return out
  }

  private number(): JsonValue {
    NUMBER.lastIndex = this.at
    const found = NUMBER.exec(this.text)
    if (found === null) throw this.error('should have a value')
    this.at = NUMBER.lastIndex
    const isWhole = found[1] === undefined && found[2] === undefined
    return isWhole ? int64(BigInt(found[0])) : new Float64(Number(found[0]))
  }

  private word<T extends JsonValue>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw this.error('should have a value')
    this.at += word.length
    return value
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)![0]
    this.at += found.length
    return found
  }

  /** Passes the character where it is the next one. */
  private next(char: string): boolean {
    this.skipBlanks()
    if (this.text[this.at] !== char) return false
    this.at++
    return true
  }

  private expect(char: string): void {
    if (!this.next(char)) throw this.error(`should have '${char}'`)
  }

  private error(what: string): InvalidSchema {
    const before = this.text.slice(0, this.at).split('\n')
    const found = this.at < this.text.length ? `, not '${this.text[this.at]}'` : ', but ends'
    return new InvalidSchema(
      `The schema is no JSON: it ${what} at line ${before.length}, column ${before.at(-1)!.length + 1}${found}`,
    )
  }
}

/** Without blanks, as Jackson writes to characters: only quotes, backslashes and controls are escaped. */
export function jsonText(value: JsonValue): string {
  switch (typeof value) {
    case 'string':
      return quoted(value)
    case 'object':
      if (value === null) return 'null'
      if (value instanceof Float64) return finite(value.value, doubleText)
      if (value instanceof Float32) return finite(value.value, floatText)
      return value instanceof Map
        ? objectText(value)
        : `[${(value as readonly JsonValue[]).map(jsonText).join(',')}]`
    default:
      return value === 0 ? '0' : String(value)
  }
}

function objectText(object: JsonObject): string {
  return `{${Array.from(object, ([name, member]) => `${quoted(name)}:${jsonText(member)}`).join(',')}}`
}

function finite(value: number, text: (value: number) => string): string {
  return Number.isFinite(value) ? text(value) : `"${value}"`
}

const ESCAPED = /["\\\0-\x1f]/g
const SHORT: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
}

export function quoted(text: string): string {
  return `"${text.replace(ESCAPED, char => SHORT[char] ?? `\\u00${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)}"`
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return value instanceof Map
}

export function isJsonArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}

/** True for `1`, not for `1.0`. */
export function isWhole(value: JsonValue | undefined): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

export function isNumber(value: JsonValue | undefined): value is number | bigint | Float32 | Float64 {
  return isWhole(value) || value instanceof Float32 || value instanceof Float64
}

/** As a double. */
export function toDouble(value: number | bigint | Float32 | Float64): number {
  return Number(value)
}

/** Equal as Jackson's nodes are: `1` and `1.0` differ, members may stand in any order. */
export function jsonEquals(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (Object.is(a, b)) return true
  if (a instanceof Float64 || a instanceof Float32) return a.equals(b)
  if (isJsonArray(a)) return isJsonArray(b) && a.length === b.length && a.every((e, i) => jsonEquals(e, b[i]))
  if (!isJsonObject(a) || !isJsonObject(b) || a.size !== b.size) return false
  return Array.from(a).every(([name, member]) => b.has(name) && jsonEquals(member, b.get(name)))
}
