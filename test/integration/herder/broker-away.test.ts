/** A distributed worker that loses its broker runs nothing, answers everything, and goes on when the broker is back. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import { type Broker, startBroker } from '../../servers/kafka.ts'
import { Cluster, until } from '../distributed/workers.ts'
import { StormSource } from './storm-source.ts'

const keys = {
  'session.timeout.ms': '6000',
  'heartbeat.interval.ms': '500',
  'task.shutdown.graceful.timeout.ms': '1000',
  'bunnect.task.hosts': '0',
  'offset.flush.timeout.ms': '500',
}

let broker: Broker
let cluster: Cluster
let source: StormSource
beforeAll(async () => {
  broker = await startBroker()
}, 120_000)
afterAll(() => broker.stop(), 30_000)
beforeEach(() => {
  cluster = new Cluster(broker.bootstrap)
  source = new StormSource(() => 0.5)
  source.failures = 0
})
afterEach(() => cluster.close(), 60_000)

const config = (version: string) => ({
  'connector.class': source.plugin.className,
  'tasks.max': '2',
  version,
})
const alive = (name: string) => {
  const { objects, tasks } = source.alive(name)
  return `${objects} ${tasks.map(({ task, version }) => `${task}:${version}`)}`
}

/** Of the statuses that were written, in their order, by key. */
async function generationsOf(): Promise<Map<string, number[]>> {
  const all = new Map<string, number[]>()
  for (const { key, value } of await cluster.records('statuses', 5)) {
    if (value === null || key.startsWith('status-topic-')) continue
    all.set(key, [...(all.get(key) ?? []), JSON.parse(value).generation])
  }
  return all
}

test('away for longer than the session: everything ends, and begins again once', async () => {
  // What only the leader may do waits for as long as nobody can say who leads.
  await cluster.start({ ...keys, 'bunnect.rest.hold.ms': '80000' }, [source.plugin])
  for (const name of ['a', 'b', 'c']) await cluster.create(name, config('1'))
  for (const name of ['a', 'b', 'c']) await cluster.awaitState(name, 'RUNNING', 2)
  await cluster.ask('PUT', '/connectors/c/pause')
  await cluster.awaitState('c', 'PAUSED', 2)
  expect(alive('a')).toBe('1 0:1,1:1')
  await broker.kill()
  await until('nothing to run', () => ['a', 'b'].every(name => alive(name) === ' '))
  const began = performance.now()
  // Nobody waits for these; whatever becomes of them, the topic says.
  const asked = [
    cluster.ask('POST', '/connectors/a/restart'),
    cluster.ask('POST', '/connectors/a/tasks/0/restart'),
    cluster.ask('POST', '/connectors/b/restart?includeTasks=true'),
    cluster.ask('GET', '/connectors?expand=status&expand=info'),
    cluster.ask('GET', '/health'),
  ]
  expect((await asked[4])?.status).toBe(200)
  expect(Object.keys((await asked[3])?.body)).toEqual(['a', 'b', 'c'])
  await until('the session to be over', () => performance.now() > began + 7000, 20_000)
  await broker.start()
  const answers = await Promise.all(asked)
  expect(answers.map(({ status }) => status)).toEqual([204, 204, 202, 200, 200])
  await cluster.awaitState('a', 'RUNNING', 2)
  await cluster.awaitState('b', 'RUNNING', 2)
  await cluster.awaitState('c', 'PAUSED', 2)
  await until('one of each', () => ['a', 'b'].every(name => alive(name) === '1 0:1,1:1'))
  expect((await cluster.ask('PUT', '/connectors/b/config', config('2'))).status).toBe(200)
  await until('the new version', () => alive('b') === '2 0:2,1:2')
  await cluster.ask('PUT', '/connectors/c/resume')
  await cluster.awaitState('c', 'RUNNING', 2)
  for (const [key, generations] of await generationsOf()) {
    expect([key, generations]).toEqual([key, generations.toSorted((a, b) => a - b)])
    expect(generations[0]).toBeGreaterThan(0)
  }
  expect(cluster.logged.filter(line => /already exists in this worker|Uncaught error/.test(line))).toEqual([])
}, 120_000)

test('away while the worker starts, and stopped meanwhile: nothing hangs', async () => {
  await broker.kill()
  await cluster.start(keys, [source.plugin])
  // The connection may be cut while the worker stops.
  const asked = cluster.create('a', config('1')).catch(() => null)
  const began = performance.now()
  await until('a moment', () => performance.now() > began + 1500)
  await cluster.stop()
  expect(await asked).toBeOneOf([
    null,
    { status: 500, body: { error_code: 500, message: 'Worker is shutting down' } },
  ])
  await cluster.start(keys, [source.plugin])
  const waiting = cluster.create('a', config('1'))
  await broker.start()
  expect((await waiting).status).toBe(201)
  await cluster.awaitState('a', 'RUNNING', 2)
}, 120_000)

test('stopped while the broker is away: within the times that are set', async () => {
  await cluster.start(keys, [source.plugin])
  await cluster.create('a', config('1'))
  await cluster.awaitState('a', 'RUNNING', 2)
  const before = cluster.logged.length
  await broker.kill()
  await until('the loss to be seen', () =>
    cluster.logged.some(line => line.includes('may run nothing any more')),
  )
  try {
    await cluster.stop()
    expect(alive('a')).toBe(' ')
    // There is nobody to take leave of, and that costs no time.
    expect(cluster.logged.slice(before).filter(line => line.includes('LeaveGroup'))).toEqual([])
  } finally {
    await broker.start()
  }
}, 120_000)
