import { afterEach, beforeEach, expect, test } from 'bun:test'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { avroConverterPlugin } from '../../../src/converters/avro/avro-converter.ts'
import { type OpenRegistry, openRegistry } from '../../../src/registry/open.ts'
import { fileSink, fileSource, Place, until } from '../../integration/standalone/support.ts'
import { freePort } from '../../servers/ports.ts'

let place: Place
let port: number
let registry: OpenRegistry | null = null
let server: Bun.Server<undefined> | null = null
beforeEach(async () => {
  place = new Place()
  port = await freePort()
})
afterEach(async () => {
  await place.close()
  await stopRegistry()
})

function startRegistry(): void {
  const opened = openRegistry({ file: place.path('schemas.db') })
  registry = opened
  server = Bun.serve({ hostname: '127.0.0.1', port, fetch: request => opened.fetch(request) })
}
async function stopRegistry(): Promise<void> {
  await server?.stop(true)
  registry?.close()
  server = registry = null
}

const avro = () => ({
  'value.converter': 'io.confluent.connect.avro.AvroConverter',
  'value.converter.schema.registry.url': `http://127.0.0.1:${port}`,
  'value.converter.retries.wait.ms': '1',
})
const content = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '')
const create = (name: string, config: Record<string, string>) =>
  place.running!.herder.putConnector(name, { ...config, name }, { replace: false })
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `line ${from + i}\n`).join('')

test('records go through a topic in Avro', async () => {
  startRegistry()
  const [from, to] = [place.path('in'), place.path('out')]
  writeFileSync(from, lines(0, 1000))
  await place.start({}, [avroConverterPlugin])
  await create('source', { ...fileSource(from, 't'), ...avro() })
  await create('sink', { ...fileSink(to, 't'), ...avro() })
  await until('the lines', () => content(to) === lines(0, 1000))
  appendFileSync(from, lines(1000, 1010))
  await until('later lines', () => content(to) === lines(0, 1010))
  const versions = await fetch(`http://127.0.0.1:${port}/subjects/t-value/versions/1`)
  expect(await versions.json()).toMatchObject({ subject: 't-value', version: 1, schema: '"string"' })
})

test('a task that failed for a registry that was away is restarted', async () => {
  const [from, to] = [place.path('in'), place.path('out')]
  writeFileSync(from, lines(0, 10))
  await place.start({ 'bunnect.restart.backoff.initial.ms': '50' }, [avroConverterPlugin])
  await create('source', { ...fileSource(from, 't'), ...avro(), 'value.converter.max.retries': '0' })
  await until('a restart', async () => ((await place.running!.herder.restarts())[0]?.attempts ?? 0) > 0)
  startRegistry()
  await create('sink', { ...fileSink(to, 't'), ...avro() })
  await until('the lines', () => content(to) === lines(0, 10))
})

test('a schema that the registry refuses fails the task for good, with subject, version and reason', async () => {
  startRegistry()
  const refused = await fetch(`http://127.0.0.1:${port}/subjects/t-value/versions`, {
    method: 'POST',
    body: JSON.stringify({ schema: '"int"' }),
  })
  expect(refused.status).toBe(200)
  writeFileSync(place.path('in'), lines(0, 10))
  await place.start({ 'bunnect.restart.backoff.initial.ms': '50' }, [avroConverterPlugin])
  await create('source', { ...fileSource(place.path('in'), 't'), ...avro() })
  await place.state('source', 'RUNNING', 'FAILED')
  const { trace } = (await place.running!.herder.connectorStatus('source')).tasks[0]!
  expect(trace).toContain('DataException: Failed to serialize Avro data from topic t:')
  expect(trace).toContain('subject "t-value"')
  expect(trace).toContain('oldSchemaVersion: 1')
  expect(trace).toContain('TYPE_MISMATCH')
  expect(await place.running!.herder.restarts()).toMatchObject([{ state: 'failed', attempts: 0 }])
})

test('a registry that comes back within errors.retry.timeout is waited for, and none is a failed task', async () => {
  const [from, to] = [place.path('in'), place.path('out')]
  writeFileSync(from, lines(0, 10))
  await place.start({}, [avroConverterPlugin])
  await create('hasty', { ...fileSource(from, 'h'), ...avro(), 'value.converter.max.retries': '1' })
  await place.state('hasty', 'RUNNING', 'FAILED')
  const { trace } = (await place.running!.herder.connectorStatus('hasty')).tasks[0]!
  expect(trace).toContain(
    `NetworkException: Network connection error while serializing Avro data for topic h: http://127.0.0.1:${port} refuses the connection`,
  )
  const patient = { 'errors.retry.timeout': '60000', 'errors.retry.delay.max.ms': '300' }
  await create('source', { ...fileSource(from, 't'), ...avro(), ...patient })
  await create('sink', { ...fileSink(to, 't'), ...avro(), ...patient })
  await place.state('source', 'RUNNING', 'RUNNING')
  startRegistry()
  await until('the lines', () => content(to) === lines(0, 10))
})

test('bytes that are no Avro go to the dead letters, and the others through', async () => {
  startRegistry()
  const [from, more, to] = [place.path('in'), place.path('more'), place.path('out')]
  writeFileSync(from, lines(0, 3))
  await place.start({}, [avroConverterPlugin])
  await create('plain', fileSource(from, 't'))
  const tolerant = {
    'errors.tolerance': 'all',
    'errors.deadletterqueue.topic.name': 'dead',
    'errors.deadletterqueue.topic.replication.factor': '1',
  }
  await create('sink', { ...fileSink(to, 't'), ...avro(), ...tolerant })
  await create('dead', fileSink(place.path('dead'), 'dead'))
  await until('the dead letters', () => content(place.path('dead')) === lines(0, 3))
  writeFileSync(more, lines(3, 6))
  await create('good', { ...fileSource(more, 't'), ...avro() })
  await until('the others', () => content(to) === lines(3, 6))
})
