import {
  ConfigException,
  ConnectException,
  type OffsetMap,
  pause,
  type SourceRecord,
  type SourceTask,
  type SourceTaskContext,
} from '#bunnect'
import type { TableId } from '../dialects/dialect.ts'
import type { Connection } from '../drivers/connection.ts'
import { SqlError } from '../drivers/sql-error.ts'
import {
  legacyPartition,
  partitionOf,
  QUERY_PARTITION,
  type RowOffset,
  rowOffset,
  tablePartition,
} from './offsets.ts'
import type { SourceSettings } from './settings.ts'
import { SourceConnection } from './source-connection.ts'
import { checkedTable, queryCriteria } from './table-check.ts'
import { databaseTime, TableReader } from './table-reader.ts'
import { fullName } from './table-selection.ts'

/** SQLSTATE or code of a table that is not there: its task gets others soon. */
const TABLE_IS_GONE = /^(?:42P01|42S02|1146)$/
const BY_THAT_NAME =
  'The catalogue has the table, but its name without quotes, or without its schema, is another: set quote.sql.identifiers=always (Aiven: sql.quote.identifiers=true, table.names.qualify=true).'
const NOW = -1

/** Reads its tables in turn, each as often as `poll.interval.ms` says. Java: io.confluent.connect.jdbc.source.JdbcSourceTask */
export class JdbcSourceTask implements SourceTask {
  readonly #settings: SourceSettings
  readonly #context: SourceTaskContext
  readonly #connection: SourceConnection
  #readers: TableReader[] = []

  constructor(settings: SourceSettings, context: SourceTaskContext) {
    this.#settings = settings
    this.#context = context
    this.#connection = new SourceConnection(settings, context.log, context.signal)
  }

  async start(): Promise<void> {
    const { query, tables, tablesFetched } = this.#settings
    if (query === null && tables.length === 0) {
      if (!tablesFetched) {
        this.#context.log.info('The list of tables is not known yet: waiting for it')
        return
      }
      throw new ConfigException(
        'Task is being killed because it was not assigned a table nor a query to execute.',
        {
          hint: 'No table of the database is selected: look at catalog.pattern, schema.pattern, table.types and the lists of tables; names with schema or catalogue are the safest.',
        },
      )
    }
    if (query !== null && tables.length > 0) {
      throw new ConfigException('Invalid configuration: a task cannot have both a table and a query')
    }
    try {
      const connection = await this.#connection.get()
      this.#readers =
        query !== null ? [await this.#queryReader(connection, query)] : await this.#tableReaders(connection)
    } catch (error) {
      await this.#connection.close()
      throw error
    }
  }

  async poll(): Promise<SourceRecord[] | null> {
    const { signal } = this.#context
    const { pollLingerMs, pollIntervalMs } = this.#settings
    const until = performance.now() + pollLingerMs
    while (!signal.aborted) {
      const reader = this.#next()
      const wait = reader === null ? pollIntervalMs : this.#waitFor(reader)
      if (reader === null || wait > 0) {
        const now = performance.now()
        const linger = until - now
        await pause(Math.min(wait, linger), signal)
        if (wait >= linger) return null
        continue
      }
      const records = await this.#read(reader)
      if (records === null) return null
      if (records.length > 0) return records
      // Tables may be due again as soon as they are read: whoever polls gets its turn, and so does everybody else.
      if (performance.now() >= until) return null
      await turn()
    }
    return null
  }

  async stop(): Promise<void> {
    // What is being read goes with the connection.
    this.#readers = []
    await this.#connection.close()
  }

  async #read(reader: TableReader): Promise<SourceRecord[] | null> {
    const { log, signal } = this.#context
    try {
      const records = await reader.read(await this.#connection.get())
      // What begins anew after a failure has not come further by a batch.
      if (!reader.isReading || this.#settings.mode !== 'bulk') reader.failures = 0
      return records
    } catch (error) {
      // A value that no field can hold ends the task: nobody waits for the rest of the result.
      if (!(error instanceof SqlError)) await this.#connection.close()
      await this.#giveUp(reader)
      if (signal.aborted) return null
      if (!(error instanceof SqlError)) throw error
      if (TABLE_IS_GONE.test(error.state) || /no such table/.test(error.message)) {
        if (reader.table !== null) {
          if (await this.#isListed(reader.table)) {
            throw new ConnectException(`${reader.what}: ${error.message}`, {
              cause: error,
              hint: BY_THAT_NAME,
            })
          }
          log.warn(
            `${reader.what} is not there: ${error.message}. It is tried again until the list of tables is read anew.`,
          )
          return null
        }
      }
      return this.#afterFailure(reader, this.#settings.masked ? withoutText(error) : error)
    }
  }

  /** Whether only SQL does not find it: that does not pass. */
  async #isListed(table: TableId): Promise<boolean> {
    const { dialect, quotes, qualified } = this.#settings
    // With its whole name in quotes it has gone in the meantime.
    if (quotes && qualified) return false
    const listed = (await dialect.columns(await this.#connection.get(), table)) !== null
    if (listed) await this.#connection.close()
    return listed
  }

  async #giveUp(reader: TableReader): Promise<void> {
    try {
      await reader.abandon()
    } catch (error) {
      // The session is not what it was: the next query gets another.
      this.#context.log.debug(`${reader.what}: ${(error as Error).message}`)
      await this.#connection.close()
    }
  }

  async #afterFailure(reader: TableReader, error: SqlError): Promise<null> {
    const { queryRetries } = this.#settings
    if (!error.transient) {
      await this.#connection.close()
      throw new ConnectException(`${reader.what}: ${error.message}`, { cause: error, hint: error.hint })
    }
    if (queryRetries !== null && reader.failures >= queryRetries) {
      await this.#connection.close()
      throw new ConnectException(`Failed to Query table after retries: ${reader.what}: ${error.message}`, {
        cause: error,
      })
    }
    reader.failures++
    const of = queryRetries === null ? '' : ` of ${queryRetries}`
    this.#context.log.error(
      `${reader.what}: ${error.message}; attempt ${reader.failures}${of} to try it again follows`,
    )
    return null
  }

