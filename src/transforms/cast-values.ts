/** One value as another type, with Java's narrowing, texts and complaints. */
import { javaTrim, parseDouble } from '../config/parse.ts'
import { BigDecimal, NumberFormatException } from '../data/big-decimal.ts'
import { DataException } from '../data/errors.ts'
import { parseFloat32 } from '../data/float32.ts'
import { javaClassName, schemaTypeOf } from '../data/java-class.ts'
import { javaText } from '../data/java-text.ts'
import { dateToInt, timestampToLong, timeToInt } from '../data/logical.ts'
import { DATE_NAME, TIME_NAME, TIMESTAMP_NAME } from '../data/logical-names.ts'
import { Float32, Float64, Int8, Int16, Int32, int64, isPlainLong, JavaNumber } from '../data/numbers.ts'
import type { Schema, SchemaType } from '../data/schema.ts'
import { longOf } from '../data/values/convert.ts'
import { temporalText } from '../data/values/temporal.ts'

const NUMBERS_AND_TEXT = [
  'INT8',
  'INT16',
  'INT32',
  'INT64',
  'FLOAT32',
  'FLOAT64',
  'BOOLEAN',
  'STRING',
] as const

export type CastType = (typeof NUMBERS_AND_TEXT)[number]

export function isCastType(type: string): type is CastType {
  return (NUMBERS_AND_TEXT as readonly string[]).includes(type)
}

/** The types that values can be cast to, as Java prints them. */
export const OUTPUT_TYPES = `[${NUMBERS_AND_TEXT.join(', ')}]`

/**
 * Null for null. With a schema numbers come out plain, without one as the class that was asked for.
 * @throws DataException when there is no such cast, or the text is no such number
 */
export function cast(schema: Schema | null, value: unknown, target: CastType): unknown {
  if (value === null || value === undefined) return null
  const type = schema === null ? schemaTypeOf(value) : schema.type
  checkInput(type, value)
  const input =
    schema !== null && schema.name !== null && target !== 'STRING' ? encoded(schema, value) : value
  const floating = type === 'FLOAT64' || type === 'FLOAT32'
  const result = castTo(schema, type, input, floating, target)
  return schema === null ? withClass(result, target) : result
}

function checkInput(type: SchemaType | null, value: unknown): void {
  if (type === null) {
    throw new DataException(
      `Cast transformation was passed a value of type class ${javaClassName(value)} which is not supported by Connect's data API`,
    )
  }
  if (type === 'ARRAY' || type === 'MAP' || type === 'STRUCT') {
    throw new DataException(
      `Cast transformation does not support casting from ${type}; supported types are [${NUMBERS_AND_TEXT.join(', ')}, BYTES]`,
    )
  }
}

/** Dates are numbers to everything but text. */
function encoded(schema: Schema, value: unknown): unknown {
  switch (schema.name) {
    case DATE_NAME:
      return dateToInt(schema, value as Date)
    case TIME_NAME:
      return timeToInt(schema, value as Date)
    case TIMESTAMP_NAME:
      return timestampToLong(schema, value as Date)
    default:
      return value
  }
}

function castTo(
  schema: Schema | null,
  type: SchemaType | null,
  value: unknown,
  floating: boolean,
  target: CastType,
): unknown {
  switch (target) {
    case 'INT8':
      return (toInt32(value, floating, 8) << 24) >> 24
    case 'INT16':
      return (toInt32(value, floating, 16) << 16) >> 16
    case 'INT32':
      return toInt32(value, floating, 32)
    case 'INT64':
      return toInt64(value, floating)
    case 'FLOAT32':
      return toFloat32(value)
    case 'FLOAT64':
      return toFloat64(value, type)
    case 'BOOLEAN':
      return toBoolean(value, floating)
    case 'STRING':
      return toText(schema, value)
  }
}

function withClass(value: unknown, target: CastType): unknown {
  switch (target) {
    case 'INT8':
      return new Int8(value as number)
    case 'INT16':
      return new Int16(value as number)
    case 'INT32':
      return new Int32(value as number)
    case 'FLOAT32':
      return new Float32(value as number)
    case 'FLOAT64':
      return isPlainLong(value as number) ? new Float64(value as number) : value
    default:
      return value
  }
}

function unexpected(value: unknown): DataException {
  return new DataException(`Unexpected type in Cast transformation: class ${javaClassName(value)}`)
}

/** Java: Number.intValue, of which byteValue and shortValue take the low bits; text has to fit in `bits`. */
function toInt32(value: unknown, floating: boolean, bits: 8 | 16 | 32): number {
  switch (typeof value) {
    case 'number':
      return floating ? saturatedInt32(value) : value | 0
    case 'boolean':
      return value ? 1 : 0
    case 'string':
      return Number(parseInteger(value, bits))
    case 'bigint':
      return Number(BigInt.asIntN(32, value))
  }
  if (value instanceof Float32 || value instanceof Float64) return saturatedInt32(value.value)
  if (value instanceof JavaNumber) return value.value | 0
  if (value instanceof BigDecimal) return Number(BigInt.asIntN(32, value.toInt64()))
  throw unexpected(value)
}

