/** A struct of all that Connect has, in three rows: low, high and odd values. */
import { BigDecimal } from '../../../src/data/big-decimal.ts'
import { decimalBuilder } from '../../../src/data/decimal.ts'
import { DATE_SCHEMA, TIME_SCHEMA, TIMESTAMP_SCHEMA, timestampBuilder } from '../../../src/data/logical.ts'
import { DATE_NAME, DECIMAL_NAME, TIME_NAME, TIMESTAMP_NAME } from '../../../src/data/logical-names.ts'
import * as S from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'

/** Name, schema, and the value of each row. */
export type Column = readonly [name: string, schema: S.Schema, values: readonly [unknown, unknown, unknown]]

const street = SchemaBuilder.struct().name('shop.Street').field('name', S.STRING_SCHEMA).build()
const address = SchemaBuilder.struct()
  .name('shop.Address')
  .field('street', street)
  .field('number', S.OPTIONAL_INT32_SCHEMA)
  .build()
const optionalAddress = SchemaBuilder.struct()
  .name('shop.Deputy')
  .field('street', S.STRING_SCHEMA)
  .optional()
  .build()

function at(name: string, number: number | null): Struct {
  return new Struct(address).put('street', new Struct(street).put('name', name)).put('number', number)
}

const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
const ODD_TEXT = 'größer 😀 \0 "\\\n 𝄞\ufffd'
const INT64_MIN = -(2n ** 63n)
const INT64_MAX = 2n ** 63n - 1n
const LONGEST = 10n ** 38n - 1n

export const COLUMNS: readonly Column[] = [
  ['int8', S.INT8_SCHEMA, [-128, 127, 0]],
  ['int16', S.INT16_SCHEMA, [-32768, 32767, 0]],
  ['int32', S.INT32_SCHEMA, [-2147483648, 2147483647, 0]],
  ['int64', S.INT64_SCHEMA, [INT64_MIN, INT64_MAX, 9007199254740993n]],
  ['float32', S.FLOAT32_SCHEMA, [-3.4028234663852886e38, 1.401298464324817e-45, -0]],
  ['float64', S.FLOAT64_SCHEMA, [-1.7976931348623157e308, 5e-324, -0]],
  ['truth', S.BOOLEAN_SCHEMA, [false, true, false]],
  ['string', S.STRING_SCHEMA, ['', 'x'.repeat(300), ODD_TEXT]],
  ['bytes', S.BYTES_SCHEMA, [Buffer.alloc(0), ALL_BYTES, Buffer.from([255])]],
  [
    'decimal',
    decimalBuilder(4).build(),
    [new BigDecimal(-LONGEST, 4), new BigDecimal(LONGEST, 4), new BigDecimal(0n, 4)],
  ],
  [
    'whole',
    decimalBuilder(0).build(),
    [new BigDecimal(-1n, 0), new BigDecimal(128n, 0), new BigDecimal(-129n, 0)],
  ],
  ['date', DATE_SCHEMA, [new Date('1582-10-15'), new Date('9999-12-31'), new Date(0)]],
  ['time', TIME_SCHEMA, [new Date(0), new Date(86_399_999), new Date(45_296_789)]],
  [
    'timestamp',
    TIMESTAMP_SCHEMA,
    [new Date('0001-01-01T00:00:00.000Z'), new Date('9999-12-31T23:59:59.999Z'), new Date(-1)],
  ],
  ['maybeInt32', S.OPTIONAL_INT32_SCHEMA, [null, 2147483647, 0]],
  ['maybeInt64', S.OPTIONAL_INT64_SCHEMA, [null, INT64_MIN, 0]],
  ['maybeFloat64', S.OPTIONAL_FLOAT64_SCHEMA, [null, 0.1, 0]],
  ['maybeBoolean', S.OPTIONAL_BOOLEAN_SCHEMA, [null, true, false]],
  ['maybeString', S.OPTIONAL_STRING_SCHEMA, [null, ODD_TEXT, '']],
  ['maybeBytes', S.OPTIONAL_BYTES_SCHEMA, [null, ALL_BYTES, Buffer.alloc(0)]],
  [
    'maybeDecimal',
    decimalBuilder(2).optional().build(),
    [null, new BigDecimal(-105n, 2), new BigDecimal(0n, 2)],
  ],
  ['maybeTimestamp', timestampBuilder().optional().build(), [null, new Date(1_700_000_000_123), new Date(0)]],
  ['withDefault', SchemaBuilder.int32().defaultValue(42).build(), [42, 0, -1]],
  ['address', address, [at('', null), at('Hauptstraße', 2147483647), at(ODD_TEXT, 0)]],
  [
    'deputy',
    optionalAddress,
    [null, new Struct(optionalAddress).put('street', 'ß'), new Struct(optionalAddress).put('street', '')],
  ],
  ['longs', SchemaBuilder.array(S.INT64_SCHEMA).build(), [[], [INT64_MIN, INT64_MAX, 0], [-1]]],
  ['texts', SchemaBuilder.array(S.STRING_SCHEMA).build(), [[], ['', ODD_TEXT], ['']]],
  ['addresses', SchemaBuilder.array(address).build(), [[], [at('a', 1), at('b', null)], [at('', 0)]]],
  [
    'counts',
    SchemaBuilder.map(S.STRING_SCHEMA, S.INT64_SCHEMA).build(),
    [
      new Map(),
      new Map<string, bigint | number>([
        ['', INT64_MAX],
        ['😀', -1],
      ]),
      new Map([['zero', 0]]),
    ],
  ],
  [
    'homes',
    SchemaBuilder.map(S.STRING_SCHEMA, address).build(),
    [new Map(), new Map([['a', at('a', 1)]]), new Map([['', at('', 0)]])],
  ],
  [
    'pairs',
    SchemaBuilder.map(S.INT32_SCHEMA, S.STRING_SCHEMA).build(),
    [
      new Map(),
      new Map([
        [-2147483648, 'low'],
        [2147483647, 'high'],
      ]),
      new Map([[0, '']]),
    ],
  ],
]

