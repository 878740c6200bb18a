/**
 * What the converters alone cost, in CPU-seconds a million records (the other core may be busy with something else):
 * `bun test/bench/converters.ts [name part] [rounds]`. A fresh process a case keeps what one case taught the compiler
 * from the next.
 */
import { jsonConverterPlugin } from '../../src/converters/json/json-converter.ts'
import { simpleHeaderConverterPlugin } from '../../src/converters/simple-header.ts'
import { stringConverterPlugin } from '../../src/converters/string.ts'
import { ConnectHeaders } from '../../src/data/headers.ts'
import {
  FLOAT64_SCHEMA,
  INT64_SCHEMA,
  OPTIONAL_STRING_SCHEMA,
  type Schema,
  SchemaAndValue,
  STRING_SCHEMA,
} from '../../src/data/schema.ts'
import { SchemaBuilder } from '../../src/data/schema-builder.ts'
import { Struct } from '../../src/data/struct.ts'
import { PackedBatch } from '../../src/kafka/packed-batch.ts'
import { HeaderBuffer } from '../../src/pipeline/header-buffer.ts'
import type { Converter, HeaderConverter } from '../../src/sdk/plugin.ts'
import { numberedLine } from '../servers/numbered-lines.ts'
import { jsonLine } from './json-lines.ts'
import { order, orderLine } from './orders.ts'

const BATCH = 2000
const wanted = process.argv[2] ?? ''
const rounds = Number(process.argv[3] ?? 5)

const plain = jsonConverterPlugin.converter!({ 'schemas.enable': 'false' }, false)
const enveloped = jsonConverterPlugin.converter!({}, false)
const lineSchema = SchemaBuilder.struct()
  .field('line', STRING_SCHEMA)
  .field('data_source', OPTIONAL_STRING_SCHEMA)
  .build()

function serializing(converter: Converter, schema: Schema | null, value: (i: number) => unknown): () => void {
  const values = Array.from({ length: BATCH }, (_, i) => value(i))
  const batch = new PackedBatch(BATCH, BATCH * 4096)
  const topic = batch.topicNumber('t')
  return () => {
    batch.clear()
    for (let i = 0; i < BATCH; i++) {
      batch.begin(topic, -1, -1)
      converter.serialize('t', schema, values[i], batch)
      batch.endValue()
      batch.commit()
    }
  }
}

function deserializing(converter: Converter, text: (i: number) => string): () => void {
  const batch = new PackedBatch(BATCH, BATCH * 4096)
  const topic = batch.topicNumber('t')
  for (let i = 0; i < BATCH; i++) {
    batch.begin(topic, -1, -1)
    batch.putUtf8(text(i))
    batch.endValue()
    batch.commit()
  }
  const into = new SchemaAndValue()
  let values: unknown[] = []
  return () => {
    values = []
    for (let i = 0; i < BATCH; i++) {
      converter.deserialize('t', batch.data, batch.valueStart(i), batch.valueLength(i), into)
      values.push(into.value)
    }
    if (values.length !== BATCH) throw new Error('too few')
  }
}

function packingHeaders(converter: HeaderConverter, add: (headers: ConnectHeaders) => void): () => void {
  const headers = new ConnectHeaders()
  add(headers)
  const batch = new PackedBatch(BATCH, BATCH * 256)
  const buffer = new HeaderBuffer()
  const topic = batch.topicNumber('t')
  return () => {
    batch.clear()
    for (let i = 0; i < BATCH; i++) {
      buffer.encode('t', headers, converter)
      batch.begin(topic, -1, -1)
      buffer.appendTo(batch)
      batch.commit()
    }
  }
}

function readingHeader(converter: HeaderConverter, text: string): () => void {
  const bytes = Buffer.from(text)
  const into = new SchemaAndValue()
  return () => {
    for (let i = 0; i < BATCH; i++) converter.deserialize('t', 'origin', bytes, into)
  }
}

