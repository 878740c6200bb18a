/** Several workers of one group. */
import { afterEach, describe, expect, test } from 'bun:test'
import { decodeAssignment, encodeMetadata } from '../../../src/group/protocol.ts'
import { ElsewhereError } from '../../../src/herder/errors.ts'
import { freePort } from '../../servers/ports.ts'
import { offered, RawMember } from '../../servers/raw-member.ts'
import { stranger } from '../group/group-worker.ts'
import { eachWithMembers } from './each-test.ts'
import { type Member, type Members, patient, roles } from './members.ts'
import { until } from './workers.ts'

let members: Members
eachWithMembers(fresh => {
  members = fresh
})
afterEach(() => {
  expect([...members.marks.running.keys()]).toEqual([])
})

/** Resolves with the URL of the worker that it is for. */
async function elsewhere(work: Promise<unknown>): Promise<string | null> {
  const error = await work.then(
    () => null,
    error => error,
  )
  if (error instanceof ElsewhereError) return error.url
  throw error ?? new Error('it was done here')
}

for (const protocol of ['sessioned', 'compatible', 'eager']) {
  describe(`connect.protocol=${protocol}`, () => {
    const more = { 'connect.protocol': protocol }

    test('work is shared, moves to who comes and back from who goes, and runs once at any time', async () => {
      const [a, b] = await Promise.all([members.start(more), members.start(more)])
      const { leader, followers } = await roles(a, b)
      const [follower] = followers as [Member]
      const config = members.config(4)
      expect(
        await elsewhere(follower.herder.putConnector('one', { ...config, name: 'one' }, { replace: false })),
      ).toBe(`${leader.url}/`)
      const made = await follower.ask('POST', '/connectors', { name: 'one', config })
      expect(made.status).toBe(201)
      await leader.ask('PUT', '/connectors/two/config', config)
      const wanted = { one: 4, two: 4 }
      await members.running(wanted)
      const shares = async () => {
        const places = await members.places(leader, ['one', 'two'])
        const tasks = [...places].flatMap(([what, at]) => (what.includes('-') ? [at] : []))
        return [...members.all].map(({ id }) => tasks.filter(at => at === id).length).sort()
      }
      await until('both to have half', async () => String(await shares()) === '4,4')
      members.marks.stopMs = 100
      const c = await members.start(more)
      await until('three shares', async () => String(await shares()) === '2,3,3')
      await members.running(wanted)
      await members.stop(c)
      await until('two shares', async () => String(await shares()) === '4,4')
      await members.running(wanted)
      // The leader goes: another one leads, and gives everything at once.
      await members.stop(leader)
      await until('one share', async () => {
        const places = await members.places(follower, ['one', 'two'])
        return [...places.values()].every(at => at === follower.id)
      })
      await members.running(wanted)
      expect((await follower.ask('DELETE', '/connectors/one')).status).toBe(204)
      await members.running({ two: 4 })
    }, 120_000)
  })
}

test('task configurations of a connector that a follower runs reach the topic', async () => {
  const [a, b] = await Promise.all([members.start(), members.start()])
  const { leader, followers } = await roles(a, b)
  const [follower] = followers as [Member]
  const names = ['p', 'q', 'r', 's']
  for (const name of names) await leader.ask('PUT', `/connectors/${name}/config`, members.config(2))
  await members.running({ p: 2, q: 2, r: 2, s: 2 })
  // A status is read a moment after what it tells of has begun.
  const there = await until('the follower to have its share', async () => {
    const places = await members.places(follower, names)
    const here = names.filter(name => places.get(name) === follower.id)
    return here.length === 2 ? here : null
  })
  members.marks.extra = 'new'
  for (const name of there!) members.marks.reconfigure.get(name)!()
  for (const name of there!)
    await until(`${name} to have new tasks`, async () => {
      const { body } = await leader.ask('GET', `/connectors/${name}/tasks`)
      return (
        body.length === 2 && body.every((task: { config: { extra: string } }) => task.config.extra === 'new')
      )
    })
  await members.running({ p: 2, q: 2, r: 2, s: 2 })
}, 120_000)

