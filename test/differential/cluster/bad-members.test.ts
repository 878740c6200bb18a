/** Members of a group that are no workers: they are given nothing, are told of once, and disturb nobody. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { decodeAssignment, encodeMetadata } from '../../../src/group/protocol.ts'
import { ground } from '../../servers/ground.ts'
import { offered, RawMember } from '../../servers/raw-member.ts'
import { until } from '../../servers/run.ts'
import type { Side } from '../../servers/worker.ts'
import type { WorkerGroup } from '../../servers/worker-group.ts'
import { startWithSinks } from './idle-sink.ts'

const { group: newGroup } = ground()
const names = ['x1', 'x2', 'x3']
const noWork = { connectors: [], tasks: [] }

/** Metadata in the frame of Connect's, cut and bent. */
const proper = encodeMetadata(2, {
  url: 'http://127.0.0.1:1/',
  configOffset: 3,
  allocation: null,
  unable: [],
})
const garbage: [what: string, bytes: Buffer][] = [
  ['nothing', Buffer.alloc(0)],
  ['text', Buffer.from('{"version":2}')],
  ['half of it', proper.subarray(0, proper.length >> 1)],
  ['a negative version', Buffer.from('ffff0000', 'hex')],
  ['an allocation of two billion entries', Buffer.concat([proper.subarray(0, -4), allocationOf(0x7fffffff)])],
]

function allocationOf(entries: number): Buffer {
  const inner = Buffer.alloc(2 + 2 + 2 + 2 + 8 + 4)
  inner.writeInt16BE(2)
  inner.writeInt32BE(entries, 16)
  const length = Buffer.alloc(4)
  length.writeInt32BE(inner.length)
  return Buffer.concat([length, inner])
}

describe.each([
  ['of ours alone', 'bunnect'],
  ['beside the JVM', 'jvm'],
] as [string, Side][])('in a group %s', (_, side) => {
  let group: WorkerGroup

  beforeAll(async () => {
    group = newGroup(`members-${side}`)
    await startWithSinks(group, side, names)
    await group.settled()
    expect(await group.leader()).toBe('b')
  }, 300_000)
  afterAll(() => group.close())

  const runTwice = () => group.takenOverUntold()

  test.each(garbage)(
    'metadata that is %s',
    async (_what, bytes) => {
      const connection = await group.stranger()
      const member = new RawMember(connection, group.name, offered(bytes))
      try {
        const { joined, assignment } = await member.round()
        expect(joined.leader).not.toBe(member.memberId)
        expect(decodeAssignment(assignment)).toMatchObject({ error: 0, assigned: noWork, revoked: noWork })
        await member.round()
        await stayingIn(member, group.settled(90_000, { strangers: 1 }))
        const complaints = (await group.worker('b').log())
          .split('\n')
          .filter(line => line.includes(member.memberId) && /WARN|ERROR/.test(line))
        expect(complaints).toHaveLength(1)
      } finally {
        await member.leave()
        connection.close()
      }
      await group.settled()
      expect(await runTwice()).toEqual([])
    },
    300_000,
  )

  test('of another protocol type: it is refused, and nobody else has a round', async () => {
    const rounds = async () => (await group.worker('b').log()).match(/Successfully joined group/g)?.length
    let before = await rounds()
    // The log tells of a round after the group does.
    await until('the log to stand still', async () => {
      await Bun.sleep(500)
      const now = await rounds()
      const isStill = now === before
      before = now
      return isStill
    })
    const connection = await group.stranger()
    const member = new RawMember(connection, group.name, offered(proper), 'consumer')
    const refused = await member.round().catch(error => error)
    expect(refused.code).toBe('INCONSISTENT_GROUP_PROTOCOL')
    connection.close()
    await group.settled()
    expect(await rounds()).toBe(before)
  }, 300_000)

  test('that holds what others hold: each copy is taken away, and it runs once in the end', async () => {
    const connection = await group.stranger()
    // Where another round came in between, whoever held them has put them down in the first: that tells nothing.
    for (let isLater = true; isLater; ) {
      const held = await group.settled()
      const [worker] = Object.keys(held)
      const connectors = held[worker!]!.filter(item => names.includes(item))
      const allocation = {
        error: 0 as const,
        leader: 'l',
        leaderUrl: 'http://127.0.0.1:1/',
        configOffset: 1,
        assigned: { connectors, tasks: [] },
        revoked: noWork,
        delayMs: 0,
      }
      const url = 'http://127.0.0.1:1/'
      const metadata = encodeMetadata(2, { url, configOffset: 1, allocation, unable: [] })
      const member = new RawMember(connection, group.name, offered(metadata))
      const given = await member.round()
      const { revoked } = decodeAssignment(given.assignment)
      isLater = given.isLater
      if (!isLater) expect(revoked.connectors.toSorted()).toEqual(connectors.toSorted())
      await member.leave()
    }
    connection.close()
    await group.settled()
    expect(await runTwice()).toEqual([])
  }, 300_000)

  test('that knows the eager protocol alone: all go by it, and back when it has left', async () => {
    const connection = await group.stranger()
    const url = 'http://127.0.0.1:1/'
    const metadata = encodeMetadata(0, { url, configOffset: 0, allocation: null, unable: [] })
    const member = new RawMember(connection, group.name, [{ name: 'default', metadata }])
    // In the first round the others still stop what they run: nothing is given, and all come again.
    const given = []
    for (let error = 1; error !== 0; ) {
      const { joined, assignment } = await member.round()
      expect(joined.protocolName).toBe('default')
      const decoded = decodeAssignment(assignment)
      error = decoded.error
      given.push([decoded.assigned.connectors.length, decoded.assigned.tasks.length])
    }
    expect(given.pop()).toEqual([1, 2])
    expect(given.flat().every(count => count === 0)).toBe(true)
    await member.leave()
    connection.close()
    // When a group falls back to the eager protocol, JVM workers go on with what the new round gives to others, also
    // among themselves, and tell nothing of it when they are given it again. Ours do not.
    await group.settled(90_000, { untold: side === 'jvm' ? ['a'] : [] })
    expect((await group.view()).protocol).toBe('sessioned')
    expect((await runTwice()).filter(text => text.includes(': b,'))).toEqual([])
    if (side === 'bunnect') expect(await runTwice()).toEqual([])
  }, 300_000)
})

/** Sends heartbeats, and joins every round that comes, until something is done. */
async function stayingIn<T>(member: RawMember, doing: Promise<T>): Promise<T> {
  let isDone = false
  const staying = (async () => {
    while (!isDone) {
      if (!(await member.beat())) await member.round()
      await Bun.sleep(200)
    }
  })()
  try {
    return await doing
  } finally {
    isDone = true
    await staying
  }
}
