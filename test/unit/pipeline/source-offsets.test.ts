import { describe, expect, test } from 'bun:test'
import { type OffsetMap, SourceRecord } from '../../../src/data/records.ts'
import { SentAsSeveral, SubmittedRecords } from '../../../src/pipeline/source-offsets.ts'

const record = (partition: OffsetMap | null, offset: OffsetMap | null) =>
  new SourceRecord(partition, offset, 't', null, null, null, null, null)

/** A tracker to which records `n` of partition `{p}` with offset `{n}` have been submitted, in order. */
function submitted(...partitions: string[]) {
  const tracker = new SubmittedRecords(false)
  for (const [n, p] of partitions.entries()) tracker.submit(record({ p }, { n }))
  return tracker
}

describe('the committable offset of a source partition', () => {
  const table: [
    name: string,
    partitions: string[],
    acks: [first: number, count: number][],
    expected: object,
  ][] = [
    ['nothing acknowledged', ['a', 'a'], [], {}],
    ['is the last of the acknowledged prefix', ['a', 'a', 'a'], [[0, 2]], { a: 1 }],
    ['waits for the first record', ['a', 'a', 'a'], [[1, 2]], {}],
    [
      'takes acknowledgements in any order',
      ['a', 'a', 'a'],
      [
        [2, 1],
        [0, 1],
        [1, 1],
      ],
      { a: 2 },
    ],
    ['an unacknowledged record holds back its own partition only', ['a', 'b', 'a', 'b'], [[1, 3]], { b: 3 }],
    ['each partition has its own', ['a', 'b', 'c', 'a'], [[0, 4]], { a: 3, b: 1, c: 2 }],
    [
      'an acknowledgement told twice counts once',
      ['a', 'a'],
      [
        [0, 1],
        [0, 1],
      ],
      { a: 0 },
    ],
    ['acknowledgements beyond what was submitted are ignored', ['a'], [[0, 9]], { a: 0 }],
  ]
  for (const [name, partitions, acks, expected] of table) {
    test(name, () => {
      const tracker = submitted(...partitions)
      for (const [first, count] of acks) tracker.ack(first, count)
      const found = tracker.committable().map(({ partition, offset }) => [partition!['p'], offset!['n']])
      expect(Object.fromEntries(found)).toEqual(expected)
      expect(tracker.committable()).toEqual([])
    })
  }

  test('equal partitions are one, whatever object, order of keys or integer type', () => {
    const tracker = new SubmittedRecords(false)
    tracker.submit(record({ a: 1, b: 'x' }, { n: 0 }))
    tracker.submit(record({ b: 'x', a: 1n }, { n: 1 }))
    tracker.submit(record({ a: '1', b: 'x' }, { n: 2 }))
    tracker.ack(1, 2)
    expect(tracker.committable()).toEqual([{ partition: { a: '1', b: 'x' }, offset: { n: 2 } }])
    tracker.ack(0, 1)
    expect(tracker.committable()).toEqual([{ partition: { a: 1, b: 'x' }, offset: { n: 1 } }])
  })

  test('null partitions and null offsets are committed too', () => {
    const tracker = new SubmittedRecords(false)
    tracker.submit(record(null, null))
    tracker.ack(0, 1)
    expect(tracker.committable()).toEqual([{ partition: null, offset: null }])
  })
})

test('settled moves over what is acknowledged without gaps', () => {
  const tracker = submitted('a', 'b', 'a', 'b')
  tracker.ack(1, 1)
  tracker.settle()
  expect(tracker.settled).toBe(0)
  tracker.ack(0, 1)
  tracker.settle()
  expect(tracker.settled).toBe(2)
})

test('records are kept for commitRecord until they are acknowledged', () => {
  const tracker = new SubmittedRecords(true)
  const one = record({ p: 'a' }, { n: 0 })
  tracker.submit(one)
  expect(tracker.waiting(0)).toBe(one)
  tracker.ack(0, 1)
  expect(tracker.waiting(0)).toBeNull()
  expect(tracker.waiting(1)).toBeNull()
})

