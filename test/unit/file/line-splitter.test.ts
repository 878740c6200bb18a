import { describe, expect, test } from 'bun:test'
import { LineSplitter } from '../../../connectors/file/line-splitter.ts'

type Line = [text: string, position: number]

/** Feeds the bytes in chunks of the given sizes (the last one for the rest) and collects all lines. */
function split(
  input: string | Uint8Array,
  sizes: number[] = [1 << 20],
  options: { chunk?: number; at?: number } = {},
) {
  const bytes = typeof input === 'string' ? Buffer.from(input) : input
  const splitter = new LineSplitter(options.at ?? 0, options.chunk ?? 64)
  const lines: Line[] = []
  let from = 0
  for (let i = 0; from < bytes.length; i++) {
    const size = Math.max(1, sizes[Math.min(i, sizes.length - 1)]!)
    const space = splitter.space()
    const part = bytes.subarray(from, from + Math.min(size, space.length))
    space.set(part)
    splitter.filled(part.length)
    from += part.length
    for (let line = splitter.next(); line !== null; line = splitter.next())
      lines.push([line, splitter.position])
  }
  return { lines, splitter }
}

describe('lines and the byte positions behind them', () => {
  const table: [name: string, input: string, lines: Line[], rest: string | null][] = [
    [
      'LF',
      'one\ntwo\nthree',
      [
        ['one', 4],
        ['two', 8],
      ],
      'three',
    ],
    [
      'CRLF, CR and LF in one file',
      'a\r\nb\rc\nd\n',
      [
        ['a', 3],
        ['b', 5],
        ['c', 7],
        ['d', 9],
      ],
      null,
    ],
    [
      'empty lines',
      '\n\n',
      [
        ['', 1],
        ['', 2],
      ],
      null,
    ],
    [
      'empty lines of CRLF',
      '\r\n\r\n',
      [
        ['', 2],
        ['', 4],
      ],
      null,
    ],
    [
      'CR CR LF is two line ends',
      'a\r\r\nb\n',
      [
        ['a', 2],
        ['', 4],
        ['b', 6],
      ],
      null,
    ],
    [
      'LF CR is two line ends',
      'a\n\rb\n',
      [
        ['a', 2],
        ['', 3],
        ['b', 5],
      ],
      null,
    ],
    ['nothing', '', [], null],
    ['no line end', 'no newline', [], 'no newline'],
    ['a CR at the end is held back', 'cr at end\r', [], 'cr at end'],
    ['only the last CR is held back', 'a\rb\r', [['a', 2]], 'b'],
    [
      'multi-byte text counts bytes',
      'é漢\nx\n',
      [
        ['é漢', 6],
        ['x', 8],
      ],
      null,
    ],
    [
      'beyond the BMP',
      '😀\nz\n',
      [
        ['😀', 5],
        ['z', 7],
      ],
      null,
    ],
    ['a byte order mark is text', '\uFEFFa\n', [['\uFEFFa', 5]], null],
    ['other separators are text', 'a\u2028b\u0085c\u000Bd\n', [['a\u2028b\u0085c\u000Bd', 11]], null],
    ['NUL is text', 'a\0b\n', [['a\0b', 4]], null],
  ]
  for (const [name, input, lines, rest] of table) {
    test(name, () => {
      const whole = split(input)
      expect(whole.lines).toEqual(lines)
      expect(whole.splitter.rest()).toBe(rest)
      expect(split(input, [1]).lines).toEqual(lines)
    })
  }

  test('positions go on from where the input was entered', () => {
    expect(split('world\n', undefined, { at: 6 }).lines).toEqual([['world', 12]])
  })

  test('malformed UTF-8 becomes U+FFFD as in Java, and positions stay bytes', () => {
    expect(split(Buffer.from('bca20a780a', 'hex'), undefined, { at: 3 }).lines).toEqual([
      ['\uFFFD\uFFFD', 6],
      ['x', 8],
    ])
    expect(split(Buffer.from('61c30a62f09f980a', 'hex')).lines).toEqual([
      ['a\uFFFD', 3],
      ['b\uFFFD', 8],
    ])
    // An encoded surrogate is one in Java and three in JavaScript, also where nothing ends the line.
    const surrogates = split(Buffer.from('eda0800ac3a9edb080', 'hex'))
    expect(surrogates.lines).toEqual([['\uFFFD', 4]])
    expect(surrogates.splitter.rest()).toBe('é\uFFFD')
  })

  test('a line far longer than a chunk comes whole, and the buffer shrinks again', () => {
    const long = 'y'.repeat(1_000_000)
    const { lines, splitter } = split(`a\n${long}\nb\n`, [700, 1, 4096])
    expect(lines).toEqual([
      ['a', 2],
      [long, 1_000_003],
      ['b', 1_000_005],
    ])
    expect(splitter.space().length).toBeLessThanOrEqual(64)
  })

  test('a line that no record can hold is refused, with the place', () => {
    const splitter = new LineSplitter(0, 64, 100)
    const fill = () => {
      const space = splitter.space()
      space.fill(97)
      splitter.filled(space.length)
    }
    expect(() => {
      for (let i = 0; i < 10; i++) fill()
    }).toThrow('A line is longer than 100 bytes, more than a Kafka record can hold')
  })
})

test('any text cut at any place gives the same lines as Java would read', () => {
  const pieces = ['a', 'bc', 'é', '漢', '😀', '\r', '\n', '\r\n', '', '\r\r', 'long line '.repeat(20)]
  let seed = 12345
  const random = (n: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
    return Math.floor((seed / 2 ** 32) * n)
  }
  for (let round = 0; round < 2000; round++) {
    let text = ''
    for (let n = random(30); n > 0; n--) text += pieces[random(pieces.length)]
    const { lines, splitter } = split(
      text,
      Array.from({ length: 50 }, () => 1 + random(90)),
      { chunk: 32 },
    )
    const held = text.endsWith('\r') ? text.slice(0, -1) : text
    const expected = held.split(/\r\n|\r|\n/)
    const last = expected.pop()!
    expect(lines.map(([line]) => line)).toEqual(expected)
    let position = 0
    let rest = text
    for (const [line, end] of lines) {
      const terminator = rest.startsWith('\r\n', line.length) ? 2 : 1
      position += Buffer.byteLength(line) + terminator
      rest = rest.slice(line.length + terminator)
      expect(end).toBe(position)
    }
    expect(splitter.rest() ?? '').toBe(last)
    expect(splitter.position).toBe(Buffer.byteLength(text))
  }
})
