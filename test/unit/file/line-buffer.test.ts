import { expect, test } from 'bun:test'
import { LineBuffer } from '../../../connectors/file/line-buffer.ts'

test.each([
  ['plain lines', ['a', 'b'], 'a\nb\n'],
  ['an empty line', ['', 'x'], '\nx\n'],
  ['beyond ASCII', ['ä', '😀', '漢'.repeat(5)], 'ä\n😀\n漢漢漢漢漢\n'],
  ['half a character, as Java writes it', ['a\ud800b', '\udc00'], 'a?b\n?\n'],
])('%s', (_name, lines, expected) => {
  expect(new LineBuffer().encode(lines).toString()).toBe(expected)
})

test('lines that do not fit the buffer, and less again', () => {
  const buffer = new LineBuffer()
  const long = 'ä'.repeat(40_000)
  expect(buffer.encode([long, 'x', long]).toString()).toBe(`${long}\nx\n${long}\n`)
  const longest = 'y'.repeat(10_000_000)
  expect(buffer.encode(['x', longest]).toString()).toBe(`x\n${longest}\n`)
  expect(buffer.encode(['short']).toString()).toBe('short\n')
})

test('a line that fits exactly keeps its end', () => {
  const line = 'z'.repeat(64 * 1024)
  expect(new LineBuffer().encode([line]).toString()).toBe(`${line}\n`)
})
