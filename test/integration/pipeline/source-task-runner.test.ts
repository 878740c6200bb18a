import { describe, expect, test } from 'bun:test'
import { DataException, javaTrace, RetriableException } from '../../../src/data/errors.ts'
import { type OffsetMap, SourceRecord } from '../../../src/data/records.ts'
import { STRING_SCHEMA } from '../../../src/data/schema.ts'
import { type DeliveryRun, KafkaError, type Producer } from '../../../src/kafka/port.ts'
import { converters, ownHouse, RecordedSource, until } from './harness.ts'
import { around } from './producers.ts'

const { house, log } = ownHouse()

const partition: OffsetMap = { p: 1 }
const record = (
  topic: string | null,
  value: unknown,
  o: OffsetMap | number | null,
  more: { partition?: number; timestamp?: number } = {},
) =>
  new SourceRecord(
    partition,
    typeof o === 'number' ? { o } : o,
    topic,
    more.partition ?? null,
    null,
    null,
    STRING_SCHEMA,
    value,
    more.timestamp ?? null,
  )

describe('the calls of a source task', () => {
  test('initialize, start, poll, commitRecord for each record, commit, stop; the last offset is stored', async () => {
    const source = new RecordedSource([[record('calls', 'a', 1), record('calls', 'b', 2)]])
    const { runner, told } = house.source('calls', source.task)
    // An acknowledgement may take longer than the next poll.
    await until('b', () => source.calls.includes('cR(b,calls-0@1)'))
    source.add([record('calls', 'c', 3)])
    await until('c', () => source.calls.includes('cR(c,calls-0@2)'))
    expect(runner.counters).toMatchObject({ polled: 3, sent: 3, written: 3, dropped: 0 })
    runner.stop()
    await runner.ended
    expect(source.calls).toEqual([
      'initialize',
      'start',
      'poll2',
      'cR(a,calls-0@0)',
      'cR(b,calls-0@1)',
      'poll1',
      'cR(c,calls-0@2)',
      'commit',
      'stop',
    ])
    expect(told.states).toEqual(['RUNNING', 'UNASSIGNED'])
    expect(await house.values('calls')).toEqual(['a', 'b', 'c'])
    expect(await house.stored('calls', partition)).toEqual({ o: 3 })
  })

  test('the stored offset is what the next instance reads, and its topic and configuration', async () => {
    let read: unknown
    let configs: unknown
    const { runner } = house.source('calls', context => ({
      async start() {
        read = await context.offsets.offset(partition)
        configs = context.configs()
      },
      poll: () => Bun.sleep(5).then(() => null),
    }))
    await until('the start', () => configs)
    expect(read).toEqual({ o: 3 })
    expect(configs).toEqual({ name: 'calls' })
    runner.stop()
    await runner.ended
  })

  test('commit is called at every interval, also when idle and while paused; poll is not', async () => {
    const source = new RecordedSource([])
    const { runner, told } = house.source('idle', source.task, { offsetFlushIntervalMs: 20 })
    await until('commits', () => source.calls.filter(call => call === 'commit').length >= 3)
    runner.pause()
    await until('PAUSED', () => told.last === 'PAUSED')
    source.add([record('idle', 'x', 1)])
    const before = source.calls.length
    await until('commits while paused', () => source.calls.length >= before + 3)
    expect(source.calls.slice(before).every(call => call === 'commit')).toBe(true)
    runner.resume()
    await until('x', () => source.calls.includes('cR(x,idle-0@0)'))
    expect(told.states).toEqual(['RUNNING', 'PAUSED', 'RUNNING'])
  })

  test('a task created paused is not even made until it is resumed', async () => {
    const source = new RecordedSource([[record('later', 'x', 1)]])
    const { runner, told } = house.source('later', source.task, { paused: true })
    await until('PAUSED', () => told.last === 'PAUSED')
    expect(source.calls).toEqual([])
    runner.resume()
    await until('x', () => source.calls.includes('cR(x,later-0@0)'))
    expect(told.states).toEqual(['PAUSED', 'RUNNING'])
    const never = house.source('never', source.task, { paused: true })
    await until('PAUSED', () => never.told.last === 'PAUSED')
    never.runner.stop()
    await never.runner.ended
    expect(never.told.states).toEqual(['PAUSED', 'UNASSIGNED'])
  })

  test('what commitRecord and commit throw is logged and nothing else', async () => {
    log.length = 0
    const fail = () => {
      throw new Error('plugin trouble')
    }
    const source = new RecordedSource([[record('cr', 'x', 1)]], { commit: fail, commitRecord: fail })
    const { runner, told } = house.source('cr', source.task)
    await until('x', () => runner.counters.written === 1)
    runner.stop()
    await runner.ended
    expect(told.last).toBe('UNASSIGNED')
    expect(await house.stored('cr', partition)).toEqual({ o: 1 })
    expect(log.join('')).toContain('Exception thrown while calling task.commitRecord()')
    expect(log.join('')).toContain('Exception thrown while calling task.commit()')
  })

  test('a failed start: stop is called, nothing else', async () => {
    const source = new RecordedSource([], {
      start: () => {
        throw new Error('no start')
      },
    })
    const { told } = house.source('nostart', source.task)
    await until('FAILED', () => told.last === 'FAILED')
    expect(source.calls).toEqual(['initialize', 'start', 'stop'])
    expect(told.trace).toEqual(['no start'])
  })
})

