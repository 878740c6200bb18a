import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { ConfigInfos } from '../../../src/config/config-infos.ts'
import { type Answer, Door } from './door.ts'

let door: Door
beforeAll(async () => {
  door = await Door.open()
})
afterAll(() => door.close())

const HOIST = 'org.apache.kafka.connect.transforms.HoistField'
const errorBody = (error_code: number, message: string) => ({ error_code, message })
const hint = ({ headers }: Answer) => headers.get('x-bunnect-hint')

describe('GET /connector-plugins/{plugin}/config', () => {
  test('a connector’s own keys, then the framework’s, without what the worker adds', async () => {
    const { status, body } = await door.get('/connector-plugins/FileStreamSource/config')
    const keys = body as { name: string; default_value: string | null }[]
    expect(status).toBe(200)
    expect(keys.map(key => key.name).slice(0, 5)).toEqual([
      'file',
      'topic',
      'batch.size',
      'name',
      'connector.class',
    ])
    expect(keys.find(key => key.name === 'key.converter')?.default_value).toBeNull()
    expect(keys.find(key => key.name === 'connector.plugin.version')?.default_value).toBe('4.3.1')
  })
  test.each(['', '?version=latest', '?version=4.3.1', '?version=%5B4,5)'])('Json%s', async query => {
    const { status, body } = await door.get(`/connector-plugins/Json/config${query}`)
    expect(status).toBe(200)
    expect(body as unknown[]).toHaveLength(6)
    expect((body as unknown[])[2]).toEqual({
      name: 'schemas.cache.size',
      type: 'INT',
      required: false,
      default_value: '1000',
      importance: 'HIGH',
      documentation: 'The maximum number of schemas that can be cached in this converter instance.',
      group: 'Schemas',
      order_in_group: 1,
      width: 'MEDIUM',
      display_name: 'Schema Cache Size',
      dependents: [],
    })
  })
  test.each([
    ['Nope/config', 404, 'Unknown plugin Nope.'],
    ['Json/config?version=%5Bbad', 400, 'Invalid version specification: [bad'],
    [
      'Json/config?version=9.9',
      400,
      'Plugin org.apache.kafka.connect.json.JsonConverter not found that matches the version range [9.9,9.9], available versions: [4.3.1, 4.3.1]',
    ],
    [
      'FileStreamSink/config?version=',
      400,
      'Plugin org.apache.kafka.connect.file.FileStreamSinkConnector not found that matches the version range [,], available versions: [4.3.1]',
    ],
    [
      'FileConfigProvider/config',
      400,
      'Invalid plugin class FileConfigProvider. Valid types are sink, source, converter, header_converter, transformation, predicate.',
    ],
    [`${HOIST}/config`, 400, 'Instantiation error'],
  ])('%s: %d', async (path, status, message) => {
    const answer = await door.get(`/connector-plugins/${path}`)
    expect([answer.status, answer.body]).toEqual([status, errorBody(status, message)])
  })
  test('says which class was meant', async () => {
    expect(hint(await door.get('/connector-plugins/Jsn/config'))).toBe('Did you mean Json?')
    expect(hint(await door.get('/connector-plugins/HoistField/config'))).toBe(
      `Did you mean ${HOIST}$Key or ${HOIST}$Value?`,
    )
  })
})

describe('PUT /connector-plugins/{plugin}/config/validate', () => {
  const validate = (plugin: string, config: unknown) =>
    door.put(`/connector-plugins/${plugin}/config/validate`, config)

  test('200 with every key, whatever is wrong', async () => {
    const { status, body } = await validate('FileStreamSource', {
      'connector.class': 'FileStreamSource',
      'batch.size': 1.5,
      transforms: 'a',
      'transforms.a.type': `${HOIST}$Value`,
    })
    const { name, error_count, groups, configs } = body as ConfigInfos
    expect([status, name, error_count, groups.at(-1)]).toEqual([200, 'FileStreamSource', 4, 'Transforms: a'])
    const wrong = configs.filter(({ value }) => value.errors.length > 0)
    expect(wrong.map(({ value }) => value.name)).toEqual([
      'name',
      'transforms.a.field',
      'topic',
      'batch.size',
    ])
  })
  test('nothing is created', async () => {
    await validate('FileStreamSource', { ...door.sourceConfig(), name: 'validated' })
    expect((await door.get('/connectors')).body).toEqual([])
  })
  test('what the JVM wraps and answers with 500 is 400 with the class in the text', async () => {
    expect((await validate('FileStreamSource', { name: 'x' })).body).toEqual(
      errorBody(
        400,
        'org.apache.kafka.connect.runtime.rest.errors.BadRequestException: Connector config {name=x} contains no connector type',
      ),
    )
    const override = { ...door.sourceConfig(), name: 'x', 'producer.override.linger.ms': 'x' }
    expect((await validate('FileStreamSource', override)).body).toEqual(
      errorBody(
        400,
        'org.apache.kafka.common.config.ConfigException: Invalid value x for configuration linger.ms: Not a number of type LONG',
      ),
    )
  })
  test.each([
    [
      'FileStreamSink',
      400,
      'Included connector type FileStreamSource does not match request type FileStreamSink',
    ],
    ['Source', 200, undefined],
    ['FileStreamSourceConnector', 200, undefined],
  ])('the path %s for FileStreamSource: %d', async (plugin, status, message) => {
    const answer = await validate(plugin, { ...door.sourceConfig(), name: 'x' })
    expect(answer.status).toBe(status)
    if (message !== undefined) expect(answer.body).toEqual(errorBody(status, message))
  })
  test('an unknown class is told in the JVM’s words, with a hint in the header', async () => {
    const answer = await validate('FileStreamSource', {
      ...door.sourceConfig(),
      name: 'x',
      'key.converter': 'JsonConvertr',
      transforms: 'a',
      'transforms.a.type': 'HoistField',
    })
    const errors = (answer.body as ConfigInfos).configs.flatMap(({ value }) => value.errors)
    expect(errors).toEqual([
      'Invalid value JsonConvertr for configuration key.converter: Class JsonConvertr could not be found.',
      'Invalid value HoistField for configuration transforms.a.type: Class HoistField could not be found.',
    ])
    expect(hint(answer)).toBe(
      `key.converter: Did you mean JsonConverter? transforms.a.type: Did you mean ${HOIST}$Key or ${HOIST}$Value?`,
    )
  })
})

test('a refused connector brings the hint too', async () => {
  const config = { ...door.sourceConfig(), transforms: 'a', 'transforms.a.type': 'HoistField' }
  const answer = await door.post('/connectors', { name: 'x', config })
  expect(answer.status).toBe(400)
  expect(hint(answer)).toBe(`transforms.a.type: Did you mean ${HOIST}$Key or ${HOIST}$Value?`)
})
