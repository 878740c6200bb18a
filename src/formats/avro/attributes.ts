/** Attributes of a schema's JSON, by Avro's rules and in its words. */
import { Float64 } from '../../data/numbers.ts'
import { InvalidSchema } from '../schema-format.ts'
import { isJsonArray, type JsonObject, type JsonValue, jsonText } from './json.ts'
import { type Name, nameOf } from './names.ts'
import type { AvroType, Properties } from './types.ts'

/** What is Avro's own in a schema; all else is a property. */
export const SCHEMA_WORDS = [
  'doc',
  'fields',
  'items',
  'name',
  'namespace',
  'size',
  'symbols',
  'values',
  'type',
  'aliases',
]
export const ENUM_WORDS = [...SCHEMA_WORDS, 'default']
export const FIELD_WORDS = ['default', 'doc', 'name', 'order', 'type', 'aliases']

/** `"NaN"` and the like stand for numbers that JSON lacks. */
export function numberDefault(type: AvroType, value: JsonValue | undefined): JsonValue | undefined {
  if ((type.type !== 'float' && type.type !== 'double') || typeof value !== 'string') return value
  const text = value.trim()
  if (/^[+-]?(NaN|Infinity)$/.test(text) || /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?$/.test(text))
    return new Float64(Number(text.replace(/^[+-](?=NaN)/, '').replace(/[fFdD]$/, '')))
  throw new InvalidSchema(text === '' ? 'empty String' : `For input string: ${jsonText(value)}`)
}

export function typeName(json: JsonObject, space: string | null): Name {
  const own = optionalText(json, 'namespace') ?? space
  return nameOf(requiredText(json, 'name', 'No name in schema'), own)
}

export function requiredText(json: JsonObject, member: string, error: string): string {
  const text = optionalText(json, member)
  if (text === null) throw new InvalidSchema(`${error}: ${jsonText(json)}`)
  return text
}

/** Null as well where it is no text. */
export function optionalText(json: JsonObject, member: string): string | null {
  const value = json.get(member)
  return typeof value === 'string' ? value : null
}

export function properties(json: JsonObject, words: readonly string[]): Properties {
  const props = new Map<string, JsonValue>()
  for (const [name, value] of json) if (!words.includes(name)) props.set(name, value)
  return props
}

export function aliasTexts(json: JsonObject): string[] | null {
  const list = json.get('aliases')
  if (list === undefined) return null
  if (!isJsonArray(list)) throw new InvalidSchema(`aliases not an array: ${jsonText(json)}`)
  const aliases = new Set<string>()
  for (const alias of list) {
    if (typeof alias !== 'string') throw new InvalidSchema(`alias not a string: ${jsonText(alias)}`)
    aliases.add(alias)
  }
  return [...aliases]
}

export function aliasNames(json: JsonObject, of: Name): Name[] {
  const byName = new Map<string, Name>()
  for (const text of aliasTexts(json) ?? []) {
    const alias = nameOf(text, of.space)
    byName.set(alias.full, byName.get(alias.full) ?? alias)
  }
  return [...byName.values()]
}
