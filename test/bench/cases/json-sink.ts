import { join } from 'node:path'
import type { Bench, BenchCase } from '../case.ts'
import { fillTopic } from '../fill-topic.ts'
import { writeJsonLines } from '../json-lines.ts'
import { awaitFile, verifyFile } from '../sink-file.ts'
import { benchWorker, mark, rate } from '../worker-run.ts'

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
  async run(bench, contender, round) {
    const name = `bench-json-sink-${contender.replaceAll(/\W+/g, '-')}-${round}-${process.pid}`
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
        'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
        'value.converter.schemas.enable': 'false',
        transforms: 'Line',
        'transforms.Line.type': 'org.apache.kafka.connect.transforms.ExtractField$Value',
        'transforms.Line.field': 'line',
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
