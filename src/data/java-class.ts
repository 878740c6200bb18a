import { LINKED, tableSizeOf } from './java-hash.ts'
import { fitsInt64, isPlainLong } from './numbers.ts'
import type { Schema, SchemaType } from './schema.ts'

const CLASS_OF_NUMBER: Readonly<Partial<Record<SchemaType, string>>> = {
  INT8: 'java.lang.Byte',
  INT16: 'java.lang.Short',
  INT32: 'java.lang.Integer',
  INT64: 'java.lang.Long',
  FLOAT32: 'java.lang.Float',
  FLOAT64: 'java.lang.Double',
}

/**
 * What the JVM would print for `value.getClass().getName()`; messages put `class ` before it. Plain numbers show
 * their class only together with their schema.
 */
export function javaClassName(value: unknown, schema: Schema | null = null): string {
  if (typeof value === 'number' && schema !== null) {
    const name = CLASS_OF_NUMBER[schema.type]
    if (name !== undefined) return name
  }
  switch (typeof value) {
    case 'string':
      return 'java.lang.String'
    case 'boolean':
      return 'java.lang.Boolean'
    case 'number':
      return isPlainLong(value) ? 'java.lang.Long' : 'java.lang.Double'
    case 'bigint':
      return fitsInt64(value) ? 'java.lang.Long' : 'java.math.BigInteger'
    case 'object':
      return value === null ? 'null' : objectClassName(value)
    default:
      return typeof value
  }
}

function objectClassName(value: object): string {
  if ('javaClass' in value && typeof value.javaClass === 'string') return value.javaClass
  if (value instanceof Uint8Array) return '[B'
  if (Array.isArray(value)) return 'java.util.ArrayList'
  if (value instanceof Date) return 'java.util.Date'
  if (value instanceof Map) return 'java.util.HashMap'
  if (isPlainObject(value))
    return tableSizeOf(value) === LINKED ? 'java.util.LinkedHashMap' : 'java.util.HashMap'
  return value.constructor.name
}

/** An object literal or what `JSON.parse` makes: a schemaless map with string keys. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

const TYPE_OF_CLASS: Readonly<Record<string, SchemaType>> = {
  'java.lang.Byte': 'INT8',
  'java.lang.Short': 'INT16',
  'java.lang.Integer': 'INT32',
  'java.lang.Long': 'INT64',
  'java.lang.Float': 'FLOAT32',
  'java.lang.Double': 'FLOAT64',
  'java.lang.Boolean': 'BOOLEAN',
  'java.lang.String': 'STRING',
  '[B': 'BYTES',
  'java.util.ArrayList': 'ARRAY',
  'java.util.HashMap': 'MAP',
  'java.util.LinkedHashMap': 'MAP',
  'org.apache.kafka.connect.data.Struct': 'STRUCT',
}

/**
 * The type that a schemaless value has by its class; null for decimals, dates and foreign objects.
 * Java: ConnectSchema.schemaType
 */
export function schemaTypeOf(value: unknown): SchemaType | null {
  switch (typeof value) {
    case 'string':
      return 'STRING'
    case 'boolean':
      return 'BOOLEAN'
    case 'number':
      return isPlainLong(value) ? 'INT64' : 'FLOAT64'
    default:
      return TYPE_OF_CLASS[javaClassName(value)] ?? null
  }
}
