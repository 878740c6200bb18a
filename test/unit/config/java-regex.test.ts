import { describe, expect, test } from 'bun:test'
import { JavaRegexError, javaRegex } from '../../../src/config/java-regex.ts'
import table from '../../conform/vectors/java-regex.json'

/** What JavaScript cannot do and is refused by name though Java takes it. */
const REFUSED = ['a++', '(?>a)']

/** 2 = matches() is true, 1 = only find() is, 0 = neither; a text = Java refuses the pattern. */
describe('as java.util.regex.Pattern', () => {
  for (const [pattern, expected] of table as unknown as [string, string | Record<string, number>][]) {
    test(JSON.stringify(pattern), () => {
      if (typeof expected === 'string' || REFUSED.includes(pattern)) {
        expect(() => javaRegex(pattern)).toThrow(JavaRegexError)
        return
      }
      const whole = javaRegex(pattern, { whole: true })
      const part = javaRegex(pattern)
      const found = Object.keys(expected).map(text => [text, whole.test(text) ? 2 : part.test(text) ? 1 : 0])
      expect(Object.fromEntries(found)).toEqual(expected)
    })
  }
})

test('what is refused is named', () => {
  expect(() => javaRegex('a++')).toThrow('Possessive quantifier ++ is not supported')
  expect(() => javaRegex('\\p{InGreek}')).toThrow('Unicode block {InGreek} is not supported')
})
