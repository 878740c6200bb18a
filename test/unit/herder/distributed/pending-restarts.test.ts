import { expect, test } from 'bun:test'
import type { RestartRequest } from '../../../../src/herder/distributed/config-events.ts'
import { PendingRestarts } from '../../../../src/herder/distributed/pending-restarts.ts'

const of = (connector: string, flags: string): RestartRequest => ({
  connector,
  onlyFailed: flags.includes('failed'),
  includeTasks: flags.includes('tasks'),
})

/** From the one that restarts least to the one that restarts most. Java: RestartRequest.impactRank */
const ranks = ['failed', 'failed tasks', '', 'tasks']
for (const [i, first] of ranks.entries())
  for (const [j, second] of ranks.entries())
    test(`'${first}' waits and '${second}' comes: ${j > i ? 'the second' : 'the first'} is done`, () => {
      const pending = new PendingRestarts()
      expect(pending.offer(of('c', first))).toBe(true)
      expect(pending.offer(of('c', second))).toBe(false)
      expect(pending.take('c')).toEqual(of('c', j > i ? second : first))
      expect(pending.take('c')).toBeNull()
    })

test('connectors wait by themselves, and one that was taken may be asked for again', () => {
  const pending = new PendingRestarts()
  pending.offer(of('a', 'tasks'))
  expect(pending.offer(of('b', 'failed'))).toBe(true)
  expect(pending.take('a')).toEqual(of('a', 'tasks'))
  expect(pending.offer(of('a', 'failed'))).toBe(true)
  expect(pending.take('b')).toEqual(of('b', 'failed'))
})
