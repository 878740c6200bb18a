/**
 * Oracle's own bytes of a date as text: the client makes a JavaScript Date of them, which has milliseconds alone, and no
 * calendar before 1582.
 */

/** Excess of the bytes: century and year count from 100, hour, minute and second from 1. */
const EXCESS = 100

/**
 * Seven bytes of a DATE, eleven of a TIMESTAMP, thirteen of one with a zone, which is in UTC.
 * @returns `2024-02-29 23:59:59.123456789`, `0044-03-15 00:00:00 BC`; with a Z behind the time where there is a zone
 */
export function dateText(bytes: Uint8Array): string {
  return wallText(bytes, bytes.length > 11 ? 'Z' : '')
}

/** A TIMESTAMP WITH LOCAL TIME ZONE, which is in the zone of the database: its offset in minutes, or the name of a region. */
export function localDateText(bytes: Uint8Array, zone: number | string): string {
  return wallText(bytes, typeof zone === 'string' ? ` ${zone}` : offsetText(zone))
}

function wallText(bytes: Uint8Array, zone: string): string {
  const [century = 0, ofCentury = 0, month = 0, day = 0, hour = 1, minute = 1, second = 1] = bytes
  const year = (century - EXCESS) * 100 + ofCentury - EXCESS
  const nanos = bytes.length >= 11 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(7) : 0
  const fraction = nanos === 0 ? '' : `.${String(nanos).padStart(9, '0')}`
  const date = `${String(Math.abs(year)).padStart(4, '0')}-${pad(month)}-${pad(day)}`
  const time = `${pad(hour - 1)}:${pad(minute - 1)}:${pad(second - 1)}${fraction}`
  return `${date} ${time}${zone}${year < 0 ? ' BC' : ''}`
}

function offsetText(minutes: number): string {
  if (minutes === 0) return 'Z'
  const rest = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(rest / 60))}:${pad(rest % 60)}`
}

function pad(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}
