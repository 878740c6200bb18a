/** The Avro schema of a Connect schema. Java: AvroData.fromConnectSchema */
import { DataException } from '../../data/errors.ts'
import { DECIMAL_NAME } from '../../data/logical-names.ts'
import type { Schema } from '../../data/schema.ts'
import { isValidDefault } from '../../formats/avro/field-default.ts'
import type { JsonValue } from '../../formats/avro/json.ts'
import { checkNamespace, type Name, nameOf, validName } from '../../formats/avro/names.ts'
import { schemaText } from '../../formats/avro/print.ts'
import { isSameShape } from '../../formats/avro/shape.ts'
import {
  type AvroField,
  type AvroType,
  fullNameOf,
  isPrimitiveName,
  type NamedType,
  NULL_TYPE,
  primitive,
  type RecordType,
} from '../../formats/avro/types.ts'
import { InvalidSchema } from '../../formats/schema-format.ts'
import { nonOptional } from '../non-optional.ts'
import { annotate, hasName } from './annotations.ts'
import { anythingType } from './anything.ts'
import type { AvroOptions } from './config.ts'
import { enumParameter, isAvroMap, isFixed, isUnion } from './connect-kinds.ts'
import { defaultJson } from './default-from-connect.ts'
import * as names from './names.ts'
import { scrubbed, splitName } from './scrub.ts'

const MAX_DEPTH = 1000

/** @throws DataException for what Avro cannot name or tell apart */
export function avroTypeOf(schema: Schema | null, options: AvroOptions): AvroType {
  try {
    return new Conversion(options).convert(schema, false)
  } catch (error) {
    if (!(error instanceof InvalidSchema)) throw error
    const isName = /^(Illegal|Empty name|Namespace part)/.test(error.message)
    throw new DataException(`No Avro schema can be made of ${schema}: ${error.message}`, {
      cause: error,
      ...(isName && {
        hint: 'With scrub.invalid.names=true characters that Avro does not allow in names are replaced.',
      }),
    })
  }
}

interface OpenStruct {
  readonly schema: Schema
  readonly record: RecordType
}

/** One for each schema: the numbers of unnamed structs and the definitions of names hold within it. */
class Conversion {
  /** Structs in the making by their Connect name, for schemas that contain themselves. */
  readonly #open = new Map<string, OpenStruct>()
  readonly #defined = new Map<string, NamedType>()
  /** What was made of unnamed structs, which are numbered when they are new. */
  readonly #unnamed: [Schema, RecordType][] = []
  /** Before it is made optional: a schema may be used again and again. */
  readonly #made = new Map<Schema, AvroType>()
  #unnamedCount = 0
  #depth = 0

  constructor(private readonly options: AvroOptions) {}

  /** @param ignoreOptional leaves out the union with null that an optional schema becomes */
  convert(schema: Schema | null, ignoreOptional: boolean): AvroType {
    if (schema === null) return anythingType
    if (++this.#depth > MAX_DEPTH)
      throw new DataException(
        `${schema} is nested deeper than ${MAX_DEPTH} levels, or contains itself without a name`,
      )
    const type = this.#convert(schema, ignoreOptional)
    this.#depth--
    return type
  }

  #convert(schema: Schema, ignoreOptional: boolean): AvroType {
    const made = this.#made.get(schema) ?? this.#base(schema, new Map())
    this.#made.set(schema, made)
    if (schema.type !== 'STRUCT') return ignoreOptional ? made : optional(schema, made)
    return schema.optional && !isUnion(schema) ? union([NULL_TYPE, made]) : made
  }

