import { afterAll, beforeAll, expect, test } from 'bun:test'
import { protobufConverterPlugin } from '../../../src/converters/protobuf/protobuf-converter.ts'
import { BigDecimal } from '../../../src/data/big-decimal.ts'
import * as S from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import { chain, thrown, write } from '../../unit/registry-client/conversions.ts'
import { BY_RECORD, CrossReading, INSTALL_MS, LATEST } from './cross-reading.ts'
import { COLUMNS, ISO, type Looks, NON_FINITE, seen, structOf } from './cross-reading-values.ts'

const looks: Looks = {
  ...ISO,
  bytes: value => Buffer.from(value),
  decimal: value => value,
  // As in the JVM, their entries are messages of their own, not marked as those of a map.
  listsAllMaps: true,
}

const everything = structOf('shop.all.All', [...COLUMNS, ...NON_FINITE])
const color = SchemaBuilder.string()
  .name('Color')
  .parameter('io.confluent.connect.protobuf.Enum', 'Color')
  .parameter('io.confluent.connect.protobuf.Enum.RED', '0')
  .parameter('io.confluent.connect.protobuf.Enum.GREEN', '1')
  .parameter('io.confluent.connect.protobuf.Enum.NONE', '-1')
  .build()
const street = SchemaBuilder.struct().name('Street').field('name', S.STRING_SCHEMA).optional().build()
const choice = SchemaBuilder.struct()
  .name('io.confluent.connect.protobuf.Union.choice')
  .field('long', S.OPTIONAL_INT64_SCHEMA)
  .field('text', S.OPTIONAL_STRING_SCHEMA)
  .field('street', street)
  .optional()
  .build()
const unsigned = (type: string) =>
  SchemaBuilder.int64().parameter('io.confluent.connect.protobuf.Type', type).build()
const picked = SchemaBuilder.struct()
  .name('shop.Picked')
  .field('color', color)
  .field('choice_0', choice)
  .field('uint64', unsigned('uint64'))
  .field('fixed32', unsigned('fixed32'))
  .field('sint64', unsigned('sint64'))
  .build()
const choices = [
  null,
  new Struct(choice).put('long', 2n ** 63n - 1n),
  new Struct(choice).put('text', ''),
  new Struct(choice).put('street', new Struct(street).put('name', 'ß')),
]

const home = SchemaBuilder.struct().name('Place').field('street', S.STRING_SCHEMA).build()
const housed = SchemaBuilder.struct()
  .name('shop.Housed')
  .field('id', S.INT32_SCHEMA)
  .field('home', home)
  .build()

const housedValue = new Struct(housed).put('id', 1).put('home', new Struct(home).put('street', 'ß'))

let cross: CrossReading
const sent: Record<string, number> = {}
beforeAll(async () => {
  cross = await CrossReading.of(protobufConverterPlugin)
  const nullable = { config: { 'optional.for.nullables': 'true' } }
  sent['all'] = await cross.write('ours-all', everything.schema, everything.rows, nullable)
  sent['wrapped'] = await cross.write('ours-wrapped', everything.schema, everything.rows, {
    config: { 'wrapper.for.nullables': 'true' },
  })
  sent['picked'] = await cross.write(
    'ours-picked',
    picked,
    choices.map((one, i) =>
      new Struct(picked)
        .put('color', ['RED', 'GREEN', 'NONE', 'RED'][i])
        .put('choice_0', one)
        .put('uint64', -1)
        .put('fixed32', 2 ** 32 - 1)
        .put('sint64', -(2n ** 63n)),
    ),
  )
  // In the latest version the message is not the first one, and has a field more.
  const latest = `syntax = "proto3"; package shop;
    message Other { int32 x = 1; }
    message Noted { string more = 3; string note = 2; int32 id = 1; }`
  Object.assign(sent, await cross.writeNamed({ schemaType: 'PROTOBUF', schema: latest }))
  const theirs =
    'syntax = "proto3"; package theirs; message Noted { int32 id = 1; string note = 2; bytes more = 3; }'
  await cross.register('theirs-latest-value', { schemaType: 'PROTOBUF', schema: theirs })
  const place = 'syntax = "proto3"; package shop.common; message Place { string street = 1; }'
  await cross.register('place', { schemaType: 'PROTOBUF', schema: place })
  await cross.register('ours-references-value', {
    schemaType: 'PROTOBUF',
    schema: `syntax = "proto3"; package shop; import "place.proto";
      message Housed { int32 id = 1; shop.common.Place home = 2; }`,
    references: [{ name: 'place.proto', subject: 'place', version: 1 }],
  })
  sent['references'] = await cross.write(
    'ours-references',
    housed,
    [housedValue],
    // The data's own schema has the message inside the other.
    { config: { ...LATEST, 'latest.compatibility.strict': 'false' } },
  )
  await cross.askPython('cross_protobuf.py')
}, INSTALL_MS)
afterAll(() => cross.close())

