/** Connect values to Avro bytes and back. */
import { describe, expect, test } from 'bun:test'
import { BigDecimal } from '../../../src/data/big-decimal.ts'
import { decimalBuilder, decimalSchema } from '../../../src/data/decimal.ts'
import { valueEquals } from '../../../src/data/equality.ts'
import { DATE_SCHEMA, TIME_SCHEMA, TIMESTAMP_SCHEMA } from '../../../src/data/logical.ts'
import { Float32, Float64, Int8, Int16, Int32 } from '../../../src/data/numbers.ts'
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
import { CollectingSink } from '../../conform/data/sink.ts'
import { connectOf, decode, ENHANCED, encode, formatWith, GENERALIZED, parse, roundTrip } from './harness.ts'

const nines = BigInt('9'.repeat(38))

describe('come back as they were', () => {
  const fixedDecimal = decimalBuilder(2)
    .parameter('connect.decimal.precision', '9')
    .parameter('connect.fixed.size', '5')
    .build()
  test.each<[string, Schema, readonly unknown[]]>([
    ['int8', INT8_SCHEMA, [-128, 127, 0]],
    ['int16', INT16_SCHEMA, [-32768, 32767]],
    ['int32', INT32_SCHEMA, [-2147483648, 2147483647, 63, 64, -64, -65]],
    [
      'int64',
      INT64_SCHEMA,
      [-(2n ** 63n), 2n ** 63n - 1n, 2 ** 53 - 1, -(2 ** 53) + 1, 2n ** 53n, -(2n ** 53n)],
    ],
    ['float32', FLOAT32_SCHEMA, [-0, 0, Number.NaN, Infinity, -Infinity, Math.fround(0.1), 2 ** -149]],
    ['float64', FLOAT64_SCHEMA, [-0, 0, Number.NaN, Infinity, -Infinity, 0.1, 5e-324, Number.MAX_VALUE]],
    ['boolean', BOOLEAN_SCHEMA, [true, false]],
    [
      'string',
      STRING_SCHEMA,
      [
        '',
        'a',
        'Grüße',
        '漢字 🙂',
        '\0',
        'x'.repeat(100_000),
        '🙂'.repeat(50_000),
        'é'.repeat(63),
        'é'.repeat(64),
      ],
    ],
    ['bytes', BYTES_SCHEMA, [Buffer.alloc(0), Buffer.from([0, 255]), Buffer.alloc(100_000, 7)]],
    [
      'decimals of 38 digits',
      decimalSchema(10),
      [new BigDecimal(nines, 10), new BigDecimal(-nines, 10), new BigDecimal(0n, 10)],
    ],
    ['decimals of negative scale', decimalSchema(-5), [new BigDecimal(12n, -5)]],
    [
      'fixed decimals',
      fixedDecimal,
      [new BigDecimal(-1n, 2), new BigDecimal(127n, 2), new BigDecimal(-(2n ** 39n), 2)],
    ],
    ['dates', DATE_SCHEMA, [new Date('1969-12-31'), new Date('0001-01-01'), new Date('9999-12-31')]],
    ['times', TIME_SCHEMA, [new Date(0), new Date(86_399_999)]],
    ['timestamps', TIMESTAMP_SCHEMA, [new Date(-1), new Date('1800-01-01T00:00:00.001Z'), new Date(8.64e15)]],
    ['null', OPTIONAL_STRING_SCHEMA, ['x']],
    ['array', SchemaBuilder.array(OPTIONAL_INT32_SCHEMA).build(), [[], [1, null, -3]]],
    ['map', SchemaBuilder.map(STRING_SCHEMA, OPTIONAL_INT32_SCHEMA).build(), [{}, { a: 1, b: null, __: 3 }]],
    [
      'map of numbers',
      SchemaBuilder.map(INT32_SCHEMA, STRING_SCHEMA).build(),
      [
        new Map(),
        new Map([
          [1, 'a'],
          [-1, 'b'],
        ]),
      ],
    ],
  ])('%s', (_name, schema, values) => {
    for (const value of values) {
      const { schema: read, value: found } = roundTrip(schema, value)
      expect([valueEquals(found, value), read!.equals(schema)]).toEqual([true, true])
      const optional = SchemaBuilder.array(schema).optional().build()
      expect(valueEquals(roundTrip(optional, [value]).value, [value])).toBe(true)
    }
  })
})

