import { describe, expect, test } from 'bun:test'
import { DataException, javaTrace, RetriableException } from '../../../src/data/errors.ts'
import { KafkaError } from '../../../src/kafka/port.ts'
import { converters, House, ownHouse, RecordedSink, type Told, until } from './harness.ts'

const { house, log } = ownHouse()

const failed = (told: Told) => until('FAILED', () => told.last === 'FAILED')
/** Short: most of these look at commits. */
const quick = { offsetFlushIntervalMs: 40 }

const openedFor = (connector: string) =>
  house.kafka.consumer({ 'group.id': `connect-${connector}`, 'auto.offset.reset': 'earliest' })

describe('the calls of a sink task', () => {
  test('create, put, timed preCommit, stop: observed.md §1', async () => {
    await house.topic('c1', 2)
    await house.produce('c1', ['a', 'b'], 0)
    await house.produce('c1', ['c'], 1)
    const sink = new RecordedSink()
    const { runner, told } = house.sink('c1', sink.task, quick)
    await until('commit', async () => (await house.committed('c1'))['c1-0'] === 2)
    runner.stop()
    await runner.ended
    expect(sink.values.toSorted()).toEqual(['a', 'b', 'c'])
    expect(sink.calls.slice(0, 3)).toEqual(['initialize', 'start', 'open[c1-0,c1-1]'])
    expect(sink.calls[3]).toMatch(/^put[123]$/)
    expect(sink.calls.slice(-3)).toEqual(['pC{c1-0=2,c1-1=1}', 'close[c1-0,c1-1]', 'stop'])
    expect(told.states).toEqual(['RUNNING', 'UNASSIGNED'])
    expect(await house.committed('c1')).toEqual({ 'c1-0': 2, 'c1-1': 1 })
    expect(runner.counters).toMatchObject({ read: 3, put: 3, commitFailures: 0 })
  })

  test('the record: converter results, offset, timestamp and its type; a tombstone has the value null', async () => {
    await house.topic('rec')
    await house.produce('rec', ['x', null])
    const sink = new RecordedSink()
    house.sink('rec', sink.task)
    await until('both', () => sink.records.length === 2)
    expect(sink.records[0]).toMatchObject({
      topic: 'rec',
      kafkaPartition: 0,
      key: null,
      value: 'x',
      kafkaOffset: 0,
      timestamp: 1_700_000_000_000,
      timestampType: 'CreateTime',
    })
    expect(sink.records[0]!.valueSchema).toMatchObject({ type: 'STRING', optional: true })
    expect(sink.records[1]!.value).toBeNull()
  })

  test('idle: put with an empty batch and preCommit with the positions, once an interval', async () => {
    await house.topic('idle')
    const sink = new RecordedSink()
    const { runner } = house.sink('idle', sink.task, quick)
    // Its position is known after the first poll.
    const since = () => sink.calls.slice(sink.calls.indexOf('pC{idle-0=0}'))
    await until('three rounds', () => since().length >= 6)
    expect(since().slice(0, 6)).toEqual(
      Array.from({ length: 6 }, (_, i) => (i % 2 ? 'put0' : 'pC{idle-0=0}')),
    )
    runner.stop()
    await runner.ended
    // Nothing changed, so nothing was committed.
    expect(await house.committed('idle')).toEqual({})
  })

  test('goes on at the committed offset', async () => {
    await house.produce('c1', ['d'], 0)
    const sink = new RecordedSink()
    const { runner } = house.sink('c1', sink.task)
    await until('d', () => sink.values.length > 0)
    runner.stop()
    await runner.ended
    expect(sink.values).toEqual(['d'])
    expect(await house.committed('c1')).toEqual({ 'c1-0': 3, 'c1-1': 1 })
  })

  test('pause: preCommit at once without a put, then idle rounds without records; resume brings them', async () => {
    await house.topic('pause')
    await house.produce('pause', ['a'])
    const sink = new RecordedSink()
    const { runner, told } = house.sink('pause', sink.task)
    await until('a', () => sink.values.length === 1)
    const before = sink.calls.length
    runner.pause()
    await until('the commit', () => sink.calls.length > before)
    expect(sink.calls[before]).toBe('pC{pause-0=1}')
    expect(told.last).toBe('PAUSED')
    await house.produce('pause', ['b'])
    await Bun.sleep(50)
    expect(sink.values).toEqual(['a'])
    runner.resume()
    await until('b', () => sink.values.length === 2)
    expect(told.states).toEqual(['RUNNING', 'PAUSED', 'RUNNING'])
  })

  test('created paused: nothing at all, not even a member of the group', async () => {
    await house.topic('cp')
    await house.produce('cp', ['a'])
    const sink = new RecordedSink()
    const { runner, told } = house.sink('cp', sink.task, { paused: true })
    await until('PAUSED', () => told.last === 'PAUSED')
    expect(sink.calls).toEqual([])
    runner.resume()
    await until('a', () => sink.values.length === 1)
    expect(told.states).toEqual(['PAUSED', 'RUNNING'])
  })

  test('a second task joins: the first gives back everything and opens what is left', async () => {
    await house.topic('join', 2)
    await house.produce('join', ['a'], 0)
    await house.produce('join', ['b'], 1)
    const first = new RecordedSink()
    house.sink('join', first.task)
    await until('both', () => first.values.length === 2)
    const before = first.calls.length
    const second = new RecordedSink()
    const joined = house.sink('join', second.task, { number: 1 })
    await until('the second to open', () => second.calls.includes('open[join-1]'))
    await until('the first to open', () => first.calls.slice(before).includes('open[join-0]'))
    expect(first.calls.slice(before).filter(call => call !== 'put0')).toEqual([
      'pC{join-0=1,join-1=1}',
      'close[join-0,join-1]',
      'open[join-0]',
    ])
    await house.produce('join', ['c'], 1)
    await until('c', () => second.values.length === 1)
    expect(second.values).toEqual(['c'])
    joined.runner.stop()
    await joined.runner.ended
    await until(
      'all to come back',
      () => first.calls.includes('close[join-0]') && first.calls.at(-1)!.startsWith('open'),
    )
    expect(first.calls.filter(call => call.startsWith('open')).at(-1)).toBe('open[join-0,join-1]')
  })

  test('topics.regex finds a topic that appears later, from its first record', async () => {
    await house.topic('re-1')
    await house.produce('re-1', ['w'])
    const sink = new RecordedSink()
    house.sink('regex', sink.task, {
      topics: { pattern: /^re-\d$/ },
      consumer: { 'metadata.max.age.ms': '50' },
    })
    await until('w', () => sink.values.length === 1)
    await house.topic('re-2')
    await house.produce('re-2', ['x'])
    await until('x', () => sink.values.length === 2)
    expect(sink.calls.filter(call => !call.startsWith('put')).slice(2)).toEqual([
      'open[re-1-0]',
      'pC{re-1-0=1}',
      'close[re-1-0]',
      'open[re-1-0,re-2-0]',
    ])
  })
})

