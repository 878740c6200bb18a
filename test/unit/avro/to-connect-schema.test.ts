/** Avro schemas as the Connect schemas that their data is read with. */
import { describe, expect, test } from 'bun:test'
import { BigDecimal } from '../../../src/data/big-decimal.ts'
import { decimalBuilder, decimalSchema } from '../../../src/data/decimal.ts'
import { DataException } from '../../../src/data/errors.ts'
import { DATE_SCHEMA, TIME_SCHEMA, TIMESTAMP_SCHEMA, timestampBuilder } from '../../../src/data/logical.ts'
import {
  BYTES_SCHEMA,
  FLOAT32_SCHEMA,
  INT8_SCHEMA,
  INT16_SCHEMA,
  INT32_SCHEMA,
  INT64_SCHEMA,
  OPTIONAL_INT32_SCHEMA,
  OPTIONAL_STRING_SCHEMA,
  type Schema,
  STRING_SCHEMA,
} from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import { connectOf, ENHANCED, formatWith, GENERALIZED, NO_META_DATA } from './harness.ts'

const record = (name: string, fields: unknown[], more: object = {}): object => ({
  type: 'record',
  name,
  fields,
  ...more,
})
const color = { type: 'enum', name: 'a.Color', symbols: ['RED', 'BLUE'], default: 'RED', doc: 'd' }
const UNION = 'io.confluent.connect.avro.Union'

