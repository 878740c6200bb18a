/** Fields of `timestamp.fields.list`: numbers or texts that stand for instants. Java: DateTimeUtils of the JDBC connector */
import { DataException } from '#bunnect'
import { gregorianDay, MILLIS_PER_DAY } from '../../calendar.ts'
import type { Instant, WallClock } from '../../wall-clock.ts'

export type Precision = 'microseconds' | 'nanoseconds'

/** Digits behind the second. */
const DIGITS = { microseconds: 6, nanoseconds: 9 } as const

/** From a count since 1970 in the unit of `timestamp.precision.mode`. */
export function instantOfCount(count: number | bigint, precision: Precision): Instant {
  const digits = DIGITS[precision]
  const unit = 10 ** digits
  if (typeof count === 'number') {
    // A quotient may round up to the next second, a remainder does not.
    const rest = count % unit
    const fraction = rest < 0 ? rest + unit : rest
    return instant((count - fraction) / unit, String(fraction), digits)
  }
  const rest = count % BigInt(unit)
  const fraction = rest < 0n ? rest + BigInt(unit) : rest
  return instant(Number((count - fraction) / BigInt(unit)), String(fraction), digits)
}

/**
 * From text: a count, or `2024-02-29T12:00:00.123456`, which is read in the clock's zone unless it ends with `Z` or an
 * offset.
 * @throws DataException for other text
 */
export function instantOfText(text: string, precision: Precision, clock: WallClock): Instant {
  const trimmed = text.trim()
  if (/^[+-]?\d{1,19}$/.test(trimmed)) return instantOfCount(BigInt(trimmed), precision)
  const match =
    /^(\d{4,6})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i.exec(
      trimmed,
    )
  if (match === null) throw notATimestamp(text)
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(part => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const isClock = hour < 24 && minute < 60 && second < 60
  if (!isClock || month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) throw notATimestamp(text)
  const wall = gregorianDay(year, month, day) * MILLIS_PER_DAY + ((hour * 60 + minute) * 60 + second) * 1000
  const seconds = zoned(wall, match[8], clock) / 1000
  return instant(seconds, (match[7] ?? '').padEnd(9, '0').slice(0, DIGITS[precision]), DIGITS[precision])
}

function zoned(wallMillis: number, offset: string | undefined, clock: WallClock): number {
  if (offset === undefined) return clock.instantOf(wallMillis)
  if (offset.toUpperCase() === 'Z') return wallMillis
  const digits = offset.replace(/\D/g, '').padEnd(4, '0')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  return wallMillis - (offset.startsWith('-') ? -minutes : minutes) * 60_000
}

function instant(seconds: number, fraction: string, digits: number): Instant {
  const text = fraction.padStart(digits, '0')
  return { millis: seconds * 1000 + Number(text.slice(0, 3)), fraction: text }
}

function daysOf(year: number, month: number): number {
  return month === 12 ? 31 : gregorianDay(year, month + 1, 1) - gregorianDay(year, month, 1)
}

function notATimestamp(text: string): DataException {
  return new DataException(`'${text.slice(0, 40)}' is no timestamp`, {
    hint: 'A field in timestamp.fields.list holds a count since 1970, in the unit of timestamp.precision.mode, or text as 2024-02-29T12:00:00.123456.',
  })
}
