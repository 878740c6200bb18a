/** JSON nodes as Connect values. Java: JsonConverter.convertToConnect */
import { BigDecimal } from '../../data/big-decimal.ts'
import { decimalFromBytes } from '../../data/decimal.ts'
import { DataException } from '../../data/errors.ts'
import { hashCodeOf, inHashOrder, stringHashCode } from '../../data/java-hash.ts'
import {
  doubleValue,
  floatValue,
  intValue,
  isIntegral,
  isObject,
  type JsonDocument,
  type JsonNode,
  type JsonObject,
  longValue,
  member,
  memberNames,
  nodeType,
  size,
} from '../../data/json/node.ts'
import { dateFromInt, timeFromInt, timestampFromLong } from '../../data/logical.ts'
import { DATE_NAME, DECIMAL_NAME, TIME_NAME, TIMESTAMP_NAME } from '../../data/logical-names.ts'
import { int64 } from '../../data/numbers.ts'
import type { Field, Schema } from '../../data/schema.ts'
import { Struct } from '../../data/struct.ts'
import { jsonText } from '../../formats/json-schema/schema-text.ts'
import { CyclicSchema } from '../cyclic-schema.ts'
import { additionalMembers, isAdditionalField, isAnyJson } from './additional-properties.ts'
import { decodeBase64 } from './base64.ts'
import type { JsonOptions } from './config.ts'
import { hasEntries } from './from-connect.ts'
import { placed } from './placed.ts'
import { schemaless } from './schemaless-values.ts'
import { isUnion, unionField } from './union.ts'

/** `node` undefined = a member that is not there. @throws DataException */
export function toConnect(
  schema: Schema | null,
  node: JsonDocument | undefined,
  options: JsonOptions,
): unknown {
  if (schema === null) return typeof node === 'symbol' || node === undefined ? null : schemaless(node)
  if (node === null || node === undefined) {
    if (schema.defaultValue !== null && options.replaceNullWithDefault) return schema.defaultValue
    if (schema.optional || (options.jsonSchema && node === undefined)) return null
    throw new DataException(`Invalid null value for required ${schema.type} field`)
  }
  switch (schema.name) {
    case null:
      return typed(schema, node, options)
    case DECIMAL_NAME:
      return decimal(schema, node)
    case DATE_NAME:
      return dateFromInt(schema, int32(node, 'Date'))
    case TIME_NAME:
      return timeFromInt(schema, int32(node, 'Time'))
    case TIMESTAMP_NAME:
      return timestamp(schema, node)
    default:
      return typed(schema, node, options)
  }
}

function decimal(schema: Schema, node: JsonDocument): BigDecimal {
  switch (typeof node) {
    case 'number':
      if (!Number.isFinite(node)) throw new DataException(`Invalid number for Decimal field: ${node}`)
      return isIntegral(node) ? new BigDecimal(BigInt(node), 0) : BigDecimal.parse(String(node))!
    case 'bigint':
      return new BigDecimal(node, 0)
    case 'string':
      try {
        return decimalFromBytes(schema, decodeBase64(node))
      } catch (cause) {
        throw new DataException('Invalid bytes for Decimal field', { cause })
      }
    default:
      if (node instanceof BigDecimal) return node
      throw new DataException(
        `Invalid type for Decimal, underlying representation should be numeric or bytes but was ${nodeType(node)}`,
      )
  }
}

function int32(node: JsonDocument, type: string): number {
  if (typeof node === 'number' && (node | 0) === node) return node
  throw new DataException(
    `Invalid type for ${type}, underlying representation should be integer but was ${nodeType(node)}`,
  )
}

function timestamp(schema: Schema, node: JsonDocument): Date {
  if (isIntegral(node)) return timestampFromLong(schema, int64(longValue(node)))
  throw new DataException(
    `Invalid type for Timestamp, underlying representation should be integral but was ${nodeType(node)}`,
  )
}

/** Wrong kinds of nodes are not refused: a text is the number 0, a number the text null, as in Jackson. */
function typed(schema: Schema, node: JsonDocument, options: JsonOptions): unknown {
  switch (schema.type) {
    case 'STRING':
      return typeof node === 'string' ? node : null
    case 'INT64':
      return typeof node === 'number' && Number.isSafeInteger(node) ? node : int64(longValue(node))
    case 'INT32':
      return intValue(node)
    case 'INT16':
      return (intValue(node) << 16) >> 16
    case 'INT8':
      return (intValue(node) << 24) >> 24
    case 'FLOAT64':
      return doubleValue(node)
    case 'FLOAT32':
      return floatValue(node)
    case 'BOOLEAN':
      return node === true
    case 'BYTES':
      return options.jsonSchema && typeof node !== 'string' ? unscaledNumber(node) : bytes(node)
    case 'ARRAY':
      return array(schema, node, options)
    case 'MAP':
      return mapValue(schema, node, options)
    case 'STRUCT':
      return struct(schema, node, options)
  }
}

function bytes(node: JsonDocument): Uint8Array | null {
  if (typeof node !== 'string') return null
  try {
    return decodeBase64(node)
  } catch (cause) {
    throw new DataException('Invalid bytes field', { cause })
  }
}

