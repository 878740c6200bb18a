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
    return {
      table: this.sqlName,
      keys: keys.map(({ name }) => quoted(column(name).name)),
      columns: columns.map(({ name }) => quoted(column(name).name)),
      types: [...keys, ...columns].map(({ name }) => column(name).type),
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

/** A table's id, its name cut as the database would cut it. Java: PostgreSqlDatabaseDialect.parseTableIdentifier */
export function tableIdOf(dialect: Dialect, text: string): TableId {
  const id = dialect.tableId(text)
  const { maxNameBytes } = dialect.writing
  if (maxNameBytes === null || Buffer.byteLength(id.name) <= maxNameBytes) return id
  let name = id.name.slice(0, maxNameBytes)
  while (Buffer.byteLength(name) > maxNameBytes) name = [...name].slice(0, -1).join('')
  return { ...id, name }
}
