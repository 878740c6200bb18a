import { DataException } from '../../data/errors.ts'
import {
  intValue,
  isIntegral,
  isObject,
  type JsonDocument,
  type JsonNode,
  type JsonObject,
  member,
  memberNames,
} from '../../data/json/node.ts'
import type { Schema } from '../../data/schema.ts'
import { SchemaBuilder } from '../../data/schema-builder.ts'
import type { JsonOptions } from './config.ts'
import { toConnect } from './to-connect.ts'

/** The schema that an envelope's `schema` part describes; null for null. Java: JsonConverter.asConnectSchema */
export function schemaFromJson(node: JsonDocument | undefined, options: JsonOptions): Schema | null {
  if (node === null || node === undefined) return null
  const type = isObject(node) ? member(node, 'type') : undefined
  if (!isObject(node) || typeof type !== 'string') throw new DataException("Schema must contain 'type' field")
  const builder = builderOf(type, node, options)
  // Anything but a JSON true leaves it required.
  if (member(node, 'optional') === true) builder.optional()
  else builder.required()
  const name = member(node, 'name')
  if (typeof name === 'string') builder.name(name)
  const version = member(node, 'version')
  if (isIntegral(version)) builder.version(intValue(version))
  const doc = member(node, 'doc')
  if (typeof doc === 'string') builder.doc(doc)
  addParameters(builder, member(node, 'parameters'))
  const defaultValue = member(node, 'default')
  if (defaultValue !== undefined) builder.defaultValue(toConnect(builder.draft, defaultValue, options))
  return builder.build()
}

function addParameters(builder: SchemaBuilder, parameters: JsonNode | undefined): void {
  if (!isObject(parameters)) return
  for (const name of memberNames(parameters)) {
    const value = member(parameters, name)
    if (typeof value !== 'string') throw new DataException('Schema parameters must have string values.')
    builder.parameter(name, value)
  }
}

function builderOf(type: string, node: JsonObject, options: JsonOptions): SchemaBuilder {
  switch (type) {
    case 'boolean':
      return SchemaBuilder.bool()
    case 'int8':
      return SchemaBuilder.int8()
    case 'int16':
      return SchemaBuilder.int16()
    case 'int32':
      return SchemaBuilder.int32()
    case 'int64':
      return SchemaBuilder.int64()
    case 'float':
      return SchemaBuilder.float32()
    case 'double':
      return SchemaBuilder.float64()
    case 'bytes':
      return SchemaBuilder.bytes()
    case 'string':
      return SchemaBuilder.string()
    case 'array':
      return SchemaBuilder.array(
        part(node, 'items', 'Array schema did not specify the element type', options),
      )
    case 'map':
      return SchemaBuilder.map(
        part(node, 'keys', 'Map schema did not specify the key type', options),
        part(node, 'values', 'Map schema did not specify the value type', options),
      )
    case 'struct':
      return structBuilder(member(node, 'fields'), options)
    default:
      throw new DataException(`Unknown schema type: ${type}`)
  }
}

function part(node: JsonObject, name: string, complaint: string, options: JsonOptions): Schema {
  const schema = schemaFromJson(member(node, name), options)
  if (schema === null) throw new DataException(complaint)
  return schema
}

function structBuilder(fields: JsonNode | undefined, options: JsonOptions): SchemaBuilder {
  if (!Array.isArray(fields)) throw new DataException('Struct schema\'s "fields" argument is not an array.')
  const builder = SchemaBuilder.struct()
  for (const field of fields) {
    const name = isObject(field) ? member(field, 'field') : undefined
    if (typeof name !== 'string') throw new DataException("Struct schema's field name not specified properly")
    builder.field(name, schemaFromJson(field, options)!)
  }
  return builder
}
