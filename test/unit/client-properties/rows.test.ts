import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { clientKeys } from '../../../src/config/client/index.ts'
import {
  clientLimits,
  librdkafkaRows,
  librdkafkaSettings,
  platformaticOptions,
} from '../../../src/kafka/client-properties.ts'
import { isSecurityKey } from '../../../src/kafka/client-shared-rows.ts'
import { nativeAddon } from '../../../src/kafka/librdkafka/addon.ts'

type Kind = 'producer' | 'consumer'
type Properties = Record<string, string>

const base = { 'bootstrap.servers': 'localhost:9092' }
const manual = readFileSync(
  'node_modules/@confluentinc/kafka-javascript/deps/librdkafka/CONFIGURATION.md',
  'utf8',
)
/** librdkafka's names with their kind: C, P or *. */
const known = new Map<string, string>()
for (const [, name, kinds] of manual.matchAll(/^([a-z_.]+) +\| +(\S) +\|/gm)) {
  known.set(name!, (known.get(name!) ?? '') + kinds)
}
const of = (kind: Kind, properties: Properties) => librdkafkaSettings(kind, { ...base, ...properties })
const defaults = { producer: of('producer', {}).settings, consumer: of('consumer', {}).settings }

/** What a setting becomes that differs from what an empty configuration gives. */
function changed(kind: Kind, properties: Properties): Properties {
  const { settings } = of(kind, properties)
  const entries = Object.entries(settings).filter(([name, value]) => defaults[kind][name] !== value)
  const gone = Object.keys(defaults[kind]).filter(name => !Object.hasOwn(settings, name))
  return Object.fromEntries([...entries, ...gone.map(name => [name, 'GONE'] as const)])
}

