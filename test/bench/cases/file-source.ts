import { until } from '../../servers/run.ts'
import type { Side } from '../../servers/worker.ts'
import type { BenchCase } from '../case.ts'
import { benchWorker, checkAlive, mark, rate } from '../worker-run.ts'

export const fileSource: BenchCase = {
  name: 'file-source',
  about: 'file to topic, from POST /connectors until the end offset holds every line',
  unit: 'records/s',
  contenders: ['jvm', 'bunnect'],
  countsRecords: true,
  async run(bench, contender, round) {
    const name = `bench-source-${contender}-${round}-${process.pid}`
    await bench.probe.create(name)
    const worker = await benchWorker(bench, contender as Side)
    try {
      const from = mark(worker)
      await worker.create({
        name,
        'connector.class': 'org.apache.kafka.connect.file.FileStreamSourceConnector',
        'tasks.max': '1',
        file: bench.input,
        topic: name,
      })
      await until(
        `${bench.lines} records in ${name}`,
        async () => {
          const end = await bench.probe.endOffset(name)
          if (end < bench.lines) await checkAlive(worker, name)
          if (end > bench.lines)
            throw new Error(`${end} records in the topic, ${bench.lines} lines in the file`)
          return end === bench.lines
        },
        600_000,
        20,
      )
      return rate(bench.lines, from, worker)
    } finally {
      await worker.stop()
      await bench.probe.delete(name)
    }
  },
}
