/**
 * The topics that a distributed worker keeps its state in: what they are to be like, and that they are.
 * Java: org.apache.kafka.connect.util.TopicAdmin, DistributedConfig.topicSettings
 */

import type { Parsed } from '../config/keys.ts'
import { withPrefix } from '../config/prefix.ts'
import type { distributedConfig } from '../config/worker-config.ts'
import { ConfigException, ConnectException } from '../data/errors.ts'
import { hashMapOrder } from '../data/java-hash.ts'
import type { InternalStore } from '../kafka/client-layers.ts'
import { type Admin, KafkaError, type TopicSpec } from '../kafka/port.ts'
import { logger } from '../observe/log.ts'
import { pause } from '../waiting/deadline.ts'
import { untilAborted } from '../waiting/until-aborted.ts'

const configLog = logger('org.apache.kafka.connect.runtime.distributed.DistributedConfig')
const log = logger('org.apache.kafka.connect.util.TopicAdmin')

const COMPACT = 'compact'
/** How long the partitions of a topic may take to be seen. Java: KafkaBasedLog */
const PARTITIONS_TIMEOUT_MS = 30_000

export interface InternalTopic extends TopicSpec {
  /** What names it in the worker's configuration, such as `config.storage.topic`; for errors. */
  property: string
  /** What would be lost, such as `connector configurations`; for errors. */
  purpose: string
  /** It is worth nothing with more partitions than one. */
  single: boolean
}

const KINDS = {
  configs: { prefix: 'config.storage.', purpose: 'connector configurations' },
  statuses: { prefix: 'status.storage.', purpose: 'connector and task statuses' },
  offsets: { prefix: 'offset.storage.', purpose: 'source connector offsets' },
} as const

/** The topic as the worker's configuration wants it. Settings that cannot be had are warned of. */
export function internalTopic(
  store: InternalStore,
  worker: { raw: Readonly<Record<string, string>>; values: Parsed<typeof distributedConfig> },
): InternalTopic {
  const { raw, values } = worker
  const { prefix, purpose } = KINDS[store]
  const {
    topic: _topic,
    partitions: _partitions,
    'replication.factor': _replicas,
    'cleanup.policy': policy,
    ...configs
  } = withPrefix(raw, prefix)
  if (store === 'configs' && _partitions !== undefined)
    configLog.warn(
      `Ignoring '${prefix}partitions=${_partitions}' setting, since config topic partitions is always 1`,
    )
  if (policy !== undefined)
    configLog.warn(`Ignoring '${prefix}cleanup.policy=${policy}' setting, since compaction is always used`)
  return {
    topic: values[`${prefix}topic`],
    property: `${prefix}topic`,
    purpose,
    single: store === 'configs',
    partitions:
      store === 'configs'
        ? 1
        : values[store === 'statuses' ? 'status.storage.partitions' : 'offset.storage.partitions'],
    replicationFactor: values[`${prefix}replication.factor`],
    configs: { ...configs, 'cleanup.policy': COMPACT },
  }
}

export interface TopicCheckOptions {
  bootstrapServers: string
  /** default.api.timeout.ms: how long a creation is tried that the cluster cannot do yet */
  timeoutMs: number
  /** retry.backoff.ms */
  backoffMs: number
}

/**
 * Makes the topic, or checks the one that is there, and returns how many partitions it has. Throws ConfigException for
 * a topic that would lose records or their order, ConnectException when it can neither be made nor seen.
 */
export async function ensureInternalTopic(
  topic: InternalTopic,
  admin: Admin,
  options: TopicCheckOptions,
  signal: AbortSignal,
): Promise<number> {
  const created = await createWithRetry(topic, admin, options, signal)
  if (!created) await checkCleanupPolicy(topic, admin, options, signal)
  const partitions = await awaitPartitions(topic, admin, options, signal)
  if (topic.single && partitions > 1)
    throw new ConfigException(
      `Topic '${topic.topic}' supplied via the '${topic.property}' property is required to have a single partition ` +
        `in order to guarantee consistency of ${topic.purpose}, but found ${partitions} partitions.`,
      {
        hint: `Name another topic in ${topic.property}: partitions cannot be taken away. The worker makes it by itself.`,
      },
    )
  return partitions
}

/** Java: org.apache.kafka.common.errors.TimeoutException, here with what to do */
class CreationTimeout extends ConnectException {
  static override readonly javaClass = 'org.apache.kafka.common.errors.TimeoutException'
}

