/**
 * The one table between Java client properties (Kafka 4.3) and the two client libraries. Java's defaults are
 * set wherever the libraries have others; what cannot be honoured is a warning, and where it concerns security
 * an error. Java: ProducerConfig, ConsumerConfig, AdminClientConfig
 */
import type { AdminOptions } from '@platformatic/kafka'
import { type ClientKind, clientKeys } from '../config/client/index.ts'
import type { ConfigSpec } from '../config/keys.ts'
import type { ParsedValue } from '../config/parse.ts'
import { parseConfig } from '../config/validate.ts'
import { ConfigException } from '../data/errors.ts'
import { brokers } from './bootstrap-servers.ts'
import { CONSUMER_CONSTANTS, consumerRows } from './client-consumer-rows.ts'
import { isIdempotent, PRODUCER_CONSTANTS, producerRows } from './client-producer-rows.ts'
import type { Row, RowContext, Rows, Settings } from './client-property-rows.ts'
import { isSecurityKey, sharedRows } from './client-shared-rows.ts'
import type { ClientProperties } from './port.ts'
import { clientSecurity } from './security.ts'
import type { ClusterAdminOptions } from './wire/cluster-admin.ts'

export const librdkafkaRows: Readonly<Record<'producer' | 'consumer', Rows>> = {
  producer: { ...sharedRows, ...producerRows },
  consumer: { ...sharedRows, ...consumerRows },
}

/** Settings for librdkafka. Throws ConfigException with Java's texts where Java does. */
export function librdkafkaSettings(
  kind: 'producer' | 'consumer',
  properties: ClientProperties,
): { settings: Settings; warnings: string[] } {
  const { context, warnings, unknown } = parsed(kind, properties)
  if (kind === 'producer') checkProducer(context)
  else checkConsumer(context)
  const settings: Settings = { ...(kind === 'producer' ? PRODUCER_CONSTANTS : CONSUMER_CONSTANTS) }
  brokers(context.value('bootstrap.servers') as readonly string[])
  for (const [key, row] of Object.entries(librdkafkaRows[kind])) apply(key, row, context, settings)
  if (unknown.length > 0) {
    warnings.push(`These configurations '[${unknown.join(', ')}]' were supplied but are not used.`)
  }
  const security = clientSecurity(properties)
  warnings.push(...security.warnings)
  return { settings: { ...settings, ...security.librdkafka }, warnings }
}

/** Options for both parts of the admin client. Throws ConfigException with Java's texts where Java does. */
export function platformaticOptions(properties: ClientProperties): {
  options: AdminOptions
  cluster: ClusterAdminOptions
  warnings: string[]
} {
  const { context, warnings, unknown } = parsed('admin', properties)
  if (unknown.length > 0) {
    warnings.push(`These configurations '[${unknown.join(', ')}]' were supplied but are not used.`)
  }
  const number = (key: string) => Number(context.value(key))
  const { tls, sasl, warnings: securityWarnings } = clientSecurity(properties)
  const retryDelay = number('retry.backoff.ms')
  const apiTimeoutMs = number('default.api.timeout.ms')
  const bootstrap = brokers(context.value('bootstrap.servers') as readonly string[])
  const clientId = String(context.value('client.id')).replaceAll(/\s/g, '-') || 'bunnect-admin'
  const connectTimeout = number('socket.connection.setup.timeout.ms')
  const requestTimeout = number('request.timeout.ms')
  // Java retries until default.api.timeout.ms is over; the library counts instead.
  const retries = Math.min(number('retries'), Math.ceil(apiTimeoutMs / Math.max(retryDelay, 1000)))
  return {
    cluster: {
      clientId,
      bootstrap,
      connectTimeoutMs: connectTimeout,
      requestTimeoutMs: requestTimeout,
      retries,
      retryBackoffMs: retryDelay,
      apiTimeoutMs,
      tls,
      sasl,
    },
    options: {
      clientId,
      bootstrapBrokers: bootstrap,
      connectTimeout,
      requestTimeout,
      retries,
      retryDelay,
      metadataMaxAge: number('metadata.max.age.ms'),
      ...(tls && { tls }),
      ...(sasl && { sasl }),
    },
    warnings: [...warnings, ...securityWarnings],
  }
}

/** What our own code does with client properties. Times in ms, sizes in bytes. */
export interface ClientLimits {
  /** Records a poll may return. */
  maxPollRecords: number
  maxPollIntervalMs: number
  /** How long a send waits for room or for metadata; Connect's producers wait for ever. */
  maxBlockMs: number
  bufferMemory: number
  maxRequestSize: number
  metadataMaxAgeMs: number
  defaultApiTimeoutMs: number
  fetchMaxBytes: number
}