  /** One that is being read goes first, then the one that was read the longest ago. */
  #next(): TableReader | null {
    let next: TableReader | null = null
    for (const reader of this.#readers) {
      if (reader.isReading) return reader
      if (next === null || reader.lastUpdate < next.lastUpdate) next = reader
    }
    return next
  }

  #waitFor(reader: TableReader): number {
    return reader.isReading ? 0 : reader.lastUpdate + this.#settings.pollIntervalMs - performance.now()
  }

  async #queryReader(connection: Connection, query: string): Promise<TableReader> {
    const settings = this.#settings
    const stored = settings.mode === 'bulk' ? null : await this.#context.offsets.offset(QUERY_PARTITION)
    return new TableReader({
      source: query,
      what: 'The query',
      topic: settings.topicPrefix,
      partition: QUERY_PARTITION,
      criteria: queryCriteria(settings),
      offset: await this.#initialOffset(connection, stored),
      settings,
      log: this.#context.log,
    })
  }

  async #tableReaders(connection: Connection): Promise<TableReader[]> {
    const readers: TableReader[] = []
    for (const table of this.#settings.tables) readers.push(await this.#tableReader(connection, table))
    return readers
  }

  async #tableReader(connection: Connection, table: TableId): Promise<TableReader> {
    const settings = this.#settings
    const { dialect } = settings
    const criteria = await checkedTable(connection, table, settings)
    const { partition, stored } = await this.#place(connection, table)
    return new TableReader({
      source: table,
      what: `Table ${fullName(table, dialect)}`,
      topic: settings.topicPrefix + table.name,
      partition,
      criteria,
      offset: await this.#initialOffset(connection, stored),
      settings,
      log: this.#context.log,
    })
  }

  /** Where the table's offset is, and is to be; that of an older release is read, but not written. */
  async #place(
    connection: Connection,
    table: TableId,
  ): Promise<{ partition: OffsetMap; stored: OffsetMap | null }> {
    const { mode, dialect } = this.#settings
    const legacy = legacyPartition(table)
    if (mode === 'bulk') return { partition: legacy, stored: null }
    const partition = tablePartition(table, dialect)
    const other = await dialect.otherParts?.(connection, table)
    const another = other === undefined ? partition : partitionOf(other.join('.'))
    const [own = null, others = null, old = null] = await this.#context.offsets.offsets([
      partition,
      another,
      legacy,
    ])
    if (own === null && others !== null) return { partition: another, stored: others }
    return { partition, stored: own ?? old }
  }

  async #initialOffset(connection: Connection, stored: OffsetMap | null): Promise<RowOffset> {
    if (stored !== null) return rowOffset(stored)
    const { timestampInitial, mode } = this.#settings
    if (timestampInitial === null || !mode.startsWith('timestamp')) return rowOffset(null)
    if (timestampInitial !== NOW) return rowOffset({ timestamp: timestampInitial })
    return { incrementing: null, timestamp: await databaseTime(connection, this.#settings) }
  }
}

/** What waits for the event loop goes first: SQLite answers without it. */
function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

/** Databases quote the statement that they refuse. */
function withoutText({ state, code, transient }: SqlError): SqlError {
  return new SqlError(
    `the database refused it [SQLSTATE ${state}, error ${code}]`,
    { state, code, transient },
    { hint: 'What it says is hidden, as query.masked is: try the statement with a client of the database.' },
  )
}
