/** Connect values as JSON text. Java: JsonConverter.convertToJson */
import { BigDecimal } from '../../data/big-decimal.ts'
import { decimalToBytes } from '../../data/decimal.ts'
import { DataException } from '../../data/errors.ts'
import { isPlainObject, javaClassName, schemaTypeOf } from '../../data/java-class.ts'
import { hashMapOrder, keysInHashOrder, tableSizeOf } from '../../data/java-hash.ts'
import { doubleText, floatText } from '../../data/java-number-text.ts'
import { quoted } from '../../data/json/text.ts'
import { KeyLists } from '../../data/key-lists.ts'
import { dateToInt, timestampToLong, timeToInt } from '../../data/logical.ts'
import { DATE_NAME, DECIMAL_NAME, TIME_NAME, TIMESTAMP_NAME } from '../../data/logical-names.ts'
import { Float32, Float64, fitsInt64, Int8, Int16, Int32 } from '../../data/numbers.ts'
import type { Schema, SchemaType } from '../../data/schema.ts'
import { Struct } from '../../data/struct.ts'
import type { JsonOptions } from './config.ts'
import { fieldsToJson } from './fields-to-json.ts'
import { placed } from './placed.ts'

/**
 * With JSON Schema an empty text says that there is no value, not even null.
 * @throws DataException when the value does not suit the schema, or is of no class that Connect knows
 */
export function toJson(schema: Schema | null, value: unknown, options: JsonOptions): string {
  if (value === null || value === undefined) return nullToJson(schema, options)
  if (schema === null) return schemalessToJson(value, options)
  if (schema.name !== null) {
    const logical = logicalToJson(schema, value, options)
    if (logical !== null) return logical
  }
  return typedToJson(schema.type, schema, value, options)
}

/** What is not even null. */
export const ABSENT = ''

export function nullToJson(schema: Schema | null, options: JsonOptions): string {
  if (schema === null) return 'null'
  if (schema.defaultValue !== null && options.replaceNullWithDefault)
    return toJson(schema, schema.defaultValue, options)
  if (schema.optional) return 'null'
  if (options.jsonSchema) return ABSENT
  throw new DataException('Conversion error: null value for field that is required and has no default value')
}

function schemalessToJson(value: unknown, options: JsonOptions): string {
  if (typeof value === 'string') return quoted(value)
  const type = schemaTypeOf(value)
  if (type === null) {
    throw new DataException(
      `Java class class ${javaClassName(value)} does not have corresponding schema type.`,
    )
  }
  return typedToJson(type, null, value, options)
}

/** Null when the schema's name is not one of Connect's own. */
function logicalToJson(schema: Schema, value: unknown, options: JsonOptions): string | null {
  switch (schema.name) {
    case DECIMAL_NAME: {
      if (!(value instanceof BigDecimal)) throw wrongLogical('Decimal', 'BigDecimal', value)
      return options.numericDecimals ? value.toString() : base64(decimalToBytes(schema, value))
    }
    case DATE_NAME:
      return String(dateToInt(schema, dateOf('Date', value)))
    case TIME_NAME:
      return String(timeToInt(schema, dateOf('Time', value)))
    case TIMESTAMP_NAME:
      return String(timestampToLong(schema, dateOf('Timestamp', value)))
    default:
      return null
  }
}

function dateOf(type: string, value: unknown): Date {
  if (!(value instanceof Date)) throw wrongLogical(type, 'Date', value)
  return value
}

function wrongLogical(type: string, expected: string, value: unknown): DataException {
  return new DataException(
    `Invalid type for ${type}, expected ${expected} but was class ${javaClassName(value)}`,
  )
}

