/** Requests that come at once, in both modes: none takes another one's change back. */
import { expect, test } from 'bun:test'
import { eachWithCluster } from '../distributed/each-test.ts'
import type { Cluster } from '../distributed/workers.ts'
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
  }, 30_000)
}
