import { describe, expect, test } from 'bun:test'
import { javaRegex } from '../../../src/config/java-regex.ts'
import { javaReplacement } from '../../../src/config/java-regex-replacement.ts'
import { javaClassOf } from '../../../src/data/errors.ts'
import table from '../../conform/vectors/java-regex-replacements.json'

type Row = [pattern: string, replacement: string, expected: Record<string, string | [string, string] | null>]

describe('as Matcher.replaceFirst of what matches() as a whole', () => {
  for (const [pattern, replacement, expected] of table as unknown as Row[]) {
    test(`${JSON.stringify(pattern)} by ${JSON.stringify(replacement)}`, () => {
      const whole = javaRegex(pattern, { whole: true })
      const first = javaRegex(pattern)
      const expand = javaReplacement(first, replacement)
      const replaced = (text: string) => {
        if (!whole.test(text)) return null
        const match = first.exec(text)!
        try {
          return text.slice(0, match.index) + expand(match) + text.slice(match.index + match[0].length)
        } catch (error) {
          return [javaClassOf(error), (error as Error).message]
        }
      }
      const got = Object.keys(expected).map(text => [text, replaced(text)])
      expect(Object.fromEntries(got)).toEqual(expected)
    })
  }
})
