import { afterAll, beforeAll, expect, test } from 'bun:test'
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { serversFolder, sharedBroker } from '../servers/kafka.ts'
import { run, until } from '../servers/run.ts'
import { TopicProbe } from '../servers/topics.ts'
import { bunnectBinary, type Side, startWorker } from '../servers/worker.ts'

const ours = (process.env['BUNNECT_DIFFERENTIAL_SIDE'] ?? 'bunnect') as Side
const folder = join(serversFolder(), `offset-file-${process.pid}`)
const topic = `offset-file-${process.pid}`
const input = join(folder, 'in.txt')
const source = {
  name: 'offset-file-source',
  'connector.class': 'FileStreamSource',
  'tasks.max': '1',
  file: input,
  topic,
}

let broker: Awaited<ReturnType<typeof sharedBroker>>
let probe: TopicProbe
let written = 0

beforeAll(async () => {
  broker = await sharedBroker()
  probe = new TopicProbe(broker.bootstrap)
  await probe.create(topic)
  mkdirSync(folder, { recursive: true })
}, 300_000)

afterAll(async () => {
  await probe.close()
  await broker.stop()
  rmSync(folder, { recursive: true, force: true })
}, 300_000)

/** Appends 1000 lines, lets this side move them with these offsets, stops it in order. */
async function moveThousand(side: Side, offsetsFile: string, dir: string): Promise<void> {
  const worker = await startWorker(side, {
    bootstrap: broker.bootstrap,
    dir,
    worker: {
      'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'offset.storage.file.filename': offsetsFile,
      'offset.flush.interval.ms': '1000',
    },
    connectors: [source],
  })
  try {
    let lines = ''
    for (let i = 0; i < 1000; i++) lines += `line ${written++}\n`
    appendFileSync(input, lines)
    await until(`${written} records`, async () => (await probe.endOffset(topic)) >= written)
    // The JVM can be stuck in its stop, before it comes to the offsets.
    const position = `"position":${statSync(input).size}}`
    if (side === 'jvm') await until('their offset', () => readFileSync(offsetsFile).includes(position))
  } catch (error) {
    throw new Error(`${error}\n${await worker.log()}`, { cause: error })
  } finally {
    await worker.stop()
  }
}

test('a pipeline goes from the JVM to bunnect and back by its offset file, nothing lost, nothing repeated', async () => {
  const offsets = join(folder, 'connect.offsets')
  await moveThousand('jvm', offsets, join(folder, 'first'))
  const javaBytes = readFileSync(offsets)

  await moveThousand(ours, offsets, join(folder, 'second'))
  const exported = join(folder, 'exported.offsets')
  if (ours === 'bunnect') {
    expect(readFileSync(`${offsets}.bak`).equals(javaBytes)).toBe(true)
    await run([
      bunnectBinary(),
      'offsets',
      'export',
      '--java',
      exported,
      join(folder, 'second', 'worker.properties'),
    ])
  } else copyFileSync(offsets, exported)
  expect(existsSync(exported)).toBe(true)
  // a Java object stream
  expect(readFileSync(exported).subarray(0, 4).toString('hex')).toBe('aced0005')

  await moveThousand('jvm', exported, join(folder, 'third'))
  const values = (await probe.readAll(topic)).map(record => record.value?.toString())
  expect(values).toEqual(Array.from({ length: 3000 }, (_, i) => `line ${i}`))
}, 300_000)
