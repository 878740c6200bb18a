/** Configurations from the connectors' public documentation run as they were published. */
import { Database } from 'bun:sqlite'
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { SQL } from 'bun'
import { type DatabaseServer, startMariaDb, startPostgres } from '../../servers/databases.ts'
import { ground } from '../../servers/ground.ts'
import { freePort } from '../../servers/ports.ts'
import type { TopicRecord } from '../../servers/topics.ts'
import { Terminal } from '../cli/terminal.ts'
import { avroMessages } from './avro-messages.ts'
import { publishedFiles, runPublished, sources } from './published-configs.ts'
import { type Language, PublishedRun } from './published-run.ts'

const kafka = ground()
let postgres: DatabaseServer
let mariaDb: DatabaseServer
let terminal: Terminal
let registry: string
/** What stands in the files for places that are not ours, and our places; nothing else of a file is changed. */
let addresses: Record<string, string>

beforeAll(async () => {
  ;[postgres, mariaDb] = await Promise.all([startPostgres(), startMariaDb()])
  terminal = new Terminal()
  registry = `http://127.0.0.1:${await freePort()}`
  const server = terminal.start({ args: ['schema-registry', '--listeners', registry, '--data', 'schemas'] })
  await server.says('Server started, listening for requests')
  const { host, port } = postgres
  addresses = {
    'mysql:3306': `${mariaDb.host}:${mariaDb.port}`,
    'mysql://DB_HOST:DB_PORT': `mysql://${mariaDb.host}:${mariaDb.port}`,
    'ssl-mode=DB_SSL_MODE': 'ssl-mode=REQUIRED',
    'postgres:5432': `${host}:${port}`,
    'your-pagila-database-url.us-east-1.rds.amazonaws.com:5432': `${host}:${port}`,
    'demo-pg-myproject.aivencloud.com:13039': `${host}:${port}`,
    'postgresql://DB_HOST:DB_PORT': `postgresql://${host}:${port}`,
    'sslmode=DB_SSL_MODE': 'sslmode=require',
    'https://APACHE_KAFKA_HOST:SCHEMA_REGISTRY_PORT': registry,
  }
}, 300_000)
afterAll(async () => {
  await terminal?.close()
  await Promise.all([postgres?.stop(), mariaDb?.stop()])
}, 120_000)

let running: PublishedRun | undefined
const open: SQL[] = []
afterEach(async () => {
  await running?.close()
  running = undefined
  await Promise.all(open.splice(0).map(each => each.close({ timeout: 1 })))
}, 120_000)

async function start(language: Language, topics: string[]): Promise<PublishedRun> {
  const where = { bootstrap: kafka.broker.bootstrap, probe: kafka.probe, registry }
  running = await PublishedRun.start(where, language, topics)
  return running
}

const run = (file: string) => runPublished(running!.worker, file, addresses)

const payloads = (found: TopicRecord[]) =>
  found.map(({ value }) => JSON.parse(value!.toString()).payload as Record<string, unknown>)

/** A client of the database that a file names, with the rights of its owner. */
async function postgresOwner(database: string): Promise<SQL> {
  const { host: hostname, port, password } = postgres
  const sql = new SQL({
    adapter: 'postgres',
    hostname,
    port,
    database,
    username: 'postgres',
    password,
    max: 1,
  })
  open.push(sql)
  return sql
}

async function rows(sql: SQL, query: string): Promise<Record<string, unknown>[]> {
  return [...(await sql.unsafe(query))]
}

const maria = (query: string) => mariaDb.query(query, 'administrator')

/** Whether the connections of a role are encrypted. */
const encrypted = (owner: SQL, role: string) =>
  rows(
    owner,
    `SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = '${role}'`,
  )

test('each file has its source, and there are twelve', () => {
  expect([...sources.keys()].sort()).toEqual(publishedFiles.slice().sort())
  expect(publishedFiles).toHaveLength(12)
})

