import { afterEach, beforeEach, expect, test } from 'bun:test'
import { VERSION } from '../../../src/observe/version.ts'
import { until } from '../../integration/standalone/support.ts'
import { Door } from './door.ts'

let door: Door
beforeEach(async () => {
  door = await Door.open()
})
afterEach(() => door.close())

const errorBody = (error_code: number, message: string) => ({ error_code, message })
const running = { state: 'RUNNING', worker_id: '127.0.0.1:8083', version: '4.3.1' }

test('a connector’s life, answer by answer', async () => {
  const config = door.sourceConfig()
  const created = await door.post('/connectors', { name: ' one ', config })
  expect(created.status).toBe(201)
  expect(created.headers.get('location')).toBe('http://worker:8083/connectors/one')
  const info = {
    name: 'one',
    config: { ...config, name: 'one' },
    tasks: [{ connector: 'one', task: 0 }],
    type: 'source',
  }
  expect(created.text).toBe(JSON.stringify(info)) // the order of keys too: as submitted, the name last
  await door.place.state('one', 'RUNNING', 'RUNNING')

  expect((await door.get('/connectors/')).body).toEqual(['one'])
  expect((await door.get('/connectors/one')).body).toEqual(info)
  expect((await door.get('/connectors/one/config')).body).toEqual(info.config)
  const status = { name: 'one', connector: running, tasks: [{ id: 0, ...running }], type: 'source' }
  expect((await door.get('/connectors/one/status')).body).toEqual(status)
  expect((await door.get('/connectors/one;x=y/status;z')).body).toEqual(status)
  expect((await door.get('/connectors/one/tasks/0/status')).body).toEqual({ id: 0, ...running })
  expect((await door.get('/connectors/one/tasks')).body).toEqual([
    {
      id: { connector: 'one', task: 0 },
      config: { ...info.config, 'task.class': 'org.apache.kafka.connect.file.FileStreamSourceTask' },
    },
  ])

  expect((await door.post('/connectors', { name: 'one', config })).body).toEqual(
    errorBody(409, 'Connector one already exists'),
  )
  for (const [verb, state] of [
    ['pause', 'PAUSED'],
    ['resume', 'RUNNING'],
  ] as const) {
    for (const times of ['once', 'again']) {
      const answer = await door.put(`/connectors/one/${verb}`)
      expect([times, answer.status, answer.text]).toEqual([times, 202, ''])
      expect(answer.headers.get('content-type')).toBeNull()
    }
    await door.place.state('one', state, state)
  }
  const stopped = await door.put('/connectors/one/stop')
  expect([stopped.status, stopped.text]).toEqual([204, ''])
  await door.place.state('one', 'STOPPED')
  expect((await door.get('/connectors/one/tasks')).body).toEqual([])
  expect((await door.post('/connectors/one/tasks/0/restart')).body).toEqual(
    errorBody(404, 'Task one-0 not found'),
  )
  await door.put('/connectors/one/resume')
  await door.place.state('one', 'RUNNING', 'RUNNING')

  const removed = await door.ask('DELETE', '/connectors/one/')
  expect([removed.status, removed.text]).toEqual([204, ''])
  expect((await door.get('/connectors')).body).toEqual([])
})

test('PUT config creates with Location, then replaces; scalars become text as written', async () => {
  const first = await door.put('/connectors/two/config', { ...door.sourceConfig(), name: null })
  expect([first.status, first.headers.get('location')]).toEqual([201, 'http://worker:8083/connectors/two'])
  const text = JSON.stringify({ ...door.sourceConfig(), 'batch.size': 7 }).replace(
    '}',
    ',"a":1.50,"b":1e3,"c":-0,"d":123456789012345678901234567890,"e":true,"name":"two"}',
  )
  const second = await door.put('/connectors/two/config', text)
  expect([second.status, second.headers.get('location')]).toEqual([200, null])
  expect((await door.get('/connectors/two/config')).body).toEqual({
    ...door.sourceConfig(),
    'batch.size': '7',
    a: '1.50',
    b: '1e3',
    c: '-0',
    d: '123456789012345678901234567890',
    e: 'true',
    name: 'two',
  })
})

