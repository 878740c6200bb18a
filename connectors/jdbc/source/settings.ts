import { type Config, ConfigException, type Parsed } from '#bunnect'
import { driverProperties } from '../connection-keys.ts'
import type { Dialect, TableFilter, TableId } from '../dialects/dialect.ts'
import { dialectFor } from '../dialects/index.ts'
import type { ReadingOptions, TimestampGranularity } from '../dialects/reading.ts'
import type { ConnectionSettings } from '../drivers/connection.ts'
import type { aivenSourceKeys } from './aiven-keys.ts'
import { type ColumnsByTable, columnMapping } from './column-mapping.ts'
import type { confluentSourceKeys, ISOLATION_MODES } from './confluent-keys.ts'
import type { Mode, sharedSourceKeys } from './keys.ts'
import { type TableSelection, tableSelection } from './table-selection.ts'

/** Of less, or of less than nothing, the database would be asked without a break. */
const LEAST_WAIT_MS = 1
/** The whole catalogue is asked for. */
const LEAST_TABLE_POLL_MS = 100

/** What a source's configuration says, of whichever project's keys. */
export interface SourceSettings {
  readonly dialect: Dialect
  readonly connection: Omit<ConnectionSettings, 'warn'>
  readonly attempts: number
  readonly attemptBackoffMs: number
  readonly isolation: (typeof ISOLATION_MODES)[number]
  readonly filter: TableFilter
  readonly selection: TableSelection
  readonly mode: Mode
  /** Null where tables are read. */
  readonly query: string | null
  /** The text of the query is to be seen by nobody. */
  readonly masked: boolean
  readonly suffix: string
  /** By table; '' = the one that counts by itself. */
  readonly incrementing: ColumnsByTable
  readonly timestamps: ColumnsByTable
  readonly validateNonNull: boolean
  /** Milliseconds since 1970, -1 = the database's present time, null = everything. */
  readonly timestampInitial: number | null
  readonly incrementingInitial: number
  readonly timestampDelayMs: number
  readonly reading: ReadingOptions
  readonly topicPrefix: string
  /** Names in SQL: in quotes or not, tables with their schema or without. */
  readonly quotes: boolean
  readonly qualified: boolean
  readonly batchRows: number
  readonly pollIntervalMs: number
  readonly pollLingerMs: number
  readonly tablePollIntervalMs: number
  readonly tablesLimitMs: number
  /** Null = for ever. */
  readonly queryRetries: number | null
  /** Of a task. */
  readonly tables: readonly TableId[]
  readonly tablesFetched: boolean
}

type SharedKeys = Parsed<typeof sharedSourceKeys> & { readonly 'batch.max.rows': number }

export function confluentSettings(keys: Parsed<typeof confluentSourceKeys>, config: Config): SourceSettings {
  const retries = keys['query.retry.attempts']
  const fallback = keys['numeric.precision.mapping'] ? 'precision_only' : 'none'
  return {
    ...sharedSettings(keys, config),
    selection: tableSelection({
      whitelist: keys['table.whitelist'],
      blacklist: keys['table.blacklist'],
      include: keys['table.include.list'],
      exclude: keys['table.exclude.list'],
    }),
    isolation: keys['transaction.isolation.mode'] as SourceSettings['isolation'],
    query: keys['query.masked']?.value() || keys.query || null,
    masked: Boolean(keys['query.masked']?.value()),
    suffix: keys['query.suffix'].trim(),
    incrementing: columnMapping(keys['incrementing.column.mapping'], [keys['incrementing.column.name']]),
    timestamps: columnMapping(keys['timestamp.columns.mapping'], keys['timestamp.column.name']),
    timestampInitial: keys['timestamp.initial'],
    incrementingInitial: -1,
    reading: {
      numericMapping: (keys['numeric.mapping']?.toLowerCase() ??
        fallback) as ReadingOptions['numericMapping'],
      timestampGranularity: keys['timestamp.granularity'].toLowerCase() as TimestampGranularity,
      timeZone: keys['db.timezone'],
      calendar: keys['date.calendar.system'] as ReadingOptions['calendar'],
    },
    quotes: keys['quote.sql.identifiers'].toLowerCase() !== 'never',
    qualified: true,
    pollLingerMs: keys['poll.linger.ms'],
    tablesLimitMs: keys['table.monitoring.startup.polling.limit.ms'],
    // 0 does not limit either, as in the JVM.
    queryRetries: retries > 0 ? retries : null,
  }
}

export function aivenSettings(keys: Parsed<typeof aivenSourceKeys>, config: Config): SourceSettings {
  const fallback = keys['numeric.precision.mapping'] ? 'precision_only' : 'none'
  const initial = keys['timestamp.initial.ms']
  return {
    ...sharedSettings(keys, config),
    selection: tableSelection({
      whitelist: keys['table.whitelist'],
      blacklist: keys['table.blacklist'],
      include: [],
      exclude: [],
    }),
    isolation: 'DEFAULT',
    query: keys.query || null,
    masked: false,
    suffix: '',
    incrementing: columnMapping([], [keys['incrementing.column.name']]),
    timestamps: columnMapping([], keys['timestamp.column.name']),
    timestampInitial: initial === 0 ? null : initial,
    incrementingInitial: keys['incrementing.initial'],
    reading: {
      numericMapping: (keys['numeric.mapping']?.toLowerCase() ??
        fallback) as ReadingOptions['numericMapping'],
      timestampGranularity: 'connect_logical',
      timeZone: keys['db.timezone'],
      calendar: 'LEGACY',
    },
    quotes: keys['sql.quote.identifiers'],
    qualified: keys['table.names.qualify'],
    pollLingerMs: 5000,
    tablesLimitMs: 10_000,
    queryRetries: null,
  }
}

function sharedSettings(keys: SharedKeys, config: Config) {
  const url = keys['connection.url']
  if (url === '') throw new ConfigException('Missing required configuration "connection.url"')
  if (keys.mode === '') {
    throw new ConfigException('mode must be set', {
      hint: 'It is one of bulk, timestamp, incrementing, timestamp+incrementing.',
    })
  }
  const dialect = dialectFor(url, keys['dialect.name'].trim())
  return {
    dialect,
    connection: {
      url,
      user: keys['connection.user'],
      password: keys['connection.password']?.value() ?? null,
      properties: driverProperties(config),
    },
    attempts: keys['connection.attempts'],
    attemptBackoffMs: Math.max(keys['connection.backoff.ms'], LEAST_WAIT_MS),
    filter: {
      catalogPattern: keys['catalog.pattern'],
      schemaPattern: keys['schema.pattern'],
      types: keys['table.types'],
    },
    mode: keys.mode as Mode,
    validateNonNull: keys['validate.non.null'],
    timestampDelayMs: keys['timestamp.delay.interval.ms'],
    topicPrefix: keys['topic.prefix'],
    batchRows: keys['batch.max.rows'],
    pollIntervalMs: Math.max(keys['poll.interval.ms'], LEAST_WAIT_MS),
    tablePollIntervalMs: Math.max(keys['table.poll.interval.ms'], LEAST_TABLE_POLL_MS),
    tables: tablesOf(keys.tables, dialect),
    tablesFetched: keys['tables.fetched'],
  }
}

/** A comma within quotes belongs to the name. */
function tablesOf(text: string, dialect: Dialect): TableId[] {
  const names = text.match(/(?:"(?:[^"]|"")*"|`(?:[^`]|``)*`|[^,"`])+/g) ?? []
  return names.filter(name => name.trim() !== '').map(name => dialect.tableId(name.trim()))
}
