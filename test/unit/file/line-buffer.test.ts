import { expect, test } from 'bun:test'
import { LineBuffer } from '../../../connectors/file/line-buffer.ts'

function encoded(buffer: LineBuffer, ...lines: string[]): string {
  buffer.clear()
  buffer.add(lines)
  return buffer.bytes().toString()
}

test.each([
  ['plain lines', ['a', 'b'], 'a\nb\n'],
  ['an empty line', ['', 'x'], '\nx\n'],
  ['beyond ASCII', ['ä', '😀', '漢'.repeat(5)], 'ä\n😀\n漢漢漢漢漢\n'],
  ['half a character, as Java writes it', ['a\ud800b', '\udc00'], 'a?b\n?\n'],
])('%s', (_name, lines, expected) => {
  expect(encoded(new LineBuffer(), ...lines)).toBe(expected)
})

test('lines that do not fit the buffer, and less again', () => {
  const buffer = new LineBuffer()
  const long = 'ä'.repeat(40_000)
  expect(encoded(buffer, long, 'x', long)).toBe(`${long}\nx\n${long}\n`)
  const longest = 'y'.repeat(10_000_000)
  expect(encoded(buffer, 'x', longest)).toBe(`x\n${longest}\n`)
  expect(encoded(buffer, 'short')).toBe('short\n')
})

test('a line that fits exactly keeps its end', () => {
  const line = 'z'.repeat(64 * 1024)
  expect(encoded(new LineBuffer(), line)).toBe(`${line}\n`)
})

test('what is added later comes behind, many lines as well as one', () => {
  const buffer = new LineBuffer()
  const lines = Array.from({ length: 5000 }, (_, i) => `${i} ${'ö'.repeat(i % 90)}`)
  buffer.add(['first'])
  buffer.add(lines)
  buffer.add(['', 'last'])
  expect(buffer.bytes().toString()).toBe(`first\n${lines.join('\n')}\n\nlast\n`)
  expect(buffer.length).toBe(buffer.bytes().length)
})
