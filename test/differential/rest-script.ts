/** One request of the script; `$DIR` in paths and bodies stands for the worker's own folder, `$RUN` for its last name. */
export interface Step {
  name: string
  method: string
  path: string
  headers?: Record<string, string>
  body?: string
  /** after the answer: wait until this connector and its tasks are in this state */
  settles?: [connector: string, state: string]
  /** ask again until the answer contains this text: states change some time after the request that asks for it */
  until?: string
}

const json = { 'Content-Type': 'application/json' }

function get(path: string, headers?: Record<string, string>): Step {
  return { name: `GET ${path}${suffix(headers)}`, method: 'GET', path, ...(headers ? { headers } : {}) }
}

function send(method: string, path: string, body?: unknown, more: Partial<Step> = {}): Step {
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
  const shown = text === undefined ? '' : ` ${text.length > 100 ? `${text.slice(0, 97)}...` : text}`
  return {
    name: `${method} ${path}${shown}${suffix(more.headers)}`,
    method,
    path,
    ...(text === undefined ? {} : { body: text, headers: json }),
    ...more,
  }
}

function suffix(headers?: Record<string, string>): string {
  return headers === undefined ? '' : ` ${JSON.stringify(headers)}`
}

const source = (name: string, more: Record<string, unknown> = {}) => ({
  name,
  'connector.class': 'FileStreamSource',
  'tasks.max': '1',
  file: '$DIR/in.txt',
  topic: 'rest-differential-$RUN',
  ...more,
})

const sink = (name: string, more: Record<string, unknown> = {}) => ({
  name,
  'connector.class': 'org.apache.kafka.connect.file.FileStreamSinkConnector',
  'tasks.max': '2',
  file: '$DIR/out.txt',
  topics: 'rest-differential-$RUN',
  ...more,
})

const create = (config: Record<string, unknown>, more: Partial<Step> = {}) =>
  send('POST', '/connectors', { name: config['name'], config }, more)

