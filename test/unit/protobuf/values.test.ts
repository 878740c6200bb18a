import { describe, expect, test } from 'bun:test'
import { BigDecimal } from '../../../src/data/big-decimal.ts'
import { decimalSchema } from '../../../src/data/decimal.ts'
import { DataException } from '../../../src/data/errors.ts'
import { DATE_SCHEMA, TIME_SCHEMA, TIMESTAMP_SCHEMA } from '../../../src/data/logical.ts'
import { Float32, Float64, Int8, Int16, Int32 } from '../../../src/data/numbers.ts'
import * as connect from '../../../src/data/schema.ts'
import { ConnectSchema, type Schema, SchemaAndValue } from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import { encodeIndexes, readIndexes } from '../../../src/formats/protobuf/message-indexes.ts'
import { protobufFormat } from '../../../src/formats/protobuf/protobuf-schema.ts'
import { formatOf, read, write } from './format.ts'

const one = (schema: Schema) => SchemaBuilder.struct().name('M').field('v', schema).build()
const inStruct = (schema: Schema, value: unknown) => new Struct(one(schema), [value])

/** The bytes of a struct with that one value, without the message's indexes. */
function bytesOf(schema: Schema, value: unknown, config: Record<string, string> = {}): string {
  const struct = inStruct(schema, value)
  return write(formatOf(config), struct.schema, struct).subarray(1).toString('hex')
}

const typed = (builder: SchemaBuilder, type: string) =>
  builder.parameter('io.confluent.connect.protobuf.Type', type).build()

