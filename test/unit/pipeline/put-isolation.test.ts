import { expect, test } from 'bun:test'
import { RetriableException } from '../../../src/data/errors.ts'
import { SinkRecord } from '../../../src/data/records.ts'
import { isolate, MOST_REFUSALS, RefusalStreak } from '../../../src/pipeline/put-isolation.ts'

const records = (count: number) =>
  Array.from({ length: count }, (_, i) => new SinkRecord('t', 0, null, null, null, i, i))

/** Isolates those with these offsets; what was put, what was found, and in how many calls. */
async function found(count: number, bad: readonly number[], ended = () => false) {
  const put: number[] = []
  const single: number[] = []
  let puts = 0
  const unfinished = await isolate(records(count), new Error('all'), {
    put(slice) {
      puts++
      if (slice.some(({ kafkaOffset }) => bad.includes(kafkaOffset))) throw new Error('refused')
      put.push(...slice.map(({ kafkaOffset }) => kafkaOffset))
    },
    bad: ({ kafkaOffset }) => void single.push(kafkaOffset),
    ended,
  })
  return { put, single, puts, unfinished }
}

test('every good record is put once and in order, every bad one is found', async () => {
  for (const bad of [[0], [499], [250], [3, 4, 300], Array.from({ length: 500 }, (_, i) => i)]) {
    const { put, single, unfinished } = await found(500, bad)
    expect(single).toEqual(bad)
    expect(put).toEqual(
      records(500)
        .map((_, i) => i)
        .filter(i => !bad.includes(i)),
    )
    expect(unfinished).toBeNull()
  }
})

test('one bad record of 512 costs 18 puts', async () => {
  expect((await found(512, [77])).puts).toBe(18)
})

test('a single record is bad at once', async () => {
  expect(await found(1, [0])).toMatchObject({ single: [0], puts: 0 })
})

test('what is left when the task ends or a RetriableException comes', async () => {
  let turns = 3
  const ended = await found(8, [0], () => turns-- === 0)
  expect(ended.unfinished!.left.length + ended.put.length + ended.single.length).toBe(8)
  const error = new RetriableException('later')
  const unfinished = await isolate(records(4), new Error('all'), {
    put(slice) {
      if (slice.some(({ kafkaOffset }) => kafkaOffset === 0)) throw new Error('refused')
      throw error
    },
    bad: () => {},
    ended: () => false,
  })
  expect(unfinished).toMatchObject({ error })
  expect(unfinished!.left.map(({ kafkaOffset }) => kafkaOffset)).toEqual([1, 2, 3])
})

test('refusals in a row are counted by class until put takes something', () => {
  const streak = new RefusalStreak()
  const error = new Error('connection refused')
  const most = (refusal: unknown) => {
    for (let k = 1; k < MOST_REFUSALS; k++) streak.refused(refusal)
  }
  most(error)
  streak.end()
  most(error)
  most(new TypeError('another'))
  most(error)
  expect(() => streak.refused(error)).toThrow(`put refused ${MOST_REFUSALS} records in a row with Error`)
})
