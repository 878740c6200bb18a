/** Values as SQL Server's protocol has them, as text. Spec: MS-TDS 2.2.5.5 */

/** Of 1900-01-01 after 0001-01-01. */
const DAYS_TO_1900 = 693_595
const MINUTES_PER_DAY = 1440

/** A sign (1 = positive), then the digits as a whole number, the lowest byte first. */
export function decimalText(bytes: Buffer, scale: number): string {
  let digits: string
  if (bytes.length === 5) digits = String(bytes.readUInt32LE(1))
  else {
    let value = 0n
    for (let at = bytes.length - 4; at >= 1; at -= 4) value = (value << 32n) | BigInt(bytes.readUInt32LE(at))
    digits = value.toString()
  }
  return pointed(digits, scale, bytes[0] === 0 && digits !== '0')
}

/** Ten thousandths: 4 bytes, or 8 of which the higher four come first. */
export function moneyText(bytes: Buffer): string {
  const value =
    bytes.length === 4
      ? BigInt(bytes.readInt32LE(0))
      : (BigInt(bytes.readInt32LE(0)) << 32n) | BigInt(bytes.readUInt32LE(4))
  const negative = value < 0n
  return pointed((negative ? -value : value).toString(), 4, negative)
}

/** All digits of the scale are there. */
function pointed(digits: string, scale: number, negative: boolean): string {
  const sign = negative ? '-' : ''
  if (scale === 0) return sign + digits
  const full = digits.padStart(scale + 1, '0')
  const point = full.length - scale
  return `${sign}${full.slice(0, point)}.${full.slice(point)}`
}

/** `0001-02-29`, of 3 bytes of days since 0001-01-01. */
export function dateText(bytes: Buffer): string {
  return day(bytes.readUIntLE(0, 3))
}

/** `23:59:59.1234567`, of 3 to 5 bytes that count in units of the scale. */
export function timeText(bytes: Buffer, scale: number): string {
  return clock(bytes.readUIntLE(0, bytes.length), scale)
}

/** A time, then a date. */
export function datetime2Text(bytes: Buffer, scale: number): string {
  const time = bytes.length - 3
  return `${day(bytes.readUIntLE(time, 3))} ${clock(bytes.readUIntLE(0, time), scale)}`
}

/** A time and a date in UTC, then the minutes of the offset. `2024-02-29 12:00:00 +05:30` */
export function datetimeOffsetText(bytes: Buffer, scale: number): string {
  const time = bytes.length - 5
  const offset = bytes.readInt16LE(bytes.length - 2)
  const units = 10 ** scale
  const counted = bytes.readUIntLE(0, time)
  const seconds = Math.floor(counted / units) + offset * 60
  const days = Math.floor(seconds / 86_400)
  const local = (seconds - days * 86_400) * units + (counted % units)
  const size = Math.abs(offset)
  const zone = `${offset < 0 ? '-' : '+'}${pad2(Math.floor(size / 60))}:${pad2(size % 60)}`
  return `${day(bytes.readUIntLE(time, 3) + days)} ${clock(local, scale)} ${zone}`
}

/** Days since 1900 and three hundredths of seconds, of which the server shows whole milliseconds. */
export function datetimeText(bytes: Buffer): string {
  const millis = Math.floor((bytes.readUInt32LE(4) * 10 + 1) / 3)
  return `${day(bytes.readInt32LE(0) + DAYS_TO_1900)} ${clock(millis, 3)}`
}

/** Days since 1900 and minutes. */
export function smallDatetimeText(bytes: Buffer): string {
  const minutes = bytes.readUInt16LE(2) % MINUTES_PER_DAY
  return `${day(bytes.readUInt16LE(0) + DAYS_TO_1900)} ${clock(minutes * 60, 0)}`
}

function clock(counted: number, scale: number): string {
  const units = 10 ** scale
  const seconds = Math.floor(counted / units)
  const whole = `${pad2(Math.floor(seconds / 3600))}:${pad2(Math.floor(seconds / 60) % 60)}:${pad2(seconds % 60)}`
  return scale === 0 ? whole : `${whole}.${String(counted % units).padStart(scale, '0')}`
}

let lastDay = -1
let lastText = ''

/** Of days since 0001-01-01 in the Gregorian calendar. */
function day(days: number): string {
  // Neighbouring rows are often of one day.
  if (days === lastDay) return lastText
  // Years begin in March here, so that the day that comes every four years is the last.
  const shifted = days + 306
  const century = Math.floor((4 * shifted + 3) / 146_097)
  const ofCentury = shifted - Math.floor((146_097 * century) / 4)
  const yearOfCentury = Math.floor((4 * ofCentury + 3) / 1461)
  const ofYear = ofCentury - Math.floor((1461 * yearOfCentury) / 4)
  const fromMarch = Math.floor((5 * ofYear + 2) / 153)
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  const year = century * 100 + yearOfCentury + (month <= 2 ? 1 : 0)
  const dayOfMonth = ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1
  lastDay = days
  lastText = `${String(year).padStart(4, '0')}-${pad2(month)}-${pad2(dayOfMonth)}`
  return lastText
}

function pad2(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}
