/** Records that nobody can use, through a whole worker: what becomes of them, and what is told about them. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { SourceRecord } from '../../../src/data/records.ts'
import { BYTES_SCHEMA } from '../../../src/data/schema.ts'
import { PackedBatch } from '../../../src/kafka/packed-batch.ts'
import { sourceConnector } from '../../../src/sdk/plugin.ts'
import { fileSink, fileSource, Place, until } from '../standalone/support.ts'

let place: Place
beforeEach(() => {
  place = new Place()
})
afterEach(() => place.close())

const JSON_CONVERTER = 'org.apache.kafka.connect.json.JsonConverter'
const BYTE_ARRAY = 'org.apache.kafka.connect.converters.ByteArrayConverter'
const lines = (file: string) =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter(line => line !== '')
    : []
const create = (name: string, config: Record<string, string>) =>
  place.running!.herder.putConnector(name, { ...config, name }, { replace: false })

/** Sends what it is given, once. */
const bytesSource = (values: readonly Uint8Array[]) =>
  sourceConnector({
    className: 'test.BytesSource',
    taskClassName: 'test.BytesSourceTask',
    version: '1',
    config: {},
    task(_config, context) {
      let sent = false
      return {
        async poll() {
          if (sent) {
            await new Promise<void>(resolve => {
              if (context.signal.aborted) resolve()
              context.signal.addEventListener('abort', () => resolve())
            })
            return null
          }
          sent = true
          return values.map(
            (value, i) => new SourceRecord({}, { i }, 'in', null, null, null, BYTES_SCHEMA, value),
          )
        },
      }
    },
  })

/** The dead letters: value, and context headers without prefix. */
async function letters(topic: string): Promise<{ value: string; headers: Record<string, string> }[]> {
  const consumer = await place.consumer()
  const batch = new PackedBatch()
  consumer.assign([{ topic, partition: 0, offset: 0 }])
  const { high } = await consumer.watermarks({ topic, partition: 0 }, 10_000)
  const found = []
  while (found.length < high) {
    await consumer.poll(batch, { maxRecords: 1000, maxBytes: 1 << 27, timeoutMs: 1000 })
    for (let i = 0; i < batch.count; i++) {
      const headers = batch
        .headers(i)
        .map(({ name, value }) => [
          name.replace('__connect.errors.', ''),
          value === null ? '' : Buffer.from(value).toString(),
        ])
      found.push({ value: batch.value(i)!.toString('latin1'), headers: Object.fromEntries(headers) })
    }
  }
  await consumer.close()
  return found
}

const deadLetters = (topic: string) => ({
  'errors.tolerance': 'all',
  'errors.deadletterqueue.topic.name': topic,
  'errors.deadletterqueue.topic.replication.factor': '1',
  'errors.deadletterqueue.context.headers.enable': 'true',
})

const SERIALIZATION = 'Converting byte[] to Kafka Connect data failed due to serialization error: '
const DATA = 'org.apache.kafka.connect.errors.DataException'
const cases: [name: string, value: string, error: string, message: string, schemas?: boolean][] = [
  ['malformed JSON', '{badval', DATA, SERIALIZATION],
  ['invalid UTF-8', '{"a":"\xff"}', DATA, SERIALIZATION],
  [
    'a wrong envelope',
    '{"a":1}',
    DATA,
    'JsonConverter with schemas.enable requires "schema" and "payload" fields and may not contain additional fields. ' +
      'If you are trying to deserialize plain JSON data, set schemas.enable=false in your converter configuration.',
    true,
  ],
  [
    'a schema that does not fit',
    '{"schema":{"type":"struct","fields":[]},"payload":"x"}',
    DATA,
    'Structs should be encoded as JSON objects, but found STRING',
    true,
  ],
]

describe('a record that a sink cannot convert', () => {
  for (const [name, value, error, message, schemas = false] of cases) {
    test(name, async () => {
      await place.start({}, [
        bytesSource([Buffer.from(value, 'latin1'), Buffer.from('{"schema":null,"payload":1}')]),
      ])
      await create('source', { 'connector.class': 'test.BytesSource', 'value.converter': BYTE_ARRAY })
      await create('sink', {
        ...fileSink(place.path('out'), 'in'),
        'value.converter': JSON_CONVERTER,
        'value.converter.schemas.enable': String(schemas),
        ...deadLetters('dead'),
      })
      await until('the one after it', () => lines(place.path('out')).length === 1)
      await until('its letter', async () => (await letters('dead')).length > 0)
      const [letter, ...more] = await letters('dead')
      expect(more).toEqual([])
      expect(letter!.value).toBe(value)
      expect(letter!.headers).toMatchObject({
        topic: 'in',
        partition: '0',
        offset: '0',
        'connector.name': 'sink',
        'task.id': '0',
        stage: 'VALUE_CONVERTER',
        'class.name': JSON_CONVERTER,
        'exception.class.name': error,
        'exception.message': message,
      })
      await place.state('sink', 'RUNNING', 'RUNNING')
    })
  }

  test('under tolerance none: FAILED, the trace names stage, class, topic, partition and offset', async () => {
    await place.start({}, [bytesSource([Buffer.from('1'), Buffer.from('{bad')])])
    await create('source', { 'connector.class': 'test.BytesSource', 'value.converter': BYTE_ARRAY })
    await create('sink', {
      ...fileSink(place.path('out'), 'in'),
      'value.converter': JSON_CONVERTER,
      'value.converter.schemas.enable': 'false',
    })
    await place.state('sink', 'RUNNING', 'FAILED')
    const { tasks } = await place.running!.herder.connectorStatus('sink')
    expect(tasks[0]!.trace!.split('\n').filter(line => !/^\tat (?!stage)/.test(line))).toEqual([
      'org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded in error handler',
      "\tat stage VALUE_CONVERTER (org.apache.kafka.connect.json.JsonConverter) of task sink-0, record of topic 'in', partition 0, offset 1",
      `Caused by: ${DATA}: ${SERIALIZATION}`,
      "Caused by: org.apache.kafka.common.errors.SerializationException: com.fasterxml.jackson.core.JsonParseException: Unexpected character ('b' (code 98)): was expecting double-quote to start field name",
      ' at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 2]',
      "Caused by: com.fasterxml.jackson.core.JsonParseException: Unexpected character ('b' (code 98)): was expecting double-quote to start field name",
      ' at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 2]',
      '',
    ])
    expect(place.logged.join('')).toContain('offset 1. Correct the record or the configuration')
  })
})

