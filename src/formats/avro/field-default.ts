import { isJsonArray, isJsonObject, isNumber, isWhole, type JsonValue } from './json.ts'
import type { AvroType } from './types.ts'

/**
 * Whether a field of that type may have that default; for a union, one of its branches has to suit.
 * Java: Schema.isValidDefault
 */
export function isValidDefault(type: AvroType, value: JsonValue | undefined): boolean {
  if (value === undefined) return false
  switch (type.type) {
    case 'string':
    case 'bytes':
    case 'enum':
    case 'fixed':
      return typeof value === 'string'
    case 'int':
      return isWhole(value) && value >= -0x80000000 && value <= 0x7fffffff
    case 'long':
      return isWhole(value) && value >= -(2n ** 63n) && value < 2n ** 63n
    case 'float':
    case 'double':
      return isNumber(value)
    case 'boolean':
      return typeof value === 'boolean'
    case 'null':
      return value === null
    case 'array':
      return isJsonArray(value) && value.every(element => isValidDefault(type.items, element))
    case 'map':
      return (
        isJsonObject(value) && Array.from(value.values()).every(each => isValidDefault(type.values, each))
      )
    case 'union':
      return type.types.some(branch => isValidDefault(branch, value))
    case 'record':
      return (
        isJsonObject(value) &&
        type.fields.every(field =>
          isValidDefault(field.type, value.has(field.name) ? value.get(field.name) : field.defaultValue),
        )
      )
  }
}
