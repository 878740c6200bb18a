import { beforeEach, expect, test } from 'bun:test'
import { sourceConnector } from '../../../src/sdk/plugin.ts'
import { pause } from '../../../src/waiting/deadline.ts'
import { eachWithCluster } from './each-test.ts'
import { type Cluster, until } from './workers.ts'

const never = new Promise<never>(() => {})
let behave = {
  start: async () => {},
  taskConfigs: async (_max: number): Promise<Record<string, string>[]> => [{}],
}
const fresh = { ...behave }
let asked = 0

const stubborn = sourceConnector({
  className: 'test.StubbornSourceConnector',
  taskClassName: 'test.StubbornSourceTask',
  version: '9.8',
  config: {},
  start: () => behave.start(),
  taskConfigs(_, max) {
    asked++
    return behave.taskConfigs(max)
  },
  task: (_, { signal }) => ({
    async poll() {
      await pause(20, signal)
      return null
    },
  }),
})
const config = { 'connector.class': stubborn.className, 'tasks.max': '2' }
const named = { ...config, name: 'c' }

let cluster: Cluster
eachWithCluster(own => {
  cluster = own
})
beforeEach(() => {
  behave = { ...fresh }
  asked = 0
})

test('a start that throws: created, FAILED with the trace; a restart answers 500, and works when the cause is gone', async () => {
  behave.start = async () => {
    throw new Error('no door')
  }
  await cluster.start({}, [stubborn])
  expect((await cluster.create('c', config)).status).toBe(201)
  const { connector } = await cluster.awaitState('c', 'FAILED', 0)
  expect(connector.trace).toContain('no door')
  const answer = await cluster.ask('POST', '/connectors/c/restart')
  expect([answer.status, answer.body.message]).toEqual([500, 'Failed to start connector: c'])
  behave.start = fresh.start
  expect((await cluster.ask('POST', '/connectors/c/restart')).status).toBe(204)
  await cluster.awaitState('c', 'RUNNING', 1)
})

test('a start that never ends: deleted meanwhile, it leaves nothing behind; others are not held up', async () => {
  behave.start = () => never
  await cluster.start({}, [stubborn])
  await cluster.create('stuck', config)
  await until('the start', () => cluster.logged.some(line => line.includes('Creating connector stuck')))
  expect((await cluster.ask('DELETE', '/connectors/stuck')).status).toBe(204)
  behave.start = fresh.start
  expect((await cluster.create('next', config)).status).toBe(201)
  await cluster.awaitState('next', 'RUNNING', 1)
  await until('no status', async () => (await cluster.status('stuck')) === null)
  expect((await cluster.ask('GET', '/connectors')).body).toEqual(['next'])
}, 120_000)

test('a restart whose start is stopped for another configuration is done with that one', async () => {
  await cluster.start({}, [stubborn])
  await cluster.create('c', config)
  await cluster.awaitState('c', 'RUNNING', 1)
  const begun = Promise.withResolvers<void>()
  behave.start = () => {
    begun.resolve()
    return never
  }
  const restart = cluster.ask('POST', '/connectors/c/restart')
  await begun.promise
  let starts = 0
  behave.start = async () => void starts++
  expect((await cluster.ask('PUT', '/connectors/c/config', { ...config, other: 'x' })).status).toBe(200)
  expect(await restart).toEqual({ status: 204, body: null })
  await cluster.awaitState('c', 'RUNNING', 1)
  expect(starts).toBe(1)
}, 120_000)

test('of two restarts at once whose starts fail, one is told so, and neither goes on and on', async () => {
  await cluster.start({ 'bunnect.restart.policy': 'never' }, [stubborn])
  await cluster.create('c', config)
  await cluster.awaitState('c', 'RUNNING', 1)
  let starts = 0
  const knocked = Promise.withResolvers<void>()
  behave.start = async () => {
    starts++
    await knocked.promise
    throw new Error('no door')
  }
  const restart = () => cluster.ask('POST', '/connectors/c/restart')
  const first = restart()
  await until('the first', () => starts === 1)
  const second = restart()
  const stops = () => cluster.logged.filter(line => line.includes('Stopping connector c')).length
  await until('the second to stop what the first has begun', () => stops() === 2)
  knocked.resolve()
  const [one, other] = await Promise.all([first, second])
  expect([one.status, other.status]).toEqual([204, 500])
  expect(starts).toBe(2)
  expect((await cluster.status('c'))?.connector.state).toBe('FAILED')
}, 120_000)

