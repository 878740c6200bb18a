import { afterAll, beforeAll, expect, test } from 'bun:test'
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { serversFolder, sharedBroker } from '../servers/kafka.ts'
import { until } from '../servers/run.ts'
import { TopicProbe } from '../servers/topics.ts'
import { type Side, startWorker } from '../servers/worker.ts'

/** BUNNECT_DIFFERENTIAL_SIDE=jvm compares the JVM with itself, to see that the test is the same every time. */
const ours = (process.env['BUNNECT_DIFFERENTIAL_SIDE'] ?? 'bunnect') as Side
const folder = join(serversFolder(), `file-pipeline-${process.pid}`)

let broker: Awaited<ReturnType<typeof sharedBroker>>
let probe: TopicProbe

beforeAll(async () => {
  broker = await sharedBroker()
  probe = new TopicProbe(broker.bootstrap)
}, 300_000)

afterAll(async () => {
  await probe.close()
  await broker.stop()
  rmSync(folder, { recursive: true, force: true })
}, 300_000)

const json = (schemas: boolean) => ({
  'key.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'key.converter.schemas.enable': String(schemas),
  'value.converter.schemas.enable': String(schemas),
})
const strings = {
  'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
  'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
}

const awkwardLines = Buffer.concat([
  Buffer.from('foo\nbar\n\n  spaces  \nwindows line\r\nold mac line\rtab\tquote " backslash \\ slash /\n'),
  Buffer.from('é漢字 \u{1F600} \u0001 \u007f \u2028 <&>\n{"a": 1, "b": [null]}\n'),
  Buffer.from([0x62, 0x61, 0x64, 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0x0a]),
  Buffer.from(`${'long '.repeat(30_000)}\nEND\nunfinished`),
])

interface Found {
  records: { key: string | undefined; value: string | undefined; headers: string[]; offset: number }[]
  /** all between the start of the run and its end */
  timestampsAreNow: boolean
  sink: Buffer
}

/** The quick start with the file names of its own property files; a worker runs in a folder of its own. */
async function quickStart(side: Side, mark: string, converters: Record<string, string>): Promise<Found> {
  const topic = `connect-test-${mark}-${process.pid}`
  const dir = join(folder, mark)
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'test.txt'), awkwardLines)
  const sinkFile = join(dir, 'test.sink.txt')
  const started = Date.now()
  const worker = await startWorker(side, {
    bootstrap: broker.bootstrap,
    dir,
    worker: { ...converters, 'offset.flush.interval.ms': '10000' },
    connectors: [
      {
        name: `local-file-source-${mark}`,
        'connector.class': 'FileStreamSource',
        'tasks.max': '1',
        file: 'test.txt',
        topic,
      },
      {
        name: `local-file-sink-${mark}`,
        'connector.class': 'FileStreamSink',
        'tasks.max': '1',
        file: 'test.sink.txt',
        topics: topic,
      },
    ],
  })
  try {
    const sinkHas = (line: string) =>
      until(
        `"${line}" in the sink file of ${side}`,
        () => existsSync(sinkFile) && readFileSync(sinkFile, 'utf8').includes(`${line}\n`),
      )
    await sinkHas('END')
    appendFileSync(join(dir, 'test.txt'), ' line\nlast\n')
    await sinkHas('last')
  } catch (error) {
    throw new Error(`${error}\n${await worker.log()}`, { cause: error })
  } finally {
    await worker.stop()
  }
  const records = await probe.readAll(topic)
  const ended = Date.now()
  return {
    records: records.map(({ key, value, headers, offset }) => ({
      key: key?.toString('latin1'),
      value: value?.toString('latin1'),
      headers: headers.map(([name, content]) => `${name?.toString('latin1')}=${content?.toString('latin1')}`),
      offset,
    })),
    timestampsAreNow: records.every(({ timestamp }) => timestamp >= started && timestamp <= ended),
    sink: readFileSync(sinkFile),
  }
}

test.each([
  ['JsonConverter with schemas', 'schemas', json(true)],
  ['JsonConverter without schemas', 'plain', json(false)],
  ['StringConverter', 'strings', strings],
])(
  'the quick start writes the same bytes with %s',
  async (_, mark, converters) => {
    const expected = await quickStart('jvm', `${mark}-a`, converters)
    const found = await quickStart(ours, `${mark}-b`, converters)
    expect(expected.records.length).toBe(14)
    expect(found.records).toEqual(expected.records)
    expect(found.sink.toString('latin1')).toBe(expected.sink.toString('latin1'))
    expect([expected.timestampsAreNow, found.timestampsAreNow]).toEqual([true, true])
  },
  300_000,
)

