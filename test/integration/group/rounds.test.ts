/** One worker's rounds on a real broker. */
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import type { GroupOptions } from '../../../src/group/options.ts'
import { decodeAssignment, encodeAssignment, encodeMetadata } from '../../../src/group/protocol.ts'
import { heartbeat, joinGroup, leaveGroup, syncGroup } from '../../../src/kafka/wire/requests.ts'
import { type DescribedGroup, describeGroup } from '../../servers/described-group.ts'
import { sharedBroker } from '../../servers/kafka.ts'
import { until } from '../../servers/run.ts'
import { GroupWorker, optionsFor, stranger } from './group-worker.ts'

let broker: Awaited<ReturnType<typeof sharedBroker>>
let workers: GroupWorker[] = []
let groups = 0

beforeAll(async () => {
  broker = await sharedBroker()
})
afterEach(async () => {
  await Promise.all(workers.map(worker => worker.member.close()))
  expect(workers.flatMap(worker => worker.overlaps)).toEqual([])
  workers = []
})
afterAll(() => broker?.stop())

function worker(more: Partial<GroupOptions> = {}): GroupWorker {
  const made = new GroupWorker(
    optionsFor(broker.bootstrap, `rounds-${process.pid}-${++groups}`, { sessionTimeoutMs: 10_000, ...more }),
  )
  workers.push(made)
  return made
}

async function described(group = `rounds-${process.pid}-${groups}`): Promise<DescribedGroup> {
  const connection = await stranger(broker.bootstrap)
  try {
    return await connection.request(describeGroup, { group }, 5000)
  } finally {
    connection.close()
  }
}

const text = (value: string) =>
  `${Buffer.from([0, value.length]).toString('hex')}${Buffer.from(value).toString('hex')}`

test('an eager worker without connectors shows the bytes that a JVM worker shows', async () => {
  const own = worker({ protocol: 'eager' })
  own.offset = -1
  const { memberId } = await own.start().rounded(1)
  const { state, protocolType, protocolName, members } = await described()
  expect({ state, protocolType, protocolName }).toEqual({
    state: 'Stable',
    protocolType: 'connect',
    protocolName: 'default',
  })
  expect(members).toHaveLength(1)
  expect(memberId).toMatch(/^connect-127\.0\.0\.1:8083-[0-9a-f-]{36}$/)
  expect(members[0]).toMatchObject({ memberId, clientId: 'connect-127.0.0.1:8083' })
  const url = text('http://127.0.0.1:8083/')
  expect(members[0]!.metadata.toString('hex')).toBe(`0000${url}${'f'.repeat(16)}`)
  expect(members[0]!.assignment.toString('hex')).toBe(
    `00000000${text(memberId)}${url}${'f'.repeat(16)}00000000`,
  )
})

test('a sessioned worker tells in its second round what it holds, in the frame of its last assignment', async () => {
  const own = worker()
  own.tasks = { gp1: 2 }
  own.offset = 0xe5
  const { memberId, isLeader, protocol } = await own.start().rounded(1)
  expect({ isLeader, protocol }).toEqual({ isLeader: true, protocol: 'sessioned' })
  own.member.requestRejoin('the test wants it')
  const second = await own.rounded(2)
  expect(second).toMatchObject({ generation: 2, memberId })
  expect(second.assignment.assigned).toEqual({ connectors: [], tasks: [] })
  expect(own.member.held).toEqual({
    connectors: ['gp1'],
    tasks: [0, 1].map(task => ({ connector: 'gp1', task })),
  })
  const { members, protocolName } = await described()
  expect(protocolName).toBe('sessioned')
  const url = text('http://127.0.0.1:8083/')
  const frame = `00020000${text(memberId)}${url}00000000000000e5`
  const held = `00000001${text('gp1')}00000003ffffffff0000000000000001`
  const allocation = `${frame}${held}0000000000000000`
  const length = (allocation.length / 2).toString(16).padStart(8, '0')
  expect(members[0]!.metadata.toString('hex')).toBe(`0002${url}00000000000000e5${length}${allocation}`)
  expect(members[0]!.assignment.toString('hex')).toBe(`${frame}000000000000000000000000`)
})