export function clientLimits(kind: 'producer' | 'consumer', properties: ClientProperties): ClientLimits {
  const own = parsed(kind, { ...NO_BROKER, ...properties }).context
  const other = parsed(kind === 'producer' ? 'consumer' : 'producer', NO_BROKER).context
  const number = (key: string) =>
    Number(Object.hasOwn(clientKeys[kind], key) ? own.value(key) : other.value(key))
  return {
    maxPollRecords: number('max.poll.records'),
    maxPollIntervalMs: number('max.poll.interval.ms'),
    maxBlockMs: number('max.block.ms'),
    bufferMemory: number('buffer.memory'),
    maxRequestSize: number('max.request.size'),
    metadataMaxAgeMs: number('metadata.max.age.ms'),
    defaultApiTimeoutMs: number('default.api.timeout.ms'),
    fetchMaxBytes: number('fetch.max.bytes'),
  }
}

/** These numbers are wanted without a cluster too. */
const NO_BROKER = { 'bootstrap.servers': 'none:1' }

/** The table as the librdkafka client takes it. */
export const propertyTable = { librdkafka: librdkafkaSettings, admin: platformaticOptions }

interface ParsedProperties {
  context: RowContext
  warnings: string[]
  unknown: string[]
}

function parsed(kind: ClientKind, properties: ClientProperties): ParsedProperties {
  const warnings: string[] = []
  const values = parseConfig(specs()[kind], properties)
  const context: RowContext = {
    value: key => (values[key] ?? null) as ParsedValue | null,
    given: key => Object.hasOwn(properties, key),
    warn: text => warnings.push(text),
  }
  const unknown = Object.keys(properties).filter(
    key =>
      !Object.hasOwn(specs()[kind], key) && !SERIALIZERS.test(key) && !key.startsWith('metrics.context.'),
  )
  return { context, warnings, unknown }
}

const SERIALIZERS = /^(?:key|value)\.(?:de)?serializer$/
let madeSpecs: Readonly<Record<ClientKind, ConfigSpec>> | undefined

/** Java's definitions without the (de)serializers, which are required there and mean nothing here. */
function specs(): Readonly<Record<ClientKind, ConfigSpec>> {
  const without = (spec: ConfigSpec) =>
    Object.fromEntries(Object.entries(spec).filter(([key]) => !SERIALIZERS.test(key)))
  madeSpecs ??= {
    producer: without(clientKeys.producer),
    consumer: without(clientKeys.consumer),
    admin: without(clientKeys.admin),
  }
  return madeSpecs
}

function apply(key: string, row: Row, context: RowContext, settings: Settings): void {
  if (isSecurityKey(key) || SERIALIZERS.test(key)) return
  if (row.to === 'settings') Object.assign(settings, row.apply(context.value(key) as never, context))
  else if (row.to === 'warning' && context.given(key) && isMeant(context.value(key))) {
    context.warn(`${key}=${context.value(key)} has no effect: ${row.why}.`)
  }
}

/** A value that asks for something. */
function isMeant(value: ParsedValue | null): boolean {
  return value !== null && value !== false && value !== '' && !(Array.isArray(value) && value.length === 0)
}

/** Java: ProducerConfig.postProcessAndValidateIdempotenceConfigs, KafkaProducer.configureDeliveryTimeout */
function checkProducer(context: RowContext): void {
  const number = (key: string) => Number(context.value(key))
  const asked = context.given('enable.idempotence')
  if (context.value('enable.idempotence') === true) {
    if (asked && number('retries') === 0) {
      throw new ConfigException('Must set retries to non-zero when using the idempotent producer.')
    }
    if (asked && !['all', '-1'].includes(String(context.value('acks')))) {
      throw new ConfigException(
        'Must set acks to all in order to use the idempotent producer. Otherwise we cannot guarantee idempotence.',
      )
    }
    const inFlight = number('max.in.flight.requests.per.connection')
    if (isIdempotent(context) && inFlight > 5) {
      throw new ConfigException(
        `To use the idempotent producer, max.in.flight.requests.per.connection must be set to at most 5. Current value is ${inFlight}.`,
      )
    }
  }
  if (context.value('transactional.id') !== null && !isIdempotent(context)) {
    throw new ConfigException('Cannot set a transactional.id without also enabling idempotence.')
  }
  const least = number('linger.ms') + number('request.timeout.ms')
  if (context.given('delivery.timeout.ms') && number('delivery.timeout.ms') < least) {
    throw new ConfigException(
      'delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms',
    )
  }
}

/** Java: ConsumerConfig.checkUnsupportedConfigsPostProcess */
function checkConsumer(context: RowContext): void {
  if (String(context.value('group.protocol')).toLowerCase() !== 'consumer') {
    if (context.given('group.remote.assignor') && context.value('group.remote.assignor') !== null) {
      throw new ConfigException('group.remote.assignor cannot be set when group.protocol=CLASSIC')
    }
    return
  }
  for (const key of ['partition.assignment.strategy', 'heartbeat.interval.ms', 'session.timeout.ms']) {
    if (context.given(key)) throw new ConfigException(`${key} cannot be set when group.protocol=CONSUMER`)
  }
}