/** A decimal without Connect's name for it. */
function unscaledNumber(node: JsonDocument): BigDecimal {
  if (typeof node === 'number' || typeof node === 'bigint') return BigDecimal.parse(String(node))!
  if (node instanceof BigDecimal) return node
  throw new DataException(`Invalid bytes field: expected text or a number, but found ${nodeType(node)}`)
}

function array(schema: Schema, node: JsonDocument, options: JsonOptions): unknown[] {
  return elementsOf(node).map((element, i) => {
    try {
      return toConnect(schema.valueSchema, element, options)
    } catch (error) {
      throw placed(error, `[${i}]`, options)
    }
  })
}

/** An object's values count as elements, a scalar has none. */
function elementsOf(node: JsonDocument): JsonNode[] {
  if (Array.isArray(node)) return node
  return isObject(node) ? memberNames(node).map(name => member(node, name)!) : []
}

function mapValue(schema: Schema, node: JsonDocument, options: JsonOptions): Map<unknown, unknown> {
  const { keySchema, valueSchema } = schema
  if (!hasEntries(keySchema, options)) {
    if (!isObject(node)) {
      throw new DataException(
        `Maps with string fields should be encoded as JSON objects, but found ${nodeType(node)}`,
      )
    }
    return stringMap(node, valueSchema, options)
  }
  const encoding = options.jsonSchema ? 'objects' : 'tuples'
  if (!Array.isArray(node)) {
    throw new DataException(
      `Maps with non-string fields should be encoded as JSON array of ${encoding}, but found ${nodeType(node)}`,
    )
  }
  const map = new Map<unknown, unknown>()
  for (const [i, entry] of node.entries()) {
    try {
      const [key, value] = options.jsonSchema ? keyAndValue(entry) : tuple(entry)
      map.set(toConnect(keySchema, key, options), toConnect(valueSchema, value, options))
    } catch (error) {
      throw placed(error, `[${i}]`, options)
    }
  }
  return inHashOrder(map, key => hashCodeOf(key, keySchema))
}

type Entry = readonly [JsonNode | undefined, JsonNode | undefined]

function tuple(entry: JsonNode): Entry {
  if (!Array.isArray(entry))
    throw new DataException(`Found invalid map entry instead of array tuple: ${nodeType(entry)}`)
  if (entry.length !== 2) throw wrongLength(entry.length)
  return [entry[0], entry[1]]
}

function keyAndValue(entry: JsonNode): Entry {
  if (!isObject(entry))
    throw new DataException(`Found invalid map entry instead of object: ${nodeType(entry)}`)
  if (size(entry) !== 2) throw wrongLength(size(entry))
  return [member(entry, 'key'), member(entry, 'value')]
}

function wrongLength(length: number): DataException {
  return new DataException(`Found invalid map entry, expected length 2 but found :${length}`)
}

function stringMap(
  object: JsonObject,
  valueSchema: Schema | null,
  options: JsonOptions,
): Map<string, unknown> {
  const map = new Map<string, unknown>()
  for (const name of memberNames(object)) {
    try {
      map.set(name, toConnect(valueSchema, member(object, name), options))
    } catch (error) {
      throw placed(error, name, options)
    }
  }
  return inHashOrder(map, stringHashCode)
}

/** Members that the schema does not know are ignored. */
function struct(schema: Schema, node: JsonDocument, options: JsonOptions): Struct {
  if (options.jsonSchema && isUnion(schema)) return unionValue(schema, node, options)
  if (!isObject(node))
    throw new DataException(`Structs should be encoded as JSON objects, but found ${nodeType(node)}`)
  const result = emptyStruct(schema)
  for (const field of schema.fields) {
    try {
      const value = isAdditionalField(field, options)
        ? additional(schema, field, node, options)
        : toConnect(field.schema, member(node, field.name), options)
      // With JSON Schema a member may be missing that is wanted.
      if (value !== null || !options.jsonSchema) result.put(field, value)
    } catch (error) {
      throw placed(error, field.name, options)
    }
  }
  return result
}

/** Null when every member has a field. */
function additional(
  schema: Schema,
  field: Field,
  node: JsonObject,
  options: JsonOptions,
): Map<string, unknown> | null {
  const members = additionalMembers(schema, node)
  if (members.length === 0) return null
  if (!isAnyJson(field)) return stringMap(new Map(members), field.schema.valueSchema, options)
  const texts = new Map(members.map(([name, value]) => [name, jsonText(value)]))
  return inHashOrder(texts, stringHashCode)
}

/** What is inside itself has the schema by which it is known there. */
function emptyStruct(schema: Schema): Struct {
  return new Struct(schema instanceof CyclicSchema ? schema : schema.schema())
}

function unionValue(schema: Schema, node: JsonDocument, options: JsonOptions): Struct {
  const field = unionField(schema, node)
  if (field === null) throw new DataException('Did not find matching oneof field for data')
  return emptyStruct(schema).put(field, toConnect(field.schema, node, options))
}
