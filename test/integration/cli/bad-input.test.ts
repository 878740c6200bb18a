import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { until } from '../../servers/run.ts'
import { type Ended, failure, properties, SINK, SOURCE, STRING, Terminal, WORKER } from './terminal.ts'

let terminal: Terminal
beforeEach(() => {
  terminal = new Terminal()
})
afterEach(() => terminal.close())

interface Case {
  files?: Record<string, string>
  args: string[]
  code: number
  /** Every line that begins with `bunnect: `. */
  said: string[]
}

const USAGE = 'Usage: bunnect standalone worker.properties [connector1.properties connector2.json ...]'
const CONVERTERS =
  'org.apache.kafka.connect.converters.BooleanConverter, org.apache.kafka.connect.converters.ByteArrayConverter, ' +
  'org.apache.kafka.connect.converters.DoubleConverter, org.apache.kafka.connect.converters.FloatConverter, ' +
  'org.apache.kafka.connect.converters.IntegerConverter, org.apache.kafka.connect.converters.LongConverter, ' +
  `org.apache.kafka.connect.converters.ShortConverter, org.apache.kafka.connect.json.JsonConverter, ${STRING}`
const worker = (more: Record<string, string | undefined> = {}) => properties({ ...WORKER, ...more })
const sink = (more: Record<string, string | undefined> = {}) => properties({ ...SINK, ...more })
const source = (more: Record<string, string | undefined> = {}) => properties({ ...SOURCE, ...more })

async function check({ files = {}, args, code, said }: Case): Promise<Ended> {
  terminal.write(files)
  const ended = await terminal.run({ args })
  expect(ended.said).toEqual(said)
  expect(ended.code).toBe(code)
  expect(ended.out).toBe('')
  expect(ended.err).not.toMatch(/^\s+at /m)
  return ended
}

async function checkDebug({ args, said }: Case): Promise<void> {
  const ended = await terminal.run({ args: [...args, '--debug'] })
  expect(ended.said).toEqual(said)
  expect(ended.err).toMatch(/^\s+at /m)
}

