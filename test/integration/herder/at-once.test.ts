/** Requests that come at once, in both modes: none takes another one's change back. */
import { expect, test } from 'bun:test'
import { key } from '../../../src/config/keys.ts'
import { RetriableException } from '../../../src/data/errors.ts'
import { sourceConnector } from '../../../src/sdk/plugin.ts'
import { eachWithCluster } from '../distributed/each-test.ts'
import { type Cluster, until } from '../distributed/workers.ts'
import { MODES, startEither } from './modes.ts'
import { StormSource } from './storm-source.ts'

let cluster: Cluster
eachWithCluster(fresh => {
  cluster = fresh
})

for (const mode of MODES) {
  test(`${mode}: of several patches at once every one is kept`, async () => {
    const source = new StormSource(() => 0)
    source.failures = 0
    await startEither(mode, cluster, {}, [source.plugin])
    const config = { 'connector.class': source.plugin.className, 'tasks.max': '1', version: '1' }
    await cluster.create('a', config)
    const keys = ['x.a', 'x.b', 'x.c', 'x.d']
    const answers = await Promise.all(
      keys.map(key => cluster.ask('PATCH', '/connectors/a/config', { [key]: 'set' })),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect((await cluster.ask('GET', '/connectors/a/config')).body).toEqual({
      ...config,
      name: 'a',
      ...Object.fromEntries(keys.map(key => [key, 'set'])),
    })
  }, 120_000)
}

test('a connector that is still being asked for its tasks when it is replaced does not end the retries of the new one', async () => {
  const slow = Promise.withResolvers<void>()
  const asked: string[] = []
  const plugin = sourceConnector({
    className: 'test.SlowlyAskedConnector',
    taskClassName: 'test.SlowlyAskedTask',
    version: '1',
    config: {},
    async taskConfigs(_, max, props) {
      const version = props['version']!
      asked.push(version)
      if (version === 'old') await slow.promise
      else if (asked.length === 2) {
        // The old one's answer comes behind this refusal.
        setTimeout(slow.resolve, 100)
        throw new RetriableException('the list of tables is locked')
      }
      return Array.from({ length: max }, () => ({ version }))
    },
    task: () => ({
      async poll() {
        await Bun.sleep(20)
        return null
      },
    }),
  })
  await startEither('distributed', cluster, {}, [plugin])
  const config = { 'connector.class': plugin.className, 'tasks.max': '1' }
  await cluster.create('a', { ...config, version: 'old' })
  await until('the old one to be asked', () => asked.length === 1)
  await cluster.ask('PUT', '/connectors/a/config', { ...config, version: 'new' })
  await until('the new one to be asked again', () => asked.join() === 'old,new,new')
  await until('its task', async () => {
    const { body } = await cluster.ask('GET', '/connectors/a/tasks')
    return body[0]?.config.version === 'new'
  })
}, 120_000)

test('a connector that is deleted and at once created anew runs', async () => {
  const alive: string[] = []
  // Without tasks: those would be taken away and given again, and it would be looked after with them.
  const plugin = sourceConnector({
    className: 'test.TasklessConnector',
    taskClassName: 'test.TasklessTask',
    version: '1',
    config: { version: key.string({ doc: 'Of the configuration.', importance: 'high' }) },
    start: ({ version }) => void alive.push(version),
    stop: ({ version }) => void alive.splice(alive.indexOf(version), 1),
    taskConfigs: () => [],
    task: () => ({ poll: () => null }),
  })
  await startEither('distributed', cluster, {}, [plugin])
  const create = (name: string, version: number) =>
    cluster.create(name, { 'connector.class': plugin.className, 'tasks.max': '1', version: String(version) })
  await create('a', 0)
  let over = false
  // So that a round is under way: what happens within one, the next has to see to.
  const others = (async () => {
    for (let i = 0; !over; i++) {
      await create(`other-${i}`, -1)
      await cluster.ask('DELETE', `/connectors/other-${i}`)
    }
  })()
  try {
    for (let version = 1; version <= 50; version++) {
      const deleted = cluster.ask('DELETE', '/connectors/a')
      await until('the name to be free', async () => (await create('a', version)).status === 201)
      await deleted
      await until(`version ${version}`, () => alive.includes(String(version)))
    }
  } finally {
    over = true
    await others
  }
}, 120_000)
