import { describe, expect, test } from 'bun:test'
import { jsonSchemaFormat } from '../../../src/formats/json-schema/json-schema.ts'

const format = jsonSchemaFormat()

/** The kinds and places that keep data of `writer` from being read, none of them when it can be. */
function problems(writer: unknown, reader: unknown): string[] {
  const [from, to] = [writer, reader].map(schema => format.parse(JSON.stringify(schema), []))
  return to!.incompatibilities(from!).map(text => {
    const type = /errorType:"(\w+)"/.exec(text)?.[1]
    const path = /'(#[^']*)'/.exec(text)?.[1] ?? ''
    return path === '#/' || path === '' ? `${type}` : `${type} ${path}`
  })
}

type Case = readonly [what: string, writer: unknown, reader: unknown, ...problems: string[]]

function each(cases: readonly Case[]): void {
  for (const [what, writer, reader, ...expected] of cases)
    test(what, () => expect(problems(writer, reader)).toEqual(expected))
}

const integer = { type: 'integer' }
const string = { type: 'string' }
const closed = { additionalProperties: false }
const object = (properties: unknown, more: object = {}) => ({ type: 'object', properties, ...more })

describe('types', () => {
  each([
    ['the same', string, string],
    ['another one', string, integer, 'TYPE_CHANGED'],
    ['integers become numbers', integer, { type: 'number' }],
    ['numbers become integers', { type: 'number' }, integer, 'TYPE_NARROWED'],
    ['anything is read with the empty schema', string, {}],
    ['anything is read with true', object({ a: integer }), true],
    ['the empty schema becomes a type', {}, string, 'TYPE_CHANGED'],
    ['nothing could be written', false, string],
    ['nothing can be read', string, false, 'TYPE_CHANGED'],
    ['null becomes one of two', { type: 'null' }, { type: ['null', 'string'] }],
    [
      'titles, descriptions, defaults and ids do not matter',
      { ...string, title: 'a', description: 'b', default: 'c', $id: 'http://a/b' },
      { ...string, title: 'A', description: 'B', default: 'C', $id: 'http://a/c' },
    ],
  ])
})

describe('texts', () => {
  each([
    ['maxLength grows', { ...string, maxLength: 3 }, { ...string, maxLength: 4 }],
    ['maxLength goes', { ...string, maxLength: 3 }, string],
    [
      'maxLength shrinks',
      { ...string, maxLength: 3 },
      { ...string, maxLength: 2 },
      'MAX_LENGTH_DECREASED #/maxLength',
    ],
    ['maxLength comes', string, { ...string, maxLength: 2 }, 'MAX_LENGTH_ADDED #/maxLength'],
    ['minLength shrinks', { ...string, minLength: 3 }, { ...string, minLength: 2 }],
    ['minLength goes', { ...string, minLength: 3 }, string],
    [
      'minLength grows',
      { ...string, minLength: 3 },
      { ...string, minLength: 4 },
      'MIN_LENGTH_INCREASED #/minLength',
    ],
    ['minLength comes', string, { ...string, minLength: 4 }, 'MIN_LENGTH_ADDED #/minLength'],
    ['pattern goes', { ...string, pattern: 'a' }, string],
    ['pattern comes', string, { ...string, pattern: 'a' }, 'PATTERN_ADDED #/pattern'],
    [
      'pattern changes',
      { ...string, pattern: 'a' },
      { ...string, pattern: 'b' },
      'PATTERN_CHANGED #/pattern',
    ],
  ])
})