test('SQLite, all tables by an incrementing column', async () => {
  const place = await start('avro', ['test-sqlite-jdbc-accounts'])
  const database = new Database(join(place.worker.dir, 'test.db'))
  database.run('CREATE TABLE accounts (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, name VARCHAR(255))')
  database.run("INSERT INTO accounts (name) VALUES ('alice'), ('bob')")
  await run('sqlite-source-quickstart.properties')
  await place.records('test-sqlite-jdbc-accounts', 2)
  database.run("INSERT INTO accounts (name) VALUES ('carol')")
  expect(await place.structs('test-sqlite-jdbc-accounts', 3)).toEqual([
    'Struct{id=1,name=alice}',
    'Struct{id=2,name=bob}',
    'Struct{id=3,name=carol}',
  ])
  database.close()
}, 120_000)

test('SQLite, a table that the sink makes of what Avro says', async () => {
  const place = await start('avro', ['orders'])
  const order = await avroMessages(registry, 'orders-value', {
    id: 'int',
    product: 'string',
    quantity: 'int',
    price: 'float',
  })
  await place.produce('orders', [[null, order(999, 'foo', 100, 50)]])
  await run('sqlite-sink-quickstart.properties')
  const path = join(place.worker.dir, 'test.db')
  const found = await place.rows(1, async () => {
    using database = new Database(path, { readonly: true })
    return database.query<Record<string, unknown>, []>('SELECT * FROM orders').all()
  })
  expect(found).toEqual([{ id: 999, product: 'foo', quantity: 100, price: 50 }])
}, 120_000)

const DEMO = `
  CREATE DATABASE IF NOT EXISTS demo; CREATE DATABASE IF NOT EXISTS security;
  CREATE OR REPLACE USER connect_user IDENTIFIED BY 'asgard';
  GRANT ALL ON demo.* TO connect_user; GRANT ALL ON security.* TO connect_user;
  DROP TABLE IF EXISTS demo.accounts, demo.customers, demo.transactions, demo.test01, security.firewall;
  CREATE TABLE demo.accounts (id INT, first_name VARCHAR(50), created_date DATE);
  INSERT INTO demo.accounts VALUES (1, 'Hamel', '2018-08-16');
  CREATE TABLE demo.customers (id INT PRIMARY KEY, first_name VARCHAR(50), last_name VARCHAR(50),
    email VARCHAR(50), gender VARCHAR(50), comments VARCHAR(90),
    UPDATE_TS TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP);
  INSERT INTO demo.customers VALUES
    (1, 'Bibby', 'Argabrite', 'b@example.com', 'Female', 'Reactive', '2018-12-20 15:18:44'),
    (2, 'Auberon', 'Sulland', 'a@example.com', 'Male', NULL, '2018-12-20 15:18:45');
  CREATE TABLE demo.transactions (txn_id INT AUTO_INCREMENT PRIMARY KEY, customer_id INT, amount DECIMAL(5,2),
    currency VARCHAR(50), txn_timestamp DATETIME);
  INSERT INTO demo.transactions VALUES
    (1, 2, -94.80, 'RUB', '2018-03-22 21:14:17'), (2, 7, 50.05, 'EUR', '2018-03-22 21:14:18');
  CREATE TABLE security.firewall (id INT)`

test('MySQL, whole tables of one catalogue', async () => {
  await maria(DEMO)
  const place = await start(
    'json',
    ['accounts', 'customers', 'transactions', 'firewall'].map(table => `mysql-03-${table}`),
  )
  await run('mysql-source-bulk-catalog.json')
  const [account] = payloads(await place.records('mysql-03-accounts', 1))
  expect(account).toEqual({ id: 1, first_name: 'Hamel', created_date: 17759 })
  expect(await place.records('mysql-03-customers', 2)).toHaveLength(2)
  expect(await place.records('mysql-03-transactions', 2)).toHaveLength(2)
  expect(await kafka.probe.topics('mysql-03-firewall')).toEqual([])
}, 120_000)

