/**
 * Connect values as what `JSON.stringify` writes in Jackson's bytes: one native call a record instead of one text
 * a value. Whatever could come out otherwise, or is an error, has no image and is left to from-connect.ts.
 */
import { BigDecimal } from '../../data/big-decimal.ts'
import { decimalToBytes } from '../../data/decimal.ts'
import { isPlainObject } from '../../data/java-class.ts'
import { keysInHashOrder } from '../../data/java-hash.ts'
import { doubleText, floatText, isWrittenAlike } from '../../data/java-number-text.ts'
import { dateToInt, timestampToLong, timeToInt } from '../../data/logical.ts'
import { DATE_NAME, DECIMAL_NAME, TIME_NAME, TIMESTAMP_NAME } from '../../data/logical-names.ts'
import { fitsInt64, isPlainLong, JavaNumber } from '../../data/numbers.ts'
import { ConnectSchema, type Schema } from '../../data/schema.ts'
import { Struct } from '../../data/struct.ts'
import { keepsAdditional } from './additional-properties.ts'
import type { JsonOptions } from './config.ts'
import { hasEntries } from './from-connect.ts'
import { isUnion } from './union.ts'

export const NO_IMAGE: unique symbol = Symbol('no image')

/** The image of a value of one schema. @throws DataException where from-connect.ts would throw the same */
export type Imager = (value: unknown) => unknown

/** Not yet among TypeScript's own declarations. */
const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): object }

/** `made`: what parts of a schema have so far, for those that are used several times. */
export function imagerOf(schema: Schema, options: JsonOptions, made = new Map<Schema, Imager>()): Imager {
  if (!(schema instanceof ConnectSchema)) return () => NO_IMAGE // a builder may still change
  const known = made.get(schema)
  if (known !== undefined) return known
  const imager = nullable(schema, options, made)
  made.set(schema, imager)
  return imager
}

function nullable(schema: Schema, options: JsonOptions, made: Map<Schema, Imager>): Imager {
  const image = notNull(schema, options, made)
  const { defaultValue, optional } = schema
  if (defaultValue !== null && options.replaceNullWithDefault)
    return value => image(value === null || value === undefined ? defaultValue : value)
  // What is undefined is left out of an object.
  const nothing = optional ? null : options.jsonSchema ? undefined : NO_IMAGE
  return value => (value === null || value === undefined ? nothing : image(value))
}

function notNull(schema: Schema, options: JsonOptions, made: Map<Schema, Imager>): Imager {
  switch (schema.name) {
    case DECIMAL_NAME:
      return value => decimal(schema, value, options)
    case DATE_NAME:
      return value => (value instanceof Date ? dateToInt(schema, value) : NO_IMAGE)
    case TIME_NAME:
      return value => (value instanceof Date ? timeToInt(schema, value) : NO_IMAGE)
    case TIMESTAMP_NAME:
      return value => (value instanceof Date ? timestampToLong(schema, value) : NO_IMAGE)
    default:
      return typed(schema, options, made)
  }
}

function typed(schema: Schema, options: JsonOptions, made: Map<Schema, Imager>): Imager {
  switch (schema.type) {
    case 'STRING':
      return value => (typeof value === 'string' ? value : NO_IMAGE)
    case 'BOOLEAN':
      return value => (typeof value === 'boolean' ? value : NO_IMAGE)
    case 'INT64':
      return int64
    case 'INT32':
      return value => (typeof value === 'number' && (value | 0) === value ? value : NO_IMAGE)
    case 'INT16':
      return value => (typeof value === 'number' && (value << 16) >> 16 === value ? value : NO_IMAGE)
    case 'INT8':
      return value => (typeof value === 'number' && (value << 24) >> 24 === value ? value : NO_IMAGE)
    case 'FLOAT64':
      return value => (typeof value === 'number' ? double(value) : NO_IMAGE)
    case 'FLOAT32':
      return value => (typeof value === 'number' ? float(value) : NO_IMAGE)
    case 'BYTES':
      return value => (value instanceof Uint8Array ? base64(value) : NO_IMAGE)
    case 'ARRAY':
      return arrayImager(schema, options, made)
    case 'MAP':
      return mapImager(schema, options, made)
    case 'STRUCT':
      return structImager(schema, options, made)
  }
}

