import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { key } from '../../../src/config/keys.ts'
import { SourceRecord } from '../../../src/data/records.ts'
import { STRING_SCHEMA } from '../../../src/data/schema.ts'
import type { KafkaClient } from '../../../src/kafka/port.ts'
import { type SourceConnectorContext, sinkConnector, sourceConnector } from '../../../src/sdk/plugin.ts'
import { fileSink, fileSource, Place, until } from './support.ts'

const never = new Promise<never>(() => {})
/** What the stubborn connector does next; set by each test. */
let behave = {
  start: async () => {},
  stop: async () => {},
  taskConfigs: async (_max: number): Promise<Record<string, string>[]> => [{}],
  poll: async (_task: number, _signal: AbortSignal): Promise<SourceRecord[] | null> => null,
}
const fresh = { ...behave }
let context: SourceConnectorContext | null = null
let calls: string[] = []

const stubborn = sourceConnector({
  className: 'test.StubbornSourceConnector',
  taskClassName: 'test.StubbornSourceTask',
  version: '9.8',
  config: { need: key.string({ default: '', doc: 'Anything.', importance: 'low' }) },
  start(_, given) {
    context = given
    calls.push('start')
    return behave.start()
  },
  stop() {
    calls.push('stop')
    return behave.stop()
  },
  taskConfigs(_, max) {
    calls.push('taskConfigs')
    return behave.taskConfigs(max)
  },
  task: (_, { task, signal }) => ({ poll: () => behave.poll(task, signal) }),
})
const throwing = sinkConnector({
  className: 'test.ThrowingSinkConnector',
  taskClassName: 'test.ThrowingSinkTask',
  version: '9.8',
  config: {},
  task: () => ({
    start() {
      throw new Error('no disk')
    },
    put() {},
  }),
})
let opened = 0
const hanging = sinkConnector({
  className: 'test.HangingSinkConnector',
  taskClassName: 'test.HangingSinkTask',
  version: '9.8',
  config: {},
  task: () => ({
    open() {
      opened++
      return never
    },
    put() {},
  }),
})

let place: Place
beforeEach(() => {
  place = new Place()
  behave = { ...fresh }
  calls = []
})
afterEach(() => place.close())

const config = (more: Record<string, string> = {}) => ({
  'connector.class': 'StubbornSource',
  name: 'c',
  'tasks.max': '2',
  ...more,
})
const start = (more: Record<string, string> = {}, requestTimeoutMs?: number) =>
  place.start({ 'task.shutdown.graceful.timeout.ms': '200', ...more }, [stubborn, throwing], requestTimeoutMs)

test('a start that throws: 500 with the JVM’s text, the connector exists and is FAILED, restart mends it', async () => {
  behave.start = async () => {
    throw new Error('no route to database')
  }
  const { herder } = await start()
  const put = herder.putConnector('c', config(), { replace: false })
  await expect(put).rejects.toMatchObject({
    status: 500,
    message: 'Failed to transition connector c to state STARTED',
  })
  const status = await herder.connectorStatus('c')
  expect(status.connector).toMatchObject({ state: 'FAILED', version: '9.8' })
  expect(status.connector.trace).toStartWith('Error: no route to database\n')
  expect(status.tasks).toEqual([])
  expect((await herder.connectorInfo('c')).tasks).toEqual([])
  await expect(herder.restartConnector('c')).rejects.toMatchObject({ status: 500 })
  behave.start = fresh.start
  await herder.restartConnector('c')
  await place.state('c', 'RUNNING', 'RUNNING')
})

test('a start that hangs holds up nobody: others work, the request times out, delete gets rid of it', async () => {
  behave.start = () => never
  const { herder } = await start()
  const put = herder.putConnector('c', config(), { replace: false })
  put.catch(() => {})
  await until('start to be called', () => calls.includes('start'))
  await herder.putConnector('f', { ...fileSource(place.path('in'), 't'), name: 'f' }, { replace: false })
  await place.state('f', 'RUNNING', 'RUNNING')
  await herder.deleteConnector('c')
  expect(await herder.connectors()).toEqual(['f'])
  await expect(put).rejects.toThrow('scheduled for shutdown')
}, 120_000)

test('a request that takes too long is answered with the JVM’s text, its work goes on', async () => {
  const gate = Promise.withResolvers<void>()
  behave.start = () => gate.promise
  const { herder } = await start({}, 300)
  await expect(herder.putConnector('c', config(), { replace: false })).rejects.toMatchObject({
    status: 500,
    message: expect.stringMatching(
      /^Request timed out\. The worker is currently starting the connector, which began at \d{4}-.*Z\.$/,
    ),
  })
  gate.resolve()
  await place.state('c', 'RUNNING', 'RUNNING')
})

