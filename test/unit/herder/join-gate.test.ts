/** What a worker finds that it cannot run of a group's configuration, and what it makes of it. */
import { expect, test } from 'bun:test'
import { builtInList } from '../../../src/cli/builtins.ts'
import { key } from '../../../src/config/keys.ts'
import { ConfigResolver } from '../../../src/herder/config-resolver.ts'
import { readConfigRecord } from '../../../src/herder/distributed/config-records.ts'
import { ConfigState } from '../../../src/herder/distributed/config-state.ts'
import { JoinGate } from '../../../src/herder/distributed/join-gate.ts'
import { JoinRefusedError } from '../../../src/herder/errors.ts'
import type { Logger } from '../../../src/observe/log.ts'
import { type Plugin, sinkConnector } from '../../../src/sdk/index.ts'
import { livePlugins } from '../../../src/worker/live-plugins.ts'
import { type PluginRegistry, pluginRegistry } from '../../../src/worker/plugins.ts'

const SOURCE = 'org.apache.kafka.connect.file.FileStreamSourceConnector'
const MIRROR = 'org.apache.kafka.connect.mirror.MirrorSourceConnector'
const HERE = { 'connector.class': SOURCE, file: '/tmp/x', topic: 't' }
const STRING = 'org.apache.kafka.connect.storage.StringConverter'

const nesting = sinkConnector({
  className: 'my.NestingSink',
  taskClassName: 'my.NestingTask',
  version: '2.1',
  config: { 'dlq.converter': key.class({ doc: '', importance: 'low', default: STRING }) },
  task: () => ({ put() {} }),
})

function registry(more: readonly Plugin[] = []): PluginRegistry {
  return pluginRegistry([...builtInList(), nesting, ...more])
}

type Configs = Record<string, Record<string, string | null>>

function stateOf(configs: Configs): ConfigState {
  const state = new ConfigState()
  for (const [i, [name, config]] of Object.entries(configs).entries()) put(state, i, name, config)
  return state
}

function put(state: ConfigState, offset: number, name: string, config: Record<string, string | null> | null) {
  const value = config && Buffer.from(JSON.stringify({ properties: { name, ...config } }))
  state.apply(readConfigRecord(Buffer.from(`connector-${name}`), value), offset)
}

interface Given {
  plugins?: PluginRegistry
  unsupported?: 'fail' | 'allow'
  worker?: Record<string, string>
  exactlyOnce?: boolean
}

function gateOf({
  plugins = registry(),
  unsupported = 'fail',
  worker = {},
  exactlyOnce = false,
}: Given = {}) {
  const warned: string[] = []
  const log = { warn: (line: string) => warned.push(line), debug: () => {} } as unknown as Logger
  const resolver = new ConfigResolver({ worker, plugins, timeoutMs: 5000 })
  const { providers } = resolver
  const gate = new JoinGate({ plugins, providers, exactlyOnce, unsupported, group: 'g', resolver, log })
  return { gate, warned }
}

async function reported(configs: Configs, given: Given = {}): Promise<string> {
  try {
    await gateOf(given).gate.check(stateOf(configs).snapshot())
    return ''
  } catch (error) {
    expect(error).toBeInstanceOf(JoinRefusedError)
    return (error as Error).message
  }
}