/** True when the topic was made just now. Java: TopicAdmin.createTopicsWithRetry */
async function createWithRetry(
  topic: InternalTopic,
  admin: Admin,
  options: TopicCheckOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const deadline = performance.now() + options.timeoutMs
  let last: ConnectException | null = null
  do {
    const error = await untilAborted(create(topic, admin, options.bootstrapServers), signal)
    if (typeof error === 'boolean') return error
    if (!RETRIED.has((error.cause as KafkaError).code)) throw error
    const isNew = error.message !== last?.message
    last = error
    const text = `'${topic.topic}' topic creation failed due to '${error.message}', retrying, ${Math.max(0, Math.round(deadline - performance.now()))}ms remaining`
    if (isNew) log.info(text)
    else log.debug(text)
    await pause(options.backoffMs, signal)
    signal.throwIfAborted()
  } while (performance.now() < deadline)
  throw new CreationTimeout('Timeout expired while trying to create topic(s)', {
    cause: last,
    ...(last.hint && { hint: last.hint }),
  })
}

const RETRIED = new Set(['INVALID_REPLICATION_FACTOR', 'REQUEST_TIMED_OUT'])
/** What the JVM takes for a topic that is there, or that a person will make. */
const NOT_FOR_US: Readonly<Record<string, (topic: string, servers: string) => string>> = {
  TOPIC_ALREADY_EXISTS: (topic, servers) => `Found existing topic '${topic}' on the brokers at ${servers}`,
  UNSUPPORTED_VERSION: (topic, servers) =>
    `Unable to create topic(s) '${topic}' since the brokers at ${servers} do not support the CreateTopics API. Falling back to assume topic(s) exist or will be auto-created by the broker.`,
  CLUSTER_AUTHORIZATION_FAILED: notAuthorized,
  TOPIC_AUTHORIZATION_FAILED: notAuthorized,
}

function notAuthorized(topic: string, servers: string): string {
  return `Not authorized to create topic(s) '${topic}' upon the brokers ${servers}. Falling back to assume topic(s) exist or will be auto-created by the broker.`
}

/** Whether it was made, or why not. Java: TopicAdmin.createOrFindTopics */
async function create(
  topic: InternalTopic,
  admin: Admin,
  bootstrapServers: string,
): Promise<boolean | ConnectException> {
  const { topic: name, partitions, replicationFactor, configs = {}, property } = topic
  const results = await admin.createTopics([{ topic: name, partitions, replicationFactor, configs }])
  const error = results.get(name) ?? null
  if (error === null) {
    log.info(`Created topic ${described(topic)} on brokers at ${bootstrapServers}`)
    return true
  }
  const assumed = NOT_FOR_US[error.code]
  if (assumed) {
    log.debug(assumed(name, bootstrapServers))
    return false
  }
  const cause = asAnswered(error)
  switch (error.code) {
    case 'INVALID_CONFIG':
    case 'INVALID_REPLICATION_FACTOR':
    case 'INVALID_TOPIC_EXCEPTION':
      return new ConnectException(`Unable to create topic(s) '${name}': ${cause.message}`, {
        cause,
        hint: creationHint(topic, error.code),
      })
    case 'REQUEST_TIMED_OUT':
      return new ConnectException(
        `Timed out while checking for or creating topic(s) '${name}'. ${CONNECTIVITY}`,
        { cause, hint: `Check that the brokers at ${bootstrapServers} can be reached from here.` },
      )
    default:
      return new ConnectException(`Error while attempting to create/find topic(s) '${name}'`, {
        cause,
        hint:
          error.code === 'SASL_AUTHENTICATION_FAILED'
            ? 'The brokers refuse the credentials of this worker: check sasl.mechanism and sasl.jaas.config.'
            : `Make the topic named in ${property} by hand, with cleanup.policy=compact, or see to what the broker says.`,
      })
  }
}

const CONNECTIVITY =
  'This could indicate a connectivity issue, unavailable topic partitions, or if this is your first use of the topic it may have taken too long to create.'

function creationHint({ property, replicationFactor }: InternalTopic, code: string): string {
  const prefix = property.slice(0, -'topic'.length)
  if (code === 'INVALID_CONFIG') return `Correct what the worker's configuration sets under ${prefix}`
  if (code === 'INVALID_TOPIC_EXCEPTION') return `Give ${property} another name.`
  return (
    `${prefix}replication.factor is ${replicationFactor}: start more brokers, or set it to at most as many as the ` +
    "cluster has (-1 takes the cluster's default)."
  )
}

