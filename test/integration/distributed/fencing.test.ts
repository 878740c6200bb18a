/** What happens around a round of fencing: who asks, who asks too, and what ends it early. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import { signatureHeaders } from '../../../src/herder/distributed/request-signature.ts'
import { HeldPort } from '../../servers/held-port.ts'
import { type Broker, startBroker } from '../../servers/kafka.ts'
import { freePort } from '../../servers/ports.ts'
import { type Member, Members } from './members.ts'
import { until } from './workers.ts'

const TIMEOUT = 90_000

let broker: Broker
let members: Members

beforeAll(async () => {
  // Less than the 90 s that a fencing producer asks for, as the JVM's does: the coordinator refuses every one.
  broker = await startBroker({ set: { 'transaction.max.timeout.ms': '60000' } })
}, 120_000)
afterAll(() => broker.stop())
beforeEach(() => {
  members = new Members(broker.bootstrap)
})
afterEach(() => members.close(), 60_000)

const COMPATIBLE = { 'connect.protocol': 'compatible' }

async function fence(at: Member, headers: Record<string, string> = {}) {
  const answer = await fetch(`${at.url}/connectors/c/fence`, { method: 'PUT', headers })
  const text = await answer.text()
  const hint = answer.headers.get('x-bunnect-hint')
  return { status: answer.status, message: text === '' ? null : JSON.parse(text).message, hint }
}

async function counts(): Promise<number[]> {
  const records = await members.cluster.records('configs')
  return records
    .filter(({ key }) => key === 'tasks-fencing-c')
    .map(({ value }) => JSON.parse(value ?? '{}')['task-count'])
}

/** With so many tasks, and configurations for them. */
async function configure(at: Member, tasks: number, more: Record<string, string> = {}): Promise<void> {
  await at.ask('PUT', '/connectors/c/config', members.config(tasks, more))
  await until('the tasks', async () => (await at.ask('GET', '/connectors/c/tasks')).body.length === tasks)
  await members.running({ c: tasks })
}

const done = { status: 204, message: null, hint: null }

test(
  'a coordinator that refuses is told to whoever asks and to the log; nothing is written',
  async () => {
    const leader = await members.start(COMPATIBLE)
    await configure(leader, 2)
    expect(await fence(leader)).toEqual(done)
    await configure(leader, 3)
    const { status, message, hint } = await fence(leader)
    expect([status, message]).toEqual([500, 'Failed to perform zombie fencing'])
    expect(hint).toContain('The 2 former tasks of connector c may still write')
    expect(hint).toContain('transaction.max.timeout.ms')
    expect(hint).toContain(`the transactional ids ${members.cluster.group}-c-0 to -1`)
    expect(members.cluster.logged.join('\n')).toContain('Failed to perform zombie fencing for connector c: ')
    expect(await counts()).toEqual([2])
  },
  TIMEOUT,
)

test(
  'a worker that stops waits for no coordinator',
  async () => {
    const leader = await members.start(COMPATIBLE)
    const held = new HeldPort(await freePort(), Number(broker.bootstrap.split(':')[1]))
    try {
      await configure(leader, 2)
      expect(await fence(leader)).toEqual(done)
      await configure(leader, 3, {
        'admin.override.bootstrap.servers': `127.0.0.1:${held.port}`,
        'admin.override.socket.connection.setup.timeout.ms': '600000',
      })
      const outcome = leader.herder.fenceZombies('c').then(
        () => 'fenced',
        error => error.message,
      )
      await until('the round to be under way', () => held.opened > 0)
      await members.stop(leader)
      expect(await outcome).toBe('Failed to perform zombie fencing')
      expect(held.opened).toBe(1)
    } finally {
      held.close()
    }
  },
  TIMEOUT,
)

test(
  'a follower passes the request on, and what is signed needs a signature',
  async () => {
    const leader = await members.start({ 'connect.protocol': 'sessioned' })
    await configure(leader, 2)
    expect((await fence(leader)).message).toBe('Internal request missing required signature')
    const key = await until('a session key', async () => {
      const records = await members.cluster.records('configs')
      return records.findLast(record => record.key === 'session-key')?.value ?? null
    })
    const signed = signatureHeaders('', 'HmacSHA256', Buffer.from(JSON.parse(key as string).key, 'base64'))
    expect(await fence(leader, signed)).toEqual(done)
    expect(await counts()).toEqual([2])
    // The group speaks what both know.
    const follower = await members.start(COMPATIBLE)
    await configure(leader, 1)
    await configure(leader, 2)
    expect((await fence(follower)).message).toBe('Failed to perform zombie fencing')
    expect(await counts()).toEqual([2])
  },
  TIMEOUT,
)
