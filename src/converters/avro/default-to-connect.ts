/** Defaults of Avro schemas as Connect values. Java: AvroData.defaultValueFromAvro */
import { decimalFromBytes } from '../../data/decimal.ts'
import { DataException } from '../../data/errors.ts'
import { dateFromInt, timeFromInt, timestampFromLong } from '../../data/logical.ts'
import { DATE_NAME, DECIMAL_NAME, TIME_NAME, TIMESTAMP_NAME } from '../../data/logical-names.ts'
import { Float32, Float64 } from '../../data/numbers.ts'
import type { Schema } from '../../data/schema.ts'
import { Struct } from '../../data/struct.ts'
import { type DefaultValue, defaultValueOf, latin1Bytes } from '../../formats/avro/default-value.ts'
import { isJsonArray, isJsonObject, isNumber, type JsonValue } from '../../formats/avro/json.ts'
import type { AvroType } from '../../formats/avro/types.ts'
import type { AvroOptions } from './config.ts'
import { isUnion, unionFieldName } from './connect-kinds.ts'
import { KEY_FIELD, VALUE_FIELD } from './names.ts'
import { scrubbed } from './scrub.ts'

/** A record field's own default. @throws DataException where the schema has no such value */
export function fromFieldDefault(
  schema: Schema,
  type: AvroType,
  json: JsonValue,
  options: AvroOptions,
): unknown {
  const value = defaultValueOf(type, json)
  return value === undefined || value === null ? null : fromValue(schema, type, value, options)
}

function fromValue(schema: Schema, type: AvroType, value: DefaultValue, options: AvroOptions): unknown {
  if (value === null) return null
  switch (schema.type) {
    case 'INT8':
      return (whole(schema, value, 32) << 24) >> 24
    case 'INT16':
      return (whole(schema, value, 32) << 16) >> 16
    case 'INT32':
      return toLogical(schema, whole(schema, value, 32))
    case 'INT64':
      if (typeof value === 'number' || typeof value === 'bigint') return toLogical(schema, value)
      break
    case 'FLOAT32':
    case 'FLOAT64':
      if (value instanceof Float32 || value instanceof Float64) return value.value
      break
    case 'BOOLEAN':
      if (typeof value === 'boolean') return value
      break
    case 'STRING':
      if (typeof value === 'string') return value
      break
    case 'BYTES':
      if (value instanceof Uint8Array) return toLogical(schema, value)
      break
    case 'ARRAY':
      if (Array.isArray(value) && type.type === 'array')
        return value.map(element => fromValue(schema.valueSchema!, type.items, element, options))
      break
    case 'MAP':
      return fromMap(schema, type, value, options)
    case 'STRUCT':
      return fromRecord(schema, type, value, options)
  }
  throw wrong(schema)
}

function wrong(schema: Schema): DataException {
  return new DataException(`Invalid default for ${schema.type}`)
}

function whole(schema: Schema, value: DefaultValue, bits: number): number {
  if (typeof value === 'number' && BigInt.asIntN(bits, BigInt(value)) === BigInt(value)) return value
  throw wrong(schema)
}

function toLogical(schema: Schema, value: number | bigint | Uint8Array): unknown {
  switch (schema.name) {
    case DATE_NAME:
      return dateFromInt(schema, value as number)
    case TIME_NAME:
      return timeFromInt(schema, value as number)
    case TIMESTAMP_NAME:
      return timestampFromLong(schema, value as number | bigint)
    case DECIMAL_NAME:
      return decimalFromBytes(schema, value as Uint8Array)
    default:
      return value
  }
}

function fromMap(schema: Schema, type: AvroType, value: DefaultValue, options: AvroOptions): unknown {
  const map = new Map<unknown, unknown>()
  if (type.type === 'map' && value instanceof Map) {
    for (const [key, member] of value)
      map.set(key, fromValue(schema.valueSchema!, type.values, member, options))
    return map
  }
  if (type.type !== 'array' || type.items.type !== 'record' || !Array.isArray(value)) throw wrong(schema)
  const [keyType, valueType] = type.items.fields.map(field => field.type)
  for (const entry of value as readonly DefaultValue[]) {
    if (!(entry instanceof Map)) throw wrong(schema)
    map.set(
      fromValue(schema.keySchema!, keyType!, entry.get(KEY_FIELD) ?? null, options),
      fromValue(schema.valueSchema!, valueType!, entry.get(VALUE_FIELD) ?? null, options),
    )
  }
  return map
}

