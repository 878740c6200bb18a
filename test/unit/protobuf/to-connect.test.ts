/** After ProtobufDataTest of confluentinc/schema-registry (protobuf-converter). Bytes are without the message's indexes. */
import { describe, expect, test } from 'bun:test'
import { BigDecimal } from '../../../src/data/big-decimal.ts'
import type { Schema } from '../../../src/data/schema.ts'
import { Struct } from '../../../src/data/struct.ts'
import { protobufFormat } from '../../../src/formats/protobuf/protobuf-schema.ts'
import { formatOf, read, readMessage, write } from './format.ts'

/** Everything that a schema says, in a form that prints well. */
function shapeOf(schema: Schema): unknown {
  const parameters = [...(schema.parameters ?? [])].map(
    ([name, value]) => `${name.replace('io.confluent.connect.protobuf.', '')}=${value}`,
  )
  const head = [
    schema.optional ? 'optional' : 'required',
    schema.type,
    ...(schema.name === null ? [] : [schema.name]),
    ...(schema.version === null ? [] : [`v${schema.version}`]),
    ...parameters,
  ].join(' ')
  if (schema.type === 'STRUCT')
    return { [head]: Object.fromEntries(schema.fields.map(field => [field.name, shapeOf(field.schema)])) }
  if (schema.type === 'ARRAY') return { [head]: shapeOf(schema.valueSchema!) }
  if (schema.type === 'MAP') return { [head]: [shapeOf(schema.keySchema!), shapeOf(schema.valueSchema!)] }
  return head
}

function plain(value: unknown): unknown {
  if (value instanceof Struct)
    return Object.fromEntries(value.schema.fields.map((field, i) => [field.name, plain(value.rawValues[i])]))
  if (value instanceof Map) return new Map([...value].map(([key, own]) => [key, plain(own)]))
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof BigDecimal) return value.toString()
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  return value
}

const NESTED = `syntax = "proto3";
import "google/protobuf/timestamp.proto";
message NestedMessage {
  message InnerMessage { string id = 1; repeated int32 ids = 2 [packed = true]; }
  UserId user_id = 1;
  bool is_active = 2;
  repeated string experiments_active = 3;
  google.protobuf.Timestamp updated_at = 4;
  Status status = 5;
  ComplexType complex_type = 6;
  map<string, string> map_type = 7;
  InnerMessage inner = 8;
}
message UserId { oneof user_id { string kafka_user_id = 1; int32 other_user_id = 2; MessageId another_id = 3; } }
message MessageId { string id = 1; }
message ComplexType { oneof some_val { string one_id = 1; int32 other_id = 2; } bool is_active = 3; }
enum Status { ACTIVE = 0; INACTIVE = 1; }
`
const NESTED_BYTES = `0a09 0a076d795f75736572 1001 1a10 6669727374206578706572696d656e74
  2206 088099fccd05 2801 3a0e 0a0548656c6c6f 1205576f726c64 4200`

