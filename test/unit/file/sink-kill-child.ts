/** Writes numbered lines through the file sink, as a consumer would after a crash: from the last committed one on. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { SinkRecord, STRING_SCHEMA } from '#bunnect'
import { FileStreamSinkTask } from '../../../connectors/file/sink-task.ts'
import { sinkContext } from './task-context.ts'

const [file, committed] = process.argv.slice(2) as [string, string]
let next = existsSync(committed) ? Number(readFileSync(committed, 'utf8')) : 0
const task = new FileStreamSinkTask(file, sinkContext())
await task.start()
for (let batch = 1; ; batch++) {
  const records: SinkRecord[] = []
  for (let i = 0; i < 40_000; i++, next++) {
    records.push(
      new SinkRecord('t', 0, null, null, STRING_SCHEMA, `${next} ${'x'.repeat(next % 200)}.`, next),
    )
  }
  await task.put(records)
  if (batch % 3 === 0) {
    await task.flush()
    writeFileSync(`${committed}.new`, String(next))
    renameSync(`${committed}.new`, committed)
  }
}
