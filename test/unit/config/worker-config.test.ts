import { describe, expect, test } from 'bun:test'
import { connectorKeys } from '../../../src/config/connector/common.ts'
import { sinkKeys } from '../../../src/config/connector/sink.ts'
import { sourceKeys } from '../../../src/config/connector/source.ts'
import type { ConfigSpec, KeySpec } from '../../../src/config/keys.ts'
import { unknownKeyWarnings } from '../../../src/config/unknown-keys.ts'
import { validateConfig } from '../../../src/config/validate.ts'
import { parseListener } from '../../../src/config/worker/listeners.ts'
import { distributedConfig, parseWorkerConfig, standaloneConfig } from '../../../src/config/worker-config.ts'
import table from '../../conform/vectors/jvm-config-definitions.json'

interface JvmKey {
  type: string
  required: boolean
  default: string | null
  importance: string
  group: string | null
  order: number
  width: string
  displayName: string
  doc: string
  errors: Record<string, string[]>
}
const definitions = table as unknown as Record<string, Record<string, JvmKey>>

/** Defaults and texts that differ from the JVM's on purpose. */
const OTHER_DEFAULT = new Set(['listeners'])
const OTHER_TEXT = new Set([
  'inter.worker.key.generation.algorithm',
  'inter.worker.signature.algorithm',
  'inter.worker.verification.algorithms',
])

const defaultText = (key: KeySpec<unknown>) =>
  key.default === null ? null : Array.isArray(key.default) ? key.default.join(',') : String(key.default)

function conforms(name: string, spec: ConfigSpec): void {
  describe(`${name} keys are the JVM's`, () => {
    const jvm = definitions[name]!
    for (const [key, expected] of Object.entries(jvm)) {
      test(key, () => {
        const ours = spec[key]!
        expect(ours).toMatchObject({
          type: expected.type,
          required: expected.required,
          importance: expected.importance,
          group: expected.group,
          orderInGroup: expected.order,
          width: expected.width,
          doc: expected.doc,
        })
        expect(ours.displayName ?? key).toBe(expected.displayName)
        if (!OTHER_DEFAULT.has(key)) expect(defaultText(ours)).toBe(expected.default)
        if (OTHER_TEXT.has(key) || key.endsWith('plugin.version')) return
        for (const [sample, errors] of Object.entries(expected.errors)) {
          // "!" marks a NullPointerException of Java's own validator after a value that cannot be parsed.
          const wanted = errors.filter(error => !error.startsWith('!'))
          expect(validateConfig({ [key]: ours }, { [key]: sample }).get(key)!.errors).toEqual(wanted)
        }
      })
    }
  })
}
conforms('standalone', standaloneConfig)
conforms('distributed', distributedConfig)
conforms('source', { ...connectorKeys, ...sourceKeys })
conforms('sink', { ...connectorKeys, ...sinkKeys })

const minimal = {
  'bootstrap.servers': 'localhost:9092',
  'key.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'offset.storage.file.filename': '/tmp/offsets',
}
const cluster = {
  ...minimal,
  'group.id': 'g',
  'config.storage.topic': 'c',
  'offset.storage.topic': 'o',
  'status.storage.topic': 's',
}

test('a minimal standalone worker listens on loopback', () => {
  const { values, listeners, warnings } = parseWorkerConfig('standalone', minimal)
  expect(values['offset.flush.interval.ms']).toBe(60_000)
  expect(values['header.converter']).toBe('org.apache.kafka.connect.storage.SimpleHeaderConverter')
  expect(listeners).toEqual([
    { protocol: 'http', host: '127.0.0.1', port: 8083, url: 'http://127.0.0.1:8083' },
  ])
  expect(warnings).toEqual([])
})

test('a distributed worker listens everywhere, as the JVM', () => {
  const { values, listeners } = parseWorkerConfig('distributed', cluster)
  expect(listeners[0]).toMatchObject({ host: '', port: 8083 })
  expect(values['scheduled.rebalance.max.delay.ms']).toBe(300_000)
})

