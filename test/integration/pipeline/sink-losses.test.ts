/** Moments in which an offset could pass a record that is nowhere yet (invariant 1). */
import { describe, expect, test } from 'bun:test'
import { DataException, RetriableException } from '../../../src/data/errors.ts'
import type { SinkRecord } from '../../../src/data/records.ts'
import { IdleProducer } from '../../../src/kafka/idle-producer.ts'
import { KafkaError, type Producer } from '../../../src/kafka/port.ts'
import { logger } from '../../../src/observe/log.ts'
import { NO_TOLERANCE } from '../../../src/pipeline/error-handling.ts'
import type { ErrantRecordReporter } from '../../../src/sdk/plugin.ts'
import { chainOf, ownHouse, RecordedSink, refusing, until } from './harness.ts'
import { around, withheld } from './producers.ts'

const { house } = ownHouse()

describe('while a batch waits to be put again', () => {
  test('a flush that fails takes everything back to the last commit, what waits included', async () => {
    await house.topic('behind')
    await house.produce('behind', ['a', 'b'])
    let refusals = 1
    let flushes = 0
    const sink = new RecordedSink({
      put(records, context) {
        if (records[0]?.value !== 'b') return
        context.requestCommit()
        context.timeout(20)
        if (refusals-- > 0) throw new RetriableException('later')
      },
      preCommit(offsets) {
        if (flushes++ === 0) throw new Error('the buffer with a is gone')
        return offsets
      },
    })
    house.sink('behind', sink.task, { maxPollRecords: 1 })
    await until('both again', () => sink.values.length === 4)
    await until('the commit', async () => (await house.committed('behind'))['behind-0'] === 2)
    expect(sink.values).toEqual(['a', 'b', 'a', 'b'])
    expect(sink.calls.filter(call => /^p(ut1|C)/.test(call)).slice(0, 6)).toEqual([
      'put1',
      'put1✗',
      'pC{behind-0=1}',
      'put1',
      'pC{behind-0=0}',
      'put1',
    ])
  })

  test('so does a rewind by the task', async () => {
    await house.topic('rewound')
    await house.produce('rewound', ['a', 'b'])
    let refusals = 1
    const sink = new RecordedSink({
      put(records, context) {
        if (records[0]?.value !== 'b') return
        context.requestCommit()
        if (refusals-- <= 0) return
        context.offset([{ topic: 'rewound', partition: 0, offset: 0 }])
        context.timeout(20)
        throw new RetriableException('from the start, please')
      },
      preCommit: offsets => offsets,
    })
    const { runner } = house.sink('rewound', sink.task, { maxPollRecords: 1 })
    await until('both again', () => sink.values.length === 4)
    runner.stop()
    await runner.ended
    expect(await house.committed('rewound')).toEqual({ 'rewound-0': 2 })
    expect(sink.values).toEqual(['a', 'b', 'a', 'b'])
    // The last one comes with the stop, and before it where the task gets to what was asked for.
    expect([...new Set(sink.calls.filter(call => call.startsWith('pC')))]).toEqual([
      'pC{rewound-0=1}',
      'pC{rewound-0=0}',
      'pC{rewound-0=2}',
    ])
  })

  test('records that go away with their partition go whatever topic a transformation gave them', async () => {
    await house.topic('routed', 2)
    await house.produce('routed', ['a'], 0)
    await house.produce('routed', ['b'], 1)
    let refusing = true
    const sink = new RecordedSink({
      put(records, context) {
        context.timeout(20)
        if (refusing && records.length > 0) throw new RetriableException('later')
      },
    })
    const chain = () =>
      chainOf<SinkRecord>(record => record.newRecord('elsewhere', 7, null, null, null, record.value, null))
    const first = house.sink('routed', sink.task, { chain: chain() })
    await until('a refused batch of both', () => sink.calls.includes('put2✗'))
    const next = new RecordedSink()
    const second = house.sink('routed', next.task, { chain: chain(), number: 1 })
    await until('the rebalance', () => next.values.length === 1)
    refusing = false
    await until('the other one', () => sink.values.length > 0)
    first.runner.stop()
    second.runner.stop()
    await Promise.all([first.runner.ended, second.runner.ended])
    expect([...sink.values, ...next.values].toSorted()).toEqual(['a', 'b'])
  })
})

test('a record that fails the task: what was read behind it of partitions without a position comes again', async () => {
  await house.topic('fatal', 3)
  await house.produce('fatal', ['a', 'b'], 0)
  await house.produce('fatal', ['bad'], 1)
  await house.produce('fatal', ['c'], 2)
  const first = new RecordedSink()
  const { runner, told } = house.sink('fatal', first.task, {
    converters: refusing(value => (value === 'bad' ? new DataException('bad') : null)),
    maxPollRecords: 2,
  })
  await runner.ended
  expect(told.last).toBe('FAILED')
  expect(first.values).toEqual(['a', 'b'])
  const second = new RecordedSink()
  house.sink('fatal', second.task)
  await until('the rest', () => second.values.length >= 2)
  expect(second.values).toEqual(['bad', 'c'])
})