test('a lone surrogate becomes a question mark, as in Java', () => {
  expect(roundTrip(STRING_SCHEMA, 'a\ud800b').value).toBe('a?b')
})

test('a map is in the order of a HashMap', () => {
  const schema = SchemaBuilder.map(STRING_SCHEMA, INT32_SCHEMA).build()
  const inOrder = encode(
    schema,
    new Map([
      ['zeta', 1],
      ['alpha', 2],
      ['beta', 3],
    ]),
  )
  expect(
    Buffer.from(inOrder, 'hex')
      .toString('latin1')
      .replaceAll(/[^a-z]+/g, ' ')
      .trim(),
  ).toBe('zeta alpha beta')
  expect(encode(schema, { zeta: 1, alpha: 2, beta: 3 })).toBe(inOrder)
})

test('a decimal is as few bytes as hold it and its sign, whatever it has', () => {
  for (let bits = 0; bits < 80; bits++) {
    const edge = 1n << BigInt(bits)
    for (const value of [edge - 1n, edge, edge + 1n].flatMap(each => [each, -each])) {
      const bytes = Buffer.from(encode(decimalSchema(2), new BigDecimal(value, 2)), 'hex')
      expect(BigInt.asIntN(8 * bytes.length, BigInt(`0x${bytes.toString('hex')}`))).toBe(value)
      expect(BigInt.asIntN(8 * bytes.length - 8, value) === value).toBe(bytes.length === 1 && value === 0n)
    }
  }
})

test('a decimal of another scale is refused, before and after one of the right scale', () => {
  const format = formatWith()
  const schema = decimalSchema(2)
  const write = format.writer(schema, format.schemaOf(schema))
  const refused = () => write(new BigDecimal(15n, 1), new CollectingSink())
  expect(refused).toThrow('Schema has scale 2, value has scale 1.')
  write(new BigDecimal(15n, 2), new CollectingSink())
  expect(refused).toThrow('Schema has scale 2, value has scale 1.')
})

test('nothing but bytes stands without its length', () => {
  expect(encode(BYTES_SCHEMA, Buffer.from('abc'))).toBe('616263')
  expect(encode(BYTES_SCHEMA, Buffer.alloc(0))).toBe('')
  expect(encode(decimalSchema(0), new BigDecimal(-2n, 0))).toBe('fe')
  expect(encode(SchemaBuilder.bytes().optional().build(), Buffer.from('a'))).toBe('020261')
})

describe('nulls and defaults of structs', () => {
  const schema = SchemaBuilder.struct()
    .name('R')
    .field('d', SchemaBuilder.int32().optional().defaultValue(5).build())
    .field('o', OPTIONAL_STRING_SCHEMA)
    .build()

  test('a null with a default is the default', () => {
    expect(String(roundTrip(schema, new Struct(schema)).value)).toBe('Struct{d=5}')
  })

  test('but with ignore.default.for.nullables', () => {
    expect(
      String(roundTrip(schema, new Struct(schema), { 'ignore.default.for.nullables': 'true' }).value),
    ).toBe('Struct{}')
  })

  test('a default may be a struct', () => {
    const built = SchemaBuilder.struct().name('D').field('x', INT32_SCHEMA)
    const withDefault = built.defaultValue(new Struct(built.draft).put('x', 4)).build()
    const outer = SchemaBuilder.struct().name('O').field('d', withDefault).build()
    expect(String(roundTrip(outer, new Struct(outer)).value)).toBe('Struct{d=Struct{x=4}}')
  })

  test('a null that may not be names its field', () => {
    const outer = SchemaBuilder.struct()
      .field(
        'rows',
        SchemaBuilder.array(SchemaBuilder.struct().name('X').field('n', INT32_SCHEMA).build()).build(),
      )
      .build()
    const row = new Struct(outer.field('rows')!.schema.valueSchema!)
    expect(() => encode(outer, new Struct(outer, [[row]]))).toThrow(
      'Found null value for non-optional schema (field rows[0].n)',
    )
    expect(() => formatWith().writesNull(INT32_SCHEMA)).toThrow('Found null value for non-optional schema')
    expect(formatWith().writesNull(OPTIONAL_INT32_SCHEMA)).toBe(false)
  })
})

