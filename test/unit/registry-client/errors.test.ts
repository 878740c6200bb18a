import { describe, expect, test } from 'bun:test'
import { registryConverterPlugin } from '../../../src/converters/registry/plugin.ts'
import { registryConverter } from '../../../src/converters/registry/registry-converter.ts'
import { ConfigException, RetriableException } from '../../../src/data/errors.ts'
import type { Config } from '../../../src/sdk/plugin.ts'
import { freePort } from '../../servers/ports.ts'
import { chain, read, thrown, write } from './conversions.ts'
import { recordFormat, struct, structSchema, textOf } from './record-format.ts'
import { failure, ok, scriptedRegistry } from './scripted-registry.ts'

const schema = structSchema('shop.Order', 'id')
const value = struct(schema, '1')
const text = textOf('shop.Order', ['id'])
const bytes = Buffer.from('\0\0\0\0\x07["1"]')
const LANGUAGES = { Avro: 'AVRO', Protobuf: 'PROTOBUF', JSON: 'JSON' } as const

function converter(url: string, label: keyof typeof LANGUAGES = 'Avro', keys: Config = {}) {
  const config = { 'schema.registry.url': url, 'max.retries': '0', ...keys }
  return registryConverter(recordFormat(label, LANGUAGES[label]), config, false)
}

async function refusing(status: number, code = status * 100 + 1) {
  const registry = await scriptedRegistry()
  for (const method of ['GET', 'POST']) registry.on(method, /./, () => failure(status, code, 'No.'))
  return registry
}

test.each([
  ['Avro', 'Failed to serialize Avro data from topic t:', `Error registering Avro schema${text}`],
  [
    'Protobuf',
    'Failed to serialize Protobuf data from topic t:',
    `Error registering Protobuf schema: ${text}`,
  ],
  [
    'JSON',
    'Converting Kafka Connect data to byte[] failed due to serialization error of topic t: ',
    `Error registering JSON schema: ${text}`,
  ],
] as const)('a refused %s schema', async (label, outer, inner) => {
  const { url } = await refusing(422, 42201)
  expect(chain(await thrown(write(converter(url, label), 't', schema, value)))).toEqual([
    `DataException: ${outer}`,
    `SerializationException: ${inner}`,
    'RestClientException: No.; error code: 42201',
  ])
})

test.each([
  ['Avro', 'Failed to deserialize data for topic t to Avro:', 'Error retrieving Avro value schema for id 7'],
  [
    'Protobuf',
    'Failed to deserialize data for topic t to Protobuf:',
    'Error retrieving Protobuf schema for id 7',
  ],
  [
    'JSON',
    'Converting byte[] to Kafka Connect data failed due to serialization error of topic t: ',
    'Error retrieving JSON schema for id 7',
  ],
] as const)('an unknown %s schema', async (label, outer, inner) => {
  const { url } = await refusing(404, 40403)
  expect(chain(await thrown(read(converter(url, label), 't', bytes)))).toEqual([
    `DataException: ${outer}`,
    `SerializationException: ${inner}`,
    'RestClientException: No.; error code: 40403',
  ])
})

describe('by status', () => {
  test.each([
    [401, ['AuthenticationException: Error registering Avro schema'], false],
    [403, ['AuthorizationException: Error registering Avro schema'], false],
    [429, ['ThrottlingQuotaExceededException: Error registering Avro schema'], true],
    [502, ['DisconnectException: Error registering Avro schema'], true],
    ...[408, 500, 503, 504].map(
      status =>
        [
          status,
          [
            'RetriableException: Failed to serialize Avro data from topic t :',
            'TimeoutException: Error registering Avro schema',
          ],
          true,
        ] as const,
    ),
  ] as const)('%d', async (status, expected, retriable) => {
    const { url } = await refusing(status)
    const error = await thrown(write(converter(url), 't', schema, value))
    const lines = chain(error)
    expect(lines.slice(0, -1).map(line => line.replace(text, ''))).toEqual([...expected])
    expect(lines.at(-1)).toBe(`RestClientException: No.; error code: ${status * 100 + 1}`)
    expect(error instanceof RetriableException).toBe(retriable)
  })
})

describe('a registry that is not there', () => {
  test('on the way out', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    const error = await thrown(write(converter(url), 't', schema, value))
    expect(chain(error).slice(0, 3)).toEqual([
      `NetworkException: Network connection error while serializing Avro data for topic t: ${url} refuses the connection`,
      'SerializationException: Error serializing Avro message',
      `ConnectException: ${url} refuses the connection`,
    ])
    expect(error).toBeInstanceOf(RetriableException)
  })

  test('on the way in', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    const error = await thrown(read(converter(url, 'JSON'), 't', bytes))
    expect(chain(error)[0]).toBe(
      `NetworkException: Network connection error while deserializing data for topic t: ${url} refuses the connection`,
    )
  })

  test('one that does not answer in time is retriable', async () => {
    const registry = await scriptedRegistry()
    registry.on('GET', /./, () => new Promise<Response>(() => {}))
    const quick = { 'http.connect.timeout.ms': '10', 'http.read.timeout.ms': '10' }
    const error = await thrown(read(converter(registry.url, 'Avro', quick), 't', bytes))
    expect(error).toBeInstanceOf(RetriableException)
    expect(error.message).toBe('Failed to deserialize data for topic t to Avro: ')
  })
})

