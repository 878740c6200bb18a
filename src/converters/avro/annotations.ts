import { DATE_NAME, DECIMAL_NAME, TIME_NAME, TIMESTAMP_NAME } from '../../data/logical-names.ts'
import type { Schema } from '../../data/schema.ts'
import { type JsonValue, jsonEquals } from '../../formats/avro/json.ts'
import { InvalidSchema } from '../../formats/schema-format.ts'
import type { AvroOptions } from './config.ts'
import { defaultJson } from './default-from-connect.ts'
import * as names from './names.ts'

/** Adds what Connect's schema has and Avro's has not. Java: the second half of AvroData.fromConnectSchema */
export function annotate(
  schema: Schema,
  props: Map<string, JsonValue>,
  options: AvroOptions,
  connectType?: string,
): Map<string, JsonValue> {
  const { metaData, discardTypeDoc } = options
  const { parameters, defaultValue } = schema
  const isFieldDefault = !discardTypeDoc && (parameters?.has(names.FIELD_DEFAULT_FLAG) ?? false)
  if (metaData) {
    if (schema.doc !== null) addProperty(props, names.CONNECT_DOC, schema.doc)
    if (schema.version !== null) addProperty(props, names.CONNECT_VERSION, schema.version)
    const kept = Array.from(parameters ?? []).filter(
      ([key]) => discardTypeDoc || key !== names.FIELD_DEFAULT_FLAG,
    )
    if (kept.length > 0) addProperty(props, names.CONNECT_PARAMETERS, new Map(kept))
    if (defaultValue !== null && !isFieldDefault)
      addProperty(props, names.CONNECT_DEFAULT, defaultJson(schema, defaultValue, options))
    if (schema.name !== null) addProperty(props, names.CONNECT_NAME, schema.name)
    if (connectType !== undefined) addProperty(props, names.CONNECT_TYPE, connectType)
  }
  const logical = logicalTypeOf(schema)
  if (logical !== null) addProperty(props, names.LOGICAL_TYPE, logical)
  for (const [key, value] of parameters ?? [])
    if (key.startsWith(names.AVRO_PREFIX)) addProperty(props, key, value)
  return props
}

function addProperty(props: Map<string, JsonValue>, name: string, value: JsonValue): void {
  const known = props.get(name)
  if (known === undefined) props.set(name, value)
  else if (!jsonEquals(known, value)) throw new InvalidSchema(`Can't overwrite property: ${name}`)
}

export function hasName(schema: Schema, name: string): boolean {
  return schema.name?.toLowerCase() === name.toLowerCase()
}

function logicalTypeOf(schema: Schema): string | null {
  if (hasName(schema, DECIMAL_NAME)) return 'decimal'
  if (hasName(schema, TIME_NAME)) return 'time-millis'
  if (hasName(schema, TIMESTAMP_NAME)) return 'timestamp-millis'
  return hasName(schema, DATE_NAME) ? 'date' : null
}
