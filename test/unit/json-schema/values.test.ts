import { describe, expect, test } from 'bun:test'
import { BigDecimal } from '../../../src/data/big-decimal.ts'
import { decimalBuilder, decimalSchema } from '../../../src/data/decimal.ts'
import { DataException, SerializationException } from '../../../src/data/errors.ts'
import { DATE_SCHEMA, TIME_SCHEMA, TIMESTAMP_SCHEMA } from '../../../src/data/logical.ts'
import * as S from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import { formatWith, read, schemaOf, written } from './harness.ts'

const plain = formatWith()
const numeric = formatWith({ 'decimal.format': 'NUMERIC' })

describe('written and read again', () => {
  const cases: readonly (readonly [S.Schema, unknown, string])[] = [
    [S.INT8_SCHEMA, -128, '-128'],
    [S.INT16_SCHEMA, 32767, '32767'],
    [S.INT32_SCHEMA, -2147483648, '-2147483648'],
    [S.INT64_SCHEMA, 9007199254740993n, '9007199254740993'],
    [S.INT64_SCHEMA, -(2n ** 63n), '-9223372036854775808'],
    [S.FLOAT64_SCHEMA, 1, '1.0'],
    [S.FLOAT64_SCHEMA, 1e21, '1.0E21'],
    [S.FLOAT64_SCHEMA, 5e-324, '4.9E-324'],
    [S.FLOAT64_SCHEMA, 1.7976931348623157e308, '1.7976931348623157E308'],
    [S.FLOAT32_SCHEMA, Math.fround(0.1), '0.1'],
    [S.FLOAT32_SCHEMA, Math.fround(3.4028235e38), '3.4028235E38'],
    [S.BOOLEAN_SCHEMA, true, 'true'],
    [S.STRING_SCHEMA, 'ÿ"\\\n\u0001😀', '"ÿ\\"\\\\\\n\\u0001\\uD83D\\uDE00"'],
    [S.STRING_SCHEMA, '', '""'],
    [S.BYTES_SCHEMA, Buffer.from([0, 255, 254]), '"AP/+"'],
    [S.OPTIONAL_STRING_SCHEMA, null, 'null'],
    [decimalSchema(2), new BigDecimal(-12345678901234567890123n, 2), '"/WK9SbGJjr27NQ=="'],
    [DATE_SCHEMA, new Date(-86_400_000), '-1'],
    [TIME_SCHEMA, new Date(86_399_999), '86399999'],
    [TIMESTAMP_SCHEMA, new Date(-1), '-1'],
    [SchemaBuilder.array(S.OPTIONAL_INT32_SCHEMA).build(), [1, null, 3], '[1,null,3]'],
    [
      SchemaBuilder.map(S.STRING_SCHEMA, S.OPTIONAL_INT32_SCHEMA).build(),
      new Map([
        ['a', 1],
        ['b', null],
      ]),
      '{"a":1,"b":null}',
    ],
    [
      SchemaBuilder.map(S.INT32_SCHEMA, S.STRING_SCHEMA).build(),
      new Map([[1, 'x']]),
      '[{"key":1,"value":"x"}]',
    ],
    [
      SchemaBuilder.map(S.OPTIONAL_STRING_SCHEMA, S.BOOLEAN_SCHEMA).build(),
      new Map([
        [null, true],
        ['k', false],
      ]),
      '[{"key":null,"value":true},{"key":"k","value":false}]',
    ],
  ]
  for (const [schema, value, text] of cases) {
    test(`${schema} ${text}`, () => {
      expect(written(plain, schema, value)).toBe(text)
      const again = read(plain, plain.schemaOf(schema), text)
      expect(new S.SchemaAndValue(schema, again.value)).toEqual(new S.SchemaAndValue(schema, value))
      expect(again.schema!.equals(schema)).toBe(true)
    })
  }

  test('what is no number is a text, which reads as 0', () => {
    expect(written(plain, S.FLOAT64_SCHEMA, Number.NaN)).toBe('"NaN"')
    expect(read(plain, plain.schemaOf(S.FLOAT64_SCHEMA), '"NaN"').value).toBe(0)
  })

  test('NaN and infinities may stand there bare, as some clients write them', () => {
    const schema = schemaOf(plain, { type: 'array', items: { type: 'number' } })
    expect(read(plain, schema, '[NaN,-Infinity,Infinity, 1.0]').value).toEqual([
      Number.NaN,
      -Infinity,
      Infinity,
      1,
    ])
    for (const payload of ['[NaNa]', '[-Inf]', '[NaN', '[+Infinity]'])
      expect(() => read(plain, schema, payload)).toThrow(SerializationException)
    expect(() => read(plain, plain.schemaOf(decimalSchema(2)), 'NaN')).toThrow(
      'Invalid number for Decimal field: NaN',
    )
    const strict = formatWith({ 'json.fail.invalid.schema': 'true' })
    expect(() => read(strict, schema, '[NaN]')).toThrow('#/0: NaN is not a number')
  })

  test('decimals as numbers, digit by digit', () => {
    const schema = decimalSchema(4)
    const value = new BigDecimal(123456789012345678901230000n, 4)
    expect(written(numeric, schema, value)).toBe('12345678901234567890123.0000')
    expect(read(numeric, numeric.schemaOf(schema), '12345678901234567890123.0000').value).toEqual(value)
    expect(read(plain, plain.schemaOf(schema), '1.5').value).toEqual(new BigDecimal(15n, 1))
  })
})

