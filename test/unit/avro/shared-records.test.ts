/** Records that hold others several times over: work goes with the text of a schema, not with what it stands for. */
import { describe, expect, test } from 'bun:test'
import { DataException } from '../../../src/data/errors.ts'
import type { Config } from '../../../src/sdk/plugin.ts'
import { connectOf, decode, ENHANCED, encode, formatWith, GENERALIZED, parse } from './harness.ts'

/** `held` makes the type of both fields of a record from the record below. */
function chain(
  levels: number,
  bottom: unknown,
  held: (below: unknown) => unknown,
  more: object = {},
): unknown {
  let below = bottom
  for (let level = 1; level <= levels; level++) {
    const name = `R${level}`
    const again = typeof below === 'object' ? (below as { name: string }).name : below
    const fields = [
      { name: 'a', type: held(below), doc: `a ${level}`, ...more },
      { name: 'b', type: held(again), doc: `b ${level}`, ...more },
    ]
    below = { type: 'record', name, fields }
  }
  return below
}

/** As a map whose keys and values are such maps of the level below. */
function entries(levels: number): unknown {
  let below: unknown = 'int'
  for (let level = 1; level <= levels; level++) {
    const lower = `E${level - 1}`
    const again = level === 1 ? 'int' : { type: 'array', items: lower, 'connect.name': lower }
    const fields = [
      { name: 'key', type: below },
      { name: 'value', type: again },
    ]
    const items = {
      type: 'record',
      name: `E${level}`,
      fields,
      'connect.internal.type': 'MapEntry',
    }
    below = { type: 'array', items, 'connect.name': `E${level}` }
  }
  return below
}

const LEVELS = 60
const BOTTOM = { type: 'record', name: 'R0', fields: [{ name: 'x', type: 'int' }] }

describe('each record used twice', () => {
  test.each<[string, unknown, string, Config]>([
    ['optional', chain(LEVELS, BOTTOM, below => ['null', below]), '0000', {}],
    [
      'with docs of the fields',
      chain(LEVELS, BOTTOM, below => ['null', below]),
      '0000',
      { 'discard.type.doc.default': 'true' },
    ],
    ['in arrays', chain(LEVELS, BOTTOM, items => ({ type: 'array', items })), '0000', {}],
    ['in maps', chain(LEVELS, BOTTOM, values => ({ type: 'map', values })), '0000', {}],
    ['in unions', chain(LEVELS, BOTTOM, below => ['null', 'int', below]), '0000', ENHANCED],
    ['as entries of maps', entries(LEVELS), '00', {}],
    [
      'required',
      {
        type: 'record',
        name: 'Top',
        fields: [{ name: 'list', type: { type: 'array', items: chain(LEVELS, BOTTOM, below => below) } }],
      },
      '00',
      {},
    ],
    ['required, with defaults', ['null', chain(LEVELS, BOTTOM, below => below, { default: {} })], '00', {}],
  ])('%s', (_name, avro, hex, config) => {
    const writer = parse(avro)
    const { schema, value } = decode(writer, hex, config)
    const again = formatWith(config).schemaOf(schema)
    expect(encode(schema, value, config, again)).toBe(hex)
    expect(encode(schema, value, config, writer)).toBe(hex)
  })
})

test('a field that nobody wants is skipped', () => {
  const items = chain(LEVELS, BOTTOM, below => below)
  const writer = parse({
    type: 'record',
    name: 'Top',
    fields: [
      { name: 'gone', type: { type: 'array', items } },
      { name: 'n', type: 'int' },
    ],
  })
  const reader = parse({ type: 'record', name: 'Top', fields: [{ name: 'n', type: 'int' }] })
  expect(String(decode(writer, '0006', {}, reader).value)).toBe('Struct{n=3}')
})

test('a type that does not suit is tried once at each level', () => {
  const nested = (levels: number, bottom: string): unknown => {
    let type: unknown = bottom
    for (let level = 1; level <= levels; level++)
      type = { type: 'record', name: `N${level}`, fields: [{ name: 'n', type: ['null', type] }] }
    return type
  }
  const schema = connectOf(nested(LEVELS, 'string'))
  expect(() => formatWith().writer(schema, parse(nested(LEVELS, 'int')))).toThrow(
    'cannot be written as Avro ["null",',
  )
})

describe('what would not end is refused', () => {
  test('unions that are numbered, each where it stands', () => {
    const bottom = { type: 'record', name: 'R0', fields: [{ name: 'x', type: ['int', 'string'] }] }
    const few = connectOf(
      chain(2, bottom, below => below),
      GENERALIZED,
    )
    const names = ['a', 'b'].flatMap(first =>
      ['a', 'b'].map(second => few.field(first)!.schema.field(second)!.schema.field('x')!.schema.name),
    )
    expect(names).toEqual(['connect_union_0', 'connect_union_1', 'connect_union_2', 'connect_union_3'])
    expect(() =>
      connectOf(
        chain(LEVELS, bottom, below => below),
        GENERALIZED,
      ),
    ).toThrow(DataException)
    expect(() =>
      connectOf(
        chain(LEVELS, bottom, below => below),
        GENERALIZED,
      ),
    ).toThrow('stands for more than 100000 Connect schemas')
  })

  test('a map inside itself', () => {
    const entry = {
      type: 'record',
      name: 'E',
      fields: [
        { name: 'key', type: 'int' },
        { name: 'value', type: { type: 'array', items: 'E' } },
      ],
      'connect.internal.type': 'MapEntry',
    }
    expect(() => connectOf({ type: 'array', items: entry })).toThrow(
      'is nested deeper than 1000 levels, or is a map that contains itself',
    )
  })
})
