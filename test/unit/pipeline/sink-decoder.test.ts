import { expect, test } from 'bun:test'
import { simpleHeaderConverterPlugin } from '../../../src/converters/simple-header.ts'
import { stringConverterPlugin } from '../../../src/converters/string.ts'
import { asciiStretch } from '../../../src/data/ascii-stretch.ts'
import type { SinkRecord } from '../../../src/data/records.ts'
import { PackedBatch } from '../../../src/kafka/packed-batch.ts'
import { SinkDecoder } from '../../../src/pipeline/sink-decoder.ts'
import { SinkOffsets } from '../../../src/pipeline/sink-offsets.ts'
import type { Converter } from '../../../src/sdk/plugin.ts'

const string = stringConverterPlugin.converter!({}, false)
const long = 'x'.repeat(100)

function decoder(value: Converter): SinkDecoder {
  const header = simpleHeaderConverterPlugin.headerConverter!({})
  const classNames = { key: 'K', value: 'V', header: 'H' }
  return new SinkDecoder({ key: string, value, header, classNames }, null, new SinkOffsets(), () => {})
}

function batchOf(values: readonly (string | null)[]): PackedBatch {
  const batch = new PackedBatch()
  for (const value of values) {
    batch.begin(batch.topicNumber('t'), 0, 5)
    if (value === null) batch.putNull()
    else batch.putUtf8(value)
    batch.endKey()
    if (value === null) batch.putNull()
    else batch.putUtf8(value)
    batch.endValue()
    batch.commit()
  }
  return batch
}

test('what a converter leaves empty is null, not the value of the record before', () => {
  const skipsNulls: Converter = {
    ...string,
    deserialize: (topic, data, start, length, into) => {
      if (length >= 0) string.deserialize(topic, data, start, length, into)
    },
  }
  const records: SinkRecord[] = []
  expect(decoder(skipsNulls).decode(batchOf(['a', null, 'b']), 0, null, records)).toBe(3)
  expect(records.map(record => [record.valueSchema?.type ?? null, record.value])).toEqual([
    ['STRING', 'a'],
    [null, null],
    ['STRING', 'b'],
  ])
})

test('after a record that fails its bytes are read anew', () => {
  let failures = 1
  const failsOnce: Converter = {
    ...string,
    deserialize: (topic, data, start, length, into) => {
      string.deserialize(topic, data, start, length, into)
      if (into.value === `${long}2` && failures-- > 0) throw new Error('not yet')
    },
  }
  const batch = batchOf([1, 2, 3].map(n => `${long}${n}`))
  const records: SinkRecord[] = []
  const own = decoder(failsOnce)
  expect(own.decode(batch, 0, null, records)).toBe(1)
  expect(own.failure).toMatchObject({ stage: 'VALUE_CONVERTER' })
  expect(asciiStretch.holds(batch.data, 0, 101)).toBe(false)
  // The batch is filled with other records meanwhile.
  batch.data.fill('y', 202, 302)
  expect(own.decode(batch, 1, null, records)).toBe(3)
  expect(records.map(record => record.value)).toEqual([`${long}1`, `${long}2`, `${long}3`])
  expect(records[1]!.key).toBe(`${'y'.repeat(100)}2`)
})
