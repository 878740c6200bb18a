/** What messages consist of, names looked up. Java: com.google.protobuf.Descriptors */
import { InvalidSchema } from '../schema-format.ts'
import {
  Bare,
  type EnumElement,
  type FieldElement,
  isScalar,
  type Label,
  type MessageElement,
  mapTypes,
  OptionElement,
  type OptionMap,
  type OptionValue,
  plainOption,
  type ScalarType,
  type Syntax,
} from './elements.ts'
import { mapEntryName } from './map-names.ts'
import type { Names, TypeInfo } from './names.ts'
import { asMap, merged } from './print-options.ts'

type FieldKind = ScalarType | 'enum' | 'message'

export interface MessageType {
  readonly kind: 'message'
  readonly name: string
  readonly fullName: string
  readonly syntax: Syntax
  /** In Java's order: those of oneofs come first. */
  readonly fields: readonly FieldType[]
  readonly oneofs: readonly OneofType[]
  /** The numbers of groups: read over. */
  readonly groups: readonly number[]
}

export interface EnumType {
  readonly kind: 'enum'
  readonly name: string
  readonly fullName: string
  /** Takes numbers that it does not know (proto3). */
  readonly open: boolean
  readonly values: readonly { readonly name: string; readonly number: number }[]
}

export interface OneofType {
  readonly name: string
  readonly fullName: string
  /** Among the oneofs of its message, from 0. */
  readonly index: number
  readonly fields: readonly FieldType[]
}

export interface FieldType {
  readonly name: string
  readonly number: number
  readonly kind: FieldKind
  readonly label: Label | null
  /** For kind `message`; looked up when it is first asked for, since messages may hold themselves. */
  readonly message: MessageType
  /** For kind `enum`. */
  readonly enum: EnumType
  readonly repeated: boolean
  /** The oneof that is written in the schema, none for a proto3 `optional`. */
  readonly oneof: string | null
  /** Absent is another thing than the default value. Java: hasPresence */
  readonly hasPresence: boolean
  /** Java: hasOptionalKeyword */
  readonly optionalKeyword: boolean
  /** Numbers of a repeated field are written in one piece. */
  readonly packed: boolean
  readonly defaultValue: string | null
  /** Those of `(confluent.field_meta)`. */
  readonly params: ReadonlyMap<string, string>
}

/** Types of a schema, each made once. */
export class Types {
  private readonly messages = new Map<string, MessageType>()
  private readonly enums = new Map<string, EnumType>()

  constructor(private readonly names: Names) {}

  /** Null when there is no message of that full name. @throws InvalidSchema */
  message(fullName: string): MessageType | null {
    const known = this.messages.get(fullName)
    if (known !== undefined) return known
    const info = this.names.type(fullName)
    if (info?.element.kind !== 'message') return null
    const message = messageType(info, info.element, this)
    this.messages.set(fullName, message)
    return message
  }

  /** The message that has the entries of a map field, which is not written in the text. */
  entry(field: FieldElement, key: string, value: string, scope: TypeInfo): MessageType {
    const name = mapEntryName(field.name)
    const fullName = `${scope.fullName}.${name}`
    const known = this.messages.get(fullName)
    if (known !== undefined) return known
    const element = entryElement(name, key, value)
    const info: TypeInfo = { ...scope, fullName, element }
    const message = messageType(info, element, this)
    this.messages.set(fullName, message)
    return message
  }

  enum(info: TypeInfo, element: EnumElement): EnumType {
    const known = this.enums.get(info.fullName)
    if (known !== undefined) return known
    const type: EnumType = {
      kind: 'enum',
      name: element.name,
      fullName: info.fullName,
      open: info.syntax === 'proto3',
      values: element.constants.map(({ name, tag }) => ({ name, number: tag })),
    }
    this.enums.set(info.fullName, type)
    return type
  }

  /** @throws InvalidSchema when the name stands for nothing */
  resolve(name: string, scope: string, field: string): TypeInfo {
    const info = this.names.resolve(name, scope)
    if (info !== null) return info
    throw new InvalidSchema(`Could not resolve type: ${name} (of the field ${scope}.${field})`)
  }
}

