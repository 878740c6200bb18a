/**
 * A schema as text, which is what a registry stores and compares. Messages come before enums, whatever their order in
 * the file, and comments are gone. Java: io.confluent.kafka.schemaregistry.protobuf.ProtobufSchemaUtils.toString
 */
import {
  Bare,
  type ConstantElement,
  type EnumElement,
  type ExtendElement,
  type FieldElement,
  type FileElement,
  type GroupElement,
  isScalar,
  MAX_TAG,
  type MessageElement,
  mapTypes,
  type OneofElement,
  OptionElement,
  type Range,
  type ReservedElement,
  type RpcElement,
  type ServiceElement,
  type TypeElement,
} from './elements.ts'
import { join, type Names } from './names.ts'
import { indented, optionLine, optionList, preparedOptions } from './print-options.ts'

/** What `normalize=true` adds: names in full, everything sorted whose order means nothing. */
interface Normal {
  readonly names: Names
  readonly scope: string
}

/** Java: ProtobufSchema.canonicalString */
export function canonicalText(file: FileElement): string {
  return fileText(file, null)
}

/** Java: ProtobufSchema.normalize. @throws UnknownType for a name that stands for nothing */
export function normalizedText(file: FileElement, names: Names): string {
  return fileText(file, { names, scope: file.packageName ?? '' })
}

export class UnknownType extends Error {
  constructor(readonly type: string) {
    super(`Could not resolve type: ${type}`)
  }
}

function fileText(file: FileElement, normal: Normal | null): string {
  let out = ''
  if (file.syntax !== null && (normal === null || file.syntax === 'proto3'))
    out += `syntax = "${file.syntax}";\n`
  if (file.packageName !== null) out += `package ${file.packageName};\n`
  const imports = normal === null ? file.imports : sortedOnce(file.imports)
  const publicImports = normal === null ? file.publicImports : sortedOnce(file.publicImports)
  if (imports.length + publicImports.length > 0) {
    out += '\n'
    for (const name of imports) out += `import "${name}";\n`
    for (const name of publicImports) out += `import public "${name}";\n`
  }
  const options = preparedOptions(file.options, normal)
  if (options.length > 0) {
    out += '\n'
    for (const option of options) out += optionLine(option, normal)
  }
  out += typesText(file.types, normal, text => text)
  out += extensionsText(file.extensions, normal, text => text)
  if (file.services.length > 0) {
    out += '\n'
    for (const service of file.services) out += serviceText(service, normal)
  }
  return out
}

function sortedOnce(names: readonly string[]): string[] {
  return [...new Set(names)].sort()
}

function within(normal: Normal | null, name: string): Normal | null {
  return normal && { names: normal.names, scope: join(normal.scope, name) }
}

function typesText(
  types: readonly TypeElement[],
  normal: Normal | null,
  place: (text: string) => string,
): string {
  // A map is printed as map<K, V> then.
  const shown =
    normal === null
      ? types
      : types.filter(type => normal.names.resolve(type.name, normal.scope)?.mapType == null)
  if (shown.length === 0) return ''
  let out = '\n'
  for (const type of shown) if (type.kind === 'message') out += place(messageText(type, normal))
  for (const type of shown) if (type.kind === 'enum') out += place(enumText(type, within(normal, type.name)))
  return out
}

function messageText(message: MessageElement, outer: Normal | null): string {
  const normal = within(outer, message.name)
  let out = `message ${message.name} {`
  out += reservedText('reserved', message.reserved, normal)
  const options = preparedOptions(message.options, normal)
  if (options.length > 0) {
    out += '\n'
    for (const option of options) out += indented(optionLine(option, normal))
  }
  if (message.fields.length > 0) {
    out += '\n'
    for (const field of byTag(message.fields, normal)) out += indented(fieldText(field, normal))
  }
  if (message.oneofs.length > 0) {
    out += '\n'
    for (const oneof of sortedOneofs(message.oneofs, normal)) out += indented(oneofText(oneof, normal))
  }
  if (message.groups.length > 0) {
    out += '\n'
    for (const group of byTag(message.groups, normal)) out += indented(groupText(group, normal))
  }
  out += reservedText('extensions', message.extensionRanges, normal)
  out += extensionsText(message.extensions, normal, indented)
  out += typesText(message.nested, normal, indented)
  return `${out}}\n`
}

function byTag<T extends { readonly tag: number }>(items: readonly T[], normal: Normal | null): readonly T[] {
  return normal === null ? items : items.toSorted((a, b) => a.tag - b.tag)
}

function sortedOneofs(oneofs: readonly OneofElement[], normal: Normal | null): readonly OneofElement[] {
  if (normal === null) return oneofs
  return oneofs
    .filter(oneof => oneof.fields.length > 0)
    .map(oneof => ({ ...oneof, fields: byTag(oneof.fields, normal) }))
    .sort((a, b) => a.fields[0]!.tag - b.fields[0]!.tag)
}

