import { afterEach, beforeEach, expect, test } from 'bun:test'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { readJavaOffsets, writeJavaOffsets } from '../../../src/stores/java-offset-file.ts'
import { exportJavaOffsets } from '../../../src/stores/open-offsets.ts'
import { fileSink, fileSource, Place, until } from './support.ts'

let place: Place
beforeEach(() => {
  place = new Place()
})
afterEach(() => place.close())

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `line ${from + i}\n`).join('')
const content = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '')
const create = (name: string, config: Record<string, string>) =>
  place.running!.herder.putConnector(name, { ...config, name }, { replace: false })

test('file to file: answers, statuses, pause, resume, restart, config change, delete', async () => {
  const [from, to] = [place.path('in'), place.path('out')]
  writeFileSync(from, numbered(0, 1000))
  const { herder } = await place.start()
  const { created, info } = await create('source', fileSource(from, 't'))
  expect(created).toBe(true)
  expect(info).toEqual({
    name: 'source',
    config: { ...fileSource(from, 't'), name: 'source' },
    tasks: [{ connector: 'source', task: 0 }],
    type: 'source',
  })
  await create('sink', fileSink(to, 't'))
  await place.state('source', 'RUNNING', 'RUNNING')
  await place.state('sink', 'RUNNING', 'RUNNING')
  expect(await herder.connectorStatus('sink')).toEqual({
    name: 'sink',
    connector: { state: 'RUNNING', worker_id: '127.0.0.1:8083', version: '4.3.1' },
    tasks: [{ id: 0, state: 'RUNNING', worker_id: '127.0.0.1:8083', version: '4.3.1' }],
    type: 'sink',
  })
  expect(await herder.taskConfigs('sink')).toEqual([
    {
      id: { connector: 'sink', task: 0 },
      config: {
        ...fileSink(to, 't'),
        name: 'sink',
        'task.class': 'org.apache.kafka.connect.file.FileStreamSinkTask',
      },
    },
  ])
  await until('the first lines', () => content(to) === numbered(0, 1000))

  await herder.setTargetState('source', 'PAUSED')
  await place.state('source', 'PAUSED', 'PAUSED')
  appendFileSync(from, numbered(1000, 1100))
  await herder.restartTask('source', 0)
  await place.state('source', 'PAUSED', 'PAUSED')
  expect(content(to)).toBe(numbered(0, 1000))
  await herder.setTargetState('source', 'STARTED')
  await until('lines after the pause', () => content(to) === numbered(0, 1100))

  await herder.restartConnector('source')
  await herder.restartTask('sink', 0)
  const announced = await herder.restartConnectorAndTasks('source', { includeTasks: true, onlyFailed: false })
  expect([announced.connector.state, announced.tasks[0]!.state]).toEqual(['RESTARTING', 'RESTARTING'])
  await place.state('source', 'RUNNING', 'RUNNING')
  const unchanged = await herder.restartConnectorAndTasks('source', { includeTasks: true, onlyFailed: true })
  expect([unchanged.connector.state, unchanged.tasks[0]!.state]).toEqual(['RUNNING', 'RUNNING'])
  appendFileSync(from, numbered(1100, 1200))
  await until('lines after the restarts', () => content(to) === numbered(0, 1200))

  const other = place.path('other')
  const replaced = await herder.putConnector(
    'sink',
    { ...fileSink(other, 't'), name: 'sink' },
    { replace: true },
  )
  expect(replaced.created).toBe(false)
  appendFileSync(from, numbered(1200, 1300))
  await until('lines in the other file', () => content(other) === numbered(1200, 1300))
  expect(content(to)).toBe(numbered(0, 1200))

  await herder.deleteConnector('source')
  expect(await herder.connectors()).toEqual(['sink'])
  await expect(herder.connectorStatus('source')).rejects.toThrow('No status found for connector source')
  await expect(herder.taskStatus('source', 0)).rejects.toThrow('No status found for task source-0')
  await expect(herder.connectorInfo('source')).rejects.toThrow('Connector source not found')
  // Offsets outlive their connector: the same name goes on where it was.
  appendFileSync(from, numbered(1300, 1400))
  await create('source', fileSource(from, 't'))
  await until('lines after the second creation', () => content(other) === numbered(1200, 1400))
})

