/** Tables change while writers write to them and the source reads them: as Avro, whose registry takes or refuses each schema. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dialectFor } from '../../../connectors/jdbc/dialects/index.ts'
import type { Connection } from '../../../connectors/jdbc/drivers/connection.ts'
import { until } from '../../servers/run.ts'
import { type ConnectWorker, startWorker } from '../../servers/worker.ts'
import { databases } from './databases.ts'

const servers = databases()
let worker: ConnectWorker
beforeAll(async () => {
  worker = await startWorker('bunnect', {
    bootstrap: 'embedded',
    worker: {
      'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'value.converter': 'io.confluent.connect.avro.AvroConverter',
      'value.converter.schema.registry.url': 'embedded',
      'offset.flush.interval.ms': '1000',
    },
  })
}, 120_000)
afterAll(async () => {
  await worker?.stop()
}, 120_000)

const WRITERS = 3
/** Longer than any transaction lasts. */
const DELAY_MS = 8000

const SOURCE = {
  'connector.class': 'io.confluent.connect.jdbc.JdbcSourceConnector',
  'tasks.max': '2',
  'poll.interval.ms': '20',
  'table.poll.interval.ms': '100',
  mode: 'timestamp+incrementing',
  'timestamp.column.name': 'at',
  'incrementing.column.name': 'id',
  'connection.attempts': '100',
  'connection.backoff.ms': '50',
}