test('a connector that is configured no longer is revoked in the next round', async () => {
  const own = worker()
  own.tasks = { a: 1, b: 1 }
  await own.start().rounded(1)
  own.tasks = { b: 2 }
  own.member.requestRejoin('configuration changed')
  const { assignment } = await own.rounded(2)
  expect(assignment.revoked).toEqual({ connectors: ['a'], tasks: [{ connector: 'a', task: 0 }] })
  expect(assignment.assigned).toEqual({ connectors: [], tasks: [{ connector: 'b', task: 1 }] })
  expect(own.member.held?.connectors).toEqual(['b'])
})

test('a round that is asked for during another one comes after it, and several are answered by one', async () => {
  const own = worker()
  own.beforeAssign = async () => {
    own.beforeAssign = async () => {}
    for (let i = 0; i < 5; i++) own.member.requestRejoin('while the assignor works')
  }
  await own.start().rounded(2)
  own.afterJoined = async () => {
    own.afterJoined = async () => {}
    own.member.requestRejoin('while the listener works')
  }
  own.member.requestRejoin('by the way')
  await own.rounded(4)
  // Nothing is left that would make a fifth: more heartbeats than one pass.
  const { requests } = own.member.metrics.traffic
  await until('heartbeats', () => own.member.metrics.traffic.requests > requests + 2)
  expect(own.rounds.map(round => round.generation)).toEqual([1, 2, 3, 4])
})

test('heartbeats go on while the listener is slow, for longer than the session', async () => {
  const own = worker({ sessionTimeoutMs: 6000, heartbeatIntervalMs: 500, rebalanceTimeoutMs: 30_000 })
  own.beforeAssign = () => Bun.sleep(7000)
  own.afterJoined = () => Bun.sleep(7000)
  const { generation, memberId } = await own.start().rounded(1)
  const { members, state } = await described()
  expect(state).toBe('Stable')
  expect(members.map(member => member.memberId)).toEqual([memberId])
  expect({ generation, rounds: own.rounds.length, failure: own.failure }).toEqual({
    generation: 1,
    rounds: 1,
    failure: null,
  })
})

test('a second member makes a round in which the leader sees both', async () => {
  const own = worker()
  own.tasks = { a: 1 }
  await own.start().rounded(1)
  const seen: string[][] = []
  own.assignMembers = async (members, { memberId }) => {
    seen.push([...members.values()].map(state => state.url).toSorted())
    const nothing = { connectors: [], tasks: [] }
    const frame = { error: 0 as const, leader: memberId, leaderUrl: own.url, configOffset: 5, delayMs: 0 }
    return new Map(
      [...members.keys()].map(id => [
        id,
        {
          ...frame,
          assigned: id === memberId ? nothing : { connectors: ['b'], tasks: [] },
          revoked: nothing,
        },
      ]),
    )
  }
  const other = await stranger(broker.bootstrap)
  const metadata = encodeMetadata(2, { url: 'http://other:8083/', configOffset: 3, allocation: null })
  const request = {
    group: `rounds-${process.pid}-${groups}`,
    sessionTimeoutMs: 30_000,
    rebalanceTimeoutMs: 10_000,
    memberId: '',
    protocolType: 'connect',
    protocols: [{ name: 'sessioned', metadata }],
    reason: '',
  }
  const { memberId } = await other.request(joinGroup, request, 5000)
  const joined = await other.request(joinGroup, { ...request, memberId }, 10_000)
  expect(joined).toMatchObject({ errorCode: 0, generation: 2, protocolName: 'sessioned' })
  const member = { group: request.group, generation: 2, memberId }
  const sync = { ...member, protocolType: 'connect', protocolName: 'sessioned', assignments: [] }
  const synced = await other.request(syncGroup, sync, 10_000)
  expect(decodeAssignment(synced.assignment).assigned).toEqual({ connectors: ['b'], tasks: [] })
  await own.rounded(2)
  expect(seen).toEqual([['http://127.0.0.1:8083/', 'http://other:8083/']])
  expect(await other.request(heartbeat, member, 5000)).toEqual({ errorCode: 0 })
  // The other one goes: the first is told by its heartbeat.
  await other.request(leaveGroup, { ...member, reason: 'done' }, 5000)
  other.close()
  await own.rounded(3)
  expect(seen.at(-1)).toEqual(['http://127.0.0.1:8083/'])
})

