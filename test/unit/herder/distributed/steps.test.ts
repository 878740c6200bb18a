import { expect, test } from 'bun:test'
import { NOTHING, type Share, stepsBetween } from '../../../../src/herder/distributed/steps.ts'

const share = (connector: number | null, tasks: Record<number, number> = {}): Share => ({
  connector,
  tasks: new Map(Object.entries(tasks).map(([task, revision]) => [Number(task), revision])),
})

for (const [what, running, wanted, steps] of [
  ['nothing and nothing', NOTHING, NOTHING, null],
  ['all as it is to be', share(1, { 0: 2, 1: 2 }), share(1, { 0: 2, 1: 2 }), null],
  ['something new', NOTHING, share(0, { 0: 0 }), 'start connector, start 0'],
  ['something gone', share(0, { 0: 0, 1: 0 }), NOTHING, 'stop connector, stop 0, stop 1'],
  [
    'a changed connector leaves its tasks alone',
    share(0, { 0: 0 }),
    share(1, { 0: 0 }),
    'stop connector, start connector',
  ],
  ['changed tasks leave their connector alone', share(0, { 0: 0 }), share(0, { 0: 1 }), 'stop 0, start 0'],
  ['fewer tasks', share(0, { 0: 1, 1: 1 }), share(0, { 0: 1 }), 'stop 1'],
  ['tasks that wait for a round', share(0, { 0: 0, 1: 0 }), share(0), 'stop 0, stop 1'],
  ['a connector that others run now', share(0, { 0: 0 }), share(null, { 0: 0 }), 'stop connector'],
  ['a task that came to a connector elsewhere', NOTHING, share(null, { 3: 7 }), 'start 3'],
] as [string, Share, Share, string | null][]) {
  test(`${what}: ${steps}`, () => {
    const found = stepsBetween(running, wanted)
    const text =
      found &&
      [
        ...(found.stopConnector ? ['stop connector'] : []),
        ...found.stopTasks.map(task => `stop ${task}`),
        ...(found.startConnector ? ['start connector'] : []),
        ...found.startTasks.map(task => `start ${task}`),
      ].join(', ')
    expect(text).toBe(steps)
  })
}
