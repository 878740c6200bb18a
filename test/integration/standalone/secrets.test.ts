/**
 * Invariant 5. Every secret of these tests holds the word CANARY; it is planted in every place that a config provider
 * can fill, right or wrong, and looked for in everything that a worker says. The one place where it may be is the
 * offsets of a file source, whose source partition is its file: the JVM's offsets have it too.
 */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { key } from '../../../src/config/keys.ts'
import { DataException } from '../../../src/data/errors.ts'
import { SourceRecord } from '../../../src/data/records.ts'
import { STRING_SCHEMA } from '../../../src/data/schema.ts'
import { PackedBatch } from '../../../src/kafka/packed-batch.ts'
import { forgetSecrets } from '../../../src/observe/secrets.ts'
import { VERSION } from '../../../src/observe/version.ts'
import { restApp } from '../../../src/rest/app.ts'
import {
  type Config,
  type Plugin,
  sinkConnector,
  sourceConnector,
  transformation,
} from '../../../src/sdk/plugin.ts'
import { Place, until } from './support.ts'

const CANARY = 'kQnary'
type Where = 'start' | 'taskConfigs' | 'task start' | 'poll' | 'raise' | 'log' | 'validate' | ''

const chattyKeys = {
  where: key.string({ default: '', doc: 'Where to talk.', importance: 'low' }),
  secret: key.string({ default: '', doc: 'What to say.', importance: 'low' }),
  number: key.int({ default: 1, doc: 'Any number.', importance: 'low' }),
  password: key.password({ optional: true, doc: 'What not to say.', importance: 'low' }),
}
/** Says what it was configured with wherever it can. */
const say = (where: Where, { where: wanted, secret, password }: Config) => {
  if (wanted === where) throw new DataException(`cannot use ${secret} with ${password}`)
}
const chatty = sourceConnector({
  className: 'test.ChattySourceConnector',
  taskClassName: 'test.ChattySourceTask',
  version: '1',
  config: chattyKeys,
  validate: config =>
    config['where'] === 'validate' ? [{ key: 'secret', message: `no use for ${config['secret']}` }] : [],
  start(_, context) {
    const { props } = seen
    say('start', props)
    if (props['where'] === 'log') context.log.warn(`it is ${props['secret']} and ${props['password']}`)
    if (props['where'] === 'raise') context.raiseError(new Error(`raised ${props['secret']}`))
  },
  taskConfigs(_, _max, props) {
    say('taskConfigs', props)
    return [{ ...props, again: props['secret'] ?? '', 'in.a.text': `=${props['secret']}=` }]
  },
  task: (_, { configs, log }) => {
    let n = 0
    return {
      start: () => say('task start', configs()),
      async poll() {
        say('poll', configs())
        if (configs()['where'] === 'log')
          log.error(`task of ${configs()['secret']}`, `at ${configs()['secret']}`)
        if (n > 0) await Bun.sleep(10)
        if (n > 0) return null
        return [1, 2].map(
          offset =>
            new SourceRecord({ p: 1 }, { o: offset }, 'chat', null, null, null, STRING_SCHEMA, `v${++n}`),
        )
      },
    }
  },
})
/** `start` is not given the raw configuration. */
const seen: { props: Config } = { props: {} }

const grumpy = sinkConnector({
  className: 'test.GrumpySinkConnector',
  taskClassName: 'test.GrumpySinkTask',
  version: '1',
  config: chattyKeys,
  task: (_, context) => ({
    async put(records) {
      const reporter = context.errantRecordReporter()
      for (const record of records) {
        const error = new Error(`put of ${context.configs()['secret']}`)
        if (reporter === null) throw error
        await reporter.report(record, error)
      }
    },
  }),
})
const tattling = transformation({
  className: 'test.Tattling',
  version: '1',
  config: { secret: key.string({ doc: 'What to say.', importance: 'low' }) },
  create: ({ secret }) => ({
    apply() {
      throw new DataException(`transforming with ${secret}`, { cause: new Error(`because of ${secret}`) })
    },
  }),
})
const own = [chatty, grumpy, tattling] as unknown as Plugin[]

let place: Place
let secrets: Record<string, string>
let rest: ReturnType<typeof restApp>
/** Everything that was answered. */
let answers: string[]
beforeEach(() => {
  place = new Place()
  secrets = {}
  answers = []
})
afterEach(async () => {
  await place.close()
  forgetSecrets()
})

