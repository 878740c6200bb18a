/** Single values of Protobuf's bytes. */
import type { Schema } from '../../data/schema.ts'
import type { FieldType } from '../../formats/protobuf/types.ts'
import { FIXED32, FIXED64, LENGTH, VARINT, type WireReader } from '../../formats/protobuf/wire-reader.ts'

export interface ScalarReader {
  readonly wireType: number
  /** Undefined for a number that a closed enum does not have: it counts as a field that nobody knows. */
  read(reader: WireReader): unknown
  /** What a field has that is not set. */
  readonly defaultValue: unknown
}

export function scalarReader(field: FieldType, schema: Schema, strictText: boolean): ScalarReader {
  const asked = field.defaultValue
  switch (field.kind) {
    case 'double':
      return { wireType: FIXED64, read: reader => reader.double(), defaultValue: floating(asked) }
    case 'float':
      return { wireType: FIXED32, read: reader => reader.float(), defaultValue: Math.fround(floating(asked)) }
    case 'int32':
      return {
        wireType: VARINT,
        read: narrow(schema, reader => reader.int32()),
        defaultValue: integer(asked),
      }
    case 'sint32':
      return {
        wireType: VARINT,
        read: narrow(schema, reader => reader.sint32()),
        defaultValue: integer(asked),
      }
    case 'sfixed32':
      return {
        wireType: FIXED32,
        read: narrow(schema, reader => reader.fixed32()),
        defaultValue: integer(asked),
      }
    case 'uint32':
      return { wireType: VARINT, read: reader => reader.uint32(), defaultValue: integer(asked) }
    case 'fixed32':
      return { wireType: FIXED32, read: reader => reader.fixed32() >>> 0, defaultValue: integer(asked) }
    case 'int64':
    case 'uint64':
      return { wireType: VARINT, read: reader => reader.int64(), defaultValue: integer(asked) }
    case 'sint64':
      return { wireType: VARINT, read: reader => reader.sint64(), defaultValue: integer(asked) }
    case 'fixed64':
    case 'sfixed64':
      return { wireType: FIXED64, read: reader => reader.fixed64(), defaultValue: integer(asked) }
    case 'bool':
      return { wireType: VARINT, read: reader => reader.bool(), defaultValue: asked === 'true' }
    case 'string':
      return { wireType: LENGTH, read: reader => reader.string(strictText), defaultValue: asked ?? '' }
    case 'bytes':
      return {
        wireType: LENGTH,
        read: reader => reader.bytes(),
        defaultValue: bytesOf(asked ?? ''),
      }
    case 'enum':
      return enumReader(field, schema)
    case 'message':
      throw new Error(`${field.name} is a message, no single value`)
  }
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 }

/** The default of bytes, which compiled files have with C's escapes. Java: TextFormat.unescapeBytes */
function bytesOf(text: string): Buffer {
  const plain = text.replace(/\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|(.))/gs, (_, octal, hex, other) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff)
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
    return other in ESCAPES ? String.fromCharCode(ESCAPES[other]!) : other
  })
  return Buffer.from(plain, 'latin1')
}

function enumReader({ enum: type, defaultValue }: FieldType, schema: Schema): ScalarReader {
  const names = new Map<number, string>()
  // Of several names for one number the first one counts.
  for (const { name, number } of type.values) if (!names.has(number)) names.set(number, name)
  const isNumber = schema.type === 'INT32'
  const first = type.values.find(({ name }) => name === defaultValue) ?? type.values[0]
  return {
    wireType: VARINT,
    defaultValue: isNumber ? (first?.number ?? 0) : (first?.name ?? null),
    read(reader) {
      const number = reader.int32()
      const name = names.get(number)
      if (name === undefined && !type.open) return undefined
      if (isNumber) return number
      return name ?? `UNKNOWN_ENUM_VALUE_${type.name}_${number}`
    },
  }
}

/** Java casts to byte and short. */
function narrow(schema: Schema, read: (reader: WireReader) => number): (reader: WireReader) => number {
  if (schema.type === 'INT8') return reader => (read(reader) << 24) >> 24
  if (schema.type === 'INT16') return reader => (read(reader) << 16) >> 16
  return read
}

function integer(text: string | null): number | bigint {
  if (text === null) return 0
  const value = /^-0/.test(text) ? -BigInt(text.slice(1)) : BigInt(text)
  const signed = BigInt.asIntN(64, value)
  const number = Number(signed)
  return Number.isSafeInteger(number) ? number : signed
}

function floating(text: string | null): number {
  if (text === null) return 0
  if (/^[+-]?inf/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  return Number(text)
}
