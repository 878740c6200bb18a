import { logger } from '../observe/log.ts'
import { setLoggerLevel } from '../observe/loggers.ts'
import type { Config } from '../sdk/plugin.ts'
import type { TargetState } from '../worker/status.ts'
import type { Worker } from '../worker/worker.ts'
import type { ConfigResolver } from './config-resolver.ts'
import { ConnectorRuns, type Desired } from './connector-runs.ts'
import { HerderError, type HerderErrorCode } from './errors.ts'
import type {
  ConfigInfos,
  ConfigKeyInfo,
  ConnectorInfo,
  ConnectorStatus,
  ConnectorType,
  Health,
  Herder,
  PluginInfo,
  RequestOptions,
  ServerInfo,
  SubmittedConfig,
  TaskInfo,
  TaskStatus,
} from './herder.ts'
import type { MemoryStatuses } from './memory-statuses.ts'
import { patched } from './patched.ts'
import { Readiness } from './readiness.ts'
import { RequestQueue } from './request-queue.ts'
import { restartPlan } from './restart-plan.ts'
import { checkStillWanted } from './still-wanted.ts'
import type { Validation } from './validation.ts'

const log = logger('org.apache.kafka.connect.runtime.standalone.StandaloneHerder')

export interface StandaloneHerderOptions {
  worker: Worker
  statuses: MemoryStatuses
  /** For `GET /`; waits for the broker, and a worker whose broker has not answered is not healthy yet. */
  serverInfo(): Promise<ServerInfo>
  plugins(connectorsOnly: boolean): PluginInfo[]
  validation: Validation
  /** Closed with the herder. */
  resolver: ConfigResolver
  /** How long a request waits for connectors and tasks. The JVM's is fixed: 90 s. */
  requestTimeoutMs?: number
}

/**
 * Desired state of a worker on its own. Every change of a connector is a job in that connector's queue, and
 * such a job waits for plugins no longer than their time to stop; `start` and `taskConfigs` run beside the
 * queue and come back to it as jobs (invariant 4).
 * Java: org.apache.kafka.connect.runtime.standalone.StandaloneHerder
 */
export class StandaloneHerder implements Herder {
  readonly #options: StandaloneHerderOptions
  readonly #worker: Worker
  readonly #statuses: MemoryStatuses
  readonly #connectors = new Map<string, Desired>()
  readonly #queue: RequestQueue
  readonly #resolver: ConfigResolver
  readonly #readiness: Readiness
  readonly #runs: ConnectorRuns
  #stopping: Promise<void> | null = null

  constructor(options: StandaloneHerderOptions) {
    this.#options = options
    this.#worker = options.worker
    this.#statuses = options.statuses
    this.#queue = new RequestQueue(options.requestTimeoutMs)
    this.#resolver = options.resolver
    this.#runs = new ConnectorRuns(this.#connectors, this.#queue, options)
    this.#resolver.onExpired = name => this.restartConnector(name)
    this.#readiness = new Readiness(options.serverInfo(), options.requestTimeoutMs)
  }

  /** The connectors of the command line are created: the worker is healthy once the broker has answered. */
  markReady(): void {
    this.#readiness.markConnectorsCreated()
  }

