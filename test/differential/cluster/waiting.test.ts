/**
 * A group that waits 8 s for lost workers and changes its session key every 3 s, with the JVM's worker (j) and ours (b,
 * c): what is lost is waited for by either leader, and task configurations arrive whatever the key.
 */
import { beforeAll, expect, test } from 'bun:test'
import { ground } from '../../servers/ground.ts'
import { until } from '../../servers/run.ts'
import type { WorkerGroup } from '../../servers/worker-group.ts'
import { idleSink } from './idle-sink.ts'
import { Lines } from './lines.ts'

const { group: newGroup } = ground()
const sources = ['s1', 's2', 's3', 's4']

let group: WorkerGroup
let lines: Lines

beforeAll(async () => {
  group = newGroup('waiting', {
    'scheduled.rebalance.max.delay.ms': '14000',
    'inter.worker.key.ttl.ms': '3000',
  })
  lines = new Lines(group)
  await group.start('j', 'jvm')
  for (const name of sources)
    await group.body('j', 'POST', '/connectors', { name, config: lines.source(name) })
  await group.settled()
  await group.start('b', 'bunnect')
  await group.settled()
  expect(await group.leader()).toBe('j')
}, 300_000)

/** Handovers that nobody told of, since the last call. */
let told = 0
async function untold(): Promise<string[]> {
  const all = await group.takenOverUntold()
  const since = all.slice(told)
  told = all.length
  return since
}

/** Waits until the leader waits for a lost worker; nobody else has its work then. */
async function awaited(lost: readonly string[]): Promise<void> {
  await until(
    'the delay to begin',
    async () => {
      const { state, members } = await group.view()
      if (state !== 'Stable' || members.some(({ delayMs }) => delayMs === 0)) return false
      expect(members.flatMap(({ held }) => held).filter(item => lost.includes(item))).toEqual([])
      return true
    },
    60_000,
  )
}

test('the JVM leads, ours is killed: its work is waited for, then taken over', async () => {
  const { b } = await group.settled()
  await lines.flow('before the kill')
  await group.kill('b')
  await awaited(b!)
  await lines.flow('after the wait', { mayRepeat: true })
  expect((await group.settled())['j']).toHaveLength(8)
  await untold()
}, 300_000)

test('the JVM leads, ours is restarted within the wait: nothing moves', async () => {
  await group.start('b', 'bunnect')
  const before = await group.settled()
  expect(before['b']).toHaveLength(4)
  const statuses = (await group.entries('statuses')).length
  await group.stop('b')
  await awaited(before['b']!)
  await group.start('b', 'bunnect')
  expect(await group.settled()).toEqual(before)
  await lines.flow('after the restart')
  expect(await untold()).toEqual([])
  // The JVM's worker has told of nothing: it has had no more than its own.
  const since = (await group.entries('statuses')).slice(statuses)
  const by = since.map(({ value }) => value !== null && group.nameOf(JSON.parse(value).worker_id ?? ''))
  expect(by).not.toContain('j')
}, 300_000)

test('the JVM leads and hangs: who leads now knows of nothing lost, and what two hold is taken from both', async () => {
  const before = await group.settled()
  group.suspend('j')
  expect((await group.settled())['b']).toHaveLength(8)
  expect(await group.leader()).toBe('b')
  await lines.flow('by b alone', { mayRepeat: true })
  group.resume('j')
  const { b, j } = await group.settled()
  expect([b!.length, j!.length]).toEqual([before['b']!.length, before['j']!.length])
  expect(await group.leader()).toBe('b')
  await lines.flow('after the pause', { mayRepeat: true })
  await lines.flow('in peace')
  await untold()
}, 300_000)

test('ours leads, another of ours is killed: its work is waited for, then taken over', async () => {
  await group.start('c', 'bunnect')
  const { c } = await group.settled()
  expect(c!.length).toBeGreaterThan(0)
  await group.kill('c')
  await awaited(c!)
  await group.settled()
  await lines.flow('after the second wait', { mayRepeat: true })
  await untold()
}, 300_000)

const keys = async () => (await group.entries('configs')).filter(({ key }) => key === 'session-key').length

test.each(['b', 'j'])(
  'keys change while %s leads: the tasks of every connector are told',
  async leader => {
    if (leader === 'j') {
      await group.stop('b')
      await group.settled()
      await group.start('b', 'bunnect')
    }
    await group.settled()
    expect(await group.leader()).toBe(leader)
    const before = await keys()
    const names = ['k1', 'k2', 'k3', 'k4'].map(name => `${leader}-${name}`)
    await until(
      'three more keys',
      async () => {
        for (const tasks of [1, 2]) {
          for (const [i, name] of names.entries())
            await group.body(
              i % 2 === 0 ? 'b' : 'j',
              'PUT',
              `/connectors/${name}/config`,
              idleSink(group, name, tasks),
            )
          await until(`${tasks} tasks of each`, async () => {
            const configured = await group.configured()
            return names.every(
              name => configured.filter(item => item.startsWith(`${name}-`)).length === tasks,
            )
          })
        }
        return (await keys()) >= before + 3
      },
      120_000,
      0,
    )
    // Both sides ran one of them that the other leads.
    const holdings = await group.settled()
    for (const worker of ['b', 'j'])
      expect(holdings[worker]!.filter(item => names.includes(item)).length).toBeGreaterThan(0)
    expect(await untold()).toEqual([])
  },
  300_000,
)