function int64(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : NO_IMAGE
  return typeof value === 'bigint' && fitsInt64(value) ? rawJSON(String(value)) : NO_IMAGE
}

function double(value: number): unknown {
  if (isWrittenAlike(value)) return value
  return Number.isFinite(value) ? number(doubleText(value)) : String(value)
}

function float(value: number): unknown {
  const single = Math.fround(value)
  return Number.isFinite(single) ? number(floatText(single)) : String(single)
}

/** A number that is written with this text. */
function number(text: string): unknown {
  const value = Number(text)
  return String(value) === text ? value : rawJSON(text)
}

function decimal(schema: Schema, value: unknown, options: JsonOptions): unknown {
  if (!(value instanceof BigDecimal)) return NO_IMAGE
  return options.numericDecimals ? rawJSON(value.toString()) : base64(decimalToBytes(schema, value))
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
}

function arrayImager(schema: Schema, options: JsonOptions, made: Map<Schema, Imager>): Imager {
  const element = schema.valueSchema === null ? schemaless : imagerOf(schema.valueSchema, options, made)
  return value => (Array.isArray(value) ? array(value, element) : NO_IMAGE)
}

function array(elements: readonly unknown[], imageOf: Imager): unknown {
  const images: unknown[] = []
  for (let i = 0; i < elements.length; i++) {
    const image = imageOf(elements[i])
    if (image === NO_IMAGE) return NO_IMAGE
    images.push(image)
  }
  return images
}

function mapImager(schema: Schema, options: JsonOptions, made: Map<Schema, Imager>): Imager {
  if (hasEntries(schema.keySchema, options) || schema.keySchema?.name !== null) return () => NO_IMAGE
  const { valueSchema } = schema
  const member = valueSchema === null ? schemaless : imagerOf(valueSchema, options, made)
  return value => {
    if (value instanceof Map) return map(value, member)
    return isPlainObject(value) ? object(value, member) : NO_IMAGE
  }
}

type Members = Record<string, unknown>

function map(entries: ReadonlyMap<unknown, unknown>, imageOf: Imager): unknown {
  const images: Members = {}
  for (const [name, value] of entries) {
    if (typeof name !== 'string' || isOddName(name)) return NO_IMAGE
    const image = imageOf(value)
    if (image === NO_IMAGE) return NO_IMAGE
    images[name] = image ?? null
  }
  return images
}

function object(members: Readonly<Record<string, unknown>>, imageOf: Imager): unknown {
  const images: Members = {}
  const names = keysInHashOrder(members)
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!
    if (isOddName(name)) return NO_IMAGE
    const image = imageOf(members[name])
    if (image === NO_IMAGE) return NO_IMAGE
    images[name] = image ?? null
  }
  return images
}

/** Names that look like array indexes come first in an object, and `__proto__` does not become a member. */
function isOddName(name: string): boolean {
  const first = name.charCodeAt(0)
  return (first >= 0x30 && first <= 0x39) || (first === 0x5f && name === '__proto__')
}

function structImager(schema: Schema, options: JsonOptions, made: Map<Schema, Imager>): Imager {
  const names = schema.fields.map(field => field.name)
  const imagers = schema.fields.map(field => imagerOf(field.schema, options, made))
  if (names.some(isOddName) || (options.jsonSchema && isUnion(schema)) || keepsAdditional(schema, options))
    return () => NO_IMAGE
  return value => {
    if (!(value instanceof Struct) || (value.schema !== schema && !value.schema.equals(schema)))
      return NO_IMAGE
    const images: Members = {}
    const values = value.rawValues
    for (let i = 0; i < names.length; i++) {
      const image = imagers[i]!(values[i])
      if (image === NO_IMAGE) return NO_IMAGE
      images[names[i]!] = image
    }
    return images
  }
}

/** The image of a value that tells its type itself. */
export function schemaless(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return ((value | 0) === value && value !== 0) || isPlainLong(value) ? value : double(value)
    case 'bigint':
      return int64(value)
    case 'undefined':
      return null
    case 'object':
      if (value === null) return null
      if (Array.isArray(value)) return array(value, schemaless)
      if (value instanceof Map) return map(value, schemaless)
      if (value instanceof Uint8Array) return base64(value)
      return !(value instanceof JavaNumber) && isPlainObject(value) ? object(value, schemaless) : NO_IMAGE
    default:
      return NO_IMAGE
  }
}
