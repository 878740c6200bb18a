import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { appendFile, chmod, mkdtemp, rename, rm, truncate, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { OffsetMap, SourceRecord } from '#bunnect'
import { FileStreamSourceTask } from '../../../connectors/file/source-task.ts'
import { redirect } from '../../../src/observe/log.ts'
import { sourceContext, until } from './task-context.ts'

let folder: string
let file: string
let n = 0
const open: FileStreamSourceTask[] = []

beforeAll(async () => {
  folder = await mkdtemp('/tmp/bunnect-file-source-')
})
afterAll(async () => {
  for (const task of open) await task.stop()
  await rm(folder, { recursive: true })
})

/** A task on a new file with this content, or on none. */
async function tail(
  content: string | Uint8Array | null,
  options: { batchSize?: number; stored?: OffsetMap } = {},
) {
  file = join(folder, `in-${++n}.txt`)
  if (content !== null) await writeFile(file, content)
  return taskOn(file, options)
}

function taskOn(path: string, { batchSize = 2000, stored }: { batchSize?: number; stored?: OffsetMap } = {}) {
  const task = new FileStreamSourceTask({ file: path, topic: 't', batchSize }, sourceContext(stored ?? null))
  open.push(task)
  return task
}

const shown = (records: SourceRecord[]) =>
  records.map(({ value, sourceOffset }) => [value, sourceOffset!['position']])

/** Polls until so many records have come. */
async function take(task: FileStreamSourceTask, count: number) {
  const records: SourceRecord[] = []
  await until(`${count} records`, async () => {
    records.push(...((await task.poll()) ?? []))
    return records.length >= count
  })
  return shown(records)
}

describe('what the JVM gives for the same file', () => {
  const table: [name: string, content: string, polled: [string, number][], stored?: number][] = [
    [
      'unfinished last line',
      'one\ntwo\nthree',
      [
        ['one', 4],
        ['two', 8],
      ],
    ],
    [
      'all kinds of line ends',
      'a\r\nb\rc\nd\n',
      [
        ['a', 3],
        ['b', 5],
        ['c', 7],
        ['d', 9],
      ],
    ],
    [
      'empty lines',
      '\n\n',
      [
        ['', 1],
        ['', 2],
      ],
    ],
    ['tail', 'tail\npartial', [['tail', 5]]],
    ['stored position', 'hello\nworld\n', [['world', 12]], 6],
    [
      'multi-byte text, with positions in bytes',
      'é漢\nx\n',
      [
        ['é漢', 6],
        ['x', 8],
      ],
    ],
  ]
  for (const [name, content, polled, stored] of table) {
    test(name, async () => {
      const task = await tail(content, stored === undefined ? {} : { stored: { position: stored } })
      expect(shown((await task.poll())!)).toEqual(polled)
      expect(await task.poll()).toBeNull()
    })
  }
  for (const content of ['', 'no newline', 'cr at end\r']) {
    test(`nothing for ${JSON.stringify(content)}`, async () => {
      const task = await tail(content)
      expect(await task.poll()).toBeNull()
      expect(await task.poll()).toBeNull()
    })
  }
})

test('the record as Java makes it', async () => {
  const task = await tail('line\n')
  const before = Date.now()
  const [record] = (await task.poll())!
  expect(record).toMatchObject({
    topic: 't',
    kafkaPartition: null,
    key: null,
    keySchema: null,
    value: 'line',
    sourcePartition: { filename: file },
    sourceOffset: { position: 5 },
  })
  expect(record!.valueSchema).toMatchObject({ type: 'STRING', optional: false })
  expect(record!.timestamp).toBeGreaterThanOrEqual(before)
  expect(record!.hasHeaders).toBe(false)
})

test('batch.size bounds a poll, and what was read goes out without waiting for more', async () => {
  const task = await tail('1\n2\n3\n4\n5\n', { batchSize: 2 })
  const sizes = []
  for (let i = 0; i < 3; i++) sizes.push((await task.poll())!.length)
  expect(sizes).toEqual([2, 2, 1])
  const one = await tail('1\n2\n', { batchSize: 0 })
  expect((await one.poll())!.length).toBe(1)
})

test('a file that does not exist yet is waited for, with one warning', async () => {
  const lines: string[] = []
  const restore = redirect(line => void lines.push(line))
  try {
    const task = await tail(null)
    for (let i = 0; i < 3; i++) expect(await task.poll()).toBeNull()
    await writeFile(file, 'here\n')
    expect(await take(task, 1)).toEqual([['here', 5]])
  } finally {
    restore()
  }
  expect(lines.filter(line => line.includes(`Couldn't find file ${file}`)).length).toBe(1)
})

test('a growing file is followed, in the middle of lines and of characters', async () => {
  const task = await tail('a')
  expect(await task.poll()).toBeNull()
  const bytes = Buffer.from('é漢\r')
  await appendFile(file, bytes.subarray(0, 3))
  expect(await task.poll()).toBeNull()
  await appendFile(file, bytes.subarray(3))
  expect(await task.poll()).toBeNull()
  await appendFile(file, '\nnext\n')
  expect(await take(task, 2)).toEqual([
    ['aé漢', 8],
    ['next', 13],
  ])
})

test('lines of megabytes come whole', async () => {
  const long = 'é'.repeat(3_000_000)
  const task = await tail(`${long}\nshort\n`)
  expect(await take(task, 2)).toEqual([
    [long, 6_000_001],
    ['short', 6_000_007],
  ])
})

describe('rotation', () => {
  test('a renamed file is read to its end, then the new one of that name from its beginning', async () => {
    const task = await tail('old 1\n')
    expect(await take(task, 1)).toEqual([['old 1', 6]])
    await rename(file, `${file}.1`)
    expect(await task.poll()).toBeNull()
    await appendFile(`${file}.1`, 'old 2\nunfinished')
    await writeFile(file, 'new 1\n')
    expect(await take(task, 3)).toEqual([
      ['old 2', 12],
      ['unfinished', 0],
      ['new 1', 6],
    ])
  })

  test('one of the same length that takes the place of a quiet file is noticed', async () => {
    const task = await tail('old\n')
    expect(await take(task, 1)).toEqual([['old', 4]])
    for (let i = 0; i < 3; i++) expect(await task.poll()).toBeNull()
    await writeFile(`${file}.new`, 'new\n')
    await rename(`${file}.new`, file)
    expect(await take(task, 1)).toEqual([['new', 4]])
  })

  test('what comes to a quiet file that has lost its name is read', async () => {
    const task = await tail('old\n')
    expect(await take(task, 1)).toEqual([['old', 4]])
    expect(await task.poll()).toBeNull()
    await rename(file, `${file}.1`)
    for (let i = 0; i < 3; i++) expect(await task.poll()).toBeNull()
    await appendFile(`${file}.1`, 'last\n')
    expect(await take(task, 1)).toEqual([['last', 9]])
  })

  test('a truncated file is read from its beginning', async () => {
    const task = await tail('1\n2\n3\n')
    expect((await take(task, 3)).length).toBe(3)
    await truncate(file)
    await writeFile(file, 'T\n')
    expect(await take(task, 1)).toEqual([['T', 2]])
  })

  test('the unfinished line of a truncated file comes before the new ones', async () => {
    const task = await tail('1\n2\nwithout end')
    expect((await take(task, 2)).length).toBe(2)
    expect(await task.poll()).toBeNull()
    await truncate(file)
    await appendFile(file, 'new\n')
    // What comes after it is the beginning of the file.
    expect(await take(task, 2)).toEqual([
      ['without end', 0],
      ['new', 4],
    ])
  })

  for (const [name, content, position, lines] of [
    ['a larger file', 'NEW-A-long\nNEW-B\n', 8, ['NEW-A-long', 'NEW-B']],
    ['the end of a last line without an end', 'NEW-A\nNEW', 9, ['NEW-A']],
  ] as const) {
    test(`a stored position within a line means another file: ${name} is read from its beginning`, async () => {
      const told: string[] = []
      const restore = redirect(line => void told.push(line))
      try {
        const task = await tail(content, { stored: { position } })
        expect((await take(task, lines.length)).map(([value]) => value)).toEqual([...lines])
      } finally {
        restore()
      }
      expect(told.join('')).toContain(`No line of ${file} starts at the stored position ${position}`)
    })
  }

  for (const [end, position] of [
    ['\n', 4],
    ['\r', 4],
    ['\r\n', 5],
  ] as const) {
    test(`a stored position behind ${JSON.stringify(end)} is fine`, async () => {
      const task = await tail(`old${end}new\n`, { stored: { position } })
      expect(await take(task, 1)).toEqual([['new', position + 4]])
    })
  }

  test('a stored position beyond the end means another file: from its beginning, with a line in the log', async () => {
    const lines: string[] = []
    const restore = redirect(line => void lines.push(line))
    try {
      const task = await tail('x\ny\n', { stored: { position: 5 } })
      expect(await take(task, 2)).toEqual([
        ['x', 2],
        ['y', 4],
      ])
    } finally {
      restore()
    }
    expect(lines.join('')).toContain('holds 4 bytes, less than the stored position 5')
  })

  test('a stored position at the end is fine', async () => {
    const task = await tail('x\ny\n', { stored: { position: 4 } })
    expect(await task.poll()).toBeNull()
    await appendFile(file, 'z\n')
    expect(await take(task, 1)).toEqual([['z', 6]])
  })

  test('a deleted file that comes again', async () => {
    const task = await tail('1\n')
    await take(task, 1)
    await unlink(file)
    expect(await task.poll()).toBeNull()
    await writeFile(file, '2\n')
    expect(await take(task, 1)).toEqual([['2', 2]])
  })
})

describe('failures say what and where', () => {
  test('a directory', async () => {
    await expect(Promise.resolve(taskOn(folder).poll())).rejects.toThrow(`Cannot open ${folder}: EISDIR`)
  })

  test('a file that may not be read', async () => {
    const task = await tail('x\n')
    await chmod(file, 0)
    // Root reads everything.
    if (process.getuid?.() !== 0) await expect(Promise.resolve(task.poll())).rejects.toThrow('EACCES')
    else expect((await task.poll())?.length).toBe(1)
    await chmod(file, 0o600)
  })

  test('a path through a file', async () => {
    await tail('x\n')
    await expect(Promise.resolve(taskOn(`${file}/x`).poll())).rejects.toThrow('ENOTDIR')
  })

  for (const position of ['6', 1.5, true]) {
    test(`a stored position of ${JSON.stringify(position)}`, async () => {
      const task = await tail('x\n', { stored: { position } })
      await expect(Promise.resolve(task.poll())).rejects.toThrow('Offset position is the incorrect type')
    })
  }
})

test('many pipes, silent or without a writer, hold nobody up', async () => {
  const folderOfPipes = await mkdtemp(join(folder, 'pipes-'))
  const script = `
    import { appendFileSync, closeSync, openSync, writeFileSync, writeSync } from 'node:fs'
    import { FileStreamSourceTask } from ${JSON.stringify(join(import.meta.dir, '../../../connectors/file/source-task.ts'))}
    import { sourceContext } from ${JSON.stringify(join(import.meta.dir, 'task-context.ts'))}
    const folder = ${JSON.stringify(folderOfPipes)}
    const tail = file => new FileStreamSourceTask({ file: folder + '/' + file, topic: 't', batchSize: 9 }, sourceContext())
    const pipes = Array.from({ length: 24 }, (_, i) => 'pipe-' + i)
    Bun.spawnSync(['mkfifo', ...pipes], { cwd: folder })
    const polls = async (task, until) => { for (const values = [];;) {
      for (const { value } of (await task.poll()) ?? []) values.push(value)
      if (values.length >= until) return values.join()
    } }
    const reading = pipes.map(name => polls(tail(name), 2))
    writeFileSync(folder + '/file', 'a line\\n')
    console.log(await polls(tail('file'), 1))
    const writers = pipes.map(name => openSync(folder + '/' + name, 'w'))
    for (const writer of writers) writeSync(writer, 'one\\ntw')
    appendFileSync(folder + '/other', 'another line\\n')
    console.log(await polls(tail('other'), 1))
    for (const writer of writers) closeSync(writer)
    for (const name of pipes) appendFileSync(folder + '/' + name, 'o\\n')
    console.log(new Set(await Promise.all(reading)).size, await reading[0])
    process.exit(0)`
  const child = Bun.spawn([process.execPath, '-e', script], {
    cwd: join(import.meta.dir, '../../..'),
    timeout: 20_000,
    killSignal: 'SIGKILL',
  })
  expect(await child.stdout.text()).toBe('a line\nanother line\n1 one,two\n')
}, 120_000)

test('a stop ends the wait at once', async () => {
  const abort = new AbortController()
  const path = join(folder, 'never')
  const task = new FileStreamSourceTask(
    { file: path, topic: 't', batchSize: 1 },
    sourceContext(null, abort.signal),
  )
  const poll = Promise.resolve(task.poll())
  abort.abort()
  expect(await poll).toBeNull()
  expect(await task.poll()).toBeNull()
  await task.stop()
})

test('standard input: lines without positions, and the end of input is no failure', async () => {
  const script = `
    import { FileStreamSourceTask } from ${JSON.stringify(join(import.meta.dir, '../../../connectors/file/source-task.ts'))}
    import { sourceContext } from ${JSON.stringify(join(import.meta.dir, 'task-context.ts'))}
    const task = new FileStreamSourceTask({ file: null, topic: 't', batchSize: 2 }, sourceContext())
    for (let n = 0; n < 4; ) {
      for (const { value, sourcePartition, sourceOffset } of (await task.poll()) ?? []) {
        console.log(JSON.stringify([value.length > 10 ? value.length : value, sourcePartition, sourceOffset]))
        n++
      }
    }
    console.log(JSON.stringify(await task.poll()))
    process.exit(0)`
  const long = 'y'.repeat(2_000_000)
  const child = Bun.spawn([process.execPath, '-e', script], {
    stdin: Buffer.from(`a\né\r\n\n${long}\nunfinished`),
    cwd: join(import.meta.dir, '../../..'),
  })
  const out = await child.stdout.text()
  const at = ',{"filename":null},{"position":null}]'
  expect(out.trim().split('\n')).toEqual([`["a"${at}`, `["é"${at}`, `[""${at}`, `[2000000${at}`, 'null'])
})
