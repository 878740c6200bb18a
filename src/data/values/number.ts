import { BigDecimal, NumberFormatException } from '../big-decimal.ts'
import { decimalSchema } from '../decimal.ts'
import { Float32, Float64, fitsInt64, Int8, Int16, Int32, int64 } from '../numbers.ts'
import {
  FLOAT32_SCHEMA,
  FLOAT64_SCHEMA,
  INT8_SCHEMA,
  INT16_SCHEMA,
  INT32_SCHEMA,
  INT64_SCHEMA,
  SchemaAndValue,
} from '../schema.ts'

const TOO_BIG = new BigDecimal(10n ** 19n, 0)
const ONE = new BigDecimal(1n, 0)

/**
 * A number with the smallest schema that holds it: a whole number INT8 to INT64 (1.0 and 1e3 count as whole),
 * another FLOAT32 where its range suffices, then FLOAT64, else a Decimal. Null when the text is no number.
 * Java: Values.ValueParser.parseAsNumber
 */
export function parseNumber(text: string): SchemaAndValue | null {
  const decimal = BigDecimal.parse(text)
  if (decimal === null) return null
  const whole = wholeNumber(decimal)
  if (whole !== null) return whole
  if (decimal.scale !== 0) {
    const float = decimal.toFloat()
    if (Number.isFinite(float)) return new SchemaAndValue(FLOAT32_SCHEMA, new Float32(float))
    const double = decimal.toNumber()
    if (Number.isFinite(double)) return new SchemaAndValue(FLOAT64_SCHEMA, new Float64(double))
  }
  return new SchemaAndValue(decimalSchema(decimal.scale), decimal)
}

function wholeNumber(decimal: BigDecimal): SchemaAndValue | null {
  const { unscaled, scale } = decimal
  const magnitude = new BigDecimal(unscaled < 0n ? -unscaled : unscaled, scale)
  if (unscaled !== 0n) {
    // Decided by size first, for a huge exponent would make a huge power.
    const digits = magnitude.unscaled.toString().length - scale
    if (digits > 20 || digits < 1) return null
    if (magnitude.compareTo(TOO_BIG) > 0 || magnitude.compareTo(ONE) < 0) return null
  }
  const power = unscaled === 0n ? 1n : 10n ** BigInt(Math.abs(scale))
  if (scale > 0 && unscaled % power !== 0n) return null
  const value = scale > 0 ? unscaled / power : unscaled * power
  if (!fitsInt64(value)) return null
  const number = Number(value)
  if (BigInt.asIntN(8, value) === value) return new SchemaAndValue(INT8_SCHEMA, new Int8(number))
  if (BigInt.asIntN(16, value) === value) return new SchemaAndValue(INT16_SCHEMA, new Int16(number))
  if (BigInt.asIntN(32, value) === value) return new SchemaAndValue(INT32_SCHEMA, new Int32(number))
  return new SchemaAndValue(INT64_SCHEMA, int64(value))
}

/** Java's own words for text that is no BigDecimal. */
export function notANumber(text: string): NumberFormatException {
  for (const char of text) {
    if (!/[\p{Nd}.eE+-]/u.test(char)) {
      return new NumberFormatException(
        `Character ${char} is neither a decimal digit number, decimal point, nor "e" notation exponential mark.`,
      )
    }
  }
  return new NumberFormatException(`Character array is missing "exponent" mark 'e' or 'E'.`)
}
