/** The loop over the bytes of one message. Java: com.google.protobuf.MessageReflection.mergeFieldFrom */
import type { Schema } from '../../data/schema.ts'
import { Struct } from '../../data/struct.ts'
import { LENGTH, WireError, WireReader } from '../../formats/protobuf/wire-reader.ts'
import type { BodyReader } from './logical.ts'
import type { ScalarReader } from './read-scalars.ts'

/** One field of a message while its bytes are read. */
export interface FieldReader {
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
export interface Finish {
  readonly index: number
  readonly end: (read: unknown) => unknown
}

export interface StructPlan {
  readonly fields: readonly FieldReader[]
  /** Numbers of fields that have to come. */
  readonly required: ReadonlySet<number>
  /** The struct's values before anything is read. */
  readonly template: unknown[]
  readonly finishes: readonly Finish[]
}

/** How the bytes of a message become a struct of a schema. */
export class StructReader {
  /** By number, where numbers are small; the others are in `far`. */
  private readonly near: (FieldReader | undefined)[] = []
  private readonly far = new Map<number, FieldReader>()
  private readonly required: FieldReader[] = []
  private template: unknown[] = []
  private finishes: readonly Finish[] = []

  /** `plan` is asked for when the first such message comes: most messages of a large schema never do. */
  constructor(
    readonly schema: Schema,
    private plan: (() => StructPlan) | null,
  ) {}

  private prepare(plan: StructPlan): void {
    for (const field of plan.fields) {
      if (field.number < 256) this.near[field.number] = field
      else this.far.set(field.number, field)
      if (plan.required.has(field.number)) this.required.push(field)
    }
    this.template = plan.template
    this.finishes = plan.finishes
    this.plan = null
  }

  read(reader: WireReader): Struct {
    if (this.plan !== null) this.prepare(this.plan())
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

export function embedded(reader: WireReader, body: BodyReader): unknown {
  const length = reader.length()
  const { end } = reader
  reader.end = reader.at + length
  reader.enter()
  const value = body(reader)
  reader.depth--
  reader.end = end
  return value
}
