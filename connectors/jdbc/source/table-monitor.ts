import { ConnectException, pause, type SourceConnectorContext } from '#bunnect'
import type { TableId } from '../dialects/dialect.ts'
import type { SourceSettings } from './settings.ts'
import { SourceConnection } from './source-connection.ts'
import { fullName } from './table-selection.ts'

/** Knows which tables are to be read, and asks for new tasks when they change. Java: TableMonitorThread */
export class TableMonitor {
  readonly #settings: SourceSettings
  readonly #context: SourceConnectorContext
  readonly #stop = new AbortController()
  readonly #connection: SourceConnection
  #tables: readonly TableId[] | null = null
  readonly #known = Promise.withResolvers<void>()
  /** Tasks were made without the list. */
  #owesTasks = false
  #running: Promise<void> = Promise.resolve()

  constructor(settings: SourceSettings, context: SourceConnectorContext) {
    this.#settings = settings
    this.#context = context
    this.#connection = new SourceConnection(settings, context.log, this.#stop.signal)
  }

  /** @throws ConnectException when the database cannot be reached */
  async start(): Promise<void> {
    await this.#connection.get()
    this.#running = this.#watch()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
    await this.#connection.close()
  }

  /**
   * Null when the database has not told them within the limit: tasks are asked for again then.
   * @throws ConnectException for two tables of one name, whose records would meet in one topic
   */
  async tables(): Promise<readonly TableId[] | null> {
    if (this.#tables === null) {
      const enough = new AbortController()
      const limit = AbortSignal.any([this.#stop.signal, enough.signal])
      await Promise.race([this.#known.promise, pause(this.#settings.tablesLimitMs, limit)])
      enough.abort()
    }
    if (this.#tables === null) {
      this.#owesTasks = true
      return null
    }
    refuseNamesakes(this.#tables, this.#settings)
    return this.#tables
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      await this.#look()
      await pause(this.#settings.tablePollIntervalMs, signal)
    }
  }

  async #look(): Promise<void> {
    const { dialect, filter, selection } = this.#settings
    try {
      const connection = await this.#connection.get()
      const found = selection(await dialect.tables(connection, filter), dialect)
      if (!this.#stop.signal.aborted) this.#found(found)
    } catch (error) {
      if (this.#stop.signal.aborted) return
      this.#context.log.error(
        `The list of tables cannot be read, it is tried again in ${this.#settings.tablePollIntervalMs} ms: ${(error as Error).message}`,
      )
      await this.#connection.close()
    }
  }

  #found(tables: readonly TableId[]): void {
    const { dialect } = this.#settings
    const names = (list: readonly TableId[]) => list.map(table => fullName(table, dialect)).join(', ')
    const before = this.#tables
    if (before !== null && names(before) === names(tables)) return
    this.#context.log.info(`The tables to read are: ${names(tables) || 'none'}`)
    this.#tables = tables
    this.#known.resolve()
    if (before === null && !this.#owesTasks) return
    this.#owesTasks = false
    this.#context.requestTaskReconfiguration()
  }
}

function refuseNamesakes(tables: readonly TableId[], { dialect }: SourceSettings): void {
  const byName = Map.groupBy(tables, table => table.name)
  const several = [...byName.values()].filter(list => list.length > 1)
  if (several.length === 0) return
  const lists = several.map(list => list.map(table => fullName(table, dialect)).join(', ')).join('; ')
  throw new ConnectException(`Several tables have one name, which is that of their topic: ${lists}`, {
    hint: 'Select one of each with schema.pattern, catalog.pattern, table.whitelist or table.include.list, and give the others a connector with another topic.prefix.',
  })
}
