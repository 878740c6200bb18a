import { startsWithIgnoringCase } from './names.ts'
import { ZONE_NAMES } from './zone-names.ts'

const MILLIS_PER_MINUTE = 60_000

/** Milliseconds east of UTC, and where the text goes on. */
export interface ZoneFound {
  offset: number
  end: number
}

let byName: readonly (readonly [name: string, minutes: number])[] | undefined

/**
 * The longest zone name that stands at `at`: its offset, always that of the name. Null for none.
 * Java: SimpleDateFormat.subParseZoneString
 */
export function zoneNameAt(text: string, at: number): ZoneFound | null {
  byName ??= ZONE_NAMES.flatMap(([minutes, names]) =>
    names.split('|').map(name => [name, minutes] as const),
  ).sort(([a], [b]) => b.length - a.length)
  const found = byName.find(([name]) => startsWithIgnoringCase(text, at, name))
  return found ? { offset: found[1] * MILLIS_PER_MINUTE, end: at + found[0].length } : null
}

/**
 * `hh`, `hhmm` or `hh:mm` behind a sign; `digits`: the number of letters X, 0 for z and Z. A number where it goes
 * wrong. Java: SimpleDateFormat.subParseNumericZone
 */
export function numericZoneAt(
  text: string,
  start: number,
  sign: number,
  letters: number,
  colon: boolean,
): ZoneFound | number {
  let at = start
  const digit = (): number | null => {
    const value = text.charCodeAt(at++) - 48
    return value >= 0 && value <= 9 ? value : null
  }
  const wrong = (): number => Math.min(at, text.length + 1) - 1
  const first = digit()
  if (first === null) return wrong()
  let hours = first
  const second = digit()
  if (second !== null) hours = hours * 10 + second
  else if (letters > 0 || !colon || at > text.length) return wrong()
  else at--
  if (hours > 23) return wrong()
  let minutes = 0
  if (letters !== 1) {
    if (colon && text[at++] !== ':') return wrong()
    const tens = digit()
    if (tens === null) return wrong()
    const ones = digit()
    if (ones === null) return wrong()
    minutes = tens * 10 + ones
    if (minutes > 59) return wrong()
  }
  return { offset: (hours * 60 + minutes) * MILLIS_PER_MINUTE * sign, end: at }
}
