import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import {
  appendFile,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { type Schema, SinkRecord, STRING_SCHEMA } from '#bunnect'
import { FileStreamSinkTask } from '../../../connectors/file/sink-task.ts'
import { INT32_SCHEMA } from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import { sinkContext } from './task-context.ts'

let folder: string
let file: string
let n = 0

beforeAll(async () => {
  folder = await mkdtemp('/tmp/bunnect-file-sink-')
})
afterAll(() => rm(folder, { recursive: true }))

const record = (value: unknown, schema: Schema | null = null) =>
  new SinkRecord('t', 0, null, null, schema, value, 0)
const lines = (...values: string[]) => values.map(value => record(value, STRING_SCHEMA))
const content = () => readFile(file, 'utf8')

/** A started task on a file with this content, or on a new one. */
async function sink(before: string | Uint8Array | null = null): Promise<FileStreamSinkTask> {
  if (before !== null) await writeFile(file, before)
  const task = new FileStreamSinkTask(file, sinkContext())
  await task.start()
  return task
}

/** The same, as a sink that was killed while it wrote leaves it. */
async function sinkAfterCrash(before: string | Uint8Array, torn = ''): Promise<FileStreamSinkTask> {
  await writeFile(`${file}.torn`, torn)
  return sink(before)
}

/** A process opens the file, writes and flushes these lines and is killed; the kill cuts off a further line. */
async function crash(flushed: string[], torn: string): Promise<void> {
  const program = join(import.meta.dir, 'sink-crash-child.ts')
  const child = Bun.spawn([process.execPath, program, file, ...flushed], { stderr: 'ignore' })
  await child.exited
  expect(child.signalCode).toBe('SIGKILL')
  await appendFile(file, torn)
}

function newFile() {
  file = join(folder, `out-${++n}.txt`)
  return file
}

describe('a value as Java prints it', () => {
  const point = new SchemaBuilder('STRUCT').field('a', INT32_SCHEMA).build()
  const table: [name: string, value: unknown, schema: Schema | null, line: string][] = [
    ['string', 'line', STRING_SCHEMA, 'line\n'],
    ['empty string', '', STRING_SCHEMA, '\n'],
    ['string with line ends', 'a\nb', STRING_SCHEMA, 'a\nb\n'],
    ['null', null, null, 'null\n'],
    ['int32', 5, INT32_SCHEMA, '5\n'],
    ['array', [1, 2], null, '[1, 2]\n'],
    ['struct', new Struct(point).put('a', 1), point, 'Struct{a=1}\n'],
    ['object in hash order', { b: 1, a: 2 }, null, '{a=2, b=1}\n'],
    ['boolean', true, null, 'true\n'],
    ['double', 1e10 + 0.5, null, '1.00000000005E10\n'],
    ['half a character', 'a\uD83D', STRING_SCHEMA, 'a?\n'],
  ]
  for (const [name, value, schema, line] of table) {
    test(name, async () => {
      newFile()
      const task = await sink()
      await task.put([record(value, schema)])
      expect(await content()).toBe(line)
      await task.stop()
    })
  }
})

test('appends to what is there, and an empty put writes nothing', async () => {
  newFile()
  const task = await sink('before\n')
  await task.put([])
  await task.put(lines('1', '2'))
  await task.put(lines('3'))
  await task.flush()
  await task.stop()
  expect(await content()).toBe('before\n1\n2\n3\n')
})

test('a stream of puts that do not wait for their writes is whole after a flush, and after a stop without one', async () => {
  newFile()
  const task = await sink()
  const all = Array.from({ length: 3000 }, (_, i) => `${i} ${'s'.repeat(1000)}`)
  let waited = 0
  for (const [i, line] of all.entries()) {
    if (i === 1500) {
      await task.flush()
      expect((await content()).split('\n').length).toBe(1501)
    }
    const put = task.put(lines(line))
    if (put !== undefined) waited++
    await put
  }
  await task.stop()
  expect(await content()).toBe(`${all.join('\n')}\n`)
  expect(waited).toBeGreaterThan(0)
})

test('many tasks append to one file, whole lines, none lost', async () => {
  newFile()
  const tasks = await Promise.all([1, 2, 3, 4].map(() => sink()))
  const wide = 'w'.repeat(5000)
  await Promise.all(
    tasks.flatMap((task, t) =>
      Array.from({ length: 50 }, (_, i) => task.put(lines(`${t}-${i}-a`, wide, `${t}-${i}-b`))),
    ),
  )
  await Promise.all(tasks.map(task => task.flush()))
  for (const task of tasks) await task.stop()
  const written = (await content()).trimEnd().split('\n')
  expect(written.length).toBe(600)
  for (let i = 0; i < written.length; i += 3) {
    expect(written[i + 1]).toBe(wide)
    expect(written[i + 2]).toBe(written[i]!.replace(/a$/, 'b'))
  }
  for (let t = 0; t < 4; t++) {
    const mine = written.filter(line => line.startsWith(`${t}-`) && line.endsWith('a'))
    expect(mine).toEqual(Array.from({ length: 50 }, (_, i) => `${t}-${i}-a`))
  }
})

describe('a last line that a crash cut off', () => {
  test('is dropped when its whole line comes again', async () => {
    newFile()
    await crash(['1', '2'], '3 wor')
    const task = await sink()
    expect(await content()).toBe('1\n2\n')
    expect(await readFile(`${file}.torn`, 'utf8')).toBe('3 wor\n')
    await task.put(lines('2'))
    await task.flush()
    await task.put(lines('3 words', '4'))
    await task.flush()
    await task.stop()
    expect(await content()).toBe('1\n2\n2\n3 words\n4\n')
    expect(await readdir(folder)).not.toContain(`out-${n}.txt.torn`)
  })

  test('may end within a character', async () => {
    newFile()
    const task = await sinkAfterCrash(Buffer.from('1\n漢字').subarray(0, 6))
    await task.put(lines('漢字', '5'))
    await task.flush()
    await task.stop()
    expect(await content()).toBe('1\n漢字\n5\n')
  })

  test('may be within a value of several lines', async () => {
    newFile()
    const task = await sinkAfterCrash('a\nb')
    await task.put(lines('a\nbc'))
    await task.flush()
    await task.stop()
    expect(await content()).toBe('a\na\nbc\n')
  })

  test('whose line does not come is put back as a line after a few flushes', async () => {
    newFile()
    const task = await sinkAfterCrash('kept\nforeign')
    for (let i = 0; i < 20; i++) await task.flush()
    expect(await content()).toBe('kept\n')
    for (let i = 0; i < 10; i++) {
      await task.put(lines(`${i}`))
      await task.flush()
    }
    expect(await content()).toBe('kept\n0\n1\n2\n3\n4\n5\n6\n7\n8\n9\nforeign\n')
    expect(await readFile(`${file}.torn`, 'utf8')).toBe('')
    await task.stop()
    expect(await readdir(folder)).not.toContain(`out-${n}.txt.torn`)
  })

  test('is put back by a stop', async () => {
    newFile()
    const task = await sinkAfterCrash(Buffer.from([0x61, 0x0a, 0xff, 0xfe]))
    await task.stop()
    expect(await readFile(file)).toEqual(Buffer.from([0x61, 0x0a, 0xff, 0xfe, 0x0a]))
  })

  test('survives further crashes: both pieces are remembered', async () => {
    newFile()
    await writeFile(`${file}.torn`, 'first\n')
    await link(`${file}.torn`, `${file}.before`)
    const task = await sinkAfterCrash('x\nsecond', 'first\n')
    // Replaced, not written over: at no moment may a power loss take the first piece.
    expect(await readFile(`${file}.before`, 'utf8')).toBe('first\n')
    expect(await readFile(`${file}.torn`, 'utf8')).toBe('first\nsecond\n')
    await task.put(lines('second line'))
    await task.flush()
    await task.stop()
    expect(await content()).toBe('x\nsecond line\nfirst\n')
  })

  test('of more than a megabyte only gets an end', async () => {
    newFile()
    const long = 'l'.repeat(1_200_000)
    const task = await sinkAfterCrash(long)
    await task.put(lines('1'))
    await task.flush()
    await task.stop()
    expect(await content()).toBe(`${long}\n1\n`)
  })
})

describe('a last line without an end that no sink was writing', () => {
  test('is somebody else’s and stays, whatever is written', async () => {
    newFile()
    const task = await sink('pear\na')
    await task.put(lines('apple'))
    await task.flush()
    await task.stop()
    expect(await content()).toBe('pear\na\napple\n')
  })

  test('nor in a folder that takes no file beside', async () => {
    newFile()
    await mkdir(`${file}.torn.new`)
    const task = await sink('a')
    await task.put(lines('apple'))
    await task.flush()
    await task.stop()
    expect(await content()).toBe('a\napple\n')
    expect(await readdir(folder)).not.toContain(`out-${n}.txt.torn`)
  })
})

describe('the file beside', () => {
  const beside = () => readFile(`${file}.torn`, 'utf8')

  test('no longer holds a piece whose line was acknowledged: a third crash does not write it as a line', async () => {
    newFile()
    await crash(['line 1'], 'line 5 of A')
    await crash([], 'line 3 o')
    expect(await beside()).toBe('line 5 of A\n')
    await crash(['line 3 of B'], '')
    expect(await beside()).toBe('line 5 of A\n')
    const task = await sink()
    await task.put(lines('line 4', 'line 5 of Ants'))
    await task.flush()
    await task.stop()
    expect(await content()).toBe('line 1\nline 3 of B\nline 4\nline 5 of Ants\n')
  })

  test('is there as long as the file is open, beside the file that a link means', async () => {
    newFile()
    await writeFile(file, '')
    const target = file
    await symlink(target, newFile())
    const task = await sink()
    expect(await readFile(`${target}.torn`, 'utf8')).toBe('')
    await task.stop()
    expect((await readdir(folder)).filter(name => name.endsWith('.torn'))).toEqual([])
  })

  test('goes also with a task that failed, if the file ends in whole lines', async () => {
    newFile()
    const task = await sink()
    await task.put(lines('1'))
    await unlink(file)
    await expect(task.flush()).rejects.toThrow('deleted or renamed')
    await task.stop()
    expect(await readdir(folder)).not.toContain(`out-${n}.txt.torn`)
  })

  test('belongs to the next task from the moment the last one has stopped', async () => {
    newFile()
    const first = await sinkAfterCrash('1\n', 'piece\n')
    const stop = first.stop()
    const second = await sink()
    await stop
    expect(await beside()).toBe('')
    await second.put(lines('2'))
    await second.stop()
    expect(await content()).toBe('1\npiece\n2\n')
  })

  test('does not go with a broken file whose place another has taken', async () => {
    newFile()
    const broken = await sink()
    await broken.put(lines('1'))
    await rename(file, `${file}.1`)
    await expect(broken.flush()).rejects.toThrow('deleted or renamed')
    const next = await sink()
    await broken.stop()
    expect(await beside()).toBe('')
    // Still shared: what breaks one breaks the other.
    const other = await sink()
    await unlink(file)
    await expect(next.flush()).rejects.toThrow('deleted or renamed')
    await expect(other.put([])).rejects.toThrow('deleted or renamed')
    await next.stop()
    await other.stop()
  })
})

test('a task that stops has nothing to do with the failure of another to open the file', async () => {
  for (let turns = 0; turns < 12; turns++) {
    newFile()
    const broken = await sink()
    await rename(file, `${file}.1`)
    await expect(broken.flush()).rejects.toThrow('deleted or renamed')
    await rm(`${file}.torn`, { force: true })
    // A link to itself cannot be read.
    await symlink(`${file}.torn`, `${file}.torn`)
    const opening = sink().then(
      task => task.stop(),
      (error: Error) => expect(error.message).toContain(`find or create file '${file}'`),
    )
    for (let i = 0; i < turns; i++) await new Promise(setImmediate)
    await broken.stop()
    await opening
    await rm(`${file}.torn`, { force: true })
    const next = await sink()
    await next.put(lines('1'))
    await next.stop()
    expect(await content()).toBe('1\n')
  }
})

test('what an acknowledged record needs is synced, in time: the line, the names of the files', async () => {
  const synced = () => {
    const program = join(import.meta.dir, 'sink-sync-child.ts')
    const child = Bun.spawnSync([process.execPath, program, file])
    return child.stdout
      .toString()
      .trim()
      .split('\n')
      .map(text => JSON.parse(text) as string[])
  }
  newFile()
  const beside = `${file}.torn.new`
  expect(synced()).toEqual([[beside, folder, folder], [file], [file, folder]])
  // After a crash: the piece is beside before it is cut off, and beside no more before the offset is committed.
  await writeFile(`${file}.torn`, '')
  await appendFile(file, 'torn')
  expect(synced()).toEqual([
    [beside, folder, folder],
    [file, beside, folder],
    [file, folder],
  ])
})

describe('failures are told before anything is acknowledged', () => {
  test('a folder that does not exist', async () => {
    const path = join(folder, 'no', 'such.txt')
    const task = new FileStreamSinkTask(path, sinkContext())
    await expect(task.start()).rejects.toThrow(
      `Couldn't find or create file '${path}' for FileStreamSinkTask`,
    )
    await task.stop()
  })

  test('a full device', async () => {
    const task = new FileStreamSinkTask('/dev/full', sinkContext())
    await task.start()
    await expect(task.put(lines('1'))).rejects.toThrow('Cannot write to /dev/full: ENOSPC')
    await expect(task.flush()).rejects.toThrow('ENOSPC')
    await expect(task.put([])).rejects.toThrow('ENOSPC')
    await task.stop()
  })

  test('a full file system: what fits stays whole lines', async () => {
    newFile()
    // A limit on file size stands for the full disk: the kernel writes what fits, then refuses.
    const script = `
      import { FileStreamSinkTask } from ${JSON.stringify(join(import.meta.dir, '../../../connectors/file/sink-task.ts'))}
      import { sinkContext } from ${JSON.stringify(join(import.meta.dir, 'task-context.ts'))}
      import { SinkRecord, STRING_SCHEMA } from '#bunnect'
      process.on('SIGXFSZ', () => {})
      const task = new FileStreamSinkTask(${JSON.stringify(file)}, sinkContext())
      await task.start()
      try {
        for (let i = 0; ; i++) {
          await task.put(Array.from({ length: 100 }, (_, k) =>
            new SinkRecord('t', 0, null, null, STRING_SCHEMA, 'line ' + i + ' ' + k + 'x'.repeat(90), 0)))
        }
      } catch (error) { console.log(error.message) }
      await task.flush().catch(error => console.log(error.message))
      await task.stop()`
    const child = Bun.spawn(['sh', '-c', `ulimit -f 100; exec "$0" -e "$1"`, process.execPath, script], {
      cwd: join(import.meta.dir, '../../..'),
      stderr: 'inherit',
    })
    const out = (await child.stdout.text()).trim().split('\n')
    expect(out.length).toBe(2)
    for (const line of out) expect(line).toStartWith(`Cannot write to ${file}: EFBIG`)
    const written = (await content()).split('\n')
    expect(written.pop()).toBe('')
    expect(written.length).toBeGreaterThan(100)
    for (const line of written) expect(line).toMatch(/^line \d+ \d+x{90}$/)
  })

  test('a deleted file', async () => {
    newFile()
    const task = await sink()
    await task.put(lines('1'))
    await unlink(file)
    await expect(task.flush()).rejects.toThrow(
      `${file} was deleted or renamed while records were written to it`,
    )
    await expect(task.put([])).rejects.toThrow('deleted or renamed')
    await task.stop()
    const next = await sink()
    await next.put(lines('1', '2'))
    await next.flush()
    await next.stop()
    expect(await content()).toBe('1\n2\n')
  })

  test('a replaced file', async () => {
    newFile()
    const task = await sink()
    await task.put(lines('1'))
    await rename(file, `${file}.1`)
    await writeFile(file, '')
    await expect(task.flush()).rejects.toThrow('replaced by another file')
    await task.stop()
  })

  test('a directory', async () => {
    newFile()
    await mkdir(file)
    await expect(sink()).rejects.toThrow("Couldn't find or create file")
  })
})

test('standard output', async () => {
  const script = `
    import { FileStreamSinkTask } from ${JSON.stringify(join(import.meta.dir, '../../../connectors/file/sink-task.ts'))}
    import { sinkContext } from ${JSON.stringify(join(import.meta.dir, 'task-context.ts'))}
    import { SinkRecord } from '#bunnect'
    const task = new FileStreamSinkTask('', sinkContext())
    await task.start()
    for (let i = 0; i < 200; i++) await task.put([new SinkRecord('t', 0, null, null, null, 'é' + i + 'x'.repeat(9000), i)])
    await task.flush()
    await task.stop()`
  const child = Bun.spawn([process.execPath, '-e', script], { cwd: join(import.meta.dir, '../../..') })
  const out = await child.stdout.text()
  expect(out).toBe(Array.from({ length: 200 }, (_, i) => `é${i}${'x'.repeat(9000)}\n`).join(''))
})
