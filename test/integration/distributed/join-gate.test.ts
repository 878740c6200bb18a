/** Workers that lack a class: before they join, in a group that has it, and in one where nobody has. */
import { afterEach, expect, test } from 'bun:test'
import { type RunningWorker, startWorker } from '../../../src/cli/worker.ts'
import { parseWorkerConfig } from '../../../src/config/worker-config.ts'
import { sinkConnector, sourceConnector, transformation } from '../../../src/sdk/index.ts'
import { pluginsWith } from '../standalone/support.ts'
import { eachWithCluster } from './each-test.ts'
import { type Cluster, until } from './workers.ts'

let cluster: Cluster
let more: RunningWorker[] = []
const keys = {
  'bunnect.task.hosts': '0',
  'heartbeat.interval.ms': '500',
  'scheduled.rebalance.max.delay.ms': '0',
}
const allow = { ...keys, 'bunnect.join.unsupported': 'allow' }

const quiet = sinkConnector({
  className: 'my.QuietSink',
  taskClassName: 'my.QuietTask',
  version: '1',
  config: {},
  task: () => ({ put() {} }),
})
const still = sourceConnector({
  className: 'my.StillSource',
  taskClassName: 'my.StillTask',
  version: '1',
  config: {},
  task: () => ({ poll: () => Bun.sleep(50).then(() => []) }),
})
const same = transformation({
  className: 'my.Same',
  version: '1',
  config: {},
  create: () => ({ apply: r => r }),
})
const own = [quiet, still, same]
const STILL = { 'connector.class': 'my.StillSource', 'tasks.max': '1' }
const FILE = { 'connector.class': 'FileStreamSource', file: '/tmp/none', topic: 't' }

afterEach(async () => {
  await Promise.all(more.map(worker => worker.stop()))
  more = []
}, 120_000)
eachWithCluster(fresh => {
  cluster = fresh
})

/** A further worker of the group. */
async function another(set: Record<string, string>, plugins = own): Promise<RunningWorker> {
  const worker = await startWorker(
    parseWorkerConfig('distributed', cluster.properties(set)),
    pluginsWith(plugins),
  )
  more.push(worker)
  return worker
}

async function ask(url: string, method: string, path: string, body?: unknown) {
  const answer = await fetch(url + path, {
    method,
    ...(body !== undefined && {
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }),
  })
  const text = await answer.text()
  return { status: answer.status, hint: answer.headers.get('x-bunnect-hint'), body: text && JSON.parse(text) }
}

/** What a former worker with all the plugins has left behind. */
async function leftBehind(): Promise<void> {
  await cluster.start(keys, own)
  for (const [name, config] of Object.entries({
    still: STILL,
    changed: { ...FILE, transforms: 'a', 'transforms.a.type': 'my.Same' },
    here: FILE,
  }))
    expect((await cluster.create(name, config)).status).toBe(201)
  await cluster.awaitState('still', 'RUNNING', 1)
  await cluster.awaitState('here', 'RUNNING', 1)
  await cluster.awaitState('changed', 'RUNNING', 1)
  await cluster.stop()
}

test('it does not join, writes nothing and says all that is missing', async () => {
  await leftBehind()
  const before = (await cluster.records('configs')).length
  const rounds = () => cluster.logged.filter(line => line.includes('Joined group')).length
  const joined = rounds()
  const worker = await another(keys, [])
  const error = await worker.fatal.catch(cause => cause)
  expect(error).toMatchObject({ name: 'Error', key: 'bunnect.join.unsupported', exitCode: 2 })
  expect(error.message.split('\n')).toEqual([
    `This worker does not join the group ${cluster.group}, and nothing has changed there: 2 connectors cannot run here`,
    expect.stringMatching(
      /^ {2}still: connector\.class=my\.StillSource: It is neither built in nor on plugin\.path/,
    ),
    expect.stringMatching(/^ {2}changed: transforms\.a\.type=my\.Same: /),
    expect.stringContaining('bunnect.join.unsupported=allow'),
  ])
  expect((await cluster.records('configs')).length).toBe(before)
  expect(rounds()).toBe(joined)
}, 120_000)

