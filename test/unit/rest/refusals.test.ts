import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { Door } from './door.ts'

let door: Door
beforeAll(async () => {
  door = await Door.open()
})
afterAll(() => door.close())

const errorBody = (error_code: number, message: string) => ({ error_code, message })

describe('media types', () => {
  const create = { name: 'a', config: {} }

  test.each(['text/plain', 'text/json', 'application/x+json', '*/*', 'application/*'])(
    'POST as %s: 415 without a content type',
    async type => {
      const { status, headers, body } = await door.post('/connectors', create, { 'content-type': type })
      expect([status, headers.get('content-type')]).toEqual([415, null])
      expect(body).toEqual(errorBody(415, 'HTTP 415 Unsupported Media Type'))
    },
  )

  test.each(['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/json;charset=nonsense'])(
    '%s is JSON',
    async type => {
      const { status, body } = await door.post('/connectors', create, { 'content-type': type })
      expect(status).toBe(400)
      expect(body).toEqual(errorBody(400, 'Connector config {name=a} contains no connector type'))
    },
  )

  test.each(['', 'garbage', 'application/json, text/plain'])('the malformed header %p: 400', async type => {
    const answer = await door.post('/connectors', create, { 'content-type': type })
    expect(answer.status).toBe(400)
  })

  test('a body without a content type: 415 with one, where the body is used', async () => {
    const bytes = new TextEncoder().encode(JSON.stringify(create))
    const request = new Request('http://w/connectors', { method: 'POST', body: bytes })
    expect(request.headers.get('content-type')).toBeNull()
    const response = await door.fetch(request)
    expect([response.status, response.headers.get('content-type')]).toEqual([415, 'application/json'])
    const ignored = new Request('http://w/connectors/none/pause', { method: 'PUT', body: bytes })
    expect((await door.fetch(ignored)).status).toBe(404)
  })

  test('a wrong content type is refused on GET, DELETE and PUT without a body too, but not at / and /health', async () => {
    const plain = { 'content-type': 'text/plain' }
    expect((await door.get('/connectors', plain)).status).toBe(415)
    expect((await door.ask('DELETE', '/connectors/none', { headers: plain })).status).toBe(415)
    expect((await door.ask('PUT', '/connectors/none/pause', { headers: plain })).status).toBe(415)
    expect((await door.get('/', plain)).status).toBe(200)
    expect((await door.get('/health', plain)).status).toBe(200)
  })

  test.each([
    ['text/html', 406],
    ['text/html, application/json;q=0', 200],
    ['application/*', 200],
    ['*/*', 200],
    ['', 200],
  ])('Accept: %p answers %d', async (accept, status) => {
    expect((await door.get('/connectors', { accept })).status).toBe(status)
  })

  test('406 comes before the resource is looked up and after the path is', async () => {
    const html = { accept: 'text/html' }
    const known = await door.get('/connectors/none', html)
    expect([known.status, known.headers.get('content-type')]).toEqual([406, null])
    expect(known.body).toEqual(errorBody(406, 'HTTP 406 Not Acceptable'))
    expect((await door.get('/nope', html)).status).toBe(404)
  })
})

