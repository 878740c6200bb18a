/** Dead letters of a source whose converters ask a registry: it hears of no schema that its topics do not have. */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { avroConverterPlugin } from '../../../src/converters/avro/avro-converter.ts'
import { jsonConverterPlugin } from '../../../src/converters/json/json-converter.ts'
import { BigDecimal } from '../../../src/data/big-decimal.ts'
import { decimalSchema } from '../../../src/data/decimal.ts'
import { DataException } from '../../../src/data/errors.ts'
import { SourceRecord } from '../../../src/data/records.ts'
import {
  INT64_SCHEMA,
  OPTIONAL_STRING_SCHEMA,
  type Schema,
  SchemaAndValue,
  STRING_SCHEMA,
} from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import { NO_TOLERANCE } from '../../../src/pipeline/error-handling.ts'
import { type OpenRegistry, openRegistry } from '../../../src/registry/open.ts'
import { ConversionPending } from '../../../src/sdk/conversion-pending.ts'
import type { Converter } from '../../../src/sdk/plugin.ts'
import { chainOf, converters, ownHouse, RecordedSource, string, until } from './harness.ts'

const { house } = ownHouse()
const folder = mkdtempSync('/tmp/bunnect-letters-')
let registry: OpenRegistry
let server: Bun.Server<undefined>
let avro: Converter
beforeAll(() => {
  registry = openRegistry({ file: join(folder, 'schemas.db') })
  server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: request => registry.fetch(request) })
  avro = avroConverterPlugin.converter!({ 'schema.registry.url': server.url.origin }, false)
})
afterAll(async () => {
  await server.stop(true)
  registry.close()
  rmSync(folder, { recursive: true })
})

const partition = { p: 1 }
const record = (topic: string, schema: Schema, value: unknown, o: number) =>
  new SourceRecord(partition, { o }, topic, null, null, null, schema, value, null, null)
const tolerant = (topic: string) => ({
  ...NO_TOLERANCE,
  tolerance: 'all' as const,
  deadLetterQueue: house.deadLetters(topic),
})
const asked = async (path: string) => (await fetch(`${server.url.origin}${path}`)).json()

test('a letter holds the record as it was polled, and only what goes into the topic is registered', async () => {
  const topic = 'orders'
  const order = new SchemaBuilder('STRUCT')
    .name('Order')
    .field('id', INT64_SCHEMA)
    .field('price', decimalSchema(2))
    .field('secret', OPTIONAL_STRING_SCHEMA)
    .build()
  const open = new SchemaBuilder('STRUCT').name('Order').field('id', INT64_SCHEMA).build()
  const orders = [1n, 2n, 3n].map(id =>
    new Struct(order)
      .put('id', id)
      .put('price', new BigDecimal(1234567890123456789012n, 2))
      .put('secret', 's'),
  )
  const source = new RecordedSource([orders.map((value, i) => record(topic, order, value, i))])
  const { runner } = house.source(topic, source.task, {
    converters: { ...converters, value: avro },
    chain: chainOf<SourceRecord>(each => {
      const value = each.value as Struct
      if (value.get('id') === 2n) throw new DataException('no')
      const { kafkaPartition, keySchema, key, timestamp } = each
      const shown = new Struct(open).put('id', value.get('id'))
      return each.newRecord(topic, kafkaPartition, keySchema, key, open, shown, timestamp)
    }),
    errors: tolerant('orders-q'),
  })
  await until('the third', () => runner.counters.written === 2)
  runner.stop()
  await runner.ended
  const [letter] = await house.values('orders-q')
  const read = new SchemaAndValue()
  const bytes = Buffer.from(letter!)
  jsonConverterPlugin.converter!({}, false).deserialize('orders-q', bytes, 0, bytes.length, read)
  expect(read.schema!.equals(order)).toBe(true)
  expect((read.value as Struct).equals(orders[1])).toBe(true)
  expect(letter).toContain('"price":12345678901234567890.12')
  expect(await asked('/subjects')).toEqual(['orders-value'])
  expect(await asked('/subjects/orders-value/versions')).toEqual([1])
  expect(await house.stored(topic, partition)).toEqual({ o: 2 })
})

test('a record whose schema the registry refuses is a letter that reads as the record, registered nowhere', async () => {
  const topic = 'grown'
  await fetch(`${server.url.origin}/subjects/grown-value/versions`, {
    method: 'POST',
    body: JSON.stringify({ schema: '"long"' }),
  })
  const source = new RecordedSource([[record(topic, STRING_SCHEMA, 'no long', 0)]])
  const { runner } = house.source(topic, source.task, {
    converters: { ...converters, value: avro },
    errors: tolerant('grown-q'),
  })
  await until('the letter', async () => (await house.values('grown-q').catch(() => [])).length === 1)
  runner.stop()
  await runner.ended
  expect(await house.values('grown-q')).toEqual([
    '{"schema":{"type":"string","optional":false},"payload":"no long"}',
  ])
  expect(await asked('/subjects/grown-value/versions')).toEqual([1])
})

test('a converter of somebody’s own that would have to wait is not waited for', async () => {
  const topic = 'late'
  const waiting: Converter = {
    ...string,
    serialize(to, schema, text, out) {
      if (text === 'late') throw new ConversionPending(new Promise(() => {}))
      string.serialize(to, schema, `<${text}>`, out)
    },
  }
  const values = ['a', 'late', 'b', 'good']
  const source = new RecordedSource([values.map((value, i) => record(topic, STRING_SCHEMA, value, i))])
  const { runner } = house.source(topic, source.task, {
    converters: { ...converters, value: waiting },
    chain: chainOf<SourceRecord>(each => {
      if (each.value !== 'good') throw new DataException('no')
      return each
    }),
    errors: tolerant('late-q'),
  })
  await until('the last', () => runner.counters.written === 1)
  runner.stop()
  await runner.ended
  expect(await house.values('late-q')).toEqual([
    '<a>',
    '{"schema":{"type":"string","optional":false},"payload":"late"}',
    '<b>',
  ])
  expect(await house.stored(topic, partition)).toEqual({ o: 3 })
})

test('a schema whose parts are shared at each level, or that is inside itself, stays away from the payload', async () => {
  const topic = 'shared'
  let schema: Schema = new SchemaBuilder('STRUCT').field('a', OPTIONAL_STRING_SCHEMA).optional().build()
  for (let i = 0; i < 40; i++) {
    schema = new SchemaBuilder('STRUCT').field('a', schema).field('b', schema).optional().build()
  }
  const source = new RecordedSource([[record(topic, schema, new Struct(schema), 0)]])
  const { runner } = house.source(topic, source.task, {
    converters: { ...converters, value: avro },
    chain: chainOf<SourceRecord>(() => {
      throw new DataException('no')
    }),
    errors: tolerant('shared-q'),
  })
  await until('the letter', async () => (await house.values('shared-q').catch(() => [])).length === 1)
  runner.stop()
  await runner.ended
  expect(await house.values('shared-q')).toEqual(['{"a":null,"b":null}'])
})
