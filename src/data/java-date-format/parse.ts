/** Text to calendar fields, leniently. Java: java.text.SimpleDateFormat.parse, subParse */
import * as fields from './fields.ts'
import { ERAS, HALVES_OF_DAY, MONTHS, type Names, nameAt, startsWithIgnoringCase, WEEKDAYS } from './names.ts'
import { type NumberFound, readNumber } from './number-at.ts'
import type { Letter, Part } from './pattern.ts'
import { numericZoneAt, type ZoneFound, zoneNameAt } from './zones.ts'

const FIELD: Readonly<Partial<Record<Letter, number>>> = {
  d: fields.DAY_OF_MONTH,
  H: fields.HOUR_OF_DAY,
  m: fields.MINUTE,
  s: fields.SECOND,
  S: fields.MILLISECOND,
  D: fields.DAY_OF_YEAR,
  F: fields.DAY_OF_WEEK_IN_MONTH,
  w: fields.WEEK_OF_YEAR,
  W: fields.WEEK_OF_MONTH,
  K: fields.HOUR,
}

/** Reads one text after the other; not for several at a time. */
export class DateReader {
  /** Where the last text went wrong. */
  errorAt = 0
  /** Two digits gave the year with which the century begins: it may have to be 100 years later. */
  private isAmbiguous = false
  private readonly found: NumberFound = { value: 0, end: 0 }
  private readonly steps: readonly { part: Part; width: number }[]
  private readonly calendar = new fields.CalendarFields()

  /** @param century where two-digit years begin, in ms since 1970 */
  constructor(
    parts: readonly Part[],
    private readonly century: number,
    private readonly centuryYear = fields.yearOf(century),
  ) {
    // A number that another one follows without a separator takes as many digits as it has letters.
    this.steps = parts.map((part, i) => ({
      part,
      width: 'count' in part && isNumeric(parts[i + 1]) ? part.count : 0,
    }))
  }

  /** Milliseconds since 1970, or null when the text does not fit; what follows a fitting text is not looked at. */
  read(text: string): number | null {
    this.calendar.clear()
    this.isAmbiguous = false
    let at = 0
    for (const { part, width } of this.steps) {
      at =
        'text' in part
          ? this.literal(text, at, part.text)
          : this.field(text, at, part.letter, part.count, width)
      if (at < 0) return null
    }
    const millis = this.calendar.millis()
    if (!this.isAmbiguous || millis >= this.century) return millis
    this.calendar.addYears(100)
    return this.calendar.millis()
  }

  private literal(text: string, at: number, literal: string): number {
    if (text.startsWith(literal, at)) return at + literal.length
    this.errorAt = at
    while (at < text.length && text[at] === literal[at - this.errorAt]) at++
    return this.fail(at)
  }

  private fail(at: number): number {
    this.errorAt = at
    return -1
  }

  /** Where the text goes on; -1 when it does not fit. `width`: how many characters a number has, 0 = any. */
  private field(text: string, start: number, letter: Letter, count: number, width: number): number {
    let at = start
    while (text[at] === ' ' || text[at] === '\t') at++
    if (at >= text.length) return this.fail(start)
    switch (letter) {
      case 'G':
        return this.name(text, start, at, ERAS, fields.ERA)
      case 'E':
        return this.name(text, start, at, WEEKDAYS, fields.DAY_OF_WEEK, 1)
      case 'a':
        return this.name(text, start, at, HALVES_OF_DAY, fields.AM_PM)
      case 'z':
      case 'Z':
        return this.zone(text, start, at)
      case 'X':
        return this.isoZone(text, at, count)
    }
    if ((letter === 'M' || letter === 'L') && count > 2)
      return this.name(text, start, at, MONTHS, fields.MONTH)
    const limit = width > 0 ? start + width : text.length
    if (limit > text.length || !readNumber(text, at, limit, this.found)) return this.fail(at)
    this.put(text, at, letter, count)
    return this.found.end
  }

  private put(text: string, at: number, letter: Letter, count: number): void {
    const { value, end } = this.found
    switch (letter) {
      case 'y':
      case 'Y': {
        const isShort = count <= 2 && end - at === 2 && text[at] !== '-'
        const year = isShort ? this.inCentury(value) : value
        this.calendar.set(letter === 'y' ? fields.YEAR : fields.WEEK_YEAR, year)
        break
      }
      case 'M':
      case 'L':
        this.calendar.set(fields.MONTH, value - 1)
        break
      case 'k':
        this.calendar.set(fields.HOUR_OF_DAY, value === 24 ? 0 : value)
        break
      case 'h':
        this.calendar.set(fields.HOUR, value === 12 ? 0 : value)
        break
      case 'u':
        this.calendar.setIsoDayOfWeek(value)
        break
      default:
        this.calendar.set(FIELD[letter]!, value)
    }
  }

  private inCentury(value: number): number {
    const first = this.centuryYear % 100
    this.isAmbiguous = value === first
    return value + this.centuryYear - first + (value < first ? 100 : 0)
  }

  /** Names are looked for at `start`, not behind the spaces; an error lies behind them. */
  private name(text: string, start: number, at: number, names: Names, field: number, first = 0): number {
    const found = nameAt(text, start, names)
    if (found === null) return this.fail(at)
    this.calendar.set(field, found.index + first)
    return found.end
  }

  private zone(text: string, start: number, at: number): number {
    const sign = signAt(text, at)
    if (sign !== 0) return this.putZone(numericZoneAt(text, at + 1, sign, 0, false))
    if (!startsWithIgnoringCase(text, start, 'GMT')) return this.putZone(zoneNameAt(text, at) ?? at)
    const end = start + 'GMT'.length
    const behind = signAt(text, end)
    if (behind === 0) return this.putZone({ offset: 0, end })
    return this.putZone(numericZoneAt(text, end + 1, behind, 0, true))
  }

  private isoZone(text: string, at: number, count: number): number {
    if (text[at] === 'Z') return this.putZone({ offset: 0, end: at + 1 })
    const sign = signAt(text, at)
    return this.putZone(sign === 0 ? at + 1 : numericZoneAt(text, at + 1, sign, count, count === 3))
  }

  private putZone(found: ZoneFound | number): number {
    if (typeof found === 'number') return this.fail(found)
    this.calendar.set(fields.ZONE_OFFSET, found.offset)
    return found.end
  }
}

function signAt(text: string, at: number): number {
  return text[at] === '+' ? 1 : text[at] === '-' ? -1 : 0
}

/** Java: SimpleDateFormat.shouldObeyCount */
function isNumeric(part: Part | undefined): boolean {
  if (part === undefined || 'text' in part) return false
  if (part.letter === 'M' || part.letter === 'L') return part.count <= 2
  return !'GEazZX'.includes(part.letter)
}
