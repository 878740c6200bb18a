/** Prints which files and folders the sink syncs, in order, while it opens the file, flushes a line and stops. */
import { readlinkSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { SinkRecord, STRING_SCHEMA } from '#bunnect'
import { FileStreamSinkTask } from '../../../connectors/file/sink-task.ts'
import { sinkContext } from './task-context.ts'

let synced: string[] = []
const some = await open('/dev/null')
const handles = Object.getPrototypeOf(some) as FileHandle
await some.close()
for (const name of ['sync', 'datasync'] as const) {
  const sync = handles[name]
  handles[name] = function (this: FileHandle) {
    synced.push(readlinkSync(`/proc/self/fd/${this.fd}`))
    return sync.call(this)
  }
}
const task = new FileStreamSinkTask(process.argv[2]!, sinkContext())
const steps = [
  () => task.start(),
  async () => {
    await task.put([new SinkRecord('t', 0, null, null, STRING_SCHEMA, 'torn line', 0)])
    await task.flush()
  },
  () => task.stop(),
]
for (const step of steps) {
  await step()
  console.log(JSON.stringify(synced))
  synced = []
}
