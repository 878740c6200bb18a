import type { Connection } from '../../drivers/connection.ts'
import { sizeOf } from '../../drivers/postgres-catalogue.ts'
import type { ColumnDefinition, TableFilter, TableId } from '../dialect.ts'
import { allRows } from '../rows.ts'

const USERS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"

/** Java: org.postgresql.jdbc.PgDatabaseMetaData.tableTypeClauses */
const TYPES: Readonly<Record<string, string>> = {
  TABLE: `c.relkind = 'r' AND ${USERS}`,
  'PARTITIONED TABLE': `c.relkind = 'p' AND ${USERS}`,
  VIEW: `c.relkind = 'v' AND ${USERS}`,
  'MATERIALIZED VIEW': `c.relkind = 'm' AND ${USERS}`,
  'FOREIGN TABLE': `c.relkind = 'f' AND ${USERS}`,
  'SYSTEM TABLE': "c.relkind = 'r' AND n.nspname IN ('pg_catalog', 'information_schema')",
  'SYSTEM VIEW': "c.relkind = 'v' AND n.nspname IN ('pg_catalog', 'information_schema')",
  'TEMPORARY TABLE': "c.relkind IN ('r', 'p') AND n.nspname ~ '^pg_temp_'",
}

/** One connection sees one catalogue: its pattern is not looked at, as with the JVM's driver. */
export async function postgresTables(connection: Connection, filter: TableFilter): Promise<TableId[]> {
  const clauses = filter.types.flatMap(type => {
    const clause =
      TYPES[
        type
          .toUpperCase()
          .replace(/^(?:GLOBAL|LOCAL) /, '')
          .replace(/^TEMPORARY$/, 'TEMPORARY TABLE')
      ]
    return clause === undefined ? [] : [`(${clause})`]
  })
  if (clauses.length === 0) return []
  const { schemaPattern } = filter
  const values = schemaPattern ? [schemaPattern] : []
  const rows = await allRows(
    connection,
    `SELECT current_database(), n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE (${clauses.join(' OR ')})${schemaPattern ? ' AND n.nspname LIKE ?' : ''} ORDER BY 2, 3`,
    values,
  )
  return rows.map(([catalog, schema, name]) => ({
    catalog: String(catalog),
    schema: String(schema),
    name: String(name),
  }))
}

/** Since 42.7.5 the JVM's driver says which database a table is in, and names of tables begin with it. */
export async function postgresOtherParts(connection: Connection, table: TableId): Promise<string[]> {
  const rows = await allRows(connection, 'SELECT current_database()')
  return [String(rows[0]![0]), ...(table.schema === null ? [] : [table.schema]), table.name]
}

/** Without a schema it is the table that the search path finds first. */
export async function postgresColumns(
  connection: Connection,
  table: TableId,
): Promise<ColumnDefinition[] | null> {
  const where = table.schema === null ? 'pg_catalog.pg_table_is_visible(c.oid)' : 'n.nspname = ?'
  const found = await allRows(
    connection,
    `SELECT c.oid::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname = ? AND ${where}`,
    table.schema === null ? [table.name] : [table.name, table.schema],
  )
  const oid = found[0]?.[0]
  if (oid === undefined) return null
  const rows = await allRows(
    connection,
    `SELECT a.attname, CASE t.typtype WHEN 'd' THEN b.typname ELSE t.typname END,
       a.attnotnull OR (t.typtype = 'd' AND t.typnotnull),
       CASE t.typtype WHEN 'd' THEN t.typtypmod ELSE a.atttypmod END,
       a.attidentity <> '' OR COALESCE(pg_catalog.pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%', false),
       COALESCE(a.attnum = ANY(k.conkey), false),
       a.attidentity <> '' OR a.atthasdef
     FROM pg_catalog.pg_attribute a
     JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
     LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
     LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     LEFT JOIN pg_catalog.pg_constraint k ON k.conrelid = a.attrelid AND k.contype = 'p'
     WHERE a.attrelid = ?::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [oid],
  )
  return rows.map(([name, type, notNull, modifier, autoIncrement, primaryKey, hasDefault]) => ({
    name: String(name),
    type: String(type),
    nullable: notNull !== 't',
    ...sizeOf(String(type), Number(modifier)),
    unsigned: false,
    autoIncrement: autoIncrement === 't',
    primaryKey: primaryKey === 't',
    hasDefault: hasDefault === 't',
  }))
}
