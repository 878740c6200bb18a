/** Protobuf's bytes as Connect values, compiled for a message. Java: ProtobufData.toConnectData, DynamicMessage */
import { hashCodeOf, orderByHash } from '../../data/java-hash.ts'
import type { Schema } from '../../data/schema.ts'
import { Struct } from '../../data/struct.ts'
import type { FieldType, MessageType } from '../../formats/protobuf/types.ts'
import { LENGTH, WireError, WireReader } from '../../formats/protobuf/wire-reader.ts'
import type { ProtobufOptions } from './config.ts'
import { type BodyReader, readDate, readDecimal, readTime, readTimestamp } from './logical.ts'
import { DATE_MESSAGE, DECIMAL_MESSAGE, TIME_MESSAGE, TIMESTAMP_MESSAGE } from './names.ts'
import { type ScalarReader, scalarReader } from './read-scalars.ts'

const LOGICAL: ReadonlyMap<string, BodyReader> = new Map([
  [DECIMAL_MESSAGE, readDecimal],
  [DATE_MESSAGE, readDate],
  [TIME_MESSAGE, readTime],
  [TIMESTAMP_MESSAGE, readTimestamp],
])

const NONE: ReadonlySet<number> = new Set()

/** One field of a message while its bytes are read. */
interface FieldReader {
  readonly name: string
  readonly number: number
  /** In the struct's values. */
  readonly index: number
  /** For a member of a oneof: the union's schema and its place there; null for a field of the struct itself. */
  readonly union: { readonly schema: Schema; readonly index: number } | null
  /** Numbers of the other members of its oneof. */
  readonly others: ReadonlySet<number>
  /** Places of the other members in the struct's values, where they are fields of the struct itself. */
  readonly clears: readonly number[]
  readonly scalar: ScalarReader | null
  readonly body: BodyReader | null
  readonly repeated: boolean
  readonly isMap: boolean
}

/** The last step of a field, when the whole message was read: what stands there where nothing was. */
interface Finish {
  readonly index: number
  readonly end: (read: unknown) => unknown
}

/** How the bytes of a message become a struct of a schema. */
class StructReader {
  /** By number, where numbers are small; the others are in `far`. */
  private readonly near: (FieldReader | undefined)[] = []
  private readonly far = new Map<number, FieldReader>()
  private readonly required: FieldReader[] = []
  private template: unknown[] = []
  private finishes: readonly Finish[] = []

  constructor(readonly schema: Schema) {}

  complete(
    fields: readonly FieldReader[],
    required: ReadonlySet<number>,
    template: unknown[],
    finishes: readonly Finish[],
  ): void {
    for (const field of fields) {
      if (field.number < 256) this.near[field.number] = field
      else this.far.set(field.number, field)
      if (required.has(field.number)) this.required.push(field)
    }
    this.template = template
    this.finishes = finishes
  }

