import { charDescription, type JsonCursor } from './json-cursor.ts'
import { JsonParseException } from './parse-error.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const MAX_NAME = 50_000
const MAX_STRING = 20_000_000
const IN_ESCAPE = 'in character escape sequence'

/** At the opening quote. @throws JsonParseException */
export function readString(cursor: JsonCursor): string {
  const text = readQuoted(cursor, 'in VALUE_STRING', 'string value')
  if (text.length <= MAX_STRING) return text
  throw new JsonParseException(
    `String value length (${text.length}) exceeds the maximum allowed (${MAX_STRING}, from \`StreamReadConstraints.getMaxStringLength()\`)`,
    'exc.StreamConstraintsException',
  )
}

/** The name of an object's member, at its opening quote. @throws JsonParseException */
export function readName(cursor: JsonCursor): string {
  if (cursor.at + 1 >= cursor.end) {
    cursor.at = cursor.end
    throw cursor.error(`Unexpected end-of-input: was expecting closing '"' for name`, 'io.JsonEOFException')
  }
  const text = readQuoted(cursor, 'in field name', 'name')
  if (text.length <= MAX_NAME) return text
  throw new JsonParseException(
    `Name length (${text.length}) exceeds the maximum allowed (${MAX_NAME}, from \`StreamReadConstraints.getMaxNameLength()\`)`,
    'exc.StreamConstraintsException',
  )
}

function readQuoted(cursor: JsonCursor, where: string, context: string): string {
  const { data, end } = cursor
  cursor.at++
  let text = ''
  let plain = cursor.at
  for (;;) {
    if (cursor.at >= end) {
      throw cursor.endOf(where)
    }
    const c = data[cursor.at]!
    if (c === QUOTE) break
    if (c === BACKSLASH) {
      text += data.toString('utf8', plain, cursor.at)
      const char = readEscape(cursor)
      text += context === 'name' ? char + lowSurrogate(cursor, char, where) : char
      plain = cursor.at
    } else if (c < 0x20) {
      throw cursor.error(
        `Illegal unquoted character (${charDescription(c)}): has to be escaped using backslash to be included in ${context}`,
      )
    } else if (c < 0x80) {
      cursor.at++
    } else {
      const code = cursor.passMultiByte(where)
      if (code >= 0xd800 && code <= 0xdfff) {
        text += data.toString('utf8', plain, cursor.at - 3) + String.fromCharCode(code)
        plain = cursor.at
      }
    }
  }
  text += data.toString('utf8', plain, cursor.at)
  cursor.at++
  return text
}

const ESCAPES: Readonly<Record<number, string>> = {
  98: '\b',
  116: '\t',
  110: '\n',
  102: '\f',
  114: '\r',
  34: '"',
  47: '/',
  92: '\\',
}

function readEscape(cursor: JsonCursor): string {
  cursor.at++
  const c = cursor.peek()
  if (c < 0) throw cursor.endOf(IN_ESCAPE)
  cursor.at++
  if (c !== 0x75) {
    const text = ESCAPES[c]
    if (text !== undefined) return text
    cursor.at--
    throw cursor.error(`Unrecognized character escape ${charDescription(c)}`)
  }
  let code = 0
  for (let i = 0; i < 4; i++) {
    const digit = cursor.peek()
    if (digit < 0) throw cursor.endOf(IN_ESCAPE)
    const value = hexValue(digit)
    if (value < 0) throw cursor.unexpected(digit, 'expected a hex-digit for character escape sequence')
    code = code * 16 + value
    cursor.at++
  }
  return String.fromCharCode(code)
}

/** In names, not in values, an escaped surrogate must be half of a pair. */
function lowSurrogate(cursor: JsonCursor, high: string, where: string): string {
  const code = high.charCodeAt(0)
  if (code < 0xd800 || code > 0xdfff) return ''
  const broken = 'Broken surrogate pair in field name: expected'
  if (code >= 0xdc00) throw cursor.error(`Unexpected low surrogate in field name: 0x${hex(code, 4)}`)
  const c = cursor.peek()
  if (c < 0) throw cursor.endOf(where)
  if (c !== BACKSLASH) throw cursor.error(`${broken} '\\' to start low surrogate, got 0x${hex(c, 2)}`)
  const low = readEscape(cursor)
  const lowCode = low.charCodeAt(0)
  if (lowCode >= 0xdc00 && lowCode <= 0xdfff) return low
  throw cursor.error(`${broken} low surrogate, got 0x${hex(lowCode, 4).toUpperCase()}`)
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}

function hexValue(c: number): number {
  if (c >= 0x30 && c <= 0x39) return c - 0x30
  const lower = c | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
