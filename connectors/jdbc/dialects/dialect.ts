/** What differs from database to database. Java: io.confluent.connect.jdbc.dialect.DatabaseDialect */
import type { Connection, ConnectionSettings } from '../drivers/connection.ts'
import type { ReadingDialect } from './reading.ts'
import type { WritingDialect } from './writing.ts'

export type { ConnectionSettings }

/** A table by its parts; absent ones are null. Java: io.confluent.connect.jdbc.util.TableId */
export interface TableId {
  readonly catalog: string | null
  readonly schema: string | null
  readonly name: string
}

/** A column as the catalogue has it. Java: io.confluent.connect.jdbc.util.ColumnDefinition */
export interface ColumnDefinition {
  readonly name: string
  readonly type: string
  readonly nullable: boolean
  readonly precision: number | null
  readonly scale: number | null
  readonly unsigned: boolean
  readonly autoIncrement: boolean
  readonly primaryKey: boolean
  readonly hasDefault: boolean
}

export interface TableFilter {
  /** SQL LIKE patterns; '' = only objects without one, null = any. */
  readonly catalogPattern: string | null
  readonly schemaPattern: string | null
  /** TABLE, VIEW, PARTITIONED TABLE … */
  readonly types: readonly string[]
}

/** Java: io.confluent.connect.jdbc.source.TransactionIsolationMode, but for DEFAULT. */
export type Isolation =
  | 'READ_UNCOMMITED'
  | 'READ_COMMITED'
  | 'REPEATABLE_READ'
  | 'SERIALIZABLE'
  | 'SQL_SERVER_SNAPSHOT'

/** As SQL has them; that of SQL Server alone is in nobody else's. */
export const STANDARD_LEVELS: Readonly<Partial<Record<Isolation, string>>> = {
  READ_UNCOMMITED: 'READ UNCOMMITTED',
  READ_COMMITED: 'READ COMMITTED',
  REPEATABLE_READ: 'REPEATABLE READ',
  SERIALIZABLE: 'SERIALIZABLE',
}

export interface Dialect {
  /** `dialect.name`: PostgreSqlDatabaseDialect … */
  readonly name: string
  /** What a URL of it begins with: `jdbc:postgresql:`. */
  readonly prefixes: readonly string[]
  readonly reading: ReadingDialect
  readonly writing: WritingDialect
  /** @throws ConnectException for a URL or property it cannot honour, SqlError when the database refuses */
  connect(settings: ConnectionSettings): Promise<Connection>
  /**
   * Sets the level of a session's transactions; null where the database has no such level, '' where there is nothing to
   * be set.
   */
  isolationStatement(level: Isolation): string | null
  /** The identifier in the dialect's quotes, quotes within it doubled. */
  quoted(identifier: string): string
  /** `a.b.c`, quoted or not, in the dialect's order of parts. Java: parseTableIdentifier */
  tableId(text: string): TableId
  /** The parts that a FQN of this database has: `schema.table` (Postgres), `catalog.table` (MySQL) … */
  nameParts(table: TableId): string[]
  tables(connection: Connection, filter: TableFilter): Promise<TableId[]>
  /** The parts by which other releases of the JVM's driver know a table, where they differ from `nameParts`. */
  otherParts?(connection: Connection, table: TableId): Promise<string[]>
  /** Null where there is no such table. */
  columns(connection: Connection, table: TableId): Promise<ColumnDefinition[] | null>
}