const plainDocuments = [
  '"text"',
  'null',
  null,
  '42',
  '9007199254740993',
  '-9223372036854775808',
  '1.0',
  '1.5',
  '1e10',
  '0.1',
  '123456789.125',
  '-0.0',
  '1E-7',
  '100000000000000000000',
  'true',
  '[]',
  '[1, "two", [3.0], null]',
  '{}',
  '{"b":1,"a":2}',
  '{"x":{"y":null},"list":[{"z":1.25}]}',
  '{"one":1,"two":2,"three":3,"four":4,"five":5,"six":6,"seven":7,"eight":8,"nine":9,"ten":10,"eleven":11,"twelve":12,"thirteen":13}',
  '"é漢\\u0041\\n"',
  '""',
  '"END"',
]

const field = (name: string, type: string, more = {}) => ({ field: name, type, optional: true, ...more })
const withSchema = (schema: unknown, payload: unknown) => JSON.stringify({ schema, payload })
const schemaDocuments = [
  withSchema({ type: 'string' }, 'text'),
  withSchema({ type: 'int8' }, -8),
  withSchema({ type: 'int64' }, 1234567890123),
  withSchema({ type: 'float' }, 1.1),
  withSchema({ type: 'double' }, 1e10),
  withSchema({ type: 'double' }, 1234567),
  withSchema({ type: 'boolean' }, false),
  withSchema({ type: 'string', optional: true }, null),
  withSchema({ type: 'array', items: { type: 'int32' } }, [1, 2]),
  withSchema({ type: 'map', keys: { type: 'string' }, values: { type: 'int32' } }, { b: 1, a: 2 }),
  withSchema({ type: 'map', keys: { type: 'int32' }, values: { type: 'string' } }, [
    [2, 'two'],
    [1, 'one'],
  ]),
  withSchema(
    {
      type: 'struct',
      fields: [
        field('a', 'int32'),
        field('in', 'struct', { fields: [field('x', 'double'), field('y', 'string')] }),
        field('n', 'string'),
      ],
    },
    { a: 1, in: { x: 1, y: null }, n: null },
  ),
  withSchema({ type: 'struct', fields: [field('d', 'string', { default: 'given' })] }, {}),
  withSchema(
    { type: 'bytes', name: 'org.apache.kafka.connect.data.Decimal', version: 1, parameters: { scale: '2' } },
    'AIA=',
  ),
  withSchema({ type: 'int32', name: 'org.apache.kafka.connect.data.Date', version: 1 }, 17361),
  withSchema({ type: 'int32', name: 'org.apache.kafka.connect.data.Time', version: 1 }, 9600000),
  withSchema({ type: 'int64', name: 'org.apache.kafka.connect.data.Timestamp', version: 1 }, 1500000000123),
  null,
  withSchema({ type: 'string' }, 'END'),
]

test.each([
  ['without schemas', 'plain', plainDocuments, json(false)],
  ['with schemas', 'schemas', schemaDocuments, json(true)],
])(
  'the sink writes JSON documents %s as the JVM prints them',
  async (_, mark, documents, converters) => {
    const topic = `documents-${mark}-${process.pid}`
    await probe.create(topic)
    await probe.produce(topic, documents)
    const outputs: string[] = []
    for (const [index, side] of (['jvm', ours] as const).entries()) {
      const dir = join(folder, `documents-${mark}-${index}`)
      const file = join(dir, 'out.txt')
      const worker = await startWorker(side, {
        bootstrap: broker.bootstrap,
        dir,
        worker: converters,
        env: { TZ: 'UTC' },
        connectors: [
          {
            name: `documents-${mark}-${index}`,
            'connector.class': 'FileStreamSink',
            'tasks.max': '1',
            file,
            topics: topic,
          },
        ],
      })
      try {
        await until(
          `END in the sink file of ${side}`,
          () => existsSync(file) && readFileSync(file, 'utf8').endsWith('END\n'),
        )
      } catch (error) {
        const status = await (await worker.fetch(`/connectors/documents-${mark}-${index}/status`)).text()
        throw new Error(`${error}\n${status}`, { cause: error })
      } finally {
        await worker.stop()
      }
      outputs.push(readFileSync(file, 'utf8'))
    }
    expect(outputs[1]!.split('\n')).toEqual(outputs[0]!.split('\n'))
  },
  300_000,
)
