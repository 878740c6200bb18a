/** Three workers are killed one by one, and a broker, while a client keeps changing and reading what they run. */
import { beforeAll, expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { taskHosts } from '../integration/hosts/support.ts'
import { ground } from '../servers/ground.ts'
import { startBroker } from '../servers/kafka.ts'
import { run, until } from '../servers/run.ts'
import type { ConnectWorker, Side } from '../servers/worker.ts'
import type { WorkerGroup } from '../servers/worker-group.ts'
import { GroupClient } from './group-client.ts'
import { checkSeqnos, type Incident, printedOffsets, sentNumbers } from './seqno-check.ts'
import { isGone, randomFrom } from './worker-kill.ts'

/** BUNNECT_CHAOS=long: 20 rounds, a JVM worker being the third; else short enough for every run of the suite. */
const long = process.env['BUNNECT_CHAOS'] === 'long'
const seed = Number(process.env['BUNNECT_CHAOS_SEED'] ?? Date.now() % 1_000_000)
const random = randomFrom(seed)
const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!

type Round = 'kill' | 'term' | 'host' | 'broker'
/** BUNNECT_CHAOS_SIDE=jvm runs the same on JVM Connect, to see that the checks themselves are right. */
const side = (process.env['BUNNECT_CHAOS_SIDE'] ?? 'bunnect') as Side
const sides: Record<string, Side> = { a: side, b: side, c: long ? 'jvm' : side }
const rounds = shuffled<Round>(
  long
    ? ['broker', ...Array.from({ length: 19 }, () => pick<Round>(['kill', 'kill', 'term', 'host']))]
    : ['kill', 'term', 'host', 'broker'],
).filter(round => round !== 'host' || side === 'bunnect')
/** The worker whose tasks run in processes of their own. */
const HOSTED = 'a'
const SOURCES = ['source-x', 'source-y', 'source-z']
const TASKS = 2
const SINKS = ['sink-p', 'sink-q']
/** `offset.flush.interval.ms`, and the time that a commit may take on a busy machine. */
const COMMIT_MS = 500 + 2000

const place = ground(startBroker)
let group: WorkerGroup
const started: ConnectWorker[] = []
beforeAll(async () => {
  if (Object.values(sides).includes('jvm')) {
    const jar = (await run([resolve(import.meta.dir, '../../scripts/java/test-plugins')])).trim()
    process.env['JVM_CONNECT_CLASSPATH'] = jar
  }
  group = place.group('chaos')
}, 120_000)

async function start(name: string): Promise<void> {
  const hosts: Record<string, string> =
    sides[name] === 'bunnect' ? { 'bunnect.task.hosts': name === HOSTED ? '2' : '0' } : {}
  started.push(await group.start(name, sides[name]!, hosts))
}

function source(name: string, throughput = 100): Record<string, string> {
  return {
    name,
    'connector.class': 'org.apache.kafka.connect.tools.VerifiableSourceConnector',
    'tasks.max': String(TASKS),
    topic: `${name}-numbers`,
    throughput: String(throughput),
  }
}

function sink(name: string): Record<string, string> {
  return {
    name,
    'connector.class': 'org.apache.kafka.connect.tools.VerifiableSinkConnector',
    'tasks.max': '2',
    topics: SOURCES.map(source => `${source}-numbers`).join(),
    'consumer.override.session.timeout.ms': '6000',
    'consumer.override.heartbeat.interval.ms': '500',
    'consumer.override.auto.offset.reset': 'earliest',
  }
}

/** Everything runs, each on a worker that is there. What a dead host has left to people is restarted. */
async function allRun(): Promise<void> {
  let seen = ''
  const asked = pick(group.awake.filter(name => sides[name] === side))
  await until(
    'all connectors and tasks to run',
    async () => {
      const answer = await group.worker(asked).fetch('/connectors?expand=status&expand=info')
      seen = await answer.text()
      if (!answer.ok) return false
      const places = new Set(group.awake.map(name => group.idOf(name)))
      let right = true
      for (const [name, { info, status }] of Object.entries(JSON.parse(seen) as Record<string, Expanded>)) {
        const all = [status.connector, ...status.tasks]
        if (all.some(({ state }) => state === 'FAILED'))
          await group.ask(asked, 'POST', `/connectors/${name}/restart?includeTasks=true&onlyFailed=true`)
        if (status.tasks.length !== Number(info.config['tasks.max'])) right = false
        if (!all.every(({ state, worker_id }) => state === 'RUNNING' && places.has(worker_id))) right = false
      }
      return right
    },
    90_000,
  ).catch(error => {
    throw new Error(`${error.message}: ${seen}`)
  })
  await group.settled()
}

interface Place {
  state: string
  worker_id: string
}
interface Expanded {
  info: { config: Record<string, string> }
  status: { connector: Place; tasks: Place[] }
}

test(
  `${rounds.join(', ')}: nothing lost, order kept, repeated what at-least-once allows, all runs again, every request answered`,
  async () => {
    console.log(`seed ${seed}`)
    for (const name of Object.keys(sides)) await start(name)
    for (const name of SOURCES) await group.probe.create(`${name}-numbers`)
    for (const config of [...SOURCES.map(name => source(name)), ...SINKS.map(sink)])
      await group.body('a', 'POST', '/connectors', { name: config['name'], config })
    await allRun()

    const dying = new Set<string>()
    const incidents: Incident[] = []
    let brokerAway = false
    const client = new GroupClient({
      group,
      random,
      dying,
      isBrokerAway: () => brokerAway,
      core: [...SOURCES, ...SINKS],
      config: name => source(name, 5),
      lenient: name => sides[name] === 'jvm',
    })
    for (const [number, round] of rounds.entries()) {
      const end = new AbortController()
      const busy = client.keepBusy(end.signal)
      try {
        const before = await group.probe.endOffset(`${SOURCES[0]}-numbers`)
        await until(
          'records to flow',
          async () => (await group.probe.endOffset(`${SOURCES[0]}-numbers`)) > before + 100 * random(),
        )
        const victim = round === 'host' ? HOSTED : pick(group.awake)
        const incident = { what: `${number}: ${round} ${victim}`, from: Date.now(), until: Infinity }
        incidents.push(incident)
        brokerAway = round === 'broker'
        await (round === 'broker'
          ? loseBroker()
          : round === 'host'
            ? loseHost()
            : loseWorker(victim, round, dying))
        // The others go on without it.
        await Bun.sleep(random() * 3000)
        if (!group.awake.includes(victim)) await start(victim)
        dying.delete(victim)
        if (round === 'broker') await group.settled()
        brokerAway = false
        await Bun.sleep(random() * 2000)
        end.abort()
        await busy
        await allRun()
        incident.until = Date.now()
        console.log(`${incident.what}: ${JSON.stringify(client.counts)}`)
      } finally {
        end.abort()
        await busy
      }
      expect(client.complaints).toEqual([])
    }
    expect(client.counts.answered).toBeGreaterThan(5 * rounds.length)

    for (const name of SOURCES) await group.body('b', 'PUT', `/connectors/${name}/stop`)
    const ends = new Map<string, number>()
    for (const name of SOURCES) {
      const topic = `${name}-numbers`
      await until(`${name} to stop`, async () => {
        const before = ends.get(topic)
        ends.set(topic, await group.probe.endOffset(topic))
        await Bun.sleep(500)
        const { tasks } = (await group.body('b', 'GET', `/connectors/${name}/status`)) as Expanded['status']
        return before === ends.get(topic) && tasks.length === 0
      })
    }
    const printed = async () => printedOffsets(await Promise.all(started.map(worker => worker.output())))
    await until('the sinks to have all of it', async () => {
      const offsets = await printed()
      return SINKS.every(sink =>
        [...ends].every(([topic, end]) =>
          offsets.get(`${sink} of ${topic}`)?.some(one => one.number === end - 1),
        ),
      )
    })
    for (const name of [...group.awake]) await group.stop(name)

    const checks = []
    for (const name of SOURCES) {
      const numbers = await sentNumbers(group.probe, `${name}-numbers`)
      expect(numbers.size).toBe(TASKS)
      for (const [task, seen] of numbers)
        checks.push({ of: `${name}-${task}`, ...checkSeqnos(name, seen, incidents, COMMIT_MS) })
    }
    const offsets = await printed()
    for (const [of, seen] of offsets) checks.push({ of, ...checkSeqnos(of, seen, incidents, COMMIT_MS) })
    console.log(checks.map(check => `${check.of}: ${check.distinct}, ${check.repeats} again`).join('\n'))
    expect(checks.filter(({ faults, excess }) => faults.length > 0 || excess > 0)).toEqual([])
    expect(offsets.size).toBe(SINKS.length * SOURCES.length)
    for (const sink of SINKS)
      for (const [topic, end] of ends)
        expect(checks.find(({ of }) => of === `${sink} of ${topic}`)?.distinct).toBe(end)
  },
  long ? 3_600_000 : 420_000,
)

async function loseWorker(name: string, how: 'kill' | 'term', dying: Set<string>): Promise<void> {
  dying.add(name)
  if (how === 'kill') await group.kill(name)
  else expect(await group.stop(name)).toBe(143)
}

async function loseHost(): Promise<void> {
  const hosts = await until('a host', async () => {
    const hosts = await taskHosts(group.worker(HOSTED))
    return hosts.length > 0 && hosts
  })
  const host = pick(hosts)
  process.kill(host, 'SIGKILL')
  await until('its end', () => isGone(host))
}

async function loseBroker(): Promise<void> {
  await place.broker.kill()
  await Bun.sleep(random() * 4000)
  await place.broker.start()
}

function shuffled<T>(of: readonly T[]): T[] {
  return of
    .map(one => [random(), one] as const)
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one)
}
