import { ConfigException } from '#bunnect'

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

/** The instant at which clocks of the zone show that time, given as if it were UTC; the earlier where there are two. */
export function instantOf(zone: TimeZone, wallMillis: number): number {
  const guess = wallMillis - zone.offsetAt(wallMillis)
  return wallMillis - zone.offsetAt(guess)
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
  const known = new Map<number, number>()
  return millis => {
    const slot = Math.floor(millis / SLOT)
    let offset = known.get(slot)
    if (offset === undefined) {
      if (known.size >= MOST_SLOTS) known.clear()
      offset = offsetBy(format, slot * SLOT)
      known.set(slot, offset)
    }
    return offset
  }
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
