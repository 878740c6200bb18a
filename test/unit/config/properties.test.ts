import { describe, expect, test } from 'bun:test'
import { parseProperties } from '../../../src/config/properties.ts'
import { ConfigException } from '../../../src/data/errors.ts'
import table from '../../conform/vectors/java-properties.json'

const parse = (text: string) => parseProperties(Buffer.from(text, 'latin1'), 'f.properties')

describe('as java.util.Properties reads it', () => {
  for (const [text, expected] of table as [string, string[][] | string][]) {
    test(JSON.stringify(text), () => {
      if (typeof expected === 'string') {
        expect(() => parse(text)).toThrow(expected)
        return
      }
      expect(Object.entries(parse(text).values).sort()).toEqual([...expected].sort() as [string, string][])
    })
  }
})

test('each key knows its line', () => {
  const { lines } = parse('# comment\n\na=1\nb=x\\\n  y\n\nc\\ d = 3\r\ne=4')
  expect([...lines]).toEqual([
    ['a', 3],
    ['b', 4],
    ['c d', 7],
    ['e', 8],
  ])
})

test('a malformed escape names file and line', () => {
  const broken = () => parse('a=1\nb=\\u12')
  expect(broken).toThrow(ConfigException)
  expect(broken).toThrow('f.properties:2: Malformed \\uxxxx encoding.')
})

test('UTF-8 letters are read as Java reads them, with a warning', () => {
  const { values, warnings } = parseProperties(Buffer.from('a=1\nfile=/tmp/größe'), 'f.properties')
  expect(values['file']).toBe('/tmp/grÃ¶Ã\u009fe')
  expect(warnings).toEqual([
    "f.properties:2: 'öß' is UTF-8 but property files are ISO-8859-1: write \\u00f6\\u00df.",
  ])
})

test('a key that stands twice is told', () => {
  expect(parse('a=1\nb=2\na=3')).toMatchObject({
    values: { a: '3', b: '2' },
    warnings: ["f.properties:3: 'a' was set on line 1 already; this one counts."],
  })
})