describe('single values, as Google writes them', () => {
  const cases: [name: string, Schema, unknown, string][] = [
    ['int8', connect.INT8_SCHEMA, -128, '0880ffffffffffffffff01'],
    ['int8 in a class', connect.INT8_SCHEMA, new Int8(5), '0805'],
    ['int16 in a class', connect.INT16_SCHEMA, new Int16(-1), '08ffffffffffffffffff01'],
    ['int32 in a class', connect.INT32_SCHEMA, new Int32(300), '08ac02'],
    ['int32 max', connect.INT32_SCHEMA, 2147483647, '08ffffffff07'],
    ['int64 min', connect.INT64_SCHEMA, -(2n ** 63n), '0880808080808080808001'],
    ['int64 max', connect.INT64_SCHEMA, 2n ** 63n - 1n, '08ffffffffffffffff7f'],
    ['2^53 - 1', connect.INT64_SCHEMA, Number.MAX_SAFE_INTEGER, '08ffffffffffffff0f'],
    ['-(2^53 - 1)', connect.INT64_SCHEMA, Number.MIN_SAFE_INTEGER, '0881808080808080f0ff01'],
    ['a small bigint', connect.INT64_SCHEMA, 5n, '0805'],
    ['0', connect.INT64_SCHEMA, 0, ''],
    ['0n', connect.INT64_SCHEMA, 0n, ''],
    ['sint32', typed(SchemaBuilder.int32(), 'sint32'), -2147483648, '08ffffffff0f'],
    ['sint64 min', typed(SchemaBuilder.int64(), 'sint64'), -(2n ** 63n), '08ffffffffffffffffff01'],
    ['sint64', typed(SchemaBuilder.int64(), 'sint64'), -3, '0805'],
    ['sint64 beyond 32 bits', typed(SchemaBuilder.int64(), 'sint64'), 2 ** 40, '08808080808040'],
    ['uint32 max', typed(SchemaBuilder.int64(), 'uint32'), 4294967295, '08ffffffff0f'],
    ['uint64 max', typed(SchemaBuilder.int64(), 'uint64'), -1, '08ffffffffffffffffff01'],
    ['fixed32 max', typed(SchemaBuilder.int64(), 'fixed32'), 4294967295, '0dffffffff'],
    ['fixed64', typed(SchemaBuilder.int64(), 'fixed64'), -2, '09feffffffffffffff'],
    ['sfixed64', typed(SchemaBuilder.int64(), 'sfixed64'), 2n ** 53n + 1n, '090100000000002000'],
    ['sfixed32', typed(SchemaBuilder.int32(), 'sfixed32'), -1, '0dffffffff'],
    ['0.0', connect.FLOAT64_SCHEMA, 0, ''],
    ['-0.0', connect.FLOAT64_SCHEMA, -0, '090000000000000080'],
    ['-0.0f', connect.FLOAT32_SCHEMA, -0, '0d00000080'],
    ['NaN', connect.FLOAT64_SCHEMA, Number.NaN, '09000000000000f87f'],
    ['-Infinity', connect.FLOAT32_SCHEMA, Number.NEGATIVE_INFINITY, '0d000080ff'],
    ['true', connect.BOOLEAN_SCHEMA, true, '0801'],
    ['false', connect.BOOLEAN_SCHEMA, false, ''],
    ['an empty text', connect.STRING_SCHEMA, '', ''],
    ['a lone surrogate', connect.STRING_SCHEMA, 'a\ud800b\udc00', '0a04613f623f'],
    ['a text beyond the first plane', connect.STRING_SCHEMA, '😀', '0a04f09f9880'],
    ['no bytes', connect.BYTES_SCHEMA, new Uint8Array(), ''],
    ['bytes', connect.BYTES_SCHEMA, Uint8Array.of(0, 255), '0a0200ff'],
    ['no list', SchemaBuilder.array(connect.INT32_SCHEMA).build(), [], ''],
    ['a list of numbers', SchemaBuilder.array(connect.INT32_SCHEMA).build(), [0, 1, 300], '0a040001ac02'],
    ['a list of texts', SchemaBuilder.array(connect.STRING_SCHEMA).build(), ['', 'a'], '0a000a0161'],
    [
      'a map, default values left out',
      SchemaBuilder.map(connect.STRING_SCHEMA, connect.INT32_SCHEMA).build(),
      new Map([
        ['a', 1],
        ['', 0],
      ]),
      '0a050a016110010a00',
    ],
    [
      'a map of Java',
      SchemaBuilder.map(connect.STRING_SCHEMA, connect.INT32_SCHEMA).build(),
      { b: 1, a: 1 },
      '0a050a016110010a050a01621001',
    ],
    ['a decimal', decimalSchema(2), new BigDecimal(-12345n, 2), '0a080a02cfc710051802'],
    ['a decimal 0', decimalSchema(0), new BigDecimal(0n, 0), '0a050a01001001'],
    [
      'a decimal of many digits',
      decimalSchema(-3),
      new BigDecimal(10n ** 40n, -3),
      '0a200a111d6329f1c35ca4bfabb9f561000000000010291 8fdffffffffffffffff01'.replace(' ', ''),
    ],
    ['a date', DATE_SCHEMA, new Date(0), '0a0708b20f10011801'],
    ['midnight of the next day', TIME_SCHEMA, new Date(86_400_000), '0a00'],
    ['an instant before 1970', TIMESTAMP_SCHEMA, new Date(-1), '0a1108ffffffffffffffffff0110c08faedc03'],
  ]
  test.each(cases)('%s', (_name, schema, value, bytes) => {
    expect(bytesOf(schema, value)).toBe(bytes)
  })

  test('a wrapper of an unsigned number is as long as in Java', () => {
    const schema = SchemaBuilder.int64()
      .optional()
      .parameter('io.confluent.connect.protobuf.Type', 'uint32')
      .build()
    const wrapped = { 'wrapper.for.nullables': 'true' }
    expect(bytesOf(schema, 4294967295, wrapped)).toBe('0a0b08ffffffffffffffffff01')
    expect(bytesOf(schema, 0, wrapped)).toBe('0a00')
    expect(bytesOf(schema, null, wrapped)).toBe('')
  })

  test('the default of a field stands for null, unless it is ignored', () => {
    const schema = SchemaBuilder.int32().optional().defaultValue(7).build()
    expect(bytesOf(schema, null)).toBe('0807')
    expect(bytesOf(schema, null, { 'ignore.default.for.nullables': 'true' })).toBe('')
  })

  test('100 KB of text and bytes, and lists as long', () => {
    const long = SchemaBuilder.struct()
      .name('Long')
      .field('text', connect.STRING_SCHEMA)
      .field('bytes', connect.BYTES_SCHEMA)
      .field('list', SchemaBuilder.array(connect.STRING_SCHEMA).build())
      .build()
    const value = new Struct(long)
      .put('text', 'ä'.repeat(100_000))
      .put('bytes', new Uint8Array(100_000).fill(7))
      .put(
        'list',
        Array.from({ length: 10_000 }, (_, i) => `element ${i}`),
      )
    const format = formatOf()
    const own = format.schemaOf(long, null)
    const back = read(format, own, write(format, long, value)).value as Struct
    expect(back.get('text')).toBe('ä'.repeat(100_000))
    expect(Buffer.compare(back.get('bytes') as Buffer, value.get('bytes') as Uint8Array)).toBe(0)
    expect(back.get('list')).toEqual(value.get('list'))
  })
})

