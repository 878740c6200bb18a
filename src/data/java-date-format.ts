/** Dates as text by a pattern such as `yyyy-MM-dd HH:mm`, in UTC and en_US. Java: java.text.SimpleDateFormat */
import { CalendarDate } from './java-date-format/calendar.ts'
import { type Formatter, formatterOf } from './java-date-format/format.ts'
import { DateReader } from './java-date-format/parse.ts'
import { parsePattern } from './java-date-format/pattern.ts'

const YEARS_BACK = 80

/** The text does not fit the pattern. */
export class ParseException extends Error {
  readonly javaClass = 'java.text.ParseException'

  constructor(
    message: string,
    /** Index of the first character that does not fit. */
    readonly errorOffset: number,
  ) {
    super(message)
  }
}

export class JavaDateFormat {
  private readonly formatters: readonly Formatter[]
  private readonly reader: DateReader
  private readonly date = new CalendarDate()

  /**
   * @param now from which day two-digit years are counted: from 80 years before it to 20 years after it
   * @throws IllegalArgumentException with Java's text when the pattern is none
   */
  constructor(
    readonly pattern: string,
    now = new Date(),
  ) {
    const parts = parsePattern(pattern)
    this.formatters = parts.map(formatterOf)
    this.reader = new DateReader(parts, new Date(now).setUTCFullYear(now.getUTCFullYear() - YEARS_BACK))
  }

  /** @param millis since 1970 */
  format(millis: number): string {
    this.date.set(millis)
    let text = ''
    for (const format of this.formatters) text += format(this.date)
    return text
  }

  /**
   * Milliseconds since 1970. Values out of range roll over (30 February is 2 March), and what follows a text that
   * fits is ignored. @throws ParseException
   */
  parse(text: string): number {
    const millis = this.reader.read(text)
    if (millis === null) throw new ParseException(`Unparseable date: "${text}"`, this.reader.errorAt)
    return millis
  }
}