describe('paths and methods', () => {
  test.each([
    '/nope',
    '/Connectors',
    '/connectors/none/nope',
    '/connectors/a/tasks/0',
    '/connectors/a/tasks-config',
  ])('%s: 404 without a content type', async path => {
    const { status, headers, body, text } = await door.get(path)
    expect([status, headers.get('content-type')]).toEqual([404, null])
    expect(headers.get('content-length')).toBe(String(text.length))
    expect(body).toEqual(errorBody(404, 'HTTP 404 Not Found'))
  })

  test.each([
    ['POST', '/'],
    ['DELETE', '/connectors'],
    ['PUT', '/connectors/a'],
    ['GET', '/connectors/a/pause'],
    ['POST', '/connectors/a/config'],
    ['TRACE', '/connectors'],
  ])('%s %s: 405 without content type and Allow', async (method, path) => {
    const { status, headers, body } = await door.ask(method, path)
    expect([status, headers.get('content-type'), headers.get('allow')]).toEqual([405, null, null])
    expect(body).toEqual(errorBody(405, 'HTTP 405 Method Not Allowed'))
  })

  const offsets = 'Reading and changing offsets over REST is not part of this version. bunnect offsets export'

  test.each([
    ['GET', '/connectors/a/offsets', 404, offsets],
    ['HEAD', '/connectors/a/offsets', 404, offsets],
    ['PATCH', '/connectors/a/offsets', 404, offsets],
    ['DELETE', '/connectors/a/offsets/', 404, offsets],
  ])('%s %s, which this version lacks: %d as before, with a hint', async (method, path, status, hint) => {
    const { status: got, headers, body } = await door.ask(method, path)
    expect([got, headers.get('content-type')]).toEqual([status, null])
    if (method !== 'HEAD')
      expect(body).toEqual(
        errorBody(status, `HTTP ${status} ${status === 404 ? 'Not Found' : 'Method Not Allowed'}`),
      )
    expect(headers.get('x-bunnect-hint')).toStartWith(hint)
  })

  test.each([
    ['GET', '/nope'],
    ['PUT', '/connectors/a/offsets/b'],
    ['DELETE', '/connectors/a/config'],
    ['GET', '/admin'],
    ['GET', '/connectors/a/config'],
  ])('%s %s is refused without a hint', async (method, path) => {
    const { status, headers } = await door.ask(method, path)
    expect([404, 405]).toContain(status)
    expect(headers.get('x-bunnect-hint')).toBeNull()
  })

  test.each([
    ['/', 'HEAD, GET, OPTIONS'],
    ['/connectors', 'HEAD, POST, GET, OPTIONS'],
    ['/connectors/a', 'HEAD, DELETE, GET, OPTIONS'],
    ['/connectors/a/config', 'HEAD, GET, OPTIONS, PUT, PATCH'],
    ['/connectors/a/tasks', 'HEAD, POST, GET, OPTIONS'],
    ['/connectors/a/fence', 'OPTIONS, PUT'],
    ['/connectors/a/topics', 'HEAD, GET, OPTIONS'],
    ['/connectors/a/topics/reset', 'OPTIONS, PUT'],
    ['/admin/loggers', 'HEAD, GET, OPTIONS'],
    ['/admin/loggers/root', 'HEAD, GET, OPTIONS, PUT'],
    ['/connectors/a/pause', 'OPTIONS, PUT'],
    ['/connector-plugins/a/config', 'HEAD, GET, OPTIONS'],
    ['/connector-plugins/a/config/validate', 'OPTIONS, PUT'],
    ['/connectors/a/restart', 'POST, OPTIONS'],
    ['/connectors/a/tasks/0/restart', 'POST, OPTIONS'],
    ['/connectors/a/tasks/0/status/', 'HEAD, GET, OPTIONS'],
  ])('OPTIONS %s lists %s', async (path, list) => {
    const { status, headers, text } = await door.ask('OPTIONS', path)
    expect([status, headers.get('content-type'), text]).toEqual([200, 'text/plain', list])
    expect(headers.get('allow')).toBe(list.replaceAll(', ', ','))
  })

  test.each(['x', '0x1', '1.0', '99999999999', '', '1e1'])(
    'the task %p is no number: 404 with a content type',
    async task => {
      const { status, headers, body } = await door.get(`/connectors/a/tasks/${task || '%20'}/status`)
      expect([status, headers.get('content-type')]).toEqual([404, 'application/json'])
      expect(body).toEqual(errorBody(404, 'HTTP 404 Not Found'))
    },
  )

  test.each([
    ['-1', 'a--1'],
    ['+1', 'a-1'],
    ['007', 'a-7'],
  ])('the task %p is Java’s %s', async (task, name) => {
    const { body } = await door.get(`/connectors/a/tasks/${task}/status`)
    expect(body).toEqual(errorBody(404, `No status found for task ${name}`))
  })

  test.each([
    ['/connectors//', 400, 'Ambiguous URI empty segment'],
    ['/connectors/%zz', 400, 'Bad Request'],
    ['/connectors/%FF', 400, 'Bad UTF-8 encoding'],
    ['/connectors/a%00b', 400, 'Suspicious Path Character'],
    [`/connectors/${'x'.repeat(9000)}`, 414, 'URI Too Long'],
  ])('%s: %d %s', async (path, status, message) => {
    const answer = await door.get(path)
    expect([answer.status, answer.body]).toEqual([status, errorBody(status, message)])
  })

  test('an encoded slash, percent sign and backslash reach the connector of that name', async () => {
    const name = 'a/b%c\\d'
    await door.source(name)
    const path = `/connectors/${encodeURIComponent(name)}`
    expect((await door.get(`${path}/status`)).body).toMatchObject({ name })
    expect((await door.ask('DELETE', path)).status).toBe(204)
  })
})

