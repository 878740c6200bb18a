import { ConnectException, causes, causesAndHint, javaTrace } from '../data/errors.ts'
import { logger } from '../observe/log.ts'
import type { ConnectMetrics } from '../observe/metrics/connect-metrics.ts'
import type { Config, ConnectorPlugin } from '../sdk/plugin.ts'
import { startWarnings } from './connector-checks.ts'
import { failure } from './failure.ts'
import { Fleet } from './hosts/fleet.ts'
import type { HostEnd } from './hosts/host-end.ts'
import { Moves } from './hosts/moves.ts'
import { type RecordCounts, type TaskHost, taskName } from './hosts/task-host.ts'
import type { Tenant } from './hosts/tenants.ts'
import { type ConnectorHandle, PlacedConnector } from './placed-connector.ts'
import type { StatusListener, TargetState, TaskId } from './status.ts'
import { taskPlugins } from './task-plugins.ts'
import { Ticker } from './ticker.ts'
import type { TaskStart, WorkerOptions } from './worker-options.ts'

const log = logger('org.apache.kafka.connect.runtime.Worker')

export { CONNECTOR_STOP_MS } from './hosts/in-process-host.ts'

interface PlacedTask {
  readonly id: TaskId
  start: TaskStart
  host: TaskHost
  /** Its host has been asked to begin it and has not answered. */
  beginning: boolean
  readonly moves: Moves
}

/**
 * Starts and stops connectors and tasks on hosts and tells the status listener what becomes of them; what should run
 * is decided elsewhere. Java: org.apache.kafka.connect.runtime.Worker
 */
export class Worker {
  readonly #options: WorkerOptions
  readonly #fleet: Fleet
  readonly #connectors = new Map<string, PlacedConnector>()
  readonly #tasks = new Map<string, PlacedTask>()
  /** Tasks that have been asked to stop: their last offsets are still to come. */
  readonly #ending = new Set<PlacedTask>()
  #stopping = false
  #stopped: Promise<void> | null = null
  readonly #ticker: Ticker | null

