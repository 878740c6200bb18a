/** What the JSON of a default stands for. Java: org.apache.avro.util.internal.JacksonUtils.toObject */
import { Float32, Float64 } from '../../data/numbers.ts'
import { isJsonArray, isJsonObject, isNumber, isWhole, type JsonValue, toDouble } from './json.ts'
import { type AvroType, fieldOf } from './types.ts'

/** Integers are plain numbers or bigints, of whatever type. */
export type DefaultValue =
  | null
  | boolean
  | string
  | number
  | bigint
  | Float32
  | Float64
  | Uint8Array
  | readonly DefaultValue[]
  | ReadonlyMap<string, DefaultValue>

/** By the type, for a union its first one. Undefined for JSON that stands for no value of the type. */
export function defaultValueOf(type: AvroType | null, json: JsonValue | undefined): DefaultValue | undefined {
  if (type?.type === 'union') return defaultValueOf(type.types[0] ?? null, json)
  if (json === undefined || json === null || typeof json === 'boolean') return json
  if (typeof json === 'string') return textValue(type, json)
  if (isNumber(json)) return numberValue(type, json)
  if (isJsonArray(json)) {
    const items = type?.type === 'array' ? type.items : null
    return json.map(element => defaultValueOf(items, element) ?? null)
  }
  if (!isJsonObject(json)) return undefined
  return new Map(
    Array.from(json, ([name, member]) => [name, defaultValueOf(memberType(type, name), member) ?? null]),
  )
}

function memberType(type: AvroType | null, name: string): AvroType | null {
  if (type?.type === 'map') return type.values
  return type?.type === 'record' ? (fieldOf(type, name)?.type ?? null) : null
}

function textValue(type: AvroType | null, text: string): DefaultValue | undefined {
  switch (type?.type) {
    case undefined:
    case 'string':
    case 'enum':
      return text
    case 'bytes':
    case 'fixed':
      return latin1Bytes(text)
    default:
      return undefined
  }
}

/** A byte for each character, `?` for those that have none. */
export function latin1Bytes(text: string): Uint8Array {
  return Buffer.from(text.replace(/[\ud800-\udbff][\udc00-\udfff]|[^\0-\xff]/g, '?'), 'latin1')
}

function numberValue(
  type: AvroType | null,
  number: number | bigint | Float32 | Float64,
): DefaultValue | undefined {
  switch (type?.type) {
    case undefined:
      return number
    case 'int':
    case 'long':
      return isWhole(number) && BigInt.asIntN(64, BigInt(number)) === BigInt(number) ? number : undefined
    case 'float':
      return new Float32(toDouble(number))
    case 'double':
      return new Float64(toDouble(number))
    default:
      return undefined
  }
}
