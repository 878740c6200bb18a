import { expect, test } from 'bun:test'
import { murmur2, partitionOf } from '../../../src/kafka/embedded/partitioner.ts'

const text = (value: string) => new TextEncoder().encode(value)

test("murmur2 gives Java's hashes", () => {
  // From org.apache.kafka.common.utils.UtilsTest.
  const cases: [string, number][] = [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ]
  for (const [key, hash] of cases) expect([key, murmur2(text(key))]).toEqual([key, hash])
})

test('a key inside a larger buffer hashes as it does alone', () => {
  const buffer = text('xxfoobaryy')
  expect(murmur2(buffer, 2, 8)).toBe(-790332482)
  expect(partitionOf(buffer, 2, 8, 7)).toBe((-790332482 & 0x7fffffff) % 7)
  expect(murmur2(text(''))).toBe(murmur2(buffer, 5, 5))
})