describe('put', () => {
  test('a RetriableException brings the same records again, commits go on with the old offsets', async () => {
    await house.topic('again')
    let refusals = 0
    const sink = new RecordedSink({
      put(records) {
        if (records.length > 0 && refusals++ < 3) throw new RetriableException('not yet')
      },
    })
    const { told } = house.sink('again', sink.task, quick)
    await house.produce('again', ['a', 'b'])
    await until('the second put', () => sink.calls.includes('put2✗'))
    await house.produce('again', ['c'])
    await until('c', () => sink.values.length === 3)
    expect(sink.values).toEqual(['a', 'b', 'c'])
    const calls = sink.calls.slice(sink.calls.indexOf('put2✗'))
    expect(calls.filter(call => call.startsWith('put') && call !== 'put0')).toEqual([
      ...calls.filter(call => call === 'put2✗'),
      'put2',
      'put1',
    ])
    expect(
      calls
        .slice(0, calls.indexOf('put2'))
        .filter(call => call.startsWith('pC'))
        .every(call => call === 'pC{again-0=0}'),
    ).toBe(true)
    expect(told.states).toEqual(['RUNNING'])
    await until('the commit', async () => (await house.committed('again'))['again-0'] === 3)
  })

  test('while a commit has no answer and the next is due, the task is not called all the time', async () => {
    await house.topic('unanswered')
    await house.produce('unanswered', ['a'])
    const sink = new RecordedSink()
    let commits = 0
    const { runner } = house.sink('unanswered', sink.task, {
      openConsumer: async () => {
        const consumer = await openedFor('unanswered')
        const commit = consumer.commit.bind(consumer)
        consumer.commit = offsets => (++commits === 1 ? new Promise(() => {}) : commit(offsets))
        return consumer
      },
      offsetFlushIntervalMs: 20,
      offsetFlushTimeoutMs: 400,
    })
    await until('the commit to be given up', () => runner.counters.commitFailures === 1)
    const calls = sink.calls.slice(sink.calls.lastIndexOf('put1'))
    expect(calls.filter(call => call === 'put0').length).toBeLessThan(20)
    await until('the next one', async () => (await house.committed('unanswered'))['unanswered-0'] === 1)
  })

  test('stopped while its start runs: it never joins the group', async () => {
    await house.topic('early')
    const gate = Promise.withResolvers<void>()
    const sink = new RecordedSink({ start: () => gate.promise })
    let joined = false
    const { runner, told } = house.sink('early', sink.task, {
      openConsumer: async () => {
        const consumer = await openedFor('early')
        consumer.subscribe = () => {
          joined = true
        }
        return consumer
      },
    })
    await until('start', () => sink.calls.includes('start'))
    runner.stop()
    gate.resolve()
    await runner.ended
    expect(joined).toBe(false)
    expect(sink.calls).toEqual(['initialize', 'start', 'stop'])
    expect(told.states).toEqual(['UNASSIGNED'])
  })

  test('context.timeout says how soon', async () => {
    await house.topic('soon')
    await house.produce('soon', ['a'])
    const sink = new RecordedSink({
      put(_records, context, count) {
        context.timeout(20)
        if (count < 4) throw new RetriableException('not yet')
      },
    })
    house.sink('soon', sink.task)
    await until('a', () => sink.values.length === 1)
    expect(sink.calls.slice(3)).toEqual(['put1✗', 'put1✗', 'put1✗', 'put1'])
  })

  for (const error of [new Error('boom'), new KafkaError('REQUEST_TIMED_OUT', 'boom', { retriable: true })]) {
    test(`${error.name} fails the task; what was put before is committed`, async () => {
      const topic = `boom-${error.name}`
      await house.topic(topic)
      await house.produce(topic, ['a'])
      const sink = new RecordedSink({
        put(records) {
          if (records.some(({ value }) => value === 'bad')) throw error
        },
      })
      const { told } = house.sink(topic, sink.task)
      await until('a', () => sink.values.length === 1)
      await house.produce(topic, ['bad'])
      await failed(told)
      expect(sink.calls.slice(-4)).toEqual(['put1✗', `pC{${topic}-0=1}`, `close[${topic}-0]`, 'stop'])
      expect(told.trace).toEqual(['Exiting WorkerSinkTask due to unrecoverable exception.', 'boom'])
      expect(await house.committed(topic)).toEqual({ [`${topic}-0`]: 1 })
    })
  }

  test('a record that the converter refuses fails the task and names its place', async () => {
    await house.topic('conv')
    await house.produce('conv', ['ok', 'bad'])
    const sink = new RecordedSink()
    const { told } = house.sink('conv', sink.task, {
      converters: {
        ...converters,
        value: {
          serialize: converters.value.serialize,
          deserialize(topic, data, start, length, into) {
            converters.value.deserialize(topic, data, start, length, into)
            if (into.value === 'bad') throw new DataException('cannot read')
          },
        },
      },
    })
    await failed(told)
    expect(told.trace).toEqual(['Tolerance exceeded in error handler', 'cannot read'])
    expect(javaTrace(told.error).split('\n')[1]).toBe(
      '\tat stage VALUE_CONVERTER (org.apache.kafka.connect.storage.StringConverter) of task conv-0, ' +
        "record of topic 'conv', partition 0, offset 1",
    )
    // Java has put nothing of that batch either.
    expect(sink.values).toEqual([])
    expect(await house.committed('conv')).toEqual({})
  })
})

