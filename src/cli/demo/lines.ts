import { join } from 'node:path'
import { isatty } from 'node:tty'
import { EXIT, Failure } from '../exit.ts'
import { say } from '../output.ts'
import type { Demo } from './demo.ts'
import { arrival, count, startDemo } from './demo-worker.ts'
import { demoFiles, firstDifference, LINE_BYTES, sizeOf, writeLines } from './line-files.ts'
import { explanation } from './line-text.ts'
import { Progress } from './progress.ts'

/** Moves a generated file through the embedded log, and compares byte for byte. */
export const lines: Demo = {
  flag: '--lines',
  leavings: ['output.txt', 'data', 'connect.offsets', 'connect.offsets-wal', 'connect.offsets-shm'],
  // The input, the log with its journal, the output.
  bytesFor: amount => amount * LINE_BYTES * 4,
  explanation,
  async run(folder, amount, isStopped) {
    const input = join(folder, 'input.txt')
    const output = join(folder, 'output.txt')
    await writeLines(input, amount, isStopped)
    if (isStopped()) return
    const bytes = amount * LINE_BYTES
    say(
      `Generated ${count(amount)} lines (${count(bytes)} bytes). No Kafka: the topic lives in an embedded log.\n`,
    )
    const started = performance.now()
    const worker = await startDemo(folder, demoFiles(folder))
    const progress = new Progress({ isTerminal: isatty(1), write: say }, amount)
    try {
      const show = (done: boolean) => progress.show(worker.worker.recordCounts(), done)
      const size = () => sizeOf(output)
      if (!(await arrival(worker, { size, wanted: bytes, unit: 'bytes', isStopped, show }))) progress.leave()
    } finally {
      await worker.stop()
    }
    if (isStopped()) return
    const seconds = (performance.now() - started) / 1000
    const difference = await firstDifference(input, output)
    if (difference !== null)
      throw new Failure(EXIT.herder, `${output} differs from ${input} at byte ${difference}`, {
        hint: 'Please report this with the output of bunnect --version.',
      })
    say(
      `${count(amount)} lines went file → log → file in ${seconds.toFixed(1)} s, worker start and stop included. The result is identical, byte for byte.\n`,
    )
  },
}
