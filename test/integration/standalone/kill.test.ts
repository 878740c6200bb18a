import { afterEach, expect, test } from 'bun:test'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileSink, fileSource, until } from './support.ts'

const MAIN = join(import.meta.dir, '../../../src/main.ts')
const folder = mkdtempSync(join(tmpdir(), 'bunnect-kill-'))
const path = (name: string) => join(folder, name)
const size = (name: string) => (existsSync(path(name)) ? statSync(path(name)).size : 0)
let child: Bun.Subprocess | null = null
afterEach(async () => {
  child?.kill('SIGKILL')
  await child?.exited
  rmSync(folder, { recursive: true, force: true })
})

function properties(name: string, values: Record<string, string>): string {
  writeFileSync(
    path(name),
    Object.entries(values)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  )
  return path(name)
}

test('SIGKILLs while lines flow: none lost, none torn, first occurrences in order', async () => {
  const files = [
    properties('worker.properties', {
      'bootstrap.servers': 'embedded',
      'bunnect.data.dir': path('data'),
      listeners: 'http://127.0.0.1:0',
      'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'offset.storage.file.filename': path('connect.offsets'),
      'offset.flush.interval.ms': '50',
    }),
    properties('source.properties', { name: 'source', ...fileSource(path('in'), 't') }),
    properties('sink.properties', { name: 'sink', ...fileSink(path('out'), 't') }),
  ]
  const start = () => {
    child = Bun.spawn([process.execPath, MAIN, 'standalone', ...files], {
      stdout: 'ignore',
      stderr: Bun.file(path('log')),
    })
    return child
  }
  let next = 0
  const write = (count: number) => {
    let lines = ''
    for (const end = next + count; next < end; next++) lines += `${next}\n`
    appendFileSync(path('in'), lines)
  }
  write(1000)
  for (let round = 0; round < 4; round++) {
    const worker = start()
    const before = size('out')
    await until('lines to flow', () => {
      // However long it takes to start, there is not more to read than it has time for.
      if (next < 20_000 * (round + 1)) write(200)
      return size('out') > before + 3000
    })
    worker.kill('SIGKILL')
    await worker.exited
  }
  write(1000)
  const last = start()
  await until('the last line', () => readFileSync(path('out'), 'utf8').endsWith(`\n${next - 1}\n`))
  last.kill('SIGTERM')
  expect(await last.exited).toBe(143)

  const lines = readFileSync(path('out'), 'utf8').split('\n')
  expect(lines.pop()).toBe('')
  const seen = new Set<number>()
  for (const line of lines) {
    expect(line).toMatch(/^\d+$/)
    const n = Number(line)
    // The first time that a number comes it is the one after the highest so far.
    if (!seen.has(n)) expect(n).toBe(seen.size)
    seen.add(n)
  }
  expect(seen.size).toBe(next)
}, 120_000)
