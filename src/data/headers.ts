/** Record headers: an ordered multimap. Java: org.apache.kafka.connect.header.ConnectHeaders */
import { BigDecimal } from './big-decimal.ts'
import { decimalSchema } from './decimal.ts'
import { valueEquals } from './equality.ts'
import { DataException } from './errors.ts'
import { javaText } from './java-text.ts'
import { DATE_SCHEMA, dateToInt, TIME_SCHEMA, TIMESTAMP_SCHEMA, timeToInt } from './logical.ts'
import { DATE_NAME, DECIMAL_NAME, TIME_NAME, TIMESTAMP_NAME } from './logical-names.ts'
import type { Schema, SchemaAndValue, SchemaType } from './schema.ts'
import * as schemas from './schema.ts'
import { Struct } from './struct.ts'
import { isInstanceOfType } from './validate.ts'

/** One header; immutable. Java: org.apache.kafka.connect.header.Header */
export class ConnectHeader {
  readonly schema: Schema | null

  /** Without a schema a Struct's own counts. */
  constructor(
    readonly key: string,
    schema: Schema | null,
    readonly value: unknown,
  ) {
    this.schema = schema === null && value instanceof Struct ? value.schema : schema
  }

  rename(key: string): ConnectHeader {
    return key === this.key ? this : new ConnectHeader(key, this.schema, this.value)
  }

  with(schema: Schema | null, value: unknown): ConnectHeader {
    return new ConnectHeader(this.key, schema, value)
  }

  equals(other: unknown): boolean {
    return (
      other instanceof ConnectHeader &&
      other.key === this.key &&
      valueEquals(other.schema, this.schema) &&
      valueEquals(other.value, this.value)
    )
  }

  toString(): string {
    return `ConnectHeader(key=${this.key}, value=${javaText(this.value, this.schema)}, schema=${this.schema})`
  }
}

export class ConnectHeaders implements Iterable<ConnectHeader> {
  private list: ConnectHeader[]

  constructor(original?: Iterable<ConnectHeader>) {
    this.list = original === undefined ? [] : [...original]
  }

  get size(): number {
    return this.list.length
  }

  get isEmpty(): boolean {
    return this.list.length === 0
  }

  /** The header at an index from 0 to `size` - 1: on the record path cheaper than an iterator. */
  at(index: number): ConnectHeader {
    return this.list[index]!
  }

  [Symbol.iterator](): Iterator<ConnectHeader> {
    return this.list[Symbol.iterator]()
  }

  /** Adds one at the end; others with that key stay. @throws DataException when value and schema differ */
  add(key: string, value: unknown, schema: Schema | null): this {
    if (schema !== null) checkSchemaMatches(schema, value)
    return this.append(key, value ?? null, schema)
  }

  /** Java: add(Header) */
  addHeader(header: ConnectHeader): this {
    this.list.push(header)
    return this
  }

  /** Java: add(String, SchemaAndValue) */
  addSchemaAndValue(key: string, pair: SchemaAndValue | null): this {
    return this.add(key, pair?.value ?? null, pair?.schema ?? null)
  }

  addBoolean(key: string, value: boolean): this {
    return this.append(key, value, schemas.BOOLEAN_SCHEMA)
  }

  addByte(key: string, value: number): this {
    return this.append(key, value, schemas.INT8_SCHEMA)
  }

  addShort(key: string, value: number): this {
    return this.append(key, value, schemas.INT16_SCHEMA)
  }

  addInt(key: string, value: number): this {
    return this.append(key, value, schemas.INT32_SCHEMA)
  }

  addLong(key: string, value: number | bigint): this {
    return this.append(key, value, schemas.INT64_SCHEMA)
  }

  addFloat(key: string, value: number): this {
    return this.append(key, Math.fround(value), schemas.FLOAT32_SCHEMA)
  }

  addDouble(key: string, value: number): this {
    return this.append(key, value, schemas.FLOAT64_SCHEMA)
  }

  addString(key: string, value: string | null): this {
    return this.append(key, value, value === null ? schemas.OPTIONAL_STRING_SCHEMA : schemas.STRING_SCHEMA)
  }

  addBytes(key: string, value: Uint8Array | null): this {
    return this.append(key, value, value === null ? schemas.OPTIONAL_BYTES_SCHEMA : schemas.BYTES_SCHEMA)
  }

