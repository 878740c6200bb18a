/**
 * A parsed JSON value that lost nothing of its text. Java: com.fasterxml.jackson.databind.JsonNode
 *
 * A whole number that was written without point and exponent is a number (when safe) or a bigint; any other
 * number is a BigDecimal as written, or a plain number that is no integer and whose shortest digits are the
 * written ones. An object is a Map, or what `JSON.parse` made of it.
 */
import { BigDecimal } from '../big-decimal.ts'
import { parseFloat32 } from '../float32.ts'

export type JsonNode = null | boolean | string | number | bigint | BigDecimal | JsonNode[] | JsonObject
export type JsonObject = Map<string, JsonNode> | { [member: string]: JsonNode }

/** What stands for empty input. */
export const MISSING: unique symbol = Symbol('missing')
export type JsonDocument = JsonNode | typeof MISSING

export type NodeType = 'ARRAY' | 'BOOLEAN' | 'MISSING' | 'NULL' | 'NUMBER' | 'OBJECT' | 'STRING'

export function nodeType(node: JsonDocument | undefined): NodeType {
  switch (typeof node) {
    case 'string':
      return 'STRING'
    case 'number':
    case 'bigint':
      return 'NUMBER'
    case 'boolean':
      return 'BOOLEAN'
    case 'object':
      if (node === null) return 'NULL'
      if (node instanceof BigDecimal) return 'NUMBER'
      return Array.isArray(node) ? 'ARRAY' : 'OBJECT'
    default:
      return 'MISSING'
  }
}

export function isObject(node: JsonDocument | undefined): node is JsonObject {
  return typeof node === 'object' && node !== null && !Array.isArray(node) && !(node instanceof BigDecimal)
}

/** A member's value; undefined when there is none. */
export function member(object: JsonObject, name: string): JsonNode | undefined {
  if (object instanceof Map) return object.get(name)
  const value = object[name]
  // What a plain object inherits is a function, or stands under __proto__, which only Maps hold.
  return typeof value === 'function' || name === '__proto__' ? undefined : value
}

export function memberNames(object: JsonObject): string[] {
  return object instanceof Map ? [...object.keys()] : Object.keys(object)
}

export function size(object: JsonObject): number {
  return object instanceof Map ? object.size : Object.keys(object).length
}

/** True for numbers without point and exponent. Java: JsonNode.isIntegralNumber */
export function isIntegral(node: JsonDocument | undefined): node is number | bigint {
  return typeof node === 'bigint' || (typeof node === 'number' && Number.isInteger(node))
}

/** The low 64 bits of the number, its fraction cut off; 0 for what is no number. Java: JsonNode.longValue */
export function longValue(node: JsonDocument): bigint {
  if (typeof node === 'bigint') return BigInt.asIntN(64, node)
  if (typeof node === 'number') return BigInt(Math.trunc(node))
  return node instanceof BigDecimal ? node.toInt64() : 0n
}

/** Java: JsonNode.intValue */
export function intValue(node: JsonDocument): number {
  if (typeof node === 'number') return node | 0 // cuts the fraction off and takes the rest modulo 2^32
  return Number(BigInt.asIntN(32, longValue(node)))
}

/** 0 for what is no number. Java: JsonNode.doubleValue */
export function doubleValue(node: JsonDocument): number {
  if (typeof node === 'number') return node
  if (typeof node === 'bigint') return Number(node)
  return node instanceof BigDecimal ? node.toNumber() : 0
}

/** Rounded once, from the written digits. Java: JsonNode.floatValue */
export function floatValue(node: JsonDocument): number {
  if (typeof node === 'number' || typeof node === 'bigint') return parseFloat32(String(node))
  return node instanceof BigDecimal ? node.toFloat() : 0
}
