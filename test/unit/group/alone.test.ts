import { describe, expect, test } from 'bun:test'
import { assignAlone, type Configured, NotAloneError } from '../../../src/group/alone.ts'
import type { MemberState, Work } from '../../../src/group/membership.ts'
import { decodeAssignment, decodeMetadata, encodeAssignment } from '../../../src/group/protocol.ts'
import { heldAfter } from '../../../src/group/work.ts'
import vectors from '../../conform/vectors/test-vectors.json'

function configuredOf(tasks: Readonly<Record<string, number>>, offset: number): Configured {
  return {
    offset,
    connectors: () => Object.keys(tasks),
    tasks: connector => Array.from({ length: tasks[connector] ?? 0 }, (_, task) => ({ connector, task })),
  }
}

function sorted(work: Work) {
  return {
    connectors: work.connectors.toSorted(),
    tasks: work.tasks.map(t => `${t.connector}-${t.task}`).toSorted(),
  }
}

const steps = vectors.incrementalAssignor.flatMap(({ name, steps }) =>
  (steps as unknown as Step[]).map((step, i) => ({ name: `${name}, step ${i}: ${step.note}`, step })),
)

interface Step {
  note: string
  leader: string
  configOffset: number
  configured: Record<string, number>
  memberMetadataHex: Record<string, string>
  assignmentsHex: Record<string, string>
  leaderDelayAfter: number
}

describe('one member gets what the assignor of the JVM gives it', () => {
  // Lost work, which a leader keeps back for others, is not there when nobody but the leader has ever been.
  const alone = steps.filter(
    ({ step }) => Object.keys(step.memberMetadataHex).length === 1 && step.leaderDelayAfter === 0,
  )
  test('there are such vectors', () => expect(alone.length).toBeGreaterThanOrEqual(5))
  for (const { name, step } of alone) {
    test(name, () => {
      const metadata = decodeMetadata(Buffer.from(step.memberMetadataHex[step.leader]!, 'hex'))
      const state: MemberState = {
        url: metadata.url,
        configOffset: Number(metadata.configOffset),
        held: metadata.allocation?.assigned ?? null,
        unable: [],
      }
      const given = assignAlone(
        new Map([[step.leader, state]]),
        configuredOf(step.configured, step.configOffset),
        { memberId: step.leader, protocol: 'sessioned' },
      ).get(step.leader)!
      const wanted = decodeAssignment(Buffer.from(step.assignmentsHex[step.leader]!, 'hex'))
      expect({ ...given, assigned: sorted(given.assigned), revoked: sorted(given.revoked) }).toEqual({
        ...wanted,
        assigned: sorted(wanted.assigned),
        revoked: sorted(wanted.revoked),
      })
    })
  }
})

test('what is configured no longer is revoked, what is new is given', () => {
  const held = {
    connectors: ['a', 'b'],
    tasks: ['a', 'b', 'b'].map((connector, i) => ({ connector, task: i })),
  }
  const given = assignAlone(
    new Map([['me', { url: 'http://w/', configOffset: 5, held, unable: [] }]]),
    configuredOf({ a: 2, c: 0 }, 5),
    { memberId: 'me', protocol: 'sessioned' },
  ).get('me')!
  expect(given.assigned).toEqual({ connectors: ['c'], tasks: [{ connector: 'a', task: 1 }] })
  expect(given.revoked).toEqual({
    connectors: ['b'],
    tasks: [
      { connector: 'b', task: 1 },
      { connector: 'b', task: 2 },
    ],
  })
  expect(heldAfter(held, given, 'sessioned')).toEqual({
    connectors: ['c', 'a'],
    tasks: [
      { connector: 'a', task: 1 },
      { connector: 'a', task: 0 },
    ],
  })
})

test('the eager protocol gives everything anew', () => {
  const held = { connectors: ['a'], tasks: [] }
  const given = assignAlone(
    new Map([['me', { url: 'http://w/', configOffset: 5, held, unable: [] }]]),
    configuredOf({ b: 1, a: 1 }, 7),
    { memberId: 'me', protocol: 'eager' },
  ).get('me')!
  expect(given).toMatchObject({ error: 0, configOffset: 7, revoked: { connectors: [], tasks: [] } })
  expect(given.assigned.connectors).toEqual(['a', 'b'])
  expect(heldAfter(held, given, 'eager')).toEqual(given.assigned)
})

test('a snapshot that is behind its own member is a mismatch, with nothing given', () => {
  const given = assignAlone(
    new Map([['me', { url: 'http://w/', configOffset: 9, held: null, unable: [] }]]),
    configuredOf({ a: 1 }, 7),
    { memberId: 'me', protocol: 'sessioned' },
  ).get('me')!
  expect(given).toMatchObject({ error: 1, configOffset: 9, assigned: { connectors: [], tasks: [] } })
})

test('others in the group are named', () => {
  const state = (url: string) => ({ url, configOffset: 5, held: null, unable: [] })
  const members = new Map([
    ['me', state('http://me/')],
    ['b', state('http://b:8083/')],
    ['c', state('http://c:8083/')],
  ])
  const assign = () => assignAlone(members, configuredOf({}, 5), { memberId: 'me', protocol: 'sessioned' })
  expect(assign).toThrow(NotAloneError)
  expect(assign).toThrow('The group has other workers: http://b:8083/, http://c:8083/')
})

test('bytes that are cut off, empty or of a negative version say so', () => {
  const whole = encodeAssignment(2, {
    error: 0,
    leader: 'me',
    leaderUrl: 'http://w/',
    configOffset: 1,
    assigned: { connectors: ['a'], tasks: [{ connector: 'a', task: 0 }] },
    revoked: { connectors: [], tasks: [] },
    delayMs: 3,
  })
  expect(decodeAssignment(whole).delayMs).toBe(3)
  expect(() => decodeAssignment(whole.subarray(0, 12))).toThrow('bytes were to follow')
  expect(() => decodeAssignment(Buffer.alloc(0))).toThrow('The assignment of a member of the group is empty')
  expect(() => decodeMetadata(Buffer.from('ffff', 'hex'))).toThrow('has the version -1')
  // A count that cannot be does not reserve memory.
  const bombed = Buffer.concat([whole.subarray(0, 27), Buffer.from('7fffffff', 'hex')])
  expect(() => decodeAssignment(bombed)).toThrow('cannot be in')
})
