import { afterEach, describe, expect, setSystemTime, test } from 'bun:test'
import { registryConverter } from '../../../src/converters/registry/registry-converter.ts'
import { ConversionPending } from '../../../src/sdk/conversion-pending.ts'
import type { Config, Converter } from '../../../src/sdk/plugin.ts'
import { thrown, write, writeNow } from './conversions.ts'
import { recordFormat, struct, structSchema, textOf } from './record-format.ts'
import { failure, ok, type ScriptedRegistry, scriptedRegistry } from './scripted-registry.ts'

const schema = structSchema('shop.Order', 'id', 'name')
const value = struct(schema, '1', 'bolt')
const payload = Buffer.from('["1","bolt"]')
const bytes = (id: number) => Buffer.concat([Buffer.from([0, 0, 0, 0, id]), payload])
const text = textOf('shop.Order', ['id', 'name'])
const quick = { 'retries.wait.ms': '0' }

async function converter(keys: Config = {}, isKey = false) {
  const registry = await scriptedRegistry()
  const format = recordFormat()
  const made = registryConverter(format, { 'schema.registry.url': registry.url, ...quick, ...keys }, isKey)
  return { registry, format, made }
}

const registers = (registry: ScriptedRegistry, id: number) =>
  registry.on('POST', /versions(\?|$)/, () => ok({ id }))

test('registers a schema once and writes its id before each payload', async () => {
  const { registry, format, made } = await converter()
  registers(registry, 7)
  expect(() => writeNow(made, 't', schema, value)).toThrow(ConversionPending)
  expect(await write(made, 't', schema, value)).toEqual(bytes(7))
  expect(writeNow(made, 't', schema, value)).toEqual(bytes(7))
  expect(registry.paths()).toEqual(['POST /subjects/t-value/versions'])
  expect(registry.asked[0]!.body).toEqual({ schema: text })
  expect(registry.asked[0]!.headers.get('content-type')).toBe('application/vnd.schemaregistry.v1+json')
  expect(format.calls).toEqual({ schemaOf: 1, writer: 1, reader: 0 })
})

test('sends the type of a schema that is not Avro, and normalize where it is asked for', async () => {
  const registry = await scriptedRegistry()
  registers(registry, 7)
  const config = { 'schema.registry.url': registry.url, 'normalize.schemas': 'true' }
  const made = registryConverter(recordFormat('Protobuf', 'PROTOBUF'), config, true)
  await write(made, 't', schema, value)
  expect(registry.paths()).toEqual(['POST /subjects/t-key/versions?normalize=true'])
  expect(registry.asked[0]!.body).toEqual({ schema: text, schemaType: 'PROTOBUF' })
})

test('keeps topics and schemas apart, and does not take an equal schema object for a new one', async () => {
  const { registry, format, made } = await converter()
  registry.on('POST', /^\/subjects\/a-value/, () => ok({ id: 1 }))
  registry.on('POST', /^\/subjects\/b-value/, () => ok({ id: 2 }))
  const twin = structSchema('shop.Order', 'id', 'name')
  expect(await write(made, 'a', schema, value)).toEqual(bytes(1))
  expect(await write(made, 'b', schema, value)).toEqual(bytes(2))
  expect(writeNow(made, 'a', schema, value)).toEqual(bytes(1))
  expect(writeNow(made, 'a', twin, struct(twin, '1', 'bolt'))).toEqual(bytes(1))
  expect(format.calls).toEqual({ schemaOf: 2, writer: 2, reader: 0 })
  const other = structSchema('shop.Other', 'id', 'name')
  await write(made, 'a', other, struct(other, '1', 'bolt'))
  const again = structSchema('shop.Order', 'id', 'name')
  expect(writeNow(made, 'a', again, struct(again, '1', 'bolt'))).toEqual(bytes(1))
  expect(registry.asked).toHaveLength(3)
})

test('values without schema are written with what they show', async () => {
  const { registry, made } = await converter()
  registers(registry, 3)
  expect(await write(made, 't', null, { id: '1', name: 'bolt' })).toEqual(bytes(3))
  expect(writeNow(made, 't', null, { id: '1', name: 'bolt' })).toEqual(bytes(3))
  expect(registry.asked.map(({ body }) => body)).toEqual([{ schema: textOf('Loose', ['id', 'name']) }])
})

