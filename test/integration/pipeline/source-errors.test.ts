import { describe, expect, test } from 'bun:test'
import { DataException, RetriableException } from '../../../src/data/errors.ts'
import { ConnectHeaders } from '../../../src/data/headers.ts'
import { type OffsetMap, SourceRecord } from '../../../src/data/records.ts'
import { STRING_SCHEMA } from '../../../src/data/schema.ts'
import { KafkaError, type Producer } from '../../../src/kafka/port.ts'
import { type ErrorSettings, NO_TOLERANCE } from '../../../src/pipeline/error-handling.ts'
import { chainOf, ownHouse, RecordedSource, refusing, until } from './harness.ts'
import { around, refusingAll } from './producers.ts'

const { house, log } = ownHouse()

const partition: OffsetMap = { p: 1 }
const record = (topic: string, value: unknown, o: number, headers: ConnectHeaders | null = null) =>
  new SourceRecord(partition, { o }, topic, null, STRING_SCHEMA, 'k', STRING_SCHEMA, value, null, headers)
const errors = (more: Partial<ErrorSettings> = {}): ErrorSettings => ({
  ...NO_TOLERANCE,
  tolerance: 'all',
  ...more,
})
const bad = refusing(value => (value === 'bad' ? new DataException('cannot write') : null))
const calls = (source: RecordedSource) => source.calls.filter(call => call.startsWith('cR'))

describe('errors.tolerance=all', () => {
  test('a record that a converter or transformation refuses is skipped; commitRecord without metadata', async () => {
    log.length = 0
    const topic = 'skip'
    const source = new RecordedSource([
      ['a', 'bad', 'b', 'boom', 'drop', 'c'].map((value, i) => record(topic, value, i)),
    ])
    const { runner, told } = house.source(topic, source.task, {
      converters: bad,
      chain: chainOf<SourceRecord>(each => {
        if (each.value === 'boom') throw new Error('smt boom')
        return each.value === 'drop' ? null : each
      }),
      errors: errors({ logEnable: true, logMessages: true }),
    })
    await until('c', () => source.calls.includes('cR(c,skip-0@2)'))
    runner.stop()
    await runner.ended
    expect(await house.values(topic)).toEqual(['a', 'b', 'c'])
    expect(calls(source).toSorted()).toEqual([
      'cR(a,skip-0@0)',
      'cR(b,skip-0@1)',
      'cR(bad,null)',
      'cR(boom,null)',
      'cR(c,skip-0@2)',
      'cR(drop,null)',
    ])
    expect(told.states).toEqual(['RUNNING', 'UNASSIGNED'])
    expect(await house.stored(topic, partition)).toEqual({ o: 5 })
    expect(runner.counters).toMatchObject({ polled: 6, sent: 3, written: 3, dropped: 3 })
    expect(runner.errorCounters).toMatchObject({ failures: 2, errors: 2, skipped: 2, logged: 2 })
    expect(log.join('')).toContain(
      "Executing stage 'TRANSFORMATION' with class 'test.Step0', where source record is = " +
        "SourceRecord{sourcePartition={p=1}, sourceOffset={o=3}} ConnectRecord{topic='skip', kafkaPartition=null, " +
        'key=k, keySchema=Schema{STRING}, value=boom, valueSchema=Schema{STRING}, timestamp=null, ' +
        'headers=ConnectHeaders(headers=)}. Error: smt boom',
    )
  })

  test('transformations, then headers, key and value; a record that was refused halfway leaves nothing', async () => {
    const topic = 'halfway'
    const headers = new ConnectHeaders().addString('h', 'x')
    const source = new RecordedSource([
      [record(topic, 'bad', 1, headers), record(topic, 'b', 2, headers), record(topic, 'c', 3)],
    ])
    const { runner } = house.source(topic, source.task, { converters: bad, errors: errors() })
    await until('c', () => runner.counters.written === 2)
    expect(await house.records(topic)).toMatchObject([
      { key: 'k', value: 'b', headers: [['h', 'x']] },
      { key: 'k', value: 'c', headers: [] },
    ])
  })

  test('null topic, negative partition and timestamp kill the task all the same, after conversion', async () => {
    const topicless = new SourceRecord(partition, { o: 2 }, null, null, null, null, STRING_SCHEMA, 'x')
    const refused = new SourceRecord(partition, { o: 1 }, null, null, null, null, STRING_SCHEMA, 'bad')
    const source = new RecordedSource([[record('topicless', 'a', 0), refused, topicless]])
    const { runner, told } = house.source('topicless', source.task, { converters: bad, errors: errors() })
    await until('FAILED', () => told.last === 'FAILED')
    // The one whose value is bad is skipped before anybody looks at its topic.
    expect(calls(source)).toContain('cR(bad,null)')
    expect(told.trace).toEqual(['Topic cannot be null.'])
    expect(runner.errorCounters.skipped).toBe(1)
    expect(await house.stored('topicless', partition)).toEqual({ o: 0 })
  })

  test('a record that Kafka refuses is reported and skipped, its offset counts', async () => {
    log.length = 0
    const topic = 'refused'
    const source = new RecordedSource([
      [record(topic, 's1', 1), record(topic, 'b'.repeat(2_000_000), 2), record(topic, 's2', 3)],
      [record(topic, 'b'.repeat(2_000_000), 4)],
    ])
    const { runner, told } = house.source(topic, source.task, { errors: errors({ logEnable: true }) })
    await until('the last', () => runner.errorCounters.failures === 2)
    runner.stop()
    await runner.ended
    expect(told.states).toEqual(['RUNNING', 'UNASSIGNED'])
    expect(await house.values(topic)).toEqual(['s1', 's2'])
    expect(await house.stored(topic, partition)).toEqual({ o: 4 })
    expect(source.calls.filter(call => call.endsWith(',null)')).length).toBe(2)
    expect(runner.errorCounters).toMatchObject({ failures: 2, errors: 0, skipped: 0, logged: 2 })
    expect(log.join('')).toContain(
      "Error encountered in task refused-0. Executing stage 'KAFKA_PRODUCE' with class " +
        "'org.apache.kafka.connect.runtime.WorkerSourceTask'.",
    )
  })
})

