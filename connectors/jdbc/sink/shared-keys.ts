import { type ConfigSpec, key, satisfies, type Validator } from '#bunnect'
import { isTimeZone } from '../time-zone.ts'

/** All in lower or all in upper case. Java: JdbcSinkConfig.EnumValidator */
export const choice = (...values: readonly string[]): Validator<string> => {
  const allowed = new Set(values.flatMap(value => [value.toLowerCase(), value.toUpperCase()]))
  return satisfies(
    value => (value !== null && allowed.has(value) ? null : 'Invalid enumerator'),
    `[${values.join(', ')}]`,
  )
}

const notNegative: Validator<number> = satisfies(
  value => (value === null ? 'Value must be non-null' : value < 0 ? 'Value must be at least 0' : null),
  '[0,...]',
)

const zone: Validator<string> = satisfies(
  value => (value !== null && isTimeZone(value) ? null : 'Invalid time zone identifier'),
  'Any valid JDK time zone',
)

/** What the keys of both projects' sinks have in common. */
export const sharedSinkKeys = {
  'connection.url': key.string({
    doc: 'JDBC URL of the database: jdbc:postgresql://host:5432/db, jdbc:mysql://host/db, jdbc:mariadb://host/db, jdbc:sqlserver://host;databaseName=db, jdbc:oracle:thin:@//host/service, jdbc:sqlite:path.',
    importance: 'high',
    group: 'Connection',
    orderInGroup: 1,
    width: 'long',
    displayName: 'JDBC URL',
  }),
  'connection.user': key.string({
    doc: 'User of the database.',
    importance: 'high',
    optional: true,
    group: 'Connection',
    orderInGroup: 2,
    width: 'medium',
    displayName: 'JDBC User',
  }),
  'connection.password': key.password({
    doc: 'Password of the user.',
    importance: 'high',
    optional: true,
    group: 'Connection',
    orderInGroup: 3,
    width: 'medium',
    displayName: 'JDBC Password',
  }),
  'dialect.name': key.string({
    doc: 'The dialect to use, such as PostgreSqlDatabaseDialect, where the URL does not tell it.',
    importance: 'low',
    default: '',
    group: 'Connection',
    orderInGroup: 4,
    width: 'long',
    displayName: 'Database Dialect',
  }),
  'batch.size': key.int({
    doc: 'How many records go into the table with one statement, at most.',
    importance: 'medium',
    default: 3000,
    validator: notNegative,
    group: 'Writes',
    orderInGroup: 2,
    width: 'short',
    displayName: 'Batch Size',
  }),
  'delete.enabled': key.boolean({
    doc: 'Whether a record without a value deletes the row of its key. Needs pk.mode=record_key.',
    importance: 'medium',
    default: false,
    group: 'Writes',
    orderInGroup: 3,
    width: 'short',
    displayName: 'Enable deletes',
  }),
  'table.name.format': key.string({
    doc: 'Name of the table, in which ${topic} stands for the name of the topic: kafka_${topic}, or schema.${topic}.',
    importance: 'medium',
    default: '${topic}',
    validator: satisfies(value => (value === '' ? 'String must be non-empty' : null), 'non-empty string'),
    group: 'Data Mapping',
    orderInGroup: 1,
    width: 'long',
    displayName: 'Table Name Format',
  }),
  'pk.mode': key.string({
    doc: 'Where the primary key comes from: none, kafka (topic, partition and offset), record_key (the record key, one value or a struct), record_value (fields of the value).',
    importance: 'high',
    default: 'none',
    validator: choice('none', 'kafka', 'record_key', 'record_value'),
    group: 'Data Mapping',
    orderInGroup: 2,
    width: 'medium',
    displayName: 'Primary Key Mode',
  }),
  'pk.fields': key.list({
    doc: 'Names of the primary key. With pk.mode=kafka three, of topic, partition and offset (__connect_topic, __connect_partition, __connect_offset if empty); with record_key the fields of the key to take, all if empty, or the column for a key that is one value; with record_value the fields of the value, all if empty.',
    importance: 'medium',
    default: [],
    group: 'Data Mapping',
    orderInGroup: 3,
    width: 'long',
    displayName: 'Primary Key Fields',
  }),
  'fields.whitelist': key.list({
    doc: 'Fields of the value to write, all if empty. Those of the primary key are written in any case.',
    importance: 'medium',
    default: [],
    group: 'Data Mapping',
    orderInGroup: 4,
    width: 'long',
    displayName: 'Fields Whitelist',
  }),
  'db.timezone': key.string({
    doc: 'Time zone in which dates and times are written.',
    importance: 'medium',
    default: 'UTC',
    validator: zone,
    group: 'Data Mapping',
    orderInGroup: 5,
    width: 'medium',
    displayName: 'DB Time Zone',
  }),
  'auto.create': key.boolean({
    doc: 'Whether a table that is missing is created from the schema of the record.',
    importance: 'medium',
    default: false,
    group: 'DDL Support',
    orderInGroup: 1,
    width: 'short',
    displayName: 'Auto-Create',
  }),
  'auto.evolve': key.boolean({
    doc: 'Whether columns that are missing are added to the table. The fields have to be optional or have a default.',
    importance: 'medium',
    default: false,
    group: 'DDL Support',
    orderInGroup: 2,
    width: 'short',
    displayName: 'Auto-Evolve',
  }),
  'max.retries': key.int({
    doc: 'How often a write that failed is tried again before the task fails.',
    importance: 'medium',
    default: 10,
    validator: notNegative,
    group: 'Retries',
    orderInGroup: 1,
    width: 'short',
    displayName: 'Maximum Retries',
  }),
  'retry.backoff.ms': key.int({
    doc: 'Milliseconds to wait before a write is tried again.',
    importance: 'medium',
    default: 3000,
    validator: notNegative,
    group: 'Retries',
    orderInGroup: 2,
    width: 'short',
    displayName: 'Retry Backoff (millis)',
  }),
} as const satisfies ConfigSpec
