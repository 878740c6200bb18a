import { expect, test } from 'bun:test'
import { BigDecimal } from '../../../src/data/big-decimal.ts'
import { decimalBuilder } from '../../../src/data/decimal.ts'
import { valueEquals } from '../../../src/data/equality.ts'
import { dateBuilder, timeBuilder, timestampBuilder } from '../../../src/data/logical.ts'
import { int64 } from '../../../src/data/numbers.ts'
import { type Schema, STRING_SCHEMA } from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import { formatWith, read, written } from './harness.ts'

/** mulberry32: the same numbers in every run. */
function randoms(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below)
  }
}

const NAMES = [
  'id',
  'name',
  '10',
  'a b',
  '__proto__',
  'Ünïcode',
  'x"y',
  'constructor',
  'order_id',
  'AaAa',
  'BBBB',
  'z',
]
const TEXTS = ['', 'plain', 'tab\t"q"\\', '\u0000\u001f', 'é漢😀', '\ud800', '</script>', '1.0']
const LONGS = [0n, -1n, 2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n, 1234567890123456789n]
const DOUBLES = [0, 1, -1, 0.1, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 123456789.125, -1e300]
const FLOATS = [0, 1, 0.1, 3.4028234663852886e38, 1e-45, -2.5].map(Math.fround)

class Making {
  constructor(private readonly random: (below: number) => number) {}

  one<T>(values: readonly T[]): T {
    return values[this.random(values.length)]!
  }

  schema(depth: number): Schema {
    const builder = this.builder(depth)
    if (this.random(3) === 0) builder.optional()
    if (builder.draft.name === null && this.random(4) === 0) builder.name(`com.acme.N${this.random(5)}`)
    if (builder.draft.version === null && this.random(4) === 0) builder.version(this.random(9))
    if (this.random(5) === 0) builder.doc('some words')
    if (this.random(5) === 0) builder.parameter('p', 'q').parameter('other', 'one')
    return builder.build()
  }

  builder(depth: number): SchemaBuilder {
    const simple = [
      SchemaBuilder.int8,
      SchemaBuilder.int16,
      SchemaBuilder.int32,
      SchemaBuilder.int64,
      SchemaBuilder.float32,
      SchemaBuilder.float64,
      SchemaBuilder.bool,
      SchemaBuilder.string,
      SchemaBuilder.bytes,
      dateBuilder,
      timeBuilder,
      timestampBuilder,
      () => decimalBuilder(this.random(6)),
    ]
    const kind = this.random(depth > 3 ? simple.length : simple.length + 7)
    if (kind < simple.length) return simple[kind]!()
    if (kind < simple.length + 1) return SchemaBuilder.array(this.schema(depth + 1))
    if (kind < simple.length + 2) return SchemaBuilder.map(STRING_SCHEMA, this.schema(depth + 1))
    if (kind < simple.length + 3) {
      const keys = this.one([
        SchemaBuilder.int32(),
        SchemaBuilder.int64(),
        SchemaBuilder.bool(),
        SchemaBuilder.string().optional(),
      ])
      return SchemaBuilder.map(keys.build(), this.schema(depth + 1))
    }
    const builder = SchemaBuilder.struct()
    for (const name of NAMES) if (this.random(2) === 0) builder.field(name, this.schema(depth + 1))
    return builder
  }

  /** Jackson takes no name that holds half a character. */
  key(schema: Schema): unknown {
    const key = this.inner(schema)
    return key === '\ud800' ? 'half' : key
  }

  value(schema: Schema, scale: number): unknown {
    if (schema.optional && this.random(4) === 0) return null
    switch (schema.name) {
      case 'org.apache.kafka.connect.data.Decimal':
        return new BigDecimal(this.one(LONGS) * 10n ** BigInt(this.random(20)), scale)
      case 'org.apache.kafka.connect.data.Date':
        return new Date(this.one([0, -1, 20000, -719162]) * 86_400_000)
      case 'org.apache.kafka.connect.data.Time':
        return new Date(this.one([0, 86_399_999]))
      case 'org.apache.kafka.connect.data.Timestamp':
        return new Date(this.one([0, -1, 8.64e15, -8.64e15]))
    }
    switch (schema.type) {
      case 'INT8':
        return this.one([0, 127, -128])
      case 'INT16':
        return this.one([0, 32767, -32768])
      case 'INT32':
        return this.one([0, 2147483647, -2147483648])
      case 'INT64':
        return int64(this.one(LONGS))
      case 'FLOAT32':
        return this.one(FLOATS)
      case 'FLOAT64':
        return this.one(DOUBLES)
      case 'BOOLEAN':
        return this.random(2) === 0
      case 'STRING':
        return this.one(TEXTS)
      case 'BYTES':
        return Buffer.from(Array.from({ length: this.random(5) }, () => this.random(256)))
      case 'ARRAY':
        return Array.from({ length: this.random(4) }, () => this.inner(schema.valueSchema!))
      case 'MAP':
        return new Map(
          Array.from({ length: this.random(4) }, () => [
            this.key(schema.keySchema!),
            this.inner(schema.valueSchema!),
          ]),
        )
      case 'STRUCT': {
        const struct = new Struct(schema)
        for (const field of schema.fields) struct.put(field, this.inner(field.schema))
        return struct
      }
    }
  }

  inner(schema: Schema): unknown {
    return this.value(schema, Number(schema.parameters?.get('scale') ?? 0))
  }
}

for (const decimals of ['BASE64', 'NUMERIC']) {
  test(`random schemas and values are what they were, decimals as ${decimals}`, () => {
    const format = formatWith({ 'decimal.format': decimals })
    const making = new Making(randoms(20261122))
    for (let i = 0; i < 600; i++) {
      const schema = making.schema(i % 3 === 0 ? 4 : 0)
      const jsonSchema = format.schemaOf(schema)
      expect(format.format.parse(jsonSchema.text, []).text).toBe(jsonSchema.text)
      expect(jsonSchema.incompatibilities(jsonSchema)).toEqual([])
      for (let k = 0; k < 3; k++) {
        const value = making.inner(schema)
        if (value === null) continue
        const text = written(format, schema, value)
        const again = read(format, jsonSchema, text)
        expect(again.schema!.equals(schema)).toBe(true)
        expect(valueEquals(again.value, value)).toBe(true)
      }
    }
  })
}
