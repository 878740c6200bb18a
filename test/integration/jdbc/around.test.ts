/** A table of every type from PostgreSQL to MariaDB and back, in every language that a registry knows, and in JSON. */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type DatabaseServer, startMariaDb, startPostgres } from '../../servers/databases.ts'
import { until } from '../../servers/run.ts'
import { type ConnectWorker, startWorker } from '../../servers/worker.ts'

let postgres: DatabaseServer
let mariaDb: DatabaseServer
let worker: ConnectWorker
beforeAll(async () => {
  ;[postgres, mariaDb] = await Promise.all([startPostgres(), startMariaDb()])
  worker = await startWorker('bunnect', {
    bootstrap: 'embedded',
    worker: {
      'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'offset.flush.interval.ms': '1000',
    },
  })
}, 300_000)
afterAll(async () => {
  await worker?.stop()
  await Promise.all([postgres?.stop(), mariaDb?.stop()])
}, 120_000)

/**
 * The table's columns: type, and how PostgreSQL compares what has come back with what went. Their values are the least,
 * the most, and what is easily damaged.
 */
const COLUMNS: Record<string, { type: string; values: string[]; as?: string; back?: string }> = {
  i2: { type: 'smallint', values: ['-32768', '32767', '0'] },
  i4: { type: 'integer', values: ['-2147483648', '2147483647', '-1'] },
  i8: { type: 'bigint', values: ['-9223372036854775808', '9223372036854775807', '9007199254740993'] },
  // MySQL tells six digits of a FLOAT; the JVM's driver is told no more.
  r4: { type: 'real', values: ["'3.40282e38'", "'-1.17549e-38'", "'0.1'"] },
  r8: {
    type: 'double precision',
    values: ["'1.7976931348623157e308'", "'-2.2250738585072014e-308'", "'0.1'"],
  },
  n38: {
    type: 'numeric(38,10)',
    values: [
      '9999999999999999999999999999.9999999999',
      '-9999999999999999999999999999.9999999999',
      '0.0000000001',
    ],
  },
  n5: { type: 'numeric(5,0)', values: ['99999', '-99999', '0'] },
  // MySQL keeps a boolean as a number.
  yes: { type: 'boolean', values: ['true', 'false', 'true'], as: 'yes::int' },
  line: { type: 'varchar(100)', values: ["''", "'Žluťoučký kůň 🐎'", "'line\nfeed \\ and ''quote'''"] },
  words: { type: 'text', values: [`repeat('w', 60000)`, "'null'", "' '"] },
  // What the JVM's sink makes of bytes in MySQL holds 1,024 of them.
  raw: { type: 'bytea', values: ["'\\x'", "'\\x00ff80'", `decode(repeat('fe', 1024), 'hex')`] },
  day: { type: 'date', values: ["'1000-01-01'", "'9999-12-31'", "'1969-12-31'"] },
  clock: { type: 'time(3)', values: ["'00:00:00'", "'23:59:59.999'", "'12:34:56.789'"] },
  moment: {
    type: 'timestamp(3)',
    values: ["'1000-01-01 00:00:00'", "'9999-12-31 23:59:59.999'", "'1969-12-31 23:59:59.999'"],
  },
  // In a zone's clock, which is UTC here.
  instant: {
    type: 'timestamptz(3)',
    values: ["'1969-12-31 23:59:59.999+00'", "'2026-03-29 01:30:00+01'", "'2026-10-25 02:30:00+02'"],
    as: "instant at time zone 'UTC'",
  },
  doc: {
    type: 'jsonb',
    values: [`'{"a": [1, 2.50, null]}'`, "'null'", "'12345678901234567890.5'"],
    as: 'doc::text',
  },
  ident: {
    type: 'uuid',
    values: [
      "'00000000-0000-0000-0000-000000000000'",
      "'ffffffff-ffff-ffff-ffff-ffffffffffff'",
      "'123e4567-e89b-12d3-a456-426614174000'",
    ],
    as: 'ident::text',
  },
}
const names = Object.keys(COLUMNS)

const REGISTRY = { 'value.converter.schema.registry.url': 'embedded' }
const LANGUAGES: Record<string, Record<string, string>> = {
  avro: { 'value.converter': 'io.confluent.connect.avro.AvroConverter', ...REGISTRY },
  protobuf: {
    'value.converter': 'io.confluent.connect.protobuf.ProtobufConverter',
    // Else a field that is null comes back as one that is not.
    'value.converter.optional.for.nullables': 'true',
    ...REGISTRY,
  },
  jsonschema: { 'value.converter': 'io.confluent.connect.json.JsonSchemaConverter', ...REGISTRY },
  json: { 'value.converter': 'org.apache.kafka.connect.json.JsonConverter' },
}

const source = {
  'connector.class': 'io.confluent.connect.jdbc.JdbcSourceConnector',
  'tasks.max': '1',
  mode: 'incrementing',
  'incrementing.column.name': 'id',
  'poll.interval.ms': '200',
}
const sink = {
  'connector.class': 'io.confluent.connect.jdbc.JdbcSinkConnector',
  'tasks.max': '1',
  'insert.mode': 'upsert',
  'pk.mode': 'record_value',
  'pk.fields': 'id',
  'auto.create': 'true',
}

for (const [language, converter] of Object.entries(LANGUAGES)) {
  test(`in ${language}: what comes back is what went`, async () => {
    const table = `all_${language}`
    const columns = names.map(name => `${name} ${COLUMNS[name]!.type}`)
    await postgres.query(`create table ${table} (id serial primary key, ${columns})`)
    const rows = [0, 1, 2].map(i => `(${names.map(name => COLUMNS[name]!.values[i])})`)
    const nulls = `(${names.map(() => 'null')})`
    await postgres.query(`insert into ${table} (${names}) values ${[...rows, nulls]}`)

    const make = (name: string, config: Record<string, string>) =>
      worker.create({ name: `${language}-${name}`, ...config, ...converter })
    await make('out', { ...source, ...postgres.config, 'table.whitelist': table, 'topic.prefix': 'there_' })
    await make('there', { ...sink, ...mariaDb.config, topics: `there_${table}` })
    await until('the rows in MariaDB', async () => {
      const [found] = await mariaDb.query(`select count(*) as n from there_${table}`)
      return Number(found!['n']) === 4
    }).catch(async error => {
      throw new Error(`${error.message}\n${await statuses()}`)
    })
    await make('home', {
      ...source,
      ...mariaDb.config,
      'table.whitelist': `there_${table}`,
      'topic.prefix': 'back_',
    })
    await make('back', { ...sink, ...postgres.config, topics: `back_there_${table}` })
    const returned = `back_there_${table}`
    await until('the rows in PostgreSQL', async () => {
      const [found] = await postgres.query(`select count(*) as n from "${returned}"`)
      return Number(found!['n']) === 4
    }).catch(async error => {
      throw new Error(`${error.message}\n${await statuses()}`)
    })

    const different: unknown[] = []
    for (const name of names) {
      const { type, as = name, back = name } = COLUMNS[name]!
      const went = `w.${as}`
      const came = as === name ? `b.${back}::${type}` : `b.${back}`
      different.push(
        ...(await postgres.query(
          `select w.id, '${name}' as column, w.${name}::text as went, b.${name}::text as came
           from ${table} w full join "${returned}" b on w.id = b.id where ${went} is distinct from ${came}`,
        )),
      )
    }
    expect(different).toEqual([])
  }, 120_000)
}

async function statuses(): Promise<string> {
  return JSON.stringify(await (await worker.fetch('/connectors?expand=status')).json(), null, 1)
}
