import { parseArgs } from 'node:util'
import {
  type ConnectorFile,
  problemsWithPlace,
  readConnectorFile,
  readPropertiesFile,
} from '../config/files.ts'
import { InvalidConfigException } from '../config/validate.ts'
import { parseWorkerConfig } from '../config/worker-config.ts'
import { HerderError } from '../herder/errors.ts'
import { logger } from '../observe/log.ts'
import { CONNECT_VERSION, VERSION } from '../observe/version.ts'
import { EXIT, Failure } from './exit.ts'
import { untilSignal } from './signals.ts'
import { type RunningWorker, startWorker } from './worker.ts'

const log = logger('bunnect.cli.Standalone')
const FORM = 'bunnect standalone worker.properties [connector1.properties connector2.json ...]'

/** Runs a standalone worker until a signal. Java: org.apache.kafka.connect.cli.ConnectStandalone */
export async function standalone(argv: string[]): Promise<number> {
  const [workerFile, ...connectorFiles] = positionals(argv)
  if (!workerFile) throw new Failure(EXIT.usage, 'standalone needs the file of the worker.', { hint: FORM })
  const worker = await startWorker(await workerConfig(workerFile))
  log.info(
    `bunnect ${VERSION} (Kafka Connect ${CONNECT_VERSION}) serves REST at ${worker.urls.join(', ')}, worker id ${worker.workerId}`,
  )
  const signal = untilSignal()
  try {
    for (const path of connectorFiles) await createConnector(worker, path)
    worker.herder.markReady()
    const received = await Promise.race([signal.received, worker.fatal])
    log.info(`Got ${received.name}: stopping tasks and committing offsets; a second signal ends at once`)
    return received.exitCode
  } finally {
    await worker.stop()
    signal.dispose()
  }
}

async function workerConfig(path: string) {
  const { values, lines, warnings } = await readPropertiesFile(path)
  for (const warning of warnings) log.warn(warning)
  const place = (key: string) => (lines.has(key) ? `${path}:${lines.get(key)}` : path)
  try {
    const config = parseWorkerConfig('standalone', values, { place })
    for (const warning of config.warnings) log.warn(warning)
    return config
  } catch (error) {
    throw new Failure(EXIT.start, placed(error, path, lines), { cause: error })
  }
}

async function createConnector(worker: RunningWorker, path: string): Promise<void> {
  let file: ConnectorFile | null = null
  try {
    file = await readConnectorFile(path)
    for (const warning of file.warnings) log.warn(warning)
    await worker.herder.putConnector(file.name, file.config, {
      replace: false,
      ...(file.initialState && { initialState: file.initialState }),
    })
    log.info(`Created connector ${file.name}`)
  } catch (error) {
    const reason = error instanceof HerderError || error instanceof Error ? error.message : String(error)
    throw new Failure(EXIT.herder, `Failed to create connector for ${path}: ${reason}`, { cause: error })
  }
}

/** The problems of a configuration, each with file and line where its key stands in the file. */
function placed(error: unknown, path: string, lines: Map<string, number>): string {
  if (error instanceof InvalidConfigException) return problemsWithPlace(error, path, lines).join('\n')
  return `${path}: ${error instanceof Error ? error.message : String(error)}`
}

function positionals(argv: string[]): string[] {
  try {
    return parseArgs({ args: argv, options: {}, allowPositionals: true }).positionals
  } catch (error) {
    throw new Failure(EXIT.usage, (error as Error).message, { hint: FORM })
  }
}
