import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { sharedBrokerSettings, startBroker } from '../test/servers/kafka.ts'
import { first, last } from '../test/servers/ports.ts'
import { run } from '../test/servers/run.ts'
import { bunTest, endCommands, execute, type Outcome, sumOf } from './bun-test.ts'
import { type Lanes, portShares, runInLanes } from './test-lanes.ts'

/** A command that passes or fails as a whole, or a folder of tests. */
type Part =
  | { name: string; about: string; command: string[]; onlyLong?: boolean }
  | {
      name: string
      about: string
      folder: string
      needsBroker?: boolean
      needsBinary?: boolean
      processPerFile?: boolean
      /** its files, so many to a process, may run side by side with others of them */
      filesPerLane?: number
    }
  | { name: string; about: string; version: string; files: string[] }

const root = resolve(import.meta.dir, '..')
process.chdir(root)

/** In this order: what fails fastest and tells most comes first. */
const parts: Part[] = [
  {
    name: 'style',
    about: 'format and lint',
    command: ['biome', 'ci', '--colors=off', '--error-on-warnings', '.'],
  },
  // By its path: the compiler that checks scripts brings a command of the same name.
  { name: 'types', about: 'TypeScript', command: ['node_modules/typescript/bin/tsc', '--noEmit'] },
  { name: 'imports', about: 'direction of imports', command: ['bun', 'scripts/check-imports.ts'] },
  {
    name: 'docs',
    about: "keys in the connectors' READMEs are those that they declare",
    command: ['bun', 'scripts/connector-docs.ts', '--check'],
  },
  { name: 'unit', about: 'pure parts', folder: 'test/unit', filesPerLane: 25 },
  { name: 'conform', about: 'vectors taken from the JVM', folder: 'test/conform' },
  {
    name: 'port',
    about: 'Kafka port on both implementations',
    folder: 'test/port',
    needsBroker: true,
    processPerFile: true,
  },
  { name: 'build', about: 'scripts/build', command: ['scripts/build'] },
  {
    name: 'binary',
    about: 'dist/bunnect by itself',
    folder: 'test/binary',
    needsBinary: true,
    processPerFile: true,
  },
  {
    name: 'integration',
    about: 'with a real broker',
    folder: 'test/integration',
    needsBinary: true,
    needsBroker: true,
    filesPerLane: 1,
  },
  {
    name: 'kafka-3.9',
    about: 'a distributed worker on a broker of Kafka 3.9',
    version: '3.9.1',
    files: [
      'test/integration/distributed/life.test.ts',
      'test/integration/group/rounds.test.ts',
      'test/integration/stores/offsets.test.ts',
      'test/differential/topics/life.test.ts',
    ],
  },
  {
    name: 'differential',
    about: 'same input to JVM Connect',
    folder: 'test/differential',
    needsBinary: true,
    needsBroker: true,
    filesPerLane: 1,
  },
  {
    name: 'chaos',
    about: 'SIGKILLs on the way (short; --long for the full size)',
    folder: 'test/chaos',
    needsBinary: true,
    needsBroker: true,
    filesPerLane: 1,
  },
  {
    name: 'soak',
    about: '1,000 rounds of Kafka clients (with --long only; short in integration)',
    command: ['bun', 'test/soak/main.ts', '1000'],
    onlyLong: true,
  },
]

/** Files in lanes that need the machine for themselves, and why. */
const alone: Record<string, string> = {
  'test/chaos/standalone-kill.test.ts': 'counts repeats against the time that a commit takes',
  'test/chaos/distributed-lines-kill.test.ts': 'counts repeats against the time that a commit takes',
  'test/chaos/host-kill.test.ts': 'counts repeats against the time that a commit takes',
  'test/chaos/errors-kill.test.ts': 'counts repeats against the time that a commit takes',
  'test/chaos/cluster-kill.test.ts': 'counts repeats against the time that a commit takes, three workers',
  'test/integration/kafka/soak.test.ts': 'compares memory and threads of one stretch of time with another',
}

/** Suites of the conformance kit: `bunnect test` runs them, as a test of integration has it do. */
const suites = 'src/sdk/examples/'

