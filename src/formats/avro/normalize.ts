/** A schema's text with everything whose order does not matter in one order. Java: AvroSchemaUtils.toNormalizedString */
import { type DefaultValue, defaultValueOf } from './default-value.ts'
import { isJsonArray, isJsonObject, type JsonValue, jsonText, quoted } from './json.ts'
import { logicalTypeOf } from './logical-type.ts'
import type { Name } from './names.ts'
import { type AvroField, type AvroType, isNamed, type NamedType, type Properties } from './types.ts'

/**
 * `known` are names that are only referred to. Properties may stand in it twice: parsed and printed again it is what a
 * registry keeps.
 */
export function normalizedText(type: AvroType, known: Iterable<string>): string {
  return typeText(type, new Set(known))
}

function typeText(type: AvroType, known: Set<string>): string {
  if (isNamed(type)) return namedText(type, known)
  switch (type.type) {
    case 'union':
      return `[${type.types.map(branch => typeText(branch, known)).join(',')}]`
    case 'array':
      return `{"type":"array","items":${typeText(type.items, known)}${sorted(type.props)}}`
    case 'map':
      return `{"type":"map","values":${typeText(type.values, known)}${sorted(type.props)}}`
    default:
      return type.props.size === 0
        ? `"${type.type}"`
        : `{"type":"${type.type}"${logical(type)}${sorted(type.props)}}`
  }
}

function namedText(type: NamedType, known: Set<string>): string {
  const name = quoted(type.name.full)
  if (known.has(type.name.full)) return name
  known.add(type.name.full)
  let out = `{"name":${name},"type":"${type.type}"`
  if (type.type === 'enum') out += `,"symbols":[${type.symbols.map(quoted).join(',')}]`
  if (type.type === 'fixed') out += `,"size":${type.size}${logical(type)}`
  if (type.type === 'record')
    out += `,"fields":[${type.fields.map(field => fieldText(field, known)).join(',')}]`
  if (type.doc) out += `,"doc":${quoted(type.doc)}`
  if (type.aliases.length > 0)
    out += `,"aliases":${list(type.aliases.map(alias => aliasText(alias, type.name)))}`
  if (type.type === 'enum' && type.defaultSymbol !== null) out += `,"default":${quoted(type.defaultSymbol)}`
  return `${out}${sorted(type.props)}}`
}

function aliasText(alias: Name, of: Name): string {
  return alias.space === null && of.space !== null ? `.${alias.simple}` : alias.full
}

function fieldText(field: AvroField, known: Set<string>): string {
  let out = `{"name":${quoted(field.name)},"type":${typeText(field.type, known)},"order":"${field.order}"`
  if (field.doc !== null) out += `,"doc":${quoted(field.doc)}`
  if (field.aliases.length > 0) out += `,"aliases":${list(field.aliases)}`
  const value = defaultValueOf(field.type, field.defaultValue)
  if (value !== undefined) out += `,"default":${jsonText(sortedJson(asJson(value)))}`
  return `${out}${sorted(field.props)}}`
}

function list(texts: readonly string[]): string {
  return `[${[...texts].sort().map(quoted).join(',')}]`
}

function logical(type: AvroType): string {
  const name = logicalTypeOf(type)
  if (name === null) return ''
  if (name !== 'decimal') return `,"logicalType":"${name}"`
  const scale = type.props.get('scale') ?? 0
  const scaleText = scale === 0 ? '' : `,"scale":${jsonText(scale)}`
  return `,"logicalType":"decimal","precision":${jsonText(type.props.get('precision')!)}${scaleText}`
}

function sorted(props: Properties): string {
  return [...props.keys()]
    .sort()
    .map(name => `,${quoted(name)}:${jsonText(sortedJson(props.get(name)!))}`)
    .join('')
}

function sortedJson(value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.map(sortedJson)
  if (!isJsonObject(value)) return value
  return new Map([...value.keys()].sort().map(name => [name, sortedJson(value.get(name)!)]))
}

function asJson(value: DefaultValue): JsonValue {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1')
  if (Array.isArray(value)) return value.map(asJson)
  if (value instanceof Map) return new Map(Array.from(value, ([name, member]) => [name, asJson(member)]))
  return value as JsonValue
}
