/** What keeps one schema from reading another's data. Java: org.apache.avro.SchemaCompatibility */
import { schemaText } from './print.ts'
import {
  type AvroField,
  type AvroType,
  type EnumType,
  type FixedType,
  fieldOf,
  fullNameOf,
  type NamedType,
  type RecordType,
  type UnionType,
} from './types.ts'

export type IncompatibilityType =
  | 'NAME_MISMATCH'
  | 'FIXED_SIZE_MISMATCH'
  | 'MISSING_ENUM_SYMBOLS'
  | 'READER_FIELD_MISSING_DEFAULT_VALUE'
  | 'TYPE_MISMATCH'
  | 'MISSING_UNION_BRANCH'

export interface Incompatibility {
  readonly type: IncompatibilityType
  /** A JSON pointer into the reader's text. */
  readonly location: string
  readonly message: string
}

type Result = readonly Incompatibility[]

const COMPATIBLE: Result = []

/** @throws Error for a field that stands for several of the writer's by its aliases */
export function findIncompatibilities(reader: AvroType, writer: AvroType): Result {
  return new Checker().check(reader, writer, [])
}

const WIDENED: Readonly<Record<string, readonly string[]>> = {
  long: ['int'],
  float: ['int', 'long'],
  double: ['int', 'long', 'float'],
  bytes: ['string'],
  string: ['bytes'],
}

class Checker {
  /** Null while a pair is being looked at: a recursive one is compatible unless something else tells otherwise. */
  readonly #known = new Map<AvroType, Map<AvroType, Result | null>>()

  check(reader: AvroType, writer: AvroType, place: readonly string[]): Result {
    const writers = this.#known.get(reader) ?? new Map<AvroType, Result | null>()
    this.#known.set(reader, writers)
    const known = writers.get(writer)
    if (known !== undefined) return known ?? COMPATIBLE
    writers.set(writer, null)
    const result = this.#compare(reader, writer, place)
    writers.set(writer, result)
    return result
  }

  #compare(reader: AvroType, writer: AvroType, place: readonly string[]): Result {
    if (reader.type === 'union' && writer.type === 'union') return this.#unions(reader, writer, place)
    if (writer.type === 'union')
      return writer.types.flatMap((branch, i) => this.check(reader, branch, [...place, String(i)]))
    if (reader.type === 'union') return this.#branches(reader, writer, place)
    if (reader.type === 'array' && writer.type === 'array')
      return this.check(reader.items, writer.items, [...place, 'items'])
    if (reader.type === 'map' && writer.type === 'map')
      return this.check(reader.values, writer.values, [...place, 'values'])
    if (reader.type === 'fixed' && writer.type === 'fixed')
      return [...names(reader, writer, place), ...sizes(reader, writer, place)]
    if (reader.type === 'enum' && writer.type === 'enum')
      return [...names(reader, writer, place), ...symbols(reader, writer, place)]
    if (reader.type === 'record' && writer.type === 'record')
      return [...names(reader, writer, place), ...this.#fields(reader, writer, place)]
    if (reader.type === writer.type || WIDENED[reader.type]?.includes(writer.type)) return COMPATIBLE
    return typeMismatch(reader, writer, place)
  }

  #unions(reader: UnionType, writer: UnionType, place: readonly string[]): Result {
    return writer.types.flatMap((branch, i) =>
      this.check(reader, branch, []).length === 0 ? [] : missingBranch(branch, [...place, String(i)]),
    )
  }

  #branches(reader: UnionType, writer: AvroType, place: readonly string[]): Result {
    const isRead = reader.types.some(branch => this.check(branch, writer, []).length === 0)
    return isRead ? COMPATIBLE : missingBranch(writer, place)
  }

  #fields(reader: RecordType, writer: RecordType, place: readonly string[]): Result {
    return reader.fields.flatMap((field, i) => {
      const here = [...place, 'fields', String(i)]
      const written = writtenField(writer, field, i)
      if (written !== null) return this.check(field.type, written.type, [...here, 'type'])
      if (field.defaultValue !== undefined) return COMPATIBLE
      if (field.type.type === 'enum' && field.type.defaultSymbol !== null)
        return this.check(field.type, writer, [...here, 'type'])
      return incompatible('READER_FIELD_MISSING_DEFAULT_VALUE', here, field.name)
    })
  }
}

