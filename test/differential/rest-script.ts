/** One request of the script; `$DIR` in paths and bodies stands for the worker's own folder, `$RUN` for its last name. */
export interface Step {
  name: string
  method: string
  path: string
  headers?: Record<string, string>
  body?: string
  /** after the answer: wait until this connector and its tasks are in this state */
  settles?: [connector: string, state: string]
  /** ask again until the answer contains this: states change some time after the request that asks for it */
  until?: string | RegExp
  /** after the answer: wait until the answer to GET of this path matches */
  awaits?: [path: string, text: RegExp]
  /** ask the admin listener */
  admin?: true
}

const ALL_RUNNING = /"connector":\{"state":"RUNNING".*"tasks":\[\{[^\]]*"state":"RUNNING"/

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

const patch = (name: string, change: unknown, more: Partial<Step> = {}) =>
  send('PATCH', `/connectors/${name}/config`, change, more)

const validate = (plugin: string, config: unknown) =>
  send('PUT', `/connector-plugins/${plugin}/config/validate`, config)

const level = (logger: string, body: unknown, more: Partial<Step> = {}) =>
  send('PUT', `/admin/loggers/${logger}`, body, more)

const signed = (algorithm: string, signature: string) => ({
  'X-Connect-Authorization': signature,
  'X-Connect-Request-Signature-Algorithm': algorithm,
})

/** Everything a client may ask of a worker, in an order that leaves nothing behind. */
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
    awaits: ['/connectors/one/tasks', /"batch.size":"7"/],
  }),
  get('/connectors/one/config'),
  get('/connectors/one/tasks'),
  send('PUT', '/connectors/one/config', source('one', { 'batch.size': '8', name: undefined }), {
    settles: ['one', 'RUNNING'],
    awaits: ['/connectors/one/tasks', /"batch.size":"8"/],
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
  // Nothing has failed: these tell what runs, once the restart before is over. RUNNING alone may be of before that.
  send('POST', '/connectors/one/restart?onlyFailed=true', undefined, { until: ALL_RUNNING }),
  send('POST', '/connectors/one/restart?includeTasks=true&onlyFailed=true', undefined, {
    until: ALL_RUNNING,
  }),
  send('POST', '/connectors/one/tasks/0/restart', undefined, { settles: ['one', 'RUNNING'] }),
  send('POST', '/connectors/one/tasks/5/restart'),
  send('POST', '/connectors/two/tasks/0/restart'),

  // a life: sink with two tasks
  create(sink('two'), {
    settles: ['two', 'RUNNING'],
    // A state of the first task alone may be all that is told yet.
    awaits: ['/connectors/two/status', /"id":0,"state":"RUNNING".*"id":1,"state":"RUNNING"/],
  }),
  get('/connectors/two'),
  get('/connectors/two/tasks'),
  get('/connectors/two/status'),
  get('/connectors/two/config'),
  send('PUT', '/connectors/two/config', sink('two', { 'tasks.max': '1' }), {
    settles: ['two', 'RUNNING'],
    awaits: ['/connectors/two/status', /"tasks":\[\{"id":0,"state":"RUNNING"[^}]*\}\]/],
  }),
  get('/connectors/two'),
  get('/connectors/two/status'),

  // PUT creates
  send('PUT', '/connectors/three/config', source('three'), { settles: ['three', 'RUNNING'] }),
  get('/connectors/three'),
  send('DELETE', '/connectors/three'),
  { ...get('/connectors/three/status'), until: 'No status found' },

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
  send('DELETE', '/connectors/..;'),
  send(
    'POST',
    '/connectors',
    '{"name": 5, "config": {"connector.class": "FileStreamSource", "topic": "t", "n": 1.50, "e": 1e3}}',
  ),
  get('/connectors/5/config'),
  send('DELETE', '/connectors/5'),

  // a part of a configuration
  create(source('nine', { extra: 'x' }), { settles: ['nine', 'RUNNING'] }),
  patch('nine', { 'batch.size': 9, added: true }, { settles: ['nine', 'RUNNING'] }),
  get('/connectors/nine/config'),
  patch('nine', { extra: null, absent: null }, { settles: ['nine', 'RUNNING'] }),
  get('/connectors/nine/config'),
  patch('nine', {}, { settles: ['nine', 'RUNNING'] }),
  patch('nine', { name: 'other' }, { settles: ['nine', 'RUNNING'] }),
  get('/connectors/nine'),
  patch('nine', { name: null }),
  patch('nine', { name: 'nine' }, { settles: ['nine', 'RUNNING'] }),
  patch('nine', { topic: null }),
  patch('nine', { 'tasks.max': 'many' }),
  patch('nine', { 'connector.class': 'no.such.Other' }),
  patch('nine', { a: [1] }),
  patch('nine', 'null'),
  patch('nine', undefined),
  patch('nine', '[]'),
  patch('nine', '{"a":'),
  patch('none', { a: 'b' }),
  patch('none', 'null'),
  patch('none', '{"a":'),
  send('PATCH', '/connectors/nine/config', { a: 'b' }, { headers: { 'Content-Type': 'text/plain' } }),
  send('PATCH', '/connectors/nine', { a: 'b' }),
  send('PATCH', '/connectors', { a: 'b' }),

  // topics
  { ...get('/connectors/nine/topics'), name: 'topics of nine', until: 'rest-differential' },
  get('/connectors/nine/topics/'),
  send('HEAD', '/connectors/nine/topics'),
  get('/connectors/none/topics'),
  send('OPTIONS', '/connectors/nine/topics'),
  send('OPTIONS', '/connectors/nine/topics/reset'),
  get('/connectors/nine/topics/reset'),
  send('POST', '/connectors/nine/topics'),
  send('PUT', '/connectors/nine/stop', undefined, { awaits: ['/connectors/nine/status', /"tasks":\[\]/] }),
  get('/connectors/nine/topics'),
  send('PUT', '/connectors/nine/topics/reset', undefined, { awaits: ['/connectors/nine/topics', /\[\]/] }),
  get('/connectors/nine/topics'),
  send('PUT', '/connectors/none/topics/reset'),
  send('PUT', '/connectors/nine/topics/reset/', '{'),

  // stopped
  { ...get('/connectors/nine/status'), name: 'status of nine, stopped', until: 'STOPPED' },
  get('/connectors/nine/tasks'),
  get('/connectors/nine'),
  get('/connectors/nine/tasks/0/status'),
  send('PUT', '/connectors/nine/stop'),
  send('PUT', '/connectors/nine/pause', undefined, { awaits: ['/connectors/nine/status', /PAUSED/] }),
  get('/connectors/nine/tasks'),
  send('PUT', '/connectors/nine/stop', undefined, { awaits: ['/connectors/nine/status', /STOPPED/] }),
  send('POST', '/connectors/nine/restart', undefined, { awaits: ['/connectors/nine/status', /STOPPED/] }),
  send('POST', '/connectors/nine/restart?includeTasks=true', undefined, {
    awaits: ['/connectors/nine/status', /STOPPED/],
  }),
  patch('nine', { 'batch.size': '3' }),
  get('/connectors/nine/tasks'),
  send('PUT', '/connectors/nine/resume', undefined, { settles: ['nine', 'RUNNING'] }),
  get('/connectors/nine/tasks'),
  send('PUT', '/connectors/none/stop'),
  send('OPTIONS', '/connectors/nine/stop'),
  get('/connectors/nine/stop'),
  get('/connectors?expand=info&expand=info&expand='),
  get('/connectors?expand=info,status'),
  get('/connectors?expand=STATUS'),
  get('/connectors?expand'),
  send('DELETE', '/connectors/nine'),

  // plugins
  get('/connector-plugins?connectorsOnly=false'),
  get('/connector-plugins?connectorsOnly='),
  get('/connector-plugins?connectorsOnly=no'),
  ...[
    'FileStreamSource',
    'FileStreamSinkConnector',
    'Json',
    'Filter',
    'RecordIsTombstone',
    'SimpleHeaderConverter',
  ].map(plugin => get(`/connector-plugins/${plugin}/config`)),
  get('/connector-plugins/FileStreamSource/config?version=4.3.1'),
  get('/connector-plugins/FileStreamSource/config?version=9.9'),
  get('/connector-plugins/FileStreamSource/config?version=%5Bbad'),
  get('/connector-plugins/FileStreamSource/config?version='),
  get('/connector-plugins/Nope/config'),
  get('/connector-plugins/filestreamsource/config'),
  get('/connector-plugins/FileConfigProvider/config'),
  get('/connector-plugins/org.apache.kafka.connect.transforms.HoistField$Key/config'),
  get('/connector-plugins/org.apache.kafka.connect.transforms.HoistField%24Value/config'),
  get('/connector-plugins/FileStreamSource'),
  get('/connector-plugins/FileStreamSource/config/validate'),
  send('OPTIONS', '/connector-plugins/FileStreamSource/config'),
  send('OPTIONS', '/connector-plugins/FileStreamSource/config/validate'),
  validate('FileStreamSource', source('v')),
  validate('FileStreamSourceConnector', source('v', { topic: undefined })),
  validate('Source', source('v')),
  validate('FileStreamSink', source('v')),
  validate('FileStreamSource', {}),
  validate('Nope', {}),
  validate('Nope', { 'connector.class': 'Nope' }),
  validate('FileStreamSource', source('v', { 'producer.override.linger.ms': 'x' })),
  validate('FileStreamSource', '{'),
  validate('FileStreamSource', 'null'),
  validate('FileStreamSource', undefined),
  validate('FileStreamSource', '[]'),
  validate('FileStreamSource', { 'connector.class': ['a'] }),
  create(source('v', { 'producer.override.linger.ms': 'x' })),

  // loggers
  get('/admin'),
  get('/admin/loggers/org.example.none'),
  level('org.example.a', { level: 'debug' }),
  level('org.example.a', { level: 'DEBUG' }),
  level('org.example.a.b', { level: ' Trace ' }),
  level('org.example', { level: 'WARN' }),
  get('/admin/loggers/org.example'),
  get('/admin/loggers/org.example.a.b'),
  get('/admin/loggers/org.example.c'),
  level('org.example.off', { level: 'off' }),
  level('org.example.all', { level: 'ALL' }),
  level('org.example.fatal', { level: 'fatal' }),
  get('/admin/loggers/org.example.off'),
  get('/admin/loggers'),
  get('/admin/loggers/'),
  send('HEAD', '/admin/loggers/org.example'),
  send('OPTIONS', '/admin/loggers'),
  send('OPTIONS', '/admin/loggers/org.example'),
  send('POST', '/admin/loggers/org.example', { level: 'INFO' }),
  send('DELETE', '/admin/loggers/org.example'),
  get('/admin/loggers', { Accept: 'text/html' }),
  get('/admin/loggers/org.example', { 'Content-Type': 'text/plain' }),
  level(
    'org.example.a?scope=cluster',
    { level: 'error' },
    { awaits: ['/admin/loggers/org.example.a', /ERROR/] },
  ),
  level(
    'org.example.a?scope=CLUSTER',
    { level: 'info' },
    { awaits: ['/admin/loggers/org.example.a', /INFO/] },
  ),
  get('/admin/loggers/org.example.a.b'),
  level('org.example.a?scope=worker', { level: 'error' }),
  level('org.example.a?scope=', { level: 'info' }),
  level('org.example.a?scope=galaxy', { level: 'error' }),
  level('org.example.a', { level: 'loud' }),
  level('org.example.a?scope=cluster', { level: 'loud' }),
  level('org.example.a', { level: '' }),
  level('org.example.a', { level: ' ' }),
  level('org.example.a', { level: 5 }),
  level('org.example.a', { level: null }),
  level('org.example.a?scope=cluster', {}),
  level('org.example.a', { level: 'INFO', more: 1 }),
  level('org.example.a', { level: {} }),
  level('org.example.a', '[]'),
  level('org.example.a', 'null'),
  level('org.example.a', '{'),
  level('org.example.a', undefined),

  // between workers
  send('OPTIONS', '/connectors/none/tasks'),
  send('OPTIONS', '/connectors/none/fence'),
  get('/connectors/none/fence'),
  send('DELETE', '/connectors/none/tasks'),
  send('POST', '/connectors/none/tasks', [{ a: 'b' }]),
  send('POST', '/connectors/none/tasks', [{ a: 'b' }], { headers: { 'Content-Type': 'text/plain' } }),
  send('POST', '/connectors/none/tasks', '{}'),
  send('POST', '/connectors/none/tasks', '[1]'),
  send('POST', '/connectors/none/tasks', '[{}, 2.5]'),
  send('POST', '/connectors/none/tasks', '[{"a":[]}]'),
  send('POST', '/connectors/none/tasks', '"x"'),
  send('POST', '/connectors/none/tasks', undefined),
  send('POST', '/connectors/none/tasks', '[]', { headers: signed('Foo', 'AAAA') }),
  send('POST', '/connectors/none/tasks', '[]', { headers: signed('HmacSHA256', '!AAA') }),
  send('PUT', '/connectors/none/fence'),
  send('PUT', '/connectors/none/fence', 'x', { headers: { 'Content-Type': 'text/plain' } }),
  send('PUT', '/connectors/none/fence', undefined, { headers: { Accept: 'text/html' } }),

  // refused by the server
  get('//'),
  get('/admin/loggers//'),
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
  { ...get('/connectors/two/tasks/0/status'), until: 'No status found' },
]

