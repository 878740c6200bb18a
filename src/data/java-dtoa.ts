/**
 * The digits that JDK 17 prints for a float or double, bit for bit. Since JDK 19 Java prints the shortest form
 * like JavaScript; Connect workers of today run on 17, and their topics hold its texts.
 * Java: jdk.internal.math.FloatingDecimal.BinaryToASCIIBuffer.dtoa
 */

/** The number 0.d1d2d3… × 10^exponent. */
export interface Digits {
  digits: string
  exponent: number
}

const view = new DataView(new ArrayBuffer(8))
const MANTISSA_BITS = 52
const DOUBLE_BIAS = 1023
const FLOAT_BIAS = 127
const FLOAT_MANTISSA_BITS = 23

/** @param value finite and above 0 */
export function doubleDigits(value: number): Digits {
  view.setFloat64(0, value)
  const all = view.getBigUint64(0)
  const biased = Number(all >> 52n)
  const fraction = all & 0xfffffffffffffn
  if (biased > 0) return digitsOf(biased - DOUBLE_BIAS, fraction | (1n << 52n), MANTISSA_BITS + 1)
  const significant = bitLength(fraction)
  const shift = MANTISSA_BITS + 1 - significant
  return digitsOf(1 - shift - DOUBLE_BIAS, fraction << BigInt(shift), significant)
}

/** @param value finite, above 0 and of single precision */
export function floatDigits(value: number): Digits {
  view.setFloat32(0, value)
  const all = view.getUint32(0)
  const biased = all >>> FLOAT_MANTISSA_BITS
  const widen = BigInt(MANTISSA_BITS - FLOAT_MANTISSA_BITS)
  const fraction = BigInt(all & 0x7fffff)
  if (biased > 0)
    return digitsOf(biased - FLOAT_BIAS, (fraction | (1n << 23n)) << widen, FLOAT_MANTISSA_BITS + 1)
  const significant = bitLength(fraction)
  const shift = FLOAT_MANTISSA_BITS + 1 - significant
  return digitsOf(1 - shift - FLOAT_BIAS, (fraction << BigInt(shift)) << widen, significant)
}

function bitLength(value: bigint): number {
  return value.toString(2).length
}

/**
 * @param binExp binary exponent of the first bit
 * @param fraction 53 bits, the first one set
 * @param significantBits how many of them the number's format really holds
 */
function digitsOf(binExp: number, fraction: bigint, significantBits: number): Digits {
  const bits = fraction.toString(2)
  const fractionBits = bits.lastIndexOf('1') + 1
  const tinyBits = Math.max(0, fractionBits - binExp - 1)
  if (binExp <= 62 && tinyBits === 0) return integerDigits(binExp, fraction, significantBits)
  return generate(binExp, fraction >> BigInt(53 - fractionBits), fractionBits, tinyBits, significantBits)
}

/** Whole numbers below 2^63: digits that the format cannot hold are rounded off. */
function integerDigits(binExp: number, fraction: bigint, significantBits: number): Digits {
  let value = binExp >= 52 ? fraction << BigInt(binExp - 52) : fraction >> BigInt(52 - binExp)
  let exponent = 0
  const excess = binExp > significantBits ? binExp - significantBits - 1 : 0
  // The JDK's table: how many decimal digits 2^excess makes meaningless.
  const insignificant = excess > 1 ? Math.floor(excess * Math.LOG10E * Math.LN2) : 0
  if (insignificant > 0) {
    const power = 10n ** BigInt(insignificant)
    value = value / power + (value % power >= power / 2n ? 1n : 0n)
    exponent = insignificant
  }
  const text = value.toString()
  return { digits: text.replace(/0+$/, ''), exponent: text.length + exponent }
}

/** Bits of 5^n, the JDK's estimate included: beyond its table three bits a power. */
function bitsOfPow5(n: number): number {
  return n < 27 ? bitLength(5n ** BigInt(n)) - (n === 0 ? 1 : 0) : n * 3
}

/** floor(log10) of the number, or one too high. */
function estimateExponent(fraction: bigint, fractionBits: number, binExp: number): number {
  const mantissa = Number(fraction) / 2 ** (fractionBits - 1)
  return Math.floor((mantissa - 1.5) * 0.289529654 + 0.176091259 + binExp * 0.301029995663981)
}

/**
 * Steele and White's free-format generation: B/S is the rest, M half the distance to the next number; digits
 * come until the rest is below M, or above the next digit less M.
 */
function generate(
  binExp: number,
  fraction: bigint,
  fractionBits: number,
  tinyBits: number,
  significantBits: number,
): Digits {
  let exponent = estimateExponent(fraction, fractionBits, binExp)
  const b5 = Math.max(0, -exponent)
  const s5 = Math.max(0, exponent)
  let b2 = b5 + tinyBits + binExp
  let s2 = s5 + tinyBits
  let m2 = b2 - significantBits
  b2 -= fractionBits - 1
  const common = Math.min(b2, s2)
  b2 -= common
  s2 -= common
  m2 -= common
  if (fractionBits === 1) m2 -= 1 // below a power of two the numbers lie twice as close
  if (m2 < 0) {
    b2 -= m2
    s2 -= m2
    m2 = 0
  }
  const bBits = fractionBits + b2 + bitsOfPow5(b5)
  const tenSBits = s2 + 1 + bitsOfPow5(s5 + 1)
  // The JDK computes in int, long or big integers. Only the last counts a tie with M as a stop; the other two
  // overflow now and then, and what they print then is what topics hold.
  const width = bBits < 32 && tenSBits < 32 ? 32 : bBits < 64 && tenSBits < 64 ? 64 : 0
  const s = (5n ** BigInt(s5)) << BigInt(s2)
  const tens = s * 10n
  let b = (fraction * 5n ** BigInt(b5)) << BigInt(b2)
  let m = ((5n ** BigInt(b5)) << BigInt(m2)) * 10n
  const wrap = (value: bigint): bigint => (width === 0 ? value : BigInt.asIntN(width, value))
  const reaches = (rest: bigint): boolean => (width === 0 ? rest + m >= tens : wrap(rest + m) > tens)

  let digits = ''
  let q = b / s
  b = 10n * (b % s)
  let low = b < m
  let high = reaches(b)
  if (q === 0n && !high) exponent--
  else digits = q.toString()
  if (exponent < -3 || exponent >= 8) low = high = false // E-notation has two digits at least
  while (!low && !high) {
    q = b / s
    b = 10n * (b % s)
    m = wrap(m * 10n)
    if (m > 0n) {
      low = b < m
      high = reaches(b)
    } else {
      low = high = true
    }
    digits += q.toString()
  }
  const difference = wrap(wrap(2n * b) - tens)
  const odd = (digits.charCodeAt(digits.length - 1) & 1) === 1
  const up = high && (!low || difference > 0n || (difference === 0n && odd))
  return up ? roundUp(digits, exponent + 1) : { digits, exponent: exponent + 1 }
}

function roundUp(digits: string, exponent: number): Digits {
  let last = digits.length - 1
  while (last >= 0 && digits[last] === '9') last--
  const zeros = '0'.repeat(digits.length - 1 - last)
  if (last < 0) return { digits: `1${zeros.slice(1)}`, exponent: exponent + 1 }
  return { digits: `${digits.slice(0, last)}${Number(digits[last]) + 1}${zeros}`, exponent }
}
