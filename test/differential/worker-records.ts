/**
 * What a distributed worker writes into its config and status topics while connectors are made, paused, stopped,
 * restarted, patched and deleted. `bun test/differential/worker-records.ts FILE` writes what the JVM's does, which is
 * kept in test/conform/vectors/jvm-worker-records.json.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openKafka } from '../../src/cli/kafka.ts'
import { Topics } from '../integration/distributed/topic-logs.ts'
import { startBroker } from '../servers/kafka.ts'
import { until } from '../servers/run.ts'
import { type Side, startWorker } from '../servers/worker.ts'

type Config = Record<string, string>

const STRING = 'org.apache.kafka.connect.storage.StringConverter'
const JSON_BODY = { 'Content-Type': 'application/json' }

const source = (more: Config): Config => ({
  'connector.class': 'FileStreamSource',
  'tasks.max': '1',
  file: '/etc/hostname',
  topic: 't',
  ...more,
})
const sink = (more: Config): Config => ({
  'connector.class': 'org.apache.kafka.connect.file.FileStreamSinkConnector',
  'tasks.max': '3',
  file: '/dev/null',
  ...more,
})
/** Keys that spread over the buckets of hash maps of every size. */
const many = (count: number): Config =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`x.${String.fromCharCode(97 + (i % 26))}${i * 7}`, `${i}`]),
  )
const chain = {
  transforms: 'a,b',
  'transforms.a.type': 'org.apache.kafka.connect.transforms.HoistField$Value',
  'transforms.a.field': 'line',
  'transforms.b.type': 'org.apache.kafka.connect.transforms.InsertField$Value',
  'transforms.b.static.field': 'f',
  'transforms.b.static.value': 'é🙂"\\\u001f',
}
const configs: Record<string, Config> = {
  s1: source({}),
  s2: source({ name: 's2', 'batch.size': '100' }),
  s3: source(chain),
  s4: source(many(6)),
  s5: source(many(8)),
  s6: source(many(13)),
  s7: source(many(30)),
  's-8': source({ ...chain, ...many(60) }),
  s9: source({ topic: '${file:/etc/hostname:t}', file: '/dev/null' }),
  k1: sink({ topics: 't' }),
  k2: sink({ 'topics.regex': 't.*' }),
  k3: sink({ topics: 'a,b', ...many(5) }),
  k4: sink({ topics: 'a', ...chain, ...many(12) }),
  // Keys of equal hash codes, which lie in one bucket.
  k5: sink({ topics: 't', Aa: '1', BB: '2', AaAa: '3', BBBB: '4', AaBB: '5', BBAa: '6' }),
}
/** Those that write to the topic `t`, or read it; the others have no lines. */
const LINES_OF_T = ['s1', 's2', 's3', 's4', 's5', 's6', 's7', 's-8', 'k1', 'k2', 'k5']
const patch = { zz: '1', 'batch.size': '7', 'x.a0': null }

export interface WorkerRecords {
  configs: Record<string, Config>
  patch: Record<string, string | null>
  /** Without session keys, which are random. */
  config: [key: string | null, value: string | null][]
  status: [key: string | null, value: string | null][]
}

/** Runs a worker of that side on a broker of its own. */
export async function workerRecords(side: Side): Promise<WorkerRecords> {
  const folder = mkdtempSync('/tmp/worker-records-')
  const broker = await startBroker({ dir: join(folder, 'broker') })
  try {
    const stores = ['config', 'status', 'offset'].flatMap(store => [
      [`${store}.storage.topic`, store],
      [`${store}.storage.replication.factor`, '1'],
    ])
    const dir = join(folder, 'worker')
    mkdirSync(dir)
    const worker = await startWorker(side, {
      bootstrap: broker.bootstrap,
      mode: 'distributed',
      dir,
      worker: {
        'group.id': 'records',
        'key.converter': STRING,
        'value.converter': STRING,
        'config.providers': 'file',
        'config.providers.file.class': 'org.apache.kafka.common.config.provider.FileConfigProvider',
        ...Object.fromEntries(stores),
      },
    })
    await until('the worker to be ready', async () => (await worker.fetch('/health')).status === 200)
    const send = async (method: string, path: string, body?: unknown) => {
      const answer = await worker.fetch(path, {
        method,
        headers: JSON_BODY,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    }
    const running = (name: string) => worker.awaitState(name, 'RUNNING')
    for (const [name, config] of Object.entries(configs)) {
      await send('POST', '/connectors', { name, config })
      await running(name)
    }
    const kafka = await openKafka({ 'bootstrap.servers': broker.bootstrap }, folder)
    const topics = new Topics(kafka, { 'bootstrap.servers': broker.bootstrap })
    await until('every connector that has moved a line to have told its topic', async () => {
      const told = new Set((await topics.records('status', 5)).map(([key]) => key))
      return LINES_OF_T.every(name => told.has(`status-topic-t:connector-${name}`))
    })
    await send('PUT', '/connectors/s1/pause')
    await worker.awaitState('s1', 'PAUSED')
    await send('PUT', '/connectors/s2/stop')
    await send('POST', '/connectors/s3/restart?includeTasks=true')
    await send('PUT', '/admin/loggers/a.b?scope=cluster', { level: 'DEBUG' })
    await send('PATCH', '/connectors/s4/config', patch)
    await send('DELETE', '/connectors/k1')
    const hasEnded = async () => {
      const records = await topics.records('config', 1)
      return records.filter(([key]) => key === 'task-s4-0').length > 1 && records
    }
    const records = await until('the tasks of the patched connector', hasEnded)
    /** How many statuses of these there are when all that was asked for has been done. */
    const last = {
      ...Object.fromEntries(['connector-k1', 'task-k1-0', 'task-k1-1', 'task-k1-2'].map(key => [key, 3])),
      'task-s2-0': 3,
      'task-s3-0': 4,
      'task-s4-0': 3,
      'connector-s4': 3,
      'connector-s3': 4,
      'connector-s2': 2,
    }
    const done = async () => {
      const written = await topics.records('status', 5)
      const count = (key: string) => written.filter(([one]) => one === `status-${key}`).length
      return Object.entries(last).every(([key, least]) => count(key) >= least) && written
    }
    const statuses = await until('the last statuses', done)
    await topics.close()
    await worker.stop()
    return { configs, patch, config: records.filter(([key]) => key !== 'session-key'), status: statuses }
  } finally {
    await broker.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  await Bun.write(process.argv[2]!, `${JSON.stringify(await workerRecords('jvm'), null, 1)}\n`)
}
