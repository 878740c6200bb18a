import { expect, test } from 'bun:test'
import { patched } from '../../../src/herder/patched.ts'

/** As JSON has it, where `__proto__` is a member. */
const of = (text: string) => JSON.parse(text)

test.each([
  ['sets and adds', '{"a":"1","b":"2"}', '{"b":"3","c":"4"}', '{"a":"1","b":"3","c":"4"}'],
  ['takes away, also what is not there', '{"a":"1","b":"2"}', '{"a":null,"c":null}', '{"b":"2"}'],
  ['keeps a null that the configuration has', '{"a":null,"b":"2"}', '{"b":"3"}', '{"a":null,"b":"3"}'],
  ['keeps __proto__', '{"__proto__":"1","a":"2"}', '{"a":"3"}', '{"__proto__":"1","a":"3"}'],
  ['sets __proto__', '{"a":"2"}', '{"__proto__":"1"}', '{"__proto__":"1","a":"2"}'],
  ['takes __proto__ away', '{"__proto__":"1","a":"2"}', '{"__proto__":null}', '{"a":"2"}'],
])('%s', (_, config, patch, result) => {
  expect(JSON.stringify(Object.entries(patched(of(config), of(patch))).toSorted())).toBe(
    JSON.stringify(Object.entries(of(result)).toSorted()),
  )
})
