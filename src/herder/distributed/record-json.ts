/** Values of records of the config and status topics: the JSON of Connect's internal converter, without schemas. */
import { jsonConverterPlugin } from '../../converters/json/json-converter.ts'
import { quoted } from '../../data/json/text.ts'
import { SchemaAndValue } from '../../data/schema.ts'

const converter = jsonConverterPlugin.converter!({ 'schemas.enable': 'false' }, false)

/** null for a tombstone, also for an empty value and the text `null`, as in Java. @throws DataException */
export function readValue(bytes: Buffer | null): unknown {
  if (bytes === null || bytes.length === 0) return null
  const into = new SchemaAndValue()
  converter.deserialize('', bytes, 0, bytes.length, into)
  return into.value
}

/** An object that was read; `fieldOf` reads its fields. */
export type ReadObject = ReadonlyMap<string, unknown> | Readonly<Record<string, unknown>>

/** null for what is no JSON object. */
export function asObject(value: unknown): ReadObject | null {
  if (value instanceof Map) return value
  if (typeof value !== 'object' || value === null) return null
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null ? (value as ReadObject) : null
}

/** undefined for a field that is not there. */
export function fieldOf(object: ReadObject, name: string): unknown {
  if (object instanceof Map) return object.get(name)
  return Object.hasOwn(object, name) ? (object as Readonly<Record<string, unknown>>)[name] : undefined
}

export function entriesOf(object: ReadObject): Iterable<[string, unknown]> {
  return object instanceof Map ? object.entries() : Object.entries(object)
}

/** A Java int from what is integral, else null. Java reads a long and takes its lower half. */
export function asInt(value: unknown): number | null {
  if (typeof value === 'bigint') return Number(BigInt.asIntN(32, value))
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return null
  return Number(BigInt.asIntN(32, BigInt(value as number)))
}

/** A Java long in as far as JavaScript's numbers are exact (ms of times are), else null. */
export function asLong(value: unknown): number | null {
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? (value as number) : null
}

type Field = string | number | boolean | null | Readonly<Record<string, string | null>>

/** The fields in the order given, byte for byte as Jackson writes them (invariant 6). Numbers are integers. */
export function jsonText(fields: Iterable<readonly [string, Field]>): string {
  const parts: string[] = []
  for (const [name, value] of fields) parts.push(`${quoted(name)}:${fieldText(value)}`)
  return `{${parts.join(',')}}`
}

function fieldText(value: Field): string {
  if (typeof value === 'string') return quoted(value)
  return typeof value === 'object' && value !== null ? jsonText(Object.entries(value)) : String(value)
}
