import { key, type Parsed } from '../../config/keys.ts'
import { dataKeys } from '../registry/data-keys.ts'

/** Java: io.confluent.connect.avro.AvroDataConfig */
export const avroKeys = {
  ...dataKeys,
  'enhanced.avro.schema.support': key.boolean({
    default: false,
    importance: 'medium',
    doc: 'Whether enums stay enums, and the members of unions are called by their full names.',
  }),
  'scrub.invalid.names': key.boolean({
    default: false,
    importance: 'medium',
    doc: 'Whether characters that no name in Avro may have are replaced.',
  }),
  'connect.meta.data': key.boolean({
    default: true,
    importance: 'low',
    doc: "Whether what Avro's schemas lack (versions, docs, parameters, names) is added to them.",
  }),
  'discard.type.doc.default': key.boolean({
    default: false,
    importance: 'low',
    doc: 'Whether only docs and defaults of fields are kept, not those of types.',
  }),
  'allow.optional.map.keys': key.boolean({
    default: false,
    importance: 'low',
    doc: 'Whether a map whose keys are optional strings becomes an Avro map.',
  }),
  'flatten.singleton.unions': key.boolean({
    default: true,
    importance: 'low',
    doc: 'Whether a union of one type is read as that type.',
  }),
}

export interface AvroOptions {
  readonly cacheSize: number
  readonly generalized: boolean
  readonly ignoreDefault: boolean
  readonly enhanced: boolean
  readonly scrub: boolean
  readonly metaData: boolean
  readonly discardTypeDoc: boolean
  readonly optionalMapKeys: boolean
  readonly flattenSingletons: boolean
}

export function avroOptions(config: Parsed<typeof avroKeys>): AvroOptions {
  return {
    cacheSize: Math.max(1, config['schemas.cache.config']),
    generalized: config['generalized.sum.type.support'],
    ignoreDefault: config['ignore.default.for.nullables'],
    enhanced: config['enhanced.avro.schema.support'],
    scrub: config['scrub.invalid.names'],
    metaData: config['connect.meta.data'],
    discardTypeDoc: config['discard.type.doc.default'],
    optionalMapKeys: config['allow.optional.map.keys'],
    flattenSingletons: config['flatten.singleton.unions'],
  }
}