const table: [what: string, config: Record<string, string | null>, line: string | null][] = [
  ['all that is built in', HERE, null],
  ['aliases', { 'connector.class': 'FileStreamSource', 'value.converter': 'Json' }, null],
  ['blanks around a class', { ...HERE, 'key.converter': ` ${STRING} ` }, null],
  [
    'an unknown connector',
    { 'connector.class': MIRROR },
    `  c: connector.class=${MIRROR}: It is neither built in nor on plugin.path; a connector made for Java runs on a JVM worker.`,
  ],
  [
    'a slip of the keyboard',
    { 'connector.class': 'FileStreamSorce' },
    '  c: connector.class=FileStreamSorce: Did you mean FileStreamSource?',
  ],
  [
    'an unknown converter',
    { ...HERE, 'value.converter': 'io.example.ThriftConverter' },
    '  c: value.converter=io.example.ThriftConverter: This worker has ',
  ],
  [
    'a header converter',
    { ...HERE, 'header.converter': 'com.acme.Headers' },
    '  c: header.converter=com.acme.Headers: This worker has ',
  ],
  [
    'an unknown transformation',
    { ...HERE, transforms: 'a, b', 'transforms.a.type': 'Filter', 'transforms.b.type': 'com.acme.Mask' },
    '  c: transforms.b.type=com.acme.Mask: It is neither built in nor on plugin.path',
  ],
  [
    'a nested class without its package',
    { ...HERE, transforms: 'a', 'transforms.a.type': 'MaskField$Valu' },
    '  c: transforms.a.type=MaskField$Valu: Did you mean org.apache.kafka.connect.transforms.MaskField$Value?',
  ],
  ['a type of an alias that nobody has named', { ...HERE, 'transforms.b.type': 'com.acme.Mask' }, null],
  [
    'an unknown predicate',
    { ...HERE, predicates: 'p', 'predicates.p.type': 'com.acme.IsBig' },
    '  c: predicates.p.type=com.acme.IsBig: This worker has ',
  ],
  [
    "a converter under a connector's own key",
    { 'connector.class': 'my.NestingSink', 'dlq.converter': 'com.acme.Avro' },
    '  c: dlq.converter=com.acme.Avro: This worker has ',
  ],
  [
    'another version',
    { 'connector.class': 'my.NestingSink', 'connector.plugin.version': '[1.0,2.0)' },
    '  c: connector.plugin.version=[1.0,2.0): Plugin my.NestingSink not found that matches the version range [1.0,2.0), available versions: [2.1]. Keep the connector on workers',
  ],
  [
    'a version that is here',
    { 'connector.class': 'my.NestingSink', 'connector.plugin.version': '[2.0,3.0)' },
    null,
  ],
  [
    'exactly-once',
    { ...HERE, 'exactly.once.support': 'Required' },
    '  c: exactly.once.support=Required: This worker does not have exactly-once source support enabled. This version of bunnect writes',
  ],
  ['exactly-once that is only wished for', { ...HERE, 'exactly.once.support': 'requested' }, null],
  [
    'a config provider',
    { ...HERE, topic: 'x-${vault:secret/a:b}' },
    '  c: topic=vault: there is no config provider vault. Name vault in config.providers of this worker.',
  ],
  ['what only looks like a reference', { ...HERE, topic: '${topic}-${0:x}' }, null],
  [
    'a class that a provider gives, which nobody asks here',
    { 'connector.class': '${env:NO_SUCH_CLASS}' },
    null,
  ],
  ['null values', { ...HERE, 'key.converter': null, transforms: null }, null],
  ['a connector without a class', { file: 'x' }, '  c: connector.class=: '],
]

for (const [what, config, line] of table) {
  test(what, async () => {
    const report = await reported(
      { c: config },
      { worker: { 'config.providers': 'env', 'config.providers.env.class': 'EnvVar' } },
    )
    if (line === null) {
      expect(report).toBe('')
      return
    }
    const lines = report.split('\n')
    expect(lines[0]).toBe(
      'This worker does not join the group g, and nothing has changed there: 1 connector cannot run here',
    )
    expect(lines[1]).toStartWith(line)
    expect(lines).toHaveLength(3)
    expect(lines[2]).toContain('bunnect.join.unsupported=allow')
  })
}

test('a class that a provider gives is looked up, and not told', async () => {
  process.env['GATE_CLASS'] = 'com.acme.SecretSource'
  const worker = { 'config.providers': 'env', 'config.providers.env.class': 'EnvVar' }
  const report = await reported({ c: { 'connector.class': '${env:GATE_CLASS}' } }, { worker })
  expect(report).toContain('  c: connector.class=${env:GATE_CLASS}: what it stands for is not here')
  expect(report).not.toContain('SecretSource')
})

