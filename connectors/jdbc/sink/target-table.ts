import type { ColumnDefinition, Dialect, TableId } from '../dialects/dialect.ts'
import type { WriteTarget } from '../dialects/writing.ts'
import type { RecordFields } from './record-fields.ts'

/** A table as the catalogue has it. Java: io.confluent.connect.jdbc.util.TableDefinition */
export class TargetTable {
  readonly #byName: ReadonlyMap<string, ColumnDefinition>
  readonly #byLowerName: ReadonlyMap<string, readonly ColumnDefinition[]>

  constructor(
    /** As statements name it. */
    readonly sqlName: string,
    readonly kind: string,
    readonly columns: readonly ColumnDefinition[],
  ) {
    this.#byName = new Map(columns.map(column => [column.name, column]))
    this.#byLowerName = Map.groupBy(columns, column => column.name.toLowerCase())
  }

  /** The column of that name, or the only one that has it in another case. */
  column(name: string): ColumnDefinition | null {
    const exact = this.#byName.get(name)
    if (exact !== undefined) return exact
    const others = this.#byLowerName.get(name.toLowerCase())
    return others?.length === 1 ? others[0]! : null
  }

  /** For fields that all have their column. */
  targetOf({ keys, columns }: RecordFields, quoted: (name: string) => string): WriteTarget {
    const column = (name: string) => this.column(name)!
    const all = [...keys, ...columns].map(({ name }) => column(name))
    return {
      table: this.sqlName,
      keys: keys.map(({ name }) => quoted(column(name).name)),
      columns: columns.map(({ name }) => quoted(column(name).name)),
      types: all.map(({ type }) => type),
      scales: all.map(({ scale }) => scale),
    }
  }
}

export function quoting(dialect: Dialect, quotes: boolean): (name: string) => string {
  return quotes ? name => dialect.quoted(name) : name => name
}

/** The name of a table in statements. */
export function sqlNameOf(dialect: Dialect, table: TableId, quotes: boolean): string {
  return dialect.nameParts(table).map(quoting(dialect, quotes)).join('.')
}

/** A table's id as the catalogue has it. Java: parseTableIdentifier of PostgreSqlDatabaseDialect and OracleDatabaseDialect */
export function tableIdOf(dialect: Dialect, text: string, quotes: boolean): TableId {
  const { maxNameBytes, foldsNames } = dialect.writing
  const { catalog, schema, name } = dialect.tableId(text)
  const folded = (part: string) => {
    if (quotes || foldsNames === null) return part
    return foldsNames === 'lower' ? part.toLowerCase() : part.toUpperCase()
  }
  return { catalog, schema: schema && folded(schema), name: cut(folded(name), maxNameBytes) }
}

/** To so many bytes, whole letters, as the database cuts it. */
function cut(name: string, most: number | null): string {
  if (most === null || Buffer.byteLength(name) <= most) return name
  const letters = [...name]
  while (Buffer.byteLength(letters.join('')) > most) letters.pop()
  return letters.join('')
}
