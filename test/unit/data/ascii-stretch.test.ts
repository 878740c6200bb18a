import { afterEach, expect, test } from 'bun:test'
import { jsonConverterPlugin } from '../../../src/converters/json/json-converter.ts'
import { stringConverterPlugin } from '../../../src/converters/string.ts'
import { asciiStretch } from '../../../src/data/ascii-stretch.ts'
import { decodeUtf8 } from '../../../src/data/java-utf8.ts'
import { SchemaAndValue } from '../../../src/data/schema.ts'
import type { Converter } from '../../../src/sdk/plugin.ts'

afterEach(() => asciiStretch.close())

/** Reads every field by itself and then in order, within stretches: both come out the same, errors too. */
function expectSame(converter: Converter, fields: readonly (string | Uint8Array)[]): void {
  const bytes = fields.map(field => Buffer.from(field as string))
  const data = Buffer.concat([...bytes, Buffer.from('{"a":1}"tail"')])
  const read = () => {
    let at = 0
    return bytes.map(({ length }) => {
      const into = new SchemaAndValue()
      try {
        converter.deserialize('t', data, at, length, into)
        return into.value
      } catch (error) {
        return `${error} ${(error as Error).cause}`
      } finally {
        at += length
      }
    })
  }
  const alone = read()
  asciiStretch.open(data, data.length - 13)
  const inOrder = read()
  asciiStretch.close()
  expect(inOrder).toEqual(alone)
}

const string = stringConverterPlugin.converter!({}, false)
const json = jsonConverterPlugin.converter!({ 'schemas.enable': 'false' }, false)
const long = 'x'.repeat(60)

test.each<[string, (string | Uint8Array)[]]>([
  ['short, long, very long', ['', 'a', long, 'b', 'y'.repeat(3000), long.repeat(30), long, 'z'.repeat(9000)]],
  ['beyond ASCII in between', [long, `${long}ä`, long, '漢字'.repeat(40), long, long, `😀${long}`]],
  ['malformed', [long, Uint8Array.of(0xc3, ...Buffer.from(long)), long, new Uint8Array(80).fill(0xff), long]],
  ['cut within a character', [`${long}ä`, `${long}`, Buffer.from(`${long}漢`).subarray(0, 61), long]],
  ['controls', [`${long}\0\n`, long, `\x1f${long}`, long]],
])('texts: %s', (_name, fields) => {
  expectSame(string, fields)
})

const order = (i: number, end = '}') =>
  `{"id":${i},"name":"customer ${i} of the shop","sum":${i}.5,"tags":["a","b"]${end}`

test.each<[string, string[]]>([
  ['one form', Array.from({ length: 50 }, (_, i) => order(i))],
  [
    'escapes and controls in between',
    [
      order(1),
      order(2),
      `{"id":1,"name":"quoted \\" ${long}"}`,
      order(3),
      `{"id":1,"name":"\t${long}"}`,
      order(4),
    ],
  ],
  [
    'cut off before the next record',
    [order(1), order(2), order(3, ''), order(4), `{"id":5,"name":"${long}`, order(6), order(7)],
  ],
  [
    'more than one document',
    [order(1), order(2), `${order(3)}}`, order(4), `${order(5)} ${order(6)}`, order(7)],
  ],
  [
    'numbers that end a record',
    [order(1), `[1,2,3,"${long}"]`, '12', '34', order(2), '5', `{"id":7`, '8}', order(3)],
  ],
  ['blanks around', [order(1), ` ${order(2)}`, `${order(3)} `, order(4)]],
  ['beyond ASCII', [order(1), `{"id":1,"name":"ä ${long}","sum":1.5,"tags":[]}`, order(2), order(3)]],
  ['large', [order(1), `{"id":1,"name":"${long.repeat(100)}","sum":1.5,"tags":[]}`, order(2), order(3)]],
])('JSON: %s', (_name, fields) => {
  expectSame(json, fields)
})

test('any mixture of texts', () => {
  let seed = 7
  const random = (n: number) => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    return seed % n
  }
  const pieces = ['a', long, 'ä', '"', '\\', '{', '}', '\n', '😀', order(3), long.repeat(20)]
  for (let round = 0; round < 300; round++) {
    const fields = Array.from({ length: 1 + random(40) }, () =>
      Array.from({ length: random(4) }, () => pieces[random(pieces.length)]!).join(''),
    )
    expectSame(string, fields)
    expectSame(json, fields)
  }
})

test('another buffer, or this one after the end, is read by itself', () => {
  const data = Buffer.from(long.repeat(10))
  const other = Buffer.from('o'.repeat(600))
  asciiStretch.open(data, data.length)
  expect(decodeUtf8(data, 0, 60)).toBe(long)
  expect(decodeUtf8(other, 0, 60)).toBe('o'.repeat(60))
  asciiStretch.close()
  data.fill('n')
  expect(decodeUtf8(data, 0, 60)).toBe('n'.repeat(60))
  asciiStretch.open(data, data.length)
  expect(decodeUtf8(data, 60, 120)).toBe('n'.repeat(60))
})

test('a text keeps no more than sixteen times its length alive', () => {
  const data = Buffer.from(`${'v'.repeat(1000)}${'k'.repeat(60)}${'v'.repeat(1000)}`)
  asciiStretch.open(data, data.length)
  expect(asciiStretch.holds(data, 0, 1000)).toBe(true)
  expect(asciiStretch.holds(data, 1000, 1060)).toBe(false)
  expect(asciiStretch.holds(data, 1060, 2060)).toBe(true)
  expect(asciiStretch.to - asciiStretch.from).toBeLessThanOrEqual(4096)
})