test('MySQL, a query over two tables by an incrementing column', async () => {
  await maria(DEMO)
  const place = await start('avro', ['mysql-10'])
  await run('mysql-source-query.json')
  await place.records('mysql-10', 2)
  await maria("INSERT INTO demo.transactions VALUES (3, 1, 1.50, 'CZK', '2018-03-22 21:14:19')")
  expect(await place.structs('mysql-10', 3)).toEqual([
    'Struct{txn_id=1,customer_id=2,amount=-94.80,currency=RUB,txn_timestamp=Thu Mar 22 21:14:17 UTC 2018,first_name=Auberon,last_name=Sulland,email=a@example.com,gender=Male}',
    'Struct{txn_id=2,customer_id=7,amount=50.05,currency=EUR,txn_timestamp=Thu Mar 22 21:14:18 UTC 2018}',
    'Struct{txn_id=3,customer_id=1,amount=1.50,currency=CZK,txn_timestamp=Thu Mar 22 21:14:19 UTC 2018,first_name=Bibby,last_name=Argabrite,email=b@example.com,gender=Female,comments=Reactive}',
  ])
}, 120_000)

test('MySQL, what changes by a timestamp, in Protobuf', async () => {
  await maria(DEMO)
  const place = await start('protobuf', ['mysql-00-customers'])
  await run('mysql-source-timestamp.json')
  await place.records('mysql-00-customers', 2)
  await maria("UPDATE demo.customers SET last_name = 'Odinson' WHERE id = 2")
  const lines = await place.structs('mysql-00-customers', 3)
  expect(lines.map(line => line.slice(0, line.indexOf(',email')))).toEqual([
    'Struct{id=1,first_name=Bibby,last_name=Argabrite',
    'Struct{id=2,first_name=Auberon,last_name=Sulland',
    'Struct{id=2,first_name=Auberon,last_name=Odinson',
  ])
  const schema = await fetch(`${registry}/subjects/mysql-00-customers-value/versions/latest`)
  expect(await schema.json()).toMatchObject({ version: 1, schemaType: 'PROTOBUF' })
}, 120_000)

test('MySQL, what changes by a timestamp and an incrementing column, in JSON Schema', async () => {
  await maria(`CREATE DATABASE mydb; CREATE USER user IDENTIFIED BY 'password'; GRANT ALL ON mydb.* TO user;
    CREATE TABLE mydb.team (id INT NOT NULL PRIMARY KEY AUTO_INCREMENT, name VARCHAR(255) NOT NULL,
      email VARCHAR(255) NOT NULL, last_modified DATETIME NOT NULL);
    INSERT INTO mydb.team VALUES (1, 'kafka', 'kafka@apache.org', '2024-01-01 10:00:00')`)
  const place = await start('jsonSchema', ['mysql-team'])
  await run('mysql-source-timestamp-incrementing.json')
  await place.records('mysql-team', 1)
  await maria(
    "INSERT INTO mydb.team (name, email, last_modified) VALUES ('another', 'another@apache.org', NOW())",
  )
  const [first, second] = await place.records('mysql-team', 2)
  const message = (record: TopicRecord) => JSON.parse(record.value!.subarray(5).toString())
  expect(message(first!)).toEqual({
    id: 1,
    name: 'kafka',
    email: 'kafka@apache.org',
    last_modified: Date.UTC(2024, 0, 1, 10),
  })
  expect(message(second!)).toMatchObject({ id: 2, name: 'another', email: 'another@apache.org' })
  const schema = await fetch(`${registry}/schemas/ids/${first!.value!.readUInt32BE(1)}`)
  expect(await schema.json()).toMatchObject({ schemaType: 'JSON' })
}, 120_000)

test('MySQL, upsert by the text of the key into a table that follows the schema', async () => {
  await maria(DEMO)
  const place = await start('avro', ['test01'])
  const before = await avroMessages(registry, 'test01-value', { COL1: 'int?', COL2: 'string?' })
  const later = await avroMessages(registry, 'test01-value', {
    COL1: 'int?',
    COL2: 'string?',
    COL3: 'string?',
  })
  await place.produce('test01', [
    ['X', before(1, 'FOO')],
    ['Y', before(2, 'BAR')],
    ['Z', before(1, 'WOO')],
    ['Y', before(4, 'PFF')],
    ['W', later(5, null, 'NEW')],
  ])
  await run('mysql-sink-upsert.json')
  const found = await place.rows(4, () => maria('SELECT * FROM demo.test01 ORDER BY MESSAGE_KEY'))
  expect(found).toEqual([
    { COL1: 5, COL2: null, MESSAGE_KEY: 'W', COL3: 'NEW' },
    { COL1: 1, COL2: 'FOO', MESSAGE_KEY: 'X', COL3: null },
    { COL1: 4, COL2: 'PFF', MESSAGE_KEY: 'Y', COL3: null },
    { COL1: 1, COL2: 'WOO', MESSAGE_KEY: 'Z', COL3: null },
  ])
}, 120_000)

