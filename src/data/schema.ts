/**
 * What a value looks like. Java: org.apache.kafka.connect.data.Schema, ConnectSchema, Field, SchemaAndValue
 */
import { comparedOnce } from './compared-once.ts'
import { valueEquals } from './equality.ts'
import { DataException } from './errors.ts'

/** In Java's enum order, which shows in messages that print sets of types. */
export const SCHEMA_TYPES = [
  'INT8',
  'INT16',
  'INT32',
  'INT64',
  'FLOAT32',
  'FLOAT64',
  'BOOLEAN',
  'STRING',
  'BYTES',
  'ARRAY',
  'MAP',
  'STRUCT',
] as const
export type SchemaType = (typeof SCHEMA_TYPES)[number]

/** True for the nine types from INT8 to BYTES. */
export function isPrimitive(type: SchemaType): boolean {
  return type !== 'ARRAY' && type !== 'MAP' && type !== 'STRUCT'
}

export interface Schema {
  readonly type: SchemaType
  readonly optional: boolean
  /** Null means that there is no default; a default of null cannot be expressed. */
  readonly defaultValue: unknown
  readonly name: string | null
  readonly version: number | null
  readonly doc: string | null
  /** In insertion order; null, not empty, when there are none. */
  readonly parameters: ReadonlyMap<string, string> | null
  /** @throws DataException unless this is a STRUCT */
  readonly fields: readonly Field[]
  /** The field, or null when there is none of that name. @throws DataException unless this is a STRUCT */
  field(name: string): Field | null
  /** Null only in a bare MAP, such as the schema of `{}`. @throws DataException unless this is a MAP */
  readonly keySchema: Schema | null
  /** Null only in a bare MAP or ARRAY. @throws DataException unless this is a MAP or an ARRAY */
  readonly valueSchema: Schema | null
  /** The immutable schema: itself, or what a builder holds now. Java: schema() */
  schema(): Schema
  /** True for a built schema that agrees in every attribute, fields and their order included. */
  equals(other: unknown): boolean
  toString(): string
}

/** A named member of a STRUCT; `index` counts from 0. */
export class Field {
  constructor(
    readonly name: string,
    readonly index: number,
    readonly schema: Schema,
  ) {}

  equals(other: unknown): boolean {
    return (
      other instanceof Field &&
      other.name === this.name &&
      other.index === this.index &&
      other.schema.equals(this.schema)
    )
  }

  toString(): string {
    return `Field{name=${this.name}, index=${this.index}, schema=${this.schema}}`
  }
}

export interface SchemaAttributes {
  optional?: boolean
  defaultValue?: unknown
  name?: string | null
  version?: number | null
  doc?: string | null
  parameters?: ReadonlyMap<string, string> | null
  fields?: readonly Field[] | null
  keySchema?: Schema | null
  valueSchema?: Schema | null
}

/** `Schema{TYPE}` or `Schema{name:TYPE}`. */
export function schemaText(schema: Schema): string {
  return schema.name !== null ? `Schema{${schema.name}:${schema.type}}` : `Schema{${schema.type}}`
}

/** An immutable schema; use `SchemaBuilder` to make one. */
export class ConnectSchema implements Schema {
  readonly optional: boolean
  readonly defaultValue: unknown
  readonly name: string | null
  readonly version: number | null
  readonly doc: string | null
  readonly parameters: ReadonlyMap<string, string> | null
  private readonly members: readonly Field[] | null
  private readonly byName: ReadonlyMap<string, Field> | null
  private readonly key: Schema | null
  private readonly element: Schema | null

  constructor(
    readonly type: SchemaType,
    attributes: SchemaAttributes = {},
  ) {
    this.optional = attributes.optional ?? false
    this.defaultValue = attributes.defaultValue ?? null
    this.name = attributes.name ?? null
    this.version = attributes.version ?? null
    this.doc = attributes.doc ?? null
    this.parameters = attributes.parameters ?? null
    this.members = type === 'STRUCT' ? (attributes.fields ?? []) : null
    this.byName = this.members && new Map(this.members.map(field => [field.name, field]))
    this.key = attributes.keySchema ?? null
    this.element = attributes.valueSchema ?? null
  }

