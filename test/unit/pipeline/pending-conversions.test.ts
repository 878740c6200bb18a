/** Converters that have to wait: for whoever delivers, recovers or reports a record it is as if they had not. */
import { expect, test } from 'bun:test'
import { simpleHeaderConverterPlugin } from '../../../src/converters/simple-header.ts'
import { stringConverterPlugin } from '../../../src/converters/string.ts'
import { RetriableException } from '../../../src/data/errors.ts'
import { SinkRecord } from '../../../src/data/records.ts'
import { PackedBatch } from '../../../src/kafka/packed-batch.ts'
import { ErrantRecords } from '../../../src/pipeline/errant-records.ts'
import { ErrorCounters } from '../../../src/pipeline/error-counters.ts'
import { ErrorOperator } from '../../../src/pipeline/error-operator.ts'
import { Interrupted, Interrupts } from '../../../src/pipeline/interrupts.ts'
import { type ConsumedRecord, ProcessingContext } from '../../../src/pipeline/processing-context.ts'
import { SinkIntake } from '../../../src/pipeline/sink-intake.ts'
import { SinkOffsets } from '../../../src/pipeline/sink-offsets.ts'
import { ConversionPending } from '../../../src/sdk/conversion-pending.ts'
import type { Converter } from '../../../src/sdk/plugin.ts'
import { until } from '../../integration/pipeline/harness.ts'

const string = stringConverterPlugin.converter!({}, false)

/** Knows `late` only after it has asked for it: `answer` brings it. */
function asking() {
  let known = false
  const answers: (() => void)[] = []
  const wait = (): never => {
    throw new ConversionPending(
      new Promise<void>(resolve =>
        answers.push(() => {
          known = true
          resolve()
        }),
      ),
    )
  }
  const converter: Converter = {
    ...string,
    deserialize(topic, data, start, length, into) {
      string.deserialize(topic, data, start, length, into)
      if (into.value === 'late' && !known) wait()
    },
    serialize(topic, schema, value, out) {
      if (value === 'late' && !known) wait()
      string.serialize(topic, schema, value, out)
    },
  }
  const answer = async () => {
    for (let i = 0; answers.length === 0; i++) {
      if (i > 1000) throw new Error('nobody asked')
      await Bun.sleep(1)
    }
    answers.shift()!()
  }
  return { converter, answer, asked: () => answers.length }
}

function operatorOf(interrupts = new Interrupts(), retryTimeoutMs = 0) {
  const counters = new ErrorCounters()
  const operator = new ErrorOperator<ConsumedRecord>({
    tolerance: 'all',
    retryTimeoutMs,
    retryDelayMaxMs: 60_000,
    task: 'c-0',
    counters,
    cancelled: new AbortController().signal,
    interrupts,
    describe: () => 'a record',
  })
  return { operator, counters }
}

const converters = (value: Converter) => ({
  key: string,
  value,
  header: simpleHeaderConverterPlugin.headerConverter!({}),
  classNames: { key: 'K', value: 'V', header: 'H' },
})

function batchOf(values: readonly string[]): PackedBatch {
  const batch = new PackedBatch()
  for (const value of values) {
    batch.begin(batch.topicNumber('t'), 0, 5)
    batch.endKey()
    batch.putUtf8(value)
    batch.endValue()
    batch.commit()
  }
  return batch
}

function intakeOf(value: Converter, operator: ErrorOperator<ConsumedRecord>) {
  const options = { converters: converters(value), chain: null, offsets: new SinkOffsets(), operator }
  const wait = { during: <T>(work: Promise<T>) => work, broken: false, hasMoved: () => false }
  return new SinkIntake({ ...options, wait, keepsBytes: false, uses: () => {} })
}

test('a sink takes on all records of a batch, in their order, when the answer has come', async () => {
  const { converter, answer } = asking()
  const { operator, counters } = operatorOf()
  const records: SinkRecord[] = []
  const taken = intakeOf(converter, operator).take(batchOf(['a', 'late', 'b', 'late']), records)
  await answer()
  expect(await taken).toBe(4)
  expect(records.map(record => record.value)).toEqual(['a', 'late', 'b', 'late'])
  // Waiting is no failure.
  expect(counters).toEqual(new ErrorCounters())
})

