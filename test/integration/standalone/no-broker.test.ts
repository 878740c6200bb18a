import { afterEach, beforeEach, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { fileSource, Place, until } from './support.ts'

const SILENT = '127.0.0.1:24001'
let place: Place
beforeEach(() => {
  place = new Place()
})
afterEach(() => place.close())

test('a broker that does not answer: lists and statuses work, the worker is starting, then ends with one line', async () => {
  writeFileSync(place.path('in'), 'a\n')
  const began = performance.now()
  const { herder, fatal } = await place.start(
    {
      'bootstrap.servers': SILENT,
      'default.api.timeout.ms': '2000',
      'task.shutdown.graceful.timeout.ms': '300',
      'producer.made.up': '1',
    },
    [],
    500,
  )
  await herder.putConnector('f', { ...fileSource(place.path('in'), 't'), name: 'f' }, { replace: false })
  await place.state('f', 'RUNNING', 'RUNNING')
  expect(await herder.health()).toMatchObject({ status: 'starting' })
  // Whose client it is stands in each line of it.
  const ofTheTask = place.logged.filter(
    line => line.includes('[f|task-0]') && line.includes('(org.apache.kafka.clients.'),
  )
  expect(ofTheTask.join('')).toContain("WARN [f|task-0] These configurations '[made.up]' were supplied")
  const error = (await fatal.catch((e: Error) => e)) as Error
  // Not sooner: a broker that starts along with its worker gets its chance.
  expect(performance.now() - began).toBeGreaterThan(1900)
  expect(error.message).toBe(
    `Failed to connect to and describe Kafka cluster at ${SILENT} (Describing the cluster: no broker answers (${SILENT}: connect ECONNREFUSED ${SILENT})). Check worker's broker connection and security properties.`,
  )
  const unreachable = `WARN [f|task-0] Cannot reach broker ${SILENT}`
  await until('its client to say so', () => place.logged.join('').includes(unreachable))
}, 120_000)

test('a broker that answers: healthy as soon as the connectors of the command line are created', async () => {
  const { herder } = await place.start()
  expect(await herder.health()).toEqual({
    status: 'healthy',
    message: 'Worker has completed startup and is ready to handle requests.',
  })
  expect((await herder.serverInfo()).version).toBe('4.3.1')
})
