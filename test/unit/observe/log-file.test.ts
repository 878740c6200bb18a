import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FilePattern } from '../../../src/observe/file-pattern.ts'
import { LogFile, type Rotation } from '../../../src/observe/log-file.ts'

let folder: string
let now: Date
let troubles: string[]
let open: LogFile[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bunnect-log-'))
  now = new Date(2026, 10, 21, 17, 0, 0)
  troubles = []
  open = []
})
afterEach(() => {
  for (const file of open) file.close()
  rmSync(folder, { recursive: true, force: true })
})

const path = (name: string) => join(folder, name)
const text = (name: string) => readFileSync(path(name), 'utf8')
const names = () => readdirSync(folder).sort()

function logFile(rotation: (Omit<Rotation, 'pattern'> & { pattern: string }) | null, at = 'connect.log') {
  const file = new LogFile({
    path: path(at),
    rotation: rotation && { ...rotation, pattern: path(rotation.pattern) },
    onTrouble: ({ reason, line }) => void troubles.push(line === null ? reason : `${reason}: ${line.trim()}`),
    onRecovery: () => void troubles.push('again'),
    now: () => now,
  })
  open.push(file)
  return file
}

test('by the hour: the file of an hour that is over gets the name of that hour', () => {
  const file = logFile({ pattern: 'connect-%d{yyyy-MM-dd-HH}.log' })
  file.write('one\n')
  now = new Date(2026, 10, 21, 17, 59, 59)
  file.write('two\n')
  now = new Date(2026, 10, 21, 20, 0, 0)
  file.write('three\n')
  expect(names()).toEqual(['connect-2026-11-21-17.log', 'connect.log'])
  expect([text('connect-2026-11-21-17.log'), text('connect.log')]).toEqual(['one\ntwo\n', 'three\n'])
})

test('a file that an earlier process has left is of the hour of its last line', () => {
  writeFileSync(path('connect.log'), 'old\n')
  now = new Date(statSync(path('connect.log')).mtimeMs + 3_600_000)
  const pattern = new FilePattern('%d{yyyy-MM-dd-HH}')
  const hour = pattern.name(statSync(path('connect.log')).mtime, 1)
  logFile({ pattern: 'connect.log.%d{yyyy-MM-dd-HH}' }).write('new\n')
  expect([text(`connect.log.${hour}`), text('connect.log')]).toEqual(['old\n', 'new\n'])
})

test('by size: the newest is number 1, no more than so many are kept, no line is lost or cut', () => {
  const file = logFile({ pattern: 'connect.log.%i', maxBytes: 20, keep: 3 })
  for (let i = 10; i < 20; i++) file.write(`line ${i}\n`)
  expect(names()).toEqual(['connect.log', 'connect.log.1', 'connect.log.2', 'connect.log.3'])
  expect(names().map(text)).toEqual([
    'line 18\nline 19\n',
    'line 16\nline 17\n',
    'line 14\nline 15\n',
    'line 12\nline 13\n',
  ])
})

test('by day and size: numbers within a day, and the oldest of all go', () => {
  const file = logFile({ pattern: 'c-%d{yyyyMMdd}-%i.log.gz', maxBytes: 8, keep: 3 })
  for (const line of ['a1', 'a2', 'a3']) file.write(`${line} ....\n`)
  now = new Date(2026, 10, 22, 1, 0, 0)
  for (const line of ['b1', 'b2', 'b3']) file.write(`${line} ....\n`)
  expect(names()).toEqual(['c-20261121-3.log', 'c-20261122-1.log', 'c-20261122-2.log', 'connect.log'])
  expect(text('c-20261122-2.log')).toBe('b2 ....\n')
})

test('a name that is taken is not written over', () => {
  writeFileSync(path('connect-17.log'), 'somebody else\n')
  const file = logFile({ pattern: 'connect-%d{HH}.log' })
  file.write('mine\n')
  now = new Date(2026, 10, 21, 18, 0, 0)
  file.write('next\n')
  expect(names()).toEqual(['connect-17.log', 'connect-17.log.1', 'connect.log'])
  expect([text('connect-17.log'), text('connect-17.log.1')]).toEqual(['somebody else\n', 'mine\n'])
})

test('two writers of one file lose nothing when either of them rotates it', () => {
  const rotation = { pattern: 'connect.log.%i', maxBytes: 100, keep: 1000 }
  const writers = [logFile(rotation), logFile(rotation)]
  for (let i = 0; i < 400; i++) {
    now = new Date(now.getTime() + 300)
    writers[i % 2]!.write(`line ${i}\n`)
  }
  const lines = names().flatMap(name => text(name).trimEnd().split('\n'))
  expect(lines.sort()).toEqual(Array.from({ length: 400 }, (_, i) => `line ${i}`).sort())
})

test('a file that was moved away is made anew within a second', () => {
  const file = logFile(null)
  file.write('one\n')
  renameSync(path('connect.log'), path('moved'))
  file.write('two\n')
  now = new Date(now.getTime() + 1000)
  file.write('three\n')
  expect([text('moved'), text('connect.log')]).toEqual(['one\ntwo\n', 'three\n'])
})

test('a file that cannot be written is told with each line; when it can be again, once', () => {
  writeFileSync(path('folder'), 'a file where the folder should be')
  const file = logFile(null, 'folder/connect.log')
  file.write('one\n')
  file.write('two\n')
  expect(troubles).toHaveLength(2)
  expect(troubles[0]).toMatch(/connect\.log: .*(ENOTDIR|EEXIST).*: one$/)
  rmSync(path('folder'))
  file.write('three\n')
  file.write('four\n')
  expect(troubles.slice(2)).toEqual(['again'])
  expect(text('folder/connect.log')).toBe('three\nfour\n')
})

test('what cannot be rotated goes on growing', () => {
  writeFileSync(path('sub'), 'a file where the folder should be')
  const file = logFile({ pattern: 'sub/connect.log.%i', maxBytes: 8, keep: 2 })
  for (const line of ['one', 'two', 'three', 'four']) file.write(`${line} ...\n`)
  expect(text('connect.log')).toBe('one ...\ntwo ...\nthree ...\nfour ...\n')
  expect(troubles).toHaveLength(1)
})

test.each([
  ["x'.'yyyy", 'x.2026'],
  ['yy-M-d', '26-11-5'],
  ["HH'h'mm''ss", "07h09'03"],
])('%%d{%s}', (format, name) => {
  expect(new FilePattern(`%d{${format}}`).name(new Date(2026, 10, 5, 7, 9, 3), 1)).toBe(name)
})
