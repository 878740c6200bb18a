/** More tasks than `tasks.max`: refused where the connector has made them so, not where it has yet to be asked again. */
import { expect, test } from 'bun:test'
import {
  commitRecord,
  connectorRecord,
  targetStateRecord,
  taskRecord,
} from '../../../src/herder/distributed/config-records.ts'
import { eachWithCluster } from '../distributed/each-test.ts'
import { type Cluster, until } from '../distributed/workers.ts'
import { MODES, startEither } from './modes.ts'
import { StormSource } from './storm-source.ts'

let cluster: Cluster
eachWithCluster(fresh => {
  cluster = fresh
})

function steadySource(): StormSource {
  const source = new StormSource(() => 0)
  source.failures = 0
  return source
}

for (const mode of MODES) {
  test(`${mode}: tasks of an earlier, larger tasks.max restart until there are others`, async () => {
    const { plugin } = steadySource()
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
    expect((await cluster.ask('POST', '/connectors/a/restart?includeTasks=true')).status).toBe(202)
    await cluster.awaitState('a', 'PAUSED', 2)
    await cluster.ask('PUT', '/connectors/a/resume')
    await cluster.awaitState('a', 'RUNNING', 1)
  }, 30_000)
}

test('tasks that were made with this very tasks.max are too many: FAILED, as in the JVM', async () => {
  const { plugin } = steadySource()
  const config = { 'connector.class': plugin.className, 'tasks.max': '1', version: '1', name: 'a' }
  await cluster.probe.create(`${cluster.group}-configs`, 1, { 'cleanup.policy': 'compact' })
  const task = { 'task.class': plugin.taskClassName, version: '1' }
  const records = [
    connectorRecord('a', config),
    targetStateRecord('a', 'PAUSED'),
    ...[0, 1].map(number => taskRecord({ connector: 'a', task: number }, task)),
    commitRecord('a', 2),
  ]
  await cluster.write(
    'configs',
    records.map(({ key, value }) => [String(key), String(value)]),
  )
  await startEither('distributed', cluster, {}, [plugin])
  const failed = await until('both tasks to fail', async () => {
    const tasks = (await cluster.status('a'))?.tasks ?? []
    return tasks.length === 2 && tasks.every(({ state }) => state === 'FAILED') ? tasks : null
  })
  expect(failed?.[0]?.trace).toContain(
    'TooManyTasksException: The connector a has generated 2 tasks, which is greater than 1, the maximum',
  )
}, 30_000)
