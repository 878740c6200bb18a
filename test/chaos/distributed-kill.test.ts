/** A distributed worker is killed while clients change its connectors: what was answered is there afterwards, and runs. */
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { Cluster, until } from '../integration/distributed/workers.ts'
import { sharedBroker } from '../servers/kafka.ts'
import { freePort } from '../servers/ports.ts'
import { propertiesText } from '../servers/properties.ts'
import { randomFrom } from './worker-kill.ts'

const main = resolve(import.meta.dir, '../../src/main.ts')
const KILLS = 3
const NAMES = ['a', 'b', 'c', 'd', 'e']
type Target = 'RUNNING' | 'PAUSED' | 'STOPPED'

/** What is wanted of one connector; null where there is none. */
type Wanted = { version: string; max: string; target: Target } | null

let broker: Awaited<ReturnType<typeof sharedBroker>>
let cluster: Cluster
let child: Bun.Subprocess | null = null
beforeAll(async () => {
  broker = await sharedBroker()
  cluster = new Cluster(broker.bootstrap)
}, 120_000)
afterAll(() => broker.stop())
afterEach(async () => {
  child?.kill('SIGKILL')
  await child?.exited
  await cluster.close()
}, 120_000)

async function spawn(hosts: string): Promise<Bun.Subprocess> {
  const port = await freePort()
  const file = cluster.path('worker.properties')
  const keys = {
    listeners: `http://127.0.0.1:${port}`,
    'session.timeout.ms': '6000',
    'heartbeat.interval.ms': '500',
    'bunnect.task.hosts': hosts,
  }
  await Bun.write(file, propertiesText(cluster.properties(keys)))
  child = Bun.spawn([process.execPath, main, 'distributed', file], {
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: Bun.file(cluster.path('worker.log')),
  })
  cluster.url = `http://127.0.0.1:${port}`
  return child
}

/** One change, and what is wanted when it has been made. */
function change(name: string, wanted: Wanted, random: () => number, version: string) {
  const pick = <T>(of: readonly T[]) => of[Math.floor(random() * of.length)]!
  const at = `/connectors/${name}`
  const max = pick(['1', '2', '3'])
  const config = {
    'connector.class': 'org.apache.kafka.connect.tools.VerifiableSourceConnector',
    topic: `${cluster.group}-records`,
    throughput: '1',
    'tasks.max': max,
    version,
  }
  if (wanted === null) {
    const target = pick<Target>(['RUNNING', 'PAUSED', 'STOPPED'])
    return { next: { version, max, target }, send: () => cluster.create(name, config, target) }
  }
  const verbs = [
    ['pause', 'PAUSED'],
    ['resume', 'RUNNING'],
    ['stop', 'STOPPED'],
  ] as const
  const [verb, target] = pick(verbs)
  return pick([
    { next: { ...wanted, version, max }, send: () => cluster.ask('PUT', `${at}/config`, config) },
    { next: { ...wanted, version }, send: () => cluster.ask('PATCH', `${at}/config`, { version }) },
    { next: { ...wanted, target }, send: () => cluster.ask('PUT', `${at}/${verb}`) },
    { next: wanted, send: () => cluster.ask('POST', `${at}/restart?includeTasks=true`) },
    { next: null, send: () => cluster.ask('DELETE', at) },
  ])
}

/** Changes one connector until the worker is gone; resolves with what may be wanted of it then. */
async function changeUntilGone(name: string, first: Wanted, random: () => number): Promise<Wanted[]> {
  let wanted = first
  for (;;) {
    const { next, send } = change(name, wanted, random, `${performance.now()}`)
    const answer = await send().catch(() => null)
    if (answer === null) return [wanted, next]
    // A restart of what has no status yet.
    if (answer.status >= 300 && answer.status !== 404) throw new Error(`${name}: ${JSON.stringify(answer)}`)
    wanted = next
    await Bun.sleep(random() * 30)
  }
}

/** What the worker has of it, once that is settled. */
async function settled(name: string, candidates: Wanted[]): Promise<Wanted> {
  let seen: unknown = null
  const look = async () => {
    const info = await cluster.ask('GET', `/connectors/${name}`)
    const status = await cluster.status(name)
    seen = { candidates, info: info.body, status }
    if (info.status === 404) return candidates.includes(null) && status === null ? { found: null } : null
    const { version, 'tasks.max': max } = info.body.config
    const found = candidates.find(
      wanted => wanted !== null && wanted.version === version && wanted.target === status?.connector.state,
    )
    if (!found || !status) return null
    const { target } = found
    const { tasks } = status
    if (target === 'STOPPED') return tasks.length === 0 ? { found } : null
    if (info.body.tasks.length !== tasks.length) return null
    const asWanted = tasks.every(task => task.state === target)
    const count = Number(max)
    if (target === 'RUNNING') return asWanted && tasks.length === count ? { found } : null
    // Paused, a connector is asked for no tasks: none if it was created so, those of before if it may have fewer since.
    return asWanted ? { found } : null
  }
  const settled = await until(`${name} to be as it was wanted`, look, 90_000).catch(error => {
    throw new Error(`${error.message}: ${JSON.stringify(seen, null, 1)}`)
  })
  return settled!.found
}

test(`killed ${KILLS} times while connectors are changed: what was answered is there and runs`, async () => {
  const random = randomFrom(7)
  const wanted = new Map<string, Wanted>(NAMES.map(name => [name, null]))
  for (let kill = 0; kill < KILLS; kill++) {
    // In the worker itself, and in processes that end with it.
    const worker = await spawn(kill % 2 === 0 ? '0' : '2')
    await until(
      'the worker',
      () =>
        cluster.ask('GET', '/health').then(
          ({ status }) => status === 200,
          () => false,
        ),
      40_000,
    )
    const changes = NAMES.map(name => changeUntilGone(name, wanted.get(name)!, random))
    await Bun.sleep(1500 + random() * 1000)
    worker.kill('SIGKILL')
    const candidates = await Promise.all(changes)
    await worker.exited
    const next = await spawn('0')
    await until(
      'the next worker',
      () =>
        cluster.ask('GET', '/health').then(
          ({ status }) => status === 200,
          () => false,
        ),
      40_000,
    )
    for (const [i, name] of NAMES.entries()) wanted.set(name, await settled(name, candidates[i]!))
    const names = [...wanted].flatMap(([name, one]) => (one === null ? [] : [name]))
    expect((await cluster.ask('GET', '/connectors')).body.toSorted()).toEqual(names)
    next.kill('SIGKILL')
    await next.exited
  }
}, 480_000)