const table: Record<string, Case> = {
  'no arguments': {
    args: [],
    code: 1,
    said: [
      'no command was given. Usage: bunnect distributed worker.properties, or bunnect standalone worker.properties [connector.properties ...]; bunnect --help tells more.',
    ],
  },
  'an unknown command': {
    args: ['standalon', 'worker.properties'],
    code: 1,
    said: [
      "there is no command 'standalon'. Did you mean standalone? Commands: standalone, distributed, demo, offsets, decommission, schema-registry, plugin-types, test; bunnect --help tells more.",
    ],
  },
  'a mode without a value': {
    args: ['--mode'],
    code: 1,
    said: ['--mode needs a value. Usage: bunnect --mode standalone worker.properties'],
  },
  'distributed mode without a file': {
    args: ['--mode=distributed'],
    code: 1,
    said: ['the property file of the worker is missing. Usage: bunnect distributed worker.properties'],
  },
  'distributed mode with connectors': {
    args: ['distributed', 'worker.properties', 'source.properties'],
    code: 1,
    said: [
      'a distributed worker takes no connector files: source.properties. Create connectors through its REST API (POST /connectors), or use bunnect standalone.',
    ],
  },
  'standalone without a file': {
    args: ['standalone'],
    code: 1,
    said: [`the property file of the worker is missing. ${USAGE}`],
  },
  'an unknown option': {
    args: ['standalone', '--port=8083', 'worker.properties'],
    code: 1,
    said: [`Unknown option '--port'. ${USAGE}`],
  },
  'the option of the JVM’s script': {
    args: ['standalone', '-daemon', 'worker.properties'],
    code: 1,
    said: [
      `-daemon is an option of the JVM's script. Run bunnect under systemd, or connect-distributed.sh and connect-standalone.sh, which know it. ${USAGE}`,
    ],
  },
  'a count that is none': {
    args: ['demo', '--lines', '1e'],
    code: 1,
    said: [
      "--lines needs a count from 1, not '1e'. Usage: bunnect demo [jdbc] [--lines N | --orders N] [--keep DIR]",
    ],
  },
  'offsets without what it needs': {
    args: ['offsets', 'export', 'worker.properties'],
    code: 1,
    said: [
      'offsets needs export, --java FILE and the worker properties. Usage: bunnect offsets export --java FILE worker.properties',
    ],
  },
  'a missing worker file': {
    args: ['standalone', 'worker.properties'],
    code: 2,
    said: ['worker.properties: no such file. Check the path; it is relative to the working directory.'],
  },
  'a folder as worker file': {
    files: { 'worker/x': '' },
    args: ['--mode', 'standalone', 'worker'],
    code: 2,
    said: ['worker: is a folder. Check the path; it is relative to the working directory.'],
  },
  'a malformed unicode escape': {
    files: { 'worker.properties': `# a comment\n${worker()}a=\\u12g4\n` },
    args: ['standalone', 'worker.properties'],
    code: 2,
    said: [
      'worker.properties:8: Malformed \\uxxxx encoding. A backslash before u needs four hexadecimal digits; a real backslash is written twice.',
    ],
  },
  'missing required keys': {
    files: { 'worker.properties': 'listeners=http://127.0.0.1:0\n' },
    args: ['standalone', 'worker.properties'],
    code: 2,
    said: ['bootstrap.servers', 'key.converter', 'value.converter', 'offset.storage.file.filename'].map(
      key =>
        `worker.properties: Missing required configuration "${key}" which has no default value. Add a line ${key}=... to worker.properties.`,
    ),
  },
  'a required key with a slip of the keyboard': {
    files: {
      'worker.properties': worker({
        'offset.storage.file.filename': undefined,
        'offset.storage.file.filenam': 'connect.offsets',
      }),
    },
    args: ['standalone', 'worker.properties'],
    code: 2,
    said: [
      'worker.properties:6: Missing required configuration "offset.storage.file.filename" which has no default value. offset.storage.file.filenam is unknown: write offset.storage.file.filename instead.',
    ],
  },
  'a malformed header rule': {
    files: { 'worker.properties': worker({ 'response.http.headers.config': 'put X-A:b' }) },
    args: ['standalone', 'worker.properties'],
    code: 2,
    said: [
      "worker.properties:7: Invalid header config action: 'put'. Expected one of [set, add, setDate, addDate]. Write rules such as set X-Frame-Options:DENY with a comma between two; a rule that holds a comma stands in double quotes.",
    ],
  },
  'bad numbers and words': {
    files: {
      'worker.properties': worker({
        'offset.flush.interval.ms': 'abc',
        'task.shutdown.graceful.timeout.ms': '1.5',
        'metrics.num.samples': '0',
        'topic.creation.enable': 'ja',
      }),
    },
    args: ['standalone', 'worker.properties'],
    code: 2,
    said: [
      'worker.properties:7: Invalid value abc for configuration offset.flush.interval.ms: Not a number of type LONG. Correct the value, or delete the line to get the default, 60000.',
      'worker.properties:8: Invalid value 1.5 for configuration task.shutdown.graceful.timeout.ms: Not a number of type LONG. Correct the value, or delete the line to get the default, 5000.',
      'worker.properties:9: Invalid value 0 for configuration metrics.num.samples: Value must be at least 1. Correct the value, or delete the line to get the default, 2.',
      'worker.properties:10: Invalid value ja for configuration topic.creation.enable: Expected value to be either true or false. Correct the value, or delete the line to get the default, true.',
    ],
  },
  'an unknown converter class': {
    files: { 'worker.properties': worker({ 'key.converter': 'nope.Conv' }) },
    args: ['standalone', 'worker.properties'],
    code: 2,
    said: [
      `worker.properties:4: Invalid value nope.Conv for configuration key.converter: Class nope.Conv could not be found. This worker has ${CONVERTERS}.`,
    ],
  },
  'a listener of the wrong form': {
    files: { 'worker.properties': worker({ listeners: '127.0.0.1:8083' }) },
    args: ['standalone', 'worker.properties'],
    code: 2,
    said: [
      "worker.properties:3: Listener doesn't have the right format (protocol://hostname:port). '127.0.0.1:8083' is not of that form; http://127.0.0.1:8083 is.",
    ],
  },
  'a REST extension, which may be what protects the worker': {
    files: { 'worker.properties': worker({ 'rest.extension.classes': 'nope.E' }) },
    args: ['standalone', 'worker.properties'],
    code: 2,
    said: [
      'worker.properties:7: Failed to find any class that implements interface org.apache.kafka.connect.rest.ConnectRestExtension and which name matches nope.E. REST extensions are not supported by this version; protect the listeners by other means.',
    ],
  },
  'a missing connector file': {
    files: { 'worker.properties': worker() },
    args: ['standalone', 'worker.properties', 'c.properties'],
    code: 3,
    said: [
      'Failed to create connector for c.properties: no such file. Check the path; it is relative to the working directory.',
    ],
  },
  'a connector without a name': {
    files: { 'worker.properties': worker(), 'c.properties': source({ name: undefined }) },
    args: ['standalone', 'worker.properties', 'c.properties'],
    code: 3,
    said: [
      "Failed to create connector for c.properties: Connector configuration at 'c.properties' is missing the mandatory 'name' configuration. Add a line name=...",
    ],
  },
  'a connector with problems': {
    files: {
      'worker.properties': worker(),
      'c.properties': source({ 'batch.size': 'many', 'tasks.max': '0', topic: undefined }),
    },
    args: ['standalone', 'worker.properties', 'c.properties'],
    code: 3,
    said: [
      'Failed to create connector for c.properties:4: Invalid value many for configuration batch.size: Not a number of type INT. Correct the value, or delete the line to get the default, 2000.',
      'Failed to create connector for c.properties:5: Invalid value 0 for configuration tasks.max: Value must be at least 1. Correct the value, or delete the line to get the default, 1.',
      'Failed to create connector for c.properties: Missing required configuration "topic" which has no default value. Add a line topic=... to c.properties.',
    ],
  },
  'a value that is malformed, which the JVM complains of twice': {
    files: { 'worker.properties': worker(), 'c.properties': source({ 'tasks.max': 'two' }) },
    args: ['standalone', 'worker.properties', 'c.properties'],
    code: 3,
    said: [
      'Failed to create connector for c.properties:5: Invalid value two for configuration tasks.max: Not a number of type INT. Correct the value, or delete the line to get the default, 1.',
    ],
  },
  'a sink without topics': {
    files: { 'worker.properties': worker(), 'c.properties': sink({ topics: undefined }) },
    args: ['standalone', 'worker.properties', 'c.properties'],
    code: 3,
    said: [
      'Failed to create connector for c.properties: Must configure one of topics or topics.regex. Add a line topics=... to c.properties.',
    ],
  },
  'a sink with a slip of the keyboard': {
    files: { 'worker.properties': worker(), 'c.properties': sink({ topics: undefined, topic: 't' }) },
    args: ['standalone', 'worker.properties', 'c.properties'],
    code: 3,
    said: [
      'Failed to create connector for c.properties:4: Must configure one of topics or topics.regex. topic is unknown: write topics instead.',
    ],
  },
  'a sink with both kinds of topics': {
    files: { 'worker.properties': worker(), 'c.properties': sink({ 'topics.regex': 't.*' }) },
    args: ['standalone', 'worker.properties', 'c.properties'],
    code: 3,
    said: [4, 5].map(
      line =>
        `Failed to create connector for c.properties:${line}: topics and topics.regex are mutually exclusive options, but both are set. Delete one of the two.`,
    ),
  },
  'a connector without a class': {
    files: {
      'worker.properties': worker(),
      'c.properties': 'name=c\ntopic=t\n',
    },
    args: ['standalone', 'worker.properties', 'c.properties'],
    code: 3,
    said: [
      'Failed to create connector for c.properties: Connector config {name=c, topic=t} contains no connector type. Add a line connector.class=... to c.properties.',
    ],
  },
  'a connector’s class with a slip of the keyboard in its key': {
    files: {
      'worker.properties': worker(),
      'd.json': '{\n  "name": "d",\n  "conector.class": "FileStreamSource"\n}\n',
    },
    args: ['standalone', 'worker.properties', 'd.json'],
    code: 3,
    said: [
      'Failed to create connector for d.json:3: Connector config {name=d, conector.class=FileStreamSource} contains no connector type. conector.class is unknown: write connector.class instead.',
    ],
  },
  'broken JSON': {
    files: { 'worker.properties': worker(), 'c.json': '{\n  "name": "c",\n  "topic": "t",\n}\n' },
    args: ['standalone', 'worker.properties', 'c.json'],
    code: 3,
    said: [
      "Failed to create connector for c.json:4:1: not valid JSON: Unexpected character ('}' (code 125)): was expecting double-quote to start field name. A connector file that starts with { is read as JSON.",
    ],
  },
  'the same connector twice': {
    files: { 'worker.properties': worker(), 'c.properties': source() },
    args: ['standalone', 'worker.properties', 'c.properties', 'c.properties'],
    code: 3,
    said: [
      'Failed to create connector for c.properties: Connector source already exists. PUT /connectors/source/config replaces it.',
    ],
  },
  'an offset file in a folder that is not there': {
    files: { 'worker.properties': worker({ 'offset.storage.file.filename': 'no/such/connect.offsets' }) },
    args: ['standalone', 'worker.properties'],
    code: 3,
    said: [
      'worker.properties:6: Cannot use $DIR/no/such/connect.offsets for offset.storage.file.filename: the folder $DIR/no/such does not exist. Create it or name another file.',
    ],
  },
  'an offset file that is a text': {
    files: { 'worker.properties': worker(), 'connect.offsets': 'garbage\n' },
    args: ['standalone', 'worker.properties'],
    code: 3,
    said: [
      'worker.properties:6: Cannot use $DIR/connect.offsets for offset.storage.file.filename: it holds text, not offsets. Move the file away or name another one.',
    ],
  },
  'a data folder that is a file': {
    files: { 'worker.properties': worker(), data: '' },
    args: ['standalone', 'worker.properties'],
    code: 2,
    said: [
      "worker.properties:2: The data directory data cannot be created: EEXIST: file already exists, mkdir 'data'. Set bunnect.data.dir to a directory that this user may write.",
    ],
  },
  'a broker that does not answer': {
    files: {
      'worker.properties': worker({
        'bootstrap.servers': '127.0.0.1:1',
        'default.api.timeout.ms': '700',
      }),
    },
    args: ['standalone', 'worker.properties'],
    code: 2,
    said: [
      expect.stringMatching(
        /^worker\.properties:1: Failed to connect to and describe Kafka cluster at 127\.0\.0\.1:1 \(.+\)\. Check worker's broker connection and security properties\. bootstrap\.servers must name a broker that listens\. A standalone worker needs none with bootstrap\.servers=embedded\.$/,
      ) as unknown as string,
    ],
  },
}

