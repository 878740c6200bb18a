import { afterEach, describe, expect, test } from 'bun:test'
import { parseListener } from '../../../src/config/worker/listeners.ts'
import { ConfigException } from '../../../src/data/errors.ts'
import { crossOrigin } from '../../../src/rest/cross-origin.ts'
import { serve } from '../../../src/rest/server.ts'
import { Door } from './door.ts'

let door: Door
afterEach(() => door?.close())

describe('access.control', () => {
  const answerTo = (
    headers: Record<string, string>,
    method = 'GET',
    origins = 'http://a.example',
    methods = '',
  ) => {
    const out = new Headers()
    crossOrigin(origins, methods)!(new Request('http://w/', { method, headers }), out)
    return Object.fromEntries(out)
  }
  const preflight = { origin: 'http://a.example', 'access-control-request-method': 'PUT' }

  test.each([
    ['http://a.example', 'http://a.example', true],
    ['http://a.example', 'http://A.example', true],
    ['http://a.example', 'http://aXexample', true],
    ['http://a\\.example', 'http://aXexample', false],
    ['http://a.example', 'http://a.example.evil', false],
    ['http://a.example', 'x http://a.example', true],
    ['http://b, http://a.example', 'http://a.example', true],
    ['*', 'null', true],
  ])('%s allows %s: %p', (origins, origin, allowed) => {
    const expected: Record<string, string> = allowed
      ? { 'access-control-allow-origin': origin, vary: 'Origin' }
      : { vary: 'Origin' }
    expect(answerTo({ origin }, 'GET', origins)).toEqual(expected)
  })
  test('no origin: only what caches must know', () => {
    expect(answerTo({})).toEqual({ vary: 'Origin' })
  })
  test('a preflight is told methods, headers and how long that holds', () => {
    expect(answerTo(preflight, 'OPTIONS')).toMatchObject({
      'access-control-allow-methods': 'GET,POST,HEAD',
      'access-control-allow-headers': 'Content-Type',
      'access-control-max-age': '60',
    })
    expect(answerTo(preflight, 'OPTIONS', '*', 'PUT, GET')).toMatchObject({
      'access-control-allow-methods': 'PUT,GET',
    })
    expect(answerTo(preflight, 'GET')).not.toHaveProperty('access-control-allow-methods')
  })
  test('blank: none; a pattern that is none is refused', () => {
    expect(crossOrigin(' ', 'GET')).toBeNull()
    expect(() => crossOrigin('*.example', '')).toThrow(ConfigException)
    expect(() => crossOrigin('*.example', '')).toThrow('for configuration access.control.allow.origin')
  })
})

test('response.http.headers.config: rules in their order, what the answer has itself stays alone', async () => {
  door = await Door.open({
    'response.http.headers.config':
      'set X-A:1, add X-A:2, SET X-B:1, set X-B:2, "add X-C:a, b", setDate X-D:-1000, addDate X-E:60000, set Content-Type:text/x',
  })
  for (const path of ['/connectors', '/nope', '/connectors/none']) {
    const { headers } = await door.get(path)
    expect(headers.get('x-a')).toBe('1, 2')
    expect(headers.get('x-b')).toBe('2')
    expect(headers.get('x-c')).toBe('a, b')
    expect(Date.now() - Date.parse(headers.get('x-d')!)).toBeGreaterThanOrEqual(1000)
    expect(Date.parse(headers.get('x-e')!) - Date.now()).toBeLessThanOrEqual(60_000)
    expect(headers.get('content-type')).toBe(path === '/nope' ? 'text/x' : 'application/json')
  }
  expect((await door.get('/connectors/%zz')).headers.get('x-a')).toBeNull()
})

describe('bunnect.rest.compat=strict: the JVM’s codes', () => {
  test.each([
    ['POST', '/connectors', '{', 500],
    ['POST', '/connectors', undefined, 500],
    ['POST', '/connectors', '{"name":"a","config":{"a":[]}}', 500],
    ['PUT', '/connectors/a/config', 'null', 500],
    ['PATCH', '/connectors/none/config', 'null', 404],
    ['PUT', '/connector-plugins/Nope/config/validate', '{"connector.class":"Nope"}', 500],
    ['PUT', '/connector-plugins/FileStreamSource/config/validate', '{}', 500],
    ['PUT', '/admin/loggers/a', '{"level":""}', 500],
    ['GET', '/connector-plugins/org.apache.kafka.connect.transforms.HoistField/config', undefined, 500],
    ['POST', '/connectors/none/restart', undefined, 500],
    ['POST', '/connectors/none/tasks/0/restart', undefined, 500],
    ['PUT', '/connectors/none/stop', undefined, 500],
    ['PUT', '/connectors/none/pause', undefined, 404],
    ['GET', '/connectors/none', undefined, 404],
  ])('%s %s %p: %d', async (method, path, body, status) => {
    door = await Door.open({ 'bunnect.rest.compat': 'strict' })
    const answer = await door.ask(method, path, body === undefined ? {} : { body })
    expect(answer.status).toBe(status)
    expect(answer.body).toMatchObject({ error_code: status })
  })
})

test.each([
  ['topic.tracking.enable', 'Topic tracking is disabled.', 403],
  ['topic.tracking.allow.reset', 'Topic tracking reset is disabled.', 200],
])('%s=false', async (key, message, getStatus) => {
  door = await Door.open({ [key]: 'false' })
  const reset = await door.put('/connectors/a/topics/reset')
  expect([reset.status, reset.body]).toEqual([403, { error_code: 403, message }])
  expect((await door.get('/connectors/a/topics')).status).toBe(getStatus)
})

test('admin listeners are bound beside the others and have an app of their own', async () => {
  door = await Door.open({ 'admin.listeners': 'http://127.0.0.1:0' })
  const server = serve([parseListener('http://127.0.0.1:0')], [parseListener('http://127.0.0.1:0')])
  try {
    const admin = { fetch: async () => new Response('admin') }
    server.mount({ fetch: request => door.fetch(request) }, admin)
    const [main, own] = [server.bound[0]!.port, server.adminBound[0]!.port]
    expect((await fetch(`http://127.0.0.1:${main}/connectors`)).status).toBe(200)
    expect(await (await fetch(`http://127.0.0.1:${own}/connectors`)).text()).toBe('admin')
  } finally {
    await server.close(0)
  }
})