/** As `deserialize` with its schema, so that nested structs are of the right class. */
function orderStructs(): { schema: Schema; values: Struct[] } {
  const into = new SchemaAndValue()
  const values: Struct[] = []
  for (let i = 0; i < BATCH; i++) {
    const data = Buffer.from(orderLine(i, true))
    enveloped.deserialize('t', data, 0, data.length, into)
    values.push(into.value as Struct)
  }
  return { schema: into.schema!, values }
}

function lineStruct(i: number): Struct {
  return new Struct(lineSchema).put('line', numberedLine(i)).put('data_source', 'test-file-source')
}

const position = SchemaBuilder.struct().field('lat', FLOAT64_SCHEMA).field('n', INT64_SCHEMA).build()

const cases: Record<string, () => () => void> = {
  'write {line}': () => serializing(plain, null, i => ({ line: numberedLine(i) })),
  'write {line, data_source, n}': () =>
    serializing(plain, null, i => ({ line: numberedLine(i), data_source: 'test-file-source', n: i })),
  'write order, 20 keys': () => serializing(plain, null, order),
  'write order as Map': () => serializing(plain, null, i => new Map(Object.entries(order(i)))),
  'write struct of 2, no envelope': () => serializing(plain, lineSchema, lineStruct),
  'write struct of 2': () => serializing(enveloped, lineSchema, lineStruct),
  'write struct of 2 numbers': () =>
    serializing(enveloped, position, i => new Struct(position).put('lat', i + 0.25).put('n', i)),
  'write order with schema': () => {
    const { schema, values } = orderStructs()
    return serializing(enveloped, schema, i => values[i])
  },
  'read {line, data_source}': () => deserializing(plain, jsonLine),
  'read order, 20 keys': () => deserializing(plain, i => orderLine(i, false)),
  'read order with 1.0': () =>
    deserializing(plain, i => orderLine(i, false).replace('"quantity":', '"x":1.0,"quantity":')),
  'read struct of 2': () => {
    const batch = new PackedBatch()
    serializing(enveloped, lineSchema, lineStruct)()
    enveloped.serialize('t', lineSchema, lineStruct(0), batch)
    const sample = batch.data.toString('utf8', 0, 2000)
    const envelope = sample.slice(0, sample.indexOf('"payload":') + 10)
    return deserializing(enveloped, i => `${envelope}${jsonLine(i)}}`)
  },
  'read order with schema': () => deserializing(enveloped, i => orderLine(i, true)),
  'write header, simple': () =>
    packingHeaders(simpleHeaderConverterPlugin.headerConverter!({}), headers =>
      headers.addString('origin', 'numbered-lines'),
    ),
  'write header, string': () =>
    packingHeaders(stringConverterPlugin.headerConverter!({}), headers =>
      headers.addString('origin', 'numbered-lines'),
    ),
  'read header, simple': () =>
    readingHeader(simpleHeaderConverterPlugin.headerConverter!({}), 'numbered-lines'),
  'read header, string': () => readingHeader(stringConverterPlugin.headerConverter!({}), 'numbered-lines'),
}

if (process.env['BENCH_CASE'] === undefined) {
  for (const name of Object.keys(cases).filter(each => each.includes(wanted))) {
    const child = Bun.spawn([process.execPath, import.meta.path, '', String(rounds)], {
      env: { ...process.env, BENCH_CASE: name },
      stdout: 'inherit',
      stderr: 'inherit',
    })
    if ((await child.exited) !== 0) process.exit(1)
  }
} else {
  const name = process.env['BENCH_CASE']
  const work = cases[name]!()
  const figures: number[] = []
  for (let round = 0; round < rounds; round++) {
    const cpu = process.cpuUsage()
    for (let i = 0; i < 100; i++) work()
    const { user, system } = process.cpuUsage(cpu)
    figures.push((user + system) / (100 * BATCH))
  }
  figures.sort((a, b) => a - b)
  const median = figures[figures.length >> 1]!
  console.log(`${name.padEnd(34)} ${median.toFixed(3)} CPU-s/M (best ${figures[0]!.toFixed(3)})`)
}
