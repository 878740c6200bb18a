import { describe, expect, test } from 'bun:test'
import { byteArrayConverterPlugin } from '../../../src/converters/byte-array.ts'
import { builtInConverters } from '../../../src/converters/index.ts'
import { simpleHeaderConverterPlugin } from '../../../src/converters/simple-header.ts'
import { stringConverterPlugin } from '../../../src/converters/string.ts'
import { FLOAT32_SCHEMA, INT8_SCHEMA, STRING_SCHEMA } from '../../../src/data/schema.ts'
import { decode, decodeHeader, encode, encodeHeader, valueConverter } from './harness.ts'

const utf8 = valueConverter(stringConverterPlugin)

describe('StringConverter', () => {
  for (const [encoding, textIn, hex, textOut] of [
    ['UTF-8', 'hé', '68c3a9', 'hé'],
    ['utf-16', 'h', 'feff0068', 'h'],
    ['UTF-16LE', 'hé', '6800e900', 'hé'],
    ['ISO-8859-1', 'é€', 'e93f', 'é?'],
    ['US-ASCII', 'aé', '613f', 'a?'],
    ['windows-1252', 'é€漢', 'e9803f', 'é€?'],
  ] as const) {
    test(encoding, () => {
      const converter = valueConverter(stringConverterPlugin, { 'converter.encoding': encoding })
      expect(encode(converter, STRING_SCHEMA, textIn)?.toString('hex')).toBe(hex)
      expect(decode(converter, Buffer.from(hex, 'hex')).value).toBe(textOut)
    })
  }
  test('an unknown encoding is refused at configure time', () => {
    expect(() => valueConverter(stringConverterPlugin, { 'converter.encoding': 'nosuch' })).toThrow(
      'Unsupported encoding nosuch',
    )
  })
  test('an encoded surrogate is one U+FFFD, as in Java', () => {
    expect(decode(utf8, Buffer.from('61eda0bd62', 'hex')).value).toBe('a\ufffdb')
  })
  test('the schema tells floats from integers', () => {
    expect(encode(utf8, FLOAT32_SCHEMA, 3)?.toString()).toBe('3.0')
    expect(encode(utf8, null, 3)?.toString()).toBe('3')
  })
})

test('ByteArrayConverter copies, so that the batch may be reused', () => {
  const data = Buffer.from([1, 2])
  const { value } = decode(valueConverter(byteArrayConverterPlugin), data)
  data[0] = 9
  expect(value).toEqual(Buffer.from([1, 2]))
})

describe('SimpleHeaderConverter', () => {
  const headers = simpleHeaderConverterPlugin.headerConverter!({})
  test('is lossy as in Connect', () => {
    expect(decodeHeader(headers, encodeHeader(headers, STRING_SCHEMA, '123'))).toMatchObject({
      schema: INT8_SCHEMA,
      value: 123,
    })
  })
  test('text nested beyond the stack stays bytes', () => {
    const deep = Buffer.from('['.repeat(300_000))
    expect(decodeHeader(headers, deep)).toMatchObject({ schema: { type: 'BYTES' }, value: deep })
  })
})

describe('every converter of Kafka’s own', () => {
  for (const plugin of builtInConverters.filter(({ unlisted }) => unlisted !== true)) {
    test(`${plugin.className.split('.').at(-1)} passes null both ways`, () => {
      expect(plugin.version).toBe('4.3.1')
      const headers = plugin.headerConverter!({})
      expect(encodeHeader(headers, null, null)).toBeNull()
      expect(decodeHeader(headers, null).value).toBeNull()
      if (plugin.converter === undefined) return
      expect(encode(valueConverter(plugin), null, null)).toBeNull()
      expect(decode(valueConverter(plugin), null).value).toBeNull()
    })
  }
})
