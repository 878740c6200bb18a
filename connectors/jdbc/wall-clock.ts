/** Instants as the texts that databases read, in a time zone and a calendar. */
import { DataException } from '#bunnect'
import { type Calendar, calendarDay, MILLIS_PER_DAY, mod } from './calendar.ts'
import { instantOf, type TimeZone } from './time-zone.ts'

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
const commonDay: DayText = (year, monthAndDay) => {
  if (year >= 1 && year <= 9999) return `${String(year).padStart(4, '0')}-${monthAndDay}`
  throw new DataException(`The year ${year} lies outside those that the database can hold, 1 to 9999`)
}

function timeText(millisOfDay: number, fraction: string): string {
  const seconds = Math.floor(millisOfDay / 1000)
  return `${pad2(Math.floor(seconds / 3600))}:${pad2(Math.floor(seconds / 60) % 60)}:${pad2(seconds % 60)}.${fraction}`
}

export function pad3(value: number): string {
  return value < 10 ? `00${value}` : value < 100 ? `0${value}` : String(value)
}

function pad2(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}
