import { expect, test } from 'bun:test'
import { joinBlobs, packBlob, StoredBatch } from '../../../src/kafka/embedded/blob.ts'
import { PackedBatch } from '../../../src/kafka/packed-batch.ts'
import { packed, type Sample, seen } from '../../port/harness.ts'

const NOW = 1_700_000_000_000
const samples: Sample[] = Array.from({ length: 40 }, (_, i) => ({
  topic: `source-${i % 3}`,
  key: i % 4 ? `key ${i}` : null,
  value: i % 7 ? 'v'.repeat(i) : null,
  timestamp: i % 5 ? i * 1000 : -1,
  headers: i % 6 ? [] : [['name', i % 12 ? 'x' : null]],
}))

function expected(i: number, topic: string, partition: number, offset: number) {
  const { key, value, timestamp, headers } = samples[i]!
  return { topic, partition, offset, key, value, headers, timestamp: timestamp === -1 ? NOW : timestamp }
}

function all(batch: PackedBatch) {
  return Array.from({ length: batch.count }, (_, i) => seen(batch, i))
}

test('a whole batch goes through a blob', () => {
  const { blob, count, maxTimestamp } = packBlob(packed(samples), [0, 40], NOW, false)
  expect([count, maxTimestamp]).toEqual([40, NOW])
  const target = new PackedBatch(1, 1)
  new StoredBatch(100, count, blob).copyTo(target, 0, 40, target.topicNumber('t'), 3)
  expect(all(target)).toEqual(samples.map((_, i) => expected(i, 't', 3, 100 + i)) as never)
})

test('chosen ranges keep their order, and parts of the blob can be read', () => {
  const { blob, count } = packBlob(packed(samples), [3, 2, 10, 1, 30, 10], NOW, false)
  const chosen = [3, 4, 10, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39]
  expect(count).toBe(chosen.length)
  const stored = new StoredBatch(7, count, blob)
  const target = packed([{ topic: 'before', value: 'stays' }])
  const topic = target.topicNumber('t')
  stored.copyTo(target, 2, 4, topic, 0)
  stored.copyTo(target, 6, 7, topic, 0)
  expect(all(target).slice(1)).toEqual(chosen.slice(2).map((i, n) => expected(i, 't', 0, 9 + n)) as never)
  expect(target.valueText(0)).toBe('stays')
})

test('joined blobs read as one', () => {
  const batch = packed(samples)
  const parts = [
    [0, 5],
    [5, 1],
    [6, 34],
  ].map(range => packBlob(batch, range, NOW, false))
  const target = new PackedBatch()
  new StoredBatch(0, 40, joinBlobs(parts)).copyTo(target, 0, 40, target.topicNumber('t'), 0)
  expect(all(target)).toEqual(samples.map((_, i) => expected(i, 't', 0, i)) as never)
})

test('append time overrides what producers say', () => {
  const { blob, count, maxTimestamp } = packBlob(packed(samples), [0, 40], NOW, true)
  const target = new PackedBatch()
  new StoredBatch(0, count, blob).copyTo(target, 0, count, target.topicNumber('t'), 0)
  expect(maxTimestamp).toBe(NOW)
  for (let i = 0; i < 40; i++) expect([target.timestamp(i), target.timestampType(i)]).toEqual([NOW, 2])
})

test('fitting counts what the limits leave room for', () => {
  const tens = packed(Array.from({ length: 10 }, () => ({ topic: 't', value: '0123456789' })))
  const { blob } = packBlob(tens, [0, 10], NOW, false)
  const stored = new StoredBatch(0, 10, blob)
  expect(stored.fitting(0, 100, 1000)).toBe(10)
  expect(stored.fitting(0, 4, 1000)).toBe(4)
  expect(stored.fitting(0, 100, 35)).toBe(3)
  expect(stored.fitting(8, 100, 35)).toBe(2)
  expect(stored.fitting(0, 100, 9)).toBe(0)
  expect(stored.fitting(0, 100, -5)).toBe(0)
})
