/**
 * The same small pipeline on both workers: what the JVM shows over JMX and what ours shows at /bunnect/metrics have the
 * same groups, tags and names, and the same values where they are no matter of time.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { GroupJson } from '../../src/observe/metrics/connect-metrics.ts'
import { serversFolder, sharedBroker } from '../servers/kafka.ts'
import { freePort } from '../servers/ports.ts'
import { run, until } from '../servers/run.ts'
import { TopicProbe } from '../servers/topics.ts'
import { type ConnectWorker, type Side, startWorker } from '../servers/worker.ts'

const root = resolve(import.meta.dir, '../..')
const folder = join(serversFolder(), `metrics-${process.pid}`)
const LINES = 100
/** Of ten lines one is no JSON. */
const BAD = LINES / 10

let broker: Awaited<ReturnType<typeof sharedBroker>>
let probe: TopicProbe

beforeAll(async () => {
  broker = await sharedBroker()
  probe = new TopicProbe(broker.bootstrap)
}, 300_000)

afterAll(async () => {
  await probe.close()
  await broker.stop()
  rmSync(folder, { recursive: true, force: true })
}, 300_000)

/** By group and tags, such as `sink-task-metrics connector=sink task=0`. */
type Found = Map<string, Record<string, unknown>>

for (const mode of ['standalone', 'distributed'] as const) {
  describe(mode, () => {
    let jvm: Found
    let ours: Found

    beforeAll(async () => {
      const one = await measured('jvm', mode)
      const other = await measured('bunnect', mode)
      jvm = one
      ours = other
    }, 300_000)

    test('the same groups with the same tags', () => {
      const theirs = [...jvm.keys()].filter(group => !group.startsWith('connect-node-metrics')).sort()
      expect([...ours.keys()].filter(group => !/^(?:bunnect-|process)/.test(group)).sort()).toEqual(theirs)
    })

    test('the same names in each', () => {
      for (const [group, values] of jvm) {
        const own = ours.get(group)
        if (own === undefined) continue
        const names = Object.keys(values).sort()
        // Of its own sockets a client of ours knows less.
        if (group.startsWith('connect-metrics '))
          expect(names).toEqual(expect.arrayContaining(Object.keys(own)))
        else expect([group, Object.keys(own).sort()]).toEqual([group, names])
      }
    })

    test('the same values where time plays no part', () => {
      for (const [group, values] of jvm) {
        for (const [name, value] of Object.entries(values)) {
          const own = ours.get(group)
          if (own === undefined || !(name in own) || isOfTime(group, name)) continue
          expect([group, name, own[name]]).toEqual([group, name, value])
        }
      }
    })

    test('and those are what must be', () => {
      const source = ours.get('source-task-metrics connector=source task=0')!
      expect(source['source-record-poll-total']).toBe(LINES)
      expect(source['source-record-write-total']).toBe(LINES)
      const sink = ours.get('sink-task-metrics connector=sink task=0')!
      expect(sink['sink-record-read-total']).toBe(LINES)
      expect(sink['sink-record-send-total']).toBe(LINES - BAD)
      expect(ours.get('task-error-metrics connector=sink task=0')!['total-records-skipped']).toBe(BAD)
    })
  })
}

/** Times, rates, what depends on how often somebody asked; and task starts, which 4.3.1 does not count. */
function isOfTime(group: string, name: string): boolean {
  if (/-rate$|-ratio$|-avg$|-max$|-ms$|-timestamp$|-ago$|rate-per-hour$|TimeMs$/.test(name)) return true
  if (/^offset-commit-(?:seq-no|completion-total)$|^task-startup-/.test(name)) return true
  // How many rounds a group takes for two connectors depends on how fast they come after each other.
  if (/^(?:epoch|completed-rebalances-total)$/.test(name)) return true
  // Of the group and of the network: how often, and with whom.
  if (/^connect-(?:metrics|coordinator-metrics) /.test(group)) return !name.startsWith('assigned-')
  return group.startsWith('kafka-metrics-count client-id')
}

