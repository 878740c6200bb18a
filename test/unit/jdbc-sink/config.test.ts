import { expect, test } from 'bun:test'
import { aivenSinkKeys } from '../../../connectors/jdbc/sink/aiven-keys.ts'
import { confluentSinkKeys } from '../../../connectors/jdbc/sink/confluent-keys.ts'
import { aivenSettings } from '../../../connectors/jdbc/sink/settings.ts'
import { aivenJdbcSinkConnector, jdbcSinkConnector } from '../../../connectors/jdbc/sink.ts'
import { builtInPlugins } from '../../../src/cli/builtins.ts'
import { bunnectKeyProblems } from '../../../src/config/connector/bunnect.ts'
import { type Config, parseConfig } from '../../../src/sdk/index.ts'
import { settingsOf, URL } from './sink.ts'

test('the defaults are those of the JVM connector', () => {
  const defaults = Object.fromEntries(
    Object.entries(confluentSinkKeys).map(([name, key]) => [name, key.default]),
  )
  expect(defaults).toEqual({
    'connection.url': null,
    'connection.user': null,
    'connection.password': null,
    'connection.attempts': 3,
    'connection.backoff.ms': 10_000,
    'dialect.name': '',
    'jdbc.credentials.provider.class': 'io.confluent.connect.jdbc.util.DefaultJdbcCredentialsProvider',
    'insert.mode': 'insert',
    'batch.size': 3000,
    'delete.enabled': false,
    'table.types': ['TABLE'],
    'table.name.format': '${topic}',
    'pk.mode': 'none',
    'pk.fields': [],
    'fields.whitelist': [],
    'db.timezone': 'UTC',
    'date.timezone': 'db_timezone',
    'date.calendar.system': 'LEGACY',
    'timestamp.fields.list': [],
    'timestamp.precision.mode': 'microseconds',
    'replace.null.with.default': true,
    'string.output.value.column.name': 'record_value',
    'auto.create': false,
    'auto.evolve': false,
    'quote.sql.identifiers': 'ALWAYS',
    'mssql.use.merge.holdlock': true,
    'max.retries': 10,
    'retry.backoff.ms': 3000,
    'trim.sensitive.log': false,
  })
})

test.each([
  ['insert.mode', 'Upsert', 'Invalid enumerator'],
  ['pk.mode', 'key', 'Invalid enumerator'],
  ['batch.size', '-1', 'Value must be at least 0'],
  ['connection.attempts', '0', 'Value must be at least 1'],
  ['db.timezone', 'Mars/Olympus', 'Invalid time zone identifier'],
  ['table.name.format', '', 'String must be non-empty'],
  ['timestamp.precision.mode', 'seconds', 'Invalid enumerator'],
])('%s=%s: %s', (name, value, complaint) => {
  const config = { 'connection.url': URL, [name]: value }
  expect(() => parseConfig(confluentSinkKeys, config)).toThrow(
    `Invalid value ${value} for configuration ${name}: ${complaint}`,
  )
})

test('a URL is needed', () => {
  expect(() => parseConfig(confluentSinkKeys, {})).toThrow('Missing required configuration "connection.url"')
})

test.each([
  ['deletes need the record key', { 'delete.enabled': 'true' }, ['pk.mode', 'delete.enabled']],
  ['upserts need a key', { 'insert.mode': 'UPSERT' }, ['pk.mode']],
  ['Kafka has three coordinates', { 'pk.mode': 'kafka', 'pk.fields': 'a,b' }, ['pk.fields']],
  [
    'other credentials providers',
    { 'jdbc.credentials.provider.class': 'my.Vault' },
    ['jdbc.credentials.provider.class'],
  ],
  ['another database', { 'connection.url': 'jdbc:derby:memory' }, ['connection.url']],
  ['another dialect', { 'dialect.name': 'DerbyDatabaseDialect' }, ['dialect.name']],
  ['no problem', { 'delete.enabled': 'true', 'pk.mode': 'record_key', 'insert.mode': 'upsert' }, []],
])('%s', async (_name, config: Config, keys) => {
  const problems = await jdbcSinkConnector.validate!({ 'connection.url': URL, ...config })
  expect(problems.map(({ key }) => key)).toEqual(keys)
})

