import { describe, expect, test } from 'bun:test'
import { DataException, RetriableException } from '../../../src/data/errors.ts'
import { SinkRecord } from '../../../src/data/records.ts'
import { STRING_SCHEMA } from '../../../src/data/schema.ts'
import { KafkaError, type Producer } from '../../../src/kafka/port.ts'
import { type ErrorSettings, NO_TOLERANCE } from '../../../src/pipeline/error-handling.ts'
import type { ErrantRecordReporter } from '../../../src/sdk/plugin.ts'
import { chainOf, converters, ownHouse, RecordedSink, refusing, type Told, until } from './harness.ts'
import { refusingAll, withheld } from './producers.ts'

const { house, log } = ownHouse()

const failed = (told: Told) => until('FAILED', () => told.last === 'FAILED')
const errors = (more: Partial<ErrorSettings> = {}): ErrorSettings => ({
  ...NO_TOLERANCE,
  tolerance: 'all',
  ...more,
})
const bad = refusing(value => (String(value).startsWith('bad') ? new DataException('cannot read') : null))
const header = (record: { headers: [string, string | null][] }, name: string) =>
  record.headers.find(([each]) => each === `__connect.errors.${name}`)?.[1]

describe('errors.tolerance=all', () => {
  test('what a converter or transformation refuses is skipped, and its offset is committed', async () => {
    await house.topic('skip')
    await house.produce('skip', ['a', 'bad1', 'b', 'boom', 'c', 'bad2'])
    const sink = new RecordedSink()
    const { runner, told } = house.sink('skip', sink.task, {
      converters: bad,
      chain: chainOf<SinkRecord>(record => {
        if (record.value === 'boom') throw new Error('smt boom')
        return record
      }),
      errors: errors(),
    })
    await until('c', () => sink.values.includes('c'))
    runner.stop()
    await runner.ended
    expect(sink.values).toEqual(['a', 'b', 'c'])
    expect(told.states).toEqual(['RUNNING', 'UNASSIGNED'])
    expect(await house.committed('skip')).toEqual({ 'skip-0': 6 })
    expect(runner.errorCounters).toMatchObject({ failures: 3, errors: 3, skipped: 3, retries: 0, logged: 0 })
    expect(runner.errorCounters.lastErrorTimestamp).toBeGreaterThan(1_700_000_000_000)
  })

  test('a dead letter is the record as it was, with the headers of Connect in their order', async () => {
    log.length = 0
    await house.topic('dl')
    await house.produce('dl', [
      {
        key: 'k',
        value: 'bad',
        headers: [
          ['h', '1'],
          ['h2', null],
        ],
      },
      { key: null, value: 'boom', timestamp: 1_700_000_000_123 },
      'fine',
    ])
    const sink = new RecordedSink()
    const { runner } = house.sink('dl', sink.task, {
      converters: bad,
      chain: chainOf<SinkRecord>(record => {
        if (record.value === 'boom') throw new Error()
        return record
      }),
      errors: errors({ deadLetterQueue: house.deadLetters('dl-q'), logEnable: true, logMessages: true }),
    })
    await until('fine', () => sink.values.includes('fine'))
    runner.stop()
    await runner.ended
    const [first, second] = await house.records('dl-q')
    const { headers, ...rest } = first!
    expect(rest).toEqual({ key: 'k', value: 'bad', timestamp: 1_700_000_000_000 })
    expect(headers.slice(0, -1)).toEqual([
      ['h', '1'],
      ['h2', null],
      ['__connect.errors.topic', 'dl'],
      ['__connect.errors.partition', '0'],
      ['__connect.errors.offset', '0'],
      ['__connect.errors.connector.name', 'dl'],
      ['__connect.errors.task.id', '0'],
      ['__connect.errors.stage', 'VALUE_CONVERTER'],
      ['__connect.errors.class.name', 'org.apache.kafka.connect.storage.StringConverter'],
      ['__connect.errors.exception.class.name', 'org.apache.kafka.connect.errors.DataException'],
      ['__connect.errors.exception.message', 'cannot read'],
    ])
    expect(header(first!, 'exception.stacktrace')).toMatch(
      /^org\.apache\.kafka\.connect\.errors\.DataException: cannot read\n\tat .*\n$/s,
    )
    expect(second).toMatchObject({ key: null, value: 'boom', timestamp: 1_700_000_000_123 })
    expect(header(second!, 'stage')).toBe('TRANSFORMATION')
    expect(header(second!, 'class.name')).toBe('test.Step0')
    expect(header(second!, 'exception.message')).toBeNull()
    expect(runner.errorCounters).toMatchObject({ deadLetterRequests: 2, deadLetterFailures: 0, logged: 2 })
    expect(log.join('')).toContain(
      "ERROR [dl|task-0] Error encountered in task dl-0. Executing stage 'VALUE_CONVERTER' with class " +
        "'org.apache.kafka.connect.storage.StringConverter', where consumed record is {topic='dl', partition=0, " +
        'offset=0, timestamp=1700000000000, timestampType=CreateTime}. ' +
        'org.apache.kafka.connect.errors.DataException: cannot read (org.apache.kafka.connect.runtime.errors.LogReporter)',
    )
  })

  test('key, then value, then headers; without context headers the letter has only its own', async () => {
    await house.topic('order')
    await house.produce('order', [
      { key: 'bad', value: 'bad', headers: [['h', 'bad']] },
      { key: 'k', value: 'v', headers: [['h', 'bad']] },
    ])
    const stages: string[] = []
    const fail = (stage: string) => {
      stages.push(stage)
      throw new DataException(stage)
    }
    const { runner } = house.sink('order', new RecordedSink().task, {
      converters: {
        ...converters,
        key: {
          ...converters.key,
          deserialize(topic, data, start, length, into) {
            converters.key.deserialize(topic, data, start, length, into)
            if (into.value === 'bad') fail('key')
          },
        },
        value: {
          ...converters.value,
          deserialize(topic, data, start, length, into) {
            converters.value.deserialize(topic, data, start, length, into)
            if (into.value === 'bad') fail('value')
          },
        },
        header: { ...converters.header, deserialize: () => fail('header') },
      },
      errors: errors({ deadLetterQueue: house.deadLetters('order-q', { contextHeaders: false }) }),
    })
    await until('both', () => runner.errorCounters.skipped === 2)
    expect(stages).toEqual(['key', 'header'])
    await until('both letters', async () => (await house.records('order-q')).length === 2)
    expect((await house.records('order-q')).map(({ headers }) => headers)).toEqual([
      [['h', 'bad']],
      [['h', 'bad']],
    ])
  })
})

