import { Database } from 'bun:sqlite'
import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Float64 } from '../../../src/data/numbers.ts'
import type { OffsetMap } from '../../../src/data/records.ts'
import { redirect } from '../../../src/observe/log.ts'
import { readJavaOffsets, writeJavaOffsets } from '../../../src/stores/java-offset-file.ts'
import { exportJavaOffsets, openOffsets } from '../../../src/stores/open-offsets.ts'

const root = mkdtempSync(join(tmpdir(), 'bunnect-offsets-'))
let folder = ''
let file = ''
let logged: string[] = []
const restore = redirect(line => logged.push(line))
let run = 0
beforeEach(() => {
  folder = join(root, String(run++))
  mkdirSync(folder)
  file = join(folder, 'connect.offsets')
  logged = []
})
afterAll(() => {
  restore()
  rmSync(root, { recursive: true })
})

const raw = (key: string, value: string | null) => ({
  key: Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
})

test('what was set is there after closing, by connector and partition', async () => {
  let store = await openOffsets(file)
  await store.set('a', [
    { partition: { filename: 'f' }, offset: { position: 10 } },
    { partition: { filename: 'g' }, offset: { position: 2n ** 60n, d: new Float64(1) } },
    { partition: null, offset: { p: 1 } },
  ])
  await store.set('b', [{ partition: { filename: 'f' }, offset: { position: 99 } }])
  await store.close()
  store = await openOffsets(file)
  expect(await store.get('a', [{ filename: 'g' }, { filename: 'f' }, { filename: 'h' }, null])).toEqual([
    { position: 2n ** 60n, d: new Float64(1) },
    { position: 10 },
    null,
    { p: 1 },
  ])
  expect(await store.get('b', [{ filename: 'f' }])).toEqual([{ position: 99 }])
  expect(await store.get('c', [{ filename: 'f' }])).toEqual([null])
  await store.close()
  expect(readdirSync(folder)).toEqual(['connect.offsets'])
})

test('a tombstone stays as a key with null and reads as no offset', async () => {
  const store = await openOffsets(file)
  await store.set('a', [{ partition: { f: 1 }, offset: { p: 1 } }])
  await store.set('a', [{ partition: { f: 1 }, offset: null }])
  expect(await store.get('a', [{ f: 1 }])).toEqual([null])
  expect(await store.list('a')).toEqual([{ partition: { f: 1 }, offset: null }])
  await store.close()
})

test('the same partition in another order keeps the stored bytes', async () => {
  const store = await openOffsets(file)
  await store.set('a', [{ partition: { b: 1, a: 2 }, offset: { p: 1 } }])
  await store.set('a', [{ partition: { a: 2, b: 1 }, offset: { p: 2 } }])
  expect(
    await store.get('a', [
      { a: 2, b: 1 },
      { b: 1, a: 2 },
    ]),
  ).toEqual([{ p: 2 }, { p: 2 }])
  expect(
    store.raw().map(({ key, value }) => [String(Buffer.from(key)), String(Buffer.from(value!))]),
  ).toEqual([['["a",{"b":1,"a":2}]', '{"p":2}']])
  await store.close()
})

test('all entries of a set or none', async () => {
  const store = await openOffsets(file)
  const nested = { m: { a: 1 } } as unknown as OffsetMap
  await expect(
    store.set('a', [
      { partition: { f: 1 }, offset: { p: 1 } },
      { partition: { f: 2 }, offset: nested },
    ]),
  ).rejects.toThrow('Offsets may only contain primitive types as values, but field m contains MAP')
  expect(await store.list('a')).toEqual([])
  await store.close()
})

test('sets that arrive together share one transaction, the last for a partition wins', async () => {
  const store = await openOffsets(file)
  const before = readFileSync(`${file}-wal`).length
  await Promise.all(
    Array.from({ length: 200 }, (_, p) => store.set(`c${p % 4}`, [{ partition: { f: 1 }, offset: { p } }])),
  )
  const grown = readFileSync(`${file}-wal`).length - before
  expect(await store.get('c3', [{ f: 1 }])).toEqual([{ p: 199 }])
  // 200 transactions of their own would be 200 pages and more.
  expect(grown).toBeLessThan(20 * 4120)
  await store.close()
})

