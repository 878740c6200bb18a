import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ground } from '../servers/ground.ts'
import { serversFolder } from '../servers/kafka.ts'
import { run, until } from '../servers/run.ts'
import { type ConnectWorker, type Side, startWorker } from '../servers/worker.ts'
import { Neutral } from './pipelines/outcome.ts'

/** BUNNECT_DIFFERENTIAL_SIDE=jvm compares the JVM with itself. */
const ours = (process.env['BUNNECT_DIFFERENTIAL_SIDE'] ?? 'bunnect') as Side
const folder = join(serversFolder(), `test-plugins-${process.pid}`)
const inputs = `sink-input-${process.pid}`
const TOOLS = 'org.apache.kafka.connect.tools.'
const CLASSES = [
  'VerifiableSourceConnector',
  'VerifiableSinkConnector',
  'MockSourceConnector',
  'MockSinkConnector',
  'SchemaSourceConnector',
]
/** So many records of an endless source are compared. */
const COMPARED = 30
/** A stop lets the JVM's source that waits send once more. */
const compared = (name: string) => (name === 'once' ? 1 : COMPARED)

const typed = (type: string, payload: unknown, more: object = {}) =>
  JSON.stringify({ schema: { type, optional: true, ...more }, payload })
/** Keys and values for the verifiable sink: what a source of this kind sends, and everything else that JSON has. */
const sinkInput: readonly (readonly [key: string | null, value: string | null])[] = [
  [typed('int32', 0), typed('int64', 7)],
  [null, null],
  [typed('string', 'a "b" \\ \n\t\u0001\u001f\u007f é\u2028\u{1f600} /'), typed('int64', '9007199254740993')],
  [typed('float', 1), typed('double', 1)],
  [typed('float', 0.1), typed('double', 1e300)],
  [typed('boolean', true), typed('bytes', 'AQL/')],
  [typed('int8', -3), typed('array', [1, null], { items: { type: 'int32', optional: true } })],
  [
    typed('int16', 4),
    typed('map', { b: 1.5, a: 2 }, { keys: { type: 'string' }, values: { type: 'double' } }),
  ],
  // As keys: what a source says of a Struct as its value tells them apart.
  [typed('struct', { a: 1 }, { fields: [{ field: 'a', type: 'int32' }] }), typed('int32', 1)],
  [
    typed('array', [{ a: 1 }], { items: { type: 'struct', fields: [{ field: 'a', type: 'int32' }] } }),
    typed('int32', 1),
  ],
  [
    typed('int64', 1234567, { name: 'org.apache.kafka.connect.data.Timestamp', version: 1 }),
    typed('bytes', 'AJY=', {
      name: 'org.apache.kafka.connect.data.Decimal',
      version: 1,
      parameters: { scale: '2' },
    }),
  ],
].map(([key, value]) => [
  key ?? null,
  // Beyond what JavaScript can write as a number.
  value?.replace('"9007199254740993"', '9007199254740993') ?? null,
])

const json = 'org.apache.kafka.connect.json.JsonConverter'
const workerKeys = { 'key.converter': json, 'value.converter': json, 'offset.flush.interval.ms': '500' }

/** By the name that the connector gets behind its side's mark. */
const connectors: Record<string, Record<string, string>> = {
  numbers: {
    'connector.class': 'VerifiableSource',
    'tasks.max': '2',
    topic: '<topic>',
    throughput: '200',
  },
  complete: {
    'connector.class': `${TOOLS}VerifiableSourceConnector`,
    topic: '<topic>',
    throughput: '200',
    'complete.record.data': 'TRUE',
  },
  once: { 'connector.class': 'VerifiableSourceConnector', topic: '<topic>', throughput: '0' },
  'no-throughput': { 'connector.class': 'VerifiableSourceConnector', topic: '<topic>' },
  'bad-throughput': { 'connector.class': 'VerifiableSource', topic: '<topic>', throughput: '1.5' },
  printed: { 'connector.class': 'VerifiableSink', topics: inputs },
  schemas: {
    'connector.class': 'SchemaSource',
    topic: '<topic>',
    throughput: '-1',
    'num.messages': '12',
    'multiple.schema': 'true',
    'partition.count': '3',
  },
  schema: { 'connector.class': 'SchemaSource', topic: '<topic>', throughput: '1000', 'num.messages': '5' },
  'no-messages': { 'connector.class': 'SchemaSource', topic: '<topic>', throughput: '-1' },
  'source-lives': { 'connector.class': 'MockSource', 'tasks.max': '3' },
  'source-task': { 'connector.class': 'MockSource', mock_mode: 'task-failure', delay_ms: '50' },
  'source-connector': { 'connector.class': 'MockSource', mock_mode: 'connector-failure', delay_ms: '50' },
  'source-delay': { 'connector.class': 'MockSource', mock_mode: 'task-failure', delay_ms: 'soon' },
  'connector-delay': { 'connector.class': 'MockSource', mock_mode: 'connector-failure', delay_ms: '' },
  'sink-task': {
    'connector.class': 'MockSink',
    topics: inputs,
    mock_mode: 'task-failure',
    delay_ms: '50',
  },
  'sink-connector': {
    'connector.class': 'MockSink',
    topics: inputs,
    mock_mode: 'connector-failure',
    delay_ms: '50',
  },
  'sink-lives': { 'connector.class': 'MockSink', topics: inputs, mock_mode: 'no-such-mode' },
}