function fromRecord(schema: Schema, type: AvroType, value: DefaultValue, options: AvroOptions): unknown {
  if (isUnion(schema) && type.type === 'union') {
    const first = type.types[0]!
    const field = schema.field(unionFieldName(first, 0, options))
    if (field === null) throw wrong(schema)
    return new Struct(schema).put(field, fromValue(field.schema, first, value, options))
  }
  const record = type.type === 'union' ? type.types.find(branch => branch.type === 'record') : type
  if (record?.type !== 'record' || !(value instanceof Map)) throw wrong(schema)
  const struct = new Struct(schema)
  for (const field of schema.fields) {
    const name = options.scrub ? scrubbed(field.name) : field.name
    const member = record.fields.find(other => other.name === name)
    const given = value.get(name)
    struct.put(
      field,
      given === undefined
        ? field.schema.defaultValue
        : member === undefined
          ? null
          : fromValue(field.schema, member.type, given, options),
    )
  }
  return struct
}

/** A `connect.default`. @throws DataException where the schema has no such value */
export function fromConnectDefault(
  schema: Schema,
  type: AvroType,
  json: JsonValue | undefined,
  options: AvroOptions,
): unknown {
  const value = fromJson(schema, type, json, options)
  if (value === null || value === undefined) return null
  const isEncoded = typeof value === 'number' || typeof value === 'bigint' || value instanceof Uint8Array
  return isEncoded ? toLogical(schema, value) : value
}

/** Numbers where none are stand for 0, as Jackson has it. */
function fromJson(
  schema: Schema,
  type: AvroType,
  json: JsonValue | undefined,
  options: AvroOptions,
): unknown {
  if (json === undefined || json === null) return null
  switch (type.type) {
    case 'int': {
      const int = isNumber(json) ? Number(BigInt.asIntN(32, BigInt(Math.trunc(Number(json))))) : 0
      if (schema.type === 'INT8') return (int << 24) >> 24
      return schema.type === 'INT16' ? (int << 16) >> 16 : int
    }
    case 'long':
      if (typeof json === 'number' || typeof json === 'bigint') return json
      return isNumber(json) ? Math.trunc(Number(json)) : 0
    case 'float':
      return isNumber(json) ? Math.fround(Number(json)) : 0
    case 'double':
      return isNumber(json) ? Number(json) : 0
    case 'boolean':
      return json === true || json === 'true'
    case 'string':
    case 'enum':
      return typeof json === 'object' ? '' : String(json)
    case 'bytes':
    case 'fixed':
      return typeof json === 'string' ? latin1Bytes(json) : null
    case 'array':
      if (!isJsonArray(json)) throw new DataException('Invalid JSON for array default value')
      if (schema.type === 'MAP') return fromPairs(schema, type.items, json, options)
      return json.map(element => fromConnectDefault(schema.valueSchema!, type.items, element, options))
    case 'map': {
      if (!isJsonObject(json)) throw new DataException('Invalid JSON for map default value')
      const { values } = type
      return new Map(
        Array.from(json, ([name, member]) => [
          name,
          fromConnectDefault(schema.valueSchema!, values, member, options),
        ]),
      )
    }
    case 'record': {
      if (!isJsonObject(json)) throw new DataException('Invalid JSON for record default value')
      const struct = new Struct(schema)
      for (const field of type.fields) {
        const target = schema.field(field.name)
        if (target === null) throw wrong(schema)
        struct.put(target, fromConnectDefault(target.schema, field.type, json.get(field.name), options))
      }
      return struct
    }
    case 'union':
      return fromUnionJson(schema, type.types, json, options)
    default:
      return null
  }
}

/** A map that Avro cannot have: pairs of key and value. */
function fromPairs(
  schema: Schema,
  entry: AvroType,
  json: readonly JsonValue[],
  options: AvroOptions,
): Map<unknown, unknown> {
  if (entry.type !== 'record') throw wrong(schema)
  const [keyType, valueType] = entry.fields.map(field => field.type)
  const map = new Map<unknown, unknown>()
  for (const pair of json) {
    if (!isJsonArray(pair) || pair.length !== 2) throw wrong(schema)
    map.set(
      fromConnectDefault(schema.keySchema!, keyType!, pair[0], options),
      fromConnectDefault(schema.valueSchema!, valueType!, pair[1], options),
    )
  }
  return map
}

/** A default belongs to the first type, but where null comes first and something else is there. */
function fromUnionJson(
  schema: Schema,
  types: readonly AvroType[],
  json: JsonValue,
  options: AvroOptions,
): unknown {
  const first = types[0]!
  if (!isUnion(schema)) {
    const only = first.type === 'null' ? types[1] : first
    return only === undefined ? null : fromConnectDefault(schema, only, json, options)
  }
  if (first.type === 'null') return null
  const field = schema.field(unionFieldName(first, 0, options))
  if (field === null) throw wrong(schema)
  return new Struct(schema).put(field, fromConnectDefault(field.schema, first, json, options))
}
