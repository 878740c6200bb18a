import { afterAll, beforeAll, expect, test } from 'bun:test'
import { avroConverterPlugin } from '../../../src/converters/avro/avro-converter.ts'
import { BigDecimal } from '../../../src/data/big-decimal.ts'
import * as S from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import { BY_RECORD, CrossReading, INSTALL_MS, LATEST } from './cross-reading.ts'
import {
  COLUMNS,
  ISO,
  type Looks,
  NON_FINITE,
  NOTED,
  NULLS_INSIDE,
  seen,
  structOf,
} from './cross-reading-values.ts'

const looks: Looks = {
  ...ISO,
  bytes: value => Buffer.from(value),
  decimal: value => value,
  listsAllMaps: false,
}

const everything = structOf('shop.All', [...COLUMNS, ...NON_FINITE, ...NULLS_INSIDE])
const color = SchemaBuilder.string()
  .parameter('io.confluent.connect.avro.Enum', 'shop.Color')
  .parameter('io.confluent.connect.avro.Enum.RED', 'RED')
  .parameter('io.confluent.connect.avro.Enum.GREEN', 'GREEN')
const street = SchemaBuilder.struct().name('shop.Street').field('name', S.STRING_SCHEMA).optional().build()
const choice = SchemaBuilder.struct()
  .name('io.confluent.connect.avro.Union')
  .field('long', S.OPTIONAL_INT64_SCHEMA)
  .field('string', S.OPTIONAL_STRING_SCHEMA)
  .field('shop.Street', street)
  .optional()
  .build()
const picked = SchemaBuilder.struct()
  .name('shop.Picked')
  .field('color', color.build())
  .field('choice', choice)
  .build()
const choices = [
  null,
  new Struct(choice).put('long', 2n ** 63n - 1n),
  new Struct(choice).put('string', ''),
  new Struct(choice).put('shop.Street', new Struct(street).put('name', 'ß')),
]

const moneySchema = SchemaBuilder.struct().name('shop.Money').field('cents', S.INT64_SCHEMA).build()
const invoiceSchema = SchemaBuilder.struct()
  .name('shop.Invoice')
  .field('total', moneySchema)
  .field('parts', SchemaBuilder.array(moneySchema).build())
  .build()

/** A union as Connect has it: a field for each type but null, all null but one. */
const noChoice = {
  int: null,
  string: null,
  double: null,
  Address: null,
  array: null,
  map: null,
  Color: null,
}

let cross: CrossReading
const sent: Record<string, number> = {}
beforeAll(async () => {
  cross = await CrossReading.of(avroConverterPlugin)
  sent['all'] = await cross.write('ours-all', everything.schema, everything.rows)
  sent['picked'] = await cross.write(
    'ours-picked',
    picked,
    choices.map((one, i) =>
      new Struct(picked).put('color', i % 2 === 0 ? 'RED' : 'GREEN').put('choice', one),
    ),
    { config: { 'enhanced.avro.schema.support': 'true' } },
  )
  sent['bytes'] = await cross.write('ours-bytes', S.BYTES_SCHEMA, [
    Buffer.from([0]),
    Buffer.from([0, 1, 255]),
  ])
  // The latest version has more than what is written.
  const latest = {
    type: 'record',
    name: 'shop.Noted',
    fields: [
      { name: 'id', type: 'int' },
      { name: 'note', type: ['null', 'string'], default: null },
      { name: 'more', type: 'double', default: 2.5 },
    ],
  }
  Object.assign(sent, await cross.writeNamed({ schema: JSON.stringify(latest) }))
  const money = { type: 'record', name: 'shop.Money', fields: [{ name: 'cents', type: 'long' }] }
  await cross.register('money', { schema: JSON.stringify(money) })
  const invoice = {
    type: 'record',
    name: 'shop.Invoice',
    fields: [
      { name: 'total', type: 'shop.Money' },
      { name: 'parts', type: { type: 'array', items: 'shop.Money' } },
    ],
  }
  await cross.register('ours-references-value', {
    schema: JSON.stringify(invoice),
    references: [{ name: 'shop.Money', subject: 'money', version: 1 }],
  })
  const cents = (count: number | bigint) => new Struct(moneySchema).put('cents', count)
  sent['references'] = await cross.write(
    'ours-references',
    invoiceSchema,
    [new Struct(invoiceSchema).put('total', cents(2n ** 63n - 1n)).put('parts', [cents(-1), cents(0)])],
    { config: LATEST },
  )
  // A later version than what was written, for Python to read it in.
  sent['evolved'] = await cross.write('ours-evolved', NOTED, [new Struct(NOTED).put('id', 3)], {
    latest: true,
  })
  await cross.register('ours-evolved-value', { schema: JSON.stringify(latest) })
  await cross.askPython('cross_avro.py')
}, INSTALL_MS)
afterAll(() => cross.close())

