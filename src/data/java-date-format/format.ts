/** An instant's text, letter by letter, in UTC. Java: java.text.SimpleDateFormat.subFormat */
import type { CalendarDate } from './calendar.ts'
import { HALVES_OF_DAY, MONTHS, type Names, WEEKDAYS } from './names.ts'
import type { Letter, Part } from './pattern.ts'

export type Formatter = (date: CalendarDate) => string

const HOUR = 3_600_000
const MINUTE = 60_000
const SECOND = 1000

export function formatterOf(part: Part): Formatter {
  if ('text' in part) {
    const { text } = part
    return () => text
  }
  return ofLetter(part.letter, part.count)
}

function ofLetter(letter: Letter, count: number): Formatter {
  const number =
    (value: Formatter | ((date: CalendarDate) => number)): Formatter =>
    date =>
      padded(value(date) as number, count)
  const name =
    (names: Names, index: (date: CalendarDate) => number): Formatter =>
    date =>
      names[index(date)]![count >= 4 ? 0 : 1]
  switch (letter) {
    case 'G':
      return date => (date.isBeforeChrist ? 'BC' : 'AD')
    case 'y':
      return count === 2 ? date => lastTwo(date.yearOfEra) : number(date => date.yearOfEra)
    case 'Y':
      return count === 2 ? date => lastTwo(date.weekYear) : number(date => date.weekYear)
    case 'M':
    case 'L':
      return count < 3 ? number(date => date.month + 1) : name(MONTHS, date => date.month)
    case 'd':
      return number(date => date.dayOfMonth)
    case 'k':
      return number(date => hourOf(date) || 24)
    case 'H':
      return number(hourOf)
    case 'm':
      return number(date => Math.floor(date.millisOfDay / MINUTE) % 60)
    case 's':
      return number(date => Math.floor(date.millisOfDay / SECOND) % 60)
    case 'S':
      return number(date => date.millisOfDay % SECOND)
    case 'E':
      return name(WEEKDAYS, date => date.dayOfWeek - 1)
    case 'D':
      return number(date => date.dayOfYear)
    case 'F':
      return number(date => date.dayOfWeekInMonth)
    case 'w':
      return number(date => date.weekOfYear)
    case 'W':
      return number(date => date.weekOfMonth)
    case 'a':
      return name(HALVES_OF_DAY, date => (hourOf(date) < 12 ? 0 : 1))
    case 'h':
      return number(date => hourOf(date) % 12 || 12)
    case 'K':
      return number(date => hourOf(date) % 12)
    case 'u':
      return number(date => (date.dayOfWeek === 1 ? 7 : date.dayOfWeek - 1))
    case 'z':
      return () => (count >= 4 ? 'Coordinated Universal Time' : 'UTC')
    case 'Z':
      return () => '+0000'
    case 'X':
      return () => 'Z'
  }
}

function hourOf(date: CalendarDate): number {
  return Math.floor(date.millisOfDay / HOUR)
}

const SMALL = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'))

function padded(value: number, digits: number): string {
  if (digits === 2 && value >= 0 && value < 100) return SMALL[value]!
  return value < 0 ? `-${String(-value).padStart(digits, '0')}` : String(value).padStart(digits, '0')
}

function lastTwo(value: number): string {
  return value < 0 ? `-${SMALL[-value % 100]}` : SMALL[value % 100]!
}