test.each<[string, Schema, unknown, string]>([
  ['text for a number', INT32_SCHEMA, 'x', 'Invalid type for INT32: class java.lang.String'],
  ['a number too large', INT8_SCHEMA, 128, 'Invalid type for INT8: class java.lang.Long'],
  ['a fraction', INT64_SCHEMA, 1.5, 'Invalid type for INT64: class java.lang.Double'],
  ['a bigint beyond 64 bits', INT64_SCHEMA, 2n ** 63n, 'Invalid type for INT64: class java.math.BigInteger'],
  [
    'a number for a decimal',
    decimalSchema(1),
    5,
    'Invalid type for Decimal, expected BigDecimal but was class java.lang.Long',
  ],
  [
    'a decimal of another scale',
    decimalSchema(1),
    new BigDecimal(1n, 2),
    'Decimal value has mismatching scale for given Decimal schema. Schema has scale 1, value has scale 2.',
  ],
  [
    'a number for a date',
    DATE_SCHEMA,
    5,
    'Invalid type for Date, expected Date but was class java.lang.Long',
  ],
  [
    'a list for a map',
    SchemaBuilder.map(STRING_SCHEMA, STRING_SCHEMA).build(),
    [],
    'Invalid type for MAP: class java.util.ArrayList',
  ],
  [
    'another struct',
    SchemaBuilder.struct().name('A').build(),
    new Struct(SchemaBuilder.struct().name('B').build()),
    'Mismatching struct schema',
  ],
  [
    'bytes of another size',
    SchemaBuilder.bytes().name('F').parameter('connect.fixed.size', '2').build(),
    Buffer.alloc(3),
    '3 bytes are no value of the fixed type F, which has 2',
  ],
  [
    'a decimal too long',
    decimalBuilder(0)
      .parameter('connect.fixed.size', '1')
      .parameter('connect.decimal.precision', '2')
      .build(),
    new BigDecimal(300n, 0),
    'A decimal of 2 bytes does not fit into the fixed type org.apache.kafka.connect.data.Decimal, which has 1',
  ],
])('%s is refused', (_name, schema, value, message) => {
  expect(() => encode(schema, value)).toThrow(message)
})

describe('wrapped numbers', () => {
  test.each<[Schema, unknown, number]>([
    [INT8_SCHEMA, new Int8(5), 5],
    [INT16_SCHEMA, new Int16(5), 5],
    [INT32_SCHEMA, new Int32(5), 5],
    [FLOAT32_SCHEMA, new Float32(1.5), 1.5],
    [FLOAT64_SCHEMA, new Float64(1), 1],
  ])('%s', (schema, value, plain) => {
    expect(roundTrip(schema, value).value).toBe(plain)
  })
})

