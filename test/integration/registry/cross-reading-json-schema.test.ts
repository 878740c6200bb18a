import { afterAll, beforeAll, expect, test } from 'bun:test'
import { jsonSchemaConverterPlugin } from '../../../src/converters/json-schema/json-schema-converter.ts'
import { BigDecimal } from '../../../src/data/big-decimal.ts'
import { DECIMAL_NAME } from '../../../src/data/logical-names.ts'
import * as S from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import { BY_RECORD, CrossReading, INSTALL_MS, LATEST } from './cross-reading.ts'
import { COLUMNS, type Looks, NULLS_INSIDE, seen, structOf } from './cross-reading-values.ts'

/** Connect's own numbers: JSON has no dates. */
const looks: Looks = {
  bytes: value => Buffer.from(value).toString('base64'),
  decimal: value => value,
  date: value => BigInt(value.getTime() / 86_400_000),
  time: value => BigInt(value.getTime()),
  timestamp: value => BigInt(value.getTime()),
  listsAllMaps: false,
}

const isDecimal = (schema: S.Schema): boolean => schema.name === DECIMAL_NAME
const everything = structOf('shop.All', [
  ...COLUMNS.filter(([, schema]) => !isDecimal(schema)),
  ...NULLS_INSIDE,
])
const decimals = structOf(
  'shop.Decimals',
  COLUMNS.filter(([, schema]) => isDecimal(schema)),
)
const color = SchemaBuilder.string()
  .parameter('io.confluent.connect.json.Enum', '')
  .parameter('io.confluent.connect.json.Enum.RED', 'RED')
  .parameter('io.confluent.connect.json.Enum.GREEN', 'GREEN')
  .build()
const street = SchemaBuilder.struct().name('Street').field('name', S.STRING_SCHEMA).optional().build()
const ONE_OF = 'io.confluent.connect.json.OneOf'
const choice = SchemaBuilder.struct()
  .name(ONE_OF)
  .field(`${ONE_OF}.field.0`, S.OPTIONAL_INT64_SCHEMA)
  .field(`${ONE_OF}.field.1`, S.OPTIONAL_STRING_SCHEMA)
  .field(`${ONE_OF}.field.2`, street)
  .optional()
  .build()
const picked = SchemaBuilder.struct()
  .name('shop.Picked')
  .field('color', color)
  .field('choice', choice)
  .build()
const choose = (i: number, value: unknown) => new Struct(choice).put(`${ONE_OF}.field.${i}`, value)
const choices = [
  null,
  choose(0, 2n ** 63n - 1n),
  choose(1, ''),
  choose(2, new Struct(street).put('name', 'ß')),
]
const home = SchemaBuilder.struct().name('Home').field('street', S.STRING_SCHEMA).build()
const housed = SchemaBuilder.struct().name('Housed').field('id', S.INT64_SCHEMA).field('home', home).build()

let cross: CrossReading
const sent: Record<string, number> = {}
beforeAll(async () => {
  cross = await CrossReading.of(jsonSchemaConverterPlugin)
  sent['all'] = await cross.write('ours-all', everything.schema, everything.rows)
  sent['decimals'] = await cross.write('ours-decimals', decimals.schema, decimals.rows, {
    config: { 'decimal.format': 'NUMERIC' },
  })
  sent['base64'] = await cross.write('ours-base64', decimals.schema, decimals.rows)
  sent['picked'] = await cross.write(
    'ours-picked',
    picked,
    choices.map((one, i) =>
      new Struct(picked).put('color', i % 2 === 0 ? 'RED' : 'GREEN').put('choice', one),
    ),
  )
  const latest = {
    title: 'shop.Noted',
    type: 'object',
    properties: {
      id: { type: 'integer' },
      note: { oneOf: [{ type: 'null' }, { type: 'string' }] },
      more: { type: 'number' },
    },
  }
  const fit = { ...LATEST, 'latest.compatibility.strict': 'false' }
  Object.assign(sent, await cross.writeNamed({ schemaType: 'JSON', schema: JSON.stringify(latest) }, fit))
  const place = {
    $id: 'home.json',
    title: 'Home',
    type: 'object',
    properties: { street: { type: 'string' } },
  }
  await cross.register('home', { schemaType: 'JSON', schema: JSON.stringify(place) })
  await cross.register('ours-references-value', {
    schemaType: 'JSON',
    schema: JSON.stringify({
      title: 'Housed',
      type: 'object',
      properties: { id: { type: 'integer' }, home: { $ref: 'home.json' } },
    }),
    references: [{ name: 'home.json', subject: 'home', version: 1 }],
  })
  sent['references'] = await cross.write(
    'ours-references',
    housed,
    [new Struct(housed).put('id', 9007199254740993n).put('home', new Struct(home).put('street', 'ß'))],
    { config: fit },
  )
  await cross.askPython('cross_json.py')
}, INSTALL_MS)
afterAll(() => cross.close())

