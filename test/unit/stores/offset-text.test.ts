import { describe, expect, test } from 'bun:test'
import { Float32, Float64, Int32 } from '../../../src/data/numbers.ts'
import type { OffsetMap } from '../../../src/data/records.ts'
import { decodeKey, decodeValue, encodeKey, encodeValue, sortedKey } from '../../../src/stores/offset-text.ts'
import vectors from '../../conform/vectors/offsets.json'

describe('what the JVM wrote is written again byte for byte after it was read', () => {
  for (const vector of vectors.offsetsTopic) {
    if (vector.key === undefined) continue
    test(vector.description, () => {
      const key = decodeKey(Buffer.from(vector.keyHex, 'hex'))!
      expect(key.connector).toBe(vector.connector)
      expect(encodeKey(key.connector, key.partition).toString('hex')).toBe(vector.keyHex)
      expect(encodeValue(decodeValue(Buffer.from(vector.value))).toString()).toBe(vector.value)
    })
  }
})

for (const [name, map, text] of [
  ['a long and a double of the same value', { l: 1, d: new Float64(1) }, '{"l":1,"d":1.0}'],
  ['longs beyond 2^53', { l: -9223372036854775808n, s: 5n }, '{"l":-9223372036854775808,"s":5}'],
  [
    'doubles as Java prints them',
    { a: 1.5, b: 1e21, c: 1e-7, d: -0 },
    '{"a":1.5,"b":1.0E21,"c":1.0E-7,"d":-0.0}',
  ],
  ['floats and small integers', { f: new Float32(0.1), i: new Int32(7) }, '{"f":0.1,"i":7}'],
  ['not a number', { n: Number.NaN, i: Number.POSITIVE_INFINITY }, '{"n":"NaN","i":"Infinity"}'],
  ['bytes', { b: new Uint8Array([1, 2, 255]) }, '{"b":"AQL/"}'],
  ['null and booleans', { n: null, z: true }, '{"n":null,"z":true}'],
  [
    'escapes with upper-case digits',
    { 'k\u001b': '\\u00e9\u0000é\u2028' },
    '{"k\\u001B":"\\\\u00e9\\u0000é\u2028"}',
  ],
  [
    'a pair of surrogates, and text that looks like one',
    { s: '🙂\\ud83d' },
    '{"s":"\\uD83D\\uDE42\\\\ud83d"}',
  ],
  ['a lone surrogate', { s: '\ud83d l' }, '{"s":"\\uD83D l"}'],
] as [string, OffsetMap, string][]) {
  test(`writes ${name}`, () => expect(encodeValue(map).toString()).toBe(text))
}

for (const [text, map] of [
  ['{"p":9007199254740993}', { p: 9007199254740993n }],
  ['{"p":1234}', { p: 1234 }],
  ['{"p":1.0}', { p: new Float64(1) }],
  ['{"p":1e3}', { p: new Float64(1000) }],
  ['{"p":1.5}', { p: 1.5 }],
  ['{"p":-0}', { p: 0 }],
  ['{"e":1,"e":2}', { e: 2 }],
] as [string, OffsetMap][]) {
  test(`reads ${text}`, () => expect(decodeValue(Buffer.from(text))).toEqual(map))
}

test('nested values are refused with the JVM’s text', () => {
  const nested = (value: unknown) => () => encodeValue({ m: value } as OffsetMap)
  const text = 'Offsets may only contain primitive types as values, but field m contains'
  expect(nested({ a: 1 })).toThrow(`${text} MAP`)
  expect(nested(new Map())).toThrow(`${text} MAP`)
  expect(nested([1])).toThrow(`${text} ARRAY`)
  expect(() => decodeValue(Buffer.from('{"a":{}}'))).toThrow('not a flat JSON object')
  expect(() => decodeValue(Buffer.from('{'))).toThrow('is not JSON')
})

test('keys of equal content sort to the same text, others do not', () => {
  expect(sortedKey('c', { b: 1, a: 2 })).toBe(sortedKey('c', { a: 2, b: 1n }))
  expect(sortedKey('c', { a: 1 })).not.toBe(sortedKey('c', { a: new Float64(1) }))
  expect(sortedKey('c', { a: '1' })).not.toBe(sortedKey('c', { a: 1 }))
  expect(sortedKey('c', null)).not.toBe(sortedKey('c', {}))
})

for (const text of ['{}', '[]', '["c"]', '["c",1]', '[1,{}]', '["c",{"a":[]}]', 'nonsense', '["c",{},1]']) {
  test(`${text} is no key`, () => expect(decodeKey(Buffer.from(text))).toBeNull())
}
