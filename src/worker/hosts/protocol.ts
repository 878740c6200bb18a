/**
 * What the worker and its task hosts tell each other over Bun's IPC. Both ends are the same executable, so there are
 * no versions. Every call has an answer and a deadline; everything else is told without one.
 */
import type { ConfigProblem } from '../../config/validate.ts'
import type { OwnLevels } from '../../observe/log-levels.ts'
import type { PluginValue } from '../../observe/metrics/plugin-meters.ts'
import type { TaskReport } from '../../observe/metrics/task-meters.ts'
import type { PluginDescription } from '../outside/description.ts'
import type { ConnectorState, StatusDetail, TargetState, TaskId, TaskState } from '../status.ts'
import type { TaskStart } from '../worker-options.ts'
import type { ErrorWire } from './error-wire.ts'

type Config = Readonly<Record<string, string>>

/**
 * The right of one connector's object or of one task to run on a host, to tell its state and to write offsets: a
 * number that is never used twice. What comes under a lease that has ended is refused (invariant 2).
 */
export type Lease = number

/** What a host needs before anything else. Secrets travel here and nowhere else. */
export interface HostSetup {
  /** For log lines: `task-host-1`. */
  name: string
  logLevels: OwnLevels
  /** The worker's own configuration, resolved. */
  worker: Config
  /** What of it may be seen nowhere (invariant 5). */
  secrets: readonly string[]
  dataDir: string
  gracefulStopMs: number
  offsetFlushIntervalMs: number
  offsetFlushTimeoutMs: number
  /** bunnect.plugin.timeout.ms */
  pluginTimeoutMs: number
}

/** Who is to run: `slot` is its row on the board of marks, `plugins` the files of outside code that it needs. */
export interface ActorPlace {
  lease: Lease
  slot: number
  /** Also for code that stands in the configuration and not in a file. */
  outside: boolean
  plugins: readonly string[]
}

/** Calls of the worker, by name. */
export interface HostCalls {
  startConnector: {
    args: ActorPlace & { name: string; config: Config; target: TargetState }
    answer: TargetState
  }
  taskConfigs: { args: { lease: Lease; max: number }; answer: Record<string, string>[] }
  setTargetState: { args: { lease: Lease; target: TargetState }; answer: TargetState | null }
  startTask: { args: ActorPlace & { id: TaskId; start: TaskStart }; answer: boolean }
  /** Within the graceful timeouts; what takes longer is given up by the host itself. */
  stop: { args: { leases: readonly Lease[] }; answer: null }
  /** Loads all plugins of files and folders, and tells what they are. */
  describe: {
    args: { paths: readonly string[] }
    answer: { plugins: PluginDescription[]; failures: { file: string; error: ErrorWire }[] }
  }
  /** The plugin's own check of a configuration; of a plugin that `describe` has loaded. */
  validate: { args: { className: string; config: Config }; answer: ConfigProblem[] }
}

/** Calls of a host. Partitions and offsets as their JSON texts, which keep `1.0` and 2^53 + 1. */
export interface WorkerCalls {
  offsets: { args: { lease: Lease; keys: readonly string[] }; answer: (string | null)[] }
  /** Answered when the entries are durable (invariant 1). */
  storeOffsets: {
    args: { lease: Lease; entries: readonly { key: string; value: string | null }[] }
    answer: null
  }
  /** Answered when the worker has written the lines (without the last line end) to its standard output. */
  print: { args: { lines: string }; answer: null }
}

/** The calls of a host that read and write offsets. */
export type OffsetCalls = Pick<WorkerCalls, 'offsets' | 'storeOffsets'>

/** A table of calls by name. */
export type CallTable<Calls> = Record<keyof Calls, { args: unknown; answer: unknown }>

export type Call<Calls extends CallTable<Calls>> = {
  [Name in keyof Calls]: { type: 'call'; id: number; name: Name; args: Calls[Name]['args'] }
}[keyof Calls]

export type Answered =
  | { type: 'answer'; id: number; value: unknown }
  | { type: 'failed'; id: number; error: ErrorWire }

/** What a worker tells a host without waiting for an answer. */
export type HostTold =
  | { type: 'setup'; setup: HostSetup }
  | { type: 'ping' }
  /** Marks a connector FAILED. */
  | { type: 'fail'; lease: Lease; error: ErrorWire }
  /** A task is to tell its topics anew. */
  | { type: 'forget-topics'; lease: Lease }
  /** Somebody has changed the levels of loggers: these are all that there are. */
  | { type: 'levels'; levels: OwnLevels }
  /** Close everything and end. */
  | { type: 'end' }

/** What a host tells its worker. */
export type WorkerTold =
  | { type: 'ready'; rssBytes: number }
  | { type: 'pong' }
  /** A line of the log as it is to be written. */
  | { type: 'log'; line: string }
  /** Names of loggers that the host uses. */
  | { type: 'loggers'; names: readonly string[] }
  | { type: 'connector'; lease: Lease; name: string; state: ConnectorState; detail: StatusDetail }
  | { type: 'task'; lease: Lease; id: TaskId; state: TaskState; detail: StatusDetail }
  /** A task has used a topic for the first time. */
  | { type: 'topic'; lease: Lease; id: TaskId; topic: string }
  /** What the plugins of a connector's object or of a task measure of themselves. */
  | { type: 'plugins'; lease: Lease; values: readonly PluginValue[] }
  /** A connector wants `taskConfigs` to be called again. */
  | { type: 'reconfigure'; lease: Lease }
  /** What has changed since the last time, and by how many ms the timer for it was late. */
  | { type: 'counts'; lateMs: number; tasks: TaskCounts[] }

/** Running totals of a task, and what it has measured since the last time. */
export interface TaskCounts {
  lease: Lease
  written: number
  put: number
  report: TaskReport | null
}