const read = (name: string): unknown[] => cross.pythonRead(sent[name]!)

test('Python takes every type of Connect for what our schema says, and reads it as it was written', () => {
  const rows = read('all') as { float32: number }[]
  for (const [i, row] of everything.rows.entries()) {
    const { float32, ...others } = rows[i]!
    // The shortest text of a single is not that of the double that it is.
    expect({ ...others, float32: Math.fround(float32) }).toEqual(seen(everything.schema, row, looks) as never)
  }
})

test('Python reads our decimals, as numbers and as bytes', () => {
  const rows = (read('decimals') as { whole: unknown }[]).map(({ whole, ...others }) => ({
    ...others,
    // A number without a point is an int in Python.
    whole: new BigDecimal(whole as bigint, 0),
  }))
  for (const [i, row] of decimals.rows.entries())
    expect(rows[i]).toEqual(seen(decimals.schema, row, looks) as never)
  expect(read('base64')).toEqual([
    { decimal: 'tMSzV6V5O4X2dd3AAAAAAQ==', whole: '/w==', maybeDecimal: null },
    { decimal: 'SztMqFqGxHoJiiI//////w==', whole: 'AIA=', maybeDecimal: 'lw==' },
    { decimal: 'AA==', whole: '/38=', maybeDecimal: 'AA==' },
  ])
})

test('Python reads our enums and unions', () => {
  expect(read('picked')).toEqual([
    { color: 'RED', choice: null },
    { color: 'GREEN', choice: 2n ** 63n - 1n },
    { color: 'RED', choice: '' },
    { color: 'GREEN', choice: { name: 'ß' } },
  ])
})

test('Python reads keys that have no object around them', () => {
  expect(read('key')).toEqual([-(2n ** 63n), 0n, 2n ** 63n - 1n])
})

test('Python reads what was written by the latest version, and under the record’s name', async () => {
  expect(read('latest')).toEqual([{ id: -7n, note: 'ß' }])
  expect(await cross.versions('ours-latest-value')).toHaveLength(1)
  expect(read('byRecord')).toEqual([{ id: 1n, note: null }])
  expect(await cross.versions('shop.Noted')).toHaveLength(1)
})

test('Python reads what was written by a schema that refers to another subject’s', () => {
  expect(read('references')).toEqual([{ id: 9007199254740993n, home: { street: 'ß' } }])
})

const chosen = (i: number, value: unknown) =>
  Object.fromEntries([0, 1, 2, 3, 4, 5].map(at => [`${ONE_OF}.field.${at}`, at === i ? value : null]))
const ADDRESS = 'STRUCT Address {street STRING}'
const CHOICE = [
  `${ONE_OF}.field.0 STRING?, ${ONE_OF}.field.1 INT64?, ${ONE_OF}.field.2 BOOLEAN?`,
  `${ONE_OF}.field.3 ARRAY?<FLOAT64>, ${ONE_OF}.field.4 STRUCT Card? {number STRING}`,
  `${ONE_OF}.field.5 STRUCT Cash? {cents INT64}`,
].join(', ')

const high = {
  id: 2n ** 63n - 1n,
  amount: 1.7976931348623157e308,
  flag: true,
  name: 'größer 😀 \0 "\\\n 𝄞',
  day: '9999-12-31',
  color: 'GREEN',
  note: '',
  size: 9007199254740993n,
  kind: 'k',
  byte: 127,
  single: Math.fround(-0.1),
  raw: Buffer.from([0, 1, 255]),
  tags: ['', '😀'],
  matrix: [[], [1, -(2n ** 63n)]],
  address: { street: 'ß' },
  deputy: { street: '' },
  places: [{ street: 'a' }, { street: 'b' }],
  counts: { '': -1, ß: 9007199254740993n },
  choice: chosen(0, 'text'),
  both: { a: 1, b: 'two' },
  tree: {
    value: 1,
    children: [
      { value: 2, children: [] },
      { value: 3, children: [{ value: 4, children: [] }] },
    ],
  },
}
const low = {
  ...high,
  id: -(2n ** 63n),
  amount: -5e-324,
  flag: false,
  name: '',
  day: '0001-01-01',
  color: 'RED',
  note: null,
  size: null,
  kind: null,
  byte: -128,
  single: 0,
  raw: Buffer.alloc(0),
  tags: [],
  matrix: [],
  deputy: null,
  places: [],
  counts: {},
  tree: { value: 0, children: [] },
}

