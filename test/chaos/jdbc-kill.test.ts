/** A worker that copies a table from database to database is killed while rows are added and changed. */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type DatabaseServer, startMariaDb, startPostgres } from '../servers/databases.ts'
import { serversFolder, sharedBroker } from '../servers/kafka.ts'
import { freePort } from '../servers/ports.ts'
import { until } from '../servers/run.ts'
import { type ConnectWorker, startWorker } from '../servers/worker.ts'
import { randomFrom } from './worker-kill.ts'

/** BUNNECT_CHAOS=long: more of everything; else short enough for every run of the suite. */
const kills = process.env['BUNNECT_CHAOS'] === 'long' ? 20 : 4
const seed = Number(process.env['BUNNECT_CHAOS_SEED'] ?? Date.now() % 1_000_000)

let broker: Awaited<ReturnType<typeof sharedBroker>>
let postgres: DatabaseServer
let mariaDb: DatabaseServer
beforeAll(async () => {
  broker = await sharedBroker()
  postgres = await startPostgres()
  mariaDb = await startMariaDb()
}, 300_000)
afterAll(async () => {
  await Promise.all([postgres?.stop(), mariaDb?.stop()])
  await broker.stop()
}, 120_000)

const json = {
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'value.converter.schemas.enable': 'true',
}

test(
  `after ${kills} SIGKILLs the copy is equal to the table`,
  async () => {
    const name = `jdbc-kill-${process.pid}-${Date.now()}`
    const dir = join(serversFolder(), name)
    const random = randomFrom(seed)
    console.log(`seed ${seed}`)
    await postgres.query(`
      create table stock (id bigserial primary key, amount bigint not null, price numeric(20,4) not null, note text,
        updated timestamp not null default clock_timestamp()::timestamp)`)
    const connectors = [
      {
        name: `${name}-source`,
        'connector.class': 'io.confluent.connect.jdbc.JdbcSourceConnector',
        'tasks.max': '1',
        ...postgres.config,
        mode: 'timestamp+incrementing',
        'timestamp.column.name': 'updated',
        'incrementing.column.name': 'id',
        // Two statements that begin in one order may end in the other.
        'timestamp.delay.interval.ms': '500',
        'table.whitelist': 'stock',
        'topic.prefix': `${name}-`,
        'poll.interval.ms': '100',
        'topic.creation.default.partitions': '1',
        'topic.creation.default.replication.factor': '1',
        ...json,
      },
      {
        name: `${name}-sink`,
        'connector.class': 'io.confluent.connect.jdbc.JdbcSinkConnector',
        'tasks.max': '1',
        ...mariaDb.config,
        topics: `${name}-stock`,
        'table.name.format': 'stock',
        'insert.mode': 'upsert',
        'pk.mode': 'record_value',
        'pk.fields': 'id',
        'auto.create': 'true',
        ...json,
        'consumer.override.metadata.max.age.ms': '500',
        'consumer.override.session.timeout.ms': '6000',
        'consumer.override.heartbeat.interval.ms': '1000',
      },
    ]
    const port = await freePort()
    const start = () =>
      startWorker('bunnect', {
        bootstrap: broker.bootstrap,
        dir,
        port,
        worker: {
          'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
          'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
          'offset.flush.interval.ms': '500',
        },
        connectors,
      })

    let over = false
    const writer = (async () => {
      for (let i = 0; !over; i++) {
        await postgres.query(
          `insert into stock (amount, price, note)
           select ${i} * 9007199254741 + n, n / 7.0, case when n % 3 = 0 then null else 'row ${i}.' || n end
           from generate_series(1, 50) n`,
        )
        await postgres.query(
          `update stock set amount = -amount, updated = clock_timestamp()::timestamp
           where id in (select id from stock where id % 97 = ${Math.floor(random() * 97)} limit 40)`,
        )
        await Bun.sleep(20)
      }
    })()
    const copied = async () => {
      const [found] = await mariaDb.query('select count(*) as n from stock').catch(() => [{ n: 0 }])
      return Number(found!['n'])
    }
    let worker: ConnectWorker = await start()
    try {
      for (let kill = 1; kill <= kills; kill++) {
        const before = await copied()
        const wanted = before + 1 + Math.floor(random() * 2000)
        await until(`${wanted} rows before kill ${kill}`, async () => (await copied()) >= wanted, 120_000, 5)
        await worker.kill()
        worker = await start()
      }
      over = true
      await writer
      const table = (server: DatabaseServer, text: string) =>
        server.query(
          `select id, amount, ${text}, note, ${server === postgres ? "to_char(updated, 'YYYY-MM-DD HH24:MI:SS.MS')" : "date_format(updated, '%Y-%m-%d %H:%i:%s.%f')"} as updated from stock order by id`,
        )
      const wanted = (await table(postgres, 'price::text as price')).map(plain)
      let found: string[] = []
      await until(
        'the copy to be equal',
        async () => {
          found = (await table(mariaDb, 'cast(price as char) as price')).map(plain)
          return found.length === wanted.length && found.every((row, i) => row === wanted[i])
        },
        180_000,
        500,
      ).catch(() => {})
      expect(wanted.length).toBeGreaterThan(kills * 50)
      expect(found.length).toBe(wanted.length)
      expect(found.filter((row, i) => row !== wanted[i]).slice(0, 5)).toEqual([])
      console.log(`${wanted.length} rows after ${kills} kills`)
      await worker.stop()
      // Kept when the run fails, for its worker.log.
      rmSync(dir, { recursive: true, force: true })
    } finally {
      over = true
      await writer.catch(() => {})
      await worker.kill()
    }
  },
  kills > 10 ? 900_000 : 500_000,
)

/** MariaDB tells microseconds where there are milliseconds. */
function plain({ id, amount, price, note, updated }: Record<string, unknown>): string {
  return [id, amount, price, note, String(updated).slice(0, 23)].map(String).join(' | ')
}
