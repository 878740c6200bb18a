import { afterEach, expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { type Broker, startBroker } from '../../servers/kafka.ts'
import { freePort } from '../../servers/ports.ts'
import { propertiesText } from '../../servers/properties.ts'
import { eachWithCluster } from './each-test.ts'
import { Cluster, until } from './workers.ts'

const main = resolve(import.meta.dir, '../../../src/main.ts')

let cluster: Cluster
let child: Bun.Subprocess | null = null
afterEach(async () => {
  child?.kill('SIGKILL')
  await child?.exited
  child = null
}, 120_000)
eachWithCluster(fresh => {
  cluster = fresh
})

/** The worker as a process of its own: what it keeps is in topics. */
async function spawn(port: number): Promise<Bun.Subprocess> {
  const file = cluster.path('worker.properties')
  const keys = {
    listeners: `http://127.0.0.1:${port}`,
    'session.timeout.ms': '6000',
    'heartbeat.interval.ms': '500',
  }
  await Bun.write(file, propertiesText(cluster.properties({ ...keys, 'offset.flush.interval.ms': '100' })))
  child = Bun.spawn([process.execPath, main, 'distributed', file], {
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: Bun.file(cluster.path('worker.log')),
  })
  cluster.url = `http://127.0.0.1:${port}`
  await until(
    'REST',
    () =>
      cluster
        .ask('GET', '/health')
        .then(answer => answer.status === 200)
        .catch(() => false),
    40_000,
  )
  return child
}

const source = (file: string, more: Record<string, string> = {}) => ({
  'connector.class': 'FileStreamSource',
  'tasks.max': '1',
  file: cluster.path(file),
  topic: `${cluster.group}-${file}`,
  ...more,
})
const lines = async (file: string) =>
  (await cluster.probe.readAll(`${cluster.group}-${file}`)).map(({ value }) => String(value))

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`${signal} and a new start: everything goes on where it was`, async () => {
    const port = await freePort()
    const first = await spawn(port)
    await Bun.write(cluster.path('in'), 'one\ntwo\n')
    await cluster.create('runs', source('in'))
    await cluster.create('paused', source('other'), 'PAUSED')
    await cluster.create('stopped', source('other'), 'STOPPED')
    await cluster.create('gone', source('other'))
    await cluster.awaitState('runs', 'RUNNING', 1)
    await cluster.awaitState('paused', 'PAUSED', 0)
    await cluster.ask('DELETE', '/connectors/gone')
    await until('two lines', async () => (await lines('in')).length === 2)
    // A commit may come between their acknowledgements.
    await until(
      'the offset of both',
      async () => (await cluster.records('offsets', 25)).at(-1)?.value === '{"position":8}',
    )
    first.kill(signal)
    expect(await first.exited).toBe(signal === 'SIGTERM' ? 143 : 137)
    if (signal === 'SIGTERM') {
      expect(await cluster.history('connector-runs')).toEqual(['RUNNING', 'UNASSIGNED'])
      expect(await cluster.history('task-runs-0')).toEqual(['RUNNING', 'UNASSIGNED'])
    }
    const before = (await cluster.records('configs')).length

    await spawn(port)
    await Bun.write(cluster.path('in'), 'one\ntwo\nthree\n')
    await until('the third line', async () => (await lines('in')).length >= 3)
    expect(await lines('in')).toEqual(['one', 'two', 'three'])
    await cluster.awaitState('runs', 'RUNNING', 1)
    await cluster.awaitState('paused', 'PAUSED', 0)
    await cluster.awaitState('stopped', 'STOPPED', 0)
    expect((await cluster.ask('GET', '/connectors')).body.sort()).toEqual(['paused', 'runs', 'stopped'])
    await until('no status of what is gone', async () => (await cluster.status('gone')) === null)
    expect((await cluster.records('configs')).length).toBe(before)
  }, 120_000)
}

test('200 connectors: all run, and again after a restart, with nothing rewritten', async () => {
  await cluster.start()
  await Bun.write(cluster.path('in'), 'line\n')
  const names = Array.from({ length: 200 }, (_, i) => `c${i}`)
  await Promise.all(names.map(name => cluster.create(name, source('in'))))
  const allRun = async () => {
    const { body } = await cluster.ask('GET', '/connectors?expand=status')
    const run = names.filter(name => {
      const status = body[name]?.status
      return status?.connector.state === 'RUNNING' && status.tasks[0]?.state === 'RUNNING'
    })
    return run.length === names.length
  }
  await until('all to run', allRun, 60_000)
  const before = (await cluster.records('configs')).length
  await cluster.stop()
  expect((await cluster.history('connector-c0')).at(-1)).toBe('UNASSIGNED')
  await cluster.start()
  await until('all to run again', allRun, 60_000)
  expect((await cluster.records('configs')).length).toBe(before)
}, 180_000)

test('a broker that is away during a creation: an error, nothing hung; when it is back, all goes on', async () => {
  const own: Broker = await startBroker()
  const away = new Cluster(own.bootstrap)
  try {
    await away.start()
    await Bun.write(cluster.path('in'), 'line\n')
    expect((await away.create('before', source('in'))).status).toBe(201)
    await away.awaitState('before', 'RUNNING', 1)
    await own.kill()
    const [create, pause] = await Promise.all([
      away.create('during', source('in')),
      away.ask('PUT', '/connectors/before/pause'),
    ])
    expect([create.status, create.body.message]).toEqual([
      500,
      'Error writing connector configuration to Kafka',
    ])
    expect([pause.status, pause.body.message]).toEqual([500, 'Error writing target state to Kafka'])
    expect((await away.ask('GET', '/connectors/before/status')).status).toBe(200)
    expect((await away.ask('GET', '/health')).status).toBe(200)
    await own.start()
    await until('a creation', async () => (await away.create('after', source('in'))).status === 201, 60_000)
    await away.awaitState('after', 'RUNNING', 1)
  } finally {
    await away.close()
    await own.stop()
  }
}, 240_000)