test('a long random run agrees with the plain definition', () => {
  const tracker = new SubmittedRecords(false)
  const plain = new Map<string, { n: number; acked: boolean }[]>()
  const waiting: { sequence: number; entry: { n: number; acked: boolean } }[] = []
  const committed = new Map<string, number>()
  const expected = new Map<string, number>()
  let seed = 7
  const random = (n: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
    return Math.floor((seed / 2 ** 32) * n)
  }
  const partitions = Array.from({ length: 5 }, (_, i) => ({ p: String(i) }))
  for (let sequence = 0; sequence < 60_000; sequence++) {
    // Long stretches of one partition, at times many at once: grows the ring well beyond its first size.
    const partition = sequence % 20_000 < 15_000 ? partitions[random(5)]! : partitions[0]!
    tracker.submit(record(random(2) ? partition : { ...partition }, { n: sequence }))
    const entry = { n: sequence, acked: false }
    const queue = plain.get(partition.p) ?? []
    plain.set(partition.p, queue)
    queue.push(entry)
    waiting.push({ sequence, entry })
    if (random(3) === 0 || waiting.length > 12_000) {
      for (let k = random(10); k > 0 && waiting.length > 0; k--) {
        const [acked] = waiting.splice(random(Math.min(waiting.length, 40)), 1)
        acked!.entry.acked = true
        tracker.ack(acked!.sequence, 1)
      }
    }
    if (sequence % 1000 === 999) {
      for (const { partition: p, offset } of tracker.committable()) {
        committed.set(p!['p'] as string, offset!['n'] as number)
      }
      for (const [p, entries] of plain) {
        while (entries[0]?.acked) expected.set(p, entries.shift()!.n)
      }
      expect(committed).toEqual(expected)
    }
  }
  for (const { sequence } of waiting) tracker.ack(sequence, 1)
  tracker.settle()
  expect(tracker.settled).toBe(60_000)
})

describe('a record that was sent as several', () => {
  const table: [name: string, acks: [first: number, count: number][], expected: number | null][] = [
    ['counts when all are acknowledged', [[0, 4]], 2],
    ['not before', [[0, 3]], 0],
    [
      'whatever comes first',
      [
        [3, 1],
        [1, 1],
        [0, 1],
      ],
      0,
    ],
    [
      'the one behind it waits as well',
      [
        [0, 1],
        [2, 3],
      ],
      0,
    ],
  ]
  for (const [name, acks, expected] of table) {
    test(name, () => {
      const tracker = new SubmittedRecords(false)
      tracker.submit(record({ p: 1 }, { n: 0 }))
      tracker.submitSeveral(record({ p: 1 }, { n: 2 }), 3)
      if (name.includes('behind')) tracker.submit(record({ p: 1 }, { n: 3 }))
      for (const [first, count] of acks) tracker.ack(first, count)
      expect(tracker.committable()).toEqual([{ partition: { p: 1 }, offset: { n: expected } }])
    })
  }

  test('is told once, with the last of them, when the last outcome is there; refused if one is', () => {
    const tracker = new SubmittedRecords(true)
    const one = record(null, { n: 1 })
    tracker.submitSeveral(one, 3)
    expect(tracker.origin(0)).toEqual({ partition: null, offset: { n: 1 } })
    const sent = tracker.waiting(1) as SentAsSeveral
    expect(sent.record).toBe(one)
    const at = (offset: number) => ({ topic: 't', partition: 0, offset })
    expect(sent.outcome(2, at(7))).toBe(false)
    expect(sent.outcome(0, at(5))).toBe(false)
    expect(sent.outcome(1, at(6))).toBe(true)
    expect(sent.metadata).toEqual(at(7))
    const refused = new SentAsSeveral(one, 2, 1)
    expect(refused.outcome(1, at(1))).toBe(false)
    expect(refused.outcome(0, null)).toBe(true)
    expect(refused.metadata).toBeNull()
  })

  test('also when the ring of records grows under it', () => {
    const tracker = new SubmittedRecords(true)
    tracker.submitSeveral(record({ p: 1 }, { n: 1 }), 10_000)
    tracker.ack(0, 9_999)
    expect(tracker.committable()).toEqual([])
    tracker.ack(9_999, 1)
    expect(tracker.committable()).toEqual([{ partition: { p: 1 }, offset: { n: 1 } }])
  })
})
