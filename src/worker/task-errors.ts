import { bunnectSinkKeys, bunnectSourceKeys } from '../config/connector/bunnect.ts'
import { connectorKeys } from '../config/connector/common.ts'
import { repeatsPut } from '../config/connector/plugin-shape.ts'
import { sinkKeys } from '../config/connector/sink.ts'
import { invalidValue, parseConfig } from '../config/validate.ts'
import { ConfigException } from '../data/errors.ts'
import { deadLetterProducerProperties, taskAdminProperties } from '../kafka/client-layers.ts'
import type { KafkaClient } from '../kafka/port.ts'
import type { DeadLetterQueueSettings } from '../pipeline/dead-letter-queue.ts'
import type { ErrorSettings } from '../pipeline/error-handling.ts'
import type { Config, ConnectorPlugin, SinkConnectorPlugin } from '../sdk/plugin.ts'
import type { TaskId } from './status.ts'

const QUEUE = 'errors.deadletterqueue'
const toleranceKeys = {
  'errors.tolerance': connectorKeys['errors.tolerance'],
  'errors.retry.timeout': connectorKeys['errors.retry.timeout'],
  'errors.retry.delay.max.ms': connectorKeys['errors.retry.delay.max.ms'],
  'errors.log.enable': connectorKeys['errors.log.enable'],
  'errors.log.include.messages': connectorKeys['errors.log.include.messages'],
}
const sinkQueueKeys = {
  topic: sinkKeys[`${QUEUE}.topic.name`],
  factor: sinkKeys[`${QUEUE}.topic.replication.factor`],
  headers: sinkKeys[`${QUEUE}.context.headers.enable`],
}
const sourceQueueKeys = {
  topic: bunnectSourceKeys[`bunnect.${QUEUE}.topic.name`],
  factor: bunnectSourceKeys[`bunnect.${QUEUE}.topic.replication.factor`],
  headers: bunnectSourceKeys[`bunnect.${QUEUE}.context.headers.enable`],
}

export interface TaskErrorsOptions {
  id: TaskId
  plugin: ConnectorPlugin
  connector: Config
  worker: Config
  kafka: KafkaClient
  /** Whose clients they are, in log lines. */
  owner: string
}

/** What a connector's `errors.*` keys say; opens nothing yet. Throws ConfigException. */
export function taskErrors(options: TaskErrorsOptions): ErrorSettings {
  const keys = parseConfig(toleranceKeys, options.connector)
  return {
    tolerance: keys['errors.tolerance'] === 'all' ? 'all' : 'none',
    retryTimeoutMs: keys['errors.retry.timeout'],
    retryDelayMaxMs: keys['errors.retry.delay.max.ms'],
    logEnable: keys['errors.log.enable'],
    logMessages: keys['errors.log.include.messages'],
    deadLetterQueue: deadLetterQueue(options),
  }
}

/** Java has one for sinks only. */
function deadLetterQueue(options: TaskErrorsOptions): DeadLetterQueueSettings | null {
  const { id, plugin, connector, worker, kafka, owner } = options
  const [keys, prefix] = plugin.kind === 'sink' ? [sinkQueueKeys, ''] : [sourceQueueKeys, 'bunnect.']
  const named = {
    topic: connector[`${prefix}${QUEUE}.topic.name`],
    factor: connector[`${prefix}${QUEUE}.topic.replication.factor`],
    headers: connector[`${prefix}${QUEUE}.context.headers.enable`],
  }
  const given = Object.entries(named).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const { topic, factor, headers } = parseConfig(keys, Object.fromEntries(given))
  if (topic === '') return null
  const producer = deadLetterProducerProperties(worker, connector, id)
  const admin = taskAdminProperties(worker, connector, `connector-dlq-adminclient-${id.connector}-${id.task}`)
  return {
    topic,
    replicationFactor: factor,
    contextHeaders: headers,
    openAdmin: () => kafka.admin(admin, owner),
    openProducer: () => kafka.producer(producer, owner),
  }
}

/** Whether `put` of a bad batch is to be halved. Throws ConfigException where the plugin does not bear that. */
export function isolatesPut(plugin: SinkConnectorPlugin, connector: Config): boolean {
  const put = parseConfig(bunnectSinkKeys, connector)['bunnect.errors.put']
  if (put !== 'isolate') return false
  if (repeatsPut(plugin, connector)) return true
  throw new ConfigException(
    invalidValue(
      'bunnect.errors.put',
      'isolate',
      `${plugin.className} does not declare that its puts may be repeated, so batches cannot be cut; remove the key, or set it to none`,
    ),
  )
}
