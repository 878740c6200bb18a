import type { TaskId } from '../worker/status.ts'
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
