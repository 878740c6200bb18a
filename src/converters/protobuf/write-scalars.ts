/** Single values as Protobuf's bytes, without number and wire type. */
import { DataException } from '../../data/errors.ts'
import { javaClassName } from '../../data/java-class.ts'
import type { JavaNumber } from '../../data/numbers.ts'
import type { Schema } from '../../data/schema.ts'
import type { ScalarType } from '../../formats/protobuf/elements.ts'
import type { WireWriter } from '../../formats/protobuf/wire-writer.ts'

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
      return kind === 'uint32' || kind === 'fixed32' ? low32(schema, kind) : int64(schema, kind)
    case 'FLOAT32':
      return kind === 'float' ? floating(schema, (value, out) => out.float(value), Math.fround) : null
    case 'FLOAT64':
      return kind === 'double'
        ? floating(
            schema,
            (value, out) => out.double(value),
            value => value,
          )
        : null
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

function wrong(schema: Schema, value: unknown): DataException {
  return new DataException(`Invalid type for ${schema.type}: class ${javaClassName(value)}`)
}

/** Classes that stand for a Java number have it in `value`. */
function number(schema: Schema, value: unknown): number {
  if (typeof value === 'number') return value
  const inner = (value as Partial<JavaNumber> | null)?.value
  if (typeof inner === 'number') return inner
  throw wrong(schema, value)
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
  return {
    isDefault: value => (number(schema, value) | 0) === 0,
    write: (value, out) => write(number(schema, value) | 0, out),
  }
}

/** An unsigned number of 32 bits, which Connect has as an INT64. */
function low32(schema: Schema, kind: 'uint32' | 'fixed32'): Scalar {
  const low = (value: unknown): number => {
    if (typeof value === 'bigint') return Number(BigInt.asIntN(32, value))
    return number(schema, value) | 0
  }
  return {
    isDefault: value => low(value) === 0,
    write:
      kind === 'uint32' ? (value, out) => out.uint32(low(value)) : (value, out) => out.fixed32(low(value)),
  }
}

function int64(schema: Schema, kind: ScalarType): Scalar | null {
  const long = (value: unknown): number | bigint => {
    if (typeof value === 'bigint') return value
    const found = number(schema, value)
    return Number.isSafeInteger(found) ? found : outside(schema, found)
  }
  const isDefault = (value: unknown) => value === 0 || value === 0n
  switch (kind) {
    case 'int64':
    case 'uint64':
      return { isDefault, write: (value, out) => out.int64(long(value)) }
    case 'sint64':
      return { isDefault, write: (value, out) => out.sint64(long(value)) }
    case 'fixed64':
    case 'sfixed64':
      return { isDefault, write: (value, out) => out.fixed64(long(value)) }
    // Java puts a Long into the Int32Value of a wrapped uint32, after a cast.
    case 'int32':
      return {
        isDefault: value => Number(BigInt.asIntN(32, BigInt(long(value)))) === 0,
        write: (value, out) => out.int32(Number(BigInt.asIntN(32, BigInt(long(value))))),
      }
    default:
      return null
  }
}

function outside(schema: Schema, value: number): never {
  throw new DataException(`${value} is no exact ${schema.type}; whole numbers beyond 2^53 have to be bigint`)
}

/** -0 is not the default value. */
function floating(
  schema: Schema,
  write: (value: number, out: WireWriter) => void,
  round: (value: number) => number,
): Scalar {
  return {
    isDefault: value => Object.is(round(number(schema, value)), 0),
    write: (value, out) => write(number(schema, value), out),
  }
}

function bool(schema: Schema): Scalar {
  const of = (value: unknown): boolean => {
    if (typeof value === 'boolean') return value
    throw wrong(schema, value)
  }
  return { isDefault: value => !of(value), write: (value, out) => out.uint32(of(value) ? 1 : 0) }
}

function text(schema: Schema): Scalar {
  const of = (value: unknown): string => {
    if (typeof value === 'string') return value
    throw wrong(schema, value)
  }
  return { isDefault: value => of(value) === '', write: (value, out) => out.string(of(value)) }
}

function bytes(schema: Schema): Scalar {
  const of = (value: unknown): Uint8Array => {
    if (value instanceof Uint8Array) return value
    throw wrong(schema, value)
  }
  return { isDefault: value => of(value).length === 0, write: (value, out) => out.bytes(of(value)) }
}