test('a record that is reported in flush or preCommit holds up the commit that they are for', async () => {
  await house.topic('buffered')
  await house.produce('buffered', ['a', 'bad'])
  const gate = Promise.withResolvers<void>()
  let held: SinkRecord[] = []
  let reporter: ErrantRecordReporter | null = null
  const sink = new RecordedSink({
    start: context => {
      reporter = context.errantRecordReporter()
    },
    put: records => void held.push(...records),
    flush: () => {
      for (const record of held) {
        if (record.value === 'bad') void reporter!.report(record, new Error('refused by the target'))
      }
      held = []
    },
  })
  const { runner } = house.sink('buffered', sink.task, {
    errors: {
      ...NO_TOLERANCE,
      tolerance: 'all',
      deadLetterQueue: house.deadLetters('buffered-q', {}, producer => withheld(producer, gate.promise)),
    },
    offsetFlushIntervalMs: 20,
    offsetFlushTimeoutMs: 20,
  })
  await until('refused commits', () => runner.counters.commitFailures > 1)
  expect(await house.committed('buffered')).toEqual({})
  runner.stop()
  await runner.ended
  expect(await house.committed('buffered')).toEqual({})
  gate.resolve()
})

test('a producer of dead letters that dies is replaced at once, and what it held is sent again', async () => {
  await house.topic('dies')
  await house.produce('dies', ['bad', 'a'])
  let opened = 0
  let die: (() => void) | null = null
  const sink = new RecordedSink()
  const { runner } = house.sink('dies', sink.task, {
    converters: refusing(value => (value === 'bad' ? new DataException('bad') : null)),
    errors: {
      ...NO_TOLERANCE,
      tolerance: 'all',
      deadLetterQueue: house.deadLetters('dies-q', {}, producer => {
        if (++opened > 1) return producer
        const first = withheld(producer, new Promise(() => {}))
        first.send = (batch, from = 0) => batch.count - from
        die = () => first.onFatal(new KafkaError('OUT_OF_ORDER_SEQUENCE_NUMBER', 'broken', { fatal: true }))
        return first
      }),
    },
    offsetFlushIntervalMs: 20,
    offsetFlushTimeoutMs: 20,
  })
  await until('refused commits', () => runner.counters.commitFailures > 1)
  expect(sink.values).toEqual(['a'])
  expect(await house.committed('dies')).toEqual({})
  die!()
  await until('the commit', async () => (await house.committed('dies'))['dies-0'] === 2)
  expect(await house.values('dies-q')).toEqual(['bad'])
})

test('letters behind one whose producer could not be opened have their own outcomes', async () => {
  await house.topic('reopened')
  let tries = 0
  let refused = false
  const open = async (): Promise<Producer> => {
    if (++tries === 1) throw new Error('the keystore cannot be read')
    const producer = await house.kafka.producer({})
    const wrapper = around(producer)
    producer.onDelivery = runs => {
      const error = refused ? new KafkaError('MESSAGE_TOO_LARGE', 'too large') : null
      wrapper.onDelivery(runs.map(run => ({ ...run, error })))
    }
    return wrapper
  }
  const outcomes: string[] = []
  const sink = new RecordedSink({
    put: (records, context) => {
      for (const record of records)
        context
          .errantRecordReporter()!
          .report(record, new Error('no'))
          .then(
            () => outcomes.push(`${record.value} durable`),
            error => outcomes.push(`${record.value}: ${error.message}`),
          )
    },
  })
  const { runner } = house.sink('reopened', sink.task, {
    errors: {
      ...NO_TOLERANCE,
      tolerance: 'all',
      deadLetterQueue: house.deadLetters('reopened-q', {
        openProducer: async () =>
          new IdleProducer({ open, idleMs: 60_000, log: logger('IdleProducer') }, null),
      }),
    },
  })
  for (const [value, outcome] of [
    ['a', 'a: the keystore cannot be read'],
    ['b', 'b durable'],
    ['c', 'c: The request included a message larger than the max message size the server will accept.'],
    ['d', 'd durable'],
  ] as const) {
    refused = value === 'c'
    await house.produce('reopened', [value])
    await until(outcome, () => outcomes.includes(outcome))
  }
  expect(outcomes).toHaveLength(4)
  expect(runner.errorCounters.deadLetterFailures).toBe(2)
})

for (const offset of [-1, 1.5, undefined as unknown as number]) {
  test(`a task that would commit ${offset}: everything since the last commit comes again`, async () => {
    const topic = `offered-${offset}`
    await house.topic(topic)
    await house.produce(topic, ['a', 'b'])
    let offered = false
    const sink = new RecordedSink({
      preCommit(offsets) {
        if (sink.values.length < 2 || offered) return offsets
        offered = true
        return [{ topic, partition: 0, offset }]
      },
    })
    const { runner, told } = house.sink(topic, sink.task, { offsetFlushIntervalMs: 40 })
    await until('the commit', async () => (await house.committed(topic))[`${topic}-0`] === 2)
    expect(sink.values).toEqual(['a', 'b', 'a', 'b'])
    expect(told.states).toEqual(['RUNNING'])
    expect(runner.counters.commitFailures).toBe(1)
  })
}

for (const offset of [-1, 1.5]) {
  test(`a task that rewinds to ${offset} fails, and skips nothing`, async () => {
    const topic = `rewound-${offset}`
    await house.topic(topic)
    await house.produce(topic, ['a', 'b'])
    const sink = new RecordedSink({
      put(records, context) {
        if (records.length > 0) context.offset([{ topic, partition: 0, offset }])
      },
    })
    const { told } = house.sink(topic, sink.task, { maxPollRecords: 1 })
    await until('FAILED', () => told.last === 'FAILED')
    expect(told.trace).toEqual([`Invalid offset ${topic}-0/${offset}: it must be a whole number, 0 or more`])
    expect(await house.committed(topic)).toEqual({ [`${topic}-0`]: 1 })
  })
}
