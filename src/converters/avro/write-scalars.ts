/** Writers of single values, by Connect type and the Avro type that they go into. */
import { BigDecimal, bigIntToBytes } from '../../data/big-decimal.ts'
import { checkScale } from '../../data/decimal.ts'
import { DataException } from '../../data/errors.ts'
import { javaClassName } from '../../data/java-class.ts'
import { dateToInt, timestampToLong, timeToInt } from '../../data/logical.ts'
import { DATE_NAME, DECIMAL_NAME, TIME_NAME, TIMESTAMP_NAME } from '../../data/logical-names.ts'
import type { Schema } from '../../data/schema.ts'
import type { AvroType, EnumType, FixedType } from '../../formats/avro/types.ts'
import { textProperty } from '../../formats/avro/types.ts'
import { doubleOf, floatOf, intOf, longOf, SHIFTS, wrongClass } from '../checked-numbers.ts'
import type { AvroOutput } from './avro-output.ts'
import { LOGICAL_TYPE } from './names.ts'

/** Of a value that is not null. @throws DataException for one that is none of the schema */
export type ValueWriter = (value: unknown, out: AvroOutput) => void

/** Null where values of the schema do not go into the type. */
export function scalarWriter(schema: Schema, type: AvroType): ValueWriter | null {
  switch (schema.name) {
    case DECIMAL_NAME:
      return decimalWriter(schema, type)
    case DATE_NAME:
    case TIME_NAME:
    case TIMESTAMP_NAME:
      return dateWriter(schema, type)
  }
  switch (schema.type) {
    case 'INT8':
    case 'INT16':
    case 'INT32':
      return intWriter(schema, type)
    case 'INT64':
      return longWriter(schema, type)
    case 'FLOAT32':
    case 'FLOAT64':
      return floatWriter(schema, type)
    case 'BOOLEAN':
      if (type.type !== 'boolean') return null
      return (value, out) => {
        if (typeof value !== 'boolean') throw wrongClass(schema, value)
        out.boolean(value)
      }
    case 'STRING':
      return stringWriter(schema, type)
    case 'BYTES':
      return bytesWriter(schema, type)
    default:
      return null
  }
}

function intWriter(schema: Schema, type: AvroType): ValueWriter | null {
  const shift = SHIFTS[schema.type as keyof typeof SHIFTS]
  switch (type.type) {
    case 'int':
    case 'long':
      return (value, out) => {
        if (typeof value === 'number' && (value << shift) >> shift === value) out.int(value)
        else out.int(intOf(schema, shift, value))
      }
    case 'float':
      return (value, out) => out.float(intOf(schema, shift, value))
    case 'double':
      return (value, out) => out.double(intOf(schema, shift, value))
    default:
      return null
  }
}

function longWriter(schema: Schema, type: AvroType): ValueWriter | null {
  switch (type.type) {
    case 'long':
      return (value, out) => out.long(longOf(schema, value))
    case 'float':
      return (value, out) => out.float(Number(longOf(schema, value)))
    case 'double':
      return (value, out) => out.double(Number(longOf(schema, value)))
    default:
      return null
  }
}

function floatWriter(schema: Schema, type: AvroType): ValueWriter | null {
  const isSingle = schema.type === 'FLOAT32'
  const numberOf = isSingle ? floatOf : doubleOf
  if (type.type === 'double') return (value, out) => out.double(numberOf(schema, value))
  return type.type === 'float' && isSingle ? (value, out) => out.float(numberOf(schema, value)) : null
}

function stringWriter(schema: Schema, type: AvroType): ValueWriter | null {
  switch (type.type) {
    case 'string':
    case 'bytes':
      return (value, out) => {
        if (typeof value !== 'string') throw wrongClass(schema, value)
        out.string(value)
      }
    case 'enum':
      return enumWriter(schema, type)
    default:
      return null
  }
}

