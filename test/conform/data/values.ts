/** Vector values to Connect values and back. */
import { BigDecimal } from '../../../src/data/big-decimal.ts'
import { javaClassName } from '../../../src/data/java-class.ts'
import { doubleText, floatText } from '../../../src/data/java-number-text.ts'
import { Float32, Float64, Int8, Int16, Int32, JavaNumber } from '../../../src/data/numbers.ts'
import type { Schema } from '../../../src/data/schema.ts'
import { ConnectSchema, Field, type SchemaType } from '../../../src/data/schema.ts'
import { Struct } from '../../../src/data/struct.ts'
import type { SchemaVector, TaggedValue } from './vectors.ts'

/** A schema as it is, without the builder's checks: vectors hold bare arrays as well. */
export function toSchema(vector: SchemaVector | null, order?: readonly string[]): Schema | null {
  if (vector === null) return null
  const plain = new ConnectSchema(vector.type as SchemaType, attributes(vector, order))
  if (vector.default === undefined) return plain
  const defaultValue = toValue(vector.default, plain)
  return new ConnectSchema(vector.type as SchemaType, { ...attributes(vector, order), defaultValue })
}

function attributes(vector: SchemaVector, order?: readonly string[]) {
  const parameters = vector.parameters && Object.entries(vector.parameters)
  if (order) parameters?.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
  return {
    optional: vector.optional ?? false,
    name: vector.name ?? null,
    version: vector.version ?? null,
    doc: vector.doc ?? null,
    parameters: parameters ? new Map(parameters) : null,
    fields: vector.fields?.map(({ name, schema }, index) => new Field(name, index, toSchema(schema)!)),
    keySchema: vector.keySchema ? toSchema(vector.keySchema) : null,
    valueSchema: vector.valueSchema ? toSchema(vector.valueSchema) : null,
  }
}

/** The natural JavaScript value where the schema has its type, else a value that tells its Java class. */
export function toValue(tagged: TaggedValue, schema: Schema | null): unknown {
  if (tagged === null) return null
  const [tag, content] = Object.entries(tagged).find(([key]) => key !== 'schema')!
  const suits = (type: SchemaType): boolean => schema?.type === type
  switch (tag) {
    case 'int8':
      return suits('INT8') ? content : new Int8(content as number)
    case 'int16':
      return suits('INT16') ? content : new Int16(content as number)
    case 'int32':
      return suits('INT32') ? content : new Int32(content as number)
    case 'int64':
      return BigInt(content as string)
    case 'float32':
      return suits('FLOAT32') ? Math.fround(Number(content)) : new Float32(Number(content))
    case 'float64':
      return suits('FLOAT64') ? Number(content) : new Float64(Number(content))
    case 'boolean':
    case 'string':
      return content
    case 'bytes':
      return Buffer.from(content as string, 'hex')
    case 'bytebuffer': {
      const { backing, position, limit } = content as { backing: string; position: number; limit: number }
      return Buffer.from(backing, 'hex').subarray(position, limit)
    }
    case 'decimal': {
      const { unscaled, scale } = content as { unscaled: string; scale: number }
      return new BigDecimal(BigInt(unscaled), scale)
    }
    case 'date_ms':
      return new Date(Number(content))
    case 'array': {
      const element = suits('ARRAY') ? schema!.valueSchema : null
      return (content as TaggedValue[]).map(each => toValue(each, element))
    }
    case 'map': {
      const [key, value] = suits('MAP') ? [schema!.keySchema, schema!.valueSchema] : [null, null]
      return new Map(
        (content as [TaggedValue, TaggedValue][]).map(([k, v]) => [toValue(k, key), toValue(v, value)]),
      )
    }
    case 'struct': {
      const own = tagged['schema'] as SchemaVector | undefined
      return toStruct(content as Record<string, TaggedValue>, own ? toSchema(own)! : schema!)
    }
    case 'java':
      return new ForeignObject(content as string)
    default:
      throw new Error(`vector value of an unknown kind: ${tag}`)
  }
}

/** A Java object that Connect does not know; its text is `x`. */
class ForeignObject {
  constructor(readonly javaClass: string) {}

  toString(): string {
    return 'x'
  }
}