describe('errors.tolerance=none', () => {
  test('the failing record is in the dead letter queue when the task is FAILED', async () => {
    await house.topic('none')
    await house.produce('none', ['a', 'bad'])
    const { told, runner } = house.sink('none', new RecordedSink().task, {
      converters: bad,
      errors: errors({ tolerance: 'none', deadLetterQueue: house.deadLetters('none-q') }),
    })
    await failed(told)
    expect(told.trace).toEqual(['Tolerance exceeded in error handler', 'cannot read'])
    expect((await house.records('none-q')).map(({ value }) => value)).toEqual(['bad'])
    expect(runner.errorCounters).toMatchObject({ failures: 1, errors: 1, skipped: 0 })
  })
})

describe('errors.retry.timeout', () => {
  test('a RetriableException is tried again until it works, nothing is reported', async () => {
    await house.topic('retry')
    await house.produce('retry', ['a', 'again', 'b'])
    let left = 3
    const sink = new RecordedSink()
    const { runner } = house.sink('retry', sink.task, {
      chain: chainOf<SinkRecord>(
        record => record,
        record => {
          if (record.value === 'again' && left-- > 0) throw new RetriableException('not yet')
          return record
        },
      ),
      errors: errors({ tolerance: 'none', retryTimeoutMs: 60_000, retryDelayMaxMs: 2, logEnable: true }),
    })
    await until('b', () => sink.values.length === 3)
    expect(sink.values).toEqual(['a', 'again', 'b'])
    expect(runner.errorCounters).toMatchObject({ failures: 3, retries: 3, errors: 0, skipped: 0, logged: 0 })
  })

  test('at the deadline the error counts; the last attempt falls on it', async () => {
    await house.topic('late')
    await house.produce('late', ['again', 'b'])
    let attempts = 0
    const sink = new RecordedSink()
    const { runner } = house.sink('late', sink.task, {
      converters: refusing(value => {
        if (value !== 'again') return null
        attempts++
        return new RetriableException('never')
      }),
      errors: errors({ retryTimeoutMs: 100, retryDelayMaxMs: 60_000 }),
    })
    await until('b', () => sink.values.includes('b'))
    expect(attempts).toBe(2)
    expect(runner.errorCounters).toMatchObject({ failures: 3, retries: 1, errors: 1, skipped: 1 })
  })

  test('a stop ends retries: what came before the record is put and committed, the record comes again', async () => {
    await house.topic('stop')
    await house.produce('stop', ['a', 'again', 'b'])
    const sink = new RecordedSink()
    const { runner, told } = house.sink('stop', sink.task, {
      converters: refusing(value => (value === 'again' ? new RetriableException('never') : null)),
      errors: errors({ tolerance: 'none', retryTimeoutMs: -1, retryDelayMaxMs: 5 }),
    })
    await until('retries', () => runner.errorCounters.retries > 2)
    runner.stop()
    await runner.ended
    expect(sink.values).toEqual(['a'])
    expect(told.states).toEqual(['RUNNING', 'UNASSIGNED'])
    expect(runner.errorCounters).toMatchObject({ errors: 0, skipped: 0 })
    expect(await house.committed('stop')).toEqual({ 'stop-0': 1 })
  })

  test('cancel ends them, too: nothing is committed', async () => {
    await house.topic('cancel')
    await house.produce('cancel', ['a', 'again', 'b'])
    const sink = new RecordedSink()
    const { runner, told } = house.sink('cancel', sink.task, {
      converters: refusing(value => (value === 'again' ? new RetriableException('never') : null)),
      errors: errors({ tolerance: 'none', retryTimeoutMs: -1, retryDelayMaxMs: 5 }),
    })
    await until('retries', () => runner.errorCounters.retries > 2)
    runner.cancel()
    await runner.ended
    expect(told.states).toEqual(['RUNNING'])
    expect(await house.committed('cancel')).toEqual({})
  })

  test('a maximum delay of nothing is the error that Java makes of it', async () => {
    await house.topic('bound')
    await house.produce('bound', ['again'])
    const { told } = house.sink('bound', new RecordedSink().task, {
      converters: refusing(() => new RetriableException('never')),
      errors: errors({ tolerance: 'none', retryTimeoutMs: -1, retryDelayMaxMs: 0 }),
    })
    await failed(told)
    expect(told.trace).toEqual(['Tolerance exceeded in error handler', 'bound must be positive'])
  })
})

