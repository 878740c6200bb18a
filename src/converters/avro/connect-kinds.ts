/** What a Connect schema is told to be by its name and parameters. */
import type { Schema } from '../../data/schema.ts'
import { type AvroType, isNamed } from '../../formats/avro/types.ts'
import type { AvroOptions } from './config.ts'
import {
  AVRO_ENUM,
  AVRO_UNION,
  FIXED_SIZE,
  GENERALIZED_ENUM,
  GENERALIZED_FIELD_PREFIX,
  GENERALIZED_UNION,
} from './names.ts'
import { scrubbedFullName } from './scrub.ts'

/** A struct with one field for each type of a union, of which one is set. */
export function isUnion(schema: Schema): boolean {
  return schema.name === AVRO_UNION || (schema.parameters?.has(GENERALIZED_UNION) ?? false)
}

/** The parameter that holds the name of an enum that stays one in Avro; null for all else. */
export function enumParameter(schema: Schema, { enhanced, generalized }: AvroOptions): string | null {
  if (schema.type !== 'STRING' || !(enhanced || generalized)) return null
  const { parameters } = schema
  if (!parameters?.has(GENERALIZED_ENUM) && !parameters?.has(AVRO_ENUM)) return null
  return generalized ? GENERALIZED_ENUM : AVRO_ENUM
}

export function isFixed(schema: Schema): boolean {
  return schema.type === 'BYTES' && schema.name !== null && (schema.parameters?.has(FIXED_SIZE) ?? false)
}

/** Whether maps of that schema are Avro's, else they are arrays of entries. */
export function isAvroMap(schema: Schema, { optionalMapKeys }: AvroOptions): boolean {
  const key = schema.keySchema
  return key?.type === 'STRING' && (!key.optional || optionalMapKeys)
}

/** The field that holds a union's value of that type; `index` counts the union's types, null included. */
export function unionFieldName(type: AvroType, index: number, options: AvroOptions): string {
  if (options.generalized) return GENERALIZED_FIELD_PREFIX + index
  if (!isNamed(type)) return type.type
  return options.enhanced ? type.name.full : type.name.simple
}

/** The name in Avro of what has one; null for an unnamed schema. */
export function avroNameOf(schema: Schema, options: AvroOptions): string | null {
  const parameter = enumParameter(schema, options)
  if (parameter !== null) return schema.parameters?.get(parameter) ?? null
  return schema.name === null ? null : scrubbedFullName(schema.name, options.scrub)
}
