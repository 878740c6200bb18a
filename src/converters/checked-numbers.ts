/** Numbers as their Connect schemas have them: what a format would cut or take for another is refused. */
import { DataException } from '../data/errors.ts'
import { javaClassName } from '../data/java-class.ts'
import { Float32, Float64, fitsInt64, Int8, Int16, Int32 } from '../data/numbers.ts'
import type { Schema } from '../data/schema.ts'

export function wrongClass(schema: Schema, value: unknown): DataException {
  return new DataException(`Invalid type for ${schema.type}: class ${javaClassName(value)}`)
}

/** By how many bits a number of the type is shorter than 32. */
export const SHIFTS = { INT8: 24, INT16: 16, INT32: 0 } as const

/** A whole number of the schema's range. `shift` is that of its type. @throws DataException */
export function intOf(schema: Schema, shift: number, value: unknown): number {
  const wrapper = shift === 24 ? Int8 : shift === 16 ? Int16 : Int32
  const plain = value instanceof wrapper ? value.value : value
  if (typeof plain === 'number' && (plain << shift) >> shift === plain) return plain
  throw wrongClass(schema, value)
}

/** A whole number of 64 bits. @throws DataException */
export function longOf(schema: Schema, value: unknown): number | bigint {
  if (typeof value === 'number' ? Number.isSafeInteger(value) : typeof value === 'bigint' && fitsInt64(value))
    return value as number | bigint
  throw wrongClass(schema, value)
}

/** Of single precision, rounded to it. @throws DataException */
export function floatOf(schema: Schema, value: unknown): number {
  if (typeof value === 'number') return Math.fround(value)
  if (value instanceof Float32) return value.value
  throw wrongClass(schema, value)
}

/** @throws DataException */
export function doubleOf(schema: Schema, value: unknown): number {
  if (typeof value === 'number') return value
  if (value instanceof Float64) return value.value
  throw wrongClass(schema, value)
}
