import { beforeEach, expect, test } from 'bun:test'
import { key } from '../../../src/config/keys.ts'
import { SourceRecord } from '../../../src/data/records.ts'
import { STRING_SCHEMA } from '../../../src/data/schema.ts'
import { type SourceConnectorContext, sourceConnector } from '../../../src/sdk/plugin.ts'
import { pause } from '../../../src/waiting/deadline.ts'
import { eachWithCluster } from './each-test.ts'
import { type Cluster, until } from './workers.ts'

let context: SourceConnectorContext | null = null
let extra: Record<string, string> = {}
const waiting = new Map<number, SourceRecord[]>()

/** As the connector that the real life was recorded with: a task configuration for each task, records on demand. */
const source = sourceConnector({
  className: 'v.LogSource',
  taskClassName: 'v.LogSourceTask',
  version: '9.8',
  config: { topic: key.string({ doc: 'Topic.', importance: 'high' }) },
  start(_, given) {
    context = given
  },
  taskConfigs(_, max, config) {
    return Array.from({ length: max }, (_, tn) => ({ ...config, ...extra, tn: String(tn) }))
  },
  task: (_, { task, signal }) => ({
    async poll() {
      const records = waiting.get(task)
      waiting.delete(task)
      if (records) return records
      await pause(20, signal)
      return null
    },
  }),
})

let cluster: Cluster
eachWithCluster(fresh => {
  cluster = fresh
})
beforeEach(() => {
  extra = {}
})

const config = (more: Record<string, string> = {}) => ({
  'connector.class': 'v.LogSource',
  'tasks.max': '2',
  topic: `${cluster.group}-life`,
  ...more,
})

/** Generation by record, to tell who wrote before and after which round. */
const short = (value: string | null) => {
  if (value === null) return 'null'
  const status = JSON.parse(value)
  return status.state ?? Object.keys(status).join()
}

