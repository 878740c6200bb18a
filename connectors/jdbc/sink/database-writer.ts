import { ConnectException, type Logger, type SinkRecord } from '#bunnect'
import type { Dialect } from '../dialects/dialect.ts'
import type { Connection } from '../drivers/connection.ts'
import { SqlError } from '../drivers/sql-error.ts'
import { concernsTables, NoConnection, repeatsRow } from './failures.ts'
import { misfit } from './misfits.ts'
import type { RowShape } from './row-shape.ts'
import type { SinkSettings } from './settings.ts'
import type { SinkConnection } from './sink-connection.ts'
import { TableStructure } from './table-structure.ts'
import { TableWriter } from './table-writer.ts'
import { quoting, type TargetTable } from './target-table.ts'
import { inTurn } from './turns.ts'
import { type Chunk, WritePlanner } from './write-plan.ts'

/** Of one table: as many as shapes are kept. */
const MOST_WRITERS = 50

/** A chunk and how it is written; null where there is nothing to write it to. */
interface Step {
  readonly chunk: Chunk
  readonly rows: TableWriter | null
  readonly keys: TableWriter | null
}

/** Writes records, each call in one transaction. Java: io.confluent.connect.jdbc.sink.JdbcDbWriter */
export class DatabaseWriter {
  readonly #planner: WritePlanner
  readonly #structure: TableStructure
  readonly #quoted: (name: string) => string
  /** They hold for a table until it is read again. */
  readonly #writers = new WeakMap<TargetTable, Map<RowShape, TableWriter>>()

  constructor(
    private readonly dialect: Dialect,
    private readonly settings: SinkSettings,
    private readonly connection: SinkConnection,
    log: Logger,
  ) {
    this.#planner = new WritePlanner(dialect, settings)
    this.#structure = new TableStructure(dialect, settings, log)
    this.#quoted = quoting(dialect, settings.quotes)
  }

  /** The table of a record, as statements name it. */
  tableOf(record: SinkRecord): string {
    return this.#planner.destination(record.topic!).sqlName
  }

  /**
   * All of them or none. `trial`: only finds out whether it would go well.
   * @throws UnwritableRecord, NoConnection, SqlError, ConnectException
   */
  async write(records: readonly SinkRecord[], trial = false): Promise<void> {
    const chunks = this.#planner.plan(records)
    if (chunks.length === 0) return
    const work = () => this.#write(chunks, trial)
    await (this.dialect.writing.writesInTurn ? inTurn(this.settings.connection.url, work) : work())
  }

  /** What of the record does not fit into its columns, where that can be seen. */
  async misfits(record: SinkRecord): Promise<string[]> {
    const [chunk] = this.#planner.plan([record])
    if (chunk?.shape == null) return []
    const table = await this.#structure.table(await this.connection.get(), chunk.destination.id)
    const { keys, columns } = chunk.shape.fields
    return [...keys, ...columns].flatMap(({ name }, i) => {
      const column = table?.column(name)
      return (column && misfit(chunk.rows[i]!, column)) ?? []
    })
  }

  async #write(chunks: readonly Chunk[], trial: boolean): Promise<void> {
    const connection = await this.connection.get()
    try {
      const steps = await this.#steps(connection, chunks)
      try {
        await this.#transaction(connection, steps, trial, false)
      } catch (error) {
        if (!repeatsRow(error, this.settings.insertMode === 'upsert') || !connection.isOpen) throw error
        await this.#transaction(connection, steps, trial, true)
      }
    } catch (error) {
      if (concernsTables(error)) this.#structure.forget()
      if (connection.isOpen || !(error instanceof SqlError)) throw error
      await this.connection.close()
      throw new NoConnection(error.message, true, { cause: error, hint: error.hint })
    }
  }

  async #steps(connection: Connection, chunks: readonly Chunk[]): Promise<Step[]> {
    const steps: Step[] = []
    for (const chunk of chunks) {
      const { shape, deleteShape } = chunk
      steps.push({
        chunk,
        rows: shape && (await this.#writer(connection, chunk, shape)),
        keys: deleteShape && (await this.#deleter(connection, chunk, deleteShape)),
      })
    }
    return steps
  }

  async #writer(connection: Connection, chunk: Chunk, shape: RowShape): Promise<TableWriter> {
    return this.#of(await this.#structure.ensure(connection, chunk.destination.id, shape.fields), shape)
  }

  /** A table that may be made, but is not there, has no row to delete: it is made when there is something to write. */
  async #deleter(connection: Connection, chunk: Chunk, shape: RowShape): Promise<TableWriter | null> {
    const { id } = chunk.destination
    if (this.settings.autoCreate && (await this.#structure.table(connection, id)) === null) return null
    return this.#of(await this.#structure.ensure(connection, id, shape.fields), shape)
  }

  #of(table: TargetTable, shape: RowShape): TableWriter {
    let writers = this.#writers.get(table)
    if (writers === undefined) {
      writers = new Map()
      this.#writers.set(table, writers)
    }
    let writer = writers.get(shape)
    if (writer === undefined) {
      this.#refuseMisfits(table, shape)
      writer = new TableWriter(
        table.targetOf(shape.fields, this.#quoted),
        shape,
        this.settings,
        this.dialect.writing,
      )
      if (writers.size >= MOST_WRITERS) writers.clear()
      writers.set(shape, writer)
    }
    return writer
  }

  #refuseMisfits(table: TargetTable, { fields }: RowShape): void {
    for (const field of fields.all) {
      const { name, type } = table.column(field.name)!
      const fits = this.dialect.writing.fits?.(field, type, this.settings.writing) ?? true
      if (fits !== true) {
        const why = fits === false ? '' : `: ${fits}`
        throw new ConnectException(
          `Column ${name} of table ${table.sqlName} is of type ${type}, but the field ${field.name} is ${field.schema.type}${why}`,
          { hint: 'Give the column the type that fits, or convert the field before it comes here.' },
        )
      }
    }
  }

  async #transaction(
    connection: Connection,
    steps: readonly Step[],
    trial: boolean,
    alone: boolean,
  ): Promise<void> {
    if (!trial && !alone && isOneStatement(steps)) {
      // By itself: to begin and to commit would be two ways to the database more.
      await this.#run(connection, steps, false)
      return
    }
    await connection.begin()
    try {
      await this.#run(connection, steps, alone)
      // Invariant 1: the offsets of these records may be committed once this has come back.
      await (trial ? connection.rollback() : connection.commit())
    } catch (error) {
      await this.#rollback(connection)
      throw error
    }
  }

  async #run(connection: Connection, steps: readonly Step[], alone: boolean): Promise<void> {
    for (const { chunk, rows, keys } of steps) {
      await rows?.write(connection, chunk.rows, alone)
      await keys?.delete(connection, chunk.keys, alone)
    }
  }

  /** A session that does not come back to its beginning is of no use. */
  async #rollback(connection: Connection): Promise<void> {
    if (!connection.isOpen) return
    try {
      await connection.rollback()
    } catch {
      // The error that led here is the one to tell.
      await this.connection.close()
    }
  }
}

function isOneStatement([step, ...others]: readonly Step[]): boolean {
  if (step === undefined || others.length > 0) return false
  const { chunk, rows, keys } = step
  if (rows !== null && keys !== null) return false
  return (rows?.writesAtOnce(chunk.rows) ?? true) && (keys?.deletesAtOnce(chunk.keys) ?? true)
}
