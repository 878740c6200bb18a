/** Values to text, as header values are written by default. Java: Values.convertToString */
import { BigDecimal } from '../big-decimal.ts'
import { DataException } from '../errors.ts'
import { isPlainObject, javaClassName } from '../java-class.ts'
import { keysInHashOrder } from '../java-hash.ts'
import { javaText } from '../java-text.ts'
import { JavaNumber } from '../numbers.ts'
import type { Schema } from '../schema.ts'
import { Struct } from '../struct.ts'
import { temporalText } from './temporal.ts'

/** Null for null. Strings as they are at the top, quoted inside lists, maps and structs. */
export function valueText(schema: Schema | null, value: unknown): string | null {
  if (value === null || value === undefined) return null
  return textOf(schema, value, false)
}

function textOf(schema: Schema | null, value: unknown, embedded: boolean): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return embedded ? quoted(value) : value
  if (typeof value !== 'object' || value instanceof JavaNumber || value instanceof BigDecimal)
    return javaText(value, schema)
  if (value instanceof Uint8Array) {
    const base64 = Buffer.from(value).toString('base64')
    return embedded ? `"${base64}"` : base64
  }
  if (value instanceof Date) return temporalText(value)
  if (Array.isArray(value)) {
    const element = schema?.type === 'ARRAY' ? schema.valueSchema : null
    return `[${value.map(each => textOf(element, each, true)).join(',')}]`
  }
  if (value instanceof Struct) {
    const fields = value.schema.fields.map(
      field => `"${field.name}":${textOf(field.schema, value.get(field), true)}`,
    )
    return `{${fields.join(',')}}`
  }
  if (value instanceof Map) return mapText(schema, [...value])
  if (isPlainObject(value))
    return mapText(
      schema,
      keysInHashOrder(value).map(key => [key, value[key]]),
    )
  throw new DataException(`Failed to serialize unexpected value type ${javaClassName(value)}: ${value}`)
}

function mapText(schema: Schema | null, entries: readonly (readonly [unknown, unknown])[]): string {
  const [keySchema, valueSchema] =
    schema?.type === 'MAP' ? [schema.keySchema, schema.valueSchema] : [null, null]
  const texts = entries.map(([k, v]) => `${textOf(keySchema, k, true)}:${textOf(valueSchema, v, true)}`)
  return `{${texts.join(',')}}`
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
