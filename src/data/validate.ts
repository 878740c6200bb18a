/** Java: ConnectSchema.validateValue */
import { BigDecimal } from './big-decimal.ts'
import { DataException } from './errors.ts'
import { isPlainObject, javaClassName } from './java-class.ts'
import { DATE_NAME, DECIMAL_NAME, TIME_NAME, TIMESTAMP_NAME } from './logical-names.ts'
import { Float32, Float64, fitsInt64, Int8, Int16, Int32 } from './numbers.ts'
import type { Schema } from './schema.ts'
import { Struct } from './struct.ts'

/**
 * Checks that `value` is what `schema` says, elements and entries included. A default does not excuse null.
 * @throws DataException with Java's text
 */
export function validateValue(field: string | null, schema: Schema, value: unknown): void {
  validate(field, '', schema, value)
}

/** `nesting` holds the `element of array ` prefixes; texts are put together only when there is an error. */
function validate(field: string | null, nesting: string, schema: Schema, value: unknown): void {
  if (value === null || value === undefined) {
    if (schema.optional) return
    throw new DataException(
      `Invalid value: null used for required ${location(field, nesting)}, schema type: ${schema.type}`,
    )
  }
  if (!isInstance(schema, value)) {
    const name = schema.name !== null ? ` "${schema.name}"` : ''
    const javaClass = javaClassName(value, isInstanceOfType(schema, value) ? schema : null)
    throw new DataException(
      `Invalid Java object for schema${name} with type ${schema.type}: class ${javaClass} for ${location(field, nesting)}`,
    )
  }
  switch (schema.type) {
    case 'STRUCT':
      if (!(value as Struct).schema.equals(schema)) throw new DataException('Struct schemas do not match.')
      ;(value as Struct).validate()
      break
    case 'ARRAY':
      validateArray(field, nesting, schema, value as readonly unknown[])
      break
    case 'MAP':
      validateMap(field, nesting, schema, value as object)
      break
  }
}

function location(field: string | null, nesting: string): string {
  return nesting + (field === null ? 'value' : `field: "${field}"`)
}

function validateArray(
  field: string | null,
  nesting: string,
  schema: Schema,
  elements: readonly unknown[],
): void {
  const inner = `element of array ${nesting}`
  const elementSchema = present(schema.valueSchema, field, inner)
  for (const element of elements) validate(field, inner, elementSchema, element)
}

function validateMap(field: string | null, nesting: string, schema: Schema, map: object): void {
  const keyNesting = `key of map ${nesting}`
  const valueNesting = `value of map ${nesting}`
  const keySchema = present(schema.keySchema, field, keyNesting)
  const valueSchema = present(schema.valueSchema, field, valueNesting)
  for (const [key, value] of map instanceof Map ? map : Object.entries(map)) {
    validate(field, keyNesting, keySchema, key)
    validate(field, valueNesting, valueSchema, value)
  }
}

function present(schema: Schema | null, field: string | null, nesting: string): Schema {
  if (schema === null) throw new DataException(`No schema defined for ${location(field, nesting)}`)
  return schema
}

/** A logical name of Connect's own asks for its class; any other name leaves it to the type. */
function isInstance(schema: Schema, value: unknown): boolean {
  switch (schema.name) {
    case null:
      return isInstanceOfType(schema, value)
    case DECIMAL_NAME:
      return value instanceof BigDecimal
    case DATE_NAME:
    case TIME_NAME:
    case TIMESTAMP_NAME:
      return value instanceof Date
    default:
      return isInstanceOfType(schema, value)
  }
}

/** What Connect's type takes in JavaScript; a bigint is a Long and never a smaller integer. */
export function isInstanceOfType(schema: Schema, value: unknown): boolean {
  switch (schema.type) {
    case 'STRING':
      return typeof value === 'string'
    case 'INT64':
      return typeof value === 'number'
        ? Number.isSafeInteger(value)
        : typeof value === 'bigint' && fitsInt64(value)
    case 'INT32':
      return typeof value === 'number' ? (value | 0) === value : value instanceof Int32
    case 'BOOLEAN':
      return typeof value === 'boolean'
    case 'FLOAT64':
      return typeof value === 'number' || value instanceof Float64
    case 'FLOAT32':
      return typeof value === 'number' || value instanceof Float32
    case 'INT16':
      return typeof value === 'number' ? (value << 16) >> 16 === value : value instanceof Int16
    case 'INT8':
      return typeof value === 'number' ? (value << 24) >> 24 === value : value instanceof Int8
    case 'BYTES':
      return value instanceof Uint8Array
    case 'ARRAY':
      return Array.isArray(value)
    case 'MAP':
      return value instanceof Map || isPlainObject(value)
    case 'STRUCT':
      return value instanceof Struct
  }
}
