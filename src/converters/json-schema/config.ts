import { key, type Parsed } from '../../config/keys.ts'
import { oneOfIgnoringCase } from '../../config/validators.ts'
import { dataKeys } from '../registry/data-keys.ts'

/** Java: io.confluent.connect.json.JsonSchemaDataConfig, and of the serializers `json.fail.invalid.schema` */
export const jsonSchemaKeys = {
  ...dataKeys,
  'object.additional.properties': key.boolean({
    default: true,
    importance: 'medium',
    doc: 'Whether the schemas of objects allow properties that they do not name.',
  }),
  'use.optional.for.nonrequired': key.boolean({
    default: false,
    importance: 'medium',
    doc: 'Whether properties that are not required become optional fields.',
  }),
  'preserve.additional.properties': key.boolean({
    default: false,
    importance: 'medium',
    doc: 'Whether properties that a schema allows without naming them are kept, in a map beside the fields.',
  }),
  'ignore.modern.dialects': key.boolean({
    default: false,
    importance: 'low',
    doc: 'Whether schemas of the drafts 2019-09 and 2020-12 are read as draft 7.',
  }),
  'decimal.format': key.string({
    default: 'BASE64',
    importance: 'low',
    validator: oneOfIgnoringCase('BASE64', 'NUMERIC'),
    doc: "Controls which format this converter will serialize decimals in. This value is case insensitive and can be either 'BASE64' (default) or 'NUMERIC'",
  }),
  'flatten.singleton.unions': key.boolean({
    default: true,
    importance: 'low',
    doc: 'Whether a union of one type is read as that type.',
  }),
  'json.fail.invalid.schema': key.boolean({
    default: false,
    importance: 'low',
    doc: 'Whether payloads are checked against their JSON Schema, in bounds, patterns and all.',
  }),
}

export interface JsonSchemaOptions {
  readonly generalized: boolean
  readonly ignoreDefault: boolean
  readonly openObjects: boolean
  readonly optionalUnlessRequired: boolean
  readonly keepAdditional: boolean
  readonly ignoreModern: boolean
  readonly numericDecimals: boolean
  readonly flattenSingletons: boolean
  readonly validates: boolean
}

export function jsonSchemaOptions(config: Parsed<typeof jsonSchemaKeys>): JsonSchemaOptions {
  return {
    generalized: config['generalized.sum.type.support'],
    ignoreDefault: config['ignore.default.for.nullables'],
    openObjects: config['object.additional.properties'],
    optionalUnlessRequired: config['use.optional.for.nonrequired'],
    keepAdditional: config['preserve.additional.properties'],
    ignoreModern: config['ignore.modern.dialects'],
    numericDecimals: config['decimal.format'].toUpperCase() === 'NUMERIC',
    flattenSingletons: config['flatten.singleton.unions'],
    validates: config['json.fail.invalid.schema'],
  }
}
