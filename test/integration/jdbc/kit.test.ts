/** The conformance kit on the JDBC connectors, with each database that a server can be had of. */

import { Database } from 'bun:sqlite'
import { afterAll, beforeAll } from 'bun:test'
import { join } from 'node:path'
import { INT32_SCHEMA, OPTIONAL_STRING_SCHEMA, type Schema, STRING_SCHEMA } from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import {
  type SinkBehaviour,
  type SinkUnderTest,
  type SourceBehaviour,
  type SourceUnderTest,
  sinkBehaviours,
  sinkSuite,
  sourceBehaviours,
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
}

let environment: KitEnvironment
let broker: Awaited<ReturnType<typeof sharedBroker>>
let postgres: DatabaseServer
let mariaDb: DatabaseServer
beforeAll(async () => {
  broker = await sharedBroker()
  environment = new KitEnvironment(broker.bootstrap)
  postgres = await startPostgres()
  mariaDb = await startMariaDb()
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
  },
  {
    name: 'jdbc/mariadb',
    config: () => ({ ...mariaDb.config }),
    query: sql => mariaDb.query(sql),
    quoted: name => `\`${name}\``,
    serial: 'int auto_increment',
    server: () => mariaDb,
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
  const { name, config, query, quoted, server } = ground
  return {
    name: `${name} sink`,
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
    }),
    record: i => row(plain, i, { text: `row ${i}` }),
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
      target: { stop: () => server().kill(), start: () => server().start() },
      secrets: () => [server().password],
    }),
    ...(name === 'jdbc/postgres' && {
      async slow(topic: string) {
        await postgres.query(`begin; lock table ${quoted(topic)} in exclusive mode`, 'administrator')
        return async () => {
          await postgres.query('commit', 'administrator')
        }
      },
    }),
  }
}

function sourceOn(ground: Ground): SourceUnderTest {
  const { name, config, query, quoted, serial, server } = ground
  return {
    name: `${name} source`,
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
        `create table ${quoted(place)} (id ${serial} not null primary key, number int not null, text varchar(100))`,
      )
    },
    async add(place, from, to) {
      for (let i = from; i < to; i += 1000) {
        const rows = Array.from(
          { length: Math.min(1000, to - i) },
          (_, at) => `(${i + at}, 'row ${i + at} ${'.'.repeat(60)}')`,
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

const sinkOnAll: SinkBehaviour[] = [
  sinkBehaviours.openClose(),
  sinkBehaviours.empty(),
  sinkBehaviours.one(),
  sinkBehaviours.batch(2000),
  sinkBehaviours.partialFailure(200),
  sinkBehaviours.killAndResume(2000, 3),
  sinkBehaviours.pause(),
  sinkBehaviours.schemaChange(100),
]
const sourceOnAll: SourceBehaviour[] = [
  sourceBehaviours.openClose(),
  sourceBehaviours.empty(),
  sourceBehaviours.one(),
  sourceBehaviours.batch(2000),
  sourceBehaviours.restart(),
  sourceBehaviours.killAndResume(2000, 3),
  sourceBehaviours.pause(),
  sourceBehaviours.schemaChange(100),
]
for (const ground of GROUNDS) {
  const atServer = ground.server !== undefined
  const isPostgres = ground.name === 'jdbc/postgres'
  testEach(
    sourceSuite(sourceOn(ground), () => environment, [
      ...sourceOnAll,
      ...(atServer ? [sourceBehaviours.reconnect(1000), sourceBehaviours.secretsMasked()] : []),
      ...(isPostgres ? [sourceBehaviours.backPressure(100_000, 150_000_000)] : []),
    ]),
  )
  testEach(
    sinkSuite(sinkOn(ground), () => environment, [
      ...sinkOnAll,
      ...(atServer ? [sinkBehaviours.reconnect(1000), sinkBehaviours.secretsMasked()] : []),
      ...(isPostgres ? [sinkBehaviours.slowTarget(50_000, 100_000_000)] : []),
    ]),
  )
}