function typedToJson(type: SchemaType, schema: Schema | null, value: unknown, options: JsonOptions): string {
  switch (type) {
    case 'STRING':
      if (typeof value === 'string') return quoted(value)
      break
    case 'INT64':
      if (
        typeof value === 'number'
          ? Number.isSafeInteger(value)
          : typeof value === 'bigint' && fitsInt64(value)
      )
        return value === 0 ? '0' : String(value)
      break
    case 'INT32':
      return integerToJson(schema, value, value instanceof Int32, -0x80000000, 0x7fffffff)
    case 'INT16':
      return integerToJson(schema, value, value instanceof Int16, -0x8000, 0x7fff)
    case 'INT8':
      return integerToJson(schema, value, value instanceof Int8, -0x80, 0x7f)
    case 'FLOAT64':
      if (typeof value === 'number') return finite(value, doubleText)
      if (value instanceof Float64) return finite(value.value, doubleText)
      break
    case 'FLOAT32':
      if (typeof value === 'number') return finite(Math.fround(value), floatText)
      if (value instanceof Float32) return finite(value.value, floatText)
      break
    case 'BOOLEAN':
      if (typeof value === 'boolean') return value ? 'true' : 'false'
      break
    case 'BYTES':
      if (value instanceof Uint8Array) return base64(value)
      if (options.jsonSchema && value instanceof BigDecimal) return value.toString()
      throw new DataException(`Invalid type for bytes type: class ${javaClassName(value)}`)
    case 'ARRAY':
      if (Array.isArray(value)) return arrayToJson(schema, value, options)
      break
    case 'MAP':
      if (value instanceof Map || isPlainObject(value)) return mapToJson(schema, value, options)
      break
    case 'STRUCT':
      if (value instanceof Struct) return structToJson(schema, value, options)
      break
  }
  throw wrongType(schema, value)
}

function wrongType(schema: Schema | null, value: unknown): DataException {
  const type = schema === null ? 'unknown schema' : schema.type
  return new DataException(`Invalid type for ${type}: class ${javaClassName(value)}`)
}

function integerToJson(
  schema: Schema | null,
  value: unknown,
  wrapped: boolean,
  min: number,
  max: number,
): string {
  const number = wrapped ? (value as Int32).value : value
  if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number > max)
    throw wrongType(schema, value)
  return number === 0 ? '0' : String(number)
}

/** NaN and the infinities are strings. */
function finite(value: number, text: (value: number) => string): string {
  return Number.isFinite(value) ? text(value) : `"${value}"`
}

function base64(bytes: Uint8Array): string {
  return `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')}"`
}

function arrayToJson(schema: Schema | null, elements: readonly unknown[], options: JsonOptions): string {
  if (elements.length === 0) return '[]'
  const elementSchema = schema === null ? null : schema.valueSchema
  let out = '['
  let i = 0
  try {
    for (; i < elements.length; i++) {
      if (i > 0) out += ','
      out += toJson(elementSchema, elements[i], options) || 'null'
    }
  } catch (error) {
    throw placed(error, `[${i}]`, options)
  }
  return `${out}]`
}

type JsonMap = ReadonlyMap<unknown, unknown> | Readonly<Record<string, unknown>>

/** An object when the keys are strings by schema or by class, else an array of pairs. */
function mapToJson(schema: Schema | null, map: JsonMap, options: JsonOptions): string {
  const keySchema = schema === null ? null : schema.keySchema
  const valueSchema = schema === null ? null : schema.valueSchema
  if (!(map instanceof Map)) {
    if (keySchema !== null && keySchema.type !== 'STRING') {
      const [key] = Object.keys(map)
      if (key === undefined) return '[]'
      throw wrongType(keySchema, key)
    }
    if (keySchema !== null && hasEntries(keySchema, options)) {
      const entries = keysInHashOrder(map).map(key => [key, (map as Record<string, unknown>)[key]] as const)
      return entriesToJson(entries, keySchema, valueSchema, options)
    }
    return objectToJson(map as Readonly<Record<string, unknown>>, valueSchema, options)
  }
  if (schema === null ? !hasOnlyStringKeys(map) : hasEntries(keySchema, options))
    return entriesToJson(map, keySchema, valueSchema, options)
  // Set by name, since a null key becomes "null" and may meet another key of that name.
  const members = new Map<string, string>()
  for (const [k, v] of map) {
    const name = toJson(keySchema, k, options)
    members.set(name.startsWith('"') ? name : `"${name}"`, memberToJson(valueSchema, v, String(k), options))
  }
  let out = ''
  for (const [name, text] of members) out += `${out === '' ? '' : ','}${name}:${text}`
  return `{${out}}`
}

