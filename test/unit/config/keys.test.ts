import { describe, expect, test } from 'bun:test'
import { key, type Parsed } from '../../../src/config/keys.ts'
import { parseDouble, parseInteger } from '../../../src/config/parse.ts'
import { Password } from '../../../src/config/password.ts'
import { InvalidConfigException, parseConfig, validateConfig } from '../../../src/config/validate.ts'
import {
  atLeast,
  between,
  noDuplicates,
  nonEmptyString,
  nonEmptyWithoutControlChars,
  oneOf,
  oneOfIgnoringCase,
  uniqueAliases,
} from '../../../src/config/validators.ts'

const spec = {
  topic: key.string({ doc: 'Topic', importance: 'high' }),
  file: key.string({ doc: 'File', importance: 'HIGH', optional: true }),
  'tasks.max': key.int({ doc: 'Tasks', importance: 'high', default: 1, validator: atLeast(1) }),
  wait: key.long({ doc: 'Wait', importance: 'low', default: 60_000 }),
  factor: key.double({ doc: 'Factor', importance: 'low', default: 0.8 }),
  replicas: key.short({ doc: 'Replicas', importance: 'low', optional: true }),
  flag: key.boolean({ doc: 'Flag', importance: 'low', default: false }),
  names: key.list({ doc: 'Names', importance: 'low', default: [] }),
  converter: key.class({ doc: 'Converter', importance: 'low', default: null }),
  secret: key.password({ doc: 'Secret', importance: 'high', optional: true }),
}

type Expect<T extends true> = T
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type P = Parsed<typeof spec>
export type Checks = [
  Expect<Equal<P['topic'], string>>,
  Expect<Equal<P['file'], string | null>>,
  Expect<Equal<P['tasks.max'], number>>,
  Expect<Equal<P['replicas'], number | null>>,
  Expect<Equal<P['flag'], boolean>>,
  Expect<Equal<P['names'], readonly string[]>>,
  Expect<Equal<P['converter'], string | null>>,
  Expect<Equal<P['secret'], Password | null>>,
]

test('a full configuration becomes typed values', () => {
  const parsed = parseConfig(spec, {
    topic: ' t\t',
    'tasks.max': ' +3 ',
    wait: '9223372036854775807',
    factor: '1e-1d',
    replicas: '-1',
    flag: 'TRUE',
    names: 'a , b,,c ',
    secret: 's3cret ',
    unknown: 'x',
  })
  expect(parsed).toMatchObject({
    topic: 't',
    file: null,
    'tasks.max': 3,
    wait: 2 ** 63,
    factor: 0.1,
    replicas: -1,
    flag: true,
    names: ['a', 'b', '', 'c'],
    converter: null,
  })
  expect(parsed.secret?.value()).toBe('s3cret')
})

test('all problems are told at once, Java tells the first', () => {
  const parse = () => parseConfig(spec, { 'tasks.max': 'abc', flag: 'yes' })
  expect(parse).toThrow(InvalidConfigException)
  expect(parse).toThrow(
    'Missing required configuration "topic" which has no default value.\n' +
      'Invalid value abc for configuration tasks.max: Not a number of type INT\n' +
      'Invalid value yes for configuration flag: Expected value to be either true or false',
  )
})

test('a secret is printed nowhere', () => {
  const secret = new Password('hunter2')
  expect(`${secret} ${JSON.stringify({ secret })} ${Bun.inspect({ secret })}`).not.toContain('hunter2')
})

