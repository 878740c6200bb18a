/** Single values as Protobuf's bytes, without number and wire type. */
import { DataException } from '../../data/errors.ts'
import type { Schema } from '../../data/schema.ts'
import type { ScalarType } from '../../formats/protobuf/elements.ts'
import type { WireWriter } from '../../formats/protobuf/wire-writer.ts'
import { doubleOf, floatOf, intOf, longOf, SHIFTS, wrongClass } from '../checked-numbers.ts'

export interface Scalar {
  /** True for what a field without presence has when it is not written. */
  isDefault(value: unknown): boolean
  write(value: unknown, out: WireWriter): void
}

/** Null where values of the schema are none of the type. */
export function scalarWriter(schema: Schema, kind: ScalarType): Scalar | null {
  switch (schema.type) {
    case 'INT8':
    case 'INT16':
    case 'INT32':
      return int32(schema, kind)
    case 'INT64':
      return kind === 'uint32' || kind === 'fixed32' ? uint32(schema, kind) : int64(schema, kind)
    case 'FLOAT32':
      return kind === 'float' ? floating(schema, floatOf, (value, out) => out.float(value)) : null
    case 'FLOAT64':
      return kind === 'double' ? floating(schema, doubleOf, (value, out) => out.double(value)) : null
    case 'BOOLEAN':
      return kind === 'bool' ? bool(schema) : null
    case 'STRING':
      return kind === 'string' ? text(schema) : null
    case 'BYTES':
      return kind === 'bytes' ? bytes(schema) : null
    default:
      return null
  }
}

function int32(schema: Schema, kind: ScalarType): Scalar | null {
  const write = (() => {
    switch (kind) {
      case 'int32':
        return (value: number, out: WireWriter) => out.int32(value)
      case 'sint32':
        return (value: number, out: WireWriter) => out.sint32(value)
      case 'sfixed32':
        return (value: number, out: WireWriter) => out.fixed32(value)
      default:
        return null
    }
  })()
  if (write === null) return null
  const shift = SHIFTS[schema.type as keyof typeof SHIFTS]
  return {
    isDefault: value => intOf(schema, shift, value) === 0,
    write: (value, out) => write(intOf(schema, shift, value), out),
  }
}

/** An unsigned number of 32 bits, which Connect has as an INT64. */
function uint32(schema: Schema, kind: 'uint32' | 'fixed32'): Scalar {
  return {
    isDefault: value => value === 0 || value === 0n,
    write:
      kind === 'uint32'
        ? (value, out) => out.uint32(bitsOf(schema, kind, value))
        : (value, out) => out.fixed32(bitsOf(schema, kind, value)),
  }
}

/** Java puts an Int32Value where a UInt32Value belongs, which is longer for numbers that have the sign bit. */
export function wrappedUint32(schema: Schema): Scalar | null {
  if (schema.type !== 'INT64') return null
  const { isDefault } = uint32(schema, 'uint32')
  return { isDefault, write: (value, out) => out.int32(bitsOf(schema, 'uint32', value)) }
}

/** The bits of an unsigned number, as those of a signed one. */
function bitsOf(schema: Schema, kind: string, value: unknown): number {
  const number = Number(longOf(schema, value))
  if (number < 0 || number > 0xffffffff)
    throw new DataException(`${value} does not fit into a ${kind}, which goes from 0 to 4294967295`)
  return number | 0
}

function int64(schema: Schema, kind: ScalarType): Scalar | null {
  const isDefault = (value: unknown) => value === 0 || value === 0n
  switch (kind) {
    case 'int64':
    case 'uint64':
      return { isDefault, write: (value, out) => out.int64(longOf(schema, value)) }
    case 'sint64':
      return { isDefault, write: (value, out) => out.sint64(longOf(schema, value)) }
    case 'fixed64':
    case 'sfixed64':
      return { isDefault, write: (value, out) => out.fixed64(longOf(schema, value)) }
    default:
      return null
  }
}

/** -0 is not the default value. */
function floating(
  schema: Schema,
  numberOf: (schema: Schema, value: unknown) => number,
  write: (value: number, out: WireWriter) => void,
): Scalar {
  return {
    isDefault: value => Object.is(numberOf(schema, value), 0),
    write: (value, out) => write(numberOf(schema, value), out),
  }
}

function bool(schema: Schema): Scalar {
  const of = (value: unknown): boolean => {
    if (typeof value === 'boolean') return value
    throw wrongClass(schema, value)
  }
  return { isDefault: value => !of(value), write: (value, out) => out.uint32(of(value) ? 1 : 0) }
}

function text(schema: Schema): Scalar {
  const of = (value: unknown): string => {
    if (typeof value === 'string') return value
    throw wrongClass(schema, value)
  }
  return { isDefault: value => of(value) === '', write: (value, out) => out.string(of(value)) }
}

function bytes(schema: Schema): Scalar {
  const of = (value: unknown): Uint8Array => {
    if (value instanceof Uint8Array) return value
    throw wrongClass(schema, value)
  }
  return { isDefault: value => of(value).length === 0, write: (value, out) => out.bytes(of(value)) }
}
