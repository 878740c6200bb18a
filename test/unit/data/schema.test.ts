import { describe, expect, test } from 'bun:test'
import * as schemas from '../../../src/data/schema.ts'
import { ConnectSchema, Field, INT32_SCHEMA, type Schema, STRING_SCHEMA } from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import { expectEach, expectErrors } from './table.ts'

const base = (): SchemaBuilder => SchemaBuilder.struct().name('n').version(1).doc('d').parameter('k', 'v')

describe('schemas are equal when every attribute is', () => {
  const schema = base().field('a', INT32_SCHEMA).build()
  expectEach(
    (other: Schema) => schema.equals(other),
    [
      ['built again', base().field('a', INT32_SCHEMA).build(), true],
      [
        'another name',
        SchemaBuilder.struct()
          .name('m')
          .version(1)
          .doc('d')
          .parameter('k', 'v')
          .field('a', INT32_SCHEMA)
          .build(),
        false,
      ],
      [
        'another version',
        SchemaBuilder.struct()
          .name('n')
          .version(2)
          .doc('d')
          .parameter('k', 'v')
          .field('a', INT32_SCHEMA)
          .build(),
        false,
      ],
      [
        'another doc',
        SchemaBuilder.struct().name('n').version(1).parameter('k', 'v').field('a', INT32_SCHEMA).build(),
        false,
      ],
      ['another parameter', base().parameter('k', 'w').field('a', INT32_SCHEMA).build(), false],
      ['optional', base().optional().field('a', INT32_SCHEMA).build(), false],
      ['another field type', base().field('a', STRING_SCHEMA).build(), false],
      ['one field more', base().field('a', INT32_SCHEMA).field('b', INT32_SCHEMA).build(), false],
      ['a builder, even of the same content', base().field('a', INT32_SCHEMA).draft, false],
    ],
  )
  test('defaults count by content', () => {
    const withDefault = (bytes: number[]): Schema =>
      SchemaBuilder.bytes().defaultValue(Buffer.from(bytes)).build()
    expect(withDefault([1, 2]).equals(withDefault([1, 2]))).toBe(true)
    expect(withDefault([1, 2]).equals(withDefault([1, 3]))).toBe(false)
  })
  test('no parameters and an empty map differ', () => {
    const empty = new ConnectSchema('STRING', { parameters: new Map() })
    expect(empty.equals(STRING_SCHEMA)).toBe(false)
    expect(SchemaBuilder.string().parameters([]).build().equals(STRING_SCHEMA)).toBe(true)
  })
})

describe('members that a type does not have', () => {
  expectErrors([
    ['fields', () => INT32_SCHEMA.fields, 'Cannot list fields on non-struct type'],
    ['field', () => INT32_SCHEMA.field('a'), 'Cannot look up fields on non-struct type'],
    ['keySchema', () => INT32_SCHEMA.keySchema, 'Cannot look up key schema on non-map type'],
    [
      'valueSchema',
      () => INT32_SCHEMA.valueSchema,
      'Cannot look up value schema on non-array and non-map type',
    ],
    [
      'a field of a primitive',
      () => SchemaBuilder.int8().field('a', INT32_SCHEMA),
      'Cannot create fields on type INT8',
    ],
  ])
})

test('a field that is not there is null', () => {
  expect(base().field('a', INT32_SCHEMA).build().field('b')).toBeNull()
})

test('fields print with name, index and schema', () => {
  expect(String(new Field('a', 1, INT32_SCHEMA))).toBe('Field{name=a, index=1, schema=Schema{INT32}}')
})

test('building again does not change what was built', () => {
  const builder = SchemaBuilder.struct().field('a', INT32_SCHEMA).parameter('k', 'v')
  const built = builder.build()
  builder.field('b', INT32_SCHEMA).parameter('k', 'w')
  expect(built.fields.map(field => field.name)).toEqual(['a'])
  expect(built.parameters?.get('k')).toBe('v')
})

test('a struct made on the builder is a valid default', () => {
  const builder = SchemaBuilder.struct().optional().field('a', INT32_SCHEMA)
  const value = new Struct(builder.draft).put('a', 5)
  expect(builder.defaultValue(value).build().defaultValue).toBe(value)
})

describe('constants have a type and nothing else', () => {
  for (const type of [
    'INT8',
    'INT16',
    'INT32',
    'INT64',
    'FLOAT32',
    'FLOAT64',
    'BOOLEAN',
    'STRING',
    'BYTES',
  ]) {
    test(type, () => {
      const constants = schemas as unknown as Record<string, Schema>
      for (const [name, optional] of [
        [`${type}_SCHEMA`, false],
        [`OPTIONAL_${type}_SCHEMA`, true],
      ] as const) {
        expect(constants[name]).toMatchObject({
          type,
          optional,
          name: null,
          version: null,
          defaultValue: null,
        })
      }
    })
  }
})
