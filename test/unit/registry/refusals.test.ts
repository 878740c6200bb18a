import { afterEach, beforeEach, expect, test } from 'bun:test'
import { redirect } from '../../../src/observe/log.ts'
import { avro, Door, record } from './door.ts'

let door: Door
beforeEach(() => {
  door = new Door()
})
afterEach(() => door.close())

const ONE = record('One', { a: 'int' })
const invalid = 'Allowed values are between [1, 2^31-1] and the string "latest"'

test('paths, methods and numbers that are none', async () => {
  await door.register('s', ONE)
  await door.expectEach([
    ['GET /', null, 200, {}],
    ['GET /nowhere', null, 404, { error_code: 404, message: 'HTTP 404 Not Found' }],
    ['GET /subjects/s', null, 405, { error_code: 405, message: 'HTTP 405 Method Not Allowed' }],
    ['PATCH /config', {}, 405, 405],
    ['DELETE /schemas/ids/1', null, 405, 405],
    ['GET /subjects/', null, 200, ['s']],
    ['GET /schemas/ids/x', null, 404, 404],
    ['GET /schemas/ids/99999999999', null, 404, 404],
    ['GET /subjects?limit=x', null, 404, 404],
    [
      'GET /subjects/s/versions/0',
      null,
      422,
      { error_code: 42202, message: `The specified version '0' is not a valid version id. ${invalid}` },
    ],
    ['GET /subjects/s/versions/-2', null, 422, 42202],
    ['GET /subjects/s/versions/2147483648', null, 422, 42202],
    ['GET /subjects/s/versions/newest', null, 422, 42202],
    ['GET /subjects/s/versions/LATEST', null, 200, expect.anything()],
    [
      'GET /v1/metadata/id',
      null,
      200,
      {
        id: '',
        scope: {
          path: [],
          clusters: { 'kafka-cluster': expect.any(String), 'schema-registry-cluster': 'schema-registry' },
        },
      },
    ],
    ['GET /v1/metadata/version', null, 200, { version: expect.any(String), commitId: expect.any(String) }],
  ])
})

test('bodies that are none', async () => {
  await door.expectEach([
    [
      'POST /subjects/s/versions',
      '{"schema":',
      400,
      { error_code: 400, message: expect.stringContaining('The body is not valid JSON') },
    ],
    ['POST /subjects/s/versions', '', 422, 422],
    ['POST /subjects/s/versions', '[]', 400, 400],
    [
      'POST /subjects/s/versions',
      { schema: 7 },
      400,
      { error_code: 400, message: 'Cannot read the body at schema: expected string, received 7' },
    ],
    ['POST /subjects/s/versions', { schema: '"int"', references: [{ version: 1.5 }] }, 400, 400],
    ['POST /subjects/s/versions', {}, 422, { error_code: 42201, message: 'Empty schema' }],
    [
      'POST /subjects/s/versions',
      { schema: '"int"', schemaType: 'THRIFT' },
      422,
      { error_code: 42201, message: 'Invalid schema type THRIFT' },
    ],
    [
      'POST /subjects/s/versions',
      { schema: '{"type":"recor"}' },
      422,
      { error_code: 42201, message: expect.stringMatching(/^Invalid schema of type AVRO, details: ./) },
    ],
    [
      'POST /subjects/s/versions',
      { schema: 'message {', schemaType: 'PROTOBUF' },
      422,
      { error_code: 42201, message: expect.stringMatching(/^Invalid schema of type PROTOBUF, details: ./) },
    ],
    [
      'POST /subjects/s/versions',
      { schema: '{"type":7}', schemaType: 'JSON' },
      422,
      { error_code: 42201, message: expect.stringMatching(/^Invalid schema of type JSON, details: ./) },
    ],
    ['PUT /config/s', '', 422, 422],
    ['PUT /config/s', { normalize: 'perhaps' }, 400, 400],
    ['PUT /mode/s', '7', 400, 400],
    ['POST /subjects/s/versions', { schema: '"int"', unknown: { to: 'us' } }, 200, expect.anything()],
  ])
})

test('subjects that are none', async () => {
  const message = (subject: string) => `The specified subject '${subject}' is not a valid.`
  await door.expectEach([
    ['POST /subjects/a%0Ab/versions', avro(ONE), 422, { error_code: 42208, message: message('a\nb') }],
    ['POST /subjects/__GLOBAL/versions', avro(ONE), 422, { error_code: 42208, message: message('__GLOBAL') }],
    ['POST /subjects/__EMPTY/versions', avro(ONE), 422, 42208],
    ['POST /subjects/%3A.__GLOBAL%3As/versions', avro(ONE), 422, 42208],
    ['PUT /config/a%00b', { compatibility: 'NONE' }, 422, 42208],
    ['PUT /mode/__GLOBAL', { mode: 'READONLY' }, 422, 42208],
    ['GET /subjects', null, 200, []],
  ])
})

test('the type of the answer is what the client accepts most', async () => {
  const typeOf = async (accept?: string) => {
    const { status, type } = await door.ask('GET /subjects', null, accept === undefined ? {} : { accept })
    return status === 200 ? type : status
  }
  const v1 = 'application/vnd.schemaregistry.v1+json'
  expect(await typeOf()).toBe(v1)
  expect(await typeOf('*/*')).toBe(v1)
  expect(await typeOf('application/json')).toBe('application/json')
  expect(await typeOf('application/json; q=0.5, application/vnd.schemaregistry+json')).toBe(
    'application/vnd.schemaregistry+json',
  )
  expect(await typeOf(`${v1}; q=0.9, application/json; q=0.5`)).toBe(v1)
  expect(await typeOf('text/html, */*; q=0.1')).toBe(v1)
  expect(await typeOf('text/html')).toBe(406)
  const error = await door.ask('GET /nowhere', null, { accept: 'application/json' })
  expect(error.type).toBe('application/json')
})

test('a body of a type that nobody reads is refused', async () => {
  const send = (type: string) => door.ask('POST /subjects/s/versions', avro(ONE), { 'content-type': type })
  expect((await send('application/x-www-form-urlencoded')).body).toEqual({
    error_code: 415,
    message: 'HTTP 415 Unsupported Media Type',
  })
  for (const type of [
    'application/json; charset=utf-8',
    'application/octet-stream',
    'application/vnd.schemaregistry+json',
  ])
    expect((await send(type)).status).toBe(200)
})

test('an error of the server is logged whole and tells the client nothing of it', async () => {
  const lines: string[] = []
  const back = redirect(line => lines.push(line))
  try {
    await door.register('s', ONE)
    door.pullAway()
    const { status, body } = await door.ask('GET /schemas')
    expect([status, body]).toEqual([500, { error_code: 500, message: 'Internal Server Error' }])
    expect(lines.join('')).toMatch(/ERROR GET \/schemas failed: .*closed database[\s\S]*store\.ts/)
  } finally {
    back()
  }
})
