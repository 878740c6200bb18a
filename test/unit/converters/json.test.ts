import { describe, expect, test } from 'bun:test'
import { jsonConverterPlugin } from '../../../src/converters/json/json-converter.ts'
import { Float64 } from '../../../src/data/numbers.ts'
import {
  FLOAT64_SCHEMA,
  INT32_SCHEMA,
  OPTIONAL_STRING_SCHEMA,
  STRING_SCHEMA,
} from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import { expectEach } from '../data/table.ts'
import { decode, decodeHeader, encode, encodeHeader, valueConverter } from './harness.ts'

const withSchemas = valueConverter(jsonConverterPlugin)
const schemaless = valueConverter(jsonConverterPlugin, { 'schemas.enable': 'false' })
const text = (bytes: Buffer | null): string | null => bytes?.toString() ?? null

describe('schemaless numbers are what their text says', () => {
  expectEach(
    (json: string) => decode(schemaless, json).value,
    [
      ['an integer', '5', 5],
      ['the largest safe integer', '9007199254740991', 9007199254740991],
      ['one beyond', '9007199254740993', 9007199254740993n],
      ['a fraction', '1.25', 1.25],
      ['a long fraction', '0.1234567890123456', 0.1234567890123456],
      ['a whole double', '1.0', new Float64(1)],
      ['an exponent', '1e2', new Float64(100)],
      ['a small exponent', '1.5e-7', 1.5e-7],
      ['minus zero', '-0', 0],
      ['a fraction that rounds to a whole', '0.99999999999999999999', new Float64(1)],
      ['beyond the doubles', '1e400', new Float64(Number.POSITIVE_INFINITY)],
    ],
  )
})

describe('schemaless objects', () => {
  test('plain ones come as plain objects', () => {
    expect(decode(schemaless, '{"b":1,"a":[true,null,"x"]}').value).toEqual({ b: 1, a: [true, null, 'x'] })
  })
  test('names like array indexes keep a HashMap’s order', () => {
    const value = decode(schemaless, '{"b":1,"10":2,"9":3}').value as Map<string, unknown>
    expect([...value.keys()]).toEqual(['b', '9', '10'])
  })
  test('__proto__ is a member like any other', () => {
    const value = decode(schemaless, '{"__proto__":{"x":1}}').value as Map<string, unknown>
    expect(value.get('__proto__')).toEqual(new Map([['x', 1]]))
    expect(text(encode(schemaless, null, value))).toBe('{"__proto__":{"x":1}}')
  })
  test('the last of a repeated name counts', () => {
    expect(decode(schemaless, '{"a":1,"a":2}').value).toEqual({ a: 2 })
  })
  test('are written in the order of a HashMap, Maps in their own', () => {
    expect(text(encode(schemaless, null, { table: 1, server: 2, db: 3 }))).toBe(
      '{"server":2,"table":1,"db":3}',
    )
    expect(
      text(
        encode(
          schemaless,
          null,
          new Map([
            ['table', 1],
            ['db', 2],
          ]),
        ),
      ),
    ).toBe('{"table":1,"db":2}')
  })
})

test('a struct field may be named like a member of Object', () => {
  const json =
    '{"schema":{"type":"struct","fields":[{"field":"constructor","type":"string","optional":true}]},"payload":{}}'
  expect((decode(withSchemas, json).value as Struct).get('constructor')).toBeNull()
})