test.each<[string, unknown, Schema]>([
  ['int', 'int', INT32_SCHEMA],
  ['int8', { type: 'int', 'connect.type': 'int8' }, INT8_SCHEMA],
  ['int16', { type: 'int', 'connect.type': 'int16' }, INT16_SCHEMA],
  ['date', { type: 'int', logicalType: 'date' }, DATE_SCHEMA],
  ['time', { type: 'int', logicalType: 'time-millis' }, TIME_SCHEMA],
  ['timestamp', { type: 'long', logicalType: 'timestamp-millis' }, TIMESTAMP_SCHEMA],
  ['microseconds stay numbers', { type: 'long', logicalType: 'timestamp-micros' }, INT64_SCHEMA],
  ['uuid', { type: 'string', logicalType: 'uuid' }, STRING_SCHEMA],
  ['bytes', 'bytes', BYTES_SCHEMA],
  ['decimal', { type: 'bytes', logicalType: 'decimal', precision: 64, scale: 2 }, decimalSchema(2)],
  [
    'decimal without scale',
    { type: 'bytes', logicalType: 'decimal', precision: 9 },
    decimalBuilder(0).parameter('connect.decimal.precision', '9').build(),
  ],
  [
    'fixed',
    { type: 'fixed', name: 'a.F', size: 4 },
    SchemaBuilder.bytes().name('a.F').parameter('connect.fixed.size', '4').build(),
  ],
  [
    "a fixed decimal of somebody else's",
    { type: 'fixed', name: 'a.Money', size: 8, logicalType: 'decimal', precision: 9, scale: 2 },
    decimalBuilder(2)
      .parameter('connect.decimal.precision', '9')
      .parameter('connect.fixed.size', '8')
      .build(),
  ],
  ['array', { type: 'array', items: 'int' }, SchemaBuilder.array(INT32_SCHEMA).build()],
  ['map', { type: 'map', values: 'long' }, SchemaBuilder.map(STRING_SCHEMA, INT64_SCHEMA).build()],
  [
    'map entries',
    {
      type: 'array',
      items: record('io.confluent.connect.avro.MapEntry', [
        { name: 'key', type: 'int' },
        { name: 'value', type: 'string' },
      ]),
    },
    SchemaBuilder.map(INT32_SCHEMA, STRING_SCHEMA).build(),
  ],
  ['null and a type', ['null', 'string'], OPTIONAL_STRING_SCHEMA],
  ['a type and null', ['string', 'null'], OPTIONAL_STRING_SCHEMA],
  ['one type', ['int'], INT32_SCHEMA],
  [
    'union',
    ['null', 'int', 'string'],
    SchemaBuilder.struct()
      .name(UNION)
      .optional()
      .field('int', OPTIONAL_INT32_SCHEMA)
      .field('string', OPTIONAL_STRING_SCHEMA)
      .build(),
  ],
  [
    'enum',
    color,
    SchemaBuilder.string()
      .name('a.Color')
      .parameter('io.confluent.connect.avro.enum.doc.Color', 'd')
      .parameter('io.confluent.connect.avro.enum.default.Color', 'RED')
      .parameter('io.confluent.connect.avro.Enum', 'a.Color')
      .parameter('io.confluent.connect.avro.Enum.RED', 'RED')
      .parameter('io.confluent.connect.avro.Enum.BLUE', 'BLUE')
      .build(),
  ],
  [
    'record with docs',
    record('a.R', [{ name: 'x', type: 'int', doc: 'of x' }], { doc: 'of R' }),
    SchemaBuilder.struct()
      .name('a.R')
      .parameter('io.confluent.connect.avro.record.doc', 'of R')
      .parameter('io.confluent.connect.avro.field.doc.x', 'of x')
      .field('x', INT32_SCHEMA)
      .build(),
  ],
  [
    'a field with a default',
    record('R', [{ name: 'x', type: 'int', default: 5 }]),
    SchemaBuilder.struct()
      .name('R')
      .field(
        'x',
        SchemaBuilder.int32()
          .parameter('io.confluent.connect.avro.field.default', 'true')
          .defaultValue(5)
          .build(),
      )
      .build(),
  ],
  [
    'the default of a field that may be null is not carried over',
    record('R', [{ name: 'x', type: ['int', 'null'], default: 5 }]),
    SchemaBuilder.struct().name('R').field('x', OPTIONAL_INT32_SCHEMA).build(),
  ],
  [
    "but Connect's own is",
    record('R', [{ name: 'x', type: [{ type: 'int', 'connect.default': 5 }, 'null'], default: 5 }]),
    SchemaBuilder.struct()
      .name('R')
      .field('x', SchemaBuilder.int32().optional().defaultValue(5).build())
      .build(),
  ],
  [
    'a default that is none is left out',
    record('R', [{ name: 'x', type: { type: 'int', 'connect.type': 'int8' }, default: 'no' }]),
    SchemaBuilder.struct()
      .name('R')
      .field('x', SchemaBuilder.int8().parameter('io.confluent.connect.avro.field.default', 'true').build())
      .build(),
  ],
  [
    'logical defaults',
    record('R', [
      { name: 't', type: { type: 'long', logicalType: 'timestamp-millis', 'connect.default': 77 } },
      {
        name: 'd',
        type: {
          type: 'bytes',
          logicalType: 'decimal',
          precision: 64,
          scale: 1,
          'connect.default': 'ÿ',
        },
      },
    ]),
    SchemaBuilder.struct()
      .name('R')
      .field('t', timestampBuilder().defaultValue(new Date(77)).build())
      .field('d', decimalBuilder(1).defaultValue(new BigDecimal(-1n, 1)).build())
      .build(),
  ],
  [
    'what Connect had',
    {
      type: 'float',
      'connect.doc': 'd',
      'connect.version': 4,
      'connect.parameters': { p: 'q' },
      'connect.name': 'my.Float',
      'avro.x': 1,
    },
    SchemaBuilder.float32()
      .doc('d')
      .version(4)
      .parameter('p', 'q')
      .parameter('avro.x', '1')
      .name('my.Float')
      .build(),
  ],
  [
    'unnamed structs',
    record('ConnectDefault2', [{ name: 'x', type: 'float' }], { namespace: 'io.confluent.connect.avro' }),
    SchemaBuilder.struct().field('x', FLOAT32_SCHEMA).build(),
  ],
])('%s', (_name, avro, expected) => {
  const schema = connectOf(avro)
  expect([schema.equals(expected), schema]).toEqual([true, expected])
})

describe('versions', () => {
  const avro = record('R', [{ name: 'x', type: record('S', []) }])

  test("that of the subject is the outermost struct's", () => {
    const schema = connectOf(avro, {}, 6)
    expect(schema.version).toBe(6)
    expect(schema.field('x')!.schema.version).toBeNull()
    expect(connectOf({ ...avro, 'connect.version': 2 }, {}, 6).version).toBe(2)
  })

  test('one that contradicts a logical type is refused', () => {
    expect(() => connectOf({ type: 'int', logicalType: 'date' }, {}, 2)).toThrow(
      'Mismatched versions: version already added to SchemaBuilder (1) differs from version in source schema (2)',
    )
  })
})

