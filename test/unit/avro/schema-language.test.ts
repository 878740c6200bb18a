/** Avro as a registry sees it: references, normalized texts, what new texts have to be, why schemas do not agree. */
import { describe, expect, test } from 'bun:test'
import { avroFormat } from '../../../src/formats/avro/avro-schema.ts'
import type { ResolvedReference } from '../../../src/formats/schema-format.ts'
import { parse } from './harness.ts'

const record = (name: string, fields: unknown[], more: object = {}): object => ({
  type: 'record',
  name,
  fields,
  ...more,
})

function reference(name: string, schema: unknown, references: ResolvedReference[] = []): ResolvedReference {
  return { name, subject: `${name}-value`, version: 3, text: JSON.stringify(schema), references }
}

describe('references', () => {
  const country = reference('geo.Country', record('geo.Country', [{ name: 'code', type: 'string' }]))
  const address = reference('geo.Address', record('geo.Address', [{ name: 'country', type: 'Country' }]), [
    country,
  ])
  const user = record('User', [
    { name: 'home', type: 'geo.Address' },
    { name: 'born', type: ['null', 'geo.Country'] },
  ])

  test('stay names in the text', () => {
    const schema = avroFormat.parse(JSON.stringify(user), [address])
    expect(JSON.parse(schema.text)).toEqual(user)
    expect(schema.references).toEqual([{ name: 'geo.Address', subject: 'geo.Address-value', version: 3 }])
    expect(JSON.parse(schema.normalized())).toEqual(user)
    expect(schema.name).toBe('User')
  })

  test('are written out where that is asked for', () => {
    const schema = avroFormat.parse(JSON.stringify(user), [address])
    const text = schema.formatted!('resolved')!
    expect(JSON.parse(text).fields[0].type.fields[0].type.fields).toEqual([{ name: 'code', type: 'string' }])
    expect(parse(JSON.parse(text)).text).toBe(text)
    expect(schema.formatted!('serialized')).toBeNull()
  })

  test('what is not referred to is not known', () => {
    expect(() => avroFormat.parse(JSON.stringify(user), [country])).toThrow(
      'Undefined schema: geo.Address (at /fields/0/type)',
    )
  })
})

test('a text that was registered may have defaults that a new one may not', () => {
  const text = JSON.stringify(record('R', [{ name: 'x', type: 'int', default: 'no' }]))
  expect(avroFormat.parse(text, []).text).toBe(text)
  expect(() => avroFormat.parse(text, [], true)).toThrow(
    'Invalid default for field x: "no" not a "int" (at /fields/0)',
  )
})

describe('normalized texts', () => {
  test.each<[string, unknown, string]>([
    [
      'properties in order, logical types first',
      { z: 1, type: 'int', 'connect.name': 'd', a: { d: 1, c: [{ y: 1, x: 2 }] }, logicalType: 'date' },
      '{"type":"int","logicalType":"date","a":{"c":[{"x":2,"y":1}],"d":1},"connect.name":"d","z":1}',
    ],
    [
      'decimals',
      { type: 'bytes', scale: 2, precision: 9, logicalType: 'decimal', 'connect.version': 1 },
      '{"type":"bytes","logicalType":"decimal","precision":9,"scale":2,"connect.version":1}',
    ],
    [
      'an unknown logical type is a property',
      { type: 'int', z: 1, logicalType: 'mine' },
      '{"type":"int","logicalType":"mine","z":1}',
    ],
    [
      'fields keep their order, aliases do not, empty docs of types go',
      record(
        'a.R',
        [
          { name: 'y', type: 'double', default: 1, aliases: ['q', 'p'], order: 'ignore', doc: '' },
          { name: 'x', type: ['null', 'R'], default: null },
        ],
        { doc: '', aliases: ['Z', 'b.A'] },
      ),
      '{"type":"record","name":"R","namespace":"a","fields":[{"name":"y","type":"double","doc":"","default":1.0,"order":"ignore","aliases":["p","q"]},{"name":"x","type":["null","R"],"default":null}],"aliases":["Z","b.A"]}',
    ],
    [
      'enums',
      { symbols: ['B', 'A'], default: 'A', name: 'E', type: 'enum', p: 1, doc: 'd' },
      '{"type":"enum","name":"E","doc":"d","symbols":["B","A"],"default":"A","p":1}',
    ],
    ['plain ones', ['null', { type: 'string' }], '["null","string"]'],
  ])('%s', (_name, schema, text) => {
    expect(parse(schema).normalized()).toBe(text)
    expect(avroFormat.parse(text, []).normalized()).toBe(text)
  })

  test('texts that mean the same become the same', () => {
    const a = parse(record('R', [{ name: 'x', type: { type: 'string', b: 1, a: 2 } }], { namespace: 'n' }))
    const b = parse(record('n.R', [{ name: 'x', type: { a: 2, type: 'string', b: 1 } }]))
    expect(a.text).not.toBe(b.text)
    expect(a.normalized()).toBe(b.normalized())
  })
})

