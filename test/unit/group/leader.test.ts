import { describe, expect, test } from 'bun:test'
import { GroupLeader } from '../../../src/group/leader.ts'
import type { MemberState, Work } from '../../../src/group/membership.ts'
import { logger } from '../../../src/observe/log.ts'
import { Cluster, isNothing, itemsOf } from './assignors-cluster.ts'

function clusterOf(members: number, tasks: Record<string, number>, maxDelayMs = 300_000): Cluster {
  const cluster = new Cluster(maxDelayMs)
  for (const [name, count] of Object.entries(tasks)) cluster.configured.set(name, count)
  for (let i = 1; i <= members; i++) cluster.join(`m${i}`)
  cluster.settle()
  return cluster
}

const nothing: Work = { connectors: [], tasks: [] }
const urlOf = (id: string) => `http://${id}:8083/`

describe('what the config topic says', () => {
  const configured = (offset: number, ...names: string[]) => ({
    offset,
    connectors: () => names,
    tasks: () => [],
  })
  const member = (configOffset: number): MemberState => ({
    url: 'http://w/',
    configOffset,
    held: null,
    unable: [],
  })
  const round = {
    memberId: 'me',
    protocol: 'sessioned',
    generation: 1,
    lastGeneration: -1,
    turnsEager: false,
  } as const

  test('is taken as of when this member told its offset, where nobody has read more', () => {
    let read = configured(5, 'a')
    const leader = new GroupLeader({ maxDelayMs: 0, configured: () => read, log: logger('test') })
    const own = member(leader.snapshot().offset)
    read = configured(6, 'a', 'b')
    const given = leader.assign(new Map([['me', own]]), round).get('me')!
    expect(given).toMatchObject({ error: 0, configOffset: 5, assigned: { connectors: ['a'], tasks: [] } })
  })

  test('that some member is ahead of gives nothing to anybody, and takes nothing away', () => {
    const cluster = clusterOf(3, { a: 3 })
    const before = cluster.holders()
    cluster.members.get('m3')!.configOffset = 9
    const mismatch = cluster.round()
    expect(mismatch.get('m1')).toEqual({
      error: 1,
      leader: 'm1',
      leaderUrl: urlOf('m1'),
      configOffset: 9,
      assigned: nothing,
      revoked: nothing,
      delayMs: 0,
    })
    expect(cluster.leader.ownerOf('a', null)).toBe(null)
    expect(cluster.holders()).toEqual(before)
    cluster.configOffset = 9
    expect([...cluster.round().values()][0]).toMatchObject({ error: 0, configOffset: 9, delayMs: 0 })
    expect(cluster.holders()).toEqual(before)
  })

  test('a leader that is no member says so', () => {
    const leader = new GroupLeader({ maxDelayMs: 0, configured: () => configured(5), log: logger('test') })
    expect(() => leader.assign(new Map([['other', member(5)]]), round)).toThrow('me is not among the members')
  })
})

test('who owns what is known until the next round begins', () => {
  const cluster = clusterOf(2, { a: 2, 'a-0': 0 })
  const { leader } = cluster
  for (const id of ['m1', 'm2']) {
    for (const name of cluster.held(id).connectors) expect(leader.ownerOf(name, null)).toBe(urlOf(id))
    for (const { connector, task } of cluster.held(id).tasks)
      expect(leader.ownerOf(connector, task)).toBe(urlOf(id))
  }
  expect(leader.ownerOf('a', 0)).not.toBe(null)
  for (const [name, task] of [
    ['a', 7],
    ['b', null],
    ['a-0', 0],
  ] as const) {
    expect(leader.ownerOf(name, task)).toBe(null)
  }
  cluster.join('m3')
  const given = cluster.round()
  const [revokedTask] = [...given.values()].flatMap(({ revoked }) => revoked.tasks)
  // What is on its way from one to another has no owner.
  if (revokedTask) expect(leader.ownerOf(revokedTask.connector, revokedTask.task)).toBe(null)
  leader.forget()
  expect(leader.ownerOf('a', 0)).toBe(null)
  cluster.protocol = 'eager'
  cluster.round()
  expect(leader.ownerOf('a', null)).toBe(urlOf('m1'))
})

test('a group that turns eager is given nothing until all of its members have stopped what they ran', () => {
  const cluster = clusterOf(2, { a: 2 })
  cluster.protocol = 'eager'
  for (const { error, assigned, revoked } of cluster.round({ turnsEager: true }).values())
    expect([error, assigned, revoked]).toEqual([1, nothing, nothing])
  expect(cluster.leader.ownerOf('a', null)).toBe(null)
  const given = [...cluster.round().values()]
  expect(given.map(({ error }) => error)).toEqual([0, 0])
  expect(given.flatMap(({ assigned }) => assigned.tasks)).toHaveLength(2)

  const alone = clusterOf(1, { a: 2 })
  alone.protocol = 'eager'
  const [own] = alone.round({ turnsEager: true }).values()
  expect(own!.assigned.tasks).toHaveLength(2)
})

