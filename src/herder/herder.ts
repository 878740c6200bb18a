import type { ConfigInfos, ConfigKeyInfo } from '../config/config-infos.ts'
import type { ConnectorState, TargetState, TaskId, TaskState } from '../worker/status.ts'

/**
 * The one thing REST knows: desired state and its answers, the same for standalone and distributed mode.
 * Shapes are those of Kafka Connect 4.3's JSON bodies. Every method may throw HerderError.
 */
export interface ServerInfo {
  version: string
  commit: string
  kafka_cluster_id: string | null
}

export type { ConfigInfos, ConfigKeyInfo, ConnectorState, TargetState, TaskId, TaskState }
export type ConnectorType = 'source' | 'sink' | 'unknown'

export interface ConnectorInfo {
  name: string
  config: Record<string, string>
  tasks: TaskId[]
  type: ConnectorType
}

export interface ConnectorStatus {
  name: string
  connector: { state: ConnectorState; worker_id: string; version: string | null; trace?: string }
  tasks: TaskStatus[]
  type: ConnectorType
}

export interface TaskStatus {
  id: number
  state: TaskState
  worker_id: string
  version: string | null
  trace?: string
}

export interface TaskInfo {
  id: TaskId
  config: Record<string, string>
}

export interface PluginInfo {
  class: string
  type: 'source' | 'sink' | 'converter' | 'header_converter' | 'transformation' | 'predicate'
  version: string
}

/** What has failed on this worker, and when it is restarted by itself; ours. */
export interface RestartInfo {
  connector: string
  /** Null for the connector's own object. */
  task: number | null
  state: 'waiting' | 'restarting' | 'running' | 'paused' | 'failed'
  /** Restarts within the window that has just passed. */
  attempts: number
  limit: number
  window_ms: number
  /** ISO 8601; null when none is to come. */
  next_attempt: string | null
  next_attempt_in_ms: number | null
  last_error: string
  /** Why there is no next attempt, or why it is so late; else empty. */
  reason: string
}

export interface Health {
  status: 'healthy' | 'starting' | 'unhealthy'
  message: string
}

/** A configuration as it arrived: null values are kept for validation to refuse. */
export type SubmittedConfig = Record<string, string | null>

export interface RequestOptions {
  /** Fires when whoever asked has gone: nothing is written for them any more. */
  signal?: AbortSignal
}

/** How a request between workers was signed. Java: InternalRequestSignature */
export interface RequestSignature {
  /** Base64 of the MAC of the request's body. */
  signature: string
  algorithm: string
}

/**
 * Methods that only one worker of a group can carry out (the leader, or whoever runs the connector or task) throw
 * ElsewhereError on the others.
 */
export interface Herder {
  serverInfo(): Promise<ServerInfo>
  health(): Promise<Health>

  connectors(): Promise<string[]>
  /** Creates or, with `replace`, updates; 409 for an existing name otherwise. */
  putConnector(
    name: string,
    config: SubmittedConfig,
    options: RequestOptions & { replace: boolean; initialState?: TargetState },
  ): Promise<{ created: boolean; info: ConnectorInfo }>
  /** Sets keys of the configuration, or with null removes them. KIP-477 */
  patchConnector(name: string, patch: SubmittedConfig, options?: RequestOptions): Promise<ConnectorInfo>
  deleteConnector(name: string, options?: RequestOptions): Promise<void>
  connectorInfo(name: string): Promise<ConnectorInfo>
  connectorConfig(name: string): Promise<Record<string, string>>
  connectorStatus(name: string): Promise<ConnectorStatus>
  taskConfigs(name: string): Promise<TaskInfo[]>
  taskStatus(name: string, task: number): Promise<TaskStatus>

  /** Pause, resume and stop: answers when the wish is recorded, the tasks follow. */
  setTargetState(name: string, state: TargetState, options?: RequestOptions): Promise<void>
  /** Restarts the connector object and waits for its start. */
  restartConnector(name: string, options?: RequestOptions): Promise<void>
  /** Restarts by plan; answers with the state that shows RESTARTING for what is affected. */
  restartConnectorAndTasks(
    name: string,
    options: RequestOptions & { includeTasks: boolean; onlyFailed: boolean },
  ): Promise<ConnectorStatus>
  restartTask(name: string, task: number, options?: RequestOptions): Promise<void>
  /** What has failed on this worker, and when it is restarted by itself. */
  restarts(): Promise<RestartInfo[]>

  /** Topics that the connector has used since its creation or the last reset. KIP-558 */
  activeTopics(name: string): Promise<string[]>
  resetActiveTopics(name: string): Promise<void>
  /** Sets the level on every worker of the cluster. KIP-976 */
  setClusterLoggerLevel(namespace: string, level: string, options?: RequestOptions): Promise<void>

  plugins(connectorsOnly: boolean): Promise<PluginInfo[]>
  /** What is right and wrong with a configuration, nothing being changed; `hint` says what to do about it. */
  validateConfig(plugin: string, config: SubmittedConfig): Promise<{ infos: ConfigInfos; hint?: string }>
  /** The keys of a plugin, a connector's own before those of every connector; `version` may be a range. */
  pluginConfig(plugin: string, version: string): Promise<ConfigKeyInfo[]>

  /** Resolves when no round of the workers' group is under way, or when the signal fires. */
  groupSettled(signal: AbortSignal): Promise<void>
  /** Fires when another worker leads the group than now. */
  tenure(): AbortSignal
  /**
   * Reads what other workers have written to the config topic until now, in a worker that is starting when it has
   * started; false when that took too long, and answers may be old. Invariant 3
   */
  catchUp(): Promise<boolean>
  /** Throws HerderError where a request of another worker may not be trusted. `body` as it arrived. */
  checkSignature(signature: RequestSignature | null, body: Uint8Array): void
  /** The task configurations of a connector whose object another worker runs. */
  putTaskConfigs(name: string, configs: readonly Record<string, string>[]): Promise<void>
  /** Fences the producers of former tasks of a source connector. KIP-618 */
  fenceZombies(name: string): Promise<void>
  /** Another worker leaves on purpose and has stopped all of this: it can be given away at once. Ours. */
  takeOver(worker: string, work: { connectors: readonly string[]; tasks: readonly TaskId[] }): Promise<void>
  /** Stops all that this worker runs, has others take it over and leaves the group. Ours. */
  decommission(): Promise<Decommissioned>
}

export interface Decommissioned {
  connectors: string[]
  tasks: TaskId[]
  /** Why others may take over later than at once; null where they do not. */
  delay: string | null
}
