import { expect, test } from 'bun:test'
import { Subscription } from '../../../src/kafka/embedded/subscription.ts'

const NAMES = ['a', 'ab', 'abc', 'b']
const topics = { names: () => NAMES, get: (name: string) => (NAMES.includes(name) ? name : undefined) }
const resolve = (what: string[] | { pattern: RegExp }) => new Subscription(what).resolve(topics as never)

test('names resolve to those that exist', () => {
  expect(resolve(['b', 'x', 'a'])).toEqual(['b', 'a'])
  expect(new Subscription(['b', 'x']).missing(topics as never)).toEqual(['x'])
})

test('a pattern matches whole names, as Java does', () => {
  expect(resolve({ pattern: /a|ab/ })).toEqual(['a', 'ab'])
  expect(resolve({ pattern: /^a.*/g })).toEqual(['a', 'ab', 'abc'])
  expect(resolve({ pattern: /A/i })).toEqual(['a'])
  expect(new Subscription({ pattern: /x/ }).missing(topics as never)).toEqual([])
})
