/** The Connect schema of an Avro schema. Java: AvroData.toConnectSchema */
import { DataException } from '../../data/errors.ts'
import { type Schema, STRING_SCHEMA } from '../../data/schema.ts'
import { SchemaBuilder } from '../../data/schema-builder.ts'
import { isJsonObject, type JsonValue, jsonText } from '../../formats/avro/json.ts'
import {
  type AvroField,
  type AvroType,
  type EnumType,
  fieldOf,
  fullNameOf,
  isNamed,
  type RecordType,
  textProperty,
  type UnionType,
} from '../../formats/avro/types.ts'
import { type Cycle, CyclicSchema } from '../cyclic-schema.ts'
import type { AvroOptions } from './config.ts'
import { unionFieldName } from './connect-kinds.ts'
import { fromConnectDefault, fromFieldDefault } from './default-to-connect.ts'
import { setName, setVersion } from './name-and-version.ts'
import * as names from './names.ts'
import { bytesBuilder, intBuilder, longBuilder } from './scalar-builders.ts'

const MAX_DEPTH = 1000
const MAX_SCHEMAS = 100_000

/** Whether elements of that type make a map. */
function isMapEntry(type: AvroType): type is RecordType {
  if (type.type !== 'record') return false
  const { space, simple } = type.name
  if (space === names.NAMESPACE && simple === names.MAP_ENTRY) return true
  return textProperty(type, names.CONNECT_INTERNAL_TYPE) === names.MAP_ENTRY
}

/** `version` is that of the subject, for a type that does not bring its own. @throws DataException */
export function connectSchemaOf(type: AvroType, version: number | null, options: AvroOptions): Schema {
  return new Conversion(options).convert(type, false, undefined, null, version)
}

class Conversion {
  /** Records in the making, and those that turned out to contain themselves. */
  readonly #cycles = new Map<AvroType, Cycle>()
  readonly #cyclic = new Set<AvroType>()
  readonly #open = new Set<AvroType>()
  /** What was made of the fields of records, and of those of maps' entries: a record may be used again and again. */
  readonly #fields = new Map<AvroField, Schema>()
  readonly #entryFields = new Map<AvroField, Schema>()
  #unions = 0
  #depth = 0
  #count = 0

  constructor(private readonly options: AvroOptions) {}