test('members that advertise one URL are named, once', () => {
  const cluster = new Cluster()
  cluster.join('m1')
  cluster.join('m2', [], 'http://same:8083/')
  cluster.join('m3', [], 'http://same:8083/')
  cluster.settle()
  expect(cluster.warnings).toEqual([
    'The members m2 and m3 both say that they are reached at http://same:8083/: requests meant for one of them arrive ' +
      'at the other. Give each worker its own rest.advertised.host.name and rest.advertised.port.',
  ])
})

describe('work that was handed over', () => {
  test('is given to others in the round in which its member is gone; the rest is waited for', () => {
    const cluster = clusterOf(4, { a: 4, b: 4 })
    const handedOver = cluster.held('m3')
    const crashed = cluster.held('m4')
    cluster.leader.release(urlOf('m3'), handedOver)
    cluster.members.delete('m3')
    cluster.members.delete('m4')
    const given = [...cluster.round().values()]
    expect(given.map(({ delayMs }) => delayMs)).toEqual([300_000, 300_000])
    const assigned = given.flatMap(({ assigned }) => itemsOf(assigned)).sort()
    expect(assigned).toEqual(itemsOf(handedOver).sort())
    cluster.now += 299_000
    expect([...cluster.round().values()].map(({ assigned }) => itemsOf(assigned))).toEqual([[], []])
    cluster.now += 1001
    const late = [...cluster.round().values()].flatMap(({ assigned }) => itemsOf(assigned))
    expect(late.sort()).toEqual(itemsOf(crashed).sort())
  })

  test('by a member id, too; what its member had besides is waited for', () => {
    const cluster = clusterOf(2, { a: 4 })
    const { tasks } = cluster.held('m2')
    cluster.leader.release('m2', { connectors: [], tasks: tasks.slice(0, 1) })
    cluster.members.delete('m2')
    const given = cluster.round().get('m1')!
    expect(given).toMatchObject({ delayMs: 300_000, assigned: { connectors: [], tasks: tasks.slice(0, 1) } })
  })

  test('stays where it is while its member is there, and is waited for when a minute is over', () => {
    const cluster = clusterOf(2, { a: 4 })
    cluster.leader.release(urlOf('m2'), cluster.held('m2'))
    expect([...cluster.round().values()].every(({ revoked }) => isNothing(revoked))).toBe(true)
    cluster.now += 60_001
    cluster.members.delete('m2')
    expect(cluster.round().get('m1')!.delayMs).toBe(300_000)
  })

  test('is forgotten once it has been given away', () => {
    const cluster = clusterOf(3, { a: 6 })
    const handedOver = cluster.held('m3')
    cluster.leader.release(urlOf('m3'), handedOver)
    cluster.members.delete('m3')
    cluster.round()
    cluster.members.delete('m2')
    expect(cluster.round().get('m1')!.delayMs).toBe(300_000)
  })

  test('and told of only when its member was gone already ends the wait', () => {
    const cluster = clusterOf(2, { a: 4 })
    const handedOver = cluster.held('m2')
    cluster.members.delete('m2')
    expect(cluster.round().get('m1')!.delayMs).toBe(300_000)
    cluster.leader.release(urlOf('m2'), handedOver)
    const given = cluster.round().get('m1')!
    expect(given.delayMs).toBe(0)
    expect(itemsOf(given.assigned).sort()).toEqual(itemsOf(handedOver).sort())
  })

  test('by one of two members with the same URL waits for nobody', () => {
    const cluster = new Cluster()
    cluster.configured.set('a', 4)
    cluster.join('m1', [], 'http://same/')
    cluster.join('m2', [], 'http://same/')
    cluster.settle()
    cluster.leader.release('http://same/', cluster.held('m2'))
    cluster.members.delete('m2')
    expect(cluster.round().get('m1')!.delayMs).toBe(0)
    expect(itemsOf(cluster.held('m1')).sort()).toEqual(cluster.items().sort())
  })

  test('is followed by nothing new for the member that will leave', () => {
    const cluster = clusterOf(3, { a: 3 })
    cluster.leader.release(urlOf('m2'), cluster.held('m2'))
    cluster.configured.set('b', 12)
    cluster.configured.set('c', 1)
    expect(isNothing(cluster.round().get('m2')!.assigned)).toBe(true)
    // It has told that it holds nothing any more: that goes to others as well.
    cluster.members.get('m2')!.held = nothing
    const given = cluster.round()
    expect(isNothing(given.get('m2')!.assigned)).toBe(true)
    cluster.members.delete('m2')
    expect(cluster.round().get('m1')!.delayMs).toBe(0)
    cluster.settle()
    expect([...cluster.holders().keys()].sort()).toEqual(cluster.items().sort())
  })

  test('does not make the others wait for the balance that is due', () => {
    const cluster = clusterOf(2, { a: 6 })
    cluster.join('m3')
    // Work is revoked in this round, after which the JVM waits for any member that leaves, an idle one too.
    expect([...cluster.round().values()].some(({ revoked }) => !isNothing(revoked))).toBe(true)
    cluster.leader.release(urlOf('m3'), nothing)
    cluster.members.delete('m3')
    expect(cluster.round().get('m1')!.delayMs).toBe(0)
    cluster.settle()
    expect([...cluster.holders().keys()].sort()).toEqual(cluster.items().sort())
  })
})

