/**
 * The whole life of connectors, driven by one script over REST on a JVM worker and on ours: what lies in the three
 * topics afterwards is the same. Names and values that must differ have the same length on both sides.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bothSides, Cluster, type Entry } from '../../servers/cluster.ts'
import { ground } from '../../servers/ground.ts'
import { until } from '../../servers/run.ts'
import type { Side } from '../../servers/worker.ts'

const run = `${process.pid}-${Date.now()}`
const folder = mkdtempSync(join(tmpdir(), 'bunnect-life-'))
const input = join(folder, 'in')
const odd = ['a-1', 'a-1-2', 'with space', 'ünï☃🙂', "quote'and,comma"]
const STRING = 'org.apache.kafka.connect.storage.StringConverter'

interface Written {
  configs: Entry[]
  offsets: Entry[]
  statuses: Entry[]
  settings: Record<string, string>[]
  partitions: Record<string, number>
}

const place = ground()
let jvm: Written
let ours: Written

beforeAll(async () => {
  writeFileSync(input, 'one\ntwo\n')
  ;[jvm, ours] = await bothSides(life('jvm', 'jvm'), life('bunnect', 'bun'))
}, 300_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** `mark` stands in all that the sides must not share, and is taken out again of what was written. */
async function life(side: Side, mark: string): Promise<Written> {
  const group = `life-${mark}-${run}`
  const cluster = new Cluster(place.broker.bootstrap, group, place.probe)
  const lines = `${group}-lines`
  const path = (name: string) => `/connectors/${encodeURIComponent(name)}`
  const source = {
    'connector.class': 'FileStreamSource',
    'tasks.max': '2',
    file: input,
    topic: lines,
    transforms: 'a,b',
    'transforms.a.type': 'org.apache.kafka.connect.transforms.HoistField$Value',
    'transforms.a.field': 'line',
    'transforms.b.type': 'org.apache.kafka.connect.transforms.ExtractField$Value',
    'transforms.b.field': 'line',
    empty: '',
    'key.converter': STRING,
    'value.converter': STRING,
  }
  const sink = {
    'connector.class': 'org.apache.kafka.connect.file.FileStreamSinkConnector',
    'tasks.max': '2',
    file: join(folder, `${mark}.out`),
    topics: lines,
    'consumer.override.group.id': `${group}-life`,
    'key.converter': STRING,
    'value.converter': STRING,
  }
  try {
    await place.probe.create(lines, 2)
    await cluster.start(side)
    const put = (config: object) => () => cluster.ask('PUT', `${path('life')}/config`, config)
    const act = (method: string, rest: string) => () => cluster.ask(method, `${path('life')}${rest}`)
    const all = (state: string) => ({ life: state, 'life-0': state, 'life-1': state })

    for (const name of odd)
      await cluster.until(() => cluster.ask('POST', '/connectors', { name, config: source }), {
        [name]: 'RUNNING',
        [`${name}-0`]: 'RUNNING',
      })
    await until('positions of all', async () => {
      const last = lastOfKeys(await cluster.entries('offsets'))
      return last.length === odd.length && last.every(({ value }) => value === '{"position":8}')
    })
    await cluster.until(put(sink), all('RUNNING'))
    await until('the topic of the sink', async () =>
      (await cluster.entries('statuses')).some(({ key }) => key === `status-topic-${lines}:connector-life`),
    )
    await cluster.until(put({ ...sink, u: '1' }), all('RUNNING'))
    await cluster.until(act('PUT', '/pause'), all('PAUSED'))
    await cluster.until(act('PUT', '/resume'), all('RUNNING'))
    await cluster.until(act('POST', '/tasks/0/restart'), { 'life-0': 'RUNNING' })
    await cluster.until(act('POST', '/restart?includeTasks=true'), all('RUNNING'))
    await act('POST', '/restart?includeTasks=true&onlyFailed=true')()
    await cluster.until(act('POST', '/restart'), { life: 'RUNNING' })
    await cluster.until(
      () => cluster.ask('PATCH', `${path('life')}/config`, { u: null, v: 'é' }),
      all('RUNNING'),
    )
    await cluster.until(put({ ...sink, 'tasks.max': '1' }), {
      life: 'RUNNING',
      'life-0': 'RUNNING',
      'life-1': null,
    })
    await cluster.until(act('PUT', '/stop'), { life: 'STOPPED', 'life-0': null })
    await act('PUT', '/topics/reset')()
    await cluster.until(act('PUT', '/resume'), { life: 'RUNNING', 'life-0': 'RUNNING' })
    await cluster.until(act('DELETE', ''), { life: null, 'life-0': null })

    const started = { name: 'held', config: source, initial_state: 'PAUSED' }
    await cluster.until(() => cluster.ask('POST', '/connectors', started), { held: 'PAUSED' })
    await cluster.until(() => cluster.ask('PUT', '/connectors/held/stop'), { held: 'STOPPED' })
    await cluster.until(() => cluster.ask('PUT', '/connectors/held/pause'), { held: 'PAUSED' })
    const stopped = { name: 'none', config: sink, initial_state: 'STOPPED' }
    await cluster.until(() => cluster.ask('POST', '/connectors', stopped), { none: 'STOPPED' })
    await cluster.until(() => cluster.ask('DELETE', path('a-1')), { 'a-1': null, 'a-1-0': null })
    await cluster.ask('PUT', '/admin/loggers/life.é?scope=cluster', { level: 'WARN' })
    const broken = {
      ...sink,
      'tasks.max': '1',
      file: '/not/here/out',
      'consumer.override.group.id': `${group}-b`,
    }
    await cluster.until(() => cluster.ask('POST', '/connectors', { name: 'broken', config: broken }), {
      broken: 'RUNNING',
      'broken-0': 'FAILED',
    })
    await cluster.until(
      () => cluster.ask('POST', '/connectors/broken/restart?onlyFailed=true&includeTasks=true'),
      { 'broken-0': 'FAILED' },
    )
    await cluster.stop()
    const unmarked = (text: string | null) =>
      text === null ? null : text.replaceAll(`life-${mark}-`, 'life-').replaceAll(`${mark}.out`, 'out')
    const neutral = (entries: Entry[]) =>
      entries.map(entry => ({ ...entry, key: unmarked(entry.key), value: unmarked(entry.value) }))
    const stores = ['configs', 'offsets', 'statuses'] as const
    const made = await place.probe.topics(group)
    return {
      configs: neutral(await cluster.entries('configs')),
      offsets: neutral(await cluster.entries('offsets')),
      statuses: neutral(await cluster.entries('statuses')),
      settings: await Promise.all(stores.map(store => place.probe.topicConfigs(cluster.topic(store)))),
      partitions: Object.fromEntries(made.map(topic => [topic.name.slice(group.length), topic.partitions])),
    }
  } finally {
    await cluster.close()
  }
}

