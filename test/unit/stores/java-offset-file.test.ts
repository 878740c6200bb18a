import { describe, expect, test } from 'bun:test'
import { readJavaOffsets, writeJavaOffsets } from '../../../src/stores/java-offset-file.ts'
import vectors from '../../conform/vectors/offsets.json'

const text = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes).toString()
const complete = vectors.standaloneOffsetsFile.filter(vector => vector.hex.length / 2 === vector.length)
const sorted = (entries: { key: string; value: string | null }[]) =>
  entries.toSorted((a, b) => (a.key < b.key ? -1 : 1))

test('the vectors of a whole file are not lost', () => expect(complete.length).toBe(4))

for (const vector of complete) {
  test(`reads what the JVM wrote: ${vector.description}`, () => {
    const read = readJavaOffsets(Buffer.from(vector.hex, 'hex'))
    const entries = read.map(({ key, value }) => ({ key: text(key)!, value: text(value) }))
    expect(sorted(entries)).toEqual(sorted(vector.entries as { key: string; value: string | null }[]))
  })

  test(`writes the same bytes in the same order: ${vector.description}`, () => {
    const bytes = Buffer.from(vector.hex, 'hex')
    expect(writeJavaOffsets(readJavaOffsets(bytes)).toString('hex')).toBe(vector.hex)
  })
}

test('a 70 kB key gives the length and the start that the JVM gives', () => {
  const vector = vectors.standaloneOffsetsFile.find(v => 'truncated' in v)!
  const start = Buffer.from(vector.hex, 'hex')
  const length = start.readInt32BE(start.indexOf('[B') + 2 + 8 + 1 + 2 + 2)
  const key = Buffer.from(`["${'x'.repeat(length - 4)}"]`)
  expect(length).toBeGreaterThan(70_000)
  const written = writeJavaOffsets([
    { key, value: null },
    { key: Buffer.from('k'), value: null },
  ])
  expect(written.subarray(0, start.length).toString('hex').slice(0, 240)).toBe(vector.hex.slice(0, 240))
  expect(readJavaOffsets(written).map(entry => entry.key.length)).toEqual([length, 1])
})

describe('what is not such a file is refused with the place', () => {
  const good = writeJavaOffsets([{ key: Buffer.from('["c",{}]'), value: Buffer.from('{}') }])
  const cases: [string, Buffer, RegExp][] = [
    ['text', Buffer.from('garbage'), /the file ends inside a serialised java.util.HashMap at byte 0/],
    [
      'another class',
      Buffer.from(good).fill('X', 8, 12),
      /something else than a serialised java.util.HashMap/,
    ],
    ['cut in an array', good.subarray(0, good.length - 2), /the file ends inside/],
    ['cut at the end', good.subarray(0, good.length - 1), /the file ends inside the end of the map/],
    [
      'negative size',
      Buffer.concat([good.subarray(0, 77), Buffer.from('ffffffff', 'hex'), good.subarray(81)]),
      /-1 entries/,
    ],
  ]
  for (const [name, bytes, error] of cases)
    test(name, () => expect(() => readJavaOffsets(bytes)).toThrow(error))

  test('no prefix of a file is taken for a whole one', () => {
    for (let i = 0; i < good.length; i++) expect(() => readJavaOffsets(good.subarray(0, i))).toThrow()
  })
})

test('an array that occurs twice is written by Java as a reference', () => {
  const [entry] = readJavaOffsets(
    Buffer.concat([
      writeJavaOffsets([{ key: Buffer.from('k'), value: null }]).subarray(0, -2),
      Buffer.from('71007e000378', 'hex'),
    ]),
  )
  expect([text(entry!.key), text(entry!.value)]).toEqual(['k', 'k'])
})
