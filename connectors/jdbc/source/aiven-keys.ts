import { atLeast, key } from '#bunnect'
import { connector, database, mode, sharedSourceKeys } from './keys.ts'

/** Java: io.aiven.connect.jdbc.source.JdbcSourceConnectorConfig */
export const aivenSourceKeys = {
  ...sharedSourceKeys,
  'timestamp.initial.ms': key.long({
    ...mode,
    doc: 'Where to begin without an offset, in milliseconds since 1970.',
    importance: 'low',
    default: 0,
  }),
  'incrementing.initial': key.long({
    ...mode,
    doc: 'Rows with a higher number are read where there is no offset.',
    importance: 'low',
    default: -1,
  }),
  'table.names.qualify': key.boolean({
    ...mode,
    doc: 'Whether queries name tables with their schema or catalogue.',
    importance: 'low',
    default: true,
  }),
  'batch.max.rows': key.int({
    ...connector,
    doc: 'How many rows are read at once and handed on together, at most.',
    importance: 'low',
    default: 100,
    validator: atLeast(1),
    width: 'short',
    displayName: 'Max Rows Per Batch',
  }),
  'sql.quote.identifiers': key.boolean({
    ...database,
    doc: 'Whether names stand in quotes.',
    importance: 'medium',
    default: true,
  }),
}
