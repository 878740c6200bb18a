/** Defaults that are made of defaults: each is looked at once, however often it is used. */
import { expect, test } from 'bun:test'
import { INT32_SCHEMA, type Schema } from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import { defaultBytes } from '../../../src/formats/avro/default-bytes.ts'
import { SchemaParser } from '../../../src/formats/avro/parser.ts'
import type { RecordType } from '../../../src/formats/avro/types.ts'
import { InvalidSchema } from '../../../src/formats/schema-format.ts'
import { avroOf, connectOf } from './harness.ts'

const parsed = (json: unknown) => new SchemaParser(true).parse(JSON.stringify(json)) as RecordType

/** Records whose two fields are the record below, by default as its own defaults have it. */
function chain(levels: number, bottom: unknown): unknown {
  let below: unknown = { type: 'record', name: 'R0', fields: [{ name: 'x', type: 'int', default: bottom }] }
  for (let level = 1; level <= levels; level++) {
    const fields = [
      { name: 'a', type: below, default: {} },
      { name: 'b', type: `R${level - 1}`, default: {} },
    ]
    below = { type: 'record', name: `R${level}`, fields }
  }
  return below
}

test('a schema is parsed, or refused for the default at its bottom', () => {
  expect(parsed(chain(60, 1)).fields.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(() => parsed(chain(60, 'one'))).toThrow('Invalid default for field x')
})

test('the bytes of such a default, while they are few enough', () => {
  expect(defaultBytes(parsed(chain(3, 1)), new Map())).toEqual(Buffer.alloc(8, 2))
  expect(defaultBytes(parsed(chain(24, 1)), new Map())!.length).toBe(2 ** 24)
  expect(() => defaultBytes(parsed(chain(60, 1)), new Map())).toThrow(InvalidSchema)
})

test('a default that is inside itself stands for no value', () => {
  const field = (type: unknown) => ({ type: 'record', name: 'R', fields: [{ name: 'r', type, default: {} }] })
  expect(() => parsed(field('R'))).toThrow('Invalid default for field r')
  const array = {
    type: 'record',
    name: 'R',
    fields: [{ name: 'r', type: { type: 'array', items: 'R' }, default: [] }],
  }
  expect(defaultBytes(parsed(array), new Map())).toEqual(Buffer.from([0]))
})

/** A Connect schema with a default, which holds the value of the level below twice. */
function withDefault(levels: number): Schema {
  let schema = SchemaBuilder.struct().name('L0').field('x', INT32_SCHEMA).build()
  let value = new Struct(schema).put('x', 1)
  for (let level = 1; level < levels; level++) {
    schema = SchemaBuilder.struct().name(`L${level}`).field('a', schema).field('b', schema).build()
    value = new Struct(schema).put('a', value).put('b', value)
  }
  const top = SchemaBuilder.struct().name('Top').field('a', schema)
  return top.defaultValue(new Struct(top.draft).put('a', value)).build()
}

test('a default is not written where it would be without end', () => {
  expect(connectOf(chain(60, 1)).fields.length).toBe(2)
  const few = SchemaBuilder.struct().name('S').field('top', withDefault(2)).build()
  expect(JSON.stringify(avroOf(few))).toContain('"default":{"a":{"a":{"x":1},"b":{"x":1}}}')
  const many = SchemaBuilder.struct().name('S').field('top', withDefault(60)).build()
  expect(() => avroOf(many)).toThrow('is too large: more than 100000 structs')
})
