import { connectSqlite } from '../../drivers/sqlite.ts'
import { type Dialect, STANDARD_LEVELS } from '../dialect.ts'
import { identifierParts, inQuotes } from '../identifiers.ts'
import { sqliteColumns, sqliteTables } from './catalogue.ts'
import { sqliteReading } from './reading.ts'
import { sqliteWriting } from './writing.ts'

/** Java: io.confluent.connect.jdbc.dialect.SqliteDatabaseDialect */
export const sqlite: Dialect = {
  name: 'SqliteDatabaseDialect',
  prefixes: ['jdbc:sqlite:'],
  reading: sqliteReading,
  writing: sqliteWriting,
  connect: connectSqlite,
  // Its transactions are serializable, and more than what was asked for is no harm.
  isolationStatement: level => (STANDARD_LEVELS[level] === undefined ? null : ''),
  quoted: identifier => inQuotes(identifier, '"'),
  tableId: text => ({ catalog: null, schema: null, name: identifierParts(text, '"`').at(-1)! }),
  nameParts: ({ name }) => [name],
  tables: sqliteTables,
  columns: sqliteColumns,
}
