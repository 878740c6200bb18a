/** What clocks and calendars of a zone show, as instants. Java: java.util.GregorianCalendar */
import type { TimeZone } from '../../time-zone.ts'
import type { ReadingOptions, Timestamp } from '../reading.ts'
import { gregorianDay, mod } from '../writing/wall-clock.ts'

const SECONDS_PER_DAY = 86_400
const DAY_MS = 86_400_000
/** Clocks of a zone go the same way within one. */
const SLOT_MS = 900_000
const MOST_SLOTS = 20_000

const FORM =
  /^(-?\d{1,6})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(?: ?(Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?))?( BC)?$/
const TIME_FORM = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)?$/

/** Reads ISO dates, times and timestamps; null where a text is none. */
export class WallReader {
  readonly #offsets = new Map<number, number>()

  constructor(
    private readonly zone: TimeZone,
    private readonly calendar: ReadingOptions['calendar'],
  ) {}

  /** Days since 1970. */
  day(text: string): number | null {
    const match = FORM.exec(text)
    if (match === null) return null
    return this.#dayOf(match)
  }

  /** A text with an offset of its own has that, every other the zone's. */
  timestamp(text: string): Timestamp | null {
    const match = FORM.exec(text)
    if (match === null) return null
    const day = this.#dayOf(match)
    if (day === null) return null
    const [, , , , hour = '0', minute = '0', second = '0', fraction = '', offset] = match
    const wall = day * SECONDS_PER_DAY + Number(hour) * 3600 + Number(minute) * 60 + Number(second)
    const east = offset === undefined ? this.#offset(wall * 1000) / 1000 : secondsOf(offset)
    return { seconds: wall - east, nanos: nanosOf(fraction) }
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

  #dayOf([, yearText, monthText, dayText, , , , , , bc]: RegExpExecArray): number | null {
    const year = bc === undefined ? Number(yearText) : 1 - Number(yearText)
    const month = Number(monthText)
    const day = Number(dayText)
    if (month < 1 || month > 12 || day < 1 || day > 31) return null
    const julian = this.calendar === 'LEGACY' && year * 10_000 + month * 100 + day < 1582_10_15
    return julian ? julianDay(year, month, day) : gregorianDay(year, month, day)
  }

  /**
   * Milliseconds east of UTC when clocks show that. An hour that comes twice is that of winter, as in Java; one that
   * does not come is an hour later.
   */
  #offset(wall: number): number {
    const slot = Math.floor(wall / SLOT_MS)
    const known = this.#offsets.get(slot)
    if (known !== undefined) return known
    const found = this.#offsetOf(slot * SLOT_MS)
    if (this.#offsets.size >= MOST_SLOTS) this.#offsets.clear()
    this.#offsets.set(slot, found)
    return found
  }

  #offsetOf(wall: number): number {
    const before = this.zone.offsetAt(wall - DAY_MS)
    const after = this.zone.offsetAt(wall + DAY_MS)
    if (before === after) return before
    const holdsBefore = this.zone.offsetAt(wall - before) === before
    const holdsAfter = this.zone.offsetAt(wall - after) === after
    if (holdsBefore && holdsAfter) return Math.min(before, after)
    return holdsAfter ? after : before
  }
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
