import type { TargetState, TaskId } from '../../worker/status.ts'

/** Java: org.apache.kafka.connect.runtime.RestartRequest */
export interface RestartRequest {
  connector: string
  onlyFailed: boolean
  includeTasks: boolean
}

/** Java: org.apache.kafka.connect.runtime.SessionKey */
export interface SessionKey {
  key: Buffer
  /** Such as `HmacSHA256`. */
  algorithm: string
  /** ms since 1970 */
  createdAt: number
}

/** What a record of the config topic has changed. Java: ConfigBackingStore.UpdateListener */
export type ConfigEvent =
  | { type: 'connector'; connector: string }
  | { type: 'connector-removed'; connector: string }
  /** A commit: these tasks have new configurations; maybe none. */
  | { type: 'tasks'; connector: string; tasks: readonly TaskId[] }
  | { type: 'target-state'; connector: string }
  | { type: 'session-key'; key: SessionKey }
  | { type: 'restart'; request: RestartRequest }
  | { type: 'logger'; namespace: string; level: string }

/** What the config topic says as of one offset; never changes. Java: org.apache.kafka.connect.storage.ClusterConfigState */
export interface ConfigSnapshot {
  /** Of the next record; -1 when nothing has been read. */
  readonly offset: number
  readonly sessionKey: SessionKey | null
  connectors(): string[]
  contains(connector: string): boolean
  /** As it was written, null values included. */
  connectorConfig(connector: string): Readonly<Record<string, string | null>> | null
  targetState(connector: string): TargetState | null
  /** None for a connector that is inconsistent or has never had a commit. */
  tasks(connector: string): TaskId[]
  taskConfig(id: TaskId): Readonly<Record<string, string>> | null
  /** Of the last commit, whether it was complete or not. */
  taskCount(connector: string): number
  /** The connector configuration that the current task configurations were made from. */
  appliedConfig(connector: string): Readonly<Record<string, string | null>> | null
  /** How often complete task configurations have been committed since this worker reads, from 0; null before. */
  taskConfigGeneration(connector: string): number | null
  inconsistent(): string[]
  /** The last task-count record, null when there is none. */
  taskCountRecord(connector: string): number | null
  pendingFencing(connector: string): boolean
}

/** Desired state in the config topic. Every write but those of logger levels is read back. */
export interface ConfigStore {
  /**
   * Told of every change in order once `start` has read to the end; never from inside a write's promise. `offset`: of
   * the record behind the one that has made the change.
   */
  onEvent: (event: ConfigEvent, offset: number) => void
  start(signal?: AbortSignal): Promise<void>
  snapshot(): ConfigSnapshot
  /** Reads to the end. Rejects when the signal fires. */
  refresh(signal?: AbortSignal): Promise<void>
  /** Something that this worker writes may be read by others already, and not by itself. */
  readonly isWriting: boolean
  putConnector(
    connector: string,
    config: Readonly<Record<string, string | null>>,
    initialState?: TargetState,
  ): Promise<void>
  removeConnector(connector: string): Promise<void>
  /** Task configurations and their commit. */
  putTasks(connector: string, configs: readonly Readonly<Record<string, string>>[]): Promise<void>
  putTargetState(connector: string, state: TargetState): Promise<void>
  putTaskCount(connector: string, tasks: number): Promise<void>
  putSessionKey(key: SessionKey): Promise<void>
  putRestart(request: RestartRequest): Promise<void>
  putLoggerLevel(namespace: string, level: string): Promise<void>
  close(): Promise<void>
}
