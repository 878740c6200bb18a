/** Members that are killed, suspended, stuck, or cut off from their coordinator. */
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { CuttingProxy } from '../../servers/cutting-proxy.ts'
import { type Broker, startBroker } from '../../servers/kafka.ts'
import { freePort } from '../../servers/ports.ts'
import { until } from '../../servers/run.ts'
import { Board, itemsOf } from './board.ts'
import { GroupWorker, optionsFor } from './group-worker.ts'

const all = ['a', 'a-0', 'a-1', 'b', 'b-0', 'b-1', 'c', 'c-0', 'c-1']
let broker: Broker
let proxy: CuttingProxy
let workers: GroupWorker[] = []
let children: Child[] = []
let groups = 0

beforeAll(async () => {
  const [port, front] = [await freePort(), await freePort()]
  proxy = new CuttingProxy(front, port)
  // Clients are sent to the proxy, wherever they come from.
  broker = await startBroker({
    port,
    set: { 'advertised.listeners': `PLAINTEXT://127.0.0.1:${front}`, 'group.min.session.timeout.ms': '1000' },
  })
})
afterEach(async () => {
  proxy.mute(false)
  await Promise.all(workers.map(worker => worker.member.close()))
  for (const child of children) child.process.kill('SIGKILL')
  expect(workers.flatMap(worker => worker.overlaps)).toEqual([])
  expect(workers.map(worker => worker.failure).filter(failure => failure !== null)).toEqual([])
  workers = []
  children = []
})
afterAll(async () => {
  await broker?.stop()
  proxy?.close()
})

function member(name: string, more: Partial<Parameters<typeof optionsFor>[2]> = {}): GroupWorker {
  const times = { sessionTimeoutMs: 6000, heartbeatIntervalMs: 500 }
  const options = optionsFor(broker.bootstrap, `suspended-${groups}`, { ...times, clientId: name, ...more })
  const worker = new GroupWorker(options)
  worker.url = `http://${name}:8083/`
  worker.tasks = { a: 2, b: 2, c: 2 }
  workers.push(worker)
  return worker
}

interface Event {
  held?: string[]
  isSettled?: boolean
  isLeader?: boolean
  memberId?: string
}

interface Child {
  process: Bun.Subprocess<'ignore', 'pipe', 'inherit'>
  events: Event[]
}

function child(name: string): Child {
  const program = resolve(import.meta.dir, 'member-process.ts')
  const started = Bun.spawn(['bun', program, broker.bootstrap, `suspended-${groups}`, name], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const made: Child = { process: started, events: [] }
  children.push(made)
  void read(made)
  return made
}

async function read({ process: { stdout }, events }: Child): Promise<void> {
  let text = ''
  for await (const chunk of stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (text + chunk).split('\n')
    text = lines.pop()!
    for (const line of lines) events.push(JSON.parse(line))
  }
}

const heldBy = ({ events }: Child) => events.findLast(event => event.held)?.held ?? []
const stateOf = ({ events }: Child) => events.findLast(event => event.isSettled !== undefined)

test('one that is killed is missed after its session, and what it ran goes to the others', async () => {
  groups++
  const own = member('own').start()
  const other = child('other')
  await until('both to share', () => heldBy(other).length >= 4 && itemsOf(own.member.held).length <= 5)
  other.process.kill('SIGKILL')
  await until('the rest to have everything', () => itemsOf(own.member.held).join() === all.join())
  expect(own.lostBecause).toEqual([])
})

test('a leader that was suspended for longer than its session knows at once that it may be none', async () => {
  groups++
  const leader = child('leader')
  await until('the first to lead', () => stateOf(leader)?.isSettled && heldBy(leader).length === 9)
  const own = member('own').start()
  await until('both to share', () => itemsOf(own.member.held).length >= 4 && stateOf(leader)?.isSettled)
  leader.process.kill('SIGSTOP')
  await until('another leader', () => own.member.current?.isLeader && itemsOf(own.member.held).length === 9)
  const before = leader.events.length
  const former = stateOf(leader)!.memberId
  leader.process.kill('SIGCONT')
  await until('the former leader to be back', () => {
    const state = stateOf(leader)
    return state?.isSettled && state.memberId !== former && state.memberId !== undefined
  })
  const after = leader.events.slice(before).filter(event => event.isSettled !== undefined)
  // Not for one moment did it take itself for a leader that can be relied on.
  expect(after[0]).toMatchObject({ isSettled: false })
  expect(after.filter(event => event.isSettled && event.memberId === former)).toEqual([])
  await until('each thing to be held once', () => {
    const both = [...heldBy(leader), ...itemsOf(own.member.held)].sort()
    return both.join() === all.join() && own.member.isSettled && stateOf(leader)?.isSettled
  })
})

test('one whose listener is stuck leaves, keeps what it holds, and is back when the listener is through', async () => {
  groups++
  const board = new Board()
  const stuck = member('stuck', { rebalanceTimeoutMs: 1500 })
  stuck.onHeld = work => board.runs('stuck', work)
  await stuck.start().rounded(1)
  const through = Promise.withResolvers<void>()
  stuck.afterJoined = async () => {
    stuck.afterJoined = async () => {}
    await through.promise
  }
  stuck.member.requestRejoin('the test wants it')
  await until('it to be stuck', () => stuck.member.current === null)
  const other = member('other').start()
  await until('the other to have everything', () => itemsOf(other.member.held).join() === all.join())
  expect(itemsOf(stuck.member.held)).toEqual(all)
  through.resolve()
  await until('each thing to be held once', () => {
    const both = [...itemsOf(stuck.member.held), ...itemsOf(other.member.held)].sort()
    return both.join() === all.join() && stuck.member.isSettled && other.member.isSettled
  })
  expect(stuck.lostBecause).toEqual([])
})

test('one that is cut off stops within its session, a heartbeat for looking around, and no more', async () => {
  groups++
  const own = member('own', { sessionTimeoutMs: 3000 }).start()
  await own.rounded(1)
  await until('a heartbeat', () => own.member.metrics.lastHeartbeatAt !== null)
  expect(own.member.isSettled).toBe(true)
  // Connections stay open, and nothing comes: as if a firewall had forgotten them.
  proxy.mute(true)
  await until('it to know that it may be alone', () => !own.member.isConfirmed)
  expect(own.member.held).not.toBeNull()
  await until('the work to be given up', () => own.lostBecause.length === 1)
  expect(own.lostBecause[0]).toStartWith('Broker coordinator was unreachable for 500ms.')
  expect(own.member.held).toBeNull()
  proxy.mute(false)
  proxy.cut()
  await until('the work to be back', () => itemsOf(own.member.held).join() === all.join())
  expect(own.member.isSettled).toBe(true)
})

test('a connection that breaks is made anew, with no round and nothing lost', async () => {
  groups++
  // How long it looks for its coordinator before it gives its work up.
  const own = member('own', { heartbeatIntervalMs: 5000, sessionTimeoutMs: 20_000 }).start()
  await own.rounded(1)
  await until('heartbeats', () => own.member.metrics.lastHeartbeatAt !== null)
  const { opened } = own.member.metrics.traffic
  const cutAt = Date.now()
  proxy.cut()
  await until('another connection', () => own.member.metrics.traffic.opened > opened)
  await until('a heartbeat over it', () => own.member.metrics.lastHeartbeatAt! > cutAt)
  expect(own.rounds).toHaveLength(1)
  expect(own.lostBecause).toEqual([])
  expect(own.member.isSettled).toBe(true)
})
