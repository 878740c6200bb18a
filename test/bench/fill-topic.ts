import { resolve } from 'node:path'

/** Writes every line of the file into the topic with Kafka's own console producer, so that both sides read the same batches. */
export async function fillTopic(bootstrap: string, topic: string, file: string): Promise<void> {
  const script = resolve(import.meta.dir, '../../scripts/kafka')
  const port = bootstrap.slice(bootstrap.lastIndexOf(':') + 1)
  const child = Bun.spawn([script, 'console-producer', '--port', port, '--topic', topic], {
    stdin: Bun.file(file),
    stdout: 'ignore',
    stderr: 'inherit',
  })
  const code = await child.exited
  if (code !== 0) throw new Error(`the console producer ended with ${code}`)
}