test('thousands are counted where they do not fit a screen', async () => {
  const many = Array.from({ length: 5000 }, (_, i) => [`c${i}`, { 'connector.class': MIRROR }])
  const lines = (await reported(Object.fromEntries(many))).split('\n')
  expect(lines).toHaveLength(51)
  expect(lines[0]).toEndWith('5000 connectors cannot run here')
  expect(lines.at(-2)).toBe('  … and 4952 more of this kind')
})

test('names that hold anything stay one line each', async () => {
  const report = await reported({ 'a\n\u001b[31mb': { 'connector.class': 'x'.repeat(5000) } })
  expect(report.split('\n')).toHaveLength(3)
  expect(report).not.toContain('\u001b')
  expect(report.length).toBeLessThan(1500)
})

test('with allow it joins, and says so once', async () => {
  const { gate, warned } = gateOf({ unsupported: 'allow' })
  const snapshot = stateOf({ a: HERE, m: { 'connector.class': MIRROR } }).snapshot()
  await gate.check(snapshot)
  expect(warned).toHaveLength(1)
  expect(warned[0]).toContain(`  m: connector.class=${MIRROR}`)
  expect(gate.unable(snapshot)).toEqual(['m'])
})

test('what it is unable to run follows the configuration and the plugins', () => {
  const plugins = livePlugins(registry())
  const { gate } = gateOf({ plugins })
  const state = stateOf({
    a: HERE,
    m: { 'connector.class': 'my.Late', transforms: 'x', 'transforms.x.type': 'nope' },
  })
  const snapshot = state.snapshot()
  expect(gate.unable(snapshot)).toEqual(['m'])
  expect(gate.unable(snapshot)).toBe(gate.unable(snapshot))
  put(state, 2, 'n', { 'connector.class': 'my.Late' })
  put(state, 3, 'm', null)
  expect(gate.unable(state.snapshot())).toEqual(['n'])
  const { kind: _, ...late } = { ...nesting, className: 'my.Late' }
  plugins.replace(registry([sinkConnector(late)]))
  expect(gate.unable(state.snapshot())).toEqual([])
})

test('a class that a provider gave when it was started is told as lacking from then on, until another is given', () => {
  const worker = { 'config.providers': 'env', 'config.providers.env.class': 'EnvVar' }
  const { gate } = gateOf({ worker })
  const snapshot = stateOf({ a: HERE, r: { 'connector.class': '${env:LATER}', color: 'blue' } }).snapshot()
  const stored = snapshot.connectorConfig('r')
  expect(gate.unable(snapshot)).toEqual([])
  // Of the configuration before it.
  expect(gate.refusal({ name: 'r', 'connector.class': MIRROR, color: 'red' }, stored)).not.toBeNull()
  expect(gate.unable(snapshot)).toEqual([])
  expect(gate.refusal({ name: 'r', 'connector.class': MIRROR, color: 'blue' }, stored)).not.toBeNull()
  expect(gate.unable(snapshot)).toEqual(['r'])
  expect(gate.refusal({ ...HERE, name: 'r', color: 'blue' }, stored)).toBeNull()
  expect(gate.unable(snapshot)).toEqual([])
})

test('what is started all the same is refused with what the JVM would say', () => {
  const { gate } = gateOf()
  expect(gate.refusal(HERE, null)).toBeNull()
  const connector = gate.refusal({ 'connector.class': MIRROR }, null)
  expect(connector?.javaClass).toBe('org.apache.kafka.connect.errors.ConnectException')
  expect(connector?.message).toStartWith(
    `Failed to find any class that implements Connector and which name matches ${MIRROR}, available connectors are: PluginDesc{`,
  )
  expect(connector?.hint).toContain('plugin.path')
  const converter = gate.refusal({ ...HERE, 'key.converter': 'com.acme.Avro' }, null)
  expect(converter?.javaClass).toBe('org.apache.kafka.common.config.ConfigException')
  expect(converter?.message).toBe(
    'Invalid value com.acme.Avro for configuration key.converter: Class com.acme.Avro could not be found.',
  )
  expect(gate.refusal({ ...HERE, topic: '${vault:a:b}' }, null)).toBeNull()
  expect(
    gateOf({ exactlyOnce: true }).gate.refusal({ ...HERE, 'exactly.once.support': 'required' }, null),
  ).toBeNull()
})
