/** Protobuf's bytes as Connect values, compiled for a message. Java: ProtobufData.toConnectData, DynamicMessage */
import { hashCodeOf, inHashOrder } from '../../data/java-hash.ts'
import type { Schema } from '../../data/schema.ts'
import type { FieldType, MessageType } from '../../formats/protobuf/types.ts'
import { LENGTH, WireError, WireReader } from '../../formats/protobuf/wire-reader.ts'
import type { ProtobufOptions } from './config.ts'
import { type BodyReader, readDate, readDecimal, readTime, readTimestamp } from './logical.ts'
import { DATE_MESSAGE, DECIMAL_MESSAGE, TIME_MESSAGE, TIMESTAMP_MESSAGE } from './names.ts'
import { scalarReader } from './read-scalars.ts'
import { embedded, type FieldReader, type Finish, type StructPlan, StructReader } from './struct-reader.ts'

const LOGICAL: ReadonlyMap<string, BodyReader> = new Map([
  [DECIMAL_MESSAGE, readDecimal],
  [DATE_MESSAGE, readDate],
  [TIME_MESSAGE, readTime],
  [TIMESTAMP_MESSAGE, readTimestamp],
])

const NONE: ReadonlySet<number> = new Set()

/** Compiles readers, each once for a schema. */
export class ValueReaders {
  private readonly known = new Map<Schema, StructReader>()

  constructor(
    private readonly options: ProtobufOptions,
    private readonly unionField: (oneof: MessageType['oneofs'][number]) => string,
  ) {}

  /** Reads a record of `message` as a value of `schema`. */
  root(message: MessageType, schema: Schema): BodyReader {
    if (schema.type !== 'STRUCT') return this.wrapped(message, schema)
    const struct = this.struct(message, schema)
    return reader => struct.read(reader)
  }

  private struct(message: MessageType, schema: Schema): StructReader {
    const known = this.known.get(schema)
    if (known !== undefined) return known
    const struct = new StructReader(schema, () => this.plan(message, schema))
    this.known.set(schema, struct)
    return struct
  }

  private plan(message: MessageType, schema: Schema): StructPlan {
    const fields: FieldReader[] = []
    const template: unknown[] = new Array(schema.fields.length).fill(null)
    const finishes: Finish[] = []
    for (const field of message.fields) {
      if (field.oneof !== null) {
        fields.push(this.member(message, field, field.oneof, schema))
        continue
      }
      const own = schema.field(field.name)!
      const reader = this.field(message, field, own.schema, own.index)
      fields.push(reader)
      const initial = this.initial(message, field, own.schema, reader, finishes)
      template[own.index] = initial
    }
    const required = message.fields.filter(field => field.label === 'required').map(field => field.number)
    return { fields, required: new Set(required), template, finishes }
  }

  private member(message: MessageType, field: FieldType, name: string, schema: Schema): FieldReader {
    const oneof = message.oneofs.find(candidate => candidate.name === name)!
    const siblings = oneof.fields.filter(other => other !== field)
    const others = new Set(siblings.map(other => other.number))
    if (this.options.flattenUnions) {
      const own = schema.field(field.name)!
      const clears = siblings.map(other => schema.field(other.name)!.index)
      return { ...this.field(message, field, own.schema, own.index), others, clears }
    }
    const union = schema.field(this.unionField(oneof))!
    const own = union.schema.field(field.name)!
    return {
      ...this.field(message, field, own.schema, union.index),
      union: { schema: union.schema, index: own.index },
      others,
    }
  }

  private field(message: MessageType, field: FieldType, schema: Schema, index: number): FieldReader {
    const { name, number, repeated } = field
    const isMap = schema.type === 'MAP'
    const element = schema.type === 'ARRAY' ? schema.valueSchema! : schema
    const strict = message.syntax === 'proto3'
    const scalar = field.kind === 'message' ? null : scalarReader(field, element, strict)
    const body = scalar !== null ? null : isMap ? this.entry(field, schema) : this.body(field, element)
    return { name, number, index, union: null, others: NONE, clears: [], scalar, body, repeated, isMap }
  }