test('a member that the group has given up joins anew and keeps what it holds', async () => {
  const own = worker()
  own.tasks = { a: 1 }
  const first = await own.start().rounded(1)
  const other = await stranger(broker.bootstrap)
  const { memberId } = first
  await other.request(
    leaveGroup,
    { group: `rounds-${process.pid}-${groups}`, memberId, reason: 'evicted by the test' },
    5000,
  )
  other.close()
  const second = await own.rounded(2)
  expect(second.memberId).not.toBe(memberId)
  expect(second.assignment.assigned.connectors).toEqual([])
  expect(own.member.held?.connectors).toEqual(['a'])
  expect(own.lostBecause).toEqual([])
})

test('leaves when it is told to, and joins again when it is asked to', async () => {
  const own = worker()
  await own.start().rounded(1)
  await own.member.leave('taking too long to read the log')
  expect((await described()).members).toEqual([])
  expect(own.member.current).toBeNull()
  own.member.requestRejoin('the log has been read')
  expect(await own.rounded(2)).toMatchObject({ isLeader: true })
})

test('leaves out of its own listener', async () => {
  const own = worker()
  own.afterJoined = async () => {
    own.afterJoined = async () => {}
    await own.member.leave('from within')
    own.member.requestRejoin('and back')
  }
  await own.start().rounded(2)
  expect((await described()).members).toHaveLength(1)
})

test('closes while the broker holds its JoinGroup', async () => {
  const own = worker()
  own.assignMembers = async () => new Map()
  const other = await stranger(broker.bootstrap)
  const metadata = encodeMetadata(2, { url: own.url, configOffset: 3, allocation: null })
  const request = {
    group: `rounds-${process.pid}-${groups}`,
    sessionTimeoutMs: 30_000,
    rebalanceTimeoutMs: 30_000,
    memberId: '',
    protocolType: 'connect',
    protocols: [{ name: 'sessioned', metadata }],
    reason: '',
  }
  const { memberId } = await other.request(joinGroup, request, 5000)
  const { generation } = await other.request(joinGroup, { ...request, memberId }, 5000)
  const member = { group: request.group, generation, memberId, protocolName: 'sessioned' }
  const assignments = [{ memberId, assignment: Buffer.from('anything') }]
  await other.request(syncGroup, { ...member, protocolType: 'connect', assignments }, 5000)
  own.start()
  // The other one never joins the round.
  await until('the round to have begun', async () => (await described()).state === 'PreparingRebalance')
  await own.member.close()
  expect((await described()).members.map(member => member.memberId)).toEqual([memberId])
  other.close()
  expect(own.failure).toBeNull()
})

test('a group of consumers is not joined', async () => {
  const own = worker()
  const other = await stranger(broker.bootstrap)
  const request = {
    group: `rounds-${process.pid}-${groups}`,
    sessionTimeoutMs: 30_000,
    rebalanceTimeoutMs: 10_000,
    memberId: '',
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.from('0000', 'hex') }],
    reason: '',
  }
  const { memberId } = await other.request(joinGroup, request, 5000)
  const { generation } = await other.request(joinGroup, { ...request, memberId }, 5000)
  const assignment = encodeAssignment(0, {
    error: 0,
    leader: '',
    leaderUrl: '',
    configOffset: 0,
    assigned: { connectors: [], tasks: [] },
    revoked: { connectors: [], tasks: [] },
    delayMs: 0,
  })
  const sync = { group: request.group, generation, memberId, protocolType: 'consumer', protocolName: 'range' }
  await other.request(syncGroup, { ...sync, assignments: [{ memberId, assignment }] }, 5000)
  const failure = await own.start().failing()
  expect(failure.message).toContain('INCONSISTENT_GROUP_PROTOCOL')
  expect((failure as { hint?: string }).hint).toContain('group.id that no consumer uses')
  other.close()
})

test('a session timeout that the brokers do not allow is said', async () => {
  const own = worker({ sessionTimeoutMs: 50, heartbeatIntervalMs: 20 })
  expect((await own.start().failing()).message).toContain('The brokers do not allow session.timeout.ms=50')
})
