import type { Config } from '../../sdk/plugin.ts'
import type { TargetState, TaskId } from '../status.ts'
import type { TaskStart } from '../worker-options.ts'

export interface ConnectorStart {
  name: string
  /** The connector's resolved configuration. */
  config: Config
  target: TargetState
  /** The connector wants `taskConfigs` to be called again. */
  onReconfigure(): void
}

/** What the tasks of a host have moved: records written by sources, records taken by sinks. */
export interface RecordCounts {
  written: number
  put: number
}

/** Where plugin code runs: in this process, or in a child process. States are told to the worker's status listener. */
export interface TaskHost {
  /** As it stands in log lines and errors. */
  readonly name: string
  /**
   * Makes the connector's object and brings it to its target; resolves when it is there. Whatever goes wrong is a
   * FAILED status too.
   */
  startConnector(start: ConnectorStart): Promise<TargetState>
  /** The plugin's task configurations, as it gives them. */
  taskConfigs(connector: string, max: number): Promise<Record<string, string>[]>
  /** Marks the connector FAILED; its object and its tasks run on. */
  failConnector(connector: string, error: unknown): void
  /**
   * Pauses, resumes or stops a connector and pauses or resumes its tasks, those that are here; resolves when the
   * connector is there, with null if it has no object here.
   */
  setTargetState(connector: string, target: TargetState): Promise<TargetState | null>
  /** True when the task has been begun; false with a FAILED status when it could not even be made. */
  startTask(id: TaskId, start: TaskStart): Promise<boolean>
  /** Stops tasks within the graceful timeout, which they share; those that take longer are given up. */
  stopAndAwaitTasks(ids: readonly TaskId[]): Promise<void>
  /** Stops connector objects within 5 s; those that take longer are given up. */
  stopAndAwaitConnectors(names: readonly string[]): Promise<void>
  recordCounts(): RecordCounts
  /** Tasks of this connector tell their topics anew. */
  forgetTopics(connector: string): void
  /** Closes what is left when everything has been stopped. */
  close(): Promise<void>
}

/** Connect's name for a task, such as `local-file-source-0`. */
export function taskName({ connector, task }: TaskId): string {
  return `${connector}-${task}`
}
