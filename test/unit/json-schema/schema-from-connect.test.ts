import { describe, expect, test } from 'bun:test'
import { BigDecimal } from '../../../src/data/big-decimal.ts'
import { decimalBuilder } from '../../../src/data/decimal.ts'
import { DATE_SCHEMA, TIMESTAMP_SCHEMA, timestampBuilder } from '../../../src/data/logical.ts'
import * as S from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import { formatWith } from './harness.ts'

const plain = formatWith()

function expectTexts(cases: readonly (readonly [S.Schema, string])[], format = plain): void {
  for (const [schema, text] of cases) {
    const jsonSchema = format.schemaOf(schema)
    expect(jsonSchema.text).toBe(text)
    expect(jsonSchema.references).toEqual([])
  }
}

test('simple types', () => {
  expectTexts([
    [S.INT8_SCHEMA, '{"type":"integer","connect.type":"int8"}'],
    [S.INT16_SCHEMA, '{"type":"integer","connect.type":"int16"}'],
    [S.INT32_SCHEMA, '{"type":"integer","connect.type":"int32"}'],
    [S.INT64_SCHEMA, '{"type":"integer","connect.type":"int64"}'],
    [S.FLOAT32_SCHEMA, '{"type":"number","connect.type":"float32"}'],
    [S.FLOAT64_SCHEMA, '{"type":"number","connect.type":"float64"}'],
    [S.BOOLEAN_SCHEMA, '{"type":"boolean"}'],
    [S.STRING_SCHEMA, '{"type":"string"}'],
    [S.BYTES_SCHEMA, '{"type":"string","connect.type":"bytes"}'],
  ])
})

test('optional ones are one of two, in the order that Java’s hash codes give', () => {
  expectTexts([
    [S.OPTIONAL_STRING_SCHEMA, '{"oneOf":[{"type":"null"},{"type":"string"}]}'],
    [S.OPTIONAL_BOOLEAN_SCHEMA, '{"oneOf":[{"type":"null"},{"type":"boolean"}]}'],
    [S.OPTIONAL_INT32_SCHEMA, '{"oneOf":[{"type":"null"},{"type":"integer","connect.type":"int32"}]}'],
    [S.OPTIONAL_INT64_SCHEMA, '{"oneOf":[{"type":"integer","connect.type":"int64"},{"type":"null"}]}'],
  ])
})

test('names, versions, docs, parameters and defaults', () => {
  expectTexts([
    [
      SchemaBuilder.int32().name('a.B').version(3).doc('words').parameter('p', 'q').defaultValue(5).build(),
      '{"type":"integer","title":"a.B","description":"words","default":5,"connect.version":3,"connect.type":"int32","connect.parameters":{"p":"q"}}',
    ],
    [
      decimalBuilder(2).defaultValue(new BigDecimal(156n, 2)).build(),
      '{"type":"number","title":"org.apache.kafka.connect.data.Decimal","default":"AJw=","connect.version":1,"connect.type":"bytes","connect.parameters":{"scale":"2"}}',
    ],
    [
      DATE_SCHEMA,
      '{"type":"integer","title":"org.apache.kafka.connect.data.Date","connect.version":1,"connect.type":"int32"}',
    ],
    [
      timestampBuilder().defaultValue(new Date(0)).build(),
      '{"type":"integer","title":"org.apache.kafka.connect.data.Timestamp","default":0,"connect.version":1,"connect.type":"int64"}',
    ],
    [
      SchemaBuilder.float64().defaultValue(2).build(),
      '{"type":"number","default":2,"connect.type":"float64"}',
    ],
    [
      SchemaBuilder.float64().defaultValue(1e300).build(),
      '{"type":"number","default":1.0E+300,"connect.type":"float64"}',
    ],
    [
      SchemaBuilder.int64().defaultValue(9007199254740993n).build(),
      '{"type":"integer","default":9007199254740993,"connect.type":"int64"}',
    ],
  ])
  expectTexts(
    [
      [
        decimalBuilder(2).defaultValue(new BigDecimal(150n, 2)).build(),
        '{"type":"number","title":"org.apache.kafka.connect.data.Decimal","default":1.5,"connect.version":1,"connect.type":"bytes","connect.parameters":{"scale":"2"}}',
      ],
    ],
    formatWith({ 'decimal.format': 'numeric' }),
  )
})

