import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { forgetSecrets, hide } from '../../../src/observe/secrets.ts'
import { until } from '../../integration/standalone/support.ts'
import { Door } from './door.ts'

const errorBody = (error_code: number, message: string) => ({ error_code, message })
let door: Door
beforeAll(async () => {
  door = await Door.open()
})
afterAll(() => door.close())

describe('PATCH /connectors/{connector}/config', () => {
  const patch = (name: string, body?: unknown) => door.ask('PATCH', `/connectors/${name}/config`, { body })

  test('sets keys, removes those with null, keeps the rest, and tasks follow', async () => {
    await door.source('one', { kept: 'k', removed: 'r' })
    const change = '{"removed": null, "batch.size": 15, "added": true, "number": 1.50, "absent": null}'
    const good = await patch('one', change)
    const more = { kept: 'k', 'batch.size': '15', added: 'true', number: '1.50' }
    expect([good.status, good.body]).toMatchObject([200, { name: 'one', type: 'source' }])
    const config = { ...door.sourceConfig(), name: 'one', ...more }
    expect((good.body as { config: object }).config).toEqual(config)
    expect((await door.get('/connectors/one/tasks')).body).toMatchObject([{ config: { 'batch.size': '15' } }])
  })
  test('what validation refuses changes nothing', async () => {
    await door.source('two')
    const { status, body } = await patch('two', { topic: null, 'tasks.max': 'x' })
    expect([status, body]).toMatchObject([
      400,
      { message: expect.stringContaining('configuration is invalid') },
    ])
    expect((await door.get('/connectors/two/config')).body).toEqual({ ...door.sourceConfig(), name: 'two' })
  })
  test.each([
    ['none', { a: 'b' }, 404, 'Connector none not found'],
    ['none', 'null', 404, 'Connector none not found'],
    [
      'one',
      'null',
      400,
      'Cannot invoke "java.util.Map.forEach(java.util.function.BiConsumer)" because "patch" is null',
    ],
    [
      'one',
      undefined,
      400,
      'Cannot invoke "java.util.Map.forEach(java.util.function.BiConsumer)" because "patch" is null',
    ],
  ])('%s %j: %d', async (name, body, status, message) => {
    const answer = await patch(name, body)
    expect([answer.status, answer.body]).toEqual([status, errorBody(status, message)])
  })
})

test('topics that a connector has used, until they are reset', async () => {
  writeFileSync(door.place.path('in'), 'a\nb\n')
  await door.source('user')
  const topics = async () => (await door.get('/connectors/user/topics')).body
  await until('the topic to be told', async () => Bun.deepEquals(await topics(), { user: { topics: ['t'] } }))
  expect((await door.put('/connectors/user/stop')).status).toBe(204)
  expect(await topics()).toEqual({ user: { topics: ['t'] } })
  const reset = await door.put('/connectors/user/topics/reset')
  expect([reset.status, reset.text]).toEqual([202, ''])
  expect(await topics()).toEqual({ user: { topics: [] } })
  expect((await door.get('/connectors/none/topics')).body).toEqual({ none: { topics: [] } })
})

test('the name of a topic that a config provider gave is hidden', async () => {
  writeFileSync(door.place.path('in'), 'a\nb\n')
  await door.source('vault', { topic: 'topic-from-vault' })
  const topics = async () => (await door.get('/connectors/vault/topics')).body
  await until('the topic to be told', async () =>
    Bun.deepEquals(await topics(), { vault: { topics: ['topic-from-vault'] } }),
  )
  hide(['topic-from-vault'])
  expect(await topics()).toEqual({ vault: { topics: ['[hidden]'] } })
  forgetSecrets()
})

describe('what workers ask each other', () => {
  const signed = (algorithm: string, signature: string) => ({
    'x-connect-authorization': signature,
    'x-connect-request-signature-algorithm': algorithm,
  })
  const tasks = (body: unknown, headers: Record<string, string> = {}) =>
    door.ask('POST', '/connectors/x/tasks', { body, headers })

  test.each([
    [
      '[{"a":"b"}]',
      {},
      500,
      'Kafka Connect in standalone mode does not support externally setting task configurations.',
    ],
    ['[]', signed('Foo', 'AAAA'), 400, 'Algorithm Foo not available'],
    ['[]', signed('HmacSHA256', 'AA!A'), 400, 'Illegal base64 character 21'],
    ['{}', {}, 400, 'Cannot deserialize value of type `java.util.ArrayList<'],
    ['[1]', {}, 400, 'Cannot deserialize value of type `java.util.LinkedHashMap<'],
    ['', {}, 400, 'No content to map due to end-of-input'],
    ['[', {}, 400, 'Unexpected end-of-input'],
  ])('POST tasks %s %j: %d', async (body, headers, status, message) => {
    const answer = await tasks(body, { 'content-type': 'text/plain', ...headers })
    expect([answer.status, (answer.body as { message: string }).message]).toEqual([
      status,
      expect.stringContaining(message),
    ])
  })
  test('PUT fence', async () => {
    const { status, body } = await door.put('/connectors/x/fence')
    expect([status, body]).toEqual([
      500,
      errorBody(500, 'Kafka Connect in standalone mode does not support exactly-once source connectors.'),
    ])
  })
})
