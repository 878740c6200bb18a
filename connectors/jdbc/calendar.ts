/** Days as numbers and as dates, in the calendar of today and in that of before 1582. */
export const MILLIS_PER_DAY = 86_400_000
/** 15 October 1582, the first day after the Julian calendar, in days since 1970. */
export const CUTOVER = -141_427

export type Calendar = 'LEGACY' | 'PROLEPTIC_GREGORIAN'

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

export function mod(value: number, by: number): number {
  const rest = value % by
  return rest < 0 ? rest + by : rest
}
