/** Schemas and values that hold their parts several times over: what is asked of them goes by their parts. */
import { expect, test } from 'bun:test'
import { CyclicSchema } from '../../../src/converters/cyclic-schema.ts'
import { INT32_SCHEMA, type Schema, STRING_SCHEMA } from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'

const LEVELS = 60

/** Each level holds the one below in these ways; made anew, it shares nothing with one made before. */
function stacked(hold: (below: Schema) => [a: Schema, b: Schema], bottom: Schema = INT32_SCHEMA): Schema {
  let schema = SchemaBuilder.struct().field('x', bottom).build()
  for (let level = 0; level < LEVELS; level++) {
    const [a, b] = hold(schema)
    schema = SchemaBuilder.struct().name(`L${level}`).field('a', a).field('b', b).build()
  }
  return schema
}

test.each<[string, (below: Schema) => [a: Schema, b: Schema]]>([
  ['fields', below => [below, below]],
  ['arrays', below => [SchemaBuilder.array(below).build(), SchemaBuilder.array(below).build()]],
  [
    'maps',
    below => [SchemaBuilder.map(STRING_SCHEMA, below).build(), SchemaBuilder.map(below, below).build()],
  ],
])('schemas that use the one below twice: in %s', (_name, hold) => {
  const one = stacked(hold)
  expect(one.equals(stacked(hold))).toBe(true)
  expect(one.equals(stacked(hold, STRING_SCHEMA))).toBe(false)
})

test('structs that hold the one below twice', () => {
  const make = (bottom: number) => {
    let schema = SchemaBuilder.struct().field('x', INT32_SCHEMA).build()
    let value = new Struct(schema).put('x', bottom)
    for (let level = 0; level < LEVELS; level++) {
      schema = SchemaBuilder.struct().field('a', schema).field('b', schema).build()
      value = new Struct(schema).put('a', value).put('b', value)
    }
    return value
  }
  expect(make(1).equals(make(1))).toBe(true)
  expect(make(1).equals(make(2))).toBe(false)
})

test('structs that are inside themselves: each made for itself, equal where all that they hold is', () => {
  const tree = (leaf: Schema) => {
    const cycle: { schema: Schema } = { schema: leaf }
    const inside = new CyclicSchema(cycle, true)
    const tree = SchemaBuilder.struct()
      .name('Tree')
      .field('leaf', leaf)
      .field('left', inside)
      .field('right', SchemaBuilder.array(inside).build())
      .build()
    cycle.schema = tree
    return tree
  }
  expect(tree(INT32_SCHEMA).equals(tree(INT32_SCHEMA))).toBe(true)
  expect(tree(INT32_SCHEMA).equals(tree(STRING_SCHEMA))).toBe(false)
  const [one, other] = [tree(INT32_SCHEMA), tree(INT32_SCHEMA)]
  expect(one.field('left')!.schema.equals(other.field('left')!.schema)).toBe(true)
  expect(one.field('left')!.schema.equals(tree(STRING_SCHEMA).field('left')!.schema)).toBe(false)
})

test('a comparison leaves nothing behind: what was taken for equal in one is compared in the next', () => {
  const part = (name: string) => SchemaBuilder.struct().name(name).field('x', INT32_SCHEMA).build()
  const whole = (name: string, last: Schema) => {
    const p = part(name)
    return SchemaBuilder.struct()
      .field('a', p)
      .field('b', SchemaBuilder.array(p).build())
      .field('c', last)
      .build()
  }
  const one = whole('p', INT32_SCHEMA)
  expect(one.equals(whole('p', STRING_SCHEMA))).toBe(false)
  expect(one.equals(whole('q', INT32_SCHEMA))).toBe(false)
  expect(one.equals(whole('p', INT32_SCHEMA))).toBe(true)
})
