/**
 * Properties of the clients that a worker makes for connectors, lowest layer first: what Connect sets, the
 * worker's `producer.` / `consumer.` keys, the connector's `….override.` keys.
 * Java: Worker.baseProducerConfigs, baseConsumerConfigs
 */
import { type ClientKind, clientKeys, isClientKey } from '../config/client/index.ts'
import { notAllowed, overridePolicy } from '../config/override-policy.ts'
import { withPrefix } from '../config/prefix.ts'
import { ConnectException } from '../data/errors.ts'
import type { ClientProperties } from './port.ts'

type Raw = Readonly<Record<string, string>>
type Layer = 'producer' | 'consumer' | 'admin'

/** The producer of a source task (at least once). */
export function sourceProducerProperties(
  worker: Raw,
  connector: Raw,
  id: { connector: string; task: number },
): ClientProperties {
  return producerProperties(worker, connector, `connector-producer-${id.connector}-${id.task}`)
}

/** The producer of a task's dead letter queue: that of a source task under another name. */
export function deadLetterProducerProperties(
  worker: Raw,
  connector: Raw,
  id: { connector: string; task: number },
): ClientProperties {
  return producerProperties(worker, connector, `connector-dlq-producer-${id.connector}-${id.task}`)
}

function producerProperties(worker: Raw, connector: Raw, clientId: string): ClientProperties {
  return {
    'max.block.ms': '9223372036854775807',
    'enable.idempotence': 'false',
    acks: 'all',
    'max.in.flight.requests.per.connection': '1',
    'delivery.timeout.ms': '2147483647',
    'client.id': clientId,
    ...bootstrap(worker),
    ...withPrefix(worker, 'producer.'),
    ...overrides('producer', worker, connector),
  }
}

/** The consumer of a sink task. */
export function sinkConsumerProperties(
  worker: Raw,
  connector: Raw,
  id: { connector: string; task: number },
): ClientProperties {
  return {
    'group.id': sinkGroup(id.connector),
    'client.id': `connector-consumer-${id.connector}-${id.task}`,
    'enable.auto.commit': 'false',
    'auto.offset.reset': 'earliest',
    ...bootstrap(worker),
    ...withPrefix(worker, 'consumer.'),
    ...overrides('consumer', worker, connector),
  }
}

/** The admin client of a task, for the topics that it makes; `clientId` where nobody sets one. Java: Worker.adminConfigs */
export function taskAdminProperties(worker: Raw, connector: Raw, clientId: string): ClientProperties {
  return {
    'client.id': clientId,
    ...workerClientProperties(worker),
    ...withPrefix(worker, 'admin.'),
    ...overrides('admin', worker, connector),
  }
}

/** The worker's own clients (cluster id, internal topics). */
export function workerClientProperties(worker: Raw): ClientProperties {
  return Object.fromEntries(
    Object.entries(worker).filter(([key]) => isClientKey(key) && !OF_THE_WORKER.has(key)),
  )
}

/** An internal topic of a distributed worker, by what ends the names of its clients. */
export type InternalStore = 'configs' | 'statuses' | 'offsets'

/**
 * Producer and consumer of an internal topic. Java: KafkaConfigBackingStore.setupAndCreateKafkaBasedLog,
 * KafkaStatusBackingStore.configure, KafkaOffsetBackingStore.configure
 */
export function internalClientProperties(
  worker: Raw,
  store: InternalStore,
): Record<'producer' | 'consumer', ClientProperties> {
  const id = { 'client.id': `${clientIdBase(worker)}${store}` }
  const committed = store !== 'statuses' && exactlyOnce(worker) === 'enabled'
  return {
    producer: {
      ...PROMPT_PRODUCER,
      ...ofKind('producer', workerClientProperties(worker)),
      ...id,
      acks: 'all',
      'max.in.flight.requests.per.connection': '1',
      'enable.idempotence': 'false',
      // Statuses that were not written in time are tried again by their store, unless newer ones have come.
      ...(store === 'statuses' ? { retries: '0' } : { 'delivery.timeout.ms': '2147483647' }),
    },
    consumer: {
      ...promptConsumer(worker),
      ...ofKind('consumer', workerClientProperties(worker)),
      ...id,
      'auto.offset.reset': 'earliest',
      'enable.auto.commit': 'false',
      ...(committed && { 'isolation.level': 'read_committed' }),
    },
  }
}

