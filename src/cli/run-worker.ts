import type { WorkerMode } from '../config/worker-config.ts'
import { javaTrace } from '../data/errors.ts'
import { logger } from '../observe/log.ts'
import type { PluginRegistry } from '../worker/plugins.ts'
import { createConnector } from './connector-file.ts'
import { followPlugins } from './follow-plugins.ts'
import { tellInitializing, tellStarted, tellStopped, tellStopping } from './life-lines.ts'
import { type ReceivedSignal, untilSignal } from './signals.ts'
import { StartError } from './start-error.ts'
import { type AnyWorkerConfig, type RunningWorker, startWorker } from './worker.ts'
import { placed, readWorkerFile } from './worker-file.ts'
import { workerPlugins } from './worker-plugins.ts'

const log = logger('org.apache.kafka.connect.cli.AbstractConnectCli')

export interface WorkerFiles {
  worker: string
  /** Created when the worker has started; standalone. */
  connectors: readonly string[]
}

/**
 * Runs a worker until a signal and resolves to the exit code. Without `plugins` they are those of the worker's file.
 * `started` is told of it when REST answers.
 * Java: org.apache.kafka.connect.cli.AbstractConnectCli.run
 */
export async function runWorker(
  mode: WorkerMode,
  files: WorkerFiles,
  plugins?: PluginRegistry,
  started?: (worker: RunningWorker, config: AnyWorkerConfig) => void,
): Promise<number> {
  // From the first moment: whoever stops the worker during its start must not lose what it has begun.
  const signal = untilSignal()
  tellInitializing()
  const known = plugins === undefined ? await workerPlugins(files.worker) : null
  const registry = plugins ?? known!.registry
  try {
    const file = await readWorkerFile(mode, files.worker, registry)
    const config = file.config as AnyWorkerConfig
    try {
      const worker = await startWorker(config, registry)
      known?.watch(changed => void followPlugins(changed, worker, registry, config.raw))
      const unfollow = await followed(worker, registry, config)
      signal.received.then(unfollow)
      started?.(worker, config)
      const service = { config, plugins: registry, connectorFiles: files.connectors, signal: signal.received }
      return await serve(worker, service)
    } catch (error) {
      throw error instanceof StartError ? placed(error, file) : error
    }
  } finally {
    await known?.close()
    signal.dispose()
  }
}

/** Only files below plugin.path are scripts that can change. */
async function followed(
  worker: RunningWorker,
  plugins: PluginRegistry,
  { raw }: AnyWorkerConfig,
): Promise<() => void> {
  if (!raw['plugin.path']) return () => {}
  const { followScripts } = await import('./follow-scripts.ts')
  return followScripts(worker, plugins, raw)
}

interface Service {
  config: AnyWorkerConfig
  plugins: PluginRegistry
  connectorFiles: readonly string[]
  signal: Promise<ReceivedSignal>
}

async function serve(worker: RunningWorker, service: Service): Promise<number> {
  const { fatal } = worker
  tellStarted(worker)
  surviveStrayErrors()
  const created = createConnectors(worker, service)
  created.catch(() => {}) // Told by the race, unless a signal came first: then nobody waits for connectors any more.
  try {
    const received = await Promise.race([service.signal, fatal, created.then(() => service.signal)])
    log.info(`Got ${received.name}: stopping tasks and committing offsets; a second signal ends at once`)
    return received.exitCode
  } finally {
    tellStopping()
    await worker.stop()
    tellStopped()
  }
}

async function createConnectors(worker: RunningWorker, service: Service): Promise<void> {
  const { plugins, config, connectorFiles } = service
  const context = { herder: worker.herder, resolver: worker.resolver, plugins, worker: config.raw }
  for (const path of connectorFiles) await createConnector(path, context)
  worker.markReady()
}

/** An error that no task has caught is told and ends nothing else, as an uncaught one of a thread in the JVM. */
function surviveStrayErrors(): void {
  process.on('uncaughtException', error => log.error(`Uncaught error: ${javaTrace(error)}`))
  process.on('unhandledRejection', error => log.error(`Error that nobody waited for: ${javaTrace(error)}`))
}
