/** The lines that people and their scripts wait for, of a worker of each mode, and the silence in between. */

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Broker, sharedBroker } from '../../servers/kafka.ts'
import { until } from '../../servers/run.ts'
import { TopicProbe } from '../../servers/topics.ts'
import { type ConnectWorker, startWorker, type WorkerOptions } from '../../servers/worker.ts'
import { STRING } from './terminal.ts'

let broker: Pick<Broker, 'bootstrap' | 'stop' | 'tool'>
let folder: string
let probe: TopicProbe
const workers: ConnectWorker[] = []
beforeAll(async () => {
  broker = await sharedBroker()
  probe = new TopicProbe(broker.bootstrap)
  folder = mkdtempSync(join(tmpdir(), 'bunnect-lines-'))
}, 120_000)
afterAll(async () => {
  for (const worker of workers) await worker.kill()
  await probe.close()
  await broker.stop()
  rmSync(folder, { recursive: true, force: true })
})

let count = 0
const name = (what: string) => `${what}-${process.pid}-${count++}`

async function start(mode: 'standalone' | 'distributed', worker: Record<string, string> = {}) {
  const id = name('lines')
  const topics = ['config', 'offset', 'status'].flatMap(kind => [
    [`${kind}.storage.topic`, `${id}-${kind}`],
    [`${kind}.storage.replication.factor`, '1'],
  ])
  const options: WorkerOptions = {
    bootstrap: broker.bootstrap,
    mode,
    worker: {
      'key.converter': STRING,
      'value.converter': STRING,
      'offset.flush.interval.ms': '20',
      ...(mode === 'distributed' && {
        'group.id': id,
        'offset.storage.partitions': '1',
        ...Object.fromEntries(topics),
      }),
      ...worker,
    },
  }
  const started = await startWorker('bunnect', options)
  workers.push(started)
  return { worker: started, offsets: `${id}-offset` }
}

/** Lines from their level on, with what is different each time left out. */
async function lines(worker: ConnectWorker): Promise<string[]> {
  const text = await worker.log()
  return text
    .trimEnd()
    .split('\n')
    .map(line => line.replace(/^\[[^\]]+\] /, '').replace(/^(\w+) \[Worker clientId=[^\]]+\] /, '$1 '))
}

const CONNECTOR = [
  'INFO [c|worker] Creating connector c of type FileStreamSource (org.apache.kafka.connect.runtime.Worker)',
  'INFO [c|worker] Instantiated connector c with version 4.3.1 of type class org.apache.kafka.connect.file.FileStreamSourceConnector (org.apache.kafka.connect.runtime.Worker)',
  'INFO [c|worker] Finished creating connector c (org.apache.kafka.connect.runtime.Worker)',
  'INFO [c|task-0] Creating task c-0 (org.apache.kafka.connect.runtime.Worker)',
  'INFO [c|task-0] Instantiated task c-0 with version 4.3.1 of type org.apache.kafka.connect.file.FileStreamSourceTask (org.apache.kafka.connect.runtime.Worker)',
  'INFO [c|task-0] WorkerSourceTask{id=c-0} Source task finished initialization and start (org.apache.kafka.connect.runtime.WorkerSourceTask)',
]
const START = [
  'INFO Kafka Connect worker initializing ... (org.apache.kafka.connect.cli.AbstractConnectCli)',
  'INFO Kafka version: 4.3.1 (org.apache.kafka.common.utils.AppInfoParser)',
  'INFO Kafka commitId: 26b251a451ce941d (org.apache.kafka.common.utils.AppInfoParser)',
  'INFO Kafka Connect starting (org.apache.kafka.connect.runtime.Connect)',
]
const READY = [
  'INFO REST resources initialized; server is started and ready to handle requests (org.apache.kafka.connect.runtime.rest.RestServer)',
  'INFO Kafka Connect started (org.apache.kafka.connect.runtime.Connect)',
]
const STOP = [
  'INFO Kafka Connect stopping (org.apache.kafka.connect.runtime.Connect)',
  'INFO [c|task-0] Stopping task c-0 (org.apache.kafka.connect.runtime.Worker)',
  'INFO [c|worker] Stopping connector c (org.apache.kafka.connect.runtime.Worker)',
  'INFO Kafka Connect stopped (org.apache.kafka.connect.runtime.Connect)',
]
const herder = (mode: string, what: string) =>
  `INFO ${what} (org.apache.kafka.connect.runtime.${mode.toLowerCase()}.${mode}Herder)`

/** They all come, one after the other; others may stand between them. */
function expectInOrder(all: string[], wanted: string[]): void {
  let at = 0
  for (const line of wanted) {
    const found = all.indexOf(line, at)
    expect(found < 0 ? line : 'found').toBe('found')
    at = found + 1
  }
}

