/** Java: DecimalFormat.parse for whole numbers, and Number.intValue of what it gives. */

/** What was read, as an int, and where it ended. */
export interface NumberFound {
  value: number
  end: number
}

const MIN_INT = -(2 ** 31)
const MAX_INT = 2 ** 31 - 1

/** Reads digits of any script from `from`, not beyond `limit`, into `into`; false when there are none. */
export function readNumber(text: string, from: number, limit: number, into: NumberFound): boolean {
  let at = from
  const isNegative = text.charCodeAt(at) === 45
  if (isNegative) at++
  const start = at
  let value = 0
  for (; at < limit; at++) {
    const digit = digitOf(text.charCodeAt(at))
    if (digit < 0) break
    value = value * 10 + digit
  }
  if (at === start) return readNaN(text, from, limit, into)
  const exponent = text.charCodeAt(at) === 69 ? /^E(-?\d+)/.exec(text.slice(at, limit)) : null
  into.end = at + (exponent ? exponent[0].length : 0)
  if (exponent) value = Math.trunc(value * 10 ** Number(exponent[1]))
  else if (at - start > 15) value = exactly(text, start, at)
  into.value = intOf(isNegative ? -value : value)
  return true
}

/** Its NaN is the number 0. */
function readNaN(text: string, from: number, limit: number, into: NumberFound): boolean {
  if (from + 3 > limit || !text.startsWith('NaN', from)) return false
  into.value = 0
  into.end = from + 3
  return true
}

/** The lowest 32 bits of a long, where a double would have lost them. */
function exactly(text: string, start: number, end: number): number {
  let value = 0n
  for (let at = start; at < end; at++) value = value * 10n + BigInt(digitOf(text.charCodeAt(at)))
  return BigInt.asIntN(64, value) === value ? Number(BigInt.asIntN(32, value)) : Number(value)
}

/** A long is cut to its lowest 32 bits, a double kept in range. */
function intOf(value: number): number {
  if (Number.isSafeInteger(value)) return Number(BigInt.asIntN(32, BigInt(value)))
  return value < 0 ? MIN_INT : MAX_INT
}

/** -1 when it is none. */
function digitOf(code: number): number {
  if (code < 128) return code >= 48 && code <= 57 ? code - 48 : -1
  if (!/\p{Nd}/u.test(String.fromCharCode(code))) return -1
  let zero = code
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCharCode(zero - 1))) zero--
  return code - zero
}
