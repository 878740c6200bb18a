import type { ConnectorState, TaskId, TaskState } from '../worker/status.ts'
import type { ConnectorStatus, TaskStatus } from './herder.ts'

/** What is known of connectors and tasks, whoever has reported it. Java: org.apache.kafka.connect.storage.StatusBackingStore */
export interface Statuses {
  connectorStatus(name: string): ConnectorStatus['connector'] | null
  taskStatus(id: TaskId): TaskStatus | null
  /** By task number. */
  taskStatuses(connector: string): TaskStatus[]
  /** Topics that a connector's tasks have used since the last reset (KIP-558). */
  topics(connector: string): string[]
}

/** A status as this worker reports it. */
export interface StatusReport<S extends ConnectorState | TaskState = ConnectorState> {
  state: S
  worker_id: string
  /** Of the group, when it is reported. */
  generation: number
  version: string | null
  /** Only with FAILED. */
  trace?: string
}

/**
 * Statuses in the status topic. Writes return at once; whether they are allowed (UNASSIGNED and FAILED give way to
 * another worker's newer status) and tried again is the store's affair.
 * Java: org.apache.kafka.connect.storage.KafkaStatusBackingStore
 */
export interface StatusStore extends Statuses {
  start(signal?: AbortSignal): Promise<void>
  /** Every connector that has a status, its own or a task's. */
  connectors(): string[]
  putConnector(name: string, report: StatusReport): void
  putTask(id: TaskId, report: StatusReport<TaskState>): void
  /** A task has used a topic now. */
  putTopic(id: TaskId, topic: string): void
  /** Removes the statuses of the connector and of all its tasks. */
  deleteConnector(name: string): void
  deleteTask(id: TaskId): void
  deleteTopics(connector: string): void
  /** Resolves when what was written has its outcome, at the latest after `timeoutMs`. */
  flush(timeoutMs: number): Promise<void>
  /** Safe to call twice. */
  close(): Promise<void>
}
