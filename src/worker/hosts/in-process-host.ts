import { parseConfig } from '../../config/validate.ts'
import { sharedClientKeys } from '../../config/worker/shared-client.ts'
import { ConnectException, causesAndHint, javaTrace } from '../../data/errors.ts'
import { type Logger, logger } from '../../observe/log.ts'
import { PluginMeters, type Tags } from '../../observe/metrics/plugin-meters.ts'
import type { WindowConfig } from '../../observe/metrics/samples.ts'
import type { TaskReport } from '../../observe/metrics/task-meters.ts'
import { SinkTaskRunner } from '../../pipeline/sink-task-runner.ts'
import { SourceTaskRunner } from '../../pipeline/source-task-runner.ts'
import type { TaskRunner } from '../../pipeline/task-runner.ts'
import { ConnectorInstance } from '../connector-instance.ts'
import { failure } from '../failure.ts'
import type { StatusListener, TargetState, TaskId } from '../status.ts'
import { TaskFactory } from '../task-factory.ts'
import { TaskOffsets } from '../task-offsets.ts'
import type { TaskStart, WorkerOptions } from '../worker-options.ts'
import { type ConnectorStart, type RecordCounts, type TaskHost, taskName } from './task-host.ts'

/** With the scope that Connect gives its lines about one connector (`c|worker`) or task (`c|task-0`). */
const logOf = (scope: string): Logger => logger('org.apache.kafka.connect.runtime.Worker', scope)
const logOfTask = ({ connector, task }: TaskId): Logger => logOf(`${connector}|task-${task}`)
const windowKeys = {
  'metrics.num.samples': sharedClientKeys['metrics.num.samples'],
  'metrics.sample.window.ms': sharedClientKeys['metrics.sample.window.ms'],
}
/** Fixed in the JVM too. Java: Worker.CONNECTOR_GRACEFUL_SHUTDOWN_TIMEOUT_MS */
export const CONNECTOR_STOP_MS = 5000

interface RunningTask {
  id: TaskId
  runner: TaskRunner
  offsets: TaskOffsets
  meters: PluginMeters
  version: string
}

/** Runs connectors and tasks in this very process. Java: the part of org.apache.kafka.connect.runtime.Worker that does */
export class InProcessHost implements TaskHost {
  readonly name = 'this process'
  readonly #options: WorkerOptions
  readonly #factory: TaskFactory
  /** How far back plugins' own metrics look. */
  readonly #window: WindowConfig
  readonly #connectors = new Map<string, { instance: ConnectorInstance; meters: PluginMeters }>()
  readonly #tasks = new Map<string, RunningTask>()

  constructor(options: WorkerOptions) {
    this.#options = options
    this.#factory = new TaskFactory(options)
    const values = parseConfig(windowKeys, options.config)
    this.#window = { samples: values['metrics.num.samples'], windowMs: values['metrics.sample.window.ms'] }
  }

  async startConnector({ name, config, target, onReconfigure }: ConnectorStart): Promise<TargetState> {
    const { plugins, status, offsets } = this.#options
    const log = logOf(`${name}|worker`)
    let instance: ConnectorInstance
    const meters = this.#meters(['connector', name])
    try {
      const wanted = config['connector.class'] ?? ''
      log.info(`Creating connector ${name} of type ${wanted}`)
      const plugin = plugins.connector(wanted)
      const reader = new TaskOffsets(name, offsets)
      const pluginMetrics = meters.of()
      instance = new ConnectorInstance({
        name,
        plugin,
        config,
        status,
        offsets: reader,
        pluginMetrics,
        onReconfigure,
      })
      const { className, version } = plugin
      log.info(`Instantiated connector ${name} with version ${version} of type class ${className}`)
    } catch (error) {
      log.error(`Failed to start connector ${name}: ${causesAndHint(error)}`, javaTrace(error))
      status.connector(name, 'FAILED', failure(error, null))
      throw error
    }
    this.#connectors.set(name, { instance, meters })
    log.info(`Finished creating connector ${name}`)
    return await instance.transitionTo(target)
  }

  async taskConfigs(connector: string, max: number): Promise<Record<string, string>[]> {
    const instance = this.#connectors.get(connector)?.instance
    if (!instance) throw new ConnectException(`Connector ${connector} does not run here`)
    return await instance.taskConfigs(max)
  }

  failConnector(connector: string, error: unknown): void {
    this.#connectors.get(connector)?.instance.fail(error)
  }