describe('envelopes', () => {
  const envelope = (payload: string): string =>
    `{"schema":{"type":"int32","optional":true},"payload":${payload}}`
  test('with the same schema text give the same schema object', () => {
    const first = decode(withSchemas, envelope('1')).schema
    expect(decode(withSchemas, envelope('2')).schema).toBe(first)
    expect(
      decode(withSchemas, ` { "schema" : {"type":"int32","optional":true} , "payload" : 3 } `).schema,
    ).toBe(first)
  })
  test('are only taken for known when the rest is one value', () => {
    decode(withSchemas, envelope('1'))
    expect(() => decode(withSchemas, envelope('1,"more":2'))).toThrow('may not contain additional fields')
    expect(decode(withSchemas, envelope('1,"payload":7')).value).toBe(7)
    expect(decode(withSchemas, `${envelope('4')} trailing`).value).toBe(4)
    expect(decode(withSchemas, envelope('1.9')).value).toBe(1)
  })
  test('may have the payload first', () => {
    const json = '{"payload":{"a":1.0,"b":[9007199254740993,1e2]},"schema":null}'
    expect(decode(withSchemas, json).value).toEqual({
      a: new Float64(1),
      b: [9007199254740993n, new Float64(100)],
    })
  })
  test('with more schemas than are kept still come out right', () => {
    const small = valueConverter(jsonConverterPlugin, { 'schemas.cache.size': '2' })
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 12; i++) {
        const { schema, value } = decode(small, `{"schema":{"type":"int32","name":"n${i}"},"payload":${i}}`)
        expect([schema?.name, value]).toEqual([`n${i}`, i])
      }
    }
  })
  test('are written anew when the schema changes and back', () => {
    const prefix = (type: string): string => `{"schema":{"type":"${type}","optional":false},"payload":`
    expect(text(encode(withSchemas, INT32_SCHEMA, 1))).toBe(`${prefix('int32')}1}`)
    expect(text(encode(withSchemas, STRING_SCHEMA, 'x'))).toBe(`${prefix('string')}"x"}`)
    expect(text(encode(withSchemas, null, 1))).toBe('{"schema":null,"payload":1}')
    expect(text(encode(withSchemas, INT32_SCHEMA, 2))).toBe(`${prefix('int32')}2}`)
  })
})

test('floats with a schema are doubles in Java’s text whatever they look like in JavaScript', () => {
  expect(text(encode(schemaless, FLOAT64_SCHEMA, 1))).toBe('1.0')
  expect(text(encode(schemaless, FLOAT64_SCHEMA, 1e21))).toBe('1.0E21')
})

test('values with a wrapper class are taken where the schema has that class', () => {
  expect(text(encode(schemaless, FLOAT64_SCHEMA, new Float64(2)))).toBe('2.0')
  expect(() => encode(schemaless, INT32_SCHEMA, new Float64(2))).toThrow(
    'Invalid type for INT32: class java.lang.Double',
  )
})

describe('text', () => {
  expectEach(
    (value: string) => text(encode(schemaless, null, value)),
    [
      ['ASCII', 'plain', '"plain"'],
      ['short escapes', '"\\\b\f\n\r\t', '"\\"\\\\\\b\\f\\n\\r\\t"'],
      ['other controls in upper case', '\u000b\u001f\u0001', '"\\u000B\\u001F\\u0001"'],
      ['beyond ASCII', 'é漢', '"é漢"'],
      ['beyond ASCII with an escape', 'é"', '"é\\""'],
      ['supplementary', '😀', '"\\uD83D\\uDE00"'],
    ],
  )
})

test('invalid UTF-8 is refused', () => {
  expect(() => decode(schemaless, Buffer.from('22ff22', 'hex'))).toThrow(
    'Converting byte[] to Kafka Connect data failed due to serialization error: ',
  )
})

test('nesting beyond Jackson’s limit is refused, at it taken', () => {
  expect(decode(schemaless, '['.repeat(1000) + ']'.repeat(1000)).value).toBeArrayOfSize(1)
  expect(() => decode(schemaless, '['.repeat(1001) + ']'.repeat(1001))).toThrow('serialization error')
})

test('a struct is round-tripped as header', () => {
  const headers = jsonConverterPlugin.headerConverter!({ 'converter.type': 'header' })
  const schema = SchemaBuilder.struct().field('a', OPTIONAL_STRING_SCHEMA).build()
  const bytes = encodeHeader(headers, schema, new Struct(schema).put('a', 'x'))
  const { value } = decodeHeader(headers, bytes)
  expect((value as Struct).equals(new Struct(schema).put('a', 'x'))).toBe(true)
  expect(decodeHeader(headers, null)).toMatchObject({ schema: null, value: null })
})
