import { key } from '../../config/keys.ts'

/** What every language's converter asks. Java: io.confluent.connect.schema.AbstractDataConfig */
export const dataKeys = {
  'schemas.cache.config': key.int({
    default: 1000,
    importance: 'low',
    doc: 'Size of the converted schemas cache',
  }),
  'generalized.sum.type.support': key.boolean({
    default: false,
    importance: 'medium',
    doc: 'Whether enums and unions are told in a way that other schema languages understand too.',
  }),
  'ignore.default.for.nullables': key.boolean({
    default: false,
    importance: 'medium',
    doc: 'Whether a null in a nullable field stays null although the field has a default.',
  }),
}
