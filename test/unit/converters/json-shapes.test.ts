/** A converter that has seen many records must read the next one as a new converter does. */
import { expect, test } from 'bun:test'
import { jsonConverterPlugin } from '../../../src/converters/json/json-converter.ts'
import { ShapeReader } from '../../../src/converters/json/shape-reader.ts'
import { SchemaAndValue } from '../../../src/data/schema.ts'
import type { Converter } from '../../../src/sdk/plugin.ts'

function read(converter: Converter, text: string): unknown {
  const data = Buffer.from(text)
  const into = new SchemaAndValue()
  try {
    converter.deserialize('t', data, 0, data.length, into)
  } catch (error) {
    return [String(error), String((error as Error).cause)]
  }
  return into.value
}

const plain = (): Converter => jsonConverterPlugin.converter!({ 'schemas.enable': 'false' }, false)
const enveloped = (): Converter => jsonConverterPlugin.converter!({}, false)

const values = [
  '0', '-0', '1', '-1', '007', '1.0', '-0.0', '0.5', '1.50', '12.', '.5', '-', '1e2', '1.5E-3', '-1.25',
  '999999999999999', '9007199254740993', '12345678901234567890123', '0.1000000000000000055511151231257827',
  '123456789.123456789', '1.10', `${'1'.repeat(60)}.5`, 'true', 'false', 'null', 'tru', 'nul', 'truex',
  '""', '"x"', '"ä😀"', '"a\\"b"', '"a\\u00e4"', '"a\tb"', '"open', '{}', '{"q":1}', '{"q":1.0}', '{"r":"x"}',
  '[]', '[1,2.0,"x"]', '[1, 2]', '[{"q":1},{"q":2.0}]', '[1,]', '[[1],[]]', '{"q":{"q":1}}',
] // biome-ignore format: a table

const around = [
  (a: string, b: string) => `{"a":${a},"b":${b}}`,
  (a: string, b: string) => `{"a": ${a}, "b": ${b}}`,
  (a: string, b: string) => `{"b":${b},"a":${a}}`,
  (a: string, b: string) => `{"a":${a},"b":${b}} `,
  (a: string, b: string) => `{"a":${a},"b":${b}}x`,
  (a: string, b: string) => `{"a":${a},"a":${b}}`,
  (a: string, b: string) => `{"a":${a},"2":${b},"1":0}`,
  (a: string, b: string) => `{"a":${a},"__proto__":${b}}`,
  (a: string, b: string) => `{"a":${a},"constructor":${b}}`,
  (a: string) => `{"a":${a}`,
]

test.each(around.map(form => [form('…', '…'), form] as const))('schemaless %s', (_name, form) => {
  for (const usual of ['1', '"x"', '{"q":1}', '[{"q":1}]']) {
    const warm = plain()
    for (let i = 0; i < 5; i++) read(warm, form(usual, usual))
    for (const a of values)
      for (const b of ['5', ...values]) {
        const text = form(a, b)
        expect({ text, value: read(warm, text) }).toEqual({ text, value: read(plain(), text) })
      }
  }
})

const types = ['int8', 'int32', 'int64', 'float', 'double', 'string', 'boolean', 'bytes']
const field = (type: string, name: string, more = '') =>
  `{"type":"${type}","optional":true,"field":"${name}"${more}}`
const logical = [
  field('int64', 'a', ',"name":"org.apache.kafka.connect.data.Timestamp","version":1'),
  field('bytes', 'a', ',"name":"org.apache.kafka.connect.data.Decimal","parameters":{"scale":"2"}'),
  field('array', 'a', ',"items":{"type":"double","optional":false}'),
  field('map', 'a', ',"keys":{"type":"string","optional":false},"values":{"type":"int64","optional":false}'),
  field('struct', 'a', `,"fields":[${field('double', 'q')}]`),
]

