import { describe, expect, test } from 'bun:test'
import { DataException } from '../../../src/data/errors.ts'
import { type SinkRecord, SourceRecord } from '../../../src/data/records.ts'
import { STRING_SCHEMA } from '../../../src/data/schema.ts'
import { KafkaError } from '../../../src/kafka/port.ts'
import { NO_TOLERANCE } from '../../../src/pipeline/error-handling.ts'
import { chainOf, ownHouse, RecordedSink, RecordedSource, refusing, until } from './harness.ts'
import { refusingAll } from './producers.ts'

const { house } = ownHouse()

const record = (topic: string, value: string) =>
  new SourceRecord(null, null, topic, null, null, null, STRING_SCHEMA, value)

describe('a source task tells the topics that have taken its records', () => {
  test('each once, by the name that transformations gave; again after they were forgotten', async () => {
    const source = new RecordedSource([
      [record('a', '1'), record('b', '2'), record('a', '3'), record('gone', '4')],
      [record('b', '5')],
    ])
    const routed = chainOf<SourceRecord>(one =>
      one.topic === 'gone'
        ? null
        : one.newRecord(`to-${one.topic}`, null, null, null, STRING_SCHEMA, one.value, null),
    )
    const { runner, told } = house.source('routed', source.task, { chain: routed })
    await until('all', () => runner.counters.written === 4)
    expect(told.topics.toSorted()).toEqual(['to-a', 'to-b'])
    runner.forgetTopics()
    source.add([record('b', '6'), record('b', '7')])
    await until('the rest', () => runner.counters.written === 6)
    expect(told.topics.slice(2)).toEqual(['to-b'])
  })

  test('not those that refused them', async () => {
    const source = new RecordedSource([[record('refused', '1')]])
    const refusal = new KafkaError('TOPIC_AUTHORIZATION_FAILED', 'no right')
    const { told } = house.source('refused', source.task, {
      openProducer: async () => refusingAll(await house.kafka.producer({}), refusal),
    })
    await until('FAILED', () => told.last === 'FAILED')
    expect(told.topics).toEqual([])
  })
})

describe('a sink task tells the topics that its records come from', () => {
  test('before they are transformed or dropped, each once whatever the partitions; again after they were forgotten', async () => {
    await house.topic('in', 3)
    for (const partition of [0, 1, 2]) await house.produce('in', ['x', 'y'], partition)
    const sink = new RecordedSink()
    const dropped = chainOf<SinkRecord>(() => null)
    const { runner, told } = house.sink('in', sink.task, { chain: dropped })
    await until('all', () => runner.counters.read === 6)
    await until('the topic', () => told.topics.length > 0)
    runner.forgetTopics()
    expect(told.topics).toEqual(['in'])
    await house.produce('in', ['z'], 1)
    await until('the topic again', () => told.topics.length === 2)
    expect(told.topics).toEqual(['in', 'in'])
  })

  test('not those of whose records none can be decoded', async () => {
    await house.topic('bad')
    await house.produce('bad', ['x', 'y'])
    const { runner, told } = house.sink('bad', new RecordedSink().task, {
      converters: refusing(() => new DataException('cannot be read')),
      errors: { ...NO_TOLERANCE, tolerance: 'all' },
    })
    await until('both', () => runner.counters.read === 2)
    await until('both to be skipped', () => runner.errorCounters.skipped === 2)
    expect(told.topics).toEqual([])
    runner.stop()
    await runner.ended
    expect(told.topics).toEqual([])
  })
})