describe('one line that says what, where and what to do', () => {
  for (const [name, one] of Object.entries(table)) {
    test(name, async () => {
      const said = one.said.map(line =>
        typeof line === 'string' ? line.replaceAll('$DIR', terminal.folder) : line,
      )
      await check({ ...one, said })
      await checkDebug({ ...one, said })
    })
  }

  test('an unknown connector class: the JVM’s text', async () => {
    terminal.write({
      'worker.properties': worker(),
      'c.properties': source({ 'connector.class': 'no.Such' }),
    })
    const { code, said } = await terminal.run({ args: ['standalone', 'worker.properties', 'c.properties'] })
    expect([code, said.length]).toEqual([3, 1])
    expect(said[0]).toStartWith(
      'Failed to create connector for c.properties:2: Failed to find any class that implements Connector and which name matches no.Such, available connectors are: PluginDesc{klass=class org.apache.kafka.connect.file.FileStreamSinkConnector, ',
    )
  })

  test('a connector class with a slip of the keyboard: the nearest class or alias', async () => {
    terminal.write({
      'worker.properties': worker(),
      'c.properties': source({ 'connector.class': 'FileStreamSorce' }),
    })
    const { code, said } = await terminal.run({ args: ['standalone', 'worker.properties', 'c.properties'] })
    expect([code, said.length]).toEqual([3, 1])
    expect(said[0]).toEndWith('. Did you mean FileStreamSource?')
  })

  test('a port in use; nothing is left open or begun', async () => {
    const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() })
    const url = `http://127.0.0.1:${server.port}`
    await check({
      files: { 'worker.properties': worker({ listeners: url }) },
      args: ['standalone', 'worker.properties'],
      code: 2,
      said: [
        `worker.properties:3: Unable to initialize REST server: failed to bind to ${url}: Address already in use. Stop what uses port ${server.port} (ss -ltnp 'sport = :${server.port}' shows it) or set another address in listeners.`,
      ],
    })
    expect(readdirSync(terminal.folder)).toEqual(['worker.properties'])
    await server.stop(true)
  })

  test('offsets export: what is missing, what is there already', async () => {
    terminal.write({ 'worker.properties': worker(), 'no-key.properties': 'a=b\n', there: '' })
    const args = (file: string) => ['offsets', 'export', '--java', 'there', file]
    await check({
      args: args('no-key.properties'),
      code: 2,
      said: [
        'no-key.properties: offset.storage.file.filename is missing. Give the file of the standalone worker whose offsets are wanted.',
      ],
    })
    const missing = await terminal.run({ args: args('worker.properties') })
    expect([missing.code, missing.said.length, missing.out]).toEqual([2, 1, ''])
    expect(missing.said[0]).toContain('there is no such file')
    terminal.write({ 'connect.offsets': '' })
    const existing = await terminal.run({ args: args('worker.properties') })
    expect([existing.code, existing.said.length]).toEqual([2, 1])
  })
})

