/** The forms in which a timestamp may stand. Java: TimestampConverter.TimestampTranslator */
import { ConnectException, DataException } from '../data/errors.ts'
import { javaClassName } from '../data/java-class.ts'
import { type JavaDateFormat, ParseException } from '../data/java-date-format.ts'
import { NullPointerException } from '../data/java-errors.ts'
import {
  DATE_SCHEMA,
  dateBuilder,
  MILLIS_PER_DAY,
  TIME_SCHEMA,
  TIMESTAMP_SCHEMA,
  timeBuilder,
  timestampBuilder,
  timestampFromLong,
} from '../data/logical.ts'
import { DATE_NAME, TIME_NAME, TIMESTAMP_NAME } from '../data/logical-names.ts'
import { fitsInt64, isPlainLong } from '../data/numbers.ts'
import {
  INT64_SCHEMA,
  OPTIONAL_INT64_SCHEMA,
  OPTIONAL_STRING_SCHEMA,
  type Schema,
  STRING_SCHEMA,
} from '../data/schema.ts'
import { millisOfUnixTime, type UnixPrecision, unixTimeOfMillis } from './unix-time.ts'

export const TIMESTAMP_TYPES = ['string', 'unix', 'Date', 'Time', 'Timestamp'] as const
export type TimestampType = (typeof TIMESTAMP_TYPES)[number]

/** Milliseconds from 1970 to the last JavaScript date, and to the first. */
const LAST_DATE = 8.64e15

/** Required and optional. */
const SCHEMAS: Readonly<Record<TimestampType, readonly [Schema, Schema]>> = {
  string: [STRING_SCHEMA, OPTIONAL_STRING_SCHEMA],
  unix: [INT64_SCHEMA, OPTIONAL_INT64_SCHEMA],
  Date: [DATE_SCHEMA, dateBuilder().optional().build()],
  Time: [TIME_SCHEMA, timeBuilder().optional().build()],
  Timestamp: [TIMESTAMP_SCHEMA, timestampBuilder().optional().build()],
}

export function schemaOfType(type: TimestampType, optional: boolean): Schema {
  return SCHEMAS[type][optional ? 1 : 0]
}

/** @throws ConnectException when values of the schema are no timestamps */
export function typeOfSchema(schema: Schema): TimestampType {
  if (schema.name === TIMESTAMP_NAME) return 'Timestamp'
  if (schema.name === DATE_NAME) return 'Date'
  if (schema.name === TIME_NAME) return 'Time'
  if (schema.type === 'STRING') return 'string'
  if (schema.type === 'INT64') return 'unix'
  throw new ConnectException(`Schema ${schema} does not correspond to a known timestamp type format`)
}

/** Of a schemaless value. @throws DataException when it is no timestamp */
export function typeOfValue(value: unknown): TimestampType {
  if (value instanceof Date) return 'Timestamp'
  if (isLong(value)) return 'unix'
  if (typeof value === 'string') return 'string'
  throw new DataException(
    `TimestampConverter does not support class ${javaClassName(value)} objects as timestamps`,
  )
}

function isLong(value: unknown): value is number | bigint {
  return typeof value === 'number' ? isPlainLong(value) : typeof value === 'bigint' && fitsInt64(value)
}

/** How texts and unix times are to be read and written. */
export interface TimestampForm {
  format: JavaDateFormat | null
  precision: UnixPrecision
}

/**
 * Milliseconds since 1970. `schema` tells the class of a plain number in complaints.
 * @throws DataException when the value is not of that type
 */
export function millisOf(
  value: unknown,
  type: TimestampType,
  form: TimestampForm,
  schema: Schema | null,
): number {
  const unexpected = (what: string, wanted: string): DataException =>
    new DataException(`Expected ${what} to be ${wanted}, but found class ${javaClassName(value, schema)}`)
  switch (type) {
    case 'string':
      if (typeof value !== 'string') throw unexpected('string timestamp', 'a String')
      return millisOfText(value, form.format)
    case 'unix':
      if (!isLong(value)) throw unexpected('Unix timestamp', 'a Long')
      return millisOfUnixTime(value, form.precision)
    default:
      if (!(value instanceof Date)) throw unexpected(type, 'a java.util.Date')
      return value.getTime()
  }
}

function millisOfText(value: string, format: JavaDateFormat | null): number {
  if (format === null) {
    throw new NullPointerException(
      'Cannot invoke "java.text.SimpleDateFormat.parse(String)" because "config.format" is null',
    )
  }
  try {
    return format.parse(value)
  } catch (error) {
    if (!(error instanceof ParseException)) throw error
    throw new DataException(
      `Could not parse timestamp: value (${value}) does not match pattern (${format.pattern})`,
      { cause: error },
    )
  }
}

/** The value of that type. @throws DataException when no JavaScript date reaches so far */
export function valueOfMillis(millis: number, type: TimestampType, form: TimestampForm): unknown {
  if (type === 'Timestamp' || !(Math.abs(millis) <= LAST_DATE))
    return timestampFromLong(TIMESTAMP_SCHEMA, millis)
  switch (type) {
    case 'string':
      return form.format!.format(millis)
    case 'unix':
      return unixTimeOfMillis(millis, form.precision)
    case 'Date':
      return new Date(millis - timeOfDay(millis))
    case 'Time':
      return new Date(timeOfDay(millis))
  }
}

function timeOfDay(millis: number): number {
  const rest = millis % MILLIS_PER_DAY
  return rest < 0 ? rest + MILLIS_PER_DAY : rest
}
