import { type Config, ConnectException, type Parsed } from '#bunnect'
import { driverProperties } from '../connection-keys.ts'
import type { WritingOptions } from '../dialects/writing.ts'
import type { ConnectionSettings } from '../drivers/connection.ts'
import type { aivenSinkKeys } from './aiven-keys.ts'
import type { confluentSinkKeys } from './confluent-keys.ts'
import type { sharedSinkKeys } from './shared-keys.ts'

export type InsertMode = 'insert' | 'upsert' | 'update'
export type KeyMode = 'none' | 'kafka' | 'record_key' | 'record_value'

/** What a sink does, whichever project's keys say it. */
export interface SinkSettings {
  readonly connector: string
  readonly connection: Omit<ConnectionSettings, 'warn'>
  readonly attempts: number
  readonly attemptBackoffMs: number
  /** '' where the URL tells it. */
  readonly dialectName: string
  readonly quotes: boolean
  readonly insertMode: InsertMode
  /** At least 1. */
  readonly batchSize: number
  readonly deletes: boolean
  readonly skipsTombstones: boolean
  readonly tableTypes: readonly string[]
  /** @throws ConnectException where it gives no name */
  tableOf(topic: string): string
  readonly keyMode: KeyMode
  readonly keyFields: readonly string[]
  /** Empty for all. */
  readonly whitelist: ReadonlySet<string>
  readonly autoCreate: boolean
  readonly autoEvolve: boolean
  readonly replacesNulls: boolean
  readonly timestampFields: ReadonlySet<string>
  readonly stringColumn: string
  /** Keys that mean nothing for values that are strings, and were given. */
  readonly structKeys: readonly string[]
  readonly maxRetries: number
  readonly retryBackoffMs: number
  readonly trimsErrors: boolean
  readonly writing: WritingOptions
}

/** Of `io.confluent.connect.jdbc.JdbcSinkConnector`. */
export function confluentSettings(keys: Parsed<typeof confluentSinkKeys>, config: Config): SinkSettings {
  const timeZone = keys['db.timezone']
  const precision = keys['timestamp.precision.mode'].toLowerCase() as WritingOptions['timestampPrecision']
  const structKeys = ['fields.whitelist', 'timestamp.fields.list'] as const
  const given: string[] = structKeys.filter(name => keys[name].length > 0)
  if (precision !== 'microseconds') given.push('timestamp.precision.mode')
  return {
    ...sharedSettings(keys, config),
    attempts: keys['connection.attempts'],
    attemptBackoffMs: keys['connection.backoff.ms'],
    quotes: keys['quote.sql.identifiers'].toLowerCase() !== 'never',
    insertMode: keys['insert.mode'].toLowerCase() as InsertMode,
    skipsTombstones: false,
    tableTypes: keys['table.types'].map(type => type.trim().toUpperCase().replaceAll('_', ' ')),
    tableOf: topic => formatted(keys['table.name.format'].trim(), topic),
    replacesNulls: keys['replace.null.with.default'],
    timestampFields: new Set(keys['timestamp.fields.list']),
    stringColumn: keys['string.output.value.column.name'],
    structKeys: given,
    trimsErrors: keys['trim.sensitive.log'],
    writing: {
      timeZone,
      dateTimeZone: keys['date.timezone'].toLowerCase() === 'utc' ? 'UTC' : timeZone,
      calendar: keys['date.calendar.system'].toUpperCase() as WritingOptions['calendar'],
      timestampPrecision: precision,
      holdLock: keys['mssql.use.merge.holdlock'],
    },
  }
}

/** Of `io.aiven.connect.jdbc.JdbcSinkConnector`. */
export function aivenSettings(keys: Parsed<typeof aivenSinkKeys>, config: Config): SinkSettings {
  const mode = keys['insert.mode'].toLowerCase()
  const timeZone = keys['db.timezone']
  const tables = new Map(
    (keys['topics.to.tables.mapping'] ?? []).map(entry => {
      const [topic, table] = entry.split(':')
      return [topic!.trim(), table!.trim()]
    }),
  )
  const format = keys['table.name.format'].trim()
  return {
    ...sharedSettings(keys, config),
    attempts: 3,
    attemptBackoffMs: 10_000,
    quotes: keys['sql.quote.identifiers'],
    insertMode: mode === 'multi' ? 'insert' : (mode as InsertMode),
    skipsTombstones: keys['handle.tombstone'],
    tableTypes: ['TABLE', 'PARTITIONED TABLE'],
    tableOf: topic => {
      if (tables.size > 0) return tables.get(topic) ?? noTable(topic, 'topics.to.tables.mapping')
      const table = formatted(format, topic)
      return keys['table.name.normalize'] ? table.replaceAll(/[^a-zA-Z0-9_]/g, '_') : table
    },
    replacesNulls: true,
    timestampFields: new Set(),
    stringColumn: 'record_value',
    structKeys: keys['fields.whitelist'].length > 0 ? ['fields.whitelist'] : [],
    trimsErrors: false,
    writing: {
      timeZone,
      dateTimeZone: timeZone,
      calendar: 'LEGACY',
      timestampPrecision: 'microseconds',
      holdLock: true,
    },
  }
}

function sharedSettings(keys: Parsed<typeof sharedSinkKeys>, config: Config) {
  return {
    connector: config['name'] ?? '',
    connection: {
      url: keys['connection.url'],
      user: keys['connection.user'],
      password: keys['connection.password']?.value() ?? null,
      properties: driverProperties(config),
    },
    dialectName: keys['dialect.name'].trim(),
    batchSize: Math.max(1, keys['batch.size']),
    deletes: keys['delete.enabled'],
    keyMode: keys['pk.mode'].toLowerCase() as KeyMode,
    keyFields: keys['pk.fields'],
    whitelist: new Set(keys['fields.whitelist']),
    autoCreate: keys['auto.create'],
    autoEvolve: keys['auto.evolve'],
    maxRetries: keys['max.retries'],
    retryBackoffMs: keys['retry.backoff.ms'],
  }
}

function formatted(format: string, topic: string): string {
  return format.replaceAll('${topic}', () => topic) || noTable(topic, 'table.name.format')
}

function noTable(topic: string, key: string): never {
  throw new ConnectException(`${key} gives no table for the topic ${topic}`, {
    hint: `Name one in ${key}, or take the topic from those of the connector.`,
  })
}
