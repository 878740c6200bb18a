/** A schema's text, attribute by attribute as Java prints it. Java: Schema.toString */
import { jsonText, quoted } from './json.ts'
import { qualified } from './names.ts'
import { type AvroField, type AvroType, isNamed, type NamedType, type Properties } from './types.ts'

/** `known` are full names that are only referred to. */
export function schemaText(type: AvroType, known: Iterable<string> = []): string {
  return typeText(type, null, new Set(known))
}

function typeText(type: AvroType, space: string | null, known: Set<string>): string {
  if (isNamed(type)) return namedText(type, space, known)
  switch (type.type) {
    case 'union':
      return `[${type.types.map(branch => typeText(branch, space, known)).join(',')}]`
    case 'array':
      return `{"type":"array","items":${typeText(type.items, space, known)}${propertiesText(type.props)}}`
    case 'map':
      return `{"type":"map","values":${typeText(type.values, space, known)}${propertiesText(type.props)}}`
    default:
      return type.props.size === 0 ? `"${type.type}"` : `{"type":"${type.type}"${propertiesText(type.props)}}`
  }
}

function namedText(type: NamedType, space: string | null, known: Set<string>): string {
  const { name } = type
  if (known.has(name.full)) return quoted(qualified(name, space))
  known.add(name.full)
  let out = `{"type":"${type.type === 'record' && type.isError ? 'error' : type.type}","name":${quoted(name.simple)}`
  if (name.space !== space) out += `,"namespace":${quoted(name.space ?? '')}`
  if (type.doc !== null) out += `,"doc":${quoted(type.doc)}`
  switch (type.type) {
    case 'record':
      out += `,"fields":[${type.fields.map(field => fieldText(field, name.space, known)).join(',')}]`
      break
    case 'enum':
      out += `,"symbols":[${type.symbols.map(quoted).join(',')}]`
      if (type.defaultSymbol !== null) out += `,"default":${quoted(type.defaultSymbol)}`
      break
    case 'fixed':
      out += `,"size":${type.size}`
      break
  }
  out += propertiesText(type.props)
  if (type.aliases.length > 0) out += aliasesText(type.aliases.map(alias => qualified(alias, name.space)))
  return `${out}}`
}

function fieldText(field: AvroField, space: string | null, known: Set<string>): string {
  let out = `{"name":${quoted(field.name)},"type":${typeText(field.type, space, known)}`
  if (field.doc !== null) out += `,"doc":${quoted(field.doc)}`
  if (field.defaultValue !== undefined) out += `,"default":${jsonText(field.defaultValue)}`
  if (field.order !== 'ascending') out += `,"order":"${field.order}"`
  if (field.aliases.length > 0) out += aliasesText(field.aliases)
  return `${out}${propertiesText(field.props)}}`
}

function aliasesText(aliases: readonly string[]): string {
  return `,"aliases":[${aliases.map(quoted).join(',')}]`
}

function propertiesText(props: Properties): string {
  let out = ''
  for (const [name, value] of props) out += `,${quoted(name)}:${jsonText(value)}`
  return out
}
