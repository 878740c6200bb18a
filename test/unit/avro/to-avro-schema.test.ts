/** Connect schemas as the Avro schemas that are registered for them. */
import { describe, expect, test } from 'bun:test'
import { BigDecimal } from '../../../src/data/big-decimal.ts'
import { decimalBuilder, decimalSchema } from '../../../src/data/decimal.ts'
import { DATE_SCHEMA, TIME_SCHEMA, TIMESTAMP_SCHEMA } from '../../../src/data/logical.ts'
import {
  BOOLEAN_SCHEMA,
  BYTES_SCHEMA,
  FLOAT32_SCHEMA,
  FLOAT64_SCHEMA,
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
import { avroOf, ENHANCED, formatWith, GENERALIZED, NO_META_DATA } from './harness.ts'

const DECIMAL = 'org.apache.kafka.connect.data.Decimal'

describe('types', () => {
  test.each<[string, Schema | null, unknown]>([
    ['int8', INT8_SCHEMA, { type: 'int', 'connect.type': 'int8' }],
    ['int16', INT16_SCHEMA, { type: 'int', 'connect.type': 'int16' }],
    ['int32', INT32_SCHEMA, 'int'],
    ['int64', INT64_SCHEMA, 'long'],
    ['float32', FLOAT32_SCHEMA, 'float'],
    ['float64', FLOAT64_SCHEMA, 'double'],
    ['boolean', BOOLEAN_SCHEMA, 'boolean'],
    ['string', STRING_SCHEMA, 'string'],
    ['bytes', BYTES_SCHEMA, 'bytes'],
    ['optional', OPTIONAL_STRING_SCHEMA, ['null', 'string']],
    [
      'an optional with a default has it in the first branch',
      SchemaBuilder.string().optional().defaultValue('x').build(),
      [{ type: 'string', 'connect.default': 'x' }, 'null'],
    ],
    ['array', SchemaBuilder.array(OPTIONAL_INT32_SCHEMA).build(), { type: 'array', items: ['null', 'int'] }],
    ['map', SchemaBuilder.map(STRING_SCHEMA, INT64_SCHEMA).build(), { type: 'map', values: 'long' }],
    [
      'a map without string keys',
      SchemaBuilder.map(INT32_SCHEMA, STRING_SCHEMA).build(),
      {
        type: 'array',
        items: {
          type: 'record',
          name: 'MapEntry',
          namespace: 'io.confluent.connect.avro',
          fields: [
            { name: 'key', type: 'int' },
            { name: 'value', type: 'string' },
          ],
        },
      },
    ],
    [
      'a map without string keys that has a name',
      SchemaBuilder.map(OPTIONAL_STRING_SCHEMA, INT32_SCHEMA).name('a.Pairs').build(),
      {
        type: 'array',
        items: {
          type: 'record',
          name: 'Pairs',
          namespace: 'a',
          fields: [
            { name: 'key', type: ['null', 'string'], default: null },
            { name: 'value', type: 'int' },
          ],
          'connect.internal.type': 'MapEntry',
        },
        'connect.name': 'a.Pairs',
      },
    ],
    ['date', DATE_SCHEMA, logical('int', 'Date', 'date')],
    ['time', TIME_SCHEMA, logical('int', 'Time', 'time-millis')],
    ['timestamp', TIMESTAMP_SCHEMA, logical('long', 'Timestamp', 'timestamp-millis')],
    [
      'decimal',
      decimalSchema(2),
      {
        type: 'bytes',
        scale: 2,
        precision: 64,
        'connect.version': 1,
        'connect.parameters': { scale: '2' },
        'connect.name': DECIMAL,
        logicalType: 'decimal',
      },
    ],
    [
      'decimal with a precision',
      decimalBuilder(2).parameter('connect.decimal.precision', '9').build(),
      {
        type: 'bytes',
        scale: 2,
        precision: 9,
        'connect.version': 1,
        'connect.parameters': { scale: '2', 'connect.decimal.precision': '9' },
        'connect.name': DECIMAL,
        logicalType: 'decimal',
      },
    ],
    [
      'decimal with a negative scale',
      decimalSchema(-3),
      {
        type: 'bytes',
        scale: -3,
        precision: 64,
        'connect.version': 1,
        'connect.parameters': { scale: '-3' },
        'connect.name': DECIMAL,
        logicalType: 'decimal',
      },
    ],
    [
      'fixed',
      SchemaBuilder.bytes().name('a.Id').parameter('connect.fixed.size', '16').build(),
      {
        type: 'fixed',
        name: 'Id',
        namespace: 'a',
        size: 16,
        'connect.parameters': { 'connect.fixed.size': '16' },
        'connect.name': 'a.Id',
      },
    ],
    [
      'parameters that begin with avro are properties as well',
      SchemaBuilder.string().parameter('avro.java.string', 'String').parameter('p', 'q').build(),
      {
        type: 'string',
        'connect.parameters': { 'avro.java.string': 'String', p: 'q' },
        'avro.java.string': 'String',
      },
    ],
  ])('%s', (_name, schema, avro) => {
    expect(avroOf(schema)).toEqual(avro)
    expect(JSON.stringify(avroOf(schema))).toBe(JSON.stringify(avro))
  })

  function logical(type: string, name: string, logicalType: string): object {
    return {
      type,
      'connect.version': 1,
      'connect.name': `org.apache.kafka.connect.data.${name}`,
      logicalType,
    }
  }
})

describe('structs', () => {
  const inner = SchemaBuilder.struct().field('x', INT32_SCHEMA).build()

  test('name, docs, version and defaults', () => {
    const schema = SchemaBuilder.struct()
      .name('a.b.Order')
      .version(3)
      .doc('connect doc')
      .parameter('io.confluent.connect.avro.record.doc', 'avro doc')
      .parameter('io.confluent.connect.avro.field.doc.id', 'field doc')
      .field('id', INT64_SCHEMA)
      .field('n', SchemaBuilder.int32().defaultValue(7).build())
      .field('o', OPTIONAL_STRING_SCHEMA)
      .field('f', SchemaBuilder.float32().defaultValue(1.1).build())
      .field('d', decimalBuilder(1).defaultValue(new BigDecimal(-1n, 1)).build())
      .build()
    expect(formatWith(NO_META_DATA).schemaOf(schema).text).toBe(
      '{"type":"record","name":"Order","namespace":"a.b","doc":"avro doc","fields":[{"name":"id","type":"long","doc":"field doc"},{"name":"n","type":"int","default":7},{"name":"o","type":["null","string"],"default":null},{"name":"f","type":"float","default":1.1},{"name":"d","type":{"type":"bytes","scale":1,"precision":64,"logicalType":"decimal"},"default":"ÿ"}]}',
    )
    expect(avroOf(schema)).toMatchObject({
      'connect.doc': 'connect doc',
      'connect.version': 3,
      'connect.name': 'a.b.Order',
      fields: [{}, { type: { type: 'int', 'connect.default': 7 }, default: 7 }, {}, {}, {}],
    })
  })

  test('unnamed ones are numbered, equal ones are the same', () => {
    const other = SchemaBuilder.struct().field('y', inner).build()
    const schema = SchemaBuilder.struct().field('a', inner).field('b', other).field('c', inner).build()
    expect(avroOf(schema)).toEqual({
      type: 'record',
      name: 'ConnectDefault',
      namespace: 'io.confluent.connect.avro',
      fields: [
        {
          name: 'a',
          type: { type: 'record', name: 'ConnectDefault2', fields: [{ name: 'x', type: 'int' }] },
        },
        {
          name: 'b',
          type: { type: 'record', name: 'ConnectDefault3', fields: [{ name: 'y', type: 'ConnectDefault2' }] },
        },
        { name: 'c', type: 'ConnectDefault2' },
      ],
    })
  })

  test('an optional struct is a union, and refers to itself where it was written out', () => {
    const value = SchemaBuilder.struct().name('V').optional().field('x', INT32_SCHEMA).build()
    const schema = SchemaBuilder.struct()
      .name('Envelope')
      .field('before', value)
      .field('after', value)
      .build()
    expect(avroOf(schema, NO_META_DATA)).toEqual({
      type: 'record',
      name: 'Envelope',
      fields: [
        {
          name: 'before',
          type: ['null', { type: 'record', name: 'V', fields: [{ name: 'x', type: 'int' }] }],
          default: null,
        },
        { name: 'after', type: ['null', 'V'], default: null },
      ],
    })
  })

  test('two different types of one name are refused: Java writes what cannot be read', () => {
    const a = SchemaBuilder.struct().name('Same').field('x', INT32_SCHEMA).build()
    const b = SchemaBuilder.struct().name('Same').field('x', STRING_SCHEMA).build()
    expect(() => avroOf(SchemaBuilder.struct().field('a', a).field('b', b).build())).toThrow(
      'The name Same stands for two different types in one schema',
    )
    const maps = SchemaBuilder.struct()
      .field('a', SchemaBuilder.map(INT32_SCHEMA, STRING_SCHEMA).build())
      .field('b', SchemaBuilder.map(INT64_SCHEMA, STRING_SCHEMA).build())
      .build()
    expect(() => avroOf(maps)).toThrow('The name io.confluent.connect.avro.MapEntry stands for two')
  })

  test.each<[string, (inner: Schema) => Schema]>([
    ['itself', inner => inner],
    ['in an array', inner => SchemaBuilder.array(inner).build()],
    ['in a struct', inner => SchemaBuilder.struct().name('Between').field('inner', inner).build()],
  ])('so is another one of its name inside a struct: %s', (_name, put) => {
    for (const inner of [SchemaBuilder.struct(), SchemaBuilder.struct().optional()]) {
      const schema = SchemaBuilder.struct()
        .name('A')
        .field('x', OPTIONAL_INT32_SCHEMA)
        .field('child', put(inner.name('A').field('y', OPTIONAL_INT32_SCHEMA).build()))
        .build()
      expect(() => avroOf(schema)).toThrow('The name A stands for two different types in one schema')
    }
  })

  test.each<[string, Schema, Schema]>([
    ['decimals of two scales', decimalSchema(2), decimalSchema(3)],
    ['a decimal and bytes', decimalSchema(2), BYTES_SCHEMA],
    ['milliseconds and a number', TIMESTAMP_SCHEMA, INT64_SCHEMA],
    ['numbers of two lengths', INT8_SCHEMA, INT32_SCHEMA],
  ])('fields tell types of one name apart: %s', (_name, first, second) => {
    const schemas = [first, second].map(x => SchemaBuilder.struct().name('Same').field('x', x).build())
    const both = SchemaBuilder.struct().field('a', schemas[0]!).field('b', schemas[1]!).build()
    expect(() => avroOf(both)).toThrow('The name Same stands for two different types in one schema')
  })

  test('a default that Avro does not take is left out', () => {
    const optionalMap = SchemaBuilder.map(INT32_SCHEMA, STRING_SCHEMA)
      .defaultValue(new Map([[1, 'x']]))
      .build()
    const [field] = (
      avroOf(SchemaBuilder.struct().field('m', optionalMap).build(), NO_META_DATA) as {
        fields: object[]
      }
    ).fields
    expect(field).not.toHaveProperty('default')
  })

  test('a struct as default', () => {
    const built = SchemaBuilder.struct().name('D').field('x', INT32_SCHEMA).field('y', OPTIONAL_STRING_SCHEMA)
    const schema = built.defaultValue(new Struct(built.draft).put('x', 4)).build()
    expect(avroOf(SchemaBuilder.struct().name('R').field('d', schema).build(), NO_META_DATA)).toMatchObject({
      fields: [{ name: 'd', default: { x: 4, y: null } }],
    })
  })
})

describe('enums and unions', () => {
  const color = SchemaBuilder.string()
    .name('a.Color')
    .parameter('io.confluent.connect.avro.enum.doc.Color', 'doc')
    .parameter('io.confluent.connect.avro.enum.default.Color', 'RED')
    .parameter('io.confluent.connect.avro.Enum', 'a.Color')
    .parameter('io.confluent.connect.avro.Enum.RED', 'RED')
    .parameter('io.confluent.connect.avro.Enum.BLUE', 'BLUE')
    .build()

  test('an enum is a string, but with enhanced support', () => {
    expect(avroOf(color, NO_META_DATA)).toBe('string')
    expect(avroOf(color, { ...NO_META_DATA, ...ENHANCED })).toEqual({
      type: 'enum',
      name: 'Color',
      namespace: 'a',
      doc: 'doc',
      symbols: ['RED', 'BLUE'],
      default: 'RED',
    })
    expect(avroOf(color, ENHANCED)).toMatchObject({ 'connect.name': 'a.Color' })
  })

  test('a union struct is a union', () => {
    const record = SchemaBuilder.struct().name('a.R').optional().field('x', INT32_SCHEMA).build()
    const union = SchemaBuilder.struct()
      .name('io.confluent.connect.avro.Union')
      .optional()
      .field('int', OPTIONAL_INT32_SCHEMA)
      .field('R', record)
      .build()
    expect(avroOf(union, NO_META_DATA)).toEqual([
      'null',
      'int',
      { type: 'record', name: 'R', namespace: 'a', fields: [{ name: 'x', type: 'int' }] },
    ])
  })

  test('generalized enums', () => {
    const schema = SchemaBuilder.string()
      .name('E')
      .parameter('org.apache.kafka.connect.data.Enum', 'E')
      .parameter('org.apache.kafka.connect.data.Enum.A', '0')
      .parameter('org.apache.kafka.connect.data.Enum.B', '1')
      .build()
    expect(avroOf(schema, { ...NO_META_DATA, ...GENERALIZED })).toEqual({
      type: 'enum',
      name: 'E',
      symbols: ['A', 'B'],
    })
  })
})

describe('names', () => {
  const schema = SchemaBuilder.struct().name('my-db.1orders.Value').field('unit price', INT32_SCHEMA).build()

  test('what Avro does not take is refused, with the way out', () => {
    expect(() => avroOf(schema)).toThrow(/Illegal/)
    try {
      avroOf(schema)
    } catch (error) {
      expect((error as { hint?: string }).hint).toContain('scrub.invalid.names=true')
    }
  })

  test('or scrubbed', () => {
    expect(avroOf(schema, { 'scrub.invalid.names': 'true', ...NO_META_DATA })).toEqual({
      type: 'record',
      name: 'Value',
      namespace: 'my_db.x1orders',
      fields: [{ name: 'unit_price', type: 'int' }],
    })
  })
})

test('other keys', () => {
  const map = SchemaBuilder.map(OPTIONAL_STRING_SCHEMA, INT32_SCHEMA).build()
  expect(avroOf(map, { 'allow.optional.map.keys': 'true' })).toEqual({ type: 'map', values: 'int' })
  const documented = SchemaBuilder.struct()
    .name('R')
    .field('x', SchemaBuilder.int32().doc('of the field').build())
    .build()
  expect(avroOf(documented, { 'discard.type.doc.default': 'true', ...NO_META_DATA })).toMatchObject({
    fields: [{ name: 'x', type: 'int', doc: 'of the field' }],
  })
})

test('without a schema values are Anything', () => {
  expect(formatWith().schemaOf(null).text).toBe(
    '{"type":"record","name":"Anything","namespace":"io.confluent.connect.avro","fields":[{"name":"boolean","type":["null","boolean"],"default":null},{"name":"bytes","type":["null","bytes"],"default":null},{"name":"double","type":["null","double"],"default":null},{"name":"float","type":["null","float"],"default":null},{"name":"int","type":["null","int"],"default":null},{"name":"long","type":["null","long"],"default":null},{"name":"string","type":["null","string"],"default":null},{"name":"array","type":["null",{"type":"array","items":"Anything"}],"default":null},{"name":"map","type":["null",{"type":"array","items":{"type":"record","name":"MapEntry","fields":[{"name":"key","type":"Anything"},{"name":"value","type":"Anything"}]}}],"default":null}]}',
  )
})