describe('poll', () => {
  for (const error of [new RetriableException('again'), new KafkaError('X', 'again', { retriable: true })]) {
    test(`${error.name} is tried again`, async () => {
      log.length = 0
      const source = new RecordedSource([error, error, [record('retry', 'x', 1)]])
      const { runner, told } = house.source('retry', source.task)
      await until('x', () => runner.counters.written === 1)
      expect(source.calls.slice(2, 5)).toEqual(['poll✗', 'poll✗', 'poll1'])
      expect(told.states).toEqual(['RUNNING'])
      expect(log.join('')).toContain('failed to poll records from SourceTask. Will retry operation.')
    })
  }

  test('any other error fails the task after what is acknowledged was committed', async () => {
    const source = new RecordedSource([
      [record('pf', 'x', 1)],
      [record('pf', 'y', 2)],
      new Error('poll broke'),
    ])
    const { told } = house.source('pf', source.task)
    await until('FAILED', () => told.last === 'FAILED')
    const acks = ['cR(x,pf-0@0)', 'cR(y,pf-0@1)']
    expect(source.calls.filter(call => acks.includes(call))).toEqual(acks)
    expect(source.calls.slice(-2)).toEqual(['commit', 'stop'])
    expect(told.trace).toEqual(['poll broke'])
    expect(await house.stored('pf', partition)).toEqual({ o: 2 })
  })

  test('a task that never waits leaves the event loop alone', async () => {
    let polls = 0
    house.source('busy', () => ({
      poll() {
        polls++
        return null
      },
    }))
    let ticks = 0
    const timer = setInterval(() => ticks++, 1)
    await until('polls', () => polls > 20)
    clearInterval(timer)
    expect(ticks).toBeGreaterThan(5)
  })
})

