/** Exact decimals. Java: java.math.BigDecimal */
import { parseFloat32 } from './float32.ts'

/** `unscaled` × 10^-`scale`; equal only when both agree (1.5 and 1.50 differ, as in Java). */
export class BigDecimal {
  constructor(
    readonly unscaled: bigint,
    readonly scale: number,
  ) {}

  get javaClass(): string {
    return 'java.math.BigDecimal'
  }

  /**
   * Reads `[+-]digits[.digits][e[+-]digits]`, Unicode decimal digits included, and keeps the scale as written.
   * Null when the text is no such number.
   */
  static parse(text: string): BigDecimal | null {
    const match = /^([+-]?)(\p{Nd}*)(?:\.(\p{Nd}*))?(?:[eE]([+-]?\p{Nd}+))?$/u.exec(text)
    if (!match) return null
    const [, sign, whole = '', fraction = '', exponent] = match
    const digits = asciiDigits(whole + fraction)
    if (digits === '') return null
    const scale = fractionLength(fraction) - (exponent === undefined ? 0 : Number(asciiDigits(exponent)))
    if (!(Math.abs(scale) <= 0x7fffffff)) return null
    return new BigDecimal(BigInt(sign === '-' ? `-${digits}` : digits), scale)
  }

  equals(other: unknown): boolean {
    return other instanceof BigDecimal && other.unscaled === this.unscaled && other.scale === this.scale
  }

  /** Java's `toString`: scientific when the scale is negative or the exponent below -6, then with `E+n`. */
  toString(): string {
    const negative = this.unscaled < 0n
    const digits = (negative ? -this.unscaled : this.unscaled).toString()
    const sign = negative ? '-' : ''
    if (this.scale === 0) return sign + digits
    const exponent = digits.length - 1 - this.scale
    if (this.scale > 0 && exponent >= -6) return sign + withPoint(digits, this.scale)
    const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits
    if (exponent === 0) return sign + mantissa
    return `${sign}${mantissa}E${exponent > 0 ? '+' : ''}${exponent}`
  }

  /** Never an exponent. */
  toPlainString(): string {
    const negative = this.unscaled < 0n
    const digits = (negative ? -this.unscaled : this.unscaled).toString()
    const sign = negative ? '-' : ''
    if (this.scale > 0) return sign + withPoint(digits, this.scale)
    return this.unscaled === 0n ? '0' : sign + digits + '0'.repeat(-this.scale)
  }

  /** Nearest double, ±Infinity beyond its range. */
  toNumber(): number {
    return Number(`${this.unscaled}e${-this.scale}`)
  }

  /** Nearest float, rounded once. Java: BigDecimal.floatValue */
  toFloat(): number {
    return parseFloat32(`${this.unscaled}e${-this.scale}`)
  }

  /** -1, 0 or 1, by value: 1.5 and 1.50 compare as equal. */
  compareTo(other: BigDecimal): number {
    const scale = Math.max(this.scale, other.scale)
    const left = this.unscaled * 10n ** BigInt(scale - this.scale)
    const right = other.unscaled * 10n ** BigInt(scale - other.scale)
    return left < right ? -1 : left > right ? 1 : 0
  }

  /** Truncated towards zero, then the low 64 bits. Java: BigDecimal.longValue */
  toInt64(): bigint {
    if (this.scale <= -64) return 0n // a multiple of 2^64
    if (this.scale <= 0) return BigInt.asIntN(64, this.unscaled * 10n ** BigInt(-this.scale))
    if (this.scale > this.unscaled.toString().length) return 0n
    return BigInt.asIntN(64, this.unscaled / 10n ** BigInt(this.scale))
  }
}

function withPoint(digits: string, scale: number): string {
  const padded = digits.padStart(scale + 1, '0')
  return `${padded.slice(0, -scale)}.${padded.slice(-scale)}`
}

function fractionLength(fraction: string): number {
  return [...fraction].length
}

/** Unicode's decimal digits stand in runs of ten that start where the value is 0. */
function asciiDigits(text: string): string {
  if (/^[+-]?[0-9]*$/.test(text)) return text
  let out = ''
  for (const char of text) {
    if (/[0-9+-]/.test(char)) {
      out += char
      continue
    }
    const code = char.codePointAt(0)!
    let zero = code
    while (zero > code - 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--
    out += String(code - zero)
  }
  return out
}

/** As few bytes as hold the value and its sign. Java: BigInteger.toByteArray */
export function bigIntToBytes(value: bigint): Uint8Array {
  let bytes = 1
  while (BigInt.asIntN(bytes * 8, value) !== value) bytes++
  const hex = BigInt.asUintN(bytes * 8, value)
    .toString(16)
    .padStart(bytes * 2, '0')
  return Buffer.from(hex, 'hex')
}

/** @throws NumberFormatException when there are no bytes, as in Java */
export function bigIntFromBytes(bytes: Uint8Array): bigint {
  if (bytes.length === 0) throw new NumberFormatException('Zero length BigInteger')
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`))
}

/** Text or bytes that are no number. */
export class NumberFormatException extends Error {
  readonly javaClass = 'java.lang.NumberFormatException'
}
