import { describe, expect, test } from 'bun:test'
import { JavaDateFormat, ParseException } from '../../../src/data/java-date-format.ts'
import vectors from '../../conform/vectors/java-date-formats.json'

const now = new Date(vectors.made)

describe('as java.text.SimpleDateFormat formats', () => {
  for (const [pattern, expected] of vectors.format as unknown as [string, Record<string, string>][]) {
    test(pattern, () => {
      const format = new JavaDateFormat(pattern, now)
      const times = Object.keys(expected)
      expect(Object.fromEntries(times.map(time => [time, format.format(Number(time))]))).toEqual(expected)
    })
  }
})

type Parsed = number | [errorOffset: number, message: string]

describe('as java.text.SimpleDateFormat parses', () => {
  for (const [pattern, expected] of vectors.parse as unknown as [string, Record<string, Parsed>][]) {
    test(pattern, () => {
      const format = new JavaDateFormat(pattern, now)
      const got = Object.keys(expected).map(text => {
        try {
          return [text, format.parse(text)]
        } catch (error) {
          if (!(error instanceof ParseException)) throw error
          return [text, [error.errorOffset, error.message]]
        }
      })
      expect(Object.fromEntries(got)).toEqual(expected)
    })
  }
})

describe('patterns that are none', () => {
  for (const [pattern, message] of vectors.refused as [string, string][]) {
    test(pattern, () => expect(() => new JavaDateFormat(pattern)).toThrow(new Error(message)))
  }
})

test('a text read back is the instant that it was made of', () => {
  const format = new JavaDateFormat('G yyyy-MM-dd HH:mm:ss.SSS')
  const byWeek = new JavaDateFormat("YYYY-'W'ww-u HH:mm:ss.SSS")
  const byDay = new JavaDateFormat('yyyy D HH:mm:ss.SSS')
  const YEAR_1583 = Date.UTC(1583, 0, 1)
  let seed = 42
  for (let i = 0; i < 20_000; i++) {
    seed = (Math.imul(seed, 1103515245) + 12345) | 0
    const millis = Math.trunc((seed / 2 ** 31) * (i % 2 ? 8.64e15 : 4e13))
    expect(format.parse(format.format(millis))).toBe(millis)
    if (millis < YEAR_1583) continue
    const iso = new Date(millis).toISOString().replace(/^\+0?/, '')
    expect(format.format(millis)).toBe(`AD ${iso.slice(0, -1).replace('T', ' ')}`)
    expect(byWeek.parse(byWeek.format(millis))).toBe(millis)
    expect(byDay.parse(byDay.format(millis))).toBe(millis)
  }
})

describe('two-digit years', () => {
  const day = (text: string) =>
    new Date(new JavaDateFormat('yy-MM-dd', new Date('2026-06-15T12:00:00Z')).parse(text))
      .toISOString()
      .slice(0, 10)
  test.each([
    ['the year with which the century begins, after that day', '46-06-16', '1946-06-16'],
    ['the same year before that day', '46-06-14', '2046-06-14'],
    ['a later one', '47-01-01', '1947-01-01'],
    ['an earlier one', '45-12-31', '2045-12-31'],
  ])('%s', (_, text, expected) => expect(day(text)).toBe(expected))
})

test('a zone name means its offset and none for the texts that follow', () => {
  const format = new JavaDateFormat('yyyy-MM-dd HH:mm z')
  expect(format.parse('2024-07-15 10:00 PST')).toBe(Date.UTC(2024, 6, 15, 18))
  expect(format.parse('2024-07-15 10:00 Central European Summer Time')).toBe(Date.UTC(2024, 6, 15, 8))
  expect(format.parse('2024-07-15 10:00 UTC')).toBe(Date.UTC(2024, 6, 15, 10))
  expect(format.format(0)).toBe('1970-01-01 00:00 UTC')
})
