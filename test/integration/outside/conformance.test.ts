/** `bunnect test`: the conformance kit in the hands of somebody who has the executable and a connector of their own. */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { sharedBroker } from '../../servers/kafka.ts'
import { until } from '../../servers/run.ts'
import { bunnectBinary } from '../../servers/worker.ts'

const EXAMPLES = resolve(import.meta.dir, '../../../src/sdk/examples')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bunnect-own-'))
  mkdirSync(join(folder, 'sink'))
  for (const file of ['http-post-sink.ts', 'http-post-sink.test.ts'])
    cpSync(join(EXAMPLES, file), join(folder, 'sink', file))
  mkdirSync(join(folder, 'source'))
  for (const [file, text] of Object.entries(SOURCE)) writeFileSync(join(folder, 'source', file), text)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A source of lines that are numbers; one that is told to forgets where it was, or keeps all that it has read. */
const SOURCE = {
  'numbers.ts': `import { key, pause, SourceRecord, sourceConnector } from 'bunnect'
import { closeSync, openSync, readSync } from 'node:fs'

export default sourceConnector({
  className: 'example.NumbersSourceConnector',
  taskClassName: 'example.NumbersSourceTask',
  version: '1',
  doc: 'Sends the lines of a file.',
  config: {
    file: key.string({ doc: 'What to read.', importance: 'high' }),
    forgetful: key.boolean({ doc: 'Begins anew at every start.', importance: 'low', default: false }),
    hoarding: key.boolean({ doc: 'Keeps everything.', importance: 'low', default: false }),
  },
  task({ file, forgetful, hoarding }, context) {
    const partition = { file }
    const topic = file.replace(/.*\\//, '')
    const descriptor = openSync(file, 'r')
    const bytes = Buffer.alloc(1_000_000)
    const hoard = []
    let position = 0
    return {
      async start() {
        const stored = await context.offsets.offset(partition)
        if (stored && !forgetful) position = Number(stored['position'])
      },
      async poll() {
        const found = bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, position))
        const lines = found.toString('latin1').split('\\n').slice(0, -1)
        if (hoarding) hoard.push(Buffer.from(found))
        if (lines.length === 0) await pause(100, context.signal)
        return lines.map(line => {
          position += line.length + 1
          return new SourceRecord(partition, { position }, topic, null, null, null, null, line)
        })
      },
      stop: () => closeSync(descriptor),
    }
  },
})
`,
  'numbers.test.ts': `import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs'
import { sourceBehaviours, sourceSuite, type SourceUnderTest } from 'bunnect/testing'

const folder = mkdtempSync(process.env['OWN_FOLDER'] + '/places-')
const sound: SourceUnderTest = {
  name: 'numbers source',
  config: place => ({ 'connector.class': 'NumbersSource', file: folder + '/' + place }),
  prepare: async place => writeFileSync(folder + '/' + place, ''),
  add: async (place, from, to, bytes = 0) => {
    const lines = Array.from({ length: to - from }, (_, i) => String(from + i).padEnd(bytes, ' '))
    appendFileSync(folder + '/' + place, lines.map(line => line + '\\n').join(''))
  },
  numberOf: value => Number(value),
}
const forgetful: SourceUnderTest = {
  ...sound,
  name: 'forgetful source',
  config: async place => ({ ...(await sound.config(place)), forgetful: 'true' }),
}
const few = [sourceBehaviours.one(), sourceBehaviours.restart(), sourceBehaviours.reconnect(10)]
const hoarding: SourceUnderTest = {
  ...sound,
  name: 'hoarding source',
  config: async place => ({ ...(await sound.config(place)), hoarding: 'true' }),
}
export const suites = [
  sourceSuite(sound),
  sourceSuite(forgetful, few),
  sourceSuite(hoarding, [sourceBehaviours.backPressure(450_000_000, 350_000_000)]),
]
`,
}

interface Told {
  code: number
  out: string
  complaint: string
}