describe('why one schema cannot read the other', () => {
  const v1 = record('R', [{ name: 'a', type: 'int' }])
  test.each<[string, unknown, unknown, string[]]>([
    ['nothing', v1, v1, []],
    [
      'a field without default',
      record('R', [
        { name: 'a', type: 'int' },
        { name: 'b', type: 'string' },
      ]),
      v1,
      [
        "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'b' at path '/fields/1' in the %s schema has no default value and is missing in the %s schema', additionalInfo:'b'}",
      ],
    ],
    [
      'another type',
      record('R', [{ name: 'a', type: 'string' }]),
      v1,
      [
        "{errorType:'TYPE_MISMATCH', description:'The type (path '/fields/0/type') of a field in the %s schema does not match with the %s schema', additionalInfo:'reader type: STRING not compatible with writer type: INT'}",
      ],
    ],
    [
      'a name and a branch',
      record('S', [{ name: 'a', type: ['null', 'string'] }]),
      v1,
      [
        "{errorType:'NAME_MISMATCH', description:'The name of the schema has changed (path '/name')', additionalInfo:'expected: R'}",
        "{errorType:'MISSING_UNION_BRANCH', description:'The %s schema is missing a type inside a union field at path '/fields/0/type' in the %s schema', additionalInfo:'reader union lacking writer type: INT'}",
      ],
    ],
    [
      'symbols and sizes',
      [
        { type: 'enum', name: 'E', symbols: ['A'] },
        { type: 'fixed', name: 'F', size: 1 },
      ],
      { type: 'enum', name: 'E', symbols: ['C', 'A', 'B'] },
      [
        "{errorType:'MISSING_UNION_BRANCH', description:'The %s schema is missing a type inside a union field at path '/' in the %s schema', additionalInfo:'reader union lacking writer type: ENUM'}",
      ],
    ],
    [
      'missing symbols',
      { type: 'enum', name: 'E', symbols: ['A'] },
      { type: 'enum', name: 'E', symbols: ['C', 'A', 'B'] },
      [
        "{errorType:'MISSING_ENUM_SYMBOLS', description:'The %s schema is missing enum symbols '[B, C]' at path '/symbols' in the %s schema', additionalInfo:'[B, C]'}",
      ],
    ],
    [
      'another size',
      { type: 'fixed', name: 'F', size: 1 },
      { type: 'fixed', name: 'F', size: 2 },
      [
        "{errorType:'FIXED_SIZE_MISMATCH', description:'The size of FIXED type field at path '/size' in the %s schema does not match with the %s schema', additionalInfo:'expected: 2, found: 1'}",
      ],
    ],
  ])('%s', (_name, reader, writer, messages) => {
    expect(parse(reader).incompatibilities(parse(writer))).toEqual(messages)
  })
})

test('a text that is no JSON tells where', () => {
  expect(() => avroFormat.parse('{"type": "record",\n "name" "R"}', [])).toThrow(
    "The schema is no JSON: it should have ':' at line 2, column 9, not '\"'",
  )
  expect(() => avroFormat.parse('['.repeat(5000), [])).toThrow('is nested deeper than 1000 levels')
})

test('a record inside itself of the same name is refused, which Java takes for a reference', () => {
  expect(() => parse(record('R', [{ name: 'x', type: record('R', []) }]))).toThrow(
    "Can't redefine: R (at /fields/0/type)",
  )
})
