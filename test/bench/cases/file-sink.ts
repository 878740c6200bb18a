import { join } from 'node:path'
import type { Bench, BenchCase } from '../case.ts'
import { fillTopic } from '../fill-topic.ts'
import { awaitFile, verifyFile } from '../sink-file.ts'
import { benchWorker, mark, rate } from '../worker-run.ts'

const topic = `bench-sink-${process.pid}`

export const fileSink: BenchCase = {
  name: 'file-sink',
  about: 'topic to file, from POST /connectors until the file has every byte; content verified',
  unit: 'records/s',
  contenders: ['jvm', 'bunnect'],
  countsRecords: true,
  async prepare(bench: Bench) {
    await fillTopic(bench, topic, bench.input, bench.lines)
  },
  async run(bench, contender, round) {
    const name = `bench-sink-${contender.replaceAll(/\W+/g, '-')}-${round}-${process.pid}`
    const worker = await benchWorker(bench, contender)
    const file = join(worker.dir, 'out.txt')
    try {
      const from = mark(worker)
      await worker.create({
        name,
        'connector.class': 'org.apache.kafka.connect.file.FileStreamSinkConnector',
        'tasks.max': '1',
        file,
        topics: topic,
      })
      await awaitFile(worker, name, file, bench.inputBytes)
      const measured = rate(bench.lines, from, worker)
      await worker.stop()
      await verifyFile(file, bench.inputSha256)
      return measured
    } finally {
      await worker.stop()
      await Bun.file(file)
        .delete()
        .catch(() => undefined) // nothing was written
    }
  },
}
