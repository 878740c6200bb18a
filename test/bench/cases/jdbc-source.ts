import type { BenchCase } from '../case.ts'
import { JdbcGround, rowsOf, TABLE } from '../jdbc/ground.ts'
import { mark, rate } from '../worker-run.ts'

let ground: JdbcGround

export const jdbcSource: BenchCase = {
  name: 'jdbc-source',
  about:
    'Postgres table of 10 columns to topic of Avro, 1 task, beside COPY by psql (Confluent’s connector may not be had); content verified',
  unit: 'records/s',
  contenders: ['COPY', 'bunnect'],
  countsRecords: true,
  records: rowsOf,
  async prepare(bench) {
    ground = await JdbcGround.start(bench)
  },
  async run(bench, contender, round) {
    if (contender === 'COPY') {
      const text = await ground.psql(['-c', `COPY ${TABLE} TO STDOUT`])
      const binary = await ground.psql(['-c', `COPY ${TABLE} TO STDOUT (FORMAT binary)`])
      return text.figure > binary.figure ? text : binary
    }
    const prefix = `bench-jdbc-source-${contender.replaceAll(/\W+/g, '-')}-${round}-${process.pid}-`
    const topic = prefix + TABLE
    await bench.probe.create(topic)
    const worker = await ground.worker(bench, contender)
    try {
      const from = mark(worker)
      await ground.read(bench, worker, prefix)
      const measured = rate(ground.rows, from, worker)
      await ground.verifyTopic(bench, topic)
      return measured
    } finally {
      await worker.stop()
      await bench.probe.delete(topic)
    }
  },
  finish: () => ground.stop(),
}