test('we read every type of JSON Schema as Python wrote it', async () => {
  const { schema, values } = await cross.weRead('py-everything')
  // In the order of a Java HashMap, as the JVM has it where no connect.index tells another.
  expect(schema).toBe(
    `STRUCT shop.Everything {${[
      `note STRING?, amount FLOAT64, flag BOOLEAN, address ${ADDRESS}, deputy STRUCT Address? {street STRING}`,
      'color STRING, kind STRING?, byte INT8, counts MAP<STRING, INT64>',
      'tree STRUCT Tree {children ARRAY<STRUCT Tree…>, value INT64}, raw BYTES, matrix ARRAY<ARRAY<INT64>>',
      `tags ARRAY<STRING>, both STRUCT {a INT64, b STRING}, single FLOAT32, places ARRAY<${ADDRESS}>`,
      `size INT64?, name STRING="none", id INT64, choice STRUCT ${ONE_OF} {${CHOICE}}, day STRING`,
    ].join(', ')}}`,
  )
  const others = [
    [1, 7],
    [2, true],
    [3, [0.5, 1]],
    [4, { number: '4711' }],
    [5, { cents: 9007199254740993n }],
  ] as const
  expect(values).toEqual([low, high, ...others.map(([i, value]) => ({ ...high, choice: chosen(i, value) }))])
})

test('we read what Python left out as null, or as its default', async () => {
  const missing = {
    ...Object.fromEntries(Object.keys(high).map(name => [name, null])),
    id: 1,
    name: 'none',
  }
  const required = await cross.weRead('py-missing')
  expect(required.values).toEqual([missing])
  const optional = await cross.weRead('py-missing', { 'use.optional.for.nonrequired': 'true' })
  expect(optional.values).toEqual([missing])
  expect(optional.schema).toContain(', name STRING?="none", id INT64, choice STRUCT ')
  expect(optional.schema).toContain('note STRING?, amount FLOAT64?, flag BOOLEAN?, address STRUCT Address? {')
})

test('we read Python’s newer drafts', async () => {
  for (const draft of ['2019-09', '2020-12'])
    expect(await cross.weRead(`py-${draft}`)).toEqual({
      schema: 'STRUCT Newer {id INT64, home STRUCT Home {street STRING}}',
      values: [{ id: 9007199254740993n, home: { street: 'ß' } }],
    })
})

test('we read what Python wrote without an object around it', async () => {
  expect(await cross.weRead('py-key', {}, true)).toEqual({
    schema: 'INT64',
    values: [-(2n ** 63n), 2n ** 63n - 1n],
  })
  expect(await cross.weRead('py-array')).toEqual({ schema: 'ARRAY<STRING?>', values: [[], ['a', null, '']] })
})

test('we read what Python wrote under the record’s name', async () => {
  expect(await cross.weRead('py-by-record', BY_RECORD)).toEqual({
    schema: 'STRUCT shop.Named {id INT64}',
    values: [{ id: 1 }],
  })
})

test('we read what Python wrote with a schema that refers to another', async () => {
  const money = 'STRUCT Money {cents INT64, currency STRING}'
  expect(await cross.weRead('py-references')).toEqual({
    schema: `STRUCT Invoice {total ${money}, parts ARRAY<${money}>}`,
    values: [{ total: { cents: 9007199254740993n, currency: 'ß' }, parts: [{ cents: -1, currency: '' }] }],
  })
})

test('we read what Python wrote by the latest version, which we had registered', async () => {
  expect(await cross.weRead('ours-latest')).toEqual({
    schema: 'STRUCT shop.Noted {note STRING?, more FLOAT64, id INT64}',
    values: [{ id: 5, note: 'theirs', more: null }],
  })
})