describe('unions', () => {
  const avro = parse([
    'null',
    'int',
    'string',
    { type: 'enum', name: 'a.E', symbols: ['X', 'Y'] },
    { type: 'record', name: 'a.R', fields: [{ name: 'x', type: 'int' }] },
    { type: 'array', items: 'int' },
    { type: 'map', values: 'int' },
    { type: 'fixed', name: 'a.F', size: 2 },
    'bytes',
  ])

  test.each(['0206', '0402', '0602', '0808', '0a020400', '0c02026b0200', '0effff', '100401ff', '00'])(
    '%s',
    hex => {
      const padded = hex === '0402' ? '040278' : hex
      for (const config of [ENHANCED, GENERALIZED]) {
        const { schema, value } = decode(avro, padded, config)
        expect(encode(schema, value, config, avro)).toBe(padded)
      }
    },
  )

  test('the set field tells the branch', () => {
    const { schema, value } = decode(avro, '0a020400')
    expect(String(value)).toBe('Struct{array=[2]}')
    expect(schema!.name).toBe('io.confluent.connect.avro.Union')
    expect(decode(avro, '00').value).toBeNull()
  })

  test('a struct with nothing set is null, where that may be', () => {
    const union = SchemaBuilder.struct()
      .name('io.confluent.connect.avro.Union')
      .field('int', OPTIONAL_INT32_SCHEMA)
      .build()
    expect(() => encode(union, new Struct(union))).toThrow('Found null value for non-optional schema')
  })

  test('an unknown symbol names the enum', () => {
    const schema = connectOf({ type: 'enum', name: 'a.E', symbols: ['X'] })
    expect(() => encode(schema, 'Z', ENHANCED)).toThrow(
      "enum value 'Z' is not in the enum symbol set of a.E: [X]",
    )
    expect(encode(schema, 'X', ENHANCED)).toBe('00')
    expect(encode(schema, 'X')).toBe('0258')
  })
})

describe('without schema', () => {
  test.each<[string, unknown]>([
    ['boolean', true],
    ['long', 5],
    ['large long', 2n ** 63n - 1n],
    ['double', 1.5],
    ['negative zero', -0],
    ['whole double', new Float64(3)],
    ['float', new Float32(0.1)],
    ['int', new Int32(7)],
    ['text', 'x'],
    ['list', [1, 'x', null, [true], {}]],
    ['map', { a: { b: [1] }, c: null }],
    [
      'map of other keys',
      new Map<unknown, unknown>([
        [1, 'x'],
        ['y', 2],
      ]),
    ],
  ])('%s', (_name, value) => {
    const { schema, value: found } = roundTrip(null, value)
    expect(schema).toBeNull()
    expect([valueEquals(found, value), found]).toEqual([true, found])
  })

  test('an int8 comes back as int', () => {
    expect(roundTrip(null, new Int8(3)).value).toEqual(new Int32(3))
  })

  test.each([
    [Buffer.from('x'), '[B'],
    [new Date(0), 'java.util.Date'],
    [new BigDecimal(1n, 0), 'java.math.BigDecimal'],
  ])('%s is of no class that Anything has', (value, javaClass) => {
    expect(() => encode(null, value)).toThrow(`Unknown Java type for schemaless data: class ${javaClass}`)
    expect(() => encode(null, { a: [value] })).toThrow('(field a[0])')
  })
})

test('deep nesting', () => {
  let schema: Schema = INT32_SCHEMA
  let value: unknown = 5
  for (let i = 0; i < 200; i++) {
    schema = SchemaBuilder.array(schema).build()
    value = [value]
  }
  expect(valueEquals(roundTrip(schema, value).value, value)).toBe(true)
})

test('trees', () => {
  const avro = parse({
    type: 'record',
    name: 'Tree',
    fields: [
      { name: 'v', type: 'int' },
      { name: 'kids', type: { type: 'array', items: 'Tree' } },
    ],
  })
  const { schema, value } = decode(avro, '02040400060208000000')
  expect(String(value)).toBe('Struct{v=1,kids=[Struct{v=2,kids=[]}, Struct{v=3,kids=[Struct{v=4,kids=[]}]}]}')
  expect(encode(schema, value, {}, avro)).toBe('02040400060208000000')
})

test('bytes that were read are copies', () => {
  const data = Buffer.from('020102', 'hex')
  const into = { schema: null, value: null as unknown }
  formatWith().reader(parse(['null', 'bytes']), 1)(Buffer.from('0204aabb', 'hex'), 0, 4, into as never)
  data.fill(0)
  expect(Buffer.isBuffer(into.value)).toBe(true)
  expect((into.value as Buffer).toString('hex')).toBe('aabb')
})