describe('a message with messages', () => {
  test('its schema', () => {
    const { schema } = readMessage(formatOf(), NESTED, '', 7)
    const status = 'optional STRING Status Enum=Status Enum.ACTIVE=0 Enum.INACTIVE=1'
    expect(shapeOf(schema!)).toEqual({
      'required STRUCT NestedMessage v7': {
        user_id: {
          'optional STRUCT UserId Tag=1': {
            user_id_0: {
              'optional STRUCT io.confluent.connect.protobuf.Union.user_id': {
                kafka_user_id: 'optional STRING Tag=1',
                other_user_id: 'optional INT32 Tag=2',
                another_id: { 'optional STRUCT MessageId Tag=3': { id: 'optional STRING Tag=1' } },
              },
            },
          },
        },
        is_active: 'optional BOOLEAN Tag=2',
        experiments_active: { 'optional ARRAY Tag=3': 'optional STRING' },
        updated_at: 'optional INT64 org.apache.kafka.connect.data.Timestamp v1 Tag=4',
        status: `${status} Tag=5`,
        complex_type: {
          'optional STRUCT ComplexType Tag=6': {
            some_val_0: {
              'optional STRUCT io.confluent.connect.protobuf.Union.some_val': {
                one_id: 'optional STRING Tag=1',
                other_id: 'optional INT32 Tag=2',
              },
            },
            is_active: 'optional BOOLEAN Tag=3',
          },
        },
        map_type: { 'optional MAP map_type Tag=7': ['optional STRING Tag=1', 'optional STRING Tag=2'] },
        inner: {
          'optional STRUCT InnerMessage Tag=8': {
            id: 'optional STRING Tag=1',
            ids: { 'optional ARRAY Tag=2': 'optional INT32' },
          },
        },
      },
    })
  })

  test('its values, and the same bytes again', () => {
    const { schema, value } = readMessage(formatOf(), NESTED, NESTED_BYTES)
    expect(plain(value)).toEqual({
      user_id: { user_id_0: { kafka_user_id: 'my_user', other_user_id: null, another_id: null } },
      is_active: true,
      experiments_active: ['first experiment'],
      updated_at: '2017-09-18T00:00:00.000Z',
      status: 'INACTIVE',
      complex_type: null,
      map_type: new Map([['Hello', 'World']]),
      inner: { id: '', ids: [] },
    })
    ;(value as Struct).validate()
    expect(write(formatOf(), schema!, value).toString('hex')).toBe(`00${NESTED_BYTES.replaceAll(/\s/g, '')}`)
  })

  test('nothing in it: default values, no messages', () => {
    const { schema, value } = readMessage(formatOf(), NESTED, '')
    expect(plain(value)).toEqual({
      user_id: null,
      is_active: false,
      experiments_active: [],
      updated_at: null,
      status: 'ACTIVE',
      complex_type: null,
      map_type: new Map(),
      inner: null,
    })
    expect(write(formatOf(), schema!, value).toString('hex')).toBe('00')
  })

  test('with int.for.enums', () => {
    const format = formatOf({ 'int.for.enums': 'true' })
    const { schema, value } = readMessage(format, NESTED, NESTED_BYTES)
    expect(shapeOf(schema!.field('status')!.schema)).toBe(
      'optional INT32 Status Enum=Status Enum.ACTIVE=0 Enum.INACTIVE=1 Tag=5',
    )
    expect((value as Struct).get('status')).toBe(1)
    expect(write(formatOf(), schema!, value).toString('hex')).toBe(`00${NESTED_BYTES.replaceAll(/\s/g, '')}`)
  })

  test('with generalized.sum.type.support', () => {
    const format = formatOf({ 'generalized.sum.type.support': 'true' })
    const { schema, value } = readMessage(format, NESTED, NESTED_BYTES)
    expect(shapeOf(schema!.field('status')!.schema)).toBe(
      'optional STRING Status org.apache.kafka.connect.data.Enum=Status org.apache.kafka.connect.data.Enum.ACTIVE=0 org.apache.kafka.connect.data.Enum.INACTIVE=1 Tag=5',
    )
    expect(shapeOf(schema!.field('user_id')!.schema.fields[0]!.schema)).toMatchObject({
      'optional STRUCT user_id org.apache.kafka.connect.data.Union=user_id': {},
    })
    expect(write(format, schema!, value).toString('hex')).toBe(`00${NESTED_BYTES.replaceAll(/\s/g, '')}`)
  })

  test('with generate.struct.for.nulls', () => {
    const { value } = readMessage(formatOf({ 'generate.struct.for.nulls': 'true' }), NESTED, '')
    expect(plain(value)).toMatchObject({
      user_id: { user_id_0: null },
      updated_at: '1970-01-01T00:00:00.000Z',
      complex_type: { some_val_0: null, is_active: false },
      inner: { id: '', ids: [] },
    })
  })
})

