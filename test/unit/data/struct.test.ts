import { describe, expect, test } from 'bun:test'
import { valueEquals } from '../../../src/data/equality.ts'
import { Int8, Int32 } from '../../../src/data/numbers.ts'
import {
  FLOAT32_SCHEMA,
  FLOAT64_SCHEMA,
  INT8_SCHEMA,
  INT16_SCHEMA,
  INT32_SCHEMA,
  INT64_SCHEMA,
  OPTIONAL_STRING_SCHEMA,
  type Schema,
  STRING_SCHEMA,
} from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import { validateValue } from '../../../src/data/validate.ts'
import { expectErrors } from './table.ts'

const schema = SchemaBuilder.struct()
  .field('id', INT64_SCHEMA)
  .field('note', OPTIONAL_STRING_SCHEMA)
  .field('unit', SchemaBuilder.string().defaultValue('kg').build())
  .build()

test('get gives the default for null, the typed getter does not', () => {
  const struct = new Struct(schema).put('id', 1)
  expect(struct.get('unit')).toBe('kg')
  expect(struct.getWithoutDefault('unit')).toBeNull()
  expect(struct.getString('unit')).toBeNull()
  expect(struct.getInt64('id')).toBe(1)
})

test('a field of another struct is taken by its index', () => {
  const other = SchemaBuilder.struct().field('x', INT64_SCHEMA).build()
  expect(new Struct(schema).put('id', 7).get(other.fields[0]!)).toBe(7)
})

test('values by index are as many as the fields', () => {
  expect(new Struct(schema, [1, null, 'g']).get('unit')).toBe('g')
  const text = 'Schema{STRUCT} has 3 fields, but 2 values were given'
  expect(() => new Struct(schema, [1, 'x'])).toThrow(text)
  // What a plugin in JavaScript may try.
  const members = { id: 1, note: 'x', unit: 'g' } as unknown as unknown[]
  expect(() => new Struct(schema, members)).toThrow('but no list of values were given')
})

describe('equality', () => {
  test('is by schema and values, 5 and 5n being one', () => {
    expect(new Struct(schema).put('id', 5).equals(new Struct(schema).put('id', 5n))).toBe(true)
    expect(new Struct(schema).put('id', 5).equals(new Struct(schema).put('id', 6))).toBe(false)
  })
  test('reaches into lists, maps and bytes', () => {
    const value = (): unknown => [new Map([['k', [Buffer.from([1]), new Date(5)]]]), 1.5, null]
    expect(valueEquals(value(), value())).toBe(true)
    expect(valueEquals({ a: 1 }, new Map([['a', 1n]]))).toBe(true)
    expect(valueEquals(new Map([[Buffer.from([1]), 1]]), new Map([[Buffer.from([1]), 1]]))).toBe(true)
    expect(valueEquals(0, -0)).toBe(false)
    expect(valueEquals(Number.NaN, Number.NaN)).toBe(true)
    expect(valueEquals(new Int8(1), new Int32(1))).toBe(false)
  })
})

describe('validate', () => {
  test('passes when required fields are set or have defaults', () => {
    new Struct(schema).put('id', 1).validate()
  })
  expectErrors([
    [
      'a required field',
      () => new Struct(schema).validate(),
      'Invalid value: null used for required field: "id", schema type: INT64',
    ],
    ['an unknown field', () => new Struct(schema).put('nope', 1), 'nope is not a valid field name'],
    [
      'null for a required field with default',
      () => new Struct(schema).put('unit', null),
      'Invalid value: null used for required field: "unit", schema type: STRING',
    ],
    [
      'a typed getter of another type',
      () => new Struct(schema).getInt32('id'),
      "Field 'id' is not of type INT32",
    ],
  ])
})

describe('what a number schema takes', () => {
  const takes = (schema: Schema, value: unknown): boolean => {
    try {
      validateValue(null, schema, value)
      return true
    } catch {
      return false
    }
  }
  const rows: readonly [Schema, unknown[], unknown[]][] = [
    [INT8_SCHEMA, [0, 127, -128, new Int8(1)], [128, 1.5, 1n, new Int32(1), '1', Number.NaN]],
    [INT16_SCHEMA, [32767, -32768], [32768, 1.5, 1n]],
    [INT32_SCHEMA, [2 ** 31 - 1, -(2 ** 31), new Int32(5)], [2 ** 31, 0.5, 5n, new Int8(5)]],
    [INT64_SCHEMA, [5, 5n, 2n ** 63n - 1n, -(2n ** 63n)], [2 ** 53, 2n ** 63n, 0.5, new Int32(5)]],
    [FLOAT32_SCHEMA, [0.5, 1, Number.NaN, -0], [1n, '1']],
    [FLOAT64_SCHEMA, [0.1, 1, Number.POSITIVE_INFINITY], [1n, new Int32(1)]],
    [STRING_SCHEMA, ['', 'x'], [1, null, Buffer.from('x')]],
  ]
  for (const [schema, good, bad] of rows) {
    test(schema.type, () => {
      expect(good.map(value => takes(schema, value))).toEqual(good.map(() => true))
      expect(bad.map(value => takes(schema, value))).toEqual(bad.map(() => false))
    })
  }
})
