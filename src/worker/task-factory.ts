import { javaRegex } from '../config/java-regex.ts'
import { parseConfig } from '../config/validate.ts'
import { sinkConsumerProperties, sourceProducerProperties } from '../kafka/client-layers.ts'
import { clientLimits } from '../kafka/client-properties.ts'
import { SinkTaskRunner } from '../pipeline/sink-task-runner.ts'
import { SourceTaskRunner } from '../pipeline/source-task-runner.ts'
import type { TaskListener, TaskRunner } from '../pipeline/task-runner.ts'
import type { Config, ConnectorPlugin } from '../sdk/plugin.ts'
import type { TaskId } from './status.ts'
import { taskConverters } from './task-converters.ts'
import type { TaskOffsets } from './task-offsets.ts'
import type { TaskStart, WorkerOptions } from './worker.ts'

/** Makes the runner of a task: converters, client properties, limits. Java: Worker.TaskBuilder */
export class TaskFactory {
  readonly #options: WorkerOptions

  constructor(options: WorkerOptions) {
    this.#options = options
  }

  /** Throws for a converter or a configuration that cannot be used; opens no client yet. */
  make(
    task: { id: TaskId; offsets: TaskOffsets },
    plugin: ConnectorPlugin,
    start: TaskStart,
    listener: TaskListener,
  ): TaskRunner {
    const { config: worker, kafka, plugins, offsetFlushIntervalMs, offsetFlushTimeoutMs } = this.#options
    const { id, offsets } = task
    const common = {
      id,
      config: start.task,
      listener,
      paused: start.target === 'PAUSED',
      converters: taskConverters(start.connector, worker, plugins),
      offsetFlushIntervalMs,
      offsetFlushTimeoutMs,
    }
    const owner = `${id.connector}|task-${id.task}`
    const config = parseConfig(plugin.config, start.task)
    if (plugin.kind === 'source') {
      const properties = sourceProducerProperties(worker, start.connector, id)
      return new SourceTaskRunner({
        ...common,
        createTask: context => plugin.task(config, context),
        openProducer: () => kafka.producer(properties, owner),
        offsetReader: offsets,
        offsetWriter: offsets,
      })
    }
    const properties = sinkConsumerProperties(worker, start.connector, id)
    const limits = clientLimits('consumer', properties)
    return new SinkTaskRunner({
      ...common,
      createTask: context => plugin.task(config, context),
      topics: topicsOf(start.task),
      openConsumer: () => kafka.consumer(properties, owner),
      maxPollRecords: limits.maxPollRecords,
      commitSyncTimeoutMs: limits.defaultApiTimeoutMs,
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
