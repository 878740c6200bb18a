import { BigDecimal } from '../../../src/data/big-decimal.ts'
import { decimalBuilder } from '../../../src/data/decimal.ts'
import { dateBuilder, MILLIS_PER_DAY, timeBuilder, timestampBuilder } from '../../../src/data/logical.ts'
import { int64 } from '../../../src/data/numbers.ts'
import { INT32_SCHEMA, type Schema, STRING_SCHEMA } from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import type { Random } from '../../conform/avro/random.ts'

const TEXTS = [
  '',
  'a',
  'Grüße',
  '漢字',
  '🙂',
  '\0\n"\\',
  'x'.repeat(70),
  'é'.repeat(100),
  '__proto__',
  'constructor',
]

const SCALARS: readonly (() => SchemaBuilder)[] = [
  () => SchemaBuilder.int8(),
  () => SchemaBuilder.int16(),
  () => SchemaBuilder.int32(),
  () => SchemaBuilder.int64(),
  () => SchemaBuilder.float32(),
  () => SchemaBuilder.float64(),
  () => SchemaBuilder.bool(),
  () => SchemaBuilder.string(),
  () => SchemaBuilder.bytes(),
  () => dateBuilder(),
  () => timeBuilder(),
  () => timestampBuilder(),
  () => decimalBuilder(3),
  () => decimalBuilder(-2),
]

/** Connect schemas and values of them, the same for the same seed. */
export class RandomData {
  #structs = 0

  constructor(private readonly random: Random) {}

  struct(depth = 3): Schema {
    const builder = SchemaBuilder.struct()
    if (this.random.chance(0.7)) builder.name(`space.S${++this.#structs}`)
    if (this.random.chance(0.2)) builder.version(4).doc('doc').parameter('p', 'q')
    for (let i = this.random.below(8) + 1; i > 0; i--) builder.field(`f${i}`, this.schema(depth - 1))
    if (this.random.chance(0.3)) builder.optional()
    return builder.build()
  }

  schema(depth: number): Schema {
    const { random } = this
    if (depth > 0 && random.chance(0.2)) return this.struct(depth)
    const isContainer = depth > 0 && random.chance(0.35)
    const builder = isContainer ? this.#container(depth) : random.pick(SCALARS)()
    if (random.chance(0.3)) builder.optional()
    // JSON has no NaN, and of an array's default Java loses what may be null.
    const value = this.#value(builder.draft)
    const isLost = isContainer || (typeof value === 'number' && !Number.isFinite(value))
    if (!isLost && random.chance(0.2)) builder.defaultValue(value)
    return builder.build()
  }

  #container(depth: number): SchemaBuilder {
    const { random } = this
    if (random.chance(0.5)) return SchemaBuilder.array(this.schema(depth - 1))
    if (random.chance(0.7)) return SchemaBuilder.map(STRING_SCHEMA, this.schema(depth - 1))
    return SchemaBuilder.map(INT32_SCHEMA, this.schema(depth - 1)).name(`space.M${++this.#structs}`)
  }

  /** A null with a default would come back as the default. */
  value(schema: Schema): unknown {
    if (schema.optional && schema.defaultValue === null && this.random.chance(0.3)) return null
    return this.#value(schema)
  }

  #value(schema: Schema): unknown {
    const { random } = this
    switch (schema.name?.replace(/^.*\./, '')) {
      case 'Date':
        return new Date((random.below(2_000_000) - 1_000_000) * MILLIS_PER_DAY)
      case 'Time':
        return new Date(random.below(MILLIS_PER_DAY))
      case 'Timestamp':
        return new Date(Math.floor((random.next() - 0.5) * 1e15))
      case 'Decimal':
        return new BigDecimal(this.#bigint(random.below(130)), Number(schema.parameters!.get('scale')))
    }
    switch (schema.type) {
      case 'INT8':
        return random.below(256) - 128
      case 'INT16':
        return random.below(65536) - 32768
      case 'INT32':
        return Number(this.#bigint(32))
      case 'INT64':
        return int64(this.#bigint(64))
      case 'FLOAT32':
        return Math.fround(random.pick([0, -0, Number.NaN, Infinity, random.next() * 1e30]))
      case 'FLOAT64':
        return random.pick([0, -0, Number.NaN, -Infinity, random.next(), random.next() * 1e300, 5e-324])
      case 'BOOLEAN':
        return random.chance(0.5)
      case 'STRING':
        return random.pick(TEXTS)
      case 'BYTES':
        return Buffer.from(Array.from({ length: random.below(20) }, () => random.below(256)))
      case 'ARRAY':
        return Array.from({ length: random.below(4) }, () => this.value(schema.valueSchema!))
      case 'MAP':
        return new Map(
          Array.from({ length: random.below(4) }, () => [
            this.value(schema.keySchema!),
            this.value(schema.valueSchema!),
          ]),
        )
      case 'STRUCT':
        return new Struct(
          schema,
          schema.fields.map(field => this.value(field.schema)),
        )
    }
  }

  /** Of as many bits with its sign, or fewer. */
  #bigint(bits: number): bigint {
    let value = 0n
    for (let i = 0; i < bits; i += 30) value = (value << 30n) | BigInt(this.random.below(1 << 30))
    return BigInt.asIntN(bits, value) >> BigInt(this.random.below(bits))
  }
}
