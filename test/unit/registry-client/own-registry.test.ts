import { afterAll, describe, expect, test } from 'bun:test'
import { avroConverterPlugin } from '../../../src/converters/avro/avro-converter.ts'
import { builtInConverters } from '../../../src/converters/index.ts'
import { provideEmbeddedRegistry } from '../../../src/converters/registry/embedded-registry.ts'
import { OPTIONAL_STRING_SCHEMA, type Schema, STRING_SCHEMA } from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import type { Config } from '../../../src/sdk/plugin.ts'
import { chain, read, thrown, write, writeNow } from './conversions.ts'
import { order, ServedRegistry } from './served-registry.ts'

const registry = await ServedRegistry.start()
const { url } = registry
afterAll(() => registry.close())

const converter = (keys: Config = {}) => registry.converter(avroConverterPlugin, keys)

const first = order(['id', STRING_SCHEMA])
const second = order(['id', STRING_SCHEMA], ['note', OPTIONAL_STRING_SCHEMA])
const refused = order(['id', STRING_SCHEMA], ['price', STRING_SCHEMA])
const bolt = (schema: Schema) => {
  const struct = new Struct(schema).put('id', 'bolt')
  return schema === refused ? struct.put('price', '1') : struct
}

describe('one subject that evolves', () => {
  test('versions count up and are those of what is read', async () => {
    const source = converter()
    const bytes = [
      await write(source, 'orders', first, bolt(first)),
      await write(source, 'orders', second, bolt(second)),
    ]
    const sink = converter()
    const results = [await read(sink, 'orders', bytes[0]!), await read(sink, 'orders', bytes[1]!)]
    expect(results.map(({ schema }) => schema!.version)).toEqual([1, 2])
    expect(results.map(({ value }) => String(value))).toEqual(['Struct{id=bolt}', 'Struct{id=bolt}'])
    expect(results[1]!.schema!.fields.map(field => field.name)).toEqual(['id', 'note'])
  })

  test('a version that is not compatible is refused with subject, version and reason', async () => {
    const error = await thrown(write(converter(), 'orders', refused, bolt(refused)))
    expect(chain(error)[0]).toBe('DataException: Failed to serialize Avro data from topic orders:')
    const { hint } = (error.cause as Error).cause as { hint?: string }
    expect(hint).toStartWith('Subject "orders-value", version 2, does not admit this schema: ')
    expect(hint).toContain("The field 'price' at path '/fields/1' in the new schema has no default value")
  })

  test('the latest version is read into', async () => {
    const bytes = await write(converter(), 'orders', first, bolt(first))
    const { schema, value } = await read(converter({ 'use.latest.version': 'true' }), 'orders', bytes!)
    expect(schema!.version).toBe(2)
    expect((value as Struct).get('note')).toBeNull()
  })

  test('the latest version is written with, and has to fit', async () => {
    const keys = { 'auto.register.schemas': 'false', 'use.latest.version': 'true' }
    const bytes = await write(converter(keys), 'orders', second, bolt(second))
    expect((await read(converter(), 'orders', bytes!)).schema!.version).toBe(2)
    await write(converter(), 'names', first, bolt(first))
    const narrow = order(['name', STRING_SCHEMA])
    const error = await thrown(write(converter(keys), 'names', narrow, new Struct(narrow).put('name', 'x')))
    expect(chain(error).at(-1)).toContain('Subject "names-value", version 1: ')
  })

  test('what is not registered is not written without registration', async () => {
    const keys = { 'auto.register.schemas': 'false' }
    await write(converter(keys), 'orders', first, bolt(first))
    const error = await thrown(write(converter(keys), 'orders', refused, bolt(refused)))
    expect(chain(error).at(-1)).toContain('error code: 40403')
    expect(((error.cause as Error).cause as { hint?: string }).hint).toContain('auto.register.schemas=true')
  })
})

