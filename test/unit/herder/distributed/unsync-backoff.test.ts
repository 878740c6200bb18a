import { expect, test } from 'bun:test'
import { UnsyncBackoff } from '../../../../src/herder/distributed/unsync-backoff.ts'

const options = { unsyncBackoffMs: 77, maxDelayMs: 300_000 }

test('incremental: longer and longer; when others must have the work by now, it is given up', () => {
  const backoff = new UnsyncBackoff(options)
  const waits = Array.from({ length: 7 }, () => backoff.next(false))
  expect(waits.map(({ ms }) => ms)).toEqual([6000, 7500, 10_000, 15_000, 30_000, 6000, 7500])
  expect(waits.map(({ giveUp }) => giveUp)).toEqual([false, false, false, false, false, true, false])
  backoff.reset()
  expect(backoff.next(false)).toEqual({ ms: 6000, giveUp: false })
})

test('eager: always as configured', () => {
  const backoff = new UnsyncBackoff(options)
  for (let i = 0; i < 8; i++) expect(backoff.next(true)).toEqual({ ms: 77, giveUp: false })
})
