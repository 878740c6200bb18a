/** Date, Time and Timestamp: instants in UTC. Java: org.apache.kafka.connect.data.{Date,Time,Timestamp} */
import { DataException } from './errors.ts'
import { DATE_NAME, TIME_NAME, TIMESTAMP_NAME } from './logical-names.ts'
import type { Schema } from './schema.ts'
import { SchemaBuilder } from './schema-builder.ts'

export const MILLIS_PER_DAY = 86_400_000

export const dateBuilder = (): SchemaBuilder => SchemaBuilder.int32().name(DATE_NAME).version(1)
export const timeBuilder = (): SchemaBuilder => SchemaBuilder.int32().name(TIME_NAME).version(1)
export const timestampBuilder = (): SchemaBuilder => SchemaBuilder.int64().name(TIMESTAMP_NAME).version(1)

export const DATE_SCHEMA: Schema = dateBuilder().build()
export const TIME_SCHEMA: Schema = timeBuilder().build()
export const TIMESTAMP_SCHEMA: Schema = timestampBuilder().build()

function checkName(schema: Schema, name: string, word: string): void {
  if (schema.name !== name)
    throw new DataException(`Requested conversion of ${word} object but the schema does not match.`)
}

/** Days since 1970. @throws DataException when the instant is not midnight UTC */
export function dateToInt(schema: Schema, value: Date): number {
  checkName(schema, DATE_NAME, 'Date')
  const millis = millisOf(value)
  if (millis % MILLIS_PER_DAY !== 0)
    throw new DataException('Kafka Connect Date type should not have any time fields set to non-zero values.')
  return millis / MILLIS_PER_DAY
}

export function dateFromInt(schema: Schema, days: number): Date {
  checkName(schema, DATE_NAME, 'Date')
  return instant(days * MILLIS_PER_DAY, `Date of day ${days}`)
}

/** Milliseconds of the day; 86,400,000 itself passes, as in the JVM. */
export function timeToInt(schema: Schema, value: Date): number {
  checkName(schema, TIME_NAME, 'Time')
  const millis = millisOf(value)
  if (millis < 0 || millis > MILLIS_PER_DAY)
    throw new DataException('Kafka Connect Time type should not have any date fields set to non-zero values.')
  return millis
}

export function timeFromInt(schema: Schema, millis: number): Date {
  checkName(schema, TIME_NAME, 'Time')
  if (millis < 0 || millis > MILLIS_PER_DAY)
    throw new DataException(
      'Time values must use number of milliseconds greater than 0 and less than 86400000',
    )
  return new Date(millis)
}

export function timestampToLong(schema: Schema, value: Date): number {
  checkName(schema, TIMESTAMP_NAME, 'Timestamp')
  return millisOf(value)
}

export function timestampFromLong(schema: Schema, millis: number | bigint): Date {
  checkName(schema, TIMESTAMP_NAME, 'Timestamp')
  return instant(Number(millis), `Timestamp of ${millis} ms`)
}

/** JavaScript dates end 8.64e15 ms from 1970: further ones, which Java could hold, are refused. */
function instant(millis: number, what: string): Date {
  const date = new Date(millis)
  if (!Number.isNaN(date.getTime())) return date
  throw new DataException(`${what} lies outside the years -271821 to 275760`, {
    hint: 'At most 8640000000000000 ms before or after 1970 can be held; is the unit micro- or nanoseconds?',
  })
}

/** `new Date('no date')` is a Date as well. */
function millisOf(date: Date): number {
  const millis = date.getTime()
  if (!Number.isNaN(millis)) return millis
  throw new DataException('Invalid date: the Date object holds no instant', {
    hint: 'It was made from text or a number that is no date; check it before it is put into the record.',
  })
}