test('only blanks that Java trims are taken off a name', async () => {
  const name = '\u2028line\u00a0'
  const config = { ...door.sourceConfig() }
  expect((await door.post('/connectors', { name: `\t${name} `, config })).body).toMatchObject({ name })
  expect((await door.ask('DELETE', `/connectors/${encodeURIComponent(name)}`)).status).toBe(204)
})

test('the name of the config is that of the URL or the request, or is absent', async () => {
  const mismatch = (a: string, b: string) =>
    errorBody(400, `Connector name configuration (${a}) doesn't match connector name in the URL (${b})`)
  const config = { ...door.sourceConfig(), name: 'b' }
  expect((await door.put('/connectors/a/config', config)).body).toEqual(mismatch('b', 'a'))
  expect((await door.post('/connectors', { name: 'a', config })).body).toEqual(mismatch('b', 'a'))
  expect((await door.post('/connectors', { config })).body).toEqual(mismatch('b', ''))
  const padded = { ...config, name: ' a ' }
  expect((await door.post('/connectors', { name: ' a ', config: padded })).body).toEqual(mismatch(' a ', 'a'))
  expect((await door.get('/connectors')).body).toEqual([])
})

test('what validation refuses is 400 with the JVM’s block of texts', async () => {
  const block = (...errors: string[]) =>
    errorBody(
      400,
      [
        `Connector configuration is invalid and contains the following ${errors.length} error(s):`,
        ...errors,
        'You can also find the above list of errors at the endpoint `/connector-plugins/{connectorType}/config/validate`',
      ].join('\n'),
    )
  const config = door.sourceConfig()
  const post = async (name: string, more: Record<string, unknown>) =>
    (await door.post('/connectors', { name, config: { ...config, ...more } })).body
  expect(await post('', {})).toEqual(block('Invalid value  for configuration name: String may not be empty'))
  expect(await post('a\u0007b\u0080', {})).toEqual(
    block(
      'Invalid value a\u0007b\u0080 for configuration name: String may not contain control sequences but had the following ASCII chars: 7, 128',
    ),
  )
  expect(await post('a', { 'batch.size': 'many', 'tasks.max': 0 })).toEqual(
    block(
      'Invalid value 0 for configuration tasks.max: Value must be at least 1',
      'Invalid value many for configuration batch.size: Not a number of type INT',
    ),
  )
  expect(await post('a', { extra: null })).toEqual(
    block('Null value can not be supplied as the configuration value.'),
  )
  expect(await post('a', { 'connector.class': 'no.such.Thing' })).toMatchObject({
    error_code: 400,
    message: expect.stringContaining(
      'Failed to find any class that implements Connector and which name matches no.such.Thing, available connectors are: PluginDesc{klass=class org.apache.kafka.connect.file.FileStreamSinkConnector,',
    ),
  })
})

test('a class with a slip of the keyboard: the nearest one in the hint, the JVM’s text in the body', async () => {
  const hints: Record<string, string> = {
    FileStreamSorce: 'Did you mean FileStreamSource?',
    'org.apache.kafka.connect.file.FileStreamSinkConector':
      'Did you mean org.apache.kafka.connect.file.FileStreamSinkConnector?',
    'no.such.Thing':
      'It is neither built in nor on plugin.path; a connector made for Java runs on a JVM worker.',
  }
  for (const [name, hint] of Object.entries(hints)) {
    const config = { ...door.sourceConfig(), 'connector.class': name }
    const { status, headers, body } = await door.put('/connectors/slip/config', config)
    expect([status, headers.get('x-bunnect-hint')]).toEqual([400, hint])
    expect(body).toMatchObject({ message: expect.stringContaining(`which name matches ${name}, available`) })
  }
})