describe('the dead letter queue', () => {
  test('its topic is made, and a failure to do so fails the task', async () => {
    const { told } = house.sink('rf', new RecordedSink().task, {
      errors: errors({
        deadLetterQueue: house.deadLetters('rf-q', {
          openAdmin: async () => {
            const admin = await house.kafka.admin({})
            const error = new KafkaError('INVALID_REPLICATION_FACTOR', 'Unable to replicate 3 time(s)', {
              javaClass: 'org.apache.kafka.common.errors.InvalidReplicationFactorException',
            })
            return Object.assign(Object.create(admin), {
              listTopics: () => admin.listTopics(),
              createTopics: async () => new Map([['rf-q', error]]),
              close: () => admin.close(),
            })
          },
        }),
      }),
    })
    await failed(told)
    expect(told.trace).toEqual([
      'Could not initialize dead letter queue with topic=rf-q',
      'org.apache.kafka.common.errors.InvalidReplicationFactorException: Unable to replicate 3 time(s)',
      'Unable to replicate 3 time(s)',
    ])
  })

  test('a letter that is not acknowledged holds up the commit of its record', async () => {
    await house.topic('hold')
    await house.produce('hold', ['a', 'bad', 'b'])
    const gate = Promise.withResolvers<void>()
    const sink = new RecordedSink()
    const { runner } = house.sink('hold', sink.task, {
      converters: bad,
      errors: errors({
        deadLetterQueue: house.deadLetters('hold-q', {}, producer => withheld(producer, gate.promise)),
      }),
      offsetFlushIntervalMs: 20,
      offsetFlushTimeoutMs: 20,
    })
    await until('refused commits', () => runner.counters.commitFailures > 1)
    expect(sink.values).toEqual(['a', 'b'])
    expect(await house.committed('hold')).toEqual({})
    gate.resolve()
    await until('the commit', async () => (await house.committed('hold'))['hold-0'] === 3)
  })

  test('a letter that cannot be produced is counted and logged, and the task goes on', async () => {
    log.length = 0
    await house.topic('lost')
    await house.produce('lost', ['bad', 'b'])
    const sink = new RecordedSink()
    const { runner, told } = house.sink('lost', sink.task, {
      converters: bad,
      errors: errors({ deadLetterQueue: house.deadLetters('lost-q', {}, refuse) }),
      offsetFlushIntervalMs: 20,
    })
    await until('the commit', async () => (await house.committed('lost'))['lost-0'] === 2)
    expect(told.states).toEqual(['RUNNING'])
    expect(runner.errorCounters).toMatchObject({ deadLetterRequests: 1, deadLetterFailures: 1, skipped: 1 })
    expect(log.join('')).toContain('Could not produce message to dead letter queue. topic=lost-q')
  })

  test('thousands of letters through small buffers: all arrive, in order', async () => {
    await house.topic('many')
    const values = Array.from({ length: 5000 }, (_, i) => `bad${i}-${'x'.repeat(i % 300)}`)
    await house.produce('many', [...values, 'end'])
    const sink = new RecordedSink()
    const { runner } = house.sink('many', sink.task, {
      converters: bad,
      errors: errors({
        deadLetterQueue: house.deadLetters('many-q', {
          openProducer: () => house.kafka.producer({ 'buffer.memory': '40000' }),
        }),
      }),
    })
    await until('the end', () => sink.values.includes('end'), 60_000)
    runner.stop()
    await runner.ended
    expect(await house.values('many-q')).toEqual(values)
    expect(await house.committed('many')).toEqual({ 'many-0': 5001 })
  }, 120_000)
})