for (const protocol of ['sessioned', 'eager'] as const) {
  describe(`members that lack classes, ${protocol}`, () => {
    const group = () => {
      const cluster = new Cluster()
      cluster.protocol = protocol
      return cluster
    }
    const settle = (cluster: Cluster) => (protocol === 'eager' ? cluster.round() : cluster.settle())
    const itemsOn = (cluster: Cluster, id: string) => itemsOf(cluster.held(id)).sort()

    test('get what they can run', () => {
      const cluster = group()
      cluster.join('m1', ['jvm'])
      cluster.join('m2')
      cluster.configured.set('any', 6).set('jvm', 2)
      settle(cluster)
      expect(itemsOn(cluster, 'm1').filter(item => item.startsWith('jvm'))).toEqual([])
      expect(itemsOn(cluster, 'm1').length).toBe(5)
      expect(itemsOn(cluster, 'm2').length).toBe(5)
    })

    test('share what nobody can run, as if they could', () => {
      const cluster = group()
      cluster.join('m1', ['odd'])
      cluster.join('m2', ['odd'])
      cluster.configured.set('odd', 3)
      settle(cluster)
      expect([...cluster.holders().keys()].sort()).toEqual(cluster.items().sort())
      for (const id of ['m1', 'm2']) expect(itemsOn(cluster, id)).not.toEqual([])
    })

    test('give it up for one who can', () => {
      const cluster = group()
      cluster.join('m1', ['odd'])
      cluster.configured.set('odd', 3).set('any', 1)
      settle(cluster)
      cluster.join('m2')
      settle(cluster)
      expect(itemsOn(cluster, 'm1')).toEqual(['any', 'any/0'])
      expect(itemsOn(cluster, 'm2')).toEqual(['odd', 'odd/0', 'odd/1', 'odd/2'])
    })

    test('run it as if they could when the last who can is gone', () => {
      const cluster = group()
      cluster.join('m1', ['odd'])
      cluster.join('m2')
      cluster.configured.set('odd', 1)
      settle(cluster)
      cluster.members.delete('m2')
      settle(cluster)
      expect(itemsOn(cluster, 'm1')).toEqual(['odd', 'odd/0'])
    })
  })
}

test('what is misplaced is revoked in one round and placed in the next, and then nothing moves', () => {
  const cluster = clusterOf(3, { odd: 3, any: 6 })
  const before = itemsOf(cluster.held('m1'))
  cluster.members.get('m1')!.unable = ['odd']
  const revoked = itemsOf(cluster.round().get('m1')!.revoked)
  expect(revoked.sort()).toEqual(before.filter(item => item.startsWith('odd')).sort())
  const given = cluster.round()
  expect(isNothing(given.get('m1')!.revoked)).toBe(true)
  const placed = [...given.values()].flatMap(({ assigned }) => itemsOf(assigned))
  expect(placed).toEqual(expect.arrayContaining(revoked))
  expect(cluster.settle()).toBeLessThanOrEqual(3)
  expect([...cluster.holders().keys()].sort()).toEqual(cluster.items().sort())
  expect(cluster.held('m1').tasks.every(({ connector }) => connector === 'any')).toBe(true)
})

test('candidates get lost work that they can run, even among others', () => {
  const cluster = clusterOf(3, { jvm: 3, any: 3 })
  const lost = itemsOf(cluster.held('m3'))
  cluster.members.delete('m3')
  cluster.round()
  cluster.join('m4', ['jvm'])
  expect([...cluster.round().values()].every(({ assigned }) => isNothing(assigned))).toBe(true)
  cluster.now += 300_001
  const given = cluster.round()
  expect(itemsOf(given.get('m4')!.assigned).filter(item => item.startsWith('jvm'))).toEqual([])
  const placed = [...given.values()].flatMap(({ assigned }) => itemsOf(assigned))
  expect(placed.sort()).toEqual(lost.sort())
})
