/**
 * Offsets as Connect's internal JsonConverter writes them: key `["connector",{partition}]`, value `{offset}`.
 * The order of fields is kept, so the bytes are those of the JVM. Java: OffsetUtils, OffsetStorageWriter
 */
import { DataException } from '../data/errors.ts'
import { schemaTypeOf } from '../data/java-class.ts'
import { doubleText, floatText } from '../data/java-number-text.ts'
import { Float32, Float64, int64, isPlainLong, JavaNumber } from '../data/numbers.ts'
import type { OffsetMap, OffsetValue } from '../data/records.ts'

export function encodeKey(connector: string, partition: OffsetMap | null): Buffer {
  return Buffer.from(keyText(connector, partition))
}

export function encodeValue(offset: OffsetMap): Buffer {
  return Buffer.from(mapText(offset))
}

/** A text that is equal for keys of equal content, whatever the order of the partition's fields. */
export function sortedKey(connector: string, partition: OffsetMap | null): string {
  if (partition === null || Object.keys(partition).length < 2) return keyText(connector, partition)
  const names = Object.keys(partition).sort()
  return keyText(connector, Object.fromEntries(names.map(name => [name, partition[name] ?? null])))
}

/** null for what is no key of an offset. */
export function decodeKey(bytes: Uint8Array): { connector: string; partition: OffsetMap | null } | null {
  let parsed: unknown
  try {
    parsed = parse(bytes)
  } catch {
    return null // Kept as it is for the export; nobody can ask for it.
  }
  if (!Array.isArray(parsed) || parsed.length !== 2) return null
  const [connector, partition] = parsed
  if (typeof connector !== 'string' || !(partition === null || isFlat(partition))) return null
  return { connector, partition }
}

/** Throws DataException for bytes that are no flat JSON object. */
export function decodeValue(bytes: Uint8Array): OffsetMap {
  let parsed: unknown
  try {
    parsed = parse(bytes)
  } catch (cause) {
    throw new DataException(`The stored offset ${Buffer.from(bytes)} is not JSON`, { cause })
  }
  if (!isFlat(parsed))
    throw new DataException(`The stored offset ${Buffer.from(bytes)} is not a flat JSON object`)
  return parsed
}

function keyText(connector: string, partition: OffsetMap | null): string {
  return `[${stringText(connector)},${partition === null ? 'null' : mapText(partition)}]`
}

function mapText(map: OffsetMap): string {
  const fields = Object.entries(map).map(([name, value]) => `${stringText(name)}:${valueText(name, value)}`)
  return `{${fields.join(',')}}`
}

function valueText(name: string, value: OffsetValue | undefined): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return stringText(value)
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value === 'number')
    return isPlainLong(value) ? String(value) : quotedIfNoNumber(doubleText(value))
  if (value instanceof Float64) return quotedIfNoNumber(doubleText(value.value))
  if (value instanceof Float32) return quotedIfNoNumber(floatText(value.value))
  if (value instanceof JavaNumber) return String(value.value)
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString('base64')}"`
  throw new DataException(
    `Offsets may only contain primitive types as values, but field ${name} contains ${schemaTypeOf(value)}`,
  )
}

/** Jackson writes NaN and the infinities as strings. */
function quotedIfNoNumber(text: string): string {
  return /\d/.test(text) ? text : `"${text}"`
}

const BEYOND_JSON = /(\\\\)|\\u([0-9a-f]{4})|[\ud800-\udfff]/g

/** As JavaScript writes it, but with upper-case digits and, as Jackson does, every surrogate escaped, paired or not. */
function stringText(text: string): string {
  const json = JSON.stringify(text)
  if (!/\\u|[\ud800-\udfff]/.test(json)) return json
  return json.replace(BEYOND_JSON, (all, backslash, hex) => {
    if (backslash) return all
    return `\\u${(hex ?? all.charCodeAt(0).toString(16)).toUpperCase()}`
  })
}

function parse(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes).toString(), (_, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' ? number(value, context?.source ?? String(value)) : value,
  )
}

/** Digits alone are a Java long; everything else is a double and stays one, `1.0` too. */
function number(value: number, source: string): number | bigint | Float64 {
  if (/^-?\d+$/.test(source)) return int64(BigInt.asIntN(64, BigInt(source)))
  return isPlainLong(value) ? new Float64(value) : value
}

function isFlat(value: unknown): value is OffsetMap {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.values(value).every(
    field => typeof field !== 'object' || field === null || field instanceof JavaNumber,
  )
}