describe('numbers', () => {
  each([
    ['maximum grows', { ...integer, maximum: 1 }, { ...integer, maximum: 2 }],
    [
      'maximum shrinks',
      { ...integer, maximum: 2 },
      { ...integer, maximum: 1.5 },
      'MAXIMUM_DECREASED #/maximum',
    ],
    ['maximum comes', integer, { ...integer, maximum: 1 }, 'MAXIMUM_ADDED #/maximum'],
    ['minimum grows', { ...integer, minimum: 1 }, { ...integer, minimum: 2 }, 'MINIMUM_INCREASED #/minimum'],
    ['minimum shrinks or goes', { ...integer, minimum: 1 }, integer],
    ['minimum comes', integer, { ...integer, minimum: -1e30 }, 'MINIMUM_ADDED #/minimum'],
    [
      'exclusive bounds narrow',
      { ...integer, exclusiveMinimum: 1, exclusiveMaximum: 9 },
      { ...integer, exclusiveMinimum: 2, exclusiveMaximum: 8 },
      'EXCLUSIVE_MAXIMUM_DECREASED #/exclusiveMaximum',
      'EXCLUSIVE_MINIMUM_INCREASED #/exclusiveMinimum',
    ],
    [
      'exclusive bounds widen',
      { ...integer, exclusiveMinimum: 2, exclusiveMaximum: 8 },
      { ...integer, exclusiveMinimum: 1, exclusiveMaximum: 9 },
    ],
    ['a divisor of the divisor', { ...integer, multipleOf: 6 }, { ...integer, multipleOf: 3 }],
    [
      'a multiple of the divisor',
      { ...integer, multipleOf: 3 },
      { ...integer, multipleOf: 6 },
      'MULTIPLE_OF_EXPANDED #/multipleOf',
    ],
    [
      'another divisor',
      { ...integer, multipleOf: 3 },
      { ...integer, multipleOf: 5 },
      'MULTIPLE_OF_CHANGED #/multipleOf',
    ],
    ['a divisor comes', integer, { ...integer, multipleOf: 5 }, 'MULTIPLE_OF_ADDED #/multipleOf'],
    ['fractions of divisors', { type: 'number', multipleOf: 0.5 }, { type: 'number', multipleOf: 0.25 }],
  ])
})

describe('lists of values', () => {
  each([
    ['more', { enum: ['a'] }, { enum: ['b', 'a'] }],
    ['another order', { enum: ['a', 'b'] }, { enum: ['b', 'a'] }],
    ['less', { enum: ['a', 'b'] }, { enum: ['a'] }, 'ENUM_ARRAY_NARROWED #/enum'],
    ['others', { enum: ['a', 'b'] }, { enum: ['a', 'c'] }, 'ENUM_ARRAY_CHANGED #/enum'],
    ['another constant', { const: { a: 1 } }, { const: { a: 2 } }, 'ENUM_ARRAY_CHANGED #/const'],
    ['the same constant', { const: { a: 1, b: 2 } }, { const: { b: 2, a: 1 } }],
  ])
})

describe('properties of open objects', () => {
  each([
    [
      'one more',
      object({}),
      object({ a: string }),
      'OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a',
    ],
    [
      'one more that is required',
      object({}),
      object({ a: string }, { required: ['a'] }),
      'REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a',
    ],
    [
      'one more that is required and has a default',
      object({}),
      object({ a: { ...string, default: '' } }, { required: ['a'] }),
      'REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a',
    ],
    ['one more that may be anything', object({}), object({ a: {} })],
    ['one less', object({ a: string, b: string }), object({ b: string })],
    ['another type', object({ a: string }), object({ a: integer }), 'TYPE_CHANGED #/properties/a'],
    [
      'becomes required',
      object({ a: string }),
      object({ a: string }, { required: ['a'] }),
      'REQUIRED_ATTRIBUTE_ADDED #/required/a',
    ],
    [
      'becomes required with a default',
      object({ a: string }),
      object({ a: { ...string, default: '' } }, { required: ['a'] }),
    ],
    ['is no more required', object({ a: string }, { required: ['a'] }), object({ a: string })],
    [
      'is closed',
      object({ a: string }),
      object({ a: string }, closed),
      'ADDITIONAL_PROPERTIES_REMOVED #/additionalProperties',
    ],
    [
      'is half closed',
      object({ a: string }),
      object({ a: string }, { additionalProperties: string }),
      'ADDITIONAL_PROPERTIES_NARROWED #/additionalProperties',
    ],
    [
      'deep inside',
      object({ a: object({ b: { type: 'array', items: string } }) }),
      object({ a: object({ b: { type: 'array', items: integer } }) }),
      'TYPE_CHANGED #/properties/a/properties/b/items',
    ],
  ])
})

describe('properties of closed objects', () => {
  each([
    ['one more', object({}, closed), object({ a: string }, closed)],
    [
      'one more that is required',
      object({}, closed),
      object({ a: string }, { ...closed, required: ['a'] }),
      'REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a',
    ],
    [
      'one more that is required and has a default',
      object({}, closed),
      object({ a: { ...string, default: 'x' } }, { ...closed, required: ['a'] }),
    ],
    [
      'one less',
      object({ a: string }, closed),
      object({}, closed),
      'PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a',
    ],
    ['one less that could not be', object({ a: false }, closed), object({}, closed)],
    ['is opened', object({ a: string }, closed), object({ a: string })],
    ['is half opened', object({}, closed), object({}, { additionalProperties: string })],
  ])
})

