import type { Connection } from '../../drivers/connection.ts'
import { typeOf } from '../../drivers/sqlite-cursor.ts'
import type { ColumnDefinition, TableFilter, TableId } from '../dialect.ts'
import { allRows, placeholders } from '../rows.ts'

const KINDS: Readonly<Record<string, string>> = { TABLE: 'table', VIEW: 'view' }

/** Neither catalogues nor schemas: patterns for them are not looked at. */
export async function sqliteTables(connection: Connection, filter: TableFilter): Promise<TableId[]> {
  const kinds = filter.types.flatMap(type => KINDS[type.toUpperCase()] ?? [])
  if (kinds.length === 0) return []
  const rows = await allRows(
    connection,
    `SELECT name FROM sqlite_master WHERE type IN (${placeholders(kinds.length)}) AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
    kinds,
  )
  return rows.map(([name]) => ({ catalog: null, schema: null, name: String(name) }))
}

export async function sqliteColumns(
  connection: Connection,
  table: TableId,
): Promise<ColumnDefinition[] | null> {
  const rows = await allRows(
    connection,
    'SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid',
    [table.name],
  )
  if (rows.length === 0) return null
  const [created] = await allRows(connection, 'SELECT sql FROM sqlite_master WHERE lower(name) = lower(?)', [
    table.name,
  ])
  // Without that word a number may come a second time, when the row with the highest is gone.
  const counts = /\bautoincrement\b/i.test(String(created?.[0] ?? ''))
  return rows.map(([name, declared, notNull, byDefault, key]) => ({
    name: String(name),
    ...typeOf(String(declared)),
    nullable: Number(notNull) === 0,
    autoIncrement: counts && Number(key) === 1,
    primaryKey: Number(key) > 0,
    hasDefault: byDefault !== null,
  }))
}
