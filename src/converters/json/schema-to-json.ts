import { quoted } from '../../data/json/text.ts'
import type { Schema, SchemaType } from '../../data/schema.ts'
import type { JsonOptions } from './config.ts'
import { toJson } from './from-connect.ts'

const JSON_TYPE: Readonly<Record<SchemaType, string>> = {
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  FLOAT32: 'float',
  FLOAT64: 'double',
  BOOLEAN: 'boolean',
  STRING: 'string',
  BYTES: 'bytes',
  ARRAY: 'array',
  MAP: 'map',
  STRUCT: 'struct',
}

/** The `schema` part of an envelope. `field` is the name of the struct field that has it. Java: asJsonSchema */
export function schemaToJson(schema: Schema | null, options: JsonOptions, field?: string): string {
  if (schema === null) return 'null'
  let out = `{"type":"${JSON_TYPE[schema.type]}"`
  if (schema.type === 'ARRAY') out += `,"items":${schemaToJson(schema.valueSchema, options)}`
  if (schema.type === 'MAP') {
    out += `,"keys":${schemaToJson(schema.keySchema, options)},"values":${schemaToJson(schema.valueSchema, options)}`
  }
  if (schema.type === 'STRUCT') {
    const fields = schema.fields.map(each => schemaToJson(each.schema, options, each.name))
    out += `,"fields":[${fields.join(',')}]`
  }
  out += `,"optional":${schema.optional}`
  if (schema.name !== null) out += `,"name":${quoted(schema.name)}`
  if (schema.version !== null) out += `,"version":${schema.version}`
  if (schema.doc !== null) out += `,"doc":${quoted(schema.doc)}`
  if (schema.parameters !== null) {
    const parameters = Array.from(schema.parameters, ([name, value]) => `${quoted(name)}:${quoted(value)}`)
    out += `,"parameters":{${parameters.join(',')}}`
  }
  if (schema.defaultValue !== null) out += `,"default":${toJson(schema, schema.defaultValue, options)}`
  if (field !== undefined) out += `,"field":${quoted(field)}`
  return `${out}}`
}
