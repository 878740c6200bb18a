/** Connect values as Protobuf's bytes, compiled for a schema. Java: ProtobufData.fromConnectData, DynamicMessage */
import { DataException } from '../../data/errors.ts'
import { keysInHashOrder } from '../../data/java-hash.ts'
import { DATE_NAME, DECIMAL_NAME, TIME_NAME, TIMESTAMP_NAME } from '../../data/logical-names.ts'
import type { Field, Schema } from '../../data/schema.ts'
import { Struct } from '../../data/struct.ts'
import type { FieldType, MessageType } from '../../formats/protobuf/types.ts'
import { FIXED32, FIXED64, LENGTH, VARINT } from '../../formats/protobuf/wire-reader.ts'
import type { WireWriter } from '../../formats/protobuf/wire-writer.ts'
import { wrongClass } from '../checked-numbers.ts'
import { inField } from '../field-path.ts'
import type { ProtobufOptions } from './config.ts'
import { type BodyWriter, writeDate, writeDecimal, writeTime, writeTimestamp } from './logical.ts'
import {
  DATE_MESSAGE,
  DECIMAL_MESSAGE,
  isUnion,
  scrubbed,
  TIME_MESSAGE,
  TIMESTAMP_MESSAGE,
  WRAPPED_TYPES,
} from './names.ts'
import { unfit } from './unfit.ts'
import { enumWriter } from './write-enum.ts'
import { type Scalar, scalarWriter, wrappedUint32 } from './write-scalars.ts'

/** Writes number, wire type and value. */
type FieldWriter = (value: unknown, out: WireWriter) => void

const LOGICAL: ReadonlyMap<string, { readonly message: string; readonly write: BodyWriter }> = new Map([
  [DECIMAL_NAME, { message: DECIMAL_MESSAGE, write: writeDecimal }],
  [DATE_NAME, { message: DATE_MESSAGE, write: writeDate }],
  [TIME_NAME, { message: TIME_MESSAGE, write: writeTime }],
  [TIMESTAMP_NAME, { message: TIMESTAMP_MESSAGE, write: writeTimestamp }],
])

export class ValueWriters {
  /** By Connect schema and message: structs may hold themselves. */
  private readonly known = new Map<Schema, Map<MessageType, BodyWriter>>()

  constructor(private readonly options: ProtobufOptions) {}

  /** The message of a record. @throws DataException */
  root(schema: Schema, message: MessageType): BodyWriter {
    if (schema.type === 'STRUCT') return this.struct(schema, message)
    const field = message.fields[0]!
    return this.field(schema, field)
  }

  private struct(schema: Schema, message: MessageType): BodyWriter {
    let forSchema = this.known.get(schema)
    if (forSchema === undefined) {
      forSchema = new Map()
      this.known.set(schema, forSchema)
    }
    const known = forSchema.get(message)
    if (known !== undefined) return known
    let write: BodyWriter = () => {}
    // Found by what is inside, before it is complete.
    forSchema.set(message, (value, out) => write(value, out))
    write = this.compile(schema, message)
    forSchema.set(message, write)
    return write
  }

  private compile(schema: Schema, message: MessageType): BodyWriter {
    const slots = schema.fields.flatMap(field => this.slots(field, message))
    slots.sort((a, b) => a.number - b.number)
    const count = slots.length
    return (value, out) => {
      if (!(value instanceof Struct)) throw wrongClass(schema, value)
      if (value.schema !== schema && !value.schema.equals(schema))
        throw new DataException('Mismatching struct schema')
      const { rawValues } = value
      for (let i = 0; i < count; i++) {
        const slot = slots[i]!
        let own = rawValues[slot.index] ?? slot.defaultValue
        if (own === null || own === undefined) continue
        if (slot.branch !== null) {
          own = slot.branch(own)
          if (own === null) continue
        }
        try {
          slot.write(own, out)
        } catch (error) {
          throw inField(error, slot.name)
        }
      }
    }
  }

  private slots(field: Field, message: MessageType): Slot[] {
    const { schema, index } = field
    const name = this.nameOf(field)
    const defaultValue = this.options.ignoreDefault ? null : schema.defaultValue
    if (!isUnion(schema)) {
      const type = fieldOf(message, name)
      return [
        { name, number: type.number, index, defaultValue, branch: null, write: this.field(schema, type) },
      ]
    }
    return schema.fields.map((member, branch) => {
      const memberName = this.nameOf(member)
      const type = fieldOf(message, memberName)
      return {
        name: memberName,
        number: type.number,
        index,
        defaultValue,
        branch: this.branchOf(schema, branch),
        write: this.field(member.schema, type),
      }
    })
  }

  private nameOf({ name }: Field): string {
    return this.options.scrub ? scrubbed(name) : name
  }

  /** The value of a union where that member is the one that is set, the first that is not null; else null. */
  private branchOf(schema: Schema, branch: number): (union: unknown) => unknown {
    const { fields } = schema
    const defaults = fields.map(field => (this.options.ignoreDefault ? null : field.schema.defaultValue))
    return union => {
      if (!(union instanceof Struct)) throw wrongClass(schema, union)
      if (union.schema !== schema && !union.schema.equals(schema))
        throw new DataException('Mismatching struct schema')
      for (let i = 0; i < fields.length; i++) {
        const value = union.rawValues[i] ?? defaults[i] ?? null
        if (value !== null) return i === branch ? value : null
      }
      throw new DataException('Cannot find non-null field')
    }
  }