describe('oneofs', () => {
  const TWO = `syntax = "proto3"; package foo; message Customer { int64 count = 1; string first_name = 2;
    oneof survey_id { string survey_response_id = 5; string outgoing_action_id = 6; }
    oneof comment { string email = 7; string platform = 8; } }`

  test('count on', () => {
    const { value } = readMessage(formatOf(), TWO, '1203426f62 3203616374 420470617266')
    expect(plain(value)).toEqual({
      survey_id_0: { survey_response_id: null, outgoing_action_id: 'act' },
      comment_1: { email: null, platform: 'parf' },
      count: 0,
      first_name: 'Bob',
    })
  })

  test('without an index, and flat', () => {
    const bytes = '3203616374 420470617266'
    expect(
      plain(readMessage(formatOf({ 'generate.index.for.unions': 'false' }), TWO, bytes).value),
    ).toMatchObject({
      survey_id: { outgoing_action_id: 'act' },
      comment: { platform: 'parf' },
    })
    const flat = readMessage(formatOf({ 'flatten.unions': 'true' }), TWO, `2a0161 ${bytes}`)
    expect(shapeOf(flat.schema!)).toEqual({
      'required STRUCT Customer': {
        survey_response_id: 'optional STRING Tag=5',
        outgoing_action_id: 'optional STRING Tag=6',
        email: 'optional STRING Tag=7',
        platform: 'optional STRING Tag=8',
        count: 'optional INT64 Tag=1',
        first_name: 'optional STRING Tag=2',
      },
    })
    expect(plain(flat.value)).toEqual({
      survey_response_id: null,
      outgoing_action_id: 'act',
      email: null,
      platform: 'parf',
      count: 0,
      first_name: '',
    })
  })

  test('a default value that is set, and the last of two', () => {
    const text =
      'syntax = "proto3"; message C { oneof some_val { string one_id = 1; int32 other_id = 2; } bool a = 3; }'
    const { schema, value } = readMessage(formatOf(), text, '0a0161 1000')
    expect(plain(value)).toEqual({ some_val_0: { one_id: null, other_id: 0 }, a: false })
    expect(write(formatOf(), schema!, value).toString('hex')).toBe('001000')
  })

  test('messages of a oneof that come again are put together, unless another member came between', () => {
    const text = `syntax = "proto3"; message C { oneof v { M m = 1; string s = 2; M n = 3; } M plain = 4; }
      message M { int32 a = 1; repeated int32 b = 2; }`
    const messages = (hex: string) => plain(readMessage(formatOf(), text, hex).value)
    const m = (a: number, b: number[]) => ({ a, b })
    expect(messages('0a02 0801 0a04 10051006')).toEqual({
      v_0: { m: m(1, [5, 6]), s: null, n: null },
      plain: null,
    })
    expect(messages('0a02 0801 120178 0a02 1005')).toEqual({
      v_0: { m: m(0, [5]), s: null, n: null },
      plain: null,
    })
    expect(messages('0a02 0801 0a02 1005 120178')).toEqual({ v_0: { m: null, s: 'x', n: null }, plain: null })
    expect(messages('0a02 0801 0a02 1005 1a02 0807')).toEqual({
      v_0: { m: null, s: null, n: m(7, []) },
      plain: null,
    })
    expect(messages('2202 0801 2202 1005 2204 08021006')).toEqual({ v_0: null, plain: m(2, [5, 6]) })
  })
})

