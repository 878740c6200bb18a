import { isIntegral, isObject, type JsonDocument, member, nodeType } from '../../data/json/node.ts'
import type { Field, Schema } from '../../data/schema.ts'

/** The name of a STRUCT that stands for `oneOf` and `anyOf`, and what the names of its fields begin with. */
export const ONE_OF_NAME = 'io.confluent.connect.json.OneOf'
/** Parameter of a STRUCT that is a union in any language. Java: io.confluent.connect.schema.ConnectUnion */
export const UNION_PARAMETER = 'org.apache.kafka.connect.data.Union'

/** A STRUCT of whose fields one has a value. Java: JsonSchemaData.isUnionSchema */
export function isUnion(schema: Schema): boolean {
  return schema.name === ONE_OF_NAME || isGeneralUnion(schema)
}

function isGeneralUnion(schema: Schema): boolean {
  return schema.parameters?.has(UNION_PARAMETER) ?? false
}

/** The first field whose type the value has, else that of the objects with most members in common. */
export function unionField(schema: Schema, node: JsonDocument): Field | null {
  let most = -1
  let matching: Field | null = null
  for (const field of schema.fields) {
    if (isOfType(field.schema, node)) return field
    const common = membersInCommon(field.schema, node)
    if (common <= most) continue
    most = common
    matching = field
  }
  return matching
}

/** Java: JsonSchemaData.isInstanceOfSchemaTypeForSimpleSchema */
function isOfType(schema: Schema, node: JsonDocument): boolean {
  switch (schema.type) {
    case 'INT8':
    case 'INT16':
    case 'INT32':
    case 'INT64':
      return isIntegral(node)
    case 'FLOAT32':
    case 'FLOAT64':
      return nodeType(node) === 'NUMBER'
    case 'BOOLEAN':
      return typeof node === 'boolean'
    case 'STRING':
      return typeof node === 'string'
    case 'BYTES':
      return nodeType(node) === 'NUMBER' && !isIntegral(node)
    case 'ARRAY':
      return Array.isArray(node)
    case 'MAP':
      return isObject(node) || Array.isArray(node)
    case 'STRUCT':
      return false
  }
}

function membersInCommon(schema: Schema, node: JsonDocument): number {
  if (schema.type !== 'STRUCT' || !isObject(node)) return -1
  return schema.fields.filter(field => member(node, field.name) !== undefined).length
}