describe('records that cannot be sent fail the task; what was before them is sent and committed', () => {
  const table: [name: string, bad: SourceRecord, trace: string[]][] = [
    ['no topic', record(null, 'x', 2), ['Topic cannot be null.']],
    [
      'a negative partition',
      record('bad', 'x', 2, { partition: -3 }),
      ['Invalid partition: -3. Partition number should always be non-negative or null.'],
    ],
    ['a negative timestamp', record('bad', 'x', 2, { timestamp: -5 }), ['Invalid record timestamp -5']],
  ]
  for (const [name, bad, trace] of table) {
    test(name, async () => {
      const connector = `bad-${name.replaceAll(' ', '-')}`
      const source = new RecordedSource([[record(connector, 'ok', 1), bad, record(connector, 'after', 3)]])
      const { told } = house.source(connector, source.task)
      await until('FAILED', () => told.last === 'FAILED')
      expect(told.trace).toEqual(trace)
      expect(await house.stored(connector, partition)).toEqual({ o: 1 })
      expect(await house.values(connector)).toEqual(['ok'])
      expect(source.calls.slice(-3)).toEqual([`cR(ok,${connector}-0@0)`, 'commit', 'stop'])
    })
  }

  test('a record that the converter refuses', async () => {
    const refuse = {
      ...converters,
      value: {
        ...converters.value,
        serialize: (...[topic, schema, value, out]: Parameters<typeof converters.value.serialize>) => {
          if (value === 'bad') throw new DataException('cannot convert')
          converters.value.serialize(topic, schema, value, out)
        },
      },
    }
    const source = new RecordedSource([[record('conv', 'ok', 1), record('conv', 'bad', 2)]])
    const { told } = house.source('conv', source.task, { converters: refuse })
    await until('FAILED', () => told.last === 'FAILED')
    expect(told.trace).toEqual(['Tolerance exceeded in error handler', 'cannot convert'])
    expect(javaTrace(told.error).split('\n')[1]).toBe(
      '\tat stage VALUE_CONVERTER (org.apache.kafka.connect.storage.StringConverter) of task conv-0, record of ' +
        'topic \'conv\' with source partition {"p":1} and source offset {"o":2}',
    )
    expect(await house.values('conv')).toEqual(['ok'])
    expect(await house.stored('conv', partition)).toEqual({ o: 1 })
  })

  test('a record that the broker refuses: its offset and later ones are not committed', async () => {
    const big = 'b'.repeat(2_000_000)
    const source = new RecordedSource([
      [record('big', 's1', 1), record('big', big, 2), record('big', 's2', 3)],
    ])
    const { told } = house.source('big', source.task)
    await until('FAILED', () => told.last === 'FAILED')
    expect(told.trace[0]).toBe('Unrecoverable exception from producer send callback')
    expect(javaTrace(told.error).split('\n')[1]).toBe(
      '\tat task big-0, record of topic \'big\' with source partition {"p":1} and source offset {"o":2}',
    )
    expect(told.trace.length).toBe(2)
    expect(await house.stored('big', partition)).toEqual({ o: 1 })
    expect(source.calls).toContain('cR(s1,big-0@0)')
    expect(source.calls.slice(-2)).toEqual(['commit', 'stop'])
  })
})

test('an offset that cannot be stored is told, keeps the others from nothing, and heals with the next', async () => {
  log.length = 0
  const nested = { a: { b: 1 } } as unknown as OffsetMap
  const source = new RecordedSource([[record('nest', 'x', nested)]])
  const { runner, told } = house.source('nest', source.task, { offsetFlushIntervalMs: 20 })
  await until('the complaint', () =>
    log.some(line => line.includes('making it impossible to commit offsets under namespace nest')),
  )
  // Before it was acknowledged there was nothing to store, which is a commit.
  const since = () => source.calls.slice(source.calls.indexOf('cR(x,nest-0@0)'))
  expect(since()).not.toContain('commit')
  expect(told.states).toEqual(['RUNNING'])
  source.add([record('nest', 'y', 2)])
  await until('commit', () => since().includes('commit'))
  expect(await house.stored('nest', partition)).toEqual({ o: 2 })
  runner.stop()
})

test('a task given up commits nothing any more and tells no state (a later instance may be ahead)', async () => {
  const gate = Promise.withResolvers<void>()
  const calls: string[] = []
  const zombie = house.source('zombie', () => ({
    async poll() {
      calls.push('poll')
      if (calls.length === 1) return [record('zombie', 'a', 1)]
      await gate.promise
      return null
    },
    commit: () => void calls.push('commit'),
    stop: () => void calls.push('stop'),
  }))
  await until('a', () => zombie.runner.counters.written === 1 && calls.length === 2)
  zombie.runner.stop()
  await until('what is acknowledged to be stored', async () => await house.stored('zombie', partition))
  expect(await zombie.runner.awaitStop(30)).toBe(false)
  zombie.runner.cancel()
  const next = new RecordedSource([[record('zombie', 'n', 3)]])
  const { runner } = house.source('zombie', next.task)
  await until('n', () => runner.counters.written === 1)
  runner.stop()
  await runner.ended
  expect(await house.stored('zombie', partition)).toEqual({ o: 3 })
  gate.resolve()
  await zombie.runner.ended
  expect(calls).toEqual(['poll', 'poll', 'stop'])
  expect(zombie.told.states).toEqual(['RUNNING'])
  expect(await house.stored('zombie', partition)).toEqual({ o: 3 })
})