describe('bodies that cannot be used: 400 with Jackson’s text', () => {
  const at = (column: number, line = 1) =>
    `[Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: ${line}, column: ${column}]`
  const entity = 'org.apache.kafka.connect.runtime.rest.entities.CreateConnectorRequest'
  const asString = 'Cannot deserialize value of type `java.lang.String` from'

  test.each([
    [
      '{',
      `Unexpected end-of-input: expected close marker for Object (start marker at ${at(1)})\n at ${at(2)}`,
    ],
    [
      '{"name":"a","config":{}} x',
      `Unrecognized token 'x': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n at ${at(26)}`,
    ],
    [
      '[]',
      `Cannot deserialize value of type \`${entity}\` from Array value (token \`JsonToken.START_ARRAY\`)\n at ${at(1)}`,
    ],
    [
      '"text"',
      `Cannot construct instance of \`${entity}\` (although at least one Creator exists): no String-argument constructor/factory method to deserialize from String value ('text')\n at ${at(1)}`,
    ],
    [
      '{"name":"a","config":{},"foo":1}',
      `Unrecognized field "foo" (class ${entity}), not marked as ignorable (3 known properties: "config", "name", "initial_state")\n at ${at(33)} (through reference chain: ${entity}["foo"])`,
    ],
    [
      '{"name":"a","config":{"a":{"b":1}}}',
      `${asString} Object value (token \`JsonToken.START_OBJECT\`)\n at ${at(27)} (through reference chain: ${entity}["config"]->java.util.LinkedHashMap["a"])`,
    ],
    [
      '{"name":"a",\n"config":{"b":"x","a":\n [1]}}',
      `${asString} Array value (token \`JsonToken.START_ARRAY\`)\n at ${at(2, 3)} (through reference chain: ${entity}["config"]->java.util.LinkedHashMap["a"])`,
    ],
    ['null', `Cannot invoke "${entity}.name()" because "createRequest" is null`],
    ['', `Cannot invoke "${entity}.name()" because "createRequest" is null`],
    ['{"name":"a"}', 'Cannot invoke "java.util.Map.get(Object)" because "connectorConfig" is null'],
    [
      '{"name":"a","config":null}',
      'Cannot invoke "java.util.Map.get(Object)" because "connectorConfig" is null',
    ],
    [Buffer.from('{"name":"\xc3(","config":{}}', 'latin1'), `Invalid UTF-8 middle byte 0x28\n at ${at(12)}`],
  ])('POST %s', async (sent, message) => {
    const answer = await door.post('/connectors', sent)
    expect(answer.body).toEqual(errorBody(400, message))
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/json'])
    expect(answer.headers.get('x-bunnect-hint')).toContain('was not understood')
  })

  test.each([
    ['{', 'Unexpected end-of-input'],
    [undefined, 'because "connectorConfig" is null'],
    ['[1]', 'Cannot deserialize value of type `java.util.LinkedHashMap<java.lang.String,java.lang.String>`'],
    ['{"a":1}}', "Unexpected close marker '}'"],
    ["{'a':1}", "Unexpected character (''' (code 39))"],
    ['{"a":1,}', "Unexpected character ('}' (code 125))"],
    ['{"a":1} {"b":2}', 'Trailing token (of type START_OBJECT) found after value'],
  ])('PUT config %p', async (sent, message) => {
    const answer = await door.put('/connectors/a/config', sent)
    expect([answer.status, (answer.body as { message: string }).message]).toEqual([
      400,
      expect.stringContaining(message),
    ])
  })

  test('endpoints without a body take whatever is sent', async () => {
    await door.source('deaf')
    for (const [method, path, status] of [
      ['PUT', '/connectors/deaf/pause', 202],
      ['PUT', '/connectors/deaf/resume', 202],
      ['POST', '/connectors/deaf/restart', 204],
      ['DELETE', '/connectors/deaf', 204],
    ] as const) {
      expect((await door.ask(method, path, { body: '{' })).status).toBe(status)
    }
  })
})
