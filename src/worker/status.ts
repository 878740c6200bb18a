import type { PluginValue } from '../observe/metrics/plugin-meters.ts'
import type { TaskReport } from '../observe/metrics/task-meters.ts'

export type ConnectorState = 'UNASSIGNED' | 'RUNNING' | 'PAUSED' | 'STOPPED' | 'FAILED' | 'RESTARTING'
export type TaskState = Exclude<ConnectorState, 'STOPPED'>
/** What a person wants of a connector. Java: org.apache.kafka.connect.runtime.TargetState */
export type TargetState = 'STARTED' | 'PAUSED' | 'STOPPED'

export interface TaskId {
  connector: string
  task: number
}

/** What is known besides the state. `version` is null where the plugin object does not exist (any more). */
export interface StatusDetail {
  version: string | null
  /** Only with FAILED: the text that Java's printStackTrace would give. */
  trace?: string
  /** Only with FAILED: another attempt may succeed (a broker that was away, a host that ended). */
  retriable?: boolean
}

/** Told what becomes of connectors and tasks. Java: ConnectorStatus.Listener and TaskStatus.Listener */
export interface StatusListener {
  connector(name: string, state: ConnectorState, detail: StatusDetail): void
  task(id: TaskId, state: TaskState, detail: StatusDetail): void
  /** A task has used a topic for the first time since it began, or since `forgetTopics`. */
  topic(id: TaskId, topic: string): void
  /** What a task has measured since the last report; before its state, when that changes. */
  report?(id: TaskId, report: TaskReport): void
  /** What the plugins of a connector's object (`task` null) or of a task measure of themselves, when it has changed. */
  plugins?(connector: string, task: number | null, values: readonly PluginValue[]): void
}
