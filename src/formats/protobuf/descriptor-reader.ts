/**
 * A file as protoc compiled it, which some clients register instead of its text.
 * Java: ProtobufSchema.toProtoFile(FileDescriptorProto)
 */
import { InvalidSchema } from '../schema-format.ts'
import {
  ENUM_OPTIONS,
  FIELD_OPTIONS,
  FILE_OPTIONS,
  MESSAGE_OPTIONS,
  META_NUMBER,
  METHOD_OPTIONS,
  type OptionNames,
  type OptionNumber,
  SERVICE_OPTIONS,
  VALUE_OPTIONS,
} from './descriptor-options.ts'
import {
  Bare,
  type ConstantElement,
  type EnumElement,
  type ExtendElement,
  type FieldElement,
  type FileElement,
  type Label,
  MAX_TAG,
  type MessageElement,
  OptionElement,
  type OptionValue,
  type Range,
  type ReservedElement,
  type RpcElement,
  type ServiceElement,
  type Syntax,
} from './elements.ts'
import { metaOption } from './meta-option.ts'
import { isPrintable } from './syntax-reader.ts'
import { LENGTH, VARINT, WireError, WireReader } from './wire-reader.ts'

const TYPES = [
  '',
  'double',
  'float',
  'int64',
  'uint64',
  'int32',
  'fixed64',
  'fixed32',
  'bool',
  'string',
  'group',
  'message',
  'bytes',
  'uint32',
  'enum',
  'sfixed32',
  'sfixed64',
  'sint32',
  'sint64',
]
const LABELS: readonly (Label | null)[] = [null, 'optional', 'required', 'repeated']
/** No .proto text has only these characters: it would end without a brace or a semicolon. */
export function isDescriptor(text: string): boolean {
  return /^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(text)
}

/** @throws InvalidSchema */
export function fileFromDescriptor(base64: string): FileElement {
  const data = Buffer.from(base64, 'base64')
  try {
    return fileOf(fieldsOf(data))
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause
    throw new InvalidSchema(cause.message, {
      cause,
    })
  }
}

/** The fields of one message by number, as they came. */
type Fields = ReadonlyMap<number, readonly (number | Buffer)[]>

function fieldsOf(data: Buffer): Fields {
  const reader = new WireReader(data, 0, data.length)
  const fields = new Map<number, (number | Buffer)[]>()
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    const type = tag & 7
    if (type !== VARINT && type !== LENGTH) {
      reader.skip(tag)
      continue
    }
    const value = type === VARINT ? reader.int32() : reader.bytes()
    const list = fields.get(tag >>> 3)
    if (list === undefined) fields.set(tag >>> 3, [value])
    else list.push(value)
  }
  return fields
}

function texts(fields: Fields, number: number): string[] {
  return (fields.get(number) ?? []).filter(value => Buffer.isBuffer(value)).map(value => value.toString())
}

function text(fields: Fields, number: number): string | null {
  return texts(fields, number).at(-1) ?? null
}

