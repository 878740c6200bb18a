/** Records that nobody can use, through a whole worker: what becomes of them, and what is told about them. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { ConnectHeaders } from '../../../src/data/headers.ts'
import { SourceRecord } from '../../../src/data/records.ts'
import { BYTES_SCHEMA, INT32_SCHEMA, type Schema, STRING_SCHEMA } from '../../../src/data/schema.ts'
import { PackedBatch } from '../../../src/kafka/packed-batch.ts'
import { sourceConnector, transformation } from '../../../src/sdk/plugin.ts'
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

/** Sends these values in bytes, once. */
const bytesSource = (values: readonly Uint8Array[]) =>
  onceSource(
    values.map((value, i) => new SourceRecord({}, { i }, 'in', null, null, null, BYTES_SCHEMA, value)),
  )

/** Sends what it is given, once. */
const onceSource = (records: SourceRecord[]) =>
  sourceConnector({
    className: 'test.OnceSource',
    taskClassName: 'test.OnceSourceTask',
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
          return records
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
      await create('source', { 'connector.class': 'test.OnceSource', 'value.converter': BYTE_ARRAY })
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
    await create('source', { 'connector.class': 'test.OnceSource', 'value.converter': BYTE_ARRAY })
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

const headers = (bytes: string) => new ConnectHeaders().add('h', Buffer.from(bytes), BYTES_SCHEMA)
const chain = (type: string, config: Record<string, string>) => ({
  transforms: 'x',
  'transforms.x.type': type,
  ...Object.fromEntries(Object.entries(config).map(([name, value]) => [`transforms.x.${name}`, value])),
})
/** Never comes back from a record with this value. */
const loop = transformation({
  className: 'test.Loop',
  version: '1',
  outside: true,
  config: {},
  create: () => ({
    apply(record) {
      while (String(record.value).includes('spin')) {}
      return record
    },
  }),
})
const LONG = 'org.apache.kafka.connect.converters.LongConverter'
const CAST = 'org.apache.kafka.connect.transforms.Cast$Value'
const INSERT = 'org.apache.kafka.connect.transforms.InsertField$Value'
const looped = (place: string) =>
  `Transformation x (test.Loop) did not return within 100 ms (bunnect.transform.timeout.ms), record of ${place}`

describe('what else a sink cannot use', () => {
  interface Case {
    name: string
    value: string
    headers?: ConnectHeaders
    config: Record<string, string>
    letter: Record<string, string>
  }
  const all: Case[] = [
    {
      name: 'a header that cannot be parsed',
      value: '1',
      headers: headers('{"a"'),
      config: {
        'header.converter': JSON_CONVERTER,
        'header.converter.schemas.enable': 'false',
      },
      letter: {
        stage: 'HEADER_CONVERTER',
        'class.name': JSON_CONVERTER,
        'exception.class.name': DATA,
        'exception.message': SERIALIZATION,
      },
    },
    {
      name: 'a number out of range',
      value: '"300"',
      config: chain(CAST, { spec: 'int8' }),
      letter: {
        stage: 'TRANSFORMATION',
        'class.name': CAST,
        'exception.class.name': DATA,
        'exception.message': 'Value (300) was out of range for requested data type',
      },
    },
    {
      name: 'bytes of the wrong length for a number',
      value: '123',
      config: { 'value.converter': LONG },
      letter: {
        stage: 'VALUE_CONVERTER',
        'class.name': LONG,
        'exception.class.name': DATA,
        'exception.message': 'Failed to deserialize long: ',
      },
    },
    {
      name: 'a transformation that never returns',
      value: '"spin"',
      config: chain('test.Loop', {}),
      letter: {
        stage: 'TRANSFORMATION',
        'class.name': 'test.Loop',
        'exception.class.name': 'org.apache.kafka.connect.errors.ConnectException',
        'exception.message': looped("topic 'in', partition 0, offset 0"),
      },
    },
  ]
  for (const { name, value, headers: given = null, config, letter: expected } of all) {
    test(name, async () => {
      const record = (bytes: Uint8Array, i: number, more: ConnectHeaders | null) =>
        new SourceRecord({}, { i }, 'in', null, null, null, BYTES_SCHEMA, bytes, null, more)
      const good = config['value.converter'] === LONG ? Buffer.alloc(8) : Buffer.from('7')
      await place.start({ 'bunnect.transform.timeout.ms': '100' }, [
        onceSource([record(Buffer.from(value), 0, given), record(good, 1, null)]),
        loop,
      ])
      await create('source', {
        'connector.class': 'test.OnceSource',
        'value.converter': BYTE_ARRAY,
        'header.converter': BYTE_ARRAY,
      })
      const sink = {
        ...fileSink(place.path('out'), 'in'),
        'value.converter': JSON_CONVERTER,
        'value.converter.schemas.enable': 'false',
        ...config,
      }
      await create('sink', { ...sink, ...deadLetters('dead') })
      await until('the one after it', () => lines(place.path('out')).length === 1)
      await until('its letter', async () => (await letters('dead')).length > 0)
      const [letter, ...more] = await letters('dead')
      expect(more).toEqual([])
      expect(letter!.value).toBe(value)
      expect(letter!.headers).toMatchObject({ topic: 'in', partition: '0', offset: '0', ...expected })
      await create('strict', { ...sink, file: place.path('strict') })
      await place.state('strict', 'RUNNING', 'FAILED')
      const { tasks } = await place.running!.herder.connectorStatus('strict')
      const by = config['transforms'] ? `transforms.x, ${expected['class.name']}` : expected['class.name']
      expect(tasks[0]!.trace).toContain(
        `\tat stage ${expected['stage']} (${by}) of task strict-0, record of topic 'in', partition 0, offset 0`,
      )
      expect(tasks[0]!.trace).toContain(`\nCaused by: ${expected['exception.class.name']}: `)
    })
  }
})

describe('what a source cannot send', () => {
  interface Case {
    name: string
    schema: Schema | null
    value: unknown
    headers?: ConnectHeaders
    config: Record<string, string>
    letter: Record<string, string>
  }
  const schemas = { 'value.converter': JSON_CONVERTER }
  const all: Case[] = [
    {
      name: 'a schema that does not fit',
      schema: INT32_SCHEMA,
      value: 'text',
      config: schemas,
      letter: {
        stage: 'VALUE_CONVERTER',
        'class.name': JSON_CONVERTER,
        'exception.class.name': DATA,
        'exception.message': 'Invalid type for INT32: class java.lang.String',
      },
    },
    {
      name: 'a header that cannot be converted',
      schema: STRING_SCHEMA,
      value: 'v',
      headers: new ConnectHeaders().addString('h', 'x'),
      config: { 'header.converter': LONG },
      letter: {
        stage: 'HEADER_CONVERTER',
        'class.name': LONG,
        'exception.class.name': DATA,
        'exception.message': 'Failed to serialize to long (was class java.lang.String): ',
      },
    },
    {
      name: 'a number out of range',
      schema: STRING_SCHEMA,
      value: '300',
      config: chain(CAST, { spec: 'int8' }),
      letter: {
        stage: 'TRANSFORMATION',
        'class.name': CAST,
        'exception.class.name': DATA,
        'exception.message': 'Value (300) was out of range for requested data type',
      },
    },
    {
      name: 'a transformation on the wrong type',
      schema: null,
      value: 'text',
      config: chain(INSERT, { 'static.field': 'a', 'static.value': 'b' }),
      letter: {
        stage: 'TRANSFORMATION',
        'class.name': INSERT,
        'exception.class.name': DATA,
        'exception.message':
          'Only Map objects supported in absence of schema for [field insertion], found: java.lang.String',
      },
    },
    {
      name: 'a transformation that never returns',
      schema: STRING_SCHEMA,
      value: 'spin',
      config: chain('test.Loop', {}),
      letter: {
        stage: 'TRANSFORMATION',
        'class.name': 'test.Loop',
        'exception.class.name': 'org.apache.kafka.connect.errors.ConnectException',
        'exception.message': looped(`topic 'in' with source partition {"p":1} and source offset {"o":0}`),
      },
    },
  ]
  for (const { name, schema, value, headers: given = null, config, letter: expected } of all) {
    test(name, async () => {
      const bad = new SourceRecord({ p: 1 }, { o: 0 }, 'in', null, null, null, schema, value, null, given)
      const good = new SourceRecord({ p: 1 }, { o: 1 }, 'in', null, null, null, null, null)
      await place.start({ 'bunnect.transform.timeout.ms': '100' }, [onceSource([bad, good]), loop])
      const source = { 'connector.class': 'test.OnceSource', ...config }
      await create('source', {
        ...source,
        ...Object.fromEntries(
          Object.entries(deadLetters('dead')).map(([key, each]) => [
            key === 'errors.tolerance' ? key : `bunnect.${key}`,
            each,
          ]),
        ),
      })
      await until('its letter', async () => (await letters('dead').catch(() => [])).length > 0)
      const [letter, ...more] = await letters('dead')
      expect(more).toEqual([])
      expect(letter!.headers).toMatchObject({
        topic: 'in',
        'source.partition': '{"p":1}',
        'source.offset': '{"o":0}',
        ...expected,
      })
      await place.state('source', 'RUNNING', 'RUNNING')
      await create('strict', source)
      await place.state('strict', 'RUNNING', 'FAILED')
      const { tasks } = await place.running!.herder.connectorStatus('strict')
      const by = config['transforms'] ? `transforms.x, ${expected['class.name']}` : expected['class.name']
      expect(tasks[0]!.trace).toContain(
        `\tat stage ${expected['stage']} (${by}) of task strict-0, record of topic 'in' with source partition {"p":1} and source offset {"o":0}`,
      )
      expect(tasks[0]!.trace).toContain(`\nCaused by: ${expected['exception.class.name']}: `)
    })
  }
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
    'connector.class': 'test.OnceSource',
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
