/** The .proto file that values of a Connect schema are written with. Java: ProtobufData.fromConnectSchema */
import { DataException } from '../../data/errors.ts'
import { inHashOrder, stringHashCode } from '../../data/java-hash.ts'
import { DATE_NAME, DECIMAL_NAME, TIME_NAME, TIMESTAMP_NAME } from '../../data/logical-names.ts'
import type { Field, Schema } from '../../data/schema.ts'
import {
  type ConstantElement,
  type EnumElement,
  type FieldElement,
  type Label,
  MAX_TAG,
  type MessageElement,
  OptionElement,
} from '../../formats/protobuf/elements.ts'
import { mapEntryName } from '../../formats/protobuf/map-names.ts'
import { metaOption } from '../../formats/protobuf/meta-option.ts'
import { ProtobufSchema } from '../../formats/protobuf/protobuf-schema.ts'
import { wellKnownFile } from '../../formats/protobuf/well-known/index.ts'
import { MAX_NESTING } from '../../formats/protobuf/wire-reader.ts'
import type { ProtobufOptions } from './config.ts'
import { addField, checkName, type Draft, finished, newDraft, refersOut } from './message-draft.ts'
import {
  DATE_MESSAGE,
  DECIMAL_MESSAGE,
  DEFAULT_NAME,
  enumNumbers,
  enumParameter,
  FILE_OF_MESSAGE,
  GENERAL_UNION,
  isUnion,
  PRECISION,
  scrubbed,
  simpleName,
  splitName,
  TAG,
  TIME_MESSAGE,
  TIMESTAMP_MESSAGE,
  TYPE,
  UNION_PREFIX,
  WRAPPED_TYPES,
  WRAPPERS_FILE,
} from './names.ts'

const ROOT_WRAPPERS: Readonly<Partial<Record<Schema['type'], string>>> = {
  INT8: 'google.protobuf.Int32Value',
  INT16: 'google.protobuf.Int32Value',
  INT32: 'google.protobuf.Int32Value',
  INT64: 'google.protobuf.Int64Value',
  FLOAT32: 'google.protobuf.FloatValue',
  FLOAT64: 'google.protobuf.DoubleValue',
  BOOLEAN: 'google.protobuf.BoolValue',
  STRING: 'google.protobuf.StringValue',
  BYTES: 'google.protobuf.BytesValue',
}

/** More are a sign of structs that hold each other. */
const MOST_MESSAGES = 10_000

/** @throws DataException for what Protobuf has no message for, with the path of the field */
export function schemaFromConnect(schema: Schema, options: ProtobufOptions): ProtobufSchema {
  if (schema.type === 'STRUCT' && !isUnion(schema)) return new Conversion(options).root(schema)
  const wrapper = ROOT_WRAPPERS[schema.type]
  if (wrapper !== undefined) return new ProtobufSchema(wellKnownFile(WRAPPERS_FILE)!, [], wrapper)
  const what = schema.type === 'STRUCT' ? 'STRUCT that is a union' : schema.type
  throw new DataException(`Unsupported root schema of type ${what}`, {
    hint: 'Protobuf writes structs and single values; put it into a struct (transformation HoistField).',
  })
}

class Conversion {
  private readonly imports: string[] = []
  private unnamed = 0
  private messages = 0

  constructor(private readonly options: ProtobufOptions) {}

  root(schema: Schema): ProtobufSchema {
    const [packageName, name] = splitName(this.nameOr(schema.name), this.options.scrub)
    for (const part of packageName?.split('.') ?? []) checkName(part, schema.name ?? part)
    checkName(name, schema.name ?? name)
    const message = this.message(name, schema, null, name)
    const file = {
      syntax: 'proto3' as const,
      packageName,
      imports: this.imports,
      publicImports: [],
      types: [message],
      services: [],
      extensions: [],
      options: [],
    }
    return new ProtobufSchema(file, [], packageName === null ? name : `${packageName}.${name}`)
  }

  private nameOr(name: string | null): string {
    return name !== null && name !== '' ? name : `${DEFAULT_NAME}${++this.unnamed}`
  }

  private unqualified(name: string | null): string {
    return simpleName(this.nameOr(name), this.options.scrub)
  }