describe('start failures', () => {
  const start = (mode: 'standalone' | 'distributed', change: Record<string, string>) => () =>
    parseWorkerConfig(
      mode,
      { ...(mode === 'standalone' ? minimal : cluster), ...change },
      {
        resolveClass: name => (name.startsWith('nope') ? null : name),
      },
    )
  test.each([
    [
      'standalone',
      { 'key.converter': 'nope.Conv' },
      'Invalid value nope.Conv for configuration key.converter: Class nope.Conv could not be found.',
    ],
    [
      'standalone',
      { listeners: '127.0.0.1:8083' },
      "Listener doesn't have the right format (protocol://hostname:port).",
    ],
    ['standalone', { listeners: 'ftp://x:1' }, 'Listener protocol must be either "http" or "https".'],
    [
      'standalone',
      { listeners: '' },
      'Invalid value for listeners, at least one URL is expected, ex: http://localhost:8080,https://localhost:8443.',
    ],
    ['standalone', { listeners: 'http://a:1,,http://b:2' }, 'Empty URL found when parsing listeners list.'],
    [
      'standalone',
      { 'offset.flush.interval.ms': 'abc' },
      'Invalid value abc for configuration offset.flush.interval.ms: Not a number of type LONG',
    ],
    [
      'standalone',
      { 'plugin.path': '' },
      "Configuration 'plugin.path' must not be empty. Valid values include: any non-empty value",
    ],
    [
      'standalone',
      { 'plugin.discovery': 'foo' },
      'Invalid plugin.discovery value, must be one of [only_scan, hybrid_warn, hybrid_fail, service_load]',
    ],
    [
      'standalone',
      { 'response.http.headers.config': 'foo' },
      "Invalid format of header config 'foo'. Expected: '[action] [header name]:[header value]'",
    ],
    [
      'distributed',
      { 'connect.protocol': 'foo' },
      'Invalid value foo for configuration connect.protocol: Invalid Connect protocol compatibility',
    ],
    ['distributed', { 'config.storage.topic': ' ' }, 'Must specify topic for connector configuration.'],
    ['distributed', { 'offset.storage.topic': '' }, 'Offset storage topic must be specified'],
    ['distributed', { 'status.storage.topic': '' }, 'Must specify topic for connector status.'],
    [
      'distributed',
      { 'offset.storage.partitions': '0' },
      "Invalid value 0 for configuration offset.storage.partitions: Number of partitions must be positive, or -1 to use the broker's default",
    ],
    [
      'distributed',
      { 'inter.worker.signature.algorithm': 'HmacSHA512' },
      'Invalid value HmacSHA512 for configuration inter.worker.signature.algorithm: Signature algorithm must be present in inter.worker.verification.algorithms list',
    ],
    [
      'distributed',
      { 'bootstrap.servers': 'embedded' },
      'Invalid value embedded for configuration bootstrap.servers: The embedded log is for a standalone worker',
    ],
    ['distributed', { 'session.timeout.ms': '3000' }, 'Heartbeat must be set lower than the session timeout'],
  ] as const)('%s %p', (mode, change, message) => {
    expect(start(mode, change as Record<string, string>)).toThrow(message)
  })
  test('a missing key', () => {
    expect(() => parseWorkerConfig('standalone', {})).toThrow(
      'Missing required configuration "bootstrap.servers" which has no default value.',
    )
  })
})

test('one topic for two purposes is warned of', () => {
  const topics = { 'config.storage.topic': 'c', 'offset.storage.topic': 'o', 'status.storage.topic': 'c' }
  expect(parseWorkerConfig('distributed', { ...cluster, ...topics }).warnings).toEqual([
    'config.storage.topic and status.storage.topic both name c: give each a topic of its own.',
  ])
})