test('PostgreSQL, keys and metadata by transforms, decimals as their nearest numbers', async () => {
  const owner = await postgresOwner('postgres')
  await rows(owner, `CREATE ROLE "your-username" LOGIN PASSWORD 'your-password'`)
  await rows(owner, 'CREATE DATABASE pagila OWNER "your-username"')
  const pagila = await postgresOwner('pagila')
  await rows(
    pagila,
    `CREATE TABLE address (address_id serial PRIMARY KEY, address text NOT NULL, city_id int2 NOT NULL,
       rooms numeric(4,0), area numeric(9,2), last_update timestamp DEFAULT now() NOT NULL);
     INSERT INTO address VALUES (1, '47 MySakila Drive', 300, 12, 1234.56, '2006-02-15 09:45:30');
     GRANT ALL ON address TO "your-username"`,
  )
  const place = await start('json', ['pagila.public.alt.address'])
  await run('postgres-source-numeric-mapping.json')
  const [record] = await place.records('pagila.public.alt.address', 1)
  expect(record!.key!.toString()).toBe('1')
  expect(payloads([record!])).toEqual([
    {
      address_id: 1,
      address: '47 MySakila Drive',
      city_id: 300,
      rooms: 12,
      area: 1234.56,
      last_update: Date.UTC(2006, 1, 15, 9, 45, 30),
      message_topic: 'pagila.public.alt.address',
      message_source: 'pagila',
    },
  ])
  const { schema } = JSON.parse(record!.value!.toString()) as { schema: { fields: { type: string }[] } }
  expect(schema.fields.slice(3, 5).map(({ type }) => type)).toEqual(['int16', 'double'])
}, 120_000)

const envelope = (fields: Record<string, string>, payload: Record<string, unknown>) =>
  JSON.stringify({
    schema: {
      type: 'struct',
      fields: Object.entries(fields).map(([field, type]) => ({ field, type, optional: false })),
    },
    payload,
  })

test('PostgreSQL, upsert by topic, partition and offset of some of the fields', async () => {
  const owner = await postgresOwner('postgres')
  const place = await start('json', ['demo-3-twitter'])
  const fields = { id: 'int64', created_at: 'string', text: 'string', lang: 'string', is_retweet: 'boolean' }
  const tweet = (id: number, lang: string) =>
    envelope(fields, { id, created_at: '2021-03-22', text: 'not for the table', lang, is_retweet: id === 2 })
  await place.produce('demo-3-twitter', [
    [null, tweet(1, 'en')],
    [null, tweet(2, 'de')],
  ])
  await rows(owner, "ALTER ROLE postgres PASSWORD 'postgres'")
  await run('postgres-sink-coordinates.json')
  const found = await place.rows(2, () => rows(owner, 'SELECT * FROM "demo-3-twitter" ORDER BY id'))
  await rows(owner, `ALTER ROLE postgres PASSWORD '${postgres.password}'`)
  const coordinates = (offset: number) => ({
    __connect_topic: 'demo-3-twitter',
    __connect_partition: 0,
    __connect_offset: String(offset),
  })
  expect(found).toEqual([
    { ...coordinates(0), id: '1', created_at: '2021-03-22', lang: 'en', is_retweet: false },
    { ...coordinates(1), id: '2', created_at: '2021-03-22', lang: 'de', is_retweet: true },
  ])
}, 120_000)