test('a restart that is read together with a smaller number of tasks is one of those that stay', async () => {
  behave.taskConfigs = async () => [{}, {}]
  await cluster.start({}, [stubborn])
  await cluster.create('c', config)
  await cluster.awaitState('c', 'RUNNING', 2)
  behave.taskConfigs = fresh.taskConfigs
  await cluster.write('configs', [
    ['restart-connector-c', '{"include-tasks":true,"only-failed":false}'],
    ['task-c-0', '{"properties":{"task.class":"test.StubbornSourceTask"}}'],
    ['commit-c', '{"tasks":1}'],
  ])
  await until('the restart', async () => (await cluster.history('connector-c')).includes('RESTARTING'))
  await cluster.awaitState('c', 'RUNNING', 1)
  expect(await cluster.history('task-c-1')).not.toContain('FAILED')
})

test('taskConfigs that fails is asked again, later and later, and the connector runs on', async () => {
  let failures = 3
  behave.taskConfigs = async () => {
    if (failures-- > 0) throw new Error('the source is away')
    return [{}, {}]
  }
  await cluster.start({}, [stubborn])
  await cluster.create('c', config)
  await cluster.awaitState('c', 'RUNNING', 2)
  expect(asked).toBe(4)
  const waits = cluster.logged.flatMap(line => /trying again in (\d+) ms/.exec(line)?.[1] ?? [])
  expect(waits).toEqual(['250', '500', '1000'])
})

test('too many task configurations: FAILED, and not asked again', async () => {
  behave.taskConfigs = async () => [{}, {}, {}]
  await cluster.start({}, [stubborn])
  await cluster.create('c', config)
  const { connector } = await cluster.awaitState('c', 'FAILED', 0)
  expect(connector.trace).toContain('The connector c has generated 3 tasks, which is greater than 2')
  expect(cluster.logged.filter(line => line.includes('trying again'))).toEqual([])
})

test('too many tasks of a worker that allowed them run on, and the connector says that they are too many', async () => {
  behave.taskConfigs = async () => [{}, {}, {}]
  await cluster.probe.create(`${cluster.group}-configs`, 1, { 'cleanup.policy': 'compact' })
  const task = '{"properties":{"task.class":"test.StubbornSourceTask"}}'
  await cluster.write('configs', [
    ['connector-c', JSON.stringify({ properties: named })],
    ...[0, 1, 2].map(number => [`task-c-${number}`, task] as const),
    ['commit-c', '{"tasks":3}'],
  ])
  await cluster.start({}, [stubborn])
  const found = await until('the connector to fail, and its tasks to run', async () => {
    const status = await cluster.status('c')
    const states = status?.tasks.map(({ state }) => state).join()
    return status?.connector.state === 'FAILED' && states === 'RUNNING,RUNNING,RUNNING' ? status : null
  })
  expect(found?.connector.trace).toContain('The connector c has generated 3 tasks, which is greater than 2')
})

test('a client that has gone before the write: nothing is written', async () => {
  await cluster.start({}, [stubborn])
  await cluster.ask('GET', '/health')
  const { herder } = cluster.worker!
  const gone = { signal: AbortSignal.abort() }
  const lost = 'The client has gone before anything was written'
  await expect(herder.putConnector('c', named, { ...gone, replace: false })).rejects.toThrow(lost)
  expect(await herder.connectors()).toEqual([])
  await herder.putConnector('c', named, { replace: false })
  await expect(herder.patchConnector('c', { x: 'y' }, gone)).rejects.toThrow(lost)
  await expect(herder.setTargetState('c', 'STOPPED', gone)).rejects.toThrow(lost)
  await expect(herder.deleteConnector('c', gone)).rejects.toThrow(lost)
  await cluster.awaitState('c', 'RUNNING', 1)
  expect(await herder.connectorConfig('c')).not.toHaveProperty('x')
})

test('what is asked of a worker that is starting waits until it knows', async () => {
  await cluster.start({}, [stubborn])
  const [created, unknown] = await Promise.all([
    cluster.create('early', config),
    cluster.ask('GET', '/connectors/none'),
  ])
  expect([created.status, unknown.status]).toEqual([201, 404])
})

test('lists and statuses wait for a worker that is starting, too', async () => {
  await cluster.start({}, [stubborn])
  await cluster.create('c', config)
  await cluster.awaitState('c', 'RUNNING', 1)
  await cluster.stop()
  await cluster.start({}, [stubborn])
  const paths = ['', '/c/status', '/c/tasks/0/status', '/c/topics', '?expand=status']
  const [list, status, task, topics, expanded] = await Promise.all(
    paths.map(path => cluster.ask('GET', `/connectors${path}`)),
  )
  expect(list).toEqual({ status: 200, body: ['c'] })
  expect([status?.status, task?.status, topics?.status]).toEqual([200, 200, 200])
  expect(expanded?.body).toMatchObject({ c: { status: { name: 'c' } } })
})

