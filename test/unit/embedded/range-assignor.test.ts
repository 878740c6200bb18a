import { expect, test } from 'bun:test'
import { assignRanges } from '../../../src/kafka/embedded/range-assignor.ts'

const COUNTS: Record<string, number> = { a: 7, b: 3, c: 1 }

/** Members with their topics → what each gets, as `topic:partitions`. */
function assigned(members: Record<string, string[]>): Record<string, string[]> {
  const list = Object.entries(members).map(([id, topics]) => ({ id, topics }))
  const result: Record<string, string[]> = {}
  for (const [id, partitions] of assignRanges(list, topic => COUNTS[topic]!)) {
    result[id] = partitions.map(p => `${p.topic}${p.partition}`)
  }
  return result
}

test("ranges are RangeAssignor's", () => {
  expect(assigned({})).toEqual({})
  expect(assigned({ m1: ['b'] })).toEqual({ m1: ['b0', 'b1', 'b2'] })
  expect(assigned({ m2: ['a'], m1: ['a'], m3: ['a'] })).toEqual({
    m1: ['a0', 'a1', 'a2'],
    m2: ['a3', 'a4'],
    m3: ['a5', 'a6'],
  })
  // Topic by topic: the first member is favoured each time.
  expect(assigned({ m1: ['b', 'c'], m2: ['b', 'c'] })).toEqual({ m1: ['b0', 'b1', 'c0'], m2: ['b2'] })
  // Only subscribers of a topic share it.
  expect(assigned({ m1: ['b'], m2: ['c', 'b'], m3: [] })).toEqual({
    m1: ['b0', 'b1'],
    m2: ['b2', 'c0'],
    m3: [],
  })
})