describe('what may be missing', () => {
  const OPTIONAL =
    'syntax = "proto3"; message KeyValue { int32 key = 1; optional string value = 2; optional int32 n = 3; }'

  test('optional fields of proto3', () => {
    const { schema, value } = readMessage(formatOf(), OPTIONAL, '087b')
    expect(plain(value)).toEqual({ key: 123, value: null, n: null })
    expect(shapeOf(schema!)).toEqual({
      'required STRUCT KeyValue': {
        key: 'optional INT32 Tag=1',
        value: 'optional STRING Tag=2',
        n: 'optional INT32 Tag=3',
      },
    })
  })

  test('with optional.for.nullables, there and back', () => {
    const format = formatOf({ 'optional.for.nullables': 'true' })
    const { schema, value } = readMessage(format, OPTIONAL, '087b 1800')
    expect(shapeOf(schema!)).toEqual({
      'required STRUCT KeyValue': {
        key: 'required INT32 Tag=1',
        value: 'optional STRING Tag=2',
        n: 'optional INT32 Tag=3',
      },
    })
    expect(plain(value)).toEqual({ key: 123, value: null, n: 0 })
    expect(write(format, schema!, value).toString('hex')).toBe('00087b1800')
  })

  const WRAPPED = `syntax = "proto3"; import "google/protobuf/wrappers.proto"; message KeyValue {
    int32 key = 1; google.protobuf.StringValue a = 2; google.protobuf.UInt32Value b = 3; repeated google.protobuf.Int64Value c = 4; }`

  test('wrappers: structs, or values with wrapper.for.nullables', () => {
    const bytes = '087b 12040a026869 1a0308c803'
    const structs = readMessage(formatOf(), WRAPPED, bytes)
    expect(shapeOf(structs.schema!)).toMatchObject({
      'required STRUCT KeyValue': {
        a: { 'optional STRUCT StringValue Tag=2': { value: 'optional STRING Tag=1' } },
        b: { 'optional STRUCT UInt32Value Tag=3': { value: 'optional INT64 Type=uint32 Tag=1' } },
      },
    })
    expect(plain(structs.value)).toEqual({ key: 123, a: { value: 'hi' }, b: { value: 456 }, c: [] })
    const format = formatOf({ 'wrapper.for.nullables': 'true' })
    const values = readMessage(format, WRAPPED, `${bytes} 2200 22020805`)
    expect(shapeOf(values.schema!)).toEqual({
      'required STRUCT KeyValue': {
        key: 'required INT32 Tag=1',
        a: 'optional STRING Tag=2',
        b: 'optional INT64 Tag=3',
        c: { 'optional ARRAY Tag=4': 'optional INT64' },
      },
    })
    expect(plain(values.value)).toEqual({ key: 123, a: 'hi', b: 456, c: [0, 5] })
    expect(write(format, values.schema!, values.value).toString('hex')).toBe(
      `00${bytes.replaceAll(' ', '')}220022020805`,
    )
    expect(plain(readMessage(format, WRAPPED, '1200').value)).toEqual({ key: 0, a: '', b: null, c: [] })
  })

  const PROTO2 = `syntax = "proto2"; message KeyValue { required int32 key = 1; optional string value = 2 [default = "none"];
    optional E e = 3; optional double d = 4 [default = -inf]; repeated int32 list = 5; enum E { B = 5; A = 1; } }`

  test('fields of proto2', () => {
    expect(plain(readMessage(formatOf(), PROTO2, '087b').value)).toEqual({
      key: 123,
      value: null,
      e: null,
      d: null,
      list: [],
    })
    const defaults = readMessage(formatOf({ 'optional.for.proto2': 'false' }), PROTO2, '087b')
    expect(plain(defaults.value)).toEqual({
      key: 123,
      value: 'none',
      e: 'B',
      d: Number.NEGATIVE_INFINITY,
      list: [],
    })
    expect(() => readMessage(formatOf(), PROTO2, '120161')).toThrow(
      'Message missing required fields: key (message KeyValue, byte 3 of 3)',
    )
  })

  test('a constant that a closed enum does not have is passed over, one of an open enum is named', () => {
    expect(plain(readMessage(formatOf(), PROTO2, '087b 1807').value)).toMatchObject({ e: null })
    const open = 'syntax = "proto3"; message M { E e = 1; repeated E f = 2; } enum E { A = 0; }'
    expect(plain(readMessage(formatOf(), open, '0807 12020009').value)).toEqual({
      e: 'UNKNOWN_ENUM_VALUE_E_7',
      f: ['A', 'UNKNOWN_ENUM_VALUE_E_9'],
    })
  })
})

