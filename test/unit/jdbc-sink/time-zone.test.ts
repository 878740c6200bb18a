import { expect, test } from 'bun:test'
import { calendarDay, gregorianDay } from '../../../connectors/jdbc/dialects/writing/wall-clock.ts'
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
    expect(instantOf(berlin, instant + berlin.offsetAt(instant))).toBe(instant)
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
