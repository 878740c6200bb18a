import { expect, test } from 'bun:test'
import { WallReader } from '../../../connectors/jdbc/dialects/reading/wall-reader.ts'
import { timeZone } from '../../../connectors/jdbc/time-zone.ts'

const reader = (zone: string, calendar: 'LEGACY' | 'PROLEPTIC_GREGORIAN' = 'LEGACY') =>
  new WallReader(timeZone(zone), calendar)
const millis = (zone: string, text: string) => {
  const read = reader(zone).timestamp(text)
  return read === null ? null : read.seconds * 1000 + Math.floor(read.nanos / 1e6)
}

// Of java.util.GregorianCalendar, whose set() was given these fields.
test.each([
  ['Europe/Berlin', '2024-10-27 02:30:00', 1729992600000],
  ['Europe/Berlin', '2024-03-31 02:30:00', 1711848600000],
  ['Europe/Berlin', '2024-11-03 01:30:00', 1730593800000],
  ['Europe/Berlin', '1582-10-10 00:00:00', -12218864400000],
  ['Europe/Berlin', '1500-02-29 00:00:00', -14825898000000],
  ['America/New_York', '2024-10-27 02:30:00', 1730010600000],
  ['America/New_York', '2024-11-03 01:30:00', 1730615400000],
  ['America/New_York', '2024-03-10 02:30:00', 1710055800000],
])('%s %s', (zone, text, wanted) => {
  // Java knows a zone's time before its first rule as hours, not as that of the sun.
  const tolerance = wanted < -5_000_000_000_000 ? 3_600_000 : 0
  expect(Math.abs(millis(zone, text)! - wanted)).toBeLessThanOrEqual(tolerance)
})

test.each([
  ['2024-02-29', 1709164800000],
  ['2024-02-29 23:59', 1709251140000],
  ['2024-02-29 23:59:59.123456789', 1709251199123],
  ['2024-02-29T23:59:59Z', 1709251199000],
  ['2024-02-29 23:59:59+05:30', 1709231399000],
  ['2024-02-29 23:59:59.5-08', 1709279999500],
  ['1900-01-01 00:00:00+00:53:28', -2208992008000],
  ['0001-01-01 00:00:00 BC', -62167392000000],
  ['294276-12-31 23:59:59.5', 9224318015999500],
  ['1969-12-31 23:59:59.999999', -1],
] as const)('UTC: %s', (text, wanted) => {
  expect(millis('UTC', text)).toBe(Math.floor(wanted))
})

test.each([
  '',
  'now',
  '2024-13-01',
  '2024-00-01',
  '2024-01-32',
  '24-1-1',
  '2024-01-01 1:00:00',
  'infinity',
  '2024-01-01 00:00:00.1234567890',
])('%s is no timestamp', text => {
  expect(reader('UTC').timestamp(text)).toBeNull()
})

test('clocks that change within a quarter of an hour', () => {
  // Those of Monrovia went on by 44 minutes and 30 seconds at midnight of 7 January 1972, after 1 o'clock UTC there is none.
  const texts = ['1972-01-06 23:59:59', '1972-01-07 00:44:29', '1972-01-07 00:44:30', '1972-01-07 00:50:00']
  const one = reader('Africa/Monrovia')
  expect(texts.map(text => one.timestamp(text)!.seconds - Date.UTC(1972, 0, 7) / 1000)).toEqual([
    44 * 60 + 29,
    89 * 60 - 1,
    44 * 60 + 30,
    50 * 60,
  ])
})

test('nanoseconds stay', () => {
  expect(reader('UTC').timestamp('1969-12-31 23:59:59.000000001')).toEqual({ seconds: -1, nanos: 1 })
})

test('days in both calendars', () => {
  expect(reader('UTC').day('1582-10-04')).toBe(-141428)
  expect(reader('UTC').day('1582-10-15')).toBe(-141427)
  expect(reader('UTC', 'PROLEPTIC_GREGORIAN').day('1582-10-04')).toBe(-141438)
  expect(reader('UTC').day('1970-01-01')).toBe(0)
})

test('times of day', () => {
  expect(reader('UTC').time('24:00:00')).toBe(86_400_000)
  expect(reader('UTC').time('00:30:00+02')).toBe(81_000_000)
  expect(reader('Europe/Berlin').time('00:30:00')).toBe(84_600_000)
  expect(reader('UTC').time('-01:00:00')).toBeNull()
  expect(reader('UTC').time('838:59:59')).toBeNull()
})

test('what clocks show is the same instant as a count and as a text', () => {
  for (const zone of ['UTC', 'Europe/Berlin', 'America/New_York', 'Africa/Monrovia']) {
    for (const calendar of ['LEGACY', 'PROLEPTIC_GREGORIAN'] as const) {
      const one = reader(zone, calendar)
      for (let i = 0; i < 400; i++) {
        // From the year 1100 to 2100, a prime number of seconds apart.
        const wall = Date.UTC(1100, 0) / 1000 + i * 78_901_237
        const text = new Date(wall * 1000).toISOString().replace('T', ' ').slice(0, 19)
        expect({ text, ...one.shown(wall, 5) }).toEqual({ text, ...one.timestamp(`${text}.000000005`)! })
      }
    }
  }
})
