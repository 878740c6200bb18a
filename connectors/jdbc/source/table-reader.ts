import { ConnectException, type Logger, type OffsetMap, SourceRecord } from '#bunnect'
import type { TableId } from '../dialects/dialect.ts'
import type { Timestamp } from '../dialects/reading.ts'
import type { Cell, Connection, Cursor, ResultColumn, SqlValue } from '../drivers/connection.ts'
import { isBefore, offsetMap, type RowOffset, timestampOf } from './offsets.ts'
import { RowMapping } from './row-mapping.ts'
import { incrementingReader, timestampReader } from './row-position.ts'
import type { SourceSettings } from './settings.ts'
import { type Criteria, type Parameter, statement } from './statements.ts'

export interface ReaderOptions {
  /** A table, or the text of a query. */
  readonly source: TableId | string
  /** For people: `Table public.orders`, `The query`. */
  readonly what: string
  readonly topic: string
  readonly partition: OffsetMap
  readonly criteria: Criteria
  readonly offset: RowOffset
  readonly settings: SourceSettings
  readonly log: Logger
}

/** A row that waits for the next one, which says whether its timestamp is read to its end. */
interface Pending {
  readonly value: Cell[]
  readonly timestamp: Timestamp
}

/** An open result. */
interface Reading {
  readonly connection: Connection
  readonly cursor: Cursor
  readonly mapping: RowMapping
  /** Where a row stands; null of what the mode does not look at. */
  readonly incrementing: ((row: readonly Cell[]) => number | bigint) | null
  readonly timestamp: ((row: readonly Cell[]) => Timestamp) | null
  pending: Pending | null
  /** The batch after the one that was handed on: the database works while records are made. */
  ahead: Promise<Cell[][]> | null
}

function ahead(cursor: Cursor, rows: number): Promise<Cell[][]> {
  const next = cursor.next(rows)
  // Whoever asks for it is told; after an end by other reasons nobody does.
  next.catch(() => {})
  return next
}

/**
 * Reads one table, or the query, again and again from where it stood.
 * Java: BulkTableQuerier, TimestampIncrementingTableQuerier, TimestampTableQuerier
 */
export class TableReader {
  /** When the last query ended, in performance.now() ms. */
  lastUpdate = Number.NEGATIVE_INFINITY
  /** Queries that failed one after the other. */
  failures = 0
  readonly what: string
  /** Null of a query. */
  readonly table: TableId | null
  readonly #options: ReaderOptions
  readonly #valueOf: (timestamp: Timestamp) => SqlValue
  #mapping: RowMapping | null = null
  #reading: Reading | null = null
  /** Of the last row that was handed on. */
  #offset: RowOffset
  #told = ''

  constructor(options: ReaderOptions) {
    this.#options = options
    this.what = options.what
    this.table = typeof options.source === 'string' ? null : options.source
    this.#offset = options.offset
    this.#valueOf = options.settings.dialect.reading.timestampValue(options.settings.reading.timeZone)
  }

  get isReading(): boolean {
    return this.#reading !== null
  }

  /** The next rows, at most `batch.max.rows`, and no more of large ones than a cursor gives at once; the query has ended when `isReading` is false then. */
  async read(connection: Connection): Promise<SourceRecord[]> {
    this.#reading ??= await this.#begin(connection)
    const reading = this.#reading
    const wanted = this.#options.settings.batchRows
    const rows = await (reading.ahead ?? reading.cursor.next(wanted))
    const ended = reading.cursor.isOver
    reading.ahead = ended ? null : ahead(reading.cursor, wanted)
    const records = this.#records(reading, rows, ended)
    if (ended) await this.#end(reading)
    return records
  }

  /** Gives the result up: the next query begins where the records handed on end. */
  async abandon(): Promise<void> {
    const reading = this.#reading
    this.#reading = null
    this.lastUpdate = performance.now()
    if (reading === null || !reading.connection.isOpen) return
    await reading.cursor.close()
    await reading.connection.rollback()
  }

