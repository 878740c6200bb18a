/** Groups of several members on a real broker. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import type { ConnectProtocol } from '../../../src/group/membership.ts'
import type { GroupOptions } from '../../../src/group/options.ts'
import { sharedBroker } from '../../servers/kafka.ts'
import { until } from '../../servers/run.ts'
import { Board } from './board.ts'
import { GroupWorker, optionsFor } from './group-worker.ts'

let broker: Awaited<ReturnType<typeof sharedBroker>>
let board = new Board()
let workers = new Map<string, GroupWorker>()
let groups = 0
/** Of every worker, as if they had read one topic. */
let tasks: Record<string, number> = {}
let offset = 5

beforeAll(async () => {
  broker = await sharedBroker()
})
afterEach(async () => {
  await Promise.all([...workers.values()].map(worker => worker.member.close()))
  const all = [...workers.values()]
  expect(all.flatMap(worker => worker.overlaps)).toEqual([])
  expect(all.map(worker => worker.failure).filter(failure => failure !== null)).toEqual([])
  expect(board.doubles).toEqual([])
  board = new Board()
  workers = new Map()
  offset = 5
})
afterAll(() => broker?.stop())

function begin(configured: Record<string, number>): void {
  groups++
  tasks = configured
}

function start(name: string, more: Partial<GroupOptions> = {}, maxDelayMs = 0): GroupWorker {
  const group = `members-${process.pid}-${groups}`
  const times = { sessionTimeoutMs: 6000, heartbeatIntervalMs: 1000 }
  const options = optionsFor(broker.bootstrap, group, { clientId: name, ...times, ...more })
  const worker = new GroupWorker(options, maxDelayMs)
  worker.url = `http://${name}:8083/`
  worker.tasks = tasks
  worker.offset = offset
  worker.onHeld = work => board.runs(name, work)
  workers.set(name, worker)
  return worker.start()
}

async function stop(name: string): Promise<void> {
  await workers.get(name)!.member.close()
  board.gone(name)
  workers.delete(name)
}

/** All work is held once, as evenly as it can be, and nobody has a round to come. */
async function settled(): Promise<GroupWorker> {
  const wanted = Object.keys(tasks)
    .flatMap(name => [name, ...Array.from({ length: tasks[name]! }, (_, task) => `${name}-${task}`)])
    .sort()
  const all = [...workers.values()]
  await until(
    'the group to settle',
    () =>
      all.some(({ failure }) => failure !== null) ||
      (all.every(({ member }) => member.isSettled) &&
        new Set(all.map(({ member }) => member.current!.generation)).size === 1 &&
        board.all.join() === wanted.join()),
    30_000,
    5,
  ).catch(error => {
    const shown = [...workers].map(([name, { failure }]) => `${name}: ${board.of(name)} ${failure ?? ''}`)
    throw new Error(`${error.message}\n${shown.join('\n')}`)
  })
  const leaders = all.filter(({ member }) => member.current!.isLeader)
  expect(leaders).toHaveLength(1)
  for (const { member } of all) {
    expect(member.current!.assignment.leader).toBe(leaders[0]!.member.current!.memberId)
    expect(member.current!.assignment.leaderUrl).toBe(leaders[0]!.url)
  }
  return leaders[0]!
}

const six = { a: 2, b: 2, c: 2 }