test('null is null bytes and no question, unless the language writes it', async () => {
  const { registry, format, made } = await converter()
  expect(writeNow(made, 't', schema, null)).toBeNull()
  expect(writeNow(made, 't', null, null)).toBeNull()
  expect(registry.asked).toEqual([])
  registers(registry, 9)
  const config = { 'schema.registry.url': registry.url }
  const own = {
    ...format,
    writesNull: () => true,
    writer: () => (_: unknown, out: { putUtf8(text: string): void }) => out.putUtf8('null'),
  }
  expect(await write(registryConverter(own, config, false), 't', schema, null)).toEqual(
    Buffer.from('\0\0\0\0\tnull'),
  )
})

test.each([
  ['TopicNameStrategy', 't-value'],
  ['RecordNameStrategy', 'shop.Order'],
  ['TopicRecordNameStrategy', 't-shop.Order'],
  ['AssociatedNameStrategy', 't-value'],
])('%s names the subject %s', async (strategy, subject) => {
  const { registry, made } = await converter({
    'value.subject.name.strategy': `io.confluent.kafka.serializers.subject.${strategy}`,
  })
  registers(registry, 7)
  await write(made, 't', schema, value)
  expect(registry.paths()).toEqual([`POST /subjects/${subject}/versions`])
})

test('a subject is encoded', async () => {
  const { registry, made } = await converter()
  registers(registry, 7)
  await write(made, 'a/b c', schema, value)
  expect(registry.paths()).toEqual(['POST /subjects/a%2Fb%20c-value/versions'])
})

test('looks up what is not to be registered', async () => {
  const { registry, made } = await converter({
    'auto.register.schemas': 'false',
    'normalize.schemas': 'true',
  })
  registry.on('POST', /^\/subjects\/t-value\?normalize=true$/, () =>
    ok({ subject: 't-value', id: 4, version: 2, schema: text }),
  )
  expect(await write(made, 't', schema, value)).toEqual(bytes(4))
})

test('writes with the latest version, which the data have to fit', async () => {
  const { registry, made } = await converter({
    'auto.register.schemas': 'false',
    'use.latest.version': 'true',
  })
  const latest = (fields: string[]) =>
    registry.on('GET', /^\/subjects\/[a-z]-value\/versions\/latest$/, () =>
      ok({ subject: 't-value', id: 5, version: 3, schema: textOf('shop.Order', fields) }),
    )
  latest(['name'])
  expect(await write(made, 't', schema, value)).toEqual(Buffer.from('\0\0\0\0\x05["bolt"]'))
  latest(['name', 'price'])
  const error = await thrown(write(made, 'u', schema, value))
  expect(error.message).toBe('Failed to serialize Avro data from topic u:')
  const cause = (error.cause as Error).cause as Error
  expect(cause.message).toStartWith(`Incompatible schema ${textOf('shop.Order', ['name', 'price'])}`)
  expect(cause.message).toEndWith(`Subject "u-value", version 3: The field 'price' has no default value`)
  expect(cause.message).toContain('Set latest.compatibility.strict=false to disable this check')
})

describe('an answer that grows old', () => {
  const start = Date.now()
  const at = (seconds: number) => setSystemTime(start + seconds * 1000)
  afterEach(() => {
    setSystemTime()
  })
  const latest = { 'auto.register.schemas': 'false', 'use.latest.version': 'true' }
  const counting = async (seconds: string) => {
    const { registry, made } = await converter({ ...latest, 'latest.cache.ttl.sec': seconds })
    let id = 1
    registry.on('GET', /latest$/, () => ok({ subject: 't-value', id: id++, version: id, schema: text }))
    return made
  }
  /** Waits for what a value needs, and does not collect it. */
  const asked = async (made: Converter) => {
    try {
      writeNow(made, 't', schema, value)
    } catch (error) {
      await (error as ConversionPending).ready
    }
  }

  test('is asked for again', async () => {
    const made = await counting('10')
    at(0)
    expect(await write(made, 't', schema, value)).toEqual(bytes(1))
    at(9.9)
    expect(writeNow(made, 't', schema, value)).toEqual(bytes(1))
    at(10)
    expect(await write(made, 't', schema, value)).toEqual(bytes(2))
  })

  test('is as old for who comes to it later', async () => {
    const made = await counting('10')
    const other = structSchema('shop.Order', 'id', 'name', 'price')
    const priced = struct(other, '1', 'bolt', '2')
    at(0)
    await write(made, 't', schema, value)
    at(8)
    expect((await write(made, 't', other, priced))![4]).toBe(1)
    at(11)
    expect((await write(made, 't', other, priced))![4]).toBe(2)
  })

  test('is not given to who comes long after it', async () => {
    const made = await counting('10')
    at(0)
    await asked(made)
    at(3600)
    expect(await write(made, 't', schema, value)).toEqual(bytes(2))
  })

  test('holds long enough for a record that becomes several', async () => {
    const made = await counting('0')
    at(0)
    const both = () => Buffer.concat(['a', 'b'].map(topic => writeNow(made, topic, schema, value)!))
    for (const waits of [1, 2]) {
      const { ready } = (await thrown((async () => both())())) as unknown as ConversionPending
      expect([waits, ready]).toEqual([waits, expect.any(Promise)])
      await ready
    }
    expect(both()).toEqual(Buffer.concat([bytes(1), bytes(2)]))
  })

  test('is not told any more where it is a failure', async () => {
    const { registry, made } = await converter()
    registry.on('POST', /versions$/, () => failure(422, 42201, 'Invalid schema'))
    at(0)
    await asked(made)
    at(2)
    registers(registry, 7)
    expect(await write(made, 't', schema, value)).toEqual(bytes(7))
  })
})