test('close waits for what was set; afterwards nothing is taken', async () => {
  const store = await openOffsets(file)
  const set = store.set('a', [{ partition: { f: 1 }, offset: { p: 1 } }])
  await store.close()
  await set
  await store.close()
  await expect(store.set('a', [{ partition: { f: 1 }, offset: { p: 2 } }])).rejects.toThrow('closed')
  const again = await openOffsets(file)
  expect(await again.get('a', [{ f: 1 }])).toEqual([{ p: 1 }])
  await again.close()
})

test('a SIGKILL right after the answer loses nothing', async () => {
  const script = `
    const { openOffsets } = await import(${JSON.stringify(join(import.meta.dir, '../../../src/stores/open-offsets.ts'))})
    const store = await openOffsets(${JSON.stringify(file)})
    for (let p = 0; ; p++) {
      await store.set('a', [{ partition: { f: 1 }, offset: { p } }, { partition: { f: 2 }, offset: { p } }])
      process.stdout.write(p + '\\n')
    }`
  const child = Bun.spawn([process.execPath, '-e', script], { stdout: 'pipe', stderr: 'ignore' })
  const reader = child.stdout.getReader()
  let out = ''
  while (out.split('\n').length < 50) {
    const { value, done } = await reader.read()
    if (done) break
    out += Buffer.from(value).toString()
  }
  child.kill('SIGKILL')
  await child.exited
  const answered = Number(out.split('\n').at(-2))
  const store = await openOffsets(file)
  const [one, two] = await store.get('a', [{ f: 1 }, { f: 2 }])
  expect(one!['p']).toBeGreaterThanOrEqual(answered)
  expect(two).toEqual(one)
  await store.close()
})

test('a full disk: the set is refused with the reason, nothing of it is stored, and it goes on when there is room', () => {
  const own =
    process.getuid?.() === 0 ? ['unshare', '--mount'] : ['unshare', '--mount', '--user', '--map-root-user']
  const script = `mount -t tmpfs -o size=900k bunnect ${folder} && exec "$@"`
  const program = [process.execPath, join(import.meta.dir, 'full-disk-child.ts'), folder]
  const child = Bun.spawnSync([...own, 'sh', '-c', script, 'sh', ...program])
  expect(child.stderr.toString()).toBe('')
  expect(JSON.parse(child.stdout.toString())).toMatchObject({
    message: expect.stringMatching(
      /^Could not store source offsets in .*connect\.offsets: .*\(SQLITE_FULL\)$/,
    ),
    hint: 'Free space on its disk; the offsets are stored with the next commit.',
    whileFull: [{ p: 1 }, null],
    afterwards: [{ p: 1 }, { p: 3 }],
  })
})

