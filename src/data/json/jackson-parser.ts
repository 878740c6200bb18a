/**
 * A JSON reader that reads what Jackson reads with Kafka's settings and loses nothing: decimals as written,
 * leading zeros allowed, a byte order mark skipped, whatever follows the first value ignored. Errors carry
 * Jackson's texts. Java: com.fasterxml.jackson.core.json.UTF8StreamJsonParser
 */
import { JsonCursor } from './json-cursor.ts'
import { asUtf8 } from './json-encoding.ts'
import { readNumber } from './json-number.ts'
import { readName, readString } from './json-string.ts'
import { type JsonDocument, type JsonNode, MISSING } from './node.ts'
import { JsonParseException } from './parse-error.ts'

const MAX_DEPTH = 1000
const QUOTE = 0x22
const EOF = -1
const TOKENS = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
const BETWEEN_ENTRIES = 'within/between Object entries'
/** What a value stands in. */
type Container = typeof ROOT | typeof ARRAY | typeof OBJECT
const ROOT = 0
const ARRAY = 1
const OBJECT = 2
const COMMA = 0x2c
const PLUS = 0x2b
const CLOSES_ARRAY = 0x5d
const CLOSES_OBJECT = 0x7d

/** The first value of the bytes from `start` to `end`, MISSING when they are blank. @throws JsonParseException */
export function parseJson(data: Buffer, start = 0, end = data.length, nonNumeric = false): JsonDocument {
  const utf8 = asUtf8(data, start, end)
  const cursor = utf8 === null ? new JsonCursor(data, start, end) : new JsonCursor(utf8, 0, utf8.length)
  cursor.nonNumeric = nonNumeric
  cursor.skipMark()
  if (cursor.skipBlanks() === EOF) return MISSING
  return readValue(cursor, 0)
}

/** At the first byte of a value. `depth` counts the containers around it, the innermost being `inside`. */
export function readValue(
  cursor: JsonCursor,
  depth: number,
  inside: Container = depth === 0 ? ROOT : OBJECT,
): JsonNode {
  const c = cursor.peek()
  switch (c) {
    case QUOTE:
      return readString(cursor)
    case 0x7b:
      return readObject(cursor, depth + 1)
    case 0x5b:
      return readArray(cursor, depth + 1)
    case 0x74:
      return literal(cursor, 'true', true)
    case 0x66:
      return literal(cursor, 'false', false)
    case 0x6e:
      return literal(cursor, 'null', null)
  }
  if (cursor.nonNumeric) {
    const number = readNonNumeric(cursor)
    if (number !== null) return number
  }
  if (c === 0x2d || (c >= 0x30 && c <= 0x39)) return readNumber(cursor, depth === 0)
  throw unexpectedValue(cursor, c, inside)
}

/** Recursion ends at Jackson's own limit, which also keeps our stack. */
function checkDepth(cursor: JsonCursor, depth: number): void {
  if (depth <= MAX_DEPTH) return
  throw cursor.error(
    `Document nesting depth (${depth}) exceeds the maximum allowed (${MAX_DEPTH}, from \`StreamReadConstraints.getMaxNestingDepth()\`)`,
    'exc.StreamConstraintsException',
  )
}

function readArray(cursor: JsonCursor, depth: number): JsonNode[] {
  const opened = cursor.at
  cursor.at++
  checkDepth(cursor, depth)
  const elements: JsonNode[] = []
  for (let first = true; ; first = false) {
    const c = next(cursor, 'Array', opened)
    if (c === CLOSES_ARRAY) {
      if (first) break
    } else if (c === CLOSES_OBJECT) {
      throw mismatch(cursor, c, ']', 'Array', opened)
    }
    if (!first) {
      if (c === CLOSES_ARRAY) break
      if (c !== 0x2c) throw cursor.unexpected(c, 'was expecting comma to separate Array entries')
      cursor.at++
      if (cursor.skipBlanks() === EOF) throw endBetween(cursor, 'Array')
    }
    elements.push(readValue(cursor, depth, ARRAY))
  }
  cursor.at++
  return elements
}

function readObject(cursor: JsonCursor, depth: number): Map<string, JsonNode> {
  const opened = cursor.at
  cursor.at++
  checkDepth(cursor, depth)
  const members = new Map<string, JsonNode>()
  for (let first = true; ; first = false) {
    let c = next(cursor, 'Object', opened)
    if (c === CLOSES_OBJECT) break
    if (c === CLOSES_ARRAY) throw mismatch(cursor, c, '}', 'Object', opened)
    if (!first) {
      if (c !== 0x2c) throw cursor.unexpected(c, 'was expecting comma to separate Object entries')
      cursor.at++
      c = cursor.skipBlanks()
      if (c === EOF) throw endBetween(cursor, 'Object')
    }
    if (c !== QUOTE) throw unexpectedName(cursor, c)
    const name = readName(cursor)
    c = cursor.skipBlanks()
    if (c === EOF) throw cursor.endOf(BETWEEN_ENTRIES)
    if (c !== 0x3a) throw cursor.unexpected(c, 'was expecting a colon to separate field name and value')
    cursor.at++
    if (cursor.skipBlanks() === EOF) throw cursor.endOf(BETWEEN_ENTRIES)
    members.set(name, readValue(cursor, depth, OBJECT))
  }
  cursor.at++
  return members
}