  private field(schema: Schema, type: FieldType): FieldWriter {
    if (schema.type === 'ARRAY') return this.list(schema, type)
    if (schema.type === 'MAP') return this.map(schema, type)
    if (type.kind === 'message') return embedded(type.number, this.message(schema, type.message, type.name))
    const tag = type.number * 8 + wireTypeOf(type)
    const scalar = this.scalar(schema, type)
    if (type.hasPresence) return tagged(tag, scalar)
    return unlessDefault(tag, scalar)
  }

  private message(schema: Schema, message: MessageType, field: string): BodyWriter {
    const logical = schema.name === null ? undefined : LOGICAL.get(schema.name)
    if (logical !== undefined) {
      if (message.fullName !== logical.message) throw unfit(schema, message.fullName, field)
      return logical.write
    }
    if (schema.type === 'STRUCT') return this.struct(schema, message)
    if (!WRAPPED_TYPES.has(message.fullName)) throw unfit(schema, message.fullName, field)
    const value = message.fields[0]!
    if (value.kind !== 'uint32') return this.field(schema, value)
    const scalar = wrappedUint32(schema)
    if (scalar === null) throw unfit(schema, message.fullName, field)
    return unlessDefault(value.number * 8 + VARINT, scalar)
  }

  private scalar(schema: Schema, type: FieldType): Scalar {
    if (schema.name !== null && LOGICAL.has(schema.name)) throw unfit(schema, type.kind, type.name)
    if (type.kind === 'enum') return enumWriter(schema, type, this.options.generalized)
    if (type.kind === 'message') throw unfit(schema, type.message.fullName, type.name)
    const scalar = scalarWriter(schema, type.kind)
    if (scalar === null) throw unfit(schema, type.kind, type.name)
    return scalar
  }

  private list(schema: Schema, type: FieldType): FieldWriter {
    const element = schema.valueSchema!
    if (element.type === 'MAP')
      throw new DataException('A list of maps cannot be written as Protobuf; put the map into a struct.')
    if (type.packed) {
      const { write } = this.scalar(element, type)
      const tag = type.number * 8 + LENGTH
      return (value, out) => {
        const list = listOf(schema, value)
        if (list.length === 0) return
        out.uint32(tag)
        const start = out.begin()
        for (let i = 0; i < list.length; i++) write(present(list[i], i), out)
        out.end(start)
      }
    }
    const write =
      type.kind === 'message'
        ? embedded(type.number, this.message(element, type.message, type.name))
        : tagged(type.number * 8 + wireTypeOf(type), this.scalar(element, type))
    return (value, out) => {
      const list = listOf(schema, value)
      for (let i = 0; i < list.length; i++) write(present(list[i], i), out)
    }
  }

  private map(schema: Schema, type: FieldType): FieldWriter {
    if (type.kind !== 'message' || !type.repeated) throw unfit(schema, type.kind, type.name)
    const writeKey = this.field(schema.keySchema!, fieldOf(type.message, 'key'))
    const writeValue = this.field(schema.valueSchema!, fieldOf(type.message, 'value'))
    const tag = type.number * 8 + LENGTH
    const entry = (key: unknown, value: unknown, out: WireWriter) => {
      out.uint32(tag)
      const start = out.begin()
      try {
        if (key !== null && key !== undefined) writeKey(key, out)
        if (value !== null && value !== undefined) writeValue(value, out)
      } catch (error) {
        throw inField(error, `[${String(key)}]`)
      }
      out.end(start)
    }
    return (value, out) => {
      if (value instanceof Map) for (const [key, own] of value) entry(key, own, out)
      else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        const object = value as Record<string, unknown>
        for (const key of keysInHashOrder(object)) entry(key, object[key], out)
      } else throw wrongClass(schema, value)
    }
  }
}

/** A field of a Connect struct, or one member of a union. */
interface Slot {
  readonly name: string
  readonly number: number
  readonly index: number
  readonly defaultValue: unknown
  readonly branch: ((union: unknown) => unknown) | null
  readonly write: FieldWriter
}

function fieldOf(message: MessageType, name: string): FieldType {
  const field = message.fields.find(candidate => candidate.name === name)
  if (field !== undefined) return field
  throw new DataException(`Cannot find field with name ${name} in the message ${message.fullName}`, {
    hint: 'Two structs of different schemas have the same name: give them different names.',
  })
}

function wireTypeOf({ kind }: FieldType): number {
  switch (kind) {
    case 'double':
    case 'fixed64':
    case 'sfixed64':
      return FIXED64
    case 'float':
    case 'fixed32':
    case 'sfixed32':
      return FIXED32
    case 'string':
    case 'bytes':
    case 'message':
      return LENGTH
    default:
      return VARINT
  }
}

function tagged(tag: number, { write }: Scalar): FieldWriter {
  return (value, out) => {
    out.uint32(tag)
    write(value, out)
  }
}

function unlessDefault(tag: number, { isDefault, write }: Scalar): FieldWriter {
  return (value, out) => {
    if (isDefault(value)) return
    out.uint32(tag)
    write(value, out)
  }
}

function embedded(number: number, body: BodyWriter): FieldWriter {
  const tag = number * 8 + LENGTH
  return (value, out) => {
    out.uint32(tag)
    const start = out.begin()
    body(value, out)
    out.end(start)
  }
}

function listOf(schema: Schema, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw wrongClass(schema, value)
}

function present(value: unknown, index: number): unknown {
  if (value !== null && value !== undefined) return value
  throw inField(new DataException('Protobuf has no null in a list'), `[${index}]`)
}