/** The admin client that all internal topics share. Java: SharedTopicAdmin */
export function sharedAdminProperties(worker: Raw): ClientProperties {
  return {
    ...ofKind('admin', workerClientProperties(worker)),
    'client.id': `${clientIdBase(worker)}shared-admin`,
  }
}

/** Clients of the offsets topic that a source connector has for itself (`offsets.storage.topic`). */
export interface OffsetsTopicClients {
  producer: ClientProperties
  consumer: ClientProperties
  admin: ClientProperties
}

/**
 * The connector's own clients, with its overrides. Throws ConnectException for one that the worker's policy forbids.
 * Java: Worker.offsetStoreForRegularSourceConnector
 */
export function offsetsTopicProperties(worker: Raw, connector: Raw, name: string): OffsetsTopicClients {
  return {
    producer: { ...PROMPT_PRODUCER, ...producerProperties(worker, connector, `connector-producer-${name}`) },
    consumer: {
      ...promptConsumer(worker),
      'client.id': `connector-consumer-${name}`,
      'isolation.level': 'read_committed',
      ...bootstrap(worker),
      ...withPrefix(worker, 'consumer.'),
      ...overrides('consumer', worker, connector),
      'auto.offset.reset': 'earliest',
      'enable.auto.commit': 'false',
    },
    admin: taskAdminProperties(worker, connector, `connector-adminclient-${name}`),
  }
}

/** Somebody waits for every record that these write: none waits for company. */
const PROMPT_PRODUCER: ClientProperties = { 'linger.ms': '0' }

/**
 * That nothing comes behind a commit marker is known only when the broker has answered so: where transactions are
 * written, not after half a second. Elsewhere the longer wait costs nobody time, and an idle worker less. A topic that
 * somebody has deleted does not come back with settings that nobody chose.
 */
function promptConsumer(worker: Raw): ClientProperties {
  return {
    ...(exactlyOnce(worker) !== 'disabled' && { 'fetch.max.wait.ms': '100' }),
    'allow.auto.create.topics': 'false',
  }
}

function exactlyOnce(worker: Raw): string {
  return worker['exactly.once.source.support']?.trim().toLowerCase() || 'disabled'
}

/** Java: ConnectUtils.clientIdBase */
function clientIdBase(worker: Raw): string {
  const names = [worker['group.id'], worker['client.id']?.trim()]
  return names
    .filter(name => name)
    .map(name => `${name}-`)
    .join('')
}

function ofKind(kind: ClientKind, properties: ClientProperties): ClientProperties {
  return Object.fromEntries(
    Object.entries(properties).filter(([key]) => Object.hasOwn(clientKeys[kind], key)),
  )
}

/** Client keys by name that mean the worker itself where they stand without prefix. */
const OF_THE_WORKER = new Set([
  'group.id',
  'session.timeout.ms',
  'heartbeat.interval.ms',
  'config.providers',
  'metric.reporters',
])

/** The consumer group of a sink connector unless `consumer.override.group.id` names another. */
function sinkGroup(connector: string): string {
  return `connect-${connector}`
}

function bootstrap(worker: Raw): ClientProperties {
  const servers = worker['bootstrap.servers']
  return servers === undefined ? {} : { 'bootstrap.servers': servers }
}

/** The connector's overrides; ConnectException where the worker's policy forbids one. */
function overrides(layer: Layer, worker: Raw, connector: Raw): ClientProperties {
  const found = withPrefix(connector, `${layer}.override.`)
  const policy = overridePolicy(worker)
  const refused = Object.keys(found).filter(key => !policy.allows(key))
  if (refused.length > 0) {
    const texts = refused.map(key => notAllowed(policy, key))
    throw new ConnectException(`Client Config Overrides not allowed [${texts.join(', ')}]`)
  }
  return found
}
