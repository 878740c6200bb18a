/**
 * Dates and times in texts. The formats end in a literal Z and yet mean the process's time zone, as in the JVM.
 * Java: Values.parseAsTemporal, Values.dateFormatFor
 */
import { DATE_SCHEMA, MILLIS_PER_DAY, TIME_SCHEMA, TIMESTAMP_SCHEMA } from '../logical.ts'
import { SchemaAndValue } from '../schema.ts'

const TIME_LENGTH = 13
const TIMESTAMP_LENGTH = 24
const DATE_LENGTH = 10

/**
 * `HH:mm:ss.SSS'Z'`, `yyyy-MM-dd'T'HH:mm:ss.SSS'Z'` or `yyyy-MM-dd`, told apart by length; fields out of range
 * roll over (30 February is 2 March), and text behind a complete value is ignored. Else null.
 */
export function parseTemporal(text: string): SchemaAndValue | null {
  const token = text.replaceAll('\\:', ':')
  switch (token.length) {
    case TIME_LENGTH: {
      const fields = readFields(token, ['', ':', ':', '.'], 'Z')
      return fields && new SchemaAndValue(TIME_SCHEMA, instant(1970, 1, 1, fields))
    }
    case TIMESTAMP_LENGTH: {
      const fields = readFields(token, ['', '-', '-', 'T', ':', ':', '.'], 'Z')
      const [year, month, day, ...time] = fields ?? []
      return fields && new SchemaAndValue(TIMESTAMP_SCHEMA, instant(year!, month!, day!, time))
    }
    case DATE_LENGTH: {
      const fields = readFields(token, ['', '-', '-'], '')
      return (
        fields && new SchemaAndValue(DATE_SCHEMA, instant(fields[0]!, fields[1]!, fields[2]!, [0, 0, 0, 0]))
      )
    }
    default:
      return null
  }
}

/** Numbers, each behind its separator and perhaps spaces. Java: SimpleDateFormat.parse */
function readFields(text: string, separators: readonly string[], last: string): number[] | null {
  const fields: number[] = []
  let at = 0
  for (const separator of separators) {
    if (!text.startsWith(separator, at)) return null
    const match = /^[ \t]*(-?\d+)/.exec(text.slice(at + separator.length))
    if (!match) return null
    fields.push(Number(match[1]))
    at += separator.length + match[0].length
  }
  return text.startsWith(last, at) ? fields : null
}

function instant(year: number, month: number, day: number, time: readonly number[]): Date {
  const date = new Date(2000, 0, 1)
  date.setFullYear(year, month - 1, day)
  date.setHours(time[0]!, time[1]!, time[2]!, time[3]!)
  return date
}

/** By the instant alone: below one day a time, at midnight UTC a date, else both. */
export function temporalText(date: Date): string {
  const millis = date.getTime()
  if (millis < MILLIS_PER_DAY) return timeText(date)
  return millis % MILLIS_PER_DAY === 0 ? dayText(date) : `${dayText(date)}T${timeText(date)}`
}

function dayText(date: Date): string {
  return `${padded(date.getFullYear(), 4)}-${padded(date.getMonth() + 1, 2)}-${padded(date.getDate(), 2)}`
}

function timeText(date: Date): string {
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(part => padded(part, 2))
  return `${clock.join(':')}.${padded(date.getMilliseconds(), 3)}Z`
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0')
}