  #base(schema: Schema, props: Map<string, JsonValue>): AvroType {
    switch (schema.type) {
      case 'STRUCT':
        return isUnion(schema) ? this.#union(schema) : this.#struct(nonOptional(schema))
      case 'INT8':
        return primitive('int', annotate(schema, props, this.options, 'int8'))
      case 'INT16':
        return primitive('int', annotate(schema, props, this.options, 'int16'))
      case 'INT32':
        return primitive('int', annotate(schema, props, this.options))
      case 'INT64':
        return primitive('long', annotate(schema, props, this.options))
      case 'FLOAT32':
        return primitive('float', annotate(schema, props, this.options))
      case 'FLOAT64':
        return primitive('double', annotate(schema, props, this.options))
      case 'BOOLEAN':
        return primitive('boolean', annotate(schema, props, this.options))
      case 'STRING':
        return this.#string(schema, props)
      case 'BYTES':
        return this.#bytes(schema, props)
      case 'ARRAY': {
        const items = this.convert(schema.valueSchema, false)
        return { type: 'array', items, props: annotate(schema, props, this.options) }
      }
      case 'MAP': {
        if (!isAvroMap(schema, this.options)) return this.#entries(schema, props)
        const values = this.convert(schema.valueSchema, false)
        return { type: 'map', values, props: annotate(schema, props, this.options) }
      }
      default:
        throw new DataException(`Unknown schema type: ${schema.type}`)
    }
  }

  #string(schema: Schema, props: Map<string, JsonValue>): AvroType {
    const parameter = enumParameter(schema, this.options)
    if (parameter === null) return primitive('string', annotate(schema, props, this.options))
    const parameters = schema.parameters!
    const [, simple] = this.#nameParts(schema)
    const { discardTypeDoc } = this.options
    const doc = parameters.get(discardTypeDoc ? names.CONNECT_ENUM_DOC : names.ENUM_DOC_PREFIX + simple)
    const defaultSymbol = discardTypeDoc ? undefined : parameters.get(names.ENUM_DEFAULT_PREFIX + simple)
    const symbols = [...parameters.keys()]
      .filter(key => key.startsWith(`${parameter}.`))
      .map(key => validName(key.slice(parameter.length + 1)))
    if (defaultSymbol !== undefined && !symbols.includes(defaultSymbol)) {
      throw new InvalidSchema(
        `The Enum Default: ${defaultSymbol} is not in the enum symbol set: [${symbols.join(', ')}]`,
      )
    }
    return this.#define({
      type: 'enum',
      name: typeName(parameters.get(parameter) ?? '', null),
      doc: doc ?? null,
      aliases: [],
      symbols,
      defaultSymbol: defaultSymbol ?? null,
      props: annotate(schema, props, this.options),
    })
  }

  #bytes(schema: Schema, props: Map<string, JsonValue>): AvroType {
    if (hasName(schema, DECIMAL_NAME)) {
      props.set('scale', intParameter(schema, 'scale', 0))
      props.set('precision', intParameter(schema, names.DECIMAL_PRECISION, names.DEFAULT_PRECISION))
    }
    if (!isFixed(schema)) return primitive('bytes', annotate(schema, props, this.options))
    const [space, simple] = this.#nameParts(schema)
    return this.#define({
      type: 'fixed',
      name: typeName(simple, space),
      doc: null,
      aliases: [],
      size: intParameter(schema, names.FIXED_SIZE, 0),
      props: annotate(schema, props, this.options),
    })
  }

  /** A map whose keys Avro cannot have. */
  #entries(schema: Schema, props: Map<string, JsonValue>): AvroType {
    const isUnnamed = schema.name === null
    const [space, simple] = isUnnamed ? [names.NAMESPACE, names.MAP_ENTRY] : this.#nameParts(schema)
    const items = this.#define({
      type: 'record',
      name: typeName(simple, space),
      doc: null,
      aliases: [],
      isError: false,
      fields: [
        this.#field(names.KEY_FIELD, schema.keySchema, null),
        this.#field(names.VALUE_FIELD, schema.valueSchema, null),
      ],
      props: isUnnamed ? new Map() : new Map([[names.CONNECT_INTERNAL_TYPE, names.MAP_ENTRY]]),
    })
    return { type: 'array', items, props: annotate(schema, props, this.options) }
  }

  #union(schema: Schema): AvroType {
    const types = schema.fields.map(field => this.convert(nonOptional(field.schema), true))
    return union(schema.optional ? [NULL_TYPE, ...types] : types)
  }

  /** A struct that is not optional. */
  #struct(schema: Schema): RecordType {
    const around = schema.name === null ? undefined : this.#open.get(schema.name)
    if (schema.name !== null) {
      // Another struct of that name is converted too, for its definition to be held against this one's.
      if (around?.schema.fields === schema.fields) return around.record
    } else {
      const known = this.#unnamed.find(([other]) => other.equals(schema))
      if (known !== undefined) return known[1]
    }
    const [space, simple] = this.#nameParts(schema)
    const { discardTypeDoc } = this.options
    const fields: AvroField[] = []
    const props = new Map<string, JsonValue>()
    const record: RecordType = {
      type: 'record',
      name: typeName(simple, space),
      doc: schema.parameters?.get(discardTypeDoc ? names.CONNECT_RECORD_DOC : names.RECORD_DOC) ?? null,
      aliases: [],
      isError: false,
      fields,
      props,
    }
    if (schema.name !== null) this.#open.set(schema.name, { schema, record })
    for (const { name, schema: fieldSchema } of schema.fields) {
      const doc = discardTypeDoc ? null : (schema.parameters?.get(names.FIELD_DOC_PREFIX + name) ?? null)
      const avroName = this.options.scrub ? scrubbed(name) : name
      if (fields.some(other => other.name === avroName))
        throw new InvalidSchema(`Duplicate field ${avroName} in record ${record.name.full}`)
      fields.push(this.#field(avroName, fieldSchema, doc))
    }
    if (around !== undefined) this.#open.set(around.schema.name!, around)
    else if (schema.name !== null) this.#open.delete(schema.name)
    annotate(schema, props, this.options)
    const type = this.#define(record)
    if (schema.name === null) this.#unnamed.push([schema, type])
    return type
  }

  #field(name: string, schema: Schema | null, doc: string | null): AvroField {
    const type = this.convert(schema, false)
    return {
      name: validName(name),
      type,
      doc: this.options.discardTypeDoc ? (schema?.doc ?? null) : doc,
      defaultValue: schema === null ? undefined : this.#fieldDefault(schema, type),
      order: 'ascending',
      aliases: [],
      props: new Map(),
    }
  }

  /** One that Avro would not take is left out. */
  #fieldDefault(schema: Schema, type: AvroType): JsonValue | undefined {
    if (schema.defaultValue === null) return schema.optional ? null : undefined
    const json = defaultJson(schema, schema.defaultValue, this.options)
    return isValidDefault(type, json) ? json : undefined
  }

  #nameParts(schema: Schema): [string | null, string] {
    if (schema.name !== null) return splitName(schema.name, this.options.scrub)
    const count = ++this.#unnamedCount
    return [names.NAMESPACE, count > 1 ? `${names.DEFAULT_NAME}${count}` : names.DEFAULT_NAME]
  }

  /**
   * The first definition of a name is the one that is written out. Java lets a later one be another type, whose
   * values then cannot be read; here that is an error.
   */
  #define<T extends NamedType>(type: T): T {
    const { full } = type.name
    const known = this.#defined.get(full)
    if (known === undefined) {
      this.#defined.set(full, type)
      return type
    }
    if (isSameShape(known, type)) return known as T
    throw new DataException(`The name ${full} stands for two different types in one schema`, {
      hint:
        full === `${names.NAMESPACE}.${names.MAP_ENTRY}`
          ? 'Maps without string keys are told apart by their names: give their schemas one each.'
          : 'Give one of the structs, enums or fixed types another schema name, for example with SetSchemaMetadata.',
    })
  }
}