describe('what else a task throws', () => {
  const fail = () => {
    throw new Error('thrown')
  }

  test('start: stop is called; FAILED with the original', async () => {
    await house.topic('t1')
    const sink = new RecordedSink({ start: fail })
    const { told } = house.sink('t1', sink.task)
    await failed(told)
    expect(sink.calls).toEqual(['initialize', 'start✗', 'stop'])
    expect(told.trace).toEqual(['thrown'])
  })

  test('open: close, stop; FAILED with the original', async () => {
    await house.topic('t2')
    const sink = new RecordedSink({ open: fail })
    const { told } = house.sink('t2', sink.task)
    await failed(told)
    // In between comes a preCommit where the client knows the position already.
    const calls = sink.calls.slice(2).filter(call => call !== 'pC{t2-0=0}')
    expect(calls).toEqual(['open[t2-0]✗', 'close[t2-0]', 'stop'])
    expect(told.trace).toEqual(['thrown'])
  })

  test('flush, timed: everything since the last commit comes again', async () => {
    log.length = 0
    await house.topic('t3')
    await house.produce('t3', ['a', 'b'])
    const sink = new RecordedSink({ flush: count => (count === 1 ? fail() : undefined) })
    const { runner, told } = house.sink('t3', sink.task, quick)
    await until('the commit', async () => (await house.committed('t3'))['t3-0'] === 2)
    expect(sink.values).toEqual(['a', 'b', 'a', 'b'])
    expect(told.states).toEqual(['RUNNING'])
    expect(runner.counters.commitFailures).toBe(1)
    expect(log.join('')).toContain('Offset commit failed, rewinding to last committed offsets')
  })

  test('flush, at the stop: nothing is committed, the record comes again later', async () => {
    await house.topic('t4')
    await house.produce('t4', ['a'])
    const sink = new RecordedSink({ flush: fail })
    const { runner, told } = house.sink('t4', sink.task)
    await until('a', () => sink.values.length === 1)
    runner.stop()
    await runner.ended
    expect(sink.calls.slice(-3)).toEqual(['pC{t4-0=1}✗', 'close[t4-0]', 'stop'])
    expect(told.last).toBe('UNASSIGNED')
    expect(await house.committed('t4')).toEqual({})
  })

  test('close, at the stop: the last batch is not committed', async () => {
    await house.topic('t5')
    await house.produce('t5', ['a'])
    const sink = new RecordedSink({ close: fail })
    const { runner, told } = house.sink('t5', sink.task)
    await until('a', () => sink.values.length === 1)
    runner.stop()
    await runner.ended
    expect(sink.calls.slice(-3)).toEqual(['pC{t5-0=1}', 'close[t5-0]✗', 'stop'])
    expect(told.last).toBe('UNASSIGNED')
    expect(await house.committed('t5')).toEqual({})
  })

  test('close, in a rebalance: FAILED with the original, no open any more', async () => {
    await house.topic('t6', 2)
    const sink = new RecordedSink({ close: count => (count === 1 ? fail() : undefined) })
    const { told } = house.sink('t6', sink.task)
    await until('open', () => sink.calls.length > 2)
    const other = new RecordedSink()
    house.sink('t6', other.task, { number: 1 })
    await failed(told)
    expect(told.trace).toEqual(['thrown'])
    expect(sink.calls.filter(call => call.startsWith('open')).length).toBe(1)
    expect(sink.calls.at(-1)).toBe('stop')
    await until('the other to have all', () => other.calls.includes('open[t6-0,t6-1]'))
  })

  test('stop: only logged', async () => {
    log.length = 0
    await house.topic('t7')
    const sink = new RecordedSink({ stop: fail })
    const { runner, told } = house.sink('t7', sink.task)
    await until('open', () => sink.calls.length > 2)
    runner.stop()
    await runner.ended
    expect(told.last).toBe('UNASSIGNED')
    expect(log.join('')).toContain('Could not stop task')
  })
})

