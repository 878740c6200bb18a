import { Database } from 'bun:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import {
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { redirect } from '../../../src/observe/log.ts'
import {
  DEADLINE,
  deliveries,
  numbered,
  packed,
  portOf,
  publish,
  readAll,
  take,
  values,
} from '../../port/harness.ts'
import { cleanUp, directory, openLog } from './support.ts'

afterEach(cleanUp)

const lines: string[] = []
let restore = () => {}
beforeEach(() => {
  lines.length = 0
  restore = redirect(line => void lines.push(line))
})
afterEach(() => restore())

const asideIn = (dataDir: string) => readdirSync(dataDir).filter(name => name.includes('.corrupt-'))

describe('opening the embedded log', () => {
  test(
    'a second process is refused with the file and the pid of the first',
    async () => {
      const dataDir = directory()
      openLog(dataDir)
      const child = Bun.spawnSync([
        process.execPath,
        '-e',
        `import { embeddedClient } from ${JSON.stringify(join(import.meta.dir, '../../../src/kafka/embedded/client.ts'))}
       try { embeddedClient(${JSON.stringify(dataDir)}); console.log('opened') } catch (e) { console.log(e.name, e.message) }`,
      ])
      const text = child.stdout.toString()
      expect(text).toStartWith('ConnectException The embedded log ')
      expect(text).toContain(join(dataDir, 'embedded-log.db'))
      expect(text).toContain(`is in use by the process with pid ${process.pid}`)
    },
    DEADLINE,
  )

  test('the same process is refused too', () => {
    const dataDir = directory()
    openLog(dataDir)
    expect(() => openLog(dataDir)).toThrow(`is in use by this process (pid ${process.pid})`)
  })

  test('after closing it opens again, with everything in it', async () => {
    const dataDir = directory()
    const first = openLog(dataDir)
    await publish(portOf(first), numbered('t', 0, 10))
    const id = await (await first.admin({})).clusterId()
    await first.close()
    expect(readdirSync(dataDir)).toEqual(['embedded-log.db'])
    const second = openLog(dataDir)
    expect(await (await second.admin({})).clusterId()).toBe(id)
    expect((await readAll(portOf(second), [{ topic: 't', partition: 0 }])).records).toHaveLength(10)
  })

  for (const [what, damage] of [
    [
      'a file that is no database',
      (file: string) => writeFileSync(file, 'not a database, but long enough for a header '.repeat(500)),
    ],
    [
      'a database with broken tables',
      (file: string) => {
        const fd = openSync(file, 'r+')
        writeSync(fd, Buffer.alloc(200, 0xff), 0, 200, 100)
      },
    ],
    ['a database that was cut off', (file: string) => truncateSync(file, 16 * 1024 + 100)],
  ] as const) {
    test(
      `${what} is moved aside, not overwritten`,
      async () => {
        const dataDir = directory()
        const file = join(dataDir, 'embedded-log.db')
        const first = openLog(dataDir)
        await publish(portOf(first), numbered('t', 0, 1000))
        await first.close()
        damage(file)
        const damaged = readFileSync(file)
        const client = openLog(dataDir)
        const aside = asideIn(dataDir)
        expect(aside).toHaveLength(1)
        expect(readFileSync(join(dataDir, aside[0]!)).equals(damaged)).toBe(true)
        expect(lines.join('')).toContain(`It was moved to ${join(dataDir, aside[0]!)}`)
        await publish(portOf(client), [{ topic: 't', value: 'new' }])
        expect(values((await readAll(portOf(client), [{ topic: 't', partition: 0 }])).records)).toEqual([
          'new',
        ])
      },
      DEADLINE,
    )
  }

  test('a log of a newer format is refused and left alone', async () => {
    const dataDir = directory()
    await openLog(dataDir).close()
    const db = new Database(join(dataDir, 'embedded-log.db'))
    db.run('PRAGMA user_version = 99')
    db.close(true)
    expect(() => openLog(dataDir)).toThrow('was written by a newer bunnect')
    expect(asideIn(dataDir)).toEqual([])
  })

  test('a directory that cannot be made is named', () => {
    const dataDir = directory()
    writeFileSync(join(dataDir, 'file'), '')
    expect(() => openLog(join(dataDir, 'file', 'data'))).toThrow('cannot be created')
  })

  test('unusable options are refused before anything is opened', () => {
    const dataDir = directory()
    expect(() => openLog(dataDir, { 'bunnect.embedded.retention.ms': 'week' })).toThrow(
      'Invalid value week for configuration bunnect.embedded.retention.ms: Not a number of type LONG',
    )
    expect(() => openLog(dataDir, { 'bunnect.embedded.retention.force': 'yes' })).toThrow(
      'Expected value to be either true or false',
    )
    expect(existsSync(join(dataDir, 'embedded-log.db'))).toBe(false)
  })
})

