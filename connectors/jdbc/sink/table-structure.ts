import { ConnectException, type Logger } from '#bunnect'
import type { Dialect, TableId } from '../dialects/dialect.ts'
import { columnText } from '../dialects/writing/statements.ts'
import type { SinkField } from '../dialects/writing.ts'
import type { Connection } from '../drivers/connection.ts'
import { SqlError } from '../drivers/sql-error.ts'
import { hintFor } from './failures.ts'
import type { RecordFields } from './record-fields.ts'
import type { SinkSettings } from './settings.ts'
import { quoting, sqlNameOf, TargetTable } from './target-table.ts'

const KINDS = ['TABLE', 'PARTITIONED TABLE', 'VIEW', 'MATERIALIZED VIEW', 'FOREIGN TABLE', 'TEMPORARY TABLE']

/**
 * Sees to it that tables have the columns that are to be written. Statements run outside of transactions: some
 * databases would end one with them. Java: io.confluent.connect.jdbc.sink.DbStructure
 */
export class TableStructure {
  readonly #known = new Map<string, TargetTable>()
  readonly #quoted: (name: string) => string

  constructor(
    private readonly dialect: Dialect,
    private readonly settings: SinkSettings,
    private readonly log: Logger,
  ) {
    this.#quoted = quoting(dialect, settings.quotes)
  }

  /** What was known may no longer hold. */
  forget(): void {
    this.#known.clear()
  }

  /** Null for a table that is missing. */
  async table(connection: Connection, id: TableId): Promise<TargetTable | null> {
    return this.#known.get(this.#sqlName(id)) ?? (await this.#read(connection, id))
  }

  /**
   * The table, with a column for each field.
   * @throws ConnectException where it is missing, or columns of it, and may not be made; SqlError
   */
  async ensure(connection: Connection, id: TableId, fields: RecordFields): Promise<TargetTable> {
    const table = (await this.table(connection, id)) ?? (await this.#create(connection, id, fields))
    if (this.#missing(table, fields).length === 0) return table
    return this.#amend(connection, id, fields)
  }

  #sqlName(id: TableId): string {
    return sqlNameOf(this.dialect, id, this.settings.quotes)
  }

  async #read(connection: Connection, id: TableId): Promise<TargetTable | null> {
    const sqlName = this.#sqlName(id)
    this.#known.delete(sqlName)
    const columns = await this.dialect.columns(connection, id)
    if (columns === null) return null
    const kind = await this.#kindOf(connection, id)
    if (!this.settings.tableTypes.includes(kind)) {
      throw new ConnectException(
        `${sqlName} is a ${kind}, and table.types allows only ${this.settings.tableTypes.join(', ')}`,
        { hint: `Add ${kind} to table.types, or change table.name.format.` },
      )
    }
    const table = new TargetTable(sqlName, kind, columns)
    this.#known.set(sqlName, table)
    return table
  }

  async #kindOf(connection: Connection, id: TableId): Promise<string> {
    const { catalog, schema, name } = id
    const like = (text: string | null) => text?.replace(/[\\%_]/g, '\\$&') ?? null
    for (const kind of KINDS) {
      const filter = { catalogPattern: like(catalog), schemaPattern: like(schema), types: [kind] }
      const tables = await this.dialect.tables(connection, filter)
      if (tables.some(table => table.name.toLowerCase() === name.toLowerCase())) return kind
    }
    return 'TABLE'
  }

  async #create(connection: Connection, id: TableId, fields: RecordFields): Promise<TargetTable> {
    const sqlName = this.#sqlName(id)
    if (!this.settings.autoCreate) {
      throw new ConnectException(`Table ${sqlName} is missing and auto-creation is disabled`, {
        hint: 'Create it, or set auto.create=true; table.name.format makes its name of that of the topic.',
      })
    }
    const keys = fields.all.filter(({ primaryKey }) => primaryKey).map(({ name }) => this.#quoted(name))
    const sql = this.dialect.writing.createTable(sqlName, this.#columnTexts(fields.all), keys)
    this.log.info(`Creating table with sql: ${sql}`)
    let refused: SqlError | null = null
    try {
      await connection.execute(sql)
    } catch (error) {
      if (!(error instanceof SqlError) || !connection.isOpen) throw error
      this.log.warn(`Create failed, will attempt amend if table already exists: ${error.message}`)
      refused = error
    }
    const table = await this.#read(connection, id)
    if (table !== null) return table
    if (refused === null) {
      throw new ConnectException(`Table ${sqlName} was created, but the catalogue does not have it`, {
        hint: 'Does its name differ in case? With quote.sql.identifiers=never databases change that of names.',
      })
    }
    if (refused.transient) throw refused
    throw new ConnectException(`Cannot create table ${sqlName}: ${refused.message}`, {
      cause: refused,
      hint: hintFor(refused) ?? 'Create the table by hand, with columns for the fields of the records.',
    })
  }

  /** Another task may have done it: what is known is read again first, and after each failure. */
  async #amend(connection: Connection, id: TableId, fields: RecordFields): Promise<TargetTable> {
    for (let retries = this.settings.maxRetries; ; retries--) {
      const table = await this.#read(connection, id)
      if (table === null) return this.#create(connection, id, fields)
      const missing = this.#missing(table, fields)
      if (missing.length === 0) return table
      const shown = missing.map(({ name }) => name).join(', ')
      this.#refuseToAmend(table, missing, shown)
      const statements = this.dialect.writing.addColumns(table.sqlName, this.#columnTexts(missing))
      this.log.info(`Amending TABLE to add missing fields: ${shown} with SQL: ${statements.join('; ')}`)
      try {
        for (const sql of statements) await connection.execute(sql)
      } catch (error) {
        if (!(error instanceof SqlError) || !connection.isOpen) throw error
        if (retries <= 0) {
          throw new ConnectException(
            `Failed to amend TABLE ${table.sqlName} to add missing fields: ${shown}: ${error.message}`,
            { cause: error, hint: error.hint },
          )
        }
        this.log.warn(`Amend failed, re-attempting: ${error.message}`)
      }
    }
  }

  #missing(table: TargetTable, { all }: RecordFields): SinkField[] {
    return all.filter(({ name }) => table.column(name) === null)
  }

  #refuseToAmend({ sqlName, kind }: TargetTable, missing: readonly SinkField[], shown: string): void {
    if (kind !== 'TABLE') {
      throw new ConnectException(
        `${capitalized(kind)} ${sqlName} is missing fields (${shown}) and ALTER ${kind} is unsupported`,
        {
          hint: 'Add the columns by hand, or leave the fields out with fields.whitelist.',
        },
      )
    }
    const required = missing.find(({ schema }) => !schema.optional && schema.defaultValue === null)
    if (required !== undefined) {
      throw new ConnectException(
        `Cannot ALTER TABLE ${sqlName} to add missing field ${required.name}, as the field is not optional and does not have a default value`,
        {
          hint: 'Let the field be optional or give it a default where its schema is written, or add the column by hand.',
        },
      )
    }
    if (!this.settings.autoEvolve) {
      throw new ConnectException(
        `Table ${sqlName} is missing fields (${shown}) and auto-evolution is disabled`,
        {
          hint: 'Add the columns, set auto.evolve=true, or leave the fields out with fields.whitelist.',
        },
      )
    }
  }

  #columnTexts(fields: readonly SinkField[]): string[] {
    return fields.map(field =>
      columnText(this.#quoted(field.name), field, this.dialect.writing, this.settings.writing),
    )
  }
}

function capitalized(kind: string): string {
  return kind.toLowerCase().replace(/^./, letter => letter.toUpperCase())
}
