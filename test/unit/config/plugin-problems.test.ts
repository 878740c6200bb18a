import { describe, expect, test } from 'bun:test'
import { type ConnectorCheck, validateConnector } from '../../../src/config/connector-config.ts'
import { ConfigResolver } from '../../../src/herder/config-resolver.ts'
import { HerderError } from '../../../src/herder/errors.ts'
import { Validation } from '../../../src/herder/validation.ts'
import {
  type Config,
  type ConverterPlugin,
  key,
  type Plugin,
  predicate,
  sourceConnector,
  transformation,
} from '../../../src/sdk/index.ts'
import { pluginRegistry } from '../../../src/worker/plugins.ts'

type Problems = readonly { key: string; message: string }[]
type Answer = (config: Config) => Problems | Promise<Problems>
const low = { doc: '', importance: 'low' } as const

/** One plugin of each kind; each says of its configuration what the test wants. */
function check(says: Partial<Record<Plugin['kind'], Answer>>): ConnectorCheck & {
  plugins: ReturnType<typeof pluginRegistry>
} {
  const validate = (kind: Plugin['kind']) => ({ validate: (config: Config) => says[kind]?.(config) ?? [] })
  const converter: ConverterPlugin = {
    kind: 'converter',
    className: 'x.MyConverter',
    version: '1',
    config: { size: key.int({ ...low, default: 1 }) },
    converter: () => ({ serialize() {}, deserialize() {} }),
    ...validate('converter'),
  }
  return {
    worker: {},
    pluginTimeoutMs: 100,
    plugins: pluginRegistry([
      sourceConnector({
        className: 'x.MySource',
        taskClassName: 'x.MyTask',
        version: '1',
        config: { from: key.int({ ...low, default: 1 }), to: key.int({ ...low, default: 2 }) },
        task: () => ({ poll: () => null }),
        ...validate('source'),
      }),
      transformation({
        className: 'x.MyTransformation',
        version: '1',
        config: { code: key.string(low) },
        create: () => ({ apply: record => record }),
        ...validate('transformation'),
      }),
      predicate({
        className: 'x.MyPredicate',
        version: '1',
        config: {},
        create: () => ({ test: () => true }),
        ...validate('predicate'),
      }),
      converter,
    ]),
  }
}

const config = {
  name: 'c',
  'connector.class': 'MySource',
  transforms: 't',
  'transforms.t.type': 'x.MyTransformation',
  'transforms.t.code': 'oops',
  'transforms.t.predicate': 'p',
  'transforms.t.negate': 'false',
  predicates: 'p',
  'predicates.p.type': 'MyPredicate',
  'predicates.p.of': 'its own',
  'value.converter': 'MyConverter',
  'value.converter.size': '7',
}

async function errors(says: Parameters<typeof check>[0], more: Record<string, string | null> = {}) {
  const { keys, errorCount } = await validateConnector({ ...config, ...more }, check(says))
  return [errorCount, keys.flatMap(({ name, errors }) => errors.map(error => `${name}: ${error}`))]
}

describe('what plugins say of their configuration', () => {
  test('each is asked about its own keys, without their prefix', async () => {
    const asked: Record<string, Config> = {}
    const note = (kind: string) => (given: Config) => {
      asked[kind] = given
      return []
    }
    await errors({
      source: note('source'),
      transformation: note('transformation'),
      predicate: note('predicate'),
      converter: note('converter'),
    })
    expect(asked).toEqual({
      source: config,
      transformation: { type: 'x.MyTransformation', code: 'oops' },
      predicate: { type: 'MyPredicate', of: 'its own' },
      converter: { size: '7', 'converter.type': 'value' },
    })
  })
  test('messages stand at the keys they name, also asynchronous ones', async () => {
    expect(
      await errors({
        source: async () => [{ key: 'from', message: 'from must be before to' }],
        transformation: () => [{ key: 'code', message: 'line 1, column 5: no such name' }],
        predicate: () => [{ key: 'of', message: 'of nobody' }],
        converter: () => [{ key: 'size', message: 'too small' }],
      }),
    ).toEqual([
      4,
      [
        'predicates.p.of: of nobody',
        'transforms.t.code: line 1, column 5: no such name',
        'from: from must be before to',
        'value.converter.size: too small',
      ],
    ])
  })
  test('what a definition has said already is not said twice', async () => {
    const message = 'Invalid value x for configuration from: Not a number of type INT'
    const says = {
      source: () => [
        { key: 'from', message },
        { key: 'from', message: 'and more' },
      ],
    }
    expect(await errors(says, { from: 'x' })).toEqual([2, [`from: ${message}`, 'from: and more']])
  })
  test('nulls are not handed to plugins', async () => {
    let seen: Config = {}
    await errors(
      {
        source: given => {
          seen = given
          return []
        },
      },
      { extra: null },
    )
    expect(seen).toEqual(config)
  })
  test('a check that throws: of a converter or transformation an error of its class', async () => {
    const fails = () => {
      throw new Error('cannot tell')
    }
    expect(await errors({ transformation: fails, converter: fails })).toEqual([
      2,
      [
        'value.converter: Failed to perform config validation for value converter: cannot tell',
        'transforms.t.type: Failed to perform config validation for transformation transforms.t: cannot tell',
      ],
    ])
  })
  test('a check that throws: of a connector it ends validation', async () => {
    const fails = () => {
      throw new Error('cannot tell')
    }
    await expect(errors({ source: fails })).rejects.toThrow('cannot tell')
  })
  test.each(['source', 'transformation', 'predicate', 'converter'] as const)(
    'a %s whose check hangs is an error of the request, never a hang',
    async kind => {
      const hanging = check({ [kind]: () => new Promise<Problems>(() => {}) })
      const { plugins, worker } = hanging
      const validation = new Validation(hanging, new ConfigResolver({ worker, plugins, timeoutMs: 10_000 }))
      const answer = validation.validated('MySource', config).catch(error => error)
      const error = (await answer) as HerderError
      expect(error).toBeInstanceOf(HerderError)
      expect([error.status, error.message]).toEqual([
        500,
        expect.stringMatching(/ConnectException: .* did not finish checking its configuration within 100 ms/),
      ])
      expect(error.hint).toContain('bunnect.plugin.timeout.ms')
      expect(error.message).toContain(
        kind === 'source' ? 'The connector (x.MySource)' : kind === 'converter' ? 'value.converter' : '(x.My',
      )
    },
  )
})