/** Keys of a worker whose REST API is set up in every way that changes its answers. */
export const variantWorker: Record<string, string> = {
  'access.control.allow.origin': 'http://a.example,https://.*\\.b\\.example',
  'access.control.allow.methods': 'GET,PUT',
  'response.http.headers.config':
    'set X-One:1, "add X-One:2, 3", setDate X-Date:0, set X-Two:a, set X-Two:b, set Content-Type:text/x',
  'admin.listeners': 'http://127.0.0.1:$ADMIN',
  'topic.tracking.allow.reset': 'false',
}

const from = (Origin: string, more: Record<string, string> = {}) => ({ Origin, ...more })
const preflight = (origin: string) =>
  from(origin, { 'Access-Control-Request-Method': 'PUT', 'Access-Control-Request-Headers': 'x-foo' })
const ofAdmin = (step: Step): Step => ({ ...step, name: `admin: ${step.name}`, admin: true })

/** What such a worker is asked. */
export const variantScript: Step[] = [
  get('/'),
  get('/nope'),
  get('/connectors/none/status'),
  send('DELETE', '/connectors/none'),
  get('/connectors', { Accept: 'text/html' }),
  send('POST', '/connectors', '{'),
  send('PUT', '/connectors', {}),
  get('/connectors/%zz'),
  get('/connectors', from('http://a.example')),
  get('/connectors', from('http://A.EXAMPLE')),
  get('/connectors', from('https://x.b.example')),
  get('/connectors', from('https://xb.example')),
  get('/connectors', from('http://a.example.evil')),
  get('/connectors', from('http://evil http://a.example')),
  get('/connectors', from('')),
  get('/nope', from('http://a.example')),
  send('PUT', '/connectors/none/pause', undefined, { headers: from('http://a.example') }),
  send('OPTIONS', '/connectors', undefined, { headers: from('http://a.example') }),
  send('OPTIONS', '/connectors', undefined, { headers: preflight('http://a.example') }),
  send('OPTIONS', '/connectors', undefined, { headers: preflight('http://evil') }),
  send('OPTIONS', '/nope', undefined, { headers: preflight('http://a.example') }),
  get('/admin/loggers'),
  level('org.example.x', { level: 'TRACE' }),
  get('/connectors/none/topics'),
  send('PUT', '/connectors/none/topics/reset'),
  ofAdmin(get('/')),
  ofAdmin(get('/connectors')),
  ofAdmin(get('/health')),
  ofAdmin(level('org.example.x', { level: 'TRACE' })),
  ofAdmin(get('/admin/loggers')),
  ofAdmin(get('/admin/loggers/org.example.x', from('http://a.example'))),
  ofAdmin(get('/admin/loggers/org.example.y')),
  ofAdmin(send('OPTIONS', '/admin/loggers')),
  ofAdmin(
    send('OPTIONS', '/admin/loggers/org.example.x', undefined, { headers: preflight('http://a.example') }),
  ),
]

/** Keys of a worker with the other ways. */
export const closedWorker: Record<string, string> = {
  'access.control.allow.origin': '*',
  'admin.listeners': '',
  'topic.tracking.enable': 'false',
}

export const closedScript: Step[] = [
  get('/connectors', from('http://anything')),
  get('/connectors'),
  send('OPTIONS', '/connectors', undefined, { headers: preflight('http://anything') }),
  get('/admin/loggers'),
  get('/admin/loggers/root'),
  get('/connectors/none/topics'),
  send('PUT', '/connectors/none/topics/reset'),
]
