/** What `String.valueOf` of a Connect value gives in the JVM: logs, StringConverter and FileStreamSink show it. */

import { isPlainObject } from './java-class.ts'
import { keysInHashOrder } from './java-hash.ts'
import { doubleText, floatText } from './java-number-text.ts'
import { Float32, Float64, isPlainLong, JavaNumber } from './numbers.ts'
import type { Schema } from './schema.ts'
import { Struct } from './struct.ts'

/**
 * Struct `Struct{a=1,b=x}` with its non-null fields, list `[x, y]`, map `{k=v, k2=v2}`, decimals, floats and
 * dates as Java prints them. `schema` tells floats from integers among plain numbers. A Map keeps its order; a
 * plain object is in the order of a HashMap.
 */
export function javaText(value: unknown, schema: Schema | null = null): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return numberText(value, schema)
    case 'boolean':
    case 'bigint':
      return String(value)
    case 'undefined':
      return 'null'
    default:
      return value === null ? 'null' : objectText(value as object, schema)
  }
}

function numberText(value: number, schema: Schema | null): string {
  switch (schema?.type) {
    case 'FLOAT64':
      return doubleText(value)
    case 'FLOAT32':
      return floatText(value)
    case 'INT8':
    case 'INT16':
    case 'INT32':
    case 'INT64':
      return value === 0 ? '0' : String(value) // -0 is a Java integer's 0
    default:
      return isPlainLong(value) ? String(value) : doubleText(value)
  }
}

function objectText(value: object, schema: Schema | null): string {
  if (value instanceof Struct) return structText(value)
  if (Array.isArray(value)) {
    const element = schema?.type === 'ARRAY' ? schema.valueSchema : null
    return `[${value.map(each => javaText(each, element)).join(', ')}]`
  }
  if (value instanceof Uint8Array) return `[B@${identityHash(value).toString(16)}`
  if (value instanceof Date) return dateText(value)
  if (value instanceof JavaNumber) return javaNumberText(value)
  const keySchema = schema?.type === 'MAP' ? schema.keySchema : null
  const valueSchema = schema?.type === 'MAP' ? schema.valueSchema : null
  if (value instanceof Map) {
    const entries = Array.from(value, ([k, v]) => `${javaText(k, keySchema)}=${javaText(v, valueSchema)}`)
    return `{${entries.join(', ')}}`
  }
  if (isPlainObject(value)) {
    let text = ''
    for (const key of keysInHashOrder(value))
      text += `${text === '' ? '' : ', '}${key}=${javaText(value[key], valueSchema)}`
    return `{${text}}`
  }
  return String(value)
}

function javaNumberText(number: JavaNumber): string {
  if (number instanceof Float64) return doubleText(number.value)
  return number instanceof Float32 ? floatText(number.value) : String(number.value)
}

function structText(struct: Struct): string {
  const { fields } = struct.schema
  const values = struct.rawValues
  let text = ''
  for (let i = 0; i < fields.length; i++) {
    const value = values[i] ?? null
    if (value === null) continue
    const { name, schema } = fields[i]!
    text += `${text === '' ? '' : ','}${name}=${javaText(value, schema)}`
  }
  return `Struct{${text}}`
}

const hashes = new WeakMap<object, number>()

/** Arbitrary but constant for an object, as `System.identityHashCode` is. */
function identityHash(object: object): number {
  let hash = hashes.get(object)
  if (hash === undefined) {
    hash = Math.floor(Math.random() * 0x7fffffff)
    hashes.set(object, hash)
  }
  return hash
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Fri Jul 14 02:40:00 UTC 2017` in the process's time zone. Java: java.util.Date.toString */
export function dateText(date: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0')
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  const day = `${DAYS[date.getDay()]} ${MONTHS[date.getMonth()]} ${two(date.getDate())}`
  return `${day} ${time} ${zoneName(date)} ${date.getFullYear()}`
}

let zoneFormat: Intl.DateTimeFormat | undefined

function zoneName(date: Date): string {
  zoneFormat ??= new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' })
  return zoneFormat.formatToParts(date).find(part => part.type === 'timeZoneName')?.value ?? 'UTC'
}
