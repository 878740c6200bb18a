import { expect, test } from 'bun:test'
import { registryConverter } from '../../../src/converters/registry/registry-converter.ts'
import type { Config } from '../../../src/sdk/plugin.ts'
import { chain, read, thrown } from './conversions.ts'
import { recordFormat, textOf } from './record-format.ts'
import { failure, ok, type ScriptedRegistry, scriptedRegistry } from './scripted-registry.ts'

const text = textOf('shop.Order', ['id', 'name'])
const record = (id: number) => Buffer.concat([Buffer.from([0, 0, 0, 0, id]), Buffer.from('["1","bolt"]')])
const GUID = '550e8400-e29b-41d4-a716-446655440000'

async function converter(keys: Config = {}) {
  const registry = await scriptedRegistry()
  const format = recordFormat()
  const config = { 'schema.registry.url': registry.url, 'retries.wait.ms': '0', ...keys }
  return { registry, format, made: registryConverter(format, config, false) }
}

function has(registry: ScriptedRegistry, id: number, version: number, schema = text) {
  registry.on('GET', new RegExp(`^/schemas/ids/${id}\\?`), () => ok({ schema }))
  registry.on('POST', /^\/subjects\/[a-z]+-value\?deleted=true$/, () =>
    ok({ subject: 's', id, version, schema }),
  )
}

test('reads by the schema of the id, whose version is that of the subject', async () => {
  const { registry, format, made } = await converter()
  has(registry, 7, 3)
  const { schema, value } = await read(made, 't', record(7))
  expect(schema).toMatchObject({ name: 'shop.Order', version: 3 })
  expect(String(value)).toBe('Struct{id=1,name=bolt}')
  await read(made, 't', record(7))
  expect(registry.paths()).toEqual([
    'GET /schemas/ids/7?fetchMaxId=false&subject=t-value',
    'POST /subjects/t-value?deleted=true',
  ])
  expect(registry.asked[1]!.body).toEqual({ schema: text })
  expect(format.calls).toEqual({ schemaOf: 0, writer: 0, reader: 1 })
})

test('null bytes are null', async () => {
  const { registry, made } = await converter()
  expect(await read(made, 't', null)).toMatchObject({ schema: null, value: null })
  expect(registry.asked).toEqual([])
})

test('of two topics each has its own version, and one question about the id', async () => {
  const { registry, made } = await converter()
  has(registry, 7, 3)
  await read(made, 't', record(7))
  registry.on('POST', /^\/subjects\/u-value/, () =>
    ok({ subject: 'u-value', id: 7, version: 1, schema: text }),
  )
  expect((await read(made, 'u', record(7))).schema!.version).toBe(1)
  expect((await read(made, 't', record(7))).schema!.version).toBe(3)
  expect(registry.asked).toHaveLength(3)
})

test('a subject that does not have the schema leaves its version open', async () => {
  const { registry, made } = await converter()
  registry.on('GET', /^\/schemas\/ids/, () => ok({ schema: text }))
  registry.on('POST', /^\/subjects/, () => failure(404, 40401, "Subject 't-value' not found."))
  expect((await read(made, 't', record(7))).schema!.version).toBeNull()
})

test('resolves references, and theirs', async () => {
  const { registry, format, made } = await converter()
  const reference = (name: string) => ({ name, subject: `${name}-value`, version: 1 })
  registry.on('POST', /^\/subjects/, () => ok({ subject: 't-value', id: 7, version: 1, schema: text }))
  registry.on('GET', /^\/schemas\/ids/, () => ok({ schema: text, references: [reference('a')] }))
  registry.on('GET', /^\/subjects\/a-value\/versions\/1\?deleted=true/, () =>
    ok({ subject: 'a-value', id: 1, version: 1, schema: textOf('a', []), references: [reference('b')] }),
  )
  registry.on('GET', /^\/subjects\/b-value\/versions\/1\?deleted=true/, () =>
    ok({ subject: 'b-value', id: 2, version: 1, schema: textOf('b', []) }),
  )
  let given: unknown = null
  format.format.parse = ((parse: typeof format.format.parse) => (text, references) => {
    given = references
    return parse(text, references)
  })(format.format.parse)
  await read(made, 't', record(7))
  expect(given).toEqual([
    {
      ...reference('a'),
      text: textOf('a', []),
      references: [{ ...reference('b'), text: textOf('b', []), references: [] }],
    },
  ])
})