/** Everything that is defined has one. */
function nameOf(fields: Fields): string {
  const name = text(fields, 1)
  if (name === null || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    throw new InvalidSchema(name === null ? 'a definition has no name' : `${JSON.stringify(name)} is no name`)
  return name
}

function typeName(fields: Fields, number: number): string {
  const name = text(fields, number) ?? ''
  if (!/^\.?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/.test(name))
    throw new InvalidSchema(`${JSON.stringify(name)} is no name of a type`)
  return name
}

function printable(names: string[]): string[] {
  for (const name of names)
    if (!isPrintable(name)) throw new InvalidSchema(`${JSON.stringify(name)} is no name`)
  return names
}

function numberOf(field: Fields): number {
  const number = integer(field, 3) ?? 0
  if (number < 1 || number > MAX_TAG) throw new InvalidSchema(`a field has the number ${number}`)
  return number
}

function integers(fields: Fields, number: number): number[] {
  return (fields.get(number) ?? []).filter(value => typeof value === 'number')
}

function integer(fields: Fields, number: number): number | null {
  return integers(fields, number).at(-1) ?? null
}

function parts(fields: Fields, number: number): Fields[] {
  return (fields.get(number) ?? []).filter(value => Buffer.isBuffer(value)).map(value => fieldsOf(value))
}

function fileOf(file: Fields): FileElement {
  const syntaxText = text(file, 12)
  if (syntaxText === 'editions') throw new InvalidSchema('editions are not supported')
  const syntax: Syntax | null = syntaxText === 'proto3' ? 'proto3' : syntaxText === 'proto2' ? 'proto2' : null
  const dependencies = printable(texts(file, 3))
  const publicOnes = new Set(integers(file, 10))
  const proto3 = syntax === 'proto3'
  return {
    syntax,
    packageName: text(file, 2) ? typeName(file, 2) : null,
    imports: dependencies.filter((_, i) => !publicOnes.has(i)),
    publicImports: dependencies.filter((_, i) => publicOnes.has(i)),
    types: [...parts(file, 4).map(message => messageOf(message, proto3)), ...parts(file, 5).map(enumOf)],
    services: parts(file, 6).map(serviceOf),
    extensions: extendsOf(parts(file, 7), proto3),
    options: optionsOf(file, 8, FILE_OPTIONS, 'confluent.file_meta'),
  }
}

function messageOf(message: Fields, proto3: boolean): MessageElement {
  const oneofs = parts(message, 8).map(oneof => ({ name: nameOf(oneof), fields: [] as FieldElement[] }))
  const fields: FieldElement[] = []
  for (const field of parts(message, 2)) {
    const index = integer(field, 9)
    const oneof = index !== null && integer(field, 17) !== 1 ? oneofs[index] : undefined
    if (oneof === undefined) fields.push(fieldOf(field, proto3, false))
    else oneof.fields.push(fieldOf(field, proto3, true))
  }
  return {
    kind: 'message',
    name: nameOf(message),
    nested: [...parts(message, 3).map(nested => messageOf(nested, proto3)), ...parts(message, 4).map(enumOf)],
    options: optionsOf(message, 7, MESSAGE_OPTIONS, 'confluent.message_meta'),
    reserved: [
      ...rangesOf(parts(message, 9), 1),
      ...printable(texts(message, 10)).map(name => ({ values: [name] })),
    ],
    fields,
    oneofs: oneofs
      .filter(oneof => oneof.fields.length > 0)
      .map(oneof => ({ ...oneof, groups: [], options: [] })),
    extensionRanges: rangesOf(parts(message, 5), 1),
    groups: [],
    extensions: extendsOf(parts(message, 6), proto3),
  }
}

/** `beyond`: how far the end lies behind the last number. */
function rangesOf(ranges: readonly Fields[], beyond: number): ReservedElement[] {
  return ranges.map(range => {
    const from = integer(range, 1) ?? 0
    const to = (integer(range, 2) ?? 0) - beyond
    const value: number | Range = from === to ? from : { from, to }
    return { values: [value] }
  })
}

function fieldOf(field: Fields, proto3: boolean, inOneof: boolean): FieldElement {
  const number = integer(field, 5)
  const label = LABELS[integer(field, 4) ?? 1] ?? null
  return {
    label: inOneof
      ? null
      : integer(field, 17) === 1
        ? 'optional'
        : proto3 && label !== 'repeated'
          ? null
          : label,
    type: text(field, 6) === null ? (TYPES[number ?? 0] ?? '') : typeName(field, 6),
    name: nameOf(field),
    tag: numberOf(field),
    defaultValue: proto3 ? null : text(field, 7),
    jsonName: text(field, 10),
    options: optionsOf(field, 8, FIELD_OPTIONS, 'confluent.field_meta'),
  }
}

function extendsOf(fields: readonly Fields[], proto3: boolean): ExtendElement[] {
  const byName = new Map<string, FieldElement[]>()
  for (const field of fields) {
    const name = typeName(field, 2)
    byName.set(name, [...(byName.get(name) ?? []), fieldOf(field, proto3, false)])
  }
  return [...byName].map(([name, own]) => ({ name, fields: own }))
}

function enumOf(type: Fields): EnumElement {
  return {
    kind: 'enum',
    name: nameOf(type),
    options: optionsOf(type, 3, ENUM_OPTIONS, 'confluent.enum_meta'),
    constants: parts(type, 2).map(
      (value): ConstantElement => ({
        name: nameOf(value),
        tag: integer(value, 2) ?? 0,
        options: optionsOf(value, 3, VALUE_OPTIONS, 'confluent.enum_value_meta'),
      }),
    ),
    reserved: [
      ...rangesOf(parts(type, 4), 0),
      ...printable(texts(type, 5)).map(name => ({ values: [name] })),
    ],
  }
}

function serviceOf(service: Fields): ServiceElement {
  return {
    name: nameOf(service),
    rpcs: parts(service, 2).map(
      (method): RpcElement => ({
        name: nameOf(method),
        requestType: typeName(method, 2),
        responseType: typeName(method, 3),
        requestStreaming: integer(method, 5) === 1,
        responseStreaming: integer(method, 6) === 1,
        options: optionsOf(method, 4, METHOD_OPTIONS, null),
      }),
    ),
    options: optionsOf(service, 3, SERVICE_OPTIONS, null),
  }
}

function optionsOf(owner: Fields, number: number, names: OptionNames, meta: string | null): OptionElement[] {
  const options: OptionElement[] = []
  for (const fields of parts(owner, number)) {
    for (const [name, kind] of names) {
      const value = fields.get(kind.number)?.at(-1)
      if (value !== undefined) options.push(optionOf(name, kind, value))
    }
    if (meta === null) continue
    for (const part of parts(fields, META_NUMBER)) {
      const map = metaOf(part)
      if (map.size > 0) options.push(new OptionElement(meta, map, true))
    }
  }
  return options
}

function optionOf(name: string, { values }: OptionNumber, value: number | Buffer): OptionElement {
  if (Buffer.isBuffer(value)) return new OptionElement(name, value.toString(), false)
  if (values !== null) return new OptionElement(name, new Bare('ENUM', values[value] ?? String(value)), false)
  return new OptionElement(name, new Bare('BOOLEAN', String(value !== 0)), false)
}

/** Java: ProtobufSchema.toOption */
function metaOf(meta: Fields): ReadonlyMap<string, OptionValue> {
  const params = parts(meta, 2).map(entry => [text(entry, 1) ?? '', text(entry, 2) ?? ''] as const)
  return metaOption(text(meta, 1) ?? '', new Map(params), texts(meta, 3))
}