function intParameter(schema: Schema, name: string, otherwise: number): number {
  const text = schema.parameters?.get(name)
  if (text === undefined) return otherwise
  if (/^[+-]?[0-9]+$/.test(text) && Math.abs(Number(text)) <= 0x7fffffff) return Number(text)
  throw new DataException(`Parameter ${name} of ${schema} is no integer: "${text}"`)
}

function typeName(text: string, space: string | null): Name {
  const name = nameOf(text, space)
  checkNamespace(name)
  if (isPrimitiveName(name.full))
    throw new InvalidSchema(`Schemas may not be named after primitives: ${name.full}`)
  return name
}

function union(types: readonly AvroType[]): AvroType {
  const known = new Set<string>()
  for (const type of types) {
    if (type.type === 'union') throw new InvalidSchema(`Nested union: ${schemaText(type)}`)
    const name = fullNameOf(type)
    if (known.has(name)) throw new InvalidSchema(`Duplicate in union:${name}`)
    known.add(name)
  }
  return { type: 'union', types, props: new Map() }
}

/** The branch that the default belongs to comes first. */
function optional(schema: Schema, type: AvroType): AvroType {
  if (!schema.optional) return type
  return union(schema.defaultValue === null ? [NULL_TYPE, type] : [type, NULL_TYPE])
}
