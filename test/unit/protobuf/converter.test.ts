import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { protobufConverterPlugin } from '../../../src/converters/protobuf/protobuf-converter.ts'
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

const converter = (keys: Config = {}) => registry.converter(protobufConverterPlugin, keys)

const first = order(['id', INT64_SCHEMA])
const second = order(['id', INT64_SCHEMA], ['note', OPTIONAL_STRING_SCHEMA])
const refused = order(['id', STRING_SCHEMA])

test('a value goes out behind the id of its schema and the path to its message, and comes back', async () => {
  const schema = order(['id', INT64_SCHEMA], ['amount', decimalBuilder(2).optional().build()])
  const value = new Struct(schema).put('id', 9007199254740993n).put('amount', new BigDecimal(1250n, 2))
  const bytes = (await write(converter(), 'money', schema, value))!
  expect(bytes.readInt8(0)).toBe(0)
  expect(bytes.toString('hex', 5)).toBe('0008818080808080801012080a0204e210041802')
  expect(await registry.ask('/subjects/money-value/versions/1')).toMatchObject({
    schemaType: 'PROTOBUF',
    id: bytes.readInt32BE(1),
    schema: expect.stringContaining('confluent.type.Decimal amount = 2 [(confluent.field_meta) = {'),
  })
  const again = await read(converter(), 'money', bytes)
  expect(again.schema!.version).toBe(1)
  expect(again.schema!.name).toBe('Order')
  expect(String(again.value)).toBe('Struct{id=9007199254740993,amount=12.50}')
})

test('a single value is one of the wrappers', async () => {
  const bytes = (await write(converter(), 'texts', STRING_SCHEMA, 'hello'))!
  expect(bytes.toString('hex', 5)).toBe(`020e0a05${Buffer.from('hello').toString('hex')}`)
  const again = await read(converter(), 'texts', bytes)
  expect(again.value).toBe('hello')
  expect(again.schema!.type).toBe('STRING')
})

test('nulls are no message', async () => {
  expect(await write(converter(), 'nulls', null, null)).toBeNull()
  expect(await write(converter(), 'nulls', OPTIONAL_STRING_SCHEMA, null)).toBeNull()
  expect((await read(converter(), 'nulls', null)).value).toBeNull()
})

describe('one subject that evolves', () => {
  test('takes another field; old data are read as the latest version has them', async () => {
    const source = converter()
    const bytes = [
      await write(source, 'rows', first, new Struct(first).put('id', 1)),
      await write(source, 'rows', second, new Struct(second).put('id', 2).put('note', 'x')),
    ]
    const sink = converter()
    const values = [await read(sink, 'rows', bytes[0]!), await read(sink, 'rows', bytes[1]!)]
    expect(values.map(({ schema }) => schema!.version)).toEqual([1, 2])
    expect(String(values[1]!.value)).toBe('Struct{id=2,note=x}')
    const latest = await read(converter({ 'use.latest.version': 'true' }), 'rows', bytes[0]!)
    expect(String(latest.value)).toBe('Struct{id=1,note=}')
    expect(latest.schema!.version).toBe(2)
  })

  test('does not take another type: the error names subject, version and reason', async () => {
    await write(converter(), 'types', first, new Struct(first).put('id', 1))
    const error = await thrown(write(converter(), 'types', refused, new Struct(refused).put('id', 'x')))
    expect(chain(error)[0]).toContain('DataException')
    const { hint } = (error.cause as Error).cause as { hint?: string }
    expect(hint).toStartWith('Subject "types-value", version 1, does not admit this schema: ')
    expect(hint).toContain("The kind of a SCALAR field at path '#/Order/1' in the new schema does not match")
  })

  test('with use.latest.version the registered message of that name is meant, wherever it stands', async () => {
    const schema =
      'syntax = "proto3"; package shop; message Head { int32 x = 1; } message Order { int64 id = 1; string by = 9; }'
    await registry.ask('/subjects/given-value/versions', { schemaType: 'PROTOBUF', schema })
    const keys = {
      'auto.register.schemas': 'false',
      'use.latest.version': 'true',
      'latest.compatibility.strict': 'false',
    }
    const bytes = (await write(converter(keys), 'given', first, new Struct(first).put('id', 7)))!
    expect(bytes.toString('hex', 5)).toBe('02020807')
    expect(String((await read(converter(), 'given', bytes)).value)).toBe('Struct{id=7,by=}')
  })

  test('what readers of the given schema would take for another field is refused', async () => {
    const schema = 'syntax = "proto3"; package shop; message Order { int64 note = 1; }'
    const { id } = (await registry.ask('/subjects/other-value/versions', {
      schemaType: 'PROTOBUF',
      schema,
    })) as {
      id: number
    }
    const off = { 'auto.register.schemas': 'false' }
    for (const keys of [
      { ...off, 'use.latest.version': 'true' },
      { ...off, 'use.schema.id': String(id) },
    ]) {
      const error = await thrown(write(converter(keys), 'other', first, new Struct(first).put('id', 7)))
      expect(chain(error)).toEqual([
        "DataException: The field shop.Order.id has the number 1 in the data's schema, which the registered one has for the field shop.Order.note",
      ])
    }
  })
})

test('a schema that imports others is read with them', async () => {
  const address = 'syntax = "proto3"; package geo; message Address { string city = 1; }'
  await registry.ask('/subjects/address/versions', { schemaType: 'PROTOBUF', schema: address })
  const user = (await registry.ask('/subjects/users-value/versions', {
    schemaType: 'PROTOBUF',
    schema: 'syntax = "proto3"; import "geo/address.proto"; message User { geo.Address home = 1; }',
    references: [{ name: 'geo/address.proto', subject: 'address', version: 1 }],
  })) as { id: number }
  const prefix = Buffer.alloc(5)
  prefix.writeInt32BE(user.id, 1)
  const { value } = await read(
    converter(),
    'users',
    Buffer.concat([prefix, Buffer.from('000a050a03556c6d', 'hex')]),
  )
  expect(String(value)).toBe('Struct{home=Struct{city=Ulm}}')
})

describe('bad input', () => {
  test('a value without schema', async () => {
    const error = await thrown(write(converter(), 'bare', null, { a: 1 }))
    expect(chain(error).join()).toContain('Protobuf cannot write a value that has no schema')
  })

  test('bytes that are no message', async () => {
    const bytes = (await write(
      converter(),
      'broken',
      second,
      new Struct(second).put('id', 1).put('note', 'abc'),
    ))!
    const error = await thrown(read(converter(), 'broken', bytes.subarray(0, bytes.length - 1)))
    expect(chain(error)[0]).toBe('DataException: Failed to deserialize data for topic broken to Protobuf:')
    expect(chain(error).join()).toContain('(message shop.Order in the field note, byte 4 of 6)')
  })

  test('a value that is none of its schema', async () => {
    const schema = order(['id', INT32_SCHEMA])
    const error = await thrown(write(converter(), 'wrong', schema, new Struct(schema, ['x'])))
    expect(chain(error).join()).toContain('Invalid type for INT32: class java.lang.String (field id)')
  })
})