describe('a wrapper as record', () => {
  const text = protobufFormat.parse(
    'import "google/protobuf/wrappers.proto"; message X { optional google.protobuf.Int32Value v = 1; }',
    [],
  )
  test('is the value in it', () => {
    const format = formatOf()
    const schema = format.schemaOf(readMessage(format, NESTED, '').schema!.field('is_active')!.schema, true)
    expect(schema.name).toBe('google.protobuf.BoolValue')
    const bool = read(format, schema, Buffer.from('020c0801', 'hex'), 3)
    expect(shapeOf(bool.schema!)).toBe('required BOOLEAN v3')
    expect(bool.value).toBe(true)
    expect(read(format, schema, Buffer.from('0208', 'hex')).value).toBe(0)
    const struct = read(
      formatOf({ 'wrapper.for.raw.primitives': 'false' }),
      schema,
      Buffer.from('020c0801', 'hex'),
    )
    expect(shapeOf(struct.schema!)).toEqual({
      'required STRUCT BoolValue': { value: 'optional BOOLEAN Tag=1' },
    })
    expect(text.name).toBe('X')
  })
})

describe('names in full', () => {
  test('of unions, enums and maps', () => {
    const format = formatOf({ 'enhanced.protobuf.schema.support': 'true' })
    const schema = readMessage(
      format,
      `syntax = "proto3"; package foo; message Event { Action action = 1; Target target = 2;
       message Target { oneof payload { string payload_id = 1; Action action = 2; } enum Action { ON = 0; OFF = 1; } }
       oneof payload { string payload_id = 3; } map<string, string> my_tags = 4; enum Action { ON = 0; OFF = 1; } }`,
      '',
    ).schema!
    expect(schema.name).toBe('foo.Event')
    expect(schema.field('payload_0')!.schema.name).toBe(
      'io.confluent.connect.protobuf.Union.foo.Event.payload',
    )
    expect(schema.field('action')!.schema.name).toBe('foo.Event.Action')
    expect(schema.field('my_tags')!.schema.name).toBe('foo.Event.my_tags')
    const inner = schema.field('target')!.schema.field('payload_0')!.schema.field('action')!.schema
    expect(inner.name).toBe('foo.Event.Target.Action')
  })
})

describe('messages that hold themselves', () => {
  const TREE =
    'syntax = "proto3"; message Tree { string name = 1; Tree left = 2; repeated Tree more = 3; map<string, Tree> named = 4; }'
  test('there and back, through another converter as well', () => {
    const bytes = '0a0172 1208 0a0161 1203 0a0162 1a03 0a0163 2208 0a016b 1203 0a0164'.replaceAll(' ', '')
    const format = formatOf()
    const { schema, value } = readMessage(format, TREE, bytes)
    expect(plain(value)).toMatchObject({
      name: 'r',
      left: { name: 'a', left: { name: 'b', left: null, more: [], named: new Map() } },
      more: [{ name: 'c' }],
      named: new Map([['k', { name: 'd', left: null, more: [], named: new Map() }]]),
    })
    const written = formatOf().schemaOf(schema!, value)
    expect(written.text).toContain('Tree left = 2;')
    expect(write(format, schema!, value).toString('hex')).toBe(`00${bytes}`)
    expect(plain(read(format, written, write(format, schema!, value)).value)).toEqual(plain(value))
    const again = readMessage(formatOf(), TREE, bytes)
    expect(again.value).not.toBe(value)
    ;(again.value as Struct).validate()
  })

  test('many messages that all hold each other are read, and refused where each way around would be written', () => {
    const all = Array.from({ length: 40 }, (_, i) => i)
    const fields = all.map(j => `A${j} f${j} = ${j + 1};`).join(' ')
    const text = `syntax = "proto3"; ${all.map(i => `message A${i} { ${fields} }`).join(' ')}`
    const { schema, value } = readMessage(formatOf(), text, '0a0412020a00')
    expect(String(value)).toBe('Struct{f0=Struct{f1=Struct{f0=Struct{}}}}')
    expect(() => formatOf().schemaOf(schema!, value)).toThrow('The schema needs more than 10000 messages')
  })

  test('a message through another, and generate.struct.for.nulls ends', () => {
    const text = 'syntax = "proto3"; message A { B b = 1; int32 x = 2; } message B { A a = 1; }'
    const { schema, value } = readMessage(formatOf(), text, '0a040a021007')
    expect(plain(value)).toEqual({ b: { a: { b: null, x: 7 } }, x: 0 })
    expect(write(formatOf(), schema!, value).toString('hex')).toBe('000a040a021007')
    const filled = readMessage(formatOf({ 'generate.struct.for.nulls': 'true' }), text, '')
    expect(plain(filled.value)).toMatchObject({ x: 0 })
  })
})

