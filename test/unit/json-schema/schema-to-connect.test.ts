import { describe, expect, test } from 'bun:test'
import { parseConfig } from '../../../src/config/validate.ts'
import { jsonSchemaKeys, jsonSchemaOptions } from '../../../src/converters/json-schema/config.ts'
import { connectSchemaOf } from '../../../src/converters/json-schema/schema-to-connect.ts'
import { DataException } from '../../../src/data/errors.ts'
import type * as S from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { formatWith, schemaOf } from './harness.ts'

const READ = { numericDecimals: false, replaceNullWithDefault: true, jsonSchema: true }

function connectOf(
  schema: unknown,
  config: Record<string, string> = {},
  version: number | null = null,
): S.Schema {
  const options = jsonSchemaOptions(parseConfig(jsonSchemaKeys, config))
  return connectSchemaOf(schemaOf(formatWith(config), schema).model, version, options, READ)
}

type Shape = string | { [field: string]: Shape } | [Shape]

/** Types, a question mark behind the optional ones. */
function shape(schema: S.Schema): Shape {
  const mark = schema.optional ? '?' : ''
  switch (schema.type) {
    case 'STRUCT':
      return Object.fromEntries(
        schema.fields.map(field => [`${field.name}${field.schema.optional ? '?' : ''}`, shape(field.schema)]),
      )
    case 'ARRAY':
      return [shape(schema.valueSchema!)]
    case 'MAP':
      return { [`MAP ${shape(schema.keySchema!)}${mark}`]: shape(schema.valueSchema!) }
    default:
      return `${schema.type}${mark}`
  }
}

describe('types', () => {
  const cases: readonly (readonly [unknown, Shape])[] = [
    [{ type: 'boolean' }, 'BOOLEAN'],
    [{ type: 'integer' }, 'INT64'],
    [{ type: 'number' }, 'FLOAT64'],
    [{ type: 'string' }, 'STRING'],
    [{ type: 'integer', 'connect.type': 'int8' }, 'INT8'],
    [{ type: 'integer', 'connect.type': 'int16' }, 'INT16'],
    [{ type: 'integer', 'connect.type': 'int32' }, 'INT32'],
    [{ type: 'number', 'connect.type': 'float32' }, 'FLOAT32'],
    [{ type: 'number', 'connect.type': 'bytes' }, 'BYTES'],
    [{ type: 'string', 'connect.type': 'bytes' }, 'BYTES'],
    [{ type: ['null', 'string'] }, 'STRING?'],
    [{ oneOf: [{ type: 'null' }, { type: 'integer' }] }, 'INT64?'],
    [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, 'INT64?'],
    [{ type: 'array', items: { type: 'string' } }, ['STRING']],
    [
      { type: 'object', 'connect.type': 'map', additionalProperties: { type: 'integer' } },
      { 'MAP STRING': 'INT64' },
    ],
    [
      {
        type: 'array',
        'connect.type': 'map',
        items: { type: 'object', properties: { key: { type: 'integer' }, value: { type: 'boolean' } } },
      },
      { 'MAP INT64': 'BOOLEAN' },
    ],
    [{ oneOf: [{ type: 'string' }] }, 'STRING'],
    [{ type: 'string', const: 'a' }, 'STRING'],
    [{ type: 'integer', enum: [1, 2] }, 'INT64'],
    [{ type: 'string', enum: ['a'] }, 'STRING'],
  ]
  for (const [schema, expected] of cases)
    test(JSON.stringify(schema), () => expect(shape(connectOf(schema))).toEqual(expected))
})

test('fields come by connect.index, without one as in Java’s table', () => {
  const names = (schema: unknown) => connectOf(schema).fields.map(field => field.name)
  const indexed = (index: number) => ({ type: 'string', 'connect.index': index })
  expect(names({ type: 'object', properties: { a: indexed(2), b: indexed(0), c: indexed(1) } })).toEqual([
    'b',
    'c',
    'a',
  ])
  expect(
    names({
      type: 'object',
      properties: {
        order_id: { type: 'string' },
        name: { type: 'string' },
        at: { type: 'string' },
        id: { type: 'string' },
      },
    }),
  ).toEqual(['at', 'name', 'id', 'order_id'])
  // Java would have lost one of them.
  expect(
    names({
      type: 'object',
      properties: { a: indexed(1), b: { type: 'string' }, c: { type: 'string' } },
    }).toSorted(),
  ).toEqual(['a', 'b', 'c'])
})

test('titles, versions, descriptions, parameters and defaults', () => {
  const schema = connectOf(
    {
      type: 'integer',
      title: 'a.B',
      description: 'words',
      default: 7,
      'connect.version': 4,
      'connect.parameters': { p: 'q' },
    },
    {},
    9,
  )
  expect(
    schema.equals(
      SchemaBuilder.int64().name('a.B').version(4).doc('words').parameter('p', 'q').defaultValue(7).build(),
    ),
  ).toBe(true)
  expect(connectOf({ type: 'string' }, {}, 9).version).toBe(9)
  expect(
    connectOf({ type: 'object', properties: { a: { type: 'string' } } }, {}, 9).field('a')!.schema.version,
  ).toBeNull()
})

test('properties that are not required may become optional', () => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'string' }, b: { type: 'string' } },
    required: ['a'],
  }
  expect(shape(connectOf(schema))).toEqual({ a: 'STRING', b: 'STRING' })
  expect(shape(connectOf(schema, { 'use.optional.for.nonrequired': 'true' }))).toEqual({
    a: 'STRING',
    'b?': 'STRING?',
  })
})

