import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { DemoFiles } from './demo-worker.ts'

/** The property files of the demo, as a person would write them. */
export function demoFiles(folder: string): DemoFiles {
  return {
    worker: `bootstrap.servers=embedded
bunnect.data.dir=${join(folder, 'data')}
key.converter=org.apache.kafka.connect.storage.StringConverter
value.converter=org.apache.kafka.connect.storage.StringConverter
offset.storage.file.filename=${join(folder, 'connect.offsets')}
offset.flush.interval.ms=1000
`,
    source: `name=demo-source
connector.class=FileStreamSource
tasks.max=1
file=${join(folder, 'input.txt')}
topic=demo
`,
    sink: `name=demo-sink
connector.class=FileStreamSink
tasks.max=1
file=${join(folder, 'output.txt')}
topics=demo
`,
  }
}

const CHUNK_LINES = 10_000
/** With its line feed. */
export const LINE_BYTES = 100

/** Numbered lines, until there are as many or `isStopped`. */
export async function writeLines(path: string, lines: number, isStopped: () => boolean): Promise<void> {
  const file = await open(path, 'w')
  try {
    for (let at = 0; at < lines && !isStopped(); at += CHUNK_LINES) {
      let text = ''
      for (let i = at; i < Math.min(at + CHUNK_LINES, lines); i++) {
        const line = `line ${String(i).padStart(16, '0')} of a file that travels through a durable log `
        text += `${line.padEnd(LINE_BYTES - 1, '.')}\n`
      }
      await file.write(text)
    }
  } finally {
    await file.close()
  }
}

/** Where two files differ first, in bytes, or null if they are equal. */
export async function firstDifference(a: string, b: string): Promise<number | null> {
  const [left, right] = [
    createReadStream(a)[Symbol.asyncIterator](),
    createReadStream(b)[Symbol.asyncIterator](),
  ]
  let at = 0
  for (;;) {
    const [x, y] = await Promise.all([left.next(), right.next()])
    if (x.done || y.done) return x.done && y.done ? null : at
    if (!x.value.equals(y.value)) {
      const bytes: Buffer = x.value
      const other: Buffer = y.value
      return at + bytes.findIndex((byte, i) => byte !== other[i])
    }
    at += x.value.length
  }
}

/** In bytes; 0 for a file that is not there yet. */
export async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0
}