  private message(name: string, schema: Schema, outer: Draft | null, path: string): MessageElement {
    if (++this.messages > MOST_MESSAGES)
      throw new DataException(
        `The schema needs more than ${MOST_MESSAGES} messages, the last of them for ${path}`,
        {
          hint: 'Structs that hold each other in a ring are written anew within each other, as many as there are ways around.',
        },
      )
    const draft = newDraft(name, schema, outer)
    if (draft.depth > MAX_NESTING)
      throw new DataException(
        `The struct ${schema.name ?? name} holds structs more than ${MAX_NESTING} deep`,
        {
          hint: 'A struct that holds itself has to do so by the same schema, not by one made anew at each level.',
        },
      )
    for (const field of schema.fields) {
      const element = this.member(draft, field, path)
      if (element !== null) addField(draft, draft.fields, element, path)
    }
    return finished(draft)
  }

  /** Null for a union, which became a oneof. */
  private member(draft: Draft, { name, schema }: Field, path: string): FieldElement | null {
    const fieldName = this.options.scrub ? scrubbed(name) : name
    if (isUnion(schema)) {
      this.union(draft, schema, `${path}.${name}`)
      return null
    }
    return this.field(
      draft,
      schema,
      fieldName,
      this.tagOf(draft, schema, `${path}.${name}`),
      `${path}.${name}`,
    )
  }

  private tagOf(draft: Draft, { parameters }: Schema, path: string): number {
    const asked = parameters?.get(TAG)
    if (asked === undefined) return draft.next++
    const tag = /^\d+$/.test(asked) ? Number(asked) : 0
    if (tag >= 1 && tag <= MAX_TAG) return tag
    throw new DataException(
      `The field ${path} asks for the number ${asked}, which is not within 1 to ${MAX_TAG}`,
      {
        hint: `It is the parameter ${TAG} of the field's schema.`,
      },
    )
  }

  private union(draft: Draft, schema: Schema, path: string): void {
    const asked = schema.parameters?.get(GENERAL_UNION)
    const own = schema.name?.startsWith(UNION_PREFIX) ? schema.name.slice(UNION_PREFIX.length) : schema.name
    const name =
      this.options.generalized && asked !== undefined ? asked : this.unqualified(own ?? asked ?? null)
    checkName(name, path)
    const oneof = { name, fields: [] as FieldElement[] }
    draft.oneofs.push(oneof)
    for (const { name: fieldName, schema: member } of schema.fields) {
      const inner = `${path}.${fieldName}`
      if (isUnion(member) || member.type === 'ARRAY' || member.type === 'MAP')
        throw new DataException(
          `The member ${inner} of a union is ${isUnion(member) ? 'a union' : member.type}, which a oneof cannot hold`,
        )
      const element = this.field(
        draft,
        member,
        this.options.scrub ? scrubbed(fieldName) : fieldName,
        this.tagOf(draft, member, inner),
        inner,
      )
      addField(draft, oneof.fields, { ...element, label: null }, path)
    }
  }

  private field(draft: Draft, schema: Schema, name: string, tag: number, path: string): FieldElement {
    checkName(name, path)
    let label: Label | null = null
    let value = schema
    if (schema.type === 'ARRAY') {
      label = 'repeated'
      value = elementOf(schema, path)
    } else if (schema.type === 'MAP') label = 'repeated'
    else if (this.options.optionalForNullables && schema.optional) label = 'optional'
    const params = new Map<string, string>()
    const type = this.type(value, name, params)
    this.define(draft, value, type, path)
    const meta = metaOption('', inHashOrder(params, stringHashCode), [])
    return {
      label,
      type,
      name,
      tag,
      defaultValue: null,
      jsonName: null,
      options: meta.size === 0 ? [] : [new OptionElement('confluent.field_meta', meta, true)],
    }
  }