/** The writer's field of that name, or of one of the reader's aliases for it. */
function writtenField(writer: RecordType, field: AvroField, at: number): AvroField | null {
  const found = [field.name, ...field.aliases].flatMap(name => fieldOf(writer, name) ?? [])
  if (found.length <= 1) return found[0] ?? null
  throw new Error(
    `Reader record field ${field.name} type:${field.type.type.toUpperCase()} pos:${at} matches multiple fields in writer record schema ${schemaText(writer)}`,
  )
}

/** By the name without namespace, or by an alias with it. */
function names(reader: NamedType, writer: NamedType, place: readonly string[]): Result {
  if (reader.name.simple === writer.name.simple) return COMPATIBLE
  const aliases = reader.aliases.map(({ full, space }) =>
    space === null && reader.name.space !== null ? `.${full}` : full,
  )
  if (aliases.includes(writer.name.full)) return COMPATIBLE
  return incompatible('NAME_MISMATCH', [...place, 'name'], `expected: ${fullNameOf(writer)}`)
}

function sizes(reader: FixedType, writer: FixedType, place: readonly string[]): Result {
  if (reader.size === writer.size) return COMPATIBLE
  return incompatible(
    'FIXED_SIZE_MISMATCH',
    [...place, 'size'],
    `expected: ${writer.size}, found: ${reader.size}`,
  )
}

function symbols(reader: EnumType, writer: EnumType, place: readonly string[]): Result {
  const missing = writer.symbols.filter(symbol => !reader.symbols.includes(symbol)).sort()
  if (missing.length === 0 || reader.defaultSymbol !== null) return COMPATIBLE
  return incompatible('MISSING_ENUM_SYMBOLS', [...place, 'symbols'], `[${missing.join(', ')}]`)
}

function missingBranch(writer: AvroType, place: readonly string[]): Result {
  return incompatible(
    'MISSING_UNION_BRANCH',
    place,
    `reader union lacking writer type: ${writer.type.toUpperCase()}`,
  )
}

function typeMismatch(reader: AvroType, writer: AvroType, place: readonly string[]): Result {
  return incompatible(
    'TYPE_MISMATCH',
    place,
    `reader type: ${reader.type.toUpperCase()} not compatible with writer type: ${writer.type.toUpperCase()}`,
  )
}

function incompatible(type: IncompatibilityType, place: readonly string[], message: string): Result {
  return [{ type, location: `/${place.join('/')}`, message }]
}

/**
 * As the registry tells it; it fills in for `%s` which schema is the new one and which the old.
 * Java: io.confluent.kafka.schemaregistry.avro.Difference
 */
export function incompatibilityText({ type, location, message }: Incompatibility): string {
  return `{errorType:'${type}', description:'${description(type, location, message)}', additionalInfo:'${message}'}`
}

function description(type: IncompatibilityType, path: string, message: string): string {
  switch (type) {
    case 'FIXED_SIZE_MISMATCH':
      return `The size of FIXED type field at path '${path}' in the %s schema does not match with the %s schema`
    case 'TYPE_MISMATCH':
      return `The type (path '${path}') of a field in the %s schema does not match with the %s schema`
    case 'NAME_MISMATCH':
      return `The name of the schema has changed (path '${path}')`
    case 'MISSING_ENUM_SYMBOLS':
      return `The %s schema is missing enum symbols '${message}' at path '${path}' in the %s schema`
    case 'MISSING_UNION_BRANCH':
      return `The %s schema is missing a type inside a union field at path '${path}' in the %s schema`
    case 'READER_FIELD_MISSING_DEFAULT_VALUE':
      return `The field '${message}' at path '${path}' in the %s schema has no default value and is missing in the %s schema`
  }
}
