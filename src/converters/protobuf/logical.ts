/** Decimals, dates and times as Google's and Confluent's messages. Java: ProtobufData's LogicalTypeConverters */
import { BigDecimal, bigIntFromBytes, bigIntToBytes } from '../../data/big-decimal.ts'
import { DataException } from '../../data/errors.ts'
import { javaClassName } from '../../data/java-class.ts'
import {
  CalendarDate,
  CUTOVER,
  EPOCH,
  gregorianDay,
  julianDay,
} from '../../data/java-date-format/calendar.ts'
import { MILLIS_PER_DAY } from '../../data/logical.ts'
import { LENGTH, VARINT, WireError, type WireReader } from '../../formats/protobuf/wire-reader.ts'
import type { WireWriter } from '../../formats/protobuf/wire-writer.ts'

/** Writes what stands in the message, without its length. */
export type BodyWriter = (value: unknown, out: WireWriter) => void
/** Reads up to the reader's end. */
export type BodyReader = (reader: WireReader) => unknown

function integer(out: WireWriter, tag: number, value: number): void {
  if (value === 0) return
  out.uint32(tag)
  out.int64(value)
}

function dateOf(value: unknown, what: string): number {
  if (!(value instanceof Date))
    throw new DataException(`Invalid type for ${what}, expected Date but was class ${javaClassName(value)}`)
  const millis = value.getTime()
  if (Number.isNaN(millis))
    throw new DataException(`Invalid date: the Date object for a ${what} holds no instant`)
  return millis
}

/** The varints 1 to 4 of a message; what else is in it is read over. */
function varints(reader: WireReader, into: (number | bigint)[]): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    const number = tag >>> 3
    if ((tag & 7) === VARINT && number <= into.length) into[number - 1] = reader.int64()
    else reader.skip(tag)
  }
}

function int32(value: number | bigint): number {
  return typeof value === 'number' ? value | 0 : Number(BigInt.asIntN(32, value))
}

/** Java: DecimalUtils.fromBigDecimal */
export const writeDecimal: BodyWriter = (value, out) => {
  if (!(value instanceof BigDecimal))
    throw new DataException(
      `Invalid type for Decimal, expected BigDecimal but was class ${javaClassName(value)}`,
    )
  out.uint32(1 * 8 + 2)
  out.bytes(bigIntToBytes(value.unscaled))
  integer(out, 2 * 8, digitsOf(value.unscaled))
  if (value.scale !== 0) {
    out.uint32(3 * 8)
    out.int32(value.scale)
  }
}

function digitsOf(unscaled: bigint): number {
  const text = unscaled.toString()
  return text.startsWith('-') ? text.length - 1 : text.length
}

/** No bytes are 0, as other languages write it. Java: DecimalUtils.toBigDecimal */
export const readDecimal: BodyReader = reader => {
  let bytes: Buffer | null = null
  let precision = 0
  let scale = 0
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 1 * 8 + LENGTH) bytes = reader.bytes()
    else if (tag === 2 * 8 + VARINT) precision = reader.int32()
    else if (tag === 3 * 8 + VARINT) scale = reader.int32()
    else reader.skip(tag)
  }
  const unscaled = bytes === null || bytes.length === 0 ? 0n : bigIntFromBytes(bytes)
  return rounded(unscaled, scale, precision)
}

/** Half up to so many digits; 0 leaves all of them. Java: new BigDecimal(unscaled, scale, new MathContext(precision)) */
function rounded(unscaled: bigint, scale: number, precision: number): BigDecimal {
  const surplus = precision > 0 ? digitsOf(unscaled) - precision : 0
  if (surplus <= 0) return new BigDecimal(unscaled, scale)
  const unit = 10n ** BigInt(surplus)
  const half = unit / 2n
  const quotient = (unscaled < 0n ? unscaled - half : unscaled + half) / unit
  // 9.99 becomes 10.0, which is a digit longer.
  return rounded(quotient, scale - surplus, precision)
}

const calendar = new CalendarDate()

