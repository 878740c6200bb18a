import { connectPostgres } from '../../drivers/postgres.ts'
import type { Dialect, TableId } from '../dialect.ts'
import { identifierParts, inQuotes } from '../identifiers.ts'
import { postgresColumns, postgresOtherParts, postgresTables } from './catalogue.ts'
import { postgresReading } from './reading.ts'
import { postgresWriting } from './writing.ts'

/** Java: io.confluent.connect.jdbc.dialect.PostgreSqlDatabaseDialect */
export const postgres: Dialect = {
  name: 'PostgreSqlDatabaseDialect',
  prefixes: ['jdbc:postgresql:'],
  reading: postgresReading,
  writing: postgresWriting,
  connect: connectPostgres,
  quoted: identifier => inQuotes(identifier, '"'),
  tableId,
  nameParts: ({ schema, name }) => (schema === null ? [name] : [schema, name]),
  tables: postgresTables,
  otherParts: postgresOtherParts,
  columns: postgresColumns,
}

function tableId(text: string): TableId {
  const [name, schema = null, catalog = null] = identifierParts(text, '"').reverse()
  return { catalog, schema, name: name! }
}
