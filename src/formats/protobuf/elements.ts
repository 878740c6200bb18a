/** A .proto file as it is written, names not looked up. Java: com.squareup.wire.schema.internal.parser.*Element */

export type Syntax = 'proto2' | 'proto3'
export type Label = 'optional' | 'required' | 'repeated'

export interface FileElement {
  /** Null where the file does not say: then proto2 holds. */
  readonly syntax: Syntax | null
  readonly packageName: string | null
  readonly imports: readonly string[]
  readonly publicImports: readonly string[]
  readonly types: readonly TypeElement[]
  readonly services: readonly ServiceElement[]
  readonly extensions: readonly ExtendElement[]
  readonly options: readonly OptionElement[]
}

export type TypeElement = MessageElement | EnumElement

export interface MessageElement {
  readonly kind: 'message'
  readonly name: string
  readonly nested: readonly TypeElement[]
  readonly options: readonly OptionElement[]
  readonly reserved: readonly ReservedElement[]
  readonly fields: readonly FieldElement[]
  readonly oneofs: readonly OneofElement[]
  /** `extensions 100 to 199;` */
  readonly extensionRanges: readonly ReservedElement[]
  readonly groups: readonly GroupElement[]
  readonly extensions: readonly ExtendElement[]
}

export interface EnumElement {
  readonly kind: 'enum'
  readonly name: string
  readonly options: readonly OptionElement[]
  readonly constants: readonly ConstantElement[]
  readonly reserved: readonly ReservedElement[]
}

export interface ConstantElement {
  readonly name: string
  readonly tag: number
  readonly options: readonly OptionElement[]
}

export interface FieldElement {
  readonly label: Label | null
  /** As written: `int32`, `Foo`, `.a.Foo`, `map<string, Foo>`. */
  readonly type: string
  readonly name: string
  readonly tag: number
  readonly defaultValue: string | null
  readonly jsonName: string | null
  /** Without `default` and `json_name`. */
  readonly options: readonly OptionElement[]
}

export interface OneofElement {
  readonly name: string
  readonly fields: readonly FieldElement[]
  readonly groups: readonly GroupElement[]
  readonly options: readonly OptionElement[]
}

export interface GroupElement {
  readonly label: Label | null
  readonly name: string
  readonly tag: number
  readonly fields: readonly FieldElement[]
}

export interface ExtendElement {
  readonly name: string
  readonly fields: readonly FieldElement[]
}

/** Inclusive at both ends. */
export interface Range {
  readonly from: number
  readonly to: number
}

export interface ReservedElement {
  readonly values: readonly (string | number | Range)[]
}

export interface ServiceElement {
  readonly name: string
  readonly rpcs: readonly RpcElement[]
  readonly options: readonly OptionElement[]
}

export interface RpcElement {
  readonly name: string
  readonly requestType: string
  readonly responseType: string
  readonly requestStreaming: boolean
  readonly responseStreaming: boolean
  readonly options: readonly OptionElement[]
}

/** What stands unquoted: a number, true, false, the name of a constant. */
export class Bare {
  constructor(
    readonly kind: 'NUMBER' | 'BOOLEAN' | 'ENUM',
    readonly text: string,
  ) {}
}

/** A quoted text is a string; an OptionElement is what stands behind `(name).` */
export type OptionValue = string | Bare | OptionMap | readonly OptionValue[] | OptionElement
export interface OptionMap extends ReadonlyMap<string, OptionValue> {}

export class OptionElement {
  constructor(
    readonly name: string,
    readonly value: OptionValue,
    readonly parenthesized: boolean,
  ) {}
}

const SCALAR_TYPES = [
  'double',
  'float',
  'int32',
  'int64',
  'uint32',
  'uint64',
  'sint32',
  'sint64',
  'fixed32',
  'fixed64',
  'sfixed32',
  'sfixed64',
  'bool',
  'string',
  'bytes',
] as const
export type ScalarType = (typeof SCALAR_TYPES)[number]
const scalars: ReadonlySet<string> = new Set(SCALAR_TYPES)

export function isScalar(type: string): type is ScalarType {
  return scalars.has(type)
}

/** Key and value of `map<K, V>`; null for any other type. */
export function mapTypes(type: string): { key: string; value: string } | null {
  const match = /^map<\s*([^,\s]+)\s*,\s*([^>\s]+)\s*>$/.exec(type)
  return match && { key: match[1]!, value: match[2]! }
}

/** The highest field number. */
export const MAX_TAG = 536_870_911

/** The last value of an option that has no parentheses, where it stands unquoted or as text. */
export function plainOption(options: readonly OptionElement[], name: string): string | null {
  let found: string | null = null
  for (const option of options) {
    if (option.name !== name || option.parenthesized) continue
    if (typeof option.value === 'string') found = option.value
    else if (option.value instanceof Bare) found = option.value.text
  }
  return found
}

export function isMapEntry(message: MessageElement): boolean {
  return plainOption(message.options, 'map_entry') === 'true'
}