/** The next byte that is not blank; the input must not end here. */
function next(cursor: JsonCursor, container: 'Array' | 'Object', opened: number): number {
  const c = cursor.skipBlanks()
  if (c !== EOF) return c
  throw cursor.error(
    `Unexpected end-of-input: expected close marker for ${container} (start marker at ${cursor.locationOf(opened)})`,
    'io.JsonEOFException',
  )
}

/** After a comma Jackson does not call it an end of input. */
function endBetween(cursor: JsonCursor, container: 'Array' | 'Object'): JsonParseException {
  return cursor.error(`Unexpected end-of-input within/between ${container} entries`)
}

function mismatch(
  cursor: JsonCursor,
  c: number,
  expected: string,
  container: string,
  opened: number,
): JsonParseException {
  return cursor.error(
    `Unexpected close marker '${String.fromCharCode(c)}': expected '${expected}' (for ${container} starting at ${cursor.locationOf(opened)})`,
  )
}

function unexpectedName(cursor: JsonCursor, c: number): JsonParseException {
  const why = 'was expecting double-quote to start field name'
  if (c < 0x80) return cursor.unexpected(c, why)
  const code = cursor.passMultiByte('in field name')
  cursor.at--
  return cursor.unexpected(code, why)
}

function literal<T>(cursor: JsonCursor, word: string, value: T): T {
  const { data, end } = cursor
  for (let i = 1; i < word.length; i++) {
    if (cursor.at + i >= end || data[cursor.at + i] !== word.charCodeAt(i))
      throw invalidToken(cursor, cursor.at + i)
  }
  const after = cursor.at + word.length
  if (after < end && data[after]! >= 0x30 && isTokenByte(data[after]!)) throw invalidToken(cursor, after)
  cursor.at = after
  return value
}

/** Bytes that make a word longer: of Java's identifier characters those in ASCII, and all beyond. */
function isTokenByte(c: number): boolean {
  return isTokenStart(c) || (c >= 0x30 && c <= 0x39) || c <= 0x08 || (c >= 0x0e && c <= 0x1b) || c === 0x7f
}

function isTokenStart(c: number): boolean {
  return (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a) || c === 0x5f || c === 0x24 || c >= 0x80
}

/** The whole word from the cursor on is reported, not only the part that was compared. */
function invalidToken(cursor: JsonCursor, matchedTo: number): JsonParseException {
  const start = cursor.at
  cursor.at = matchedTo
  while (cursor.at < cursor.end && cursor.at - start < 256) {
    const c = cursor.data[cursor.at]!
    if (!isTokenByte(c)) break
    if (c < 0x80) cursor.at++
    else if (
      !/[\p{L}\p{Nl}\p{Nd}\p{Sc}\p{Pc}\p{Mn}\p{Mc}]/u.test(
        String.fromCodePoint(cursor.passMultiByte('in a token')),
      )
    )
      break
  }
  // The first byte stands for itself, as in Jackson.
  const rest = cursor.data.toString('utf8', start + 1, cursor.at)
  const token = String.fromCharCode(cursor.data[start]!) + rest + (cursor.at - start >= 256 ? '...' : '')
  return new JsonParseException(
    `Unrecognized token '${token}': was expecting ${TOKENS}\n at ${cursor.locationOf(start)}`,
  )
}

function unexpectedValue(cursor: JsonCursor, c: number, inside: Container): JsonParseException {
  if (inside === ROOT && (c === CLOSES_ARRAY || c === CLOSES_OBJECT)) {
    const [marker, container] = c === CLOSES_ARRAY ? [']', 'Array'] : ['}', 'Object']
    return cursor.error(`Unexpected close marker '${marker}': no open ${container} to close`)
  }
  if (c === COMMA || c === CLOSES_OBJECT || (c === CLOSES_ARRAY && inside === ARRAY))
    return cursor.unexpected(c, 'expected a value')
  if (c === PLUS) return unexpectedPlus(cursor)
  const word = nonStandard(cursor)
  if (word !== null) {
    cursor.at += word.length
    return cursor.error(
      `Non-standard token '${word}': enable \`JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS\` to allow`,
    )
  }
  if (isTokenStart(c) && (c < 0x80 || /[\p{L}\p{Sc}]/u.test(String.fromCharCode(c))))
    return invalidToken(cursor, cursor.at + 1)
  return cursor.unexpected(c, `expected a valid value ${TOKENS}`)
}

function unexpectedPlus(cursor: JsonCursor): JsonParseException {
  cursor.at++
  if (cursor.peek() === EOF) return cursor.endOf('in a Number value')
  return cursor.unexpectedInNumber(
    PLUS,
    'JSON spec does not allow numbers to have plus signs: enable `JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS` to allow',
  )
}

function readNonNumeric(cursor: JsonCursor): number | null {
  const word = nonStandard(cursor, ['NaN', 'Infinity', '-Infinity'])
  if (word === null) return null
  cursor.at += word.length
  return Number(word)
}

function nonStandard(cursor: JsonCursor, words: readonly string[] = ['NaN', 'Infinity']): string | null {
  for (const word of words) {
    const after = cursor.at + word.length
    if (cursor.data.toString('latin1', cursor.at, Math.min(after, cursor.end)) !== word) continue
    if (after >= cursor.end || !isTokenByte(cursor.data[after]!)) return word
  }
  return null
}
