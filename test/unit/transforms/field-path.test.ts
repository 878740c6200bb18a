import { expect, test } from 'bun:test'
import { INT32_SCHEMA } from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import { FieldPath } from '../../../src/transforms/field-path.ts'

const steps = (path: string, version = 'V2') => new FieldPath(path, version).steps

test.each([
  ['a', ['a']],
  ['a.b.c', ['a', 'b', 'c']],
  ['a..b', ['a', '', 'b']],
  ['a.', ['a', '']],
  ['.', ['', '']],
  ['`a.b`.c', ['a.b', 'c']],
  ['a.`b.c`', ['a', 'b.c']],
  ['`a\\`.b`.c', ['a`.b', 'c']],
  ['`a`b`', ['a`b']],
  ['a`b.c', ['a`b', 'c']],
  ['``.x', ['', 'x']],
  ['', []],
])('%s has the steps %j', (path, expected) => expect(steps(path)).toEqual(expected))

test.each(['`', '`a', '`a.b', '`a\\`', 'x.`a'])('%s lacks a backtick', path =>
  expect(() => steps(path)).toThrow(`Incomplete backtick pair in path: [${path}]`),
)

test('version V1 takes the path as a name', () => expect(steps('`a.b`.c', 'v1')).toEqual(['`a.b`.c']))

test('on the way defaults count always, for the field itself on demand', () => {
  const inner = SchemaBuilder.struct().field('n', SchemaBuilder.int32().defaultValue(7).build())
  const schema = SchemaBuilder.struct()
    .field('p', inner.optional().defaultValue(new Struct(inner.draft)).build())
    .field('i', INT32_SCHEMA)
    .build()
  const path = new FieldPath('p.n', 'V2')
  const struct = new Struct(schema).put('i', 1)
  expect(path.fieldIn(schema)?.schema.defaultValue).toBe(7)
  expect(path.valueInStruct(struct, true)).toBe(7)
  expect(path.valueInStruct(struct, false)).toBeNull()
  expect(new FieldPath('p.x', 'V2').fieldIn(schema)).toBeNull()
  expect(() => new FieldPath('i.x', 'V2').fieldIn(schema)).toThrow('Cannot look up fields on non-struct type')
})

test('a step into what is no map is refused, a step past the end finds nothing', () => {
  expect(new FieldPath('a.b', 'V2').valueInMap({ a: { b: 1 } })).toBe(1)
  expect(new FieldPath('a.b', 'V2').valueInMap({ a: new Map([['b', 2]]) })).toBe(2)
  expect(new FieldPath('a.b', 'V2').valueInMap({ c: 1 })).toBeNull()
  expect(() => new FieldPath('a.b', 'V2').valueInMap({ a: 'text' })).toThrow(
    'Only Map objects supported in absence of schema for [nested field access], found: java.lang.String',
  )
})