describe.each(['standalone', 'distributed'] as const)('%s', mode => {
  test('the whole life of a worker and a connector; an hour of commits between them is silent', async () => {
    const { worker, offsets } = await start(mode)
    const input = join(folder, name('in'))
    writeFileSync(input, '')
    await worker.create({
      name: 'c',
      'connector.class': 'FileStreamSource',
      file: input,
      topic: name('topic'),
    })
    await worker.awaitState('c', 'RUNNING')
    /** Another one after every commit. */
    const mark = async () =>
      mode === 'standalone' ? written(worker.offsetsFile) : await probe.endOffset(offsets)
    const commit = async (line: string) => {
      const before = await mark()
      appendFileSync(input, line)
      await until('a commit', async () => (await mark()) !== before, 60_000, 2)
    }
    await commit('first\n')
    const before = await lines(worker)
    // As many as there are in an hour.
    for (let i = 0; i < 60; i++) await commit(`line ${i}\n`)
    expect((await lines(worker)).slice(before.length)).toEqual([])
    expect(await worker.stop()).toBe(143)
    const all = await lines(worker)
    const [Mode, started] = mode === 'standalone' ? ['Standalone', READY] : ['Distributed', []]
    const rounds = [
      expect.stringMatching(
        /^INFO Joined group at generation 1 with protocol version 2 and got assignment: /,
      ),
    ]
    expectInOrder(all, [
      ...START,
      herder(Mode, 'Herder starting'),
      herder(Mode, 'Herder started'),
      ...started,
    ])
    expectInOrder(all, [...START, ...READY])
    expectInOrder(all, CONNECTOR)
    expectInOrder(all, STOP)
    expectInOrder(all, [
      STOP[0]!,
      herder(Mode, 'Herder stopping'),
      herder(Mode, 'Herder stopped'),
      STOP.at(-1)!,
    ])
    const isLate = (line: string) => line.includes(' does not answer yet; giving up in ')
    expect(all.filter(line => /^(?:WARN|ERROR)/.test(line) && !isLate(line))).toEqual([])
    if (mode === 'standalone') return
    expect(all).toEqual(expect.arrayContaining(rounds))
    expectInOrder(all, [
      herder(Mode, 'Starting connectors and tasks using config offset -1'),
      herder(Mode, 'Finished starting connectors and tasks'),
      CONNECTOR[0]!,
      herder(Mode, 'Finished starting connectors and tasks'),
    ])
  }, 300_000)
})

/** Of the database of offsets, which nobody else may open. */
function written(path: string): string {
  return [path, `${path}-wal`]
    .map(file => statSync(file, { throwIfNoEntry: false }))
    .map(stats => `${stats?.size} ${stats?.mtimeMs}`)
    .join(' ')
}

test('a level that is set through REST is that of task hosts too, and their loggers are listed', async () => {
  const { worker } = await start('standalone', { 'bunnect.task.hosts': '1' })
  const input = join(folder, name('in'))
  writeFileSync(input, '')
  const connector = { 'connector.class': 'FileStreamSource', file: input, topic: name('topic') }
  await worker.create({ name: 'c', ...connector })
  await worker.awaitState('c', 'RUNNING')
  const task = '/admin/loggers/org.apache.kafka.connect.runtime.WorkerSourceTask'
  expect(await (await worker.fetch(task)).json()).toEqual({ level: 'INFO', last_modified: null })
  const set = async (path: string, level: string) => {
    const body = JSON.stringify({ level })
    const headers = { 'Content-Type': 'application/json' }
    return (await worker.fetch(path, { method: 'PUT', headers, body })).json()
  }
  expect(await set(task, 'ERROR')).toEqual(['org.apache.kafka.connect.runtime.WorkerSourceTask'])
  await worker.create({ name: 'd', ...connector, topic: name('topic') })
  await worker.awaitState('d', 'RUNNING')
  // A host that is there already and one that starts later.
  await set('/admin/loggers/org.apache.kafka.connect.runtime', 'WARN')
  await worker.create({ name: 'e', ...connector, topic: name('topic') })
  await worker.awaitState('e', 'RUNNING')
  expect(await worker.stop()).toBe(143)
  const text = (await lines(worker)).join('\n')
  expect(text).toContain('[c|task-0] WorkerSourceTask{id=c-0} Source task finished')
  expect(text).toContain('[d|task-0] Creating task d-0')
  expect(text).not.toContain('[d|task-0] WorkerSourceTask')
  expect(text).not.toContain('[e|task-0]')
}, 120_000)
