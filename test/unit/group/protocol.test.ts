import { describe, expect, test } from 'bun:test'
import type { Assignment } from '../../../src/group/membership.ts'
import {
  decodeAssignment,
  decodeMetadata,
  encodeAssignment,
  encodeMetadata,
} from '../../../src/group/protocol.ts'

const assignment: Assignment = {
  error: 0,
  leader: 'me',
  leaderUrl: 'http://w/',
  configOffset: 1,
  assigned: { connectors: ['a'], tasks: [{ connector: 'a', task: 0 }] },
  revoked: { connectors: [], tasks: [] },
  delayMs: 3,
}

test('bytes that are cut off, empty or of a negative version say so', () => {
  const whole = encodeAssignment(2, assignment)
  expect(decodeAssignment(whole).delayMs).toBe(3)
  expect(() => decodeAssignment(whole.subarray(0, 12))).toThrow('bytes were to follow')
  expect(() => decodeAssignment(Buffer.alloc(0))).toThrow('The assignment of a member of the group is empty')
  expect(() => decodeMetadata(Buffer.from('ffff', 'hex'))).toThrow('has the version -1')
  // A count that cannot be does not reserve memory.
  const bombed = Buffer.concat([whole.subarray(0, 27), Buffer.from('7fffffff', 'hex')])
  expect(() => decodeAssignment(bombed)).toThrow('cannot be in')
})

test('task numbers that cannot be, and more work than any group has, are refused', () => {
  const negative = { ...assignment, assigned: { connectors: [], tasks: [{ connector: 'a', task: -2 }] } }
  expect(() => decodeAssignment(encodeAssignment(2, negative))).toThrow('has a task a--2')
  const tasks = Array.from({ length: 1_000_001 }, () => ({ connector: 'a', task: 0 }))
  const huge = encodeAssignment(2, { ...assignment, assigned: { connectors: [], tasks } })
  expect(() => decodeAssignment(huge)).toThrow('more than 1000000 connectors and tasks')
})

describe('what a member cannot run', () => {
  const metadata = { url: 'http://w/', configOffset: 7, allocation: assignment }
  const unable = ['jdbc', 'größe']
  for (const version of [0, 1, 2] as const) {
    test(`stands behind the metadata of version ${version}, and is read again`, () => {
      const plain = encodeMetadata(version, metadata)
      const more = encodeMetadata(version, { ...metadata, unable })
      expect(more.subarray(0, plain.length).equals(plain)).toBe(true)
      const allocation = version === 0 ? null : assignment
      expect(decodeMetadata(more)).toEqual({ ...metadata, allocation, unable })
      expect(decodeMetadata(plain)).toEqual({ ...metadata, allocation })
      expect(encodeMetadata(version, { ...metadata, unable: [] }).equals(plain)).toBe(true)
    })
  }

  test('of somebody else, of another version or cut off is nothing', () => {
    const plain = encodeMetadata(2, metadata)
    const trailers = [
      'anything',
      'bunn',
      'bunn\0\0\0\0\0\0',
      'bunn\0\x01\0\0\0\x01\0\x04jd',
      'bunn\0\x01\x7f\xff\xff\xff',
    ]
    for (const trailer of trailers) {
      const bytes = Buffer.concat([plain, Buffer.from(trailer, 'latin1')])
      expect(decodeMetadata(bytes)).toEqual(metadata)
    }
  })
})