for (const protocol of ['eager', 'compatible', 'sessioned'] as const) {
  describe(protocol, () => {
    test('three come one after the other, one leaves, one comes back', async () => {
      begin(six)
      start('w1', { protocol })
      await settled()
      start('w2', { protocol })
      await settled()
      expect(board.sizes).toEqual([4, 5])
      start('w3', { protocol })
      const leader = await settled()
      expect(board.sizes).toEqual([3, 3, 3])
      expect(leader.url).toBe('http://w1:8083/')
      expect(leader.round!.protocol).toBe(protocol)
      await stop('w2')
      await settled()
      start('w2', { protocol })
      await settled()
      expect(board.sizes).toEqual([3, 3, 3])
    })

    test('the leader leaves, and another one leads', async () => {
      begin(six)
      for (const name of ['w1', 'w2', 'w3']) {
        start(name, { protocol })
        await settled()
      }
      await stop('w1')
      const leader = await settled()
      expect(['http://w2:8083/', 'http://w3:8083/']).toContain(leader.url)
      expect(board.sizes).toEqual([4, 5])
    })

    test('two that are started at the very same moment share', async () => {
      begin(six)
      start('w1', { protocol })
      start('w2', { protocol })
      await settled()
      expect(board.sizes).toEqual([4, 5])
    })

    test('connectors that come and go reach all', async () => {
      begin({ a: 2 })
      for (const name of ['w1', 'w2']) start(name, { protocol })
      const leader = await settled()
      tasks = { b: 3, c: 1 }
      offset = 9
      for (const worker of workers.values()) Object.assign(worker, { tasks, offset })
      leader.member.requestRejoin('configuration changed')
      await settled()
      expect(board.sizes).toEqual([3, 3])
    })
  })
}

describe('members with different protocols', () => {
  const mixes: [first: ConnectProtocol, second: ConnectProtocol, chosen: ConnectProtocol][] = [
    ['sessioned', 'compatible', 'compatible'],
    ['compatible', 'sessioned', 'compatible'],
    ['sessioned', 'eager', 'eager'],
    ['eager', 'sessioned', 'eager'],
  ]
  for (const [first, second, chosen] of mixes) {
    test(`${first}, then ${second}: ${chosen}, until the second has gone`, async () => {
      begin(six)
      start('w1', { protocol: first })
      await settled()
      start('w2', { protocol: second })
      await settled()
      const all = [...workers.values()]
      expect(all.map(worker => worker.member.current!.protocol)).toEqual([chosen, chosen])
      // With the eager one nothing runs when the round is given.
      if (chosen === 'eager') expect(all[0]!.prepared).toContain('eager')
      await stop('w2')
      await settled()
      expect(workers.get('w1')!.member.current!.protocol).toBe(first)
    })
  }
})

test('with the eager protocol everything is stopped before JoinGroup, and heartbeats go on meanwhile', async () => {
  begin(six)
  const options = { protocol: 'eager', sessionTimeoutMs: 6000, heartbeatIntervalMs: 200 } as const
  const first = start('w1', options)
  await settled()
  const seen: string[] = []
  first.beforeJoin = async () => {
    const { lastHeartbeatAt } = first.member.metrics
    await until('a heartbeat', () => first.member.metrics.lastHeartbeatAt !== lastHeartbeatAt, 5000, 5).catch(
      // It is refused with REBALANCE_IN_PROGRESS once another one joins, which is no heartbeat that counts.
      () => seen.push('no heartbeat'),
    )
    seen.push(board.of('w1').join())
  }
  first.member.requestRejoin('the test wants it')
  await first.rounded(2)
  expect(seen).toEqual([''])
  expect(first.prepared).toEqual(['eager', 'eager'])
  await settled()
})

test('a worker that cannot run a connector says so, and is given others', async () => {
  begin({ jdbc: 2, file: 2 })
  const first = start('w1')
  first.unable = ['jdbc']
  await settled()
  start('w2')
  await until('the connector to have moved', () => board.of('w2').join() === 'jdbc,jdbc-0,jdbc-1')
  await settled()
  expect(board.of('w1')).toEqual(['file', 'file-0', 'file-1'])
})

test('times beyond what a timer takes do not end at once', async () => {
  begin({ a: 2 })
  const first = start('m1')
  await settled()
  first.beforeJoin = () => Bun.sleep(300)
  const longest = 2 ** 31 - 1
  const more = { rebalanceTimeoutMs: longest, requestTimeoutMs: longest, connectTimeoutMs: 2 ** 40 }
  const { member } = start('m2', more)
  await settled()
  // Each request that is given up costs a connection.
  expect(member.metrics.traffic.opened).toBeLessThan(5)
})
