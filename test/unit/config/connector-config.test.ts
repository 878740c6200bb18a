import { describe, expect, test } from 'bun:test'
import {
  BadRequestException,
  type ConnectorCheck,
  checkConnector,
  validateConnector,
} from '../../../src/config/connector-config.ts'
import { overridePolicy } from '../../../src/config/override-policy.ts'
import { versionRange } from '../../../src/config/version-range.ts'
import { type ConverterPlugin, key, oneOf, sinkConnector, sourceConnector } from '../../../src/sdk/index.ts'
import { pluginRegistry } from '../../../src/worker/plugins.ts'

const JSON_CONVERTER = 'org.apache.kafka.connect.json.JsonConverter'
const bytes = { serialize() {}, deserialize() {} }
const low = { doc: '', importance: 'low' } as const
const converter = (className: string, config: ConverterPlugin['config'], data: boolean): ConverterPlugin => ({
  kind: 'converter',
  className,
  version: '4.3.1',
  config,
  ...(data && { converter: () => bytes }),
  headerConverter: () => bytes,
})
const plugins = pluginRegistry([
  sourceConnector({
    className: 'org.apache.kafka.connect.file.FileStreamSourceConnector',
    taskClassName: 'org.apache.kafka.connect.file.FileStreamSourceTask',
    version: '4.3.1',
    config: {
      file: key.string({ ...low, optional: true }),
      topic: key.string(low),
      'batch.size': key.int({ ...low, default: 2000 }),
    },
    task: () => ({ poll: () => null }),
  }),
  sinkConnector({
    className: 'org.apache.kafka.connect.file.FileStreamSinkConnector',
    taskClassName: 'org.apache.kafka.connect.file.FileStreamSinkTask',
    version: '4.3.1',
    config: { file: key.string({ ...low, optional: true }) },
    task: () => ({ put() {} }),
  }),
  converter(
    JSON_CONVERTER,
    {
      'converter.type': key.string({ ...low, validator: oneOf('key', 'value', 'header') }),
      'schemas.enable': key.boolean({ ...low, default: true }),
      'schemas.cache.size': key.int({ ...low, default: 1000 }),
    },
    true,
  ),
  converter('org.apache.kafka.connect.storage.SimpleHeaderConverter', {}, false),
])
const worker = { 'key.converter': JSON_CONVERTER, 'value.converter': JSON_CONVERTER }
const check: ConnectorCheck = { plugins, worker }
const source = { name: 's', 'connector.class': 'FileStreamSource', topic: 't' }
const sink = { name: 's', 'connector.class': 'FileStreamSink', topics: 'a' }

type Config = Record<string, string | null>
const errors = async (config: Config, options: ConnectorCheck = check) =>
  (await validateConnector(config, options)).keys.flatMap(({ name, errors }) =>
    errors.map(error => [name, error]),
  )

describe('accepted', () => {
  test('a source with a null of its own keys and a key that nobody knows', async () => {
    expect(await checkConnector({ ...source, file: null, anything: 'x' }, check)).toMatchObject({
      errorCount: 0,
    })
  })
  test('a sink with keys of all sorts', async () => {
    const config = {
      ...sink,
      'tasks.max': ' 2 ',
      'errors.tolerance': 'none',
      'errors.retry.timeout': '0',
      'errors.log.enable': 'false',
      'errors.log.include.messages': 'true',
      'errors.deadletterqueue.topic.name': '',
      transforms: '',
      'key.converter': 'Json',
      'key.converter.schemas.enable': 'false',
      'consumer.override.max.poll.records': '10',
      'consumer.override.unknown.thing': '1',
      'connector.plugin.version': '4.3.1',
    }
    expect(await checkConnector(config, check)).toMatchObject({ errorCount: 0 })
  })
  test('converters default to the worker’s', async () => {
    const { keys } = await validateConnector(source, check)
    const value = (name: string) => keys.find(entry => entry.name === name)?.value
    expect(value('key.converter')).toBe(JSON_CONVERTER)
    expect(value('header.converter')).toBe('org.apache.kafka.connect.storage.SimpleHeaderConverter')
  })
})

