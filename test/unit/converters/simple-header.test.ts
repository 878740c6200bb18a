/** The short way to a plain text must give what Values.parseString gives. */
import { expect, test } from 'bun:test'
import { simpleHeaderConverterPlugin } from '../../../src/converters/simple-header.ts'
import { SchemaAndValue } from '../../../src/data/schema.ts'
import { parseString } from '../../../src/data/values/parse.ts'

const converter = simpleHeaderConverterPlugin.headerConverter!({})

test.each([
  'numbered-lines',
  'x',
  'null',
  'null ',
  'nullable',
  'true',
  'true\t\n',
  'true story',
  'false',
  'False',
  'f',
  'a,b',
  'a"b',
  'a[1]',
  'a{b:c}',
  'null,',
  'true\\',
  'NaN',
  'é',
  'text with 1 number',
  'T12:00:00',
  'a\ufffd',
])('%j', text => {
  const into = new SchemaAndValue()
  converter.deserialize('t', 'h', Buffer.from(text), into)
  const expected = parseString(text)
  expect(into.value).toEqual(expected?.value ?? null)
  expect(into.schema).toBe(expected?.schema ?? null)
})
