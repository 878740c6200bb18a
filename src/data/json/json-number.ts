import { BigDecimal } from '../big-decimal.ts'
import type { JsonCursor } from './json-cursor.ts'
import { JsonParseException } from './parse-error.ts'

const MAX_NUMBER = 1000
const VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39
}

/**
 * At a digit or a minus sign. At the root a number must end before a blank or the end of the input.
 * Java: UTF8StreamJsonParser._parsePosNumber, _parseNegNumber, _parseFloat
 */
export function readNumber(cursor: JsonCursor, root: boolean): number | bigint | BigDecimal {
  const { data } = cursor
  const start = cursor.at
  if (cursor.peek() === 0x2d) {
    cursor.at++
    if (cursor.peek() === 0x2e) throw cursor.unexpected(0x2e, `expected a valid value ${VALUES}`)
    requireDigit(cursor, 'expected digit (0-9) to follow minus sign, for valid numeric value')
  }
  skipZeros(cursor)
  skipDigits(cursor)
  const whole = cursor.at
  let fraction = 0
  if (cursor.peek() === 0x2e) {
    cursor.at++
    requireFraction(cursor)
    const first = cursor.at
    skipDigits(cursor)
    fraction = cursor.at - first
  }
  const mantissaEnd = cursor.at
  if ((cursor.peek() | 0x20) === 0x65) {
    cursor.at++
    if (cursor.peek() === 0x2d || cursor.peek() === 0x2b) cursor.at++
    requireDigit(cursor, 'Exponent indicator not followed by a digit')
    skipDigits(cursor)
  }
  if (root) requireSpace(cursor)
  checkLength(cursor, start)
  if (cursor.at === whole) return integer(data.toString('latin1', start, whole))
  const digits =
    data.toString('latin1', start, whole) + data.toString('latin1', mantissaEnd - fraction, mantissaEnd)
  const exponent = cursor.at > mantissaEnd ? Number(data.toString('latin1', mantissaEnd + 1, cursor.at)) : 0
  const scale = fraction - exponent
  if (Math.abs(scale) > 0x7fffffff) {
    throw new JsonParseException(
      `Malformed numeric value (${data.toString('latin1', start, cursor.at)})\n at ${cursor.locationOf(start)}`,
    )
  }
  return new BigDecimal(BigInt(digits), scale)
}

function integer(text: string): number | bigint {
  if (text.length <= 15) return Number(text) || 0 // -0 is 0
  const value = BigInt(text)
  const number = Number(value)
  return Number.isSafeInteger(number) ? number || 0 : value
}

function skipDigits(cursor: JsonCursor): void {
  while (isDigit(cursor.peek())) cursor.at++
}

/** Leading zeros are allowed and do not count. */
function skipZeros(cursor: JsonCursor): void {
  while (cursor.peek() === 0x30 && cursor.at + 1 < cursor.end && isDigit(cursor.data[cursor.at + 1]!))
    cursor.at++
}

function requireDigit(cursor: JsonCursor, why: string): void {
  const c = cursor.peek()
  if (isDigit(c)) return
  throw c < 0 ? cursor.endOf('in null') : cursor.unexpectedInNumber(c, why)
}

/** Where the input ends Jackson names the point itself. */
function requireFraction(cursor: JsonCursor): void {
  const c = cursor.peek()
  if (isDigit(c)) return
  if (c < 0) cursor.at--
  throw cursor.unexpectedInNumber(cursor.peek(), 'Decimal point not followed by a digit')
}

function requireSpace(cursor: JsonCursor): void {
  const c = cursor.peek()
  if (c < 0 || c === 0x20 || c === 0x09 || c === 0x0a || c === 0x0d) return
  throw cursor.unexpected(c, 'Expected space separating root-level values')
}

function checkLength(cursor: JsonCursor, start: number): void {
  const length = cursor.at - start
  if (length <= MAX_NUMBER) return
  throw new JsonParseException(
    `Number value length (${length}) exceeds the maximum allowed (${MAX_NUMBER}, from \`StreamReadConstraints.getMaxNumberLength()\`)`,
    'exc.StreamConstraintsException',
  )
}