describe('properties of half open objects', () => {
  const texts = { additionalProperties: string }
  each([
    ['one more, as it had to be', object({}, texts), object({ a: string }, texts)],
    [
      'one more, as it was not',
      object({}, texts),
      object({ a: integer }, texts),
      'TYPE_CHANGED #/properties/a',
      'PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a',
    ],
    ['one less, as others are', object({ a: string }, texts), object({}, texts)],
    [
      'one less, as others are not',
      object({ a: integer }, texts),
      object({}, texts),
      'TYPE_CHANGED #/properties/a',
      'PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a',
    ],
    [
      'one more, as its pattern had it',
      object({}, { patternProperties: { '^a': string } }),
      object({ ab: string }, { patternProperties: { '^a': string } }),
    ],
    [
      'wider',
      object({}, { additionalProperties: integer }),
      object({}, { additionalProperties: { type: 'number' } }),
    ],
    ['opened', object({}, texts), object({})],
    ['closed', object({}, texts), object({}, closed), 'ADDITIONAL_PROPERTIES_REMOVED #/additionalProperties'],
  ])
})

describe('other keywords of objects', () => {
  each([
    [
      'maxProperties',
      object({}, { maxProperties: 3 }),
      object({}, { maxProperties: 2 }),
      'MAX_PROPERTIES_DECREASED #/maxProperties',
    ],
    ['minProperties', object({}), object({}, { minProperties: 2 }), 'MIN_PROPERTIES_ADDED #/minProperties'],
    [
      'less to depend on',
      object({}, { dependencies: { a: ['b', 'c'] } }),
      object({}, { dependencies: { a: ['b'] } }),
    ],
    [
      'more to depend on',
      object({}, { dependencies: { a: ['b'] } }),
      object({}, { dependencies: { a: ['b', 'c'] } }),
      'DEPENDENCY_ARRAY_EXTENDED #/dependencies/a',
    ],
    [
      'others to depend on',
      object({}, { dependencies: { a: ['b'] } }),
      object({}, { dependencies: { a: ['c'] } }),
      'DEPENDENCY_ARRAY_CHANGED #/dependencies/a',
    ],
    [
      'something to depend on',
      object({}),
      object({}, { dependencies: { a: ['c'] } }),
      'DEPENDENCY_ARRAY_ADDED #/dependencies/a',
    ],
    [
      'a schema to depend on',
      object({}),
      object({}, { dependencies: { a: string } }),
      'DEPENDENCY_SCHEMA_ADDED #/dependencies/a',
    ],
    ['no schema to depend on', object({}, { dependencies: { a: string } }), object({})],
    [
      'what is evaluated nowhere is closed',
      { $schema: 'https://json-schema.org/draft/2020-12/schema', ...object({}) },
      {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        ...object({}),
        unevaluatedProperties: false,
      },
      'UNEVALUATED_PROPERTIES_REMOVED #/unevaluatedProperties',
    ],
  ])
})

describe('arrays', () => {
  const array = (more: object) => ({ type: 'array', ...more })
  each([
    ['items of another type', array({ items: string }), array({ items: integer }), 'TYPE_CHANGED #/items'],
    ['items of any type', array({ items: string }), array({})],
    ['items that were of any type', array({}), array({ items: string }), 'SCHEMA_ADDED'],
    ['longer', array({ maxItems: 3 }), array({ maxItems: 4 })],
    ['shorter', array({ maxItems: 3 }), array({ maxItems: 2 }), 'MAX_ITEMS_DECREASED #/maxItems'],
    ['fuller', array({ minItems: 1 }), array({ minItems: 2 }), 'MIN_ITEMS_INCREASED #/minItems'],
    ['unique', array({}), array({ uniqueItems: true }), 'UNIQUE_ITEMS_ADDED #/uniqueItems'],
    ['no more unique', array({ uniqueItems: true }), array({})],
    [
      'one more listed, open',
      array({ items: [string] }),
      array({ items: [string, integer] }),
      'ITEM_ADDED_TO_OPEN_CONTENT_MODEL #/items/1',
    ],
    ['one less listed, open', array({ items: [string, integer] }), array({ items: [string] })],
    [
      'one more listed, closed',
      array({ items: [string], additionalItems: false }),
      array({ items: [string, integer], additionalItems: false }),
    ],
    [
      'one less listed, closed',
      array({ items: [string, integer], additionalItems: false }),
      array({ items: [string], additionalItems: false }),
      'ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL #/items/1',
    ],
    [
      'one more listed, half open',
      array({ items: [string], additionalItems: string }),
      array({ items: [string, integer], additionalItems: string }),
      'TYPE_CHANGED #/items/1',
      'ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/1',
    ],
    [
      'a listed one of another type',
      array({ items: [string] }),
      array({ items: [integer] }),
      'TYPE_CHANGED #/items/0',
    ],
    [
      'no others',
      array({ items: [string] }),
      array({ items: [string], additionalItems: false }),
      'ADDITIONAL_ITEMS_REMOVED #/additionalItems',
    ],
  ])
})

