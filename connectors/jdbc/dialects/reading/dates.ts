import { dateBuilder, timeBuilder } from '#bunnect'
import type { ResultColumn, SqlValue } from '../../drivers/connection.ts'
import { type TimeZone, timeZone } from '../../time-zone.ts'
import { WallClock } from '../../wall-clock.ts'
import type { ReadColumn, ReadingOptions, Timestamp, Value } from '../reading.ts'
import { cannotHold } from './failure.ts'
import { isOptional } from './numbers.ts'
import { WallReader } from './wall-reader.ts'

const DAY_MS = 86_400_000
/** A time that clocks do not show: MySQL's go to 838:59:59, Postgres has 24:00:00. */
const AFTER_MIDNIGHT = /^\d*(?:2[4-9]|[3-9]\d|\d{3}):/
/** What a JavaScript Date, the value of Connect's types, can hold. */
const LAST_MS = 8_640_000_000_000_000

/** Midnight in UTC, whatever the zone: only so every converter takes it. */
export function date(
  column: ResultColumn,
  options: ReadingOptions,
  read: (cell: Value) => string = String,
): ReadColumn {
  const reader = readerOf(options)
  const builder = dateBuilder()
  return {
    schema: (isOptional(column) ? builder.optional() : builder).build(),
    read: cell => {
      const day = reader.day(read(cell))
      if (day === null || Math.abs(day * DAY_MS) > LAST_MS)
        throw cannotHold(column, cell, 'no Date can be that')
      return new Date(day * DAY_MS)
    },
  }
}

/** Milliseconds of the day; what is finer is cut off, as in the JVM. */
export function time(column: ResultColumn, options: ReadingOptions): ReadColumn {
  const reader = readerOf(options)
  const builder = timeBuilder()
  return {
    schema: (isOptional(column) ? builder.optional() : builder).build(),
    read: cell => {
      const text = String(cell)
      // Of more than a day the zone would make another time of day.
      const millis = AFTER_MIDNIGHT.test(text) ? null : reader.time(text)
      if (millis === null || millis >= DAY_MS) {
        throw cannotHold(column, cell, 'it is no time of day', 'Cast it to text in a query.')
      }
      return new Date(millis)
    },
  }
}

/** Of texts. */
export function timestampTexts(column: ResultColumn, options: ReadingOptions): (cell: Value) => Timestamp {
  const reader = readerOf(options)
  return cell => {
    const read = reader.timestamp(String(cell))
    if (read === null) throw cannotHold(column, cell, 'it is no timestamp')
    return read
  }
}

let last: { timeZone: string; calendar: string; reader: WallReader } | null = null

/** All columns of a result share what was found out about the zone. */
export function readerOf(options: ReadingOptions): WallReader {
  if (last === null || last.timeZone !== options.timeZone || last.calendar !== options.calendar) {
    const reader = new WallReader(timeZone(options.timeZone), options.calendar)
    last = { timeZone: options.timeZone, calendar: options.calendar, reader }
  }
  return last.reader
}

/** `2024-02-29 23:59:59.999999`, with the zone's offset behind it or without. */
export function timestampText(zoneId: string, withOffset: boolean): (timestamp: Timestamp) => SqlValue {
  const zone: TimeZone = timeZone(zoneId)
  const clock = new WallClock(zone, 'PROLEPTIC_GREGORIAN')
  return ({ seconds, nanos }) => {
    const digits = String(nanos).padStart(9, '0')
    const millis = seconds * 1000 + Math.floor(nanos / 1e6)
    const text = clock.timestamp({ millis, fraction: digits.endsWith('000') ? digits.slice(0, 6) : digits })
    return withOffset ? text + clock.offset(millis) : text
  }
}