test('strict: before the topics are read, lists and statuses are what the JVM shows', async () => {
  const nowhere = { 'bootstrap.servers': '127.0.0.1:1', 'bunnect.rest.compat': 'strict' }
  await cluster.start(nowhere, [stubborn])
  expect(await cluster.ask('GET', '/connectors')).toEqual({ status: 200, body: [] })
  expect((await cluster.ask('GET', '/connectors/c/status')).status).toBe(404)
})

test('a level set for the cluster arrives by record', async () => {
  await cluster.start({}, [stubborn])
  const body = { level: 'TRACE' }
  const answer = await cluster.ask('PUT', '/admin/loggers/test.of.the.cluster?scope=cluster', body)
  expect(answer.status).toBe(204)
  const level = async () => (await cluster.ask('GET', '/admin/loggers/test.of.the.cluster')).body.level
  await until('the level', async () => (await level()) === 'TRACE')
  expect((await cluster.records('configs')).at(-1)).toEqual({
    key: 'logger-cluster-test.of.the.cluster',
    value: '{"level":"TRACE"}',
  })
})

test('the session key stays over a restart, and a new one is written when it has expired', async () => {
  const keys = async () => (await cluster.records('configs')).filter(({ key }) => key === 'session-key')
  await cluster.start({}, [stubborn])
  await cluster.ask('GET', '/health')
  await cluster.stop()
  await cluster.start({}, [stubborn])
  await cluster.ask('GET', '/health')
  expect(await keys()).toHaveLength(1)
  await cluster.stop()
  await cluster.start({ 'inter.worker.key.ttl.ms': '1500' }, [stubborn])
  await until('two more', async () => (await keys()).length >= 3)
  await cluster.stop()
  await cluster.start({ 'connect.protocol': 'compatible' }, [stubborn])
  const before = (await keys()).length
  await cluster.ask('GET', '/health')
  expect(await keys()).toHaveLength(before)
}, 120_000)

test('a config topic that is not compacted ends the worker with the JVM’s reason', async () => {
  await cluster.probe.create(`${cluster.group}-configs`, 1, { 'cleanup.policy': 'delete' })
  const { fatal } = await cluster.start({}, [stubborn])
  const reason = await fatal.catch(error => error)
  expect(reason.message).toContain("is required to have 'cleanup.policy=compact' to guarantee consistency")
  expect([reason.key, reason.exitCode]).toEqual(['config.storage.topic', 1])
})

test('the config topic deleted while the worker runs: an error that says so, and nothing hangs', async () => {
  await cluster.start({}, [stubborn])
  await cluster.create('c', config)
  await cluster.awaitState('c', 'RUNNING', 1)
  await cluster.probe.delete(`${cluster.group}-configs`)
  let made = 0
  const answer = await until('it to be gone: the brokers take some more for a moment', async () => {
    const answer = await cluster.create(`d${made++}`, config)
    return answer.status === 201 ? null : answer
  })
  expect(answer!.status).toBe(500)
  expect(answer!.body.message).toBe('Error writing connector configuration to Kafka')
  expect((await cluster.status('c'))?.connector.state).toBe('RUNNING')
  expect((await cluster.ask('GET', '/health')).status).toBe(200)
}, 120_000)

test('the offsets and the status topic deleted while the worker runs: it says so, and what runs goes on', async () => {
  await cluster.start({ 'offset.flush.interval.ms': '100', 'offset.flush.timeout.ms': '2000' })
  const file = cluster.path('in')
  const lines = `${cluster.group}-lines`
  await Bun.write(file, 'one\n')
  await cluster.create('c', { 'connector.class': 'FileStreamSource', file, topic: lines })
  await cluster.awaitState('c', 'RUNNING', 1)
  await until('its offset', async () => (await cluster.records('offsets', 25)).length > 0)
  await cluster.probe.delete(`${cluster.group}-offsets`)
  await cluster.probe.delete(`${cluster.group}-statuses`)
  await Bun.write(file, 'one\ntwo\n')
  const values = async () => (await cluster.probe.readAll(lines)).map(({ value }) => String(value))
  await until('the second line', async () => (await values()).includes('two'), 30_000)
  const told = (store: string) => () =>
    cluster.logged.some(line => /WARN|ERROR/.test(line) && line.includes(`${cluster.group}-${store}`))
  await until('the offsets topic to be named', told('offsets'), 60_000)
  expect((await cluster.ask('PUT', '/connectors/c/pause')).status).toBe(202)
  await cluster.awaitState('c', 'PAUSED', 1)
  await until('the status topic to be named', told('statuses'), 60_000)
  expect((await cluster.ask('GET', '/health')).status).toBe(200)
  expect((await cluster.ask('GET', '/connectors')).body).toEqual(['c'])
}, 150_000)