/** Java property and value → settings that change. One entry a row at least. */
const TABLE: Record<Kind | 'both', [key: string, value: string, settings: Properties, also?: Properties][]> =
  {
    both: [
      ['bootstrap.servers', 'a:1, b:2', { 'bootstrap.servers': 'a:1,b:2' }],
      [
        'client.dns.lookup',
        'resolve_canonical_bootstrap_servers_only',
        { 'client.dns.lookup': 'resolve_canonical_bootstrap_servers_only' },
      ],
      ['client.id', 'me', { 'client.id': 'me' }],
      ['connections.max.idle.ms', '-1', { 'connections.max.idle.ms': '0' }],
      ['connections.max.idle.ms', '1000', { 'connections.max.idle.ms': '1000' }],
      ['enable.metrics.push', 'false', { 'enable.metrics.push': 'false' }],
      ['interceptor.classes', 'a.B', {}],
      [
        'metadata.max.age.ms',
        '5000',
        { 'topic.metadata.refresh.interval.ms': '5000', 'metadata.max.age.ms': '15000' },
      ],
      ['metadata.recovery.strategy', 'NONE', { 'metadata.recovery.strategy': 'none' }],
      ['metadata.recovery.rebootstrap.trigger.ms', '7', { 'metadata.recovery.rebootstrap.trigger.ms': '7' }],
      ['metric.reporters', 'a.B', {}],
      ['metrics.num.samples', '3', {}],
      ['metrics.recording.level', 'DEBUG', {}],
      ['metrics.sample.window.ms', '1', {}],
      ['config.providers', 'file', {}],
      ['receive.buffer.bytes', '65536', { 'socket.receive.buffer.bytes': '65536' }],
      ['receive.buffer.bytes', '-1', { 'socket.receive.buffer.bytes': '0' }],
      ['send.buffer.bytes', '1', { 'socket.send.buffer.bytes': '1' }],
      ['reconnect.backoff.ms', '200', { 'reconnect.backoff.ms': '200', 'reconnect.backoff.max.ms': '200' }],
      ['reconnect.backoff.max.ms', '9000', { 'reconnect.backoff.max.ms': '9000' }],
      ['retry.backoff.ms', '0', { 'retry.backoff.ms': '1' }],
      ['retry.backoff.max.ms', '2000', { 'retry.backoff.max.ms': '2000' }],
      ['socket.connection.setup.timeout.ms', '20000', { 'socket.connection.setup.timeout.ms': '20000' }],
      ['socket.connection.setup.timeout.max.ms', '60000', {}],
      ['security.protocol', 'plaintext', {}],
      ['security.providers', '', {}],
    ],
    producer: [
      ['acks', '1', { acks: '1', 'enable.idempotence': 'false' }],
      ['batch.size', '16384', { 'batch.size': '16384' }],
      ['batch.size', '0', { 'batch.size': '1' }],
      [
        'buffer.memory',
        '67108864',
        { 'queue.buffering.max.kbytes': '65536', 'queue.buffering.max.messages': '524288' },
      ],
      ['compression.type', 'zstd', { 'compression.type': 'zstd' }],
      [
        'compression.gzip.level',
        '9',
        { 'compression.type': 'gzip', 'compression.level': '9' },
        { 'compression.type': 'gzip' },
      ],
      [
        'compression.lz4.level',
        '17',
        { 'compression.type': 'lz4', 'compression.level': '12' },
        { 'compression.type': 'lz4' },
      ],
      [
        'compression.zstd.level',
        '5',
        { 'compression.type': 'zstd', 'compression.level': '5' },
        { 'compression.type': 'zstd' },
      ],
      ['compression.zstd.level', '5', {}],
      ['delivery.timeout.ms', '2147483647', { 'delivery.timeout.ms': '2147483647' }],
      [
        'delivery.timeout.ms',
        '2147483647',
        { 'transactional.id': 't', 'delivery.timeout.ms': 'GONE' },
        { 'transactional.id': 't' },
      ],
      [
        'delivery.timeout.ms',
        '90000',
        { 'transactional.id': 't', 'delivery.timeout.ms': '60000' },
        { 'transactional.id': 't' },
      ],
      ['enable.idempotence', 'false', { 'enable.idempotence': 'false' }],
      ['linger.ms', '100', { 'linger.ms': '100' }],
      ['max.block.ms', '1000', { 'topic.metadata.propagation.max.ms': '1000' }],
      ['max.block.ms', '9223372036854775807', { 'topic.metadata.propagation.max.ms': '2147000' }],
      ['max.in.flight.requests.per.connection', '1', { 'max.in.flight.requests.per.connection': '1' }],
      ['max.request.size', '5242880', { 'message.max.bytes': '5242880' }],
      [
        'max.request.size',
        '67108864',
        { 'message.max.bytes': '67108864', 'queue.buffering.max.kbytes': '65536' },
      ],
      ['metadata.max.idle.ms', '6000', {}],
      [
        'partitioner.class',
        'org.apache.kafka.clients.producer.RoundRobinPartitioner',
        { partitioner: 'random' },
      ],
      ['partitioner.class', 'a.B', {}],
      ['partitioner.ignore.keys', 'true', { partitioner: 'random' }],
      ['partitioner.adaptive.partitioning.enable', 'false', {}],
      ['partitioner.availability.timeout.ms', '5', {}],
      ['request.timeout.ms', '40000', { 'request.timeout.ms': '40000', 'socket.timeout.ms': '40000' }],
      ['retries', '3', { retries: '3' }],
      ['transaction.timeout.ms', '70000', { 'transaction.timeout.ms': '70000' }],
      ['transaction.two.phase.commit.enable', 'true', {}],
      ['transactional.id', 't', { 'transactional.id': 't', 'delivery.timeout.ms': '60000' }],
    ],
    consumer: [
      ['allow.auto.create.topics', 'false', { 'allow.auto.create.topics': 'false' }],
      ['auto.commit.interval.ms', '1', {}],
      ['auto.offset.reset', 'earliest', { 'auto.offset.reset': 'earliest' }],
      ['auto.offset.reset', 'none', { 'auto.offset.reset': 'error' }],
      ['check.crcs', 'false', { 'check.crcs': 'false' }],
      ['client.rack', 'r1', { 'client.rack': 'r1' }],
      ['default.api.timeout.ms', '1', {}],
      ['enable.auto.commit', 'false', {}],
      ['enable.auto.commit', 'true', {}],
      ['exclude.internal.topics', 'false', {}],
      ['fetch.max.bytes', '104857600', { 'fetch.max.bytes': '104857600' }],
      [
        'fetch.max.bytes',
        '300000000',
        { 'fetch.max.bytes': '300000000', 'receive.message.max.bytes': '300000512' },
      ],
      ['fetch.max.bytes', '5000', { 'fetch.max.bytes': '5000', 'message.max.bytes': '5000' }],
      ['fetch.max.wait.ms', '10', { 'fetch.wait.max.ms': '10' }],
      ['fetch.min.bytes', '0', {}],
      ['fetch.min.bytes', '100', { 'fetch.min.bytes': '100' }],
      ['group.id', 'g', { 'group.id': 'g' }],
      ['group.instance.id', 'i', { 'group.instance.id': 'i' }],
      [
        'group.protocol',
        'CONSUMER',
        {
          'group.protocol': 'consumer',
          'session.timeout.ms': 'GONE',
          'heartbeat.interval.ms': 'GONE',
          'partition.assignment.strategy': 'GONE',
        },
      ],
      [
        'group.remote.assignor',
        'uniform',
        {
          'group.protocol': 'consumer',
          'group.remote.assignor': 'uniform',
          'session.timeout.ms': 'GONE',
          'heartbeat.interval.ms': 'GONE',
          'partition.assignment.strategy': 'GONE',
        },
        { 'group.protocol': 'consumer' },
      ],
      ['heartbeat.interval.ms', '1000', { 'heartbeat.interval.ms': '1000' }],
      ['isolation.level', 'read_committed', { 'isolation.level': 'read_committed' }],
      ['max.partition.fetch.bytes', '2097152', { 'max.partition.fetch.bytes': '2097152' }],
      ['max.poll.interval.ms', '600000', { 'max.poll.interval.ms': '600000' }],
      ['max.poll.interval.ms', '1', { 'max.poll.interval.ms': '45000' }],
      ['max.poll.records', '1', {}],
      [
        'partition.assignment.strategy',
        'org.apache.kafka.clients.consumer.CooperativeStickyAssignor',
        { 'partition.assignment.strategy': 'cooperative-sticky' },
      ],
      [
        'partition.assignment.strategy',
        'org.apache.kafka.clients.consumer.CooperativeStickyAssignor,org.apache.kafka.clients.consumer.RoundRobinAssignor',
        { 'partition.assignment.strategy': 'cooperative-sticky,roundrobin' },
      ],
      [
        'partition.assignment.strategy',
        'org.apache.kafka.clients.consumer.StickyAssignor,com.example.Own',
        { 'partition.assignment.strategy': 'sticky' },
      ],
      ['request.timeout.ms', '1000', { 'socket.timeout.ms': '1000' }],
      ['session.timeout.ms', '6000', { 'session.timeout.ms': '6000' }],
      ['share.acknowledgement.mode', 'explicit', {}],
      ['share.acquire.mode', 'record_limit', {}],
    ],
  }