describe('what preCommit returns', () => {
  test('offsets that were not consumed are ignored, with a warning', async () => {
    log.length = 0
    await house.topic('p1')
    await house.produce('p1', ['a', 'b'])
    const sink = new RecordedSink({
      preCommit: offsets => [
        ...offsets.map(offset => ({ ...offset, offset: offset.offset + 100 })),
        { topic: 'foreign', partition: 3, offset: 1 },
      ],
    })
    const { runner } = house.sink('p1', sink.task, quick)
    await until('the warnings', () => log.join('').includes('not assigned'))
    await until('both', () => log.join('').includes('taskOffset=102 currentOffset=2'))
    expect(log.join('')).toContain('Ignoring invalid task provided offset p1-0/102 -- not yet consumed')
    runner.stop()
    await runner.ended
    expect(await house.committed('p1')).toEqual({})
  })

  test('less than consumed is committed, with its metadata', async () => {
    await house.topic('p2')
    await house.produce('p2', ['a', 'b'])
    const sink = new RecordedSink({
      preCommit: offsets =>
        offsets.map(offset => ({ ...offset, offset: offset.offset - 1, metadata: 'meta' })),
    })
    const { runner } = house.sink('p2', sink.task)
    await until('a and b', () => sink.values.length === 2)
    runner.stop()
    await runner.ended
    const admin = await house.kafka.admin({})
    expect(await admin.groupOffsets('connect-p2')).toEqual([
      { topic: 'p2', partition: 0, offset: 1, metadata: 'meta' },
    ])
  })

  test('nothing: nothing is committed', async () => {
    await house.topic('p3')
    await house.produce('p3', ['a'])
    const sink = new RecordedSink({ preCommit: () => [] })
    const { runner } = house.sink('p3', sink.task, quick)
    await until('a commit without offsets', () => runner.counters.commits > 0 && sink.values.length === 1)
    runner.stop()
    await runner.ended
    expect(await house.committed('p3')).toEqual({})
  })

  test('no array: FAILED (NullPointerException in Java)', async () => {
    await house.topic('p4')
    // biome-ignore lint/suspicious/noExplicitAny: what a plugin in plain JavaScript may do
    const sink = new RecordedSink({ preCommit: () => null as any })
    const { told } = house.sink('p4', sink.task, quick)
    await failed(told)
    expect(told.trace).toEqual([
      'preCommit of task p4-0 returned no offsets; it must return an array, [] to commit nothing',
    ])
    expect(sink.calls.slice(-4)).toEqual(['pC{p4-0=0}', 'pC{p4-0=0}', 'close[p4-0]', 'stop'])
  })
})

