import type { BenchCase } from '../case.ts'
import { headersOfJsonLine, hoistAndInsert, jsonLine } from '../json-lines.ts'
import { awaitTopic, verifyTopic } from '../source-topic.ts'
import { benchWorker, mark, rate } from '../worker-run.ts'

const schema =
  '{"type":"struct","fields":[{"type":"string","optional":false,"field":"line"},' +
  '{"type":"string","optional":true,"field":"data_source"}],"optional":false}'

export const jsonSource = jsonSourceCase(false)
export const jsonSchemaSource = jsonSourceCase(true)

function jsonSourceCase(schemas: boolean): BenchCase {
  const caseName = schemas ? 'json-schema-source' : 'json-source'
  return {
    name: caseName,
    about: `file to topic as JSON ${schemas ? 'with' : 'without'} schemas: HoistField, InsertField, InsertHeader; samples verified`,
    unit: 'records/s',
    contenders: ['jvm', 'bunnect'],
    countsRecords: true,
    async run(bench, contender, round) {
      const name = `bench-${caseName}-${contender.replaceAll(/\W+/g, '-')}-${round}-${process.pid}`
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
          'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
          'value.converter.schemas.enable': String(schemas),
          ...hoistAndInsert,
        })
        await awaitTopic(bench, worker, name, name)
        const measured = rate(bench.lines, from, worker)
        await verifyTopic(bench, name, i => ({
          value: schemas ? `{"schema":${schema},"payload":${jsonLine(i)}}` : jsonLine(i),
          headers: headersOfJsonLine,
        }))
        return measured
      } finally {
        await worker.stop()
        await bench.probe.delete(name)
      }
    },
  }
}
