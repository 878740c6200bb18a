/** A JVM group whose connectors only Java has: ours stays out, or leaves them to the JVM, and hands its own work over. */
import { beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { ground } from '../../servers/ground.ts'
import { until } from '../../servers/run.ts'
import { bunnectBinary, startWorker } from '../../servers/worker.ts'
import type { WorkerGroup } from '../../servers/worker-group.ts'

const CLASS = 'org.apache.kafka.connect.mirror.MirrorHeartbeatConnector'
const BYTES = 'org.apache.kafka.connect.converters.ByteArrayConverter'
const allow = { 'bunnect.join.unsupported': 'allow', 'bunnect.task.hosts': '0' }

const { group: newGroup } = ground()
let group: WorkerGroup
let heartbeat: Record<string, string>

beforeAll(async () => {
  group = newGroup('gate')
  heartbeat = {
    'connector.class': CLASS,
    'tasks.max': '1',
    'key.converter': BYTES,
    'value.converter': BYTES,
    'source.cluster.alias': 'a',
    'target.cluster.alias': 'b',
    'source.cluster.bootstrap.servers': group.bootstrap,
    'target.cluster.bootstrap.servers': group.bootstrap,
    'heartbeats.topic.replication.factor': '1',
  }
  await startJvm()
  await group.body('jvm', 'POST', '/connectors', { name: 'beat', config: heartbeat })
  await running('beat')
}, 180_000)

const startJvm = () => group.start('jvm', 'jvm', {}, { JVM_CONNECT_LOG: 'info' })
const rounds = async () => (await group.worker('jvm').log()).match(/Rebalance started/g)?.length

interface Status {
  connector: { state: string; worker_id: string; trace?: string }
  tasks: { state: string; worker_id: string; trace?: string }[]
}

/** Waits until object and task run on the JVM. */
async function running(name: string): Promise<void> {
  await until(
    `${name} to run on the JVM`,
    async () => {
      const { body } = await group.ask('jvm', 'GET', `/connectors/${name}/status`)
      const { connector, tasks } = body as Status
      const all = [connector, ...(tasks ?? [])]
      return (
        all.length === 2 && all.every(one => one?.state === 'RUNNING' && one.worker_id === group.idOf('jvm'))
      )
    },
    90_000,
  )
}

async function decommission(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const child = Bun.spawn([bunnectBinary(), 'decommission', ...args], { stdout: 'pipe', stderr: 'pipe' })
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited])
  return { code, out, err }
}

test('it ends with code 2 and a report, and the group has no round more', async () => {
  const before = await rounds()
  const worker = await startWorker('bunnect', {
    bootstrap: group.bootstrap,
    mode: 'distributed',
    awaitRest: false,
    worker: {
      'group.id': group.name,
      'config.storage.topic': group.topic('configs'),
      'offset.storage.topic': group.topic('offsets'),
      'status.storage.topic': group.topic('statuses'),
      'key.converter': BYTES,
      'value.converter': BYTES,
    },
  })
  expect(await worker.exited).toBe(2)
  const said = (await worker.log()).split('\n').filter(line => line.startsWith('bunnect: '))
  expect(said).toEqual([
    `bunnect: ${join(worker.dir, 'worker.properties')}: This worker does not join the group ${group.name}, and nothing has changed there: 1 connector cannot run here`,
    `bunnect:   beat: connector.class=${CLASS}: It is neither built in nor on plugin.path; a connector made for Java runs on a JVM worker.`,
    expect.stringMatching(
      /^bunnect: Put what is missing on plugin\.path, or set bunnect\.join\.unsupported=allow/,
    ),
  ])
  expect(await rounds()).toBe(before)
  expect((await group.view()).members.map(member => member.worker)).toEqual(['jvm'])
}, 120_000)