describe('the JVM’s complaints', () => {
  test('bad numbers, enums, nulls and missing keys, in the JVM’s order and count', async () => {
    const config = {
      'connector.class': 'org.apache.kafka.connect.file.FileStreamSourceConnector',
      'tasks.max': 'abc',
      'batch.size': 'x',
      'errors.tolerance': 'some',
      'tasks.max.enforce': 'maybe',
      file: null,
      foo: 'bar',
      nullfoo: null,
    }
    expect((await validateConnector(config, check)).errorCount).toBe(8)
    expect(await errors(config)).toEqual([
      ['nullfoo', 'Null value can not be supplied as the configuration value.'],
      ['name', 'Missing required configuration "name" which has no default value.'],
      ['tasks.max', 'Invalid value abc for configuration tasks.max: Not a number of type INT'],
      ['tasks.max', 'Invalid value null for configuration tasks.max: Value must be non-null'],
      [
        'tasks.max.enforce',
        'Invalid value maybe for configuration tasks.max.enforce: Expected value to be either true or false',
      ],
      [
        'errors.tolerance',
        'Invalid value some for configuration errors.tolerance: String must be one of: none, all',
      ],
      ['topic', 'Missing required configuration "topic" which has no default value.'],
      ['batch.size', 'Invalid value x for configuration batch.size: Not a number of type INT'],
    ])
  })
  test('the block of a 400', async () => {
    await expect(checkConnector({ 'connector.class': 'FileStreamSource', name: 'x' }, check)).rejects.toThrow(
      new BadRequestException(
        'Connector configuration is invalid and contains the following 1 error(s):\n' +
          'Missing required configuration "topic" which has no default value.\n' +
          'You can also find the above list of errors at the endpoint `/connector-plugins/{connectorType}/config/validate`',
      ),
    )
  })
  test('no class, unknown class', async () => {
    await expect(checkConnector({ name: 'v10', topic: 't1' }, check)).rejects.toThrow(
      new BadRequestException('Connector config {name=v10, topic=t1} contains no connector type'),
    )
    await expect(checkConnector({ ...source, 'connector.class': 'nope.Nope' }, check)).rejects.toThrow(
      'Failed to find any class that implements Connector and which name matches nope.Nope, available connectors are: PluginDesc{',
    )
  })
  const table: [string, Config, [string, string][]][] = [
    [
      'both topics and topics.regex',
      { ...sink, topics: 'a, b', 'topics.regex': 'a.*' },
      [
        ['topics', 'topics and topics.regex are mutually exclusive options, but both are set.'],
        ['topics.regex', 'topics and topics.regex are mutually exclusive options, but both are set.'],
      ],
    ],
    [
      'neither',
      { name: 's', 'connector.class': 'FileStreamSink' },
      [
        ['topics', 'Must configure one of topics or topics.regex'],
        ['topics.regex', 'Must configure one of topics or topics.regex'],
      ],
    ],
    [
      'topics twice',
      { ...sink, topics: 'a,a' },
      [['topics', "Configuration 'topics' values must not be duplicated."]],
    ],
    [
      'a broken regex',
      { name: 's', 'connector.class': 'FileStreamSink', 'topics.regex': '(' },
      [
        [
          'topics.regex',
          'Invalid value ( for configuration topics.regex: Invalid regex: Unclosed group near index 1\n(',
        ],
      ],
    ],
    [
      'an unknown converter',
      { ...source, 'key.converter': 'nope.Conv' },
      [
        [
          'key.converter',
          'Invalid value nope.Conv for configuration key.converter: Class nope.Conv could not be found.',
        ],
      ],
    ],
    [
      'a header converter for values',
      { ...source, 'value.converter': 'SimpleHeaderConverter' },
      [
        [
          'value.converter',
          'Class class org.apache.kafka.connect.storage.SimpleHeaderConverter does not implement the Converter interface',
        ],
      ],
    ],
    [
      'a converter’s own key',
      { ...source, 'value.converter': JSON_CONVERTER, 'value.converter.schemas.cache.size': 'x' },
      [
        [
          'value.converter.schemas.cache.size',
          'Invalid value x for configuration schemas.cache.size: Not a number of type INT',
        ],
      ],
    ],
    [
      'a converter’s key without the class is not looked at',
      { ...source, 'value.converter.schemas.cache.size': 'x' },
      [],
    ],
    [
      'a version that is not there',
      { ...source, 'connector.plugin.version': '9.9.9' },
      [
        [
          'connector.class',
          'Plugin org.apache.kafka.connect.file.FileStreamSourceConnector not found that matches the version range [9.9.9,9.9.9], available versions: [4.3.1]',
        ],
        [
          'connector.plugin.version',
          'Plugin org.apache.kafka.connect.file.FileStreamSourceConnector not found that matches the version range [9.9.9,9.9.9], available versions: [4.3.1]',
        ],
      ],
    ],
    [
      'source keys',
      {
        ...source,
        'exactly.once.support': 'x',
        'transaction.boundary.interval.ms': '-1',
        'offsets.storage.topic': '',
      },
      [
        [
          'exactly.once.support',
          'Invalid value x for configuration exactly.once.support: String must be one of (case insensitive): REQUIRED, REQUESTED',
        ],
        [
          'transaction.boundary.interval.ms',
          'Invalid value -1 for configuration transaction.boundary.interval.ms: Value must be at least 0',
        ],
        [
          'offsets.storage.topic',
          'Invalid value  for configuration offsets.storage.topic: String must be non-empty',
        ],
      ],
    ],
    [
      'a name with a control character',
      { ...source, name: 'a\rb' },
      [
        [
          'name',
          'Invalid value a\rb for configuration name: String may not contain control sequences but had the following ASCII chars: 13',
        ],
      ],
    ],
    [
      'a null name',
      { ...source, name: null },
      [['name', 'Null value can not be supplied as the configuration value.']],
    ],
    [
      'a null tasks.max',
      { ...source, 'tasks.max': null },
      [
        ['tasks.max', 'Invalid value null for configuration tasks.max: Value must be non-null'],
        ['tasks.max', 'Null value can not be supplied as the configuration value.'],
      ],
    ],
  ]
  for (const [title, config, expected] of table) {
    test(title, async () => expect(await errors(config)).toEqual(expected))
  }
  test('an unparsable version', async () => {
    await expect(validateConnector({ ...source, 'connector.plugin.version': '[bad' }, check)).rejects.toThrow(
      new BadRequestException('Unbounded range: [bad'),
    )
  })
})