const read = (name: string): unknown[] => cross.pythonRead(sent[name]!)

test('Python reads every type of Connect as it was written', () => {
  const rows = read('all')
  for (const [i, row] of everything.rows.entries())
    expect(rows[i]).toEqual(seen(everything.schema, row, looks))
})

test('Python reads nulls and defaults apart where they are wrapped', () => {
  const rows = read('wrapped')
  for (const [i, row] of everything.rows.entries())
    expect(rows[i]).toEqual(seen(everything.schema, row, looks))
})

test('Python reads our enums, oneofs and numbers of other encodings', () => {
  const others = { uint64: 2n ** 64n - 1n, fixed32: 2n ** 32n - 1n, sint64: -(2n ** 63n) }
  const none = { long: null, text: null, street: null }
  expect(read('picked')).toEqual([
    { color: 'RED', ...none, ...others },
    { color: 'GREEN', ...none, long: 2n ** 63n - 1n, ...others },
    { color: 'NONE', ...none, text: '', ...others },
    { color: 'RED', ...none, street: { name: 'ß' }, ...others },
  ])
})

test('Python reads keys that have no struct around them', () => {
  expect(read('key')).toEqual([-(2n ** 63n), 0n, 2n ** 63n - 1n])
})

test('Python reads what was written by the latest version, and under the record’s name', async () => {
  expect(read('latest')).toEqual([{ more: '', note: 'ß', id: -7n }])
  expect(await cross.versions('ours-latest-value')).toHaveLength(1)
  expect(read('byRecord')).toEqual([{ id: 1n, note: '' }])
  expect(await cross.versions('shop.Noted')).toHaveLength(1)
})

const COLOR = 'STRING Color?'
const ADDRESS = 'STRUCT Address? {street STRING?, number INT32?}'
const NO_CHOICE = { number: null, text: null, home: null, shade: null }