  /** Stops every task and connector within the graceful timeouts. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopping ??= (async () => {
      log.info('Herder stopping')
      this.#queue.close()
      const names = [...this.#connectors.keys()]
      await this.#worker.stop()
      await this.#queue.idle()
      await this.#resolver.close()
      for (const name of names) this.#statuses.deleteTasks(name)
      log.info('Herder stopped')
    })()
    return this.#stopping
  }

  serverInfo(): Promise<ServerInfo> {
    return this.#options.serverInfo()
  }

  health(): Promise<Health> {
    return this.#readiness.health()
  }

  async plugins(connectorsOnly: boolean): Promise<PluginInfo[]> {
    return this.#options.plugins(connectorsOnly)
  }

  validateConfig(plugin: string, config: SubmittedConfig): Promise<{ infos: ConfigInfos; hint?: string }> {
    return this.#queue.request('validating the connector configuration', () =>
      this.#options.validation.validated(plugin, config),
    )
  }

  async pluginConfig(plugin: string, version: string): Promise<ConfigKeyInfo[]> {
    return this.#options.validation.pluginConfig(plugin, version)
  }

  async connectors(): Promise<string[]> {
    return [...this.#connectors.keys()]
  }

  async connectorInfo(name: string): Promise<ConnectorInfo> {
    const { config, tasks } = this.#known(name)
    return {
      name,
      config: { ...config },
      tasks: tasks.map((_, task) => ({ connector: name, task })),
      type: this.#type(config),
    }
  }

  async connectorConfig(name: string): Promise<Record<string, string>> {
    return { ...this.#known(name).config }
  }

  async connectorStatus(name: string): Promise<ConnectorStatus> {
    const status = this.#status(name)
    if (!status) throw new HerderError('NO_STATUS', name)
    return status
  }

  async taskConfigs(name: string): Promise<TaskInfo[]> {
    return this.#known(name).tasks.map((config, task) => ({
      id: { connector: name, task },
      config: { ...config },
    }))
  }

  async taskStatus(connector: string, task: number): Promise<TaskStatus> {
    const status = this.#statuses.taskStatus({ connector, task })
    if (!status) throw new HerderError('NO_TASK_STATUS', `${connector}-${task}`)
    return status
  }

  putConnector(
    name: string,
    submitted: SubmittedConfig,
    options: RequestOptions & { replace: boolean; initialState?: TargetState },
  ): Promise<{ created: boolean; info: ConnectorInfo }> {
    return this.#queue.request('starting the connector', async () => {
      const config = await this.#options.validation.checked(submitted)
      const { created, start } = await this.#queue.job(name, async () => {
        checkStillWanted(options)
        const existing = this.#connectors.get(name)
        if (existing) {
          if (!options.replace) throw new HerderError('CONNECTOR_EXISTS', name)
          await this.#worker.stopAndAwaitConnectors([name])
          existing.config = config
          return {
            created: false,
            start: this.#runs.start(name, existing, await this.#runs.resolved(name, config)),
          }
        }
        const resolved = await this.#runs.resolved(name, config)
        const desired: Desired = {
          config,
          target: options.initialState ?? 'STARTED',
          tasks: [],
          applied: null,
          reconfigure: false,
        }
        this.#connectors.set(name, desired)
        return { created: true, start: this.#runs.start(name, desired, resolved) }
      })
      await this.#runs.started(start)
      await this.#runs.updateTasks(name)
      return { created, info: await this.connectorInfo(name) }
    })
  }

  patchConnector(name: string, patch: SubmittedConfig, options?: RequestOptions): Promise<ConnectorInfo> {
    return this.#queue.request(`writing a config for connector ${name} to the config topic`, async () => {
      const config = patched(this.#known(name).config, patch)
      return (await this.putConnector(name, config, { ...options, replace: true })).info
    })
  }

  deleteConnector(name: string, options?: RequestOptions): Promise<void> {
    return this.#queue.request(`stopping connector ${name}`, () =>
      this.#queue.job(name, async () => {
        checkStillWanted(options)
        const desired = this.#known(name)
        await Promise.all([
          this.#runs.removeTasks(name, desired),
          this.#worker.stopAndAwaitConnectors([name]),
        ])
        this.#connectors.delete(name)
        this.#resolver.forget(name)
        this.#statuses.deleteConnector(name)
      }),
    )
  }

  setTargetState(name: string, target: TargetState, options?: RequestOptions): Promise<void> {
    return this.#queue.request(`writing the ${target} target state for connector ${name}`, () =>
      this.#queue.job(name, async () => {
        checkStillWanted(options)
        const desired = this.#connectors.get(name)
        if (!desired)
          throw new HerderError(target === 'STOPPED' ? 'NOTHING_TO_STOP' : 'UNKNOWN_CONNECTOR_STATE', name)
        if (target === 'STOPPED') await this.#runs.removeTasks(name, desired)
        if (desired.target === target) return
        desired.target = target
        // Answered when the wish is recorded: the plugin follows in its own time.
        void this.#runs.follow(name, this.#worker.setTargetState(name, target))
      }),
    )
  }

  restartConnector(name: string): Promise<void> {
    return this.#queue.request('starting the connector', async () => {
      const start = await this.#queue.job(name, async () => {
        const desired = this.#known(name, 'NOTHING_TO_RESTART')
        await this.#worker.stopAndAwaitConnectors([name])
        return this.#runs.start(name, desired, await this.#runs.resolved(name, desired.config))
      })
      await this.#runs.started(start)
      void this.#runs.reconfigure(name)
    })
  }

  restartConnectorAndTasks(
    name: string,
    options: { includeTasks: boolean; onlyFailed: boolean },
  ): Promise<ConnectorStatus> {
    return this.#queue.request(`handling restart request for connector ${name}`, () =>
      this.#queue.job(name, async () => {
        const desired = this.#connectors.get(name)
        if (!desired) throw new HerderError('UNKNOWN_CONNECTOR', name)
        const status = this.#status(name)
        if (!status) throw new HerderError('NO_STATUS_TO_RESTART', name)
        const plan = restartPlan(status, options)
        const tasks = plan.tasks.map(task => ({ connector: name, task }))
        await Promise.all([
          this.#worker.stopAndAwaitConnectors(plan.connector ? [name] : []),
          this.#worker.stopAndAwaitTasks(tasks),
        ])
        if (plan.connector) {
          this.#statuses.connector(name, 'RESTARTING', { version: null })
          void this.#runs.follow(name, this.#runs.startOrFail(name, desired))
        }
        for (const id of tasks) this.#statuses.task(id, 'RESTARTING', { version: null })
        for (const id of tasks) await this.#runs.startTask(id, desired)
        return plan.announced
      }),
    )
  }

  restartTask(connector: string, task: number): Promise<void> {
    const id = { connector, task }
    return this.#queue.request(`restarting task ${connector}-${task}`, () =>
      this.#queue.job(connector, async () => {
        const desired = this.#known(connector, 'NO_TASKS_TO_RESTART')
        if (!desired.tasks[task]) throw new HerderError('TASK_NOT_FOUND', `${connector}-${task}`)
        await this.#runs.resolved(connector, desired.config) // A provider that fails leaves the task as it is.
        await this.#worker.stopAndAwaitTasks([id])
        if (!(await this.#runs.startTask(id, desired)))
          throw new HerderError('TASK_START_FAILED', `${connector}-${task}`)
      }),
    )
  }

  async activeTopics(name: string): Promise<string[]> {
    return this.#statuses.topics(name)
  }

  async resetActiveTopics(name: string): Promise<void> {
    this.#statuses.forgetTopics(name)
    this.#worker.forgetTopics(name)
  }

  /** A standalone worker is its own cluster. */
  async setClusterLoggerLevel(namespace: string, level: string): Promise<void> {
    setLoggerLevel(namespace, level)
  }

  #known(name: string, otherwise: HerderErrorCode = 'CONNECTOR_NOT_FOUND'): Desired {
    const desired = this.#connectors.get(name)
    if (!desired) throw new HerderError(otherwise, name)
    return desired
  }

  #type(config: Config | undefined): ConnectorType {
    return (config && this.#worker.pluginOf(config)?.kind) ?? 'unknown'
  }

  #status(name: string): ConnectorStatus | null {
    const connector = this.#statuses.connectorStatus(name)
    if (!connector) return null
    const tasks = this.#statuses.taskStatuses(name)
    return { name, connector, tasks, type: this.#type(this.#connectors.get(name)?.config) }
  }
}