describe('unions', () => {
  const schema = { oneOf: [{ type: 'null' }, { type: 'integer' }, { type: 'boolean' }] }

  test('are structs, one field for each type', () => {
    const union = connectOf(schema)
    expect(union.name).toBe('io.confluent.connect.json.OneOf')
    expect(union.optional).toBe(true)
    expect(Object.keys(shape(union))).toEqual([
      'io.confluent.connect.json.OneOf.field.0?',
      'io.confluent.connect.json.OneOf.field.1?',
    ])
  })

  test('generalized', () => {
    const union = connectOf(schema, { 'generalized.sum.type.support': 'true' })
    expect(union.name).toBe('connect_union_0')
    expect(union.parameters!.get('org.apache.kafka.connect.data.Union')).toBe('connect_union_0')
    expect(union.fields.map(field => field.name)).toEqual(['connect_union_field_0', 'connect_union_field_1'])
  })

  test('of one type', () => {
    expect(
      shape(connectOf({ oneOf: [{ type: 'string' }] }, { 'flatten.singleton.unions': 'false' })),
    ).toEqual({
      'io.confluent.connect.json.OneOf.field.0?': 'STRING?',
    })
  })
})

test('enumerations list their values as parameters', () => {
  const schema = connectOf({ enum: ['one', 2, null] })
  expect([...schema.parameters!]).toEqual([
    ['io.confluent.connect.json.Enum', ''],
    ['io.confluent.connect.json.Enum.one', 'one'],
    ['io.confluent.connect.json.Enum.2', '2'],
    ['io.confluent.connect.json.Enum.<NULL>', '<NULL>'],
  ])
  expect([
    ...connectOf({ enum: ['one', 'two'] }, { 'generalized.sum.type.support': 'true' }).parameters!,
  ]).toEqual([
    ['org.apache.kafka.connect.data.Enum', ''],
    ['org.apache.kafka.connect.data.Enum.one', '0'],
    ['org.apache.kafka.connect.data.Enum.two', '1'],
  ])
})

test('what has to be several things at once has the properties of all', () => {
  const schema = {
    allOf: [
      { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
      { $ref: '#/definitions/more' },
      { allOf: [{ properties: { c: { type: 'boolean' } } }] },
    ],
    definitions: { more: { type: 'object', properties: { b: { type: 'integer' } } } },
  }
  const config = { 'use.optional.for.nonrequired': 'true' }
  expect(shape(connectOf(schema, config))).toEqual({ a: 'STRING', 'b?': 'INT64?', 'c?': 'BOOLEAN?' })
})

describe('schemas inside themselves', () => {
  test('refer to the struct that they are in', () => {
    const node = connectOf({
      type: 'object',
      title: 'Node',
      properties: { value: { type: 'integer' }, next: { oneOf: [{ type: 'null' }, { $ref: '#' }] } },
    })
    const next = node.field('next')!.schema
    const again = next.field('next')!.schema
    expect(again.name).toBe('Node')
    expect(again.field('next')!.schema.equals(again)).toBe(true)
    expect(next.parameters!.get('io.confluent.connect.json.Id')).toBe('#id1')
  })

  test('in the modern dialects it is the whole', () => {
    const node = connectOf({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: { next: { $ref: '#' } },
    })
    expect(node.parameters!.get('io.confluent.connect.json.Id')).toBe('#id1')
  })

  test('by way of a union alone', () => {
    const schema = connectOf({
      oneOf: [{ type: 'null' }, { type: 'object', properties: { next: { $ref: '#' } } }],
    })
    expect(schema.field('next')!.schema.optional).toBe(true)
  })

  test('without anything of their own are refused', () => {
    for (const schema of [
      { oneOf: [{ type: 'null' }, { type: 'array', items: { $ref: '#' } }] },
      { allOf: [{ $ref: '#' }] },
    ])
      expect(() => connectOf(schema)).toThrow(DataException)
  })
})

test('unions of unions that multiply without end are refused soon', () => {
  const definitions = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => {
      const next = { $ref: `#/definitions/d${i + 1}` }
      return [`d${i}`, { anyOf: [next, next, { type: 'string' }] }]
    }),
  )
  const schema = { $ref: '#/definitions/d0', definitions: { ...definitions, d40: { type: 'boolean' } } }
  expect(() => connectOf(schema)).toThrow('unfolds into more than 100000')
})

test('what Connect has no type for is refused with the field', () => {
  for (const [schema, message] of [
    [{}, 'Unsupported schema type org.everit.json.schema.EmptySchema'],
    [{ type: 'null' }, 'Unsupported schema type org.everit.json.schema.NullSchema'],
    [{ not: {} }, 'Unsupported schema type org.everit.json.schema.NotSchema'],
    [{ type: 'array' }, 'Array schema did not specify the items type'],
    [{ type: 'integer', 'connect.type': 'int128' }, 'Unsupported type "int128"'],
    [{ type: 'object', 'connect.type': 'map' }, 'Map schema did not specify the value type'],
    [
      { type: 'object', properties: { a: { type: 'object', properties: { b: true } } } },
      'Unsupported schema type org.everit.json.schema.EmptySchema (field a.b)',
    ],
  ] as const)
    expect(() => connectOf(schema)).toThrow(message)
})
