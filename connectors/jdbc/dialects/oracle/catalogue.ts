import type { Connection } from '../../drivers/connection.ts'
import type { ColumnDefinition, TableFilter, TableId } from '../dialect.ts'
import { allRows, numberOrNull, placeholders, textOrNull } from '../rows.ts'

/** Java: oracle.jdbc.OracleDatabaseMetaData.getTableTypes */
const TYPES: readonly string[] = ['TABLE', 'VIEW', 'SYNONYM']

/** There are no catalogues: a pattern for them is not looked at, as with the JVM's driver. */
export async function oracleTables(connection: Connection, filter: TableFilter): Promise<TableId[]> {
  const types = filter.types.map(type => type.toUpperCase()).filter(type => TYPES.includes(type))
  const { schemaPattern } = filter
  // An object without a schema is one that there is not.
  if (types.length === 0 || schemaPattern === '') return []
  const schema = schemaPattern === null ? '' : " AND OWNER LIKE ? ESCAPE '/'"
  const rows = await allRows(
    connection,
    `SELECT OWNER, OBJECT_NAME FROM ALL_OBJECTS WHERE OBJECT_TYPE IN (${placeholders(types.length)})${schema} ORDER BY 1, 2`,
    // The other databases' escape is one here too.
    schemaPattern === null ? types : [...types, schemaPattern.replace(/\\([%_])/g, '/$1')],
  )
  return rows.map(([owner, name]) => ({ catalog: null, schema: String(owner), name: String(name) }))
}

/** Without a schema it is a table of the session's own, or what a synonym there, or one of all, stands for. */
export async function oracleColumns(
  connection: Connection,
  table: TableId,
): Promise<ColumnDefinition[] | null> {
  const schema = table.schema ?? (await currentSchema(connection))
  const found = await columnsOf(connection, schema, table.name)
  if (found !== null || table.schema !== null) return found
  const [synonym] = await allRows(
    connection,
    `SELECT TABLE_OWNER, TABLE_NAME FROM ALL_SYNONYMS
     WHERE SYNONYM_NAME = ? AND OWNER IN (?, 'PUBLIC') AND DB_LINK IS NULL
     ORDER BY CASE OWNER WHEN 'PUBLIC' THEN 1 ELSE 0 END`,
    [table.name, schema],
  )
  return synonym === undefined ? null : columnsOf(connection, String(synonym[0]), String(synonym[1]))
}

async function currentSchema(connection: Connection): Promise<string> {
  const rows = await allRows(connection, "SELECT SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') FROM DUAL")
  return String(rows[0]![0])
}

async function columnsOf(
  connection: Connection,
  schema: string,
  table: string,
): Promise<ColumnDefinition[] | null> {
  const rows = await allRows(
    connection,
    `SELECT COLUMN_NAME, DATA_TYPE, NULLABLE, DATA_PRECISION, DATA_SCALE, CHAR_LENGTH, DEFAULT_LENGTH, IDENTITY_COLUMN
     FROM ALL_TAB_COLUMNS WHERE OWNER = ? AND TABLE_NAME = ? ORDER BY COLUMN_ID`,
    [schema, table],
  )
  if (rows.length === 0) return null
  const keys = await allRows(
    connection,
    `SELECT CC.COLUMN_NAME FROM ALL_CONSTRAINTS C
     JOIN ALL_CONS_COLUMNS CC ON CC.OWNER = C.OWNER AND CC.CONSTRAINT_NAME = C.CONSTRAINT_NAME AND CC.TABLE_NAME = C.TABLE_NAME
     WHERE C.OWNER = ? AND C.TABLE_NAME = ? AND C.CONSTRAINT_TYPE = 'P'`,
    [schema, table],
  )
  const primaryKey = new Set(keys.map(([name]) => String(name)))
  return rows.map(([name, type, nullable, precision, scale, length, defaultLength, identity]) => ({
    name: String(name),
    type: typeName(textOrNull(type) ?? ''),
    nullable: nullable === 'Y',
    // Of other types than characters the length is 0.
    precision: numberOrNull(precision) ?? (Number(length) || null),
    scale: numberOrNull(scale),
    unsigned: false,
    autoIncrement: identity === 'YES',
    primaryKey: primaryKey.has(String(name)),
    hasDefault: identity === 'YES' || defaultLength !== null,
  }))
}

/** `TIMESTAMP(6) WITH TIME ZONE` without its digits. */
function typeName(type: string): string {
  return type.replaceAll(/\(\d+\)/g, '')
}