  /** As a part of something: a record that is in the making stands for itself. */
  #part(type: AvroType, optional: boolean, doc: string | null = null): Schema {
    const cycle = this.#cycles.get(type)
    if (cycle === undefined) return this.convert(type, optional, undefined, doc, null)
    this.#cyclic.add(type)
    return new CyclicSchema(cycle, optional)
  }

  convert(
    type: AvroType,
    optional: boolean,
    fieldDefault: JsonValue | undefined,
    fieldDoc: string | null,
    version: number | null,
  ): Schema {
    const only = type.type === 'union' ? this.#onlyType(type) : null
    if (only !== null) return this.#part(only.type, only.optional, fieldDoc)
    this.#bound(type)
    const builder = this.#builder(type)
    this.#depth--
    this.#doc(builder, type, fieldDoc)
    setVersion(builder, type, version)
    this.#parameters(builder, type)
    this.#default(builder, type, fieldDefault)
    setName(builder, type)
    if (optional) builder.optional()
    const schema = builder.build()
    const cycle = this.#cycles.get(type)
    if (cycle !== undefined) cycle.schema = schema
    if (!this.#cyclic.has(type)) this.#cycles.delete(type)
    return schema
  }

  #bound(type: AvroType): void {
    if (++this.#depth > MAX_DEPTH) {
      throw new DataException(
        `The Avro schema is nested deeper than ${MAX_DEPTH} levels, or is a map that contains itself, at ${fullNameOf(type)}`,
      )
    }
    if (++this.#count > MAX_SCHEMAS) {
      throw new DataException(
        `The Avro schema stands for more than ${MAX_SCHEMAS} Connect schemas, at ${fullNameOf(type)}`,
        {
          hint: 'Records that hold unions are made anew wherever they are used, for generalized.sum.type.support=true numbers unions: leave it out, or use such records less often.',
        },
      )
    }
  }

  /** Once for each field, but where unions are numbered in it: those have another number wherever they are used. */
  #once(known: Map<AvroField, Schema>, field: AvroField, make: () => Schema): Schema {
    const made = known.get(field)
    if (made !== undefined) return made
    const unions = this.#unions
    const schema = make()
    if (this.#unions === unions) known.set(field, schema)
    return schema
  }

  /** What a union is read as that only says that something may be null, or says nothing. */
  #onlyType({ types }: UnionType): { type: AvroType; optional: boolean } | null {
    if (types.length === 1 && this.options.flattenSingletons) return { type: types[0]!, optional: false }
    if (types.length !== 2) return null
    const isNull = (type: AvroType): boolean => type.type === 'null' && type.props.size === 0
    const other = types.find(type => !isNull(type))
    return other !== undefined && types.some(isNull) ? { type: other, optional: true } : null
  }

  #builder(type: AvroType): SchemaBuilder {
    switch (type.type) {
      case 'boolean':
        return SchemaBuilder.bool()
      case 'bytes':
      case 'fixed':
        return bytesBuilder(type)
      case 'double':
        return SchemaBuilder.float64()
      case 'float':
        return SchemaBuilder.float32()
      case 'int':
        return intBuilder(type)
      case 'long':
        return longBuilder(type)
      case 'string':
        return SchemaBuilder.string()
      case 'array':
        return isMapEntry(type.items)
          ? this.#mapBuilder(type.items)
          : SchemaBuilder.array(this.#part(type.items, false))
      case 'map':
        return SchemaBuilder.map(STRING_SCHEMA, this.#part(type.values, false))
      case 'record':
        return this.#structBuilder(type)
      case 'enum':
        return this.#enumBuilder(type)
      case 'union':
        return this.#unionBuilder(type)
      case 'null':
        throw new DataException('Standalone null schemas are not supported by this converter')
    }
  }

  #mapBuilder(entry: RecordType): SchemaBuilder {
    const key = fieldOf(entry, names.KEY_FIELD)
    const value = fieldOf(entry, names.VALUE_FIELD)
    if (entry.fields.length !== 2 || key === undefined || value === undefined) {
      throw new DataException(
        'Found map encoded as array of key-value pairs, but array elements do not match the expected format.',
      )
    }
    const part = (field: AvroField): Schema =>
      this.#once(this.#entryFields, field, () => this.#part(field.type, false))
    return SchemaBuilder.map(part(key), part(value))
  }

  #structBuilder(type: RecordType): SchemaBuilder {
    const builder = SchemaBuilder.struct()
    this.#cycles.set(type, { schema: builder.draft })
    this.#open.add(type)
    const keepsDocs = this.options.metaData && !this.options.discardTypeDoc
    if (keepsDocs && type.doc !== null) builder.parameter(names.RECORD_DOC, type.doc)
    for (const field of type.fields) {
      if (keepsDocs && field.doc !== null) builder.parameter(names.FIELD_DOC_PREFIX + field.name, field.doc)
      const schema = this.#once(this.#fields, field, () =>
        this.#open.has(field.type)
          ? this.#part(field.type, false)
          : this.convert(field.type, false, field.defaultValue, field.doc, null),
      )
      builder.field(field.name, schema)
    }
    this.#open.delete(type)
    return builder
  }

  #enumBuilder(type: EnumType): SchemaBuilder {
    const { metaData, discardTypeDoc, generalized } = this.options
    const builder = SchemaBuilder.string()
    if (metaData && type.doc !== null)
      builder.parameter(
        discardTypeDoc ? names.CONNECT_ENUM_DOC : names.ENUM_DOC_PREFIX + type.name.simple,
        type.doc,
      )
    if (metaData && !discardTypeDoc && type.defaultSymbol !== null)
      builder.parameter(names.ENUM_DEFAULT_PREFIX + type.name.simple, type.defaultSymbol)
    const parameter = generalized ? names.GENERALIZED_ENUM : names.AVRO_ENUM
    builder.parameter(parameter, type.name.full)
    for (const [i, symbol] of type.symbols.entries())
      builder.parameter(`${parameter}.${symbol}`, generalized ? String(i) : symbol)
    return builder
  }

  #unionBuilder({ types }: UnionType): SchemaBuilder {
    const { generalized } = this.options
    const name = generalized ? names.GENERALIZED_UNION_PREFIX + this.#unions++ : names.AVRO_UNION
    const builder = SchemaBuilder.struct().name(name)
    if (generalized) builder.parameter(names.GENERALIZED_UNION, name)
    for (const [i, type] of types.entries()) {
      if (type.type === 'null') {
        builder.optional()
        continue
      }
      const fieldName = unionFieldName(type, i, this.options)
      if (builder.draft.field(fieldName) !== null) {
        throw new DataException('Multiple union schemas map to the Connect union field name', {
          hint: `Two types of the union are called ${fieldName}: enhanced.avro.schema.support=true tells them apart by their namespaces.`,
        })
      }
      builder.field(fieldName, this.#part(type, true))
    }
    return builder
  }

  #doc(builder: SchemaBuilder, type: AvroType, fieldDoc: string | null): void {
    const { discardTypeDoc, metaData } = this.options
    const connectDoc = textProperty(type, names.CONNECT_DOC)
    if (!discardTypeDoc) {
      if (metaData && connectDoc !== null) builder.doc(connectDoc)
      return
    }
    const typeDoc = isNamed(type) ? type.doc : null
    const doc = fieldDoc ?? typeDoc ?? connectDoc
    if (doc !== null) builder.doc(doc)
    if (metaData && typeDoc !== null) builder.parameter(names.CONNECT_RECORD_DOC, typeDoc)
  }

  #parameters(builder: SchemaBuilder, type: AvroType): void {
    const parameters = type.props.get(names.CONNECT_PARAMETERS)
    if (this.options.metaData && parameters !== undefined) {
      if (!isJsonObject(parameters)) {
        throw new DataException(
          `Expected JSON object for schema parameters but found: ${jsonText(parameters)}`,
        )
      }
      for (const [name, value] of parameters) {
        if (typeof value !== 'string') {
          throw new DataException(
            `Expected schema parameter values to be strings but found: ${jsonText(value)}`,
          )
        }
        builder.parameter(name, value)
      }
    }
    for (const [name, value] of type.props)
      if (name.startsWith(names.AVRO_PREFIX))
        builder.parameter(name, typeof value === 'string' ? value : jsonText(value))
  }

  /** One that is none of the type is left out. */
  #default(builder: SchemaBuilder, type: AvroType, fieldDefault: JsonValue | undefined): void {
    const { metaData, discardTypeDoc } = this.options
    const connectDefault = type.props.get(names.CONNECT_DEFAULT)
    const isOfField = fieldDefault !== undefined
    if (isOfField && metaData && !discardTypeDoc && connectDefault === undefined)
      builder.parameter(names.FIELD_DEFAULT_FLAG, 'true')
    if (!isOfField && connectDefault === undefined) return
    try {
      builder.defaultValue(
        isOfField
          ? fromFieldDefault(builder.draft, type, fieldDefault, this.options)
          : fromConnectDefault(builder.draft, type, connectDefault, this.options),
      )
    } catch (error) {
      if (!(error instanceof DataException)) throw error
    }
  }
}
