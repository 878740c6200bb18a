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

/** Taken from the JVM's answers about `topics.regex`. */
describe('the complaint is Java’s, with the place', () => {
  test.each([
    ['[', 'Unclosed character class near index 0\n[\n^'],
    ['(', 'Unclosed group near index 1\n('],
    ['*a', "Dangling meta character '*' near index 0\n*a\n^"],
    ['a**', "Dangling meta character '*' near index 2\na**\n  ^"],
    ['a)', "Unmatched closing ')' near index 0\na)\n^"],
    ['\\', 'Unexpected internal error near index 1\n\\'],
    ['a{', 'Illegal repetition near index 2\na{'],
    ['a{2', 'Unclosed counted closure near index 3\na{2'],
    ['a{2,1}', 'Illegal repetition range near index 5\na{2,1}\n     ^'],
    ['(?<', 'capturing group name does not start with a Latin letter near index 3\n(?<'],
    ['(?<a', "named capturing group is missing trailing '>' near index 4\n(?<a"],
    ['(?z)', 'Unknown inline modifier near index 2\n(?z)\n  ^'],
    ['[b-a]', 'Illegal character range near index 3\n[b-a]\n   ^'],
    ['\\p{Foo}', 'Unknown character property name {Foo} near index 6\n\\p{Foo}\n      ^'],
    ['\\xZ', 'Illegal hexadecimal escape sequence near index 2\n\\xZ\n  ^'],
    ['\\c', 'Illegal control escape sequence near index 1\n\\c\n ^'],
    ['\\y', 'Illegal/unsupported escape sequence near index 1\n\\y\n ^'],
  ])('%j', (pattern, message) => {
    expect(() => javaRegex(pattern)).toThrow(new JavaRegexError(message))
  })
})