describe('errors.retry.timeout', () => {
  test('each operation is tried again by itself; order is kept', async () => {
    const topic = 'retry'
    const runs: string[] = []
    let left = 3
    const source = new RecordedSource([['a', 'b', 'c'].map((value, i) => record(topic, value, i))])
    const { runner } = house.source(topic, source.task, {
      chain: chainOf<SourceRecord>(
        each => {
          runs.push(`first ${each.value}`)
          return each
        },
        each => {
          if (each.value === 'b' && left-- > 0) throw new RetriableException('not yet')
          return each
        },
      ),
      errors: errors({ tolerance: 'none', retryTimeoutMs: 60_000, retryDelayMaxMs: 2 }),
    })
    await until('all', () => runner.counters.written === 3)
    expect(await house.values(topic)).toEqual(['a', 'b', 'c'])
    expect(runs).toEqual(['first a', 'first b', 'first c'])
    expect(runner.errorCounters).toMatchObject({ retries: 3, failures: 3, errors: 0 })
  })

  test('a converter is tried again too, and a stop ends it: what was sent before is committed', async () => {
    const topic = 'endless'
    const source = new RecordedSource([['a', 'b'].map((value, i) => record(topic, value, i))])
    const { runner, told } = house.source(topic, source.task, {
      converters: refusing(value => (value === 'b' ? new RetriableException('never') : null)),
      errors: errors({ tolerance: 'none', retryTimeoutMs: -1, retryDelayMaxMs: 5 }),
    })
    await until('retries', () => runner.errorCounters.retries > 2)
    runner.stop()
    await runner.ended
    expect(told.states).toEqual(['RUNNING', 'UNASSIGNED'])
    expect(await house.values(topic)).toEqual(['a'])
    expect(await house.stored(topic, partition)).toEqual({ o: 0 })
    expect(runner.errorCounters).toMatchObject({ errors: 0, skipped: 0 })
  })

  test('a pause ends it, too, and the record is tried again from the resume on', async () => {
    const topic = 'paused'
    let works = false
    const source = new RecordedSource([['a', 'b', 'c'].map((value, i) => record(topic, value, i))])
    const { runner, told } = house.source(topic, source.task, {
      converters: refusing(value => (value === 'b' && !works ? new RetriableException('not yet') : null)),
      errors: errors({ tolerance: 'none', retryTimeoutMs: -1 }),
    })
    await until('a retry', () => runner.errorCounters.retries > 0)
    runner.pause()
    await until('PAUSED', () => told.last === 'PAUSED')
    works = true
    runner.resume()
    await until('c', () => runner.counters.written === 3)
    expect(await house.values(topic)).toEqual(['a', 'b', 'c'])
    expect(told.states).toEqual(['RUNNING', 'PAUSED', 'RUNNING'])
  })

  test('nothing is sent twice of a record that was paused between its transformation and its conversion', async () => {
    const topic = 'paused-between'
    let splits = false
    let works = false
    const source = new RecordedSource([[record(topic, 'a', 0)]])
    const { runner, told } = house.source(topic, source.task, {
      chain: chainOf<SourceRecord>(each => {
        splits = !splits
        if (splits) throw new RetriableException('not yet')
        return ['a1', 'a2'].map(part =>
          each.newRecord(topic, null, each.keySchema, each.key, each.valueSchema, part, null),
        )
      }),
      converters: refusing(value => (value === 'a2' && !works ? new RetriableException('not yet') : null)),
      errors: errors({ tolerance: 'none', retryTimeoutMs: -1, retryDelayMaxMs: 5 }),
    })
    await until('retries of the converter', () => runner.errorCounters.retries > 3)
    runner.pause()
    await until('PAUSED', () => told.last === 'PAUSED')
    works = true
    runner.resume()
    await until('all', () => runner.counters.written > 1)
    runner.stop()
    await runner.ended
    expect(await house.values(topic)).toEqual(['a1', 'a2'])
    expect(await house.stored(topic, partition)).toEqual({ o: 0 })
  })
})

