import { connectSqlServer } from '../../drivers/sqlserver.ts'
import { type Dialect, STANDARD_LEVELS, type TableId } from '../dialect.ts'
import { identifierParts } from '../identifiers.ts'
import { bracketed, sqlServerColumns, sqlServerTables } from './catalogue.ts'
import { sqlServerReading } from './reading.ts'
import { sqlServerWriting } from './writing.ts'

/** Java: io.confluent.connect.jdbc.dialect.SqlServerDatabaseDialect */
export const sqlServer: Dialect = {
  name: 'SqlServerDatabaseDialect',
  prefixes: ['jdbc:sqlserver:', 'jdbc:microsoft:sqlserver:'],
  reading: sqlServerReading,
  writing: sqlServerWriting,
  connect: connectSqlServer,
  isolationStatement: level => `SET TRANSACTION ISOLATION LEVEL ${STANDARD_LEVELS[level] ?? 'SNAPSHOT'}`,
  quoted: bracketed,
  tableId,
  nameParts: ({ catalog, schema, name }) => [
    ...(catalog === null ? [] : [catalog]),
    ...(schema === null ? [] : [schema]),
    name,
  ],
  tables: sqlServerTables,
  columns: sqlServerColumns,
}

function tableId(text: string): TableId {
  const [name, schema = null, catalog = null] = identifierParts(text, '["').reverse()
  return { catalog, schema, name: name! }
}
