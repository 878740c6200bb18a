/** Java: org.apache.kafka.connect.data.SchemaProjector */
import { valueEquals } from './equality.ts'
import { SchemaProjectorException } from './errors.ts'
import { NullPointerException } from './java-errors.ts'
import { javaText } from './java-text.ts'
import { JavaNumber } from './numbers.ts'
import type { Schema, SchemaType } from './schema.ts'
import { Struct } from './struct.ts'

/** A number of one of these types becomes one of a later type, never of an earlier one. */
const WIDENING: readonly SchemaType[] = ['INT8', 'INT16', 'INT32', 'INT64', 'FLOAT32', 'FLOAT64']

/**
 * `value` of the schema `source` as `target` has it: numbers widened, fields that the target lacks left out, fields
 * that it adds at their default. Name and parameters have to agree; version and doc do not matter.
 * @throws SchemaProjectorException
 */
export function project(source: Schema, value: unknown, target: Schema): unknown {
  checkMaybeCompatible(source, target)
  const isNull = value === null || value === undefined
  if (source.optional && !target.optional) {
    if (target.defaultValue === null) {
      throw new SchemaProjectorException(
        'Writer schema is optional, however, target schema does not provide a default value.',
      )
    }
    return isNull ? target.defaultValue : projectValue(source, value, target)
  }
  return isNull ? null : projectValue(source, value, target)
}

function checkMaybeCompatible(source: Schema, target: Schema): void {
  if (source.type !== target.type && !isPromotable(source.type, target.type)) {
    throw new SchemaProjectorException(
      `Schema type mismatch. source type: ${source.type} and target type: ${target.type}`,
    )
  }
  if (source.name !== target.name) {
    throw new SchemaProjectorException(
      `Schema name mismatch. source name: ${source.name} and target name: ${target.name}`,
    )
  }
  if (!valueEquals(source.parameters, target.parameters)) {
    throw new SchemaProjectorException(
      `Schema parameters not equal. source parameters: ${javaText(source.parameters)} and target parameters: ${javaText(target.parameters)}`,
    )
  }
}

function isPromotable(source: SchemaType, target: SchemaType): boolean {
  const from = WIDENING.indexOf(source)
  return from >= 0 && from <= WIDENING.indexOf(target)
}

function projectValue(source: Schema, value: unknown, target: Schema): unknown {
  switch (target.type) {
    case 'STRUCT':
      return projectStruct(source, value as Struct, target)
    case 'ARRAY':
      return (value as readonly unknown[]).map(element =>
        project(inner(source.valueSchema, 'source'), element, inner(target.valueSchema, 'target')),
      )
    case 'MAP':
      return projectMap(source, value as object, target)
    default:
      return projectPrimitive(source, value, target)
  }
}

/** Dates are no numbers and pass as they are. */
function projectPrimitive(source: Schema, value: unknown, target: Schema): unknown {
  if (!isPromotable(source.type, target.type)) return value
  const plain = value instanceof JavaNumber ? value.value : value
  if (typeof plain !== 'number' && typeof plain !== 'bigint') return value
  switch (target.type) {
    case 'FLOAT32':
      return Math.fround(typeof plain === 'bigint' ? floatOf(plain) : plain)
    case 'FLOAT64':
      return Number(plain)
    default:
      return plain
  }
}

/** A long as float directly, as Java rounds it: a stop at double would round twice. */
function floatOf(value: bigint): number {
  const bits = value < 0n ? (-value).toString(2).length : value.toString(2).length
  if (bits <= 53) return Number(value)
  const shift = BigInt(bits - 26)
  const head = value >> shift
  // The bits cut off only decide ties: one sticky bit stands for them.
  const sticky = head << shift === value ? 0n : 1n
  return Number((head << 1n) | sticky) * 2 ** (Number(shift) - 1)
}

function projectStruct(source: Schema, value: Struct, target: Schema): Struct {
  const projected = new Struct(target)
  for (const field of target.fields) {
    const from = source.field(field.name)
    if (from !== null)
      projected.put(field, projectField(from.schema, value.get(field.name), field.schema, field.name))
    else if (field.schema.optional) continue
    else if (field.schema.defaultValue !== null) projected.put(field, field.schema.defaultValue)
    else {
      throw new SchemaProjectorException(
        `Required field \`${field.name}\` is missing from source schema: ${source}`,
      )
    }
  }
  return projected
}

function projectField(source: Schema, value: unknown, target: Schema, name: string): unknown {
  try {
    return project(source, value, target)
  } catch (error) {
    if (!(error instanceof SchemaProjectorException)) throw error
    throw new SchemaProjectorException(`Error projecting ${name}`, { cause: error })
  }
}

function projectMap(source: Schema, value: object, target: Schema): Map<unknown, unknown> {
  const projected = new Map<unknown, unknown>()
  for (const [key, content] of value instanceof Map ? value : Object.entries(value)) {
    projected.set(
      project(inner(source.keySchema, 'source'), key, inner(target.keySchema, 'target')),
      project(inner(source.valueSchema, 'source'), content, inner(target.valueSchema, 'target')),
    )
  }
  return projected
}

/** A bare array or map says nothing of what it holds. */
function inner(schema: Schema | null, side: 'source' | 'target'): Schema {
  if (schema !== null) return schema
  throw new NullPointerException(
    `Cannot invoke "org.apache.kafka.connect.data.Schema.type()" because "${side}" is null`,
  )
}
