/** timestamp.granularity. Java: JdbcSourceConnectorConfig.TimestampGranularity */
import {
  INT64_SCHEMA,
  OPTIONAL_INT64_SCHEMA,
  OPTIONAL_STRING_SCHEMA,
  type Schema,
  STRING_SCHEMA,
  timestampBuilder,
} from '#bunnect'
import type { ResultColumn } from '../../drivers/connection.ts'
import { timeZone } from '../../time-zone.ts'
import { WallClock } from '../../wall-clock.ts'
import type { ReadColumn, ReadingOptions, Timestamp, TimestampGranularity, Value } from '../reading.ts'
import { cannotHold } from './failure.ts'
import { isOptional } from './numbers.ts'

const LAST_MS = 8_640_000_000_000_000
const LAST_INT64 = 2n ** 63n

/** A timestamp's field; `timestamps` reads the cells. */
export function timestamp(
  column: ResultColumn,
  options: ReadingOptions,
  timestamps: (cell: Value) => Timestamp,
): ReadColumn {
  const granularity = options.timestampGranularity
  const write = writer(granularity, options.timeZone)
  return {
    schema: schemaOf(granularity, isOptional(column)),
    read: cell => {
      const value = write(timestamps(cell))
      if (value === null) throw cannotHold(column, cell, `${granularity} ends before that`)
      return value
    },
  }
}

function schemaOf(granularity: TimestampGranularity, optional: boolean): Schema {
  if (granularity === 'connect_logical') {
    const builder = timestampBuilder()
    return (optional ? builder.optional() : builder).build()
  }
  if (granularity.endsWith('_long')) return optional ? OPTIONAL_INT64_SCHEMA : INT64_SCHEMA
  return optional ? OPTIONAL_STRING_SCHEMA : STRING_SCHEMA
}

/** Null for what lies outside. */
function writer(granularity: TimestampGranularity, zone: string): (timestamp: Timestamp) => unknown {
  switch (granularity) {
    case 'connect_logical':
      return ({ seconds, nanos }) => {
        const millis = seconds * 1000 + Math.floor(nanos / 1e6)
        return Math.abs(millis) > LAST_MS ? null : new Date(millis)
      }
    case 'micros_long':
      return timestamp => int64(micros(timestamp))
    case 'micros_string':
      return timestamp => int64(micros(timestamp))?.toString() ?? null
    case 'nanos_long':
      return timestamp => int64(nanos(timestamp))
    case 'nanos_string':
      return timestamp => int64(nanos(timestamp))?.toString() ?? null
    case 'micros_iso_datetime_string':
      return isoTexts(zone, 6)
    case 'nanos_iso_datetime_string':
      return isoTexts(zone, 9)
  }
}

function micros({ seconds, nanos }: Timestamp): number | bigint {
  const rest = Math.floor(nanos / 1000)
  const count = seconds * 1e6 + rest
  return Number.isSafeInteger(count) ? count : BigInt(seconds) * 1_000_000n + BigInt(rest)
}

function nanos({ seconds, nanos }: Timestamp): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos)
}

function int64(count: number | bigint): number | bigint | null {
  if (typeof count === 'number') return count
  if (count >= LAST_INT64 || count < -LAST_INT64) return null
  const number = Number(count)
  return Number.isSafeInteger(number) ? number : count
}

/** `2024-02-29T23:59:59.123456` in the zone. */
function isoTexts(zone: string, digits: number): (timestamp: Timestamp) => string {
  const clock = new WallClock(timeZone(zone), 'PROLEPTIC_GREGORIAN', isoDay)
  return ({ seconds, nanos }) => {
    const millis = seconds * 1000 + Math.floor(nanos / 1e6)
    const fraction = String(nanos).padStart(9, '0').slice(0, digits)
    return clock.timestamp({ millis, fraction }).replace(' ', 'T')
  }
}

/** Years of the era, as Java's pattern yyyy has them. */
function isoDay(year: number, monthAndDay: string): string {
  const ofEra = year > 0 ? year : 1 - year
  return `${String(ofEra).padStart(4, '0')}-${monthAndDay}`
}