function enumText(type: EnumElement, normal: Normal | null): string {
  let out = `enum ${type.name} {`
  out += reservedText('reserved', type.reserved, normal)
  if (type.reserved.length === 0 && type.options.length + type.constants.length > 0) out += '\n'
  for (const option of preparedOptions(type.options, normal)) out += indented(optionLine(option, normal))
  const constants =
    normal === null
      ? type.constants
      : type.constants.toSorted((a, b) => a.tag - b.tag || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  for (const constant of constants) out += indented(constantText(constant, normal))
  return `${out}}\n`
}

function constantText(constant: ConstantElement, normal: Normal | null): string {
  const options = preparedOptions(constant.options, normal)
  const end = options.length === 0 ? '' : ` ${optionList(options, normal)}`
  return `${constant.name} = ${constant.tag}${end};\n`
}

function reservedText(word: string, elements: readonly ReservedElement[], normal: Normal | null): string {
  if (elements.length === 0) return ''
  const shown = normal === null ? elements : sortedReserved(elements)
  let out = '\n'
  for (const { values } of shown)
    out += indented(`${word} ${values.map(value => reservedValue(value, normal)).join(', ')};\n`)
  return out
}

function sortedReserved(elements: readonly ReservedElement[]): ReservedElement[] {
  const rank = (value: string | number | Range) =>
    typeof value === 'string' ? 0x7fffffff : typeof value === 'number' ? value : value.from
  const text = (value: string | number | Range) =>
    typeof value === 'object' ? `${value.from}..${value.to}` : String(value)
  return elements
    .flatMap(element => element.values)
    .sort((a, b) => rank(a) - rank(b) || (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0))
    .map(value => ({ values: [value] }))
}

function reservedValue(value: string | number | Range, normal: Normal | null): string {
  if (typeof value === 'string') return `"${value}"`
  if (typeof value === 'number') return String(value)
  if (normal !== null && value.from === value.to) return String(value.from)
  return `${value.from} to ${value.to < MAX_TAG ? value.to : 'max'}`
}

function oneofText(oneof: OneofElement, normal: Normal | null): string {
  let out = `oneof ${oneof.name} {`
  const options = preparedOptions(oneof.options, normal)
  if (options.length > 0) {
    out += '\n'
    for (const option of options) out += indented(optionLine(option, normal))
  }
  if (oneof.fields.length > 0) {
    out += '\n'
    for (const field of oneof.fields) out += indented(fieldText(field, normal))
  }
  if (oneof.groups.length > 0) {
    out += '\n'
    for (const group of byTag(oneof.groups, normal)) out += indented(groupText(group, normal))
  }
  return `${out}}\n`
}

function groupText(group: GroupElement, normal: Normal | null): string {
  let out = `${group.label === null ? '' : `${group.label} `}group ${group.name} = ${group.tag} {`
  if (group.fields.length > 0) {
    out += '\n'
    for (const field of byTag(group.fields, normal)) out += indented(fieldText(field, normal))
  }
  return `${out}}\n`
}

function extensionsText(
  extensions: readonly ExtendElement[],
  normal: Normal | null,
  place: (text: string) => string,
): string {
  if (extensions.length === 0) return ''
  let out = '\n'
  for (const { name, fields } of normal === null ? extensions : grouped(extensions, normal)) {
    let text = `extend ${name} {`
    if (fields.length > 0) {
      text += '\n'
      for (const field of byTag(fields, normal)) text += indented(fieldText(field, normal))
    }
    out += place(`${text}}\n`)
  }
  return out
}

function grouped(extensions: readonly ExtendElement[], normal: Normal): ExtendElement[] {
  const fields = new Map<string, FieldElement[]>()
  for (const extension of extensions) {
    const name = resolved(extension.name, normal)
    fields.set(name, [...(fields.get(name) ?? []), ...extension.fields])
  }
  return [...fields].map(([name, own]) => ({ name, fields: own }))
}

function resolved(type: string, normal: Normal): string {
  const info = normal.names.resolve(type, normal.scope)
  if (info === null) throw new UnknownType(type)
  return `.${info.fullName}`
}

function fieldText(field: FieldElement, normal: Normal | null): string {
  let { label, type } = field
  if (normal !== null) {
    if (!isScalar(type) && mapTypes(type) === null) {
      type = resolved(type, normal)
      type = normal.names.type(type)?.mapType ?? type
    }
    const map = mapTypes(type)
    if (map !== null) {
      label = null
      const value = normal.names.resolve(map.value, normal.scope)
      if (value !== null) type = `map<${map.key}, .${value.fullName}>`
    }
  }
  const special = [...field.options]
  if (field.defaultValue !== null)
    special.push(new OptionElement('default', defaultOf(field.type, field.defaultValue), false))
  if (field.jsonName !== null) special.push(new OptionElement('json_name', field.jsonName, false))
  const options = preparedOptions(special, normal)
  const end = options.length === 0 ? '' : ` ${optionList(options, normal)}`
  return `${label === null ? '' : `${label} `}${type} ${field.name} = ${field.tag}${end};\n`
}

function defaultOf(type: string, text: string): string | Bare {
  if (type === 'string' || type === 'bytes') return text
  return new Bare(type === 'bool' ? 'BOOLEAN' : isScalar(type) ? 'NUMBER' : 'ENUM', text)
}

function serviceText(service: ServiceElement, normal: Normal | null): string {
  let out = `service ${service.name} {`
  const options = preparedOptions(service.options, normal)
  if (options.length > 0) {
    out += '\n'
    for (const option of options) out += indented(optionLine(option, normal))
  }
  if (service.rpcs.length > 0) {
    out += '\n'
    for (const rpc of service.rpcs) out += indented(rpcText(rpc, normal))
  }
  return `${out}}\n`
}

function rpcText(rpc: RpcElement, normal: Normal | null): string {
  const type = (name: string) => (normal === null ? name : resolved(name, normal))
  const request = `${rpc.requestStreaming ? 'stream ' : ''}${type(rpc.requestType)}`
  const response = `${rpc.responseStreaming ? 'stream ' : ''}${type(rpc.responseType)}`
  let out = `rpc ${rpc.name} (${request}) returns (${response})`
  const options = preparedOptions(rpc.options, normal)
  if (options.length > 0)
    out += ` {\n${options.map(option => indented(optionLine(option, normal))).join('')}}`
  return `${out};\n`
}
