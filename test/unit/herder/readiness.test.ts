import { expect, test } from 'bun:test'
import { Readiness } from '../../../src/herder/readiness.ts'
import { RequestQueue } from '../../../src/herder/request-queue.ts'

const stage = () => ({ what: 'ensuring membership in the cluster', began: new Date(1_700_000_000_000) })
const told =
  'The worker is currently ensuring membership in the cluster, which began at 2023-11-14T22:13:20.000Z.'
const never = new Promise<never>(() => {})

test('starting, until it is ready; ready within the time of the question is healthy', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const readiness = new Readiness({ ready: promise, stage, timeoutMs: 30 })
  expect(await readiness.health()).toEqual({
    status: 'starting',
    message: `Worker is still starting up. ${told}`,
  })
  const asked = readiness.health()
  resolve()
  const message = 'Worker has completed startup and is ready to handle requests.'
  expect(await asked).toEqual({ status: 'healthy', message })
})

test('unhealthy when it was ready and does not get to the question', async () => {
  const readiness = new Readiness({ ready: Promise.resolve(), stage, answer: () => never, timeoutMs: 30 })
  const unable = 'Worker was unable to handle this request and may be unable to handle other requests.'
  expect(await readiness.health()).toEqual({ status: 'unhealthy', message: `${unable} ${told}` })
})

test('a request that takes too long tells what it is at by then', async () => {
  const queue = new RequestQueue(30)
  const late = queue.request('validating', async at => {
    at('starting the connector')
    await never
  })
  const text = /^Request timed out\. The worker is currently starting the connector, which began at \S+Z\.$/
  await expect(late).rejects.toThrow(text)
  const starting = queue.request('any', async at => {
    at(stage)
    await never
  })
  await expect(starting).rejects.toThrow(`Request timed out. ${told}`)
})
