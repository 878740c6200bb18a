import { parseConfig } from '../../../src/config/validate.ts'
import { jsonSchemaKeys, jsonSchemaOptions } from '../../../src/converters/json-schema/config.ts'
import { JsonSchemaConnectFormat } from '../../../src/converters/json-schema/json-schema-connect-format.ts'
import { type Schema, SchemaAndValue } from '../../../src/data/schema.ts'
import type { JsonSchema } from '../../../src/formats/json-schema/json-schema.ts'
import { CollectingSink } from '../../conform/data/sink.ts'

export function formatWith(config: Record<string, string> = {}): JsonSchemaConnectFormat {
  return new JsonSchemaConnectFormat(jsonSchemaOptions(parseConfig(jsonSchemaKeys, config)))
}

/** The schema of a text or of what JSON it stands for. */
export function schemaOf(format: JsonSchemaConnectFormat, schema: unknown): JsonSchema {
  return format.format.parse(typeof schema === 'string' ? schema : JSON.stringify(schema), [])
}

/** The payload's text. */
export function written(
  format: JsonSchemaConnectFormat,
  schema: Schema,
  value: unknown,
  target = format.schemaOf(schema),
): string {
  const sink = new CollectingSink()
  format.writer(schema, target)(value, sink)
  return sink.bytes()!.toString()
}

export function read(
  format: JsonSchemaConnectFormat,
  schema: JsonSchema,
  payload: string | Buffer,
  version: number | null = null,
): SchemaAndValue {
  // Not at the start of its buffer: positions are the caller's.
  const bytes = Buffer.concat([Buffer.from('xxxxx'), Buffer.from(payload), Buffer.from('yy')])
  const into = new SchemaAndValue()
  format.reader(schema, version)(bytes, 5, bytes.length - 2, into)
  return into
}