/** Whether keys of that schema are no names of members; with JSON Schema a name that may be null is none. */
export function hasEntries(keySchema: Schema | null, options: JsonOptions): boolean {
  return keySchema?.type !== 'STRING' || (options.jsonSchema === true && keySchema.optional)
}

function entriesToJson(
  entries: Iterable<readonly [unknown, unknown]>,
  keySchema: Schema | null,
  valueSchema: Schema | null,
  options: JsonOptions,
): string {
  const texts = Array.from(entries, ([k, v], i) => {
    try {
      const key = toJson(keySchema, k, options) || 'null'
      const value = toJson(valueSchema, v, options) || 'null'
      return options.jsonSchema ? `{"key":${key},"value":${value}}` : `[${key},${value}]`
    } catch (error) {
      throw placed(error, `[${i}]`, options)
    }
  })
  return `[${texts.join(',')}]`
}

function hasOnlyStringKeys(map: ReadonlyMap<unknown, unknown>): boolean {
  for (const key of map.keys()) if (typeof key !== 'string') return false
  return true
}

export function memberToJson(
  schema: Schema | null,
  value: unknown,
  name: string,
  options: JsonOptions,
): string {
  if (!options.jsonSchema) return toJson(schema, value, options)
  try {
    return toJson(schema, value, options) || 'null'
  } catch (error) {
    throw placed(error, name, options)
  }
}

/** The names of an object's members in the order of a HashMap, and what stands before each value. */
interface MemberOrder {
  names: readonly string[]
  prefixes: readonly string[]
}

const memberOrders = new KeyLists((keys, tableSize): MemberOrder => {
  const names = hashMapOrder(keys, tableSize)
  return { names, prefixes: memberPrefixes(names) }
})

function memberPrefixes(names: readonly string[]): string[] {
  return names.map((name, i) => `${i > 0 ? ',' : ''}${quoted(name)}:`)
}

/** Members in the order of a HashMap, which is what the JVM would hold. */
function objectToJson(
  object: Readonly<Record<string, unknown>>,
  valueSchema: Schema | null,
  options: JsonOptions,
): string {
  const { names, prefixes } = memberOrders.of(Object.keys(object), tableSizeOf(object))
  let out = '{'
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!
    out += prefixes[i]! + memberToJson(valueSchema, object[name], name, options)
  }
  return `${out}}`
}

const fieldPrefixes = new WeakMap<Schema, readonly string[]>()

function prefixesOf(schema: Schema): readonly string[] {
  let prefixes = fieldPrefixes.get(schema)
  // A schema that is still being built may have grown.
  if (prefixes === undefined || prefixes.length !== schema.fields.length) {
    prefixes = memberPrefixes(schema.fields.map(field => field.name))
    fieldPrefixes.set(schema, prefixes)
  }
  return prefixes
}

function structToJson(schema: Schema | null, struct: Struct, options: JsonOptions): string {
  if (schema === null || (struct.schema !== schema && !struct.schema.equals(schema)))
    throw new DataException('Mismatching schema.')
  if (options.jsonSchema) return fieldsToJson(schema, struct, options)
  const prefixes = prefixesOf(schema)
  const { fields } = schema
  let out = '{'
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i]!
    out += prefixes[i]! + toJson(field.schema, struct.getWithoutDefault(field), options)
  }
  return `${out}}`
}
