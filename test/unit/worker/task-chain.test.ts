import { describe, expect, test } from 'bun:test'
import { builtInPlugins } from '../../../src/cli/builtins.ts'
import { key } from '../../../src/config/keys.ts'
import { javaTrace } from '../../../src/data/errors.ts'
import { SourceRecord } from '../../../src/data/records.ts'
import { logger } from '../../../src/observe/log.ts'
import { PluginMeters } from '../../../src/observe/metrics/plugin-meters.ts'
import { predicate, transformation } from '../../../src/sdk/plugin.ts'
import { pluginRegistry } from '../../../src/worker/plugins.ts'
import { taskChain } from '../../../src/worker/task-chain.ts'

const made: Record<string, string>[] = []
const tag = transformation({
  className: 'test.Tag',
  version: '1',
  config: { text: key.string({ doc: '', importance: 'low' }) },
  create({ text }, raw) {
    made.push(raw)
    if (text === 'refused') throw new TypeError('not that')
    return {
      apply: record => record.newRecord(record.topic, null, null, null, null, `${record.value}${text}`, null),
    }
  },
})
const spin = transformation({
  className: 'test.Spin',
  version: '1',
  outside: true,
  config: {},
  create: () => ({
    apply() {
      for (;;) {}
    },
  }),
})
const isA = predicate({
  className: 'test.IsA',
  version: '1',
  config: {},
  create(_config, raw) {
    made.push(raw)
    return { test: ({ value }) => value === 'a' }
  },
})
const builtIn = builtInPlugins()
const plugins = pluginRegistry([
  ...new Set(builtIn.list(false).map(({ class: name }) => builtIn.find(name)!)),
  tag,
  spin,
  isA,
])
const chainOf = (connector: Record<string, string>) =>
  taskChain<SourceRecord>({
    connector,
    plugins,
    timeoutMs: 20,
    meters: new PluginMeters(),
    log: logger('test'),
  })
const record = (value: string) => new SourceRecord(null, null, 't', null, null, null, null, value)
const applied = (connector: Record<string, string>, value: string) =>
  (chainOf(connector)!.apply(record(value)) as SourceRecord).value

describe('the chain of a task', () => {
  test('is none without transforms', () => {
    expect(chainOf({})).toBeNull()
    expect(chainOf({ transforms: ' ', 'transforms.x.type': 'test.Tag' })).toBeNull()
  })

  test('has the aliases in order, each with its own keys and its own predicate', () => {
    made.length = 0
    const config = {
      transforms: 'y, x',
      'transforms.x.type': 'test.Tag',
      'transforms.x.text': 'X',
      'transforms.x.predicate': 'p',
      'transforms.x.negate': 'TRUE',
      'transforms.y.type': 'test.Tag',
      'transforms.y.text': 'Y',
      'transforms.y.predicate': 'p',
      predicates: 'p',
      'predicates.p.type': 'test.IsA',
      'predicates.p.more': '1',
    }
    expect(applied(config, 'a')).toBe('aYX')
    expect(applied(config, 'b')).toBe('bX')
    expect(made.slice(0, 4)).toEqual([
      { type: 'test.Tag', text: 'Y' },
      { type: 'test.IsA', more: '1' },
      { type: 'test.Tag', text: 'X' },
      { type: 'test.IsA', more: '1' },
    ])
  })

  test('knows the transformations that are built in', () => {
    const config = {
      transforms: 'h',
      'transforms.h.type': 'org.apache.kafka.connect.transforms.HoistField$Value',
      'transforms.h.field': 'f',
    }
    expect(applied(config, 'v') as unknown).toEqual({ f: 'v' })
  })

  test('a plugin that is not compiled in has a deadline for each record', () => {
    expect(() => applied({ transforms: 's', 'transforms.s.type': 'test.Spin' }, 'v')).toThrow(
      'Transformation s (test.Spin) did not return within 20 ms',
    )
  })

  const refused: [name: string, config: Record<string, string>, trace: string[]][] = [
    [
      'no type',
      { transforms: 'x' },
      [
        'org.apache.kafka.common.config.ConfigException: Invalid value null for configuration transforms.x.type: Not a Transformation',
      ],
    ],
    [
      'an unknown class',
      { transforms: 'x', 'transforms.x.type': 'test.No' },
      [
        'org.apache.kafka.common.config.ConfigException: Invalid value test.No for configuration transforms.x.type: Class test.No could not be found.',
      ],
    ],
    [
      'a key that is missing',
      { transforms: 'x', 'transforms.x.type': 'test.Tag' },
      [
        'org.apache.kafka.common.config.ConfigException: Missing required configuration "transforms.x.text" which has no default value.',
      ],
    ],
    [
      'a predicate that nobody lists',
      {
        transforms: 'x',
        'transforms.x.type': 'test.Tag',
        'transforms.x.text': 't',
        'transforms.x.predicate': 'zz',
      },
      [
        "org.apache.kafka.connect.errors.ConnectException: org.apache.kafka.connect.errors.ConnectException: org.apache.kafka.common.config.ConfigException: Unknown configuration 'predicates.zz.plugin.version'",
        "Caused by: org.apache.kafka.connect.errors.ConnectException: org.apache.kafka.common.config.ConfigException: Unknown configuration 'predicates.zz.plugin.version'",
        "Caused by: org.apache.kafka.common.config.ConfigException: Unknown configuration 'predicates.zz.plugin.version'",
      ],
    ],
    [
      'what the plugin refuses',
      { transforms: 'x', 'transforms.x.type': 'test.Tag', 'transforms.x.text': 'refused' },
      [
        'org.apache.kafka.connect.errors.ConnectException: TypeError: not that',
        'Caused by: TypeError: not that',
      ],
    ],
  ]
  for (const [name, config, trace] of refused) {
    test(`refuses ${name}`, () => {
      try {
        chainOf(config)
        throw new Error('not refused')
      } catch (error) {
        expect(
          javaTrace(error)
            .split('\n')
            .filter(line => /^\S/.test(line)),
        ).toEqual(trace)
      }
    })
  }
})
