import { atLeast, type ConfigSpec, ifGiven, key, oneOf, satisfies, type Validator } from '#bunnect'
import { isTimeZone } from '../time-zone.ts'

const MODES = ['', 'bulk', 'timestamp', 'incrementing', 'timestamp+incrementing'] as const
export type Mode = Exclude<(typeof MODES)[number], ''>

const TABLE_TYPES = [
  'TABLE',
  'VIEW',
  'SYSTEM TABLE',
  'GLOBAL TEMPORARY',
  'LOCAL TEMPORARY',
  'ALIAS',
  'SYNONYM',
  'PARTITIONED TABLE',
  'MATERIALIZED VIEW',
  'FOREIGN TABLE',
]

const zone: Validator<string> = satisfies(
  value => (value !== null && isTimeZone(value) ? null : 'Invalid time zone identifier'),
  'valid time zone identifier (e.g., "Europe/Helsinki", "UTC+2", "Z", "CET")',
)

export const known = (...values: readonly string[]): Validator<string> =>
  ifGiven(
    value => (values.includes(value.toLowerCase()) ? null : `One of: ${values.join(', ')}`),
    `[${values.join(', ')}]`,
  )

const topicPrefix: Validator<string> = satisfies(value =>
  value === null || /^[\w.-]*$/.test(value)
    ? null
    : 'A topic has only letters, digits, dots, dashes and underscores',
)

const tableTypes: Validator<readonly string[]> = ifGiven(values => {
  const other = values.find(value => !TABLE_TYPES.includes(value.toUpperCase()))
  return other === undefined ? null : `${other} is none of ${TABLE_TYPES.join(', ')}`
})

export const database = { group: 'Database' } as const
export const mode = { group: 'Mode' } as const
export const connector = { group: 'Connector' } as const

