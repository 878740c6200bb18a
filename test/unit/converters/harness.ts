import { type Schema, SchemaAndValue } from '../../../src/data/schema.ts'
import type { Config, Converter, ConverterPlugin, HeaderConverter } from '../../../src/sdk/plugin.ts'
import { CollectingSink } from '../../conform/data/sink.ts'

export function valueConverter(plugin: ConverterPlugin, config: Config = {}): Converter {
  return plugin.converter!(config, false)
}

export function encode(converter: Converter, schema: Schema | null, value: unknown): Buffer | null {
  const sink = new CollectingSink()
  converter.serialize('t', schema, value, sink)
  return sink.bytes()
}

export function decode(converter: Converter, bytes: Buffer | string | null): SchemaAndValue {
  const into = new SchemaAndValue(null, 'left over')
  const data = typeof bytes === 'string' ? Buffer.from(bytes) : (bytes ?? Buffer.alloc(0))
  converter.deserialize('t', data, 0, bytes === null ? -1 : data.length, into)
  return into
}

export function encodeHeader(
  converter: HeaderConverter,
  schema: Schema | null,
  value: unknown,
): Buffer | null {
  const sink = new CollectingSink()
  converter.serialize('t', 'h', schema, value, sink)
  return sink.bytes()
}

export function decodeHeader(converter: HeaderConverter, bytes: Uint8Array | null): SchemaAndValue {
  const into = new SchemaAndValue(null, 'left over')
  converter.deserialize('t', 'h', bytes, into)
  return into
}