describe('an incompatible schema', () => {
  const hintOf = (error: Error) => ((error.cause as Error).cause as { hint?: string }).hint

  test('names subject, version and reason as the registry tells them', async () => {
    const registry = await scriptedRegistry()
    const details =
      "details: [{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'id' at path '/fields/0' in the new schema has no default value and is missing in the old schema', additionalInfo:'id'}, {oldSchemaVersion: 4}, {oldSchema: '{}'}, {validateFields: 'false', compatibility: 'BACKWARD'}]"
    registry.on('POST', /versions$/, () =>
      failure(
        409,
        409,
        `Schema being registered is incompatible with an earlier schema for subject "t-value", ${details}`,
      ),
    )
    const error = await thrown(write(converter(registry.url), 't', schema, value))
    expect(chain(error)[0]).toBe('DataException: Failed to serialize Avro data from topic t:')
    expect(hintOf(error)).toStartWith(
      `Subject "t-value", version 4, does not admit this schema: The field 'id' at path '/fields/0' in the new schema has no default value and is missing in the old schema. `,
    )
    expect(hintOf(error)).toContain('PUT /config/t-value')
    expect(registry.asked).toHaveLength(1)
  })

  test('is asked about where the refusal gives no reason', async () => {
    const registry = await scriptedRegistry()
    registry.on('POST', /versions$/, () =>
      failure(409, 409, 'Schema being registered is incompatible with an earlier schema'),
    )
    registry.on('GET', /latest$/, () => ok({ subject: 't-value', id: 1, version: 2, schema: text }))
    registry.on('POST', /^\/compatibility\/subjects\/t-value\/versions\/latest\?verbose=true$/, () =>
      ok({ is_compatible: false, messages: ['field id is missing'] }),
    )
    const error = await thrown(write(converter(registry.url), 't', schema, value))
    expect(hintOf(error)).toStartWith(
      'Subject "t-value", version 2, does not admit this schema: field id is missing. ',
    )
    expect(chain(error).at(-1)).toBe(
      'RestClientException: Schema being registered is incompatible with an earlier schema (Subject "t-value", version 2: field id is missing); error code: 409',
    )
  })

  test('is told as it is by a registry that says no more', async () => {
    const { url } = await refusing(409, 409)
    const error = await thrown(write(converter(url), 't', schema, value))
    expect(hintOf(error)).toStartWith('Subject "t-value", does not admit this schema: No.. ')
  })
})

test('a value that is none of its schema', async () => {
  const registry = await scriptedRegistry()
  registry.on('POST', /versions$/, () => ok({ id: 1 }))
  const made = converter(registry.url)
  expect(chain(await thrown(write(made, 't', schema, 'not a record')))).toEqual([
    'DataException: Not a record',
  ])
  expect(chain(await thrown(write(made, 't', schema, 'not of the schema')))).toEqual([
    'DataException: Failed to serialize Avro data from topic t:',
    'SerializationException: Error serializing Avro message',
    'TypeError: not of the schema',
  ])
})

test('a schema without a name where the subject is named by it', async () => {
  const registry = await scriptedRegistry()
  const keys = { 'value.subject.name.strategy': 'io.confluent.kafka.serializers.subject.RecordNameStrategy' }
  const nameless = structSchema(null, 'id')
  expect(
    chain(await thrown(write(converter(registry.url, 'Avro', keys), 't', nameless, struct(nameless, '1')))),
  ).toEqual([
    'DataException: Failed to serialize Avro data from topic t:',
    'SerializationException: In configuration value.subject.name.strategy = io.confluent.kafka.serializers.subject.RecordNameStrategy, the message value must only be a record schema',
  ])
})

test.each<[Config, RegExp]>([
  [
    { 'value.subject.name.strategy': 'com.acme.Mine' },
    /com\.acme\.Mine could not be found.*RecordNameStrategy/,
  ],
  [{ 'use.schema.guid': 'x' }, /Kafka header/],
  [
    { 'value.schema.id.serializer': 'io.confluent.kafka.serializers.schema.id.HeaderSchemaIdSerializer' },
    /Kafka header/,
  ],
  [{ 'schema.backup.enabled': 'true' }, /not supported/],
  [{ 'use.latest.with.metadata': 'major' }, /name=value/],
  [{ 'auto.register.schemas': 'maybe' }, /auto\.register\.schemas/],
  [{ 'context.name.strategy': 'com.acme.Context' }, /\/contexts\/NAME/],
])('%j is refused', (keys, message) => {
  const make = () => converter('http://127.0.0.1:1', 'Avro', keys)
  expect(make).toThrow(ConfigException)
  expect(make).toThrow(message)
})

test('a plugin has the keys of the registry and of its format, and makes converters of both', async () => {
  const registry = await scriptedRegistry()
  registry.on('POST', /versions$/, () => ok({ id: 7 }))
  const plugin = registryConverterPlugin({
    className: 'io.confluent.connect.avro.AvroConverter',
    ownKeys: {},
    formatOf: () => recordFormat(),
  })
  expect(plugin.unlisted).toBe(true)
  expect(plugin.config).toHaveProperty(['schema.registry.ssl.keystore.password', 'secret'], true)
  expect(plugin.config).toHaveProperty(['basic.auth.user.info', 'secret'], true)
  expect(plugin.config).toHaveProperty(['bearer.auth.token', 'secret'], true)
  expect(plugin.config).toHaveProperty(['schema.registry.url', 'required'], true)
  const made = plugin.converter!({ 'schema.registry.url': registry.url }, true)
  expect(await write(made, 't', schema, value)).toEqual(bytes)
  expect(registry.paths()).toEqual(['POST /subjects/t-key/versions'])
})