test('config topic: every record in the order of all, byte for byte', () => {
  const shown = ({ configs }: Written) =>
    configs.map(({ key, value }) => [key, key === 'session-key' ? Object.keys(JSON.parse(value!)) : value])
  expect(shown(ours)).toEqual(shown(jvm))
  expect(jvm.configs.length).toBeGreaterThan(50)
})

test('offsets topic: keys, values and partitions, byte for byte', () => {
  // One that was committed between the two lines is of no interest.
  const shown = ({ offsets }: Written) =>
    lastOfKeys(offsets).map(({ partition, key, value }) => [partition, key, value])
  expect(shown(ours)).toEqual(shown(jvm))
  expect(shown(jvm)).toHaveLength(odd.length)
})

/** The last record of each key. */
function lastOfKeys(entries: Entry[]): Entry[] {
  return [...new Map(entries.map(entry => [`${entry.partition} ${entry.key}`, entry])).values()]
}

/**
 * The sequence of one key, without what tells the worker and the time. The JVM writes tombstones and topics in use
 * until it has read them back, and tells the version of what it has just stopped or not, as it happens.
 */
function shownStatuses(statuses: Entry[]): Record<string, (string | null)[]> {
  const told: Record<string, (string | null)[]> = {}
  for (const { partition, key, value } of statuses) {
    const by = key!.startsWith('status-topic-') ? key! : `${partition}: ${key}`
    told[by] ??= []
    const shown = value === null ? null : neutralStatus(value)
    if (told[by].at(-1) !== shown || told[by].length === 0) told[by].push(shown)
  }
  return told
}

function neutralStatus(value: string): string {
  const status = JSON.parse(value)
  if (status.topic) return JSON.stringify({ topic: { ...status.topic, discoverTimestamp: 0, task: 0 } })
  expect(status.worker_id).toMatch(/^127\.0\.0\.1:\d+$/)
  expect(status.generation).toBeGreaterThan(0)
  if (status.state === 'UNASSIGNED' || status.state === 'RESTARTING') status.version = null
  const trace = status.trace?.split('\n')[0]
  return JSON.stringify({ ...status, trace, worker_id: 'w', generation: 0 })
}

test('status topic: the states of each connector and task, in their order and partition', () => {
  expect(shownStatuses(ours.statuses)).toEqual(shownStatuses(jvm.statuses))
})

test('generations never fall, and no record has headers', () => {
  for (const { configs, offsets, statuses } of [jvm, ours]) {
    expect([...configs, ...offsets, ...statuses].filter(({ headers }) => headers > 0)).toEqual([])
    const generations = new Map<string, number>()
    for (const { key, value } of statuses) {
      if (value === null || key!.startsWith('status-topic-')) continue
      const { generation } = JSON.parse(value)
      expect(generation).toBeGreaterThanOrEqual(generations.get(key!) ?? 0)
      generations.set(key!, generation)
    }
  }
})

test('the topics are made alike', () => {
  expect(ours.settings).toEqual(jvm.settings)
  expect(ours.partitions).toEqual(jvm.partitions)
})
