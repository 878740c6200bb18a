import type { BenchCase } from '../case.ts'
import { headersOfJsonLine, hoistAndInsert, jsonLine } from '../json-lines.ts'
import { runFileSource, verifyTopic } from '../source-topic.ts'

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
    run: (bench, contender, round) =>
      runFileSource(bench, contender, round, {
        name: `bench-${caseName}`,
        config: {
          'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
          'value.converter.schemas.enable': String(schemas),
          ...hoistAndInsert,
        },
        verify: topic =>
          verifyTopic(bench, topic, i => ({
            value: schemas ? `{"schema":${schema},"payload":${jsonLine(i)}}` : jsonLine(i),
            headers: headersOfJsonLine,
          })),
      }),
  }
}