test('a chain between files: transforms, a predicate, a transformation on the wrong type', async () => {
  await place.start()
  writeFileSync(place.path('in'), 'a\nb\n')
  await create('source', {
    ...fileSource(place.path('in'), 't'),
    'value.converter': JSON_CONVERTER,
    'value.converter.schemas.enable': 'false',
    transforms: 'hoist',
    'transforms.hoist.type': 'org.apache.kafka.connect.transforms.HoistField$Value',
    'transforms.hoist.field': 'line',
  })
  await create('sink', {
    ...fileSink(place.path('out'), 't'),
    'value.converter': JSON_CONVERTER,
    'value.converter.schemas.enable': 'false',
    transforms: 'extract',
    'transforms.extract.type': 'org.apache.kafka.connect.transforms.ExtractField$Value',
    'transforms.extract.field': 'line',
    'transforms.extract.predicate': 'other',
    'transforms.extract.negate': 'true',
    predicates: 'other',
    'predicates.other.type': 'TopicNameMatches',
    'predicates.other.pattern': 'other',
  })
  await until('both lines', () => lines(place.path('out')).length === 2)
  expect(lines(place.path('out'))).toEqual(['a', 'b'])
  await create('wrong', {
    ...fileSink(place.path('wrong'), 't'),
    ...deadLetters('wrong-q'),
    transforms: 'extract',
    'transforms.extract.type': 'org.apache.kafka.connect.transforms.ExtractField$Value',
    'transforms.extract.field': 'line',
  })
  await until('the letters', async () => (await letters('wrong-q').catch(() => [])).length === 2)
  expect((await letters('wrong-q'))[0]).toMatchObject({
    value: '{"line":"a"}',
    headers: {
      stage: 'TRANSFORMATION',
      'class.name': 'org.apache.kafka.connect.transforms.ExtractField$Value',
      'exception.class.name': DATA,
    },
  })
})

test('a record of 50 MB that Kafka refuses goes nowhere, and the one behind it arrives', async () => {
  const big = Buffer.alloc(50_000_000, 'x')
  await place.start({}, [bytesSource([big, Buffer.from('small')])])
  await create('source', {
    'connector.class': 'test.BytesSource',
    'value.converter': BYTE_ARRAY,
    'errors.tolerance': 'all',
    'errors.log.enable': 'true',
  })
  await create('sink', fileSink(place.path('out'), 'in'))
  await until('the small one', () => lines(place.path('out')).length === 1)
  expect(lines(place.path('out'))).toEqual(['small'])
  await place.state('source', 'RUNNING', 'RUNNING')
  expect(place.logged.join('')).toContain(
    "Executing stage 'KAFKA_PRODUCE' with class 'org.apache.kafka.connect.runtime.WorkerSourceTask'. " +
      'org.apache.kafka.common.errors.RecordTooLargeException',
  )
})

test('the dead letter queue of a source', async () => {
  await place.start()
  writeFileSync(place.path('in'), 'a\nb\n')
  await create('source', {
    ...fileSource(place.path('in'), 't'),
    'errors.tolerance': 'all',
    'bunnect.errors.deadletterqueue.topic.name': 'source-q',
    'bunnect.errors.deadletterqueue.topic.replication.factor': '1',
    'bunnect.errors.deadletterqueue.context.headers.enable': 'true',
    transforms: 'extract',
    'transforms.extract.type': 'org.apache.kafka.connect.transforms.ExtractField$Value',
    'transforms.extract.field': 'line',
  })
  await until('the letters', async () => (await letters('source-q').catch(() => [])).length === 2)
  expect((await letters('source-q'))[1]).toMatchObject({
    value: 'b',
    headers: {
      topic: 't',
      stage: 'TRANSFORMATION',
      'source.partition': JSON.stringify({ filename: place.path('in') }),
      'source.offset': '{"position":4}',
    },
  })
})
