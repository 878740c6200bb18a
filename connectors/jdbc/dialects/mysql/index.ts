import { connectMysql } from '../../drivers/mysql-connect.ts'
import { type Dialect, STANDARD_LEVELS, type TableId } from '../dialect.ts'
import { identifierParts, inQuotes } from '../identifiers.ts'
import { mysqlColumns, mysqlTables } from './catalogue.ts'
import { mysqlReading } from './reading.ts'
import { mysqlWriting } from './writing.ts'

/** MySQL and MariaDB. Java: io.confluent.connect.jdbc.dialect.MySqlDatabaseDialect */
export const mysql: Dialect = {
  name: 'MySqlDatabaseDialect',
  prefixes: ['jdbc:mysql:', 'jdbc:mariadb:'],
  reading: mysqlReading,
  writing: mysqlWriting,
  connect: connectMysql,
  isolationStatement: level =>
    STANDARD_LEVELS[level] === undefined
      ? null
      : `SET SESSION TRANSACTION ISOLATION LEVEL ${STANDARD_LEVELS[level]}`,
  quoted: identifier => inQuotes(identifier, '`'),
  tableId,
  nameParts: ({ catalog, name }) => (catalog === null ? [name] : [catalog, name]),
  tables: mysqlTables,
  columns: mysqlColumns,
}

function tableId(text: string): TableId {
  const [name, catalog = null] = identifierParts(text, '`"').reverse()
  return { catalog, schema: null, name: name! }
}
