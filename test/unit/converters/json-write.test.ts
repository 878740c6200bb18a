/** The native way of writing JSON against the exact one, value by value: they may not differ in a byte. */
import { describe, expect, test } from 'bun:test'
import { toJson } from '../../../src/converters/json/from-connect.ts'
import { imagerOf, NO_IMAGE, schemaless } from '../../../src/converters/json/image.ts'
import { jsonWriter } from '../../../src/converters/json/write.ts'
import { BigDecimal } from '../../../src/data/big-decimal.ts'
import { decimalSchema } from '../../../src/data/decimal.ts'
import { doubleDigits } from '../../../src/data/java-dtoa.ts'
import { doubleText, isWrittenAlike } from '../../../src/data/java-number-text.ts'
import { DATE_SCHEMA, TIMESTAMP_SCHEMA } from '../../../src/data/logical.ts'
import { Float64, Int32 } from '../../../src/data/numbers.ts'
import {
  BYTES_SCHEMA,
  FLOAT32_SCHEMA,
  FLOAT64_SCHEMA,
  INT16_SCHEMA,
  INT64_SCHEMA,
  OPTIONAL_STRING_SCHEMA,
  type Schema,
  STRING_SCHEMA,
} from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'

const options = { numericDecimals: false, replaceNullWithDefault: true }
const write = jsonWriter(options)

/** The text or the error's. */
function outcome(
  writer: (schema: Schema | null, value: unknown) => string,
  schema: Schema | null,
  value: unknown,
) {
  try {
    return writer(schema, value)
  } catch (error) {
    return String(error)
  }
}

function expectSame(schema: Schema | null, value: unknown): void {
  expect(outcome(write, schema, value)).toBe(outcome((s, v) => toJson(s, v, options), schema, value))
}

