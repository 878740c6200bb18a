import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Broker, sharedBroker } from '../../servers/kafka.ts'
import { until } from '../../servers/run.ts'
import { TopicProbe } from '../../servers/topics.ts'
import type { ConnectWorker } from '../../servers/worker.ts'
import { connectorFailure, startHostsWorker, statusOf, submit, taskFailure } from './support.ts'

let broker: Pick<Broker, 'bootstrap' | 'stop' | 'tool'>
let worker: ConnectWorker
let probe: TopicProbe
/** A connector of the same plugin file that does nothing wrong; its records tell whether it goes on. */
const GOOD = `hosts-good-${process.pid}`
const FEED = `hosts-feed-${process.pid}`

beforeAll(async () => {
  broker = await sharedBroker()
  probe = new TopicProbe(broker.bootstrap)
  for (const topic of [GOOD, FEED]) await probe.create(topic)
  worker = await startHostsWorker(broker.bootstrap, {
    'connector.client.config.override.policy': 'All',
    'bunnect.task.hosts': '4',
    'bunnect.task.host.memory.max.bytes': '400000000',
  })
  await worker.create({ name: 'good', 'connector.class': 'BadSource', topic: GOOD, 'tasks.max': '1' })
  await worker.create({ name: 'feed', 'connector.class': 'BadSource', topic: FEED, 'tasks.max': '1' })
  await worker.awaitState('good', 'RUNNING')
})

afterAll(async () => {
  await worker?.stop()
  await probe?.close()
  await broker?.stop()
})

/** Good's records go on, its states are untouched, and REST has answered for that. */
async function expectNeighbourGoesOn(): Promise<void> {
  const before = await probe.endOffset(GOOD)
  await until('the neighbour to move records', async () => (await probe.endOffset(GOOD)) > before + 50)
  const status = await statusOf(worker, 'good')
  expect(status?.connector.state).toBe('RUNNING')
  expect(status?.tasks.map(task => task.state)).toEqual(['RUNNING'])
  expect(await worker.log()).not.toMatch(/good(?:-0)? (?:has failed|goes on)/)
}

const source = (fault: string, more: Record<string, string> = {}) => ({
  'connector.class': 'BadSource',
  topic: GOOD,
  'tasks.max': '1',
  fault,
  after: '3',
  ...more,
})
/** Of a group whose dead members are forgotten soon. */
const sink = (fault: string) => ({
  'connector.class': 'BadSink',
  'consumer.override.session.timeout.ms': '6000',
  topics: FEED,
  'tasks.max': '1',
  'consumer.override.auto.offset.reset': 'earliest',
  fault,
})
const transform = (what: string) => ({
  'connector.class': 'BadSource',
  topic: FEED,
  'tasks.max': '1',
  transforms: 't',
  'transforms.t.type': 'BadTransform',
  'transforms.t.what': what,
})

const KILLED =
  /^org\.apache\.kafka\.connect\.errors\.ConnectException: Task host task-host-\d+ \(pid \d+\) was killed: /

describe('a task costs its own tasks and nothing else when it', () => {
  const cases: [what: string, config: Record<string, string>, trace: RegExp][] = [
    [
      'loops in poll',
      source('poll:loop'),
      /event loop has not turned for \d+ ms, while it was in poll of task bad-0/,
    ],
    [
      'loops in poll behind an await',
      source('poll:loop-later'),
      /not turned .* while it was in poll of task bad-0/,
    ],
    ['loops in start', source('start:loop', { after: '0' }), /while it was in start of task bad-0/],
    ['loops in put', sink('put:loop'), /while it was in put of task bad-0/],
    ['loops in flush', sink('flush:loop'), /while it was in flush of task bad-0/],
    [
      'allocates without end',
      source('poll:allocate'),
      /was killed: it took \d+ bytes of memory, more than bunnect\.task\.host\.memory\.max\.bytes=400000000 allows, while it was in poll of task bad-0/,
    ],
    ['blocks in a transformation', transform('sleep'), /while it was in transform of task bad-0/],
  ]
  test.each(cases)('%s', async (_, config, trace) => {
    try {
      await worker.create({ name: 'bad', ...config })
      const seen = await taskFailure(worker, 'bad')
      expect(seen).toMatch(KILLED)
      expect(seen).toMatch(trace)
      expect((await statusOf(worker, 'bad'))?.connector.state).toBe('RUNNING')
      await expectNeighbourGoesOn()
    } finally {
      await worker.fetch('/connectors/bad', { method: 'DELETE' })
    }
  })
})