describe.each(['postgres', 'mariadb'] as const)('%s', name => {
  const server = () => servers[name]
  const isPostgres = name === 'postgres'
  const now = isPostgres ? 'clock_timestamp()' : 'NOW(6)'
  const columns = isPostgres
    ? `id bigserial PRIMARY KEY, at timestamptz(6) NOT NULL DEFAULT ${now}, k int NOT NULL, n int NOT NULL`
    : `id bigint AUTO_INCREMENT PRIMARY KEY, at datetime(6) NOT NULL DEFAULT ${now}, k int NOT NULL, n int NOT NULL`
  const create = (table: string, more = '') => server().query(`CREATE TABLE ${table} (${columns}${more})`)

  /** Reads the tables into topics, and those into a file, whose name it gives. */
  async function start(source: string, tables: string, delayMs = DELAY_MS): Promise<string> {
    const file = join(worker.dir, `${source}.txt`)
    await worker.create({
      name: source,
      ...SOURCE,
      ...server().config,
      'table.whitelist': tables,
      'timestamp.delay.interval.ms': String(delayMs),
      'topic.prefix': `${source}-`,
    })
    await worker.awaitState(source, 'RUNNING')
    await worker.create({
      name: `${source}-out`,
      'connector.class': 'FileStreamSink',
      'tasks.max': '1',
      file,
      'topics.regex': `${source}-.*`,
      'consumer.override.metadata.max.age.ms': '100',
    })
    return file
  }
  const said = async (connector: string) =>
    await (await worker.fetch(`/connectors/${connector}/status`)).text()

  const connect = () => {
    const { url, user, password } = server()
    return dialectFor(url).connect({ url, user, password, properties: {} })
  }

  /** Again until it commits: a change of the table may have it fail. */
  async function transaction(connection: Connection, work: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await connection.begin()
        await work()
        return await connection.commit()
      } catch (error) {
        if (!connection.isOpen) throw error
        await connection.rollback()
        await Bun.sleep(20)
      }
    }
  }

  /** New rows, and new versions of its older ones, in transactions that commit in another order than that of their rows. */
  async function write(table: string, writer: number, goesOn: () => boolean): Promise<number> {
    const connection = await connect()
    try {
      let i = 0
      for (; goesOn(); i++) {
        await transaction(connection, async () => {
          await connection.execute(`INSERT INTO ${table} (k, n) VALUES (?, 0)`, [writer * 10_000 + i])
          await Bun.sleep((i * 13 * (writer + 1)) % 90)
          const older = writer * 10_000 + Math.floor(i * 0.6)
          await connection.execute(`UPDATE ${table} SET n = n + 1, at = ${now} WHERE k = ?`, [older])
        })
      }
      return i
    } finally {
      await connection.close()
    }
  }

  /** Each step after what it is to change was read: `sees` says when that has the columns. */
  async function change(table: string, sees: (columns: string) => Promise<unknown>): Promise<void> {
    const run = (step: string) => server().query(step)
    await sees('id,at,k,n,extra')
    await run(`ALTER TABLE ${table} ADD note varchar(20) DEFAULT 'none'`)
    await sees('id,at,k,n,extra,note')
    await run(
      `ALTER TABLE ${table} ${isPostgres ? 'ALTER COLUMN n TYPE bigint' : 'MODIFY n bigint NOT NULL'}`,
    )
    await run(`UPDATE ${table} SET n = n + 5000000000, at = ${now}, note = 'wide' WHERE k % 5 = 0`)
    await run(`ALTER TABLE ${table} DROP COLUMN extra`)
    await sees('id,at,k,n,note')
    await run(`ALTER TABLE ${table} RENAME TO ${table}_away`)
    // So long that the source asks for it in vain.
    await Bun.sleep(400)
    await run(`ALTER TABLE ${table}_away RENAME TO ${table}`)
    await run('DROP TABLE leaving')
    await run(`ALTER TABLE ${table} ADD later int DEFAULT 1`)
    await sees('id,at,k,n,note,later')
  }

  test('no row and no last version is missing while its table changes, goes and comes back', async () => {
    await create('moving', ", extra varchar(5) DEFAULT 'x'")
    await create('leaving')
    await server().query('INSERT INTO leaving (k, n) VALUES (1, 1)')
    const file = await start(`${name}-changing`, 'moving,leaving,coming')
    const lines = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [])
    const shapes = () => lines().map(line => [...line.matchAll(/(\w+)=/g)].map(match => match[1]).join())
    const failed = async (error: Error) => {
      throw new Error(`${error.message}\n${await said(`${name}-changing`)}\n${await worker.log()}`)
    }
    let isChanging = true
    const writers = Array.from({ length: WRITERS }, (_, writer) => write('moving', writer, () => isChanging))
    const sees = (shape: string) => until(`a row of ${shape}`, () => shapes().includes(shape)).catch(failed)
    const changes = change('moving', sees).finally(() => {
      isChanging = false
    })
    await create('coming')
    await server().query('INSERT INTO coming (k, n) VALUES (7, 70), (8, 80)')
    await changes
    const written = (await Promise.all(writers)).reduce((sum, count) => sum + count, 0)

    const rows = await server().query('SELECT k, n FROM moving')
    expect(rows.length).toBe(written)
    const missing = () => {
      const seen = new Set(lines().map(line => /k=(\d+),n=(\d+)/.exec(line)?.slice(1).join()))
      return [...rows, { k: 7, n: 70 }, { k: 8, n: 80 }].filter(({ k, n }) => !seen.has(`${k},${n}`))
    }
    await until('the last version of each row', () => missing().length === 0).catch(error =>
      failed(new Error(`${error.message}: ${JSON.stringify(missing())}`)),
    )
    expect(await said(`${name}-changing`)).not.toContain('FAILED')
  }, 120_000)

  test('a change that the registry refuses fails the task, which names subject and reason', async () => {
    await create('strict')
    await server().query('INSERT INTO strict (k, n) VALUES (1, 1)')
    const source = `${name}-strict`
    const file = await start(source, 'strict', 0)
    const read = (text: string) =>
      until(text, () => existsSync(file) && readFileSync(file, 'utf8').includes(text)).catch(async error => {
        throw new Error(`${error.message}\n${await said(source)}`)
      })
    await read('k=1,n=1')
    // Of older rows nobody knows what it was.
    await server().query('ALTER TABLE strict ADD needed int NOT NULL DEFAULT 5')
    await server().query('INSERT INTO strict (k, n) VALUES (2, 2)')
    await until('the task to fail', async () => (await said(source)).includes('FAILED'))
    const told = await said(source)
    expect(told).toContain(`${source}-strict-value`)
    expect(told).toContain('needed')
    // With what makes it compatible it goes on where it was.
    await server().query(
      `ALTER TABLE strict ${isPostgres ? 'ALTER COLUMN needed DROP NOT NULL' : 'MODIFY needed int NULL'}`,
    )
    await worker.fetch(`/connectors/${source}/tasks/0/restart`, { method: 'POST' })
    await read('k=2,n=2,needed=5')
  }, 120_000)
})