describe('structs', () => {
  const schema = SchemaBuilder.struct()
    .field('needed', S.INT32_SCHEMA)
    .field('maybe', S.OPTIONAL_STRING_SCHEMA)
    .field('usual', SchemaBuilder.int64().defaultValue(5).build())
    .field('rarely', SchemaBuilder.string().optional().defaultValue('x').build())
    .build()

  test('a field without value is left out unless it may be null or has a default', () => {
    expect(written(plain, schema, new Struct(schema))).toBe('{"maybe":null,"usual":5,"rarely":"x"}')
    expect(written(formatWith({ 'ignore.default.for.nullables': 'true' }), schema, new Struct(schema))).toBe(
      '{"maybe":null,"rarely":null}',
    )
  })

  test('what is missing is null or its default, whatever is required', () => {
    const { value } = read(plain, plain.schemaOf(schema), '{}')
    expect(String(value)).toBe('Struct{usual=5,rarely=x}')
    expect((value as Struct).getWithoutDefault('needed')).toBeNull()
  })

  test('but not in a struct inside another', () => {
    const outer = SchemaBuilder.struct().field('inner', schema).build()
    for (const payload of ['{"inner":{}}', '{"inner":{"maybe":"x"}}'])
      expect(() => read(plain, plain.schemaOf(outer), payload)).toThrow(
        'Invalid value: null used for required field: "needed", schema type: INT32 (field inner)',
      )
  })

  test('what is required must not be null', () => {
    expect(() => read(plain, plain.schemaOf(schema), '{"needed":null}')).toThrow(
      'Invalid null value for required INT32 field (field needed)',
    )
  })

  test('members that no field stands for are ignored', () => {
    expect(String(read(plain, plain.schemaOf(schema), '{"other":[{"a":1}],"needed":1}').value)).toBe(
      'Struct{needed=1,usual=5,rarely=x}',
    )
  })

  test('names like indexes, and of what objects inherit', () => {
    const odd = SchemaBuilder.struct()
    for (const name of ['10', '2', '__proto__', 'constructor', 'toJSON', 'ä"'])
      odd.field(name, S.OPTIONAL_INT32_SCHEMA)
    const built = odd.build()
    const value = new Struct(built).put('10', 1).put('2', 2).put('__proto__', 3).put('toJSON', 4).put('ä"', 5)
    const text = '{"10":1,"2":2,"__proto__":3,"constructor":null,"toJSON":4,"ä\\"":5}'
    expect(written(plain, built, value)).toBe(text)
    expect(read(plain, plain.schemaOf(built), text).value).toEqual(value)
  })
})

describe('unions', () => {
  const one = SchemaBuilder.struct().field('a', S.OPTIONAL_INT64_SCHEMA).field('b', S.OPTIONAL_STRING_SCHEMA)
  const jsonSchema = schemaOf(plain, {
    type: 'object',
    properties: {
      u: {
        oneOf: [
          { type: 'null' },
          { type: 'integer' },
          { type: 'number', minimum: 0 },
          { type: 'object', title: 'A', properties: { a: { type: 'integer' }, b: { type: 'string' } } },
          { type: 'object', title: 'C', properties: { c: { type: 'integer' }, b: { type: 'string' } } },
        ],
      },
    },
  })

  for (const [payload, title] of [
    ['1', null],
    ['1.0', null],
    ['{"b":"x","c":5}', 'C'],
    ['{"a":5,"b":"y"}', 'A'],
  ] as const) {
    test(`${payload} is what it looks like, and is written as it was`, () => {
      const { schema, value } = read(plain, jsonSchema, `{"u":${payload}}`)
      const union = (value as Struct).getStruct('u')!
      const set = union.schema.fields.filter(field => union.get(field) !== null)
      expect(set).toHaveLength(1)
      expect(set[0]!.schema.name).toBe(title)
      expect(set[0]!.schema.type).toBe(payload === '1' ? 'INT64' : payload === '1.0' ? 'FLOAT64' : 'STRUCT')
      expect(JSON.parse(written(plain, schema!, value))).toEqual({ u: JSON.parse(payload) })
    })
  }

  test('none at all', () => {
    const { schema, value } = read(plain, jsonSchema, '{"u":null}')
    expect((value as Struct).get('u')).toBeNull()
    expect(written(plain, schema!, value)).toBe('{"u":null}')
  })

  test('nothing that fits', () => {
    expect(() => read(plain, jsonSchema, '{"u":true}')).toThrow(
      'Did not find matching oneof field for data (field u)',
    )
    expect(one.build().fields).toHaveLength(2)
  })
})