  constructor(options: WorkerOptions) {
    this.#options = options
    const { status, metrics } = options
    const tracksTopics = options.config['topic.tracking.enable']?.trim().toLowerCase() !== 'false'
    const heard: StatusListener = {
      connector: (name, state, detail) => {
        this.#connectors.get(name)?.heard(state)
        metrics?.worker.connectorChanged(name, state)
        status.connector(name, state, detail)
      },
      task: (id, state, detail) => {
        if (state === 'FAILED' || state === 'UNASSIGNED') this.#tasks.delete(taskName(id))
        metrics?.worker.taskChanged(id, state)
        status.task(id, state, detail)
      },
      report: (id, report) => metrics?.worker.taskReported(id, report),
      plugins: (connector, task, values) => metrics?.worker.pluginsReported(connector, task, values),
      topic: (id, topic) => {
        if (tracksTopics) status.topic(id, topic)
      },
    }
    this.#fleet = new Fleet(options, heard, end => this.#lost(end))
    this.#ticker = metrics === undefined ? null : new Ticker(late => measure(metrics, late))
    metrics?.processes.watch(() => this.#fleet.processes())
    metrics?.registry.refresh.push(() => {
      for (const { id, report } of this.#fleet.here.takeReports()) metrics.worker.taskReported(id, report)
      this.#fleet.here.tellPluginMetrics()
    })
  }

  /** Null where nothing is measured. */
  get metrics(): ConnectMetrics | null {
    return this.#options.metrics ?? null
  }

  connector(name: string): ConnectorHandle | undefined {
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
    if (this.#stopping) {
      // It may read RESTARTING, and nobody would say otherwise while no worker has it.
      this.#options.status.connector(name, 'UNASSIGNED', { version: null })
      throw new ConnectException('Worker is shutting down')
    }
    if (this.#connectors.has(name)) throw new ConnectException(`Connector with name ${name} already exists`)
    let placed: PlacedConnector
    try {
      const plugin = this.#options.plugins.connector(config['connector.class'] ?? '')
      for (const warning of startWarnings(plugin, config, this.#options.config)) log.warn(warning)
      if (plugin.kind === 'source') this.#options.offsets.use?.(name, config)
      const host = this.#fleet.place(name, config)
      placed = new PlacedConnector({ name, config, target, onReconfigure }, plugin, host)
      this.#options.metrics?.worker.connectorBegun(name, plugin)
    } catch (error) {
      this.#options.metrics?.worker.connectorUnmade()
      log.error(`Failed to start connector ${name}: ${causesAndHint(error)}`, javaTrace(error))
      this.#options.status.connector(name, 'FAILED', failure(error, null))
      throw error
    }
    this.#connectors.set(name, placed)
    return await placed.start()
  }

  /**
   * Pauses, resumes or stops a connector and pauses or resumes its tasks; resolves when the connector is there,
   * with null at once if it has no object.
   */
  async setTargetState(name: string, target: TargetState): Promise<TargetState | null> {
    log.info(`Setting connector ${name} state to ${target}`)
    const connector = this.#connectors.get(name)
    const others = new Set<TaskHost>()
    for (const task of this.#tasks.values()) {
      if (task.id.connector !== name) continue
      task.start = { ...task.start, target }
      if (task.host !== connector?.host) others.add(task.host)
    }
    for (const host of others) void host.setTargetState(name, target)
    return (await connector?.transitionTo(target)) ?? null
  }

  /** True when the task has been begun; false with a FAILED status when it could not even be made, or the worker ends. */
  async startTask(id: TaskId, start: TaskStart): Promise<boolean> {
    const name = taskName(id)
    const { metrics, status } = this.#options
    if (this.#stopping) {
      status.task(id, 'UNASSIGNED', { version: null })
      return false
    }
    try {
      if (this.#tasks.has(name)) throw new ConnectException(`Task already exists in this worker: ${name}`)
      if (this.pluginOf(start.connector)?.kind === 'source')
        this.#options.offsets.use?.(id.connector, start.connector)
      const host = this.#fleet.place(id.connector, start.connector)
      const task: PlacedTask = { id, start, host, beginning: false, moves: new Moves() }
      this.#tasks.set(name, task)
      this.#measure(task)
      const begun = await this.#begin(task)
      if (!begun && !this.#tasks.has(name)) metrics?.worker.taskUnmade(id)
      return begun
    } catch (error) {
      if (!this.#tasks.has(name)) metrics?.worker.taskUnmade(id)
      log.error(`Failed to start task ${name}: ${causesAndHint(error)}`, javaTrace(error))
      status.task(id, 'FAILED', failure(error, null))
      return false
    }
  }

  /** Stops tasks within the graceful timeout, which they share; those that take longer are given up. */
  async stopAndAwaitTasks(ids: readonly TaskId[]): Promise<void> {
    const tasks = ids.map(id => this.#tasks.get(taskName(id))).filter(task => task !== undefined)
    for (const task of tasks) {
      this.#tasks.delete(taskName(task.id))
      this.#ending.add(task)
    }
    try {
      await Promise.all(
        [...Map.groupBy(tasks, task => task.host)].map(([host, here]) =>
          host.stopAndAwaitTasks(here.map(task => task.id)),
        ),
      )
    } finally {
      for (const task of tasks) this.#ending.delete(task)
    }
    this.#releaseOffsets(ids.map(id => id.connector))
    // Those that had failed too.
    for (const id of ids) if (!this.#tasks.has(taskName(id))) this.#options.metrics?.worker.taskRemoved(id)
  }

  /** Stops connector objects within 5 s; those that take longer are given up. */
  async stopAndAwaitConnectors(names: readonly string[]): Promise<void> {
    const connectors = names.map(name => this.#connectors.get(name)).filter(placed => placed !== undefined)
    for (const placed of connectors) placed.release()
    await Promise.all(
      connectors.map(async placed => {
        await placed.host.stopAndAwaitConnectors([placed.name])
        if (this.#connectors.get(placed.name) === placed) this.#connectors.delete(placed.name)
      }),
    )
    this.#releaseOffsets(names)
    for (const name of names)
      if (!this.#connectors.has(name)) this.#options.metrics?.worker.connectorRemoved(name)
  }

  /**
   * Has hosts that have loaded one of these files take nobody new; returns the connectors that use one, which are to
   * be restarted by whoever asks.
   */
  retire(files: ReadonlySet<string>): string[] {
    return this.#fleet.retire(files)
  }

  /** What the running tasks have moved so far: records written by sources, records taken by sinks. */
  recordCounts(): RecordCounts {
    const counts = { written: 0, put: 0 }
    for (const host of this.#fleet.all()) {
      const { written, put } = host.recordCounts()
      counts.written += written
      counts.put += put
    }
    return counts
  }

  /** Tasks of this connector tell their topics anew. */
  forgetTopics(connector: string): void {
    for (const host of this.#fleet.all()) host.forgetTopics(connector)
  }

  /** Stops everything and starts nothing any more. Asked for again it is the same stop. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    this.#stopping = true
    this.#ticker?.stop()
    await Promise.all([
      this.stopAndAwaitTasks([...this.#tasks.values()].map(task => task.id)),
      this.stopAndAwaitConnectors([...this.#connectors.keys()]),
    ])
    await this.#fleet.close()
  }

  /** Of connectors of which nothing is left here. */
  #releaseOffsets(connectors: readonly string[]): void {
    const tasks = [...this.#tasks.values(), ...this.#ending]
    const withTasks = new Set(tasks.map(task => task.id.connector))
    for (const name of new Set(connectors)) {
      if (!this.#connectors.has(name) && !withTasks.has(name)) this.#options.offsets.release?.(name)
    }
  }

  #measure({ id, start: { connector, target } }: PlacedTask): void {
    const { metrics, config, plugins } = this.#options
    const plugin = this.pluginOf(connector)
    if (!metrics || !plugin) return
    metrics.worker.taskBegun(id, taskPlugins(plugin, connector, config, plugins), target === 'PAUSED')
  }

  async #begin(task: PlacedTask): Promise<boolean> {
    for (;;) {
      const { host } = task
      task.beginning = true
      try {
        return await host.startTask(task.id, task.start)
      } catch (error) {
        if (this.#stopping || this.#tasks.get(taskName(task.id)) !== task) return false // Its status tells why.
        if (task.host === host) throw error
      } finally {
        task.beginning = false
      }
    }
  }

  /** A host has ended by itself: the guilty fail, all others go on elsewhere. */
  #lost({ host, failed, innocent }: HostEnd): void {
    for (const { tenant, error } of failed) this.#fail(host, tenant, error)
    for (const tenant of innocent) {
      const { id, connector } = tenant
      const placed = id ? this.#tasks.get(taskName(id)) : this.#connectors.get(connector)
      // Of what is being stopped nothing is left to be done.
      if (this.#stopping || placed?.host !== host || (placed instanceof PlacedConnector && placed.over))
        continue
      if (!placed.moves.allow()) {
        this.#fail(host, tenant, placed.moves.exhausted(`${host}`))
        continue
      }
      try {
        if (placed instanceof PlacedConnector) this.#moveConnector(placed)
        else this.#moveTask(placed)
      } catch (cause) {
        const reason = `${host} has ended, and no other host could be started: ${causes(cause)}`
        this.#fail(host, tenant, new ConnectException(reason, { cause }))
      }
    }
  }

  #fail(host: TaskHost, { id, connector }: Tenant, error: ConnectException): void {
    const { status, metrics } = this.#options
    // Whatever the host died of: another one may do better.
    const detail = (version: string | null) => ({ ...failure(error, version), retriable: true })
    if (id) {
      const name = taskName(id)
      const task = this.#tasks.get(name)
      if (task?.host !== host) return
      this.#tasks.delete(name)
      log.error(
        `Task ${name} has failed with its host and will not recover until manually restarted: ${causesAndHint(error)}`,
      )
      metrics?.worker.taskChanged(id, 'FAILED')
      status.task(id, 'FAILED', detail(this.pluginOf(task.start.connector)?.version ?? null))
      return
    }
    const placed = this.#connectors.get(connector)
    if (placed?.host !== host) return
    placed.lose(error)
    log.error(`Connector ${connector} has failed with its host: ${causesAndHint(error)}`)
    metrics?.worker.connectorChanged(connector, 'FAILED')
    status.connector(connector, 'FAILED', detail(placed.plugin.version))
  }

  #moveTask(task: PlacedTask): void {
    task.host = this.#fleet.place(task.id.connector, task.start.connector)
    log.info(`Task ${taskName(task.id)} goes on in ${task.host.name}`)
    if (!task.beginning) void this.#begin(task)
  }

  #moveConnector(placed: PlacedConnector): void {
    const host = this.#fleet.place(placed.name, placed.config)
    log.info(`${placed} goes on in ${host.name}`)
    placed.move(host)
  }
}

function measure({ processes, registry }: ConnectMetrics, lateMs: number): void {
  processes.late('worker', lateMs)
  registry.collect()
}
