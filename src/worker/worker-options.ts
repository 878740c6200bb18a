import type { KafkaClient } from '../kafka/port.ts'
import type { ConnectMetrics } from '../observe/metrics/connect-metrics.ts'
import type { Config } from '../sdk/plugin.ts'
import type { OffsetStore } from '../stores/offset-store.ts'
import type { HostSettings } from './hosts/settings.ts'
import type { PluginRegistry } from './plugins.ts'
import type { StatusListener, TargetState } from './status.ts'

/** The classes that a worker can make, by Java class name, simple name or alias; unknown ones throw. */
export type PluginLookup = Omit<PluginRegistry, 'hint'>

export interface WorkerOptions {
  /** The worker's own configuration as written: converters and client properties come from it. */
  config: Config
  /** What of it may be seen nowhere (invariant 5); for hosts, which report errors themselves. */
  secrets?: readonly string[]
  /** task.shutdown.graceful.timeout.ms */
  gracefulStopMs: number
  /** offset.flush.interval.ms */
  offsetFlushIntervalMs: number
  /** offset.flush.timeout.ms */
  offsetFlushTimeoutMs: number
  kafka: KafkaClient
  plugins: PluginLookup
  offsets: TaskOffsetStore
  status: StatusListener
  /** Child processes; without them everything runs in this one. */
  hosts?: HostSettings
  /** What is measured of connectors, tasks and processes; without it nothing is. */
  metrics?: ConnectMetrics
}

/** What tasks need of the offset store. */
export type TaskOffsetStore = Pick<OffsetStore, 'get' | 'set'> & Partial<OffsetPlaces>

/** Where connectors may name a place of their own for their offsets. */
export interface OffsetPlaces {
  /** This is the source connector's configuration from now on. Throws ConnectException for what it may not have. */
  use(connector: string, config: Config): void
  /** Nothing of the connector runs in this worker any more. */
  release(connector: string): void
}

export interface TaskStart {
  connector: Config
  task: Config
  target: TargetState
  /** What may stand in none of its outputs (invariant 5): values of config providers, and passwords. */
  secrets?: readonly string[]
}