  private body({ message }: FieldType, schema: Schema): BodyReader {
    const logical = LOGICAL.get(message.fullName)
    if (logical !== undefined && schema.type !== 'STRUCT') return logical
    if (schema.type !== 'STRUCT') return this.wrapped(message, schema)
    const struct = this.struct(message, schema)
    return reader => struct.read(reader)
  }

  /** The value of a wrapper. */
  private wrapped(message: MessageType, schema: Schema): BodyReader {
    const scalar = scalarReader(message.fields[0]!, schema, message.syntax === 'proto3')
    const { wireType } = scalar
    return reader => {
      let value = scalar.defaultValue
      try {
        for (let tag = reader.tag(); tag !== 0; tag = reader.tag())
          if (tag === 1 * 8 + wireType) value = scalar.read(reader)
          else reader.skip(tag)
      } catch (error) {
        if (error instanceof WireError) error.inside('value')
        throw error
      }
      return value
    }
  }

  /** Key and value of a map. */
  private entry(field: FieldType, schema: Schema): BodyReader {
    const [key, value] = field.message.fields as [FieldType, FieldType]
    const parts = [
      this.field(field.message, key, schema.keySchema!, 0),
      this.field(field.message, value, schema.valueSchema!, 1),
    ]
    const defaults = [this.defaultOf(key, schema.keySchema!), this.defaultOf(value, schema.valueSchema!)]
    return reader => {
      const pair: unknown[] = [undefined, undefined]
      let part: FieldReader | undefined
      try {
        for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
          part = parts[(tag >>> 3) - 1]
          if (part === undefined || (tag & 7) !== (part.scalar?.wireType ?? LENGTH)) reader.skip(tag)
          else {
            const own = part.scalar === null ? embedded(reader, part.body!) : part.scalar.read(reader)
            if (own !== undefined) pair[part.index] = own
          }
        }
      } catch (error) {
        if (error instanceof WireError && part !== undefined) error.inside(part.name)
        throw error
      }
      if (pair[0] === undefined) pair[0] = defaults[0]!()
      if (pair[1] === undefined) pair[1] = defaults[1]!()
      return pair
    }
  }

  /** The value before anything is read. Java: ProtobufData.setStructField */
  private initial(
    message: MessageType,
    field: FieldType,
    schema: Schema,
    { index, isMap, scalar }: FieldReader,
    finishes: Finish[],
  ): unknown {
    if (isMap) {
      const keySchema = schema.keySchema!
      finishes.push({
        index,
        end: read =>
          read === null
            ? new Map()
            : inHashOrder(read as Map<unknown, unknown>, key => hashCodeOf(key, keySchema)),
      })
      return null
    }
    if (field.repeated) {
      finishes.push({ index, end: read => read ?? [] })
      return null
    }
    const asksPresence =
      field.kind === 'message' ||
      (field.optionalKeyword && (message.syntax === 'proto3' || this.options.optionalForProto2))
    if (asksPresence && !this.options.structForNulls) return null
    if (scalar !== null) return scalar.defaultValue
    const make = this.defaultOf(field, schema)
    finishes.push({ index, end: read => read ?? make() })
    return null
  }

  /** What a field has that is not set. A message that holds itself has none of itself. */
  private defaultOf(field: FieldType, schema: Schema): () => unknown {
    if (field.kind !== 'message') {
      const { defaultValue } = scalarReader(field, schema, true)
      return () => defaultValue
    }
    let open = false
    const body = this.lazyBody(field, schema)
    return () => {
      if (open) return null
      open = true
      try {
        return body()(new WireReader(Buffer.alloc(0), 0, 0))
      } catch (error) {
        // Google's dates have no default that Connect could hold.
        if (error instanceof WireError) return null
        throw error
      } finally {
        open = false
      }
    }
  }

  private lazyBody(field: FieldType, schema: Schema): () => BodyReader {
    let body: BodyReader | null = null
    return () => {
      body ??= this.body(field, schema)
      return body
    }
  }
}