function saturatedInt32(value: number): number {
  if (value >= 2147483647) return 2147483647
  return value <= -2147483648 ? -2147483648 : value | 0
}

function toInt64(value: unknown, floating: boolean): number | bigint {
  switch (typeof value) {
    case 'number':
      // The sum makes 0 of -0, which no Java integer knows.
      if (Number.isSafeInteger(value)) return value + 0
      return floating ? int64(longOf(value)) : value
    case 'boolean':
      return value ? 1 : 0
    case 'string':
      return settled(parseInteger(value, 64))
    case 'bigint':
      return value
  }
  if (value instanceof JavaNumber || value instanceof BigDecimal) return int64(longOf(value))
  throw unexpected(value)
}

function toFloat32(value: unknown): number {
  switch (typeof value) {
    case 'number':
      return Math.fround(value)
    case 'boolean':
      return value ? 1 : 0
    case 'string':
      return parseFloating(value, true)
    case 'bigint':
      return parseFloat32(String(value))
  }
  if (value instanceof JavaNumber) return Math.fround(value.value)
  if (value instanceof BigDecimal) return value.toFloat()
  throw unexpected(value)
}

function toFloat64(value: unknown, type: SchemaType | null): number {
  switch (typeof value) {
    case 'number':
      return type === 'FLOAT32' ? Math.fround(value) : value
    case 'boolean':
      return value ? 1 : 0
    case 'string':
      return parseFloating(value, false)
    case 'bigint':
      return Number(value)
  }
  if (value instanceof JavaNumber) return value.value
  if (value instanceof BigDecimal) return value.toNumber()
  throw unexpected(value)
}

function settled(value: number | bigint): number | bigint {
  return typeof value === 'bigint' ? int64(value) : value
}

/** Java asks the number's longValue, so 0.5 is false. */
function toBoolean(value: unknown, floating: boolean): boolean {
  switch (typeof value) {
    case 'number':
      return floating ? Math.abs(value) >= 1 : value !== 0
    case 'boolean':
      return value
    case 'string':
      return value.length === 4 && value.toLowerCase() === 'true'
    case 'bigint':
      return value !== 0n
  }
  if (value instanceof JavaNumber) return Math.abs(value.value) >= 1
  if (value instanceof BigDecimal) return value.toInt64() !== 0n
  throw unexpected(value)
}

function toText(schema: Schema | null, value: unknown): string {
  if (typeof value === 'string') return value
  if (value instanceof Date) return temporalText(value)
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64')
  return javaText(value, schema)
}

function outOfRange(text: string, cause: NumberFormatException): DataException {
  return new DataException(`Value (${text}) was out of range for requested data type`, { cause })
}

const SAFE_DIGITS = 15

/** Java: Byte.parseByte, Short.parseShort, Integer.parseInt, Long.parseLong */
function parseInteger(text: string, bits: 8 | 16 | 32 | 64): number | bigint {
  const short = text.length <= SAFE_DIGITS ? asciiInteger(text) : Number.NaN
  if (short === (bits > 32 ? short : (short << (32 - bits)) >> (32 - bits))) return short
  const decimal = isInteger(text) ? BigDecimal.parse(text) : null
  const value = decimal === null ? null : decimal.unscaled
  if (value !== null && BigInt.asIntN(bits, value) === value) return value
  const small = bits < 32 && value !== null && BigInt.asIntN(32, value) === value
  const message = small ? `Value out of range. Value:"${text}" Radix:10` : `For input string: "${text}"`
  throw outOfRange(text, new NumberFormatException(message))
}

/** NaN when the text is no sequence of ASCII digits with perhaps a sign. */
function asciiInteger(text: string): number {
  const first = text.charCodeAt(0)
  const signed = first === 0x2d || first === 0x2b
  if (text.length === (signed ? 1 : 0)) return Number.NaN
  let value = 0
  for (let i = signed ? 1 : 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return first === 0x2d ? 0 - value : value
}

/** Digits of every script, as long as one UTF-16 unit holds them. */
function isInteger(text: string): boolean {
  return /^[+-]?[0-9]+$/.test(text) || (/^[+-]?\p{Nd}+$/u.test(text) && !/[\ud800-\udfff]/.test(text))
}

/** Java: Float.parseFloat, Double.parseDouble */
function parseFloating(text: string, single: boolean): number {
  const trimmed = javaTrim(text)
  const value = parseDouble(trimmed)
  if (value === null) {
    const message = trimmed === '' ? 'empty String' : `For input string: "${trimmed}"`
    throw outOfRange(text, new NumberFormatException(message))
  }
  if (!single) return value
  return /^[+-]?[0-9.]+([eE][+-]?[0-9]+)?[fFdD]?$/.test(trimmed)
    ? parseFloat32(trimmed.replace(/^\+|[fFdD]$/g, ''))
    : Math.fround(value)
}