describe('unknown keys', () => {
  const warnings = (change: Record<string, string>) =>
    parseWorkerConfig('standalone', { ...minimal, ...change }, { place: () => 'w:7' }).warnings
  test('are named with the nearest known one', () => {
    expect(
      warnings({ 'ofset.flush.interval.ms': '1', 'plugin.paht': 'x', 'my.own.thing': 'x', 'group.id': 'g' }),
    ).toEqual([
      'These keys are unknown and have no effect: ofset.flush.interval.ms (w:7; did you mean offset.flush.interval.ms?), ' +
        'plugin.paht (w:7; did you mean plugin.path?), my.own.thing (w:7)',
    ])
  })
  test('of the other mode are told apart', () => {
    expect(warnings({ 'config.storage.topic': 'c', 'rebalance.timeout.ms': '1' })).toEqual([
      'These keys are unknown and have no effect: config.storage.topic (w:7; read in distributed mode only), ' +
        'rebalance.timeout.ms (w:7; read in distributed mode only)',
    ])
  })
  test('of the topics of a distributed worker are let through in distributed mode alone', () => {
    const change = {
      'offset.storage.file.filenam': 'x',
      'config.storage.cleanup.policy': 'compact',
      'status.storage.max.message.bytes': '1',
    }
    expect(warnings(change)).toEqual([
      'These keys are unknown and have no effect: ' +
        'offset.storage.file.filenam (w:7; did you mean offset.storage.file.filename?), ' +
        'config.storage.cleanup.policy (w:7), status.storage.max.message.bytes (w:7)',
    ])
    expect(
      unknownKeyWarnings(change, distributedConfig, { mode: 'standalone', spec: standaloneConfig }),
    ).toEqual([])
  })
  test('that were removed say what to do', () => {
    expect(
      warnings({
        'internal.key.converter': 'x',
        'internal.key.converter.schemas.enable': 'false',
        'rest.port': '8083',
      }),
    ).toEqual([
      'These keys have no effect any more: ' +
        'internal.key.converter (w:7) was removed in Kafka 3.0: internal data is always JSON without schemas; delete the line; ' +
        'internal.key.converter.schemas.enable (w:7) was removed in Kafka 3.0: internal data is always JSON without schemas; delete the line; ' +
        'rest.port (w:7) was removed in Kafka 3.0: write listeners=http://<host>:<port>',
    ])
  })
  test.each([
    'producer.linger.ms',
    'consumer.whatever',
    'admin.retries',
    'metrics.context.a',
    'config.providers.file.class',
    'key.converter.schemas.enable',
    'listeners.https.ssl.keystore.location',
    'admin.listeners.https.ssl.keystore.location',
    'sasl.jaas.config',
    'security.protocol',
    'request.timeout.ms',
    'connector.client.config.override.allowlist',
  ])('%s is somebody else’s', key => {
    expect(warnings({ [key]: 'x' })).toEqual([])
  })
})

test('listeners', () => {
  expect(parseListener('HTTPS://[::1]:8443')).toMatchObject({ protocol: 'https', host: '::1', port: 8443 })
  expect(parseListener('http://:0')).toMatchObject({ protocol: 'http', host: '', port: 0 })
})

describe('response.http.headers.config', () => {
  const complaint = (text: string) =>
    validateConfig(
      { 'response.http.headers.config': standaloneConfig['response.http.headers.config'] },
      { 'response.http.headers.config': text },
    ).get('response.http.headers.config')!.errors[0] ?? 'ok'
  test.each([
    ['set X:y', 'ok'],
    ['add A:b, set C:d', 'ok'],
    ['"set A:b, c", add D:e', 'ok'],
    ['"add Cache-Control: no-cache, no-store",setdate Expires:1000', 'ok'],
    ['foo A:b', "Invalid header config action: 'foo'. Expected one of [set, add, setDate, addDate]"],
    [
      'set A:b:c',
      "Invalid format of header name and header value pair 'A:b:c'. Expected: '[header name]:[header value]'",
    ],
    ['set :b', "Invalid header name ''. The '[header name]' cannot contain whitespace"],
    ['set A b:c', "Invalid header name 'A b'. The '[header name]' cannot contain whitespace"],
    ['SETDATE Expires:1000', 'ok'],
    [
      'set A',
      "Invalid format of header name and header value pair 'A'. Expected: '[header name]:[header value]'",
    ],
    [
      'set A:',
      "Invalid format of header name and header value pair 'A:'. Expected: '[header name]:[header value]'",
    ],
    [' ', 'ok'],
    ['set A:b,', 'ok'],
    [
      'set A:"b", c',
      "Invalid format of header config 'c'. Expected: '[action] [header name]:[header value]'",
    ],
  ])('%p', (text, expected) => {
    expect(complaint(text)).toBe(expected)
  })
})

describe('what this version does not act on', () => {
  test('a REST extension stops the start: it may be what protects the listeners', () => {
    expect(() => parseWorkerConfig('standalone', { ...minimal, 'rest.extension.classes': 'nope.E' })).toThrow(
      'Failed to find any class that implements interface org.apache.kafka.connect.rest.ConnectRestExtension and which name matches nope.E',
    )
  })
  test('the rest is told', () => {
    const { warnings } = parseWorkerConfig('standalone', {
      ...minimal,
      'metric.reporters': 'a.B',
      'access.control.allow.origin': '*',
      'response.http.headers.config': 'set A:b',
      'admin.listeners': 'http://:9999',
    })
    expect(warnings.map(warning => warning.split(' ')[0])).toEqual(['metric.reporters'])
  })
})