test('a task that does not stop is given up; what it still does is neither committed nor told', async () => {
  const gate = Promise.withResolvers<void>()
  let polls = 0
  behave.poll = async () => {
    polls++
    if (polls === 1) await gate.promise
    else await Bun.sleep(5)
    return [
      new SourceRecord(
        { p: 1 },
        { o: polls === 1 ? 1 : 100 + polls },
        't',
        null,
        null,
        null,
        STRING_SCHEMA,
        `${polls}`,
      ),
    ]
  }
  const { herder } = await start({ 'offset.flush.interval.ms': '50' })
  await herder.putConnector('c', config(), { replace: false })
  await place.state('c', 'RUNNING', 'RUNNING')
  await herder.restartTask('c', 0)
  expect(place.logged.join('')).toContain('Graceful stop of task c-0 failed.')
  await place.state('c', 'RUNNING', 'RUNNING')
  await until('the new task to be far', () => polls > 20)
  gate.resolve()
  const then = polls
  await until('both tasks to have gone on for some commit intervals', () => polls > then + 40)
  await place.state('c', 'RUNNING', 'RUNNING')
  await herder.setTargetState('c', 'STOPPED')
  const committed = await context!.offsets.offset({ p: 1 }).catch(() => null)
  expect(Number(committed?.['o'])).toBeGreaterThan(100)
})

test('stop of the worker is bounded, whatever plugins do', async () => {
  behave.stop = () => never
  behave.poll = () => never
  const { herder, stop } = await start()
  await herder.putConnector('c', config(), { replace: false })
  await place.state('c', 'RUNNING', 'RUNNING')
  await stop()
  expect(place.logged.join('')).toContain("Connector 'c' failed to properly shut down")
  expect((await herder.connectorStatus('c')).connector.state).toBe('UNASSIGNED')
}, 120_000)

test('stop of the worker is bounded, whatever a sink does in a rebalance; its partitions come again', async () => {
  await place.start()
  const { herder } = place.running!
  const source = { ...fileSource(place.path('in'), 't'), name: 'f' }
  await Bun.write(place.path('in'), 'a\n')
  await herder.putConnector('f', source, { replace: false })
  await until('the record', () => place.running!.worker.recordCounts().written === 1)
  await place.stop()
  await place.start({ 'task.shutdown.graceful.timeout.ms': '200' }, [hanging])
  const again = place.running!
  opened = 0
  await again.herder.putConnector(
    'h',
    { 'connector.class': 'HangingSink', name: 'h', topics: 't' },
    { replace: false },
  )
  await until('open', () => opened === 1)
  await again.stop()
  expect(place.logged.join('')).toContain('Graceful stop of task h-0 failed.')
  await place.start({ 'offset.flush.interval.ms': '50' })
  await place.running!.herder.putConnector(
    'h',
    { ...fileSink(place.path('out'), 't'), name: 'h' },
    { replace: false },
  )
  await until(
    'the record',
    async () =>
      (await Bun.file(place.path('out'))
        .text()
        .catch(() => '')) === 'a\n',
  )
}, 120_000)

test('stop of the worker is bounded, even when the Kafka client never closes; it tells what it leaves', async () => {
  let real: KafkaClient | null = null
  const kafka = (client: KafkaClient): KafkaClient => {
    real = client
    return { ...client, close: () => never }
  }
  const { herder, stop } = await place.start({}, [], undefined, { kafka, closeTimeoutMs: 100 })
  await herder.putConnector('f', { ...fileSource(place.path('in'), 't'), name: 'f' }, { replace: false })
  await stop()
  expect(place.logged.join('')).toContain('the Kafka clients did not close within 100 ms')
  await real!.close()
})