const refuse = (producer: Producer) => refusingAll(producer, new KafkaError('MESSAGE_TOO_LARGE', 'too large'))

describe('the errant record reporter', () => {
  const reporting = (
    report: (reporter: ErrantRecordReporter | null, records: SinkRecord[]) => unknown,
  ): RecordedSink =>
    new RecordedSink({
      put: async (records, context) => void (await report(context.errantRecordReporter(), records)),
    })

  test('is null unless a dead letter queue or the error log is there', async () => {
    await house.topic('rnull')
    const seen: boolean[] = []
    const look = () => reporting(reporter => seen.push(reporter === null)).task
    house.sink('rnull', look(), { errors: errors(), offsetFlushIntervalMs: 20 })
    await until('a put', () => seen.length > 0)
    expect(new Set(seen)).toEqual(new Set([true]))
  })

  test('reports the original bytes, also after transformations, newRecord and redelivery', async () => {
    await house.topic('rep')
    await house.produce('rep', [{ key: 'k', value: 'v', headers: [['h', 'x']] }])
    let puts = 0
    const sink = reporting((reporter, [record]) => {
      if (!record) return
      if (puts++ < 2) throw new RetriableException('later')
      const { topic, kafkaPartition, keySchema, key, valueSchema, timestamp } = record
      const other = record.newRecord(topic, kafkaPartition, keySchema, key, valueSchema, 'mine', timestamp)
      return reporter!.report(other, new Error('errant é'))
    })
    const { runner } = house.sink('rep', sink.task, {
      chain: chainOf<SinkRecord>(record =>
        record.newRecord('elsewhere', 7, null, 'other', null, 'value', record.timestamp),
      ),
      errors: errors({ deadLetterQueue: house.deadLetters('rep-q') }),
      offsetFlushIntervalMs: 20,
    })
    await until('the commit', async () => (await house.committed('rep'))['rep-0'] === 1)
    const [letter] = await house.records('rep-q')
    expect(letter).toMatchObject({ key: 'k', value: 'v', timestamp: 1_700_000_000_000 })
    expect(letter!.headers[0]).toEqual(['h', 'x'])
    expect(header(letter!, 'topic')).toBe('rep')
    expect(header(letter!, 'stage')).toBe('TASK_PUT')
    expect(header(letter!, 'class.name')).toBe('org.apache.kafka.connect.sink.SinkTask')
    expect(header(letter!, 'exception.message')).toBe('errant é')
    expect(runner.errorCounters).toMatchObject({ failures: 1, errors: 0, skipped: 0, deadLetterRequests: 1 })
  })

  test('a record that the task built itself is written with the converters', async () => {
    await house.topic('built')
    await house.produce('built', ['v'])
    const sink = reporting((reporter, records) =>
      records.length === 0
        ? null
        : reporter!.report(
            new SinkRecord('t', 3, STRING_SCHEMA, 'key', STRING_SCHEMA, 'built', 42),
            new Error('x'),
          ),
    )
    house.sink('built', sink.task, {
      errors: errors({ deadLetterQueue: house.deadLetters('built-q') }),
      offsetFlushIntervalMs: 20,
    })
    await until('the letter', async () => (await house.records('built-q').catch(() => [])).length === 1)
    const [letter] = await house.records('built-q')
    expect(letter).toMatchObject({ key: 'key', value: 'built' })
    expect(header(letter!, 'offset')).toBe('42')
  })

  test('with tolerance none report throws after it has reported; who swallows that goes on', async () => {
    await house.topic('swallow')
    await house.produce('swallow', ['v'])
    const thrown: unknown[] = []
    const sink = reporting((reporter, [record]) => {
      if (!record) return
      try {
        void reporter!.report(record, new Error('mine'))
      } catch (error) {
        thrown.push((error as Error).message)
      }
    })
    const { told, runner } = house.sink('swallow', sink.task, {
      errors: errors({ tolerance: 'none', deadLetterQueue: house.deadLetters('swallow-q') }),
      offsetFlushIntervalMs: 20,
    })
    await until('the commit', async () => (await house.committed('swallow'))['swallow-0'] === 1)
    expect(thrown).toEqual(['Tolerance exceeded in error handler'])
    expect(told.states).toEqual(['RUNNING'])
    expect(await house.values('swallow-q')).toEqual(['v'])
    expect(runner.errorCounters).toMatchObject({ failures: 1, errors: 1 })
  })

  test('a report that cannot be made durable fails the task at the next commit', async () => {
    await house.topic('undurable')
    await house.produce('undurable', ['v'])
    const sink = reporting((reporter, [record]) => {
      if (record) void reporter!.report(record, new Error('mine'))
    })
    const { told } = house.sink('undurable', sink.task, {
      errors: errors({ deadLetterQueue: house.deadLetters('undurable-q', {}, refuse) }),
      offsetFlushIntervalMs: 20,
    })
    await failed(told)
    expect(told.trace.at(-1)).toBe(
      'The request included a message larger than the max message size the server will accept.',
    )
    expect(await house.committed('undurable')).toEqual({})
  })
})

