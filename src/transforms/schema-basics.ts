import type { Schema } from '../data/schema.ts'
import type { SchemaBuilder } from '../data/schema-builder.ts'

/**
 * Name, version, doc and parameters; neither optionality nor default.
 * Java: org.apache.kafka.connect.transforms.util.SchemaUtil.copySchemaBasics
 */
export function copySchemaBasics(source: Schema, builder: SchemaBuilder): SchemaBuilder {
  builder.name(source.name).version(source.version).doc(source.doc)
  return source.parameters === null ? builder : builder.parameters(source.parameters)
}