describe('a transformation that gives several records', () => {
  const split = chainOf<SourceRecord>(each =>
    String(each.value)
      .split(',')
      .filter(part => part !== '')
      .map(part =>
        each.newRecord(each.topic, null, each.keySchema, each.key, each.valueSchema, part, each.timestamp),
      ),
  )

  test('all are sent; commitRecord comes once with the last one, none counts as dropped', async () => {
    const topic = 'fan'
    const source = new RecordedSource([
      [record(topic, 'a,b,c', 1), record(topic, '', 2), record(topic, 'd', 3)],
    ])
    const { runner } = house.source(topic, source.task, { chain: split })
    await until('d', () => source.calls.includes('cR(d,fan-0@3)'))
    runner.stop()
    await runner.ended
    expect(await house.values(topic)).toEqual(['a', 'b', 'c', 'd'])
    expect(calls(source).toSorted()).toEqual(['cR(,null)', 'cR(a,b,c,fan-0@2)', 'cR(d,fan-0@3)'])
    expect(runner.counters).toMatchObject({ polled: 3, sent: 4, written: 4, dropped: 1 })
    expect(await house.stored(topic, partition)).toEqual({ o: 3 })
  })

  test('one that cannot be converted takes all of its record along', async () => {
    const topic = 'atomic'
    const source = new RecordedSource([
      [record(topic, 'a', 1), record(topic, 'b,bad,c', 2), record(topic, 'd', 3)],
    ])
    const { runner } = house.source(topic, source.task, {
      chain: split,
      converters: bad,
      errors: errors({ deadLetterQueue: house.deadLetters('atomic-q') }),
    })
    await until('d', () => source.calls.some(call => call.startsWith('cR(d,')))
    expect(await house.values(topic)).toEqual(['a', 'd'])
    await until('the letter', async () => (await house.values('atomic-q')).length === 1)
    expect(await house.values('atomic-q')).toEqual(['b,bad,c'])
    expect(runner.counters).toMatchObject({ written: 2, dropped: 1 })
  })

  test('the offset waits for the last of them', async () => {
    const topic = 'wait'
    let tell: (() => void) | null = null
    const source = new RecordedSource([[record(topic, 'a', 1), record(topic, 'b,c', 2)]])
    const { runner } = house.source(topic, source.task, {
      chain: split,
      openProducer: async () => {
        const { producer, rest } = withholding(await house.kafka.producer({}), 2)
        tell = rest
        return producer
      },
      offsetFlushIntervalMs: 20,
    })
    await until('two', () => runner.counters.written === 2)
    await until('the first offset', async () => await house.stored(topic, partition))
    expect(await house.stored(topic, partition)).toEqual({ o: 1 })
    expect(calls(source)).toEqual(['cR(a,wait-0@0)'])
    tell!()
    await until('the offset', async () => (await house.stored(topic, partition))?.['o'] === 2)
    expect(calls(source)).toEqual(['cR(a,wait-0@0)', 'cR(b,c,wait-0@2)'])
  })
})

const notYours = new KafkaError('TOPIC_AUTHORIZATION_FAILED', 'not yours')

/** The real producer; outcomes from sequence `first` on are told by `rest`. */
function withholding(producer: Producer, first: number): { producer: Producer; rest: () => void } {
  const wrapper = around(producer)
  const gate = Promise.withResolvers<void>()
  producer.onDelivery = runs => {
    for (const run of runs) {
      for (let i = 0; i < run.count; i++) {
        const one = { ...run, first: run.first + i, count: 1, baseOffset: run.baseOffset + i }
        if (one.first < first) wrapper.onDelivery([one])
        else void gate.promise.then(() => wrapper.onDelivery([one]))
      }
    }
  }
  return { producer: wrapper, rest: gate.resolve }
}

