import {
  ConnectException,
  type ErrantRecordReporter,
  RetriableException,
  type SinkRecord,
  type SinkTask,
  type SinkTaskContext,
} from '#bunnect'
import type { Dialect } from '../dialects/dialect.ts'
import { dialectFor } from '../dialects/index.ts'
import { SqlError } from '../drivers/sql-error.ts'
import { DatabaseWriter } from './database-writer.ts'
import {
  hintFor,
  ImpossibleWrite,
  mayPass,
  NoConnection,
  placeOf,
  trimmed,
  UnwritableRecord,
} from './failures.ts'
import type { SinkSettings } from './settings.ts'
import { SinkConnection } from './sink-connection.ts'

/**
 * Writes the records of each put in one transaction. What failed is tried again while retries are left; then the
 * records that are to blame are reported, or the task fails. Java: io.confluent.connect.jdbc.sink.JdbcSinkTask
 */
export class JdbcSinkTask implements SinkTask {
  readonly #dialect: Dialect
  readonly #connection: SinkConnection
  readonly #writer: DatabaseWriter
  #remainingRetries: number

  /** @throws ConnectException for a database that there is no dialect of */
  constructor(
    private readonly settings: SinkSettings,
    private readonly context: SinkTaskContext,
  ) {
    const { log, signal } = context
    this.#dialect = dialectFor(settings.connection.url, settings.dialectName)
    this.#connection = new SinkConnection(this.#dialect, settings, log, signal)
    this.#writer = new DatabaseWriter(this.#dialect, settings, this.#connection, log)
    this.#remainingRetries = settings.maxRetries
  }

  async put(records: SinkRecord[]): Promise<void> {
    if (records.length === 0) return
    try {
      await this.#writer.write(records)
    } catch (error) {
      await this.#recover(records, error)
    }
    this.#remainingRetries = this.settings.maxRetries
  }

  async stop(): Promise<void> {
    await this.#connection.end()
  }

  /** Returns when each record is written or reported. */
  async #recover(records: readonly SinkRecord[], error: unknown): Promise<void> {
    if (mayPass(error)) await this.#retry(records.length, error as ConnectException)
    if (error instanceof NoConnection || error instanceof ImpossibleWrite) throw this.#told(error)
    const reporter = this.context.errantRecordReporter()
    if (reporter === null) throw await this.#blamed(records, error)
    const reports: Promise<void>[] = []
    try {
      await this.#separate(records, error, reporter, reports)
    } finally {
      // Invariant 1: whatever became of the others, nothing goes on before these have arrived.
      await Promise.all(reports)
    }
  }

  /** @throws RetriableException while retries are left */
  async #retry(records: number, error: ConnectException): Promise<void> {
    const { retryBackoffMs } = this.settings
    if (this.#remainingRetries <= 0) return
    const told = this.#told(error)
    this.context.log.warn(
      `Write of ${records} records failed, remainingRetries=${this.#remainingRetries}: ${told.message}`,
    )
    this.#remainingRetries--
    // Whatever state the session is in, the next try has another one.
    await this.#connection.close()
    this.context.timeout(retryBackoffMs)
    throw new RetriableException(told.message, { cause: told, hint: told.hint })
  }

  /** Halves the records until those stand alone that cannot be written. */
  async #separate(
    records: readonly SinkRecord[],
    error: unknown,
    reporter: ErrantRecordReporter,
    reports: Promise<void>[],
  ): Promise<void> {
    if (records.length === 1) {
      const [record] = records
      const report = reporter.report(record!, await this.#toldOf(error, record!))
      // It is waited for when the others are written; until then nobody else looks at it.
      report.catch(() => {})
      reports.push(report)
      return
    }
    const middle = records.length >> 1
    for (const half of [records.slice(0, middle), records.slice(middle)]) {
      try {
        await this.#writer.write(half)
      } catch (failure) {
        if (mayPass(failure)) await this.#retry(half.length, failure as ConnectException)
        if (failure instanceof NoConnection || failure instanceof ImpossibleWrite) throw this.#told(failure)
        await this.#separate(half, failure, reporter, reports)
      }
    }
  }

  /** The error with the record that is to blame, which trials find; without it where they find none. */
  async #blamed(records: readonly SinkRecord[], error: unknown): Promise<ConnectException> {
    if (!(error instanceof SqlError)) return this.#told(error)
    let suspects = records
    while (suspects.length > 1) {
      const half = suspects.slice(0, suspects.length >> 1)
      const failure = await this.#failureOf(half)
      // It says nothing of records, and each further trial would wait for one again.
      if (failure instanceof NoConnection) return this.#told(error)
      suspects = failure === null ? suspects.slice(half.length) : half
    }
    const failure = await this.#failureOf(suspects)
    const isToBlame = failure !== null && !(failure instanceof NoConnection)
    return isToBlame ? this.#toldOf(failure, suspects[0]!) : this.#told(error)
  }

  async #failureOf(records: readonly SinkRecord[]): Promise<unknown> {
    try {
      await this.#writer.write(records, true)
      return null
    } catch (failure) {
      return failure
    }
  }

  /** With the columns that the value does not fit, where the database does not say. */
  async #toldOf(error: unknown, record: SinkRecord): Promise<ConnectException> {
    if (!(error instanceof SqlError) || this.settings.trimsErrors || !/^22/.test(error.state))
      return this.#told(error, record)
    // Without them there is less to say, but what there is.
    const misfits = await this.#writer.misfits(record).catch((): string[] => [])
    return this.#told(error, record, misfits.length === 0 ? '' : `; column ${misfits.join(', ')}`)
  }

  /** In words for a person, with the place of the record where one is to blame. */
  #told(error: unknown, record?: SinkRecord, more = ''): ConnectException {
    if (error instanceof UnwritableRecord) {
      return new ConnectException(error.message, { cause: error.cause, hint: error.hint })
    }
    const place = record === undefined ? '' : ` (${placeOf(record)})`
    if (error instanceof SqlError) {
      const shown = this.settings.trimsErrors ? trimmed(error) : error
      const table = record === undefined ? '' : ` to table ${this.#writer.tableOf(record)}`
      return new ConnectException(`Cannot write${table}${place}: ${shown.message}${more}`, {
        cause: shown,
        hint: hintFor(shown),
      })
    }
    if (error instanceof ConnectException) {
      return place === '' || error.message.includes('offset')
        ? error
        : new ConnectException(`${error.message}${place}`, { cause: error, hint: error.hint })
    }
    throw error
  }
}