  async setTargetState(connector: string, target: TargetState): Promise<TargetState | null> {
    for (const { id, runner } of this.#tasks.values()) {
      if (id.connector !== connector) continue
      if (target === 'STARTED') runner.resume()
      else runner.pause()
    }
    return (await this.#connectors.get(connector)?.instance.transitionTo(target)) ?? null
  }

  async startTask(id: TaskId, start: TaskStart): Promise<boolean> {
    const name = taskName(id)
    const { status, plugins, offsets } = this.#options
    const log = logOfTask(id)
    log.info(`Creating task ${name}`)
    try {
      const plugin = plugins.connector(start.connector['connector.class'] ?? '')
      const { version } = plugin
      const meters = this.#meters(['connector', id.connector], ['task', String(id.task)])
      const task = { id, meters, offsets: new TaskOffsets(id.connector, offsets) }
      const tell: StatusListener['task'] = (id, state, detail) => {
        const report = runner.takeReport()
        if (report !== null) status.report?.(id, report)
        if (state === 'FAILED' || state === 'UNASSIGNED') meters.close()
        status.task(id, state, detail)
      }
      const runner = this.#factory.make(task, plugin, start, {
        onStart: () => tell(id, 'RUNNING', { version }),
        onPause: () => tell(id, 'PAUSED', { version }),
        onResume: () => tell(id, 'RUNNING', { version }),
        onFailure: error => tell(id, 'FAILED', failure(error, version)),
        onTopic: topic => status.topic(id, topic),
        onShutdown: () => tell(id, 'UNASSIGNED', { version: null }),
      })
      log.info(`Instantiated task ${name} with version ${version} of type ${plugin.taskClassName}`)
      const running = { ...task, runner, version }
      this.#tasks.set(name, running)
      void runner.run().then(() => {
        if (this.#tasks.get(name) === running) this.#tasks.delete(name)
      })
      return true
    } catch (error) {
      log.error(`Failed to start task ${name}: ${causesAndHint(error)}`, javaTrace(error))
      status.task(id, 'FAILED', failure(error, null))
      return false
    }
  }

  /** FAILED at once for something that its record loop does not get to see; false for a task that does not run. */
  failTask(id: TaskId, error: unknown): boolean {
    const task = this.#tasks.get(taskName(id))
    if (!task) return false
    const report = task.runner.takeReport()
    if (report !== null) this.#options.status.report?.(id, report)
    this.#giveUp(task)
    logOfTask(id).error(`Task ${taskName(id)} has failed: ${causesAndHint(error)}`, javaTrace(error))
    this.#options.status.task(id, 'FAILED', failure(error, task.version))
    return true
  }

  async stopAndAwaitTasks(ids: readonly TaskId[]): Promise<void> {
    const tasks = ids.map(id => this.#tasks.get(taskName(id))).filter(task => task !== undefined)
    for (const { id, runner } of tasks) {
      logOfTask(id).info(`Stopping task ${taskName(id)}`)
      runner.stop()
    }
    await Promise.all(
      tasks.map(async task => {
        if (!(await task.runner.awaitStop(this.#options.gracefulStopMs))) {
          logOfTask(task.id).error(`Graceful stop of task ${taskName(task.id)} failed.`)
          this.#giveUp(task)
        }
        if (this.#tasks.get(taskName(task.id)) === task) this.#tasks.delete(taskName(task.id))
      }),
    )
  }

  async stopAndAwaitConnectors(names: readonly string[]): Promise<void> {
    const connectors = names.map(name => this.#connectors.get(name)).filter(placed => placed !== undefined)
    for (const { instance } of connectors) {
      logOf(`${instance.name}|worker`).info(`Stopping connector ${instance.name}`)
      instance.shutdown()
    }
    await Promise.all(
      connectors.map(async connector => {
        const { instance, meters } = connector
        if (!(await instance.awaitShutdown(CONNECTOR_STOP_MS))) {
          logOf(`${instance.name}|worker`).error(
            `Connector '${instance.name}' failed to properly shut down, has become unresponsive, and may be consuming ` +
              'external resources. Correct the configuration for this connector or remove the connector. After ' +
              'fixing the connector, it may be necessary to restart this worker to release any consumed resources.',
          )
          instance.cancel()
        }
        meters.close()
        if (this.#connectors.get(instance.name) === connector) this.#connectors.delete(instance.name)
      }),
    )
  }

  /** What the tasks have measured since the last call; those that have nothing to report are left out. */
  takeReports(): { id: TaskId; report: TaskReport }[] {
    const reports: { id: TaskId; report: TaskReport }[] = []
    for (const { id, runner } of this.#tasks.values()) {
      const report = runner.takeReport()
      if (report !== null) reports.push({ id, report })
    }
    return reports
  }

  /** Tells what plugins measure of themselves, where it has changed. */
  tellPluginMetrics(): void {
    const { status } = this.#options
    for (const [name, { meters }] of this.#connectors) {
      const values = meters.take()
      if (values !== null) status.plugins?.(name, null, values)
    }
    for (const { id, meters } of this.#tasks.values()) {
      const values = meters.take()
      if (values !== null) status.plugins?.(id.connector, id.task, values)
    }
  }

  recordCounts(): RecordCounts {
    const counts = { written: 0, put: 0 }
    for (const { runner } of this.#tasks.values()) {
      if (runner instanceof SourceTaskRunner) counts.written += runner.counters.written
      if (runner instanceof SinkTaskRunner) counts.put += runner.counters.put
    }
    return counts
  }

  forgetTopics(connector: string): void {
    for (const { id, runner } of this.#tasks.values()) if (id.connector === connector) runner.forgetTopics()
  }

  async close(): Promise<void> {
    await Promise.all([
      this.stopAndAwaitTasks([...this.#tasks.values()].map(task => task.id)),
      this.stopAndAwaitConnectors([...this.#connectors.keys()]),
    ])
  }

  #meters(...tags: Tags): PluginMeters {
    return new PluginMeters(tags, this.#window)
  }

  #giveUp(task: RunningTask): void {
    task.meters.close()
    // Invariant 2: its plugin may go on for long, next to a newer task that has got further.
    task.offsets.revoke()
    task.runner.cancel()
    if (this.#tasks.get(taskName(task.id)) === task) this.#tasks.delete(taskName(task.id))
  }
}