test('puts may be repeated where they replace rows', () => {
  const repeats = jdbcSinkConnector.idempotentPut as (config: Config) => boolean
  expect(repeats({ 'insert.mode': 'upsert' })).toBe(true)
  expect(repeats({ 'insert.mode': 'UPDATE' })).toBe(true)
  expect(repeats({})).toBe(false)
})

test('each task has the whole configuration', async () => {
  const props = { a: '1' }
  expect(await jdbcSinkConnector.taskConfigs!({} as never, 3, props)).toEqual([props, props, props])
})

test('settings', () => {
  const settings = settingsOf({
    'connection.sslmode': 'require',
    'connection.attempts': '5',
    'table.name.format': 'shop.kafka_${topic}',
    'quote.sql.identifiers': 'never',
    'batch.size': '0',
    'db.timezone': 'Europe/Berlin',
    'date.timezone': 'utc',
    'table.types': 'table,partitioned_table',
  })
  expect(settings.connection.properties).toEqual({ sslmode: 'require' })
  expect(settings.tableOf('a$&b')).toBe('shop.kafka_a$&b')
  expect(settings.quotes).toBe(false)
  expect(settings.batchSize).toBe(1)
  expect(settings.writing).toMatchObject({ timeZone: 'Europe/Berlin', dateTimeZone: 'UTC' })
  expect(settings.tableTypes).toEqual(['TABLE', 'PARTITIONED TABLE'])
})

function aiven(config: Config) {
  const given = { 'connection.url': URL, ...config }
  return aivenSettings(parseConfig(aivenSinkKeys, given), given)
}

test("Aiven's keys", () => {
  expect(aivenJdbcSinkConnector.className).toBe('io.aiven.connect.jdbc.JdbcSinkConnector')
  expect(aiven({ 'insert.mode': 'multi' }).insertMode).toBe('insert')
  expect(aiven({ 'sql.quote.identifiers': 'false' }).quotes).toBe(false)
  expect(aiven({ 'table.name.normalize': 'true' }).tableOf('my.topic-1')).toBe('my_topic_1')
  expect(aiven({ 'handle.tombstone': 'true' }).skipsTombstones).toBe(true)
  const mapped = aiven({ 'topics.to.tables.mapping': 'a:first, b:second' })
  expect(mapped.tableOf('b')).toBe('second')
  expect(() => mapped.tableOf('c')).toThrow('topics.to.tables.mapping gives no table for the topic c')
  expect(() => aiven({ 'topics.to.tables.mapping': 'a' })).toThrow('Invalid topics to tables mapping')
})

test.each([
  ['io.confluent.connect.jdbc.JdbcSinkConnector', jdbcSinkConnector],
  ['io.aiven.connect.jdbc.JdbcSinkConnector', aivenJdbcSinkConnector],
  ['JdbcSinkConnector', jdbcSinkConnector],
  ['JdbcSink', jdbcSinkConnector],
])('%s is found, and in no list', (name, plugin) => {
  const registry = builtInPlugins()
  expect(registry.connector(name)).toBe(plugin)
  expect(registry.list(true).map(each => each.class)).not.toContain(plugin.className)
})

test('batches may be cut where puts may be repeated', () => {
  const problems = (mode: string) =>
    bunnectKeyProblems({ 'bunnect.errors.put': 'isolate', 'insert.mode': mode }, jdbcSinkConnector)
  expect(problems('upsert')).toEqual([])
  expect(problems('insert')[0]!.errors[0]).toContain('does not declare that its puts may be repeated')
})
