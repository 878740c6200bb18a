import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SinkRecord } from '#bunnect'
import { FileStreamSinkTask } from '../../../connectors/file/sink-task.ts'
import { FileStreamSourceTask } from '../../../connectors/file/source-task.ts'
import vectors from '../../conform/vectors/data-vectors.json'
import { sinkContext, sourceContext } from './task-context.ts'

interface SourceVector {
  in: { content: string; 'batch.size': string; polls: number; storedPosition: number | null }
  out: ({ value: string; position: number }[] | null)[]
}
const group = <T>(name: string) =>
  (vectors.vectors as unknown as { id: string; group: string }[]).filter(
    v => v.group === name,
  ) as unknown as (T & { id: string })[]

let folder: string
beforeAll(async () => {
  folder = await mkdtemp('/tmp/bunnect-file-vectors-')
})
afterAll(() => rm(folder, { recursive: true }))

describe('what the JVM’s file source gave, poll by poll', () => {
  for (const vector of group<SourceVector>('file.source')) {
    test(`${vector.id} ${JSON.stringify(vector.in.content)}`, async () => {
      const { content, polls, storedPosition } = vector.in
      const file = join(folder, vector.id)
      await writeFile(file, content)
      const stored = storedPosition === null ? null : { position: storedPosition }
      const task = new FileStreamSourceTask(
        { file, topic: 't', batchSize: Number(vector.in['batch.size']) },
        sourceContext(stored),
      )
      const before = Buffer.from(content).toString('latin1', 0, storedPosition ?? 0)
      const ascii = Buffer.byteLength(content) === content.length
      for (let i = 0; i < polls; i++) {
        const records = await task.poll()
        const seen = records?.map(({ value, sourceOffset }) => ({
          value,
          position: sourceOffset!['position'],
        }))
        const expected = vector.out[i]!
        // Positions count bytes here and UTF-16 units there, which may lie within a line: listed differences.
        if (storedPosition !== null && !/^$|[\r\n]$/.test(before)) {
          expect(seen?.map(({ value }) => value) ?? null).toEqual(
            i === 0 ? content.trimEnd().split('\n') : null,
          )
          continue
        }
        if (ascii || !seen || expected === null) expect<unknown>(seen ?? null).toEqual(expected)
        else expect(seen.map(({ value }) => value as unknown)).toEqual(expected.map(({ value }) => value))
      }
      await task.stop()
    })
  }
})

describe('what the JVM’s file sink wrote', () => {
  const plain = (value: unknown): unknown => {
    if (value === null) return null
    const [[type, inner]] = Object.entries(value as object) as [[string, unknown]]
    return type === 'array' ? (inner as unknown[]).map(plain) : inner
  }
  for (const vector of group<{ in: { value: unknown }; out: { hex: string } }>('file.sink')) {
    // A struct needs its schema: sink-task.test.ts has it.
    if (vector.in.value !== null && 'struct' in (vector.in.value as object)) continue
    test(vector.id, async () => {
      const file = join(folder, vector.id)
      const task = new FileStreamSinkTask(file, sinkContext())
      await task.start()
      await task.put([new SinkRecord('t', 0, null, null, null, plain(vector.in.value), 0)])
      await task.flush()
      await task.stop()
      expect((await readFile(file)).toString('hex')).toBe(vector.out.hex)
    })
  }
})
