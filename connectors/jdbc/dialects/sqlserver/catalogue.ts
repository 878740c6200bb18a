import type { Connection } from '../../drivers/connection.ts'
import type { ColumnDefinition, TableFilter, TableId } from '../dialect.ts'
import { allRows } from '../rows.ts'

/** Of sys.objects. Java: com.microsoft.sqlserver.jdbc.SQLServerDatabaseMetaData.getTables, by sp_tables */
const KINDS: Readonly<Record<string, string>> = { TABLE: 'U', VIEW: 'V', 'SYSTEM TABLE': 'S' }

/** Without a pattern of catalogues those of the session's database. */
export async function sqlServerTables(connection: Connection, filter: TableFilter): Promise<TableId[]> {
  const { catalogPattern, schemaPattern } = filter
  const kinds = filter.types.flatMap(type => KINDS[type.toUpperCase()] ?? [])
  // There is no table without a database or a schema.
  if (kinds.length === 0 || catalogPattern === '' || schemaPattern === '') return []
  const list = kinds.map(kind => `'${kind}'`).join(', ')
  const like = schemaPattern === null ? '' : ` AND s.name LIKE ? ${ESCAPE}`
  const tables: TableId[] = []
  for (const catalog of await databases(connection, catalogPattern)) {
    const from = `${bracketed(catalog)}.sys`
    const rows = await allRows(
      connection,
      `SELECT s.name, o.name FROM ${from}.objects o JOIN ${from}.schemas s ON s.schema_id = o.schema_id
       WHERE o.type IN (${list})${like} ORDER BY 1, 2`,
      schemaPattern === null ? [] : [pattern(schemaPattern)],
    )
    tables.push(...rows.map(([schema, name]) => ({ catalog, schema: String(schema), name: String(name) })))
  }
  return tables
}

const ESCAPE = "ESCAPE '\\'"

/** A bracket stands for a set of letters in Transact-SQL alone. */
function pattern(text: string): string {
  return text.replaceAll('[', '\\[')
}

async function databases(connection: Connection, catalogPattern: string | null): Promise<string[]> {
  const rows =
    catalogPattern === null
      ? await allRows(connection, 'SELECT DB_NAME()')
      : await allRows(
          connection,
          `SELECT name FROM sys.databases WHERE name LIKE ? ${ESCAPE} AND HAS_DBACCESS(name) = 1 ORDER BY 1`,
          [pattern(catalogPattern)],
        )
  return rows.map(([name]) => String(name))
}

/** Without a schema it is the table that the session finds by that name. */
export async function sqlServerColumns(
  connection: Connection,
  { catalog, schema, name }: TableId,
): Promise<ColumnDefinition[] | null> {
  const from = catalog === null ? 'sys' : `${bracketed(catalog)}.sys`
  const parts = catalog === null && schema === null ? [name] : [schema ?? '', name]
  const whole = (catalog === null ? parts : [catalog, ...parts]).map(part =>
    part === '' ? '' : bracketed(part),
  )
  const rows = await allRows(
    connection,
    `SELECT c.name, COALESCE(b.name, t.name), c.is_nullable, c.precision, c.scale, c.max_length, c.is_identity,
       CASE WHEN k.column_id IS NULL THEN 0 ELSE 1 END,
       CASE WHEN c.default_object_id <> 0 OR c.is_identity = 1 OR c.is_computed = 1 OR t.name = 'timestamp' THEN 1 ELSE 0 END
     FROM ${from}.columns c
     JOIN ${from}.objects o ON o.object_id = c.object_id AND o.type IN ('U', 'V', 'S')
     JOIN ${from}.types t ON t.user_type_id = c.user_type_id
     LEFT JOIN ${from}.types b ON b.user_type_id = c.system_type_id
     LEFT JOIN (
       SELECT x.object_id, x.column_id FROM ${from}.index_columns x
       JOIN ${from}.indexes i ON i.object_id = x.object_id AND i.index_id = x.index_id WHERE i.is_primary_key = 1
     ) k ON k.object_id = c.object_id AND k.column_id = c.column_id
     WHERE c.object_id = OBJECT_ID(?) ORDER BY c.column_id`,
    [whole.join('.')],
  )
  if (rows.length === 0) return null
  return rows.map(([column, type, nullable, precision, scale, length, identity, primaryKey, hasDefault]) => ({
    name: String(column),
    type: String(type),
    nullable: isTrue(nullable),
    precision: sizeOf(String(type), Number(length), Number(precision)),
    scale: Number(scale),
    unsigned: type === 'tinyint',
    autoIncrement: isTrue(identity),
    primaryKey: isTrue(primaryKey),
    hasDefault: isTrue(hasDefault),
  }))
}

function isTrue(cell: unknown): boolean {
  return Number(cell) === 1
}

/** Of texts in letters, of binaries in bytes, null where they have no end. */
function sizeOf(type: string, bytes: number, precision: number): number | null {
  if (!/char|binary/.test(type)) return precision
  if (bytes < 0) return null
  return type.startsWith('n') ? bytes / 2 : bytes
}

export function bracketed(identifier: string): string {
  return `[${identifier.replaceAll(']', ']]')}]`
}