test('one connector’s whole life in the three topics', async () => {
  await cluster.start({ 'offset.flush.interval.ms': '200' }, [source])
  /** Waits until its tasks have said so often that they run: what a status shows can be of those before. */
  const haveBegun = async (...times: number[]) => {
    for (const [task, count] of times.entries())
      await until(`task ${task} to have begun ${count} times`, async () => {
        const history = await cluster.history(`task-life-${task}`)
        return history.filter(state => state === 'RUNNING').length === count
      })
  }
  const states = async (store: 'configs') => (await cluster.records(store)).map(({ key }) => key)
  expect(await cluster.create('life', config())).toMatchObject({ status: 201, body: { tasks: [] } })
  await cluster.awaitState('life', 'RUNNING', 2)
  const record = new SourceRecord(
    { t: '0' },
    { o: 2 },
    `${cluster.group}-life`,
    null,
    null,
    null,
    STRING_SCHEMA,
    'a',
  )
  waiting.set(0, [record])
  await until('an offset', async () => (await cluster.records('offsets', 25)).length > 0)
  expect(await cluster.ask('PUT', '/connectors/life/config', config({ u: '1' }))).toMatchObject({
    status: 200,
  })
  await until(
    'new tasks',
    async () => (await states('configs')).filter(key => key === 'commit-life').length === 2,
  )
  await haveBegun(2, 2)
  expect((await cluster.ask('PUT', '/connectors/life/pause')).status).toBe(202)
  await cluster.awaitState('life', 'PAUSED', 2)
  expect((await cluster.ask('PUT', '/connectors/life/resume')).status).toBe(202)
  await haveBegun(3, 3)
  await cluster.awaitState('life', 'RUNNING', 2)
  expect((await cluster.ask('POST', '/connectors/life/tasks/0/restart')).status).toBe(204)
  await haveBegun(4, 3)
  await cluster.awaitState('life', 'RUNNING', 2)
  const restarted = await cluster.ask('POST', '/connectors/life/restart?includeTasks=true')
  expect(restarted).toMatchObject({ status: 202, body: { connector: { state: 'RESTARTING' } } })
  const restarting = async () =>
    (await cluster.records('statuses', 5)).filter(({ value }) => short(value) === 'RESTARTING')
  await until('restarts', async () => (await restarting()).length === 3)
  await haveBegun(5, 4)
  await cluster.awaitState('life', 'RUNNING', 2)
  expect(
    (await cluster.ask('POST', '/connectors/life/restart?includeTasks=true&onlyFailed=true')).status,
  ).toBe(202)
  expect((await cluster.ask('POST', '/connectors/life/restart')).status).toBe(204)
  extra = { extra: '1' }
  context!.requestTaskReconfiguration()
  await until('reconfigured tasks', async () =>
    (await cluster.ask('GET', '/connectors/life/tasks')).body.every(
      (task: { config: object }) => 'extra' in task.config,
    ),
  )
  await haveBegun(6, 5)
  expect((await cluster.ask('PUT', '/connectors/life/config', config({ 'tasks.max': '1' }))).status).toBe(200)
  await haveBegun(7, 5)
  await cluster.awaitState('life', 'RUNNING', 1)
  expect((await cluster.ask('PUT', '/connectors/life/stop')).status).toBe(204)
  await cluster.awaitState('life', 'STOPPED', 0)
  expect((await cluster.ask('GET', '/connectors/life/topics')).body.life.topics).toEqual([
    `${cluster.group}-life`,
  ])
  expect((await cluster.ask('PUT', '/connectors/life/topics/reset')).status).toBe(202)
  expect((await cluster.ask('GET', '/connectors/life/topics')).body.life.topics).toEqual([])
  expect((await cluster.ask('PUT', '/connectors/life/resume')).status).toBe(202)
  await cluster.awaitState('life', 'RUNNING', 1)
  expect((await cluster.ask('DELETE', '/connectors/life')).status).toBe(204)
  await until('no status', async () => (await cluster.status('life')) === null)
  for (const what of ['connector-life', 'task-life-0'])
    await until('its end to be written', async () => (await cluster.history(what)).at(-1) === 'null')

  const [first, ...records] = await cluster.records('configs')
  expect(first!.key).toBe('session-key')
  const key = JSON.parse(first!.value!)
  expect(Object.keys(key)).toEqual(['key', 'algorithm', 'creation-timestamp'])
  expect([Buffer.from(key.key, 'base64').length, key.algorithm]).toEqual([32, 'HmacSHA256'])
  const topic = `${cluster.group}-life`
  const written = (more: string) => `{"properties":{"connector.class":"v.LogSource",${more}}}`
  const of = (tasks: string, more = '') =>
    written(`"tasks.max":"${tasks}","topic":"${topic}",${more}"name":"life"`)
  const task = (tn: number, entries: Record<string, string> = {}) =>
    expect.objectContaining({
      'connector.class': 'v.LogSource',
      'task.class': 'v.LogSourceTask',
      name: 'life',
      tn: String(tn),
      ...entries,
    })
  const seen = records.map(({ key, value }) =>
    key.startsWith('task-') ? [key, JSON.parse(value!).properties] : [key, value],
  )
  const started = '{"state":"STARTED","state.v2":"STARTED"}'
  expect(seen).toEqual([
    ['connector-life', of('2')],
    ['task-life-0', task(0)],
    ['task-life-1', task(1)],
    ['commit-life', '{"tasks":2}'],
    ['connector-life', of('2', '"u":"1",')],
    ['task-life-0', task(0, { u: '1' })],
    ['task-life-1', task(1, { u: '1' })],
    ['commit-life', '{"tasks":2}'],
    ['target-state-life', '{"state":"PAUSED","state.v2":"PAUSED"}'],
    ['target-state-life', started],
    ['restart-connector-life', '{"include-tasks":true,"only-failed":false}'],
    ['restart-connector-life', '{"include-tasks":true,"only-failed":true}'],
    ['task-life-0', task(0, { extra: '1' })],
    ['task-life-1', task(1, { extra: '1' })],
    ['commit-life', '{"tasks":2}'],
    ['connector-life', of('1')],
    ['task-life-0', task(0, { 'tasks.max': '1' })],
    ['commit-life', '{"tasks":1}'],
    ['commit-life', '{"tasks":0}'],
    ['target-state-life', '{"state":"PAUSED","state.v2":"STOPPED"}'],
    ['target-state-life', started],
    ['task-life-0', task(0)],
    ['commit-life', '{"tasks":1}'],
    ['connector-life', null],
    ['target-state-life', null],
  ])
  const statuses = await cluster.records('statuses', 5)
  const ofKey = (wanted: string) =>
    statuses
      .filter(({ key }) => key === wanted)
      .map(({ value }) => short(value))
      .join(' ')
  expect(ofKey('status-connector-life')).toBe(
    'RUNNING UNASSIGNED RUNNING PAUSED RUNNING UNASSIGNED RESTARTING RUNNING UNASSIGNED RUNNING UNASSIGNED RUNNING ' +
      'STOPPED RUNNING UNASSIGNED null',
  )
  expect(ofKey('status-task-life-0').replaceAll('null null', 'null')).toBe(
    'RUNNING UNASSIGNED RUNNING PAUSED RUNNING UNASSIGNED RUNNING UNASSIGNED RESTARTING RUNNING UNASSIGNED RUNNING ' +
      'UNASSIGNED RUNNING UNASSIGNED null RUNNING UNASSIGNED null',
  )
  expect(ofKey('status-task-life-1').replaceAll('null null', 'null')).toBe(
    'RUNNING UNASSIGNED RUNNING PAUSED RUNNING UNASSIGNED RESTARTING RUNNING UNASSIGNED RUNNING UNASSIGNED null',
  )
  expect(ofKey(`status-topic-${topic}:connector-life`)).toBe('topic null')
  const shown = statuses.find(({ key }) => key === 'status-connector-life')!
  expect(shown.value).toMatch(
    /^\{"state":"RUNNING","trace":null,"worker_id":"127\.0\.0\.1:\d+","generation":\d+,"version":"9\.8"\}$/,
  )
  const [offset] = await cluster.records('offsets', 25)
  expect(offset).toEqual({ key: '["life",{"t":"0"}]', value: '{"o":2}' })
}, 120_000)