describe('combinations', () => {
  const oneOf = (...schemas: unknown[]) => ({ oneOf: schemas })
  const anyOf = (...schemas: unknown[]) => ({ anyOf: schemas })
  const allOf = (...schemas: unknown[]) => ({ allOf: schemas })
  each([
    ['a type becomes one of several', string, oneOf(string, integer)],
    ['a type becomes none of several', { type: 'boolean' }, oneOf(string, integer), 'TYPE_CHANGED'],
    ['the only one', string, oneOf(string)],
    ['only one', oneOf(string), string],
    ['one of them only', oneOf(string, integer), string, 'TYPE_CHANGED'],
    ['one more', oneOf(string, integer), oneOf(string, integer, { type: 'null' })],
    ['one less', oneOf(string, integer, { type: 'null' }), oneOf(string, integer), 'SUM_TYPE_NARROWED'],
    [
      'one is another',
      oneOf(string, integer),
      oneOf(string, { type: 'boolean' }),
      'COMBINED_TYPE_SUBSCHEMAS_CHANGED',
    ],
    ['in another order', anyOf(string, integer), anyOf(integer, string)],
    ['one wider', anyOf(string, integer), anyOf({ type: 'number' }, string)],
    ['oneOf becomes anyOf', oneOf(string, integer), anyOf(string, integer)],
    ['anyOf becomes oneOf', anyOf(string, integer), oneOf(string, integer), 'COMBINED_TYPE_CHANGED'],
    ['anyOf becomes allOf', anyOf(string, integer), allOf(string, integer), 'COMBINED_TYPE_CHANGED'],
    [
      'more to be at once',
      allOf(object({ a: string })),
      allOf(object({ a: string }), object({ b: string })),
      'PRODUCT_TYPE_EXTENDED',
    ],
    ['less to be at once', allOf(object({ a: string }), object({ b: string })), allOf(object({ a: string }))],
    [
      'what had to be several is one of them',
      allOf(object({ a: string }), object({ b: string })),
      object({ a: string }),
    ],
    ['the same twice counts once', oneOf(string, string), oneOf(string, integer)],
    ['not as much', { not: { type: 'number' } }, { not: integer }],
    ['not more', { not: integer }, { not: { type: 'number' } }, 'NOT_TYPE_EXTENDED #/not'],
  ])
})

describe('references', () => {
  const tree = (value: unknown) => ({
    type: 'object',
    properties: { value, children: { type: 'array', items: { $ref: '#' } } },
  })
  each([
    ['a recursive one is itself', tree(integer), tree(integer)],
    [
      'a recursive one changes',
      tree(integer),
      tree(string),
      'TYPE_CHANGED #/properties/children/items/properties/value',
      'TYPE_CHANGED #/properties/value',
    ],
    [
      'what is referred to counts, not that it is',
      object({ a: integer }),
      { ...object({ a: { $ref: '#/definitions/n' } }), definitions: { n: { type: 'number' } } },
    ],
  ])

  test('definitions that all refer to one another are compared in no time', () => {
    const names = Array.from({ length: 14 }, (_, i) => `d${i}`)
    const all = (type: string) => ({
      $ref: '#/definitions/d0',
      definitions: Object.fromEntries(
        names.map(name => [
          name,
          object({
            [name]: { type },
            next: { oneOf: names.map(other => ({ $ref: `#/definitions/${other}` })) },
          }),
        ]),
      ),
    })
    expect(problems(all('integer'), all('integer'))).toEqual([])
    expect(problems(all('integer'), all('string')).length).toBeGreaterThan(0)
  })
})

test('texts are the registry’s, which puts in which schema is which', () => {
  const [from, to] = [object({ a: string }, closed), object({}, closed)].map(schema =>
    format.parse(JSON.stringify(schema), []),
  )
  expect(to!.incompatibilities(from!)).toEqual([
    `{errorType:"PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", description:"The %s schema has a closed content model and is missing a property or item present at path '#/properties/a' in the %s schema"}`,
  ])
})