test('initial_state in any case; unknown ones are 400 with the text of the JVM', async () => {
  for (const [name, initial_state, state] of [
    ['p', 'paused', 'PAUSED'],
    ['s', 'STOPPED', 'STOPPED'],
  ] as const) {
    const body = { name, config: door.sourceConfig(), initial_state }
    expect((await door.post('/connectors', body)).body).toMatchObject({ tasks: [] })
    await door.place.state(name, state)
  }
  await door.post('/connectors', { name: 'r', config: door.sourceConfig(), initial_state: null })
  await door.place.state('r', 'RUNNING', 'RUNNING')
  for (const nonsense of ['NAPPING', '', 5]) {
    const body = { name: 'n', config: door.sourceConfig(), initial_state: nonsense }
    const { status, text } = await door.post('/connectors', body)
    expect(status).toBe(400)
    expect(text).toContain(`No enum constant`)
    expect(text).toContain(`CreateConnectorRequest.InitialState.${nonsense}\\n at [Source`)
  }
})

test('expand: object form, unknown words ignored, keys in the order asked for', async () => {
  await door.source('one')
  const info = (await door.get('/connectors/one')).body
  const status = (await door.get('/connectors/one/status')).body
  const expanded = async (query: string) => (await door.get(`/connectors?${query}`)).text
  expect(await expanded('expand=status&expand=info')).toBe(JSON.stringify({ one: { status, info } }))
  expect(await expanded('expand=info&expand=status')).toBe(JSON.stringify({ one: { info, status } }))
  for (const query of ['expand', 'expand=', 'expand=Status', 'expand=info,status'])
    expect(await expanded(query)).toBe('{"one":{}}')
  expect(await expanded('other=1')).toBe('["one"]')
})

test('restart: 204 without flags, 202 with the announced state with them', async () => {
  await door.source('one')
  for (const query of ['', '?includeTasks=yes', '?includeTasks=&onlyFailed', '?onlyFailed=1'])
    expect((await door.post(`/connectors/one/restart${query}`)).status).toBe(204)
  await door.place.state('one', 'RUNNING', 'RUNNING')
  const all = await door.post('/connectors/one/restart?includeTasks=True&onlyFailed=False')
  expect([all.status, all.body]).toMatchObject([
    202,
    { connector: { state: 'RESTARTING' }, tasks: [{ id: 0, state: 'RESTARTING' }] },
  ])
  await door.place.state('one', 'RUNNING', 'RUNNING')
  const none = await door.post('/connectors/one/restart?onlyFailed=TRUE')
  expect([none.status, none.body]).toMatchObject([
    202,
    { connector: { state: 'RUNNING' }, tasks: [{ id: 0, state: 'RUNNING' }] },
  ])
  expect((await door.post('/connectors/one/tasks/0/restart')).status).toBe(204)
  expect((await door.post('/connectors/one/tasks/5/restart')).body).toEqual(
    errorBody(404, 'Task one-5 not found'),
  )
})

test('a failed task shows its trace, and a restart of failed tasks mends it', async () => {
  const file = door.place.path('folder/out')
  const config = { 'connector.class': 'FileStreamSink', 'tasks.max': '1', file, topics: 't' }
  await door.post('/connectors', { name: 'sink', config })
  await door.place.state('sink', 'RUNNING', 'FAILED')
  const task = (await door.get('/connectors/sink/tasks/0/status')).body as { trace: string }
  expect(task.trace).toStartWith(
    `org.apache.kafka.connect.errors.ConnectException: Couldn't find or create file '${file}' for FileStreamSinkTask\n`,
  )
  await Bun.write(door.place.path('folder/other'), '')
  const answer = await door.post('/connectors/sink/restart?includeTasks=true&onlyFailed=true')
  expect([answer.status, answer.body]).toMatchObject([
    202,
    { connector: { state: 'RUNNING' }, tasks: [{ state: 'RESTARTING' }] },
  ])
  await door.place.state('sink', 'RUNNING', 'RUNNING')
})