test.each([...types.map(type => field(type, 'a')), ...logical])('with a schema: %s', a => {
  const schema = `{"type":"struct","fields":[${a},{"type":"double","optional":false,"field":"b"}],"optional":false}`
  const of = (text: string) => `{"schema":${schema},"payload":${text}}`
  const warm = enveloped()
  for (let i = 0; i < 5; i++) read(warm, of('{"a":1,"b":2.5}'))
  for (const form of around)
    for (const value of values)
      for (const b of ['1', '1.0', '0.5', 'null']) {
        const text = of(form(value, b))
        expect({ text, value: read(warm, text) }).toEqual({ text, value: read(enveloped(), text) })
      }
})

test.each([
  ['-1e-400', -0],
  ['-0e-400', 0],
  ['-0.0', 0],
  ['1e400', Number.POSITIVE_INFINITY],
])('%s is the double that Java reads', (text, value) => {
  const converter = plain()
  // The second has a name that only the exact parser reads.
  for (const name of ['a', '\\u0061'])
    expect(read(converter, `{"${name}":${text}}`)).toSatisfy(object => {
      const { a } = (object instanceof Map ? Object.fromEntries(object) : object) as { a: { value: number } }
      return Object.is(a.value, value)
    })
})

test('a fraction is a plain number, whichever parser read it', () => {
  const converter = plain()
  expect(read(converter, '{"a":1.5,"b":[0.25,1e-7]}')).toEqual({ a: 1.5, b: [0.25, 1e-7] })
  expect(read(converter, '{"\\u0061":1.5,"b":[0.25,1e-7]}')).toEqual(
    new Map<string, unknown>([
      ['a', 1.5],
      ['b', [0.25, 1e-7]],
    ]),
  )
})

test.each(['1e3372036854775807', '-1.5E-3372036854775807'])('%s is refused wherever it stands', number => {
  for (const name of ['a', '\\u0061'])
    expect(read(plain(), `{"${name}":${number}}`)).toEqual([
      expect.any(String),
      expect.stringContaining(`Malformed numeric value (${number})`),
    ])
})

// The second number is read by another reader than the first.
test.each(['1', '1.0'])('a document nests 1000 deep, its envelope included, with a %s inside', number => {
  const nested = (depth: number) => `${'['.repeat(depth)}${number}${']'.repeat(depth)}`
  const tooDeep = [expect.any(String), expect.stringContaining('Document nesting depth (1001) exceeds')]
  const schemaless = plain()
  for (let i = 0; i < 3; i++) read(schemaless, '{"a":[1]}')
  for (const around of [(text: string) => text, (text: string) => `{"a":${text}}`]) {
    const free = 1000 - around('').length / 6 // {"a":} is one level
    expect(read(schemaless, around(nested(free)))).toEqual(read(plain(), around(nested(free))))
    expect(read(schemaless, around(nested(free + 1)))).toEqual(tooDeep)
    expect(read(schemaless, around(nested(30_000)))).toEqual(tooDeep)
  }
  const envelope = (depth: number) => `{"schema":null,"payload":${nested(depth)}}`
  expect(read(enveloped(), envelope(999))).toBeArray()
  expect(read(enveloped(), envelope(1000))).toEqual(tooDeep)
})

test('the usual record is read by its shape', () => {
  const shapes = new ShapeReader('value')
  const text = '{"a":1,"b":"x","c":{"d":[1,2.5]},"e":null}'
  expect(shapes.read(text)).toBeUndefined()
  shapes.learn(text, JSON.parse(text))
  expect(shapes.read(text)).toEqual(JSON.parse(text))
  expect(shapes.read(text.replace('"x"', '"y"'))).toEqual({ a: 1, b: 'y', c: { d: [1, 2.5] }, e: null })
})

test('records of ever new shapes are no longer tried', () => {
  const shapes = new ShapeReader('value')
  for (let i = 0; i < 40; i++) shapes.learn(`{"a${i}":1}`, { [`a${i}`]: 1 })
  expect(shapes.read('{"a31":1}')).toBeUndefined()
})
