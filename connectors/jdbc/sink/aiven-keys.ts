import { type ConfigSpec, key, satisfies } from '#bunnect'
import { choice, sharedSinkKeys } from './shared-keys.ts'

/** Java: io.aiven.connect.jdbc.sink.JdbcSinkConfig */
export const aivenSinkKeys = {
  ...sharedSinkKeys,
  'insert.mode': key.string({
    doc: 'insert, multi (the same here: rows go together in any case), upsert or update.',
    importance: 'high',
    default: 'insert',
    validator: choice('insert', 'multi', 'upsert', 'update'),
    group: 'Writes',
    orderInGroup: 1,
    width: 'medium',
    displayName: 'Insert Mode',
  }),
  'sql.quote.identifiers': key.boolean({
    doc: 'Whether names of tables and columns are quoted.',
    importance: 'medium',
    default: true,
    group: 'Connection',
    orderInGroup: 6,
    width: 'medium',
    displayName: 'Quote Identifiers',
  }),
  'table.name.normalize': key.boolean({
    doc: 'Whether everything but letters, digits and _ in the name of a table becomes _.',
    importance: 'medium',
    default: false,
    group: 'Data Mapping',
    orderInGroup: 6,
    width: 'long',
    displayName: 'Table Name Normalize',
  }),
  'topics.to.tables.mapping': key.list({
    doc: 'Tables of topics, topic:table for each, in place of table.name.format.',
    importance: 'medium',
    optional: true,
    validator: satisfies(
      value =>
        value?.every(entry => /^[^:]+:[^:]+$/.test(entry)) === false
          ? 'Invalid topics to tables mapping'
          : null,
      'topic:table,…',
    ),
    group: 'Data Mapping',
    orderInGroup: 7,
    width: 'long',
    displayName: 'Topics To Tables Mapping',
  }),
  'handle.tombstone': key.boolean({
    doc: 'Whether records without a value are left out.',
    importance: 'medium',
    default: false,
  }),
} as const satisfies ConfigSpec
