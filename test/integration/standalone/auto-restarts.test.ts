/** What has failed is restarted by a standalone worker itself. */
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { restApp } from '../../../src/rest/app.ts'
import { flaky, flakySource, steady } from './flaky.ts'
import { Place, until } from './support.ts'

let place: Place
const quick = { 'bunnect.restart.backoff.initial.ms': '50', 'bunnect.restart.backoff.jitter': '0' }
const config = { 'connector.class': 'FlakySource', 'tasks.max': '1' }

beforeEach(() => {
  place = new Place()
  steady()
})
afterEach(() => place.close())

const create = (more: Record<string, string> = {}) =>
  place.running!.herder.putConnector('f', { name: 'f', ...config, ...more }, { replace: true })
const restarts = () => place.running!.herder.restarts()

test('a task that cannot start three times runs with the fourth', async () => {
  await place.start(quick, [flakySource])
  flaky.taskStarts = 3
  await create()
  await until('three restarts', async () => (await restarts())[0]?.attempts === 3)
  await place.state('f', 'RUNNING', 'RUNNING')
  expect(flaky.calls).toEqual(['connector', 'task', 'task', 'task', 'task'])
  expect(await restarts()).toMatchObject([
    { connector: 'f', task: 0, state: 'running', attempts: 3, next_attempt: null },
  ])
  const waits = place.logged.flatMap(line => /Task f-0 will be restarted in (\d+) ms/.exec(line)?.[1] ?? [])
  expect(waits).toEqual(['50', '100', '200'])
})

test('so is the connector itself', async () => {
  await place.start(quick, [flakySource])
  flaky.connectorStarts = 1
  await expect(create()).rejects.toThrow('Failed to transition connector f to state STARTED')
  await place.state('f', 'RUNNING', 'RUNNING')
  expect(await restarts()).toMatchObject([{ connector: 'f', task: null, attempts: 1 }])
})

test('a wrong configuration stays failed, and says that no restart comes', async () => {
  await place.start(quick, [flakySource])
  flaky.wrong = true
  await create()
  await place.state('f', 'RUNNING', 'FAILED')
  const app = restApp(place.running!.herder, '1')
  const answer = await app.fetch(new Request('http://w/bunnect/restarts'))
  expect(await answer.json()).toMatchObject([
    {
      connector: 'f',
      task: 0,
      state: 'failed',
      attempts: 0,
      next_attempt: null,
      last_error: 'org.apache.kafka.common.config.ConfigException: no such table',
      reason: 'The cause does not pass by itself: mend it, then restart',
    },
  ])
  expect(flaky.calls).toEqual(['connector', 'task'])
})

test("the connector's own policy and limit count", async () => {
  await place.start(quick, [flakySource])
  flaky.taskStarts = 100
  await create({ 'bunnect.restart.limit': '2' })
  await until('the limit', async () => (await restarts())[0]?.reason.startsWith('bunnect.restart.limit=2'))
  expect(flaky.calls).toEqual(['connector', 'task', 'task', 'task'])
  await create({ 'bunnect.restart.policy': 'never' })
  expect(await restarts()).toMatchObject([{ state: 'failed', reason: 'bunnect.restart.policy=never' }])
})

test('a policy that there is not is refused with the configuration', async () => {
  await place.start({}, [flakySource])
  await expect(create({ 'bunnect.restart.policy': 'sometimes' })).rejects.toThrow(
    'Invalid value sometimes for configuration bunnect.restart.policy: String must be one of: retriable, always, never',
  )
})

test('nothing is restarted while the connector is paused; resumed, it is', async () => {
  await place.start({ ...quick, 'bunnect.restart.backoff.initial.ms': '5000' }, [flakySource])
  flaky.taskStarts = 1
  await create()
  await place.state('f', 'RUNNING', 'FAILED')
  await place.running!.herder.setTargetState('f', 'PAUSED')
  await place.state('f', 'PAUSED', 'FAILED')
  expect(await restarts()).toMatchObject([{ state: 'paused', next_attempt: null }])
  const paused = performance.now()
  await until('the time of the restart to have passed', () => performance.now() > paused + 5500)
  expect(flaky.calls).toEqual(['connector', 'task'])
  await place.running!.herder.setTargetState('f', 'STARTED')
  await place.state('f', 'RUNNING', 'RUNNING')
  expect(await restarts()).toMatchObject([{ state: 'running', attempts: 1 }])
})

test("a person's restart takes the place of the one to come", async () => {
  await place.start({ 'bunnect.restart.backoff.initial.ms': '60000' }, [flakySource])
  flaky.taskStarts = 1
  await create()
  await until('a restart to come', async () => (await restarts())[0]?.state === 'waiting')
  await place.running!.herder.restartTask('f', 0)
  await place.state('f', 'RUNNING', 'RUNNING')
  expect(await restarts()).toEqual([])
  flaky.taskStarts = 1
  await place.running!.herder.restartTask('f', 0)
  await until('another one to come', async () => (await restarts())[0]?.state === 'waiting')
  await place.running!.herder.deleteConnector('f')
  expect(await restarts()).toEqual([])
})
