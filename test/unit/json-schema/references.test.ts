import { describe, expect, test } from 'bun:test'
import { parseConfig } from '../../../src/config/validate.ts'
import { jsonSchemaKeys, jsonSchemaOptions } from '../../../src/converters/json-schema/config.ts'
import { connectSchemaOf } from '../../../src/converters/json-schema/schema-to-connect.ts'
import type { Schema } from '../../../src/data/schema.ts'
import { jsonSchemaFormat } from '../../../src/formats/json-schema/json-schema.ts'
import { InvalidSchema, type ResolvedReference } from '../../../src/formats/schema-format.ts'

const format = jsonSchemaFormat()
const MODERN = 'https://json-schema.org/draft/2020-12/schema'

function connectOf(schema: unknown, references: readonly ResolvedReference[] = [], modern = true): Schema {
  const jsonSchema = jsonSchemaFormat({ ignoreModernDialects: !modern }).parse(
    JSON.stringify(schema),
    references,
  )
  const options = jsonSchemaOptions(parseConfig(jsonSchemaKeys, {}))
  return connectSchemaOf(jsonSchema.model, null, options, {
    numericDecimals: false,
    replaceNullWithDefault: true,
    jsonSchema: true,
  })
}

function reference(
  name: string,
  schema: unknown,
  references: readonly ResolvedReference[] = [],
): ResolvedReference {
  return { name, subject: `${name}-value`, version: 1, text: JSON.stringify(schema), references }
}

/** What `$ref` gives as the only property of an object. */
function typeOf(ref: string, more: object, references: readonly ResolvedReference[] = []): string {
  return connectOf({ type: 'object', properties: { a: { $ref: ref } }, ...more }, references).field('a')!
    .schema.type
}

describe('within the text', () => {
  for (const [ref, more] of [
    ['#/definitions/x', { definitions: { x: { type: 'boolean' } } }],
    ['#/$defs/x', { $schema: MODERN, $defs: { x: { type: 'boolean' } } }],
    ['#/definitions/a~1b~0c', { definitions: { 'a/b~c': { type: 'boolean' } } }],
    ['#/definitions/a%20b', { definitions: { 'a b': { type: 'boolean' } } }],
    ['#x', { definitions: { any: { $id: '#x', type: 'boolean' } } }],
    ['#x', { $schema: MODERN, $defs: { any: { $anchor: 'x', type: 'boolean' } } }],
    [
      'x.json',
      { $id: 'http://acme.com/root.json', definitions: { any: { $id: 'x.json', type: 'boolean' } } },
    ],
    [
      'http://acme.com/x.json',
      { $id: 'http://acme.com/root.json', definitions: { any: { $id: 'x.json', type: 'boolean' } } },
    ],
    [
      'http://acme.com/root.json#/definitions/x',
      { $id: 'http://acme.com/root.json', definitions: { x: { type: 'boolean' } } },
    ],
    ['#/items/1', { items: [true, { type: 'boolean' }] }],
    ['#/definitions/chain', { definitions: { chain: { $ref: '#/definitions/x' }, x: { type: 'boolean' } } }],
  ] as const)
    test(`${ref} in ${JSON.stringify(more)}`, () => expect(typeOf(ref, more)).toBe('BOOLEAN'))

  test('draft 4 says id', () => {
    const more = {
      $schema: 'http://json-schema.org/draft-04/schema#',
      definitions: { any: { id: '#x', type: 'boolean' } },
    }
    expect(typeOf('#x', more)).toBe('BOOLEAN')
  })
})

describe('to other schemas', () => {
  const address = reference('address.json', {
    type: 'object',
    properties: { street: { type: 'string' } },
    definitions: { zip: { type: 'integer' } },
  })

  for (const [ref, more, type] of [
    ['address.json', {}, 'STRUCT'],
    ['./address.json', { $schema: MODERN }, 'STRUCT'],
    ['address.json#/definitions/zip', {}, 'INT64'],
    ['address.json', { $id: 'http://acme.com/customer.json' }, 'STRUCT'],
    ['http://acme.com/address.json', { $id: 'http://acme.com/customer.json' }, 'STRUCT'],
  ] as const)
    test(`${ref} beside ${JSON.stringify(more)}`, () => expect(typeOf(ref, more, [address])).toBe(type))

  test('which refer to others themselves, and to what is in them', () => {
    const street = reference('street.json', {
      type: 'object',
      properties: { number: { $ref: '#/definitions/n' } },
      definitions: { n: { type: 'integer' } },
    })
    const outer = reference(
      'address.json',
      { type: 'object', properties: { street: { $ref: 'street.json' } } },
      [street],
    )
    const schema = connectOf({ type: 'object', properties: { a: { $ref: 'address.json' } } }, [outer])
    expect(schema.field('a')!.schema.field('street')!.schema.field('number')!.schema.type).toBe('INT64')
  })

  test('which refer to one another', () => {
    const b = reference('b.json', { type: 'object', properties: { a: { $ref: 'a.json' } } })
    const a = reference('a.json', { type: 'object', properties: { b: { $ref: 'b.json' } } }, [b])
    const schema = connectOf({ $ref: 'a.json' }, [a, b])
    expect(schema.field('b')!.schema.field('a')!.schema.type).toBe('STRUCT')
  })

  test('are kept with the schema, in their text as well', () => {
    const parsed = format.parse('{"$ref" : "address.json"}', [address])
    expect(parsed.text).toBe('{"$ref":"address.json"}')
    expect(parsed.references).toEqual([{ name: 'address.json', subject: 'address.json-value', version: 1 }])
  })
})

