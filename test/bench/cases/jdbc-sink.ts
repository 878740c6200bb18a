import { join } from 'node:path'
import type { BenchCase } from '../case.ts'
import { JdbcGround, rowsOf, TABLE } from '../jdbc/ground.ts'
import { columns } from '../jdbc/orders.ts'
import { mark, rate } from '../worker-run.ts'

/** As many records as a put has: batch.size as it comes, and as many to a poll. */
const ROWS = 3000

const prefix = `bench-jdbc-sink-${process.pid}-`
const target = 'written_orders'

let ground: JdbcGround
let upserts: string

export const jdbcSink: BenchCase = {
  name: 'jdbc-sink',
  about:
    'topic of Avro to Postgres, 10 columns, upsert by 3000 rows, 1 task, beside psql with the same statements (Confluent’s connector may not be had); content verified',
  unit: 'records/s',
  contenders: ['psql', 'bunnect'],
  countsRecords: true,
  records: rowsOf,
  async prepare(bench) {
    ground = await JdbcGround.start(bench)
    upserts = join(bench.dir, 'upserts.sql')
    await ground.psql(['-At', '-o', upserts, '-c', upsertsQuery()])
    await bench.probe.create(prefix + TABLE)
    const worker = await ground.worker(bench, 'bunnect')
    try {
      await ground.read(bench, worker, prefix)
    } finally {
      await worker.stop()
    }
  },
  async run(bench, contender, round) {
    await ground.database.query(`DROP TABLE IF EXISTS ${target}`)
    await ground.database.query(`CREATE TABLE ${target} (LIKE ${TABLE} INCLUDING ALL)`)
    if (contender === 'psql') {
      const measured = await ground.psql(['-f', upserts])
      await ground.verifyTable(target)
      return measured
    }
    const name = `${prefix}${contender.replaceAll(/\W+/g, '-')}-${round}`
    const worker = await ground.worker(bench, contender)
    try {
      const from = mark(worker)
      await worker.create({
        name,
        'connector.class': 'io.confluent.connect.jdbc.JdbcSinkConnector',
        'tasks.max': '1',
        topics: prefix + TABLE,
        ...ground.connection,
        'table.name.format': target,
        'insert.mode': 'upsert',
        'pk.mode': 'record_value',
        'pk.fields': 'id',
        'consumer.override.max.poll.records': String(ROWS),
      })
      await ground.awaitRows(worker, name, `${ground.rows} rows in ${target}`, async () => {
        // The records come in the order of their numbers; the last one is found by the index.
        const found = await ground.database.query(`SELECT 1 FROM ${target} WHERE id = ${ground.rows}`)
        return found.length > 0
      })
      const measured = rate(ground.rows, from, worker)
      await ground.verifyTable(target)
      return measured
    } finally {
      await worker.stop()
    }
  },
  finish: () => ground.stop(),
}

/** The sink's own statements, with their parameters written into them; each is a transaction, as there. */
function upsertsQuery(): string {
  const types = ['int8', 'int4', 'int2', 'numeric', 'float8', 'bool', 'varchar', 'text', 'timestamp', 'bytea']
  const arrays = columns.map(
    (column, i) => `quote_literal(array_agg(${column} ORDER BY id)::text) || '::${types[i]}[]'`,
  )
  const assigned = columns.slice(1).map(column => `${column}=EXCLUDED.${column}`)
  return `SELECT 'INSERT INTO ${target} (${columns.join(',')}) SELECT * FROM unnest(' || ${arrays.join(` || ',' || `)} ||
      ') AS u ON CONFLICT (id) DO UPDATE SET ${assigned.join(',')};'
    FROM ${TABLE} GROUP BY (id - 1) / ${ROWS} ORDER BY (id - 1) / ${ROWS}`
}