  /** Java: ProtobufData.dataTypeFromConnectSchema */
  private type(schema: Schema, fieldName: string, params: Map<string, string>): string {
    const { parameters } = schema
    switch (schema.name) {
      case DECIMAL_NAME: {
        const precision = parameters?.get(PRECISION)
        const scale = parameters?.get('scale')
        if (precision !== undefined) params.set('precision', precision)
        if (scale !== undefined) params.set('scale', scale)
        return DECIMAL_MESSAGE
      }
      case DATE_NAME:
        return DATE_MESSAGE
      case TIME_NAME:
        return TIME_MESSAGE
      case TIMESTAMP_NAME:
        return TIMESTAMP_MESSAGE
    }
    const wrapped = this.options.wrapperForNullables && schema.optional
    const named = enumParameter(schema, this.options.generalized)
    switch (schema.type) {
      case 'INT8':
      case 'INT16':
        params.set('connect.type', schema.type.toLowerCase())
        return wrapped ? 'google.protobuf.Int32Value' : 'int32'
      case 'INT32':
        if (named !== null) return parameters!.get(named)!
        return wrapped ? 'google.protobuf.Int32Value' : (parameters?.get(TYPE) ?? 'int32')
      case 'INT64': {
        const type = parameters?.get(TYPE) ?? 'int64'
        if (!wrapped) return type
        if (type === 'uint32' || type === 'fixed32') return 'google.protobuf.UInt32Value'
        return type === 'uint64' || type === 'fixed64'
          ? 'google.protobuf.UInt64Value'
          : 'google.protobuf.Int64Value'
      }
      case 'FLOAT32':
        return wrapped ? 'google.protobuf.FloatValue' : 'float'
      case 'FLOAT64':
        return wrapped ? 'google.protobuf.DoubleValue' : 'double'
      case 'BOOLEAN':
        return wrapped ? 'google.protobuf.BoolValue' : 'bool'
      case 'STRING':
        if (named !== null) return parameters!.get(named)!
        return wrapped ? 'google.protobuf.StringValue' : 'string'
      case 'BYTES':
        return wrapped ? 'google.protobuf.BytesValue' : 'bytes'
      case 'ARRAY':
        throw new DataException('Array cannot be nested', {
          hint: 'Protobuf has no lists of lists; put the inner one into a struct.',
        })
      case 'MAP':
        return mapEntryName(this.unqualified(schema.name))
      case 'STRUCT': {
        const name = this.unqualified(schema.name)
        // A message and a field must not have the same name.
        return name === fieldName ? `${name}Message` : name
      }
    }
  }

  /** Makes sure that there is what the type names. */
  private define(draft: Draft, schema: Schema, type: string, path: string): void {
    const file = FILE_OF_MESSAGE.get(type) ?? (WRAPPED_TYPES.has(type) ? WRAPPERS_FILE : undefined)
    if (file !== undefined) {
      if (!this.imports.includes(file)) this.imports.push(file)
      return
    }
    if (schema.type === 'STRUCT') {
      if (isUnion(schema))
        throw new DataException(`The field ${path} is a list or map of unions, which Protobuf has not`)
      checkName(type, path)
      if (draft.known.has(type) || refersOut(draft, type, schema)) return
      draft.known.add(type)
      draft.nested.push(this.message(type, schema, draft, path))
    } else if (schema.type === 'MAP') {
      checkName(type, path)
      if (draft.known.has(type))
        throw new DataException(`"${type}" is already defined in "${draft.name}", by a map before ${path}`, {
          hint: 'Maps are called by the names of their schemas: give them different ones, or none.',
        })
      draft.known.add(type)
      draft.nested.push(this.mapEntry(type, schema, draft, path))
    } else {
      const parameter = enumParameter(schema, this.options.generalized)
      if (parameter !== null) this.defineEnum(draft, schema, parameter, path)
    }
  }

  private defineEnum(draft: Draft, schema: Schema, parameter: string, path: string): void {
    const name = schema.parameters!.get(parameter)!
    checkName(name, path)
    if (draft.nested.some(type => type.kind === 'enum' && type.name === name)) return
    const constants: ConstantElement[] = [...enumNumbers(schema, parameter)].map(([constant, tag]) => ({
      name: constant,
      tag,
      options: [],
    }))
    if (constants.length === 0)
      throw new DataException(
        `Enums must contain at least one value; ${name} of the field ${path} has none.`,
        {
          hint: `They are the parameters ${parameter}.<name> of the field's schema.`,
        },
      )
    const element: EnumElement = { kind: 'enum', name, options: [], constants, reserved: [] }
    draft.nested.push(element)
  }

  private mapEntry(name: string, schema: Schema, outer: Draft, path: string): MessageElement {
    const draft = newDraft(name, null, outer)
    const part = (schemaOf: Schema | null, fieldName: string, tag: number) => {
      if (schemaOf === null) throw new DataException(`The map ${path} has no schema for its ${fieldName}`)
      const field = this.field(draft, schemaOf, fieldName, tag, `${path}.${fieldName}`)
      draft.fields.push({ ...field, label: field.label === 'optional' ? null : field.label, options: [] })
    }
    part(schema.keySchema, 'key', 1)
    part(schema.valueSchema, 'value', 2)
    return finished(draft)
  }
}

function elementOf(schema: Schema, path: string): Schema {
  if (schema.valueSchema !== null) return schema.valueSchema
  throw new DataException(`The list ${path} has no schema for its elements`)
}
