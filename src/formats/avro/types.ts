/** Avro's types as a schema holds them. Nothing here changes once it was parsed. Java: org.apache.avro.Schema */
import type { JsonValue } from './json.ts'
import type { Name } from './names.ts'

const PRIMITIVES = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const
export type PrimitiveName = (typeof PRIMITIVES)[number]

/** What is no attribute of Avro's own, in the order of the text. */
export type Properties = ReadonlyMap<string, JsonValue>

export interface PrimitiveType {
  readonly type: PrimitiveName
  readonly props: Properties
}

export interface ArrayType {
  readonly type: 'array'
  readonly items: AvroType
  readonly props: Properties
}

export interface MapType {
  readonly type: 'map'
  readonly values: AvroType
  readonly props: Properties
}

export interface UnionType {
  readonly type: 'union'
  readonly types: readonly AvroType[]
  readonly props: Properties
}

interface Named {
  readonly name: Name
  readonly doc: string | null
  readonly aliases: readonly Name[]
  readonly props: Properties
}

export interface RecordType extends Named {
  readonly type: 'record'
  /** Printed as `error`. */
  readonly isError: boolean
  readonly fields: readonly AvroField[]
}

export interface EnumType extends Named {
  readonly type: 'enum'
  readonly symbols: readonly string[]
  readonly defaultSymbol: string | null
}

export interface FixedType extends Named {
  readonly type: 'fixed'
  /** Bytes. */
  readonly size: number
}

export type NamedType = RecordType | EnumType | FixedType
export type AvroType = PrimitiveType | ArrayType | MapType | UnionType | NamedType

export type SortOrder = 'ascending' | 'descending' | 'ignore'

export interface AvroField {
  readonly name: string
  readonly type: AvroType
  readonly doc: string | null
  /** Undefined where there is none. */
  readonly defaultValue: JsonValue | undefined
  readonly order: SortOrder
  readonly aliases: readonly string[]
  readonly props: Properties
}

const NO_PROPERTIES: Properties = new Map()

export function primitive(type: PrimitiveName, props: Properties = NO_PROPERTIES): PrimitiveType {
  return { type, props }
}

export const NULL_TYPE = primitive('null')

export function isPrimitiveName(name: string): name is PrimitiveName {
  return (PRIMITIVES as readonly string[]).includes(name)
}

export function isNamed(type: AvroType): type is NamedType {
  return type.type === 'record' || type.type === 'enum' || type.type === 'fixed'
}

/** The name with its namespace, or the word for an unnamed type. Java: Schema.getFullName */
export function fullNameOf(type: AvroType): string {
  return isNamed(type) ? type.name.full : type.type
}

/** By its name, whatever its place. */
export function fieldOf(record: RecordType, name: string): AvroField | undefined {
  return record.fields.find(field => field.name === name)
}

/** Null for a property that is missing or no text. Java: getProp */
export function textProperty(type: { readonly props: Properties }, name: string): string | null {
  const value = type.props.get(name)
  return typeof value === 'string' ? value : null
}
