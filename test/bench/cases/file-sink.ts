import type { Bench, BenchCase } from '../case.ts'
import { fillTopic } from '../fill-topic.ts'
import { awaitFile, runFileSink, verifyFile } from '../sink-file.ts'

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
  run: (bench, contender, round) =>
    runFileSink(bench, contender, round, {
      name: 'bench-sink',
      topic,
      records: bench.lines,
      complete: (worker, connector, file) => awaitFile(worker, connector, file, bench.inputBytes),
      verify: file => verifyFile(file, bench.inputSha256),
    }),
}
