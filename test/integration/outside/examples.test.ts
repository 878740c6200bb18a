/** The examples of the SDK's documentation, through the real loader and a real worker. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Broker, sharedBroker } from '../../servers/kafka.ts'
import { until } from '../../servers/run.ts'
import { type ConnectWorker, startWorker } from '../../servers/worker.ts'

const EXAMPLES = resolve(import.meta.dir, '../../../src/sdk/examples')
const STRING = 'org.apache.kafka.connect.storage.StringConverter'
const JSON_CONVERTER = 'org.apache.kafka.connect.json.JsonConverter'
const entries = [
  { id: 1, kind: 'order', mail: 'ada@example.org', amount: 5 },
  { id: 2, kind: 'noise', mail: 'bob@example.org', amount: 6 },
  { id: 3, kind: 'order', mail: 'eve@example.org', amount: 7 },
]
const hash = (text: string) => createHmac('sha256', 'pepper').update(text).digest('hex')

interface Posted {
  topic: string
  offset: number
  key: string | null
  value: unknown
}

let folder: string
let posted: Posted[] = []
let asked: { since: string | null; token: string | null }[] = []
const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  async fetch(request) {
    if (request.method === 'POST') {
      posted.push(...((await request.json()) as Posted[]))
      return new Response(null, { status: 204 })
    }
    const since = new URL(request.url).searchParams.get('since')
    asked.push({ since, token: request.headers.get('authorization') })
    return Response.json(entries.filter(({ id }) => id > Number(since)))
  },
})

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bunnect-examples-'))
  cpSync(EXAMPLES, join(folder, 'plugins'), { recursive: true })
  mkdirSync(join(folder, 'plugins/scripts'))
  writeFileSync(
    join(folder, 'plugins/scripts/split.ts'),
    `export default (record) => {
  const { key, value } = record
  return [value, { ...value, amount: -value.amount }].map((each, i) => ({ key: key + '/' + i, value: each }))
}
`,
  )
  writeFileSync(join(folder, 'plugins/scripts/large.ts'), 'record => record.value.amount > 6')
  writeFileSync(
    join(folder, 'plugins/scripts/slip.ts'),
    'export default (record) => {\n  record.tpoic = 1\n  return record\n}\n',
  )
})
afterAll(async () => {
  await server.stop(true)
  rmSync(folder, { recursive: true, force: true })
})

describe.each(['the embedded log', 'Kafka'] as const)('on %s', where => {
  let broker: Pick<Broker, 'bootstrap' | 'stop'> | null = null
  let worker: ConnectWorker
  const topic = (name: string) => `${name}-${where === 'Kafka' ? process.pid : 'embedded'}`

  beforeAll(async () => {
    posted = []
    asked = []
    broker = where === 'Kafka' ? await sharedBroker() : null
    worker = await startWorker('bunnect', {
      bootstrap: broker?.bootstrap ?? 'embedded',
      worker: {
        'plugin.path': join(folder, 'plugins'),
        'key.converter': STRING,
        'value.converter': JSON_CONVERTER,
        'value.converter.schemas.enable': 'false',
        'offset.flush.interval.ms': '200',
      },
    })
  })
  afterAll(async () => {
    await worker.stop()
    await broker?.stop()
  })

  test('the plugins are listed with their kinds', async () => {
    const answer = await worker.fetch('/connector-plugins?connectorsOnly=false')
    const listed = (await answer.json()) as { class: string; type: string; version: string }[]
    const ours = listed.filter(plugin => /^(?:example|bunnect)\./.test(plugin.class))
    expect(ours.map(plugin => `${plugin.type} ${plugin.class} ${plugin.version}`).sort()).toEqual([
      'converter example.CsvConverter 1.0.0',
      'predicate bunnect.Script 1.0',
      'predicate example.FieldMatches 1.0.0',
      'sink example.HttpPostSinkConnector 1.0.0',
      'source example.HttpPollSourceConnector 1.0.0',
      'transformation bunnect.Script 1.0',
      'transformation example.HashFields 1.0.0',
    ])
  })

  test('source, predicate, transformation, script and sink move records', async () => {
    await worker.create({
      name: 'poll',
      'connector.class': 'HttpPollSource',
      url: `http://127.0.0.1:${server.port}/`,
      token: 's3cret',
      topic: topic('entries'),
      'poll.interval.ms': '20',
      transforms: 'drop,hash,split',
      'transforms.drop.type': 'org.apache.kafka.connect.transforms.Filter',
      'transforms.drop.predicate': 'noise',
      'transforms.hash.type': 'example.HashFields',
      'transforms.hash.fields': 'mail',
      'transforms.hash.secret': 'pepper',
      'transforms.split.type': 'bunnect.Script',
      'transforms.split.file': 'scripts/split.ts',
      'transforms.split.predicate': 'large',
      'transforms.split.negate': 'true',
      predicates: 'noise,large',
      'predicates.noise.type': 'example.FieldMatches',
      'predicates.noise.field': 'kind',
      'predicates.noise.pattern': '^noi',
      'predicates.large.type': 'bunnect.Script',
      'predicates.large.file': 'scripts/large.ts',
    })
    await worker.create({
      name: 'post',
      'connector.class': 'HttpPostSink',
      url: `http://127.0.0.1:${server.port}/`,
      topics: topic('entries'),
      'consumer.override.auto.offset.reset': 'earliest',
    })
    await until('three records to be posted', () => posted.length >= 3, 40_000)
    expect(posted.map(({ key, value, offset }) => ({ key, value, offset }))).toEqual([
      { key: '1/0', value: { id: 1, kind: 'order', mail: hash('ada@example.org'), amount: 5 }, offset: 0 },
      { key: '1/1', value: { id: 1, kind: 'order', mail: hash('ada@example.org'), amount: -5 }, offset: 1 },
      { key: '3', value: { id: 3, kind: 'order', mail: hash('eve@example.org'), amount: 7 }, offset: 2 },
    ])
    expect(asked[0]).toEqual({ since: '0', token: 'Bearer s3cret' })
  })

  test('the source goes on where it stopped', async () => {
    await until('it to have read everything', () => asked.some(({ since }) => since === '3'))
    const restart = await worker.fetch('/connectors/poll/restart?includeTasks=true', { method: 'POST' })
    expect(restart.status).toBe(202)
    const before = asked.length
    await worker.awaitState('poll', 'RUNNING')
    await until('it to ask again', () => asked.length > before + 1)
    expect(new Set(asked.slice(before).map(({ since }) => since))).toEqual(new Set(['3']))
  })

  test('the converter turns rows into maps', async () => {
    const file = join(folder, `rows-${where === 'Kafka'}.csv`)
    writeFileSync(file, 'ada,"5, or 6"\nbob,7\n')
    posted = []
    await worker.create({
      name: 'rows',
      'connector.class': 'FileStreamSource',
      file,
      topic: topic('rows'),
      'value.converter': STRING,
    })
    await worker.create({
      name: 'post-rows',
      'connector.class': 'HttpPostSink',
      url: `http://127.0.0.1:${server.port}/`,
      topics: topic('rows'),
      'value.converter': 'example.CsvConverter',
      'value.converter.columns': 'name,amount',
      'consumer.override.auto.offset.reset': 'earliest',
    })
    await until('two rows to be posted', () => posted.length >= 2, 40_000)
    expect(posted.map(({ value }) => value)).toEqual([
      { name: 'ada', amount: '5, or 6' },
      { name: 'bob', amount: '7' },
    ])
  })

  test.each([
    [
      'a missing key',
      { url: '', topic: undefined },
      'Missing required configuration "topic" which has no default value.',
    ],
    [
      'what its validator refuses',
      { 'poll.interval.ms': '0' },
      'Invalid value 0 for configuration poll.interval.ms: Value must be at least 1',
    ],
    [
      'what the plugin itself refuses',
      { url: 'http://example.org', token: 'x' },
      'A token may only be sent over https.',
    ],
    [
      'a pattern of the predicate',
      {
        predicates: 'p',
        'predicates.p.type': 'FieldMatches',
        'predicates.p.field': 'a',
        'predicates.p.pattern': '(',
      },
      'Invalid value ( for configuration',
    ],
    [
      'a script with a slip',
      { transforms: 's', 'transforms.s.type': 'bunnect.Script', 'transforms.s.file': 'scripts/slip.ts' },
      `scripts/slip.ts:2:10: Property 'tpoic' does not exist on type 'ScriptRecord'. Did you mean 'topic'?`,
    ],
    [
      'code in a configuration',
      { transforms: 's', 'transforms.s.type': 'bunnect.Script', 'transforms.s.code': 'record' },
      'bunnect.script.inline=true',
    ],
  ])('validation tells %s', async (_, changed, message) => {
    const config: Record<string, string | undefined> = {
      name: 'wrong',
      'connector.class': 'example.HttpPollSourceConnector',
      url: 'http://127.0.0.1/',
      topic: 'x',
      ...changed,
    }
    const answer = await worker.fetch('/connectors', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'wrong', config }),
    })
    const text = ((await answer.json()) as { message: string }).message
    expect(answer.status).toBe(400)
    expect(text).toContain(message)
  })
})
