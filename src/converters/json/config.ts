import { key } from '../../config/keys.ts'
import { oneOfIgnoringCase } from '../../config/validators.ts'
import { CONVERTER_TYPE, converterType } from '../converter-type.ts'

/** Java: org.apache.kafka.connect.json.JsonConverterConfig */
export const jsonConfig = {
  [CONVERTER_TYPE]: converterType,
  'schemas.enable': key.boolean({
    default: true,
    importance: 'high',
    group: 'Schemas',
    orderInGroup: 0,
    width: 'medium',
    displayName: 'Enable Schemas',
    doc: 'Include schemas within each of the serialized values and keys.',
  }),
  'schemas.cache.size': key.int({
    default: 1000,
    importance: 'high',
    group: 'Schemas',
    orderInGroup: 1,
    width: 'medium',
    displayName: 'Schema Cache Size',
    doc: 'The maximum number of schemas that can be cached in this converter instance.',
  }),
  'schema.content': key.string({
    optional: true,
    importance: 'high',
    group: 'Schemas',
    orderInGroup: 2,
    width: 'medium',
    displayName: 'Schema Content',
    doc: "When set, this is used as the schema for all messages, and the schemas within each of the message will be ignored.Otherwise, the schema will be included in the content of each message. This configuration applies only 'schemas.enable' is true, and it exclusively affects the sink connector.",
  }),
  'decimal.format': key.string({
    default: 'BASE64',
    importance: 'low',
    validator: oneOfIgnoringCase('NUMERIC', 'BASE64'),
    group: 'Serialization',
    orderInGroup: 0,
    width: 'medium',
    displayName: 'Decimal Format',
    doc: "Controls which format this converter will serialize decimals in. This value is case insensitive and can be either 'BASE64' (default) or 'NUMERIC'",
  }),
  'replace.null.with.default': key.boolean({
    default: true,
    importance: 'low',
    group: 'Serialization',
    orderInGroup: 1,
    width: 'medium',
    displayName: 'Replace null with default',
    doc: 'Whether to replace fields that have a default value and that are null to the default value. When set to true, the default value is used, otherwise null is used.',
  }),
}

export interface JsonOptions {
  /** BASE64 text or a JSON number for decimals. */
  readonly numericDecimals: boolean
  readonly replaceNullWithDefault: boolean
  /**
   * As JSON Schema has it, not Kafka's envelope: entries of a map are objects, a field without value is left out, a
   * union is the value of its one field, errors tell the field. Java: io.confluent.connect.json.JsonSchemaData
   */
  readonly jsonSchema?: boolean
  /** Members that no field stands for are kept in one that stands for them all. */
  readonly additional?: boolean
}