describe.each(
  builtInConverters
    .filter(({ className }) => className.startsWith('io.confluent.'))
    .map(plugin => [plugin.className, plugin] as const),
)('%s', (_, plugin) => {
  const make = (keys: Config = {}) => plugin.converter!({ 'schema.registry.url': url, ...keys }, false)
  const topic = `all-${plugin.className}`

  test('gives back what it was given, schema objects made anew included', async () => {
    const source = make()
    const bytes = await write(source, topic, second, bolt(second).put('note', 'ü'))
    const twin = order(['id', STRING_SCHEMA], ['note', OPTIONAL_STRING_SCHEMA])
    expect(writeNow(source, topic, twin, bolt(twin).put('note', 'ü'))).toEqual(bytes)
    const { schema, value } = await read(make(), topic, bytes)
    expect(schema!.version).toBe(1)
    expect(String(value)).toBe('Struct{id=bolt,note=ü}')
    expect(writeNow(source, topic, null, null)).toBeNull()
  })

  test('is not read by the converter of another language', async () => {
    const other = builtInConverters.find(
      each => each !== plugin && each.className.startsWith('io.confluent.'),
    )!
    const bytes = await write(make(), topic, second, bolt(second))
    const wrong = other.converter!({ 'schema.registry.url': url }, false)
    const error = await thrown(read(wrong, topic, bytes))
    expect(((error.cause as Error).cause as { hint?: string }).hint).toContain(plugin.className)
  })

  test('takes names of records for subjects', async () => {
    const strategy = 'io.confluent.kafka.serializers.subject.TopicRecordNameStrategy'
    const keys = { 'value.subject.name.strategy': strategy }
    const bytes = await write(make(keys), topic, second, bolt(second))
    expect((await read(make(keys), topic, bytes)).schema!.version).toBe(1)
    const subjects = await (await fetch(`${url}/subjects`)).json()
    expect(subjects).toContain(`${topic}-shop.Order`)
  })
})

test('a topic of another name than the subject is read without a version', async () => {
  const bytes = await write(converter(), 'orders', first, bolt(first))
  const { schema, value } = await read(converter(), 'mirror.orders', bytes!)
  expect(schema!.version).toBeNull()
  expect(String(value)).toBe('Struct{id=bolt}')
})

test('a registered schema that wants its fields encrypted is not written without that', async () => {
  const rule = { name: 'hide', kind: 'TRANSFORM', mode: 'WRITEREAD', type: 'ENCRYPT', tags: ['PII'] }
  const schema = JSON.stringify({ type: 'record', name: 'Secret', fields: [{ name: 'id', type: 'string' }] })
  const registered = await fetch(`${url}/subjects/secret-value/versions`, {
    method: 'POST',
    body: JSON.stringify({ schema, ruleSet: { domainRules: [rule] } }),
  })
  expect(registered.status).toBe(200)
  const own = SchemaBuilder.struct().name('Secret').field('id', STRING_SCHEMA).build()
  const keys = { 'auto.register.schemas': 'false', 'use.latest.version': 'true' }
  const error = await thrown(write(converter(keys), 'secret', own, new Struct(own).put('id', 'x')))
  expect(chain(error).at(-1)).toBe('SerializationException: Could not find rule executor of type ENCRYPT')
})

test('a GUID is as good as an id', async () => {
  const bytes = await write(converter(), 'orders', first, bolt(first))
  const headers = { 'Confluent-Accept-Unknown-Properties': 'true' }
  const answer = await fetch(`${url}/subjects/orders-value/versions/1`, { headers })
  const { guid } = (await answer.json()) as { guid: string }
  const withGuid = Buffer.concat([Buffer.from(`01${guid.replaceAll('-', '')}`, 'hex'), bytes!.subarray(5)])
  const { schema, value } = await read(converter(), 'orders', withGuid)
  expect(schema!.version).toBe(1)
  expect(String(value)).toBe('Struct{id=bolt}')
  withGuid[5]! ^= 1
  expect(chain(await thrown(read(converter(), 'orders', withGuid))).at(-1)).toContain('RestClientException')
})

test('an id that nobody has given is told', async () => {
  const error = await thrown(read(converter(), 'orders', Buffer.from([0, 0, 0, 0x7f, 0xff, 2])))
  expect(chain(error).at(-1)).toBe('RestClientException: Schema 32767 not found; error code: 40403')
})

test('many converters of equal settings ask once', async () => {
  const keys = { 'request.header.X-Tenant': 'many' }
  const before = registry.requests
  const converters = Array.from({ length: 8 }, () => converter(keys))
  const all = await Promise.all(converters.map(each => write(each, 'orders', first, bolt(first))))
  expect(new Set(all.map(bytes => bytes!.toString('hex'))).size).toBe(1)
  await Promise.all(converters.map(each => read(each, 'orders', all[0]!)))
  expect(registry.requests - before).toBe(3)
})

test('the registry in this process is asked without a socket', async () => {
  provideEmbeddedRegistry(() => registry.fetch)
  const before = registry.requests
  const made = converter({ 'schema.registry.url': 'embedded' })
  const bytes = await write(made, 'inside', first, bolt(first))
  expect(String((await read(made, 'inside', bytes!)).value)).toBe('Struct{id=bolt}')
  expect(registry.requests).toBe(before)
  provideEmbeddedRegistry(null)
})