for (const kind of ['producer', 'consumer'] as const) {
  const rows = [...TABLE.both, ...TABLE[kind]]
  describe(`${kind}: Java property → librdkafka`, () => {
    for (const [key, value, expected, also] of rows) {
      test(`${key}=${value}${also ? ` with ${JSON.stringify(also)}` : ''}`, () => {
        expect(changed(kind, { ...also, [key]: value })).toEqual(expected)
      })
    }
  })

  test(`${kind}: every Java key has a row and every row a test`, () => {
    const java = Object.keys(clientKeys[kind])
      .filter(key => !isSecurityKey(key))
      .sort()
    expect(Object.keys(librdkafkaRows[kind]).sort()).toEqual(java)
    const tested = new Set(rows.map(([key]) => key))
    expect(java.filter(key => !tested.has(key) && !/serializer$/.test(key))).toEqual([])
  })

  test(`${kind}: librdkafka has every setting that we give it, for this kind of client`, () => {
    const letter = kind === 'producer' ? 'P' : 'C'
    for (const [key, value, , also] of rows) {
      for (const name of Object.keys(of(kind, { ...also, [key]: value }).settings)) {
        expect(`${name} ${/[*]/.test(known.get(name) ?? '') ? letter : known.get(name)}`).toContain(
          ` ${letter}`,
        )
      }
    }
  })

  test(`${kind}: librdkafka itself takes the values`, () => {
    const addon = nativeAddon()
    const make = kind === 'producer' ? addon.Producer : addon.KafkaConsumer
    for (const [key, value, , also] of rows) {
      const { settings } = of(kind, { ...also, [key]: value })
      const client = new make(settings, null)
      addon.packedRelease(client, null)
    }
  })
}