/** Nothing set: in proto3 that is the same as zeros. */
const nothing = {
  choice_0: null,
  double_value: 0,
  float_value: 0,
  int64_value: 0,
  uint64_value: 0,
  int32_value: 0,
  fixed64_value: 0,
  fixed32_value: 0,
  bool_value: false,
  string_value: '',
  bytes_value: Buffer.alloc(0),
  uint32_value: 0,
  sfixed32_value: 0,
  sfixed64_value: 0,
  sint32_value: 0,
  sint64_value: 0,
  color: 'RED',
  address: null,
  packed: [],
  unpacked: [],
  texts: [],
  colors: [],
  addresses: [],
  counts: {},
  homes: {},
  flags: {},
  at: null,
  span: null,
  wrapped_text: null,
  wrapped_long: null,
  day: null,
  time: null,
  amount: null,
  next: null,
  last: false,
  maybe_int: null,
  maybe_text: null,
}
const INT64_MIN = -(2n ** 63n)
const INT64_MAX = 2n ** 63n - 1n
const low = {
  ...nothing,
  choice_0: { ...NO_CHOICE, number: 0 },
  double_value: -1.7976931348623157e308,
  float_value: -3.4028234663852886e38,
  int64_value: INT64_MIN,
  int32_value: -2147483648,
  fixed64_value: 1,
  fixed32_value: 1,
  uint32_value: 1,
  sfixed32_value: -2147483648,
  sfixed64_value: INT64_MIN,
  sint32_value: -2147483648,
  sint64_value: INT64_MIN,
  color: 'NONE',
  address: { street: '', number: 0 },
  at: new Date('0001-01-01T00:00:00.000Z'),
  span: { seconds: -1, nanos: -1 },
  wrapped_text: { value: '' },
  wrapped_long: { value: INT64_MIN },
  // Before 1582 the JVM counts in the Julian calendar.
  day: new Date('0000-12-30'),
  time: new Date(0),
  amount: new BigDecimal(-128n, 2),
  next: { ...nothing, next: { ...nothing, int32_value: 3 } },
  maybe_int: 0,
  maybe_text: '',
}
const high = {
  ...nothing,
  choice_0: { ...NO_CHOICE, home: { street: 'x', number: 0 } },
  double_value: 5e-324,
  float_value: Number.POSITIVE_INFINITY,
  int64_value: INT64_MAX,
  // Java's long has no more than 63 bits and a sign.
  uint64_value: -1,
  int32_value: 2147483647,
  fixed64_value: -2,
  fixed32_value: 4294967295,
  bool_value: true,
  string_value: 'größer 😀 \0 𝄞',
  bytes_value: Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
  uint32_value: 4294967295,
  sfixed32_value: 2147483647,
  sfixed64_value: INT64_MAX,
  sint32_value: 2147483647,
  sint64_value: INT64_MAX,
  color: 'LAST',
  address: { street: 'ß', number: -2147483648 },
  packed: [0, INT64_MIN, INT64_MAX],
  unpacked: [0, 4294967295],
  texts: ['', '😀'],
  colors: ['RED', 'NONE'],
  addresses: [
    { street: '', number: 0 },
    { street: '', number: 1 },
  ],
  counts: { '': INT64_MAX, ß: 0 },
  homes: new Map([
    [-2147483648, { street: 'a', number: 0 }],
    [0, { street: '', number: 0 }],
  ]),
  flags: new Map([
    [true, 'GREEN'],
    [false, 'NONE'],
  ]),
  at: new Date('9999-12-31T23:59:59.999Z'),
  wrapped_text: { value: 'w' },
  wrapped_long: { value: 9007199254740993n },
  day: new Date('9999-12-31'),
  time: new Date(86_399_999),
  amount: new BigDecimal(10n ** 38n - 1n, 0),
  last: true,
  maybe_int: -1,
}

test('Python reads what was written by a schema that imports another subject’s', () => {
  expect(read('references')).toEqual([{ id: 1n, home: { street: 'ß' } }])
})

test('a latest version that the data do not fit is refused in words that tell the two apart', async () => {
  const error = await thrown(write(cross.converter(LATEST), 'ours-references', housed, housedValue))
  expect(chain(error).at(-1)).toContain(
    `Subject "ours-references-value", version 1: {errorType:"FIELD_NAMED_TYPE_CHANGED", description:"The type of a MESSAGE field at path '#/Housed/2' in the registered schema does not match its type in the new schema"}`,
  )
})

