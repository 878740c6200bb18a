import { expect, test } from 'bun:test'
import { urlEncoded } from '../../../src/data/java-url.ts'

test.each([
  ['a.Z-9_*', 'a.Z-9_*'],
  ['two words+~', 'two+words%2B%7E'],
  ['é€😀', '%C3%A9%E2%82%AC%F0%9F%98%80'],
  ['half \ud83d one', 'half+%3F+one'],
  ['\ufffd itself', '%EF%BF%BD+itself'],
])('%p is %s', (text, encoded) => {
  expect(urlEncoded(text)).toBe(encoded)
})