test('arrays and maps', () => {
  expectTexts([
    [SchemaBuilder.array(S.STRING_SCHEMA).build(), '{"type":"array","items":{"type":"string"}}'],
    [
      SchemaBuilder.map(S.STRING_SCHEMA, S.INT32_SCHEMA).name('foo.bar').build(),
      '{"type":"object","title":"foo.bar","connect.type":"map","additionalProperties":{"type":"integer","connect.type":"int32"}}',
    ],
    [
      SchemaBuilder.map(S.OPTIONAL_STRING_SCHEMA, S.INT32_SCHEMA).build(),
      '{"type":"array","connect.type":"map","items":{"type":"object","properties":{"value":{"type":"integer","connect.index":1,"connect.type":"int32"},"key":{"connect.index":0,"oneOf":[{"type":"null"},{"type":"string"}]}}}}',
    ],
  ])
})

describe('structs', () => {
  const inner = SchemaBuilder.struct().name('Inner').field('x', S.INT32_SCHEMA).optional().build()

  test('fields are properties, an optional one in another is one of two', () => {
    const schema = SchemaBuilder.struct()
      .name('com.acme.Order')
      .field('id', S.INT64_SCHEMA)
      .field('inner', inner)
      .field('at', TIMESTAMP_SCHEMA)
      .build()
    const jsonSchema = plain.schemaOf(schema)
    expect(jsonSchema.name).toBe('com.acme.Order')
    expect(jsonSchema.text).toBe(
      '{"type":"object","title":"com.acme.Order","properties":{"at":{"type":"integer","title":"org.apache.kafka.connect.data.Timestamp","connect.index":2,"connect.version":1,"connect.type":"int64"},"id":{"type":"integer","connect.index":0,"connect.type":"int64"},"inner":{"connect.index":1,"oneOf":[{"type":"null"},{"type":"object","title":"Inner","properties":{"x":{"type":"integer","connect.index":0,"connect.type":"int32"}}}]}}}',
    )
    expect(jsonSchema.normalized()).toStartWith('{"properties":{"at":{"connect.index":2,"connect.type"')
  })

  test('may be closed', () => {
    const schema = SchemaBuilder.struct().field('x', S.STRING_SCHEMA).build()
    expect(formatWith({ 'object.additional.properties': 'false' }).schemaOf(schema).text).toBe(
      '{"type":"object","additionalProperties":false,"properties":{"x":{"type":"string","connect.index":0}}}',
    )
  })

  test('unions are one of their fields', () => {
    const schema = SchemaBuilder.struct()
      .name('io.confluent.connect.json.OneOf')
      .field('io.confluent.connect.json.OneOf.field.0', S.OPTIONAL_INT8_SCHEMA)
      .field('io.confluent.connect.json.OneOf.field.1', S.OPTIONAL_STRING_SCHEMA)
      .optional()
      .build()
    expect(plain.schemaOf(schema).text).toBe(
      '{"oneOf":[{"type":"null"},{"type":"integer","connect.index":0,"connect.type":"int8"},{"type":"string","connect.index":1}]}',
    )
  })
})

test('enumerations, of the one kind or the other', () => {
  const own = SchemaBuilder.string()
    .parameter('io.confluent.connect.json.Enum', '')
    .parameter('io.confluent.connect.json.Enum.one', 'one')
    .parameter('io.confluent.connect.json.Enum.<NULL>', '<NULL>')
    .build()
  expect(plain.schemaOf(own).text).toBe('{"enum":[null,"one"]}')
  const general = SchemaBuilder.string()
    .parameter('org.apache.kafka.connect.data.Enum', '')
    .parameter('org.apache.kafka.connect.data.Enum.one', '0')
    .parameter('org.apache.kafka.connect.data.Enum.two', '1')
    .build()
  expect(formatWith({ 'generalized.sum.type.support': 'true' }).schemaOf(general).text).toBe(
    '{"enum":["one","two"],"connect.parameters":{"org.apache.kafka.connect.data.Enum.two":"1","org.apache.kafka.connect.data.Enum":"","org.apache.kafka.connect.data.Enum.one":"0"}}',
  )
})

test('what has no schema is refused, with the way out', () => {
  expect(() => plain.schemaOf(null)).toThrow('A value without a Connect schema has no JSON Schema')
})

test('a default that is a struct has another schema than the field, as in Java', () => {
  const builder = SchemaBuilder.struct().field('a', S.INT32_SCHEMA)
  const schema = builder.defaultValue(new Struct(builder.draft).put('a', 1)).build()
  expect(() => plain.schemaOf(schema)).toThrow('Mismatching schema.')
})
