import { topicCreationSettings } from '../config/connector/topic-creation.ts'
import { ConnectException, causes, javaTrace } from '../data/errors.ts'
import type { KafkaClient } from '../kafka/port.ts'
import { logger } from '../observe/log.ts'
import { SinkTaskRunner } from '../pipeline/sink-task-runner.ts'
import { SourceTaskRunner } from '../pipeline/source-task-runner.ts'
import type { TaskRunner } from '../pipeline/task-runner.ts'
import type { Config, ConnectorPlugin, ConverterPlugin } from '../sdk/plugin.ts'
import type { OffsetStore } from '../stores/offset-store.ts'
import { ConnectorInstance } from './connector-instance.ts'
import type { StatusListener, TargetState, TaskId } from './status.ts'
import { TooManyTasksException } from './task-configs.ts'
import { TaskFactory, topicCreationEnabled } from './task-factory.ts'
import { TaskOffsets } from './task-offsets.ts'

const log = logger('bunnect.worker.Worker')
/** Fixed in the JVM too. Java: Worker.CONNECTOR_GRACEFUL_SHUTDOWN_TIMEOUT_MS */
export const CONNECTOR_STOP_MS = 5000

/** The classes that a worker can make, by Java class name, simple name or alias; unknown ones throw. */
export interface PluginLookup {
  connector(name: string): ConnectorPlugin
  converter(name: string): ConverterPlugin
}

export interface WorkerOptions {
  /** The worker's own configuration as written: converters and client properties come from it. */
  config: Config
  /** task.shutdown.graceful.timeout.ms */
  gracefulStopMs: number
  /** offset.flush.interval.ms */
  offsetFlushIntervalMs: number
  /** offset.flush.timeout.ms */
  offsetFlushTimeoutMs: number
  kafka: KafkaClient
  plugins: PluginLookup
  offsets: OffsetStore
  status: StatusListener
}

export interface TaskStart {
  connector: Config
  task: Config
  /** How many tasks the connector has in all. */
  tasks: number
  target: TargetState
}

interface RunningTask {
  id: TaskId
  runner: TaskRunner
  offsets: TaskOffsets
}

/**
 * Starts and stops connectors and tasks in this process and tells the status listener what becomes of them;
 * what should run is decided elsewhere. Java: org.apache.kafka.connect.runtime.Worker
 */
export class Worker {
  readonly #options: WorkerOptions
  readonly #factory: TaskFactory
  readonly #connectors = new Map<string, ConnectorInstance>()
  readonly #tasks = new Map<string, RunningTask>()
  #stopping = false

  constructor(options: WorkerOptions) {
    this.#options = options
    this.#factory = new TaskFactory(options)
  }

  connector(name: string): ConnectorInstance | undefined {
    return this.#connectors.get(name)
  }

  /** The plugin of a connector's configuration, or null where its class is unknown. */
  pluginOf(config: Config): ConnectorPlugin | null {
    try {
      return this.#options.plugins.connector(config['connector.class'] ?? '')
    } catch {
      return null // Shown as type "unknown", as the JVM does; starting it tells the reason.
    }
  }

  tasksMax(config: Config): { max: number; enforced: boolean } {
    return {
      max: Number(config['tasks.max']?.trim() || 1),
      enforced: config['tasks.max.enforce']?.trim().toLowerCase() !== 'false',
    }
  }

