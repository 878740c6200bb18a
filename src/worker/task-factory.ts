import { javaRegex } from '../config/java-regex.ts'
import { parseConfig } from '../config/validate.ts'
import { bunnectKeys } from '../config/worker/bunnect.ts'
import type { ConnectRecord } from '../data/records.ts'
import {
  sinkConsumerProperties,
  sourceProducerProperties,
  taskAdminProperties,
} from '../kafka/client-layers.ts'
import { clientLimits } from '../kafka/client-properties.ts'
import { closingIdleProducers } from '../kafka/idle-producers.ts'
import { logger } from '../observe/log.ts'
import type { PluginMeters } from '../observe/metrics/plugin-meters.ts'
import { hide } from '../observe/secrets.ts'
import type { Chain } from '../pipeline/chain.ts'
import { SinkTaskRunner } from '../pipeline/sink-task-runner.ts'
import { SourceTaskRunner } from '../pipeline/source-task-runner.ts'
import type { TaskListener, TaskRunner } from '../pipeline/task-runner.ts'
import { TopicCreation } from '../pipeline/topic-creation.ts'
import type { Config, ConnectorPlugin } from '../sdk/plugin.ts'
import { topicCreationOf } from './connector-checks.ts'
import type { TaskId } from './status.ts'
import { taskChain } from './task-chain.ts'
import { taskConverters } from './task-converters.ts'
import { isolatesPut, taskErrors } from './task-errors.ts'
import type { TaskOffsets } from './task-offsets.ts'
import type { TaskStart, WorkerOptions } from './worker-options.ts'

const TRANSFORM_TIMEOUT = 'bunnect.transform.timeout.ms'
const metricsKeys = { 'bunnect.metrics': bunnectKeys['bunnect.metrics'] }
const IDLE_CLOSE = 'bunnect.producer.idle.close.ms'
const idleKeys = { [IDLE_CLOSE]: bunnectKeys[IDLE_CLOSE] }
const transformKeys = { [TRANSFORM_TIMEOUT]: bunnectKeys[TRANSFORM_TIMEOUT] }

/** Makes the runner of a task: converters, client properties, limits. Java: Worker.TaskBuilder */
export class TaskFactory {
  readonly #options: WorkerOptions

  constructor(options: WorkerOptions) {
    const idleMs = parseConfig(idleKeys, options.config)[IDLE_CLOSE]
    this.#options = { ...options, kafka: closingIdleProducers(options.kafka, idleMs) }
  }

  /** Throws for a converter or a configuration that cannot be used; opens no client yet. */
  make(
    task: { id: TaskId; offsets: TaskOffsets; meters: PluginMeters },
    plugin: ConnectorPlugin,
    start: TaskStart,
    listener: TaskListener,
  ): TaskRunner {
    hide(start.secrets ?? [])
    const { config: worker, kafka, plugins, offsetFlushIntervalMs, offsetFlushTimeoutMs } = this.#options
    const { id, offsets, meters } = task
    const { connector } = start
    const owner = `${id.connector}|task-${id.task}`
    const common = {
      id,
      config: start.task,
      listener,
      paused: start.target === 'PAUSED',
      converters: taskConverters(connector, worker, plugins, meters),
      errors: taskErrors({ id, plugin, connector, worker, kafka, owner }),
      offsetFlushIntervalMs,
      offsetFlushTimeoutMs,
      pluginMetrics: meters.of(),
      metrics: parseConfig(metricsKeys, worker)['bunnect.metrics'],
    }
    const config = parseConfig(plugin.config, start.task)
    if (plugin.kind === 'source') {
      const properties = sourceProducerProperties(worker, connector, id)
      return new SourceTaskRunner({
        ...common,
        chain: this.#chain(connector, owner, meters),
        createTask: context => plugin.task(config, context),
        openProducer: () => kafka.producer(properties, owner),
        topicCreation: this.#topicCreation(id, connector, owner),
        offsetReader: offsets,
        offsetWriter: offsets,
      })
    }
    const properties = sinkConsumerProperties(worker, connector, id)
    const limits = clientLimits('consumer', properties)
    return new SinkTaskRunner({
      ...common,
      isolatePut: isolatesPut(plugin, connector),
      chain: this.#chain(connector, owner, meters),
      createTask: context => plugin.task(config, context),
      topics: topicsOf(start.task),
      openConsumer: () => kafka.consumer(properties, owner),
      maxPollRecords: limits.maxPollRecords,
      commitSyncTimeoutMs: limits.defaultApiTimeoutMs,
    })
  }

  #chain<R extends ConnectRecord>(connector: Config, owner: string, meters: PluginMeters): Chain<R> | null {
    const { config: worker, plugins } = this.#options
    return taskChain({
      connector,
      plugins,
      meters,
      timeoutMs: parseConfig(transformKeys, worker)[TRANSFORM_TIMEOUT],
      log: logger('org.apache.kafka.connect.runtime.TransformationChain', owner),
    })
  }

  #topicCreation({ connector, task }: TaskId, config: Config, owner: string): TopicCreation | null {
    const { config: worker, kafka } = this.#options
    const settings = topicCreationOf(config, worker)
    if (settings === null) return null
    const properties = taskAdminProperties(worker, config, `connector-adminclient-${connector}-${task}`)
    return new TopicCreation({
      groups: settings.groups,
      openAdmin: () => kafka.admin(properties, owner),
      bootstrapServers: properties['bootstrap.servers'] ?? '',
      log: logger('org.apache.kafka.connect.runtime.WorkerSourceTask', owner),
    })
  }
}

/** `topics`, or `topics.regex` against whole names. Java: SinkConnectorConfig.parseTopicsList */
function topicsOf(config: Config): string[] | { pattern: RegExp } {
  const pattern = config['topics.regex']?.trim()
  if (pattern) return { pattern: javaRegex(pattern, { whole: true }) }
  const names = (config['topics'] ?? '').split(',').map(name => name.trim())
  return [...new Set(names.filter(name => name !== ''))]
}
