/** Several workers of one group. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { ElsewhereError } from '../../../src/herder/errors.ts'
import { sharedBroker } from '../../servers/kafka.ts'
import { type Member, Members } from './members.ts'
import { until } from './workers.ts'

let broker: Awaited<ReturnType<typeof sharedBroker>>
let members: Members

beforeAll(async () => {
  broker = await sharedBroker()
}, 120_000)
afterAll(() => broker.stop())
beforeEach(() => {
  members = new Members(broker.bootstrap)
})
afterEach(async () => {
  await members.close()
  expect(members.marks.twice).toEqual([])
  expect([...members.marks.running.keys()]).toEqual([])
}, 60_000)

/** The one that answers as the leader, and the others. */
async function roles(...all: Member[]): Promise<{ leader: Member; followers: Member[] }> {
  const wanted = { connectors: [], tasks: [] }
  const leads = await until('somebody to lead', async () => {
    const found = await Promise.all(
      all.map(({ herder }) =>
        herder.takeOver('http://nobody/', wanted).then(
          () => true,
          () => false,
        ),
      ),
    )
    return found.filter(Boolean).length === 1 ? found : null
  })
  const leader = all[leads!.indexOf(true)]!
  return { leader, followers: all.filter(member => member !== leader) }
}

/** Resolves with the URL of the worker that it is for. */
async function elsewhere(work: Promise<unknown>): Promise<string | null> {
  const error = await work.then(
    () => null,
    error => error,
  )
  if (error instanceof ElsewhereError) return error.url
  throw error ?? new Error('it was done here')
}

for (const protocol of ['sessioned', 'compatible', 'eager']) {
  describe(`connect.protocol=${protocol}`, () => {
    const more = { 'connect.protocol': protocol }

    test('work is shared, moves to who comes and back from who goes, and runs once at any time', async () => {
      const [a, b] = await Promise.all([members.start(more), members.start(more)])
      const { leader, followers } = await roles(a, b)
      const [follower] = followers as [Member]
      const config = members.config(4)
      expect(
        await elsewhere(follower.herder.putConnector('one', { ...config, name: 'one' }, { replace: false })),
      ).toBe(`${leader.url}/`)
      const made = await follower.ask('POST', '/connectors', { name: 'one', config })
      expect(made.status).toBe(201)
      await leader.ask('PUT', '/connectors/two/config', config)
      const wanted = { one: 4, two: 4 }
      await members.running(wanted)
      const shares = async () => {
        const places = await members.places(leader, ['one', 'two'])
        const tasks = [...places].flatMap(([what, at]) => (what.includes('-') ? [at] : []))
        return [...members.all].map(({ id }) => tasks.filter(at => at === id).length).sort()
      }
      await until('both to have half', async () => String(await shares()) === '4,4')
      members.marks.stopMs = 100
      const c = await members.start(more)
      await until('three shares', async () => String(await shares()) === '2,3,3')
      await members.running(wanted)
      await members.stop(c)
      await until('two shares', async () => String(await shares()) === '4,4')
      await members.running(wanted)
      // The leader goes: another one leads, and gives everything at once.
      await members.stop(leader)
      await until('one share', async () => {
        const places = await members.places(follower, ['one', 'two'])
        return [...places.values()].every(at => at === follower.id)
      })
      await members.running(wanted)
      expect((await follower.ask('DELETE', '/connectors/one')).status).toBe(204)
      await members.running({ two: 4 })
    }, 90_000)
  })
}

test('task configurations of a connector that a follower runs reach the topic', async () => {
  const [a, b] = await Promise.all([members.start(), members.start()])
  const { leader, followers } = await roles(a, b)
  const [follower] = followers as [Member]
  const names = ['p', 'q', 'r', 's']
  for (const name of names) await leader.ask('PUT', `/connectors/${name}/config`, members.config(2))
  await members.running({ p: 2, q: 2, r: 2, s: 2 })
  const places = await members.places(follower, names)
  const there = names.filter(name => places.get(name) === follower.id)
  expect(there).toHaveLength(2)
  members.marks.extra = 'new'
  for (const name of there) members.marks.reconfigure.get(name)!()
  for (const name of there)
    await until(`${name} to have new tasks`, async () => {
      const { body } = await leader.ask('GET', `/connectors/${name}/tasks`)
      return (
        body.length === 2 && body.every((task: { config: { extra: string } }) => task.config.extra === 'new')
      )
    })
  await members.running({ p: 2, q: 2, r: 2, s: 2 })
}, 60_000)
