/** Values of one type as another. Java: the convertTo… methods of org.apache.kafka.connect.data.Values */
import { BigDecimal } from '../big-decimal.ts'
import { decimalFromBytes } from '../decimal.ts'
import { DataException } from '../errors.ts'
import { isPlainObject, javaClassName } from '../java-class.ts'
import { javaText } from '../java-text.ts'
import {
  DATE_SCHEMA,
  dateFromInt,
  MILLIS_PER_DAY,
  TIME_SCHEMA,
  TIMESTAMP_SCHEMA,
  timeFromInt,
  timestampFromLong,
} from '../logical.ts'
import { DATE_NAME, DECIMAL_NAME, TIME_NAME, TIMESTAMP_NAME } from '../logical-names.ts'
import { Float32, Float64, Int8, Int16, Int32, int64, JavaNumber } from '../numbers.ts'
import { type Schema, schemaText } from '../schema.ts'
import { Struct } from '../struct.ts'
import { notANumber } from './number.ts'
import { parseString } from './parse.ts'
import { valueText } from './text.ts'

const MIN_LONG = -(2n ** 63n)
const MAX_LONG = 2n ** 63n - 1n

/** Numbers come out as the class that the schema names. @throws DataException when it cannot be done */
export function convertTo(toSchema: Schema, fromSchema: Schema | null, value: unknown): unknown {
  if (value === null || value === undefined) {
    if (toSchema.optional) return null
    throw new DataException('Unable to convert a null value to a schema that requires a value')
  }
  switch (toSchema.type) {
    case 'BYTES':
      return toSchema.name === DECIMAL_NAME
        ? convertToDecimal(toSchema, value)
        : convertToBytes(toSchema, value)
    case 'STRING':
      return valueText(fromSchema, value)
    case 'BOOLEAN':
      return convertToBoolean(value)
    case 'INT8':
      return new Int8(Number(BigInt.asIntN(8, longOf(value))))
    case 'INT16':
      return new Int16(Number(BigInt.asIntN(16, longOf(value))))
    case 'INT32':
      if (toSchema.name === DATE_NAME) return convertToDate(fromSchema, value)
      if (toSchema.name === TIME_NAME) return convertToTime(fromSchema, value)
      return new Int32(Number(BigInt.asIntN(32, longOf(value))))
    case 'INT64':
      return toSchema.name === TIMESTAMP_NAME ? convertToTimestamp(value) : int64(longOf(value))
    case 'FLOAT32':
      return new Float32(doubleOf(value))
    case 'FLOAT64':
      return new Float64(doubleOf(value))
    case 'ARRAY':
      return convertToList(value)
    case 'MAP':
      return convertToMap(value)
    case 'STRUCT':
      return convertToStruct(value)
  }
}

function unable(value: unknown, target: string, cause?: unknown): DataException {
  const message = `Unable to convert ${javaText(value)} (class ${javaClassName(value)}) to ${target}`
  return new DataException(message, cause === undefined ? {} : { cause })
}

/** Cut off towards zero, saturated at the ends of 64 bits. @throws DataException */
export function longOf(value: unknown): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return longOfDouble(value)
  if (value instanceof JavaNumber) return longOfDouble(value.value)
  if (value instanceof BigDecimal) return value.toInt64()
  if (typeof value === 'string') return decimalOf(value).toInt64()
  throw unable(value, 'a number')
}

function longOfDouble(value: number): bigint {
  if (Number.isNaN(value)) return 0n
  if (value >= 2 ** 63) return MAX_LONG
  return value <= -(2 ** 63) ? MIN_LONG : BigInt(Math.trunc(value))
}

/** @throws DataException */
export function doubleOf(value: unknown): number {
  if (typeof value === 'bigint' || typeof value === 'number') return Number(value)
  if (value instanceof JavaNumber) return value.value
  if (value instanceof BigDecimal) return value.toNumber()
  if (typeof value === 'string') return decimalOf(value).toNumber()
  throw unable(value, 'a number')
}

function decimalOf(text: string): BigDecimal {
  const decimal = BigDecimal.parse(text)
  if (decimal === null) throw unable(text, 'a number', notANumber(text))
  return decimal
}

/** A boolean, a text that reads as one, else whether the number is not 0. */
export function convertToBoolean(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  if (typeof value === 'string') {
    const parsed = parseString(value)
    if (typeof parsed?.value === 'boolean') return parsed.value
  }
  return longOf(value) !== 0n
}

export function convertToDecimal(schema: Schema, value: unknown): BigDecimal {
  if (value instanceof Uint8Array) return decimalFromBytes(schema, value)
  if (value instanceof BigDecimal) return value
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof JavaNumber)
    return BigDecimal.parse(javaText(new Float64(doubleOf(value))))!
  if (typeof value === 'string') return decimalOf(value)
  throw unable(value, schemaText(schema))
}

function convertToBytes(schema: Schema, value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw unable(value, schemaText(schema))
}

/** From text, days, or a Timestamp, whose time of day is dropped. */
export function convertToDate(fromSchema: Schema | null, value: unknown): Date {
  const date = instantOf(value, DATE_SCHEMA, days => dateFromInt(DATE_SCHEMA, int32(days)))
  if (fromSchema?.name !== TIMESTAMP_NAME || !(value instanceof Date)) return date
  return new Date(Math.floor(date.getTime() / MILLIS_PER_DAY) * MILLIS_PER_DAY)
}

/** From text, milliseconds, or a Timestamp, of which only the time of day stays. */
export function convertToTime(fromSchema: Schema | null, value: unknown): Date {
  const date = instantOf(value, TIME_SCHEMA, millis => timeFromInt(TIME_SCHEMA, int32(millis)))
  if (fromSchema?.name !== TIMESTAMP_NAME || !(value instanceof Date)) return date
  return new Date(((date.getTime() % MILLIS_PER_DAY) + MILLIS_PER_DAY) % MILLIS_PER_DAY)
}

/** From text or milliseconds; a Date is midnight, a Time lies in 1970. */
export function convertToTimestamp(value: unknown): Date {
  return instantOf(value, TIMESTAMP_SCHEMA, millis => timestampFromLong(TIMESTAMP_SCHEMA, int64(millis)))
}

function int32(value: bigint): number {
  return Number(BigInt.asIntN(32, value))
}

function instantOf(value: unknown, target: Schema, fromNumber: (value: bigint) => Date): Date {
  if (value === null || value === undefined)
    throw new DataException('Unable to convert a null value to a schema that requires a value')
  if (value instanceof Date) return value
  if (typeof value !== 'string') return fromNumber(longOf(value))
  const parsed = parseString(value)?.value
  if (parsed instanceof Date) return parsed
  throw unable(value, schemaText(target))
}

/** A list, or text that reads as one. */
export function convertToList(value: unknown): readonly unknown[] {
  const parsed = typeof value === 'string' ? parseString(value)?.value : value
  if (Array.isArray(parsed)) return parsed
  throw unable(value, 'Schema{ARRAY}')
}

/** A map, or text that reads as one. */
export function convertToMap(
  value: unknown,
): ReadonlyMap<unknown, unknown> | Readonly<Record<string, unknown>> {
  const parsed = typeof value === 'string' ? parseString(value)?.value : value
  if (parsed instanceof Map || isPlainObject(parsed)) return parsed
  throw unable(value, 'Schema{MAP}')
}

export function convertToStruct(value: unknown): Struct {
  if (value instanceof Struct) return value
  throw unable(value, 'Schema{STRUCT}')
}