test('back-pressure: small buffers on both sides, everything arrives in order', async () => {
  const values = Array.from({ length: 3000 }, (_, i) => `${i}-${'v'.repeat(i % 400)}`)
  const polls = []
  for (let i = 0; i < values.length; i += 100) {
    polls.push(values.slice(i, i + 100).map((value, k) => record('small', value, i + k)))
  }
  const { runner } = house.source('small', new RecordedSource(polls).task, {
    producer: { 'buffer.memory': '40000' },
    inFlightBytes: 20_000,
  })
  await until('all', () => runner.counters.written === values.length)
  runner.stop()
  await runner.ended
  expect(await house.values('small')).toEqual(values)
  expect(await house.stored('small', partition)).toEqual({ o: 2999 })
})

/** The real producer, of which the task learns no outcome from the record `first` on, until `tell`. */
function silent(producer: Producer, first: number) {
  const wrapper = around(producer)
  const closed = Promise.withResolvers<void>()
  let unsaid: DeliveryRun[] = []
  let from = first
  let inFlight = 0
  const say = () => {
    const runs = unsaid.filter(run => run.first < from)
    unsaid = unsaid.filter(run => run.first >= from)
    for (const run of runs) inFlight -= run.count
    if (runs.length > 0) wrapper.onDelivery(runs)
  }
  producer.onDelivery = runs => {
    for (const run of runs) {
      for (let i = 0; i < run.count; i++) {
        unsaid.push({ ...run, first: run.first + i, count: 1, baseOffset: run.baseOffset + i })
      }
    }
    say()
  }
  Object.defineProperty(wrapper, 'inFlight', { get: () => inFlight })
  wrapper.send = (batch, start) => {
    const taken = producer.send(batch, start)
    inFlight += taken
    return taken
  }
  wrapper.flush = ms => Promise.race([Bun.sleep(ms), closed.promise]).then(() => inFlight === 0)
  wrapper.close = ms => {
    closed.resolve()
    return producer.close(ms)
  }
  const tell = (end: number) => {
    from = end
    say()
  }
  return { producer: wrapper, tell }
}

describe('a task that is asked to stop', () => {
  test('stores what is acknowledged while it waits for the rest, in case it is given up', async () => {
    const quiet = silent(await house.kafka.producer({}), 2)
    const source = new RecordedSource([[1, 2, 3, 4].map(o => record('waits', `${o}`, o))])
    const { runner, told } = house.source('waits', source.task, {
      openProducer: async () => quiet.producer,
      offsetFlushTimeoutMs: 60_000,
    })
    await until('two', () => runner.counters.written === 2)
    runner.stop()
    await until('both to be stored', async () => (await house.stored('waits', partition))?.['o'] === 2)
    quiet.tell(3)
    await until('the third to be stored', async () => (await house.stored('waits', partition))?.['o'] === 3)
    expect(await runner.awaitStop(30)).toBe(false)
    runner.cancel()
    await runner.ended
    expect(await house.stored('waits', partition)).toEqual({ o: 3 })
    expect(source.calls.slice(-2)).toEqual(['cR(3,waits-0@2)', 'stop'])
    expect(told.states).toEqual(['RUNNING'])
  })

  test('sends the whole of what it has polled first, though it has to wait for room', async () => {
    const records = Array.from({ length: 3000 }, (_, i) => record('whole', `${i}-${'v'.repeat(200)}`, i))
    let polls = 0
    const calls: string[] = []
    const { runner, told } = house.source(
      'whole',
      () => ({
        poll() {
          polls++
          runner.stop()
          return records
        },
        commit: () => void calls.push('commit'),
        stop: () => void calls.push('stop'),
      }),
      { producer: { 'buffer.memory': '40000' }, inFlightBytes: 20_000 },
    )
    await runner.ended
    expect(polls).toBe(1)
    expect(await house.values('whole')).toEqual(records.map(({ value }) => value as string))
    expect(await house.stored('whole', partition)).toEqual({ o: 2999 })
    expect(calls).toEqual(['commit', 'stop'])
    expect(told.states).toEqual(['RUNNING', 'UNASSIGNED'])
  })

  test('and is given up before everything is sent: the task is not told commit', async () => {
    const quiet = silent(await house.kafka.producer({}), 0)
    const source = new RecordedSource([
      Array.from({ length: 5000 }, (_, i) => record('part', 'v'.repeat(200), i)),
    ])
    const { runner, told } = house.source('part', source.task, {
      openProducer: async () => quiet.producer,
      inFlightBytes: 1,
      offsetFlushTimeoutMs: 50,
    })
    await until('some to be sent', () => runner.counters.sent > 0)
    runner.stop()
    expect(await runner.awaitStop(200)).toBe(false)
    runner.cancel()
    await runner.ended
    expect(runner.counters.sent).toBeLessThan(5000)
    expect(source.calls.slice(-2)).toEqual(['poll5000', 'stop'])
    expect(told.states).toEqual(['RUNNING'])
    expect(await house.stored('part', partition)).toBeNull()
  })
})

