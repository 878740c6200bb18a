/** The variables of Kafka's scripts and images, to dist/bunnect itself. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, unlinkSync } from 'node:fs'
import { type Broker, startBroker } from '../../servers/kafka.ts'
import { freePort } from '../../servers/ports.ts'
import { until } from '../../servers/run.ts'
import { hourlyLog, type Program, properties, SINK, SOURCE, STRING, Terminal, WORKER } from './terminal.ts'

let terminal: Terminal
beforeEach(() => {
  terminal = new Terminal()
  terminal.write({
    'worker.properties': properties(WORKER),
    'source.properties': properties(SOURCE),
    'sink.properties': properties(SINK),
    'in.txt': 'one\n',
  })
})
afterEach(() => terminal.close())

const ARGS = ['standalone', 'worker.properties', 'source.properties', 'sink.properties']
const text = (name: string) =>
  existsSync(terminal.path(name)) ? readFileSync(terminal.path(name), 'utf8') : ''

async function stopped(program: Program) {
  program.signal('SIGTERM')
  return await program.ended()
}

test('without variables the log goes to standard error alone, and says nothing of them', async () => {
  const program = terminal.start({ args: ARGS, env: { LOG_DIR: '', KAFKA_OPTS: '', CLASSPATH: '' } })
  await program.rest()
  const { err, warned } = await stopped(program)
  expect(warned).toEqual([])
  expect(err).not.toContain('no effect')
  expect(existsSync(terminal.path('logs'))).toBe(false)
})

test('one line says what a variable of the JVM does here', async () => {
  const env = {
    KAFKA_HEAP_OPTS: '-Xms256M -Xmx2G',
    KAFKA_JVM_PERFORMANCE_OPTS: '-server',
    JMX_PORT: '9999',
    CLASSPATH: '/opt/a.jar:/opt/plugin.ts',
    KAFKA_OPTS: '-Djavax.net.ssl.trustStore=/x -Djavax.net.ssl.trustStorePassword=hunter2',
  }
  const program = terminal.start({ args: ARGS, env })
  await program.rest()
  const { err, warned } = await stopped(program)
  expect(warned).toEqual([
    'WARN JMX_PORT: no effect, there is no JMX; REST serves the same metrics at /metrics (bunnect.cli.Environment)',
    'WARN CLASSPATH: /opt/plugin.ts is not looked at; put plugins in plugin.path (bunnect.cli.Environment)',
    "WARN -Djavax.net.ssl.trustStore, -Djavax.net.ssl.trustStorePassword: no effect; use the worker's own keys such as ssl.truststore.location (bunnect.cli.Environment)",
  ])
  expect(err.match(/KAFKA_HEAP_OPTS, KAFKA_JVM_PERFORMANCE_OPTS: no effect/g)).toHaveLength(1)
  expect(err).not.toContain('hunter2')
})

describe('KAFKA_LOG4J_OPTS', () => {
  const log4j = (lines: string[]) => terminal.write({ 'my log4j.properties': `${lines.join('\n')}\n` })
  const opts = () => ({
    KAFKA_LOG4J_OPTS: `-Dlog4j.configuration=file:${terminal.path('my%20log4j.properties')}`,
  })

  test('gives file, levels and rotation; nothing is lost on the way', async () => {
    log4j([
      'log4j.rootLogger=WARN, stdout, f',
      'log4j.appender.stdout=org.apache.log4j.ConsoleAppender',
      'log4j.appender.f=org.apache.log4j.RollingFileAppender',
      'log4j.appender.f.File=${kafka.logs.dir}/connect.log',
      'log4j.appender.f.MaxFileSize=1KB',
      'log4j.appender.f.MaxBackupIndex=100',
      'log4j.logger.org.apache.kafka.connect.runtime.Worker=INFO',
    ])
    const program = terminal.start({ args: ARGS, env: { ...opts(), LOG_DIR: 'logs' } })
    await program.says('Instantiated task sink-0')
    const { err, code } = await stopped(program)
    expect(code).toBe(143)
    expect(err).toContain(
      'INFO [source|task-0] Stopping task source-0 (org.apache.kafka.connect.runtime.Worker)',
    )
    expect(err).not.toContain('Herder started')
    const files = readdirSync(terminal.path('logs'))
    expect(files.length).toBeGreaterThan(1)
    const number = (name: string) => Number(/\d+$/.exec(name)?.[0] ?? 0)
    const whole = files.sort((a, b) => number(b) - number(a)).map(name => text(`logs/${name}`))
    expect(whole.join('')).toBe(err)
    for (const file of whole) expect(file.length).toBeLessThanOrEqual(1024)
  })

  test('that names no file, or one that cannot be read, does not stop the worker', async () => {
    const program = terminal.start({ args: ARGS, env: opts() })
    await program.rest()
    const { err, warned } = await stopped(program)
    expect(warned).toEqual([
      expect.stringMatching(/^WARN file:.*log4j\.properties cannot be used for the log: ENOENT/),
    ])
    expect(hourlyLog(terminal.path('logs'))).toBe(err)
  })

  test('--debug counts more', async () => {
    log4j(['log4j.rootLogger=ERROR, stdout', 'log4j.appender.stdout=org.apache.log4j.ConsoleAppender'])
    const program = terminal.start({ args: [...ARGS, '--debug'], env: opts() })
    await program.rest()
    expect((await stopped(program)).err).toContain('INFO Kafka Connect stopped')
    expect(existsSync(terminal.path('logs'))).toBe(false)
  })
})

test('levels of container images', async () => {
  const env = {
    CONNECT_LOG4J_ROOT_LOGLEVEL: 'ERROR',
    CONNECT_LOG4J_LOGGERS: 'org.apache.kafka.connect.runtime.Connect=INFO, org.reflections=ERROR',
  }
  const program = terminal.start({ args: ARGS, env })
  await program.says('Kafka Connect started')
  const lines = (await stopped(program)).err.trimEnd().split('\n')
  expect(lines.map(line => line.replace(/^\[.*?\] /, ''))).toEqual(
    ['starting', 'started', 'stopping', 'stopped'].map(
      what => `INFO Kafka Connect ${what} (org.apache.kafka.connect.runtime.Connect)`,
    ),
  )
})

test('a log that cannot be written is told once, and the worker goes on', async () => {
  mkdirSync(terminal.path('logs'))
  symlinkSync('/dev/full', terminal.path('logs/connect.log'))
  const program = terminal.start({ args: ARGS, env: { LOG_DIR: 'logs' } })
  await program.rest()
  unlinkSync(terminal.path('logs/connect.log'))
  const ended = await stopped(program)
  expect([ended.code, ended.said]).toEqual([
    143,
    [
      'the log cannot be written to logs/connect.log: ENOSPC: no space left on device, write. Its lines go to standard error until it can be.',
      'the log is written to logs/connect.log again',
    ],
  ])
  expect(text('logs/connect.log')).toContain('Kafka Connect stopped')
})

test('a disk that fills up cuts no more than the line it was filled by, and costs none of those after it', async () => {
  mkdirSync(terminal.path('logs'))
  const mount = 'mount -t tmpfs -o size=16k tmpfs logs && head -c 12k /dev/zero >logs/full && exec "$@"'
  const program = terminal.start({
    // Without connectors, whose own lines may come at any time.
    args: ['standalone', 'worker.properties'],
    before: ['unshare', process.getuid?.() === 0 ? '-m' : '-Urm', 'sh', '-c', mount, 'sh'],
    env: { LOG_DIR: 'logs' },
  })
  const rest = await program.rest()
  const inside = (name: string) => `/proc/${program.child.pid}/root${terminal.path(`logs/${name}`)}`
  const say = async () => {
    const headers = { 'Content-Type': 'application/json' }
    await fetch(`${rest}/admin/loggers/x.y`, { method: 'PUT', headers, body: '{"level":"DEBUG"}' })
  }
  await until('a full disk', async () => {
    await say()
    return program.err.includes('ENOSPC')
  })
  const cut = readFileSync(inside('connect.log'), 'utf8')
  expect(cut).toHaveLength(4096)
  unlinkSync(inside('full'))
  await say()
  await program.says('is written to logs/connect.log again')
  const whole = readFileSync(inside('connect.log'), 'utf8')
  expect(whole).toStartWith(cut)
  expect(whole.slice(cut.length)).toMatch(
    /^\n?\[[^\]]+\] INFO Setting level of namespace x\.y and children to DEBUG \(org\.apache\.kafka\.connect\.runtime\.Loggers\)\n$/,
  )
  expect((await stopped(program)).said).toHaveLength(2)
})

test('what stops the start stands in the file too', async () => {
  const ended = await terminal.run({ args: ['standalone', 'nowhere.properties'], env: { LOG_DIR: 'logs' } })
  expect([ended.code, ended.said]).toEqual([
    2,
    [expect.stringContaining('nowhere.properties: no such file.')],
  ])
  expect(text('logs/connect.log')).toContain('ERROR Stopping due to error: nowhere.properties: no such file.')
})

describe('keys in CONNECT_ variables', () => {
  const variables = (keys: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(keys).map(([key, value]) => [
        `CONNECT_${key.replaceAll('.', '_').toUpperCase()}`,
        value,
      ]),
    )

  test('a key that is missing or wrong is told by its variable', async () => {
    const { 'key.converter': _, ...some } = WORKER
    const env = variables({ ...some, 'offset.flush.interval.ms': 'abc' })
    const { code, said } = await terminal.run({ args: ['standalone'], env })
    expect([code, said]).toEqual([
      2,
      [
        'CONNECT_KEY_CONVERTER: Missing required configuration "key.converter" which has no default value. Set CONNECT_KEY_CONVERTER.',
        'CONNECT_OFFSET_FLUSH_INTERVAL_MS: Invalid value abc for configuration offset.flush.interval.ms: Not a number of type LONG. Correct the value, or delete the variable to get the default, 60000.',
      ],
    ])
  })

  test('a file counts more: then variables are not looked at', async () => {
    const program = terminal.start({ args: ARGS, env: variables({ listeners: 'nonsense' }) })
    await program.rest()
    expect((await stopped(program)).code).toBe(143)
  })

  test('task hosts are not given them', async () => {
    const keys = { ...WORKER, 'bootstrap.servers': '127.0.0.1:1', 'bunnect.task.hosts': '1' }
    const env = { ...variables({ ...keys, 'ssl.key.password': 'hunter2' }), MINE: 'stays' }
    const program = terminal.start({ args: ['standalone'], env })
    const rest = await program.rest()
    await fetch(`${rest}/connectors`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'source', config: SOURCE }),
    })
    await program.says('is ready')
    const pid = /pid (\d+)/.exec(program.err)![1]!
    const given = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
    expect(given).toContain('MINE=stays')
    expect(given.filter(entry => /^CONNECT_|hunter2/.test(entry))).toEqual([])
    expect((await stopped(program)).code).toBe(143)
  })

  test('what is secret in them is in no log, at no level', async () => {
    const env = variables({
      ...WORKER,
      'ssl.keystore.password': 'hunter2',
      'sasl.jaas.config': 'a.B required p="opensesame";',
    })
    const program = terminal.start({ args: ['--mode', 'standalone', '--debug'], env })
    const rest = await program.rest()
    await fetch(`${rest}/connectors/nobody`)
    const { err, out } = await stopped(program)
    expect(err + out).not.toMatch(/hunter2|opensesame/)
  })
})

describe('on a broker', () => {
  let broker: Broker
  let port: number
  beforeAll(async () => {
    const plain = await freePort()
    const controller = await freePort()
    port = await freePort()
    const listeners = `PLAINTEXT://127.0.0.1:${plain},SASL_PLAINTEXT://127.0.0.1:${port}`
    broker = await startBroker({
      port: plain,
      set: {
        listeners: `${listeners},CONTROLLER://127.0.0.1:${controller}`,
        'advertised.listeners': listeners,
        'controller.quorum.voters': `1@127.0.0.1:${controller}`,
        'listener.security.protocol.map':
          'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT',
        'sasl.enabled.mechanisms': 'PLAIN',
        'listener.name.sasl_plaintext.plain.sasl.jaas.config':
          'org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="wonder}land";',
      },
    })
  }, 120_000)
  afterAll(() => broker.stop())

  const secured = () => {
    const sasl = ['', 'producer.', 'consumer.', 'admin.'].flatMap(prefix => [
      [`${prefix}security.protocol`, 'SASL_PLAINTEXT'],
      [`${prefix}sasl.mechanism`, 'PLAIN'],
    ])
    return { ...WORKER, 'bootstrap.servers': `127.0.0.1:${port}`, ...Object.fromEntries(sasl) }
  }
  const opts = () => ({ KAFKA_OPTS: `-Djava.security.auth.login.config=${terminal.path('jaas.conf')}` })

  test('the variables of a container image make a distributed worker', async () => {
    const id = `images-${process.pid}`
    const env = {
      CONNECT_BOOTSTRAP_SERVERS: broker.bootstrap,
      CONNECT_REST_PORT: '0',
      CONNECT_REST_HOST_NAME: '127.0.0.1',
      CONNECT_GROUP_ID: id,
      CONNECT_CONFIG_STORAGE_TOPIC: `${id}-config`,
      CONNECT_OFFSET_STORAGE_TOPIC: `${id}-offset`,
      CONNECT_STATUS_STORAGE_TOPIC: `${id}-status`,
      CONNECT_CONFIG_STORAGE_REPLICATION_FACTOR: '1',
      CONNECT_OFFSET_STORAGE_REPLICATION_FACTOR: '1',
      CONNECT_STATUS_STORAGE_REPLICATION_FACTOR: '1',
      CONNECT_KEY_CONVERTER: STRING,
      CONNECT_VALUE_CONVERTER: STRING,
    }
    const program = terminal.start({ args: ['--mode', 'distributed'], env })
    await program.says('Finished starting connectors and tasks')
    const ended = await stopped(program)
    expect([ended.code, ended.said]).toEqual([143, []])
    expect(ended.err).toContain(`groupId=${id}] Herder started`)
  })

  test('a JAAS file in KAFKA_OPTS logs every client in that has no login module of its own', async () => {
    terminal.write({
      'worker.properties': properties(secured()),
      'jaas.conf':
        'KafkaClient {\n  org.apache.kafka.common.security.plain.PlainLoginModule required\n  username="alice" password="wonder}land";\n};\n',
    })
    const program = terminal.start({ args: [...ARGS, '--debug'], env: opts() })
    const rest = await program.rest()
    expect((await fetch(rest)).status).toBe(200)
    await until('the line through the broker', () => text('out.txt') === 'one\n')
    const { err } = await stopped(program)
    expect(err).not.toContain('wonder}land')
  })

  test.each([
    [null, 'ENOENT'],
    ['KafkaServer { a.B required; };', 'it has no context KafkaClient'],
    ['KafkaClient { a.B required password="hunter2 };', 'Unterminated quote in JAAS config'],
  ])(
    'a JAAS file that says %p stops a worker that logs in, and warns another one',
    async (content, message) => {
      if (content !== null) terminal.write({ 'jaas.conf': content })
      terminal.write({ 'worker.properties': properties(secured()) })
      const { code, said, err } = await terminal.run({ args: ARGS, env: opts() })
      expect([code, said]).toEqual([2, [expect.stringContaining(message)]])
      expect(err).not.toContain('hunter2')
      terminal.write({ 'worker.properties': properties(WORKER) })
      const program = terminal.start({ args: ARGS, env: opts() })
      await program.rest()
      const { warned } = await stopped(program)
      expect(warned).toEqual([expect.stringContaining(message)])
    },
  )
})
