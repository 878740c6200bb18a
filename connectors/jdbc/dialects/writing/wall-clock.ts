/** Instants as the texts that databases read, in a time zone and a calendar. */
import { DataException } from '#bunnect'
import { instantOf, type TimeZone } from '../../time-zone.ts'

export const MILLIS_PER_DAY = 86_400_000
/** 15 October 1582, the first day after the Julian calendar, in days since 1970. */
export const CUTOVER = -141_427

export type Calendar = 'LEGACY' | 'PROLEPTIC_GREGORIAN'

/** A point of time: milliseconds since 1970, and the digits behind the second, which may be finer. */
export interface Instant {
  readonly millis: number
  /** 3, 6 or 9 digits. */
  readonly fraction: string
}

/** The text of a day, its month and day being `02-29`; years before Christ are 0 and less. */
export type DayText = (year: number, monthAndDay: string) => string

/** Writes dates and times of day of one zone. Java: java.sql.Timestamp with the Calendar of the zone */
export class WallClock {
  #day = Number.NaN
  #text = ''

  constructor(
    private readonly zone: TimeZone,
    private readonly calendar: Calendar,
    private readonly dayText: DayText = commonDay,
  ) {}

  /** `2024-02-29` */
  date(millis: number): string {
    return this.#dayText(Math.floor((millis + this.zone.offsetAt(millis)) / MILLIS_PER_DAY))
  }

  /** `23:59:59.999` */
  time(millis: number): string {
    return timeText(mod(millis + this.zone.offsetAt(millis), MILLIS_PER_DAY), pad3(mod(millis, 1000)))
  }

  /** `2024-02-29 23:59:59.999999` */
  timestamp({ millis, fraction }: Instant): string {
    const local = millis + this.zone.offsetAt(millis)
    const day = Math.floor(local / MILLIS_PER_DAY)
    return `${this.#dayText(day)} ${timeText(local - day * MILLIS_PER_DAY, fraction)}`
  }

  /** `+02:00` */
  offset(millis: number): string {
    const seconds = this.zone.offsetAt(millis) / 1000
    if (seconds === 0) return '+00'
    const rest = Math.abs(seconds)
    const text = `${seconds < 0 ? '-' : '+'}${pad2(Math.floor(rest / 3600))}:${pad2(Math.floor(rest / 60) % 60)}`
    return rest % 60 === 0 ? text : `${text}:${pad2(rest % 60)}`
  }

  /** The instant of a time that clocks of the zone show, the earlier where there are two. */
  instantOf(wallMillis: number): number {
    return instantOf(this.zone, wallMillis, 'first')
  }

  #dayText(day: number): string {
    if (day !== this.#day) {
      const { year, month, dayOfMonth } = calendarDay(day, this.calendar)
      this.#text = this.dayText(year, `${pad2(month)}-${pad2(dayOfMonth)}`)
      this.#day = day
    }
    return this.#text
  }
}

/** Of years 1 to 9999. @throws DataException */
export const commonDay: DayText = (year, monthAndDay) => {
  if (year >= 1 && year <= 9999) return `${String(year).padStart(4, '0')}-${monthAndDay}`
  throw new DataException(`The year ${year} lies outside those that the database can hold, 1 to 9999`)
}

/** From 1 = January. Java: java.util.GregorianCalendar, or java.time's calendar, which knows no Julian one */
export function calendarDay(
  day: number,
  calendar: Calendar,
): { year: number; month: number; dayOfMonth: number } {
  const gregorian = calendar === 'PROLEPTIC_GREGORIAN' || day >= CUTOVER
  // Counted from 1 March of the year 0, so that a leap day ends its year.
  let rest = day + (gregorian ? 719_468 : 719_470)
  let year = 0
  if (gregorian) {
    const era = Math.floor(rest / 146_097)
    rest -= era * 146_097
    const century = Math.min(3, Math.floor(rest / 36_524))
    rest -= century * 36_524
    year = era * 400 + century * 100
  }
  const cycle = Math.floor(rest / 1461)
  rest -= cycle * 1461
  const inCycle = Math.min(3, Math.floor(rest / 365))
  rest -= inCycle * 365
  year += cycle * 4 + inCycle
  const fromMarch = Math.floor((5 * rest + 2) / 153)
  const dayOfMonth = rest - Math.floor((153 * fromMarch + 2) / 5) + 1
  return fromMarch < 10
    ? { year, month: fromMarch + 3, dayOfMonth }
    : { year: year + 1, month: fromMarch - 9, dayOfMonth }
}

/** The first instant of a day, in days since 1970. */
export function gregorianDay(year: number, month: number, dayOfMonth: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const ofEra = y - era * 400
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + dayOfMonth - 1
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468
}

function timeText(millisOfDay: number, fraction: string): string {
  const seconds = Math.floor(millisOfDay / 1000)
  return `${pad2(Math.floor(seconds / 3600))}:${pad2(Math.floor(seconds / 60) % 60)}:${pad2(seconds % 60)}.${fraction}`
}

export function mod(value: number, by: number): number {
  const rest = value % by
  return rest < 0 ? rest + by : rest
}

export function pad3(value: number): string {
  return value < 10 ? `00${value}` : value < 100 ? `0${value}` : String(value)
}

function pad2(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}
