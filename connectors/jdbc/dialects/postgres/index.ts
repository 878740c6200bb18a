import { connectPostgres } from '../../drivers/postgres-connect.ts'
import { type Dialect, STANDARD_LEVELS, type TableId } from '../dialect.ts'
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
  isolationStatement: level =>
    STANDARD_LEVELS[level] === undefined
      ? null
      : `SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL ${STANDARD_LEVELS[level]}`,
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