test('who stops for good hands its work over at once, answers on, and takes nothing any more', async () => {
  const slow = patient({ 'scheduled.rebalance.max.delay.ms': '600000' })
  const [a, b, c] = await Promise.all([members.start(slow), members.start(slow), members.start(slow)])
  const { leader, followers } = await roles(a, b, c)
  const [gone, stays] = followers as [Member, Member]
  await leader.ask('PUT', '/connectors/d/config', members.config(9))
  await members.running({ d: 9 })
  const held = async () => [...(await members.places(stays, ['d']))].filter(([, at]) => at === gone.id)
  await until('all to be told', async () => (await members.places(stays, ['d'])).size === 10)
  const before = await until('it to have a share', async () => {
    const share = (await held()).map(([what]) => what)
    return share.length > 0 ? share : null
  })
  const began = performance.now()
  const [first, second] = await Promise.all([gone.herder.decommission(), gone.herder.decommission()])
  expect(second).toEqual(first)
  expect(first.delay).toBeNull()
  expect(
    [...first.connectors, ...first.tasks.map(({ connector, task }) => `${connector}-${task}`)].sort(),
  ).toEqual(before!.sort())
  await members.running({ d: 9 })
  await until('others to have said so', async () => (await held()).length === 0)
  members.cluster.logged.push(`taken over after ${performance.now() - began} ms`)
  expect((await gone.ask('GET', '/health')).body.message).toContain('decommissioned')
  // It answers for others: reads by itself, and hands on what is for the leader.
  expect((await gone.ask('PUT', '/connectors/e/config', members.config(3))).status).toBe(201)
  expect((await gone.ask('GET', '/connectors/e')).body.config['tasks.max']).toBe('3')
  await members.running({ d: 9, e: 3 })
  for (const state of ['pause', 'resume'])
    expect((await gone.ask('PUT', `/connectors/e/${state}`)).status).toBe(202)
  expect((await gone.ask('POST', '/connectors/d/tasks/0/restart')).status).toBe(204)
  await until('it to have read that all are elsewhere', async () => {
    const places = await members.places(gone, ['d', 'e'])
    return places.size === 14 && ![...places.values()].includes(gone.id)
  })
  // The leader as well: whoever leads next gives its work at once, and it knows whom to hand requests to.
  const last = await leader.herder.decommission()
  expect(last.delay).toBeNull()
  await members.running({ d: 9, e: 3 })
  expect((await leader.ask('POST', '/connectors/e/restart')).status).toBe(204)
  expect((await leader.ask('DELETE', '/connectors/e')).status).toBe(204)
  await members.running({ d: 9 })
}, 120_000)

test('a leader that cannot be told lets what is left behind wait, and whoever leaves says so', async () => {
  const more = { 'scheduled.rebalance.max.delay.ms': '3000' }
  // Nobody listens there.
  const leader = await members.start({ ...more, 'rest.advertised.port': String(await freePort()) })
  await leader.ask('PUT', '/connectors/d/config', members.config(4))
  await members.running({ d: 4 })
  const follower = await members.start(more)
  await until('half to have moved', async () => {
    const places = await members.places(follower, ['d'])
    return [...places.values()].filter(at => at === follower.id).length >= 2
  })
  await members.running({ d: 4 })
  const { delay, tasks } = await follower.herder.decommission()
  expect(tasks.length).toBeGreaterThan(0)
  expect(delay).toContain(
    'could not be told: others may take this over only when scheduled.rebalance.max.delay.ms',
  )
  expect(members.marks.running.size).toBeLessThan(5)
  await members.running({ d: 4 })
  // Nobody is left to take it over.
  expect((await leader.herder.decommission()).delay).toContain('there is no other worker in the group')
  expect([...members.marks.running.keys()]).toEqual([])
}, 120_000)

test('what another worker has just written is read by each, and restarts find who runs it', async () => {
  const [a, b, c] = await Promise.all([members.start(), members.start(), members.start()])
  const all = [a, b, c]
  for (let i = 0; i < 20; i++) {
    const [writer, reader, third] = [all[i % 3]!, all[(i + 1) % 3]!, all[(i + 2) % 3]!]
    const name = `h${i}`
    const path = `/connectors/${name}`
    expect([i, (await writer.ask('PUT', `${path}/config`, members.config(2))).status]).toEqual([i, 201])
    expect([i, (await reader.ask('GET', path)).status]).toEqual([i, 200])
    expect([i, (await reader.ask('GET', `${path}/status`)).status]).toEqual([i, 200])
    expect([i, (await reader.ask('GET', '/connectors')).body.includes(name)]).toEqual([i, true])
    expect([i, (await third.ask('POST', `${path}/restart`)).status]).toEqual([i, 204])
    expect([i, (await third.ask('POST', `${path}/restart?includeTasks=true`)).status]).toEqual([i, 202])
    expect([i, (await reader.ask('PUT', `${path}/pause`)).status]).toEqual([i, 202])
    expect([i, (await third.ask('PUT', `${path}/resume`)).status]).toEqual([i, 202])
    if (i % 2 === 0) {
      expect([i, (await reader.ask('DELETE', path)).status]).toEqual([i, 204])
      expect([i, (await third.ask('GET', path)).status]).toEqual([i, 404])
    }
  }
  const kept = Array.from({ length: 10 }, (_, i) => [`h${2 * i + 1}`, 2] as const)
  await members.running(Object.fromEntries(kept))
  for (const [name] of kept)
    for (const task of [0, 1])
      expect((await all[task]!.ask('POST', `/connectors/${name}/tasks/${task}/restart`)).status).toBe(204)
  await members.running(Object.fromEntries(kept))
}, 120_000)