describe('a Java offset file', () => {
  const java = [
    raw('["local-file-source",{"filename":"/tmp/test.txt"}]', '{"position":1234}'),
    raw('["mm2",{"topic":"t","cluster":"A"}]', '{"offset":5}'),
    raw('["gone",{"f":1}]', null),
    raw('not an offset key', 'x'),
  ]

  test('is imported and kept as .bak; the export gives the same entries again', async () => {
    writeFileSync(file, writeJavaOffsets(java))
    const store = await openOffsets(file)
    expect(await store.get('local-file-source', [{ filename: '/tmp/test.txt' }])).toEqual([
      { position: 1234 },
    ])
    await store.set('mm2', [{ partition: { cluster: 'A', topic: 't' }, offset: { offset: 6 } }])
    await store.close()
    expect(readdirSync(folder).sort()).toEqual(['connect.offsets', 'connect.offsets.bak'])
    expect(readJavaOffsets(readFileSync(`${file}.bak`)).length).toBe(4)
    expect(logged.join('')).toContain(
      `Imported 4 offsets from the Java offset file ${file}, which is kept as ${file}.bak`,
    )

    const exported = join(folder, 'for-the-jvm')
    expect(await exportJavaOffsets(file, exported)).toBe(4)
    const text = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes).toString()
    const entries = readJavaOffsets(readFileSync(exported)).map(({ key, value }) => [text(key), text(value)])
    expect(entries.sort()).toEqual([
      ['["gone",{"f":1}]', null],
      ['["local-file-source",{"filename":"/tmp/test.txt"}]', '{"position":1234}'],
      ['["mm2",{"topic":"t","cluster":"A"}]', '{"offset":6}'],
      ['not an offset key', 'x'],
    ])
  })

  test('in the place of a killed worker’s database is not overwritten by what that one had left to write', async () => {
    const script = `
      const { openOffsets } = await import(${JSON.stringify(join(import.meta.dir, '../../../src/stores/open-offsets.ts'))})
      const store = await openOffsets(${JSON.stringify(file)})
      for (let p = 1; p <= 50; p++) await store.set('mm2', [{ partition: { topic: 't', cluster: 'A' }, offset: { offset: 100 + p } }])
      process.kill(process.pid, 'SIGKILL')`
    Bun.spawnSync([process.execPath, '-e', script])
    const left = readFileSync(`${file}-wal`)
    expect(left.length).toBeGreaterThan(0)
    writeFileSync(file, writeJavaOffsets(java))
    const store = await openOffsets(file)
    expect(await store.get('mm2', [{ topic: 't', cluster: 'A' }])).toEqual([{ offset: 5 }])
    await store.close()
    expect(readFileSync(`${file}.bak-wal`).equals(left)).toBe(true)
    expect(logged.join('')).toContain(`it was moved to ${file}.bak-wal`)
    expect(readdirSync(folder).sort()).toEqual([
      'connect.offsets',
      'connect.offsets.bak',
      'connect.offsets.bak-wal',
    ])
  })

  test('that is damaged is moved aside', async () => {
    writeFileSync(file, writeJavaOffsets(java).subarray(0, 150))
    const store = await openOffsets(file)
    expect(await store.list('mm2')).toEqual([])
    await store.close()
    expect(readdirSync(folder).filter(name => name.includes('.corrupt-'))).toHaveLength(1)
    expect(logged.join('')).toContain('is damaged (not a readable Java offset file: the file ends inside')
  })

  test('an earlier .bak is not overwritten, an interrupted import is done again', async () => {
    writeFileSync(`${file}.bak`, 'mine')
    writeFileSync(`${file}.importing`, 'half')
    writeFileSync(file, writeJavaOffsets(java))
    await (await openOffsets(file)).close()
    expect(readFileSync(`${file}.bak`, 'utf8')).toBe('mine')
    const kept = readdirSync(folder).filter(name => name.startsWith('connect.offsets.bak-'))
    expect(readJavaOffsets(readFileSync(join(folder, kept[0]!))).length).toBe(4)
  })

  test('an empty file is a new store, as for the JVM', async () => {
    writeFileSync(file, '')
    const store = await openOffsets(file)
    expect(await store.list('a')).toEqual([])
    await store.close()
  })

  test('the export does not overwrite a file and needs a database', async () => {
    writeFileSync(file, writeJavaOffsets(java))
    await expect(exportJavaOffsets(file, file)).rejects.toThrow(`${file} exists already`)
    await expect(exportJavaOffsets(join(folder, 'none'), join(folder, 'x'))).rejects.toThrow(
      'there is no such file',
    )
  })
})