interface Status {
  connector: { state: string; trace?: string; version?: string }
  tasks: { id: number; state: string; trace?: string; version?: string }[]
  type: string
}

interface Seen {
  configs: Record<string, unknown>
  tasks: Record<string, unknown>
  statuses: Record<string, unknown>
  records: Record<string, unknown>
  lines: Record<string, unknown>
}

const place = ground()
let expected: Seen
let found: Seen
let fromHost: Seen

beforeAll(async () => {
  await place.probe.create(inputs)
  await place.probe.produceRecords(
    sinkInput.map(([key, value]) => ({
      topic: inputs,
      partition: 0,
      timestamp: 1772600767089,
      key: key === null ? null : Buffer.from(key),
      value: value === null ? null : Buffer.from(value),
      headers: [],
    })),
  )
  const jar = (await run([resolve(import.meta.dir, '../../scripts/java/test-plugins')])).trim()
  expected = await observe('jvm', 'a', {}, { JVM_CONNECT_CLASSPATH: jar })
  found = await observe(ours, 'b', {}, { JVM_CONNECT_CLASSPATH: jar })
  fromHost = await observe('bunnect', 'c', { 'bunnect.task.hosts': '2' }, {})
}, 400_000)

afterAll(() => {
  if (!process.env['DBG']) rmSync(folder, { recursive: true, force: true })
})

describe('as the originals on JVM Connect 4.3.1', () => {
  const each = (part: keyof Seen, names: readonly string[]) =>
    test.each(names)(`${part}: %s`, name => {
      expect(expected[part][name]).toBeDefined()
      expect(found[part][name]).toEqual(expected[part][name])
      expect(fromHost[part][name]).toEqual(expected[part][name])
    })
  each('configs', CLASSES)
  each('tasks', Object.keys(connectors))
  each('statuses', Object.keys(connectors))
  each('records', ['numbers', 'complete', 'once', 'schemas', 'schema'])
  each('lines', ['numbers', 'complete', 'once', 'printed', 'schemas', 'schema'])
})

async function observe(
  side: Side,
  letter: string,
  worker: Record<string, string>,
  env: Record<string, string>,
): Promise<Seen> {
  const mark = `t${letter}${process.pid}.`
  const dir = join(folder, letter)
  const from = Date.now()
  const process_ = await startWorker(side, {
    bootstrap: place.broker.bootstrap,
    dir,
    worker: { ...workerKeys, ...worker },
    env,
  })
  let stopped = false
  try {
    const configs: Seen['configs'] = {}
    for (const name of CLASSES) {
      configs[name] = await answer(process_, `/connector-plugins/${TOOLS}${name}/config`)
      expect(await answer(process_, `/connector-plugins/${name}/config`)).toEqual(configs[name])
    }
    const answers = new Map<string, string>()
    for (const [name, config] of Object.entries(connectors)) {
      const topic = config['topic'] && { topic: mark + name }
      const created = await process_.fetch('/connectors', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: mark + name, config: { ...config, ...topic } }),
      })
      const text = (await created.text()).replaceAll(mark, 'MARK.')
      // One that cannot start is refused, and there nevertheless.
      answers.set(name, created.status === 201 ? '201' : `${created.status} ${text}`)
    }
    const statuses: Seen['statuses'] = {}
    const tasks: Seen['tasks'] = {}
    for (const [name, config] of Object.entries(connectors)) {
      const status = await settled(process_, mark + name, config)
      const neutral = new Neutral([[mark, 'MARK.']], from, Date.now())
      const about = ({ state, trace, version }: Status['connector']) => [
        state,
        version,
        ...neutral.trace(trace),
      ]
      statuses[name] = [answers.get(name), status.type, about(status.connector), ...status.tasks.map(about)]
      const given = await answer(process_, `/connectors/${mark}${name}/tasks`)
      tasks[name] = JSON.parse(neutral.text(JSON.stringify(given)))
    }
    await enough(mark)
    await until(
      'all that is printed',
      async () => complete(linesOf(await process_.output(), mark)),
      60_000,
      200,
    )
    await process_.stop()
    stopped = true
    const neutral = new Neutral([[mark, 'MARK.']], from, Date.now())
    return {
      configs,
      tasks,
      statuses,
      records: await recordsOf(mark, neutral),
      lines: Object.fromEntries(
        Object.entries(linesOf(await process_.output(), mark)).map(([name, lines]) => [
          name,
          comparable(
            name,
            lines.map(line => neutral.text(line)),
          ),
        ]),
      ),
    }
  } finally {
    if (!stopped) await process_.stop()
  }
}

