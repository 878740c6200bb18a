/**
 * What the worker and its task hosts tell each other over Bun's IPC. Both ends are the same executable, so there are
 * no versions. Every call has an answer and a deadline; everything else is told without one.
 */
import type { ConfigProblem } from '../../config/validate.ts'
import type { Level } from '../../observe/log.ts'
import type { PluginDescription } from '../outside/description.ts'
import type { ConnectorState, StatusDetail, TargetState, TaskId, TaskState } from '../status.ts'
import type { TaskStart } from '../worker.ts'
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
  logLevel: Level
  /** The worker's own configuration, resolved. */
  worker: Config
  dataDir: string
  gracefulStopMs: number
  offsetFlushIntervalMs: number
  offsetFlushTimeoutMs: number
  /** bunnect.plugin.timeout.ms */
  pluginTimeoutMs: number
  /** Files and folders of outside plugins that this host is to load. */
  plugins: readonly string[]
  /** What it is for; a catalogue runs nothing, it tells what plugins there are. */
  kind: 'tasks' | 'catalogue'
}

/** Calls of the worker, by name. `slot` is the actor's row on the board of marks. */
export interface HostCalls {
  startConnector: {
    args: { lease: Lease; slot: number; name: string; config: Config; target: TargetState }
    answer: TargetState
  }
  taskConfigs: { args: { lease: Lease; max: number }; answer: Record<string, string>[] }
  setTargetState: { args: { lease: Lease; target: TargetState }; answer: TargetState | null }
  startTask: { args: { lease: Lease; slot: number; id: TaskId; start: TaskStart }; answer: boolean }
  /** Within the graceful timeouts; what takes longer is given up by the host itself. */
  stop: { args: { leases: readonly Lease[] }; answer: null }
  describe: { args: null; answer: { plugins: PluginDescription[]; failures: { file: string; error: ErrorWire }[] } }
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
}

export type Call<Calls> = {
  [Name in keyof Calls]: { type: 'call'; id: number; name: Name } & ArgsOf<Calls[Name]>
}[keyof Calls]

type ArgsOf<C> = C extends { args: infer Args } ? { args: Args } : never
export type Args<Calls, Name extends keyof Calls> = Calls[Name] extends { args: infer A } ? A : never
export type Answer<Calls, Name extends keyof Calls> = Calls[Name] extends { answer: infer A } ? A : never

export type Answered =
  | { type: 'answer'; id: number; value: unknown }
  | { type: 'failed'; id: number; error: ErrorWire }

export type ToHost =
  | { type: 'setup'; setup: HostSetup }
  | { type: 'ping' }
  /** Marks a connector FAILED. */
  | { type: 'fail'; lease: Lease; error: ErrorWire }
  /** Close everything and end. */
  | { type: 'end' }
  | Call<HostCalls>
  | Answered

export type ToWorker =
  | { type: 'ready'; rssBytes: number }
  | { type: 'pong' }
  /** A line of the log as it is to be written. */
  | { type: 'log'; line: string }
  | { type: 'connector'; lease: Lease; name: string; state: ConnectorState; detail: StatusDetail }
  | { type: 'task'; lease: Lease; id: TaskId; state: TaskState; detail: StatusDetail }
  /** A connector wants `taskConfigs` to be called again. */
  | { type: 'reconfigure'; lease: Lease }
  /** Running totals of a task that have changed. */
  | { type: 'counts'; lease: Lease; written: number; put: number }
  | Call<WorkerCalls>
  | Answered