/** Everything a client may ask of a standalone worker, in an order that leaves nothing behind. */
export const restScript: Step[] = [
  // the worker itself
  get('/'),
  send('HEAD', '/'),
  send('OPTIONS', '/'),
  send('POST', '/', {}),
  get('/', { Accept: 'text/html' }),
  get('/', { 'Content-Type': 'text/plain' }),
  get('/health'),
  get('/health/'),
  send('HEAD', '/health'),
  get('/connector-plugins'),
  get('/connector-plugins/'),
  get('/connector-plugins?connectorsOnly=true'),
  send('HEAD', '/connector-plugins'),
  send('OPTIONS', '/connector-plugins'),
  send('DELETE', '/connector-plugins'),

  // an empty worker
  get('/connectors'),
  get('/connectors/'),
  send('HEAD', '/connectors'),
  send('OPTIONS', '/connectors'),
  send('DELETE', '/connectors'),
  send('PUT', '/connectors', {}),
  send('TRACE', '/connectors'),
  send('FOO', '/connectors'),
  get('/connectors/none'),
  get('/connectors/none/config'),
  get('/connectors/none/status'),
  get('/connectors/none/tasks'),
  get('/connectors/none/tasks/0/status'),
  send('DELETE', '/connectors/none'),
  send('PUT', '/connectors/none/pause'),
  send('PUT', '/connectors/none/resume'),
  send('POST', '/connectors/none/restart'),
  send('POST', '/connectors/none/restart?includeTasks=true'),
  send('POST', '/connectors/none/tasks/0/restart'),

  // unknown paths and methods
  get('/nope'),
  get('/Connectors'),
  get('/connectors/none/nope'),
  get('/connectors/none/tasks/x/status'),
  send('POST', '/connectors/none/tasks/x/restart'),
  get('/connectors/none/pause'),
  send('POST', '/connectors/none/config', {}),
  send('OPTIONS', '/nope'),
  send('OPTIONS', '/connectors/none'),
  send('OPTIONS', '/connectors/none/pause'),
  send('OPTIONS', '/connectors/none/restart'),
  send('OPTIONS', '/connectors/none/config'),
  send('OPTIONS', '/connectors/none/status'),

  // what is refused before the connector is looked at
  send('POST', '/connectors', { name: 'a', config: {} }, { headers: { 'Content-Type': 'text/plain' } }),
  send('POST', '/connectors', { name: 'a', config: {} }, { headers: { 'Content-Type': 'text/json' } }),
  send('POST', '/connectors', { name: 'a', config: {} }, { headers: {} }),
  send('POST', '/connectors', { name: 'a', config: {} }, { headers: { 'Content-Type': 'garbage' } }),
  send('POST', '/connectors', { name: 'a', config: {} }, { headers: { 'Content-Type': '' } }),
  send('POST', '/connectors', { name: 'a', config: {} }, { headers: { ...json, Accept: 'text/html' } }),
  get('/connectors', { 'Content-Type': 'text/plain' }),
  get('/connectors', { 'Content-Type': 'application/json' }),
  get('/connectors', { Accept: 'text/html' }),
  get('/connectors', { Accept: 'application/*' }),
  get('/connectors', { Accept: '*/*' }),
  get('/connectors', { Accept: '' }),
  get('/connectors', { Accept: 'text/html, application/json;q=0.5' }),
  get('/connectors', { Authorization: 'Basic Og==' }),
  get('/connectors/none', { Accept: 'text/html' }),
  get('/nope', { Accept: 'text/html' }),
  send('POST', '/connectors', '{'),
  send('POST', '/connectors', '{"name":"a","config":{}} x'),
  send('POST', '/connectors', '[]'),
  send('POST', '/connectors', '"text"'),
  send('POST', '/connectors', 'null'),
  send('POST', '/connectors', ''),
  send('POST', '/connectors', undefined),
  send('POST', '/connectors', { name: 'a', config: {}, foo: 1 }),
  send('POST', '/connectors', { name: 'a', config: { a: { b: 1 } } }),
  send('POST', '/connectors', { name: 'a', config: { a: [1] } }),
  send('POST', '/connectors', { name: 'a', config: null }),
  send('POST', '/connectors', { name: 'a' }),
  send('POST', '/connectors', { config: source('a') }),

  // what validation refuses
  send('POST', '/connectors', { name: '', config: source('') }),
  send('POST', '/connectors', { name: 'a', config: source('b') }),
  send('POST', '/connectors', { name: 'a\u0007b', config: source('a\u0007b') }),
  send('POST', '/connectors', { name: 'a', config: {} }),
  send('POST', '/connectors', { name: 'a', config: { 'connector.class': 'no.such.Thing' } }),
  send('POST', '/connectors', { name: 'a', config: { 'connector.class': '' } }),
  create(source('a', { topic: undefined })),
  create(source('a', { topic: '' })),
  create(source('a', { 'batch.size': 'many' })),
  create(source('a', { 'tasks.max': '0' })),
  create(source('a', { 'tasks.max': 'x', 'batch.size': '1.5', 'errors.tolerance': 'maybe' })),
  create(source('a', { 'key.converter': 'no.such.Converter' })),
  create(sink('a', { topics: undefined })),
  create(sink('a', { 'topics.regex': 'x.*' })),
  create(source('a'), {
    name: 'POST initial_state nonsense',
    body: JSON.stringify({ name: 'a', config: source('a'), initial_state: 'NAPPING' }),
  }),
  send('PUT', '/connectors/a/config', {}),
  send('PUT', '/connectors/a/config', source('b')),
  send('PUT', '/connectors/a/config', source('a', { 'tasks.max': '-1' })),
  send('PUT', '/connectors/a/config', '{'),
  send('PUT', '/connectors/a/config', undefined),
  get('/connectors'),

  // a life: source
  create(source('one'), { settles: ['one', 'RUNNING'] }),
  create(source('one')),
  send('POST', '/connectors/', { name: 'one', config: source('one') }),
  get('/connectors'),
  get('/connectors?expand=status'),
  get('/connectors?expand=info'),
  get('/connectors?expand=info&expand=status'),
  get('/connectors?expand=nonsense'),
  get('/connectors/one'),
  get('/connectors/one/'),
  send('HEAD', '/connectors/one'),
  send('PUT', '/connectors/one', {}),
  get('/connectors/one/config'),
  get('/connectors/one/config/'),
  get('/connectors/one/status'),
  send('HEAD', '/connectors/one/status'),
  get('/connectors/one/tasks'),
  get('/connectors/one/tasks/0/status'),
  get('/connectors/one/tasks/1/status'),
  get('/connectors/one/tasks/-1/status'),
  get('/connectors/one/tasks/0'),
  get('/connectors/one;x=y/status'),
  get('/connectors/One/status'),
  send('PUT', '/connectors/one/config', source('one', { 'batch.size': 7, extra: true, number: 1.5 }), {
    settles: ['one', 'RUNNING'],
  }),
  get('/connectors/one/config'),
  get('/connectors/one/tasks'),
  send('PUT', '/connectors/one/config', source('one', { 'batch.size': '8', name: undefined }), {
    settles: ['one', 'RUNNING'],
  }),
  get('/connectors/one'),
  send('PUT', '/connectors/one/pause', undefined, { settles: ['one', 'PAUSED'] }),
  get('/connectors/one/status'),
  send('PUT', '/connectors/one/pause'),
  get('/connectors?expand=status'),
  send('PUT', '/connectors/one/resume', undefined, { settles: ['one', 'RUNNING'] }),
  get('/connectors/one/tasks/0/status'),
  send('PUT', '/connectors/one/pause/', '{', { settles: ['one', 'PAUSED'] }),
  send('PUT', '/connectors/one/resume', 'x', { headers: { 'Content-Type': 'text/plain' } }),
  send('PUT', '/connectors/one/resume', undefined, { settles: ['one', 'RUNNING'] }),
  send('POST', '/connectors/one/restart', undefined, { settles: ['one', 'RUNNING'] }),
  send('POST', '/connectors/one/restart?includeTasks=yes', undefined, { settles: ['one', 'RUNNING'] }),
  send('POST', '/connectors/one/restart?includeTasks=True&onlyFailed=False', undefined, {
    settles: ['one', 'RUNNING'],
  }),
  send('POST', '/connectors/one/restart?onlyFailed=true', undefined, { settles: ['one', 'RUNNING'] }),
  send('POST', '/connectors/one/restart?includeTasks=true&onlyFailed=true', undefined, {
    settles: ['one', 'RUNNING'],
  }),
  send('POST', '/connectors/one/tasks/0/restart', undefined, { settles: ['one', 'RUNNING'] }),
  send('POST', '/connectors/one/tasks/5/restart'),
  send('POST', '/connectors/two/tasks/0/restart'),

  // a life: sink with two tasks
  create(sink('two'), { settles: ['two', 'RUNNING'] }),
  get('/connectors/two'),
  get('/connectors/two/tasks'),
  get('/connectors/two/status'),
  get('/connectors/two/config'),
  send('PUT', '/connectors/two/config', sink('two', { 'tasks.max': '1' }), { settles: ['two', 'RUNNING'] }),
  get('/connectors/two'),
  get('/connectors/two/status'),

  // PUT creates
  send('PUT', '/connectors/three/config', source('three'), { settles: ['three', 'RUNNING'] }),
  get('/connectors/three'),
  send('DELETE', '/connectors/three'),
  get('/connectors/three/status'),

  // initial states
  create(source('four'), {
    name: 'POST initial_state PAUSED',
    body: JSON.stringify({ name: 'four', config: source('four'), initial_state: 'PAUSED' }),
  }),
  { ...get('/connectors/four/status'), until: 'PAUSED' },
  get('/connectors/four/tasks'),
  send('DELETE', '/connectors/four'),
  create(source('five'), {
    name: 'POST initial_state STOPPED',
    body: JSON.stringify({ name: 'five', config: source('five'), initial_state: 'STOPPED' }),
  }),
  { ...get('/connectors/five/status'), until: 'STOPPED' },
  get('/connectors/five/tasks'),
  send('DELETE', '/connectors/five'),

  // a task that fails
  create(sink('six', { file: '$DIR/no/such/folder/out.txt', 'tasks.max': '1' })),
  { ...get('/connectors/six/status'), until: 'FAILED' },
  get('/connectors/six/tasks/0/status'),
  send('POST', '/connectors/six/restart?includeTasks=true&onlyFailed=true'),
  { ...get('/connectors/six/tasks/0/status'), name: 'task status of six, failed again', until: 'FAILED' },
  send('DELETE', '/connectors/six'),

  // names
  create(source('a name/with %signs\\ & ünïcode?#;')),
  create(source('with space é'), { settles: ['with space é', 'RUNNING'] }),
  get('/connectors/with%20space%20%C3%A9/status'),
  get('/connectors/with+space/status'),
  send('DELETE', '/connectors/with%20space%20%C3%A9'),
  create(source('..')),
  get('/connectors/../status'),
  send('DELETE', '/connectors/..'),
  send(
    'POST',
    '/connectors',
    '{"name": 5, "config": {"connector.class": "FileStreamSource", "topic": "t", "n": 1.50, "e": 1e3}}',
  ),
  get('/connectors/5/config'),
  send('DELETE', '/connectors/5'),

  // refused by the server
  get('//'),
  get('/connectors//'),
  get('/connectors/a%2Fb'),
  get('/connectors/a%25b'),
  get('/connectors/a%5Cb'),
  get('/connectors/%2e%2e'),
  get('/connectors/%zz'),
  get('/connectors/%FF'),
  get(`/connectors/${'x'.repeat(9000)}`),

  // the end
  send('DELETE', '/connectors/one/'),
  send('DELETE', '/connectors/one'),
  send('DELETE', '/connectors/two', 'ignored', { headers: json }),
  get('/connectors/two'),
  get('/connectors/two/tasks/0/status'),
]
