/** A struct as JSON Schema has it. Java: JsonSchemaData.fromConnectData */
import { quoted } from '../../data/json/text.ts'
import type { Field, Schema } from '../../data/schema.ts'
import type { Struct } from '../../data/struct.ts'
import { checkedJson, isAdditionalField, isAnyJson } from './additional-properties.ts'
import type { JsonOptions } from './config.ts'
import { ABSENT, memberToJson, nullToJson, toJson } from './from-connect.ts'
import { placed } from './placed.ts'
import { isUnion } from './union.ts'

/** Fields without value are left out; of a union there is the first that has one. */
export function fieldsToJson(schema: Schema, struct: Struct, options: JsonOptions): string {
  const union = isUnion(schema)
  let out = ''
  for (const field of schema.fields) {
    const { name, schema: own } = field
    const value =
      struct.getWithoutDefault(field) ?? (options.replaceNullWithDefault ? own.defaultValue : null)
    if (union && value === null) continue
    if (isAdditionalField(field, options)) {
      for (const text of additionalToJson(schema, field, value, options))
        out += `${out === '' ? '' : ','}${text}`
      continue
    }
    let text: string
    try {
      text = toJson(own, value, options)
    } catch (error) {
      throw placed(error, name, options)
    }
    if (union) return text
    if (text !== ABSENT) out += `${out === '' ? '' : ','}${quoted(name)}:${text}`
  }
  return union ? nullToJson(schema, options) : `{${out}}`
}

/** Members; what a field of its own stands for is not said twice. */
function additionalToJson(schema: Schema, field: Field, value: unknown, options: JsonOptions): string[] {
  if (value === null) return []
  const entries = value instanceof Map ? [...value] : Object.entries(value as object)
  return entries
    .filter(([name]) => schema.field(name) === null)
    .map(([name, one]) => {
      const text = isAnyJson(field)
        ? checkedJson(name, one)
        : memberToJson(field.schema.valueSchema, one, name, options)
      return `${quoted(name)}:${text}`
    })
}
