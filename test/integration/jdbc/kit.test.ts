/** The conformance kit on the JDBC connectors, with each database that a server can be had of. */

import { Database } from 'bun:sqlite'
import { afterAll, beforeAll } from 'bun:test'
import { join } from 'node:path'
import { jdbcSinkConnector } from '../../../connectors/jdbc/sink.ts'
import { jdbcSourceConnector } from '../../../connectors/jdbc/source.ts'
import { INT32_SCHEMA, OPTIONAL_STRING_SCHEMA, type Schema, STRING_SCHEMA } from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import {
  type SinkUnderTest,
  type SourceUnderTest,
  sinkSuite,
  sourceSuite,
} from '../../../src/testing/index.ts'
import { type DatabaseServer, startMariaDb, startPostgres } from '../../servers/databases.ts'
import { serversFolder, sharedBroker } from '../../servers/kafka.ts'
import { testEach } from '../../servers/kit.ts'
import { KitEnvironment } from '../../servers/kit-environment.ts'

/** A database as the suites need it. */
interface Ground {
  name: string
  config(): Record<string, string>
  query(sql: string): Promise<Record<string, unknown>[]>
  quoted(name: string): string
  /** Of a column that counts by itself. */
  serial: string
  server?(): DatabaseServer
  /** Locks a table; resolves to what unlocks it. */
  lock(table: string): Promise<() => Promise<void>>
}

let environment: KitEnvironment
let broker: Awaited<ReturnType<typeof sharedBroker>>
let postgres: DatabaseServer
let mariaDb: DatabaseServer
beforeAll(async () => {
  broker = await sharedBroker()
  environment = new KitEnvironment(broker.bootstrap)
  ;[postgres, mariaDb] = await Promise.all([startPostgres(), startMariaDb()])
}, 300_000)
afterAll(async () => {
  await environment.close()
  await Promise.all([postgres?.stop(), mariaDb?.stop()])
  await broker.stop()
}, 120_000)

const GROUNDS: Ground[] = [
  {
    name: 'jdbc/postgres',
    config: () => ({ ...postgres.config }),
    query: sql => postgres.query(sql),
    quoted: name => `"${name}"`,
    serial: 'serial',
    server: () => postgres,
    async lock(table) {
      await postgres.query(`begin; lock table "${table}" in exclusive mode`, 'administrator')
      return async () => void (await postgres.query('commit', 'administrator'))
    },
  },
  {
    name: 'jdbc/mariadb',
    config: () => ({ ...mariaDb.config }),
    query: sql => mariaDb.query(sql),
    quoted: name => `\`${name}\``,
    serial: 'int auto_increment',
    server: () => mariaDb,
    async lock(table) {
      await mariaDb.query(`lock tables \`${table}\` write`, 'administrator')
      return async () => void (await mariaDb.query('unlock tables', 'administrator'))
    },
  },
  {
    name: 'jdbc/sqlite',
    config: () => ({ 'connection.url': `jdbc:sqlite:${sqliteFile()}` }),
    query: async sql => {
      const database = new Database(sqliteFile(), { create: true })
      try {
        database.run('pragma journal_mode = wal')
        database.run('pragma busy_timeout = 10000')
        return database.query(sql).all() as Record<string, unknown>[]
      } finally {
        database.close()
      }
    },
    quoted: name => `"${name}"`,
    serial: 'integer',
    async lock() {
      const database = new Database(sqliteFile())
      database.run('pragma busy_timeout = 10000')
      database.run('begin immediate')
      return async () => database.close()
    },
  },
]
const sqliteFile = () => join(serversFolder(), `kit-${process.pid}.db`)

const plain = new SchemaBuilder('STRUCT').field('id', INT32_SCHEMA).field('text', STRING_SCHEMA).build()
const wider = new SchemaBuilder('STRUCT')
  .field('id', INT32_SCHEMA)
  .field('text', STRING_SCHEMA)
  .field('extra', OPTIONAL_STRING_SCHEMA)
  .build()
const row = (valueSchema: Schema, id: number, values: Record<string, unknown>) => {
  const value = new Struct(valueSchema).put('id', id)
  for (const [name, one] of Object.entries(values)) value.put(name, one)
  return { valueSchema, value }
}

function sinkOn(ground: Ground): SinkUnderTest {
  const { name, config, query, quoted, server, lock } = ground
  return {
    name: `${name} sink`,
    plugin: jdbcSinkConnector,
    config: () => ({
      'connector.class': 'io.confluent.connect.jdbc.JdbcSinkConnector',
      ...config(),
      'insert.mode': 'upsert',
      'pk.mode': 'record_value',
      'pk.fields': 'id',
      'auto.create': 'true',
      'auto.evolve': 'true',
      'connection.backoff.ms': '500',
      'connection.attempts': '20',
      'retry.backoff.ms': '500',
      'max.retries': '60',
    }),
    record: (i, bytes = 0) => row(plain, i, { text: `row ${i} `.padEnd(bytes, '.') }),
    evolved: i => row(wider, i, { text: `row ${i}`, extra: `more of ${i}` }),
    // Without a schema there are no columns.
    bad: () => ({ value: { id: 1 } }),
    async written(topic) {
      const rows = await query(`select id from ${quoted(topic)} order by id`).catch(error => {
        if (/does ?n[o']t exist|no such table/i.test(String(error))) return []
        throw error
      })
      return rows.map(({ id }) => Number(id))
    },
    redelivery: 'nothing',
    ...(server && {
      system: { stop: () => server().kill(), start: () => server().start() },
      secrets: () => [server().password],
    }),
    slow: lock,
  }
}

function sourceOn(ground: Ground): SourceUnderTest {
  const { name, config, query, quoted, serial, server } = ground
  return {
    name: `${name} source`,
    plugin: jdbcSourceConnector,
    config: place => ({
      'connector.class': 'io.confluent.connect.jdbc.JdbcSourceConnector',
      ...config(),
      mode: 'incrementing',
      'incrementing.column.name': 'id',
      'table.whitelist': place,
      'topic.prefix': 'p-',
      'poll.interval.ms': '200',
      'connection.backoff.ms': '500',
      'connection.attempts': '20',
      transforms: 'name',
      'transforms.name.type': 'org.apache.kafka.connect.transforms.RegexRouter',
      'transforms.name.regex': 'p-(.*)',
      'transforms.name.replacement': '$1',
    }),
    async prepare(place) {
      await query(
        `create table ${quoted(place)} (id ${serial} not null primary key, number int not null, text text)`,
      )
    },
    async add(place, from, to, bytes = 70) {
      const most = Math.ceil(500_000 / bytes)
      for (let i = from; i < to; i += most) {
        const rows = Array.from(
          { length: Math.min(most, to - i) },
          (_, at) => `(${i + at}, '${`row ${i + at} `.padEnd(bytes, '.')}')`,
        )
        await query(`insert into ${quoted(place)} (number, text) values ${rows.join(', ')}`)
      }
    },
    numberOf: value => (value as { number: number }).number,
    async evolve(place) {
      await query(`alter table ${quoted(place)} add column extra varchar(10) default 'x'`)
    },
    ...(server && {
      system: { stop: () => server().kill(), start: () => server().start() },
      secrets: () => [server().password],
    }),
  }
}

for (const ground of GROUNDS) {
  testEach(sourceSuite(sourceOn(ground)), () => environment)
  testEach(sinkSuite(sinkOn(ground)), () => environment)
}
