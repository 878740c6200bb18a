import { expect, test } from 'bun:test'
import type { Assignment, Work } from '../../../src/group/membership.ts'
import { heldAfter, noWork, once } from '../../../src/group/work.ts'

const task = (text: string) => ({ connector: text.slice(0, -1), task: Number(text.slice(-1)) })
const work = (connectors: string[], tasks: string[]): Work => ({ connectors, tasks: tasks.map(task) })

function given(assigned: Work, revoked = noWork()): Assignment {
  const frame = { error: 0, leader: 'me', leaderUrl: 'http://w/', configOffset: 5, delayMs: 0 } as const
  return { ...frame, assigned, revoked }
}

test('what is new comes before what is kept, and what is revoked is gone', () => {
  const held = work(['a', 'b'], ['a0', 'b0', 'b1'])
  const assignment = given(work(['c'], ['a1']), work(['b'], ['b0', 'b1']))
  expect(heldAfter(held, assignment, 'sessioned')).toEqual(work(['c', 'a'], ['a1', 'a0']))
})

test('the eager protocol gives everything anew', () => {
  const assignment = given(work(['b'], ['b0']))
  expect(heldAfter(work(['a'], ['a0']), assignment, 'eager')).toEqual(assignment.assigned)
})

test('what is given twice, or already held, is held once', () => {
  const twice = once(work(['a', 'a', 'b'], ['a0', 'a1', 'a0']))
  expect(twice).toEqual(work(['a', 'b'], ['a0', 'a1']))
  expect(heldAfter(work(['a'], ['a1']), given(twice), 'compatible')).toEqual(work(['b', 'a'], ['a0', 'a1']))
})
