import { jsonConverterPlugin } from '../converters/json/json-converter.ts'
import type { Schema } from '../data/schema.ts'
import { fieldBytes } from './field-buffer.ts'

const decimals = { 'decimal.format': 'NUMERIC' }
const withSchema = jsonConverterPlugin.converter!({ ...decimals, 'schemas.enable': 'true' }, false)
const payloadAlone = jsonConverterPlugin.converter!({ ...decimals, 'schemas.enable': 'false' }, false)

/** Beyond this no schema is written: JSON has each part as often as it is used. */
const MOST_PARTS = 10_000

/**
 * A value that stands for itself, with its schema, as a JsonConverter with Java's defaults reads it. Throws what the
 * converter throws.
 */
export function letterJson(schema: Schema | null, value: unknown): Uint8Array | null {
  const converter =
    schema !== null && writtenParts(schema, new Map()) > MOST_PARTS ? payloadAlone : withSchema
  return fieldBytes(out => converter.serialize('', schema, value, out))
}

/** Infinite for a struct inside itself. */
function writtenParts(schema: Schema, counted: Map<Schema, number>): number {
  const built = schema.schema()
  const known = counted.get(built)
  if (known !== undefined) return known
  counted.set(built, Number.POSITIVE_INFINITY)
  const parts = partsOf(built).reduce((sum, part) => sum + writtenParts(part, counted), 1)
  counted.set(built, parts)
  return parts
}

function partsOf(schema: Schema): readonly Schema[] {
  switch (schema.type) {
    case 'STRUCT':
      return schema.fields.map(field => field.schema)
    case 'MAP':
      return [schema.keySchema, schema.valueSchema].filter(part => part !== null)
    case 'ARRAY':
      return schema.valueSchema === null ? [] : [schema.valueSchema]
    default:
      return []
  }
}
