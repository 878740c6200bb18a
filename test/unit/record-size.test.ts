import { expect, test } from 'bun:test'
import { PackedBatch } from '../../src/kafka/packed-batch.ts'
import { firstOversized } from '../../src/kafka/record-size.ts'

function batchOf(
  ...records: [key: Buffer | null, value: Buffer | null, header?: Buffer | null][]
): PackedBatch {
  const batch = new PackedBatch()
  const topic = batch.topicNumber('t')
  for (const [key, value, header] of records) {
    batch.begin(topic, -1, -1)
    if (key === null) batch.putNull()
    else batch.putBytes(key)
    batch.endKey()
    if (value === null) batch.putNull()
    else batch.putBytes(value)
    batch.endValue()
    if (header !== undefined) batch.header('name', header)
    batch.commit()
  }
  return batch
}

const bytes = (n: number) => Buffer.alloc(n)

test('the size and the words are those of the JVM producer', () => {
  // what KafkaProducer 4.3.1 says of 2,000,000 bytes without key
  const batch = batchOf([null, bytes(2)], [null, bytes(2_000_000)], [null, bytes(4)])
  const refusal = firstOversized(batch, 0, 1_048_576)
  expect(refusal?.index).toBe(1)
  expect(refusal?.error.message).toBe(
    'The message is 2000088 bytes when serialized which is larger than 1048576, which is the value of the max.request.size configuration.',
  )
  expect(refusal?.error.javaClass).toBe('org.apache.kafka.common.errors.RecordTooLargeException')
})

test.each([
  // overhead, key, value (lengths are zigzag varints), number of headers, header name, header value
  ['value alone', batchOf([null, bytes(10_000)]), 82 + 1 + 10_003 + 1],
  ['key and value', batchOf([bytes(63), bytes(10_000)]), 82 + 64 + 10_003 + 1],
  ['a longer length', batchOf([bytes(64), bytes(10_000)]), 82 + 66 + 10_003 + 1],
  ['a header', batchOf([null, bytes(10_000), bytes(5)]), 82 + 1 + 10_003 + 1 + 5 + 6],
  ['a null header', batchOf([null, bytes(10_000), null]), 82 + 1 + 10_003 + 1 + 5 + 1],
])('the limit is exact: %s', (_, batch, size) => {
  expect(firstOversized(batch, 0, size)).toBeNull()
  expect(firstOversized(batch, 0, size - 1)?.index).toBe(0)
})

test('looks from the given record on', () => {
  const batch = batchOf([null, bytes(20_000)], [null, bytes(3)])
  expect(firstOversized(batch, 0, 10_000)?.index).toBe(0)
  expect(firstOversized(batch, 1, 10_000)).toBeNull()
  expect(firstOversized(batch, 2, 10_000)).toBeNull()
})