/** The same numbers in every run. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

describe('native JSON equals the exact one', () => {
  test.each([
    [
      'texts',
      { a: 'x', b: '"\\\n\t\b\f\r/', c: '\u0001\u007f\u2028', d: 'ä€', e: '😀', f: '\ud800', g: '\\u0041' },
    ],
    [
      'numbers',
      { a: 0, b: -0, c: 1.5, d: 1e7, e: 1e21, f: 2 ** 53, g: 0.001, h: 1e-4, i: Number.NaN, j: -1 / 0 },
    ],
    ['long and wrapped numbers', { a: 2n ** 62n, b: 2n ** 70n }],
    ['a wrapped double', { a: new Float64(1), b: new Int32(4) }],
    ['names like indexes', { b: 1, 10: 2, 9: 3 }],
    ['a member __proto__', JSON.parse('{"__proto__":1,"a":2}')],
    ['a member toJSON', { toJSON: 'x', constructor: 'y' }],
    [
      'more members than the first table holds',
      Object.fromEntries(Array.from('abcdefghijklmnopqrstuvwxyz', (c, i) => [c.repeat(i + 1), i])),
    ],
    [
      'nested values',
      { a: [1, 'x', null, { z: 1, y: [] }], m: new Map([['q', 1]]), b: Buffer.from('bytes') },
    ],
    ['a map with a null key', new Map([[null, 1]])],
    ['a map with number keys', new Map([[1, 2]])],
    ['no class that Connect knows', { a: new Date(0) }],
    ['a decimal', { a: BigDecimal.parse('1.50') }],
    ['null', null],
  ])('schemaless: %s', (_name, value) => expectSame(null, value))

  const all = SchemaBuilder.struct()
    .field('text', STRING_SCHEMA)
    .field('maybe', OPTIONAL_STRING_SCHEMA)
    .field('default', SchemaBuilder.string().defaultValue('d"').build())
    .field('long', INT64_SCHEMA)
    .field('short', INT16_SCHEMA)
    .field('double', FLOAT64_SCHEMA)
    .field('float', FLOAT32_SCHEMA)
    .field('bytes', BYTES_SCHEMA)
    .field('decimal', decimalSchema(2))
    .field('date', DATE_SCHEMA)
    .field('at', TIMESTAMP_SCHEMA)
    .field('list', SchemaBuilder.array(FLOAT64_SCHEMA).build())
    .field('map', SchemaBuilder.map(STRING_SCHEMA, INT64_SCHEMA).build())
    .field('pairs', SchemaBuilder.map(INT64_SCHEMA, STRING_SCHEMA).optional().build())
    .build()

  function full(changes: Record<string, unknown>): Struct {
    const values: Record<string, unknown> = {
      text: 'a',
      long: 5,
      short: -3,
      double: 12,
      float: 0.1,
      bytes: Buffer.from([0, 255]),
      decimal: BigDecimal.parse('1.50'),
      date: new Date(86_400_000),
      at: new Date(1234),
      list: [1, 2.5, -0, 1e10],
      map: new Map([['a', 1]]),
      ...changes,
    }
    const struct = new Struct(
      all,
      all.fields.map(field => values[field.name] ?? null),
    )
    return struct
  }

  test.each([
    ['every type', {}],
    ['a long beyond 2^53', { long: 2n ** 60n }],
    ['what is no long', { long: 1.5 }],
    ['a required null', { text: null }],
    ['a date with a time', { date: new Date(5) }],
    ['a map as plain object', { map: { b: 1, a: 2 } }],
    [
      'a map with keys like indexes',
      {
        map: new Map([
          ['2', 1],
          ['1', 2],
        ]),
      },
    ],
    ['a map of pairs', { pairs: new Map([[1, 'x']]) }],
    ['NaN', { double: Number.NaN, float: Number.POSITIVE_INFINITY }],
    ['the wrong class', { text: 5 }],
  ])('with a schema: %s', (_name, changes) => expectSame(all, full(changes)))

  test('another schema than the struct has', () => expectSame(SchemaBuilder.struct().build(), full({})))

  test('a schema that is still being built', () => {
    const builder = SchemaBuilder.struct().field('text', STRING_SCHEMA)
    expectSame(builder.draft, new Struct(builder.build()).put('text', 'x'))
  })

  test('a schema that has grown since', () => {
    const builder = SchemaBuilder.struct().field('text', STRING_SCHEMA)
    const value = () => new Struct(builder.draft).put('text', 'x')
    expect(write(builder.draft, value())).toBe('{"text":"x"}')
    builder.field('more', OPTIONAL_STRING_SCHEMA)
    expect(write(builder.draft, value())).toBe('{"text":"x","more":null}')
  })

  test('a null key and one that is called so', () => {
    const schema = SchemaBuilder.map(OPTIONAL_STRING_SCHEMA, INT64_SCHEMA).build()
    const map = new Map([
      [null, 1],
      ['a', 2],
      ['null', 3],
    ])
    expect(write(schema, map)).toBe('{"null":3,"a":2}')
  })

  test('an empty object where keys are numbers', () => {
    expect(write(SchemaBuilder.map(INT64_SCHEMA, STRING_SCHEMA).build(), {})).toBe('[]')
  })

  test('the usual record is written natively', () => {
    expect(schemaless({ a: 'x', b: 1.25, c: [true, null] })).not.toBe(NO_IMAGE)
    expect(imagerOf(all, options)(full({}))).not.toBe(NO_IMAGE)
  })

  test('doubles of every size, whole ones, fractions of two and of ten', () => {
    const next = random(7)
    for (let i = 0; i < 200_000; i++) {
      const size = 10 ** Math.floor(next() * 14 - 5)
      const value =
        i % 4 === 0
          ? next() * size
          : i % 4 === 1
            ? Math.round(next() * size * 256) / 256
            : i % 4 === 2
              ? Math.round(next() * 1e6) / 10 ** Math.floor(next() * 7)
              : 2 ** Math.floor(next() * 60 - 30)
      const text = write(FLOAT64_SCHEMA, value)
      if (text !== doubleText(value)) throw new Error(`${value}: ${text}, not ${doubleText(value)}`)
      if (!isWrittenAlike(value)) continue
      // The JDK's own algorithm, which the shortcut leaves out.
      const digits = String(value).replace('.', '').replace(/^0+/, '')
      if (digits !== doubleDigits(value).digits) throw new Error(`${value}: ${doubleDigits(value).digits}`)
    }
  })
})
