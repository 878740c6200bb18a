import type { Connection } from '../../drivers/connection.ts'
import { MysqlConnection } from '../../drivers/mysql.ts'
import type { ColumnDefinition, TableFilter, TableId } from '../dialect.ts'
import { allRows, numberOrNull, placeholders } from '../rows.ts'

const SYSTEM = "TABLE_SCHEMA IN ('mysql', 'information_schema', 'performance_schema', 'sys')"

/** Java: com.mysql.cj.jdbc.DatabaseMetaData.getTables */
const TYPES: Readonly<Record<string, string>> = {
  TABLE: `TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') AND NOT ${SYSTEM}`,
  VIEW: `TABLE_TYPE = 'VIEW' AND NOT ${SYSTEM}`,
  'SYSTEM TABLE': `TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') AND ${SYSTEM}`,
  'SYSTEM VIEW': `TABLE_TYPE IN ('VIEW', 'SYSTEM VIEW') AND ${SYSTEM}`,
}

/** A catalogue is a database; schemas there are none, so that a pattern for them is not looked at. */
export async function mysqlTables(connection: Connection, filter: TableFilter): Promise<TableId[]> {
  const clauses = filter.types.flatMap(type => {
    const clause = TYPES[type.toUpperCase()]
    return clause === undefined ? [] : [`(${clause})`]
  })
  if (clauses.length === 0) return []
  const onlyCurrent = connection instanceof MysqlConnection && connection.nullCatalogMeansCurrent
  const { catalogPattern } = filter
  let catalog = ''
  if (catalogPattern !== null) catalog = ' AND TABLE_SCHEMA LIKE ?'
  else if (onlyCurrent) catalog = ' AND TABLE_SCHEMA = DATABASE()'
  const rows = await allRows(
    connection,
    `SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE (${clauses.join(' OR ')})${catalog} ORDER BY 1, 2`,
    catalogPattern === null ? [] : [catalogPattern],
  )
  return rows.map(([schema, name]) => ({ catalog: String(schema), schema: null, name: String(name) }))
}

/** Without a catalogue it is a table of the session's database. */
export async function mysqlColumns(
  connection: Connection,
  table: TableId,
): Promise<ColumnDefinition[] | null> {
  const where = table.catalog === null ? 'TABLE_SCHEMA = DATABASE()' : `TABLE_SCHEMA IN (${placeholders(1)})`
  const rows = await allRows(
    connection,
    `SELECT COLUMN_NAME, UPPER(DATA_TYPE), COLUMN_TYPE, IS_NULLABLE, NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION,
       EXTRA, COLUMN_KEY, COLUMN_DEFAULT, CHARACTER_MAXIMUM_LENGTH
     FROM information_schema.COLUMNS WHERE TABLE_NAME = ? AND ${where} ORDER BY ORDINAL_POSITION`,
    table.catalog === null ? [table.name] : [table.name, table.catalog],
  )
  if (rows.length === 0) return null
  return rows.map(
    ([name, type, full, nullable, precision, scale, fraction, extra, columnKey, byDefault, length]) => {
      const autoIncrement = /auto_increment/i.test(String(extra))
      const width = /\((\d+)\)/.exec(String(full))?.[1]
      // How wide it is shown tells a tinyint(1), and how long it is a bit(n).
      const shown = /^(?:BIT|TINYINT|YEAR)$/.test(String(type)) && width !== undefined ? Number(width) : null
      return {
        name: String(name),
        type: String(type),
        nullable: String(nullable).toUpperCase() === 'YES',
        precision: shown ?? numberOrNull(precision) ?? numberOrNull(length),
        scale: numberOrNull(scale) ?? numberOrNull(fraction),
        unsigned: /\bunsigned\b/i.test(String(full)),
        autoIncrement,
        primaryKey: columnKey === 'PRI',
        hasDefault:
          autoIncrement || /generated/i.test(String(extra)) || (byDefault !== null && byDefault !== 'NULL'),
      }
    },
  )
}
