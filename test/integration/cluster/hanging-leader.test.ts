/** A leader that hangs for longer than its session, and does not know that another one has taken its place. */
import { beforeAll, expect, test } from 'bun:test'
import { ground } from '../../servers/ground.ts'
import { until } from '../../servers/run.ts'
import type { WorkerGroup } from '../../servers/worker-group.ts'
import { NumberSources } from './numbers.ts'

const SOURCES = 4

const { group: newGroup } = ground()
let group: WorkerGroup
beforeAll(() => {
  group = newGroup('hanging', { 'bunnect.task.hosts': '0' })
})

test('SIGSTOP of the leader: another one decides, the old one decides nothing more, and all runs once', async () => {
  const names = ['a', 'b', 'c']
  for (const name of names) await group.start(name, 'bunnect')
  const sources = new NumberSources(group, SOURCES)
  await sources.make('a')
  await group.settled()
  await sources.flow()
  const old = (await group.leader())!
  const others = names.filter(name => name !== old)

  const from = Date.now()
  group.suspend(old)
  const fresh = await until('another leader', async () => {
    const leader = await group.leader()
    return leader !== null && leader !== old && leader
  })
  await group.settled()
  await sources.flow()

  // While it hangs: one made, one deleted, one changed. It has known none of that.
  const made = sources.config('made-meanwhile', { topic: sources.topic('other') })
  await group.body(others[0]!, 'POST', '/connectors', { name: 'made-meanwhile', config: made })
  await group.body(others[1]!, 'DELETE', '/connectors/numbers-a')
  const changed = sources.config('numbers-b', { throughput: '20' })
  await group.body(others[0]!, 'PUT', '/connectors/numbers-b/config', changed)
  await group.settled()
  const times = (entries: { key: string | null }[], key: string) =>
    entries.filter(entry => entry.key === key).length
  const before = await until('the tasks of both to have been written', async () => {
    const entries = await group.entries('configs')
    return (
      times(entries, 'commit-made-meanwhile') === 1 && times(entries, 'commit-numbers-b') === 2 && entries
    )
  })

  // These wait in its sockets, and are the first that it sees when it wakes up, before any timer of its own.
  const asked = Promise.all([
    group.ask(old, 'POST', '/connectors', { name: 'made-meanwhile', config: { ...made, throughput: '1' } }),
    group.ask(old, 'DELETE', '/connectors/numbers-a'),
    group.ask(old, 'GET', '/connectors/numbers-b/config'),
    group.ask(old, 'GET', '/connectors'),
    group.ask(old, 'PUT', '/connectors/numbers-c/config', sources.config('numbers-c', { throughput: '30' })),
  ])
  await Bun.sleep(500)
  group.resume(old)
  const [created, deleted, read, list, put] = await asked
  expect([created.status, deleted.status, read.status, put.status]).toEqual([409, 404, 200, 200])
  expect((created.body as { message: string }).message).toContain('already exists')
  expect(read.body).toEqual(changed)
  expect((list.body as string[]).toSorted()).toEqual([
    'made-meanwhile',
    'numbers-b',
    'numbers-c',
    'numbers-d',
  ])

  const since = async () => (await group.entries('configs')).slice(before.length)
  await until('the tasks of c to have been written', async () => times(await since(), 'commit-numbers-c') > 0)
  await group.settled()
  await sources.flow(['numbers-b', 'numbers-c', 'numbers-d'])
  // Nothing but what has been asked for, once.
  const written = await since()
  expect(written.map(({ key }) => key).filter(key => key !== 'session-key')).toEqual([
    'connector-numbers-c',
    'task-numbers-c-0',
    'commit-numbers-c',
  ])
  expect(JSON.parse(written[0]!.value!).properties.throughput).toBe('30')
  expect(await group.leader()).toBe(fresh)
  for (const name of names) {
    const answer = await group.body(name, 'GET', '/connectors/made-meanwhile/config')
    expect(answer).toEqual(made)
  }

  for (const name of ['numbers-b', 'numbers-c', 'numbers-d', 'made-meanwhile'])
    await group.body(fresh, 'PUT', `/connectors/${name}/stop`)
  await until('all to have stopped', async () => {
    const view = await group.view()
    return (
      view.state === 'Stable' && view.members.every(({ held }) => held.every(item => !item.endsWith('-0')))
    )
  })
  for (const name of names) await group.stop(name)
  const incident = { what: 'hanging', from, until: Date.now() }
  expect(await sources.faults([incident], 2500)).toEqual([])
  expect(await sources.wronglyCommitted(['numbers-b', 'numbers-c', 'numbers-d'])).toEqual([])
}, 180_000)