describe('validateConfig', () => {
  const errors = (name: keyof typeof spec, raw: string | null) =>
    validateConfig(spec, { topic: 't', [name]: raw }).get(name)?.errors
  test.each([
    [
      'tasks.max',
      'abc',
      [
        'Invalid value abc for configuration tasks.max: Not a number of type INT',
        'Invalid value null for configuration tasks.max: Value must be non-null',
      ],
    ],
    ['tasks.max', null, ['Invalid value null for configuration tasks.max: Value must be non-null']],
    ['tasks.max', '0', ['Invalid value 0 for configuration tasks.max: Value must be at least 1']],
    [
      'tasks.max',
      '2147483648',
      [
        'Invalid value 2147483648 for configuration tasks.max: Not a number of type INT',
        'Invalid value null for configuration tasks.max: Value must be non-null',
      ],
    ],
    ['replicas', '32768', ['Invalid value 32768 for configuration replicas: Not a number of type SHORT']],
    ['wait', ' 1.0 ', ['Invalid value  1.0  for configuration wait: Not a number of type LONG']],
    ['factor', '1,5', ['Invalid value 1,5 for configuration factor: Not a number of type DOUBLE']],
    ['file', null, []],
  ] as const)('%s = %p', (name, raw, expected) => {
    expect(errors(name, raw)).toEqual([...expected])
  })

  test('a class that nobody knows', () => {
    const found = validateConfig(spec, { topic: 't', converter: 'nope.Conv' }, () => null).get('converter')
    expect(found).toEqual({
      value: null,
      errors: ['Invalid value nope.Conv for configuration converter: Class nope.Conv could not be found.'],
    })
  })
})

describe('validators', () => {
  const complain = (
    k: ReturnType<typeof key.string | typeof key.int | typeof key.list>,
    raw: string | null,
  ) => validateConfig({ k }, { k: raw }).get('k')?.errors[0] ?? null
  const string = (validator: typeof nonEmptyString) => key.string({ doc: '', importance: 'low', validator })
  const list = (validator: ReturnType<typeof uniqueAliases>) =>
    key.list({ doc: '', importance: 'low', validator })
  const int = key.int({ doc: '', importance: 'low', validator: between(0, 5) })
  const names = list(noDuplicates({ empty: false, null: false }))
  test.each([
    [int, '-1', 'Invalid value -1 for configuration k: Value must be at least 0'],
    [int, '6', 'Invalid value 6 for configuration k: Value must be no more than 5'],
    [int, '5', null],
    [
      string(oneOf('none', 'all')),
      'ALL',
      'Invalid value ALL for configuration k: String must be one of: none, all',
    ],
    [
      string(oneOf('none', 'all')),
      null,
      'Invalid value null for configuration k: String must be one of: none, all',
    ],
    [string(oneOfIgnoringCase('A', 'B')), 'b', null],
    [
      string(oneOfIgnoringCase('A', 'B')),
      'c',
      'Invalid value c for configuration k: String must be one of (case insensitive): A, B',
    ],
    [string(nonEmptyString), ' ', 'Invalid value  for configuration k: String must be non-empty'],
    [string(nonEmptyWithoutControlChars), '', 'Invalid value  for configuration k: String may not be empty'],
    [
      string(nonEmptyWithoutControlChars),
      'a\rb\u0085',
      'Invalid value a\rb\u0085 for configuration k: String may not contain control sequences but had the following ASCII chars: 13, 133',
    ],
    [
      list(uniqueAliases('aliases')),
      'a,b, a',
      'Invalid value [a, b, a] for configuration k: Duplicate alias provided.',
    ],
    [names, '', "Configuration 'k' must not be empty. Valid values include: any non-empty value"],
    [names, 'a,a', "Configuration 'k' values must not be duplicated."],
    [names, 'a,,b', "Configuration 'k' values must not be empty."],
    [names, null, "Configuration 'k' values must not be null."],
  ] as const)('%#: %p', (spec, raw, expected) => {
    expect(complain(spec, raw)).toBe(expected)
  })
})

describe('numbers as Java reads them', () => {
  test.each([
    ['2147483647', 2147483647n],
    ['-2147483648', -2147483648n],
    ['2147483648', null],
    ['+0', 0n],
    ['007', 7n],
    ['1_000', null],
    ['', null],
    ['-', null],
    ['1 ', null],
  ] as const)('Integer.parseInt(%p)', (text, expected) => {
    expect(parseInteger(text, 32)).toBe(expected as bigint)
  })
  test.each([
    ['1', 1],
    ['.5', 0.5],
    ['5.', 5],
    ['5.f', 5],
    ['1e3D', 1000],
    ['0x1.8p1', 3],
    ['0x10p0', 16],
    ['-Infinity', -Infinity],
    ['infinity', null],
    ['', null],
    ['.', null],
    ['0x10', null],
    ['1e', null],
  ] as const)('Double.parseDouble(%p)', (text, expected) => {
    expect(parseDouble(text)).toBe(expected as number)
  })
})
