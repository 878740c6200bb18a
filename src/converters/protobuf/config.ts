import { key, type Parsed } from '../../config/keys.ts'
import { dataKeys } from '../registry/data-keys.ts'

/** Java: io.confluent.connect.protobuf.ProtobufDataConfig */
export const protobufKeys = {
  ...dataKeys,
  'enhanced.protobuf.schema.support': key.boolean({
    default: false,
    importance: 'medium',
    doc: 'Whether schemas are called by the full names of messages, with their packages.',
  }),
  'scrub.invalid.names': key.boolean({
    default: false,
    importance: 'medium',
    doc: 'Whether characters that no name in Protobuf may have are replaced.',
  }),
  'int.for.enums': key.boolean({
    default: false,
    importance: 'medium',
    doc: 'Whether enums are read as their numbers, not as their names.',
  }),
  'optional.for.nullables': key.boolean({
    default: false,
    importance: 'medium',
    doc: 'Whether optional fields get the label optional, so that null and the default value differ.',
  }),
  'optional.for.proto2': key.boolean({
    default: true,
    importance: 'medium',
    doc: 'Whether an optional field of proto2 that is not set is null, not its default value.',
  }),
  'wrapper.for.nullables': key.boolean({
    default: false,
    importance: 'medium',
    doc: "Whether optional fields become Google's wrapper messages, so that null and the default value differ.",
  }),
  'wrapper.for.raw.primitives': key.boolean({
    default: true,
    importance: 'medium',
    doc: 'Whether a record that is one of the wrapper messages is read as the value in it.',
  }),
  'generate.struct.for.nulls': key.boolean({
    default: false,
    importance: 'medium',
    doc: 'Whether a field that is not set is read as its default value, a message as one with default values.',
  }),
  'generate.index.for.unions': key.boolean({
    default: true,
    importance: 'low',
    doc: 'Whether the name of the field for a oneof ends with _ and its index.',
  }),
  'flatten.unions': key.boolean({
    default: false,
    importance: 'medium',
    doc: 'Whether the members of a oneof become fields of the struct itself.',
  }),
}

export interface ProtobufOptions {
  readonly generalized: boolean
  readonly ignoreDefault: boolean
  readonly fullNames: boolean
  readonly scrub: boolean
  readonly intForEnums: boolean
  readonly optionalForNullables: boolean
  readonly optionalForProto2: boolean
  readonly wrapperForNullables: boolean
  readonly wrapperForRaw: boolean
  readonly structForNulls: boolean
  readonly unionIndex: boolean
  readonly flattenUnions: boolean
}

/** `schemas.cache.config` bounds nothing here: what is compiled lives as long as the schema that it is for. */
export function protobufOptions(config: Parsed<typeof protobufKeys>): ProtobufOptions {
  return {
    generalized: config['generalized.sum.type.support'],
    ignoreDefault: config['ignore.default.for.nullables'],
    fullNames: config['enhanced.protobuf.schema.support'],
    scrub: config['scrub.invalid.names'],
    intForEnums: config['int.for.enums'],
    optionalForNullables: config['optional.for.nullables'],
    optionalForProto2: config['optional.for.proto2'],
    wrapperForNullables: config['wrapper.for.nullables'],
    wrapperForRaw: config['wrapper.for.raw.primitives'],
    structForNulls: config['generate.struct.for.nulls'],
    unionIndex: config['generate.index.for.unions'],
    flattenUnions: config['flatten.unions'],
  }
}