  read(reader: WireReader): Struct {
    const values = this.template.slice()
    const seen = this.required.length === 0 ? null : new Set<number>()
    /** Numbers of messages that came more than once and are complete. */
    let done: Set<number> | null = null
    const start = reader.at
    let field: FieldReader | undefined
    try {
      for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
        const number = tag >>> 3
        field = number < 256 ? this.near[number] : this.far.get(number)
        if (field === undefined || done?.has(number)) {
          reader.skip(tag)
          continue
        }
        seen?.add(number)
        const { scalar } = field
        if (scalar !== null) {
          if (field.repeated) this.readRepeated(reader, field, scalar, tag, values)
          else if ((tag & 7) === scalar.wireType) this.set(values, field, scalar.read(reader))
          else reader.skip(tag)
        } else if ((tag & 7) !== LENGTH) reader.skip(tag)
        else if (field.repeated) push(values, field, embedded(reader, field.body!))
        else if (!this.isSet(values, field)) this.set(values, field, embedded(reader, field.body!))
        else {
          done ??= new Set()
          done.add(number)
          for (const other of field.others) done.add(other)
          this.merge(reader, field, start, values)
          reader.skip(tag)
        }
      }
    } catch (error) {
      if (error instanceof WireError && field !== undefined) error.inside(field.name)
      throw error
    }
    for (const missing of this.required)
      if (!seen!.has(missing.number)) throw new WireError(`Message missing required fields: ${missing.name}`)
    for (const { index, end } of this.finishes) values[index] = end(values[index])
    return new Struct(this.schema, values)
  }

  /** One by one, or many in one piece, however the schema has it. */
  private readRepeated(
    reader: WireReader,
    field: FieldReader,
    scalar: ScalarReader,
    tag: number,
    values: unknown[],
  ): void {
    const type = tag & 7
    if (type === scalar.wireType) push(values, field, scalar.read(reader))
    else if (type === LENGTH) {
      const length = reader.length()
      const { end } = reader
      reader.end = reader.at + length
      while (reader.at < reader.end) push(values, field, scalar.read(reader))
      reader.end = end
    } else reader.skip(tag)
  }

  private set(values: unknown[], { index, union, clears }: FieldReader, value: unknown): void {
    if (value === undefined) return
    if (union === null) {
      values[index] = value
      for (const other of clears) values[other] = null
      return
    }
    const members: unknown[] = new Array(union.schema.fields.length).fill(null)
    members[union.index] = value
    values[index] = new Struct(union.schema, members)
  }

  private isSet(values: unknown[], { index, union }: FieldReader): boolean {
    const value = values[index]
    if (union === null || value === null) return value !== null
    return (value as Struct).rawValues[union.index] !== null
  }

  /**
   * A message that comes more than once is all of them after another; of a oneof, since another member came. All are
   * looked for at once, so that bytes that repeat a message without end are read twice and no more.
   */
  private merge(reader: WireReader, field: FieldReader, start: number, values: unknown[]): void {
    const { at } = reader
    let parts: Buffer[] = []
    let last = field
    reader.at = start
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      const number = tag >>> 3
      if (number === field.number && (tag & 7) === LENGTH) {
        const length = reader.length()
        parts.push(reader.data.subarray(reader.at, reader.at + length))
        reader.at += length
        last = field
      } else {
        if (field.others.has(number)) {
          parts = []
          last = this.fieldOf(number)!
          const lastAt = reader.at
          if (last.scalar !== null && (tag & 7) === last.scalar.wireType) {
            this.set(values, last, last.scalar.read(reader))
            reader.at = lastAt
          } else if (last.scalar === null && (tag & 7) === LENGTH) {
            this.set(values, last, embedded(reader, last.body!))
            reader.at = lastAt
          }
        }
        reader.skip(tag)
      }
    }
    reader.at = at
    if (last !== field) return
    const whole = Buffer.concat(parts)
    const inner = new WireReader(whole, 0, whole.length)
    inner.depth = reader.depth
    inner.enter()
    this.set(values, field, field.body!(inner))
  }

  private fieldOf(number: number): FieldReader | undefined {
    return number < 256 ? this.near[number] : this.far.get(number)
  }
}

function push(values: unknown[], field: FieldReader, value: unknown): void {
  if (value === undefined) return
  const { index } = field
  const before = values[index]
  if (field.isMap) {
    const [key, own] = value as [unknown, unknown]
    if (before === null) values[index] = new Map([[key, own]])
    else (before as Map<unknown, unknown>).set(key, own)
  } else if (before === null) values[index] = [value]
  else (before as unknown[]).push(value)
}

function embedded(reader: WireReader, body: BodyReader): unknown {
  const length = reader.length()
  const { end } = reader
  reader.end = reader.at + length
  reader.enter()
  const value = body(reader)
  reader.depth--
  reader.end = end
  return value
}

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
    const struct = new StructReader(schema)
    // Found by what is inside, before it is complete.
    this.known.set(schema, struct)
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
    struct.complete(fields, new Set(required), template, finishes)
    return struct
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
        end: read => (read === null ? new Map() : inHashOrder(read as Map<unknown, unknown>, keySchema)),
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

/** A Map with the entries as a HashMap would hand them out. */
function inHashOrder(map: Map<unknown, unknown>, keySchema: Schema): Map<unknown, unknown> {
  if (map.size < 2) return map
  const ordered = new Map<unknown, unknown>()
  for (const key of orderByHash([...map.keys()], one => hashCodeOf(one, keySchema)))
    ordered.set(key, map.get(key))
  return ordered
}
