/** What the tests of the converter share: formats by their options, sinks, bytes both ways. */
import { parseConfig } from '../../../src/config/validate.ts'
import { protobufKeys, protobufOptions } from '../../../src/converters/protobuf/config.ts'
import { ProtobufFormat } from '../../../src/converters/protobuf/protobuf-format.ts'
import type { ByteSink } from '../../../src/data/bytes.ts'
import { type Schema, SchemaAndValue } from '../../../src/data/schema.ts'
import { type ProtobufSchema, protobufFormat } from '../../../src/formats/protobuf/protobuf-schema.ts'

/** As a worker makes it of the keys of a config. */
export function formatOf(config: Readonly<Record<string, string>> = {}): ProtobufFormat {
  return new ProtobufFormat(protobufOptions(parseConfig(protobufKeys, config)))
}

export class Bytes implements ByteSink {
  bytes: Buffer = Buffer.alloc(0)
  putNull(): void {
    throw new Error('no null was expected')
  }
  putBytes(bytes: Uint8Array, length = bytes.length): void {
    this.bytes = Buffer.concat([this.bytes, bytes.subarray(0, length)])
  }
  putUtf8(): void {
    throw new Error('no text was expected')
  }
}

/** With the message indexes before them. */
export function write(
  format: ProtobufFormat,
  schema: Schema,
  value: unknown,
  target?: ProtobufSchema,
): Buffer {
  const sink = new Bytes()
  format.writer(schema, target ?? format.schemaOf(schema, value))(value, sink)
  return sink.bytes
}

export function read(
  format: ProtobufFormat,
  schema: ProtobufSchema,
  data: Uint8Array,
  version: number | null = null,
): SchemaAndValue {
  const into = new SchemaAndValue()
  const padded = Buffer.concat([Buffer.from('xxx'), data, Buffer.from('yy')])
  format.reader(schema, version)(padded, 3, 3 + data.length, into)
  return into
}

/** A message without its indexes. */
export function readMessage(
  format: ProtobufFormat,
  text: string,
  hex: string,
  version: number | null = null,
): SchemaAndValue {
  const schema = protobufFormat.parse(text, [])
  return read(format, schema, Buffer.from(`00${hex.replaceAll(/\s/g, '')}`, 'hex'), version)
}