describe('what the file system does not allow', () => {
  /** As a user without rights: root may read and write everything. */
  const asNobody =
    process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []

  test('unreadable and unwritable paths', async () => {
    terminal.write({
      'worker.properties': worker(),
      'secret.properties': worker(),
      'offsets.properties': worker({ 'offset.storage.file.filename': 'locked/connect.offsets' }),
      'data.properties': worker({ 'bunnect.data.dir': 'locked/data' }),
      'locked/x': '',
      'c.properties': source(),
    })
    chmodSync(terminal.folder, 0o777)
    chmodSync(terminal.path('secret.properties'), 0)
    chmodSync(terminal.path('c.properties'), 0)
    chmodSync(terminal.path('locked'), 0o555)
    const run = async (...args: string[]) => {
      const { code, said, err } = await terminal.run({ args: ['standalone', ...args], before: asNobody })
      expect(err).not.toMatch(/^\s+at /m)
      return [code, ...said]
    }
    expect(await run('secret.properties')).toEqual([
      2,
      'secret.properties: permission denied. Let this user read it.',
    ])
    expect(await run('offsets.properties')).toEqual([
      3,
      expect.stringMatching(
        /^offsets\.properties:6: Cannot use .*\/locked\/connect\.offsets for offset\.storage\.file\.filename: .*\/locked is not writable for this user \(EACCES\)\. Change its permissions or name another file\.$/,
      ),
    ])
    expect(await run('data.properties')).toEqual([
      2,
      expect.stringMatching(
        /^data\.properties:2: The data directory locked\/data cannot be created: EACCES: .* Set bunnect\.data\.dir to a directory that this user may write\.$/,
      ),
    ])
    expect(await run('worker.properties', 'c.properties')).toEqual([
      3,
      'Failed to create connector for c.properties: permission denied. Let this user read it.',
    ])
    chmodSync(terminal.path('locked'), 0o755)
  })

  test('a source that may not be read and a sink folder that is missing fail their tasks, with the reason', async () => {
    terminal.write({
      'worker.properties': worker({ listeners: 'http://127.0.0.1:0' }),
      'source.properties': source(),
      'sink.properties': properties({ ...SINK, file: 'no/such/out.txt' }),
      'in.txt': 'one\n',
    })
    chmodSync(terminal.folder, 0o777)
    chmodSync(terminal.path('in.txt'), 0)
    const program = terminal.start({
      args: ['standalone', 'worker.properties', 'source.properties', 'sink.properties'],
      before: asNobody,
    })
    const rest = await program.rest()
    expect(await failure(rest, 'source')).toContain('EACCES')
    expect(await failure(rest, 'sink')).toStartWith(
      "org.apache.kafka.connect.errors.ConnectException: Couldn't find or create file 'no/such/out.txt' for FileStreamSinkTask",
    )
    program.signal('SIGTERM')
    expect((await program.ended()).code).toBe(143)
  })
})