test('a name that no assignment of a group can carry', async () => {
  const distributed = { groupId: 'g', exactlyOnceSource: 'disabled' } as const
  const longest = 'ä'.repeat(16_383)
  for (const config of [source, sink]) {
    const named = (name: string) => errors({ ...config, name }, { ...check, distributed })
    expect(await named(`${longest}x`)).toEqual([])
    expect(await named(`${longest}xx`)).toEqual([['name', expect.stringContaining('has 32768: choose')]])
    expect(await errors({ ...config, name: `${longest}xx` })).toEqual([])
  }
})

describe('client overrides', () => {
  const none = { plugins, worker: { ...worker, 'connector.client.config.override.policy': 'None' } }
  test('the policy decides', async () => {
    expect(await errors({ ...source, 'producer.override.acks': '1' })).toEqual([])
    expect(await errors({ ...source, 'producer.override.acks': '1' }, none)).toEqual([
      [
        'producer.override.acks',
        "The 'None' policy does not allow 'acks' to be overridden in the connector configuration.",
      ],
    ])
    expect(await errors({ ...sink, 'producer.override.acks': '1' }, none)).toEqual([])
  })
  test('a value of the wrong type ends validation', async () => {
    await expect(validateConnector({ ...source, 'producer.override.linger.ms': 'x' }, check)).rejects.toThrow(
      'Invalid value x for configuration linger.ms: Not a number of type LONG',
    )
  })
  test('policies', () => {
    const allows = (policy: string, key: string) =>
      overridePolicy({
        'connector.client.config.override.policy': policy,
        'connector.client.config.override.allowlist': 'acks, linger.ms',
      }).allows(key)
    expect(
      allows('org.apache.kafka.connect.connector.policy.AllConnectorClientConfigOverridePolicy', 'x'),
    ).toBe(true)
    expect(allows('Principal', 'sasl.mechanism')).toBe(true)
    expect(allows('Principal', 'acks')).toBe(false)
    expect(allows('Allowlist', 'linger.ms')).toBe(true)
    expect(allows('Allowlist', 'retries')).toBe(false)
    expect(() => allows('Nope', 'x')).toThrow(
      'Failed to find any class that implements interface org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy and which name matches Nope',
    )
  })
})

describe('version ranges', () => {
  test.each([
    ['latest', '1', true],
    ['1.2', '1.2', true],
    ['1.2', '1.2.0', true],
    ['1.2', '1.3', false],
    ['[1.0,2.0)', '1.9.9', true],
    ['[1.0,2.0)', '2.0', false],
    ['(,1.5]', '1.5', true],
    ['(1.5,)', '1.5', false],
    ['[1,2],[4,5]', '4.3.1', true],
    ['[1,2],[4,5]', '3', false],
    ['[2.0,)', '2.0-rc1', false],
    ['', '4.3.1', false],
    ['[,]', '4.3.1', true],
    ['[4.3.1,4.3.1]', '4.3.1', true],
    ['[4.3.1.Final]', '4.3.1', true],
    ['4.3.1-0', '4.3.1', true],
    ['(,4.3.1-sp]', '4.3.1', true],
    ['4.3.1-ccs', '4.3.1', false],
  ])('%s holds %s: %p', (range, version, expected) => {
    expect(versionRange(range)?.contains(version) ?? true).toBe(expected)
  })
  test.each([
    ['[bad', 'Unbounded range: [bad'],
    ['[2,1]', 'Range defies version ordering: [2,1]'],
    ['[1,1)', 'Range defies version ordering: [1,1)'],
    ['[1,3],[2,4]', 'Ranges overlap: [1,3],[2,4]'],
    ['[1,2]x', 'Only fully-qualified sets allowed in multiple set scenario: [1,2]x'],
    ['1]', 'Only fully-qualified sets allowed in multiple set scenario: [1]]'],
    ['(1)', 'Single version must be surrounded by []: (1)'],
  ])('%s', (range, message) => {
    expect(() => versionRange(range)).toThrow(message)
  })
})