async function measured(side: Side, mode: 'standalone' | 'distributed'): Promise<Found> {
  const mark = `${side}-${mode}-${process.pid}`
  const dir = join(folder, mark)
  mkdirSync(dir, { recursive: true })
  writeFileSync(
    join(dir, 'in.txt'),
    Array.from({ length: LINES }, (_, i) => (i % 10 === 0 ? `{bad ${i}\n` : `{"n":${i}}\n`)).join(''),
  )
  await probe.create(`metrics-${mark}`)
  const jmx = await freePort()
  const worker = await startWorker(side, {
    bootstrap: broker.bootstrap,
    mode,
    dir,
    env: {
      JVM_CONNECT_OPTS: `-Dcom.sun.management.jmxremote.port=${jmx} -Dcom.sun.management.jmxremote.rmi.port=${jmx} -Dcom.sun.management.jmxremote.host=127.0.0.1 -Djava.rmi.server.hostname=127.0.0.1 -Dcom.sun.management.jmxremote.authenticate=false -Dcom.sun.management.jmxremote.ssl=false`,
    },
    worker: {
      'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'offset.flush.interval.ms': '1000',
      ...(mode === 'distributed' && {
        'group.id': mark,
        ...Object.fromEntries(
          ['config', 'offset', 'status'].flatMap(kind => [
            [`${kind}.storage.topic`, `${mark}-${kind}`],
            [`${kind}.storage.replication.factor`, '1'],
          ]),
        ),
      }),
    },
  })
  try {
    await pipeline(worker, `metrics-${mark}`, dir)
    const read = side === 'jvm' ? () => beans(jmx, worker) : () => groups(worker)
    let found: Found = new Map()
    await until(
      `${side} to have done and committed everything`,
      async () => {
        found = await read()
        return isDone(found)
      },
      60_000,
      500,
    )
    // Attributes are read one after the other: all of them again, now that nothing changes any more.
    return await read()
  } finally {
    await worker.stop()
  }
}

async function pipeline(worker: ConnectWorker, topic: string, dir: string): Promise<void> {
  await worker.create({
    name: 'source',
    'connector.class': 'org.apache.kafka.connect.file.FileStreamSourceConnector',
    'tasks.max': '1',
    file: join(dir, 'in.txt'),
    topic,
    transforms: 'mark,drop',
    'transforms.mark.type': 'org.apache.kafka.connect.transforms.InsertHeader',
    'transforms.mark.header': 'from',
    'transforms.mark.value.literal': 'file',
    'transforms.drop.type': 'org.apache.kafka.connect.transforms.Filter',
    'transforms.drop.predicate': 'other',
    predicates: 'other',
    'predicates.other.type': 'org.apache.kafka.connect.transforms.predicates.TopicNameMatches',
    'predicates.other.pattern': 'another',
  })
  await worker.create({
    name: 'sink',
    'connector.class': 'org.apache.kafka.connect.file.FileStreamSinkConnector',
    'tasks.max': '1',
    file: join(dir, 'out.txt'),
    topics: topic,
    'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'value.converter.schemas.enable': 'false',
    'errors.tolerance': 'all',
    'errors.log.enable': 'true',
    'errors.deadletterqueue.topic.name': `${topic}-dead`,
    'errors.deadletterqueue.topic.replication.factor': '1',
  })
}

function isDone(found: Found): boolean {
  const sink = found.get('sink-task-metrics connector=sink task=0')
  const source = found.get('source-task-metrics connector=source task=0')
  const task = found.get('connector-task-metrics connector=source task=0')
  return (
    source?.['source-record-write-total'] === LINES &&
    sink?.['sink-record-read-total'] === LINES &&
    sink['sink-record-active-count'] === 0 &&
    (sink['offset-commit-completion-total'] as number) > 0 &&
    task?.['offset-commit-success-percentage'] === 1
  )
}

async function groups(worker: ConnectWorker): Promise<Found> {
  const answer = (await (await worker.fetch('/bunnect/metrics')).json()) as GroupJson[]
  return new Map(
    answer.map(({ group, tags, metrics }) => [key(worker, group, tags), portless(worker, metrics)]),
  )
}

async function beans(port: number, worker: ConnectWorker): Promise<Found> {
  const classpath = (await run([join(root, 'scripts/jvm-connect'), 'classpath'])).trim()
  const text = await run([
    'java',
    '-cp',
    classpath,
    join(import.meta.dir, 'MetricBeans.java'),
    String(port),
    'kafka.connect',
  ])
  const lines = text.trim().split('\n')
  const all = lines.map(
    line => JSON.parse(line) as { tags: Record<string, string>; values: GroupJson['metrics'] },
  )
  return new Map(
    all.map(({ tags: { type, ...tags }, values }) => [key(worker, type!, tags), portless(worker, values)]),
  )
}

function portless(worker: ConnectWorker, values: GroupJson['metrics']): Record<string, unknown> {
  const { 'leader-name': leader, ...others } = values
  if (typeof leader !== 'string') return values
  return { ...others, 'leader-name': leader.replace(String(worker.port), 'PORT') }
}

/** Its own port stands in the ids of a worker. */
function key(worker: ConnectWorker, group: string, tags: Record<string, string>): string {
  const texts = Object.entries(tags)
    .map(([tag, value]) => `${tag}=${value}`)
    .sort()
  return [group, ...texts].join(' ').replaceAll(String(worker.port), 'PORT')
}
