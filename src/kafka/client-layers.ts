/**
 * Properties of the clients that a worker makes for connectors, lowest layer first: what Connect sets, the
 * worker's `producer.` / `consumer.` keys, the connector's `….override.` keys.
 * Java: Worker.baseProducerConfigs, baseConsumerConfigs
 */
import { isClientKey } from '../config/client/index.ts'
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