test.each<[string, Config]>([
  ['registers', {}],
  ['looks up', { 'auto.register.schemas': 'false' }],
  ['takes the latest version', { 'auto.register.schemas': 'false', 'use.latest.version': 'true' }],
  [
    'takes the latest version with metadata',
    { 'auto.register.schemas': 'false', 'use.latest.with.metadata': 'major=2' },
  ],
])('a converter made anew, which %s, does not get what an earlier one was told', async (_, keys) => {
  const { registry, format, made } = await converter(keys)
  let id = 7
  const answer = () => ok({ subject: 't-value', id, version: 1, schema: text })
  registry.on('POST', /^\/subjects/, answer)
  registry.on('GET', /latest$|metadata/, answer)
  expect(await write(made, 't', schema, value)).toEqual(bytes(7))
  id = 8
  const config = { 'schema.registry.url': registry.url, ...quick, ...keys }
  expect(await write(registryConverter(format, config, false), 't', schema, value)).toEqual(bytes(8))
  expect(writeNow(made, 't', schema, value)).toEqual(bytes(7))
})

test('writes with the schema of an id, and with the latest of some metadata', async () => {
  const fixed = await converter({ 'auto.register.schemas': 'false', 'use.schema.id': '6' })
  fixed.registry.on('GET', /^\/schemas\/ids\/6\?fetchMaxId=false&subject=t-value$/, () =>
    ok({ schema: text }),
  )
  expect(await write(fixed.made, 't', schema, value)).toEqual(bytes(6))
  const tagged = await converter({
    'auto.register.schemas': 'false',
    'use.latest.with.metadata': "major=2,owner='a,b'",
  })
  tagged.registry.on('GET', /metadata/, () => ok({ subject: 't-value', id: 8, version: 1, schema: text }))
  expect(await write(tagged.made, 't', schema, value)).toEqual(bytes(8))
  expect(tagged.registry.paths()).toEqual([
    'GET /subjects/t-value/metadata?key=major&value=2&key=owner&value=a%2Cb&deleted=true',
  ])
})

test('a schema with rules that run code is not written as if it had none', async () => {
  const { registry, made } = await converter({
    'auto.register.schemas': 'false',
    'use.latest.version': 'true',
  })
  const rule = { name: 'hide', kind: 'TRANSFORM', mode: 'WRITEREAD', type: 'ENCRYPT' }
  registry.on('GET', /latest$/, () =>
    ok({ subject: 't-value', id: 5, version: 3, schema: text, ruleSet: { domainRules: [rule] } }),
  )
  const error = await thrown(write(made, 't', schema, value))
  expect((error.cause as Error).message).toBe('Could not find rule executor of type ENCRYPT')
})

test('a failure is thrown once and then asked about again', async () => {
  const { registry, made } = await converter()
  registry.on('POST', /versions$/, () => failure(422, 42201, 'Invalid schema'))
  expect((await thrown(write(made, 't', schema, value))).message).toBe(
    'Failed to serialize Avro data from topic t:',
  )
  registers(registry, 7)
  expect(() => writeNow(made, 't', schema, value)).toThrow(ConversionPending)
  expect(await write(made, 't', schema, value)).toEqual(bytes(7))
})
