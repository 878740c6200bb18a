import { javaTrace } from '../data/errors.ts'
import { logger } from '../observe/log.ts'
import type { PluginRegistry } from '../worker/plugins.ts'
import { readArguments } from './arguments.ts'
import { createConnector } from './connector-file.ts'
import { EXIT, Failure } from './exit.ts'
import { followPlugins } from './follow-plugins.ts'
import { tellInitializing, tellStarted, tellStopped, tellStopping } from './life-lines.ts'
import { type ReceivedSignal, untilSignal } from './signals.ts'
import { StartError } from './start-error.ts'
import { type RunningWorker, startWorker } from './worker.ts'
import { placed, readWorkerFile, type WorkerFile } from './worker-file.ts'
import { workerPlugins } from './worker-plugins.ts'

const log = logger('org.apache.kafka.connect.cli.ConnectStandalone')
const FORM = 'bunnect standalone worker.properties [connector1.properties connector2.json ...]'

/** Runs a standalone worker until a signal. Java: org.apache.kafka.connect.cli.ConnectStandalone */
export async function standalone(argv: string[], plugins?: PluginRegistry): Promise<number> {
  const [workerFile, ...connectorFiles] = files(argv)
  // From the first moment: whoever stops the worker during its start must not lose what it has begun.
  const signal = untilSignal()
  tellInitializing()
  const known = plugins === undefined ? await workerPlugins(workerFile) : null
  const registry = plugins ?? known!.registry
  try {
    const file = await readWorkerFile(workerFile, registry)
    try {
      const worker = await startWorker(file.config, registry)
      known?.watch(files => void followPlugins(files, worker, registry, file.config.raw))
      const unfollow = await followed(worker, registry, file)
      signal.received.then(unfollow)
      return await serve(worker, { file, plugins: registry, connectorFiles, signal: signal.received })
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
  file: WorkerFile,
): Promise<() => void> {
  const { raw } = file.config
  if (!raw['plugin.path']) return () => {}
  const { followScripts } = await import('./follow-scripts.ts')
  return followScripts(worker, plugins, raw)
}

interface Service {
  file: WorkerFile
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

  async function createConnectors({ herder, resolver }: RunningWorker, service: Service): Promise<void> {
    const context = { herder, resolver, plugins: service.plugins, worker: service.file.config.raw }
    for (const path of service.connectorFiles) await createConnector(path, context)
    herder.markReady()
  }
}

/** An error that no task has caught is told and ends nothing else, as an uncaught one of a thread in the JVM. */
function surviveStrayErrors(): void {
  process.on('uncaughtException', error => log.error(`Uncaught error: ${javaTrace(error)}`))
  process.on('unhandledRejection', error => log.error(`Error that nobody waited for: ${javaTrace(error)}`))
}

function files(argv: string[]): [string, ...string[]] {
  if (argv.includes('-daemon'))
    throw new Failure(EXIT.usage, "-daemon is an option of the JVM's script", {
      hint: `Run bunnect under systemd, or in the background with nohup ... &. Usage: ${FORM}`,
    })
  const { positionals } = readArguments(FORM, { args: argv, options: {}, allowPositionals: true })
  const [worker, ...connectors] = positionals
  if (worker === undefined)
    throw new Failure(EXIT.usage, 'the property file of the worker is missing', { hint: `Usage: ${FORM}` })
  return [worker, ...connectors]
}