/** A reference to a secret that is made for it. */
function planted(name: string, value = `${CANARY}-${name}`): string {
  secrets[name] = value
  const lines = Object.entries(secrets).map(([key, text]) => `${key}=${text.replaceAll('\\', '\\\\')}\n`)
  writeFileSync(place.path('secrets.properties'), lines.join(''))
  return `\${file:${place.path('secrets.properties')}:${name}}`
}

async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> {
  const response = await rest.request(`http://worker:8083${path}`, {
    method,
    headers: { host: 'worker:8083', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  answers.push(`${method} ${path} ${response.status} ${JSON.stringify([...response.headers])}\n${text}`)
  return { status: response.status, text }
}

const PROVIDER = { 'config.providers': 'file', 'config.providers.file.class': 'FileConfigProvider' }

async function start(more: Record<string, string> = {}): Promise<void> {
  const { herder } = await place.start({ ...PROVIDER, ...more }, own as never)
  rest = restApp(herder, VERSION)
}

/** Reads all that REST tells of a connector. */
async function askAbout(name: string): Promise<void> {
  for (const path of [
    '',
    '/status',
    '/config',
    '/tasks',
    '/tasks/0/status',
    '/tasks/0/config',
    '/topics',
    '/offsets',
  ])
    await ask('GET', `/connectors/${name}${path}`)
  for (const path of ['/connectors?expand=info&expand=status', '/connector-plugins', '/', '/health'])
    await ask('GET', path)
}

/** What is said to people: the log, and everything that REST has answered. */
const said = () => [...place.logged, ...answers].join('\n')

function expectNoCanary(text: string): void {
  const at = text.indexOf(CANARY)
  if (at >= 0) throw new Error(`a secret got out: …${text.slice(Math.max(at - 200, 0), at + 80)}…`)
}

const settled = (name: string) =>
  until(`${name} to have a state`, async () => {
    const status = await place.running!.herder.connectorStatus(name).catch(() => null)
    if (status === null) return false
    const states = [status.connector, ...status.tasks].map(part => part.state)
    return states.includes('FAILED') || (states.length > 1 && states.every(state => state === 'RUNNING'))
  })

describe('a connector’s key', () => {
  const file = 'FileStreamSource'
  const chat = (where: Where) => ({
    'connector.class': 'ChattySource',
    where,
    secret: planted('secret'),
    password: planted('password'),
  })
  type Case = [what: string, config: () => Record<string, string>, told: RegExp | null]
  const source = (more: Record<string, string>) => ({
    'connector.class': file,
    file: place.path('in'),
    topic: 't',
    ...more,
  })
  const sink = (more: Record<string, string>) => ({
    'connector.class': 'FileStreamSink',
    file: place.path('out'),
    topics: 't',
    ...more,
  })
  const cases: Case[] = [
    ['file of a source', () => source({ file: planted('file') }), /Couldn't find file \[hidden\]/],
    [
      'file of a sink',
      () => sink({ file: `/${planted('folder')}/x` }),
      /Couldn't find or create file '\/\[hidden\]\/x'/,
    ],
    ['topic', () => source({ topic: planted('topic') }), null],
    ['topics', () => sink({ topics: planted('topics', `${CANARY}-a,${CANARY}-b`) }), null],
    [
      'connector.class',
      () => source({ 'connector.class': planted('class') }),
      /which name matches \[hidden\]/,
    ],
    [
      'tasks.max',
      () => source({ 'tasks.max': planted('max') }),
      /Invalid value \[hidden\] for configuration tasks\.max/,
    ],
    [
      'key.converter',
      () => source({ 'key.converter': planted('converter') }),
      /configuration key\.converter: Class \[hidden\] could not be found/,
    ],
    [
      'a converter’s own key',
      () =>
        source({
          'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
          'value.converter.schemas.enable': planted('enable'),
        }),
      /Invalid value \[hidden\] for configuration schemas\.enable/,
    ],
    [
      'transforms',
      () => source({ transforms: planted('alias') }),
      /configuration \\*"transforms\.\[hidden\]\.type/,
    ],
    [
      'a transformation’s type',
      () => source({ transforms: 'x', 'transforms.x.type': planted('type') }),
      /Class \[hidden\] could not be found/,
    ],
    [
      'a transformation’s own key',
      () =>
        source({
          transforms: 'x',
          'transforms.x.type': 'org.apache.kafka.connect.transforms.RegexRouter',
          'transforms.x.regex': planted('regex', `(${CANARY}`),
          'transforms.x.replacement': 'y',
        }),
      /Invalid regex/,
    ],
    [
      'a predicate’s type',
      () => source({ predicates: 'p', 'predicates.p.type': planted('predicate') }),
      /Class \[hidden\] could not be found/,
    ],
    [
      'errors.tolerance',
      () => source({ 'errors.tolerance': planted('tolerance') }),
      /Invalid value \[hidden\] for configuration errors\.tolerance/,
    ],
    [
      'errors.retry.timeout',
      () => source({ 'errors.retry.timeout': planted('timeout') }),
      /Invalid value \[hidden\] for configuration errors\.retry\.timeout/,
    ],
    [
      'topics.regex',
      () => ({ 'connector.class': 'FileStreamSink', 'topics.regex': planted('pattern', `[${CANARY}`) }),
      /Invalid regex/,
    ],
    [
      'errors.deadletterqueue.topic.name',
      () =>
        sink({
          topics: planted('both', `${CANARY}-both`),
          'errors.deadletterqueue.topic.name': planted('both', `${CANARY}-both`),
        }),
      /The DLQ topic '\[hidden\]' may not be included/,
    ],
    [
      'a topic creation group',
      () =>
        source({
          'topic.creation.default.replication.factor': planted('factor'),
          'topic.creation.default.partitions': '1',
        }),
      /Invalid value \[hidden\] for configuration topic\.creation\.default\.replication\.factor/,
    ],
    [
      'a client override of the wrong type',
      () => source({ 'producer.override.linger.ms': planted('linger') }),
      /Invalid value \[hidden\] for configuration linger\.ms/,
    ],
    [
      'a client override that is a password',
      () =>
        source({
          'producer.override.sasl.jaas.config': `x required password="${planted('jaas')}";`,
          'producer.override.ssl.key.password': planted('pem'),
        }),
      null,
    ],
    [
      'config.action.reload',
      () => source({ 'config.action.reload': planted('reload') }),
      /Invalid value \[hidden\]/,
    ],
    [
      'a connector’s own number',
      () => ({ ...chat(''), number: planted('number') }),
      /Invalid value \[hidden\] for configuration number/,
    ],
    ['what a connector’s validation says', () => chat('validate'), /no use for \[hidden\]/],
    ['what a connector’s start throws', () => chat('start'), /cannot use \[hidden\] with \[hidden\]/],
    ['what taskConfigs throws', () => chat('taskConfigs'), /cannot use \[hidden\] with \[hidden\]/],
    ['what a task’s start throws', () => chat('task start'), /cannot use \[hidden\] with \[hidden\]/],
    ['what poll throws', () => chat('poll'), /cannot use \[hidden\] with \[hidden\]/],
    ['what a connector raises', () => chat('raise'), /raised \[hidden\]/],
    ['what a connector logs', () => chat('log'), /it is \[hidden\] and \[hidden\]/],
    ['what a task logs', () => chat('log'), /task of \[hidden\]/],
    ['what a connector passes on to its tasks', () => chat(''), null],
  ]
  for (const [what, config, told] of cases) {
    test(what, async () => {
      writeFileSync(place.path('in'), 'a line\n')
      const given: Record<string, string> = { name: 'c', ...config() }
      seen.props = Object.fromEntries(
        Object.entries(given).map(([name, value]) => [
          name,
          value.replace(/\$\{file:[^:]*:([^}]*)\}/g, (_, secret: string) => secrets[secret]!),
        ]),
      )
      await start()
      const plugin = given['connector.class']!.startsWith('$') ? file : given['connector.class']
      await ask('PUT', `/connector-plugins/${plugin}/config/validate`, given)
      const put = await ask('PUT', '/connectors/c/config', given)
      if (put.status < 400 || (await place.running!.herder.connectors()).length > 0) {
        await settled('c')
        await until('what it says', () => told === null || told.test(said()), 2000).catch(async () => {
          await askAbout('c')
        })
        await askAbout('c')
        await ask('POST', '/connectors/c/restart')
        await ask('POST', '/connectors/c/restart?includeTasks=true')
        await ask('POST', '/connectors/c/tasks/0/restart')
        await settled('c')
        await askAbout('c')
        // What is stored keeps the references.
        expect(JSON.parse((await ask('GET', '/connectors/c/config')).text)).toEqual(given)
      }
      await place.stop()
      expectNoCanary(said())
      if (told) expect(said()).toMatch(told)
      if (what !== 'file of a source') expectNoCanary(filesOf(place.folder, ['secrets.properties', 'data']))
    })
  }
})

test('a password that no provider gave is in its owner’s configuration and nowhere else', async () => {
  await start()
  const config = {
    name: 'c',
    'connector.class': 'ChattySource',
    where: 'poll',
    secret: 'no matter',
    password: `${CANARY}-plain`,
    'producer.override.sasl.jaas.config': `org.example.Login required username="u" password="${CANARY}-jaas";`,
  }
  await ask('PUT', '/connector-plugins/ChattySource/config/validate', config)
  expectNoCanary(said())
  await place.running!.herder.putConnector('c', config, { replace: false })
  await place.state('c', 'RUNNING', 'FAILED')
  await ask('GET', '/connectors/c/status')
  expectNoCanary(said())
  expect(said()).toContain('cannot use no matter with [hidden]')
  expect(await place.running!.herder.connectorConfig('c')).toEqual(config)
})

describe('what is reported of a bad record', () => {
  const DLQ = 'dead'
  const toTheQueue = () => ({
    topics: 'letters',
    'errors.tolerance': 'all',
    'errors.log.enable': 'true',
    'errors.log.include.messages': 'true',
    'errors.deadletterqueue.topic.name': DLQ,
    'errors.deadletterqueue.topic.replication.factor': '1',
    'errors.deadletterqueue.context.headers.enable': 'true',
  })
  const cases: [string, () => Record<string, string>, string][] = [
    [
      'by a transformation',
      () => ({
        'connector.class': 'FileStreamSink',
        file: place.path('out'),
        transforms: 'tell',
        'transforms.tell.type': 'test.Tattling',
        'transforms.tell.secret': planted('transform'),
      }),
      'transforming with [hidden]',
    ],
    ['by a sink', () => ({ 'connector.class': 'GrumpySink', secret: planted('sink') }), 'put of [hidden]'],
  ]
  for (const [who, config, told] of cases) {
    test(who, async () => {
      await start()
      writeFileSync(place.path('in'), 'one\n')
      const source = {
        name: 's',
        'connector.class': 'FileStreamSource',
        file: place.path('in'),
        topic: 'letters',
      }
      await ask('PUT', '/connectors/s/config', source)
      const put = await ask('PUT', '/connectors/k/config', { name: 'k', ...toTheQueue(), ...config() })
      expect(put.status).toBe(201)
      const [headers] = await records(DLQ, 1)
      expect(headers!['__connect.errors.exception.message']).toBe(told)
      expect(headers!['__connect.errors.exception.stacktrace']).toContain(told)
      expectNoCanary(JSON.stringify(headers))
      await askAbout('k')
      await place.stop()
      expectNoCanary(said())
      expect(said()).toContain('Error encountered in task k-0.')
    })
  }

  /** The headers of the first records of a topic, as text. */
  async function records(topic: string, count: number): Promise<Record<string, string>[]> {
    const consumer = await place.consumer()
    try {
      const batch = new PackedBatch()
      const found: Record<string, string>[] = []
      const admin = await place.admin()
      await until(`topic ${topic}`, async () => (await admin.describeTopics([topic])).has(topic))
      consumer.assign([{ topic, partition: 0, offset: 0 }])
      await until(`records of ${topic}`, async () => {
        await consumer.poll(batch, { maxRecords: 10, maxBytes: 1 << 20, timeoutMs: 200 })
        for (let i = 0; i < batch.count; i++) {
          found.push(
            Object.fromEntries(
              batch
                .headers(i)
                .map(({ name, value }) => [name, value === null ? '' : Buffer.from(value).toString()]),
            ),
          )
        }
        return found.length >= count
      })
      return found
    } finally {
      await consumer.close()
    }
  }
})

describe('a worker’s key', () => {
  const main = resolve(import.meta.dir, '../../../src/main.ts')
  const keys = (more: Record<string, string>) => ({
    'bootstrap.servers': 'embedded',
    'bunnect.data.dir': place.path('data'),
    listeners: 'http://127.0.0.1:0',
    'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'offset.storage.file.filename': place.path('connect.offsets'),
    ...PROVIDER,
    ...more,
  })
  const text = (entries: Record<string, string>) =>
    Object.entries(entries)
      .map(([name, value]) => `${name}=${value}\n`)
      .join('')

  /** Both outputs of the program, run until it ends or `until` is said, then stopped. */
  async function outputs(
    worker: Record<string, string>,
    connectors: Record<string, string>[] = [],
    said?: string,
  ): Promise<{ code: number; text: string }> {
    writeFileSync(place.path('worker.properties'), text(keys(worker)))
    const files = connectors.map((connector, i) => {
      writeFileSync(place.path(`connector-${i}.properties`), text(connector))
      return place.path(`connector-${i}.properties`)
    })
    const child = Bun.spawn(
      [process.execPath, main, '--debug', 'standalone', place.path('worker.properties'), ...files],
      { stdout: 'pipe', stderr: 'pipe', cwd: place.folder, env: { ...process.env, NO_COLOR: '1' } },
    )
    let all = ''
    let stopped = false
    const read = async (stream: ReadableStream<Uint8Array>) => {
      const decoder = new TextDecoder()
      for await (const chunk of stream) {
        all += decoder.decode(chunk, { stream: true })
        if (stopped || said === undefined || !all.includes(said)) continue
        stopped = true
        child.kill('SIGTERM')
      }
    }
    await Promise.all([read(child.stdout), read(child.stderr), child.exited])
    return { code: await child.exited, text: all }
  }

  const refused: [string, () => Record<string, string>, RegExp][] = [
    [
      'bootstrap.servers that nobody has',
      () => ({
        'bootstrap.servers': `${planted('broker', `${CANARY.toLowerCase()}.invalid`)}:9092`,
        'default.api.timeout.ms': '1500',
      }),
      /Failed to connect to and describe Kafka cluster at \[hidden\]:9092/,
    ],
    [
      'a number',
      () => ({ 'offset.flush.interval.ms': planted('interval') }),
      /Invalid value \[hidden\] for configuration offset\.flush\.interval\.ms/,
    ],
    ['a converter', () => ({ 'key.converter': planted('converter') }), /Class \[hidden\] could not be found/],
    ['listeners', () => ({ listeners: planted('listeners') }), /listeners|Listener/],
    [
      'the override policy',
      () => ({ 'connector.client.config.override.policy': planted('policy') }),
      /which name matches \[hidden\]/,
    ],
    [
      'the offsets’ file',
      () => ({ 'offset.storage.file.filename': `/${planted('offsets')}/x` }),
      /\[hidden\]/,
    ],
    ['a connector’s file', () => ({}), /Invalid value \[hidden\] for configuration tasks\.max/],
  ]
  for (const [what, worker, told] of refused) {
    test(`${what}: the program ends and does not say it`, async () => {
      const connectors =
        what === 'a connector’s file'
          ? [{ name: 'c', 'connector.class': 'FileStreamSource', topic: 't', 'tasks.max': planted('max') }]
          : []
      const { code, text } = await outputs(worker(), connectors)
      expect([2, 3]).toContain(code)
      expectNoCanary(text)
      expectNoCanary(text.replaceAll(CANARY.toLowerCase(), CANARY))
      expect(text).toMatch(told)
    }, 30_000)
  }

  test('passwords and converters’ keys: the program runs and does not say them', async () => {
    writeFileSync(place.path('in'), 'x\n')
    const worker = {
      'producer.sasl.jaas.config': `org.example.Login required password="${planted('jaas')}";`,
      'producer.ssl.keystore.password': planted('keystore'),
      'consumer.client.rack': planted('rack'),
      'key.converter.nonsense': planted('nonsense'),
      [`unknown.${'key'}`]: planted('unknown'),
    }
    const source = { name: 'c', 'connector.class': 'FileStreamSource', file: place.path('in'), topic: 't' }
    const { text } = await outputs(worker, [source], 'Created connector c')
    expect(text).toContain('Stopped ')
    expectNoCanary(text)
    expectNoCanary(filesOf(place.folder, ['secrets.properties']))
  }, 30_000)
})

/** The contents of all files below a folder, but for these. */
function filesOf(folder: string, but: readonly string[]): string {
  mkdirSync(folder, { recursive: true })
  return readdirSync(folder)
    .filter(name => !but.includes(name))
    .map(name => join(folder, name))
    .map(path => (statSync(path).isDirectory() ? filesOf(path, but) : readFileSync(path, 'latin1')))
    .join('\n')
}