describe('decimals, dates and times', () => {
  const TEXT = `syntax = "proto3"; import "confluent/type/decimal.proto"; message M {
    confluent.type.Decimal dec = 1 [(confluent.field_meta) = { params: [{ key: "precision", value: "8" }, { key: "scale", value: "3" }] }];
    google.type.Date day = 2; google.type.TimeOfDay time = 3; google.protobuf.Timestamp at = 4; }`

  test('schema and values, and the same bytes again', () => {
    const bytes =
      '0a0a 0a0400bc614e 1008 1803 1207 08e10f 1009 1812 1a0b 080b 100c 180d 2080f6e042 2211 08ffffffffffffffffff01 10c08faedc03'
    const { schema, value } = readMessage(formatOf(), TEXT, bytes)
    expect(shapeOf(schema!)).toEqual({
      'required STRUCT M': {
        dec: 'optional BYTES org.apache.kafka.connect.data.Decimal v1 scale=3 connect.decimal.precision=8 Tag=1',
        day: 'optional INT32 org.apache.kafka.connect.data.Date v1 Tag=2',
        time: 'optional INT32 org.apache.kafka.connect.data.Time v1 Tag=3',
        at: 'optional INT64 org.apache.kafka.connect.data.Timestamp v1 Tag=4',
      },
    })
    expect(plain(value)).toEqual({
      dec: '12345.678',
      day: '2017-09-18T00:00:00.000Z',
      time: '1970-01-01T11:12:13.140Z',
      at: '1969-12-31T23:59:59.999Z',
    })
    expect(write(formatOf(), schema!, value).toString('hex')).toBe(`00${bytes.replaceAll(' ', '')}`)
  })

  test('days before 1582 are those of the Julian calendar, both ways', () => {
    for (const [year, month, day, iso] of [
      [1582, 10, 15, '1582-10-15'],
      [1582, 10, 4, '1582-10-14'],
      [1000, 2, 29, '1000-03-06'],
      [1, 1, 1, '0000-12-30'],
    ] as const) {
      const date = Buffer.concat([varint(1, year), varint(2, month), varint(3, day)])
      const { schema, value } = readMessage(formatOf(), TEXT, `12${hex(date.length)}${date.toString('hex')}`)
      expect((value as Struct).get('day')).toEqual(new Date(`${iso}T00:00:00Z`))
      expect(write(formatOf(), schema!, value).toString('hex')).toBe(
        `0012${hex(date.length)}${date.toString('hex')}`,
      )
    }
  })

  test('what is none', () => {
    const refused: [string, string][] = [
      ['1200', '0-0-0 (year, month, day) is no date (message M in the field day, byte 2 of 2)'],
      ['1207 08e10f 1002 181d', '2017-2-29 (year, month, day) is no date'],
      ['1207 08ae0c 100a 180a', '1582-10-10 (year, month, day) is no date'],
      ['1a02 0818', '24:0:0 and 0 nanoseconds is no time of day'],
      ['2207 08ffffffffff7f', 'Timestamp is not valid.'],
    ]
    for (const [bytes, message] of refused)
      expect(() => readMessage(formatOf(), TEXT, bytes)).toThrow(message)
  })
})

function varint(number: number, value: number): Buffer {
  return value < 128
    ? Buffer.from([number * 8, value])
    : Buffer.from([number * 8, (value & 127) | 128, value >> 7])
}

function hex(value: number): string {
  return value.toString(16).padStart(2, '0')
}