  /**
   * Makes the connector's object and brings it to `target`; resolves when it is there. Whatever goes wrong is
   * a FAILED status too.
   */
  async startConnector(
    name: string,
    config: Config,
    target: TargetState,
    onReconfigure: () => void,
  ): Promise<TargetState> {
    if (this.#stopping) throw new ConnectException('Worker is shutting down')
    if (this.#connectors.has(name)) throw new ConnectException(`Connector with name ${name} already exists`)
    const { plugins, status, offsets } = this.#options
    let instance: ConnectorInstance
    try {
      const plugin = plugins.connector(config['connector.class'] ?? '')
      log.info(`Creating connector ${name} of type ${plugin.className}`)
      if (plugin.kind === 'source' && topicCreationEnabled(this.#options.config)) {
        for (const warning of topicCreationSettings(config)?.warnings ?? []) log.warn(warning)
      }
      const reader = new TaskOffsets(name, offsets)
      instance = new ConnectorInstance({ name, plugin, config, status, offsets: reader, onReconfigure })
    } catch (error) {
      log.error(`Failed to start connector ${name}: ${causes(error)}`, javaTrace(error))
      status.connector(name, 'FAILED', { version: null, trace: javaTrace(error) })
      throw error
    }
    this.#connectors.set(name, instance)
    return await instance.transitionTo(target)
  }

  /**
   * Pauses, resumes or stops a connector and pauses or resumes its tasks; resolves when the connector is there,
   * with null at once if it has no object.
   */
  async setTargetState(name: string, target: TargetState): Promise<TargetState | null> {
    log.info(`Setting connector ${name} state to ${target}`)
    for (const { id, runner } of this.#tasks.values()) {
      if (id.connector !== name) continue
      if (target === 'STARTED') runner.resume()
      else runner.pause()
    }
    return (await this.#connectors.get(name)?.transitionTo(target)) ?? null
  }

  /** True when the task has been begun; false with a FAILED status when it could not even be made. */
  async startTask(id: TaskId, start: TaskStart): Promise<boolean> {
    const name = taskName(id)
    const { status, plugins, offsets } = this.#options
    try {
      if (this.#stopping) throw new ConnectException('Worker is shutting down')
      if (this.#tasks.has(name)) throw new ConnectException(`Task already exists in this worker: ${name}`)
      const { max, enforced } = this.tasksMax(start.connector)
      if (enforced && start.tasks > max) throw new TooManyTasksException(id.connector, start.tasks, max)
      const plugin = plugins.connector(start.connector['connector.class'] ?? '')
      const { version } = plugin
      const task = { id, offsets: new TaskOffsets(id.connector, offsets) }
      const runner = this.#factory.make(task, plugin, start, {
        onStart: () => status.task(id, 'RUNNING', { version }),
        onPause: () => status.task(id, 'PAUSED', { version }),
        onResume: () => status.task(id, 'RUNNING', { version }),
        onFailure: error => status.task(id, 'FAILED', { version, trace: javaTrace(error) }),
        onShutdown: () => status.task(id, 'UNASSIGNED', { version: null }),
      })
      const running = { ...task, runner }
      this.#tasks.set(name, running)
      void runner.run().then(() => {
        if (this.#tasks.get(name) === running) this.#tasks.delete(name)
      })
      return true
    } catch (error) {
      log.error(`Failed to start task ${name}: ${causes(error)}`, javaTrace(error))
      status.task(id, 'FAILED', { version: null, trace: javaTrace(error) })
      return false
    }
  }

  /** Stops tasks within the graceful timeout, which they share; those that take longer are given up. */
  async stopAndAwaitTasks(ids: readonly TaskId[]): Promise<void> {
    const tasks = ids.map(id => this.#tasks.get(taskName(id))).filter(task => task !== undefined)
    for (const { runner } of tasks) runner.stop()
    await Promise.all(
      tasks.map(async task => {
        if (!(await task.runner.awaitStop(this.#options.gracefulStopMs))) {
          log.error(`Graceful stop of task ${taskName(task.id)} failed.`)
          // Invariant 2: its plugin may go on for long, next to a newer task that has got further.
          task.offsets.revoke()
          task.runner.cancel()
        }
        if (this.#tasks.get(taskName(task.id)) === task) this.#tasks.delete(taskName(task.id))
      }),
    )
  }

  /** Stops connector objects within 5 s; those that take longer are given up. */
  async stopAndAwaitConnectors(names: readonly string[]): Promise<void> {
    const instances = names.map(name => this.#connectors.get(name)).filter(instance => instance !== undefined)
    for (const instance of instances) instance.shutdown()
    await Promise.all(
      instances.map(async instance => {
        if (!(await instance.awaitShutdown(CONNECTOR_STOP_MS))) {
          log.error(
            `Connector '${instance.name}' failed to properly shut down, has become unresponsive, and may be consuming ` +
              'external resources. Correct the configuration for this connector or remove the connector. After ' +
              'fixing the connector, it may be necessary to restart this worker to release any consumed resources.',
          )
          instance.cancel()
        }
        if (this.#connectors.get(instance.name) === instance) this.#connectors.delete(instance.name)
      }),
    )
  }

  /** What the running tasks have moved so far: records written by sources, records taken by sinks. */
  recordCounts(): { written: number; put: number } {
    const counts = { written: 0, put: 0 }
    for (const { runner } of this.#tasks.values()) {
      if (runner instanceof SourceTaskRunner) counts.written += runner.counters.written
      if (runner instanceof SinkTaskRunner) counts.put += runner.counters.put
    }
    return counts
  }

  /** Stops everything and starts nothing any more. */
  async stop(): Promise<void> {
    this.#stopping = true
    await Promise.all([
      this.stopAndAwaitTasks([...this.#tasks.values()].map(task => task.id)),
      this.stopAndAwaitConnectors([...this.#connectors.keys()]),
    ])
  }
}

/** Connect's name for a task, such as `local-file-source-0`. */
export function taskName({ connector, task }: TaskId): string {
  return `${connector}-${task}`
}
