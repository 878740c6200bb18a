import { ConnectSchema, type Schema } from '../data/schema.ts'

/** The same but for that. Java: AvroData.nonOptional, JsonSchemaData.nonOptional */
export function nonOptional(schema: Schema): Schema {
  if (!schema.optional) return schema
  const { type } = schema
  return new ConnectSchema(type, {
    defaultValue: schema.defaultValue,
    name: schema.name,
    version: schema.version,
    doc: schema.doc,
    parameters: schema.parameters,
    fields: type === 'STRUCT' ? schema.fields : null,
    keySchema: type === 'MAP' ? schema.keySchema : null,
    valueSchema: type === 'MAP' || type === 'ARRAY' ? schema.valueSchema : null,
  })
}
