/** `PUT /connectors/{c}/fence` on a leader: what exactly-once tasks of other workers ask for before they run. */
import { beforeAll, expect, test } from 'bun:test'
import { bothSides } from '../servers/cluster.ts'
import { ground } from '../servers/ground.ts'
import { type FencingSeen, fencingOf } from './fencing-steps.ts'

const DEADLINE = 300_000

const place = ground()
let jvm: FencingSeen
let ours: FencingSeen

beforeAll(async () => {
  const { broker, probe } = place
  ;[jvm, ours] = await bothSides(
    fencingOf('jvm', broker.bootstrap, probe),
    fencingOf('bunnect', broker.bootstrap, probe),
  )
}, DEADLINE)

test('producers of former tasks can commit no more, those of other tasks and a task that follows itself can', () => {
  expect(ours.commits).toEqual({
    'first-0': 'committed',
    '2 to 3-0': 'fenced',
    '2 to 3-1': 'fenced',
    '2 to 3-2': 'committed',
    '1 to 1-0': 'committed',
  })
  expect(ours.commits).toEqual(jvm.commits)
})

test('a record tells how many tasks may run, once for each set of tasks', () => {
  expect(ours.counts['first again']).toEqual([2])
  expect(ours.counts['2 to 3 again']).toEqual([2, 3])
  expect(ours.counts).toEqual(jvm.counts)
})

test('answers', () => {
  expect(ours.answers).toEqual(jvm.answers)
})
