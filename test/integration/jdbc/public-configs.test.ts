/** Configurations from the connectors' public documentation run as they were published. */
import { Database } from 'bun:sqlite'
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { SQL } from 'bun'
import { type DatabaseServer, startMariaDb, startPostgres } from '../../servers/databases.ts'
import { ground } from '../../servers/ground.ts'
import { freePort } from '../../servers/ports.ts'
import { until } from '../../servers/run.ts'
import type { TopicRecord } from '../../servers/topics.ts'
import { type ConnectWorker, startWorker } from '../../servers/worker.ts'
import { Terminal } from '../cli/terminal.ts'
import { publishedFiles, runPublished, sources } from './published-configs.ts'

const kafka = ground()
let postgres: DatabaseServer
let mariaDb: DatabaseServer
let terminal: Terminal
let registry: string
/** What stands in the files for places that are not ours, and our places; nothing else of a file is changed. */
let addresses: Record<string, string>

beforeAll(async () => {
  postgres = await startPostgres()
  mariaDb = await startMariaDb()
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

let worker: ConnectWorker | undefined
let topics: string[] = []
const open: SQL[] = []
afterEach(async () => {
  await worker?.stop()
  worker = undefined
  await remove()
  topics = []
  await Promise.all(open.splice(0).map(each => each.close({ timeout: 1 })))
}, 120_000)

/** The names are the published ones, so that they may have been left by another run. */
async function remove(): Promise<void> {
  for (const topic of topics) {
    // Another file may delete one that begins alike while this one looks.
    const found = await until(`a look at ${topic}`, () => kafka.probe.topics(topic))
    if (found.some(({ name }) => name === topic)) await kafka.probe.delete(topic)
  }
}

const STRING = 'org.apache.kafka.connect.storage.StringConverter'
const LANGUAGES = {
  avro: 'io.confluent.connect.avro.AvroConverter',
  protobuf: 'io.confluent.connect.protobuf.ProtobufConverter',
  jsonSchema: 'io.confluent.connect.json.JsonSchemaConverter',
} as const
type Language = keyof typeof LANGUAGES | 'json'

/** A worker for one file, in a folder of its own; `language` is that of values where the file does not say. */
async function standalone(language: Language, names: string[]): Promise<ConnectWorker> {
  topics = names
  await remove()
  const values: Record<string, string> =
    language === 'json'
      ? { 'value.converter': 'org.apache.kafka.connect.json.JsonConverter' }
      : { 'value.converter': LANGUAGES[language], 'value.converter.schema.registry.url': registry }
  const settings = { 'key.converter': STRING, 'offset.flush.interval.ms': '500', ...values }
  worker = await startWorker('bunnect', { bootstrap: kafka.broker.bootstrap, worker: settings })
  return worker
}

const run = (file: string) => runPublished(worker!, file, addresses)

/** The records of a topic when there are as many. */
async function records(topic: string, count: number): Promise<TopicRecord[]> {
  await until(`${count} records in ${topic}`, async () => (await kafka.probe.endOffset(topic)) >= count)
  return await kafka.probe.readAll(topic)
}

const payloads = (found: TopicRecord[]) =>
  found.map(({ value }) => JSON.parse(value!.toString()).payload as Record<string, unknown>)

/** What the worker's own converter reads out of a topic. */
async function structs(topic: string, count: number): Promise<string[]> {
  const file = join(worker!.dir, `${topic}.txt`)
  await worker!.create({ name: `read-${topic}`, 'connector.class': 'FileStreamSink', topics: topic, file })
  return await until(`${count} lines of ${topic}`, async () => {
    const lines = (await Bun.file(file).text()).split('\n').slice(0, -1)
    return lines.length >= count && lines
  })
}

async function produce(
  topic: string,
  pairs: [key: string | Buffer | null, value: string | Buffer | null][],
): Promise<void> {
  const bytes = (part: string | Buffer | null) => (part === null ? null : Buffer.from(part))
  const timestamp = Date.now()
  await kafka.probe.produceRecords(
    pairs.map(([key, value]) => ({
      topic,
      partition: 0,
      timestamp,
      key: bytes(key),
      value: bytes(value),
      headers: [],
    })),
  )
}

/** Registers a record of these fields and returns what makes its messages; `a?` is a field that may be null. */
async function avro(
  subject: string,
  fields: Record<string, 'int' | 'string' | 'float' | 'int?' | 'string?'>,
): Promise<(...values: (number | string | null)[]) => Buffer> {
  const types = Object.entries(fields).map(([name, type]) =>
    type.endsWith('?') ? { name, type: ['null', type.slice(0, -1)], default: null } : { name, type },
  )
  const answer = await fetch(`${registry}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify({ type: 'record', name: 'myrecord', fields: types }) }),
  })
  const { id } = (await answer.json()) as { id: number }
  const zigzag = (value: number) => {
    const bytes: number[] = []
    for (let rest = value >= 0 ? value * 2 : -value * 2 - 1; ; rest = rest >> 7) {
      if (rest < 128) return Buffer.from([...bytes, rest])
      bytes.push((rest & 127) | 128)
    }
  }
  const part = (value: number | string | null, type: string): Buffer => {
    if (type.endsWith('?'))
      return value === null ? zigzag(0) : Buffer.concat([zigzag(1), part(value, type.slice(0, -1))])
    if (typeof value === 'string')
      return Buffer.concat([zigzag(Buffer.byteLength(value)), Buffer.from(value)])
    if (type === 'int') return zigzag(value!)
    const four = Buffer.alloc(4)
    four.writeFloatLE(value!)
    return four
  }
  const head = Buffer.alloc(5)
  head.writeUInt32BE(id, 1)
  const names = Object.values(fields)
  return (...values) => Buffer.concat([head, ...values.map((value, i) => part(value, names[i]!))])
}

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

/** The rows of a query once there are as many. */
async function awaitRows(
  count: number,
  query: () => Promise<Record<string, unknown>[]>,
): Promise<Record<string, unknown>[]> {
  return await until(`${count} rows`, async () => {
    const found = await query()
    return found.length === count && found
  }).catch(async error => {
    const answer = await worker!.fetch('/connectors?expand=status')
    throw new Error(`${error.message}: ${JSON.stringify(await answer.json())}`, { cause: error })
  })
}

test('each file has its source, and there are twelve', () => {
  expect([...sources.keys()].sort()).toEqual(publishedFiles.slice().sort())
  expect(publishedFiles).toHaveLength(12)
})

test('SQLite, all tables by an incrementing column', async () => {
  await standalone('avro', ['test-sqlite-jdbc-accounts'])
  const database = new Database(join(worker!.dir, 'test.db'))
  database.run('CREATE TABLE accounts (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, name VARCHAR(255))')
  database.run("INSERT INTO accounts (name) VALUES ('alice'), ('bob')")
  await run('sqlite-source-quickstart.properties')
  await records('test-sqlite-jdbc-accounts', 2)
  database.run("INSERT INTO accounts (name) VALUES ('carol')")
  expect(await structs('test-sqlite-jdbc-accounts', 3)).toEqual([
    'Struct{id=1,name=alice}',
    'Struct{id=2,name=bob}',
    'Struct{id=3,name=carol}',
  ])
  database.close()
}, 120_000)

test('SQLite, a table that the sink makes of what Avro says', async () => {
  await standalone('avro', ['orders'])
  const order = await avro('orders-value', { id: 'int', product: 'string', quantity: 'int', price: 'float' })
  await kafka.probe.create('orders')
  await produce('orders', [[null, order(999, 'foo', 100, 50)]])
  await run('sqlite-sink-quickstart.properties')
  const path = join(worker!.dir, 'test.db')
  const found = await awaitRows(1, async () => {
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
  await standalone(
    'json',
    ['accounts', 'customers', 'transactions', 'firewall'].map(table => `mysql-03-${table}`),
  )
  await run('mysql-source-bulk-catalog.json')
  const [account] = payloads(await records('mysql-03-accounts', 1))
  expect(account).toEqual({ id: 1, first_name: 'Hamel', created_date: 17759 })
  expect(await records('mysql-03-customers', 2)).toHaveLength(2)
  expect(await records('mysql-03-transactions', 2)).toHaveLength(2)
  expect(await kafka.probe.topics('mysql-03-firewall')).toEqual([])
}, 120_000)

test('MySQL, a query over two tables by an incrementing column', async () => {
  await maria(DEMO)
  await standalone('avro', ['mysql-10'])
  await run('mysql-source-query.json')
  await records('mysql-10', 2)
  await maria("INSERT INTO demo.transactions VALUES (3, 1, 1.50, 'CZK', '2018-03-22 21:14:19')")
  expect(await structs('mysql-10', 3)).toEqual([
    'Struct{txn_id=1,customer_id=2,amount=-94.80,currency=RUB,txn_timestamp=Thu Mar 22 21:14:17 UTC 2018,first_name=Auberon,last_name=Sulland,email=a@example.com,gender=Male}',
    'Struct{txn_id=2,customer_id=7,amount=50.05,currency=EUR,txn_timestamp=Thu Mar 22 21:14:18 UTC 2018}',
    'Struct{txn_id=3,customer_id=1,amount=1.50,currency=CZK,txn_timestamp=Thu Mar 22 21:14:19 UTC 2018,first_name=Bibby,last_name=Argabrite,email=b@example.com,gender=Female,comments=Reactive}',
  ])
}, 120_000)

test('MySQL, what changes by a timestamp, in Protobuf', async () => {
  await maria(DEMO)
  await standalone('protobuf', ['mysql-00-customers'])
  await run('mysql-source-timestamp.json')
  await records('mysql-00-customers', 2)
  await maria("UPDATE demo.customers SET last_name = 'Odinson' WHERE id = 2")
  const lines = await structs('mysql-00-customers', 3)
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
  await standalone('jsonSchema', ['mysql-team'])
  await run('mysql-source-timestamp-incrementing.json')
  await records('mysql-team', 1)
  await maria(
    "INSERT INTO mydb.team (name, email, last_modified) VALUES ('another', 'another@apache.org', NOW())",
  )
  const [first, second] = await records('mysql-team', 2)
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
  await standalone('avro', ['test01'])
  await kafka.probe.create('test01')
  const before = await avro('test01-value', { COL1: 'int?', COL2: 'string?' })
  const later = await avro('test01-value', { COL1: 'int?', COL2: 'string?', COL3: 'string?' })
  await produce('test01', [
    ['X', before(1, 'FOO')],
    ['Y', before(2, 'BAR')],
    ['Z', before(1, 'WOO')],
    ['Y', before(4, 'PFF')],
    ['W', later(5, null, 'NEW')],
  ])
  await run('mysql-sink-upsert.json')
  const found = await awaitRows(4, () => maria('SELECT * FROM demo.test01 ORDER BY MESSAGE_KEY'))
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
  await standalone('json', ['pagila.public.alt.address'])
  await run('postgres-source-numeric-mapping.json')
  const [record] = await records('pagila.public.alt.address', 1)
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
  await standalone('json', ['demo-3-twitter'])
  await kafka.probe.create('demo-3-twitter')
  const fields = { id: 'int64', created_at: 'string', text: 'string', lang: 'string', is_retweet: 'boolean' }
  const tweet = (id: number, lang: string) =>
    envelope(fields, { id, created_at: '2021-03-22', text: 'not for the table', lang, is_retweet: id === 2 })
  await produce('demo-3-twitter', [
    [null, tweet(1, 'en')],
    [null, tweet(2, 'de')],
  ])
  await rows(owner, "ALTER ROLE postgres PASSWORD 'postgres'")
  await run('postgres-sink-coordinates.json')
  const found = await awaitRows(2, () => rows(owner, 'SELECT * FROM "demo-3-twitter" ORDER BY id'))
  await rows(owner, `ALTER ROLE postgres PASSWORD '${postgres.password}'`)
  const place = (offset: number) => ({
    __connect_topic: 'demo-3-twitter',
    __connect_partition: 0,
    __connect_offset: String(offset),
  })
  expect(found).toEqual([
    { ...place(0), id: '1', created_at: '2021-03-22', lang: 'en', is_retweet: false },
    { ...place(1), id: '2', created_at: '2021-03-22', lang: 'de', is_retweet: true },
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
  await standalone('json', [`${prefix}students`, `${prefix}exams`, `${prefix}teachers`])
  await run('aiven-postgres-source-incrementing.json')
  expect(payloads(await records(`${prefix}students`, 2))).toEqual([
    { id: 1, name: 'Jon' },
    { id: 2, name: 'Mary' },
  ])
  expect(payloads(await records(`${prefix}exams`, 1))).toEqual([{ id: 1, mark: 3 }])
  expect(await encrypted(owner, 'avnadmin')).toEqual([{ ssl: true }])
  expect(await kafka.probe.topics(`${prefix}teachers`)).toEqual([])
}, 120_000)

test('Aiven’s sink, upsert by a field of the value into PostgreSQL over TLS', async () => {
  const owner = await postgresOwner('postgres')
  await rows(owner, `CREATE ROLE "DB_USERNAME" LOGIN PASSWORD 'DB_PASSWORD'`)
  await rows(owner, 'CREATE DATABASE "DB_NAME" OWNER "DB_USERNAME"')
  const target = await postgresOwner('DB_NAME')
  await rows(target, 'GRANT ALL ON SCHEMA public TO "DB_USERNAME"')
  await standalone('avro', ['iot_measurements'])
  await kafka.probe.create('iot_measurements')
  const fields = { iot_id: 'int64', metric: 'string', measurement: 'int32' }
  const measured = (iot_id: number, metric: string, measurement: number) =>
    envelope(fields, { iot_id, metric, measurement })
  await produce('iot_measurements', [
    [null, measured(1, 'Temperature', 13)],
    [null, measured(1, 'Temperature', 14)],
    [null, measured(2, 'Humidity', 60)],
  ])
  await run('aiven-postgres-sink-record-value.json')
  const found = await awaitRows(2, () => rows(target, 'SELECT * FROM iot_measurements ORDER BY iot_id'))
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
  await standalone('json', [topic])
  await kafka.probe.create(topic)
  const key = await avro(`${topic}-key`, { student_id: 'int' })
  const exam = await avro(`${topic}-value`, { student_name: 'string', exam: 'string', exam_result: 'string' })
  await produce(topic, [
    [key(1234), exam('Mary', 'Math', 'B')],
    [key(1235), exam('Jon', 'Art', 'C')],
    [key(1234), exam('Mary', 'Math', 'A')],
  ])
  await run('aiven-mysql-sink-delete.json')
  const students = () => maria('SELECT * FROM DB_NAME.students ORDER BY student_id')
  expect(await awaitRows(2, students)).toEqual([
    { student_id: 1234, student_name: 'Mary', exam: 'Math', exam_result: 'A' },
    { student_id: 1235, student_name: 'Jon', exam: 'Art', exam_result: 'C' },
  ])
  await produce(topic, [[key(1235), null]])
  expect(await awaitRows(1, students)).toMatchObject([{ student_id: 1234 }])
}, 120_000)