test('we read every type of Protobuf as Python wrote it', async () => {
  const { schema, values } = await cross.weRead('py-everything')
  expect(schema).toBe(
    `STRUCT Everything {${[
      `choice_0 STRUCT io.confluent.connect.protobuf.Union.choice? {number INT64?, text STRING?, home ${ADDRESS}, shade ${COLOR}}`,
      'double_value FLOAT64?, float_value FLOAT32?, int64_value INT64?, uint64_value INT64?, int32_value INT32?',
      'fixed64_value INT64?, fixed32_value INT64?, bool_value BOOLEAN?, string_value STRING?, bytes_value BYTES?',
      'uint32_value INT64?, sfixed32_value INT32?, sfixed64_value INT64?, sint32_value INT32?, sint64_value INT64?',
      `color ${COLOR}, address ${ADDRESS}, packed ARRAY?<INT64?>, unpacked ARRAY?<INT64?>`,
      `texts ARRAY?<STRING?>, colors ARRAY?<${COLOR}>, addresses ARRAY?<${ADDRESS}>`,
      `counts MAP counts?<STRING?, INT64?>, homes MAP homes?<INT32?, ${ADDRESS}>, flags MAP flags?<BOOLEAN?, ${COLOR}>`,
      'at INT64 Timestamp?, span STRUCT Duration? {seconds INT64?, nanos INT32?}',
      'wrapped_text STRUCT StringValue? {value STRING?}, wrapped_long STRUCT Int64Value? {value INT64?}',
      'day INT32 Date?, time INT32 Time?, amount BYTES Decimal?, next STRUCT Everything?…',
      'last BOOLEAN?, maybe_int INT32?, maybe_text STRING?',
    ].join(', ')}}`,
  )
  expect(values).toEqual([
    low,
    high,
    nothing,
    { ...nothing, double_value: -0, float_value: Number.NaN, choice_0: { ...NO_CHOICE, shade: 'GREEN' } },
    ...[{ number: -1 }, { text: '' }, { shade: 'RED' }, { home: { street: '', number: 0 } }].map(one => ({
      ...nothing,
      choice_0: { ...NO_CHOICE, ...one },
    })),
  ])
})

test('we read Google’s wrappers as what they wrap where nulls are wrapped, and optional fields as null', async () => {
  const { values } = await cross.weRead('py-everything', { 'wrapper.for.nullables': 'true' })
  const [first, second, third] = values as Record<string, unknown>[]
  expect([first, second, third].map(each => [each?.['wrapped_text'], each?.['wrapped_long']])).toEqual([
    ['', INT64_MIN],
    ['w', 9007199254740993n],
    [null, null],
  ])
  expect([first, third].map(each => [each?.['maybe_int'], each?.['maybe_text']])).toEqual([
    [0, ''],
    [null, null],
  ])
})

test('we read messages of which Python’s file has several, one in another', async () => {
  expect(await cross.weRead('py-outer')).toEqual({ schema: 'STRUCT Outer {id INT64?}', values: [{ id: 1 }] })
  expect(await cross.weRead('py-inner')).toEqual({
    schema: 'STRUCT Inner2 {note2 STRING?}',
    values: [{ note2: 'ß' }],
  })
  expect(await cross.weRead('py-deep')).toEqual({
    schema: 'STRUCT Deep {depth INT32?}',
    values: [{ depth: -1 }],
  })
})

test('we read Python’s keys without a message of their own', async () => {
  expect(await cross.weRead('py-wrapper', {}, true)).toEqual({
    schema: 'INT64',
    values: [9007199254740993n, 0],
  })
})

test('we read what Python wrote under the record’s name', async () => {
  expect(await cross.weRead('py-by-record', BY_RECORD)).toEqual({
    schema: 'STRUCT Inner1 {note1 STRING?}',
    values: [{ note1: 'named' }],
  })
})

test('we read Python’s proto2: what is not set as null, or as its default', async () => {
  const schema = 'STRUCT Old {id INT32?, size INT64?, name STRING?, raw BYTES?}'
  const set = { id: 1, size: 0, name: '', raw: Buffer.alloc(0) }
  expect(await cross.weRead('py-proto2')).toEqual({
    schema,
    values: [{ id: 0, size: null, name: null, raw: null }, set],
  })
  expect(await cross.weRead('py-proto2', { 'optional.for.proto2': 'false' })).toEqual({
    schema,
    values: [{ id: 0, size: 42, name: '', raw: Buffer.from([0, 255, 10, 97]) }, set],
  })
})

test('we read what Python wrote by the latest version, which we had registered', async () => {
  expect(await cross.weRead('theirs-latest')).toEqual({
    schema: 'STRUCT Noted {id INT32?, note STRING?, more BYTES?}',
    values: [{ id: 5, note: 'theirs', more: Buffer.alloc(0) }],
  })
})