describe('task configurations', () => {
  test('more than tasks.max: FAILED with the JVM’s text; tasks.max.enforce=false lets them run', async () => {
    behave.taskConfigs = async max => Array.from({ length: max + 1 }, (_, i) => ({ n: String(i) }))
    const { herder } = await start()
    const text =
      'The connector c has generated 3 tasks, which is greater than 2, the maximum number of tasks it is configured to create.'
    await expect(herder.putConnector('c', config(), { replace: false })).rejects.toThrow(text)
    await place.state('c', 'FAILED')
    expect((await herder.connectorStatus('c')).connector.trace).toContain(text)
    await herder.putConnector('c', config({ 'tasks.max.enforce': 'false' }), { replace: true })
    await place.state('c', 'RUNNING', 'RUNNING', 'RUNNING', 'RUNNING')
    expect(place.logged.join('')).toContain(text)
  })

  test('that throw: 500 and FAILED, not 90 s of silence', async () => {
    behave.taskConfigs = async () => {
      throw new Error('no tables')
    }
    const { herder } = await start()
    await expect(herder.putConnector('c', config(), { replace: false })).rejects.toMatchObject({
      status: 500,
      message: 'no tables',
    })
    await place.state('c', 'FAILED')
  })

  test('a request for reconfiguration restarts tasks only when they changed', async () => {
    let tables = ['a']
    behave.taskConfigs = async () => tables.map(table => ({ table }))
    const { herder } = await start()
    await herder.putConnector('c', config(), { replace: false })
    await place.state('c', 'RUNNING', 'RUNNING')
    tables = ['a', 'b']
    context!.requestTaskReconfiguration()
    context!.requestTaskReconfiguration()
    await place.state('c', 'RUNNING', 'RUNNING', 'RUNNING')
    expect((await herder.taskConfigs('c')).map(task => task.config)).toEqual([
      { table: 'a', 'task.class': 'test.StubbornSourceTask' },
      { table: 'b', 'task.class': 'test.StubbornSourceTask' },
    ])
    const before = place.logged.length
    context!.requestTaskReconfiguration()
    await until('taskConfigs to be called', () => calls.filter(call => call === 'taskConfigs').length >= 3)
    await herder.setTargetState('c', 'STARTED') // Behind it in the connector's queue.
    expect(place.logged.slice(before)).toEqual([])
  })

  test('however often reconfiguration is requested at once, taskConfigs is called twice: now, and with what came meanwhile', async () => {
    const { herder } = await start()
    await herder.putConnector('c', config(), { replace: false })
    await place.state('c', 'RUNNING', 'RUNNING')
    const count = () => calls.filter(call => call === 'taskConfigs').length
    const before = count()
    let tables = ['a']
    behave.taskConfigs = async () => tables.map(table => ({ table }))
    for (let i = 0; i < 1000; i++) context!.requestTaskReconfiguration()
    tables = ['a', 'b']
    await place.state('c', 'RUNNING', 'RUNNING', 'RUNNING')
    expect(count() - before).toBe(2)
  })

  test('a change of the connector’s configuration restarts tasks with equal configurations too', async () => {
    const started: number[] = []
    behave.poll = async task => {
      started.push(task)
      return never
    }
    behave.taskConfigs = async () => [{}]
    const { herder } = await start()
    await herder.putConnector('c', config(), { replace: false })
    await until('the first task', () => started.length === 1)
    await herder.putConnector('c', config(), { replace: true })
    await place.state('c', 'RUNNING', 'RUNNING')
    expect(started).toEqual([0])
    await herder.putConnector('c', config({ need: 'x' }), { replace: true })
    await until('the second task', () => started.length === 2)
  })
})

test('raiseError fails the connector and leaves its tasks alone', async () => {
  const { herder } = await start()
  await herder.putConnector('c', config(), { replace: false })
  await place.state('c', 'RUNNING', 'RUNNING')
  context!.raiseError(new Error('schema gone'))
  await place.state('c', 'FAILED', 'RUNNING')
  const plan = await herder.restartConnectorAndTasks('c', { includeTasks: true, onlyFailed: true })
  expect([plan.connector.state, plan.tasks[0]!.state]).toEqual(['RESTARTING', 'RUNNING'])
  await place.state('c', 'RUNNING', 'RUNNING')
})

test('a task that fails stays FAILED through pause and resume, until it is restarted', async () => {
  const { herder } = await start()
  const sink = { 'connector.class': 'ThrowingSink', name: 's', topics: 't' }
  await herder.putConnector('s', sink, { replace: false })
  await place.state('s', 'RUNNING', 'FAILED')
  expect((await herder.taskStatus('s', 0)).trace).toContain('Error: no disk')
  await herder.setTargetState('s', 'PAUSED')
  await place.state('s', 'PAUSED', 'FAILED')
  await herder.setTargetState('s', 'STARTED')
  await place.state('s', 'RUNNING', 'FAILED')
  await herder.restartTask('s', 0)
  await place.state('s', 'RUNNING', 'FAILED')
})

test('what cannot be answered: the JVM’s texts and statuses', async () => {
  const { herder } = await start()
  const cases: [() => Promise<unknown>, number, string][] = [
    [() => herder.connectorInfo('x'), 404, 'Connector x not found'],
    [() => herder.connectorConfig('x'), 404, 'Connector x not found'],
    [() => herder.taskConfigs('x'), 404, 'Connector x not found'],
    [() => herder.connectorStatus('x'), 404, 'No status found for connector x'],
    [() => herder.taskStatus('x', 0), 404, 'No status found for task x-0'],
    [() => herder.deleteConnector('x'), 404, 'Connector x not found'],
    [() => herder.setTargetState('x', 'PAUSED'), 404, 'Unknown connector x'],
    [() => herder.restartConnector('x'), 404, 'Connector x not found'],
    [() => herder.restartTask('x', 0), 404, 'Connector x not found'],
    [
      () => herder.restartConnectorAndTasks('x', { includeTasks: true, onlyFailed: false }),
      404,
      'Unknown connector: x',
    ],
    [
      () => herder.putConnector('x', { name: 'x' }, { replace: false }),
      400,
      'Connector config {name=x} contains no connector type',
    ],
  ]
  for (const [answer, status, message] of cases)
    await expect(answer()).rejects.toMatchObject({ status, message })
  await herder.putConnector('c', config(), { replace: false })
  await expect(herder.putConnector('c', config(), { replace: false })).rejects.toMatchObject({
    status: 409,
    message: 'Connector c already exists',
  })
  await expect(herder.restartTask('c', 7)).rejects.toMatchObject({
    status: 404,
    message: 'Task c-7 not found',
  })
})