describe('values that are none of the schema', () => {
  const address = SchemaBuilder.struct().name('Address').field('zip', connect.INT32_SCHEMA).build()
  const status = SchemaBuilder.string()
    .parameter('io.confluent.connect.protobuf.Enum', 'Status')
    .parameter('io.confluent.connect.protobuf.Enum.ON', '0')
    .parameter('io.confluent.connect.protobuf.Enum.OFF', '1')
    .build()
  const refused: [name: string, Schema, unknown, string][] = [
    [
      'text for a number',
      connect.INT32_SCHEMA,
      'x',
      'Invalid type for INT32: class java.lang.String (field v)',
    ],
    [
      'a number for text',
      connect.STRING_SCHEMA,
      5,
      'Invalid type for STRING: class java.lang.Long (field v)',
    ],
    [
      'a struct for a map',
      SchemaBuilder.map(connect.STRING_SCHEMA, connect.INT32_SCHEMA).build(),
      [1],
      'Invalid type for MAP: class java.util.ArrayList (field v)',
    ],
    [
      'null in a list',
      SchemaBuilder.array(connect.STRING_SCHEMA).build(),
      ['a', null],
      'Protobuf has no null in a list (field v[1])',
    ],
    [
      'a deep one',
      SchemaBuilder.array(address).build(),
      [new Struct(address, ['x'])],
      'Invalid type for INT32: class java.lang.String (field v.zip)',
    ],
    [
      'one in a map',
      SchemaBuilder.map(connect.STRING_SCHEMA, connect.INT32_SCHEMA).build(),
      new Map([['k', 'x']]),
      'Invalid type for INT32: class java.lang.String (field v[k])',
    ],
    [
      'another struct',
      address,
      new Struct(one(connect.INT32_SCHEMA), [1]),
      'Mismatching struct schema (field v)',
    ],
    [
      'an unknown constant',
      status,
      'BROKEN',
      '"BROKEN" is no constant of the enum Status, which has ON, OFF (field v)',
    ],
    [
      'a time beyond the day',
      TIME_SCHEMA,
      new Date(86_400_001),
      'Time values must use number of millis greater than 0 and less than 86400000 (field v)',
    ],
    [
      'a date with a time',
      DATE_SCHEMA,
      new Date(5),
      'Kafka Connect Date type should not have any time fields set to non-zero values. (field v)',
    ],
    ['a date before Christ', DATE_SCHEMA, new Date('-000100-01-01T00:00:00Z'), 'lies before the year 1'],
    ['a year beyond 9999', TIMESTAMP_SCHEMA, new Date('+010000-01-01T00:00:00Z'), 'Timestamp is not valid.'],
    [
      'text for a decimal',
      decimalSchema(1),
      '1.5',
      'Invalid type for Decimal, expected BigDecimal but was class java.lang.String (field v)',
    ],
  ]
  test.each(refused)('%s', (_name, schema, value, message) => {
    expect(() => bytesOf(schema, value)).toThrow(message)
  })

  const long = 'class java.lang.Long'
  const double = 'class java.lang.Double'
  const outside: [Schema, unknown, string][] = [
    [connect.INT8_SCHEMA, 128, `INT8: ${long}`],
    [connect.INT8_SCHEMA, new Int16(1), 'INT8: class java.lang.Short'],
    [connect.INT16_SCHEMA, -32769, `INT16: ${long}`],
    [connect.INT32_SCHEMA, 3e9, `INT32: ${long}`],
    [connect.INT32_SCHEMA, 1.7, `INT32: ${double}`],
    [connect.INT32_SCHEMA, 0.5, `INT32: ${double}`],
    [connect.INT32_SCHEMA, Number.NaN, `INT32: ${double}`],
    [connect.INT32_SCHEMA, new Float64(1), `INT32: ${double}`],
    [connect.INT32_SCHEMA, { value: 5 }, 'INT32: class java.util.HashMap'],
    [connect.INT32_SCHEMA, 5n, `INT32: ${long}`],
    [connect.INT64_SCHEMA, 2n ** 64n + 5n, 'INT64: class java.math.BigInteger'],
    [connect.INT64_SCHEMA, 2 ** 53, `INT64: ${double}`],
    [connect.INT64_SCHEMA, new Int32(1), 'INT64: class java.lang.Integer'],
    [connect.FLOAT32_SCHEMA, new Float64(1), `FLOAT32: ${double}`],
    [connect.FLOAT64_SCHEMA, new Float32(1), 'FLOAT64: class java.lang.Float'],
    [typed(SchemaBuilder.int64(), 'uint32'), 2 ** 32, '4294967296 does not fit into a uint32'],
    [typed(SchemaBuilder.int64(), 'uint32'), -1, '-1 does not fit into a uint32'],
    [typed(SchemaBuilder.int64(), 'fixed32'), 2n ** 40n, '1099511627776 does not fit into a fixed32'],
    [typed(SchemaBuilder.int64().optional(), 'uint32'), 1.5, `INT64: ${double}`],
    [enumOfNumbers(), 1.5, `INT32: ${double}`],
    [enumOfNumbers(), 'x', 'INT32: class java.lang.String'],
  ]
  function enumOfNumbers(): Schema {
    return SchemaBuilder.int32()
      .parameter('io.confluent.connect.protobuf.Enum', 'Status')
      .parameter('io.confluent.connect.protobuf.Enum.ON', '0')
      .build()
  }
  test('numbers outside of their schema, with and without a wrapper', () => {
    const wrapped = { 'wrapper.for.raw.primitives': 'true', 'wrapper.for.nullables': 'true' }
    for (const [schema, value, message] of outside) {
      expect(() => bytesOf(schema, value)).toThrow(message)
      expect(() => bytesOf(schema, value, wrapped)).toThrow(message)
    }
  })

  test('a single number outside of its schema', () => {
    const single = (schema: Schema, value: unknown) => () => write(formatOf(), schema, value)
    expect(single(connect.INT32_SCHEMA, 3e9)).toThrow(`Invalid type for INT32: ${long}`)
    expect(single(connect.INT32_SCHEMA, 1.7)).toThrow(`Invalid type for INT32: ${double}`)
    expect(single(connect.INT64_SCHEMA, 2n ** 64n + 5n)).toThrow('Invalid type for INT64')
  })

  test('a union without a member', () => {
    const union = SchemaBuilder.struct()
      .name('io.confluent.connect.protobuf.Union.u')
      .field('a', connect.OPTIONAL_INT32_SCHEMA)
      .optional()
      .build()
    expect(() => bytesOf(union, new Struct(union))).toThrow('Cannot find non-null field')
    expect(bytesOf(union, new Struct(union).put('a', 0))).toBe('0800')
    expect(bytesOf(union, null)).toBe('')
  })
})

