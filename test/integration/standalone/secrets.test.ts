/**
 * Invariant 5. Every secret of these tests holds the word CANARY; it is planted in every place that a config provider
 * can fill, right or wrong, and looked for in everything that a worker says. The one place where it may be is the
 * offsets of a file source, whose source partition is its file: the JVM's offsets have it too.
 */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { CANARY, expectNoCanary, filesOf, Planted } from './canaries.ts'
import { chatty, seen, type Where } from './chatty.ts'
import { until } from './support.ts'

const own = [chatty]

let planted: Planted
beforeEach(() => {
  planted = new Planted()
})
afterEach(() => planted.close())

const settled = (name: string) =>
  until(`${name} to have a state`, async () => {
    const status = await planted.herder.connectorStatus(name).catch(() => null)
    if (status === null) return false
    const states = [status.connector, ...status.tasks].map(part => part.state)
    return states.includes('FAILED') || (states.length > 1 && states.every(state => state === 'RUNNING'))
  })

describe('a connector’s key', () => {
  const file = 'FileStreamSource'
  const chat = (where: Where) => ({
    'connector.class': 'ChattySource',
    where,
    secret: planted.secret('secret'),
    password: planted.secret('password'),
  })
  type Case = [what: string, config: () => Record<string, string>, told: RegExp | null]
  const source = (more: Record<string, string>) => ({
    'connector.class': file,
    file: planted.place.path('in'),
    topic: 't',
    ...more,
  })
  const sink = (more: Record<string, string>) => ({
    'connector.class': 'FileStreamSink',
    file: planted.place.path('out'),
    topics: 't',
    ...more,
  })
  const cases: Case[] = [
    ['file of a source', () => source({ file: planted.secret('file') }), /Couldn't find file \[hidden\]/],
    [
      'file of a sink',
      () => sink({ file: `/${planted.secret('folder')}/x` }),
      /Couldn't find or create file '\/\[hidden\]\/x'/,
    ],
    ['topic', () => source({ topic: planted.secret('topic') }), null],
    ['topics', () => sink({ topics: planted.secret('topics', `${CANARY}-a,${CANARY}-b`) }), null],
    [
      'connector.class',
      () => source({ 'connector.class': planted.secret('class') }),
      /which name matches \[hidden\]/,
    ],
    [
      'tasks.max',
      () => source({ 'tasks.max': planted.secret('max') }),
      /Invalid value \[hidden\] for configuration tasks\.max/,
    ],
    [
      'key.converter',
      () => source({ 'key.converter': planted.secret('converter') }),
      /configuration key\.converter: Class \[hidden\] could not be found/,
    ],
    [
      'a converter’s own key',
      () =>
        source({
          'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
          'value.converter.schemas.enable': planted.secret('enable'),
        }),
      /Invalid value \[hidden\] for configuration schemas\.enable/,
    ],
    [
      'transforms',
      () => source({ transforms: planted.secret('alias') }),
      /configuration \\*"transforms\.\[hidden\]\.type/,
    ],
    [
      'a transformation’s type',
      () => source({ transforms: 'x', 'transforms.x.type': planted.secret('type') }),
      /Class \[hidden\] could not be found/,
    ],
    [
      'a transformation’s own key',
      () =>
        source({
          transforms: 'x',
          'transforms.x.type': 'org.apache.kafka.connect.transforms.RegexRouter',
          'transforms.x.regex': planted.secret('regex', `(${CANARY}`),
          'transforms.x.replacement': 'y',
        }),
      /Invalid regex/,
    ],
    [
      'a predicate’s type',
      () => source({ predicates: 'p', 'predicates.p.type': planted.secret('predicate') }),
      /Class \[hidden\] could not be found/,
    ],
    [
      'errors.tolerance',
      () => source({ 'errors.tolerance': planted.secret('tolerance') }),
      /Invalid value \[hidden\] for configuration errors\.tolerance/,
    ],
    [
      'errors.retry.timeout',
      () => source({ 'errors.retry.timeout': planted.secret('timeout') }),
      /Invalid value \[hidden\] for configuration errors\.retry\.timeout/,
    ],
    [
      'topics.regex',
      () => ({
        'connector.class': 'FileStreamSink',
        'topics.regex': planted.secret('pattern', `[${CANARY}`),
      }),
      /Invalid regex/,
    ],
    [
      'errors.deadletterqueue.topic.name',
      () =>
        sink({
          topics: planted.secret('both', `${CANARY}-both`),
          'errors.deadletterqueue.topic.name': planted.secret('both', `${CANARY}-both`),
        }),
      /The DLQ topic '\[hidden\]' may not be included/,
    ],
    [
      'a topic creation group',
      () =>
        source({
          'topic.creation.default.replication.factor': planted.secret('factor'),
          'topic.creation.default.partitions': '1',
        }),
      /Invalid value \[hidden\] for configuration topic\.creation\.default\.replication\.factor/,
    ],
    [
      'a client override of the wrong type',
      () => source({ 'producer.override.linger.ms': planted.secret('linger') }),
      /Invalid value \[hidden\] for configuration linger\.ms/,
    ],
    [
      'a client override that is a password',
      () =>
        source({
          'producer.override.sasl.jaas.config': `x required password="${planted.secret('jaas')}";`,
          'producer.override.ssl.key.password': planted.secret('pem'),
        }),
      null,
    ],
    [
      'config.action.reload',
      () => source({ 'config.action.reload': planted.secret('reload') }),
      /Invalid value \[hidden\]/,
    ],
    [
      'a connector’s own number',
      () => ({ ...chat(''), number: planted.secret('number') }),
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
      writeFileSync(planted.place.path('in'), 'a line\n')
      const given: Record<string, string> = { name: 'c', ...config() }
      seen.props = Object.fromEntries(
        Object.entries(given).map(([name, value]) => [
          name,
          value.replace(/\$\{file:[^:]*:([^}]*)\}/g, (_, secret: string) => planted.secrets[secret]!),
        ]),
      )
      await planted.start(own)
      const plugin = given['connector.class']!.startsWith('$') ? file : given['connector.class']
      await planted.ask('PUT', `/connector-plugins/${plugin}/config/validate`, given)
      const put = await planted.ask('PUT', '/connectors/c/config', given)
      if (put.status < 400 || (await planted.herder.connectors()).length > 0) {
        await settled('c')
        await until('what it says', () => told === null || told.test(planted.said()), 2000).catch(
          async () => {
            await planted.askAbout('c')
          },
        )
        await planted.askAbout('c')
        await planted.ask('POST', '/connectors/c/restart')
        await planted.ask('POST', '/connectors/c/restart?includeTasks=true')
        await planted.ask('POST', '/connectors/c/tasks/0/restart')
        await settled('c')
        await planted.askAbout('c')
        // What is stored keeps the references.
        expect(JSON.parse((await planted.ask('GET', '/connectors/c/config')).text)).toEqual(given)
      }
      await planted.place.stop()
      expectNoCanary(planted.said())
      if (told) expect(planted.said()).toMatch(told)
      if (what !== 'file of a source')
        expectNoCanary(filesOf(planted.place.folder, ['secrets.properties', 'data']))
    })
  }
})

test('a password that no provider gave is in its owner’s configuration and nowhere else', async () => {
  await planted.start(own)
  const config = {
    name: 'c',
    'connector.class': 'ChattySource',
    where: 'poll',
    secret: 'no matter',
    password: `${CANARY}-plain`,
    'producer.override.sasl.jaas.config': `org.example.Login required username="u" password="${CANARY}-jaas";`,
  }
  await planted.ask('PUT', '/connector-plugins/ChattySource/config/validate', config)
  expectNoCanary(planted.said())
  await planted.herder.putConnector('c', config, { replace: false })
  await planted.place.state('c', 'RUNNING', 'FAILED')
  await planted.ask('GET', '/connectors/c/status')
  expectNoCanary(planted.said())
  expect(planted.said()).toContain('cannot use no matter with [hidden]')
  expect(await planted.herder.connectorConfig('c')).toEqual(config)
})
