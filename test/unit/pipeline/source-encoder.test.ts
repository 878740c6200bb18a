import { expect, test } from 'bun:test'
import { simpleHeaderConverterPlugin } from '../../../src/converters/simple-header.ts'
import { stringConverterPlugin } from '../../../src/converters/string.ts'
import { SourceRecord } from '../../../src/data/records.ts'
import { PackedBatch } from '../../../src/kafka/packed-batch.ts'
import { Chain } from '../../../src/pipeline/chain.ts'
import { SourceEncoder } from '../../../src/pipeline/source-encoder.ts'
import { SubmittedRecords } from '../../../src/pipeline/source-offsets.ts'

const string = stringConverterPlugin.converter!({}, false)
const converters = {
  key: string,
  value: string,
  header: simpleHeaderConverterPlugin.headerConverter!({}),
  classNames: { key: 'K', value: 'V', header: 'H' },
}

const record = (topic: string, value: string) =>
  new SourceRecord({ p: 1 }, { o: 1 }, topic, null, null, null, null, value)

/** Texts like `a,b` become a record of each topic; `!` fails. */
const split = (from: SourceRecord) => {
  if (from.value === '!') throw new Error('refused')
  const topics = String(from.value).split(',')
  return topics.length === 1 ? from : topics.map(topic => record(topic, `of ${topic}`))
}

function encoder(known: ReadonlySet<string> | null): SourceEncoder {
  const stage = {
    alias: 's',
    className: 'S',
    transformation: { apply: split as never },
    predicate: null,
    negate: false,
  }
  const submitted = new SubmittedRecords(false)
  return new SourceEncoder({ converters, chain: new Chain([stage]), submitted, dropped: () => {}, known })
}

const contents = (batch: PackedBatch) =>
  Array.from({ length: batch.count }, (_, i) => [batch.topic(i), batch.valueText(i)])

const several = [
  ['a', 'of a'],
  ['b', 'of b'],
]

test('records that became several keep their topics when the one after them fails', () => {
  const batch = new PackedBatch()
  const own = encoder(null)
  expect(own.encode([record('t', 'a,b'), record('t', '!')], 0, batch)).toBe(1)
  expect(own.failure).toMatchObject({ stage: 'TRANSFORMATION' })
  expect(contents(batch)).toEqual(several)
  expect(own.encode([record('c', 'x')], 0, batch)).toBe(1)
  expect(contents(batch)).toEqual([...several, ['c', 'x']])
})

test('records that became several keep their topics when the one after them waits for its own', () => {
  const batch = new PackedBatch()
  const own = encoder(new Set(['a', 'b']))
  expect(own.encode([record('t', 'a,b'), record('c', 'x')], 0, batch)).toBe(1)
  expect(own.wanted).toBe('c')
  expect(batch.topics).toEqual(['a', 'b'])
  expect(contents(batch)).toEqual(several)
})