describe('dialects', () => {
  test('what stands beside $ref counts in the modern ones only', () => {
    const schema = {
      type: 'object',
      properties: { b: { type: 'string' } },
      $ref: '#/definitions/x',
      definitions: { x: { type: 'object', properties: { a: { type: 'string' } } } },
    }
    expect(connectOf(schema).fields.map(field => field.name)).toEqual(['a'])
    expect(
      connectOf({ ...schema, $schema: MODERN })
        .fields.map(field => field.name)
        .toSorted(),
    ).toEqual(['a', 'b'])
    expect(connectOf({ ...schema, $schema: MODERN }, [], false).fields.map(field => field.name)).toEqual([
      'a',
    ])
  })

  test('prefixItems list the first, items are the others', () => {
    const modern = {
      $schema: MODERN,
      type: 'array',
      prefixItems: [{ type: 'string' }],
      items: { type: 'integer' },
    }
    expect(format.parse(JSON.stringify(modern), []).model).toMatchObject({
      kind: 'array',
      items: null,
      itemList: [{ kind: 'string' }],
      schemaOfAdditionalItems: { kind: 'number' },
    })
  })

  test('exclusive bounds are marks in draft 4, numbers later', () => {
    const parse = (draft: string, bound: unknown) =>
      format.parse(
        JSON.stringify({
          $schema: `http://json-schema.org/${draft}/schema#`,
          type: 'number',
          minimum: 1,
          exclusiveMinimum: bound,
        }),
        [],
      )
    expect(parse('draft-04', true).model).toMatchObject({ exclusiveMinimum: true })
    expect(parse('draft-06', 5).model).toMatchObject({ exclusiveMinimumLimit: 5 })
    expect(() => parse('draft-04', 5)).toThrow('#/exclusiveMinimum: expected type: Boolean, found: Integer')
    expect(() => parse('draft-07', true)).toThrow('#/exclusiveMinimum: expected type: Number, found: Boolean')
  })
})

describe('the text', () => {
  test('is compact, in the order given, numbers as they were', () => {
    const parsed = format.parse(
      ' {"title" : "T", "type":"number", "maximum": 1.50, "minimum": -12345678901234567890,\n "b":{"z":1e2,"a":"é\\u00e9\\/"}} ',
      [],
    )
    expect(parsed.text).toBe(
      '{"title":"T","type":"number","maximum":1.50,"minimum":-12345678901234567890,"b":{"z":1E+2,"a":"éé/"}}',
    )
    expect(parsed.normalized()).toBe(
      '{"b":{"a":"éé/","z":1E+2},"maximum":1.50,"minimum":-12345678901234567890,"title":"T","type":"number"}',
    )
    expect(parsed.name).toBe('T')
  })

  test('may be true or false', () => {
    expect(format.parse('true', []).text).toBe('true')
    expect(format.parse('false', []).name).toBeNull()
  })
})

describe('no schema', () => {
  for (const [text, message] of [
    ['', 'Invalid JSON in the schema: it is empty'],
    ['{"type":', 'Invalid JSON in the schema: Unexpected end-of-input'],
    ['nope', "Unrecognized token 'nope'"],
    ['5', '#: expected type is one of Boolean or JsonObject, found: Integer'],
    ['{"$ref":"#/definitions/none"}', "#: $ref '#/definitions/none' leads nowhere"],
    ['{"properties":{"a":{"$ref":"other.json"}}}', "#/properties/a: $ref 'other.json' leads nowhere"],
    ['{"$ref":"#"}', 'leads back to itself without any content'],
    [
      '{"$ref":"#/definitions/a","definitions":{"a":{"$ref":"#/definitions/b"},"b":{"$ref":"#/definitions/a"}}}',
      'leads back to itself without any content',
    ],
    ['{"allOf":5}', '#/allOf: expected type: JsonArray, found: Integer'],
    [
      '{"properties":{"a":{"type":["string",5]}}}',
      '#/properties/a/type/1: expected type: String, found: Integer',
    ],
    ['{"required":"a"}', '#/required: expected type: JsonArray, found: String'],
    ['{"title":5}', '#/title: expected type: String, found: Integer'],
    [`${'{"items":'.repeat(1500)}{}${'}'.repeat(1500)}`, 'Document nesting depth'],
  ] as const)
    test(text.slice(0, 80), () => {
      expect(() => format.parse(text, [])).toThrow(InvalidSchema)
      expect(() => format.parse(text, [])).toThrow(message)
    })

  test('a reference that is none', () => {
    const bad = { name: 'a.json', subject: 's', version: 1, text: '{', references: [] }
    expect(() => format.parse('{"$ref":"a.json"}', [bad])).toThrow(
      'Invalid JSON in the referenced schema a.json',
    )
  })

  test('as deep as JSON may be', () => {
    const deep = `${'{"items":'.repeat(900)}{"type":"string"}${'}'.repeat(900)}`
    expect(format.parse(deep, []).incompatibilities(format.parse(deep, []))).toEqual([])
  })
})