  async #begin(connection: Connection): Promise<Reading> {
    const { source, criteria, settings } = this.#options
    const { sql, parameters } = statement(source, criteria, settings)
    this.#tell(sql)
    await connection.begin()
    try {
      const values = await this.#values(connection, parameters)
      const nullability = await this.#nullability(connection)
      const cursor = await connection.query(sql, parameters.length === 0 ? undefined : values)
      const mapping = this.#mappingOf(
        nullability === null
          ? cursor.columns
          : cursor.columns.map(column => ({ ...column, nullable: nullability.get(column.name) ?? null })),
      )
      const { incrementing, timestamps } = criteria
      return {
        connection,
        cursor,
        mapping,
        incrementing: incrementing === null ? null : incrementingReader(mapping, incrementing, settings),
        timestamp: timestamps.length === 0 ? null : timestampReader(mapping, timestamps, settings),
        pending: null,
        ahead: null,
      }
    } catch (error) {
      if (connection.isOpen) await connection.close()
      throw error
    }
  }

  async #end(reading: Reading): Promise<void> {
    this.#reading = null
    this.lastUpdate = performance.now()
    try {
      await reading.cursor.close()
      await reading.connection.commit()
    } catch (error) {
      // The rows are there: they are handed on, and the next query gets another session.
      this.#options.log.warn(
        `${this.what}: the transaction of its query did not end well: ${(error as Error).message}`,
      )
      await reading.connection.close()
    }
  }

  async #values(connection: Connection, parameters: readonly Parameter[]): Promise<SqlValue[]> {
    const { settings } = this.#options
    const begin = this.#valueOf(this.#offset.timestamp ?? { seconds: 0, nanos: 0 })
    const end = parameters.includes('end')
      ? this.#valueOf(await databaseTime(connection, settings, settings.timestampDelayMs))
      : null
    const incrementing = this.#offset.incrementing ?? settings.incrementingInitial
    return parameters.map(each => (each === 'begin' ? begin : each === 'end' ? end : incrementing))
  }

  /** By column whether it may be null, where a result does not tell. */
  async #nullability(connection: Connection): Promise<ReadonlyMap<string, boolean> | null> {
    const { source, settings } = this.#options
    const { dialect } = settings
    if (typeof source === 'string' || !dialect.reading.nullabilityByCatalogue) return null
    const columns = (await dialect.columns(connection, source)) ?? []
    return new Map(columns.map(({ name, nullable }) => [name, nullable]))
  }

  /** The same one as long as the columns stay the same, so that nobody downstream sees a new schema. */
  #mappingOf(columns: readonly ResultColumn[]): RowMapping {
    if (this.#mapping?.fits(columns)) return this.#mapping
    const { source, settings, log } = this.#options
    const name = typeof source === 'string' ? null : source.name
    const { dialect, reading } = settings
    this.#mapping = new RowMapping(name, this.what, columns, dialect.reading, reading)
    for (const { name: column, type } of this.#mapping.leftOut) {
      log.warn(`${this.what}: column ${column} is left out, no field can hold its type ${type}`)
    }
    return this.#mapping
  }

  #records(reading: Reading, rows: readonly Cell[][], ended: boolean): SourceRecord[] {
    const { incrementing, timestamp } = reading
    if (timestamp !== null && incrementing === null) return this.#timestampRecords(reading, rows, ended)
    return rows.map(row => {
      if (incrementing === null) return this.#record(reading, row, null)
      this.#offset = { incrementing: incrementing(row), timestamp: timestamp?.(row) ?? null }
      return this.#record(reading, row, offsetMap(this.#offset))
    })
  }

  /**
   * An offset only moves to a timestamp when no more rows with it follow: what comes again after a failure are rows
   * that were sent, what would be missing otherwise are those of the same time.
   */
  #timestampRecords(reading: Reading, rows: readonly Cell[][], ended: boolean): SourceRecord[] {
    const records: SourceRecord[] = []
    const put = (pending: Pending, next: Timestamp | null) => {
      if (next === null || isBefore(pending.timestamp, next)) {
        this.#offset = { incrementing: null, timestamp: pending.timestamp }
      }
      records.push(this.#record(reading, pending.value, offsetMap(this.#offset)))
    }
    for (const value of rows) {
      const timestamp = reading.timestamp!(value)
      if (reading.pending !== null) put(reading.pending, timestamp)
      reading.pending = { value, timestamp }
    }
    if (ended && reading.pending !== null) {
      put(reading.pending, null)
      reading.pending = null
    }
    return records
  }

  #record({ mapping }: Reading, row: readonly Cell[], offset: OffsetMap | null): SourceRecord {
    const { partition, topic } = this.#options
    return new SourceRecord(partition, offset, topic, null, null, null, mapping.schema, mapping.struct(row))
  }

  #tell(sql: string): void {
    if (sql === this.#told) return
    this.#told = sql
    if (typeof this.#options.source !== 'string') this.#options.log.info(`Begin using SQL query: ${sql}`)
  }
}

/** The database's clock, so many milliseconds ago, in whole milliseconds. */
export async function databaseTime(
  connection: Connection,
  { dialect, reading }: SourceSettings,
  agoMs = 0,
): Promise<Timestamp> {
  const cursor = await connection.query(dialect.reading.currentTimestamp)
  const [row] = await cursor.next(1)
  await cursor.close()
  const cell = row?.[0] ?? null
  if (cell === null)
    throw new ConnectException(`The database gives no time for ${dialect.reading.currentTimestamp}`)
  const { seconds, nanos } = dialect.reading.timestampReader(cursor.columns[0]!, reading)(cell)
  return timestampOf(seconds * 1000 + Math.floor(nanos / 1e6) - agoMs)
}