describe('bunnect.errors.put=isolate', () => {
  const picky = (limit = Number.POSITIVE_INFINITY) => {
    const sizes: number[] = []
    const sink = new RecordedSink({
      put(records) {
        if (records.length > 0) sizes.push(records.length)
        if (sizes.length > limit) return
        if (records.some(({ value }) => String(value).startsWith('poison'))) throw new Error('poisoned')
      },
    })
    return { sink, sizes }
  }

  test('only the bad records go to the dead letter queue, the rest is put in order', async () => {
    await house.topic('iso')
    await house.produce('iso', ['a', 'b', 'poison1', 'c', 'd', 'e', 'poison2', 'f'])
    const { sink } = picky()
    const { runner, told } = house.sink('iso', sink.task, {
      isolatePut: true,
      errors: errors({ deadLetterQueue: house.deadLetters('iso-q') }),
      offsetFlushIntervalMs: 20,
    })
    await until('the commit', async () => (await house.committed('iso'))['iso-0'] === 8)
    expect(sink.values).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    expect(told.states).toEqual(['RUNNING'])
    expect(await house.values('iso-q')).toEqual(['poison1', 'poison2'])
    expect(header((await house.records('iso-q'))[0]!, 'stage')).toBe('TASK_PUT')
    expect(runner.counters.put).toBe(6)
  })

  test('tolerance none: the task fails with the one record, whose letter is written', async () => {
    await house.topic('isonone')
    await house.produce('isonone', ['a', 'b', 'poison', 'c'])
    const { sink } = picky()
    const { told } = house.sink('isonone', sink.task, {
      isolatePut: true,
      errors: errors({ tolerance: 'none', deadLetterQueue: house.deadLetters('isonone-q') }),
    })
    await failed(told)
    expect(told.trace).toEqual([
      'Exiting WorkerSinkTask due to unrecoverable exception.',
      'Tolerance exceeded in error handler',
      'poisoned',
    ])
    expect((told.error as { hint?: string }).hint).toContain(
      "record of topic 'isonone', partition 0, offset 2",
    )
    expect(await house.values('isonone-q')).toEqual(['poison'])
  })

  test('a target that takes nothing at all fails the task; no letter is written', async () => {
    await house.topic('isodown')
    await house.produce(
      'isodown',
      Array.from({ length: 300 }, (_, i) => `${i}`),
    )
    let down = true
    const put = (records: readonly SinkRecord[]) => {
      if (down && records.length > 0) throw new Error('connection refused')
    }
    const options = {
      isolatePut: true,
      errors: errors({ deadLetterQueue: house.deadLetters('isodown-q') }),
      offsetFlushIntervalMs: 20,
    }
    const { told } = house.sink('isodown', new RecordedSink({ put }).task, options)
    await failed(told)
    expect(told.trace).toEqual([
      'Exiting WorkerSinkTask due to unrecoverable exception.',
      'put refused 100 records in a row with Error',
      'connection refused',
    ])
    expect((told.error as { hint?: string }).hint).toContain('they come again when the task is restarted')
    expect(await house.values('isodown-q')).toEqual([])
    down = false
    const sink = new RecordedSink({ put })
    house.sink('isodown', sink.task, options)
    await until('all', () => sink.values.length === 300)
  })

  test('a RetriableException on the way brings what is left again, the bad record is reported once', async () => {
    await house.topic('isoretry')
    await house.produce('isoretry', ['poison', 'a', 'b', 'c'])
    let later = 2
    const sink = new RecordedSink({
      put(records) {
        if (records.some(({ value }) => value === 'poison')) throw new Error('poisoned')
        if (records.some(({ value }) => value === 'b') && later-- > 0) throw new RetriableException('later')
      },
    })
    const { runner } = house.sink('isoretry', sink.task, {
      isolatePut: true,
      errors: errors({ deadLetterQueue: house.deadLetters('isoretry-q') }),
      offsetFlushIntervalMs: 20,
    })
    await until('the commit', async () => (await house.committed('isoretry'))['isoretry-0'] === 4)
    expect(sink.values).toEqual(['a', 'b', 'c'])
    expect(await house.values('isoretry-q')).toEqual(['poison'])
    expect(runner.counters.put).toBe(3)
  })
})

test('a transformation may give several records or none; the offset of all is committed', async () => {
  await house.topic('fan')
  await house.produce('fan', ['a,b', '', 'c'])
  const sink = new RecordedSink()
  const { runner } = house.sink('fan', sink.task, {
    chain: chainOf<SinkRecord>(
      record =>
        String(record.value)
          .split(',')
          .filter(part => part !== '')
          .map(part => record.newRecord(record.topic, 0, null, null, null, part, null)),
      record => record.newRecord(record.topic, 0, null, null, null, `${record.value}!`, null),
    ),
    offsetFlushIntervalMs: 20,
  })
  await until('the commit', async () => (await house.committed('fan'))['fan-0'] === 3)
  expect(sink.values).toEqual(['a!', 'b!', 'c!'])
  expect(runner.counters.read).toBe(3)
})
