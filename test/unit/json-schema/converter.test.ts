import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { jsonSchemaConverterPlugin } from '../../../src/converters/json-schema/json-schema-converter.ts'
import { BigDecimal } from '../../../src/data/big-decimal.ts'
import { decimalBuilder } from '../../../src/data/decimal.ts'
import {
  INT32_SCHEMA,
  INT64_SCHEMA,
  OPTIONAL_STRING_SCHEMA,
  STRING_SCHEMA,
} from '../../../src/data/schema.ts'
import { Struct } from '../../../src/data/struct.ts'
import type { Config } from '../../../src/sdk/plugin.ts'
import { chain, read, thrown, write } from '../registry-client/conversions.ts'
import { order, ServedRegistry } from '../registry-client/served-registry.ts'

let registry: ServedRegistry
beforeAll(async () => {
  registry = await ServedRegistry.start()
})
afterAll(() => registry.close())

const converter = (keys: Config = {}) => registry.converter(jsonSchemaConverterPlugin, keys)

const first = order(['id', INT64_SCHEMA])
const second = order(['id', INT64_SCHEMA], ['note', OPTIONAL_STRING_SCHEMA])
const refused = order(['id', INT64_SCHEMA], ['price', INT32_SCHEMA])
const closed = { 'object.additional.properties': 'false' }

test('a value goes out behind the id of its schema, and comes back', async () => {
  const schema = order(['id', INT64_SCHEMA], ['amount', decimalBuilder(2).optional().build()])
  const value = new Struct(schema).put('id', 9007199254740993n).put('amount', new BigDecimal(1250n, 2))
  const bytes = (await write(converter({ 'decimal.format': 'NUMERIC' }), 'money', schema, value))!
  expect(bytes.readInt8(0)).toBe(0)
  expect(bytes.toString('utf8', 5)).toBe('{"id":9007199254740993,"amount":12.50}')
  expect(await registry.ask('/subjects/money-value/versions/1')).toMatchObject({
    schemaType: 'JSON',
    id: bytes.readInt32BE(1),
    schema: expect.stringContaining('"title":"shop.Order"'),
  })
  const again = await read(converter(), 'money', bytes)
  expect(again.schema!.version).toBe(1)
  expect(again.schema!.fields.map(field => field.name)).toEqual(['id', 'amount'])
  expect(String(again.value)).toBe('Struct{id=9007199254740993,amount=12.50}')
})

describe('nulls', () => {
  test('without schema, or of one that wants a value, are no message', async () => {
    expect(await write(converter(), 'nulls', null, null)).toBeNull()
    expect(await write(converter(), 'nulls', first, null)).toBeNull()
    expect((await read(converter(), 'nulls', null)).value).toBeNull()
  })

  test('of an optional schema are a message that says null', async () => {
    const bytes = (await write(converter(), 'nulls', OPTIONAL_STRING_SCHEMA, null))!
    expect(bytes.toString('utf8', 5)).toBe('null')
    const again = await read(converter(), 'nulls', bytes)
    expect(again.value).toBeNull()
    expect(again.schema!.optional).toBe(true)
  })
})

describe('one subject that evolves', () => {
  test('closed schemas take new optional properties', async () => {
    const source = converter(closed)
    const bytes = [
      await write(source, 'closed', first, new Struct(first).put('id', 1)),
      await write(source, 'closed', second, new Struct(second).put('id', 2)),
    ]
    const sink = converter()
    const values = [await read(sink, 'closed', bytes[0]!), await read(sink, 'closed', bytes[1]!)]
    expect(values.map(({ schema }) => schema!.version)).toEqual([1, 2])
    const latest = await read(converter({ 'use.latest.version': 'true' }), 'closed', bytes[0]!)
    expect(String(latest.value)).toBe('Struct{id=1}')
    expect(latest.schema!.field('note')).not.toBeNull()
  })

  test('open ones do not: the error names subject, version and reason', async () => {
    await write(converter(), 'open', first, new Struct(first).put('id', 1))
    const error = await thrown(
      write(converter(), 'open', refused, new Struct(refused).put('id', 2).put('price', 3)),
    )
    expect(chain(error)[0]).toBe(
      'DataException: Converting Kafka Connect data to byte[] failed due to serialization error of topic open: ',
    )
    const { hint } = (error.cause as Error).cause as { hint?: string }
    expect(hint).toStartWith('Subject "open-value", version 1, does not admit this schema: ')
    expect(hint).toContain(
      "The new schema has an open content model and has a property or item at path '#/properties/price' which is missing in the old schema",
    )
  })
})

describe('bad input', () => {
  test('a value without schema', async () => {
    const error = await thrown(write(converter(), 'bare', null, { a: 1 }))
    expect(chain(error).join()).toContain('A value without a Connect schema has no JSON Schema')
  })

  test('bytes that are no JSON', async () => {
    const bytes = (await write(converter(), 'broken', STRING_SCHEMA, 'x'))!
    const error = await thrown(
      read(converter(), 'broken', Buffer.concat([bytes.subarray(0, 5), Buffer.from('{"a')])),
    )
    expect(chain(error)[0]).toBe(
      'DataException: Converting byte[] to Kafka Connect data failed due to serialization error of topic broken: ',
    )
    expect(chain(error).join()).toContain('Unexpected end-of-input')
  })

  test('a value that is none of its schema', async () => {
    const bytes = (await write(converter(), 'wrong', first, new Struct(first).put('id', 1)))!
    const error = await thrown(
      read(converter(), 'wrong', Buffer.concat([bytes.subarray(0, 5), Buffer.from('{"id":null}')])),
    )
    expect(error.message).toBe('Invalid null value for required INT64 field (field id)')
  })
})

test('settings are checked', () => {
  expect(() => converter({ 'decimal.format': 'TEXT' })).toThrow('decimal.format')
})
