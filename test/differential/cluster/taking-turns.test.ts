/**
 * A worker of ours (b) and the JVM's (j) in one group: each leads and follows, leaves, is killed and comes back, and
 * the same work goes on. Connectors move without a record in the config topic, and no line is lost.
 */
import { beforeAll, expect, test } from 'bun:test'
import { ground } from '../../servers/ground.ts'
import type { Holdings } from '../../servers/group-view.ts'
import { until } from '../../servers/run.ts'
import type { Side } from '../../servers/worker.ts'
import type { WorkerGroup } from '../../servers/worker-group.ts'
import { Lines } from './lines.ts'
import { sameEverywhere } from './snapshot.ts'

const { group: newGroup } = ground()
const sides: Record<'b' | 'j', Side> = { b: 'bunnect', j: 'jvm' }
if (process.env['CLUSTER_JVM_ONLY']) sides.b = 'jvm'

let group: WorkerGroup
let lines: Lines
let configRecords: number
/** Handovers that nobody could tell of. */
let untold = 0

const sources = ['s1', 's2', 's3', 's4', 'ünï ☃']

beforeAll(async () => {
  group = newGroup('turns')
  lines = new Lines(group)
  await group.start('b', sides.b)
  for (const name of sources) await create(name, lines.source(name))
  await create('paused', lines.unfed('paused'))
  // What is paused before it has tasks has none.
  await statesAre({ 'paused-0': 'RUNNING' })
  await group.body('b', 'PUT', '/connectors/paused/pause')
  await create('stopped', { ...lines.unfed('stopped'), 'tasks.max': '3' }, 'STOPPED')
  await group.settled()
  await statesAre({ paused: 'PAUSED', 'paused-0': 'PAUSED', stopped: 'STOPPED' })
  configRecords = (await group.entries('configs')).length
}, 300_000)

function create(name: string, config: object, initial_state?: string): Promise<unknown> {
  return group.body('b', 'POST', '/connectors', { name, config, ...(initial_state && { initial_state }) })
}

async function statesAre(wanted: Record<string, string>): Promise<void> {
  await until(`states ${JSON.stringify(wanted)}`, async () => {
    const statuses = await group.statuses()
    return Object.entries(wanted).every(([item, state]) => statuses.get(item)?.state === state)
  })
}

/** What holds at the end of every turn; who holds what. */
async function goingOn(text: string, flow: { mayRepeat?: boolean } = {}): Promise<Holdings> {
  const holdings = await group.settled()
  await lines.flow(text, flow)
  await statesAre({
    ...Object.fromEntries(sources.flatMap(name => [name, `${name}-0`]).map(item => [item, 'RUNNING'])),
    paused: 'PAUSED',
    'paused-0': 'PAUSED',
    stopped: 'STOPPED',
  })
  await sameEverywhere(group)
  expect((await group.entries('configs')).length).toBe(configRecords)
  const found = await group.takenOverUntold()
  if (flow.mayRepeat) untold = found.length
  else expect(found.slice(untold)).toEqual([])
  return holdings
}

test('alone', async () => {
  expect((await goingOn('alone'))['b']).toHaveLength(13)
  expect(await group.leader()).toBe('b')
}, 300_000)

test('the other joins: half of the work goes over, none of it runs twice, nothing is written', async () => {
  await group.start('j', sides.j)
  const { b, j } = await goingOn('both')
  expect([b, j].map(items => items!.length).toSorted()).toEqual([6, 7])
  expect(await group.leader()).toBe('b')
  expect((await group.view()).protocol).toBe('sessioned')
}, 300_000)

test('the leader gets SIGTERM: the other leads and runs all', async () => {
  await group.stop('b')
  expect((await goingOn('j after SIGTERM'))['j']).toHaveLength(13)
  expect(await group.leader()).toBe('j')
}, 300_000)

test('it comes back and follows', async () => {
  await group.start('b', sides.b)
  const { b, j } = await goingOn('b is back')
  expect([b, j].map(items => items!.length).toSorted()).toEqual([6, 7])
  expect(await group.leader()).toBe('j')
}, 300_000)

test('the follower is killed: when its session is over the leader runs all; and back', async () => {
  await group.kill('b')
  expect((await goingOn('b was killed', { mayRepeat: true }))['j']).toHaveLength(13)
  await group.start('b', sides.b)
  await goingOn('b is back again')
}, 300_000)

test('the leader hangs for longer than its session: the other leads, and it follows when it goes on', async () => {
  group.suspend('j')
  expect((await goingOn('j hangs', { mayRepeat: true }))['b']).toHaveLength(13)
  expect(await group.leader()).toBe('b')
  group.resume('j')
  const { b, j } = await goingOn('j goes on', { mayRepeat: true })
  expect([b, j].map(items => items!.length).toSorted()).toEqual([6, 7])
  expect(await group.leader()).toBe('b')
}, 300_000)

test('the JVM is killed: all goes on', async () => {
  await group.kill('j')
  expect((await goingOn('j was killed', { mayRepeat: true }))['b']).toHaveLength(13)
}, 300_000)