function entryElement(name: string, key: string, value: string): MessageElement {
  const field = (fieldName: string, type: string, tag: number): FieldElement => ({
    label: null,
    type,
    name: fieldName,
    tag,
    defaultValue: null,
    jsonName: null,
    options: [],
  })
  return {
    kind: 'message',
    name,
    nested: [],
    options: [new OptionElement('map_entry', new Bare('BOOLEAN', 'true'), false)],
    reserved: [],
    fields: [field('key', key, 1), field('value', value, 2)],
    oneofs: [],
    extensionRanges: [],
    groups: [],
    extensions: [],
  }
}

function messageType(info: TypeInfo, element: MessageElement, types: Types): MessageType {
  const { fullName, syntax } = info
  const oneofs = element.oneofs.map((oneof, index) => ({
    name: oneof.name,
    fullName: `${fullName}.${oneof.name}`,
    index,
    fields: oneof.fields.map(field => fieldType(field, oneof.name, info, types)),
  }))
  const fields = [
    ...oneofs.flatMap(oneof => oneof.fields),
    ...element.fields.map(field => fieldType(field, null, info, types)),
  ]
  checkUnique(fullName, fields)
  const groups = [...element.groups, ...element.oneofs.flatMap(oneof => oneof.groups)].map(({ tag }) => tag)
  return { kind: 'message', name: element.name, fullName, syntax, fields, oneofs, groups }
}

function checkUnique(message: string, fields: readonly FieldType[]): void {
  const names = new Set<string>()
  const numbers = new Map<number, string>()
  for (const { name, number } of fields) {
    if (names.has(name)) throw new InvalidSchema(`"${name}" is already defined in "${message}".`)
    names.add(name)
    const other = numbers.get(number)
    if (other !== undefined)
      throw new InvalidSchema(
        `Field number ${number} has already been used in "${message}" by field "${other}"; "${name}" needs another.`,
      )
    numbers.set(number, name)
  }
}

function fieldType(element: FieldElement, oneof: string | null, scope: TypeInfo, types: Types): FieldType {
  const { name, tag, type, label } = element
  const map = mapTypes(type)
  const info = isScalar(type) || map !== null ? null : types.resolve(type, scope.fullName, name)
  const kind: FieldKind = isScalar(type) ? type : info?.element.kind === 'enum' ? 'enum' : 'message'
  const proto3 = scope.syntax === 'proto3'
  const repeated = label === 'repeated' || map !== null
  const packable = repeated && kind !== 'message' && kind !== 'string' && kind !== 'bytes'
  const asked = plainOption(element.options, 'packed')
  let message: MessageType | undefined
  return {
    name,
    number: tag,
    kind,
    label: repeated ? 'repeated' : label,
    get message() {
      message ??=
        map === null ? types.message(info!.fullName)! : types.entry(element, map.key, map.value, scope)
      return message
    },
    get enum() {
      return types.enum(info!, info!.element as EnumElement)
    },
    repeated,
    oneof,
    hasPresence: !repeated && (!proto3 || kind === 'message' || oneof !== null || label === 'optional'),
    optionalKeyword: label === 'optional' && oneof === null,
    packed: packable && (asked === null ? proto3 : asked === 'true'),
    defaultValue: proto3 ? null : element.defaultValue,
    params: paramsOf(element.options),
  }
}

const FIELD_META = 'confluent.field_meta'

/** Java: ProtobufSchema.findParams */
function paramsOf(options: readonly OptionElement[]): ReadonlyMap<string, string> {
  const meta = options
    .filter(option => option.parenthesized && option.name.replace(/^\./, '') === FIELD_META)
    .map(asMap)
  const params = new Map<string, string>()
  if (meta.length === 0) return params
  const { value } = meta.reduce(merged)
  const found = value instanceof Map ? (value as OptionMap).get('params') : undefined
  const entries: readonly OptionValue[] = Array.isArray(found) ? found : found === undefined ? [] : [found]
  for (const entry of entries) {
    if (!(entry instanceof Map)) continue
    const key = (entry as OptionMap).get('key')
    const text = (entry as OptionMap).get('value')
    if (typeof key === 'string') params.set(key, typeof text === 'string' ? text : '')
  }
  return params
}

/** A repeated field of such a message is a map. Java: ProtobufData.isMapDescriptor */
export function isMapField(field: FieldType): boolean {
  if (!field.repeated || field.kind !== 'message') return false
  const { name, fields } = field.message
  return (
    name.endsWith('Entry') &&
    fields.length === 2 &&
    fields[0]!.name === 'key' &&
    fields[1]!.name === 'value' &&
    !fields[0]!.repeated &&
    !fields[1]!.repeated
  )
}