function enumWriter(schema: Schema, { name, symbols }: EnumType): ValueWriter {
  const indexes = new Map(symbols.map((symbol, i) => [symbol, i]))
  return (value, out) => {
    if (typeof value !== 'string') throw wrongClass(schema, value)
    const index = indexes.get(value)
    if (index === undefined) {
      throw new DataException(
        `enum value '${value}' is not in the enum symbol set of ${name.full}: [${symbols.join(', ')}]`,
      )
    }
    out.int(index)
  }
}

function bytesWriter(schema: Schema, type: AvroType): ValueWriter | null {
  const bytesOf = (value: unknown): Uint8Array => {
    if (value instanceof Uint8Array) return value
    throw wrongClass(schema, value)
  }
  if (type.type === 'bytes') return (value, out) => out.bytesOf(bytesOf(value))
  return type.type === 'fixed' ? (value, out) => out.raw(sized(bytesOf(value), type)) : null
}

function sized(bytes: Uint8Array, { name, size }: FixedType): Uint8Array {
  if (bytes.length === size) return bytes
  throw new DataException(
    `${bytes.length} bytes are no value of the fixed type ${name.full}, which has ${size}`,
  )
}

function decimalWriter(schema: Schema, type: AvroType): ValueWriter | null {
  if (!hasScale(schema, type)) return null
  // Of the last value, which was the schema's.
  let scale = Number.NaN
  const unscaledOf = (value: unknown): bigint => {
    if (!(value instanceof BigDecimal)) {
      throw new DataException(
        `Invalid type for Decimal, expected BigDecimal but was class ${javaClassName(value)}`,
      )
    }
    if (value.scale !== scale) {
      checkScale(schema, value)
      scale = value.scale
    }
    return value.unscaled
  }
  if (type.type === 'bytes') return (value, out) => out.unscaled(unscaledOf(value))
  if (type.type !== 'fixed') return null
  return (value, out) => out.raw(signExtended(bigIntToBytes(unscaledOf(value)), type))
}

/** Bytes that Avro takes for a decimal of another scale would be another number. */
function hasScale(schema: Schema, type: AvroType): boolean {
  if (textProperty(type, LOGICAL_TYPE) !== 'decimal') return true
  return String(type.props.get('scale') ?? 0) === schema.parameters?.get('scale')
}

function signExtended(bytes: Uint8Array, { name, size }: FixedType): Uint8Array {
  if (bytes.length === size) return bytes
  if (bytes.length > size) {
    throw new DataException(
      `A decimal of ${bytes.length} bytes does not fit into the fixed type ${name.full}, which has ${size}`,
    )
  }
  const extended = new Uint8Array(size)
  if (bytes[0]! > 0x7f) extended.fill(0xff)
  extended.set(bytes, size - bytes.length)
  return extended
}

const DATE_TYPES: Readonly<Record<string, readonly string[]>> = {
  [DATE_NAME]: ['date'],
  [TIME_NAME]: ['time-millis'],
  [TIMESTAMP_NAME]: ['timestamp-millis', 'local-timestamp-millis'],
}

/** A type of other units, such as timestamp-micros, is none for them. */
function dateWriter(schema: Schema, type: AvroType): ValueWriter | null {
  const logical = textProperty(type, LOGICAL_TYPE)
  if (logical !== null && !DATE_TYPES[schema.name!]!.includes(logical)) return null
  const encode =
    schema.name === DATE_NAME ? dateToInt : schema.name === TIME_NAME ? timeToInt : timestampToLong
  const word = schema.name!.slice(schema.name!.lastIndexOf('.') + 1)
  if (type.type !== 'long' && (type.type !== 'int' || schema.name === TIMESTAMP_NAME)) return null
  return (value, out) => {
    if (!(value instanceof Date))
      throw new DataException(`Invalid type for ${word}, expected Date but was class ${javaClassName(value)}`)
    out.long(encode(schema, value))
  }
}
