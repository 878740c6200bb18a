import { expect, test } from 'bun:test'
import type { PackedBatch } from '../../../src/kafka/packed-batch.ts'
import { InFlight } from '../../../src/pipeline/in-flight.ts'

function append(batch: PackedBatch, count: number, bytes = 100) {
  const topic = batch.topicNumber('t')
  for (let i = 0; i < count; i++) {
    batch.begin(topic, -1, -1)
    batch.putBytes(new Uint8Array(bytes))
    batch.endKey()
    batch.commit()
  }
}

test('single records share a batch, a large poll gets one of its own', () => {
  const inFlight = new InFlight(1 << 20)
  const first = inFlight.open(0)
  append(first, 1)
  expect(inFlight.open(1)).toBe(first)
  append(first, 2000)
  const second = inFlight.open(2001)
  expect(second).not.toBe(first)
  append(second, 1)
  expect(inFlight.batches().map(({ first: sequence, batch }) => [sequence, batch.count])).toEqual([
    [0, 2001],
    [2001, 1],
  ])
  expect(inFlight.topicOf(2001)).toBe('t')
  expect(inFlight.topicOf(2002)).toBeNull()
})

test('is full when the batches before the last one hold the limit, and has room again when they are settled', () => {
  const inFlight = new InFlight(400_000)
  let next = 0
  for (let i = 0; i < 3; i++) {
    expect(inFlight.hasRoom).toBe(true)
    append(inFlight.open(next), 2000)
    next += 2000
  }
  inFlight.open(next)
  expect(inFlight.hasRoom).toBe(false)
  inFlight.release(3999)
  expect(inFlight.batches().length).toBe(3)
  inFlight.release(4000)
  expect(inFlight.hasRoom).toBe(true)
  inFlight.release(6000)
  expect(inFlight.batches().length).toBe(0)
  // What was let go is used again.
  append(inFlight.open(6000), 1)
  expect(inFlight.batches().map(({ first, batch }) => [first, batch.count])).toEqual([[6000, 1]])
})

test('a record larger than the limit passes alone', () => {
  const inFlight = new InFlight(1000)
  append(inFlight.open(0), 1, 5_000_000)
  expect(inFlight.hasRoom).toBe(true)
  append(inFlight.open(1), 1)
  expect(inFlight.hasRoom).toBe(false)
  inFlight.release(2)
  expect(inFlight.hasRoom).toBe(true)
})