describe('nulls', () => {
  test('have a text where one may be null, or has a default', () => {
    expect(plain.writesNull(S.OPTIONAL_INT32_SCHEMA)).toBe(true)
    expect(plain.writesNull(S.INT32_SCHEMA)).toBe(false)
    expect(plain.writesNull(SchemaBuilder.int32().defaultValue(3).build())).toBe(true)
    expect(written(plain, SchemaBuilder.int32().defaultValue(3).build(), null)).toBe('3')
  })
})

describe('bad payloads say what and where', () => {
  const schema = schemaOf(plain, {
    type: 'object',
    properties: {
      list: {
        type: 'array',
        items: { type: 'object', properties: { n: { type: 'integer', 'connect.type': 'int32' } } },
      },
      map: { type: 'object', 'connect.type': 'map', additionalProperties: { type: 'string' } },
      pairs: {
        type: 'array',
        'connect.type': 'map',
        items: { type: 'object', properties: { key: { type: 'integer' }, value: { type: 'string' } } },
      },
      amount: {
        type: 'number',
        'connect.type': 'bytes',
        title: 'org.apache.kafka.connect.data.Decimal',
        'connect.parameters': { scale: '2' },
      },
      bytes: { type: 'string', 'connect.type': 'bytes' },
      day: { type: 'integer', 'connect.type': 'int32', title: 'org.apache.kafka.connect.data.Date' },
    },
  })
  for (const [payload, message] of [
    ['[]', 'Structs should be encoded as JSON objects, but found ARRAY'],
    ['{"list":[{"n":1},5]}', 'Structs should be encoded as JSON objects, but found NUMBER (field list[1])'],
    ['{"list":[{"n":1},{"n":null}]}', 'Invalid null value for required INT32 field (field list[1].n)'],
    ['{"map":[]}', 'Maps with string fields should be encoded as JSON objects, but found ARRAY (field map)'],
    ['{"map":{"k":null}}', 'Invalid null value for required STRING field (field map.k)'],
    [
      '{"pairs":{}}',
      'Maps with non-string fields should be encoded as JSON array of objects, but found OBJECT (field pairs)',
    ],
    ['{"pairs":[1]}', 'Found invalid map entry instead of object: NUMBER (field pairs[0])'],
    ['{"pairs":[{"key":1}]}', 'Found invalid map entry, expected length 2 but found :1 (field pairs[0])'],
    [
      '{"amount":true}',
      'Invalid type for Decimal, underlying representation should be numeric or bytes but was BOOLEAN (field amount)',
    ],
    ['{"amount":"?"}', 'Invalid bytes for Decimal field (field amount)'],
    ['{"bytes":"?"}', 'Invalid bytes field (field bytes)'],
    [
      '{"day":"x"}',
      'Invalid type for Date, underlying representation should be integer but was STRING (field day)',
    ],
  ] as const)
    test(payload, () => {
      expect(() => read(plain, schema, payload)).toThrow(DataException)
      expect(() => read(plain, schema, payload)).toThrow(message)
    })

  for (const payload of [
    '',
    '   ',
    '{',
    '{"a"',
    'nope',
    '\u0000',
    '{"a":1',
    `${'['.repeat(2000)}`,
    Buffer.from([0xff, 0xfe, 0xfd]),
    Buffer.from('{"a":"\xff"}', 'latin1'),
  ])
    test(`no JSON: ${JSON.stringify(String(payload).slice(0, 20))}`, () =>
      expect(() => read(plain, schema, payload)).toThrow(SerializationException))
})

describe('bad values say what and where', () => {
  const schema = SchemaBuilder.struct()
    .field('list', SchemaBuilder.array(decimalBuilder(2).build()).build())
    .build()

  test('of another class', () => {
    expect(() => written(plain, S.INT32_SCHEMA, 'x')).toThrow(
      'Invalid type for INT32: class java.lang.String',
    )
  })

  test('of another scale, deep inside', () => {
    const value = new Struct(schema).put('list', [new BigDecimal(100n, 2), new BigDecimal(1n, 3)])
    expect(() => written(plain, schema, value)).toThrow(/mismatching scale .*\(field list\[1\]\)/)
  })

  test('a struct of another schema', () => {
    const other = SchemaBuilder.struct().field('x', S.STRING_SCHEMA).build()
    expect(() => written(plain, schema, new Struct(other))).toThrow('Mismatching schema.')
  })
})

