import { expect, test } from 'bun:test'
import { SinkRecord, SourceRecord } from '../../../src/data/records.ts'
import { watchedPredicate, watchedTransformation } from '../../../src/pipeline/watchdog.ts'

const sink = new SinkRecord('t', 3, null, null, null, 'v', 5)

test('gives what the transformation gives, and what it throws', () => {
  const other = sink.newRecord('t', 3, null, null, null, 'other', null)
  expect(watchedTransformation({ apply: () => other as never }, 'X', 1000).apply(sink)).toBe(other)
  const error = new TypeError('mine')
  const failing = watchedTransformation(
    {
      apply() {
        throw error
      },
    },
    'X',
    1000,
  )
  expect(() => failing.apply(sink)).toThrow(error)
})

test('interrupts what never returns, and tells where; the next record is no worse for it', () => {
  const spinning = watchedTransformation(
    {
      apply(record) {
        while (record.value === 'v') {}
        return record
      },
    },
    'Transformation x (a.B)',
    20,
  )
  expect(() => spinning.apply(sink)).toThrow(
    "Transformation x (a.B) did not return within 20 ms (bunnect.transform.timeout.ms), record of topic 't', " +
      'partition 3, offset 5',
  )
  const fine = new SourceRecord({ p: 1 }, { o: 2 }, 't', null, null, null, null, 'fine')
  expect(spinning.apply(fine)).toBe(fine)
  const spin = new SourceRecord({ p: 1 }, { o: 2 }, 't', null, null, null, null, 'v')
  expect(() => spinning.apply(spin)).toThrow(
    'record of topic \'t\' with source partition {"p":1} and source offset {"o":2}',
  )
})

test('a predicate alike', () => {
  const predicate = watchedPredicate(
    {
      test({ value }) {
        for (; value === 'v'; ) {}
        return true
      },
    },
    'Predicate p (a.P)',
    20,
  )
  expect(() => predicate.test(sink)).toThrow('Predicate p (a.P) did not return within 20 ms')
  expect(predicate.test(sink.newRecord('t', 3, null, null, null, 'fine', null))).toBe(true)
})
