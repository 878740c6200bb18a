/**
 * Fields in the order in which a text gave them, and the instant that they mean: values out of range roll over, and
 * of several ways to name a day the one given last counts. Java: java.util.GregorianCalendar.computeTime,
 * Calendar.selectFields, java.text.CalendarBuilder
 */
import {
  CalendarDate,
  CUTOVER,
  CUTOVER_YEAR,
  EPOCH,
  type FixedDay,
  firstWeek,
  floorMod,
  gregorianDay,
  julianDay,
  MILLIS_PER_DAY,
  weekdayOnOrBefore,
} from './calendar.ts'

/** Java's numbers of calendar fields, of those that texts can give. */
export const ERA = 0
export const YEAR = 1
export const MONTH = 2
export const WEEK_OF_YEAR = 3
export const WEEK_OF_MONTH = 4
export const DAY_OF_MONTH = 5
export const DAY_OF_YEAR = 6
export const DAY_OF_WEEK = 7
export const DAY_OF_WEEK_IN_MONTH = 8
export const AM_PM = 9
export const HOUR = 10
export const HOUR_OF_DAY = 11
export const MINUTE = 12
export const SECOND = 13
export const MILLISECOND = 14
/** Milliseconds east of UTC. */
export const ZONE_OFFSET = 15
export const WEEK_YEAR = 16
const FIELDS = 17

type DayField =
  | typeof DAY_OF_MONTH
  | typeof WEEK_OF_MONTH
  | typeof DAY_OF_WEEK_IN_MONTH
  | typeof DAY_OF_YEAR
  | typeof WEEK_OF_YEAR

export class CalendarFields {
  /** When each field was set, 0 = not at all. */
  private readonly stamps = new Int32Array(FIELDS)
  private readonly values = new Float64Array(FIELDS)
  private next = 1

  clear(): void {
    this.stamps.fill(0)
    this.values.fill(0)
    this.next = 1
  }

  set(field: number, value: number): void {
    this.stamps[field] = this.next++
    this.values[field] = value
  }

  /** From 1 = Monday; other numbers are weekdays of other weeks. */
  setIsoDayOfWeek(value: number): void {
    const isDay = value >= 1 && value <= 7
    this.set(DAY_OF_WEEK, isDay ? (value % 7) + 1 : value)
  }

  addYears(years: number): void {
    this.values[YEAR]! += years
    this.values[WEEK_YEAR]! += years
  }

  /** Milliseconds since 1970; no earlier or later than Java's are. */
  millis(): number {
    const time = this.timeOfDay()
    const daysOfTime = Math.floor(time / MILLIS_PER_DAY)
    const day = this.isWeekDate() ? this.dayOfWeekDate() + daysOfTime : this.day(daysOfTime)
    const offset = this.values[ZONE_OFFSET]!
    return (day - EPOCH) * MILLIS_PER_DAY + (time - daysOfTime * MILLIS_PER_DAY) - offset
  }

  private isSet(field: number): boolean {
    return this.stamps[field] !== 0
  }

  private timeOfDay(): number {
    const { values, stamps } = this
    const half = this.both(HOUR, AM_PM)
    const asHour = stamps[HOUR_OF_DAY] === 0 || half > stamps[HOUR_OF_DAY]!
    const hours = asHour ? values[HOUR]! + 12 * values[AM_PM]! : values[HOUR_OF_DAY]!
    return ((hours * 60 + values[MINUTE]!) * 60 + values[SECOND]!) * 1000 + values[MILLISECOND]!
  }

  /** When the later of the two was set, 0 unless both were. */
  private both(a: number, b: number): number {
    return this.isSet(a) && this.isSet(b) ? Math.max(this.stamps[a]!, this.stamps[b]!) : 0
  }

  private isWeekDate(): boolean {
    return this.stamps[WEEK_YEAR]! > this.stamps[YEAR]!
  }

  /** Java: GregorianCalendar.setWeekDate */
  private dayOfWeekDate(): number {
    let week = this.isSet(WEEK_OF_YEAR) ? this.values[WEEK_OF_YEAR]! : 1
    let weekday = this.isSet(DAY_OF_WEEK) ? this.values[DAY_OF_WEEK]! : 1
    if (weekday >= 8) {
      weekday--
      week += Math.trunc(weekday / 7)
      weekday = fromIso((weekday % 7) + 1)
    } else if (weekday <= 0) {
      week += Math.floor((weekday - 1) / 7)
      weekday = fromIso(floorMod(weekday - 1, 7) + 1)
    }
    const year = this.values[WEEK_YEAR]!
    const first = firstWeek(this.inForce(0, calendar => calendar(year, 0), year, true))
    return first + weekday - 1 + 7 * (week - 1)
  }

  private day(daysOfTime: number): number {
    const given = this.isSet(YEAR) ? this.values[YEAR]! : 1970
    const year = this.isSet(ERA) && this.values[ERA] === 0 ? 1 - given : given
    const field = this.dayField()
    const fromNewYear = field === DAY_OF_YEAR || field === WEEK_OF_YEAR
    return this.inForce(daysOfTime, calendar => this.dayIn(calendar, year, field), year, fromNewYear)
  }