test('stop leaves no tasks, resume makes them again, a stopped connector restarts as stopped', async () => {
  const [from, to] = [place.path('in'), place.path('out')]
  writeFileSync(from, numbered(0, 10))
  const { herder } = await place.start()
  await create('source', fileSource(from, 't'))
  await create('sink', fileSink(to, 't'))
  await until('the lines', () => content(to) === numbered(0, 10))
  await herder.setTargetState('sink', 'STOPPED')
  await place.state('sink', 'STOPPED')
  expect(await herder.taskConfigs('sink')).toEqual([])
  await expect(herder.restartTask('sink', 0)).rejects.toThrow('Task sink-0 not found')
  await herder.restartConnector('sink')
  await place.state('sink', 'STOPPED')
  appendFileSync(from, numbered(10, 20))
  await herder.setTargetState('sink', 'STARTED')
  await place.state('sink', 'RUNNING', 'RUNNING')
  await until('the rest', () => content(to) === numbered(0, 20))
})

test('a connector created paused or stopped has no tasks until it is resumed', async () => {
  const { herder } = await place.start()
  for (const target of ['PAUSED', 'STOPPED'] as const) {
    const config = { ...fileSource(place.path('in'), 't'), name: target }
    const { info } = await herder.putConnector(target, config, { replace: false, initialState: target })
    expect(info.tasks).toEqual([])
    await place.state(target, target)
    await herder.setTargetState(target, 'STARTED')
    await place.state(target, 'RUNNING', 'RUNNING')
  }
})

test('another worker on the same folder goes on where the last one stopped; each connector has its own offset', async () => {
  const from = place.path('in')
  let text = ''
  for (let round = 0; round < 3; round++) {
    text += numbered(round * 50, round * 50 + 50)
    writeFileSync(from, text)
    await place.start()
    // Two sources of one file: the same partition, told apart by the connector.
    await create('a', fileSource(from, 'ta'))
    if (round > 0) await create('b', fileSource(from, 'tb'))
    await create('sink-a', fileSink(place.path('out-a'), 'ta'))
    await create('sink-b', fileSink(place.path('out-b'), 'tb'))
    await until('out-a', () => content(place.path('out-a')) === text)
    if (round > 0) await until('out-b', () => content(place.path('out-b')) === text)
    await place.stop()
  }
  expect(place.logged.filter(line => / (ERROR|WARN) /.test(line))).toEqual([])
})

test('the offsets of a JVM worker are taken over and can be given back', async () => {
  const from = place.path('in')
  writeFileSync(from, numbered(0, 20))
  const key = Buffer.from(JSON.stringify(['source', { filename: from }]))
  const seen = Buffer.byteLength(numbered(0, 12))
  writeFileSync(
    place.path('connect.offsets'),
    writeJavaOffsets([{ key, value: Buffer.from(`{"position":${seen}}`) }]),
  )
  await place.start()
  await create('source', fileSource(from, 't'))
  await create('sink', fileSink(place.path('out'), 't'))
  await until('what the JVM had not read', () => content(place.path('out')) === numbered(12, 20))
  await place.stop()
  expect(await exportJavaOffsets(place.path('connect.offsets'), place.path('java'))).toBe(1)
  const [entry] = readJavaOffsets(readFileSync(place.path('java')))
  expect(Buffer.from(entry!.key).equals(key)).toBe(true)
  expect(JSON.parse(String(Buffer.from(entry!.value!)))).toEqual({
    position: Buffer.byteLength(numbered(0, 20)),
  })
})

test('a stop leaves UNASSIGNED nowhere behind and takes no request any more', async () => {
  const { herder, stop } = await place.start()
  await create('source', fileSource(place.path('in'), 't'))
  await Promise.all([stop(), stop()])
  await expect(create('late', fileSource(place.path('in'), 't'))).rejects.toThrow('Worker is shutting down')
  expect((await herder.connectorStatus('source')).connector.state).toBe('UNASSIGNED')
})
