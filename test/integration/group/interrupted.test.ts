/** Members that leave, are closed or are given up while something else is under way. */
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { leaveGroup } from '../../../src/kafka/wire/requests.ts'
import { redirect } from '../../../src/observe/log.ts'
import { type DescribedGroup, describeGroup } from '../../servers/described-group.ts'
import { sharedBroker } from '../../servers/kafka.ts'
import { until } from '../../servers/run.ts'
import { GroupWorker, optionsFor, stranger } from './group-worker.ts'

let broker: Awaited<ReturnType<typeof sharedBroker>>
let workers: GroupWorker[] = []
const lines: string[] = []
const restore = redirect(line => lines.push(line))
let groups = 0
const group = () => `interrupted-${process.pid}-${groups}`

beforeAll(async () => {
  broker = await sharedBroker()
})
afterEach(async () => {
  await Promise.all(workers.map(worker => worker.member.close()))
  expect(workers.flatMap(worker => worker.overlaps)).toEqual([])
  expect(workers.map(worker => worker.failure).filter(failure => failure !== null)).toEqual([])
  for (const { member } of workers) {
    const { opened, closed } = member.metrics.traffic
    expect({ opened, closed }).toEqual({ opened, closed: opened })
  }
  workers = []
})
afterAll(async () => {
  restore()
  await broker?.stop()
})

function member(name: string, more: Partial<Parameters<typeof optionsFor>[2]> = {}): GroupWorker {
  const times = { sessionTimeoutMs: 20_000, heartbeatIntervalMs: 1000 }
  const worker = new GroupWorker(optionsFor(broker.bootstrap, group(), { ...times, clientId: name, ...more }))
  worker.url = `http://${name}:8083/`
  worker.tasks = { a: 1 }
  workers.push(worker)
  return worker
}

async function described(): Promise<DescribedGroup> {
  const connection = await stranger(broker.bootstrap)
  try {
    return await connection.request(describeGroup, { group: group() }, 5000)
  } finally {
    connection.close()
  }
}

async function evict(memberId: string): Promise<void> {
  const connection = await stranger(broker.bootstrap)
  await connection.request(leaveGroup, { group: group(), memberId, reason: 'evicted by the test' }, 5000)
  connection.close()
}

test('one that is closed while it leaves has left when that is through', async () => {
  groups++
  const own = member('own').start()
  await own.rounded(1)
  void own.member.leave('taking too long to read the log')
  await own.member.close()
  expect((await described()).members).toEqual([])
})

test('one that is closed twice at once has left when either is through', async () => {
  groups++
  const own = member('own').start()
  await own.rounded(1)
  void own.member.close()
  await own.member.close()
  expect((await described()).members).toEqual([])
})

test('one that leaves while the broker holds its JoinGroup, and is asked back at once, is in the group once', async () => {
  groups++
  const first = member('first').start()
  await first.rounded(1)
  const own = member('own').start()
  await until('both to be in', () => own.member.isSettled && first.member.isSettled)
  const through = Promise.withResolvers<void>()
  first.afterJoined = () => through.promise
  first.member.requestRejoin('the test wants it')
  await until('the first to be stuck', () => first.rounds.length > 0 && first.isBusy)
  own.offset++
  own.member.requestRejoin('so that the broker holds it')
  await until('JoinGroup to be held', async () => (await described()).state === 'PreparingRebalance')
  void own.member.leave('the test wants it')
  own.member.requestRejoin('and back')
  through.resolve()
  await until('both to be in', () => own.member.isSettled && first.member.isSettled)
  expect((await described()).members).toHaveLength(2)
  const { opened, closed } = own.member.metrics.traffic
  expect(opened - closed).toBe(1)
})

test('one that the group gives up while it prepares for a round relies on nothing from then on', async () => {
  groups++
  const own = member('own', { protocol: 'eager' }).start()
  const { memberId } = await own.rounded(1)
  const through = Promise.withResolvers<void>()
  own.beforeJoin = () => through.promise
  own.member.requestRejoin('the test wants it')
  await until('it to prepare', () => own.isBusy)
  expect(own.member.isConfirmed).toBe(true)
  await evict(memberId)
  await until('it to know', () => !own.member.isConfirmed)
  expect(own.isBusy).toBe(true)
  own.beforeJoin = async () => {}
  through.resolve()
  const second = await own.rounded(2)
  expect(second.memberId).not.toBe(memberId)
})

test('one is settled only when what a round has given it is taken on', async () => {
  groups++
  const own = member('own')
  const through = Promise.withResolvers<void>()
  own.afterJoined = () => through.promise
  own.start()
  await until('the round to be given', () => own.member.current !== null)
  const waited = new AbortController()
  let isTold = false
  void own.member.settled(waited.signal).then(() => {
    isTold = true
  })
  const { lastHeartbeatAt } = own.member.metrics
  await until('a heartbeat', () => own.member.metrics.lastHeartbeatAt !== lastHeartbeatAt)
  expect({ isSettled: own.member.isSettled, isTold }).toEqual({ isSettled: false, isTold: false })
  expect(own.member.isConfirmed).toBe(true)
  through.resolve()
  await until('it to settle', () => isTold)
  expect(own.member.isSettled).toBe(true)
})

test('one that is closed in a round is not said to be at it too long', async () => {
  groups++
  const [closed, other] = ['closed', 'other'].map(name => member(name, { rebalanceTimeoutMs: 500 })) as [
    GroupWorker,
    GroupWorker,
  ]
  const through = Promise.withResolvers<void>()
  const overdue = (name: string) =>
    lines.filter(line => line.includes(`clientId=${name}`) && line.includes('rebalance.timeout.ms'))
  for (const worker of [closed, other]) {
    worker.afterJoined = () => through.promise
    worker.start()
    await until('the round to be given', () => worker.isBusy)
    if (worker === closed) await closed.member.close()
  }
  await until('the other to be at it too long', () => overdue('other').length === 1)
  through.resolve()
  expect(overdue('closed')).toEqual([])
})