describe('what a task may ask of its context', () => {
  test('requestCommit: a commit before the next batch', async () => {
    await house.topic('x1')
    await house.produce('x1', ['a'])
    const sink = new RecordedSink({ put: (_records, context) => context.requestCommit() })
    house.sink('x1', sink.task)
    await until('the commit', async () => (await house.committed('x1'))['x1-0'] === 1)
    expect(sink.calls.slice(3, 5)).toEqual(['put1', 'pC{x1-0=1}'])
  })

  test('offset in put: the records from there come again', async () => {
    await house.topic('x2')
    await house.produce('x2', ['0', '1', '2', '3'])
    const sink = new RecordedSink({
      put(records, context, count) {
        if (count === 1 && records.length === 4) context.offset([{ topic: 'x2', partition: 0, offset: 1 }])
      },
    })
    house.sink('x2', sink.task)
    await until('all', () => sink.values.length === 7)
    expect(sink.values).toEqual(['0', '1', '2', '3', '1', '2', '3'])
  })

  test('offset in open: the first batch begins there', async () => {
    await house.topic('x3')
    await house.produce('x3', ['0', '1', '2'])
    const sink = new RecordedSink({
      open: context => context.offset([{ topic: 'x3', partition: 0, offset: 2 }]),
    })
    house.sink('x3', sink.task)
    await until('2', () => sink.values.length > 0)
    expect(sink.values).toEqual(['2'])
  })

  test('timeout: the next put comes after it, with or without records', async () => {
    await house.topic('x4')
    const sink = new RecordedSink({
      put: (_records, context, count) => (count < 3 ? context.timeout(10) : undefined),
    })
    house.sink('x4', sink.task, {
      offsetFlushIntervalMs: 2000,
    })
    await until('puts', () => sink.calls.filter(call => call === 'put0').length >= 3)
    expect(sink.calls.slice(3, 7)).toEqual(['put0', 'pC{x4-0=0}', 'put0', 'put0'])
  })

  test('pause and resume of a partition', async () => {
    await house.topic('x5')
    await house.produce('x5', ['a'])
    const tp = [{ topic: 'x5', partition: 0 }]
    let resume = false
    const sink = new RecordedSink({
      put(records, context) {
        if (records.length > 0 && !resume) context.pause(tp)
        else if (resume) context.resume(tp)
      },
    })
    house.sink('x5', sink.task, quick)
    await until('a', () => sink.values.length === 1)
    await house.produce('x5', ['b'])
    const before = sink.calls.length
    await until('idle rounds', () => sink.calls.length > before + 3)
    expect(sink.values).toEqual(['a'])
    resume = true
    await until('b', () => sink.values.length === 2)
  })

  test('pause of a partition that is not assigned fails the task', async () => {
    await house.topic('x6')
    await house.produce('x6', ['a'])
    const sink = new RecordedSink({
      put: (_records, context) => context.pause([{ topic: 'foreign', partition: 0 }]),
    })
    const { told } = house.sink('x6', sink.task)
    await failed(told)
    expect(told.trace[1]).toBe('SinkTasks may not pause partitions that are not currently assigned to them.')
  })
})

