/**
 * Days of the Gregorian calendar, and of the Julian one before 15 October 1582, with weeks that begin on Sunday, the
 * first of a year or month being the one with its first day (en_US). A fixed day counts from 1 = 1 January of
 * the Gregorian year 1. Java: java.util.GregorianCalendar
 */
export const MILLIS_PER_DAY = 86_400_000
/** The fixed day of 1 January 1970. */
export const EPOCH = 719_163
/** The first Gregorian day, 15 October 1582; the Julian 4 October lies before it. */
export const CUTOVER = 577_736
export const CUTOVER_YEAR = 1582
const OCTOBER = 9

const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]

export type FixedDay = (year: number, month: number) => number

/** The first day of a month; `month` from 0. */
export const gregorianDay: FixedDay = (year, month) => {
  const past = year - 1
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const days = 365 * past + Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400)
  return days + DAYS_BEFORE_MONTH[month]! + (isLeap && month > 1 ? 1 : 0) + 1
}

export const julianDay: FixedDay = (year, month) => {
  const past = year - 1
  const leap = year % 4 === 0 && month > 1 ? 1 : 0
  return 365 * past + Math.floor(past / 4) + DAYS_BEFORE_MONTH[month]! + leap - 1
}

/** 1 January, in the calendar that was in force. */
function newYear(year: number): number {
  return year > CUTOVER_YEAR ? gregorianDay(year, 0) : julianDay(year, 0)
}

export function floorMod(value: number, by: number): number {
  const rest = value % by
  return rest < 0 ? rest + by : rest
}

/** From 1 = Sunday. */
function dayOfWeek(day: number): number {
  return floorMod(day, 7) + 1
}

/** The last day on or before `day` that is a `weekday` (1 = Sunday). */
export function weekdayOnOrBefore(day: number, weekday: number): number {
  return day - floorMod(day - (weekday - 1), 7)
}

/** The Sunday with which the week of that day, the first of a period, begins. */
export function firstWeek(day: number): number {
  return weekdayOnOrBefore(day, 1)
}

function weekNumber(first: number, day: number): number {
  return Math.floor((day - firstWeek(first)) / 7) + 1
}

/** An instant's fields in UTC; reused from one instant to the next. */
export class CalendarDate {
  /** Of the era of Christ, 0 and negative before. */
  year = 0
  /** From 0. */
  month = 0
  dayOfMonth = 0
  millisOfDay = 0
  private day = 0

  /** Milliseconds since 1970. */
  set(millis: number): void {
    const days = Math.floor(millis / MILLIS_PER_DAY)
    this.millisOfDay = millis - days * MILLIS_PER_DAY
    const day = days + EPOCH
    if (day === this.day) return
    this.day = day
    const isGregorian = day >= CUTOVER
    this.split(day + (isGregorian ? 305 : 307), isGregorian)
  }

  /** `day` counts from 0 = 1 March of the year 0, so that a leap day ends its year. */
  private split(sinceMarch: number, isGregorian: boolean): void {
    let rest = sinceMarch
    let year = 0
    if (isGregorian) {
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
    this.dayOfMonth = rest - Math.floor((153 * fromMarch + 2) / 5) + 1
    this.month = fromMarch < 10 ? fromMarch + 2 : fromMarch - 10
    this.year = fromMarch < 10 ? year : year + 1
  }

  /** True before Christ. */
  get isBeforeChrist(): boolean {
    return this.year <= 0
  }

  /** From 1 in either era. */
  get yearOfEra(): number {
    return this.year > 0 ? this.year : 1 - this.year
  }

  get dayOfYear(): number {
    return this.day - newYear(this.year) + 1
  }

  /** From 1 = Sunday. */
  get dayOfWeek(): number {
    return dayOfWeek(this.day)
  }

  get dayOfWeekInMonth(): number {
    return Math.floor((this.day - this.firstOfMonth) / 7) + 1
  }

  get weekOfMonth(): number {
    return weekNumber(this.firstOfMonth, this.day)
  }

  /** 1 for the last days of December that belong to the next year's first week. */
  get weekOfYear(): number {
    return this.day >= firstWeek(newYear(this.year + 1)) ? 1 : weekNumber(newYear(this.year), this.day)
  }

  get weekYear(): number {
    return this.day >= firstWeek(newYear(this.year + 1)) ? this.year + 1 : this.year
  }

  /** October 1582 has its days counted from its Julian first. */
  private get firstOfMonth(): number {
    return this.year === CUTOVER_YEAR && this.month === OCTOBER
      ? julianDay(this.year, this.month)
      : this.day - this.dayOfMonth + 1
  }
}
