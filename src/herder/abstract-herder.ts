import type { Config } from '../sdk/plugin.ts'
import type { TargetState, TaskId } from '../worker/status.ts'
import type { Worker } from '../worker/worker.ts'
import type { ConfigResolver } from './config-resolver.ts'
import type { Desired, DesiredState } from './desired-state.ts'
import { HerderError } from './errors.ts'
import type {
  ConfigInfos,
  ConfigKeyInfo,
  ConnectorInfo,
  ConnectorStatus,
  ConnectorType,
  Decommissioned,
  Health,
  Herder,
  PluginInfo,
  RequestOptions,
  RequestSignature,
  RestartInfo,
  ServerInfo,
  SubmittedConfig,
  TaskInfo,
  TaskStatus,
} from './herder.ts'
import type { RequestQueue } from './request-queue.ts'
import type { Restarts } from './restarts.ts'
import type { Statuses } from './statuses.ts'
import type { Validation } from './validation.ts'

export interface HerderParts {
  worker: Worker
  statuses: Statuses
  state: DesiredState
  queue: RequestQueue
  restarts: Restarts
  /** For `GET /`; waits for the broker. */
  serverInfo(): Promise<ServerInfo>
  plugins(connectorsOnly: boolean): PluginInfo[]
  validation: Validation
  /** Closed with the herder. */
  resolver: ConfigResolver
}

/**
 * What both kinds of herders answer alike from desired state and statuses.
 * Java: org.apache.kafka.connect.runtime.AbstractHerder
 */
export abstract class AbstractHerder implements Herder {
  readonly #parts: HerderParts

  constructor(parts: HerderParts) {
    this.#parts = parts
    parts.restarts.counts = parts.worker.metrics?.restarts ?? null
  }

  /** Resolves when desired state is known; what waits for it is a request at some stage. */
  protected abstract ready(): Promise<void>

  abstract health(): Promise<Health>

  serverInfo(): Promise<ServerInfo> {
    return this.#parts.serverInfo()
  }

  async plugins(connectorsOnly: boolean): Promise<PluginInfo[]> {
    return this.#parts.plugins(connectorsOnly)
  }

  validateConfig(plugin: string, config: SubmittedConfig): Promise<{ infos: ConfigInfos; hint?: string }> {
    const { queue, validation } = this.#parts
    return queue.request('validating the connector configuration', () => validation.validated(plugin, config))
  }

  async pluginConfig(plugin: string, version: string): Promise<ConfigKeyInfo[]> {
    return this.#parts.validation.pluginConfig(plugin, version)
  }

  async connectors(): Promise<string[]> {
    return this.#parts.state.connectors()
  }

  async connectorInfo(name: string): Promise<ConnectorInfo> {
    await this.ready()
    return this.infoOf(name)
  }

  async connectorConfig(name: string): Promise<Record<string, string>> {
    await this.ready()
    return { ...this.known(name).config }
  }

  async connectorStatus(name: string): Promise<ConnectorStatus> {
    const status = this.statusOf(name)
    if (!status) throw new HerderError('NO_STATUS', name)
    return status
  }

  async taskConfigs(name: string): Promise<TaskInfo[]> {
    await this.ready()
    return this.known(name).tasks.map((config, task) => ({
      id: { connector: name, task },
      config: { ...config },
    }))
  }

  async taskStatus(connector: string, task: number): Promise<TaskStatus> {
    const status = this.#parts.statuses.taskStatus({ connector, task })
    if (!status) throw new HerderError('NO_TASK_STATUS', `${connector}-${task}`)
    return status
  }

  async activeTopics(name: string): Promise<string[]> {
    return this.#parts.statuses.topics(name)
  }

  async restarts(): Promise<RestartInfo[]> {
    return this.#parts.restarts.list()
  }

  abstract putConnector(
    name: string,
    config: SubmittedConfig,
    options: RequestOptions & { replace: boolean; initialState?: TargetState },
  ): Promise<{ created: boolean; info: ConnectorInfo }>
  abstract patchConnector(
    name: string,
    patch: SubmittedConfig,
    options?: RequestOptions,
  ): Promise<ConnectorInfo>
  abstract deleteConnector(name: string, options?: RequestOptions): Promise<void>
  abstract setTargetState(name: string, state: TargetState, options?: RequestOptions): Promise<void>
  abstract restartConnector(name: string, options?: RequestOptions): Promise<void>
  abstract restartConnectorAndTasks(
    name: string,
    options: RequestOptions & { includeTasks: boolean; onlyFailed: boolean },
  ): Promise<ConnectorStatus>
  abstract restartTask(name: string, task: number, options?: RequestOptions): Promise<void>
  abstract resetActiveTopics(name: string): Promise<void>
  abstract setClusterLoggerLevel(namespace: string, level: string, options?: RequestOptions): Promise<void>
  abstract groupSettled(signal: AbortSignal): Promise<void>
  /** Of a worker on its own: nobody takes its place. */
  tenure(): AbortSignal {
    return new AbortController().signal
  }
  abstract catchUp(): Promise<boolean>
  abstract checkSignature(signature: RequestSignature | null, body: Uint8Array): void
  abstract putTaskConfigs(name: string, configs: readonly Record<string, string>[]): Promise<void>
  abstract fenceZombies(name: string): Promise<void>
  abstract takeOver(
    worker: string,
    work: { connectors: readonly string[]; tasks: readonly TaskId[] },
  ): Promise<void>
  abstract decommission(): Promise<Decommissioned>

  protected known(name: string): Desired {
    const desired = this.#parts.state.get(name)
    if (!desired) throw new HerderError('CONNECTOR_NOT_FOUND', name)
    return desired
  }

  protected infoOf(name: string): ConnectorInfo {
    const { config, tasks } = this.known(name)
    return {
      name,
      config: { ...config },
      tasks: tasks.map((_, task) => ({ connector: name, task })),
      type: this.#typeOf(config),
    }
  }

  /** Null where nothing has been reported. */
  protected statusOf(name: string): ConnectorStatus | null {
    const { statuses, state } = this.#parts
    const connector = statuses.connectorStatus(name)
    if (!connector) return null
    return {
      name,
      connector,
      tasks: statuses.taskStatuses(name),
      type: this.#typeOf(state.config(name)),
    }
  }

  #typeOf(config: Config | null): ConnectorType {
    return (config && this.#parts.worker.pluginOf(config)?.kind) ?? 'unknown'
  }
}