describe('a damaged batch', () => {
  test(
    'is reported with topic, offset and file, and can be passed by a seek',
    async () => {
      const dataDir = directory()
      const first = openLog(dataDir)
      for (let i = 0; i < 30; i += 10) await publish(portOf(first), numbered('t', i, i + 10))
      await first.close()
      const file = join(dataDir, 'embedded-log.db')
      const db = new Database(file)
      const blob = db.query<{ blob: number }, []>('SELECT blob FROM batches WHERE base = 10').get()!.blob
      const data = db
        .query<{ data: Uint8Array }, [number]>('SELECT data FROM blobs WHERE id = ?')
        .get(blob)!.data
      data[data.length - 1]! ^= 1
      db.query('UPDATE blobs SET data = ? WHERE id = ?').run(data, blob)
      db.close(true)

      const client = openLog(dataDir)
      const consumer = await client.consumer({})
      consumer.assign([{ topic: 't', partition: 0, offset: 0 }])
      expect(await take(consumer, 10)).toHaveLength(10)
      await expect(take(consumer, 1)).rejects.toMatchObject({
        code: 'CORRUPT_MESSAGE',
        message: expect.stringContaining(
          `offset 10 of t-0 in ${file} is damaged: its checksum does not match`,
        ),
      })
      consumer.seek({ topic: 't', partition: 0, offset: 20 })
      expect((await take(consumer, 10)).map(record => record.offset)[0]).toBe(20)
    },
    DEADLINE,
  )
})

describe('what was not committed', () => {
  test(
    'a transaction that was open when the process died is aborted by the next start',
    async () => {
      const dataDir = directory()
      const script = `
      import { embeddedClient } from ${JSON.stringify(join(import.meta.dir, '../../../src/kafka/embedded/client.ts'))}
      import { PackedBatch } from ${JSON.stringify(join(import.meta.dir, '../../../src/kafka/packed-batch.ts'))}
      const client = embeddedClient(${JSON.stringify(dataDir)})
      const producer = await client.producer({ 'transactional.id': 'x' })
      await producer.initTransactions(1000)
      const batch = new PackedBatch()
      const send = () => {
        batch.clear()
        for (let i = 0; i < 5; i++) { batch.begin(batch.topicNumber('t'), -1, -1); batch.endKey(); batch.endValue(); batch.commit() }
        producer.send(batch)
      }
      await producer.beginTransaction(); send(); await producer.commitTransaction(1000)
      await producer.beginTransaction(); send(); await producer.flush(1000)
      const plain = await client.producer({})
      plain.send(batch); await plain.flush(1000)
      process.kill(process.pid, 'SIGKILL')`
      const child = Bun.spawnSync([process.execPath, '-e', script])
      expect(child.signalCode).toBe('SIGKILL')
      const client = openLog(dataDir)
      const { records, ends } = await readAll(portOf(client), [{ topic: 't', partition: 0 }])
      expect(records.map(record => record.offset)).toEqual([0, 1, 2, 3, 4, 10, 11, 12, 13, 14])
      expect(ends.get('t-0')).toBe(15)
      const producer = await client.producer({})
      const runs = deliveries(producer)
      producer.send(packed([{ topic: 't', value: 'x' }]))
      await producer.flush(DEADLINE)
      expect(runs[0]!.baseOffset).toBe(15)
    },
    DEADLINE,
  )
})