/** What not every language can say. */
export const NON_FINITE: readonly Column[] = [
  ['single', S.FLOAT32_SCHEMA, [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
  ['double', S.FLOAT64_SCHEMA, [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
]
export const NULLS_INSIDE: readonly Column[] = [
  ['maybeTexts', SchemaBuilder.array(S.OPTIONAL_STRING_SCHEMA).build(), [[], [null, '', null], ['a']]],
  [
    'maybeCounts',
    SchemaBuilder.map(S.STRING_SCHEMA, S.OPTIONAL_INT32_SCHEMA).build(),
    [
      new Map(),
      new Map([
        ['a', null],
        ['b', 0],
      ]),
      new Map([['', 1]]),
    ],
  ],
  [
    'matrix',
    SchemaBuilder.array(SchemaBuilder.array(S.INT32_SCHEMA).build()).build(),
    [[], [[], [1, 2], [-3]], [[0]]],
  ],
]

export const NOTED: S.Schema = SchemaBuilder.struct()
  .name('shop.Noted')
  .field('id', S.INT32_SCHEMA)
  .field('note', S.OPTIONAL_STRING_SCHEMA)
  .build()

export function structOf(name: string, columns: readonly Column[]): { schema: S.Schema; rows: Struct[] } {
  const builder = SchemaBuilder.struct().name(name)
  for (const [field, schema] of columns) builder.field(field, schema)
  const schema = builder.build()
  const row = (i: number): Struct => {
    const struct = new Struct(schema)
    for (const [field, , values] of columns) struct.put(field, values[i])
    return struct
  }
  return { schema, rows: [0, 1, 2].map(row) }
}

/** What Python is to see of what is not the same in all languages. */
export interface Looks {
  bytes(value: Uint8Array): unknown
  decimal(value: BigDecimal): unknown
  date(value: Date): unknown
  time(value: Date): unknown
  timestamp(value: Date): unknown
  /** Whether maps with strings for keys are a list of entries, too, as others are. */
  listsAllMaps: boolean
}

/** As `heard` has it. */
export const ISO = {
  date: (value: Date): unknown => ({ date: value.toISOString().slice(0, 10) }),
  time: (value: Date): unknown => ({ time: `${value.toISOString().slice(11, 23)}000` }),
  timestamp: (value: Date): unknown => ({ datetime: value.toISOString().replace('Z', '000Z') }),
}

export function seen(schema: S.Schema, value: unknown, looks: Looks): unknown {
  if (value === null) return null
  switch (schema.name) {
    case DECIMAL_NAME:
      return looks.decimal(value as BigDecimal)
    case DATE_NAME:
      return looks.date(value as Date)
    case TIME_NAME:
      return looks.time(value as Date)
    case TIMESTAMP_NAME:
      return looks.timestamp(value as Date)
  }
  switch (schema.type) {
    case 'INT8':
    case 'INT16':
    case 'INT32':
    case 'INT64':
      return BigInt(value as number | bigint)
    case 'BYTES':
      return looks.bytes(value as Uint8Array)
    case 'ARRAY':
      return (value as unknown[]).map(element => seen(schema.valueSchema!, element, looks))
    case 'MAP': {
      const { keySchema, valueSchema } = schema
      const entries = [...(value as Map<unknown, unknown>)].map(([key, element]) => ({
        key: seen(keySchema!, key, looks),
        value: seen(valueSchema!, element, looks),
      }))
      if (looks.listsAllMaps || keySchema!.type !== 'STRING') return entries
      return Object.fromEntries(entries.map(entry => [entry.key, entry.value]))
    }
    case 'STRUCT':
      return Object.fromEntries(
        schema.fields.map(field => [
          field.name,
          seen(field.schema, (value as Struct).getWithoutDefault(field), looks),
        ]),
      )
    default:
      return value
  }
}