/** Java: TopicAdmin.verifyTopicCleanupPolicyOnlyCompact */
async function checkCleanupPolicy(
  topic: InternalTopic,
  admin: Admin,
  { bootstrapServers }: TopicCheckOptions,
  signal: AbortSignal,
): Promise<void> {
  const { topic: name, property, purpose } = topic
  const policies = await untilAborted(cleanupPolicies(name, admin, bootstrapServers), signal)
  if (policies.length === 0) {
    log.info(
      `Unable to use admin client to verify the cleanup policy of '${name}' topic is '${COMPACT}', either because the ` +
        'broker is an older version or because the Kafka principal used for Connect internal topics does not have ' +
        'the required permission to describe topic configurations.',
    )
    return
  }
  if (policies.length === 1 && policies[0] === COMPACT) return
  throw new ConfigException(
    `Topic '${name}' supplied via the '${property}' property is required to have 'cleanup.policy=${COMPACT}' to ` +
      `guarantee consistency and durability of ${purpose}, but found the topic currently has ` +
      `'cleanup.policy=${policies.join(',')}'. Continuing would likely result in eventually losing ${purpose} and ` +
      `problems restarting this Connect cluster in the future. Change the '${property}' property in the Connect ` +
      `worker configurations to use a topic with 'cleanup.policy=${COMPACT}'.`,
    { hint: `Or: kafka-configs.sh --alter --topic ${name} --add-config cleanup.policy=${COMPACT}` },
  )
}

const UNKNOWN_TOPIC = 'UNKNOWN_TOPIC_OR_PARTITION'

/** None where the broker does not tell. Java: TopicAdmin.topicCleanupPolicy, in the order of a HashSet */
async function cleanupPolicies(topic: string, admin: Admin, bootstrapServers: string): Promise<string[]> {
  let configs: Map<string, string | null>
  try {
    configs = await admin.topicConfigs(topic)
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    if (error.code === UNKNOWN_TOPIC || Object.hasOwn(NOT_FOR_US, error.code)) {
      log.debug(`The configuration of topic '${topic}' cannot be seen: ${error.message}`)
      return []
    }
    throw new ConnectException(
      error.code === 'REQUEST_TIMED_OUT'
        ? `Timed out while waiting to describe topic config for topic '${topic}' on brokers at ${bootstrapServers}`
        : `Error while attempting to describe topic config for topic '${topic}' on brokers at ${bootstrapServers}`,
      { cause: asAnswered(error) },
    )
  }
  const names = (configs.get('cleanup.policy') ?? '').split(',').map(name => name.trim())
  return hashMapOrder([...new Set(names.filter(name => name !== ''))])
}

async function awaitPartitions(
  { topic, property }: InternalTopic,
  admin: Admin,
  { backoffMs }: TopicCheckOptions,
  signal: AbortSignal,
): Promise<number> {
  const deadline = performance.now() + PARTITIONS_TIMEOUT_MS
  let cause: unknown
  do {
    try {
      const found = (await untilAborted(admin.describeTopics([topic]), signal)).get(topic) ?? 0
      if (found > 0) return found
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      cause = error
      if (!error.retriable && error.code !== UNKNOWN_TOPIC) break
    }
    await pause(backoffMs, signal)
    signal.throwIfAborted()
  } while (performance.now() < deadline)
  throw new ConnectException(
    `Could not look up partition metadata for topic '${topic}' in the allotted period. ${CONNECTIVITY}`,
    {
      ...(cause !== undefined && { cause }),
      hint: `Make sure that the topic named in ${property} exists and that the worker's principal may DESCRIBE, READ and WRITE it (and CREATE it, if it is to make it).`,
    },
  )
}

/** With the broker's words alone, as Java's client has it. */
function asAnswered({ code, reason, javaClass, retriable }: KafkaError): KafkaError {
  return new KafkaError(code, reason, { javaClass, retriable })
}

/** Java: NewTopic.toString */
function described({ topic, partitions, replicationFactor, configs = {} }: TopicSpec): string {
  const shown = Object.entries(configs).map(([name, value]) => `${name}=${value}`)
  return `(name=${topic}, numPartitions=${partitions}, replicationFactor=${replicationFactor}, replicasAssignments=null, configs={${shown.join(', ')}})`
}