/** Files in lanes that take longest, and why. */
const long: Record<string, string> = {
  'test/unit/rest/server.test.ts': 'a request waits for a minute',
  'test/integration/jdbc/kit.test.ts':
    'source and sink of three databases, each with more than fits into memory',
  'test/differential/pipelines/pipelines.test.ts': 'every pipeline on both workers',
  'test/differential/test-plugins.test.ts': 'every plugin for tests on both workers',
  'test/unit/script/transformation.test.ts': 'starts the compiler of scripts again and again',
}

const args = process.argv.slice(2)
if (args.includes('--help') || args.includes('-h')) {
  console.log(`usage: scripts/test [part …] [--long]
${parts.map(part => `  ${part.name.padEnd(13)} ${part.about}`).join('\n')}
Without a part all of them run, in this order. Test folders that the list does not name run with "integration".
--long  the full sizes where a part has a short form`)
  process.exit()
}
const isLong = args.includes('--long')
const chosen = args.filter(arg => !arg.startsWith('--'))
const unknown = [
  ...chosen.filter(name => !parts.some(part => part.name === name)),
  ...args.filter(a => a.startsWith('--') && a !== '--long'),
]
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(' ')}; see scripts/test --help`)
  console.log(`0 passed, ${unknown.length} failed`)
  process.exit(1)
}

const lanes: Lanes = {
  ports: portShares(Math.min(2, availableParallelism()), first, last),
  alone: new Set(Object.keys(alone)),
  long: new Set(Object.keys(long)),
}

/** A part that is run alone gets a binary of the present sources all the same. */
const chosenBuild = chosen.length === 0 || chosen.includes('build')

const servers = mkdtempSync(join(tmpdir(), 'bunnect-test-'))
// Databases run as users of their own, who have to get to their folders.
chmodSync(servers, 0o711)
process.env['BUNNECT_TEST_DIR'] = servers
if (isLong) process.env['BUNNECT_CHAOS'] = 'long'
let broker: Awaited<ReturnType<typeof startBroker>> | undefined
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    endCommands()
    stopServers().finally(() => process.exit(1))
  })
}

const NOTHING: Outcome = { passed: 0, failed: 0, output: '', took: [] }
const total = { passed: 0, failed: 0 }
const lastLines: string[] = []
try {
  for (const part of parts.filter(isChosen)) await runPart(part)
} finally {
  await stopServers()
}
if (lastLines.length > 0) console.log(`failed: ${lastLines.join(', ')}`)
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exit(total.failed > 0 ? 1 : 0)

function isChosen(part: Part): boolean {
  if (chosen.length > 0) return chosen.includes(part.name)
  return isLong || !('onlyLong' in part && part.onlyLong)
}

async function runPart(part: Part): Promise<void> {
  const started = performance.now()
  const before = processorTimes()
  const outcome = await outcomeOf(part).catch(error => ({ ...NOTHING, failed: 1, output: String(error) }))
  total.passed += outcome.passed
  total.failed += outcome.failed
  if (outcome.failed > 0) {
    lastLines.push(part.name)
    console.log(`---- ${part.name} ----\n${outcome.output.trimEnd()}\n----`)
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(
    `${outcome.failed > 0 ? 'FAIL' : 'ok  '} ${part.name.padEnd(13)} ${outcome.passed} passed, ${outcome.failed} failed, ${seconds} s`,
  )
  if (outcome.took.length > 1)
    console.log(`     processors ${busySince(before)} % busy; longest: ${longest(outcome)}`)
}

/** Milliseconds of all processors of the machine. */
function processorTimes(): { idle: number; all: number } {
  let idle = 0
  let all = 0
  for (const { times } of cpus()) {
    idle += times.idle
    for (const ms of Object.values(times)) all += ms
  }
  return { idle, all }
}

/** Where it is little, the tests wait, and one more lane would shorten the run. */
function busySince(before: { idle: number; all: number }): string {
  const { idle, all } = processorTimes()
  return (100 * (1 - (idle - before.idle) / (all - before.all))).toFixed(0)
}

/** Where to look when a run takes too long. */
function longest({ took }: Outcome): string {
  return took
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, 5)
    .map(({ files: [file, ...others], seconds }) => {
      const name = file!.replace(/^\.\/test\/|\.test\.ts$/g, '')
      return `${name}${others.length > 0 ? ` and ${others.length} more` : ''} ${seconds.toFixed(0)} s`
    })
    .join(', ')
}

async function outcomeOf(part: Part): Promise<Outcome> {
  if ('command' in part) {
    const { code, output } = await execute(part.command)
    return code === 0 ? { ...NOTHING, passed: 1 } : { ...NOTHING, failed: 1, output }
  }
  if ('version' in part) return await onVersion(part.version, part.files)
  if (part.needsBinary && !chosenBuild) await run(['scripts/build'])
  if (part.needsBroker) await ensureBroker()
  const files = testFilesOf(part.folder)
  if (part.name === 'integration') files.push(...unnamedTestFiles())
  if (files.length === 0) return { ...NOTHING, failed: 1, output: `${part.folder} has no test` }
  if (part.filesPerLane !== undefined) return await runInLanes(files, lanes, part.filesPerLane)
  return await runFiles(part.processPerFile ? files.map(file => [file]) : [files])
}

/** These files with brokers of another version, also those that they start themselves. */
async function onVersion(version: string, files: string[]): Promise<Outcome> {
  if (!chosenBuild) await run(['scripts/build'])
  const before = process.env['BUNNECT_TEST_BROKER']
  const old = await startBroker({
    dir: join(servers, `kafka-${version}`),
    set: sharedBrokerSettings,
    version,
  })
  process.env['BUNNECT_TEST_KAFKA'] = version
  process.env['BUNNECT_TEST_BROKER'] = old.bootstrap
  try {
    return await runInLanes(files, lanes)
  } finally {
    delete process.env['BUNNECT_TEST_KAFKA']
    if (before === undefined) delete process.env['BUNNECT_TEST_BROKER']
    else process.env['BUNNECT_TEST_BROKER'] = before
    await old.stop()
  }
}

async function runFiles(runs: string[][]): Promise<Outcome> {
  const outcomes: Outcome[] = []
  for (const group of runs) outcomes.push(await bunTest(group.map(file => `./${file}`)))
  return sumOf(outcomes)
}

function testFilesOf(folder: string): string[] {
  if (!existsSync(folder)) return []
  return [...new Bun.Glob(`${folder}/**/*.test.ts`).scanSync('.')].sort()
}

function unnamedTestFiles(): string[] {
  const folders = [suites, ...parts.flatMap(part => ('folder' in part ? [`${part.folder}/`] : []))]
  return ['src', 'connectors', 'scripts', 'test']
    .flatMap(testFilesOf)
    .filter(file => !folders.some(folder => file.startsWith(folder)))
}

async function ensureBroker(): Promise<void> {
  if (broker !== undefined) return
  broker = await startBroker({ dir: join(servers, 'kafka'), set: sharedBrokerSettings })
  process.env['BUNNECT_TEST_BROKER'] = broker.bootstrap
}

/** Ends what the tests started and have left running, found by the pid files in their folder. */
async function stopServers(): Promise<void> {
  for (const name of readdirSync(servers)) {
    const folder = join(servers, name)
    const clean = (...command: string[]) =>
      run([...command, '--dir', folder]).catch(error => console.error(String(error)))
    if (existsSync(join(folder, 'server.properties'))) await clean('scripts/kafka', 'clean')
    else if (existsSync(join(folder, 'certificates.log')))
      await clean('scripts/databases', 'clean', name.replace(/-\d+$/, ''))
    else killLeftWorker(folder)
  }
  rmSync(servers, { recursive: true, force: true })
}

function killLeftWorker(folder: string): void {
  const file = join(folder, 'worker.pid')
  if (!existsSync(file)) return
  const pid = Number(readFileSync(file, 'utf8'))
  try {
    // the number may have gone to another process since
    if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)) process.kill(pid, 'SIGKILL')
  } catch {
    return // it has ended
  }
}
