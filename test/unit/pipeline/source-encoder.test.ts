import { expect, test } from 'bun:test'
import { simpleHeaderConverterPlugin } from '../../../src/converters/simple-header.ts'
import { stringConverterPlugin } from '../../../src/converters/string.ts'
import { SourceRecord } from '../../../src/data/records.ts'
import { PackedBatch } from '../../../src/kafka/packed-batch.ts'
import { Chain } from '../../../src/pipeline/chain.ts'
import { SourceEncoder } from '../../../src/pipeline/source-encoder.ts'
import { SubmittedRecords } from '../../../src/pipeline/source-offsets.ts'
import { ConversionPending } from '../../../src/sdk/conversion-pending.ts'

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

test('a record whose converter has to wait is transformed once and encoded when it can be', () => {
  let known = false
  let transformed = 0
  const waiting = {
    ...string,
    serialize(...[topic, schema, value, out]: Parameters<typeof string.serialize>) {
      if (value === 'late' && !known) throw new ConversionPending(Promise.resolve())
      string.serialize(topic, schema, value, out)
    },
  }
  const counted = (from: SourceRecord) => {
    transformed++
    return from
  }
  const chain = new Chain<SourceRecord>([
    {
      alias: 's',
      className: 'S',
      transformation: { apply: counted as never },
      predicate: null,
      negate: false,
    },
  ])
  const own = new SourceEncoder({
    converters: { ...converters, value: waiting },
    chain,
    submitted: new SubmittedRecords(false),
    dropped: () => {},
    known: null,
  })
  const batch = new PackedBatch()
  const records = [record('a', 'x'), record('b', 'late'), record('c', 'y')]
  expect(own.encode(records, 0, batch)).toBe(1)
  expect(own.failure).toBeNull()
  expect(own.pending).toBeInstanceOf(ConversionPending)
  // Asked again too early it waits again.
  expect(own.encode(records, 1, batch)).toBe(1)
  known = true
  expect(own.encode(records, 1, batch)).toBe(3)
  expect(own.pending).toBeNull()
  expect(contents(batch)).toEqual([
    ['a', 'x'],
    ['b', 'late'],
    ['c', 'y'],
  ])
  expect(transformed).toBe(3)
})
