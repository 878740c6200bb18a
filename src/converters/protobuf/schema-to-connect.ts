/** The Connect schema that messages are read as. Java: ProtobufData.toConnectSchema */
import { decimalBuilder } from '../../data/decimal.ts'
import { dateBuilder, timeBuilder, timestampBuilder } from '../../data/logical.ts'
import { ConnectSchema, Field, type Schema } from '../../data/schema.ts'
import { SchemaBuilder } from '../../data/schema-builder.ts'
import type { ScalarType } from '../../formats/protobuf/elements.ts'
import { mapFieldName } from '../../formats/protobuf/map-names.ts'
import { type FieldType, isMapField, type MessageType, type OneofType } from '../../formats/protobuf/types.ts'
import type { Cycle } from '../cyclic-schema.ts'
import type { ProtobufOptions } from './config.ts'
import {
  DATE_MESSAGE,
  DECIMAL_MESSAGE,
  ENUM,
  GENERAL_ENUM,
  GENERAL_UNION,
  PRECISION,
  TAG,
  TIME_MESSAGE,
  TIMESTAMP_MESSAGE,
  TYPE,
  UNION_PREFIX,
  WRAPPED_TYPES,
} from './names.ts'
import { RecursiveSchema } from './recursive-schema.ts'

/** The fields of the struct that a message becomes, whatever else its schema says. */
interface StructShape {
  readonly name: string
  readonly cycle: Cycle
  /** Null while it is being made. */
  fields: readonly Field[] | null
}

export class ConnectSchemas {
  private readonly shapes = new Map<MessageType, StructShape>()

  constructor(private readonly options: ProtobufOptions) {}

  /** That of a record; `version` is the one in the registry. */
  root(message: MessageType, version: number | null): Schema {
    const wrapped = this.options.wrapperForRaw ? wrappedBuilder(message) : null
    if (wrapped !== null) return (version === null ? wrapped : wrapped.version(version)).build()
    const shape = this.shape(message)
    const schema = new ConnectSchema('STRUCT', { name: shape.name, fields: shape.fields, version })
    shape.cycle.schema = schema
    return schema
  }

  private shape(message: MessageType): StructShape {
    const known = this.shapes.get(message)
    if (known !== undefined) return known
    const name = this.options.fullNames ? message.fullName : message.name
    const shape: StructShape = {
      name,
      cycle: { schema: new ConnectSchema('STRUCT', { name }) },
      fields: null,
    }
    this.shapes.set(message, shape)
    const fields: Field[] = []
    const add = (fieldName: string, schema: Schema) => {
      fields.push(new Field(fieldName, fields.length, schema))
    }
    for (const oneof of message.oneofs) {
      if (oneof.fields.length === 0) continue
      if (!this.options.flattenUnions) add(this.unionField(oneof), this.union(oneof))
      else for (const field of oneof.fields) add(field.name, this.field(field))
    }
    for (const field of message.fields) if (field.oneof === null) add(field.name, this.field(field))
    shape.fields = fields
    shape.cycle.schema = new ConnectSchema('STRUCT', { name, fields })
    return shape
  }

  /** What the struct calls the field for a oneof. */
  unionField({ name, index }: OneofType): string {
    return this.options.unionIndex ? `${name}_${index}` : name
  }

  private union(oneof: OneofType): Schema {
    const { generalized, fullNames } = this.options
    return new ConnectSchema('STRUCT', {
      optional: true,
      name: generalized ? oneof.name : UNION_PREFIX + (fullNames ? oneof.fullName : oneof.name),
      parameters: generalized ? new Map([[GENERAL_UNION, oneof.name]]) : null,
      fields: oneof.fields.map((field, index) => new Field(field.name, index, this.field(field))),
    })
  }

  private field(field: FieldType): Schema {
    const { optionalForNullables, wrapperForNullables } = this.options
    if (field.kind === 'message' && !isMapField(field) && !this.isUnwrapped(field))
      return this.structField(field)
    let builder = this.builder(field)
    if (field.repeated && builder.draft.type !== 'MAP')
      builder = SchemaBuilder.array(builder.optional().build()).optional()
    // Only one member of a oneof is ever set.
    const isOptional =
      field.oneof !== null || (optionalForNullables ? field.optionalKeyword : !wrapperForNullables)
    if (isOptional) builder.optional()
    return builder.parameter(TAG, String(field.number)).build()
  }

