import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { appendFile, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FileStreamSinkTask } from '../../../connectors/file/sink-task.ts'
import { FileStreamSourceTask } from '../../../connectors/file/source-task.ts'
import { House, until } from './harness.ts'

let house: House
beforeAll(() => {
  house = new House()
})
afterAll(() => house.close())

const source = (name: string, file: string, topic: string) =>
  house.source(name, context => new FileStreamSourceTask({ file, topic, batchSize: 2000 }, context))
const sink = (
  name: string,
  file: string,
  topic: string,
  more: { offsetFlushIntervalMs?: number; number?: number } = {},
) => house.sink(name, context => new FileStreamSinkTask(file, context), { topics: [topic], ...more })

describe('file → Kafka → file', () => {
  test('200,000 lines of all kinds arrive as they are, and a growing file goes on', async () => {
    const from = join(house.folder, 'in.txt')
    const to = join(house.folder, 'out.txt')
    let text = ''
    for (let i = 0; i < 200_000; i++)
      text += `${i} ${i % 7 === 0 ? 'é漢😀' : 'x'.repeat(i % 90)}${i % 11 === 0 ? '\r\n' : '\n'}`
    await writeFile(from, text)
    await house.topic('ff')
    source('ff-source', from, 'ff')
    sink('ff-sink', to, 'ff')
    const expected = text.replaceAll('\r\n', '\n')
    await until(
      'all lines',
      async () => (await Bun.file(to).exists()) && Bun.file(to).size === Buffer.byteLength(expected),
    )
    await appendFile(from, 'one more\n')
    await until('one more', () => Bun.file(to).size === Buffer.byteLength(expected) + 9)
    expect((await readFile(to, 'utf8')) === `${expected}one more\n`).toBe(true)
  })

  test('both sides go on where they were after a stop', async () => {
    const from = join(house.folder, 'resume-in.txt')
    const to = join(house.folder, 'resume-out.txt')
    await house.topic('resume')
    let all = ''
    for (let round = 0; round < 3; round++) {
      const lines = Array.from({ length: 500 }, (_, i) => `é ${round} ${i}\n`).join('')
      await appendFile(from, lines)
      all += lines
      const tasks = [source('resume-source', from, 'resume'), sink('resume-sink', to, 'resume')]
      await until('this round', () => Bun.file(to).size >= Buffer.byteLength(all))
      for (const { runner } of tasks) {
        runner.stop()
        await runner.ended
      }
    }
    expect(await readFile(to, 'utf8')).toBe(all)
    expect(await house.stored('resume-source', { filename: from })).toEqual({
      position: Buffer.byteLength(all),
    })
  })

  test('four tasks append to one file', async () => {
    const to = join(house.folder, 'four.txt')
    await house.topic('four', 4)
    const values = Array.from({ length: 5000 }, (_, i) => `${i}`)
    for (let p = 0; p < 4; p++)
      await house.produce(
        'four',
        values.map(value => `${p}:${value}`),
        p,
      )
    for (let number = 0; number < 4; number++) sink('four', to, 'four', { number })
    await until('all lines', async () => {
      const lines = (await Bun.file(to).exists()) ? (await readFile(to, 'utf8')).split('\n') : []
      return new Set(lines).size === 20_001
    })
    const lines = (await readFile(to, 'utf8')).trimEnd().split('\n')
    for (let p = 0; p < 4; p++) {
      const mine = new Set(lines.filter(line => line.startsWith(`${p}:`)))
      expect([...mine]).toEqual(values.map(value => `${p}:${value}`))
    }
  })

  test('a sink file that vanishes fails the task; after a restart nothing uncommitted is missing', async () => {
    const to = join(house.folder, 'vanish.txt')
    await house.topic('vanish')
    await house.produce('vanish', ['a', 'b'])
    const first = sink('vanish', to, 'vanish')
    await until('both', () => first.runner.counters.put === 2)
    await unlink(to)
    first.runner.stop()
    await first.runner.ended
    expect(await house.committed('vanish')).toEqual({})
    const second = sink('vanish', to, 'vanish', { offsetFlushIntervalMs: 30 })
    await until('the commit', async () => (await house.committed('vanish'))['vanish-0'] === 2)
    expect(await readFile(to, 'utf8')).toBe('a\nb\n')
    await unlink(to)
    await house.produce('vanish', ['c'])
    await until('FAILED', () => second.told.last === 'FAILED')
    expect(second.told.trace).toEqual([
      'Exiting WorkerSinkTask due to unrecoverable exception.',
      `${to} was deleted or renamed while records were written to it`,
    ])
    expect(await house.committed('vanish')).toEqual({ 'vanish-0': 2 })
  })

  test('what was there without a line end stays, and nothing is merged with it', async () => {
    const to = join(house.folder, 'foreign.txt')
    await writeFile(to, 'foreign')
    await house.topic('foreign')
    await house.produce('foreign', ['a'])
    const { runner } = sink('foreign', to, 'foreign')
    await until('a', () => runner.counters.put === 1)
    runner.stop()
    await runner.ended
    expect(await readFile(to, 'utf8')).toBe('foreign\na\n')
  })
})
