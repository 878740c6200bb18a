/** Rows of a megabyte go through a worker that has no room for all of them. */
import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DatabaseServer, startMariaDb, startPostgres } from '../../servers/databases.ts'
import { processCost } from '../../servers/process-cost.ts'
import { until } from '../../servers/run.ts'
import { startWorker } from '../../servers/worker.ts'

let postgres: DatabaseServer
let mariaDb: DatabaseServer
const folder = mkdtempSync(join(tmpdir(), 'bunnect-jdbc-wide-'))
const file = join(folder, 'wide.db')
beforeAll(async () => {
  ;[postgres, mariaDb] = await Promise.all([startPostgres(), startMariaDb()])
}, 120_000)
afterAll(async () => {
  await Promise.all([postgres?.stop(), mariaDb?.stop()])
  rmSync(folder, { recursive: true })
}, 120_000)

const ROWS = 480
const WIDE = 1_000_000
/** What a worker may need more for wide rows than for as many narrow ones; all at once they would be more than 800. */
const MOST_MORE_MB = 550

/** Makes the table `name` of so many rows with an id and so many characters. */
const MAKE: Record<string, (name: string, width: number) => Promise<unknown>> = {
  postgres: async (name, width) => {
    await postgres.query(`create table ${name} (id int primary key, t text)`)
    // Hashes are not compressed away on their way to the disk, and the last row is the widest.
    await postgres.query(
      `insert into ${name} select i, repeat(md5(i::text), case i when ${ROWS} then 6 else 1 end * ${width} / 32)
       from generate_series(1, ${ROWS}) i`,
    )
  },
  mariadb: async (name, width) => {
    await mariaDb.query(`create table ${name} (id int primary key, t longtext)`)
    await mariaDb.query(
      `insert into ${name} select seq, repeat(md5(seq), if(seq = ${ROWS}, 6, 1) * ${width} / 32) from seq_1_to_${ROWS}`,
    )
  },
  sqlite: async (name, width) => {
    const database = new Database(file)
    database.run(`create table ${name} (id integer primary key not null, t text)`)
    const insert = database.prepare(`insert into ${name} values (?, ?)`)
    database.transaction(() => {
      for (let i = 1; i <= ROWS; i++) insert.run(i, 'x'.repeat((i === ROWS ? 6 : 1) * width))
    })()
    database.close()
  },
}

/** The most megabytes that a worker of its own has held while it read the table. */
async function peakOf(database: string, table: string): Promise<number> {
  const connection = {
    postgres: postgres.config,
    mariadb: mariaDb.config,
    sqlite: { 'connection.url': `jdbc:sqlite:${file}` },
  }[database]!
  const worker = await startWorker('bunnect', {
    bootstrap: 'embedded',
    worker: {
      'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
      'offset.flush.interval.ms': '200',
    },
  })
  try {
    await worker.create({
      name: 'wide',
      'connector.class': 'io.confluent.connect.jdbc.JdbcSourceConnector',
      'tasks.max': '1',
      mode: 'incrementing',
      'incrementing.column.name': 'id',
      'table.whitelist': table,
      'topic.prefix': 'w-',
      'batch.max.rows': '1000',
      'producer.override.max.request.size': '10000000',
      ...connection,
    })
    await until('all rows', () => hasOffset(worker.offsetsFile, ROWS)).catch(async error => {
      throw new Error(`${error.message}\n${await worker.log()}`)
    })
    return processCost(worker.pid).peakRssMb
  } finally {
    await worker.stop()
    rmSync(worker.dir, { recursive: true })
  }
}

/** True when the worker has made it durable: what it has open it shares with nobody. */
function hasOffset(file: string, incrementing: number): boolean {
  return [file, `${file}-wal`].some(
    each => existsSync(each) && readFileSync(each).includes(`{"incrementing":${incrementing}}`),
  )
}

test.each(Object.keys(MAKE))(
  '%s',
  async database => {
    await MAKE[database]!('narrow', 100)
    await MAKE[database]!('wide', WIDE)
    const narrow = await peakOf(database, 'narrow')
    const wide = await peakOf(database, 'wide')
    expect(wide - narrow).toBeLessThan(MOST_MORE_MB)
  },
  120_000,
)
