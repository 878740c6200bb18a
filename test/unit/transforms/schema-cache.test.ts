import { expect, test } from 'bun:test'
import type { Schema } from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { SchemaCache } from '../../../src/transforms/schema-cache.ts'

const schemaOf = (name: string): Schema => SchemaBuilder.string().name(name).build()

test('what follows from a schema is made once, for equal schemas too', () => {
  const made: (string | null)[] = []
  const cache = new SchemaCache(schema => {
    made.push(schema.name)
    return { of: schema.name }
  })
  const a = schemaOf('a')
  const first = cache.get(a)
  expect(cache.get(schemaOf('b'))).toEqual({ of: 'b' })
  expect(cache.get(a)).toBe(first)
  expect(cache.get(schemaOf('a'))).toBe(first)
  expect(made).toEqual(['a', 'b'])
})

test('a schema that is alive is known however many came after it; of equal ones the last 16 are', () => {
  let made = 0
  const cache = new SchemaCache(() => ++made)
  const first = schemaOf('0')
  expect(cache.get(first)).toBe(1)
  for (let i = 1; i <= 16; i++) cache.get(schemaOf(String(i)))
  expect(cache.get(first)).toBe(1)
  expect(cache.get(schemaOf('16'))).toBe(17)
  expect(cache.get(schemaOf('0'))).toBe(18)
})

test('an error is not remembered', () => {
  let calls = 0
  const cache = new SchemaCache(() => {
    calls++
    if (calls === 1) throw new Error('not yet')
    return calls
  })
  const schema = schemaOf('a')
  expect(() => cache.get(schema)).toThrow('not yet')
  expect(cache.get(schema)).toBe(2)
})
