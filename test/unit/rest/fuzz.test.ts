import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { Door } from './door.ts'

let door: Door
beforeAll(async () => {
  door = await Door.open()
})
afterAll(() => door.close())

const M = 1024 * 1024
/** Valid or not, each of them large or deep. */
const LARGE: [string, string | Buffer][] = [
  ['an array of zeros', `[${'0,'.repeat(5 * M)}0]`],
  ['objects in an unknown field', `{"foo":[${'{},'.repeat(3 * M)}{}]}`],
  ['one long text', `{"name":"long","config":{"a":"${'x'.repeat(10 * M)}"}}`],
  ['one long number', `{"name":"long","config":{"a":${'1'.repeat(10 * M)}}}`],
  ['arrays, 100,000 deep', '['.repeat(100_000) + ']'.repeat(100_000)],
  ['objects, 100,000 deep', `{"name":"a","config":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`],
  ['objects that never close', '{"a":'.repeat(100_000)],
  ['arrays that never close', '['.repeat(10 * M)],
  ['quotes', '"'.repeat(10 * M)],
  ['blanks', ' '.repeat(10 * M)],
  ['bytes that are no UTF-8', Buffer.alloc(10 * M, 0xff)],
  ['zeros', Buffer.alloc(10 * M)],
]

describe.each(LARGE)('%s', (_, body) => {
  test.each([
    ['POST', '/connectors'],
    ['PUT', '/connectors/a/config'],
    ['PATCH', '/connectors/a/config'],
    ['PUT', '/connector-plugins/FileStreamSource/config/validate'],
    ['PUT', '/admin/loggers/fuzz'],
    ['POST', '/connectors/a/tasks'],
    ['PUT', '/connectors/a/pause'],
  ])('to %s %s: an answer', async (method, path) => {
    const answer = await door.ask(method, path, { body })
    expect(answer.status).toBeGreaterThanOrEqual(400)
    // Standalone has no tasks from elsewhere, as the JVM says with a 500.
    if (!answer.text.includes('standalone mode')) expect(answer.status).toBeLessThan(500)
    expect(answer.body).toMatchObject({ error_code: answer.status, message: expect.any(String) })
  })
})

test('a configuration of more keys than the worker has time for is refused, others of its length are not', async () => {
  const keys = (count: number) =>
    JSON.stringify({
      ...door.sourceConfig(),
      ...Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, ':'])),
    })
  const path = '/connector-plugins/FileStreamSource/config/validate'
  const refused = await door.put(path, keys(500_000))
  expect(refused.status).toBe(400)
  expect(refused.body).toEqual({ error_code: 400, message: 'The request body has more than 20000 values' })
  expect((await door.put(path, keys(19_900))).status).toBe(200)
})

test('a byte order mark is passed', async () => {
  const body = Buffer.from(`\ufeff${JSON.stringify({ name: 'marked', config: door.sourceConfig() })}`)
  expect((await door.post('/connectors', body)).status).toBe(201)
  expect((await door.ask('DELETE', '/connectors/marked')).status).toBe(204)
})

test.each([
  'with space',
  'ünïcödé 漢字 🦊',
  'per%cent',
  '100%25',
  'sla/sh',
  'back\\slash',
  `quo"te's`,
  'a;b=c',
  'a?b#c',
  'plus+plus',
  '__proto__',
  'constructor',
  'x'.repeat(2000),
  '...',
  '..',
  '.',
  '%2F',
])('the name %p: created, found, changed and deleted', async name => {
  expect((await door.post('/connectors', { name, config: door.sourceConfig() })).status).toBe(201)
  // The runtime resolves dot segments: a parameter without a name keeps them.
  const path = `/connectors/${encodeURIComponent(name)}${/^\.\.?$/.test(name) ? ';' : ''}`
  expect((await door.get(path)).body).toMatchObject({ name })
  expect((await door.get(`${path}/status`)).body).toMatchObject({ name })
  expect((await door.get('/connectors?expand=info')).body).toHaveProperty([name])
  const changed = await door.ask('PATCH', `${path}/config`, { body: { added: 'x' } })
  expect(changed.body).toMatchObject({ config: { name, added: 'x' } })
  expect((await door.ask('DELETE', path)).status).toBe(204)
  expect((await door.get(path)).status).toBe(404)
})