const read = (name: string): unknown[] => cross.pythonRead(sent[name]!)

test('Python reads every type of Connect as it was written', () => {
  const rows = read('all')
  for (const [i, row] of everything.rows.entries())
    expect(rows[i]).toEqual(seen(everything.schema, row, looks))
})

test('Python reads our enums and unions', () => {
  expect(read('picked')).toEqual([
    { color: 'RED', choice: null },
    { color: 'GREEN', choice: 2n ** 63n - 1n },
    { color: 'RED', choice: '' },
    { color: 'GREEN', choice: { name: 'ß' } },
  ])
})

test('Python reads what has no record around it', () => {
  expect(read('key')).toEqual([-(2n ** 63n), 0n, 2n ** 63n - 1n])
  expect(read('bytes')).toEqual([Buffer.from([0]), Buffer.from([0, 1, 255])])
})

test('Python reads in a later version what we wrote by an earlier one', () => {
  expect(read('evolved')).toEqual([{ id: 3n, note: null, more: 2.5 }])
})

test('Python reads what was written by the latest version, and under the record’s name', async () => {
  expect(read('latest')).toEqual([{ id: -7n, note: 'ß', more: 2.5 }])
  expect(await cross.versions('ours-latest-value')).toHaveLength(1)
  expect(read('byRecord')).toEqual([{ id: 1n, note: null }])
  expect(await cross.versions('shop.Noted')).toHaveLength(1)
})

test('Python reads what was written by a schema that refers to another subject’s', () => {
  expect(read('references')).toEqual([
    { total: { cents: 2n ** 63n - 1n }, parts: [{ cents: -1n }, { cents: 0n }] },
  ])
})

test('we read every type of Avro as Python wrote it', async () => {
  const { schema, values } = await cross.weRead('py-everything')
  expect(schema).toBe(
    `STRUCT shop.Everything {${[
      'int INT32, long INT64, float FLOAT32, double FLOAT64, boolean BOOLEAN, string STRING, bytes BYTES',
      'nullable STRING?, nullLast INT64?, color STRING shop.Color="GREEN", md5 BYTES shop.MD5',
      'amount BYTES Decimal, fee BYTES Decimal, uuid STRING, date INT32 Date',
      // Connect has no micros and no local times: they stay the numbers that they are.
      'timeMillis INT32 Time, timeMicros INT64, atMillis INT64 Timestamp, atMicros INT64, localMillis INT64',
      'maybeAt INT64 Timestamp?',
      `choice STRUCT io.confluent.connect.avro.Union? {${[
        'int INT32?, string STRING?, double FLOAT64?, Address STRUCT shop.Address? {street STRING}',
        'array ARRAY?<INT64>, map MAP?<STRING, BYTES>, Color STRING shop.Color?',
      ].join(', ')}}`,
      'address STRUCT shop.Address {street STRING}, addresses ARRAY<STRUCT shop.Address? {street STRING}>',
      'scores MAP<STRING, ARRAY<FLOAT32>>, chain STRUCT shop.Link? {value INT32, next STRUCT shop.Link?…}',
    ].join(', ')}}`,
  )
  const longest = 10n ** 38n - 1n
  expect(values[0]).toEqual({
    int: -2147483648,
    long: -(2n ** 63n),
    float: Number.NEGATIVE_INFINITY,
    double: -1.7976931348623157e308,
    boolean: false,
    string: '',
    bytes: Buffer.alloc(0),
    nullable: null,
    nullLast: null,
    color: 'RED',
    md5: Buffer.alloc(4),
    amount: new BigDecimal(-longest, 4),
    fee: new BigDecimal(-999_999_999_999_999_999n, 2),
    uuid: '00000000-0000-0000-0000-000000000000',
    date: new Date('0001-01-01'),
    timeMillis: new Date(0),
    timeMicros: 0,
    atMillis: new Date('0001-01-01T00:00:00.000Z'),
    atMicros: -62_135_596_800_000_000n,
    localMillis: -1000,
    maybeAt: null,
    choice: null,
    address: { street: '' },
    addresses: [],
    scores: {},
    chain: null,
  })
  const high = {
    int: 2147483647,
    long: 2n ** 63n - 1n,
    float: 3.4028234663852886e38,
    double: 5e-324,
    boolean: true,
    string: 'größer 😀 \0 𝄞',
    bytes: Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
    nullable: '',
    nullLast: 9007199254740993n,
    color: 'GREEN',
    md5: Buffer.from([255, 0, 127, 128]),
    amount: new BigDecimal(longest, 4),
    fee: new BigDecimal(999_999_999_999_999_999n, 2),
    uuid: 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
    date: new Date('9999-12-31'),
    timeMillis: new Date(86_399_999),
    timeMicros: 86_399_999_999,
    atMillis: new Date('9999-12-31T23:59:59.999Z'),
    atMicros: 253_402_300_799_999_999n,
    localMillis: 0,
    maybeAt: new Date(-1),
    choice: { ...noChoice, Address: { street: 'ß' } },
    address: { street: 'Hauptstraße 1' },
    addresses: [null, { street: 'a' }, { street: 'b' }],
    scores: { '': [], '😀': [0.5, Number.POSITIVE_INFINITY, -0] },
    chain: { value: 1, next: { value: 2, next: { value: 3, next: null } } },
  }
  expect(values[1]).toEqual(high)
  expect(values.slice(2)).toEqual(
    [
      { int: 7 },
      { string: 'text' },
      { double: -0 },
      { array: [2n ** 62n, -1] },
      { map: { key: Buffer.from([1, 2]) } },
      { Color: 'GREEN' },
    ].map(one => ({ ...high, choice: { ...noChoice, ...one } })),
  )
})

