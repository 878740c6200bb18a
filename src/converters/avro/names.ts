/** The words by which Connect and Avro schemas tell each other what one of them lacks. Java: AvroData */
export const NAMESPACE = 'io.confluent.connect.avro'

export const DEFAULT_NAME = 'ConnectDefault'
export const DEFAULT_FULL_NAME = `${NAMESPACE}.${DEFAULT_NAME}`
export const MAP_ENTRY = 'MapEntry'
export const KEY_FIELD = 'key'
export const VALUE_FIELD = 'value'
export const ANYTHING = `${NAMESPACE}.Anything`

// Properties of Avro types.
export const CONNECT_NAME = 'connect.name'
export const CONNECT_DOC = 'connect.doc'
export const CONNECT_VERSION = 'connect.version'
export const CONNECT_DEFAULT = 'connect.default'
export const CONNECT_PARAMETERS = 'connect.parameters'
export const CONNECT_TYPE = 'connect.type'
export const CONNECT_INTERNAL_TYPE = 'connect.internal.type'
export const LOGICAL_TYPE = 'logicalType'
/** What begins with it is a property as well as a parameter. */
export const AVRO_PREFIX = 'avro'

// Parameters of Connect schemas.
export const RECORD_DOC = `${NAMESPACE}.record.doc`
export const ENUM_DOC_PREFIX = `${NAMESPACE}.enum.doc.`
export const ENUM_DEFAULT_PREFIX = `${NAMESPACE}.enum.default.`
export const FIELD_DOC_PREFIX = `${NAMESPACE}.field.doc.`
export const FIELD_DEFAULT_FLAG = `${NAMESPACE}.field.default`
/** Used instead of the docs above by `discard.type.doc.default`. */
export const CONNECT_RECORD_DOC = 'connect.record.doc'
export const CONNECT_ENUM_DOC = 'connect.enum.doc'
export const AVRO_ENUM = `${NAMESPACE}.Enum`
export const AVRO_UNION = `${NAMESPACE}.Union`
export const GENERALIZED_ENUM = 'org.apache.kafka.connect.data.Enum'
export const GENERALIZED_UNION = 'org.apache.kafka.connect.data.Union'
export const GENERALIZED_UNION_PREFIX = 'connect_union_'
export const GENERALIZED_FIELD_PREFIX = 'connect_union_field_'
export const FIXED_SIZE = 'connect.fixed.size'
export const DECIMAL_PRECISION = 'connect.decimal.precision'
export const DEFAULT_PRECISION = 64
