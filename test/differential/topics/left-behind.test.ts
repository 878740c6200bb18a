/**
 * Topics as years leave them behind: garbage, kinds of records that nobody knows, commits whose tasks compaction has
 * taken, tasks of deleted connectors. A JVM worker and ours start on equal ones, run the same and write the same.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bothSides, Cluster, type Store } from '../../servers/cluster.ts'
import { ground } from '../../servers/ground.ts'
import { until } from '../../servers/run.ts'
import type { Side } from '../../servers/worker.ts'

type Config = Record<string, string>

const run = `${process.pid}-${Date.now()}`
const folder = mkdtempSync(join(tmpdir(), 'bunnect-left-'))
const input = join(folder, 'in')

interface Found {
  configs: Record<string, (string | null)[]>
  states: Record<string, string | null>
  /** status and configuration of each connector as REST tells them */
  told: unknown
  lines: string[]
  problems: string
}

const place = ground()
let jvm: Found
let ours: Found

beforeAll(async () => {
  writeFileSync(input, 'one\ntwo\n')
  ;[jvm, ours] = await bothSides(find('jvm', 'jvm'), find('bunnect', 'bun'))
}, 300_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const properties = (config: Config) => JSON.stringify({ properties: config })
const commit = (tasks: number) => JSON.stringify({ tasks })

/** The records of a config topic, in which `lines` is a topic to write to. */
function configRecords(lines: string): [key: string, value: string | null][] {
  const source = (name: string): Config => ({
    name,
    'connector.class': 'FileStreamSource',
    'tasks.max': '1',
    file: input,
    topic: lines,
  })
  const sink = (name: string): Config => ({
    name,
    'connector.class': 'FileStreamSink',
    'tasks.max': '2',
    file: '/dev/null',
    topics: `${lines}-none`,
    'consumer.override.group.id': `${lines}-${name}`,
  })
  const sourceTask = (name: string) =>
    properties({ ...source(name), 'task.class': 'org.apache.kafka.connect.file.FileStreamSourceTask' })
  const sinkTask = (name: string) =>
    properties({ ...sink(name), 'task.class': 'org.apache.kafka.connect.file.FileStreamSinkTask' })
  return [
    ['garbage', 'no JSON'],
    ['connector-', '5'],
    ['connector-broken', '{'],
    ['connector-listed', '[]'],
    ['task-', null],
    ['task-none-x', '{}'],
    ['commit-none', commit(7)],
    ['commit-odd', '{"tasks":"two"}'],
    ['target-state-nobody', '{"state":"PAUSED"}'],
    ['target-state-source', '{"state":"ASLEEP"}'],
    ['tasks-fencing-source', '{"task-count":2}'],
    ['restart-connector-source', '{"include-tasks":true,"only-failed":false}'],
    ['logger-cluster-left.behind', '{"level":"TRACE"}'],
    ['kind-of-the-future-a', '{"a":1}'],
    ['connector-source', properties(source('source'))],
    ['task-source-0', sourceTask('source')],
    ['commit-source', commit(1)],
    // Task 0 has been compacted away, as that of a later write whose commit never came.
    ['connector-holes', properties(sink('holes'))],
    ['task-holes-1', sinkTask('holes')],
    ['commit-holes', commit(2)],
    // Once three, now one.
    ['connector-fewer', properties({ ...sink('fewer'), 'tasks.max': '1' })],
    ['task-fewer-1', sinkTask('fewer')],
    ['task-fewer-2', sinkTask('fewer')],
    ['task-fewer-0', sinkTask('fewer').replace('"tasks.max":"2"', '"tasks.max":"1"')],
    ['commit-fewer', commit(1)],
    ['connector-bare', properties(sink('bare'))],
    ['connector-deleted', properties(sink('deleted'))],
    ['task-deleted-0', sinkTask('deleted')],
    ['connector-deleted', null],
    ['commit-deleted', commit(1)],
    // As before version 3.5, which knew no third state.
    ['target-state-paused', '{"state":"PAUSED"}'],
    ['connector-paused', properties(source('paused'))],
    ['task-paused-0', sourceTask('paused')],
    ['commit-paused', commit(1)],
    ['connector-newer', properties({ ...sink('newer'), more: '1' })],
    ['task-newer-0', sinkTask('newer')],
    ['task-newer-1', sinkTask('newer')],
    ['commit-newer', commit(2)],
    ['target-state-stopped', '{"state":"PAUSED","state.v2":"STOPPED"}'],
    ['connector-stopped', properties(sink('stopped'))],
    ['commit-stopped', commit(0)],
    ['connector-alien', properties({ ...sink('alien'), 'connector.class': 'com.example.GoneConnector' })],
    ['task-alien-0', properties({ name: 'alien', 'task.class': 'com.example.GoneTask' })],
    ['commit-alien', commit(1)],
  ]
}

const statusRecords: [string, string | null][] = [
  ['status-connector-source', '{'],
  ['status-task-source-x', '{}'],
  ['status-of-the-future', '5'],
  ['status-connector-holes', '{"state":"DANCING","worker_id":"w:1","generation":1}'],
  ['status-task-deleted-0', '{"state":"RUNNING","trace":null,"worker_id":"gone:8083","generation":3}'],
  ['status-topic-x:connector-source', '{"topic":{"name":"x"}}'],
]

/**
 * Without the stack and the list of what there is. Of a task whose connector is unknown the JVM says that it does not
 * recognise its type, which is true of every cause; we name the class.
 */
function neutralTrace(trace: string): string {
  const [line] = trace.split(/\n|, available connectors are/)
  return /Failed to start task \S+ since it is not a recognizable type/.test(line!)
    ? 'org.apache.kafka.connect.errors.ConnectException: Failed to find any class that implements Connector and which name matches com.example.GoneConnector'
    : line!
}

async function find(side: Side, mark: string): Promise<Found> {
  const group = `left-${mark}-${run}`
  const lines = `${group}-lines`
  const cluster = new Cluster(place.broker.bootstrap, group, place.probe)
  const unmarked = (text: string) =>
    text.replaceAll(group, 'left').replaceAll(cluster.worker.rest.slice(7), 'w')
  const write = async (store: Store, partitions: number, records: [string, string | null][]) => {
    await place.probe.create(cluster.topic(store), partitions, { 'cleanup.policy': 'compact' })
    await place.probe.produceRecords(
      records.map(([key, value]) => ({
        topic: cluster.topic(store),
        partition: 0,
        timestamp: Date.now(),
        key: Buffer.from(key),
        value: value === null ? null : Buffer.from(value),
        headers: [],
      })),
    )
  }
  const wanted: Record<string, string | null> = {
    ...Object.fromEntries(['source', 'holes', 'fewer', 'bare', 'newer'].map(name => [name, 'RUNNING'])),
    'source-0': 'RUNNING',
    'holes-0': 'RUNNING',
    'holes-1': 'RUNNING',
    'fewer-0': 'RUNNING',
    'bare-0': 'RUNNING',
    'bare-1': 'RUNNING',
    'newer-0': 'RUNNING',
    'newer-1': 'RUNNING',
    paused: 'PAUSED',
    'paused-0': 'PAUSED',
    stopped: 'STOPPED',
    alien: 'FAILED',
    'alien-0': 'FAILED',
  }
  try {
    const before = configRecords(lines)
    await write('configs', 1, before)
    await write('statuses', 5, statusRecords)
    await write('offsets', 25, [
      ['{', '{}'],
      ['"source"', 'garbage'],
      ['["source"]', '{"position":0}'],
      ['["source",5,6]', null],
      [JSON.stringify(['source', { filename: input }]), '{"position":4}'],
    ])
    await place.probe.create(lines)
    // One of the connectors is of a class that neither side has.
    await cluster.start(side, { 'bunnect.join.unsupported': 'allow' })
    const states = async () => {
      const all = await cluster.states()
      return Object.fromEntries(Object.keys(wanted).map(name => [name, all[name] ?? null]))
    }
    await until(`the states that ${side} finds`, async () => Bun.deepEquals(await states(), wanted)).catch(
      () => {}, // The comparison says what is missing.
    )
    await until('the line behind the position', async () => (await place.probe.endOffset(lines)) > 0)
    const told = (await cluster.ask('GET', '/connectors?expand=status&expand=info')) as object
    const configs: Found['configs'] = {}
    for (const { key, value } of (await cluster.entries('configs')).slice(before.length)) {
      if (key === 'session-key') continue
      configs[key!] ??= []
      configs[key!]!.push(value && unmarked(value))
    }
    return {
      configs,
      states: await states(),
      told: JSON.parse(unmarked(JSON.stringify(told)), (key, value) => {
        if (key === 'trace') return neutralTrace(value)
        return key === 'tasks'
          ? value.toSorted((a: { id?: number }, b: { id?: number }) => a.id! - b.id!)
          : value
      }),
      lines: (await place.probe.readAll(lines)).map(({ value }) => String(value)),
      problems: await cluster.worker.log(),
    }
  } finally {
    await cluster.close()
  }
}

test('the same connectors run in the same states', () => {
  expect(ours.states).toEqual(jvm.states)
  expect(ours.told).toEqual(jvm.told)
  expect(Object.values(jvm.states)).not.toContain(null)
})

test('the same is written anew: what was incomplete or of an older configuration, and nothing else', () => {
  expect(ours.configs).toEqual(jvm.configs)
  const keys = ['holes', 'bare', 'newer'].flatMap(name => [
    `task-${name}-0`,
    `task-${name}-1`,
    `commit-${name}`,
  ])
  expect(Object.keys(jvm.configs).sort()).toEqual(keys.sort())
})

test('a source goes on at its stored position', () => {
  expect(ours.lines).toEqual(jvm.lines)
  expect(ours.lines).toEqual(['two'])
})

test('what cannot be read is told, once for each kind', () => {
  const lines = ours.problems.split('\n').filter(line => line.includes('Ignoring the record at left-'))
  expect(lines.map(line => /with key "([^"]*)"/.exec(line)?.[1]).sort()).toEqual([
    'commit-odd',
    'connector-',
    'garbage',
    'kind-of-the-future-a',
    'status-connector-holes',
    'status-connector-source',
    'status-of-the-future',
    'status-task-source-x',
    'status-topic-x:connector-source',
    'target-state-source',
    'task-',
  ])
})
