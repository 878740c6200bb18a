/** A field's default as its bytes. Java: ResolvingGrammarGenerator.encode */

import { InvalidSchema } from '../schema-format.ts'
import { latin1Bytes } from './default-value.ts'
import { isJsonArray, isJsonObject, isNumber, isWhole, type JsonValue } from './json.ts'
import type { AvroField, AvroType } from './types.ts'

/** More than a record may have; defaults of records that are used twice at each level double with each. */
const MOST_BYTES = 16 * 1024 * 1024

/** Those of fields, each made once; null while it is made: a value inside itself is none. */
type Made = Map<AvroField, Uint8Array | null>

/** Null where there is no default, or none of the type. @throws InvalidSchema beyond 16 MiB */
export function defaultBytes(
  type: AvroType,
  json: JsonValue | undefined,
  made: Made = new Map(),
): Buffer | null {
  const parts: Uint8Array[] = []
  if (!encode(type, json, parts, made)) return null
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  if (length > MOST_BYTES) throw new InvalidSchema(`A default of ${length} bytes is too large`)
  return Buffer.concat(parts, length)
}

function ownBytes(field: AvroField, made: Made): Uint8Array | null {
  const known = made.get(field)
  if (known !== undefined) return known
  made.set(field, null)
  const bytes = defaultBytes(field.type, field.defaultValue, made)
  made.set(field, bytes)
  return bytes
}

function encode(type: AvroType, json: JsonValue | undefined, out: Uint8Array[], made: Made): boolean {
  if (json === undefined) return false
  switch (type.type) {
    case 'null':
      return json === null
    case 'boolean':
      out.push(Buffer.from([json === true ? 1 : 0]))
      return typeof json === 'boolean'
    case 'int':
    case 'long':
      if (!isWhole(json)) return false
      out.push(varint(BigInt(json)))
      return true
    case 'float':
    case 'double': {
      if (!isNumber(json)) return false
      const bytes = Buffer.alloc(type.type === 'float' ? 4 : 8)
      if (type.type === 'float') bytes.writeFloatLE(Number(json))
      else bytes.writeDoubleLE(Number(json))
      out.push(bytes)
      return true
    }
    case 'string':
    case 'bytes': {
      if (typeof json !== 'string') return false
      const bytes = type.type === 'string' ? Buffer.from(json) : latin1Bytes(json)
      out.push(varint(BigInt(bytes.length)), bytes)
      return true
    }
    case 'fixed':
      if (typeof json !== 'string' || json.length !== type.size) return false
      out.push(latin1Bytes(json))
      return true
    case 'enum': {
      const index = type.symbols.indexOf(json as string)
      out.push(varint(BigInt(index)))
      return index >= 0
    }
    case 'union':
      // The first branch that takes it; what it began with an earlier one does not count.
      return type.types.some((branch, i) => {
        const parts: Uint8Array[] = [varint(BigInt(i))]
        if (!encode(branch, json, parts, made)) return false
        out.push(...parts)
        return true
      })
    case 'array':
      if (!isJsonArray(json)) return false
      if (json.length > 0) out.push(varint(BigInt(json.length)))
      if (!json.every(element => encode(type.items, element, out, made))) return false
      out.push(varint(0n))
      return true
    case 'map':
      if (!isJsonObject(json)) return false
      if (json.size > 0) out.push(varint(BigInt(json.size)))
      for (const [key, member] of json) {
        const name = Buffer.from(key)
        out.push(varint(BigInt(name.length)), name)
        if (!encode(type.values, member, out, made)) return false
      }
      out.push(varint(0n))
      return true
    case 'record':
      if (!isJsonObject(json)) return false
      return type.fields.every(field => {
        if (json.has(field.name)) return encode(field.type, json.get(field.name), out, made)
        const bytes = ownBytes(field, made)
        if (bytes !== null) out.push(bytes)
        return bytes !== null
      })
  }
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return Buffer.from(bytes)
}
