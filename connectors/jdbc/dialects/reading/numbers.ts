import {
  BigDecimal,
  BOOLEAN_SCHEMA,
  type BigDecimal as Decimal,
  decimalBuilder,
  FLOAT32_SCHEMA,
  FLOAT64_SCHEMA,
  INT8_SCHEMA,
  INT16_SCHEMA,
  INT32_SCHEMA,
  INT64_SCHEMA,
  OPTIONAL_BOOLEAN_SCHEMA,
  OPTIONAL_FLOAT32_SCHEMA,
  OPTIONAL_FLOAT64_SCHEMA,
  OPTIONAL_INT8_SCHEMA,
  OPTIONAL_INT16_SCHEMA,
  OPTIONAL_INT32_SCHEMA,
  OPTIONAL_INT64_SCHEMA,
} from '#bunnect'
import type { ResultColumn } from '../../drivers/connection.ts'
import type { ReadColumn, ReadingOptions, Value } from '../reading.ts'
import { cannotHold } from './failure.ts'

const INTEGERS = {
  8: [INT8_SCHEMA, OPTIONAL_INT8_SCHEMA],
  16: [INT16_SCHEMA, OPTIONAL_INT16_SCHEMA],
  32: [INT32_SCHEMA, OPTIONAL_INT32_SCHEMA],
  64: [INT64_SCHEMA, OPTIONAL_INT64_SCHEMA],
} as const

/** Nobody knows of a column of no table: it may be null. */
export function isOptional(column: ResultColumn): boolean {
  return column.nullable !== false
}

/** Whole numbers of that many bits. */
export function integer(column: ResultColumn, bits: 8 | 16 | 32 | 64): ReadColumn {
  const schema = INTEGERS[bits][isOptional(column) ? 1 : 0]
  if (bits === 64) return { schema, read: cell => int64(cell, column) }
  const limit = 2 ** (bits - 1)
  return {
    schema,
    read: cell => {
      const value = Number(cell)
      if (Number.isInteger(value) && value >= -limit && value < limit) return value
      throw cannotHold(column, cell, `it does not fit into int${bits}`)
    },
  }
}

/** A number where it is safe, else a bigint. */
function int64(cell: Value, column: ResultColumn): number | bigint {
  if (typeof cell === 'number' && Number.isSafeInteger(cell)) return cell
  if (typeof cell === 'string' && cell.length < 16) {
    const value = Number(cell)
    if (Number.isInteger(value)) return value
  }
  let value: bigint
  try {
    value = BigInt(cell as string | bigint)
  } catch {
    throw cannotHold(column, cell, 'it is no whole number')
  }
  if (BigInt.asIntN(64, value) !== value) throw cannotHold(column, cell, 'it does not fit into int64')
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

export function float32(column: ResultColumn): ReadColumn {
  return {
    schema: isOptional(column) ? OPTIONAL_FLOAT32_SCHEMA : FLOAT32_SCHEMA,
    read: cell => Math.fround(floating(cell, column)),
  }
}

export function float64(column: ResultColumn): ReadColumn {
  return {
    schema: isOptional(column) ? OPTIONAL_FLOAT64_SCHEMA : FLOAT64_SCHEMA,
    read: cell => floating(cell, column),
  }
}

function floating(cell: Value, column: ResultColumn): number {
  if (typeof cell === 'number') return cell
  const value = Number(cell)
  if (!Number.isNaN(value) || cell === 'NaN') return value
  throw cannotHold(column, cell, 'it is no number')
}

export function boolean(column: ResultColumn, read: (cell: Value) => boolean): ReadColumn {
  return { schema: isOptional(column) ? OPTIONAL_BOOLEAN_SCHEMA : BOOLEAN_SCHEMA, read }
}

/** NUMERIC, to which numeric.mapping applies. Java: GenericDatabaseDialect.addFieldToSchema, Types.NUMERIC */
export function numeric(column: ResultColumn, options: ReadingOptions): ReadColumn {
  const { precision } = column
  const scale = column.scale ?? 0
  // One without a declared precision may hold anything.
  if (precision === null) {
    return options.numericMapping === 'best_fit_eager_double' ? float64(column) : decimal(column)
  }
  const fits = precision <= 18
  switch (options.numericMapping) {
    case 'precision_only':
      return fits && scale === 0 ? integerOfPrecision(column, precision) : decimal(column)
    case 'best_fit':
      if (fits && scale < 1 && scale >= -84) return integerOfPrecision(column, precision - Math.min(scale, 0))
      return fits && scale > 0 ? float64(column) : decimal(column)
    case 'best_fit_eager_double':
      if (fits && scale < 1 && scale >= -84) return integerOfPrecision(column, precision - Math.min(scale, 0))
      return scale > 0 ? float64(column) : decimal(column)
    case 'none':
      return decimal(column)
  }
}

function integerOfPrecision(column: ResultColumn, digits: number): ReadColumn {
  if (digits > 18) return decimal(column)
  return integer(column, digits > 9 ? 64 : digits > 4 ? 32 : digits > 2 ? 16 : 8)
}

/** Connect's Decimal of the column's scale. */
export function decimal(column: ResultColumn): ReadColumn {
  const scale = column.scale ?? 0
  const builder = decimalBuilder(scale).parameter('connect.decimal.precision', String(column.precision ?? 0))
  const schema = (isOptional(column) ? builder.optional() : builder).build()
  return { schema, read: cell => scaled(cell, scale, column) }
}

function scaled(cell: Value, scale: number, column: ResultColumn): Decimal {
  if (typeof cell === 'string') {
    const unscaled = plainDigits(cell, scale)
    if (unscaled !== null) return new BigDecimal(unscaled, scale)
  }
  const value = typeof cell === 'bigint' ? new BigDecimal(cell, 0) : BigDecimal.parse(String(cell))
  if (value === null) throw cannotHold(column, cell, 'a Decimal has no such value')
  const missing = scale - value.scale
  if (missing === 0) return value
  if (missing > 0) return new BigDecimal(value.unscaled * 10n ** BigInt(missing), scale)
  const by = 10n ** BigInt(-missing)
  if (value.unscaled % by === 0n) return new BigDecimal(value.unscaled / by, scale)
  const why = `a Decimal of scale ${scale} has no place for its digits`
  throw cannotHold(column, cell, why, UNBOUNDED)
}

/** So many digits make a safe integer in any case. */
const SAFE_DIGITS = 15
const ZERO = 48
const DASH = 45
const POINT = 46

/**
 * The digits of what databases write most: as many behind the point as the column has, which are not less than none.
 * Null for every other text.
 */
function plainDigits(text: string, scale: number): bigint | null {
  const { length } = text
  const isNegative = text.charCodeAt(0) === DASH
  const first = isNegative ? 1 : 0
  const point = scale === 0 ? length : length - scale - 1
  if (scale < 0 || point <= first) return null
  let value = 0
  for (let i = first; i < length; i++) {
    const code = text.charCodeAt(i)
    if (i === point) {
      if (code !== POINT) return null
    } else {
      const digit = code - ZERO
      if (digit < 0 || digit > 9) return null
      value = value * 10 + digit
    }
  }
  if (length <= SAFE_DIGITS) return BigInt(isNegative ? -value : value)
  return BigInt(text.slice(0, point) + text.slice(point + 1))
}

const UNBOUNDED =
  'Declare the column with precision and scale, NUMERIC(p, s), or cast it in a query: the schema has one scale for all its values.'