test('keys change what is read', () => {
  expect(connectOf(color, NO_META_DATA).parameters!.has('io.confluent.connect.avro.enum.doc.Color')).toBe(
    false,
  )
  expect(connectOf(color, GENERALIZED).parameters).toEqual(
    new Map([
      ['io.confluent.connect.avro.enum.doc.Color', 'd'],
      ['io.confluent.connect.avro.enum.default.Color', 'RED'],
      ['org.apache.kafka.connect.data.Enum', 'a.Color'],
      ['org.apache.kafka.connect.data.Enum.RED', '0'],
      ['org.apache.kafka.connect.data.Enum.BLUE', '1'],
    ]),
  )
  const union = ['int', record('a.b.R', [])]
  expect(connectOf(union).fields.map(field => field.name)).toEqual(['int', 'R'])
  expect(connectOf(union, ENHANCED).fields.map(field => field.name)).toEqual(['int', 'a.b.R'])
  expect(connectOf(union, GENERALIZED).fields.map(field => field.name)).toEqual([
    'connect_union_field_0',
    'connect_union_field_1',
  ])
  expect(connectOf(['int'], { 'flatten.singleton.unions': 'false' }).name).toBe(UNION)
  const documented = record('R', [{ name: 'x', type: 'int', doc: 'of x', default: 1 }], { doc: 'of R' })
  const discarded = connectOf(documented, { 'discard.type.doc.default': 'true' })
  expect([discarded.doc, discarded.parameters, discarded.field('x')!.schema.doc]).toEqual([
    'of R',
    new Map([['connect.record.doc', 'of R']]),
    'of x',
  ])
})

test.each([
  ['null alone', 'null', 'Standalone null schemas are not supported by this converter'],
  [
    'two types of one name',
    [record('a.R', []), record('b.R', [])],
    'Multiple union schemas map to the Connect union field name',
  ],
  [
    'an unknown Connect type',
    { type: 'int', 'connect.type': 'int9' },
    'Connect type annotation for Avro int field is null',
  ],
  ['a name that is none', { type: 'int', 'connect.name': 5 }, 'Invalid schema name: 5'],
  [
    'parameters that are none',
    { type: 'int', 'connect.parameters': { a: 1 } },
    'Expected schema parameter values to be strings but found: 1',
  ],
  [
    'map entries that are none',
    { type: 'array', items: record('io.confluent.connect.avro.MapEntry', []) },
    'Found map encoded as array of key-value pairs, but array elements do not match the expected format.',
  ],
])('%s is refused', (_name, avro, message) => {
  expect(() => connectOf(avro)).toThrow(new DataException(message))
})

describe('schemas that contain themselves', () => {
  const tree = record('Tree', [
    { name: 'value', type: 'int' },
    { name: 'left', type: ['null', 'Tree'], default: null },
    { name: 'kids', type: { type: 'array', items: 'Tree' } },
  ])

  test('are equal to themselves, and become the same Avro again', () => {
    const schema = connectOf(tree)
    const left = schema.field('left')!.schema
    expect([left.type, left.optional, left.name]).toEqual(['STRUCT', true, 'Tree'])
    expect(left.field('left')!.schema).toBe(left)
    expect(schema.equals(schema)).toBe(true)
    new Struct(schema)
      .put('value', 1)
      .put('kids', [new Struct(schema.field('kids')!.schema.valueSchema!).put('value', 2).put('kids', [])])
    expect(JSON.parse(formatWith(NO_META_DATA).schemaOf(schema).text)).toEqual(tree)
  })

  test('a copy of the outermost struct is the same record', () => {
    const schema = connectOf(tree)
    const copy = SchemaBuilder.struct().name('Tree')
    for (const field of schema.fields) copy.field(field.name, field.schema)
    expect(JSON.parse(formatWith(NO_META_DATA).schemaOf(copy.build()).text)).toEqual(tree)
  })

  test('a copy that has other fields is another type of the same name', () => {
    const copy = SchemaBuilder.struct().name('Tree').field('left', connectOf(tree).field('left')!.schema)
    expect(() => formatWith(NO_META_DATA).schemaOf(copy.build())).toThrow(
      'The name Tree stands for two different types in one schema',
    )
  })
})
