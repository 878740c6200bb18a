/** A lower `tasks.max`, before the connector has been asked for fewer tasks. */
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
  test(`${mode}: tasks of an earlier, larger tasks.max restart until there are others`, async () => {
    const source = new StormSource(() => 0)
    source.failures = 0
    const { plugin } = source
    await startEither(mode, cluster, {}, [plugin])
    const config = { 'connector.class': plugin.className, 'tasks.max': '2', version: '1' }
    await cluster.create('a', config)
    await cluster.awaitState('a', 'RUNNING', 2)
    // A paused connector is asked for no tasks.
    await cluster.ask('PUT', '/connectors/a/pause')
    await cluster.awaitState('a', 'PAUSED', 2)
    await cluster.ask('PUT', '/connectors/a/config', { ...config, 'tasks.max': '1' })
    const { status, body } = await cluster.ask('POST', '/connectors/a/tasks/1/restart')
    expect({ status, body }).toEqual({ status: 204, body: null })
    const restart = await cluster.ask('POST', '/connectors/a/restart?includeTasks=true')
    expect(restart.body.tasks.map(({ state }: { state: string }) => state)).toEqual([
      'RESTARTING',
      'RESTARTING',
    ])
    await cluster.awaitState('a', 'PAUSED', 2)
    await cluster.ask('PUT', '/connectors/a/resume')
    await cluster.awaitState('a', 'RUNNING', 1)
    expect(cluster.logged.filter(line => line.includes('Failed to start task'))).toEqual([])
  }, 120_000)
}