describe('what is told and does not stop the worker', () => {
  /** Starts, waits until it is up, stops; the warnings. */
  async function warnings(files: Record<string, string | Uint8Array>, ...connectors: string[]) {
    terminal.write(files)
    const program = terminal.start({ args: ['standalone', 'worker.properties', ...connectors] })
    const rest = await program.rest()
    const names = async () => (await (await fetch(`${rest}/connectors`)).json()) as string[]
    await until('the connectors', async () => (await names()).length === connectors.length)
    program.signal('SIGTERM')
    const ended = await program.ended()
    expect([ended.code, ended.said, ended.out]).toEqual([143, [], ''])
    return ended.warned
  }

  test('unknown keys with the nearest known one, removed keys, keys of the other mode, others’ keys in silence', async () => {
    const warned = await warnings({
      'worker.properties': worker({
        'offset.flush.intervall.ms': '1000',
        'group.id': 'g',
        'internal.key.converter': 'x',
        'rest.port': '8083',
        'producer.linger.ms': '5',
        'metrics.context.a': 'b',
        'key.converter.schemas.enable': 'false',
        'completely.unheard.of': '1',
        'offset.storage.file.filenames': 'x',
        'offset.storage.topic': 't',
      }),
    })
    expect(warned).toEqual([
      expect.stringContaining('internal.key.converter (worker.properties:9) was removed in Kafka 3.0'),
      expect.stringContaining(
        'offset.flush.intervall.ms (worker.properties:7; did you mean offset.flush.interval.ms?)',
      ),
    ])
    expect(warned[0]).toContain('rest.port (worker.properties:10) was removed')
    expect(warned[1]).toContain('completely.unheard.of (worker.properties:14)')
    expect(warned[1]).toContain(
      'offset.storage.file.filenames (worker.properties:15; did you mean offset.storage.file.filename?)',
    )
    expect(warned[1]).toContain('offset.storage.topic (worker.properties:16; read in distributed mode only)')
    for (const known of ['producer.linger.ms', 'metrics.context.a', 'key.converter.schemas.enable'])
      expect(warned.join()).not.toContain(known)
  })

  test('a key that stands twice, and UTF-8 in a property file', async () => {
    const files = {
      'worker.properties': `${worker()}listeners=http://127.0.0.1:0\n`,
      'c.properties': source({ topic: 'é' }),
      'in.txt': '',
    }
    const [twice, umlaut] = await warnings(files, 'c.properties')
    expect(twice).toContain("worker.properties:7: 'listeners' was set on line 3 already; this one counts.")
    expect(umlaut).toContain("c.properties:4: 'é' is UTF-8 but property files are ISO-8859-1: write \\u00e9.")
  })

  test('a damaged offset database is moved aside', async () => {
    const damaged = Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(8192, 0xa5)])
    const warned = await warnings({ 'worker.properties': worker(), 'connect.offsets': damaged })
    expect(warned.length).toBe(1)
    expect(warned[0]).toMatch(
      /^ERROR .*connect\.offsets is damaged \(.*\)\. It was moved to .*connect\.offsets\.corrupt-\d+T\d+Z; source connectors start without offsets/,
    )
    const aside = readdirSync(terminal.folder).find(name => name.startsWith('connect.offsets.corrupt-'))!
    expect(readFileSync(terminal.path(aside)).equals(damaged)).toBe(true)
    expect(existsSync(terminal.path('connect.offsets'))).toBe(true)
  })

  test('a damaged embedded log is moved aside', async () => {
    mkdirSync(terminal.path('data'))
    const warned = await warnings({
      'worker.properties': worker(),
      'data/embedded-log.db': Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(65536, 0xa5)]),
    })
    expect(warned.length).toBe(1)
    expect(warned[0]).toContain('embedded-log.db is damaged')
  })

  test('another worker has the embedded log, or the offset file: who it is', async () => {
    terminal.write({
      'worker.properties': worker(),
      'log.properties': worker({ 'offset.storage.file.filename': 'other.offsets' }),
      'offsets.properties': worker({ 'bunnect.data.dir': 'other' }),
    })
    const first = terminal.start({ args: ['standalone', 'worker.properties'] })
    await first.rest()
    const log = await terminal.run({ args: ['standalone', 'log.properties'] })
    expect([log.code, log.said]).toEqual([
      2,
      [
        `log.properties:2: The embedded log data/embedded-log.db is in use by the process with pid ${first.child.pid}. Stop that process, or set bunnect.data.dir to another directory.`,
      ],
    ])
    const offsets = await terminal.run({ args: ['standalone', 'offsets.properties'] })
    expect([offsets.code, offsets.said]).toEqual([
      3,
      [
        `offsets.properties:6: Cannot use ${terminal.path('connect.offsets')} for offset.storage.file.filename: process ${first.child.pid} has it locked. Stop that worker or give this one its own file.`,
      ],
    ])
    const exported = await terminal.run({
      args: ['offsets', 'export', '--java', 'java', 'worker.properties'],
    })
    expect([exported.code, exported.said]).toEqual([
      2,
      [expect.stringContaining(`process ${first.child.pid} has it locked`)],
    ])
    first.signal('SIGINT')
    expect((await first.ended()).code).toBe(130)
  })
})
