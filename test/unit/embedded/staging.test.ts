import { expect, test } from 'bun:test'
import { kafkaError } from '../../../src/kafka/embedded/errors.ts'
import { Partition } from '../../../src/kafka/embedded/partition.ts'
import { stage } from '../../../src/kafka/embedded/staging.ts'
import { Topic } from '../../../src/kafka/embedded/topics.ts'
import { packed, type Sample } from '../../port/harness.ts'

const LIMITS = { maxRequestBytes: 1 << 20, bufferBytes: 32 << 20 }

function topic(name: string, partitions: number, configs: Record<string, string> = {}): Topic {
  const made = new Topic(1, name, configs)
  for (let i = 0; i < partitions; i++) made.partitions.push(new Partition(made, i, i, 0, 0))
  return made
}

function staged(samples: Sample[], topics: Topic[], sequence = 0, limits = LIMITS, from = 0) {
  const find = (name: string) => {
    const found = topics.find(known => known.name === name)
    if (!found) throw kafkaError('REQUEST_TIMED_OUT', `Topic ${name} not present in metadata.`)
    return found
  }
  const { staged, refused } = stage(packed(samples), from, samples.length, sequence, limits, find)
  return {
    shares: staged.map(({ partition, ranges, count }) => ({
      to: `${partition.topic.name}-${partition.number}`,
      ranges,
      count,
    })),
    refused: refused.map(({ sequence, error }) => [sequence, error.code]),
  }
}

test('a batch for one partition is one share', () => {
  const samples = Array.from({ length: 100 }, () => ({ topic: 't', value: 'x' }))
  expect(staged(samples, [topic('t', 1)], 500)).toEqual({
    shares: [{ to: 't-0', ranges: [500, 100], count: 100 }],
    refused: [],
  })
  expect(staged(samples, [topic('t', 1)], 7, LIMITS, 90).shares).toEqual([
    { to: 't-0', ranges: [7, 10], count: 10 },
  ])
})

test('interleaved partitions are gathered', () => {
  const samples = [0, 1, 0, 0, 1, 2].map(partition => ({ topic: 't', partition }))
  expect(staged(samples, [topic('t', 3)]).shares).toEqual([
    { to: 't-0', ranges: [0, 1, 2, 2], count: 3 },
    { to: 't-1', ranges: [1, 1, 4, 1], count: 2 },
    { to: 't-2', ranges: [5, 1], count: 1 },
  ])
})

test('records without a key stay together', () => {
  const samples = Array.from({ length: 50 }, () => ({ topic: 't', value: 'x' }))
  expect(staged(samples, [topic('t', 8)]).shares).toHaveLength(1)
})

test('equal keys go to equal partitions', () => {
  const samples = Array.from({ length: 60 }, (_, i) => ({ topic: 't', key: `k${i % 20}` }))
  const { shares } = staged(samples, [topic('t', 4)])
  const at = (sequence: number) =>
    shares.find(({ ranges }) =>
      ranges.some((first, r) => r % 2 === 0 && sequence >= first && sequence < first + ranges[r + 1]!),
    )!.to
  expect(new Set(shares.map(share => share.to)).size).toBe(4)
  for (let i = 0; i < 20; i++) expect([at(i + 20), at(i + 40)]).toEqual([at(i), at(i)])
})

test('a share of many megabytes is stored in several rows', () => {
  const samples = Array.from({ length: 20 }, () => ({ topic: 't', value: 'x'.repeat(500_000) }))
  const { shares } = staged(samples, [topic('t', 1)])
  expect(shares.map(share => share.ranges)).toEqual([
    [0, 8],
    [8, 8],
    [16, 4],
  ])
})

test('what cannot be taken is refused alone', () => {
  const samples: Sample[] = [
    { topic: 't', value: 'fits' },
    { topic: 't', value: 'x'.repeat(2000) },
    { topic: 't', partition: 5, value: 'no such partition' },
    { topic: 'unknown', value: 'x' },
    { topic: 'small', value: 'x'.repeat(20) },
    { topic: 't', value: 'fits too' },
  ]
  const topics = [topic('t', 1), topic('small', 1, { 'max.message.bytes': '10' })]
  expect(staged(samples, topics, 10, { ...LIMITS, maxRequestBytes: 1000 })).toEqual({
    shares: [{ to: 't-0', ranges: [10, 1, 15, 1], count: 2 }],
    refused: [
      [11, 'MESSAGE_TOO_LARGE'],
      [12, 'REQUEST_TIMED_OUT'],
      [13, 'REQUEST_TIMED_OUT'],
      [14, 'MESSAGE_TOO_LARGE'],
    ],
  })
})