test.each([
  ['GET', '', 'Connector none not found'],
  ['DELETE', '', 'Connector none not found'],
  ['GET', '/config', 'Connector none not found'],
  ['GET', '/tasks', 'Connector none not found'],
  ['GET', '/status', 'No status found for connector none'],
  ['GET', '/tasks/0/status', 'No status found for task none-0'],
  ['PUT', '/pause', 'Unknown connector none'],
  ['PUT', '/resume', 'Unknown connector none'],
  ['POST', '/restart', 'Connector none not found'],
  ['POST', '/restart?includeTasks=true', 'Unknown connector: none'],
  ['POST', '/tasks/0/restart', 'Connector none not found'],
])('unknown connector: %s %s', async (method, suffix, message) => {
  const answer = await door.ask(method, `/connectors/none${suffix}`)
  expect([answer.status, answer.body]).toEqual([404, errorBody(404, message)])
})

test.each([
  ['with space é', '/connectors/with%20space%20%C3%A9'],
  ['a+b', '/connectors/a+b'],
  ['日本', '/connectors/%E6%97%A5%E6%9C%AC'],
  ['q?#;&=@:\'"', "/connectors/q%3F%23;&=@:'%22"],
  ['50%25', '/connectors/50%25'],
])('the name %p and its Location', async (name, location) => {
  const { status, headers } = await door.post('/connectors', { name, config: door.sourceConfig() })
  expect([status, headers.get('location')]).toEqual([201, `http://worker:8083${location}`])
  const path = `/connectors/${encodeURIComponent(name)}`
  await until(`status of ${name}`, async () => (await door.get(`${path}/status`)).status === 200)
  expect((await door.get(path)).body).toMatchObject({ name })
  expect((await door.ask('DELETE', path)).status).toBe(204)
})

test('plugins, the worker itself, and the header with our version on every answer', async () => {
  const connectors = [
    { class: 'org.apache.kafka.connect.file.FileStreamSinkConnector', type: 'sink', version: '4.3.1' },
    { class: 'org.apache.kafka.connect.file.FileStreamSourceConnector', type: 'source', version: '4.3.1' },
  ]
  for (const query of ['', '?connectorsOnly', '?connectorsOnly=', '?connectorsOnly=TRUE'])
    expect((await door.get(`/connector-plugins${query}`)).body).toEqual(connectors)
  const all = (await door.get('/connector-plugins?connectorsOnly=no')).body as { type: string }[]
  expect(new Set(all.map(plugin => plugin.type))).toEqual(
    new Set(['sink', 'source', 'transformation', 'predicate', 'converter', 'header_converter']),
  )
  const root = await door.get('/')
  expect(root.body).toEqual({
    version: '4.3.1',
    commit: expect.stringMatching(/^[0-9a-f]{16}$/),
    kafka_cluster_id: expect.stringMatching(/^[\w-]{22}$/),
  })
  expect((await door.get('/health')).body).toEqual({
    status: 'healthy',
    message: 'Worker has completed startup and is ready to handle requests.',
  })
  for (const [method, path] of [
    ['GET', '/'],
    ['GET', '/nope'],
    ['GET', '/connectors/%zz'],
    ['GET', '/connectors/none'],
    ['OPTIONS', '/connectors'],
    ['HEAD', '/connectors'],
  ] as const)
    expect((await door.ask(method, path)).headers.get('x-bunnect-version')).toBe(VERSION)
})

test('HEAD is GET without the body, errors included', async () => {
  for (const path of [
    '/',
    '/connectors',
    '/connectors?expand=info',
    '/connectors/none',
    '/nope',
    '/health/',
  ]) {
    const get = await door.get(path)
    const head = await door.ask('HEAD', path)
    expect([head.status, head.text]).toEqual([get.status, ''])
    expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'))
    expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(get.text)))
  }
})

test('a worker that is stopping says so', async () => {
  await door.source('one')
  await door.place.running!.stop()
  const answer = await door.post('/connectors', { name: 'two', config: door.sourceConfig() })
  expect([answer.status, answer.body]).toEqual([500, errorBody(500, 'Worker is shutting down')])
})
