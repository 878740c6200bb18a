import { join } from 'node:path'
import type { Bench, BenchCase } from '../case.ts'
import { fillTopic } from '../fill-topic.ts'
import { writeJsonLines } from '../json-lines.ts'
import { awaitFile, runFileSink, verifyFile } from '../sink-file.ts'

const topic = `bench-json-sink-${process.pid}`

export const jsonSink: BenchCase = {
  name: 'json-sink',
  about: 'topic of JSON without schemas to file: ExtractField; content verified',
  unit: 'records/s',
  contenders: ['jvm', 'bunnect'],
  countsRecords: true,
  async prepare(bench: Bench) {
    const file = join(bench.dir, 'json-lines.txt')
    await writeJsonLines(file, bench.lines)
    await fillTopic(bench, topic, file, bench.lines)
    await Bun.file(file).delete()
  },
  run: (bench, contender, round) =>
    runFileSink(bench, contender, round, {
      name: 'bench-json-sink',
      topic,
      records: bench.lines,
      config: {
        'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
        'value.converter.schemas.enable': 'false',
        transforms: 'Line',
        'transforms.Line.type': 'org.apache.kafka.connect.transforms.ExtractField$Value',
        'transforms.Line.field': 'line',
      },
      complete: (worker, connector, file) => awaitFile(worker, connector, file, bench.inputBytes),
      verify: file => verifyFile(file, bench.inputSha256),
    }),
}