describe('a producer that dies', () => {
  /** The real producer, that dies for the task's eyes after so many accepted batches, its outcomes lost. */
  function mortal(producer: Producer, batches: number, code: string): Producer {
    const error = new KafkaError(code, 'the client is dead', { fatal: true })
    let left = batches
    const wrapper = around(producer)
    producer.onDelivery = runs => {
      if (left > 0) wrapper.onDelivery(runs)
    }
    wrapper.send = (batch, from) => {
      if (left === 0) throw error
      if (--left === 0) queueMicrotask(() => wrapper.onFatal(error))
      return producer.send(batch, from)
    }
    wrapper.room = signal => (left === 0 ? Promise.reject(error) : producer.room(signal))
    wrapper.flush = ms => (left === 0 ? Promise.resolve(false) : producer.flush(ms))
    return wrapper
  }

  test('is replaced, and everything not known to be in Kafka is sent again, in order', async () => {
    log.length = 0
    let opened = 0
    const polls = Array.from({ length: 40 }, (_, i) => [record('mortal', `${i}`, i)])
    const { runner } = house.source('mortal', new RecordedSource(polls).task, {
      openProducer: async () => {
        const producer = await house.kafka.producer({})
        return ++opened < 4 ? mortal(producer, 7, 'OUT_OF_ORDER_SEQUENCE_NUMBER') : producer
      },
    })
    await until('all', () => runner.counters.written >= 40)
    runner.stop()
    await runner.ended
    expect(opened).toBe(4)
    const values = (await house.values('mortal')).map(Number)
    expect([...new Set(values)]).toEqual(Array.from({ length: 40 }, (_, i) => i))
    expect(await house.stored('mortal', partition)).toEqual({ o: 39 })
    expect(log.filter(line => line.includes('The producer has died and is replaced')).length).toBe(3)
  })

  test('is not replaced by one that opens after the task was given up: nothing is sent again', async () => {
    const gate = Promise.withResolvers<void>()
    const producers: Producer[] = []
    const source = new RecordedSource([[record('late', 'a', 1), record('late', 'b', 2)]])
    const { runner } = house.source('late', source.task, {
      openProducer: async () => {
        const producer = await house.kafka.producer({})
        if (producers.push(producer) === 1) return mortal(producer, 1, 'OUT_OF_ORDER_SEQUENCE_NUMBER')
        await gate.promise
        return producer
      },
    })
    await until('the second producer to be opened', () => producers.length === 2)
    await until('the records', async () => (await house.values('late')).length === 2)
    runner.cancel()
    gate.resolve()
    await runner.ended
    const second = producers[1]!
    expect(second.nextSequence).toBe(0)
    await expect(second.room()).rejects.toThrow('after producer has been closed')
    expect(await house.values('late')).toEqual(['a', 'b'])
  })

  test('because another took its place is not: the task fails', async () => {
    const polls = Array.from({ length: 10 }, (_, i) => [record('fenced', `${i}`, i)])
    const { told } = house.source('fenced', new RecordedSource(polls).task, {
      openProducer: async () => mortal(await house.kafka.producer({}), 3, 'PRODUCER_FENCED'),
    })
    await until('FAILED', () => told.last === 'FAILED')
    expect(told.trace).toEqual(['Unrecoverable exception from producer send callback', 'the client is dead'])
  })
})