test('Aiven’s source, two tables of PostgreSQL over TLS', async () => {
  const owner = await postgresOwner('postgres')
  await rows(owner, "CREATE ROLE avnadmin LOGIN PASSWORD 'mypassword123'")
  await rows(owner, 'CREATE DATABASE defaultdb OWNER avnadmin')
  const defaultdb = await postgresOwner('defaultdb')
  await rows(
    defaultdb,
    `CREATE TABLE students (id serial PRIMARY KEY, name text); INSERT INTO students (name) VALUES ('Jon'), ('Mary');
     CREATE TABLE exams (id serial PRIMARY KEY, mark int); INSERT INTO exams (mark) VALUES (3);
     CREATE TABLE teachers (id serial PRIMARY KEY); INSERT INTO teachers DEFAULT VALUES;
     GRANT ALL ON students, exams, teachers TO avnadmin`,
  )
  const prefix = 'jdbc_source_pg_increment.'
  const place = await start('json', [`${prefix}students`, `${prefix}exams`, `${prefix}teachers`])
  await run('aiven-postgres-source-incrementing.json')
  expect(payloads(await place.records(`${prefix}students`, 2))).toEqual([
    { id: 1, name: 'Jon' },
    { id: 2, name: 'Mary' },
  ])
  expect(payloads(await place.records(`${prefix}exams`, 1))).toEqual([{ id: 1, mark: 3 }])
  expect(await encrypted(owner, 'avnadmin')).toEqual([{ ssl: true }])
  expect(await kafka.probe.topics(`${prefix}teachers`)).toEqual([])
}, 120_000)

test('Aiven’s sink, upsert by a field of the value into PostgreSQL over TLS', async () => {
  const owner = await postgresOwner('postgres')
  await rows(owner, `CREATE ROLE "DB_USERNAME" LOGIN PASSWORD 'DB_PASSWORD'`)
  await rows(owner, 'CREATE DATABASE "DB_NAME" OWNER "DB_USERNAME"')
  const target = await postgresOwner('DB_NAME')
  await rows(target, 'GRANT ALL ON SCHEMA public TO "DB_USERNAME"')
  const place = await start('avro', ['iot_measurements'])
  const fields = { iot_id: 'int64', metric: 'string', measurement: 'int32' }
  const measured = (iot_id: number, metric: string, measurement: number) =>
    envelope(fields, { iot_id, metric, measurement })
  await place.produce('iot_measurements', [
    [null, measured(1, 'Temperature', 13)],
    [null, measured(1, 'Temperature', 14)],
    [null, measured(2, 'Humidity', 60)],
  ])
  await run('aiven-postgres-sink-record-value.json')
  const found = await place.rows(2, () => rows(target, 'SELECT * FROM iot_measurements ORDER BY iot_id'))
  expect(found).toEqual([
    { iot_id: '1', metric: 'Temperature', measurement: 14 },
    { iot_id: '2', metric: 'Humidity', measurement: 60 },
  ])
  expect(await encrypted(owner, 'DB_USERNAME')).toEqual([{ ssl: true }])
}, 120_000)

test('Aiven’s sink, upsert and delete by a key of Avro in MySQL over TLS', async () => {
  await maria(`CREATE DATABASE DB_NAME; CREATE USER DB_USERNAME IDENTIFIED BY 'DB_PASSWORD' REQUIRE SSL;
    GRANT ALL ON DB_NAME.* TO DB_USERNAME`)
  const topic = 'my_pgnordics2022_pgsource.public.pasta'
  const place = await start('json', [topic])
  const key = await avroMessages(registry, `${topic}-key`, { student_id: 'int' })
  const exam = await avroMessages(registry, `${topic}-value`, {
    student_name: 'string',
    exam: 'string',
    exam_result: 'string',
  })
  await place.produce(topic, [
    [key(1234), exam('Mary', 'Math', 'B')],
    [key(1235), exam('Jon', 'Art', 'C')],
    [key(1234), exam('Mary', 'Math', 'A')],
  ])
  await run('aiven-mysql-sink-delete.json')
  const students = () => maria('SELECT * FROM DB_NAME.students ORDER BY student_id')
  expect(await place.rows(2, students)).toEqual([
    { student_id: 1234, student_name: 'Mary', exam: 'Math', exam_result: 'A' },
    { student_id: 1235, student_name: 'Jon', exam: 'Art', exam_result: 'C' },
  ])
  await place.produce(topic, [[key(1235), null]])
  expect(await place.rows(1, students)).toMatchObject([{ student_id: 1234 }])
}, 120_000)
