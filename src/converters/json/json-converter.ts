import { parseConfig } from '../../config/validate.ts'
import { DataException, SerializationException } from '../../data/errors.ts'
import type { JsonDocument } from '../../data/json/node.ts'
import type { Schema, SchemaAndValue } from '../../data/schema.ts'
import type { Config, Converter, ConverterPlugin } from '../../sdk/plugin.ts'
import { asHeaderConverter } from '../as-header.ts'
import { CONVERTER_TYPE } from '../converter-type.ts'
import { documentReader } from './compiled-reader.ts'
import { type JsonOptions, jsonConfig } from './config.ts'
import { EnvelopeReader, numberMode } from './envelope.ts'
import { readJson } from './read.ts'
import { schemaFromJson } from './schema-from-json.ts'
import { schemaToJson } from './schema-to-json.ts'
import { ShapeReader } from './shape-reader.ts'
import { toConnect } from './to-connect.ts'
import { jsonWriter } from './write.ts'

function jsonConverter(raw: Config, type: string): Converter {
  const config = parseConfig(jsonConfig, { ...raw, [CONVERTER_TYPE]: type })
  const options: JsonOptions = {
    numericDecimals: config['decimal.format'].toUpperCase() === 'NUMERIC',
    replaceNullWithDefault: config['replace.null.with.default'],
  }
  const read = reader(
    config['schemas.enable'],
    config['schema.content'],
    config['schemas.cache.size'],
    options,
  )
  const write = jsonWriter(options)
  const prefixOf = config['schemas.enable'] ? envelopePrefixes(options) : null
  return {
    serialize(_topic, schema, value, out) {
      if (schema === null && (value === null || value === undefined)) return out.putNull()
      if (prefixOf === null) return out.putUtf8(write(schema, value))
      const prefix = prefixOf(schema)
      const json = write(schema, value)
      out.putBytes(prefix)
      out.putUtf8(json)
      out.putUtf8('}')
    },
    deserialize(_topic, data, start, length, into) {
      if (length < 0) {
        into.schema = null
        into.value = null
        return
      }
      try {
        read(data, start, start + length, into)
      } catch (cause) {
        if (!(cause instanceof SerializationException)) throw cause
        throw new DataException(
          'Converting byte[] to Kafka Connect data failed due to serialization error: ',
          { cause },
        )
      }
    },
  }
}

type Reader = (data: Buffer, start: number, end: number, into: SchemaAndValue) => void

function reader(
  schemasEnabled: boolean,
  content: string | null,
  cacheSize: number,
  options: JsonOptions,
): Reader {
  if (!schemasEnabled) {
    const shapes = new ShapeReader('value')
    return (data, start, end, into) => {
      into.schema = null
      into.value = toConnect(null, readJson(data, start, end, 'value', shapes), options)
    }
  }
  if (content !== null && content !== '') {
    const schema = schemaFromContent(content, options)
    const read = documentReader(schema, options)
    const mode = numberMode(schema)
    const shapes = new ShapeReader(mode)
    return (data, start, end, into) => {
      into.schema = schema
      into.value = read(readJson(data, start, end, mode, shapes))
    }
  }
  const envelopes = new EnvelopeReader(options, cacheSize)
  return (data, start, end, into) => envelopes.read(data, start, end, into)
}

function schemaFromContent(content: string, options: JsonOptions): Schema | null {
  const data = Buffer.from(content)
  let node: JsonDocument
  try {
    node = readJson(data, 0, data.length, 'digits')
  } catch (cause) {
    throw new DataException('Failed to parse schema in converter config due to serialization error: ', {
      cause,
    })
  }
  return schemaFromJson(node, options)
}

/**
 * The bytes before the payload, kept for as long as their schema object lives: one that is made anew for every
 * record is written anew, which costs no more than looking it up by equality would.
 */
function envelopePrefixes(options: JsonOptions): (schema: Schema | null) => Uint8Array {
  const withoutSchema = Buffer.from('{"schema":null,"payload":')
  const known = new WeakMap<Schema, Uint8Array>()
  let lastSchema: Schema | null = null
  let lastPrefix: Uint8Array = withoutSchema
  return schema => {
    if (schema === lastSchema) return lastPrefix
    let prefix = schema === null ? withoutSchema : known.get(schema)
    if (prefix === undefined) {
      prefix = Buffer.from(`{"schema":${schemaToJson(schema, options)},"payload":`)
      if (schema !== null) known.set(schema, prefix)
    }
    lastSchema = schema
    lastPrefix = prefix
    return prefix
  }
}

/**
 * JSON, with the schema in an envelope or without; doubles as header converter.
 * Java: org.apache.kafka.connect.json.JsonConverter
 */
export const jsonConverterPlugin: ConverterPlugin = {
  kind: 'converter',
  className: 'org.apache.kafka.connect.json.JsonConverter',
  version: '4.3.1',
  config: jsonConfig,
  converter: (raw, isKey) => jsonConverter(raw, isKey ? 'key' : 'value'),
  headerConverter: raw => asHeaderConverter(jsonConverter(raw, 'header')),
}
