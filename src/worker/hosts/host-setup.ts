import { ownLevels } from '../../observe/log-levels.ts'
import type { WorkerOptions } from '../worker-options.ts'
import type { HostSetup } from './protocol.ts'
import type { HostSettings } from './settings.ts'

/** What a host needs to know of the worker's configuration. */
export type HostWorker = Pick<
  WorkerOptions,
  'config' | 'secrets' | 'gracefulStopMs' | 'offsetFlushIntervalMs' | 'offsetFlushTimeoutMs'
>

/** What a host is told at its start. */
export function hostSetup(name: string, worker: HostWorker, settings: HostSettings): HostSetup {
  return {
    name,
    logLevels: ownLevels(),
    worker: worker.config,
    secrets: worker.secrets ?? [],
    dataDir: settings.dataDir,
    gracefulStopMs: worker.gracefulStopMs,
    offsetFlushIntervalMs: worker.offsetFlushIntervalMs,
    offsetFlushTimeoutMs: worker.offsetFlushTimeoutMs,
    pluginTimeoutMs: settings.pluginTimeoutMs,
  }
}
