/** Opens the file through the sink, writes and flushes each further argument as a line, and dies without closing. */
import { SinkRecord, STRING_SCHEMA } from '#bunnect'
import { FileStreamSinkTask } from '../../../connectors/file/sink-task.ts'
import { sinkContext } from './task-context.ts'

const [file, ...lines] = process.argv.slice(2) as [string, ...string[]]
const task = new FileStreamSinkTask(file, sinkContext())
await task.start()
for (const line of lines) {
  await task.put([new SinkRecord('t', 0, null, null, STRING_SCHEMA, line, 0)])
  await task.flush()
}
process.kill(process.pid, 'SIGKILL')
