/** Data written with another registered schema, or read into one: `use.latest.version`, `use.schema.id`. */
import { describe, expect, test } from 'bun:test'
import { TIMESTAMP_SCHEMA } from '../../../src/data/logical.ts'
import {
  INT32_SCHEMA,
  OPTIONAL_STRING_SCHEMA,
  SchemaAndValue,
  STRING_SCHEMA,
} from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import { avroFormat } from '../../../src/formats/avro/avro-schema.ts'
import { decode, encode, formatWith, parse } from './harness.ts'

const schema = SchemaBuilder.struct()
  .name('R')
  .field('a', INT32_SCHEMA)
  .field('b', OPTIONAL_STRING_SCHEMA)
  .build()
const value = new Struct(schema).put('a', 1).put('b', 'x')

describe('writing', () => {
  test('fields go by name, numbers widen, what is new has its default', () => {
    const latest = parse({
      type: 'record',
      name: 'R',
      fields: [
        { name: 'b', type: ['string', 'null'], default: '' },
        { name: 'c', type: { type: 'map', values: 'int' }, default: { k: 2 } },
        { name: 'a', type: 'double' },
      ],
    })
    const hex = encode(schema, value, {}, latest)
    expect(hex).toBe('0002780202'.concat('6b0400', '000000000000f03f'))
    expect(String(decode(latest, hex).value)).toBe('Struct{b=x,c={k=2},a=1.0}')
  })

  test('a field that the latest version lacks is left out', () => {
    const latest = parse({ type: 'record', name: 'R', fields: [{ name: 'a', type: 'int' }] })
    expect(encode(schema, value, {}, latest)).toBe('02')
  })

  test.each<[string, unknown, string]>([
    [
      'a field without default',
      [{ name: 'c', type: 'int' }],
      'has no field c, which the Avro record R has without a default',
    ],
    [
      'a narrower number',
      [{ name: 'a', type: 'boolean' }],
      'Values of Schema{INT32} cannot be written as Avro "boolean" (field a)',
    ],
    [
      'another kind',
      [{ name: 'b', type: ['null', 'int'] }],
      'Values of Schema{STRING} cannot be written as Avro ["null","int"] (field b)',
    ],
  ])('%s is told before any value comes', (_name, fields, message) => {
    const latest = parse({ type: 'record', name: 'R', fields })
    expect(() => formatWith().writer(schema, latest)).toThrow(message)
  })

  test('milliseconds are no microseconds', () => {
    const micros = parse({ type: 'long', logicalType: 'timestamp-micros' })
    expect(() => formatWith().writer(TIMESTAMP_SCHEMA, micros)).toThrow('cannot be written as Avro')
    expect(encode(TIMESTAMP_SCHEMA, new Date(3), {}, parse('long'))).toBe('06')
  })

  test('text as an enum that was registered', () => {
    const latest = parse({ type: 'enum', name: 'E', symbols: ['A', 'B'] })
    expect(encode(STRING_SCHEMA, 'B', {}, latest)).toBe('02')
    expect(() => encode(STRING_SCHEMA, 'C', {}, latest)).toThrow(
      "enum value 'C' is not in the enum symbol set",
    )
  })
})

describe('reading', () => {
  const old = parse({
    type: 'record',
    name: 'R',
    fields: [
      { name: 'a', type: 'int' },
      { name: 'gone', type: { type: 'array', items: 'string' } },
      { name: 'b', type: ['null', 'string'] },
    ],
  })

  test('into the latest version', () => {
    const latest = parse({
      type: 'record',
      name: 'New',
      aliases: ['R'],
      fields: [
        { name: 'x', type: ['null', 'long'], default: null, aliases: ['a'] },
        { name: 'list', type: { type: 'array', items: 'int' }, default: [1, 2] },
        { name: 'b', type: ['null', 'string'] },
      ],
    })
    const first = decode(old, '0e04026102620002027a', {}, latest)
    expect(String(first.value)).toBe('Struct{x=7,list=[1, 2],b=z}')
    expect(first.schema!.name).toBe('New')
  })

  test('a required field that older data lacks is told when the schemas are known', () => {
    const latest = parse({ type: 'record', name: 'R', fields: [{ name: 'n', type: 'int' }] })
    expect(() => formatWith().reader(old, 1, latest)).toThrow(
      'Found R, expecting R, missing required field n',
    )
  })

  test('schemas of one text that refer to different versions of another one', () => {
    const format = formatWith()
    const outer = '{"type":"record","name":"Outer","fields":[{"name":"inner","type":"Inner"}]}'
    const typesOf = (type: string, version: number): unknown => {
      const text = `{"type":"record","name":"Inner","fields":[{"name":"x","type":"${type}"}]}`
      const inner = { name: 'Inner', subject: 'inner', version, text, references: [] }
      const schema = avroFormat.parse(outer, [inner])
      expect(schema.text).toBe(outer)
      const into = new SchemaAndValue()
      format.reader(schema, 1)(Buffer.from('04', 'hex'), 0, 1, into)
      const { schema: read } = into.schema!.field('inner')!.schema.field('x')!
      return [read.type, String(into.value)]
    }
    expect(typesOf('int', 1)).toEqual(['INT32', 'Struct{inner=Struct{x=2}}'])
    expect(typesOf('long', 2)).toEqual(['INT64', 'Struct{inner=Struct{x=2}}'])
  })
})
