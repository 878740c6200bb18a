/** A Connect default as the JSON that stands in an Avro schema. Java: AvroData.defaultValueFromConnect */
import { BigDecimal } from '../../data/big-decimal.ts'
import { decimalToBytes } from '../../data/decimal.ts'
import { DataException } from '../../data/errors.ts'
import { isPlainObject, javaClassName } from '../../data/java-class.ts'
import { keysInHashOrder } from '../../data/java-hash.ts'
import { dateToInt, timestampToLong, timeToInt } from '../../data/logical.ts'
import { DATE_NAME, DECIMAL_NAME, TIME_NAME, TIMESTAMP_NAME } from '../../data/logical-names.ts'
import { Float32, Float64, fitsInt64, JavaNumber } from '../../data/numbers.ts'
import type { Schema } from '../../data/schema.ts'
import { Struct } from '../../data/struct.ts'
import type { JsonValue } from '../../formats/avro/json.ts'
import type { AvroOptions } from './config.ts'
import { isAvroMap, isUnion } from './connect-kinds.ts'
import { scrubbed } from './scrub.ts'

/** JSON has each struct as often as it is used, and those that are used twice at each level double with each. */
const MOST_STRUCTS = 100_000

/** @throws DataException when the default is none of its schema, or too large */
export function defaultJson(schema: Schema, value: unknown, options: AvroOptions): JsonValue {
  return json(schema, value, { options, structs: 0 })
}

/** One default on its way. */
interface Draft {
  readonly options: AvroOptions
  structs: number
}

function json(schema: Schema, value: unknown, draft: Draft): JsonValue {
  if (value === null || value === undefined) return null
  const plain = withoutLogical(schema, value)
  switch (schema.type) {
    case 'INT8':
    case 'INT16':
    case 'INT32':
    case 'INT64':
      return integer(schema, plain)
    case 'FLOAT32':
      return new Float32(float(schema, plain))
    case 'FLOAT64':
      return new Float64(float(schema, plain))
    case 'BOOLEAN':
      if (typeof plain === 'boolean') return plain
      break
    case 'STRING':
      if (typeof plain === 'string') return plain
      break
    case 'BYTES':
      if (plain instanceof Uint8Array) return Buffer.from(plain).toString('latin1')
      break
    case 'ARRAY':
      if (Array.isArray(plain)) return plain.map(element => json(schema.valueSchema!, element, draft))
      break
    case 'MAP':
      if (plain instanceof Map || isPlainObject(plain)) return mapJson(schema, plain, draft)
      break
    case 'STRUCT':
      if (plain instanceof Struct) return structJson(schema, plain, draft)
      break
  }
  throw wrongDefault(schema, plain)
}

function wrongDefault(schema: Schema, value: unknown): DataException {
  return new DataException(
    `Invalid type used for default value of ${schema.type} field: class ${javaClassName(value, schema)}`,
  )
}

function withoutLogical(schema: Schema, value: unknown): unknown {
  if (schema.name === DECIMAL_NAME && value instanceof BigDecimal) return decimalToBytes(schema, value)
  if (!(value instanceof Date)) return value
  switch (schema.name) {
    case DATE_NAME:
      return dateToInt(schema, value)
    case TIME_NAME:
      return timeToInt(schema, value)
    case TIMESTAMP_NAME:
      return timestampToLong(schema, value)
    default:
      return value
  }
}

function integer(schema: Schema, value: unknown): number | bigint {
  const plain = value instanceof JavaNumber ? value.value : value
  if (typeof plain === 'bigint' && fitsInt64(plain)) return plain
  if (typeof plain === 'number' && Number.isSafeInteger(plain)) return plain
  throw wrongDefault(schema, value)
}

function float(schema: Schema, value: unknown): number {
  const plain = value instanceof JavaNumber ? value.value : value
  if (typeof plain === 'number') return plain
  throw wrongDefault(schema, value)
}

function mapJson(
  schema: Schema,
  map: ReadonlyMap<unknown, unknown> | Readonly<Record<string, unknown>>,
  draft: Draft,
): JsonValue {
  const entries: [unknown, unknown][] =
    map instanceof Map
      ? [...map]
      : keysInHashOrder(map).map(key => [key, (map as Readonly<Record<string, unknown>>)[key]])
  if (isAvroMap(schema, draft.options)) {
    return new Map(entries.map(([key, value]) => [String(key), json(schema.valueSchema!, value, draft)]))
  }
  return entries.map(([key, value]) => [
    json(schema.keySchema!, key, draft),
    json(schema.valueSchema!, value, draft),
  ])
}

/** Of a union's struct only the first field counts, as in Java. */
function structJson(schema: Schema, struct: Struct, draft: Draft): JsonValue {
  const { options } = draft
  if (++draft.structs > MOST_STRUCTS) {
    throw new DataException(`The default value of ${schema} is too large: more than ${MOST_STRUCTS} structs`)
  }
  const members = new Map<string, JsonValue>()
  for (const field of schema.fields) {
    const member = json(field.schema, struct.get(field), draft)
    if (isUnion(schema)) return member
    members.set(options.scrub ? scrubbed(field.name) : field.name, member)
  }
  return members
}
