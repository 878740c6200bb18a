import type { BenchCase } from '../case.ts'
import { awaitTopic } from '../source-topic.ts'
import { benchWorker, mark, rate } from '../worker-run.ts'

export const fileSource: BenchCase = {
  name: 'file-source',
  about: 'file to topic, from POST /connectors until the end offset holds every line',
  unit: 'records/s',
  contenders: ['jvm', 'bunnect'],
  countsRecords: true,
  async run(bench, contender, round) {
    const name = `bench-source-${contender.replaceAll(/\W+/g, '-')}-${round}-${process.pid}`
    await bench.probe.create(name)
    const worker = await benchWorker(bench, contender)
    try {
      const from = mark(worker)
      await worker.create({
        name,
        'connector.class': 'org.apache.kafka.connect.file.FileStreamSourceConnector',
        'tasks.max': '1',
        file: bench.input,
        topic: name,
      })
      await awaitTopic(bench, worker, name, name)
      return rate(bench.lines, from, worker)
    } finally {
      await worker.stop()
      await bench.probe.delete(name)
    }
  },
}
