/** Single precision from decimal text. */

const view = new DataView(new ArrayBuffer(8))

/**
 * The float nearest to a decimal text. `Math.fround(Number(text))` rounds twice, which goes wrong where the
 * double lies exactly between two floats. Java: Float.parseFloat
 */
export function parseFloat32(text: string): number {
  const double = Number(text)
  const single = Math.fround(double)
  if (single === double || !Number.isFinite(single)) return single
  const other = nextFloat(single, double > single)
  if ((single + other) / 2 !== double) return single
  const side = compareWithDouble(text, double)
  if (side === 0) return single
  return side > 0 ? Math.max(single, other) : Math.min(single, other)
}

function nextFloat(value: number, up: boolean): number {
  if (value === 0) return up ? 2 ** -149 : -(2 ** -149)
  view.setFloat32(0, value)
  const away = value > 0 === up
  view.setInt32(0, view.getInt32(0) + (away ? 1 : -1))
  return view.getFloat32(0)
}

/** The sign of text - double, both taken exactly. */
function compareWithDouble(text: string, double: number): number {
  const match = /^(-?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text)
  if (!match) return 0
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n)
  const scale = fraction.length - Number(exponent)
  const [mantissa, power] = binaryParts(double)
  // digits × 10^-scale against mantissa × 2^power, both sides brought to whole numbers
  let left = digits
  let right = mantissa
  if (scale > 0) right *= 10n ** BigInt(scale)
  else left *= 10n ** BigInt(-scale)
  if (power > 0) right <<= BigInt(power)
  else left <<= BigInt(-power)
  return left < right ? -1 : left > right ? 1 : 0
}

/** A normal double as mantissa × 2^power. */
function binaryParts(double: number): [bigint, number] {
  view.setFloat64(0, double)
  const bits = view.getBigUint64(0)
  const mantissa = (bits & 0xfffffffffffffn) | (1n << 52n)
  return [double < 0 ? -mantissa : mantissa, Number((bits >> 52n) & 0x7ffn) - 1075]
}
