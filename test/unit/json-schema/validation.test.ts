import { describe, expect, test } from 'bun:test'
import { parseJson } from '../../../src/data/json/jackson-parser.ts'
import type { JsonNode } from '../../../src/data/json/node.ts'
import { jsonSchemaFormat } from '../../../src/formats/json-schema/json-schema.ts'
import { violationOf } from '../../../src/formats/json-schema/validation/violation.ts'

const format = jsonSchemaFormat()

function violation(schema: unknown, text: string): string | null {
  return violationOf(format.parse(JSON.stringify(schema), []).model, parseJson(Buffer.from(text)) as JsonNode)
}

type Case = readonly [schema: unknown, good: readonly string[], bad: readonly (readonly [string, string])[]]

const cases: Readonly<Record<string, readonly Case[]>> = {
  types: [
    [{ type: 'string' }, ['"x"'], [['1', '#: expected type: String, found: Integer']]],
    [
      { type: 'integer' },
      ['1', '9223372036854775808'],
      [
        ['1.0', '#: expected type: Integer, found: Number'],
        ['"1"', '#: expected type: Integer, found: String'],
      ],
    ],
    [{ type: 'number' }, ['1', '1e400'], [['true', '#: expected type: Number, found: Boolean']]],
    [{ type: 'boolean' }, ['true'], [['null', '#: expected type: Boolean, found: null']]],
    [{ type: 'null' }, ['null'], [['0', '#: expected: null, found: Integer']]],
    [
      { type: ['null', 'integer'] },
      ['null', '1'],
      [['"x"', '#: no subschema matched out of the total 2 subschemas']],
    ],
    [true, ['{}', 'null'], []],
    [false, [], [['1', '#: false schema always fails']]],
  ],
  numbers: [
    [
      { type: 'number', minimum: 1.5, maximum: 9007199254740991 },
      ['1.5', '1.50', '9007199254740991'],
      [
        ['1.4999', '#: 1.4999 is not greater or equal to 1.5'],
        ['9007199254740993', '#: 9007199254740993 is not less or equal to 9007199254740991'],
        ['1e300', '#: 1E+300 is not less or equal to'],
      ],
    ],
    [
      { exclusiveMinimum: 1, exclusiveMaximum: 2 },
      ['1.5', '"x"'],
      [
        ['1', '#: 1 is not greater than 1'],
        ['2.0', '#: 2.0 is not less than 2'],
      ],
    ],
    [
      {
        $schema: 'http://json-schema.org/draft-04/schema#',
        minimum: 1,
        exclusiveMinimum: true,
        maximum: 2,
        exclusiveMaximum: true,
      },
      ['1.5'],
      [
        ['1', '#: 1 is not greater than 1'],
        ['2', '#: 2 is not less than 2'],
      ],
    ],
    [{ multipleOf: 0.01 }, ['1.05', '0'], [['1.005', '#: 1.005 is not a multiple of 0.01']]],
  ],
  texts: [
    [
      { minLength: 2, maxLength: 2 },
      ['"ab"', '"😀😀"', '7'],
      [
        ['"a"', '#: expected minLength: 2, actual: 1'],
        ['"abc"', '#: expected maxLength: 2, actual: 3'],
      ],
    ],
    [{ pattern: '^a+$' }, ['"aa"'], [['"b"', '#: string [b] does not match pattern ^a+$']]],
    [
      { format: 'date-time' },
      ['"2026-11-22T11:00:00Z"', '"2026-11-22T11:00:00.5+01:00"'],
      [['"2026-13-22T11:00:00Z"', 'is not a valid date-time']],
    ],
    [{ format: 'ipv4' }, ['"127.0.0.1"'], [['"256.0.0.1"', 'is not a valid ipv4']]],
    [
      { format: 'ipv6' },
      ['"::1"', '"fe80::1:2"', '"::ffff:1.2.3.4"'],
      [
        ['"1::2::3"', 'is not a valid ipv6'],
        ['"12345::"', 'is not a valid ipv6'],
      ],
    ],
    [{ format: 'email' }, ['"a@b.c"'], [['"a"', 'is not a valid email']]],
    [{ format: 'hostname' }, ['"acme.com"'], [['"-a.com"', 'is not a valid hostname']]],
    [{ format: 'uri' }, ['"http://a/b?c"'], [['"a b"', 'is not a valid uri']]],
    [{ format: 'unknown' }, ['"x"'], []],
  ],
  'lists of values': [
    [
      { enum: ['a', 1, null, { b: [1] }] },
      ['"a"', '1.0', 'null', '{"b":[1]}'],
      [['"b"', '#: "b" is not a valid enum value']],
    ],
    [{ const: { a: 1, b: 2 } }, ['{"b":2,"a":1.00}'], [['{"a":1}', '#: {"a":1} is not {"a":1,"b":2}']]],
  ],
  objects: [
    [
      {
        type: 'object',
        properties: { a: { type: 'object', properties: { 'b/c': { type: 'string' } } } },
        required: ['a'],
      },
      ['{"a":{}}', '{"a":{"b/c":"x"},"z":1}'],
      [
        ['{}', '#: required key [a] not found'],
        ['{"a":{"b/c":1}}', '#/a/b~1c: expected type: String, found: Integer'],
        ['[]', '#: expected type: JSONObject, found: JSONArray'],
      ],
    ],
    [
      { properties: { a: {} }, additionalProperties: false },
      ['{"a":1}'],
      [['{"b":1}', '#: extraneous key [b] is not permitted']],
    ],
    [
      {
        properties: { a: {} },
        patternProperties: { '^x': { type: 'integer' } },
        additionalProperties: { type: 'string' },
      },
      ['{"a":1,"x1":2,"o":"s"}'],
      [
        ['{"x1":"s"}', '#/x1: expected type: Integer'],
        ['{"o":1}', '#/o: expected type: String'],
      ],
    ],
    [
      { minProperties: 1, maxProperties: 2 },
      ['{"a":1}'],
      [
        ['{}', '#: minimum size: [1], found: [0]'],
        ['{"a":1,"b":2,"c":3}', '#: maximum size: [2], found: [3]'],
      ],
    ],
    [
      { propertyNames: { maxLength: 1 } },
      ['{"a":1}'],
      [['{"ab":1}', '#/ab: expected maxLength: 1, actual: 2']],
    ],
    [
      { dependencies: { a: ['b'], c: { required: ['d'] } } },
      ['{"b":1}', '{"a":1,"b":2}', '{"c":1,"d":2}'],
      [
        ['{"a":1}', '#: property [b] is required'],
        ['{"c":1}', '#: required key [d] not found'],
      ],
    ],
  ],
  arrays: [
    [
      { type: 'array', items: { type: 'integer' }, minItems: 1, maxItems: 2 },
      ['[1]'],
      [
        ['[]', '#: expected minimum item count: 1, found: 0'],
        ['[1,2,3]', '#: expected maximum item count: 2, found: 3'],
        ['[1,"x"]', '#/1: expected type: Integer, found: String'],
      ],
    ],
    [
      { uniqueItems: true },
      ['[1,"1",{"a":1}]'],
      [['[{"a":1,"b":2},{"b":2,"a":1.0}]', '#: array items are not unique']],
    ],
    [
      { items: [{ type: 'string' }], additionalItems: false },
      ['["a"]', '[]'],
      [
        ['["a",1]', '#: expected: [1] array items, found: [2]'],
        ['[1]', '#/0: expected type: String'],
      ],
    ],
    [
      { items: [{ type: 'string' }], additionalItems: { type: 'integer' } },
      ['["a",1,2]'],
      [['["a","b"]', '#/1: expected type: Integer']],
    ],
    [
      { contains: { type: 'integer' } },
      ['["a",1]'],
      [['["a"]', "#: expected at least one array item to match 'contains' schema"]],
    ],
    [
      {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        contains: { type: 'integer' },
        minContains: 0,
        maxContains: 1,
      },
      ['[]', '[1]'],
      [['[1,2]', "#: expected at most 1 array items to match 'contains' schema, found: 2"]],
    ],
  ],
  combinations: [
    [
      { oneOf: [{ type: 'integer' }, { minimum: 2 }] },
      ['1', '2.5'],
      [
        ['3', '#: 2 subschemas matched instead of one'],
        ['1.5', '#: 0 subschemas matched instead of one'],
      ],
    ],
    [{ allOf: [{ type: 'integer' }, { minimum: 2 }] }, ['3'], [['1', '#: 1 is not greater or equal to 2']]],
    [
      { not: { type: 'integer' } },
      ['"x"'],
      [['1', '#: subject must not be valid against the schema of "not"']],
    ],
    [
      JSON.parse('{"if":{"type":"integer"},"then":{"minimum":2},"else":{"type":"string"}}'),
      ['3', '"x"'],
      [
        ['1', '#: 1 is not greater or equal to 2'],
        ['true', '#: expected type: String'],
      ],
    ],
  ],
  references: [
    [
      {
        type: 'object',
        properties: { next: { $ref: '#' }, n: { $ref: '#/definitions/n' } },
        definitions: { n: { type: 'integer' } },
      },
      ['{"next":{"next":{"n":1}}}'],
      [['{"next":{"next":{"n":"x"}}}', '#/next/next/n: expected type: Integer, found: String']],
    ],
    [{ allOf: [{ $ref: '#' }, { type: 'string' }] }, ['"x"'], [['1', '#: expected type: String']]],
  ],
}

for (const [topic, rows] of Object.entries(cases)) {
  describe(topic, () => {
    for (const [schema, good, bad] of rows) {
      test(JSON.stringify(schema), () => {
        for (const text of good) expect([text, violation(schema, text)]).toEqual([text, null])
        for (const [text, why] of bad)
          expect([text, violation(schema, text)]).toEqual([text, expect.stringContaining(why)])
      })
    }
  })
}
