/** Moments in which a source could be told that a record is done with which is nowhere (invariant 1). */
import { expect, test } from 'bun:test'
import { type OffsetMap, SourceRecord } from '../../../src/data/records.ts'
import { STRING_SCHEMA } from '../../../src/data/schema.ts'
import { KafkaError, type Producer } from '../../../src/kafka/port.ts'
import { type ErrorSettings, NO_TOLERANCE } from '../../../src/pipeline/error-handling.ts'
import type { SinkTaskContext } from '../../../src/sdk/plugin.ts'
import { ownHouse, RecordedSink, RecordedSource, until } from './harness.ts'

const { house, log } = ownHouse()

const partition: OffsetMap = { p: 1 }
const record = (topic: string, value: unknown, o: number, from: OffsetMap | null = partition) =>
  new SourceRecord(from, { o }, topic, null, null, null, STRING_SCHEMA, value)
const tolerant = (more: Partial<ErrorSettings> = {}): ErrorSettings => ({
  ...NO_TOLERANCE,
  tolerance: 'all',
  ...more,
})

/** A producer that sends nothing, and at its close tells what librdkafka tells of records that it drops. */
function silent(producer: Producer): Producer {
  let sent = 0
  const dropped = new KafkaError('_PURGE_QUEUE', 'Local: Purged in queue')
  const mute = Object.create(producer, {
    nextSequence: { get: () => sent },
    inFlight: { get: () => sent },
    onDelivery: { writable: true, value: () => {} },
    onFatal: { writable: true, value: () => {} },
  }) as Producer
  mute.refusal = () => null
  mute.send = (batch, from = 0) => {
    sent += batch.count - from
    return batch.count - from
  }
  mute.flush = async () => false
  mute.close = async ms => {
    if (sent > 0) mute.onDelivery([{ first: 0, count: sent, partition: 0, baseOffset: -1, error: dropped }])
    sent = 0
    await producer.close(ms)
  }
  return mute
}

for (const end of ['stop', 'cancel'] as const) {
  test(`what a closing producer drops after ${end} is not done with, also under tolerance all`, async () => {
    const topic = `dropped-${end}`
    const source = new RecordedSource([[record(topic, 'a', 1), record(topic, 'b', 2)]])
    const { runner } = house.source(topic, source.task, {
      openProducer: async () => silent(await house.kafka.producer({})),
      errors: tolerant({ deadLetterQueue: house.deadLetters(`${topic}-q`) }),
      offsetFlushTimeoutMs: 20,
    })
    await until('both sent', () => runner.counters.sent === 2)
    runner[end]()
    await runner.ended
    expect(source.calls.filter(call => call.startsWith('cR'))).toEqual([])
    expect(runner.errorCounters.deadLetterRequests).toBe(0)
    expect(await house.stored(topic, partition)).toBeNull()
  })
}

test('a stop ends what the client refuses for now; nothing that comes after it is sent', async () => {
  const topic = 'refused-for-now'
  let refusing = false
  const source = new RecordedSource([[record(topic, 'a', 1)]])
  const { runner, told } = house.source(topic, source.task, {
    openProducer: async () => {
      const producer = await house.kafka.producer({})
      const send = producer.send.bind(producer)
      producer.send = (batch, from) => {
        if (refusing) throw new KafkaError('KAFKA_STORAGE_ERROR', 'disk full', { retriable: true })
        return send(batch, from)
      }
      return producer
    },
  })
  await until('a', () => runner.counters.written === 1)
  refusing = true
  log.length = 0
  source.add([record(topic, 'b', 2)])
  await until('a refusal', () => log.some(line => line.includes('Failed to send record')))
  runner.stop()
  await runner.ended
  expect(told.states).toEqual(['RUNNING', 'UNASSIGNED'])
  expect(await house.values(topic)).toEqual(['a'])
  expect(await house.stored(topic, partition)).toEqual({ o: 1 })
  expect(source.calls.slice(-2)).toEqual(['commit', 'stop'])
})

test('a source partition that is none moves nobody else outcome', async () => {
  const topic = 'partitionless'
  const source = new RecordedSource([
    [
      record(topic, 'a', 1),
      record(topic, 'b', 2, undefined as unknown as null),
      record(topic, 'c', 3, 'text' as unknown as null),
      record(topic, 'd', 4),
    ],
  ])
  const { runner } = house.source(topic, source.task, { errors: tolerant() })
  await until('d', () => source.calls.some(call => call.startsWith('cR(d')))
  runner.stop()
  await runner.ended
  expect(await house.values(topic)).toEqual(['a', 'b', 'd'])
  expect(source.calls.filter(call => call.startsWith('cR')).toSorted()).toEqual([
    `cR(a,${topic}-0@0)`,
    `cR(b,${topic}-0@1)`,
    'cR(c,null)',
    `cR(d,${topic}-0@2)`,
  ])
})

test('a task that is asked to stop while its dead letter queue is set up makes no call of its plugin', async () => {
  const gate = Promise.withResolvers<void>()
  const settings = (topic: string) => ({
    errors: tolerant({
      deadLetterQueue: house.deadLetters(topic, {
        openAdmin: async () => {
          await gate.promise
          return house.kafka.admin({})
        },
      }),
    }),
  })
  const source = new RecordedSource([])
  const sink = new RecordedSink()
  const started = [
    house.source('early', source.task, settings('early-q')),
    house.sink('late', sink.task, settings('late-q')),
  ]
  for (const { runner } of started) runner.stop()
  gate.resolve()
  for (const { runner } of started) await runner.ended
  expect([...source.calls, ...sink.calls]).toEqual([])
  expect(started.map(({ told }) => told.states)).toEqual([['UNASSIGNED'], ['UNASSIGNED']])
})

test('a report after the end is answered', async () => {
  await house.topic('after')
  await house.produce('after', ['a'])
  let context: SinkTaskContext | null = null
  const sink = new RecordedSink({
    start: given => {
      context = given
    },
  })
  const { runner } = house.sink('after', sink.task, {
    errors: tolerant({ deadLetterQueue: house.deadLetters('after-q') }),
  })
  await until('a', () => sink.records.length === 1)
  runner.stop()
  await runner.ended
  const report = context!.errantRecordReporter()!.report(sink.records[0]!, new Error('late'))
  await expect(Promise.resolve(report)).rejects.toThrow(
    'The task was closed before the dead letter was reported',
  )
})