async function answer(worker: ConnectWorker, path: string): Promise<unknown> {
  const got = await worker.fetch(path)
  expect(`${path} ${got.status}`).toBe(`${path} 200`)
  return await got.json()
}

/** The status once what is to fail has failed, and everything else runs. */
async function settled(worker: ConnectWorker, name: string, config: Record<string, string>): Promise<Status> {
  const connectorFails = config['mock_mode'] === 'connector-failure'
  const taskFails =
    config['mock_mode'] === 'task-failure' ||
    (/^(?:Ver|Schema)\w*Source/.test(config['connector.class']!) &&
      !/^-?\d+$/.test(config['throughput'] ?? '')) ||
    (config['connector.class'] === 'SchemaSource' && config['num.messages'] === undefined)
  return await until(`${name} to settle`, async () => {
    const status = (await answer(worker, `/connectors/${name}/status`)) as Status
    const wanted = [connectorFails ? 'FAILED' : 'RUNNING', taskFails ? 'FAILED' : 'RUNNING']
    const withoutTasks = connectorFails && !/^\d+$/.test(config['delay_ms']!)
    const settledTasks = withoutTasks
      ? status.tasks.length === 0
      : status.tasks.length > 0 && status.tasks.every(({ state }) => state === wanted[1])
    return status.connector.state === wanted[0] && settledTasks ? status : null
  })
}

async function enough(mark: string): Promise<void> {
  const wanted = { numbers: 2 * COMPARED + 20, complete: COMPARED + 10, once: 1, schemas: 12, schema: 5 }
  for (const [name, count] of Object.entries(wanted))
    await until(
      `${count} records of ${name}`,
      async () => (await place.probe.endOffset(mark + name)) >= count,
    )
}

/** JSON lines (and Java's excuse for what is none) by the connector, for they name it or are the only ones of theirs. */
function linesOf(log: string, mark: string): Record<string, string[]> {
  const all = log.split('\n')
  const found: Record<string, string[]> = { printed: [], schemas: [], schema: [], unprintable: [] }
  for (const line of all) {
    const name = /"name":"([^"]*)"/.exec(line)?.[1]
    if (line.startsWith('{"task": ')) found['schemas']!.push(line)
    else if (line.startsWith('Bad data')) found['unprintable']!.push(line)
    else if (line.startsWith('{') && line.endsWith('}') && name?.startsWith(mark)) {
      const own = name.slice(mark.length)
      found[own] = [...(found[own] ?? []), line]
    }
  }
  // Both schema sources print alike, so their lines are compared together.
  found['schema'] = found['schemas']!.toSorted()
  found['schemas'] = found['schema']
  found['complete'] = [...(found['complete'] ?? []), ...found['unprintable']!.filter(isOfComplete)]
  found['printed']!.push(...found['unprintable']!.filter(line => !isOfComplete(line)))
  delete found['unprintable']
  return found
}

/** Java's excuse for the Struct that is the value of a record of complete.record.data. */
function isOfComplete(line: string): boolean {
  return line.includes('java.util.HashMap["seqno"]')
}

function complete(lines: Record<string, string[]>): boolean {
  const committed = (name: string) => lines[name]?.filter(line => line.includes('"committed"')).length ?? 0
  const printed = lines['printed']!.length
  return (
    committed('numbers') >= 2 * COMPARED + 10 &&
    committed('once') === 1 &&
    lines['schemas']!.length === 17 &&
    printed === sinkInput.length * 2
  )
}

/** What both sides print alike: the first lines of an endless source, those of each task and kind for themselves. */
function comparable(name: string, lines: readonly string[]): unknown {
  if (name === 'schemas' || name === 'schema') return lines
  if (name === 'printed') return lines.toSorted()
  const kinds = Map.groupBy(lines, line =>
    line.startsWith('Bad') ? 'bad' : `${/"task":\d/.exec(line)?.[0]} ${line.includes('"committed"')}`,
  )
  const bad = kinds.get('bad')
  return {
    ...Object.fromEntries([...kinds].map(([kind, some]) => [kind, some.slice(0, compared(name))])),
    ...(bad && { bad: bad[0] }),
  }
}

async function recordsOf(mark: string, neutral: Neutral): Promise<Seen['records']> {
  const records: Seen['records'] = {}
  for (const name of ['numbers', 'complete', 'once', 'schemas', 'schema']) {
    const all = (await place.probe.readAll(mark + name)).map(record => neutral.record(record))
    const byKey = Map.groupBy(all, ({ key }) => String(key))
    records[name] = Object.fromEntries([...byKey].map(([key, some]) => [key, some.slice(0, compared(name))]))
  }
  return records
}