/** Days before 15 October 1582 are those of the Julian calendar, as Java's Calendar has them. */
export const writeDate: BodyWriter = (value, out) => {
  const millis = dateOf(value, 'Date')
  if (millis % MILLIS_PER_DAY !== 0)
    throw new DataException('Kafka Connect Date type should not have any time fields set to non-zero values.')
  calendar.set(millis)
  if (calendar.year <= 0)
    throw new DataException(
      `The date ${new Date(millis).toISOString()} lies before the year 1, which google.type.Date has not`,
    )
  integer(out, 1 * 8, calendar.year)
  integer(out, 2 * 8, calendar.month + 1)
  integer(out, 3 * 8, calendar.dayOfMonth)
}

export const readDate: BodyReader = reader => {
  const parts: (number | bigint)[] = [0, 0, 0]
  varints(reader, parts)
  const [year, month, day] = parts.map(int32) as [number, number, number]
  const isMonth = year >= 1 && year <= 275_000 && month >= 1 && month <= 12
  if (isMonth && day >= 1) {
    let fixed = gregorianDay(year, month - 1) + day - 1
    if (fixed < CUTOVER) fixed = julianDay(year, month - 1) + day - 1
    const date = new Date((fixed - EPOCH) * MILLIS_PER_DAY)
    calendar.set(date.getTime())
    if (calendar.year === year && calendar.month === month - 1 && calendar.dayOfMonth === day) return date
  }
  throw new WireError(`${year}-${month}-${day} (year, month, day) is no date`)
}

/** 24:00 is written as 0:00, as in Java. */
export const writeTime: BodyWriter = (value, out) => {
  const millis = dateOf(value, 'Time')
  if (millis < 0 || millis > MILLIS_PER_DAY)
    throw new DataException('Time values must use number of millis greater than 0 and less than 86400000')
  const ofDay = millis % MILLIS_PER_DAY
  integer(out, 1 * 8, Math.floor(ofDay / 3_600_000))
  integer(out, 2 * 8, Math.floor(ofDay / 60_000) % 60)
  integer(out, 3 * 8, Math.floor(ofDay / 1000) % 60)
  integer(out, 4 * 8, (ofDay % 1000) * 1_000_000)
}

/** Cut to milliseconds. */
export const readTime: BodyReader = reader => {
  const parts: (number | bigint)[] = [0, 0, 0, 0]
  varints(reader, parts)
  const [hours, minutes, seconds, nanos] = parts.map(int32) as [number, number, number, number]
  const within = (part: number, end: number) => part >= 0 && part < end
  if (within(hours, 24) && within(minutes, 60) && within(seconds, 60) && within(nanos, 1_000_000_000))
    return new Date(((hours * 60 + minutes) * 60 + seconds) * 1000 + Math.floor(nanos / 1_000_000))
  throw new WireError(`${hours}:${minutes}:${seconds} and ${nanos} nanoseconds is no time of day`)
}

const MIN_SECONDS = -62_135_596_800
const MAX_SECONDS = 253_402_300_799

function invalidTimestamp(seconds: number | bigint, nanos: number): string {
  return `Timestamp is not valid. See proto definition for valid values. Seconds (${seconds}) must be in range [-62,135,596,800, +253,402,300,799]. Nanos (${nanos}) must be in range [0, +999,999,999].`
}

/** The years 1 to 9999. Java: Timestamps.fromMillis */
export const writeTimestamp: BodyWriter = (value, out) => {
  const millis = dateOf(value, 'Timestamp')
  const seconds = Math.floor(millis / 1000)
  const nanos = (millis - seconds * 1000) * 1_000_000
  if (seconds < MIN_SECONDS || seconds > MAX_SECONDS)
    throw new DataException(invalidTimestamp(seconds, nanos))
  integer(out, 1 * 8, seconds)
  integer(out, 2 * 8, nanos)
}

/** Cut to milliseconds, towards the past. Java: Timestamps.toMillis */
export const readTimestamp: BodyReader = reader => {
  const parts: (number | bigint)[] = [0, 0]
  varints(reader, parts)
  const seconds = parts[0]!
  const nanos = int32(parts[1]!)
  if (seconds < MIN_SECONDS || seconds > MAX_SECONDS || nanos < 0 || nanos > 999_999_999)
    throw new WireError(invalidTimestamp(seconds, nanos))
  return new Date(Number(seconds) * 1000 + Math.floor(nanos / 1_000_000))
}