describe('json.fail.invalid.schema', () => {
  const strict = formatWith({ 'json.fail.invalid.schema': 'true' })
  const target = schemaOf(strict, {
    type: 'object',
    properties: { n: { type: 'integer', minimum: 3 }, s: { type: 'string', maxLength: 2 } },
    required: ['n'],
  })
  const schema = SchemaBuilder.struct()
    .field('n', S.INT64_SCHEMA)
    .field('s', S.OPTIONAL_STRING_SCHEMA)
    .build()

  test('checks what is written against the registered schema', () => {
    const value = new Struct(schema).put('n', 3).put('s', 'ab')
    expect(written(strict, schema, value, target)).toBe('{"n":3,"s":"ab"}')
    expect(() => written(strict, schema, new Struct(schema).put('n', 2).put('s', 'a'), target)).toThrow(
      'Validation error in JSON, Error report:\n#/n: 2 is not greater or equal to 3',
    )
    expect(() => written(strict, schema, new Struct(schema).put('n', 2n ** 62n), target)).toThrow(
      '#/s: expected type: String, found: null',
    )
  })

  test('checks what is read', () => {
    expect(() => read(strict, target, '{"s":"x"}')).toThrow('#: required key [n] not found')
    expect(() => read(strict, target, '{"n":3,"s":"abc"}')).toThrow('#/s: expected maxLength: 2, actual: 3')
    expect(String(read(strict, target, '{"n":3}').value)).toBe('Struct{n=3}')
  })

  test('else lets it pass', () => {
    expect(String(read(plain, target, '{"n":1,"s":"abc"}').value)).toBe('Struct{s=abc,n=1}')
  })
})

describe('preserve.additional.properties', () => {
  const keeping = formatWith({ 'preserve.additional.properties': 'true' })
  const open = schemaOf(keeping, { type: 'object', properties: { a: { type: 'integer' } } })
  const payload = '{"a":1,"x":1.10,"y":{"z":[null,9007199254740993]},"w":"ß"}'

  test('what is not named is kept as JSON, digit by digit', () => {
    const { schema, value } = read(keeping, open, payload)
    expect(String((value as Struct).get('__connect_additional_properties__'))).not.toBe('')
    expect(written(keeping, schema!, value)).toBe(
      '{"a":1,"w":"ß","x":1.10,"y":{"z":[null,9007199254740993]}}',
    )
    expect(keeping.schemaOf(schema).text).toBe(
      '{"type":"object","properties":{"a":{"type":"integer","connect.index":0,"connect.type":"int64"}}}',
    )
  })

  test('in the type that the schema gives it', () => {
    const typed = schemaOf(keeping, {
      type: 'object',
      properties: { a: { type: 'integer' } },
      additionalProperties: {
        type: 'object',
        properties: { n: { type: 'number' } },
        additionalProperties: false,
      },
    })
    const { schema, value } = read(keeping, typed, '{"a":1,"b":{"n":2}}')
    expect(schema!.field('__connect_additional_properties__')!.schema.valueSchema!.type).toBe('STRUCT')
    expect(written(keeping, schema!, value)).toBe('{"a":1,"b":{"n":2.0}}')
    expect(keeping.schemaOf(schema).incompatibilities(typed)).toEqual([])
  })

  test('not where nothing else is allowed, and nothing is asked for', () => {
    const closed = schemaOf(keeping, { type: 'object', properties: {}, additionalProperties: false })
    expect(read(keeping, closed, '{"b":1}').schema!.fields).toEqual([])
    expect(read(plain, open, payload).schema!.fields).toHaveLength(1)
    expect(String(read(keeping, open, '{"a":1}').value)).toBe('Struct{a=1}')
  })

  test('a property of that name, and a text that is no JSON, are refused', () => {
    const taken = schemaOf(keeping, {
      type: 'object',
      properties: { __connect_additional_properties__: { type: 'string' } },
    })
    expect(() => read(keeping, taken, '{}')).toThrow('must not be called __connect_additional_properties__')
    const { schema, value } = read(keeping, open, payload)
    ;(value as Struct).put('__connect_additional_properties__', new Map([['x', '{']]))
    expect(() => written(keeping, schema!, value)).toThrow(
      'The additional property x holds a text that is no JSON: {',
    )
  })
})