describe('Java’s defaults where librdkafka has others', () => {
  test('producer', () => {
    expect(defaults.producer).toMatchObject({
      partitioner: 'murmur2_random',
      'message.max.bytes': '1048576',
      'queue.buffering.max.kbytes': '32768',
      'linger.ms': '5',
      'max.in.flight.requests.per.connection': '5',
      'enable.idempotence': 'true',
      acks: 'all',
      'delivery.timeout.ms': '120000',
      'request.timeout.ms': '30000',
      'topic.metadata.refresh.interval.ms': '300000',
    })
  })
  test('consumer', () => {
    expect(defaults.consumer).toMatchObject({
      'isolation.level': 'read_uncommitted',
      'check.crcs': 'true',
      'allow.auto.create.topics': 'true',
      'auto.offset.reset': 'latest',
      'fetch.wait.max.ms': '500',
      'max.partition.fetch.bytes': '1048576',
      'fetch.max.bytes': '52428800',
      'partition.assignment.strategy': 'range,cooperative-sticky',
      'session.timeout.ms': '45000',
    })
    expect(Number(defaults.consumer['receive.message.max.bytes'])).toBeGreaterThanOrEqual(52_428_800 + 512)
  })
})

describe('warnings', () => {
  const warnings = (kind: Kind, properties: Properties) => of(kind, properties).warnings
  test.each([
    [
      'producer',
      { 'interceptor.classes': 'a.B' },
      'interceptor.classes=a.B has no effect: interceptors are Java classes.',
    ],
    [
      'producer',
      { 'partitioner.class': 'a.B' },
      "partitioner.class=a.B is a Java class: Kafka's default (murmur2 of the key) is used.",
    ],
    [
      'producer',
      { 'transaction.two.phase.commit.enable': 'true' },
      'transaction.two.phase.commit.enable=true has no effect: two-phase commit is not supported.',
    ],
    [
      'producer',
      { 'transactional.id': 't', 'delivery.timeout.ms': '90000' },
      'delivery.timeout.ms=90000 is longer than transaction.timeout.ms: 60000 is used, the transaction would be over by then.',
    ],
    [
      'producer',
      { 'linger.ms': '1000000', 'delivery.timeout.ms': '2147483647' },
      'linger.ms=1000000 is beyond what the client can do (0 to 900000): 900000 is used.',
    ],
    [
      'consumer',
      { 'partition.assignment.strategy': 'com.example.Own' },
      'partition.assignment.strategy=com.example.Own is not supported and not offered to the group.',
    ],
    [
      'consumer',
      { 'unknown.thing': '1', acks: 'all' },
      "These configurations '[unknown.thing, acks]' were supplied but are not used.",
    ],
  ] as const)('%s %p', (kind, properties, warning) => {
    expect(warnings(kind, properties as unknown as Properties)).toEqual([warning])
  })
  test('a plain configuration has none', () => {
    expect(warnings('producer', { acks: 'all', 'key.serializer': 'x', 'metrics.context.a': 'b' })).toEqual([])
    expect(warnings('consumer', { 'group.id': 'g', 'value.deserializer': 'x' })).toEqual([])
    expect(warnings('producer', { 'transactional.id': 't' })).toEqual([])
  })
})