/** What the keys of both projects' sources have in common. */
export const sharedSourceKeys = {
  'connection.url': key.string({
    ...database,
    doc: 'JDBC URL of the database: jdbc:postgresql://host:5432/db, jdbc:mysql://host/db, jdbc:mariadb://host/db, jdbc:sqlserver://host;databaseName=db, jdbc:oracle:thin:@//host/service, jdbc:sqlite:path.',
    importance: 'high',
    default: '',
    width: 'long',
    displayName: 'JDBC URL',
  }),
  'connection.user': key.string({
    ...database,
    doc: 'User of the database.',
    importance: 'high',
    optional: true,
    width: 'medium',
    displayName: 'JDBC User',
  }),
  'connection.password': key.password({
    ...database,
    doc: 'Password of the user.',
    importance: 'high',
    optional: true,
    width: 'short',
    displayName: 'JDBC Password',
  }),
  'connection.attempts': key.int({
    ...database,
    doc: 'How often a connection is tried before the task fails.',
    importance: 'low',
    default: 3,
    validator: atLeast(1),
    displayName: 'JDBC connection attempts',
  }),
  'connection.backoff.ms': key.long({
    ...database,
    doc: 'How long to wait between two tries, in milliseconds.',
    importance: 'low',
    default: 10_000,
    displayName: 'JDBC connection backoff (ms)',
  }),
  'dialect.name': key.string({
    ...database,
    doc: 'The dialect to use, such as PostgreSqlDatabaseDialect, where the URL does not tell it.',
    importance: 'low',
    default: '',
    width: 'long',
    displayName: 'Database Dialect',
  }),
  'catalog.pattern': key.string({
    ...database,
    doc: 'LIKE pattern of the catalogues whose tables are read. Absent: of all; empty: tables without one.',
    importance: 'medium',
    optional: true,
    displayName: 'Schema pattern',
  }),
  'schema.pattern': key.string({
    ...database,
    doc: 'LIKE pattern of the schemas whose tables are read. Absent: of all; empty: tables without one.',
    importance: 'high',
    optional: true,
    displayName: 'Schema pattern',
  }),
  'table.whitelist': key.list({
    ...database,
    doc: 'Tables to read: their names, or their names with schema or catalogue. Not together with table.blacklist.',
    importance: 'medium',
    default: [],
    width: 'long',
    displayName: 'Table Whitelist',
  }),
  'table.blacklist': key.list({
    ...database,
    doc: 'Tables to leave out: their names, or their names with schema or catalogue. Not together with table.whitelist.',
    importance: 'medium',
    default: [],
    width: 'long',
    displayName: 'Table Blacklist',
  }),
  mode: key.string({
    ...mode,
    doc: 'How new rows are found: bulk reads everything each time, incrementing by a column that only grows, timestamp by the time of the last change, timestamp+incrementing by both.',
    importance: 'high',
    default: '',
    validator: oneOf(...MODES),
    width: 'medium',
    displayName: 'Table Loading Mode',
  }),
  'incrementing.column.name': key.string({
    ...mode,
    doc: 'The column that only grows and never changes; empty: the one that counts by itself.',
    importance: 'medium',
    default: '',
    width: 'medium',
    displayName: 'Incrementing Column Name',
  }),
  'timestamp.column.name': key.list({
    ...mode,
    doc: 'Columns with the time of the last change; of several the first that is not null counts.',
    importance: 'medium',
    default: [],
    width: 'medium',
    displayName: 'Timestamp Column Name',
  }),
  'validate.non.null': key.boolean({
    ...mode,
    doc: 'Refuse tables whose incrementing column, or all of whose timestamp columns, may be null.',
    importance: 'low',
    default: true,
    width: 'short',
    displayName: 'Validate Non Null',
  }),
  query: key.string({
    ...mode,
    doc: 'A query to read instead of tables. The condition of the mode is appended to it, so it must have none of its own, or stand in a subquery.',
    importance: 'medium',
    default: '',
    width: 'short',
    displayName: 'Query',
  }),
  'table.types': key.list({
    ...connector,
    doc: 'What kinds of tables are read: TABLE, VIEW, PARTITIONED TABLE …',
    importance: 'low',
    default: ['TABLE'],
    validator: tableTypes,
    width: 'medium',
    displayName: 'Table Types',
  }),
  'poll.interval.ms': key.int({
    ...connector,
    doc: 'How long after a query of a table the next one begins, in milliseconds.',
    importance: 'high',
    default: 5000,
    width: 'short',
    displayName: 'Poll Interval (ms)',
  }),
  'table.poll.interval.ms': key.long({
    ...connector,
    doc: 'How often to look for new tables and for tables that are gone, in milliseconds.',
    importance: 'low',
    default: 60_000,
    width: 'short',
    displayName: 'Metadata Change Monitoring Interval (ms)',
  }),
  'timestamp.delay.interval.ms': key.long({
    ...connector,
    doc: 'How old a row must be before it is read, in milliseconds, so that transactions with earlier times can end.',
    importance: 'high',
    default: 0,
    width: 'medium',
    displayName: 'Delay Interval (ms)',
  }),
  'db.timezone': key.string({
    ...connector,
    doc: 'The zone of timestamps without one.',
    importance: 'medium',
    default: 'UTC',
    validator: zone,
    width: 'medium',
    displayName: 'DB time zone',
  }),
  'topic.prefix': key.string({
    ...connector,
    doc: "What topics' names begin with, before the table's name; with a query it is the whole name.",
    importance: 'high',
    validator: topicPrefix,
    width: 'medium',
    displayName: 'Topic Prefix',
  }),
  'numeric.precision.mapping': key.boolean({
    ...database,
    doc: 'Deprecated: true means numeric.mapping=precision_only where that is not set.',
    importance: 'low',
    default: false,
    width: 'short',
    displayName: 'Map Numeric Values By Precision (deprecated)',
  }),
  'numeric.mapping': key.string({
    ...database,
    doc: 'What becomes of NUMERIC: none = Decimal, precision_only = integers where there is no scale, best_fit = integers and float64 of up to 18 digits, best_fit_eager_double = float64 for every scale.',
    importance: 'low',
    optional: true,
    validator: known('none', 'precision_only', 'best_fit', 'best_fit_eager_double'),
    width: 'short',
    displayName: 'Map Numeric Values, Integral or Decimal, By Precision and Scale',
  }),
  // What taskConfigs gives to tasks.
  tables: key.string({ doc: 'The tables of this task.', importance: 'high', default: '' }),
  'tables.fetched': key.boolean({
    doc: 'False while the list of tables is not known yet.',
    importance: 'high',
    default: true,
  }),
} satisfies ConfigSpec