describe('a registered schema that is not the own one', () => {
  const row = SchemaBuilder.struct()
    .name('Row')
    .field('id', connect.INT64_SCHEMA)
    .field('name', connect.STRING_SCHEMA)
    .build()
  const value = new Struct(row, [1, 'a'])
  const target = (text: string) => protobufFormat.parse(`syntax = "proto3"; ${text}`, [])

  test('gives the path to the message of the same name', () => {
    const other = target('message Head {} message Row { int64 id = 1; string name = 2; string more = 3; }')
    expect(write(formatOf(), row, value, other).toString('hex')).toBe('02020801120161')
  })

  test('with other numbers for the same fields is refused: readers would take one for the other', () => {
    const other = target('message Row { int64 id = 2; string name = 1; }')
    expect(() => write(formatOf(), row, value, other)).toThrow(
      "The field Row.id has the number 1 in the data's schema, but 2 in the registered one",
    )
  })

  /** What is said where data of `message M { <own> }` meet a registered file. */
  function refusal(
    fields: readonly [name: string, Schema][],
    text: string,
  ): { message: string; hint?: string } {
    const builder = SchemaBuilder.struct().name('M')
    for (const [name, schema] of fields) builder.field(name, schema)
    const schema = builder.build()
    try {
      write(formatOf(), schema, new Struct(schema), target(text))
    } catch (error) {
      expect(error).toBeInstanceOf(DataException)
      return error as DataException
    }
    throw new Error('was written')
  }

  test('with another field of that number is refused', () => {
    const { message, hint } = refusal([['secret', connect.STRING_SCHEMA]], 'message M { string note = 1; }')
    expect(message).toBe(
      "The field M.secret has the number 1 in the data's schema, which the registered one has for the field M.note",
    )
    expect(hint).toContain('io.confluent.connect.protobuf.Tag')
  })

  test('without a message of that name is refused', () => {
    const { message, hint } = refusal(
      [['id', connect.INT64_SCHEMA]],
      'package shop; message Order { int64 id = 1; }',
    )
    expect(message).toBe(
      'The registered schema has no message M, as which the data are written; it has Order',
    )
    expect(hint).toContain('schema.name=shop.Order')
    expect(() =>
      write(formatOf(), connect.STRING_SCHEMA, 'x', target('message M { string x = 1; }')),
    ).toThrow('The registered schema has no message google.protobuf.StringValue')
  })

  const list = SchemaBuilder.array(connect.INT32_SCHEMA).build()
  const inner = SchemaBuilder.struct().name('In').field('a', connect.STRING_SCHEMA).build()
  const status = SchemaBuilder.string()
    .parameter('io.confluent.connect.protobuf.Enum', 'Status')
    .parameter('io.confluent.connect.protobuf.Enum.ON', '0')
    .parameter('io.confluent.connect.protobuf.Enum.OFF', '1')
    .build()
  const kinds: [name: string, Schema, registered: string, message: string][] = [
    ['int32', connect.INT32_SCHEMA, 'message M { sint32 v = 1; }', 'M.v (number 1) is int32 in the data'],
    ['int64', connect.INT64_SCHEMA, 'message M { fixed64 v = 1; }', 'but fixed64 in the registered one'],
    ['double', connect.FLOAT64_SCHEMA, 'message M { float v = 1; }', 'but float in'],
    ['string', connect.STRING_SCHEMA, 'message M { int32 v = 1; }', 'but int32 in'],
    ['a list', list, 'message M { int32 v = 1; }', 'is repeated int32 in'],
    ['none', connect.INT32_SCHEMA, 'message M { repeated int32 v = 1; }', 'but repeated int32 in'],
    ['a message', inner, 'message M { bytes v = 1; }', 'is M.In in'],
    ['a constant', status, 'message M { string v = 1; }', 'is M.Status in'],
    [
      'other constants',
      status,
      'enum Status { ON = 0; BROKEN = 1; OFF = 2; } message M { Status v = 1; }',
      "The constant OFF of the enum M.Status has the number 1 in the data's schema, but 2 in the registered one",
    ],
    [
      'a field within',
      inner,
      'message M { Out v = 1; message Out { string b = 1; } }',
      'The field M.In.a has the number 1',
    ],
    [
      'the value of a map',
      SchemaBuilder.map(connect.STRING_SCHEMA, connect.INT32_SCHEMA).build(),
      'message M { map<string, sint32> v = 1; }',
      'Entry.value (number 2) is int32',
    ],
  ]
  test.each(kinds)('of another kind is refused: %s', (_name, schema, text, message) => {
    expect(refusal([['v', schema]], text).message).toContain(message)
  })

  test('each message is compared with all that stand for it', () => {
    const both: [string, Schema][] = [
      ['v', inner],
      ['w', inner],
    ]
    const text = 'message In { string a = 1; } message Out { string b = 1; }'
    expect(refusal(both, `message M { In v = 1; Out w = 2; } ${text}`).message).toContain('In.a')
  })

  test('whose readers get the same from the bytes is written with', () => {
    const schema = SchemaBuilder.struct().name('M').field('n', connect.INT32_SCHEMA).field('t', inner).build()
    const data = new Struct(schema, [-1, new Struct(inner, ['x'])])
    const other = target(
      'message M { Text t = 2; int64 n = 1; } message Text { bytes a = 1; int32 more = 2; }',
    )
    const bytes = write(formatOf(), schema, data, other)
    const { value } = read(formatOf(), other, bytes)
    expect((value as Struct).get('n')).toBe(-1)
    expect((value as Struct).get('t')).toMatchObject({ rawValues: [Buffer.from('x'), 0] })
  })
})

