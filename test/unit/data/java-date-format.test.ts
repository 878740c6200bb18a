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
