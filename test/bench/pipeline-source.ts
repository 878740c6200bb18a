/**
 * What SourceTaskRunner costs: FileStreamSource over a real file, into a producer that takes everything and
 * acknowledges it a moment later. `bun test/bench/pipeline-source.ts [lines] [rounds] [file|json|json-schema]`
 */

import { rmSync, writeFileSync } from 'node:fs'
import { FileStreamSourceTask } from '../../connectors/file/source-task.ts'
import type { SourceRecord } from '../../src/data/records.ts'
import { hoistAndInsert } from './json-lines.ts'
import { runAlone } from './lone-source.ts'
import { alternates, chainOf, convertersWith, json, string } from './pipeline-parts.ts'

const lines = Number(process.argv[2] ?? 2_000_000)
const rounds = Number(process.argv[3] ?? 3)
const form = process.argv[4] ?? 'file'
const path = `/tmp/bunnect-bench-source-${process.pid}.txt`
writeFileSync(path, `${'x'.repeat(99)}\n`.repeat(lines))

const plain = form === 'file'
try {
  for (let round = 0; round < rounds; round++) {
    await runAlone({
      records: lines,
      metrics: !alternates || round % 2 === 0,
      createTask: context => new FileStreamSourceTask({ file: path, topic: 't', batchSize: 2000 }, context),
      converters: convertersWith(plain ? string : json(form === 'json-schema')),
      chain: plain ? null : chainOf<SourceRecord>(hoistAndInsert),
    })
  }
} finally {
  rmSync(path)
}
