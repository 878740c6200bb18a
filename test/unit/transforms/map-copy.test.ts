import { expect, test } from 'bun:test'
import { keysInHashOrder, LINKED, TABLE_SIZE } from '../../../src/data/java-hash.ts'
import { getEntry, HashMapCopier, putEntry } from '../../../src/transforms/map-copy.ts'

const copy = (map: Parameters<HashMapCopier['copy']>[0]) => new HashMapCopier().copy(map)

test('a copy is another object with the same entries', () => {
  const source = { b: 1, a: null, nested: { x: 1 } }
  const made = copy(source) as Record<string, unknown>
  expect(made).not.toBe(source)
  expect(Object.entries(made)).toEqual(expect.arrayContaining(Object.entries(source)))
  expect(made['nested']).toBe(source.nested)
})

// Orders printed by JDK 17 for `new HashMap<>(map)`, whose table is smaller than the one it was copied from.
test('few entries come in the order of their smaller table', () => {
  const source = { i: 1, s: 2, z: 3 }
  expect(keysInHashOrder(source)).toEqual(['s', 'i', 'z'])
  expect(keysInHashOrder(copy(source))).toEqual(['i', 'z', 's'])
})

test('six to eleven entries keep the order of the source', () => {
  const source = { a: 1, b: 2, c: 3, id: 4, name: 5, price: 6 }
  expect(keysInHashOrder(copy(source))).toEqual(keysInHashOrder(source))
  expect(TABLE_SIZE in copy(source)).toBe(false)
})

test('twelve entries double the table', () => {
  const source = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`k${i + 1}`, i]))
  expect((copy(source) as { [TABLE_SIZE]?: number })[TABLE_SIZE]).toBe(32)
})

test('a map with text keys becomes an object, any other stays a map', () => {
  const linked = copy(new Map<string, unknown>([['__proto__', 1]]))
  expect(Object.entries(linked)).toEqual([['__proto__', 1]])
  expect(copy(new Map([[1, 'x']]))).toEqual(new Map([[1, 'x']]))
})

test('the copy of a LinkedHashMap is a HashMap', () => {
  const linked = { z: 1, i: 2, s: 3, [TABLE_SIZE]: LINKED }
  expect(keysInHashOrder(linked)).toEqual(['z', 'i', 's'])
  expect(keysInHashOrder(copy(linked))).toEqual(['i', 'z', 's'])
})

test('what every object inherits is no entry, and can be one', () => {
  const map = copy({ a: 1 })
  for (const name of ['constructor', 'toString', '__proto__']) {
    expect(getEntry(map, name)).toBeNull()
    putEntry(map, name, name)
    expect(getEntry(map, name)).toBe(name)
  }
  expect(Object.getPrototypeOf(map)).toBe(Object.prototype)
  expect(Object.keys(map)).toEqual(['a', 'constructor', 'toString', '__proto__'])
})

// All of them but '0' meet in one bucket, where a HashMap keeps the order in which they came.
test('names that look like indexes keep their place among the others', () => {
  const entries: [string, number][] = [
    ['a', 1],
    ['1', 2],
  ]
  const made = copy(new Map(entries))
  const keys = () => [...(made as Map<string, unknown>).keys()]
  expect(keys()).toEqual(['a', '1'])
  putEntry(made, 'Q', 3)
  expect(keys()).toEqual(['a', '1', 'Q'])
  putEntry(made, '0', 4)
  putEntry(made, 'a', 5)
  expect(keys()).toEqual(['0', 'a', '1', 'Q'])
  expect(getEntry(made, 'a')).toBe(5)
  expect([...(copy(made) as Map<string, unknown>).keys()]).toEqual(['0', 'a', '1', 'Q'])
})
