/** A JVM worker and ours in one group, each as leader and as follower. */
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { GroupOptions } from '../../../src/group/options.ts'
import { decodeAssignment, decodeMetadata } from '../../../src/group/protocol.ts'
import { describeGroup } from '../../servers/described-group.ts'
import { sharedBroker } from '../../servers/kafka.ts'
import { until } from '../../servers/run.ts'
import { type ConnectWorker, startWorker } from '../../servers/worker.ts'
import { Board, itemsOf } from './board.ts'
import { GroupWorker, optionsFor, stranger } from './group-worker.ts'

let broker: Awaited<ReturnType<typeof sharedBroker>>
let jvm: ConnectWorker
let own: GroupWorker
let board: Board
const group = `jvm-${process.pid}`

beforeAll(async () => {
  broker = await sharedBroker()
  jvm = await startJvm()
  for (const name of ['a', 'b']) {
    await jvm.create({
      name,
      'connector.class': 'org.apache.kafka.connect.file.FileStreamSinkConnector',
      'tasks.max': '2',
      topics: `${group}-${name}`,
      file: join(jvm.dir, name),
    })
  }
}, 300_000)
afterEach(async () => {
  await own?.member.close()
  expect(own?.overlaps).toEqual([])
})
afterAll(async () => {
  await jvm?.kill()
  await broker?.stop()
})

function startJvm(): Promise<ConnectWorker> {
  const topic = (what: string) => ({
    [`${what}.storage.topic`]: `${group}-${what}`,
    [`${what}.storage.replication.factor`]: '1',
  })
  return startWorker('jvm', {
    bootstrap: broker.bootstrap,
    mode: 'distributed',
    env: { JVM_CONNECT_LOG: 'info' },
    worker: {
      'group.id': group,
      ...topic('config'),
      ...topic('offset'),
      ...topic('status'),
      'offset.storage.partitions': '1',
      'status.storage.partitions': '1',
      'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'session.timeout.ms': '6000',
      'heartbeat.interval.ms': '500',
      'scheduled.rebalance.max.delay.ms': '0',
    },
  })
}

/** Beside the JVM worker, as far in its config topic as it is. */
async function start(more: Partial<GroupOptions> = {}, unable: string[] = []): Promise<void> {
  const options = { sessionTimeoutMs: 6000, heartbeatIntervalMs: 500, ...more }
  own = new GroupWorker(optionsFor(broker.bootstrap, group, options))
  board = new Board()
  own.unable = unable
  own.tasks = { a: 2, b: 2 }
  const { members } = await until('a group without a round', async () => {
    const group = await described()
    return group.state === 'Stable' ? group : null
  })
  own.offset = Math.max(0, ...members.map(({ metadata }) => Number(decodeMetadata(metadata).configOffset)))
  own.onHeld = work => board.runs('own', work)
  own.start()
}

async function described() {
  const connection = await stranger(broker.bootstrap)
  const answer = await connection.request(describeGroup, { group }, 5000)
  connection.close()
  return answer
}

/** What the JVM worker holds as the coordinator knows it, and what ours runs: everything, once. */
async function shared(): Promise<{ jvm: string[]; own: string[] }> {
  return until(
    'both to share the work',
    async () => {
      if (own.failure) throw own.failure
      const { members, state } = await described()
      if (state !== 'Stable' || members.length !== 2 || !own.member.isSettled) return null
      const other = members.find(({ metadata }) => decodeMetadata(metadata).url === `${jvm.rest}/`)!
      const told = itemsOf(decodeMetadata(other.metadata).allocation?.assigned ?? null)
      const given = decodeAssignment(other.assignment)
      const gone = itemsOf(given.revoked)
      const held = [...told.filter(item => !gone.includes(item)), ...itemsOf(given.assigned)].sort()
      const all = [...held, ...board.all].sort().join()
      return all === 'a,a-0,a-1,b,b-0,b-1' ? { jvm: held, own: board.all } : null
    },
    60_000,
    100,
  )
}

test('ours follows a JVM leader that cannot see what ours says behind its metadata', async () => {
  await until('the JVM to have its tasks', async () => {
    const status = await (await jvm.fetch('/connectors/b/status')).json()
    return (status as { tasks: unknown[] }).tasks.length === 2
  })
  await start({}, ['a', 'b'])
  const { jvm: kept, own: moved } = await shared()
  expect([kept.length, moved.length]).toEqual([3, 3])
  expect(own.member.current).toMatchObject({ isLeader: false, protocol: 'sessioned' })
  expect(own.member.current!.assignment.leaderUrl).toBe(`${jvm.rest}/`)
  const { members } = await described()
  const told = members.map(({ metadata }) => decodeMetadata(metadata)).find(({ url }) => url === own.url)!
  expect(told.unable).toEqual(['a', 'b'])
  // It leaves, and the JVM worker has everything again.
  await own.member.close()
  await until('the JVM to have everything', async () => {
    const { members, state } = await described()
    if (state !== 'Stable') return false
    return itemsOf(decodeAssignment(members[0]!.assignment).assigned).length === moved.length
  })
}, 300_000)

test('ours drops the group to the eager protocol, told by a trailer that is no allocation', async () => {
  await start({ protocol: 'eager' }, ['a'])
  const { own: moved } = await shared().catch(async error => {
    throw new Error(`${error.message}; own ${board.all}`)
  })
  expect(own.member.current).toMatchObject({ isLeader: false, protocol: 'eager' })
  expect(moved).toHaveLength(3)
  expect(await jvm.log()).not.toMatch(/SchemaException|Uncaught exception/)
}, 300_000)

test('ours leads when the JVM worker has been killed, and the JVM worker follows when it is back', async () => {
  await start()
  await shared()
  await jvm.kill()
  await until('ours to have everything', () => board.all.length === 6 && own.member.current?.isLeader)
  jvm = await startJvm()
  const { jvm: moved } = await shared()
  expect(moved).toHaveLength(3)
  expect(own.member.current!.isLeader).toBe(true)
  // What ours cannot run goes to the JVM worker, which takes no notice of why.
  own.unable = ['a']
  own.member.requestRejoin('a class is gone')
  await until('the JVM to have what ours cannot run', () => board.all.join() === 'b,b-0,b-1')
  await shared()
}, 300_000)
