/** Two workers that say of themselves that they are at the same place, as where a proxy's address is advertised. */
import { beforeAll, expect, test } from 'bun:test'
import { ground } from '../../servers/ground.ts'
import { until } from '../../servers/run.ts'
import type { WorkerGroup } from '../../servers/worker-group.ts'
import { NumberSources } from './numbers.ts'

const SOURCES = 4

const { group: newGroup } = ground()
let group: WorkerGroup
beforeAll(() => {
  group = newGroup('equal', {
    'bunnect.task.hosts': '0',
    'rest.advertised.host.name': '127.0.0.1',
    'rest.advertised.port': '9',
  })
})

/** What each member holds, once everything of that many sources is held by that many members. */
function held(members: number, sources: number): Promise<string[][]> {
  return until(`${members} members to hold all`, async () => {
    const view = await group.view()
    const all = view.members.map(one => one.held)
    const right = view.state === 'Stable' && !view.members.some(({ isUnfinished }) => isUnfinished)
    return right && all.length === members && all.flat().length === 2 * sources && all
  })
}

test('equal advertised URLs: the work is spread all the same, the leader says what is wrong, one goes on for both', async () => {
  const first = await group.start('a', 'bunnect')
  const sources = new NumberSources(group, SOURCES)
  await sources.make('a')
  await group.start('b', 'bunnect')
  const all = await held(2, SOURCES)
  expect(all.flat().toSorted()).toEqual(sources.names.flatMap(name => [name, `${name}-0`]).toSorted())
  expect(all.map(items => items.length)).toEqual([SOURCES, SOURCES])
  await sources.flow()
  const warnings = (await first.log())
    .split('\n')
    .filter(line => / WARN .*http:\/\/127\.0\.0\.1:9\//.test(line))
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toContain('rest.advertised')
  for (const { memberId } of (await group.view()).members) expect(warnings[0]).toContain(memberId)

  const from = Date.now()
  await group.kill('a')
  await held(1, SOURCES)
  await sources.flow()
  expect(await sources.faults([{ what: 'kill', from, until: Date.now() }], 2500)).toEqual([])
}, 120_000)
