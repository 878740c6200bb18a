import { ConfigException } from '#bunnect'
import { MILLIS_PER_DAY } from './calendar.ts'

const MILLIS_PER_SECOND = 1000
/** No zone has changed its offset twice within one. */
const SLOT = 900_000
const MOST_SLOTS = 20_000

/** A zone by the names that java.time.ZoneId takes: `UTC`, `Europe/Berlin`, `+02:00`, `GMT+2`. */
export interface TimeZone {
  readonly id: string
  /** Milliseconds east of UTC at an instant, which is milliseconds since 1970. */
  offsetAt(millis: number): number
}

/** @throws ConfigException for a name that no zone has */
export function timeZone(id: string): TimeZone {
  const fixed = fixedOffset(id)
  if (fixed !== null) return { id, offsetAt: () => fixed }
  return { id, offsetAt: regionOffset(id) }
}

export function isTimeZone(id: string): boolean {
  try {
    timeZone(id)
    return true
  } catch {
    // Its only error is that there is no such zone.
    return false
  }
}

/** Which instant is meant by a time that clocks show twice. */
export type Occurrence = 'first' | 'second'

/** The instant at which clocks of the zone show that time, given as if it were UTC. */
export function instantOf(zone: TimeZone, wallMillis: number, occurrence: Occurrence): number {
  return wallMillis - offsetOfWall(zone, wallMillis, occurrence)
}

/**
 * Milliseconds east of UTC when clocks of the zone show that time. One that they leave out is as much later as they go
 * forward. Java: java.util.GregorianCalendar, which takes the second occurrence, and java.time.ZonedDateTime, the first
 */
export function offsetOfWall(zone: TimeZone, wallMillis: number, occurrence: Occurrence): number {
  const before = zone.offsetAt(wallMillis - MILLIS_PER_DAY)
  const after = zone.offsetAt(wallMillis + MILLIS_PER_DAY)
  if (before === after) return before
  const isBefore = zone.offsetAt(wallMillis - before) === before
  const isAfter = zone.offsetAt(wallMillis - after) === after
  if (isBefore && isAfter) return occurrence === 'first' ? before : after
  return isAfter ? after : before
}

/** Keeps an offset for all times about it, where those have the same. Times and offsets are in milliseconds. */
export function keptOffsets(offsetOf: (millis: number) => number): (millis: number) => number {
  const known = new Map<number, number | null>()
  return millis => {
    const slot = Math.floor(millis / SLOT)
    let offset = known.get(slot)
    if (offset === undefined) {
      if (known.size >= MOST_SLOTS) known.clear()
      const first = offsetOf(slot * SLOT)
      offset = first === offsetOf((slot + 1) * SLOT - MILLIS_PER_SECOND) ? first : null
      known.set(slot, offset)
    }
    return offset ?? offsetOf(millis)
  }
}

function fixedOffset(id: string): number | null {
  if (/^(?:UTC|GMT|UT|Z|Etc\/UTC|Etc\/GMT|Universal|Zulu)$/.test(id)) return 0
  const match = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2})(?::?(\d{2}))?)?$/.exec(id)
  if (match === null) return null
  const [, sign, hours, minutes = '0', seconds = '0'] = match
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  if (Number(minutes) > 59 || Number(seconds) > 59 || total > 18 * 3600) return null
  return (sign === '-' ? -total : total) * MILLIS_PER_SECOND
}

function regionOffset(id: string): (millis: number) => number {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: id,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      era: 'short',
    })
  } catch (cause) {
    throw new ConfigException(`Invalid time zone identifier ${id}`, {
      cause,
      hint: 'Name a zone of the IANA data base, such as Europe/Berlin, or an offset, such as +02:00.',
    })
  }
  // Zones change their offsets at whole seconds, and of those the format tells.
  return keptOffsets(millis => offsetBy(format, Math.floor(millis / MILLIS_PER_SECOND) * MILLIS_PER_SECOND))
}

function offsetBy(format: Intl.DateTimeFormat, millis: number): number {
  const parts: Record<string, string> = {}
  for (const { type, value } of format.formatToParts(millis)) parts[type] = value
  const year = parts['era'] === 'BC' ? 1 - Number(parts['year']) : Number(parts['year'])
  const clock = Date.UTC(
    2000,
    Number(parts['month']) - 1,
    Number(parts['day']),
    Number(parts['hour']),
    Number(parts['minute']),
    Number(parts['second']),
  )
  // Date.UTC takes years before 100 for those of the twentieth century.
  return new Date(clock).setUTCFullYear(year, Number(parts['month']) - 1, Number(parts['day'])) - millis
}