function toStruct(fields: Record<string, TaggedValue>, schema: Schema): Struct {
  const struct = new Struct(schema)
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null) struct.put(name, toValue(value, schema.field(name)!.schema))
  }
  return struct
}

export function fromSchema(schema: Schema | null): SchemaVector | null {
  if (schema === null) return null
  const vector: SchemaVector = { type: schema.type }
  if (schema.optional) vector.optional = true
  if (schema.name !== null) vector.name = schema.name
  if (schema.version !== null) vector.version = schema.version
  if (schema.doc !== null) vector.doc = schema.doc
  if (schema.parameters !== null) vector.parameters = Object.fromEntries(schema.parameters)
  if (schema.defaultValue !== null) vector.default = fromValue(schema.defaultValue, schema)
  if (schema.type === 'STRUCT')
    vector.fields = schema.fields.map(field => ({ name: field.name, schema: fromSchema(field.schema)! }))
  if (schema.type === 'MAP') vector.keySchema = fromSchema(schema.keySchema)
  if (schema.type === 'MAP' || schema.type === 'ARRAY') vector.valueSchema = fromSchema(schema.valueSchema)
  return vector
}

const TAGS: Readonly<Record<string, string>> = {
  'java.lang.Byte': 'int8',
  'java.lang.Short': 'int16',
  'java.lang.Integer': 'int32',
  'java.lang.Long': 'int64',
  'java.lang.Float': 'float32',
  'java.lang.Double': 'float64',
}

export function fromValue(value: unknown, schema: Schema | null): TaggedValue {
  if (value === null) return null
  if (typeof value === 'boolean') return { boolean: value }
  if (typeof value === 'string') return { string: value }
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof JavaNumber)
    return fromNumber(value, schema)
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') }
  if (value instanceof BigDecimal)
    return { decimal: { unscaled: value.unscaled.toString(), scale: value.scale } }
  if (value instanceof Date) return { date_ms: String(value.getTime()) }
  if (Array.isArray(value)) {
    const element = schema?.type === 'ARRAY' ? schema.valueSchema : null
    return { array: value.map(each => fromValue(each, element)) }
  }
  if (value instanceof Struct) return fromStruct(value, schema)
  const [key, element] = schema?.type === 'MAP' ? [schema.keySchema, schema.valueSchema] : [null, null]
  const entries = value instanceof Map ? [...value] : Object.entries(value as object)
  return { map: sorted(entries.map(([k, v]) => [fromValue(k, key), fromValue(v, element)])) }
}

/** Maps are compared as sets. */
function sorted(entries: readonly [TaggedValue, TaggedValue][]): [TaggedValue, TaggedValue][] {
  return [...entries].sort((a, b) => (JSON.stringify(a[0]) < JSON.stringify(b[0]) ? -1 : 1))
}

function fromNumber(value: number | bigint | JavaNumber, schema: Schema | null): TaggedValue {
  const plain = value instanceof JavaNumber ? value.value : value
  const tag =
    typeof value === 'number' && schema !== null && /^(INT|FLOAT)/.test(schema.type)
      ? schema.type.toLowerCase()
      : TAGS[javaClassName(value)]!
  if (tag === 'float32') return { float32: floatText(Number(plain)) }
  if (tag === 'float64') return { float64: doubleText(Number(plain)) }
  return { [tag]: tag === 'int64' ? String(plain) : plain }
}

function fromStruct(struct: Struct, schema: Schema | null): TaggedValue {
  const fields = Object.fromEntries(
    struct.schema.fields.map(field => [field.name, fromValue(struct.getWithoutDefault(field), field.schema)]),
  )
  if (schema?.equals(struct.schema)) return { struct: fields }
  return { struct: fields, schema: fromSchema(struct.schema) }
}

/** A vector's result with its maps in the order that `fromValue` gives. */
export function withSortedMaps(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withSortedMaps)
  if (typeof json !== 'object' || json === null) return json
  const entries = Object.entries(json).map(([key, content]) => {
    const inner = withSortedMaps(content)
    return [key, key === 'map' ? sorted(inner as [TaggedValue, TaggedValue][]) : inner]
  })
  return Object.fromEntries(entries)
}
