/** Names by which Connect's attributes stand in a JSON Schema, and the other way round. Java: JsonSchemaData */

export const NAMESPACE = 'io.confluent.connect.json'
/** Parameter of a schema that others refer to. */
export const ID_PARAMETER = `${NAMESPACE}.Id`
/** Parameter of a STRING whose values are listed; those that follow begin with it and a point. */
export const ENUM_PARAMETER = `${NAMESPACE}.Enum`
/** The same in any language. Java: io.confluent.connect.schema.ConnectEnum */
export const GENERAL_ENUM_PARAMETER = 'org.apache.kafka.connect.data.Enum'
export const GENERAL_UNION_PREFIX = 'connect_union_'
/** Stands for null among the values of an enumeration. */
export const NULL_SYMBOL = '<NULL>'

export const CONNECT_TYPE = 'connect.type'
export const CONNECT_VERSION = 'connect.version'
export const CONNECT_PARAMETERS = 'connect.parameters'
export const CONNECT_INDEX = 'connect.index'

export const KEY_PROPERTY = 'key'
export const VALUE_PROPERTY = 'value'
