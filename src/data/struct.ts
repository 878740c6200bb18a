/** Java: org.apache.kafka.connect.data.Struct */
import type { BigDecimal } from './big-decimal.ts'
import { comparedOnce } from './compared-once.ts'
import { valueEquals } from './equality.ts'
import { DataException } from './errors.ts'
import { javaText } from './java-text.ts'
import type { Float32, Float64, Int8, Int16, Int32 } from './numbers.ts'
import { type Field, type Schema, type SchemaType, schemaText } from './schema.ts'
import { validateValue } from './validate.ts'

/** A record of named fields, each checked against the schema when it is set; unset fields are null. */
export class Struct {
  readonly schema: Schema
  private readonly values: unknown[]

  /**
   * `values` by field index, unset ones null: neither copied nor checked, for those who move values that were
   * checked already from struct to struct. @throws DataException when they are not as many as the fields
   */
  constructor(schema: Schema, values?: unknown[]) {
    if (schema.type !== 'STRUCT') throw new DataException(`Not a struct schema: ${schemaText(schema)}`)
    const { length } = schema.fields
    if (values !== undefined && values.length !== length)
      throw new DataException(
        `${schemaText(schema)} has ${length} fields, but ${values.length ?? 'no list of'} values were given`,
        { hint: 'Give an array with a value, or null, for every field in order; put() sets them by name.' },
      )
    this.schema = schema
    this.values = values ?? new Array(length).fill(null)
  }

  /** By field index, without defaults; unset ones null. */
  get rawValues(): readonly unknown[] {
    return this.values
  }

  get javaClass(): string {
    return 'org.apache.kafka.connect.data.Struct'
  }

  /** By `Field` the index decides, not the name. @throws DataException when unknown or of another type */
  put(field: string | Field, value: unknown): this {
    const { name, index, schema } = this.lookup(field)
    validateValue(name, schema, value)
    this.values[index] = value ?? null
    return this
  }

  /** The value, or the field's default when it is null, even where null was set on purpose. */
  get(field: string | Field): unknown {
    const { index, schema } = this.lookup(field)
    return this.values[index] ?? schema.defaultValue
  }

  getWithoutDefault(field: string | Field): unknown {
    return this.values[this.lookup(field).index] ?? null
  }

  /** The typed getters never apply defaults. @throws DataException when the field is of another type */
  getInt8(name: string): number | Int8 | null {
    return this.typed(name, 'INT8') as number | Int8 | null
  }
  getInt16(name: string): number | Int16 | null {
    return this.typed(name, 'INT16') as number | Int16 | null
  }
  getInt32(name: string): number | Int32 | Date | null {
    return this.typed(name, 'INT32') as number | Int32 | Date | null
  }
  getInt64(name: string): number | bigint | Date | null {
    return this.typed(name, 'INT64') as number | bigint | Date | null
  }
  getFloat32(name: string): number | Float32 | null {
    return this.typed(name, 'FLOAT32') as number | Float32 | null
  }
  getFloat64(name: string): number | Float64 | null {
    return this.typed(name, 'FLOAT64') as number | Float64 | null
  }
  getBoolean(name: string): boolean | null {
    return this.typed(name, 'BOOLEAN') as boolean | null
  }
  getString(name: string): string | null {
    return this.typed(name, 'STRING') as string | null
  }
  getBytes(name: string): Uint8Array | BigDecimal | null {
    return this.typed(name, 'BYTES') as Uint8Array | BigDecimal | null
  }
  getArray(name: string): readonly unknown[] | null {
    return this.typed(name, 'ARRAY') as readonly unknown[] | null
  }
  getMap(name: string): ReadonlyMap<unknown, unknown> | Readonly<Record<string, unknown>> | null {
    return this.typed(name, 'MAP') as ReadonlyMap<unknown, unknown> | Readonly<Record<string, unknown>> | null
  }
  getStruct(name: string): Struct | null {
    return this.typed(name, 'STRUCT') as Struct | null
  }

  /**
   * Refuses a null unless the field is optional or has a default. Values need no second look: each was checked
   * when it was put.
   */
  validate(): void {
    const { fields } = this.schema
    for (let i = 0; i < fields.length; i++) {
      if ((this.values[i] ?? null) !== null) continue
      const { name, schema } = fields[i]!
      if (schema.defaultValue === null) validateValue(name, schema, null)
    }
  }

  equals(other: unknown): boolean {
    if (other === this) return true
    return other instanceof Struct && comparedOnce(this, other, Struct.hold)
  }

  private static hold(a: Struct, b: Struct): boolean {
    return b.schema.equals(a.schema) && valueEquals(b.values, a.values)
  }

  toString(): string {
    return javaText(this)
  }

  private typed(name: string, type: SchemaType): unknown {
    const { index, schema } = this.lookup(name)
    if (schema.type !== type) throw new DataException(`Field '${name}' is not of type ${type}`)
    return this.values[index] ?? null
  }

  private lookup(field: string | Field): Field {
    if (typeof field !== 'string') {
      if ((field as Field | null) === null) throw new DataException('field cannot be null.')
      return this.schema.fields[field.index] ?? this.lookup(field.name)
    }
    const found = this.schema.field(field)
    if (found === null) throw new DataException(`${field} is not a valid field name`)
    return found
  }
}