describe('a task fails alone, in a host that lives on, when it', () => {
  const cases: [what: string, config: Record<string, string>, trace: RegExp][] = [
    [
      'calls process.exit',
      source('poll:exit'),
      /ConnectException: The plugin called process\.exit\(3\), which would have ended the task host/,
    ],
    ['calls process.exit out of a timer', source('poll:exit-later'), /The plugin called process\.exit\(4\)/],
    ['calls process.exit in put', sink('put:exit'), /The plugin called process\.exit\(3\)/],
    ['calls process.abort', source('poll:abort'), /The plugin called process\.abort\(\)/],
    ['kills itself', source('poll:kill-self'), /The plugin called process\.kill\(\d+, SIGKILL\)/],
    [
      'throws out of a timer',
      source('poll:throw-later'),
      /left an error behind that no call could give back\n(?:.*\n)*Caused by: Error: thrown by a timer/,
    ],
    [
      'leaves a rejected promise',
      source('poll:reject'),
      /left an error behind(?:.|\n)*Caused by: Error: rejected by nobody/,
    ],
    [
      'never comes back from start',
      source('start:hang', { after: '0' }),
      /ConnectException: start of test\.hosts\.BadSource did not return within 3000 ms/,
    ],
    ['ends the process in a transformation', transform('exit'), /The plugin called process\.exit\(3\)/],
  ]
  test.each(cases)('%s', async (_, config, trace) => {
    const killed = (await worker.log()).match(/was killed|has ended with/g)?.length ?? 0
    try {
      await worker.create({ name: 'bad', ...config })
      expect(await taskFailure(worker, 'bad')).toMatch(trace)
      await expectNeighbourGoesOn()
      expect((await worker.log()).match(/was killed|has ended with/g)?.length ?? 0).toBe(killed)
    } finally {
      await worker.fetch('/connectors/bad', { method: 'DELETE' })
    }
  })
})

describe('a connector fails alone when it', () => {
  const cases: [what: string, fault: string, trace: RegExp][] = [
    ['loops in start', 'connector-start:loop', /was killed: .* while it was in start of connector bad/],
    [
      'never comes back from start',
      'connector-start:hang',
      /start of test\.hosts\.BadSource did not return within 3000 ms/,
    ],
    ['calls process.exit in start', 'connector-start:exit', /The plugin called process\.exit\(3\)/],
    [
      'loops in taskConfigs',
      'taskConfigs:loop',
      /was killed: .* while it was in taskConfigs of connector bad/,
    ],
    [
      'never comes back from taskConfigs',
      'taskConfigs:hang',
      /taskConfigs of test\.hosts\.BadSource did not return within 3000 ms/,
    ],
  ]
  test.each(cases)('%s', async (_, fault, trace) => {
    try {
      const answer = await submit(worker, { name: 'bad', ...source(fault, { after: '0' }) })
      expect(answer.status).toBe(500)
      expect(await connectorFailure(worker, 'bad')).toMatch(trace)
      await expectNeighbourGoesOn()
    } finally {
      await worker.fetch('/connectors/bad', { method: 'DELETE' })
    }
  })
})

describe('validation', () => {
  test('asks the plugin itself, in another process', async () => {
    const answer = await submit(worker, { name: 'bad', ...source('refuse') })
    expect(answer.status).toBe(400)
    expect(answer.body).toContain('fault must not be refuse')
  })
  test('ends when the plugin does not answer, and works the next time', async () => {
    const answer = await submit(worker, { name: 'bad', ...source('validate:loop') })
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.body).toMatch(/plugin-catalogue|did not|not answer/)
    const again = await submit(worker, { name: 'bad', ...source('refuse') })
    expect(again.body).toContain('fault must not be refuse')
    await expectNeighbourGoesOn()
  })
})

describe('what plugins print', () => {
  test('becomes log lines of the worker, the console with its connector', async () => {
    await worker.create({ name: 'loud', ...source('poll:print') })
    await until('the last printed line', async () => (await worker.log()).includes('printed line 19'))
    const log = await until('what was written to the console', async () => {
      const log = await worker.log()
      return log.includes('written to the console') && log.includes('a complaint') && log
    })
    expect(log).toMatch(/INFO \[loud\|task-0\] written to the console \(bunnect\.plugin\.console\)/)
    expect(log).toMatch(/INFO \[task-host-\d+\] printed line 0 \(bunnect\.plugin\.stdout\)/)
    expect(log).toMatch(/INFO \[task-host-\d+\] a complaint \(bunnect\.plugin\.stderr\)/)
    await worker.fetch('/connectors/loud', { method: 'DELETE' })
  })
  test('is cut where it is too much', async () => {
    await worker.create({ name: 'loud', ...source('poll:print-much') })
    await until('the notice', async () => /\d+ lines were dropped/.test(await worker.log()))
    await expectNeighbourGoesOn()
    await worker.fetch('/connectors/loud', { method: 'DELETE' })
  })
})
