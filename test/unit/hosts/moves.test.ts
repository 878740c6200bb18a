import { expect, test } from 'bun:test'
import { Moves } from '../../../src/worker/hosts/moves.ts'

test('three times, then no more', () => {
  const moves = new Moves()
  expect([1, 2, 3, 4].map(() => moves.allow())).toEqual([true, true, true, false])
  expect(moves.exhausted('Task host x').message).toBe(
    'Task host x has ended, the 4th of its hosts within 10 minutes',
  )
})
