import { SchemaBuilderException } from '../errors.ts'
import { isPlainObject, schemaTypeOf } from '../java-class.ts'
import { ConnectSchema, isPrimitive, type Schema, type SchemaType } from '../schema.ts'
import { SchemaBuilder } from '../schema-builder.ts'
import { Struct } from '../struct.ts'

/**
 * The schema that a value's class suggests: required for primitives, containers only when they are not empty
 * and all elements share a type, which nulls make optional. Else null.
 * Java: org.apache.kafka.connect.data.Values.inferSchema
 */
export function inferSchema(value: unknown): Schema | null {
  if (value instanceof Struct) return value.schema
  const type = value === null || value === undefined ? null : schemaTypeOf(value)
  if (type === null) return null
  if (isPrimitive(type)) return new ConnectSchema(type)
  if (Array.isArray(value)) {
    const element = elementSchema(value)
    return element && SchemaBuilder.array(element).build()
  }
  const entries = value instanceof Map ? [...value] : isPlainObject(value) ? Object.entries(value) : []
  const keySchema = elementSchema(entries.map(([key]) => key))
  const valueSchema = elementSchema(entries.map(([, each]) => each))
  return keySchema && valueSchema && SchemaBuilder.map(keySchema, valueSchema).build()
}

function elementSchema(elements: readonly unknown[]): Schema | null {
  if (elements.length === 0) return null
  const types = new Set<SchemaType | null>()
  for (const element of elements) if (element !== null) types.add(schemaTypeOf(element))
  if (types.size > 1) return null
  const [type] = types
  if (!type) throw new SchemaBuilderException('type cannot be null')
  return new ConnectSchema(type, { optional: elements.includes(null) })
}