  /** Kept apart, for a message may hold itself. */
  private structField(field: FieldType): Schema {
    const tag = new Map([[TAG, String(field.number)]])
    const shape = this.shape(field.message)
    const struct = (parameters: ReadonlyMap<string, string> | null): Schema =>
      shape.fields === null
        ? new RecursiveSchema(shape.cycle, parameters)
        : new ConnectSchema('STRUCT', { name: shape.name, optional: true, fields: shape.fields, parameters })
    if (!field.repeated) return struct(tag)
    return new ConnectSchema('ARRAY', { optional: true, valueSchema: struct(null), parameters: tag })
  }

  /** A message that is no struct in Connect. */
  private isUnwrapped({ message }: FieldType): boolean {
    switch (message.fullName) {
      case DECIMAL_MESSAGE:
      case DATE_MESSAGE:
      case TIME_MESSAGE:
      case TIMESTAMP_MESSAGE:
        return true
      default:
        return this.options.wrapperForNullables && WRAPPED_TYPES.has(message.fullName)
    }
  }

  private builder(field: FieldType): SchemaBuilder {
    switch (field.kind) {
      case 'enum':
        return this.enum(field)
      case 'message':
        return this.message(field).optional()
      default:
        return scalarBuilder(field, field.kind)
    }
  }

  private enum({ enum: type }: FieldType): SchemaBuilder {
    const { intForEnums, fullNames, generalized } = this.options
    const parameter = generalized ? GENERAL_ENUM : ENUM
    const builder = (intForEnums ? SchemaBuilder.int32() : SchemaBuilder.string())
      .name(fullNames ? type.fullName : type.name)
      .parameter(parameter, type.name)
    for (const { name, number } of type.values) builder.parameter(`${parameter}.${name}`, String(number))
    return builder.optional()
  }

  private message(field: FieldType): SchemaBuilder {
    const { message } = field
    switch (message.fullName) {
      case DECIMAL_MESSAGE: {
        const builder = decimalBuilder(integerParam(field, 'scale') ?? 0)
        const precision = integerParam(field, 'precision')
        return precision === null ? builder : builder.parameter(PRECISION, String(precision))
      }
      case DATE_MESSAGE:
        return dateBuilder()
      case TIME_MESSAGE:
        return timeBuilder()
      case TIMESTAMP_MESSAGE:
        return timestampBuilder()
    }
    if (isMapField(field)) {
      const [key, value] = message.fields as [FieldType, FieldType]
      const name = mapFieldName(this.options.fullNames ? message.fullName : message.name)
      return SchemaBuilder.map(this.field(key), this.field(value)).name(name)
    }
    return wrappedBuilder(message)!
  }
}

/** Java: Integer.parseInt, where what is no number is passed over */
function integerParam({ params }: FieldType, name: string): number | null {
  const text = params.get(name)
  if (text === undefined || !/^[+-]?\d+$/.test(text)) return null
  const value = Number(text)
  return Math.abs(value) <= 0x7fffffff ? value : null
}

function scalarBuilder(field: FieldType, kind: ScalarType): SchemaBuilder {
  switch (kind) {
    case 'int32':
    case 'sint32':
    case 'sfixed32': {
      const asked = field.params.get('connect.type')
      if (asked === 'int8') return SchemaBuilder.int8()
      if (asked === 'int16') return SchemaBuilder.int16()
      return kind === 'int32' ? SchemaBuilder.int32() : SchemaBuilder.int32().parameter(TYPE, kind)
    }
    case 'int64':
      return SchemaBuilder.int64()
    case 'uint32':
    case 'fixed32':
    case 'uint64':
    case 'sint64':
    case 'fixed64':
    case 'sfixed64':
      return SchemaBuilder.int64().parameter(TYPE, kind)
    case 'float':
      return SchemaBuilder.float32()
    case 'double':
      return SchemaBuilder.float64()
    case 'bool':
      return SchemaBuilder.bool()
    case 'string':
      return SchemaBuilder.string()
    case 'bytes':
      return SchemaBuilder.bytes()
  }
}

/** Null for a message that is none of Google's wrappers. */
function wrappedBuilder({ fullName }: MessageType): SchemaBuilder | null {
  switch (WRAPPED_TYPES.get(fullName)) {
    case 'double':
      return SchemaBuilder.float64()
    case 'float':
      return SchemaBuilder.float32()
    case 'int64':
    case 'uint64':
    case 'uint32':
      return SchemaBuilder.int64()
    case 'int32':
      return SchemaBuilder.int32()
    case 'bool':
      return SchemaBuilder.bool()
    case 'string':
      return SchemaBuilder.string()
    case 'bytes':
      return SchemaBuilder.bytes()
    default:
      return null
  }
}
