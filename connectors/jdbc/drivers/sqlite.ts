import type { Database, SQLQueryBindings } from 'bun:sqlite'
import { ConnectException } from '#bunnect'
import type { Cell, Connection, ConnectionSettings, Cursor, SqlValue } from './connection.ts'
import { DriverProperties } from './driver-properties.ts'
import { SqlError } from './sql-error.ts'
import { bindings, SqliteCursor } from './sqlite-cursor.ts'
import { sqliteError } from './sqlite-error.ts'

/** `jdbc:sqlite:<path>`, `jdbc:sqlite::memory:`, `jdbc:sqlite:` (in memory). Java: org.sqlite.JDBC */
export async function connectSqlite(settings: ConnectionSettings): Promise<Connection> {
  const [, name = '', query = ''] = /^jdbc:sqlite:([^?]*)(?:\?([\s\S]*))?$/i.exec(settings.url.trim()) ?? []
  const properties = new DriverProperties(Object.fromEntries(new URLSearchParams(query)), settings.properties)
  const mode = properties.text('open_mode', 'mode')
  const readOnly = mode === '1' || mode === 'ro'
  const busyTimeout = properties.number('busy_timeout') ?? 3000
  const foreignKeys = properties.flag('foreign_keys') ?? false
  const journalMode = properties.text('journal_mode')
  const synchronous = properties.text('synchronous')
  const counts = 'Take it away: times are written as milliseconds since 1970, and read as those or as texts.'
  properties.only('date_class', 'integer', counts)
  properties.only('date_precision', 'milliseconds', counts)
  // Files have no users.
  properties.pointless('cache', 'date_string_format', 'transaction_mode', 'user', 'password')
  properties.refuseRest(settings.warn)
  if (name.startsWith(':resource:')) {
    throw new ConnectException(`connection.url jdbc:sqlite:${name} is within a Java archive: name a file`)
  }
  const path = name === '' ? ':memory:' : name.replace(/^file:(?:\/\/)?/, '')
  const { Database: Sqlite } = await import('bun:sqlite')
  let database: Database
  try {
    database = new Sqlite(path, {
      safeIntegers: true,
      readonly: readOnly,
      create: !readOnly,
      readwrite: !readOnly,
    })
  } catch (error) {
    throw sqliteError(error, `Cannot open the SQLite database ${path}`)
  }
  const connection = new SqliteConnection(database)
  try {
    database.run(`PRAGMA busy_timeout = ${busyTimeout}`)
    database.run(`PRAGMA foreign_keys = ${foreignKeys ? 'ON' : 'OFF'}`)
    if (journalMode !== null) database.run(`PRAGMA journal_mode = ${word(journalMode, 'journal_mode')}`)
    if (synchronous !== null) database.run(`PRAGMA synchronous = ${word(synchronous, 'synchronous')}`)
  } catch (error) {
    await connection.close()
    throw sqliteError(error, `Cannot open the SQLite database ${path}`)
  }
  return connection
}

function word(text: string, name: string): string {
  if (/^\w+$/.test(text)) return text
  throw new ConnectException(`The connection's property ${name} is '${text}': it is one word`)
}

/** A database in this process: what takes it long takes this process long. */
class SqliteConnection implements Connection {
  readonly #database: Database
  #open = true
  #rows: SqliteCursor | null = null

  constructor(database: Database) {
    this.#database = database
  }

  get isOpen(): boolean {
    return this.#open
  }

  async execute(sql: string, values?: readonly SqlValue[]): Promise<number> {
    return this.#run(() => {
      // What has no parameters may be several statements.
      if (values === undefined || values.length === 0) return this.#database.run(sql).changes
      return this.#database.query(sql).run(...bindings(values)).changes
    })
  }

  async query(sql: string, values: readonly SqlValue[] = []): Promise<Cursor> {
    return this.#run(() => {
      // What another process has altered is only noticed by a statement that runs.
      this.#database.query('SELECT 1 FROM sqlite_master LIMIT 1').get()
      const statement = this.#database.prepare<Record<string, Cell>, SQLQueryBindings[]>(sql)
      const cursor = new SqliteCursor(statement, bindings(values), this.#run)
      this.#rows = cursor
      return cursor
    })
  }

  begin(): Promise<void> {
    return this.#simple('BEGIN')
  }

  commit(): Promise<void> {
    return this.#simple('COMMIT')
  }

  rollback(): Promise<void> {
    return this.#simple('ROLLBACK')
  }

  async close(): Promise<void> {
    if (!this.#open) return
    await this.#rows?.close()
    this.#open = false
    this.#database.close()
  }

  async #simple(sql: string): Promise<void> {
    this.#run(() => this.#database.run(sql))
  }

  #run = <T>(work: () => T): T => {
    if (!this.#open) {
      throw new SqlError('The SQLite database is closed', { state: '08003', code: '', transient: true })
    }
    try {
      return work()
    } catch (error) {
      throw sqliteError(error, 'SQLite refused')
    }
  }
}
