import { SchemaFormats } from './formats.ts'

/** In Java's order, which `/schemas/types` shows. */
export function builtInFormats(): SchemaFormats {
  return new SchemaFormats({
    JSON: async () => (await import('../formats/json-schema/json-schema.ts')).jsonSchemaFormat(),
    PROTOBUF: async () => (await import('../formats/protobuf/protobuf-schema.ts')).protobufFormat,
    AVRO: async () => (await import('../formats/avro/avro-schema.ts')).avroFormat,
  })
}
