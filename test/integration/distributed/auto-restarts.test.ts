/** What has failed is restarted by a distributed worker itself. */
import { beforeEach, expect, test } from 'bun:test'
import { flaky, flakySource, steady } from '../standalone/flaky.ts'
import { eachWithCluster } from './each-test.ts'
import { type Cluster, until } from './workers.ts'

let cluster: Cluster
const config = { 'connector.class': 'FlakySource', 'tasks.max': '1' }
const keys = {
  'bunnect.task.hosts': '0',
  'bunnect.restart.backoff.initial.ms': '100',
  'bunnect.restart.backoff.jitter': '0',
}

eachWithCluster(fresh => {
  cluster = fresh
})
beforeEach(steady)

const restarts = async () => (await cluster.ask('GET', '/bunnect/restarts')).body

test('a task that cannot start twice runs with the third, with the statuses of a restart by REST', async () => {
  await cluster.start(keys, [flakySource])
  flaky.taskStarts = 2
  await cluster.create('f', config)
  await cluster.awaitState('f', 'RUNNING', 1)
  expect(await restarts()).toMatchObject([{ connector: 'f', task: 0, state: 'running', attempts: 2 }])
  await until('every status', async () => (await cluster.history('task-f-0')).at(-1) === 'RUNNING')
  const byItself = await cluster.history('task-f-0')
  expect(byItself.filter(state => state === 'FAILED')).toHaveLength(2)
})

test('paused, stopped and deleted connectors are left alone', async () => {
  await cluster.start({ ...keys, 'bunnect.restart.backoff.initial.ms': '60000' }, [flakySource])
  flaky.taskStarts = 1
  await cluster.create('f', config)
  await until('a restart to come', async () => (await restarts())[0]?.state === 'waiting')
  await cluster.ask('PUT', '/connectors/f/pause')
  await until('the pause', async () => (await restarts())[0]?.state === 'paused')
  await cluster.ask('PUT', '/connectors/f/resume')
  await until('the resumption', async () => (await restarts())[0]?.state === 'waiting')
  expect((await cluster.ask('POST', '/connectors/f/restart?includeTasks=true&onlyFailed=true')).status).toBe(
    202,
  )
  await cluster.awaitState('f', 'RUNNING', 1)
  expect(await restarts()).toEqual([])
  flaky.taskStarts = 1
  await cluster.ask('POST', '/connectors/f/tasks/0/restart')
  await until('another one to come', async () => (await restarts())[0]?.state === 'waiting')
  await cluster.ask('PUT', '/connectors/f/stop')
  await until('nothing to come', async () => (await restarts()).length === 0)
})
