import { Float32, Float64, Int8, Int16, Int32, JavaNumber } from '../numbers.ts'
import type { Schema, SchemaType } from '../schema.ts'

/** Plain numbers where the schema tells their class, `Int8` and its like where it does not. */
export function naturalValue(schema: Schema | null, value: unknown): unknown {
  if (value instanceof JavaNumber)
    return schema !== null && typeOf(value) === schema.type ? value.value : value
  if (Array.isArray(value)) {
    const element = schema?.type === 'ARRAY' ? schema.valueSchema : null
    return value.map(each => naturalValue(element, each))
  }
  if (value instanceof Map) {
    const [keySchema, valueSchema] =
      schema?.type === 'MAP' ? [schema.keySchema, schema.valueSchema] : [null, null]
    return new Map(Array.from(value, ([k, v]) => [naturalValue(keySchema, k), naturalValue(valueSchema, v)]))
  }
  return value
}

function typeOf(number: JavaNumber): SchemaType | null {
  if (number instanceof Int8) return 'INT8'
  if (number instanceof Int16) return 'INT16'
  if (number instanceof Int32) return 'INT32'
  if (number instanceof Float32) return 'FLOAT32'
  return number instanceof Float64 ? 'FLOAT64' : null
}
