import { Database } from 'bun:sqlite'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { aivenJdbcSourceConnector, jdbcSourceConnector } from '../../../connectors/jdbc/source.ts'
import { builtInPlugins } from '../../../src/cli/builtins.ts'
import { type DatabaseServer, startPostgres } from '../../servers/databases.ts'
import { fileSink, Place, until } from '../standalone/support.ts'

let postgres: DatabaseServer
beforeAll(async () => {
  postgres = await startPostgres()
}, 120_000)
afterAll(async () => {
  await postgres?.stop()
}, 120_000)

let place: Place
beforeEach(() => {
  place = new Place()
})
afterEach(() => place.close())

const CONNECTORS = [jdbcSourceConnector, aivenJdbcSourceConnector]
const SOURCE = {
  'connector.class': 'io.confluent.connect.jdbc.JdbcSourceConnector',
  'poll.interval.ms': '20',
  'table.poll.interval.ms': '50',
  'topic.prefix': 'db-',
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'value.converter.schemas.enable': 'false',
}
const put = (name: string, config: Record<string, string>) =>
  place.running!.herder.putConnector(name, { ...config, name }, { replace: true })
const lines = (file: string) =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter(line => line !== '')
    : []
/** The tables of each task. */
const tablesOf = async (name: string) =>
  (await place.running!.herder.taskConfigs(name)).map(task => task.config['tables'])

test('tables that come and go change the tasks; what was read is not read again', async () => {
  const file = place.path('shop.db')
  const database = new Database(file)
  database.run('PRAGMA journal_mode = WAL')
  const create = (table: string) =>
    database.run(`CREATE TABLE ${table} (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, name TEXT)`)
  const insert = (table: string, name: string) =>
    database.run(`INSERT INTO ${table} (name) VALUES (?)`, [name])
  create('orders')
  insert('orders', 'first')
  await place.start({}, CONNECTORS)
  await put('source', {
    ...SOURCE,
    'connection.url': `jdbc:sqlite:${file}`,
    mode: 'incrementing',
    'table.blacklist': 'ignored',
    'tasks.max': '2',
    transforms: 'key,id',
    'transforms.key.type': 'org.apache.kafka.connect.transforms.ValueToKey',
    'transforms.key.fields': 'id',
    'transforms.id.type': 'org.apache.kafka.connect.transforms.ExtractField$Key',
    'transforms.id.field': 'id',
    'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
  })
  await place.state('source', 'RUNNING', 'RUNNING')
  const out = place.path('out')
  await put('sink', {
    ...fileSink(out, ''),
    topics: '',
    'topics.regex': 'db-.*',
    'consumer.override.metadata.max.age.ms': '100',
  })
  await until('the first row', () => lines(out).length === 1)
  expect(lines(out)).toEqual(['{"id":1,"name":"first"}'])
  expect(await tablesOf('source')).toEqual(['"orders"'])

  create('customers')
  create('ignored')
  insert('customers', 'new')
  insert('ignored', 'never')
  await until('a task for the new table', async () => (await tablesOf('source')).length === 2)
  expect(await tablesOf('source')).toEqual(['"customers"', '"orders"'])
  await until('the row of the new table', () => lines(out).length === 2, 30_000)

  database.run('DROP TABLE customers')
  await until('the task of the old table to end', async () => (await tablesOf('source')).length === 1)
  insert('orders', 'second')
  await until('a row after that', () => lines(out).length === 3)

  await place.stop()
  insert('orders', 'third')
  await place.start({}, CONNECTORS)
  await put('source', {
    ...SOURCE,
    'connection.url': `jdbc:sqlite:${file}`,
    mode: 'incrementing',
    'table.whitelist': 'orders',
  })
  await put('sink', { ...fileSink(out, 'db-orders') })
  await until('the row of the pause', () => lines(out).length >= 4)
  expect(lines(out).slice().sort()).toEqual([
    '{"id":1,"name":"first"}',
    '{"id":1,"name":"new"}',
    '{"id":2,"name":"second"}',
    '{"id":3,"name":"third"}',
  ])
  database.close()
}, 120_000)

test('two tables of one name are refused, and tables that nothing selects', async () => {
  await postgres.query(
    'CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.twice (id int); CREATE TABLE b.twice (id int)',
  )
  await place.start({}, CONNECTORS)
  const twice = put('source', { ...SOURCE, ...postgres.config, mode: 'bulk', 'table.whitelist': 'twice' })
  expect(await twice.catch(String)).toContain(
    'Several tables have one name, which is that of their topic: a.twice, b.twice',
  )
  await put('none', { ...SOURCE, ...postgres.config, mode: 'bulk', 'table.whitelist': 'no_such_table' })
  await place.state('none', 'RUNNING', 'FAILED')
  const status = await place.running!.herder.connectorStatus('none')
  expect(status.tasks[0]!.trace).toContain('was not assigned a table nor a query')
}, 120_000)

test('a password reaches neither log nor status', async () => {
  await place.start({}, CONNECTORS)
  const wrong = { ...postgres.config, 'connection.password': 'hunter2 and more' }
  const refused = put('source', { ...SOURCE, ...wrong, mode: 'bulk' })
  expect(await refused.catch(String)).toContain('Failed to transition connector source to state STARTED')
  await place.state('source', 'FAILED')
  const status = await place.running!.herder.connectorStatus('source')
  expect(status.connector.trace).toContain('password authentication failed')
  expect(JSON.stringify(status) + place.logged.join('')).not.toContain('hunter2')
}, 120_000)

test('the worker finds both projects by their names, the first by its alias too', () => {
  const plugins = builtInPlugins()
  const find = (name: string) => plugins.find(name)?.className
  expect(find('io.confluent.connect.jdbc.JdbcSourceConnector')).toBe(
    'io.confluent.connect.jdbc.JdbcSourceConnector',
  )
  expect(find('io.aiven.connect.jdbc.JdbcSourceConnector')).toBe('io.aiven.connect.jdbc.JdbcSourceConnector')
  expect(find('JdbcSource')).toBe('io.confluent.connect.jdbc.JdbcSourceConnector')
  expect(find('JdbcSourceConnector')).toBe('io.confluent.connect.jdbc.JdbcSourceConnector')
})
