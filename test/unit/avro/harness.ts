import { parseConfig } from '../../../src/config/validate.ts'
import { AvroFormat } from '../../../src/converters/avro/avro-format.ts'
import { avroKeys, avroOptions } from '../../../src/converters/avro/config.ts'
import { connectSchemaOf } from '../../../src/converters/avro/schema-to-connect.ts'
import { type Schema, SchemaAndValue } from '../../../src/data/schema.ts'
import { type AvroSchema, avroFormat } from '../../../src/formats/avro/avro-schema.ts'
import type { Config } from '../../../src/sdk/plugin.ts'
import { CollectingSink } from '../../conform/data/sink.ts'

export function formatWith(config: Config = {}): AvroFormat {
  return new AvroFormat(avroOptions(parseConfig(avroKeys, config)))
}

export const ENHANCED = { 'enhanced.avro.schema.support': 'true' }
export const NO_META_DATA = { 'connect.meta.data': 'false' }
export const GENERALIZED = { 'generalized.sum.type.support': 'true' }

/** The JSON of the Avro schema that a Connect schema is registered as. */
export function avroOf(schema: Schema | null, config: Config = {}): unknown {
  return JSON.parse(formatWith(config).schemaOf(schema).text)
}

export function parse(schema: unknown): AvroSchema {
  return avroFormat.parse(JSON.stringify(schema), [])
}

/** The payload in hexadecimal digits. */
export function encode(
  schema: Schema | null,
  value: unknown,
  config: Config = {},
  target?: AvroSchema,
): string {
  const format = formatWith(config)
  const sink = new CollectingSink()
  format.writer(schema, target ?? format.schemaOf(schema))(value, sink)
  return sink.bytes()!.toString('hex')
}

/** Between two foreign bytes, as a payload stands in a batch. */
export function decode(
  writer: AvroSchema,
  hex: string,
  config: Config = {},
  target?: AvroSchema,
): SchemaAndValue {
  const data = Buffer.from(`7f${hex}7f`, 'hex')
  const into = new SchemaAndValue()
  formatWith(config).reader(writer, null, target)(data, 1, data.length - 1, into)
  return into
}

/** Written and read again. */
export function roundTrip(schema: Schema | null, value: unknown, config: Config = {}): SchemaAndValue {
  return decode(formatWith(config).schemaOf(schema), encode(schema, value, config), config)
}

/** The Connect schema that data of an Avro schema is read with. */
export function connectOf(schema: unknown, config: Config = {}, version: number | null = null): Schema {
  return connectSchemaOf(parse(schema).root, version, avroOptions(parseConfig(avroKeys, config)))
}
