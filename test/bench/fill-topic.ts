import { resolve } from 'node:path'
import { until } from '../servers/run.ts'
import type { Bench } from './case.ts'

/** Writes every line of the file into a new topic with Kafka's own console producer, so that both sides read the same batches. */
export async function fillTopic(bench: Bench, topic: string, file: string, lines: number): Promise<void> {
  await bench.probe.create(topic)
  const script = resolve(import.meta.dir, '../../scripts/kafka')
  const port = bench.bootstrap.slice(bench.bootstrap.lastIndexOf(':') + 1)
  const child = Bun.spawn([script, 'console-producer', '--port', port, '--topic', topic], {
    stdin: Bun.file(file),
    stdout: 'ignore',
    stderr: 'inherit',
  })
  const code = await child.exited
  if (code !== 0) throw new Error(`the console producer ended with ${code}`)
  await until(`${lines} records in ${topic}`, async () => (await bench.probe.endOffset(topic)) === lines)
}