describe('message indexes', () => {
  const cases: [number[], string][] = [
    [[0], '00'],
    [[1], '0202'],
    [[0, 2], '040004'],
    [[100, 1], '04c80102'],
  ]
  test.each(cases)('%p', (indexes, bytes) => {
    expect(Buffer.from(encodeIndexes(indexes)).toString('hex')).toBe(bytes)
    const data = Buffer.from(`${bytes}ff`, 'hex')
    expect(readIndexes(data, 0, data.length)).toEqual({ indexes, at: data.length - 1 })
  })

  test('that are none', () => {
    const schema = protobufFormat.parse('syntax = "proto3"; message A { message B { int32 x = 1; } }', [])
    const refused: [string, string][] = [
      ['', 'The message indexes end too early'],
      ['02', 'The message indexes end too early'],
      ['0204', 'Invalid message indexes: [2]; the schema has A'],
      ['04000400', 'Invalid message indexes: [0, 2]'],
      ['0201', 'Invalid message indexes: [-1]'],
      ['feffffff0f', 'The payload starts with 2147483647 message indexes'],
      ['ffffffffffff', 'A message index is longer than five bytes'],
    ]
    for (const [bytes, message] of refused)
      expect(() => read(formatOf(), schema, Buffer.from(bytes, 'hex'))).toThrow(message)
    expect(String(read(formatOf(), schema, Buffer.from('0400000807', 'hex')).value)).toBe('Struct{x=7}')
  })
})