test('we read what Python wrote without a record around it', async () => {
  expect(await cross.weRead('py-long', {}, true)).toEqual({
    schema: 'INT64',
    values: [-(2n ** 63n), 2n ** 63n - 1n],
  })
  expect(await cross.weRead('py-bytes')).toEqual({
    schema: 'BYTES',
    values: [Buffer.alloc(0), Buffer.from([0, 1, 255])],
  })
  expect(await cross.weRead('py-array')).toEqual({ schema: 'ARRAY<STRING?>', values: [[], ['a', null, '']] })
})

test('we read Python’s enums and unions without a record around them', async () => {
  expect(await cross.weRead('py-enum')).toEqual({ schema: 'STRING shop.Size', values: ['S', 'L'] })
  expect(await cross.weRead('py-union')).toEqual({
    schema: 'STRUCT io.confluent.connect.avro.Union? {string STRING?, long INT64?}',
    values: [
      { string: 'a', long: null },
      { string: null, long: 5 },
    ],
  })
})

test('we read Python’s defaults of every shape, and records that hold themselves in arrays and maps', async () => {
  const { schema, values } = await cross.weRead('py-node')
  expect(schema).toBe(
    `STRUCT shop.Node {${[
      'numbers ARRAY<INT32>=[ 1, 2 ], texts MAP<STRING, STRING>={ k: "v" }, raw BYTES=<Buffer ff 00>',
      'pair BYTES shop.Pair=<Buffer 01 fe>, inner STRUCT shop.Inner {x INT32}={ x: 3 }, ratio FLOAT32=1',
      'children ARRAY<STRUCT shop.Node…>, byName MAP<STRING, STRUCT shop.Node?…>',
    ].join(', ')}}`,
  )
  const node = {
    numbers: [],
    texts: {},
    raw: Buffer.alloc(0),
    pair: Buffer.from('ab'),
    inner: { x: 0 },
    ratio: 0,
  }
  const child = { ...node, numbers: [3], pair: Buffer.from('cd'), inner: { x: 1 }, ratio: 0.5 }
  expect(values).toEqual([
    { ...node, children: [{ ...child, children: [], byName: {} }], byName: { none: null } },
  ])
})

test('we read what Python wrote under the record’s name', async () => {
  expect(await cross.weRead('py-by-record', BY_RECORD)).toEqual({
    schema: 'STRUCT shop.Named {id INT64}',
    values: [{ id: 1 }],
  })
})

test('we read what Python wrote with a schema that refers to another', async () => {
  const money = 'STRUCT shop.Money {cents INT64, currency STRING="EUR"}'
  expect(await cross.weRead('py-references')).toEqual({
    schema: `STRUCT shop.Invoice {total ${money}, parts ARRAY<${money}>}`,
    values: [{ total: { cents: -1, currency: 'ß' }, parts: [{ cents: 9007199254740993n, currency: 'EUR' }] }],
  })
})

test('we read in the latest version what Python wrote in it, or in the one before', async () => {
  expect(await cross.weRead('ours-latest')).toEqual({
    schema: 'STRUCT shop.Noted {id INT32, note STRING?, more FLOAT64=2.5}',
    values: [{ id: 5, note: 'theirs', more: 2.5 }],
  })
  expect(await cross.weRead('py-evolved')).toEqual({
    schema: 'STRUCT shop.Evolved {id INT32, gone STRING}',
    values: [{ id: -5, gone: 'x' }],
  })
  expect(await cross.weRead('py-evolved', LATEST)).toEqual({
    schema: 'STRUCT shop.Evolved {id INT64, added STRING?, size FLOAT64=0.5}',
    values: [{ id: -5, added: null, size: 0.5 }],
  })
})