test('with allow it joins: what it lacks has failed with the class and what to do, the rest runs', async () => {
  await leftBehind()
  await cluster.start(allow, [])
  const failed = await cluster.awaitState('still', 'FAILED', 1)
  for (const { trace } of [failed.connector, ...failed.tasks]) {
    expect(trace).toStartWith(
      'org.apache.kafka.connect.errors.ConnectException: Failed to find any class that implements Connector and which name matches my.StillSource, available connectors are: PluginDesc{',
    )
    expect(trace).toEndWith(
      '\nbunnect: It is neither built in nor on plugin.path; a connector made for Java runs on a JVM worker.\n',
    )
  }
  const changed = await cluster.awaitState('changed', 'FAILED', 1)
  expect(changed.connector.trace).toStartWith(
    'org.apache.kafka.common.config.ConfigException: Invalid value my.Same for configuration transforms.a.type: Class my.Same could not be found.\n',
  )
  await cluster.awaitState('here', 'RUNNING', 1)
  const warned = cluster.logged.filter(line => line.includes('bunnect.join.unsupported=allow'))
  expect(warned).toHaveLength(1)
  // It can be asked and ordered about like any other that has failed.
  expect((await cluster.ask('POST', '/connectors/still/restart?includeTasks=true')).status).toBe(202)
  await cluster.awaitState('still', 'FAILED', 1)
  expect((await cluster.ask('PUT', '/connectors/still/pause')).status).toBe(202)
  expect((await cluster.ask('DELETE', '/connectors/still')).status).toBe(204)
  expect((await cluster.create('new', STILL)).status).toBe(400)
  expect((await cluster.ask('GET', '/health')).status).toBe(200)
}, 120_000)

test('in a group, work goes to those that can run it, whoever is asked and whoever leads', async () => {
  await cluster.start(keys, own)
  await until('a leader', async () => (await cluster.ask('GET', '/health')).status === 200)
  const lacking = await another(keys, [])
  const url = lacking.urls[0]!
  await until('two workers', async () => (await ask(url, 'GET', '/health')).status === 200)
  const create = (at: string, name: string) => ask(at, 'POST', '/connectors', { name, config: STILL })
  // Asked for by a follower that lacks the class: the leader judges.
  for (const name of ['a', 'b', 'c']) expect((await create(url, name)).status).toBe(201)
  const able = cluster.worker!.workerId
  for (const name of ['a', 'b', 'c']) {
    const { connector, tasks } = await cluster.awaitState(name, 'RUNNING', 1)
    expect([connector, ...tasks].map(({ worker_id }) => worker_id)).toEqual([able, able])
  }
  // The one that lacks it leads now.
  await cluster.stop()
  for (const name of ['a', 'b', 'c'])
    await until(`${name} to have failed`, async () => {
      const { body } = await ask(url, 'GET', `/connectors/${name}/status`)
      return body.connector?.state === 'FAILED' && body.connector.worker_id === lacking.workerId
    })
  await cluster.start(keys, own)
  const newer = cluster.worker!.workerId
  await until('all of it on the one that has the class', async () => {
    const all = await Promise.all(['a', 'b', 'c'].map(name => ask(url, 'GET', `/connectors/${name}/status`)))
    return all.every(({ body }) =>
      [body.connector, ...body.tasks].every(one => one.state === 'RUNNING' && one.worker_id === newer),
    )
  })
  expect((await create(url, 'd')).status).toBe(201)
  await cluster.awaitState('d', 'RUNNING', 1)
  const wrong = await ask(url, 'POST', '/connectors', { name: 'e', config: { ...STILL, 'tasks.max': '0' } })
  expect(wrong).toMatchObject({ status: 400, body: { message: expect.stringContaining('tasks.max') } })
  const nowhere = { 'connector.class': 'my.NoSource' }
  const unknown = await ask(url, 'POST', '/connectors', { name: 'f', config: nowhere })
  expect(unknown.status).toBe(400)
  expect(unknown.body.message).toStartWith('Failed to find any class that implements Connector')
  expect(unknown.hint).toContain('plugin.path')
}, 120_000)

test('a connector whose class is changed to one that its worker lacks goes to another worker', async () => {
  await cluster.start(keys, own)
  await until('a leader', async () => (await cluster.ask('GET', '/health')).status === 200)
  const lacking = await another(keys, [])
  for (const name of ['a', 'b']) expect((await cluster.create(name, FILE)).status).toBe(201)
  let here = ''
  await until('the one that lacks it to run something', async () => {
    for (const name of ['a', 'b']) {
      const status = await cluster.status(name)
      if (status?.connector.state === 'RUNNING' && status.connector.worker_id === lacking.workerId)
        here = name
    }
    return here !== ''
  })
  const changed = await ask(lacking.urls[0]!, 'PUT', `/connectors/${here}/config`, STILL)
  expect(changed.status).toBe(200)
  await until('it to run where the class is', async () => {
    const status = await cluster.status(here)
    const all = status === null ? [] : [status.connector, ...status.tasks]
    return (
      all.length === 2 &&
      all.every(one => one.state === 'RUNNING' && one.worker_id === cluster.worker?.workerId)
    )
  })
}, 120_000)

test('the same with strict answers: each worker refuses what it lacks', async () => {
  await cluster.start(keys, own)
  await until('a leader', async () => (await cluster.ask('GET', '/health')).status === 200)
  const lacking = await another({ ...keys, 'bunnect.rest.compat': 'strict' }, [])
  const body = { name: 'a', config: STILL }
  const answer = await until('an answer', async () => {
    const { status } = await ask(lacking.urls[0]!, 'POST', '/connectors', body)
    return status === 409 ? null : { status }
  })
  expect(answer?.status).toBe(400)
}, 120_000)