test('a task given up commits nothing, and its partitions go to the next instance at once', async () => {
  await house.topic('slow')
  await house.produce('slow', ['a', 'b'])
  const gate = Promise.withResolvers<void>()
  const old = new RecordedSink({ put: records => (records.length > 0 ? gate.promise : undefined) })
  const first = house.sink('slow', old.task)
  await until('the put', () => old.calls.includes('put2'))
  first.runner.stop()
  expect(await first.runner.awaitStop(30)).toBe(false)
  first.runner.cancel()
  const next = new RecordedSink()
  const second = house.sink('slow', next.task, { number: 0 })
  await until('both again', () => next.values.length === 2)
  gate.resolve()
  await first.runner.ended
  expect(old.calls.slice(-3)).toEqual(['pC{slow-0=2}', 'close[slow-0]', 'stop'])
  expect(first.told.states).toEqual(['RUNNING'])
  expect(await house.committed('slow')).toEqual({})
  second.runner.stop()
  await second.runner.ended
  expect(await house.committed('slow')).toEqual({ 'slow-0': 2 })
})

test('a task given up in the middle of a rebalance: its group and the log go on, its plugin is called no more', async () => {
  const own = new House()
  const gate = Promise.withResolvers<void>()
  await own.topic('stuck')
  await own.produce('stuck', ['a'])
  const sink = new RecordedSink({ open: () => gate.promise })
  const { runner, told } = own.sink('stuck', sink.task)
  await until('open', () => sink.calls.includes('open[stuck-0]'))
  runner.stop()
  expect(await runner.awaitStop(30)).toBe(false)
  runner.cancel()
  const next = new RecordedSink()
  const second = own.sink('stuck', next.task)
  await until('the next instance to have the record', () => next.values.length === 1)
  second.runner.stop()
  await second.runner.ended
  await own.kafka.close()
  expect(sink.calls).toEqual(['initialize', 'start', 'open[stuck-0]'])
  gate.resolve()
  await runner.ended
  expect(sink.calls).toEqual(['initialize', 'start', 'open[stuck-0]', 'close[stuck-0]', 'stop'])
  expect(told.states).toEqual(['RUNNING'])
  await own.close()
})

test('100,000 records of four partitions: all, in order, and committed', async () => {
  await house.topic('many', 4)
  const values = Array.from({ length: 25_000 }, (_, i) => `${i}`)
  for (let partition = 0; partition < 4; partition++) await house.produce('many', values, partition)
  const sink = new RecordedSink()
  const { runner } = house.sink('many', sink.task)
  await until('all', () => sink.records.length >= 100_000)
  runner.stop()
  await runner.ended
  for (let partition = 0; partition < 4; partition++) {
    const mine = sink.records.filter(({ kafkaPartition }) => kafkaPartition === partition)
    expect(mine.map(({ value }) => value)).toEqual(values)
  }
  expect(await house.committed('many')).toEqual({
    'many-0': 25_000,
    'many-1': 25_000,
    'many-2': 25_000,
    'many-3': 25_000,
  })
})
