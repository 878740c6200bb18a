/** Requests that meet a worker which is about to leave, or a connector that is about to end. */
import { expect, test } from 'bun:test'
import { eachWithMembers } from './each-test.ts'
import { type Members, patient, roles } from './members.ts'
import { until } from './workers.ts'

let members: Members
eachWithMembers(fresh => {
  members = fresh
})

test('what is to be restarted on a worker that hands its work over is restarted where it has gone', async () => {
  const { marks } = members
  const slow = patient({ 'scheduled.rebalance.max.delay.ms': '600000' })
  const [a, b] = await Promise.all([members.start(slow), members.start(slow)])
  await a.ask('PUT', '/connectors/w/config', members.config(6))
  await members.running({ w: 6 })
  const tasks = await until('it to have tasks', async () => {
    const places = await members.places(a, ['w'])
    const tasks = [0, 1, 2, 3, 4, 5].filter(task => places.get(`w-${task}`) === b.id)
    return tasks.length > 0 ? tasks : null
  })
  marks.stopMs = 500
  const gone = b.herder.decommission()
  await until('its tasks to end', () => marks.running.size < 7)
  const restarted = await Promise.all([
    b.ask('POST', `/connectors/w/tasks/${tasks![0]}/restart`),
    a.ask('POST', `/connectors/w/tasks/${tasks![0]}/restart`),
  ])
  marks.stopMs = 0
  expect(restarted.map(({ status }) => status)).toEqual([204, 204])
  expect((await gone).delay).toBeNull()
  await members.running({ w: 6 })
}, 120_000)

test('a restart that its connector does not live to see holds up none of a later connector of its name', async () => {
  const { marks } = members
  const a = await members.start()
  await a.ask('PUT', '/connectors/r/config', members.config(1))
  await members.running({ r: 1 })
  marks.stopMs = 1000
  // Its turn comes when the task has ended, and by then there is no connector.
  const slow = a.herder.restartTask('r', 0)
  expect((await a.ask('POST', '/connectors/r/restart?includeTasks=true')).status).toBe(202)
  expect((await a.ask('DELETE', '/connectors/r')).status).toBe(204)
  await slow.catch(() => {}) // The connector has gone meanwhile, or not yet.
  marks.stopMs = 0
  expect((await a.ask('PUT', '/connectors/r/config', members.config(1))).status).toBe(201)
  await members.running({ r: 1 })
  const begun = marks.begun.get('r-0')!
  expect((await a.ask('POST', '/connectors/r/restart?includeTasks=true')).status).toBe(202)
  await until('its restart', () => marks.begun.get('r-0')! > begun)
  await members.running({ r: 1 })
}, 120_000)

test('a restart by record that comes behind the deletion of its connector holds up none of a later one of its name', async () => {
  const { marks, cluster } = members
  const a = await members.start()
  await a.ask('PUT', '/connectors/r/config', members.config(1))
  await members.running({ r: 1 })
  await cluster.write('configs', [
    ['connector-r', null],
    ['target-state-r', null],
    ['restart-connector-r', '{"include-tasks":true,"only-failed":false}'],
  ])
  await until('it to end', () => marks.running.size === 0)
  expect((await a.ask('PUT', '/connectors/r/config', members.config(1))).status).toBe(201)
  await members.running({ r: 1 })
  for (const flags of ['includeTasks=true', 'includeTasks=true&onlyFailed=false']) {
    const begun = marks.begun.get('r-0')!
    expect((await a.ask('POST', `/connectors/r/restart?${flags}`)).status).toBe(202)
    await until('its restart', () => marks.begun.get('r-0')! > begun)
    await members.running({ r: 1 })
  }
}, 120_000)

test('what is created while a worker hands its work over waits for nobody', async () => {
  const slow = patient({ 'scheduled.rebalance.max.delay.ms': '600000' })
  const all = await Promise.all([members.start(slow), members.start(slow), members.start(slow)])
  const wanted: Record<string, number> = { n: 6 }
  await all[0]!.ask('PUT', '/connectors/n/config', members.config(6))
  await members.running(wanted)
  const { followers } = await roles(...all)
  const names = Array.from({ length: 30 }, (_, i) => `n${i}`)
  for (const name of names) wanted[name] = 1
  const created = names.map(async (name, i) => {
    await Bun.sleep(20 * i)
    return (await all[i % 3]!.ask('PUT', `/connectors/${name}/config`, members.config(1))).status
  })
  await created[10]
  const { delay } = await followers[0]!.herder.decommission()
  expect(delay).toBeNull()
  expect(new Set(await Promise.all(created))).toEqual(new Set([201]))
  await members.running(wanted)
}, 120_000)