describe('a damaged database is moved aside, with what it held', () => {
  async function filled() {
    const store = await openOffsets(file)
    await store.set(
      'a',
      Array.from({ length: 2000 }, (_, f) => ({ partition: { f }, offset: { p: 'x'.repeat(50) } })),
    )
    await store.close()
  }
  const damages: [string, (bytes: Buffer) => Buffer][] = [
    ['pages in the middle overwritten', bytes => bytes.fill(0xa5, 4096, bytes.length - 4096)],
    ['cut', bytes => bytes.subarray(0, bytes.length / 2)],
    ['the header in zeros', bytes => bytes.fill(0, 0, 100)],
    ['noise', bytes => Buffer.from(bytes.map((_, i) => (i * 7919) >> 3))],
  ]
  for (const [name, damage] of damages) {
    test(name, async () => {
      await filled()
      const bytes = Buffer.from(damage(readFileSync(file)))
      writeFileSync(file, bytes)
      const store = await openOffsets(file)
      expect(await store.list('a')).toEqual([])
      await store.set('a', [{ partition: { f: 1 }, offset: { p: 1 } }])
      await store.close()
      const aside = readdirSync(folder).filter(entry => /\.corrupt-\d{8}T\d{9}Z$/.test(entry))
      expect(aside).toHaveLength(1)
      expect(readFileSync(join(folder, aside[0]!)).equals(bytes)).toBe(true)
      expect(logged.join('')).toContain('source connectors start without offsets')
    })
  }

  test('a truncated last page too', async () => {
    await filled()
    truncateSync(file, readFileSync(file).length - 5000)
    const store = await openOffsets(file)
    await store.close()
    expect(readdirSync(folder).some(entry => entry.includes('.corrupt-'))).toBe(true)
  })
})

describe('an unusable path: one line that says what and what to do', () => {
  const refused = async (path: string, text: RegExp) => {
    const error = await openOffsets(path).then(
      () => null,
      (e: Error) => e,
    )
    expect(error?.message).toMatch(text)
    expect(error?.message).not.toContain('\n')
    expect(error?.message).toContain(path)
  }

  test('a folder that does not exist', () =>
    refused(join(folder, 'no', 'x'), /the folder .*no does not exist\. Create it or name another file\.$/))
  test('a folder', () => refused(folder, /it is a folder\. Name a file in it instead\.$/))
  test('somebody’s text is neither moved nor overwritten', async () => {
    writeFileSync(file, 'a=1\n')
    await refused(file, /it holds text, not offsets\. Move the file away or name another one\.$/)
    expect(readFileSync(file, 'utf8')).toBe('a=1\n')
  })
  test('another program’s database', async () => {
    const db = new Database(file, { create: true })
    db.run('CREATE TABLE t (x)')
    db.close()
    await refused(file, /another program's database\. Name another file\.$/)
    expect(existsSync(file)).toBe(true)
  })
  test('open twice in one process', async () => {
    const store = await openOffsets(file)
    await refused(file, /this process has it open already/)
    symlinkSync(file, join(folder, 'link'))
    const error = await openOffsets(join(folder, 'link')).catch((e: Error) => e)
    expect((error as Error).message).toContain('this process has it open already')
    await store.close()
    await (await openOffsets(join(folder, 'link'))).close()
  })
  test('locked by another process, named by its pid', async () => {
    const script = `
      const { openOffsets } = await import(${JSON.stringify(join(import.meta.dir, '../../../src/stores/open-offsets.ts'))})
      globalThis.store = await openOffsets(${JSON.stringify(file)})
      process.stdout.write('open')
      setInterval(() => {}, 1000)`
    const child = Bun.spawn([process.execPath, '-e', script], { stdout: 'pipe', stderr: 'ignore' })
    await child.stdout.getReader().read()
    try {
      await refused(
        file,
        new RegExp(
          `: process ${child.pid} has it locked\\. Stop that worker or give this one its own file\\.$`,
        ),
      )
    } finally {
      child.kill('SIGKILL')
      await child.exited
    }
    await (await openOffsets(file)).close()
  })
  test('not writable for this user', async () => {
    if (process.getuid?.() === 0) {
      // Root may write everywhere: a child without privileges sees what a user sees.
      chmodSync(root, 0o755)
      chmodSync(folder, 0o555)
      const script = `
        process.setgid(65534); process.setuid(65534)
        const { openOffsets } = await import(${JSON.stringify(join(import.meta.dir, '../../../src/stores/open-offsets.ts'))})
        await openOffsets(${JSON.stringify(file)}).catch(e => process.stdout.write(e.message))`
      const child = Bun.spawnSync([process.execPath, '-e', script])
      expect(child.stdout.toString()).toMatch(
        /is not writable for this user \(EACCES\)\. Change its permissions/,
      )
    } else {
      chmodSync(folder, 0o555)
      await refused(file, /is not writable for this user \(EACCES\)\. Change its permissions/)
    }
    chmodSync(folder, 0o755)
  })
})
