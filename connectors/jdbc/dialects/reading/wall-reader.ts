/** What clocks and calendars of a zone show, as instants. Java: java.util.GregorianCalendar */

import { CUTOVER, calendarDay, gregorianDay, mod } from '../../calendar.ts'
import { keptOffsets, offsetOfWall, type TimeZone } from '../../time-zone.ts'
import type { ReadingOptions, Timestamp } from '../reading.ts'

const SECONDS_PER_DAY = 86_400
const DAY_MS = 86_400_000

const FORM =
  /^(-?\d{1,6})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(?: ?(Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?))?( BC)?$/
const TIME_FORM = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)?$/

/** Reads ISO dates, times and timestamps; null where a text is none. */
export class WallReader {
  /** Milliseconds east of UTC when clocks show that. An hour that comes twice is that of winter, as in Java. */
  readonly #offset: (wall: number) => number

  constructor(
    zone: TimeZone,
    private readonly calendar: ReadingOptions['calendar'],
  ) {
    this.#offset = keptOffsets(wall => offsetOfWall(zone, wall, 'second'))
  }

  /** Days since 1970. */
  day(text: string): number | null {
    if (text.length === 10) {
      const day = this.#commonDay(text)
      if (day !== null) return day
    }
    const match = FORM.exec(text)
    if (match === null) return null
    return this.#dayOf(match)
  }

  /** A text with an offset of its own has that, every other the zone's. */
  timestamp(text: string): Timestamp | null {
    const common = this.#commonTimestamp(text)
    if (common !== null) return common
    const match = FORM.exec(text)
    if (match === null) return null
    const day = this.#dayOf(match)
    if (day === null) return null
    const [, , , , hour = '0', minute = '0', second = '0', fraction = '', offset] = match
    const wall = day * SECONDS_PER_DAY + Number(hour) * 3600 + Number(minute) * 60 + Number(second)
    const east = offset === undefined ? this.#offset(wall * 1000) / 1000 : secondsOf(offset)
    return { seconds: wall - east, nanos: nanosOf(fraction) }
  }

  /** Of what clocks show, as seconds since 1970 of a calendar that has no Julian days. */
  shown(wall: number, nanos: number): Timestamp {
    const { seconds } = this.instant(wall, nanos)
    return { seconds: seconds - this.#offset(seconds * 1000) / 1000, nanos }
  }

  /** Of seconds since 1970 of such a calendar: digits of days before the Gregorian one are those of Julian ones. */
  instant(seconds: number, nanos: number): Timestamp {
    const day = Math.floor(seconds / SECONDS_PER_DAY)
    if (day >= CUTOVER || this.calendar !== 'LEGACY') return { seconds, nanos }
    const { year, month, dayOfMonth } = calendarDay(day, 'PROLEPTIC_GREGORIAN')
    return { seconds: seconds + (julianDay(year, month, dayOfMonth) - day) * SECONDS_PER_DAY, nanos }
  }

  /** Milliseconds of the day in UTC. */
  time(text: string): number | null {
    const match = TIME_FORM.exec(text)
    if (match === null) return null
    const [, hour, minute, second = '0', fraction = '', offset] = match
    const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second)
    const wall = seconds * 1000 + Math.floor(nanosOf(fraction) / 1e6)
    const east = offset === undefined ? this.#offset(wall) : secondsOf(offset) * 1000
    return east === 0 ? wall : mod(wall - east, DAY_MS)
  }

  /** `2024-02-29 23:59:59` and up to nine digits more, without an offset: what databases write most. */
  #commonTimestamp(text: string): Timestamp | null {
    const { length } = text
    if (length < 19 || length > 29 || text.charCodeAt(10) !== SPACE) return null
    const day = this.#commonDay(text)
    const hour = twoDigits(text, 11)
    const minute = twoDigits(text, 14)
    const second = twoDigits(text, 17)
    if (day === null || hour < 0 || minute < 0 || second < 0) return null
    if (text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON) return null
    let nanos = 0
    if (length > 19) {
      if (length === 20 || text.charCodeAt(19) !== POINT) return null
      for (let i = 20; i < 29; i++) {
        const digit = i < length ? text.charCodeAt(i) - ZERO : 0
        if (digit < 0 || digit > 9) return null
        nanos = nanos * 10 + digit
      }
    }
    const wall = day * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second
    return { seconds: wall - this.#offset(wall * 1000) / 1000, nanos }
  }

  /** Of a text that begins with `2024-02-29`, after the Julian calendar. */
  #commonDay(text: string): number | null {
    const century = twoDigits(text, 0)
    const ofCentury = twoDigits(text, 2)
    const month = twoDigits(text, 5)
    const day = twoDigits(text, 8)
    if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH || ofCentury < 0) return null
    if (century < 16 || month < 1 || month > 12 || day < 1 || day > 31) return null
    return gregorianDay(century * 100 + ofCentury, month, day)
  }

  #dayOf([, yearText, monthText, dayText, , , , , , bc]: RegExpExecArray): number | null {
    const year = bc === undefined ? Number(yearText) : 1 - Number(yearText)
    const month = Number(monthText)
    const day = Number(dayText)
    if (month < 1 || month > 12 || day < 1 || day > 31) return null
    const julian = this.calendar === 'LEGACY' && year * 10_000 + month * 100 + day < 1582_10_15
    return julian ? julianDay(year, month, day) : gregorianDay(year, month, day)
  }
}

const ZERO = 48
const SPACE = 32
const DASH = 45
const POINT = 46
const COLON = 58

/** Negative where there are none. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO
  const ones = text.charCodeAt(at + 1) - ZERO
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1
}

/** Days since 1970 of a date in the Julian calendar; years before Christ are 0 and less. */
function julianDay(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return Math.floor((y * 1461) / 4) + ofYear - 719_470
}

function nanosOf(fraction: string): number {
  return fraction === '' ? 0 : Number(fraction.padEnd(9, '0'))
}

function secondsOf(offset: string): number {
  if (offset === 'Z') return 0
  const digits = offset.slice(1).replaceAll(':', '')
  const seconds =
    Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2, 4) || 0) * 60 + Number(digits.slice(4, 6) || 0)
  return offset[0] === '-' ? -seconds : seconds
}
