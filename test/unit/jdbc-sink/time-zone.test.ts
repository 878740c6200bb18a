import { expect, test } from 'bun:test'
import { calendarDay, gregorianDay } from '../../../connectors/jdbc/calendar.ts'
import { instantOf, isTimeZone, timeZone } from '../../../connectors/jdbc/time-zone.ts'

const HOUR = 3_600_000

test.each([
  ['UTC', 0],
  ['Z', 0],
  ['+02:00', 2 * HOUR],
  ['-0530', -5.5 * HOUR],
  ['GMT+1', HOUR],
  ['UTC-08:00', -8 * HOUR],
])('the offset %s stays', (id, offset) => {
  expect(timeZone(id).offsetAt(0)).toBe(offset)
  expect(timeZone(id).offsetAt(1_700_000_000_000)).toBe(offset)
})

test('a region changes its clocks', () => {
  const berlin = timeZone('Europe/Berlin')
  const change = Date.UTC(2024, 2, 31, 1)
  expect(berlin.offsetAt(change - 1)).toBe(HOUR)
  expect(berlin.offsetAt(change)).toBe(2 * HOUR)
  expect(timeZone('Asia/Kathmandu').offsetAt(0)).toBe(5.5 * HOUR)
  expect(timeZone('Asia/Kathmandu').offsetAt(Date.UTC(2024, 0, 1))).toBe(5.75 * HOUR)
})

test('what clocks show is an instant again', () => {
  const berlin = timeZone('Europe/Berlin')
  for (const instant of [Date.UTC(2024, 0, 1), Date.UTC(2024, 6, 1), Date.UTC(1950, 5, 1)])
    expect(instantOf(berlin, instant + berlin.offsetAt(instant), 'first')).toBe(instant)
})

test.each([
  ['America/New_York', '2023-03-12T02:30:00', '2023-03-12T07:30:00', '2023-03-12T07:30:00'],
  ['America/New_York', '2023-11-05T01:30:00', '2023-11-05T05:30:00', '2023-11-05T06:30:00'],
  ['America/New_York', '2023-03-12T01:59:59', '2023-03-12T06:59:59', '2023-03-12T06:59:59'],
  ['America/New_York', '2023-03-12T03:00:00', '2023-03-12T07:00:00', '2023-03-12T07:00:00'],
  ['Europe/Berlin', '2024-03-31T02:30:00', '2024-03-31T01:30:00', '2024-03-31T01:30:00'],
  ['Europe/Berlin', '2024-10-27T02:30:00', '2024-10-27T00:30:00', '2024-10-27T01:30:00'],
  ['Pacific/Apia', '2011-12-30T12:00:00', '2011-12-30T22:00:00', '2011-12-30T22:00:00'],
  ['Australia/Lord_Howe', '2024-04-07T01:45:00', '2024-04-06T14:45:00', '2024-04-06T15:15:00'],
])('%s: %s', (id, wall, first, second) => {
  const zone = timeZone(id)
  const millis = (text: string) => Date.parse(`${text}Z`)
  expect(new Date(instantOf(zone, millis(wall), 'first'))).toEqual(new Date(millis(first)))
  expect(new Date(instantOf(zone, millis(wall), 'second'))).toEqual(new Date(millis(second)))
})

test('an offset that changes within a quarter of an hour', () => {
  // Clocks of Monrovia went 44 minutes and 30 seconds late until they showed midnight of 7 January 1972.
  const monrovia = timeZone('Africa/Monrovia')
  const change = Date.UTC(1972, 0, 7, 0, 44, 30)
  for (const before of [1, 999, 1000, 1001, 60_000])
    expect(monrovia.offsetAt(change - before)).toBe(-(44 * 60 + 30) * 1000)
  for (const after of [0, 1, 999, 60_000]) expect(monrovia.offsetAt(change + after)).toBe(0)
})

test('other names are refused', () => {
  for (const id of ['Mars/Olympus', '+25:00', '', 'UTC+1:75']) expect(isTimeZone(id)).toBe(false)
  expect(() => timeZone('Mars/Olympus')).toThrow('Invalid time zone identifier Mars/Olympus')
})

test('days of both calendars', () => {
  for (let day = -1_000_000; day <= 3_000_000; day += 997) {
    const { year, month, dayOfMonth } = calendarDay(day, 'PROLEPTIC_GREGORIAN')
    const expected = new Date(day * 86_400_000)
    expect([year, month, dayOfMonth]).toEqual([
      expected.getUTCFullYear(),
      expected.getUTCMonth() + 1,
      expected.getUTCDate(),
    ])
    expect(gregorianDay(year, month, dayOfMonth)).toBe(day)
  }
  expect(calendarDay(-141_427, 'LEGACY')).toEqual({ year: 1582, month: 10, dayOfMonth: 15 })
  expect(calendarDay(-141_428, 'LEGACY')).toEqual({ year: 1582, month: 10, dayOfMonth: 4 })
  expect(calendarDay(-719_164, 'LEGACY')).toEqual({ year: 1, month: 1, dayOfMonth: 1 })
})