describe('bytes that are no message', () => {
  const schema = protobufFormat.parse(
    `syntax = "proto3"; message M { int32 n = 1; string text = 2; M inner = 3; repeated fixed32 list = 4; map<string, M> named = 5; bytes raw = 6; }`,
    [],
  )
  const TRUNCATED = 'the input ended unexpectedly in the middle of a field'
  const refused: [name: string, hex: string, message: string][] = [
    [
      'a number without an end',
      '08ff',
      `${TRUNCATED}.  This could mean either that the input has been truncated or that an embedded message misreported its own length. (message M in the field n, byte 2 of 2)`,
    ],
    [
      'a number of eleven bytes',
      `08${'ff'.repeat(10)}01`,
      'CodedInputStream encountered a malformed varint. (message M in the field n, byte 11 of 12)',
    ],
    ['a text longer than the rest', '12ffffffff0761', `${TRUNCATED}.`],
    ['bytes of 2 GB', '32ffffffff07', '(message M in the field raw, byte 6 of 6)'],
    [
      'a negative length',
      '12ffffffffffffffffff01',
      'claimed to have negative size. (message M in the field text',
    ],
    [
      'text that is no UTF-8',
      '1202c328',
      'Protocol message had invalid UTF-8. (message M in the field text, byte 4 of 4)',
    ],
    [
      'a message within that is broken',
      '1a041a0208ff',
      '(message M in the field inner.inner.n, byte 6 of 6)',
    ],
    ['a list that is broken', '2203010203', '(message M in the field list, byte 2 of 5)'],
    ['a map that is broken', '2a050a016b1207', '(message M in the field named.value'],
    ['the number 0', '0001', 'Protocol message contained an invalid tag (zero). (message M, byte 1 of 2)'],
    ['a wire type that is none', '0f', 'Protocol message tag had invalid wire type.'],
    ['the end of a group that is none', '0c', 'Protocol message end-group tag did not match expected tag.'],
    ['a group without an end', '3b0801', TRUNCATED],
    ['another end of a group', '3b44', 'Protocol message end-group tag did not match expected tag.'],
  ]
  test.each(refused)('%s', (_name, hex, message) => {
    expect(() => read(formatOf(), schema, Buffer.from(`00${hex}`, 'hex'))).toThrow(message)
  })

  test('unknown fields, groups among them, and fields of another wire type are passed over', () => {
    const { value } = read(
      formatOf(),
      schema,
      Buffer.from('00 3b08013c 7a0161 0d00000000 0807 a00605'.replaceAll(' ', ''), 'hex'),
    )
    expect((value as Struct).get('n')).toBe(7)
  })

  test('messages within messages end at a hundred', () => {
    const nested = (depth: number) => {
      let bytes = Buffer.alloc(0)
      for (let i = 0; i < depth; i++) {
        const length: number[] = []
        for (let rest = bytes.length; ; rest >>= 7) {
          length.push(rest > 127 ? (rest & 127) | 128 : rest)
          if (rest <= 127) break
        }
        bytes = Buffer.concat([Buffer.from([0x1a, ...length]), bytes])
      }
      return Buffer.concat([Buffer.from([0]), bytes])
    }
    expect(() => read(formatOf(), schema, nested(100))).not.toThrow()
    expect(() => read(formatOf(), schema, nested(101))).toThrow('too many levels of nesting')
    expect(() => read(formatOf(), schema, nested(3000))).toThrow('too many levels of nesting')
  })

  test('a message that comes a hundred thousand times is put together at once', () => {
    const { value } = read(
      formatOf(),
      schema,
      Buffer.concat([Buffer.from([0]), Buffer.from('1a020805'.repeat(100_000), 'hex')]),
    )
    expect(((value as Struct).get('inner') as Struct).get('n')).toBe(5)
  })

  test('text of proto2 that is no UTF-8 is read with U+FFFD', () => {
    const proto2 = protobufFormat.parse('message M { optional string text = 2; }', [])
    const { value } = read(formatOf(), proto2, Buffer.from('001202c328', 'hex'))
    expect((value as Struct).get('text')).toBe('\ufffd(')
  })
})