test('what interrupts the task ends the wait: the record is the first that is not taken', async () => {
  const { converter, asked } = asking()
  const interrupts = new Interrupts()
  const records: SinkRecord[] = []
  const { operator, counters } = operatorOf(interrupts)
  const taken = intakeOf(converter, operator).take(batchOf(['a', 'late', 'b']), records)
  await Bun.sleep(0)
  expect(asked()).toBe(1)
  interrupts.interrupt()
  expect(await taken).toBe(1)
  expect(records.map(record => record.value)).toEqual(['a'])
  expect(counters).toEqual(new ErrorCounters())
})

test('it ends the wait between two tries and within one, which is neither a failure nor a skipped record', async () => {
  for (const error of [new RetriableException('away'), new ConversionPending(new Promise(() => {}))]) {
    const interrupts = new Interrupts()
    const { operator, counters } = operatorOf(interrupts, 60_000)
    const context = new ProcessingContext({} as ConsumedRecord).at('VALUE_CONVERTER', 'V')
    const fails = (): never => {
      throw error
    }
    const recovered = operator.recover(context, fails, new RetriableException('away'))
    await until('the second try', () => error instanceof RetriableException || counters.retries === 1)
    interrupts.interrupt()
    expect(await recovered.catch(each => each)).toBeInstanceOf(Interrupted)
    expect([counters.errors, counters.skipped, context.failed]).toEqual([0, 0, false])
  }
})

test('a retry may have to wait, too', async () => {
  const { converter, answer } = asking()
  const { operator, counters } = operatorOf(new Interrupts(), 10_000)
  const context = new ProcessingContext({} as ConsumedRecord).at('VALUE_CONVERTER', 'V')
  const again = () => converter.serialize('t', null, 'late', { putUtf8: () => {} } as never) ?? 'done'
  const recovered = operator.recover(context, again, new RetriableException('away'))
  await answer()
  expect(await recovered).toBe('done')
  expect([counters.retries, counters.errors, context.failed]).toEqual([1, 0, false])
})

test('a record that a task has made itself is reported when its converter can be', async () => {
  const { converter, answer } = asking()
  const { operator, counters } = operatorOf()
  const reported: (string | null)[] = []
  operator.reporters = [
    {
      report: (context: ProcessingContext<ConsumedRecord>) => {
        reported.push(String(context.original.value))
        return null
      },
      room: () => null,
      settled: () => null,
      close: async () => {},
    } as never,
  ]
  const errant = new ErrantRecords(operator, converters(converter))
  const record = new SinkRecord('t', 0, null, null, null, 'late', 7, null, 'NoTimestampType' as never, null)
  const report = errant.report(record, new Error('no'))
  // Nothing of the partition is committed meanwhile: invariant 1.
  let isDurable = false
  const durable = errant.reported([{ topic: 't', partition: 0 }])!.then(() => {
    isDurable = true
  })
  await Bun.sleep(5)
  expect([isDurable, reported]).toEqual([false, []])
  await answer()
  await report
  await durable
  expect(reported).toEqual(['late'])
  expect(counters.failures).toBe(1)
})

test('a report that waited while its partition went away is no matter of who gets it back', async () => {
  const { converter, answer } = asking()
  const { operator } = operatorOf()
  operator.reporters = [
    {
      report: () => Promise.reject(new Error('no broker')),
      room: () => null,
      settled: () => null,
      close: async () => {},
    },
  ]
  const errant = new ErrantRecords(operator, converters(converter))
  const record = new SinkRecord('t', 0, null, null, null, 'late', 7, null, 'NoTimestampType' as never, null)
  const partitions = [{ topic: 't', partition: 0 }]
  const report = errant.report(record, new Error('no')).then(null, error => error.message)
  errant.forget(partitions)
  await answer()
  expect(await report).toBe('no broker')
  expect(errant.reported(partitions)).toBeNull()
})