test('an initial state is written before the connector; no tasks until the first resume', async () => {
  await cluster.start({}, [source])
  expect((await cluster.create('still', config(), 'STOPPED')).status).toBe(201)
  await cluster.awaitState('still', 'STOPPED', 0)
  expect((await cluster.create('half', config(), 'PAUSED')).status).toBe(201)
  await cluster.awaitState('half', 'PAUSED', 0)
  expect((await cluster.records('configs')).slice(1).map(({ key }) => key)).toEqual([
    'target-state-still',
    'connector-still',
    'target-state-half',
    'connector-half',
  ])
  await cluster.ask('PUT', '/connectors/half/resume')
  await cluster.awaitState('half', 'RUNNING', 2)
})

test('the status of what was just created is there at once; strict answers as the JVM', async () => {
  await cluster.start({}, [source])
  await cluster.create('new', config())
  expect((await cluster.status('new'))?.connector.worker_id).toBe(cluster.worker!.workerId)
  expect((await cluster.ask('GET', '/connectors/none/status')).status).toBe(404)
})

test('two creations of one name at once: one is made, the other refused', async () => {
  await cluster.start({}, [source])
  const answers = await Promise.all(Array.from({ length: 8 }, () => cluster.create('once', config())))
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409, 409, 409])
  await cluster.awaitState('once', 'RUNNING', 2)
  const records = await cluster.records('configs')
  expect(records.filter(({ key }) => key === 'connector-once')).toHaveLength(1)
})

test('answers for what is not there, or not now', async () => {
  await cluster.start({}, [source])
  await cluster.create('c', config())
  await cluster.awaitState('c', 'RUNNING', 2)
  await cluster.ask('PUT', '/connectors/c/stop')
  await cluster.awaitState('c', 'STOPPED', 0)
  const unowned =
    'Cannot complete request momentarily due to no known leader URL, likely because a rebalance was underway.'
  for (const [method, path, status, message] of [
    ['POST', '/connectors/x/restart', 404, 'Unknown connector: x'],
    ['POST', '/connectors/x/restart?includeTasks=true', 404, 'Unknown connector: x'],
    ['POST', '/connectors/x/tasks/0/restart', 404, 'Unknown connector: x'],
    ['POST', '/connectors/c/tasks/7/restart', 404, 'Unknown task: c-7'],
    ['POST', '/connectors/c/tasks/0/restart', 409, unowned],
    ['PUT', '/connectors/x/pause', 404, 'Unknown connector x'],
    ['PUT', '/connectors/x/stop', 404, 'Unknown connector x'],
    ['DELETE', '/connectors/x', 404, 'Connector x not found'],
    ['GET', '/connectors/x', 404, 'Connector x not found'],
  ] as const) {
    const answer = await cluster.ask(method, path)
    expect([path, answer.status, answer.body.message]).toEqual([path, status, message])
  }
})
