/**
 * `Double.toString` and `Float.toString` as JDK 17 has them: the shortest digits that identify the number, as
 * in JavaScript, but for some numbers a digit more or another last digit (exact powers of two, numbers at a
 * rounding boundary, the smallest ones). Numbers that a cheap check cannot clear of that go through the JDK's
 * own algorithm.
 */
import { type Digits, doubleDigits, floatDigits } from './java-dtoa.ts'

const view = new DataView(new ArrayBuffer(8))

export function doubleText(value: number): string {
  if (isWrittenAlike(value)) return String(value)
  if (Number.isInteger(value) && value < 1e7 && value > -1e7)
    return value === 0 ? (Object.is(value, -0) ? '-0.0' : '0.0') : `${value}.0`
  if (!Number.isFinite(value)) return String(value)
  const magnitude = Math.abs(value)
  const text = String(magnitude)
  const digits = isShortestInJava(magnitude, text) ? null : doubleDigits(magnitude)
  if (digits === null && magnitude >= 1e-3 && magnitude < 1e7) return value < 0 ? `-${text}` : text
  return format(value < 0, digits ?? parseDigits(text))
}

const asDouble = new Float64Array(1)
const bits = new Uint32Array(asDouble.buffer)

/**
 * True only for numbers that `String` writes as Java does, without a look at their digits: fractions from 10^-3 to
 * 10^7 that are few 256ths (at most 15 digits) or have bits down to the last.
 */
export function isWrittenAlike(value: number): boolean {
  const magnitude = Math.abs(value)
  if (!(magnitude >= 1e-3 && magnitude < 1e7) || Number.isInteger(value)) return false
  asDouble[0] = value
  return (bits[0]! & 0xf) !== 0 || Number.isInteger(value * 256)
}

export function floatText(value: number): string {
  const single = Math.fround(value)
  if (Number.isInteger(single) && single < 1e7 && single > -1e7)
    return single === 0 ? (Object.is(single, -0) ? '-0.0' : '0.0') : `${single}.0`
  if (!Number.isFinite(single)) return String(single)
  const magnitude = Math.abs(single)
  const text = shortestFloat(magnitude)
  return format(single < 0, text === null ? floatDigits(magnitude) : parseDigits(text))
}

/**
 * True when JavaScript's shortest digits are the JDK's. The two part only where the decimal lies exactly on
 * the boundary or in the middle of what may be printed: then the decimal, or the number, ends within few
 * binary digits, which neither 15 digits nor a number with bits down to the last allows.
 */
function isShortestInJava(magnitude: number, text: string): boolean {
  if (Number.isSafeInteger(magnitude)) return true
  if (magnitude >= 1e13 || magnitude < 1e-300) return false
  view.setFloat64(0, magnitude)
  const last = view.getUint32(4)
  if (last === 0 && (view.getUint32(0) & 0xfffff) === 0) return false // a power of two: its M is halved
  return text.length <= 16 || (last & 0xf) !== 0
}

/** The shortest digits where they are the JDK's beyond doubt, else null. */
function shortestFloat(magnitude: number): string | null {
  view.setFloat32(0, magnitude)
  const bits = view.getUint32(0)
  if ((bits & 0x7fffff) === 0 || magnitude >= 1e4 || magnitude < 1e-30) return null
  for (let precision = 6; precision <= 9; precision++) {
    const text = magnitude.toPrecision(precision)
    if (Math.fround(Number(text)) !== magnitude) continue
    return precision === 6 || (bits & 0xf) !== 0 ? text : null
  }
  return null
}

/** Reads what Number's toString and toPrecision write: `12.5`, `0.00120`, `1.5e-7`, `1e+21`. */
function parseDigits(text: string): Digits {
  const e = text.indexOf('e')
  const mantissa = e < 0 ? text : text.slice(0, e)
  const point = mantissa.indexOf('.')
  const whole = point < 0 ? mantissa : mantissa.slice(0, point)
  const all = point < 0 ? mantissa : whole + mantissa.slice(point + 1)
  let start = 0
  while (all.charCodeAt(start) === 48) start++
  let end = all.length
  while (end > start && all.charCodeAt(end - 1) === 48) end--
  const exponent = whole.length - start + (e < 0 ? 0 : Number(text.slice(e + 1)))
  return { digits: all.slice(start, end), exponent }
}

/** Plain from 10^-3 to 10^7, else `d.dddE±n`; always a digit behind the point. */
function format(negative: boolean, { digits, exponent }: Digits): string {
  const sign = negative ? '-' : ''
  if (exponent > 0 && exponent < 8) {
    const whole = digits.slice(0, exponent).padEnd(exponent, '0')
    return `${sign}${whole}.${digits.slice(exponent) || '0'}`
  }
  if (exponent <= 0 && exponent > -3) return `${sign}0.${'0'.repeat(-exponent)}${digits}`
  return `${sign}${digits[0]}.${digits.slice(1) || '0'}E${exponent - 1}`
}
