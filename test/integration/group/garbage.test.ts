/** Members that say what cannot be read, as followers and as leaders. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { decodeAssignment, encodeAssignment, encodeMetadata } from '../../../src/group/protocol.ts'
import { redirect } from '../../../src/observe/log.ts'
import { sharedBroker } from '../../servers/kafka.ts'
import { offered, RawMember } from '../../servers/raw-member.ts'
import { until } from '../../servers/run.ts'
import { GroupWorker, optionsFor, stranger } from './group-worker.ts'

let broker: Awaited<ReturnType<typeof sharedBroker>>
let own: GroupWorker
let raw: RawMember
let lines: string[] = []
let groups = 0
/** performance.now() of the last error. */
let refusedAt = 0
const restore = redirect(line => {
  lines.push(line)
  if (line.includes('ERROR')) refusedAt = performance.now()
})

beforeAll(async () => {
  broker = await sharedBroker()
})
afterEach(async () => {
  await own.member.close()
  raw.connection.close()
  expect(own.overlaps).toEqual([])
  expect(own.failure).toBeNull()
  lines = []
})
afterAll(async () => {
  restore()
  await broker?.stop()
})

/** A worker, not started yet, and a member that says this of itself. */
async function make(metadata: Uint8Array): Promise<void> {
  const group = `garbage-${process.pid}-${++groups}`
  own = new GroupWorker(
    optionsFor(broker.bootstrap, group, { sessionTimeoutMs: 6000, heartbeatIntervalMs: 300 }),
  )
  own.tasks = { a: 2 }
  raw = new RawMember(await stranger(broker.bootstrap, 'raw'), group, offered(metadata))
}

const errors = () => lines.filter(line => line.includes('ERROR'))
const all = ['a-0', 'a-1'].map(name => ({ connector: 'a', task: Number(name.at(-1)) }))
const whole = encodeMetadata(2, { url: 'http://raw:8083/', configOffset: 5, allocation: null })
const metadata: [name: string, bytes: Uint8Array, reason: string][] = [
  ['nothing', new Uint8Array(), 'is empty'],
  ['a text', Buffer.from('I am no worker'), 'bytes were to follow'],
  ['a cut URL', whole.subarray(0, 9), 'bytes were to follow'],
  [
    'an offset beyond all topics',
    encodeMetadata(2, { url: 'http://raw/', configOffset: 2n ** 62n, allocation: null }),
    'offset 4611686018427387904',
  ],
  [
    'an allocation that is none',
    Buffer.concat([whole.subarray(0, -4), Buffer.from('0000000200ff', 'hex')]),
    'bytes were to follow',
  ],
  [
    'a list as long as the memory',
    Buffer.concat([
      whole.subarray(0, -4),
      Buffer.from('000000180002000000000000ffffffffffffffff7fffffff7fffffff', 'hex'),
    ]),
    'cannot be in',
  ],
]

describe('metadata', () => {
  for (const [name, bytes, reason] of metadata) {
    test(`that is ${name} gets an empty assignment, and one line in the log`, async () => {
      await make(bytes)
      await own.start().rounded(1)
      await raw.join()
      const given = decodeAssignment(await raw.sync())
      expect(given).toMatchObject({
        error: 0,
        leader: own.member.current!.memberId,
        leaderUrl: own.url,
        assigned: { connectors: [], tasks: [] },
        revoked: { connectors: [], tasks: [] },
      })
      await own.rounded(2)
      expect(own.member.held).toEqual({ connectors: ['a'], tasks: all })
      own.member.requestRejoin('once more')
      await until('the next round', async () => !(await raw.beat()))
      await raw.join()
      await raw.sync()
      await own.rounded(3)
      expect(errors()).toHaveLength(1)
      expect(errors()[0]).toContain(
        `The metadata of the member ${raw.memberId} of the group cannot be read: `,
      )
      expect(errors()[0]).toContain(reason)
      expect(errors()[0]).toContain('give it another group.id')
    })
  }
})

const frame = { error: 0, leader: 'raw', leaderUrl: 'http://raw:8083/', configOffset: 5, delayMs: 0 } as const
const nothing = { connectors: [], tasks: [] }
const good = encodeAssignment(2, { ...frame, assigned: { connectors: ['a'], tasks: all }, revoked: nothing })
const assignments: [name: string, bytes: Uint8Array, reason: string][] = [
  ['nothing', new Uint8Array(), 'is empty'],
  ['a text', Buffer.from('run everything'), 'bytes were to follow'],
  ['cut', good.subarray(0, -9), 'bytes were to follow'],
  [
    'of a task below -1',
    encodeAssignment(2, {
      ...frame,
      assigned: { connectors: [], tasks: [{ connector: 'a', task: -7 }] },
      revoked: nothing,
    }),
    'a task a--7',
  ],
]

describe('an assignment', () => {
  for (const [name, bytes, reason] of assignments) {
    test(`that is ${name} changes nothing, and is asked for again after a while`, async () => {
      await make(whole)
      await raw.join()
      expect(raw.isLeader).toBe(true)
      await raw.sync(good)
      own.start()
      await until('the worker to join', async () => !(await raw.beat()))
      await raw.join()
      await raw.sync(good)
      await own.rounded(1)
      own.member.requestRejoin('the test wants it')
      await until('the worker to join', async () => !(await raw.beat()))
      await raw.join()
      await raw.sync(bytes)
      await until('the error to be logged', () => errors().length > 0)
      expect(errors()[0]).toContain(
        `The leader ${raw.memberId} of the group has sent an assignment that cannot be read: `,
      )
      expect(errors()[0]).toContain(reason)
      expect(own.member.held).toEqual({ connectors: ['a'], tasks: all })
      expect(own.member.current).toBeNull()
      expect(own.member.isSettled).toBe(false)
      // By itself, and no round for the group before a second has passed.
      await until('the worker to join', async () => !(await raw.beat()))
      expect(performance.now() - refusedAt).toBeGreaterThan(500)
      await raw.join()
      await raw.sync(encodeAssignment(2, { ...frame, assigned: nothing, revoked: nothing }))
      await own.rounded(2)
      expect(own.member.held).toEqual({ connectors: ['a'], tasks: all })
      expect(own.lostBecause).toEqual([])
      expect(errors()).toHaveLength(1)
    })
  }

  test('that gives something twice gives it once', async () => {
    await make(whole)
    await raw.join()
    await raw.sync(good)
    own.start()
    await until('the worker to join', async () => !(await raw.beat()))
    await raw.join()
    const work = { connectors: ['a'], tasks: [...all, ...all] }
    await raw.sync(encodeAssignment(2, { ...frame, assigned: work, revoked: nothing }))
    const { assignment } = await own.rounded(1)
    expect(assignment.assigned).toEqual({ connectors: ['a'], tasks: all })
    expect(own.member.held).toEqual({ connectors: ['a'], tasks: all })
  })
})