/** As somebody types it, in the folder of the connector. */
async function bunnectTest(where: string, ...parameters: string[]): Promise<Told> {
  const child = Bun.spawn([bunnectBinary(), 'test', ...parameters], {
    cwd: join(folder, where),
    env: { PATH: process.env['PATH'], TMPDIR: folder, OWN_FOLDER: folder },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, complaint, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { code, out, complaint }
}

/** The list that is printed, without how long it took. */
const list = ({ out, complaint }: Told) => (complaint + out).replace(/ \([\d.]+ s\)/g, '')

test('a sink of one’s own is held to every behaviour that its suite tells enough for', async () => {
  const told = await bunnectTest('sink', 'http-post-sink.test.ts')
  expect(list(told)).toBe(`
HTTP sink
  ok      open and close
  ok      empty
  ok      one record
  ok      batch of 1000
  ok      stop and start again
  ok      kill and resume, 3 of 2000
  ok      reconnect in the middle of 1000
  ok      pause
  ok      offsets reset behind 100
  ok      partial failure, 1 of 200 bad
  ok      schema change
  ok      slow target
  ok      back-pressure, 450000000 bytes
  -       secrets masked: the suite does not tell 'secrets'

13 of 13 behaviours hold
`)
  expect(told.code).toBe(0)
}, 240_000)

test('the same in task hosts and on a Kafka', async () => {
  const broker = await sharedBroker()
  try {
    for (const [only, behaviours] of [
      ['reset', 'offsets reset behind 100'],
      ['slow', 'slow target'],
      ['partial', 'partial failure, 1 of 200 bad'],
    ] as const) {
      const told = await bunnectTest(
        'sink',
        'http-post-sink.test.ts',
        ...['--bootstrap-server', broker.bootstrap, '--only', only],
      )
      expect(list(told)).toBe(`\nHTTP sink\n  ok      ${behaviours}\n\n1 of 1 behaviours hold\n`)
      expect(told.code).toBe(0)
    }
  } finally {
    await broker.stop()
  }
}, 240_000)

test('a source that forgets where it was fails, and one that keeps all, with the reason and the log of its worker', async () => {
  const told = await bunnectTest('source', 'numbers.test.ts')
  const [[, kept = ''] = [], [, other = ''] = []] = told.out.matchAll(/The worker's log and files: (.*)/g)
  expect(list(told).replace(/grew by \d+/, 'grew by more')).toBe(`
numbers source
  ok      open and close
  ok      empty
  ok      one record
  ok      batch of 1000
  ok      stop and start again
  ok      kill and resume, 3 of 2000
  ok      pause
  ok      offsets reset behind 100
  ok      back-pressure, 450000000 bytes
  -       reconnect in the middle of 1000: the suite does not tell 'system'
  -       secrets masked: the suite does not tell 'secrets'
  -       partial failure behind 100: the suite does not tell 'bad'
  -       schema change: the suite does not tell 'evolve'

forgetful source
  ok      one record
  FAILED  stop and start again
          record 0 is there twice
          The worker's log and files: ${kept}
  FAILED  reconnect in the middle of 10
          the description of forgetful source lacks 'system'

hoarding source
  FAILED  back-pressure, 450000000 bytes
          the worker's memory grew by more bytes, more than 350000000
          The worker's log and files: ${other}

10 of 13 behaviours hold
`)
  expect(readFileSync(join(kept, 'worker.log'), 'utf8')).toContain('Kafka Connect started')
  expect(told.code).toBe(1)
}, 240_000)

test('what is no suite is refused with what to do', async () => {
  writeFileSync(join(folder, 'source/empty.test.ts'), 'export const nothing = 1\n')
  writeFileSync(join(folder, 'source/slip.test.ts'), "import './nowhere.ts'\n")
  const refusals = await Promise.all(
    [
      [],
      ['numbers.ts'],
      ['nowhere.test.ts'],
      // Told before the behaviours of the first have taken their time.
      ['numbers.test.ts', 'empty.test.ts'],
      ['slip.test.ts'],
    ].map(files => bunnectTest('source', ...files)),
  )
  expect(refusals.map(({ code, out }) => [code, out])).toEqual(Array(5).fill([1, '']))
  expect(refusals.map(({ complaint }) => complaint.trim())).toEqual([
    'bunnect: no suite was named. Usage: bunnect test suite.test.ts ... [--bootstrap-server HOST:PORT] [--plugin-path DIR] [--only TEXT]',
    'bunnect: numbers.ts is not the name of a suite. Call it numbers.test.ts: then plugin.path takes it for no plugin.',
    'bunnect: there is no file nowhere.test.ts',
    'bunnect: empty.test.ts exports no suite. Export what sinkSuite or sourceSuite of bunnect/testing returns.',
    expect.stringMatching(
      /^bunnect: slip\.test\.ts cannot be loaded: .*Cannot find module '\.\/nowhere\.ts'/,
    ),
  ])
}, 120_000)

test('who ends the run in the middle of a behaviour finds nothing left of it', async () => {
  const temporary = join(folder, 'temporary')
  mkdirSync(temporary)
  const left = () => readdirSync(temporary).filter(name => name.startsWith('bunnect-test-'))
  const child = Bun.spawn([bunnectBinary(), 'test', 'http-post-sink.test.ts', '--only', 'slow target'], {
    cwd: join(folder, 'sink'),
    env: { PATH: process.env['PATH'], TMPDIR: temporary },
    stdout: 'pipe',
  })
  await until('a worker', () => [...new Bun.Glob('**/worker.log').scanSync(temporary)][0])
  child.kill('SIGTERM')
  expect(await new Response(child.stdout).text()).toMatch(
    /^\nHTTP sink\n {2}- {7}slow target: ended by SIGTERM \([\d.]+ s\)\n$/,
  )
  expect(await child.exited).toBe(143)
  expect(left()).toEqual([])
}, 120_000)