  get fields(): readonly Field[] {
    if (this.members === null) throw new DataException('Cannot list fields on non-struct type')
    return this.members
  }

  field(name: string): Field | null {
    if (this.byName === null) throw new DataException('Cannot look up fields on non-struct type')
    return this.byName.get(name) ?? null
  }

  get keySchema(): Schema | null {
    if (this.type !== 'MAP') throw new DataException('Cannot look up key schema on non-map type')
    return this.key
  }

  get valueSchema(): Schema | null {
    if (this.type !== 'MAP' && this.type !== 'ARRAY')
      throw new DataException('Cannot look up value schema on non-array and non-map type')
    return this.element
  }

  schema(): Schema {
    return this
  }

  equals(other: unknown): boolean {
    if (other === this) return true
    return (
      other instanceof ConnectSchema &&
      other.type === this.type &&
      other.optional === this.optional &&
      other.name === this.name &&
      other.version === this.version &&
      other.doc === this.doc &&
      valueEquals(other.parameters, this.parameters) &&
      (isPrimitive(this.type)
        ? valueEquals(other.defaultValue, this.defaultValue)
        : comparedOnce(this, other, ConnectSchema.hold))
    )
  }

  /** What schemas that agree in all else are made of. */
  private static hold(a: ConnectSchema, b: ConnectSchema): boolean {
    return (
      valueEquals(b.members, a.members) &&
      valueEquals(b.key, a.key) &&
      valueEquals(b.element, a.element) &&
      valueEquals(b.defaultValue, a.defaultValue)
    )
  }

  toString(): string {
    return schemaText(this)
  }
}

/**
 * A value with its schema; null schema = schemaless. Mutable, because converters fill one that the caller
 * reuses.
 */
export class SchemaAndValue {
  constructor(
    public schema: Schema | null = null,
    public value: unknown = null,
  ) {}

  equals(other: unknown): boolean {
    return (
      other instanceof SchemaAndValue &&
      valueEquals(this.schema, other.schema) &&
      valueEquals(this.value, other.value)
    )
  }

  toString(): string {
    return `SchemaAndValue{schema=${this.schema}, value=${this.value}}`
  }
}

export const INT8_SCHEMA: Schema = new ConnectSchema('INT8')
export const INT16_SCHEMA: Schema = new ConnectSchema('INT16')
export const INT32_SCHEMA: Schema = new ConnectSchema('INT32')
export const INT64_SCHEMA: Schema = new ConnectSchema('INT64')
export const FLOAT32_SCHEMA: Schema = new ConnectSchema('FLOAT32')
export const FLOAT64_SCHEMA: Schema = new ConnectSchema('FLOAT64')
export const BOOLEAN_SCHEMA: Schema = new ConnectSchema('BOOLEAN')
export const STRING_SCHEMA: Schema = new ConnectSchema('STRING')
export const BYTES_SCHEMA: Schema = new ConnectSchema('BYTES')
export const OPTIONAL_INT8_SCHEMA: Schema = new ConnectSchema('INT8', { optional: true })
export const OPTIONAL_INT16_SCHEMA: Schema = new ConnectSchema('INT16', { optional: true })
export const OPTIONAL_INT32_SCHEMA: Schema = new ConnectSchema('INT32', { optional: true })
export const OPTIONAL_INT64_SCHEMA: Schema = new ConnectSchema('INT64', { optional: true })
export const OPTIONAL_FLOAT32_SCHEMA: Schema = new ConnectSchema('FLOAT32', { optional: true })
export const OPTIONAL_FLOAT64_SCHEMA: Schema = new ConnectSchema('FLOAT64', { optional: true })
export const OPTIONAL_BOOLEAN_SCHEMA: Schema = new ConnectSchema('BOOLEAN', { optional: true })
export const OPTIONAL_STRING_SCHEMA: Schema = new ConnectSchema('STRING', { optional: true })
export const OPTIONAL_BYTES_SCHEMA: Schema = new ConnectSchema('BYTES', { optional: true })