test('two creations of one name at once: one is made, the other is told', async () => {
  for (let round = 0; round < 20; round++) {
    const body = { name: 'twice', config: door.sourceConfig() }
    const answers = await Promise.all([door.post('/connectors', body), door.post('/connectors', body)])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409])
    expect((await door.ask('DELETE', '/connectors/twice')).status).toBe(204)
  }
})

test('5,000 requests of any kind: each has an answer without a trace, and none is a 5xx of ours', async () => {
  const random = generator(20261121)
  const failures: string[] = []
  for (let i = 0; i < 5000; i++) {
    const request = anyRequest(random)
    const { status, text } = await door.ask(request.method, request.path, request)
    const told = `${request.method} ${request.path.slice(0, 200)} ${String(request.body).slice(0, 200)}: ${status} ${text.slice(0, 300)}`
    if (status >= 500 && !text.includes('standalone mode')) failures.push(told)
    if (/\n\s+at (?!\[Source)|\.ts:\d+|node_modules/.test(text)) failures.push(told)
    if (status >= 400 && request.method !== 'HEAD') {
      const { error_code, message, ...more } = JSON.parse(text) as Record<string, unknown>
      if (error_code !== status || typeof message !== 'string' || Object.keys(more).length > 0)
        failures.push(told)
    }
  }
  expect(failures).toEqual([])
  expect((await door.get('/health')).status).toBe(200)
  expect(door.place.logged.filter(line => line.includes('RestServer'))).toEqual([])
}, 120_000)

type Random = (below: number) => number

/** Numbers that are the same in every run. */
function generator(seed: number): Random {
  let state = seed
  return below => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'GET', 'POST', 'PUT']
const NAMES = [
  'a',
  'b',
  'sp%20ace',
  '%E2%82%AC',
  '%25',
  '%2F',
  '..;',
  'a;x=y',
  '%zz',
  '%00',
  '%FF',
  '"',
  "'",
  '%22',
  '0',
  '-1',
  '{}',
]
const PARTS = [
  'connectors',
  'connector-plugins',
  'admin',
  'loggers',
  'config',
  'status',
  'tasks',
  'topics',
  'reset',
  'restart',
]
const PATHS = [
  '/',
  '/health',
  '/openapi.json',
  '/connectors',
  '/connectors/N',
  '/connectors/N/config',
  '/connectors/N/status',
  '/connectors/N/tasks',
  '/connectors/N/tasks/N/status',
  '/connectors/N/tasks/N/restart',
  '/connectors/N/restart',
  '/connectors/N/pause',
  '/connectors/N/resume',
  '/connectors/N/stop',
  '/connectors/N/topics',
  '/connectors/N/topics/reset',
  '/connectors/N/fence',
  '/connectors/N/offsets',
  '/connector-plugins',
  '/connector-plugins/FileStreamSource/config',
  '/connector-plugins/N/config',
  '/connector-plugins/FileStreamSource/config/validate',
  '/connector-plugins/N/config/validate',
  '/admin/loggers',
  '/admin/loggers/fuzz.N',
]
const QUERIES = [
  '',
  '',
  '',
  '?',
  '?expand=status',
  '?expand=info&expand=x',
  '?expand',
  '?includeTasks=true',
  '?onlyFailed=TRUE&includeTasks=1',
  '?scope=cluster',
  '?scope=%',
  '?version=%5B1',
  '?version=',
  '?connectorsOnly=false',
  '?%zz=%FF&&=',
]
const TYPES = [
  undefined,
  'application/json',
  'application/json',
  'application/json; charset=x',
  'text/plain',
  '',
  'garbage',
  'a/b/c',
  'application/json, application/json',
]
const ACCEPTS = [undefined, undefined, undefined, '*/*', 'text/html', '', ';;;', 'application/json;q=0', ',']

function anyRequest(random: Random) {
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!
  const path =
    random(10) === 0
      ? `/${Array.from({ length: random(6) }, () => (random(3) ? pick(PARTS) : pick(NAMES))).join('/')}${random(4) ? '' : '/'}`
      : pick(PATHS).replace(/N/g, () => pick(NAMES)) + (random(8) ? '' : '/')
  const method = pick(METHODS)
  const headers: Record<string, string> = {}
  const [type, accept] = [pick(TYPES), pick(ACCEPTS)]
  if (type !== undefined) headers['content-type'] = type
  if (accept !== undefined) headers['accept'] = accept
  if (random(20) === 0) headers['content-length'] = pick(['0', '-1', 'x', '99999999999'])
  if (random(20) === 0) headers['origin'] = pick(['*', 'http://x', '\u00ff'])
  if (random(20) === 0) headers['x-connect-authorization'] = pick(['', '!', 'AAAA'])
  if (random(20) === 0) headers['x-connect-request-signature-algorithm'] = pick(['', 'HmacSHA256', 'none'])
  const bodiless = method === 'GET' || method === 'HEAD'
  return {
    method,
    path: path + pick(QUERIES),
    headers,
    ...(!bodiless && random(6) && { body: anyBody(random, pick) }),
  }
}

function anyBody(random: Random, pick: <T>(list: readonly T[]) => T): string | Buffer {
  switch (random(6)) {
    case 0:
      return Buffer.from(Array.from({ length: random(40) }, () => random(256)))
    case 1:
      return pick([
        '',
        'null',
        '{',
        '[]',
        '""',
        '0',
        '{}',
        '{"name":1}',
        '{"a":NaN}',
        '{"a":1}}',
        '[{}]',
        '[null]',
        '\ufeff{}',
        '/**/{}',
      ])
    default: {
      const text = JSON.stringify(anyValue(random, pick, 0))
      // Cut or with one character altered now and then.
      if (random(4) === 0) return text.slice(0, random(text.length))
      const at = random(text.length)
      return random(4)
        ? text
        : text.slice(0, at) + pick(['"', '\\', '}', ',', '\u0000', 'é', '\\u12']) + text.slice(at + 1)
    }
  }
}

const KEYS = [
  'name',
  'config',
  'initial_state',
  'level',
  'connector.class',
  'tasks.max',
  'file',
  'topic',
  'topics',
  'transforms',
  'transforms.a.type',
  'predicates',
  'key.converter',
  'errors.tolerance',
  '__proto__',
  'constructor',
  '',
  'é',
  'batch.size',
  'producer.override.linger.ms',
  'config.action.reload',
  'topic.creation.groups',
]
const VALUES = [
  'a',
  'b',
  '',
  ' ',
  'FileStreamSource',
  'FileStreamSink',
  'no.Such',
  '/tmp/none/x',
  '-1',
  '1e9',
  'null',
  '${x:y:z}',
  '\u0000',
  '\ud800',
  'PAUSED',
  'STOPPED',
  'debug',
  'a,a',
  'org.apache.kafka.connect.transforms.HoistField$Value',
]

function anyValue(random: Random, pick: <T>(list: readonly T[]) => T, depth: number): unknown {
  switch (random(depth > 3 ? 4 : 8)) {
    case 0:
      return pick(VALUES)
    case 1:
      return pick([0, -0, 1.5, 1e300, true, false, null, -12345678901234])
    case 2:
      return pick(VALUES)
    case 3:
      return pick(['1', 'true', 'x'])
    case 4:
      return Array.from({ length: random(4) }, () => anyValue(random, pick, depth + 1))
    default: {
      if (depth === 0 && random(2))
        return {
          name: pick(['a', 'b', 5]),
          config: {
            'connector.class': pick(['FileStreamSource', 'FileStreamSink']),
            topic: 't',
            topics: 't',
            file: '/tmp/none/x',
            [pick(KEYS)]: anyValue(random, pick, 3),
          },
        }
      return Object.fromEntries(
        Array.from({ length: random(5) }, () => [pick(KEYS), anyValue(random, pick, depth + 1)]),
      )
    }
  }
}
