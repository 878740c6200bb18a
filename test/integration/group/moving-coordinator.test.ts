/** A group whose coordinator goes from broker to broker. */
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { findCoordinator } from '../../../src/kafka/wire/requests.ts'
import { type BrokerCluster, startBrokerCluster } from '../../servers/broker-cluster.ts'
import { until } from '../../servers/run.ts'
import { Board, itemsOf } from './board.ts'
import { GroupWorker, optionsFor, stranger } from './group-worker.ts'

let cluster: BrokerCluster
let workers: GroupWorker[] = []
let board = new Board()

beforeAll(async () => {
  cluster = await startBrokerCluster(3)
}, 300_000)
afterEach(async () => {
  await Promise.all(workers.map(worker => worker.member.close()))
  expect(workers.flatMap(worker => worker.overlaps)).toEqual([])
  expect(workers.map(worker => worker.failure).filter(failure => failure !== null)).toEqual([])
  expect(board.doubles).toEqual([])
  workers = []
  board = new Board()
})
afterAll(() => cluster?.stop(), 60_000)

/** Of a group of that many names the first whose coordinator is not the controller. */
async function groupAwayFromController(name: string): Promise<{ group: string; node: number }> {
  const connection = await stranger(cluster.brokers.get(1)!.bootstrap)
  try {
    for (let i = 0; ; i++) {
      const group = `${name}-${i}`
      const found = await until('a coordinator', async () => {
        const answer = await connection.request(findCoordinator, { group }, 5000)
        return answer.errorCode === 0 ? answer : null
      })
      if (found.nodeId !== 1) return { group, node: found.nodeId }
    }
  } finally {
    connection.close()
  }
}

function start(name: string, group: string, bootstrap: string, heartbeatIntervalMs: number): GroupWorker {
  const times = { sessionTimeoutMs: 10 * heartbeatIntervalMs, heartbeatIntervalMs }
  const worker = new GroupWorker(optionsFor(bootstrap, group, { ...times, clientId: name }))
  worker.url = `http://${name}:8083/`
  worker.tasks = { a: 2, b: 2 }
  worker.onHeld = work => board.runs(name, work)
  workers.push(worker)
  return worker.start()
}

const isShared = () =>
  board.all.join() === 'a,a-0,a-1,b,b-0,b-1' && workers.every(({ member }) => member.isSettled)

test('one that is stopped hands the group over: no round, and nothing stops', async () => {
  const { group, node } = await groupAwayFromController('orderly')
  const bootstrap = cluster.brokers.get(1)!.bootstrap
  for (const name of ['w1', 'w2']) start(name, group, bootstrap, 9000)
  await until('both to share', isShared)
  const rounds = workers.map(worker => worker.rounds.length)
  await cluster.brokers.get(node)!.restart()
  const since = Date.now()
  await until('the group to be confirmed since', () =>
    workers.every(({ member }) => member.isSettled && member.metrics.lastHeartbeatAt! > since),
  )
  expect(isShared()).toBe(true)
  expect(workers.map(worker => worker.rounds.length)).toEqual(rounds)
  expect(workers.flatMap(worker => worker.lostBecause)).toEqual([])
}, 300_000)

test('one that is killed is found again elsewhere, even if it was the only broker of bootstrap.servers', async () => {
  const { group, node } = await groupAwayFromController('killed')
  const killed = cluster.brokers.get(node)!
  for (const name of ['w1', 'w2']) start(name, group, killed.bootstrap, 1000)
  await until('both to share', isShared)
  await killed.kill()
  // The brokers need longer than a heartbeat's time to elect another one: as the JVM, all is stopped, and comes back.
  await until('the work to be given up', () => workers.every(({ lostBecause }) => lostBecause.length === 1))
  await until('both to share', isShared, 90_000)
  expect(workers.map(({ member }) => itemsOf(member.held).length).sort()).toEqual([3, 3])
  const generations = workers.map(({ member }) => member.current!.generation)
  expect(new Set(generations).size).toBe(1)
  expect(workers.flatMap(({ lostBecause }) => lostBecause)).toHaveLength(2)
}, 300_000)