describe('random schemas and values', () => {
  let state = 20260401
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!
  const INTEGERS = [0, 1, -1, 127, -128]
  const LONGS = [...INTEGERS, 2 ** 31, -(2 ** 40), 2n ** 62n, -(2n ** 63n), 2n ** 63n - 1n]
  const DOUBLES = [0, -0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 5e-324]
  const TEXTS = ['', 'a', 'Straße', 'x'.repeat(200), '😀\u0000']

  const LEAVES: readonly (() => [SchemaBuilder, () => unknown])[] = [
    () => [SchemaBuilder.int8(), () => pick(INTEGERS)],
    () => [SchemaBuilder.int16(), () => pick([...INTEGERS, 32767, -32768])],
    () => [SchemaBuilder.int32(), () => pick([...INTEGERS, 2147483647, -2147483648])],
    () => [SchemaBuilder.int64(), () => pick(LONGS)],
    () => [SchemaBuilder.float32(), () => Math.fround(pick(DOUBLES))],
    () => [SchemaBuilder.float64(), () => pick(DOUBLES)],
    () => [SchemaBuilder.bool(), () => random(2) === 1],
    () => [SchemaBuilder.string(), () => pick(TEXTS)],
    () => [SchemaBuilder.bytes(), () => Buffer.from(pick(TEXTS))],
  ]

  type Made = readonly [Schema, () => unknown]
  let names = 0

  function made(depth: number, inList = false): Made {
    const kind = random(depth > 3 ? 6 : 10)
    if (kind < 6) {
      const [builder, value] = pick(LEAVES)()
      const optional = !inList && random(3) === 0
      return [
        (optional ? builder.optional() : builder).build(),
        optional ? () => (random(3) === 0 ? null : value()) : value,
      ]
    }
    if (kind === 6 && !inList) {
      const [schema, value] = made(depth + 1, true)
      if (schema.type !== 'MAP')
        return [SchemaBuilder.array(schema).build(), () => Array.from({ length: random(4) }, value)]
    }
    if (kind === 7 && !inList) {
      const [schema, value] = made(depth + 1, true)
      const map = SchemaBuilder.map(connect.STRING_SCHEMA, schema).build()
      return [map, () => new Map(Array.from({ length: random(4) }, () => [`k${random(9)}`, value()]))]
    }
    return struct(depth + 1)
  }

  function struct(depth: number): Made {
    const builder = SchemaBuilder.struct().name(`S${names++}`)
    const makers: (() => unknown)[] = []
    for (let i = random(6); i >= 0; i--) {
      const [schema, value] = made(depth)
      builder.field(`f${makers.length}`, schema)
      makers.push(value)
    }
    const schema = builder.build()
    return [
      schema,
      () =>
        new Struct(
          schema,
          makers.map(make => make() ?? null),
        ),
    ]
  }

  /** What is left of a value: names and versions of schemas change, but not what is in them. */
  function essence(value: unknown): unknown {
    if (value instanceof Struct) return value.rawValues.map(essence)
    if (value instanceof Map)
      return [...value].map(([k, v]) => [k, essence(v)]).sort(([a], [b]) => (a! < b! ? -1 : 1))
    if (Array.isArray(value)) return value.map(essence)
    if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
    if (typeof value === 'bigint' || typeof value === 'number')
      return Object.is(value, -0) ? '-0' : String(value)
    return value
  }

  test('come back as they were', () => {
    // Without labels null is the default value.
    const format = formatOf({ 'optional.for.nullables': 'true' })
    for (let i = 0; i < 300; i++) {
      const [schema, make] = struct(0)
      const own = format.schemaOf(schema, null)
      const text = protobufFormat.parse(own.text, [])
      expect(text.text).toBe(own.text)
      const reader = format.reader(text, 1)
      for (let k = 0; k < 5; k++) {
        const value = make()
        const bytes = write(format, schema, value)
        const into = new SchemaAndValue()
        reader(bytes, 0, bytes.length, into)
        expect(essence(into.value)).toEqual(essence(value))
        expect(write(format, into.schema!, into.value).length).toBe(bytes.length)
      }
    }
  })
})

test('a schema that was made anew is another one, with the same text', () => {
  const format = formatOf()
  const again = () =>
    format.schemaOf(new ConnectSchema('STRUCT', { name: 'M', fields: one(connect.INT8_SCHEMA).fields }), null)
  expect(again()).not.toBe(again())
  expect(again().text).toBe(again().text)
})
