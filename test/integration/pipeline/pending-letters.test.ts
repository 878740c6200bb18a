/** Dead letters of a source whose converters have to ask a registry first. */
import { expect, test } from 'bun:test'
import { DataException } from '../../../src/data/errors.ts'
import { SourceRecord } from '../../../src/data/records.ts'
import { STRING_SCHEMA } from '../../../src/data/schema.ts'
import { NO_TOLERANCE } from '../../../src/pipeline/error-handling.ts'
import { ConversionPending } from '../../../src/sdk/conversion-pending.ts'
import type { Converter } from '../../../src/sdk/plugin.ts'
import { chainOf, converters, ownHouse, RecordedSource, string, until } from './harness.ts'

const { house } = ownHouse()
const partition = { p: 1 }
const record = (topic: string, value: string, o: number) =>
  new SourceRecord(partition, { o }, topic, null, null, null, STRING_SCHEMA, value, null, null)

/** Puts brackets around values, and waits for an answer before those that begin with `late`. */
function asking(ask: () => Promise<void>) {
  let answered = false
  let failure: Error | null = null
  let asked = 0
  const value: Converter = {
    ...string,
    serialize(topic, schema, text, out) {
      if (String(text).startsWith('late') && !answered) {
        if (failure !== null) {
          const thrown = failure
          // It is told once, as converters do.
          failure = null
          throw thrown
        }
        asked++
        const ready = ask().then(
          () => {
            answered = true
          },
          error => {
            failure = error
          },
        )
        throw new ConversionPending(ready)
      }
      string.serialize(topic, schema, `<${text}>`, out)
    },
  }
  return { value, asked: () => asked }
}

/** All of a source's records but `good` fail before they are converted. */
function lettersOf(topic: string, values: readonly string[], value: Converter) {
  const source = new RecordedSource([values.map((each, i) => record(topic, each, i))])
  return house.source(topic, source.task, {
    converters: { ...converters, value },
    chain: chainOf<SourceRecord>(each => {
      if (each.value !== 'good') throw new DataException('no')
      return each
    }),
    errors: { ...NO_TOLERANCE, tolerance: 'all', deadLetterQueue: house.deadLetters(`${topic}-q`) },
  })
}

test('a letter waits for the answer, and those behind it for the letter', async () => {
  const answer = Promise.withResolvers<void>()
  const { value, asked } = asking(() => answer.promise)
  const { runner } = lettersOf('pending', ['a', 'late', 'b', 'good'], value)
  await until('the question', () => asked() === 1)
  await until('the first letter', async () => (await house.values('pending-q')).length === 1)
  runner.stop()
  answer.resolve()
  await runner.ended
  expect(await house.values('pending-q')).toEqual(['<a>', '<late>', '<b>'])
  expect(await house.stored('pending', partition)).toEqual({ o: 3 })
  expect(runner.errorCounters).toMatchObject({ deadLetterRequests: 3, deadLetterFailures: 0 })
})

test('a letter that cannot be converted is in Java’s text, after one question', async () => {
  const { value, asked } = asking(async () => {
    throw new DataException('refused')
  })
  const { runner } = lettersOf('refused', ['late'], value)
  await until('the letter', async () => (await house.values('refused-q').catch(() => [])).length === 1)
  runner.stop()
  await runner.ended
  expect(await house.values('refused-q')).toEqual(['late'])
  expect(asked()).toBe(1)
})

test('a task that is given up does not wait', async () => {
  const { value, asked } = asking(() => new Promise(() => {}))
  const { runner } = lettersOf('given-up', ['late'], value)
  await until('the question', () => asked() === 1)
  runner.stop()
  runner.cancel()
  await runner.ended
  expect(await house.stored('given-up', partition)).toBeNull()
  expect(runner.errorCounters).toMatchObject({ deadLetterRequests: 1, deadLetterFailures: 1 })
})
