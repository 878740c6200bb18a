import { connectOracle } from '../../drivers/oracle.ts'
import { type Dialect, STANDARD_LEVELS, type TableId } from '../dialect.ts'
import { identifierParts, inQuotes } from '../identifiers.ts'
import { oracleColumns, oracleTables } from './catalogue.ts'
import { oracleReading } from './reading.ts'
import { oracleWriting } from './writing.ts'

/** Java: io.confluent.connect.jdbc.dialect.OracleDatabaseDialect */
export const oracle: Dialect = {
  name: 'OracleDatabaseDialect',
  prefixes: ['jdbc:oracle:'],
  reading: oracleReading,
  writing: oracleWriting,
  connect: connectOracle,
  // It has two of them. Java: oracle.jdbc.driver.PhysicalConnection.setTransactionIsolation
  isolationStatement: level =>
    level === 'READ_COMMITED' || level === 'SERIALIZABLE'
      ? `ALTER SESSION SET ISOLATION_LEVEL = ${STANDARD_LEVELS[level]}`
      : null,
  quoted: identifier => inQuotes(identifier, '"'),
  tableId,
  nameParts: ({ schema, name }) => (schema === null ? [name] : [schema, name]),
  tables: oracleTables,
  columns: oracleColumns,
}

function tableId(text: string): TableId {
  const [name, schema = null, catalog = null] = identifierParts(text, '"').reverse()
  return { catalog, schema, name: name! }
}
