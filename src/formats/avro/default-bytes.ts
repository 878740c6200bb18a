/** A field's default as its bytes. Java: ResolvingGrammarGenerator.encode */
import { latin1Bytes } from './default-value.ts'
import { isJsonArray, isJsonObject, isNumber, isWhole, type JsonValue } from './json.ts'
import type { AvroType } from './types.ts'

/** Null where there is no default, or none of the type. */
export function defaultBytes(type: AvroType, json: JsonValue | undefined): Buffer | null {
  const parts: Uint8Array[] = []
  return encode(type, json, parts) ? Buffer.concat(parts) : null
}

function encode(type: AvroType, json: JsonValue | undefined, out: Uint8Array[]): boolean {
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
        if (!encode(branch, json, parts)) return false
        out.push(...parts)
        return true
      })
    case 'array':
      if (!isJsonArray(json)) return false
      if (json.length > 0) out.push(varint(BigInt(json.length)))
      if (!json.every(element => encode(type.items, element, out))) return false
      out.push(varint(0n))
      return true
    case 'map':
      if (!isJsonObject(json)) return false
      if (json.size > 0) out.push(varint(BigInt(json.size)))
      for (const [key, member] of json) {
        const name = Buffer.from(key)
        out.push(varint(BigInt(name.length)), name)
        if (!encode(type.values, member, out)) return false
      }
      out.push(varint(0n))
      return true
    case 'record':
      if (!isJsonObject(json)) return false
      return type.fields.every(field =>
        encode(field.type, json.has(field.name) ? json.get(field.name) : field.defaultValue, out),
      )
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
