import type { Schema } from '../../data/schema.ts'

/** The name of a STRUCT that stands for `oneOf` and `anyOf`, and what the names of its fields begin with. */
export const ONE_OF_NAME = 'io.confluent.connect.json.OneOf'
/** Parameter of a STRUCT that is a union in any language. Java: io.confluent.connect.schema.ConnectUnion */
export const UNION_PARAMETER = 'org.apache.kafka.connect.data.Union'

/** A STRUCT of whose fields one has a value. Java: JsonSchemaData.isUnionSchema */
export function isUnion(schema: Schema): boolean {
  return schema.name === ONE_OF_NAME || isGeneralUnion(schema)
}

export function isGeneralUnion(schema: Schema): boolean {
  return schema.parameters?.has(UNION_PARAMETER) ?? false
}