test('reads into the latest version where that is wanted', async () => {
  const { registry, made } = await converter({ 'use.latest.version': 'true' })
  has(registry, 7, 1)
  const wider = JSON.stringify({
    type: 'record',
    name: 'shop.Order',
    fields: [
      { name: 'name', type: 'string' },
      { name: 'price', type: 'string', default: '0' },
    ],
  })
  registry.on('GET', /latest$/, () => ok({ subject: 't-value', id: 9, version: 2, schema: wider }))
  const { schema, value } = await read(made, 't', record(7))
  expect(schema!.version).toBe(2)
  expect(String(value)).toBe('Struct{name=bolt,price=0}')
})

test('reads by GUID', async () => {
  const { registry, made } = await converter()
  has(registry, 7, 3)
  registry.on('GET', new RegExp(`^/schemas/guids/${GUID}$`), () => ok({ schema: text, guid: GUID }))
  const bytes = Buffer.concat([
    Buffer.from(`01${GUID.replaceAll('-', '')}`, 'hex'),
    Buffer.from('["1","bolt"]'),
  ])
  expect(String((await read(made, 't', bytes)).value)).toBe('Struct{id=1,name=bolt}')
  expect((await read(made, 't', record(7))).schema!.version).toBe(3)
  expect(String((await read(made, 't', bytes)).value)).toBe('Struct{id=1,name=bolt}')
})

test.each([
  ['an unknown magic byte', Buffer.from('{"a":1}'), 'IllegalArgumentException: Unknown magic byte!'],
  [
    'no bytes',
    Buffer.alloc(0),
    'BufferUnderflowException: 0 bytes, of which the magic byte and the schema id take 5',
  ],
  [
    'a cut id',
    Buffer.from([0, 0, 1]),
    'BufferUnderflowException: 3 bytes, of which the magic byte and the schema id take 5',
  ],
  [
    'a cut GUID',
    Buffer.from([1, 0]),
    'BufferUnderflowException: 2 bytes, of which the magic byte and the schema id take 17',
  ],
])('%s is told with what to do', async (_, bytes, cause) => {
  const { registry, made } = await converter()
  const error = await thrown(read(made, 't', bytes))
  expect(chain(error)).toEqual([
    'DataException: Failed to deserialize data for topic t to Avro:',
    'SerializationException: Error deserializing schema ID',
    cause,
  ])
  expect((error.cause as { hint?: string }).hint).toContain('JsonConverter')
  expect(registry.asked).toEqual([])
})

test('an id that the registry does not have is told with topic and id', async () => {
  const { registry, made } = await converter()
  registry.on('GET', /^\/schemas\/ids/, () => failure(404, 40403, 'Schema 7 not found'))
  const error = await thrown(read(made, 't', record(7)))
  expect(chain(error)).toEqual([
    'DataException: Failed to deserialize data for topic t to Avro:',
    'SerializationException: Error retrieving Avro value schema for id 7',
    'RestClientException: Schema 7 not found; error code: 40403',
  ])
  expect(((error.cause as Error).cause as { hint?: string }).hint).toContain(
    'Topic t holds data of schema id 7',
  )
})

test('a schema of another language names its converter', async () => {
  const { registry, made } = await converter()
  registry.on('GET', /^\/schemas\/ids/, () => ok({ schema: 'syntax = "proto3";', schemaType: 'PROTOBUF' }))
  const error = await thrown(read(made, 't', record(7)))
  expect(((error.cause as Error).cause as { hint?: string }).hint).toBe(
    'Schema id 7 is of type PROTOBUF, not AVRO: its converter is io.confluent.connect.protobuf.ProtobufConverter.',
  )
})

test('bytes that are none of the schema are a DataException', async () => {
  const { registry, made } = await converter()
  has(registry, 7, 3)
  expect(chain(await thrown(read(made, 't', Buffer.from('\0\0\0\0\x07{'))))).toEqual([
    'DataException: Failed to deserialize data for topic t to Avro:',
    'SerializationException: Error deserializing Avro message for id 7',
    'SerializationException: No values',
    expect.stringContaining('SyntaxError: '),
  ])
})

test('encrypted fields are not handed on as they are', async () => {
  const { registry, made } = await converter()
  const rule = {
    name: 'hide',
    kind: 'TRANSFORM',
    mode: 'WRITEREAD',
    type: 'ENCRYPT',
    onFailure: 'ERROR,NONE',
  }
  const answer = (onFailure: string) =>
    registry.on('GET', /^\/schemas\/ids/, () =>
      ok({ schema: text, ruleSet: { domainRules: [{ ...rule, onFailure }] } }),
    )
  answer('ERROR,ERROR')
  expect(chain(await thrown(read(made, 't', record(7))))[1]).toBe(
    'SerializationException: Could not find rule executor of type ENCRYPT',
  )
})