  /** By the Gregorian calendar if that gives a day on which it was in force. */
  private inForce(
    more: number,
    dayIn: (calendar: FixedDay) => number,
    year: number,
    fromNewYear: boolean,
  ): number {
    if (year > CUTOVER_YEAR) {
      const gregorian = more + dayIn(gregorianDay)
      return gregorian >= CUTOVER ? gregorian : more + dayIn(julianDay)
    }
    const julian = more + dayIn(julianDay)
    if (year < CUTOVER_YEAR && julian < CUTOVER) return julian
    if (fromNewYear) return julian
    const gregorian = year < CUTOVER_YEAR ? julian : more + dayIn(gregorianDay)
    return gregorian >= CUTOVER ? gregorian : julian
  }

  /** Which field names the day: of the combinations that are complete the one that was completed last. */
  private dayField(): DayField {
    const { stamps } = this
    const week = this.both(WEEK_OF_MONTH, DAY_OF_WEEK)
    const inMonth = this.both(DAY_OF_WEEK_IN_MONTH, DAY_OF_WEEK)
    const ofYear = this.both(WEEK_OF_YEAR, DAY_OF_WEEK)
    const best = Math.max(stamps[DAY_OF_MONTH]!, week, inMonth, stamps[DAY_OF_YEAR]!, ofYear)
    if (best > 0) return this.chosen(best, stamps[DAY_OF_MONTH]!, week, inMonth)
    const weekAlone = stamps[WEEK_OF_MONTH]!
    const inMonthAlone = Math.max(stamps[DAY_OF_WEEK_IN_MONTH]!, stamps[DAY_OF_WEEK]!)
    const bestAlone = Math.max(weekAlone, inMonthAlone, stamps[WEEK_OF_YEAR]!)
    return bestAlone === 0 ? DAY_OF_MONTH : this.chosen(bestAlone, 0, weekAlone, inMonthAlone)
  }

  private chosen(best: number, dayOfMonth: number, week: number, inMonth: number): DayField {
    const { stamps } = this
    if (best === dayOfMonth) return DAY_OF_MONTH
    const ofYear = stamps[WEEK_OF_YEAR]!
    if (
      (best === week && stamps[WEEK_OF_MONTH]! >= ofYear) ||
      (best === inMonth && stamps[DAY_OF_WEEK_IN_MONTH]! >= ofYear)
    ) {
      if (week === inMonth)
        return stamps[WEEK_OF_MONTH]! >= stamps[DAY_OF_WEEK_IN_MONTH]! ? WEEK_OF_MONTH : DAY_OF_WEEK_IN_MONTH
      return best === week ? WEEK_OF_MONTH : DAY_OF_WEEK_IN_MONTH
    }
    return best === stamps[DAY_OF_YEAR] ? DAY_OF_YEAR : WEEK_OF_YEAR
  }

  /** Java: GregorianCalendar.getFixedDate */
  private dayIn(calendar: FixedDay, year: number, field: DayField): number {
    const { values } = this
    const byMonth = field !== DAY_OF_YEAR && field !== WEEK_OF_YEAR
    const months = byMonth ? values[MONTH]! : 0
    const ofYear = year + Math.floor(months / 12)
    const month = floorMod(months, 12)
    const first = calendar(ofYear, month)
    const weekday = this.isSet(DAY_OF_WEEK) ? values[DAY_OF_WEEK]! : 1
    switch (field) {
      case DAY_OF_MONTH:
        return this.isSet(DAY_OF_MONTH) ? first + values[DAY_OF_MONTH]! - 1 : first
      case DAY_OF_YEAR:
        return first + values[DAY_OF_YEAR]! - 1
      case WEEK_OF_MONTH:
        return weekdayOnOrBefore(firstWeek(first) + 6, weekday) + 7 * (values[WEEK_OF_MONTH]! - 1)
      case WEEK_OF_YEAR:
        return weekdayOnOrBefore(firstWeek(first) + 6, weekday) + 7 * (values[WEEK_OF_YEAR]! - 1)
      case DAY_OF_WEEK_IN_MONTH: {
        const nth = this.isSet(DAY_OF_WEEK_IN_MONTH) ? values[DAY_OF_WEEK_IN_MONTH]! : 1
        if (nth >= 0) return weekdayOnOrBefore(first + 7 * nth - 1, weekday)
        const length = (month === 11 ? calendar(ofYear + 1, 0) : calendar(ofYear, month + 1)) - first
        return weekdayOnOrBefore(first + length + 7 * (nth + 1) - 1, weekday)
      }
    }
  }
}

function fromIso(weekday: number): number {
  return (weekday % 7) + 1
}

/** The year in which an instant lies. */
export function yearOf(millis: number): number {
  const date = new CalendarDate()
  date.set(millis)
  return date.year
}