  /** With the value's own scale. */
  addDecimal(key: string, value: BigDecimal | null): this {
    return this.append(key, value, value && decimalSchema(value.scale))
  }

  addDate(key: string, value: Date | null): this {
    if (value !== null) dateToInt(DATE_SCHEMA, value)
    return this.append(key, value, DATE_SCHEMA)
  }

  addTime(key: string, value: Date | null): this {
    if (value !== null) timeToInt(TIME_SCHEMA, value)
    return this.append(key, value, TIME_SCHEMA)
  }

  addTimestamp(key: string, value: Date | null): this {
    return this.append(key, value, TIMESTAMP_SCHEMA)
  }

  addList(key: string, value: readonly unknown[] | null, schema: Schema): this {
    return this.addOfType(key, value, schema, 'ARRAY')
  }

  addMap(
    key: string,
    value: ReadonlyMap<unknown, unknown> | Readonly<Record<string, unknown>> | null,
    schema: Schema,
  ): this {
    return this.addOfType(key, value, schema, 'MAP')
  }

  addStruct(key: string, value: Struct | null): this {
    return this.append(key, value, value?.schema ?? null)
  }

  private addOfType(key: string, value: unknown, schema: Schema, type: SchemaType): this {
    if (value === null) return this.append(key, null, null)
    if (schema.type !== type) throw new DataException(`Expecting ${type} but instead found ${schema.type}`)
    return this.append(key, value, schema)
  }

  private append(key: string, value: unknown, schema: Schema | null): this {
    this.list.push(new ConnectHeader(key, schema, value))
    return this
  }

  lastWithName(key: string): ConnectHeader | null {
    for (let i = this.list.length - 1; i >= 0; i--) {
      const header = this.list[i]!
      if (header.key === key) return header
    }
    return null
  }

  /** Those with that key, in order. */
  allWithName(key: string): ConnectHeader[] {
    return this.list.filter(header => header.key === key)
  }

  remove(key: string): this {
    this.list = this.list.filter(header => header.key !== key)
    return this
  }

  clear(): this {
    this.list = []
    return this
  }

  /** Keeps the last header of every key, or of `key` only, at its place. */
  retainLatest(key?: string): this {
    const seen = new Set<string>()
    const kept: ConnectHeader[] = []
    for (let i = this.list.length - 1; i >= 0; i--) {
      const header = this.list[i]!
      if ((key === undefined || header.key === key) && seen.has(header.key)) continue
      seen.add(header.key)
      kept.push(header)
    }
    this.list = kept.reverse()
    return this
  }

  /** Replaces each header, or each with `key`, by what `transform` returns; null drops it. */
  apply(transform: (header: ConnectHeader) => ConnectHeader | null, key?: string): this {
    const kept: ConnectHeader[] = []
    for (const header of this.list) {
      const next = key === undefined || header.key === key ? transform(header) : header
      if (next !== null) kept.push(next)
    }
    this.list = kept
    return this
  }

  /** A shallow copy. */
  duplicate(): ConnectHeaders {
    return new ConnectHeaders(this.list)
  }

  equals(other: unknown): boolean {
    return other instanceof ConnectHeaders && valueEquals(other.list, this.list)
  }

  toString(): string {
    return `ConnectHeaders(headers=${this.isEmpty ? '' : `[${this.list.join(', ')}]`})`
  }
}

/** Takes raw as well as logical values for a logical schema, other than `validateValue`. */
function checkSchemaMatches(schema: Schema, value: unknown): void {
  if (value === null || value === undefined) {
    if (!schema.optional)
      throw new DataException(`A null value requires an optional schema but was ${schema}`)
    return
  }
  if (!isInstanceOfType(schema, value) && !isLogicalValue(schema, value)) {
    throw new DataException(`The value ${javaText(value)} is not compatible with the schema ${schema}`)
  }
}

function isLogicalValue(schema: Schema, value: unknown): boolean {
  if (schema.type === 'BYTES') return schema.name === DECIMAL_NAME && value instanceof BigDecimal
  if (!(value instanceof Date)) return false
  if (schema.type === 'INT32') return schema.name === DATE_NAME || schema.name === TIME_NAME
  return schema.type === 'INT64' && schema.name === TIMESTAMP_NAME
}