test('what a JVM leader gives it and only Java has is FAILED, and it stays up', async () => {
  await group.start('ours', 'bunnect', allow)
  await group.settled()
  // Asked for through the one that lacks the class, decided by the one that leads and has it.
  await group.body('ours', 'POST', '/connectors', { name: 'beat2', config: heartbeat })
  await until('all that it was given to have failed', async () => {
    const held = await group.settled()
    expect(held['ours']?.length).toBeGreaterThan(0)
    const statuses = await group.statuses()
    return held['ours']?.every(item => statuses.get(item)?.state === 'FAILED')
  })
  const failed = await until('the JVM to have read so', async () => {
    const paths = ['beat', 'beat2'].map(name => `/connectors/${name}/status`)
    const all = (await Promise.all(paths.map(path => group.body('jvm', 'GET', path)))) as Status[]
    const failed = all
      .flatMap(({ connector, tasks }) => [connector, ...tasks])
      .filter(({ state }) => state === 'FAILED')
    return failed.length > 0 && failed
  })
  for (const { worker_id, trace } of failed || []) {
    expect(worker_id).toBe(group.idOf('ours'))
    expect(trace).toStartWith(
      `org.apache.kafka.connect.errors.ConnectException: Failed to find any class that implements Connector and which name matches ${CLASS}, available connectors are: `,
    )
    expect(trace?.trimEnd()).toEndWith('a connector made for Java runs on a JVM worker.')
  }
  expect((await group.ask('ours', 'GET', '/health')).status).toBe(200)
}, 120_000)

test('as the leader it leaves such work to the JVM, and stores what the JVM has checked', async () => {
  await group.stop('jvm')
  await until('ours to lead', async () => (await group.leader()) === 'ours', 60_000)
  await startJvm()
  await running('beat')
  await running('beat2')
  // A JVM worker passes this on to its leader.
  await group.body('jvm', 'POST', '/connectors', { name: 'beat3', config: heartbeat })
  await group.body('ours', 'PUT', '/connectors/beat4/config', heartbeat)
  await running('beat3')
  await running('beat4')
  await until('ours to lead still', async () => (await group.leader()) === 'ours')
  const wrong = { ...heartbeat, 'tasks.max': '0' }
  const refused = await group.ask('ours', 'PUT', '/connectors/beat5/config', wrong)
  expect(refused.status).toBe(400)
  expect((refused.body as { message: string }).message).toStartWith(
    'Connector configuration is invalid and contains the following 1 error(s):\n',
  )
}, 180_000)

test('it hands over from the command line; a JVM worker cannot', async () => {
  const { rest } = group.worker('jvm')
  expect(await decommission('--url', rest)).toMatchObject({
    code: 1,
    err: expect.stringContaining(
      `the worker at ${rest} does not know how to hand over its work. It is a JVM worker`,
    ),
  })
  const ours = group.worker('ours')
  const sink = { 'connector.class': 'FileStreamSink', topics: 'nothing', file: '/dev/null', 'tasks.max': '1' }
  await group.body('ours', 'POST', '/connectors', { name: 'file', config: sink })
  const here = async () => (await group.view()).members.find(member => member.worker === 'ours')?.held ?? []
  await until('something to hand over', async () => (await here()).length > 0, 60_000)
  const held = await here()
  const { code, out, err } = await decommission(join(ours.dir, 'worker.properties'))
  expect(err).toBe('')
  expect(code).toBe(0)
  for (const item of held) expect(out).toContain(item)
  expect(out).toContain(`${ours.rest} has left its group and runs nothing any more.`)
  await until('the JVM to be alone', async () => {
    const { members, state } = await group.view()
    return state === 'Stable' && members.length === 1 && members[0]?.worker === 'jvm'
  })
  await running('file')
  expect((await ours.fetch('/health')).status).toBeLessThan(600)
  expect((await decommission('--url', ours.rest)).code).toBe(0)
  expect(await group.stop('ours')).toBe(143)
  expect(await decommission('--url', ours.rest)).toMatchObject({
    code: 1,
    err: expect.stringContaining(`no worker answers at ${ours.rest}`),
  })
}, 120_000)