describe('bunnect.errors.deadletterqueue', () => {
  test('the record as it was polled, as the converters write it, with where it came from', async () => {
    const topic = 'sdl'
    const headers = new ConnectHeaders().addString('h', 'x')
    const source = new RecordedSource([
      [
        new SourceRecord(
          { p: 1, a: 'ä' },
          { o: 9_007_199_254_740_993n },
          topic,
          2,
          STRING_SCHEMA,
          'k',
          STRING_SCHEMA,
          'boom',
          1234,
          headers,
        ),
        record(topic, 'bad', 2),
      ],
    ])
    const { runner } = house.source(topic, source.task, {
      converters: bad,
      chain: chainOf<SourceRecord>(each => {
        if (each.value === 'boom') throw new Error('smt boom')
        return each
      }),
      errors: errors({ deadLetterQueue: house.deadLetters('sdl-q') }),
    })
    await until('both', () => runner.errorCounters.skipped === 2)
    runner.stop()
    await runner.ended
    const [first, second] = await house.records('sdl-q')
    expect(first).toMatchObject({ key: 'k', value: 'boom', timestamp: 1234 })
    expect(first!.headers.filter(([name]) => !name.endsWith('stacktrace'))).toEqual([
      ['h', 'x'],
      ['__connect.errors.topic', 'sdl'],
      ['__connect.errors.partition', '2'],
      ['__connect.errors.connector.name', 'sdl'],
      ['__connect.errors.task.id', '0'],
      ['__connect.errors.stage', 'TRANSFORMATION'],
      ['__connect.errors.class.name', 'test.Step0'],
      ['__connect.errors.exception.class.name', 'Error'],
      ['__connect.errors.exception.message', 'smt boom'],
      ['__connect.errors.source.partition', '{"p":1,"a":"ä"}'],
      ['__connect.errors.source.offset', '{"o":9007199254740993}'],
    ])
    // The value converter refuses this one: Java's text of it.
    expect(second).toMatchObject({ key: 'k', value: 'bad' })
    expect(second!.headers.some(([name]) => name === '__connect.errors.partition')).toBe(false)
  })

  test('thousands that Kafka refuses, through small buffers: all letters arrive, in order', async () => {
    const topic = 'sdlmany'
    const values = Array.from({ length: 3000 }, (_, i) => `${i}-${'x'.repeat(i % 300)}`)
    const source = new RecordedSource(
      [0, 1, 2].map(k =>
        values.slice(k * 1000, k * 1000 + 1000).map((value, i) => record(topic, value, k * 1000 + i)),
      ),
    )
    const { runner } = house.source(topic, source.task, {
      openProducer: async () => refusingAll(await house.kafka.producer({}), notYours),
      errors: errors({
        deadLetterQueue: house.deadLetters('sdlmany-q', {
          openProducer: () => house.kafka.producer({ 'buffer.memory': '40000' }),
        }),
      }),
    })
    await until('all', () => calls(source).length === 3000)
    runner.stop()
    await runner.ended
    expect(await house.values('sdlmany-q')).toEqual(values)
    expect(await house.stored(topic, partition)).toEqual({ o: 2999 })
    expect(runner.counters.written).toBe(0)
  })

  test('offsets are stored only when the letters before them are durable', async () => {
    const topic = 'sdlwait'
    let tell: (() => void) | null = null
    const source = new RecordedSource([[record(topic, 'bad', 1), record(topic, 'b', 2)]])
    const { runner } = house.source(topic, source.task, {
      converters: bad,
      errors: errors({
        deadLetterQueue: house.deadLetters('sdlwait-q', {}, producer => {
          const held = withholding(producer, 0)
          tell = held.rest
          return held.producer
        }),
      }),
      offsetFlushIntervalMs: 20,
      offsetFlushTimeoutMs: 20,
    })
    log.length = 0
    await until('a refused commit', () => log.some(line => line.includes('Failed to commit offsets')))
    await until('b', () => runner.counters.written === 1)
    expect(await house.stored(topic, partition)).toBeNull()
    tell!()
    await until('the offset', async () => (await house.stored(topic, partition))?.['o'] === 2)
  })
})

test('what the client refuses for now is handed over again', async () => {
  log.length = 0
  const topic = 'again'
  let refusals = 2
  const source = new RecordedSource([['a', 'b', 'c'].map((value, i) => record(topic, value, i))])
  const { runner, told } = house.source(topic, source.task, {
    openProducer: async () => {
      const producer = await house.kafka.producer({})
      const send = producer.send.bind(producer)
      producer.send = (batch, from) => {
        if (refusals-- > 0) throw new KafkaError('REQUEST_TIMED_OUT', 'no metadata', { retriable: true })
        return send(batch, from)
      }
      return producer
    },
  })
  await until('all', () => runner.counters.written === 3)
  expect(await house.values(topic)).toEqual(['a', 'b', 'c'])
  expect(told.states).toEqual(['RUNNING'])
  expect(log.filter(line => line.includes('Failed to send record')).length).toBe(2)
})
