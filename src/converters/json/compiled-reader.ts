/**
 * The reader of one schema's payloads, made once instead of asking the schema for every value. It knows what is
 * usual; all else, errors included, is `toConnect`'s.
 */

import { isObject, type JsonDocument, type JsonNode, member } from '../../data/json/node.ts'
import { DATE_NAME, DECIMAL_NAME, TIME_NAME, TIMESTAMP_NAME } from '../../data/logical-names.ts'
import { ConnectSchema, type Schema } from '../../data/schema.ts'
import { Struct } from '../../data/struct.ts'
import { validateValue } from '../../data/validate.ts'
import { keepsAdditional } from './additional-properties.ts'
import type { JsonOptions } from './config.ts'
import { toConnect } from './to-connect.ts'
import { isUnion } from './union.ts'

/** As `toConnect` with the schema. @throws DataException */
export type PayloadReader = (node: JsonDocument | undefined) => unknown

const LOGICAL: readonly string[] = [DATE_NAME, DECIMAL_NAME, TIME_NAME, TIMESTAMP_NAME]

/** For payloads without schema (null) too. */
export function documentReader(schema: Schema | null, options: JsonOptions): PayloadReader {
  return schema === null ? node => toConnect(null, node, options) : payloadReader(schema, options)
}

function payloadReader(schema: Schema, options: JsonOptions): PayloadReader {
  const rest: PayloadReader = node => toConnect(schema, node, options)
  if (schema.name !== null && LOGICAL.includes(schema.name)) return rest
  switch (schema.type) {
    case 'STRING':
      return node => (typeof node === 'string' ? node : rest(node))
    case 'BOOLEAN':
      return node => (typeof node === 'boolean' ? node : rest(node))
    case 'INT64':
      return node => (typeof node === 'number' && Number.isSafeInteger(node) ? node : rest(node))
    case 'INT32':
      return node => (typeof node === 'number' && (node | 0) === node ? node : rest(node))
    case 'FLOAT64':
      return node => (typeof node === 'number' ? node : rest(node))
    case 'ARRAY':
      return arrayReader(schema, options, rest)
    case 'STRUCT':
      return schema instanceof ConnectSchema ? structReader(schema, options, rest) : rest
    default:
      return rest
  }
}

function arrayReader(schema: Schema, options: JsonOptions, rest: PayloadReader): PayloadReader {
  if (schema.valueSchema === null) return rest
  const element = payloadReader(schema.valueSchema, options)
  return node => {
    if (!Array.isArray(node)) return rest(node)
    const elements: unknown[] = []
    for (let i = 0; i < node.length; i++) elements.push(element(node[i]))
    return elements
  }
}

/** What a plain object has besides its members. */
const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

function structReader(schema: Schema, options: JsonOptions, rest: PayloadReader): PayloadReader {
  const { fields } = schema
  const names = fields.map(field => field.name)
  if (names.some(name => INHERITED.has(name))) return rest
  if (options.jsonSchema && (isUnion(schema) || keepsAdditional(schema, options))) return rest
  const readers = fields.map(field => payloadReader(field.schema, options))
  // What Struct.put would refuse: null, and null inside; whatever else a reader gives suits its schema.
  const required = fields.map(field => !field.schema.optional && !options.jsonSchema)
  const filled = fields.map(({ schema: { type } }) => type === 'ARRAY' || type === 'MAP')
  // With JSON Schema a member may be missing that is required, but not in what is put into another struct.
  const inner = fields.map(({ schema: { type } }) => options.jsonSchema === true && type === 'STRUCT')
  return node => {
    if (!isObject(node)) return rest(node)
    const values: unknown[] = []
    for (let i = 0; i < names.length; i++) {
      const name = names[i]!
      const of: JsonNode | undefined = node instanceof Map ? member(node, name) : node[name]
      const value = readers[i]!(of)
      if (value === null && required[i]) return rest(node)
      if (inner[i] && value !== null) (value as Struct).validate()
      if (filled[i] && value !== null) validateValue(name, fields[i]!.schema, value)
      values.push(value)
    }
    return new Struct(schema, values)
  }
}