describe('Java’s errors', () => {
  test.each([
    [
      'producer',
      { acks: '1', 'enable.idempotence': 'true' },
      'Must set acks to all in order to use the idempotent producer. Otherwise we cannot guarantee idempotence.',
    ],
    [
      'producer',
      { retries: '0', 'enable.idempotence': 'true' },
      'Must set retries to non-zero when using the idempotent producer.',
    ],
    [
      'producer',
      { 'max.in.flight.requests.per.connection': '6' },
      'To use the idempotent producer, max.in.flight.requests.per.connection must be set to at most 5. Current value is 6.',
    ],
    [
      'producer',
      { 'transactional.id': 'x', 'enable.idempotence': 'false' },
      'Cannot set a transactional.id without also enabling idempotence.',
    ],
    [
      'producer',
      { 'transactional.id': 'x', acks: '1' },
      'Cannot set a transactional.id without also enabling idempotence.',
    ],
    [
      'producer',
      { 'delivery.timeout.ms': '10' },
      'delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms',
    ],
    ['producer', { 'bootstrap.servers': 'localhost' }, 'Invalid url in bootstrap.servers: localhost'],
    [
      'producer',
      { 'bootstrap.servers': 'localhost:99999' },
      'Invalid port in bootstrap.servers: localhost:99999',
    ],
    [
      'producer',
      { acks: 'foo' },
      'Invalid value foo for configuration acks: String must be one of: all, -1, 0, 1',
    ],
    [
      'producer',
      { 'security.providers': 'a.B' },
      'security.providers=a.B is not supported: Java security providers cannot be used',
    ],
    [
      'consumer',
      { 'group.protocol': 'consumer', 'session.timeout.ms': '10' },
      'session.timeout.ms cannot be set when group.protocol=CONSUMER',
    ],
    [
      'consumer',
      { 'group.protocol': 'consumer', 'heartbeat.interval.ms': '10' },
      'heartbeat.interval.ms cannot be set when group.protocol=CONSUMER',
    ],
    [
      'consumer',
      { 'group.protocol': 'consumer', 'partition.assignment.strategy': 'range' },
      'partition.assignment.strategy cannot be set when group.protocol=CONSUMER',
    ],
    [
      'consumer',
      { 'group.remote.assignor': 'x' },
      'group.remote.assignor cannot be set when group.protocol=CLASSIC',
    ],
    [
      'consumer',
      { 'auto.offset.reset': 'by_duration:P1D' },
      'auto.offset.reset=by_duration:P1D is not supported',
    ],
  ] as const)('%s %p', (kind, properties, message) => {
    expect(() => of(kind, properties as unknown as Properties)).toThrow(message)
  })
})

test('our own numbers', () => {
  expect(clientLimits('consumer', { ...base, 'max.poll.records': '7' })).toMatchObject({
    maxPollRecords: 7,
    maxPollIntervalMs: 300_000,
    metadataMaxAgeMs: 300_000,
    fetchMaxBytes: 52_428_800,
  })
  expect(clientLimits('producer', { ...base, 'max.block.ms': '5', 'buffer.memory': '100' })).toMatchObject({
    maxBlockMs: 5,
    bufferMemory: 100,
    maxRequestSize: 1_048_576,
  })
})

describe('admin client', () => {
  test('options', () => {
    const { options, warnings } = platformaticOptions({
      'bootstrap.servers': 'a:1,[::1]:2',
      'client.id': 'my admin',
      'request.timeout.ms': '5000',
      'retry.backoff.ms': '250',
      'metadata.max.age.ms': '1000',
      'socket.connection.setup.timeout.ms': '3000',
      'nobody.knows': '1',
    })
    expect(options).toEqual({
      clientId: 'my-admin',
      bootstrapBrokers: [
        { host: 'a', port: 1 },
        { host: '::1', port: 2 },
      ],
      connectTimeout: 3000,
      requestTimeout: 5000,
      retries: 60,
      retryDelay: 250,
      metadataMaxAge: 1000,
    })
    expect(warnings).toEqual(["These configurations '[nobody.knows]' were supplied but are not used."])
  })
})
