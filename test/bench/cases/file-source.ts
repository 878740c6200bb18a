import type { BenchCase } from '../case.ts'
import { runFileSource } from '../source-topic.ts'

export const fileSource: BenchCase = {
  name: 'file-source',
  about: 'file to topic, from POST /connectors until the end offset holds every line',
  unit: 'records/s',
  contenders: ['jvm', 'bunnect'],
  countsRecords: true,
  run: (bench, contender, round) => runFileSource(bench, contender, round, { name: 'bench-source' }),
}