test('taskConfigs that never returns holds up no round', async () => {
  const { marks } = members
  const [a, b] = await Promise.all([members.start(), members.start()])
  marks.hangTaskConfigs = true
  for (const name of ['h', 'i']) await a.ask('PUT', `/connectors/${name}/config`, members.config(2))
  await members.running({ h: 0, i: 0 })
  await until('both to be asked', () => marks.hanging.size === 2)
  marks.hangTaskConfigs = false
  await b.ask('PUT', '/connectors/k/config', members.config(2))
  await members.running({ h: 0, i: 0, k: 2 })
  // What hangs is left behind when its time to end is over, as in the JVM; what does not hang is moved in time.
  const c = await members.start()
  await members.stop(a)
  await until('the rest to run', () => ['k', 'k-0', 'k-1'].every(what => marks.running.get(what) === 1))
  expect((await c.ask('DELETE', '/connectors/k')).status).toBe(204)
  await until('it to end', () => !marks.running.has('k') && !marks.running.has('k-0'))
  for (const name of marks.hanging) marks.running.delete(name)
}, 120_000)

test('revoked work ends before anybody is given it, however long that takes', async () => {
  const { marks } = members
  const a = await members.start({ 'task.shutdown.graceful.timeout.ms': '20000' })
  await a.ask('PUT', '/connectors/s/config', members.config(6))
  await members.running({ s: 6 })
  marks.stopMs = 4000
  const b = await members.start()
  await until('the other one to run a share', async () => {
    const places = await members.places(b, ['s'])
    return [...places.values()].filter(at => at === b.id).length >= 2
  })
  marks.stopMs = 0
  await members.running({ s: 6 })
}, 120_000)

test('a worker of an eager group that is stopping keeps its work to itself until it has ended', async () => {
  const eager = { 'connect.protocol': 'eager' }
  const [a, b] = await Promise.all([members.start(eager), members.start(eager)])
  await a.ask('PUT', '/connectors/e/config', members.config(4))
  await members.running({ e: 4 })
  const { marks } = members
  marks.stopMs = 4000
  const stopped = members.stop(b)
  await until('its tasks to be ending', () => marks.ending.size > 0)
  marks.stopMs = 0
  // Others begin a round meanwhile; what runs twice fails the test at its end.
  await members.start(eager)
  await stopped
  await members.running({ e: 4 })
}, 120_000)

/** A member that says that it has read what the config topic does not have. */
async function beyond(): Promise<{ raw: RawMember; end(): Promise<void> }> {
  const metadata = encodeMetadata(2, { url: 'http://raw:8083/', configOffset: 10 ** 12, allocation: null })
  const { group, bootstrap } = members.cluster
  const raw = new RawMember(await stranger(bootstrap, 'raw'), group, offered(metadata))
  const end = async () => {
    await raw.leave()
    raw.connection.close()
  }
  return { raw, end }
}

test('a member that has read beyond the end of the config topic keeps others from work, without a storm, and is told once', async () => {
  const own = await members.start(patient({}))
  await own.ask('PUT', '/connectors/o/config', members.config(1))
  await members.running({ o: 1 })
  const { raw, end } = await beyond()
  const times: number[] = []
  try {
    for (let round = 0; round < 3; round++) {
      const given = decodeAssignment((await raw.round()).assignment)
      expect([given.error, given.configOffset]).toEqual([1, 10 ** 12])
      times.push(performance.now())
      await until('the next round', async () => !(await raw.beat()))
    }
    // What runs goes on.
    await members.running({ o: 1 })
  } finally {
    await end()
  }
  const [first, second, third] = times as [number, number, number]
  // Java's members ask for the next round at once, some hundred a second.
  expect(Math.min(second - first, third - second)).toBeGreaterThan(200)
  const told = members.cluster.logged.filter(line =>
    line.includes('have read more of the config topic than it has'),
  )
  expect(told).toHaveLength(1)
  expect(told[0]).toContain('http://raw:8083/ up to offset 1000000000000')
  await own.ask('PUT', '/connectors/p/config', members.config(1))
  await members.running({ o: 1, p: 1 })
}, 120_000)

test('a leader that cannot read the config topic has stopped its work when it leaves: the next one gives it away at once', async () => {
  const { marks } = members
  // It comes back after a fiftieth of the delay.
  const delay = { 'scheduled.rebalance.max.delay.ms': '300000' }
  const own = await members.start(patient({ ...delay, 'worker.sync.timeout.ms': '1' }))
  await own.ask('PUT', '/connectors/l/config', members.config(2))
  await members.running({ l: 2 })
  marks.stopMs = 1000
  const { raw, end } = await beyond()
  try {
    // Now and then the end of the topic is known within the millisecond.
    for (;;) {
      await raw.join()
      if (raw.isLeader) break
      await raw.sync().catch(() => {}) // Another round has begun already.
      await until('the next round', async () => !(await raw.beat()))
    }
    expect([...marks.running.keys()]).toEqual([])
  } finally {
    await end()
  }
  marks.stopMs = 0
  await members.running({ l: 2 })
}, 120_000)
