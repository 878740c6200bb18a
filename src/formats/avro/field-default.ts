import { isJsonArray, isJsonObject, isNumber, isWhole, type JsonValue } from './json.ts'
import type { AvroField, AvroType } from './types.ts'

/** What is known of fields' own defaults; false while it is found out: a value inside itself is none. */
export type CheckedDefaults = Map<AvroField, boolean>

/**
 * Whether a field of that type may have that default; for a union, one of its branches has to suit. With the same
 * `checked` for several fields of a schema each default is looked at once.
 * Java: Schema.isValidDefault
 */
export function isValidDefault(
  type: AvroType,
  value: JsonValue | undefined,
  checked: CheckedDefaults = new Map(),
): boolean {
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
      return isJsonArray(value) && value.every(element => isValidDefault(type.items, element, checked))
    case 'map':
      return (
        isJsonObject(value) &&
        Array.from(value.values()).every(each => isValidDefault(type.values, each, checked))
      )
    case 'union':
      return type.types.some(branch => isValidDefault(branch, value, checked))
    case 'record':
      return (
        isJsonObject(value) &&
        type.fields.every(field =>
          value.has(field.name)
            ? isValidDefault(field.type, value.get(field.name), checked)
            : hasValidDefault(field, checked),
        )
      )
  }
}

/** As `isValidDefault`, for a field's own default. */
export function hasValidDefault(field: AvroField, checked: CheckedDefaults): boolean {
  const known = checked.get(field)
  if (known !== undefined) return known
  checked.set(field, false)
  const valid = isValidDefault(field.type, field.defaultValue, checked)
  checked.set(field, valid)
  return valid
}
